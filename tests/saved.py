"""Saved pages beside what must be read from them, and values written as JSON writes them."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings

from feedgen_mayadeen.clean import clean
from feedgen_mayadeen.models import Article, Page, ParsedArticle
from feedgen_mayadeen.sample import SampleArticle, SampleSite
from feedgen_mayadeen.site.article import read_article
from feedgen_mayadeen.site.edition import load
from feedgen_mayadeen.urls import canonical

PAGES = Path(__file__).with_name("site") / "pages"
LAYOUT = Path(__file__).with_name("site") / "layout"
EN = load("en")
# Properties are tried on the same examples in every run, and no machine is too slow for them.
patient = settings(deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])


def names(kind: str) -> list[str]:
    """The saved pages of a kind (`articles`, `lists`, `homes`), by name."""
    found = sorted(path.stem for path in (PAGES / kind).glob("*.html"))
    assert found, f"no saved pages in {PAGES / kind}"
    return found


def page_text(kind: str, name: str) -> str:
    return (PAGES / kind / f"{name}.html").read_text("utf-8")


def expected(kind: str, name: str) -> dict[str, Any]:
    value = json.loads((PAGES / kind / f"{name}.json").read_text("utf-8"))
    assert isinstance(value, dict)
    return value


def reading_of(
    html: str, address: str = "https://english.almayadeen.net/news/politics/a-page", code: str = "en"
) -> ParsedArticle:
    return read_article(Page(address, html), load(code))


def article_of(html: str, address: str = "https://english.almayadeen.net/news/politics/a-page", code: str = "en") -> Article:
    return reading_of(html, address, code).article


def as_json(article: Article) -> dict[str, Any]:
    """All fields of an article as a saved page's JSON writes them; the body as the lines that a feed would get."""
    fields = asdict(article)
    fields["body"] = clean(article.body).splitlines()
    for name in ("published", "updated"):
        fields[name] = fields[name].isoformat() if isinstance(fields[name], datetime) else None
    for name in ("tags", "related"):
        fields[name] = list(fields[name])
    return fields


def sample_article(site: SampleSite, record: SampleArticle) -> Article:
    page = Page(canonical(site.url(record)), site.page(record.path).body.decode())
    return read_article(page, load(site.edition.key)).article

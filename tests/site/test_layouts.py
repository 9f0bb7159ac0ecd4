"""How surely lists and articles are read in layouts of other schools of web sites: in each of them, and over all."""

import json
from collections import Counter
from collections.abc import Callable
from itertools import islice

import pytest
from filelock import FileLock
from lxml.etree import strip_elements, tostring
from lxml.html import document_fromstring

from feedgen_mayadeen.models import Page
from feedgen_mayadeen.sample.metadata import MetadataStyle
from feedgen_mayadeen.text import normalize_text
from tests.site.layouts.measure import EDITIONS, FIELDS, METADATA, Score, body_of, failures, fetch_all, measure, table
from tests.site.layouts.site import LAYOUTS, LayoutSite

MOST_LISTS, MOST_ARTICLES = 12, 24
LISTS = 0.97
WORST_LISTS = 0.90
FIELDS_OVER_ALL = {"tawsiyat": 0.96, "json-ld": 0.95, "none": 0.90}
WORST_FIELDS = {"tawsiyat": 0.88, "json-ld": 0.85, "none": 0.78}
"""How much must be read rightly over all layouts together, and in each of them."""
LINES_SHOWN = 60
LOOKED_AT = 10
"""How many lists, and articles, of each layout the templates are proven on."""

Measured = Callable[[str, str, MetadataStyle], tuple[Score, str]]


@pytest.fixture(scope="session")
def measured(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Measured:
    """What is read of a layout, with the first lines of what is not: measured once for all processes of the tests."""
    folder = tmp_path_factory.getbasetemp()
    folder = folder if worker_id == "master" else folder.parent

    def figures(layout: str, edition: str, metadata: MetadataStyle) -> tuple[Score, str]:
        file = folder / f"layout-{layout}-{edition}-{metadata}.json"
        with FileLock(file.with_suffix(".lock")):
            if not file.exists():
                score = measure(LayoutSite(layout, edition, metadata), MOST_LISTS, MOST_ARTICLES)
                told = "\n".join(islice(failures(score, ("lists", *FIELDS)), LINES_SHOWN))
                file.write_text(json.dumps([score.right, score.total, told]), "utf-8")
        right, total, told = json.loads(file.read_text("utf-8"))
        return Score(Counter(right), Counter(total)), told

    return figures


@pytest.mark.parametrize("metadata", METADATA)
@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_is_read(measured: Measured, layout: str, edition: str, metadata: MetadataStyle) -> None:
    score, told = measured(layout, edition, metadata)
    assert score.total["lists"] > 10
    assert score.total["body"] > 10
    assert score.share(("lists",)) >= WORST_LISTS, told
    assert score.share(FIELDS) >= WORST_FIELDS[metadata], told


@pytest.mark.parametrize("metadata", METADATA)
def test_the_layouts_together_are_read(measured: Measured, metadata: MetadataStyle) -> None:
    rows = [(f"{layout} {edition}", measured(layout, edition, metadata)[0]) for layout in LAYOUTS for edition in EDITIONS]
    total = Score()
    for _, score in rows:
        total.add(score)
    assert total.share(("lists",)) >= LISTS, table(rows)
    assert total.share(FIELDS) >= FIELDS_OVER_ALL[metadata], table(rows)


def test_there_are_layouts() -> None:
    """Without this the tests above could pass for want of anything to look at."""
    assert len(LAYOUTS) >= 13


def shown(page: Page) -> str:
    """The text of a page as people see it, in one line."""
    document = document_fromstring(page.text)
    strip_elements(document, "script", "style", "title", "noscript", with_tail=False)
    return normalize_text(tostring(document, method="text", encoding="unicode"))


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_shows_what_is_wanted_of_it(layout: str, edition: str) -> None:
    """Nothing is wanted that is not on the page: the tests above measure the readers, not the templates."""
    site = LayoutSite(layout, edition, "none")
    pages = fetch_all(site, LOOKED_AT, LOOKED_AT)
    for path, page in pages.lists.items():
        titles, text = [article.title for article in site.lists()[path][1]], shown(page)
        assert [title for title in titles if normalize_text(title) not in text] == [], path
    for article in (article for article in site.articles if article.path in pages.articles):
        wanted = [article.title, article.author, article.source, *article.tags, *body_of(article)]
        wanted += [article.description] if not article.video_duration else []
        wanted += [article.caption] if article.thumbnail else []
        text = shown(pages.articles[article.path])
        assert [one for one in map(normalize_text, wanted) if one not in text] == [], article.path
        assert (article.thumbnail or "").partition("?")[0] in pages.articles[article.path].text

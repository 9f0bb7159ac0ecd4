"""Reads one page, from the site or from a file, and tells what was found in it and how."""

import re
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from feedgen_mayadeen import errors
from feedgen_mayadeen.clean import clean
from feedgen_mayadeen.commands.printing import json_text
from feedgen_mayadeen.context import BuildContext, Plan, silent
from feedgen_mayadeen.crawl import open_fetcher
from feedgen_mayadeen.crawl.home import crawl_robots
from feedgen_mayadeen.fetch import decode
from feedgen_mayadeen.models import Page
from feedgen_mayadeen.report import Report
from feedgen_mayadeen.site.article import read_article
from feedgen_mayadeen.site.boilerplate import Boilerplate, left_out
from feedgen_mayadeen.site.edition import Edition, edition_of, load
from feedgen_mayadeen.site.lists import read_list
from feedgen_mayadeen.site.menu import read_menu
from feedgen_mayadeen.stop import StopSignal
from feedgen_mayadeen.store import Memory
from feedgen_mayadeen.urls import canonical_or_none, host_of, to_host

_OWN_ADDRESS = re.compile(r'<link[^>]+rel="?canonical"?[^>]+href="([^"]+)"|"url":\s*"(https?://[^"]+)"')


def inspect_page(page: str, as_url: str | None, plan: Plan) -> str:
    """What is read from a page at an address or in a file, as JSON. Raises UsageError, FetchError or ReadError."""
    if page.startswith(("http://", "https://")):
        got, edition = _fetched(page, plan)
    else:
        got, edition = _saved(Path(page), as_url)
    with Memory(plan.state, keep=False) as memory:
        boilerplate = Boilerplate.of(memory.pages.boilerplate(edition.code))
    found: dict[str, Any] = {"address": got.address, "edition": edition.code, **_read(got, edition, boilerplate)}
    return json_text(found, default=_plain)


def _read(page: Page, edition: Edition, boilerplate: Boilerplate) -> dict[str, Any]:
    """What a page is and says: an article if it has a date or a post number, else the home page, a list, an article.

    `left_out` are texts that stand on many pages, as builds have learned.
    """
    if page.address == edition.home:
        return {"kind": "home", "lists": [asdict(list_page) for list_page in read_menu(page, edition)]}
    try:
        reading = read_article(page, edition, boilerplate)
    except errors.NoArticleError as error:
        reading, why = None, str(error)
    if reading is None or not (reading.article.published or reading.article.post_id):
        others = frozenset(entry.address for entry in edition.lists if entry.address)
        try:
            cards = [asdict(card) for card in read_list(page, edition, others, boilerplate)]
            return {"kind": "list", "cards": cards, "left_out": left_out(page, edition, "list", boilerplate)}
        except errors.NoCardsError as error:
            if reading is None:
                return {"kind": "unknown", "why": [why, str(error)]}
    article = replace(reading.article, body=clean(reading.article.body))
    return {
        "kind": "article",
        "article": asdict(article),
        "found_by": dict(reading.ways),
        "unread_dates": reading.unread,
        "left_out": left_out(page, edition, "article", boilerplate),
    }


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _fetched(address: str, plan: Plan) -> tuple[Page, Edition]:
    for code, origin in plan.origins.items():
        if host_of(address) == host_of(origin):
            address = to_host(address, load(code).home)
    own = canonical_or_none(address)
    edition = edition_of(own) if own else None
    if own is None or edition is None:
        raise errors.UsageError(address, "is no page of an edition of Al Mayadeen")
    build = msgspec.structs.replace(plan.config.build, editions=(edition.code,))
    plan = replace(plan, config=msgspec.structs.replace(plan.config, build=build))
    stop = StopSignal()
    with Memory(plan.state, keep=False) as memory, open_fetcher(plan, stop) as fetcher:
        context = BuildContext(plan, edition, memory, fetcher, Report(), silent, datetime.now(UTC), stop)
        if crawl_robots(context) is None:
            raise errors.NotAskedError(address, context.report.problems[0].sentence)
        got = fetcher.get(own)
    if got is None:
        raise errors.EmptyPageError(address)
    return got, edition


def _saved(file: Path, as_url: str | None) -> tuple[Page, Edition]:
    try:
        text = decode(file.read_bytes(), None)
    except OSError as error:
        raise errors.UsageError(str(file), f"can't be read ({error.strerror})") from error
    if as_url and edition_of(canonical_or_none(as_url) or "") is None:
        raise errors.UsageError(f"--as-url {as_url}", "is no page of an edition of Al Mayadeen")
    found = _OWN_ADDRESS.search(text)
    address = as_url or (found and (found[1] or found[2])) or ""
    own = canonical_or_none(address)
    edition = edition_of(own) if own else None
    if own is None or edition is None:
        raise errors.UsageError(str(file), "does not tell its own address; give it with --as-url")
    return Page(own, text), edition

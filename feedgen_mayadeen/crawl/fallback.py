"""Articles from feed.rss and the sitemaps, when list pages can't be read; and those of a past month."""

from collections.abc import Iterable
from dataclasses import replace

from feedgen_mayadeen import errors
from feedgen_mayadeen.context import BuildContext
from feedgen_mayadeen.models import Candidate, Card, ListPage, Sitemap, SitemapPart
from feedgen_mayadeen.report import ListOutcome
from feedgen_mayadeen.site.rss import RSS_PATH, read_rss
from feedgen_mayadeen.site.sitemaps import SITEMAP_PATHS, read_sitemap
from feedgen_mayadeen.text import match_key
from feedgen_mayadeen.urls import canonical_or_none, path_of

RSS, SITEMAP = "feed.rss", "sitemap"
_NEWEST_PER_LIST = 50
"""How many of a sitemap's newest articles are taken for each list."""


def find_other_ways(context: BuildContext, lists: Iterable[ListPage]) -> tuple[str, ...]:
    """Looks for the articles of lists that could not be read; returns the sources in which some were found.

    The report says which source was used for which list.
    """
    failed = {each.key for each in context.report.lists_of(context.edition.code) if each.seen is ListOutcome.FAILED}
    missing = [list_page for list_page in lists if list_page.key in failed]
    sources: list[str] = []
    for source, find in ((RSS, _from_rss), (SITEMAP, _from_sitemaps)):
        if missing and not context.must_end():
            found = find(context, missing)
            fed = [list_page for list_page in missing if any(_belongs_to(one, list_page) for one in found)]
            _report_fed(context, {list_page.key for list_page in fed}, source)
            missing = [list_page for list_page in missing if list_page not in fed]
            sources += [source] if found else []
    return tuple(sources)


def backfill(context: BuildContext) -> tuple[str, ...]:
    """Saves the articles in the sitemap of the plan's month; returns the source, so that they are read with the others."""
    month = context.plan.backfill
    if month is None or context.must_end():
        return ()
    source = f"{SITEMAP} {month}"
    for part in _all_parts(context):
        if part.month == month:
            if sitemap := _sitemap_at(context, part.address):
                context.memory.lists.save_cards(context.edition.code, source, [Card(one.address, "") for one in sitemap.found])
            elif not context.must_end():
                context.report.fail(errors.NoSitemapError(part.address))
            return (source,)
    if not context.must_end():
        context.report.fail(errors.NoSitemapError(context.edition.home, f"of {month}"))
    return ()


def _belongs_to(found: Candidate, list_page: ListPage) -> bool:
    return path_of(found.address).startswith(path_of(list_page.address) + "/") or (
        bool(found.category) and match_key(found.category) == match_key(list_page.label)
    )


def _report_fed(context: BuildContext, keys: set[str], source: str) -> None:
    for number, each in enumerate(context.report.lists):
        if each.edition == context.edition.code and each.key in keys:
            context.report.lists[number] = replace(each, fed_by=source)
            context.report.notes.append(f"{each.key}: its page could not be read; its articles are from {source}")


def _sitemap_at(context: BuildContext, address: str) -> Sitemap | None:
    """A sitemap; None if it can't be fetched or read, which is noted in the report."""
    if context.must_end():
        return None
    try:
        page = context.fetcher.get(address, html=False)
        return read_sitemap(page, context.edition) if page else None
    except errors.FeedgenError as error:
        context.report.notes.append(f"another source failed: {error}")
        return None


def _from_rss(context: BuildContext, missing: list[ListPage]) -> tuple[Candidate, ...]:
    """The articles in feed.rss; saved if any of them belongs to a missing list."""
    context.fetcher.reset_breaker(context.edition.host)
    try:
        page = context.fetcher.get(context.edition.absolute(RSS_PATH), html=False)
        found = read_rss(page, context.edition) if page else ()
    except errors.FeedgenError as error:
        context.report.notes.append(f"another source failed: {error}")
        return ()
    if any(_belongs_to(one, list_page) for one in found for list_page in missing):
        context.memory.lists.save_cards(context.edition.code, RSS, [Card(one.address, one.title) for one in found])
    return found


def _from_sitemaps(context: BuildContext, missing: list[ListPage]) -> tuple[Candidate, ...]:
    """The newest articles of the missing lists, from the news sitemap, the newest month's, and others if need be."""
    found: dict[str, Candidate] = {}
    for sitemap in _newest_sitemaps(context):
        newest = sorted(sitemap.found, key=lambda one: (one.at is not None, one.at and one.at.timestamp()), reverse=True)
        for list_page in missing:
            found |= {one.address: one for one in [one for one in newest if _belongs_to(one, list_page)][:_NEWEST_PER_LIST]}
        if all(any(_belongs_to(one, list_page) for one in found.values()) for list_page in missing):
            break
    if found:
        cards = [Card(address, "") for address in found]
        context.memory.lists.save_cards(context.edition.code, SITEMAP, cards)
    return tuple(found.values())


def _known_sitemaps(context: BuildContext) -> tuple[str, ...]:
    """The addresses of the usual sitemaps and of those in robots.txt."""
    known = [context.edition.absolute(path) for path in SITEMAP_PATHS]
    listed = map(canonical_or_none, context.fetcher.sitemaps(context.edition.host))
    named = [address for address in listed if address and context.edition.owns(address)]
    return tuple(dict.fromkeys((known[0], *named, *known[1:])))


def _newest_sitemaps(context: BuildContext) -> Iterable[Sitemap]:
    for address in _known_sitemaps(context):
        sitemap = _sitemap_at(context, address)
        if sitemap is None:
            continue
        yield sitemap
        if sitemap.parts:
            newest = max(sitemap.parts, key=lambda part: part.month or "")
            if part := _sitemap_at(context, newest.address):
                yield part


def _all_parts(context: BuildContext) -> Iterable[SitemapPart]:
    """The parts of all known sitemaps."""
    for address in _known_sitemaps(context):
        sitemap = _sitemap_at(context, address)
        yield from sitemap.parts if sitemap else ()

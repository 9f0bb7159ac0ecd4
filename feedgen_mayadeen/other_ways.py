"""Finds articles where list pages can't be read: feed.rss, then the sitemaps; and reads a whole month of the past."""

from collections.abc import Iterable
from dataclasses import replace

from feedgen_mayadeen import errors
from feedgen_mayadeen.models import Found, Listing, Sitemap, SitemapPart, Teaser
from feedgen_mayadeen.names import canonical_or_none, path_of, same
from feedgen_mayadeen.plan import Run
from feedgen_mayadeen.report import Seen
from feedgen_mayadeen.site.ways import RSS_PATH, SITEMAP_PATHS, read_rss, read_sitemap

RSS, SITEMAP = "feed.rss", "sitemap"
_MOST = 50
"""Of a sitemap this many of the newest articles are taken for each list."""


def find_other_ways(run: Run, lists: Iterable[Listing]) -> tuple[str, ...]:
    """Looks for the articles of lists that could not be read; returns the sources that now name them.

    Which way fed which list is added to the report.
    """
    failed = {each.key for each in run.report.lists_of(run.edition.code) if each.seen is Seen.FAILED}
    hungry = [listing for listing in lists if listing.key in failed]
    sources: list[str] = []
    for source, find in ((RSS, _from_rss), (SITEMAP, _from_sitemaps)):
        if hungry and not run.must_end():
            found = find(run, hungry)
            fed = [listing for listing in hungry if any(_belongs(one, listing) for one in found)]
            _report_fed(run, {listing.key for listing in fed}, source)
            hungry = [listing for listing in hungry if listing not in fed]
            sources += [source] if found else []
    return tuple(sources)


def backfill(run: Run) -> tuple[str, ...]:
    """Remembers what the sitemap of the plan's month names; returns it as a source, to be read with the other articles."""
    month = run.plan.backfill
    if month is None or run.must_end():
        return ()
    source = f"{SITEMAP} {month}"
    for part in _parts(run):
        if part.month == month:
            if sitemap := _try(run, part.address):
                run.archive.lists.keep_cards(run.edition.code, source, [Teaser(one.address, "") for one in sitemap.found])
            elif not run.must_end():
                run.report.fail(errors.NoSitemapError(part.address))
            return (source,)
    if not run.must_end():
        run.report.fail(errors.NoSitemapError(run.edition.home, f"of {month}"))
    return ()


def _belongs(found: Found, listing: Listing) -> bool:
    return path_of(found.address).startswith(path_of(listing.address) + "/") or (
        bool(found.category) and same(found.category) == same(listing.label)
    )


def _report_fed(run: Run, keys: set[str], source: str) -> None:
    for number, each in enumerate(run.report.lists):
        if each.edition == run.edition.code and each.key in keys:
            run.report.lists[number] = replace(each, fed_by=source)
            run.report.notes.append(f"{each.key}: its page could not be read; fed by {source}")


def _try(run: Run, address: str) -> Sitemap | None:
    """A sitemap, or None when it can't be had, which is noted."""
    if run.must_end():
        return None
    try:
        page = run.fetcher.get(address, html=False)
        return read_sitemap(page, run.edition) if page else None
    except errors.FeedgenError as error:
        run.report.notes.append(f"no way in: {error}")
        return None


def _from_rss(run: Run, hungry: list[Listing]) -> tuple[Found, ...]:
    """What feed.rss names; remembered if any list can use it."""
    run.fetcher.reset_breaker(run.edition.host)
    try:
        page = run.fetcher.get(run.edition.absolute(RSS_PATH), html=False)
        found = read_rss(page, run.edition) if page else ()
    except errors.FeedgenError as error:
        run.report.notes.append(f"no way in: {error}")
        return ()
    if any(_belongs(one, listing) for one in found for listing in hungry):
        run.archive.lists.keep_cards(run.edition.code, RSS, [Teaser(one.address, one.title) for one in found])
    return found


def _from_sitemaps(run: Run, hungry: list[Listing]) -> tuple[Found, ...]:
    """The newest articles of the lists that the news sitemap, the newest month's, or any other names."""
    found: dict[str, Found] = {}
    for sitemap in _newest_sitemaps(run):
        newest = sorted(sitemap.found, key=lambda one: (one.at is not None, one.at and one.at.timestamp()), reverse=True)
        for listing in hungry:
            found |= {one.address: one for one in [one for one in newest if _belongs(one, listing)][:_MOST]}
        if all(any(_belongs(one, listing) for one in found.values()) for listing in hungry):
            break
    if found:
        teasers = [Teaser(address, "") for address in found]
        run.archive.lists.keep_cards(run.edition.code, SITEMAP, teasers)
    return tuple(found.values())


def _roots(run: Run) -> tuple[str, ...]:
    """The sitemaps that are known by name: those of robots.txt, and those that have been seen."""
    known = [run.edition.absolute(path) for path in SITEMAP_PATHS]
    told = map(canonical_or_none, run.fetcher.sitemaps(run.edition.host))
    named = [address for address in told if address and run.edition.owns(address)]
    return tuple(dict.fromkeys((known[0], *named, *known[1:])))


def _newest_sitemaps(run: Run) -> Iterable[Sitemap]:
    for address in _roots(run):
        sitemap = _try(run, address)
        if sitemap is None:
            continue
        yield sitemap
        if sitemap.parts:
            newest = max(sitemap.parts, key=lambda part: part.month or "")
            if part := _try(run, newest.address):
                yield part


def _parts(run: Run) -> Iterable[SitemapPart]:
    """All further sitemaps that the known ones name."""
    for address in _roots(run):
        sitemap = _try(run, address)
        yield from sitemap.parts if sitemap else ()

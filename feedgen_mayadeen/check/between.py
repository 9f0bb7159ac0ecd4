"""What must agree between the feeds of a folder: their ids and addresses, entries that stand in several, archive pages."""

from collections.abc import Iterator, Mapping

from feedgen_mayadeen.check.feed import AtomEntry, AtomFeed, archived_feed
from feedgen_mayadeen.check.findings import ENTRY, Finding, Place, quoted
from feedgen_mayadeen.check.markup import stylesheet_findings
from feedgen_mayadeen.check.served import Served, base_of

_ARCHIVES = "RFC 5005 §4"
_BACK = {"prev-archive": "next-archive", "next-archive": "prev-archive"}
_SAME = ("title", "published", "updated", "alternate")

Feeds = Mapping[str, AtomFeed]
Leads = Mapping[tuple[str, str], str | None]
"""The file that a link of a file leads to, by file and relation; None outside of the folder."""


def between_findings(feeds: Feeds, served: Served) -> Iterator[Finding]:
    """All that does not agree."""
    yield from _id_findings(feeds)
    yield from _entry_findings(feeds)
    for feed in feeds.values():
        if feed.own_address and base_of(feed.file, feed.own_address) != served.base:
            yield Place(feed.file).finding(ENTRY, f"its link rel=self leads elsewhere: {quoted(feed.own_address)}")
        yield from stylesheet_findings(Place(feed.file), feed.stylesheets, served)
    yield from _archive_findings(feeds, served)


def _id_findings(feeds: Feeds) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for feed in feeds.values():
        main = archived_feed(feed.file)
        other = first.setdefault(feed.id, feed.file) if main is None and feed.id else feed.file
        if other != feed.file:
            yield Place(feed.file).finding("RFC 4287 §4.2.6", f"has the id of {other}")
        if main and main in feeds and feed.id != feeds[main].id:
            yield Place(feed.file).finding(_ARCHIVES, f"has not the id of {main}, whose archive it is")


def _entry_findings(feeds: Feeds) -> Iterator[Finding]:
    """An entry must be the same everywhere; what is missing or broken in one place is told of there."""
    first: dict[str, tuple[str, AtomEntry]] = {}
    for feed in feeds.values():
        for entry in feed.entries:
            file, other = first.setdefault(entry.id, (feed.file, entry))
            if other is entry or entry == other or not entry.id or file == feed.file:
                continue
            for name in _SAME:
                one, two = getattr(entry, name), getattr(other, name)
                if one and two and one != two:
                    yield Place(feed.file, f"entry {entry.id}").finding(ENTRY, f"its `{name}` is not the one in {file}")


def _archive_findings(feeds: Feeds, served: Served) -> Iterator[Finding]:
    """Each link of an archive must lead to a page of the same feed, and back; each page must be led to."""
    leads = {(feed.file, rel): served.file_of(address) for feed in feeds.values() for rel, address in feed.neighbours}
    led_to = {file for (_, relation), file in leads.items() if relation == "prev-archive"}
    for (file, relation), other in leads.items():
        if fault := _link_fault(file, relation, other, feeds, leads):
            yield Place(file).finding(_ARCHIVES, f"its link rel={relation} {fault}")
    for file in feeds:
        if archived_feed(file) and file not in led_to:
            yield Place(file).finding(_ARCHIVES, "is an archive page that no link rel=prev-archive leads to")


def _link_fault(file: str, relation: str, other: str | None, feeds: Feeds, leads: Leads) -> str:
    """What is wrong with one link, or ""; the newest page has no next one, or it is the feed itself."""
    main = archived_feed(file) or file
    if other is None or other not in feeds:
        return "leads to no feed of the folder"
    is_main = other == main
    if (archived_feed(other) or other) != main or (relation != "next-archive" and is_main != (relation == "current")):
        return f"leads to {other}"
    back = leads.get((other, _BACK[relation])) if relation in _BACK else file
    if back == file or (relation == "prev-archive" and file == main and back is None):
        return ""
    return f"leads to {other}, which does not lead back"

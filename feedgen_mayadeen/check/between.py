"""What must agree between the feeds of a folder: their ids and addresses, entries that stand in several, archive pages."""

from collections.abc import Iterator, Mapping
from urllib.parse import quote

from feedgen_mayadeen.check.atom import ARCHIVES, HEALTH, Entry, Feed, archived_feed
from feedgen_mayadeen.check.findings import ENTRY, Finding, quoted
from feedgen_mayadeen.check.site import Site

_BACK = {"prev-archive": "next-archive", "next-archive": "prev-archive"}

Feeds = Mapping[str, Feed]
"""The feeds of a folder by their files."""


def between_findings(feeds: Feeds, site: Site) -> Iterator[Finding]:
    """All that does not agree."""
    ids: dict[str, str] = {}
    for file, feed in feeds.items():
        main = archived_feed(file)
        if main is None and feed.id and (other := ids.setdefault(feed.id, file)) != file:
            yield Finding(file, "RFC 4287 §4.2.6", f"has the id of {other}")
        if main and main in feeds and feed.id != feeds[main].id:
            yield Finding(file, ARCHIVES, f"has not the id of {main}, whose archive it is")
        own = [address for relation, address in feed.links if relation == "self"]
        if own != ([f"{site.base}/{quote(file)}"] if site.base else []):
            right = (
                "one link rel=self, to where it is served" if site.base else "no link rel=self, for the folder has no address"
            )
            yield Finding(file, ENTRY, f"must have {right}; has {', '.join(own) or 'none'}")
        yield from _relative_findings(feed, site)
    yield from _entry_findings(feeds)
    yield from _archive_findings(feeds, site)


def _relative_findings(feed: Feed, site: Site) -> Iterator[Finding]:
    """Only in a folder without an address a link may be relative: the health's, and those between archive pages."""
    alternates = (("alternate", entry.alternate) for entry in feed.entries)
    for relation, address in (*feed.links, *alternates):
        if not address or relation not in ("alternate", "current", *_BACK) or ":" in address:
            continue
        if site.base or (relation == "alternate" and feed.file != HEALTH):
            yield Finding(feed.file, ENTRY, f"its link rel={relation} is no absolute address: {quoted(address)}")
        elif relation == "alternate" and site.target(feed.file, address)[1] not in site.files:
            yield Finding(feed.file, ENTRY, f"its link rel={relation} leads to no file of the folder: {quoted(address)}")


def _entry_findings(feeds: Feeds) -> Iterator[Finding]:
    """An entry must be the same everywhere; what is missing or broken in one place is told of there."""
    first: dict[str, tuple[str, Entry]] = {}
    for feed in feeds.values():
        for entry in feed.entries:
            file, other = first.setdefault(entry.id, (feed.file, entry))
            if entry is other or not entry.id or file == feed.file:
                continue
            for name in ("title", "published", "updated", "alternate"):
                one, two = getattr(entry, name), getattr(other, name)
                if one and two and one != two:
                    yield Finding(feed.file, ENTRY, f"entry {entry.id}: its `{name}` is not the one in {file}")


def _archive_findings(feeds: Feeds, site: Site) -> Iterator[Finding]:
    """Each link of an archive must lead to a page of the same feed, and back; each page must be led to."""
    leads = {
        (file, relation): site.target(file, address)[1]
        for file, feed in feeds.items()
        for relation, address in feed.links
        if relation in ("current", *_BACK)
    }
    for (file, relation), other in leads.items():
        main = archived_feed(file) or file
        # The newest page has no next one, or it is the feed itself.
        may_lead_to = {"current": other == main, "prev-archive": other != main}.get(relation, True)
        back = leads.get((other or "", _BACK.get(relation, "")), main if relation == "prev-archive" else None)
        fault = ""
        if other is None or other not in feeds:
            fault = "leads to no feed of the folder"
        elif (archived_feed(other) or other) != main or not may_lead_to:
            fault = f"leads to {other}"
        elif relation in _BACK and back != file:
            fault = f"leads to {other}, which does not lead back"
        if fault:
            yield Finding(file, ARCHIVES, f"its link rel={relation} {fault}")
    led_to = {other for (_, relation), other in leads.items() if relation == "prev-archive"}
    for file in feeds:
        if archived_feed(file) and file not in led_to:
            yield Finding(file, ARCHIVES, "is an archive page that no link rel=prev-archive leads to")

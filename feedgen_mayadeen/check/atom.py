"""Atom files: the schema atom.rng (RFC 4287, Media RSS, RFC 5005) and what a schema can't say of an entry and a feed."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from html import unescape
from itertools import pairwise
from typing import TypeVar

from lxml.etree import _Element, tostring

from feedgen_mayadeen.check.findings import CONTRACT, ENTRY, HARMLESS, BrokenFileError, Fault, quoted
from feedgen_mayadeen.check.html import html_faults, text_faults
from feedgen_mayadeen.check.site import DISK, Site
from feedgen_mayadeen.check.xml import parse_xml, schema_faults, stylesheet_faults
from feedgen_mayadeen.text import normalize_text

EDITIONS = ("ar", "es")
"""Editions that have a folder of their own."""
_T = TypeVar("_T")

HEALTH = "health.xml"
ARCHIVES = "RFC 5005 §4"
_MOST_READ = ("most-read.xml", *(f"{edition}/most-read.xml" for edition in EDITIONS))
_TEXTS = ("title", "subtitle", "summary", "rights")
_ARCHIVE = re.compile(r"(.+)\.archive-\d+(\.\w+)")
_NAMES = {
    "a": "http://www.w3.org/2005/Atom",
    "media": "http://search.yahoo.com/mrss/",
    "fh": "http://purl.org/syndication/history/1.0",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What of an entry must be the same wherever it stands, and what is wrong with it. What is missing is "" or None."""

    id: str
    title: str
    published: datetime | None
    updated: datetime | None
    alternate: str
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Feed:
    """One Atom file; `links` are relations and addresses."""

    file: str
    id: str
    title: str
    updated: datetime | None
    links: tuple[tuple[str, str], ...]
    entries: tuple[Entry, ...]

    @property
    def is_main(self) -> bool:
        """Whether people subscribe to it for articles: neither an archive page nor the feed of the program's own health."""
        return self.file != HEALTH and archived_feed(self.file) is None

    def link(self, relation: str) -> str:
        """The address of its first link of this relation, or ""."""
        return next((address for rel, address in self.links if rel == relation), "")


def edition_of(file: str) -> str:
    """The folder of the edition that a file belongs to: `ar`, `es`, or nothing for the English one."""
    first = file.partition("/")[0]
    return first if first in EDITIONS and first != file else ""


def archived_feed(file: str) -> str | None:
    """The feed's file that an archive page's file belongs to: `news.xml` of `news.archive-3.xml`; None for other files."""
    found = _ARCHIVE.fullmatch(file)
    return f"{found[1]}{found[2]}" if found else None


def feed_faults(file: str, content: bytes, site: Site, feeds: dict[str, Feed], judged: dict[bytes, Entry]) -> Iterator[Fault]:
    """All that is wrong with an Atom file by itself; what it says comes into `feeds`.

    `judged` keeps what was found out about entries: those of the same bytes are judged once for all files.
    """
    root = parse_xml(content)
    if root.tag != f"{{{_NAMES['a']}}}feed":
        raise BrokenFileError("RFC 4287 §4.1.1", f"is no Atom feed; its root is {quoted(root.tag)}")
    yield from stylesheet_faults(file, root, site)
    entries = []
    for element in root.findall("a:entry", _NAMES):
        written = sha256(tostring(element, with_tail=False)).digest()
        entries.append(judged.get(written) or judged.setdefault(written, _read_entry(element, site)))
        root.remove(element)
    links = tuple((link.get("rel", "alternate"), link.get("href", "")) for link in root.iterfind("a:link", _NAMES))
    feeds[file] = Feed(file, _text(root, "id"), _title(root), _instant(root, "updated"), links, tuple(entries))
    yield from schema_faults("atom", root)
    for entry in entries:
        yield from ((rule, f"entry {entry.id or 'without id'}: {sentence}") for rule, sentence in entry.faults)
    yield from _head_faults(feeds[file], root)
    yield from _order_faults(feeds[file])


def _read_entry(element: _Element, site: Site) -> Entry:
    links = element.iterfind("a:link", _NAMES)
    alternate = next((link.get("href", "") for link in links if link.get("rel", "alternate") == "alternate"), "")
    instants = _instant(element, "published"), _instant(element, "updated")
    return Entry(_text(element, "id"), _title(element), *instants, alternate, tuple(_entry_faults(element, site, *instants)))


def _text(element: _Element, name: str) -> str:
    return element.findtext(f"a:{name}", "", _NAMES) or ""


def _title(element: _Element) -> str:
    """The title as people read it."""
    title = _text(element, "title")
    return unescape(title) if element.find("a:title[@type='html']", _NAMES) is not None else title


def _instant(element: _Element, name: str) -> datetime | None:
    """An instant with its offset, None for anything else."""
    try:
        at = datetime.fromisoformat(_text(element, name))
    except ValueError:
        return None
    return at if at.tzinfo else None


def _entry_faults(element: _Element, site: Site, published: datetime | None, updated: datetime | None) -> Iterator[Fault]:
    yield from _text_faults(element)
    content = element.findtext("a:content[@type='html']", None, _NAMES)
    faults = () if content is None else html_faults(content, site)
    yield from ((HARMLESS, f"in its `content`, {fault}") for fault in faults)
    if broken := tuple(schema_faults("atom", element)):
        yield from broken
        return
    yield from _title_and_link_faults(element)
    if updated and published and updated < published:
        yield ENTRY, "updated before it was published"
    for (term, _), number in _doubles((c.get("term"), c.get("scheme")) for c in element.iterfind("a:category", _NAMES)):
        yield ENTRY, f"the category {quoted(term)} stands in it {number} times"
    media = (*element.iterfind("media:content", _NAMES), *element.iterfind("media:thumbnail", _NAMES))
    shown = unescape(content or "")
    for address in dict.fromkeys(medium.get("url", "") for medium in media):
        if address.startswith(DISK) and not site.has_picture(address):
            yield CONTRACT, f"leads to the disk, and to no picture of the sample in the folder: {quoted(address)}"
    for picture in dict.fromkeys(one.get("url") for one in media if shown and one.get("medium", "image") == "image"):
        if picture and f'"{picture}"' not in shown:
            yield ENTRY, f"its picture is not in its `content`: {quoted(picture)}"


def _text_faults(element: _Element) -> Iterator[Fault]:
    for name in _TEXTS:
        html = element.findtext(f"a:{name}[@type='html']", None, _NAMES)
        yield from ((HARMLESS, f"in its `{name}`, {fault}") for fault in (() if html is None else text_faults(html)))


def _title_and_link_faults(element: _Element) -> Iterator[Fault]:
    title = _title(element)
    if title.strip() and title != normalize_text(title):
        yield ENTRY, f"its title is not one line free of control, bidi and zero-width characters: {quoted(title)}"
    alternates = (link for link in element.iterfind("a:link", _NAMES) if link.get("rel", "alternate") == "alternate")
    for _, number in _doubles((link.get("type"), link.get("hreflang")) for link in alternates):
        yield "RFC 4287 §4.1.1", f"has {number} links rel=alternate of one type and language"


def _doubles(values: Iterable[_T]) -> Iterator[tuple[_T, int]]:
    return ((value, number) for value, number in Counter(values).items() if number > 1)


def _head_faults(feed: Feed, root: _Element) -> Iterator[Fault]:
    yield from _text_faults(root)
    yield from _title_and_link_faults(root)
    if not feed.entries:
        yield CONTRACT, "holds no entry; a feed without entries is not written"
    for name in ("icon", "rights") if feed.file != HEALTH else ():
        if root.find(f"a:{name}", _NAMES) is None:
            yield ENTRY, f"lacks `{name}`"
    if not feed.link("alternate"):
        yield ENTRY, "lacks a link rel=alternate"
    for entry in feed.entries if feed.file != HEALTH else ():
        if not entry.alternate:
            yield ENTRY, f"entry {entry.id}: lacks a link rel=alternate"
    is_archive, is_marked = archived_feed(feed.file) is not None, root.find("fh:archive", _NAMES) is not None
    if is_archive and not is_marked:
        yield ARCHIVES, "is named as an archive page and lacks `fh:archive`"
    if is_marked and not is_archive:
        yield ARCHIVES, "is marked with `fh:archive` and not named as an archive page"
    if is_archive and not feed.link("current"):
        yield ARCHIVES, "is an archive page and lacks a link rel=current"


def _order_faults(feed: Feed) -> Iterator[Fault]:
    """Instants and order; an instant that is missing or broken is left to the schema."""
    for id_, number in _doubles(entry.id for entry in feed.entries if entry.id):
        yield ENTRY, f"entry {id_} stands in it {number} times"
    updated = [entry.updated for entry in feed.entries if entry.updated]
    if feed.updated and len(updated) == len(feed.entries) > 0 and feed.updated != max(updated):
        yield ENTRY, f"its `updated` is not its newest entry's, {max(updated).isoformat()}"
    # The most read stand in an order of their own.
    dated = [(entry.published, entry.id) for entry in feed.entries if entry.published and feed.file not in _MOST_READ]
    for (before, before_id), (after, after_id) in pairwise(dated):
        if before < after or (before == after and before_id > after_id):
            yield ENTRY, f"entry {after_id} stands after {before_id}; the newest comes first, ties by id"
            return

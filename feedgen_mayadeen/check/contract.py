"""What this project asks of one feed beyond RFC 4287: ids, order, instants, titles, harmless HTML, pictures."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from lxml.etree import _Element

from feedgen_mayadeen.check.atom import ATOM, ENTRY, MEDIA, links, place_of
from feedgen_mayadeen.check.feed import HEALTH, AtomFeed, archived_feed, text_of
from feedgen_mayadeen.check.findings import CONTRACT, HARMLESS, Finding, Place, quoted
from feedgen_mayadeen.check.findings import ENTRY as ENTRY_RULE
from feedgen_mayadeen.check.forms import is_id
from feedgen_mayadeen.check.html import judge
from feedgen_mayadeen.names import fold

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ENTRY_ID = re.compile(r"tag:[a-z0-9.-]+,2021:\S+")
_FEED_NEEDS = ("subtitle", "author", "generator")
_ARTICLES_NEED = ("icon", "rights")
"""What a feed of the site's articles has besides."""
_PLAIN = ("title", "subtitle", "rights", "summary")


def contract_findings(feed: AtomFeed, root: _Element) -> Iterator[Finding]:
    """All that is wrong with one feed by the contract."""
    place = Place(feed.file)
    if not feed.entries:
        yield place.finding(CONTRACT, "holds no entry; a feed without entries is not written")
    for name in (*_FEED_NEEDS, *(_ARTICLES_NEED if feed.file != HEALTH else ())):
        if root.find(f"{{{ATOM}}}{name}") is None:
            yield place.finding(ENTRY_RULE, f"lacks `{name}`")
    if root.get(_LANG) is None:
        yield place.finding(ENTRY_RULE, "lacks `xml:lang`")
    for relation in ("self", "alternate"):
        if not links(root, relation):
            yield place.finding(ENTRY_RULE, f"lacks a link rel={relation}")
    yield from _title_findings(place, feed.title)
    yield from _archive_findings(place, feed)
    yield from _instant_findings(place, feed)
    for element in root.iterfind(ENTRY):
        yield from _entry_findings(feed.file, element)
    for element in root.iter(*(f"{{{ATOM}}}{name}" for name in _PLAIN)):
        if element.get("type") in ("html", "xhtml"):
            yield from _not_plain(place_of(feed.file, element), element)


def _title_findings(place: Place, title: str) -> Iterator[Finding]:
    if title.strip() and title != fold(title):
        sentence = f"its title is not one line free of control, bidi and zero-width characters: {quoted(title)}"
        yield place.finding(ENTRY_RULE, sentence)


def _archive_findings(place: Place, feed: AtomFeed) -> Iterator[Finding]:
    is_archive = archived_feed(feed.file) is not None
    if is_archive and not feed.marked_archive:
        yield place.finding("RFC 5005 §4", "is named as an archive page and lacks `fh:archive`")
    if is_archive and feed.neighbour("current") is None:
        yield place.finding("RFC 5005 §4", "is an archive page and lacks a link rel=current")
    if feed.marked_archive and not is_archive:
        yield place.finding("RFC 5005 §4", "is marked with `fh:archive` and not named as an archive page")


def _instant_findings(place: Place, feed: AtomFeed) -> Iterator[Finding]:
    """Instants and order; an instant that is missing or broken is left to RFC 4287."""
    for id_, number in Counter(entry.id for entry in feed.entries if entry.id).items():
        if number > 1:
            yield place.finding(ENTRY_RULE, f"entry {id_} stands in it {number} times")
    for entry in feed.entries:
        if entry.published and entry.updated and entry.updated < entry.published:
            yield place.finding(ENTRY_RULE, f"entry {entry.id}: updated before it was published")
    updated = [entry.updated for entry in feed.entries if entry.updated]
    if feed.updated and len(updated) == len(feed.entries) > 0 and feed.updated != max(updated):
        yield place.finding(ENTRY_RULE, f"its `updated` is not its newest entry's, {max(updated).isoformat()}")
    if not feed.is_ordered:
        return
    dated = [(entry.published, entry.id) for entry in feed.entries if entry.published]
    for (before, before_id), (after, after_id) in pairwise(dated):
        if before < after or (before == after and before_id > after_id):
            yield place.finding(ENTRY_RULE, f"entry {after_id} stands after {before_id}; the newest comes first, ties by id")
            return


def _entry_findings(file: str, entry: _Element) -> Iterator[Finding]:
    place = place_of(file, entry)
    id_ = text_of(entry, "id")
    if is_id(id_) and not _ENTRY_ID.fullmatch(id_):
        yield place.finding(ENTRY_RULE, "its id is not written tag:HOST,2021:…")
    if entry.find(f"{{{ATOM}}}published") is None:
        yield place.finding(ENTRY_RULE, "lacks `published`")
    content = entry.find(f"{{{ATOM}}}content")
    if content is not None and file != HEALTH and not links(entry, "alternate"):
        yield place.finding(ENTRY_RULE, "lacks a link rel=alternate")
    yield from _title_findings(place, text_of(entry, "title"))
    categories = Counter((c.get("term"), c.get("scheme")) for c in entry.iterfind(f"{{{ATOM}}}category"))
    for (term, _), number in categories.items():
        if number > 1:
            yield place.finding(ENTRY_RULE, f"the category {quoted(term or '')} stands in it {number} times")
    if content is not None:
        yield from _content_findings(place, entry, content)


def _content_findings(place: Place, entry: _Element, content: _Element) -> Iterator[Finding]:
    if content.get("type") != "html" or content.get("src") is not None:
        yield place.finding(ENTRY_RULE, "its `content` is not of type html")
        return
    judged = judge(content.text or "")
    for fault in judged.faults:
        yield place.finding(HARMLESS, f"in its `content`, {fault}")
    shown = [media for media in entry.iterfind(f"{{{MEDIA}}}content") if media.get("medium") == "image"]
    addresses = [media.get("url") for media in (*shown, *entry.iterfind(f"{{{MEDIA}}}thumbnail"))]
    for address in dict.fromkeys(address for address in addresses if address):
        if address not in judged.pictures:
            yield place.finding(ENTRY_RULE, f"its picture is not in its `content`: {quoted(address)}")


def _not_plain(place: Place, element: _Element) -> Iterator[Finding]:
    name = element.tag.rpartition("}")[2]
    yield place.finding(ENTRY_RULE, f"`{name}` is of type {element.get('type')}, and must be plain text")
    for fault in judge(element.text or "").faults if element.get("type") == "html" else ():
        yield place.finding(HARMLESS, f"in its `{name}`, {fault}")

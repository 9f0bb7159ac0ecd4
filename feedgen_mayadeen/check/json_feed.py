"""What JSON Feed 1.1 asks of a file, and that it says the same as the Atom file beside it."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import cast

import msgspec

from feedgen_mayadeen.check.feed import AtomEntry, AtomFeed
from feedgen_mayadeen.check.findings import CONTRACT, HARMLESS, Finding, Place, quoted
from feedgen_mayadeen.check.forms import instant, is_address, is_language, is_media_type
from feedgen_mayadeen.check.html import judge
from feedgen_mayadeen.check.served import Served
from feedgen_mayadeen.names import fold

RULE = "JSON Feed 1.1"
_VERSION = "https://jsonfeed.org/version/1.1"


class Author(msgspec.Struct, frozen=True):
    """Who wrote something; one of the three must be there."""

    name: str = ""
    url: str = ""
    avatar: str = ""


class Hub(msgspec.Struct, frozen=True):
    """Where to subscribe to changes."""

    type: str
    url: str


class Attachment(msgspec.Struct, frozen=True):
    """A related file."""

    url: str
    mime_type: str
    title: str = ""
    size_in_bytes: int | float = 0
    duration_in_seconds: int | float = 0


class Item(msgspec.Struct, frozen=True):
    """An entry. What is optional and missing is empty."""

    id: str
    url: str = ""
    external_url: str = ""
    title: str = ""
    content_html: str | msgspec.UnsetType = msgspec.UNSET
    content_text: str | msgspec.UnsetType = msgspec.UNSET
    summary: str = ""
    image: str = ""
    banner_image: str = ""
    date_published: str = ""
    date_modified: str = ""
    authors: tuple[Author, ...] = ()
    author: Author | msgspec.UnsetType = msgspec.UNSET
    tags: tuple[str, ...] = ()
    language: str = ""
    attachments: tuple[Attachment, ...] = ()


class JsonFeed(msgspec.Struct, frozen=True):
    """A whole feed. What is optional and missing is empty."""

    version: str
    title: str
    items: tuple[Item, ...]
    home_page_url: str = ""
    feed_url: str = ""
    description: str = ""
    user_comment: str = ""
    next_url: str = ""
    icon: str = ""
    favicon: str = ""
    authors: tuple[Author, ...] = ()
    author: Author | msgspec.UnsetType = msgspec.UNSET
    language: str = ""
    expired: bool = False
    hubs: tuple[Hub, ...] = ()


Form = tuple[Callable[[str], object], str]
_ADDRESS: Form = (is_address, "an absolute http address")
_FULL: Form = (str.strip, "a text that is not empty")
_FORMS: dict[str, Form] = {
    **dict.fromkeys(("home_page_url", "feed_url", "next_url", "icon", "favicon"), _ADDRESS),
    **dict.fromkeys(("url", "external_url", "image", "banner_image", "avatar"), _ADDRESS),
    **dict.fromkeys(("date_published", "date_modified"), (instant, "an RFC 3339 instant with an offset")),
    **dict.fromkeys(("id", "type"), _FULL),
    "title": (lambda text: text == fold(text) != "", "one line of plain text that is not empty"),
    "version": (_VERSION.__eq__, _VERSION),
    "language": (is_language, "a language tag"),
    "mime_type": (is_media_type, "a media type"),
}
"""How texts must be written, by the names of their fields, wherever they stand."""


def json_feed_findings(file: str, content: bytes, atom: AtomFeed | None, served: Served) -> Iterator[Finding]:
    """All that is wrong with a JSON Feed; `atom` is the feed beside it."""
    place = Place(file)
    if atom is None:
        yield place.finding(CONTRACT, "stands beside no Atom file that can be read")
    try:
        raw = msgspec.json.decode(content)
        feed = msgspec.convert(raw, JsonFeed)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        yield place.finding(RULE, f"is no JSON Feed: {error}")
        return
    yield from _object_findings(place, feed, raw)
    for name in ("home_page_url", "feed_url"):
        if not getattr(feed, name):
            yield place.finding(RULE, f"lacks `{name}`, which a public feed needs")
    if feed.next_url and feed.next_url == feed.feed_url:
        yield place.finding(RULE, "its `next_url` is its own `feed_url`")
    if feed.feed_url and served.file_of(feed.feed_url) != file:
        yield place.finding(RULE, f"its `feed_url` leads elsewhere: {quoted(feed.feed_url)}")
    for item, raw_item in zip(feed.items, raw["items"], strict=True):
        yield from _item_findings(Place(file, f"item {item.id}"), item, raw_item)
    for id_, number in Counter(item.id for item in feed.items).items():
        if number > 1:
            yield place.finding(RULE, f"item {id_} stands in it {number} times")
    if atom:
        yield from _beside_findings(place, feed, atom)


def _object_findings(place: Place, value: msgspec.Struct, raw: dict[str, object]) -> Iterator[Finding]:
    """The names and texts of an object, and of the objects that stand directly in it, but not of items."""
    kind = type(value)
    for name in raw.keys() - set(kind.__struct_fields__):
        if not (name.startswith("_") and name[1:2].isalpha() and "." not in name):
            yield place.finding(RULE, f"the name {quoted(name)} is not of JSON Feed; names of one's own begin with `_`")
    for name, (is_right, meaning) in _FORMS.items():
        if name in raw and name in kind.__struct_fields__ and not is_right(text := getattr(value, name)):
            yield place.finding(RULE, f"`{name}` is not {meaning}: {quoted(text)}")
    if isinstance(value, Author) and not (value.name or value.url or value.avatar):
        yield place.finding(RULE, "an author has neither `name` nor `url` nor `avatar`")
    for name in ("authors", "hubs", "attachments"):
        raw_all = cast("list[dict[str, object]]", raw.get(name, []))  # msgspec has taken it for such a list
        for below, raw_below in zip(getattr(value, name, ()), raw_all, strict=True):
            yield from _object_findings(place, below, raw_below)


def _item_findings(place: Place, item: Item, raw: dict[str, object]) -> Iterator[Finding]:
    yield from _object_findings(place, item, raw)
    if item.content_html is msgspec.UNSET and item.content_text is msgspec.UNSET:
        yield place.finding(RULE, "has neither `content_html` nor `content_text`")
    if isinstance(item.content_html, str):
        for fault in judge(item.content_html).faults:
            yield place.finding(HARMLESS, f"in its `content_html`, {fault}")


def _beside_findings(place: Place, feed: JsonFeed, atom: AtomFeed) -> Iterator[Finding]:
    """A reader must get the same from either file."""
    if feed.title != atom.title:
        yield place.finding(CONTRACT, f"its title is not the one of {atom.file}")
    if [item.id for item in feed.items] != [entry.id for entry in atom.entries]:
        yield place.finding(CONTRACT, f"its items are not the entries of {atom.file}, in their order")
        return
    for item, entry in zip(feed.items, atom.entries, strict=True):
        for name in _differences(item, entry):
            yield Place(place.file, f"item {item.id}").finding(CONTRACT, f"its `{name}` is not the one in {atom.file}")


def _differences(item: Item, entry: AtomEntry) -> Iterator[str]:
    """The names of what differs; what an item leaves out is no difference, but for its title."""
    if item.title != entry.title:
        yield "title"
    if is_address(item.url) and item.url != entry.alternate:
        yield "url"
    for name, at in (("date_published", entry.published), ("date_modified", entry.updated)):
        own = instant(getattr(item, name))
        if own and at and own != at:
            yield name

"""JSON Feeds: what we write of version 1.1 (https://www.jsonfeed.org/version/1.1/) as types, and the Atom file beside."""

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from feedgen_mayadeen.check.atom import Feed
from feedgen_mayadeen.check.findings import ADDRESS, CONTRACT, HARMLESS, BrokenFileError, Fault, quoted
from feedgen_mayadeen.check.html import html_faults
from feedgen_mayadeen.check.lists import NOT_AS_DECLARED, Instant
from feedgen_mayadeen.check.site import DISK, Site

RULE = "JSON Feed 1.1"
_EXTENSION = re.compile(r"_[A-Za-z][^.]*")
_PATTERN = re.compile(r"matching regex '.*'")

Address = Annotated[str, Meta(pattern=ADDRESS)]
Picture = Annotated[str, Meta(pattern=rf"{ADDRESS}|^{DISK}///")]
Text = Annotated[str, Meta(pattern=r"\S")]
Language = Annotated[str, Meta(pattern="^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]
MediaType = Annotated[str, Meta(pattern=r"^\w+/[\w.+-]+$")]


class _Object(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An object of JSON Feed. Optional fields that are missing are empty."""


class Author(_Object, frozen=True):
    """Who wrote something."""

    name: Text
    url: Address = ""


class Hub(_Object, frozen=True):
    """Where to subscribe to changes."""

    type: Text
    url: Address


class Attachment(_Object, frozen=True):
    """A related file."""

    url: Address
    mime_type: MediaType
    size_in_bytes: int = 0
    duration_in_seconds: int | float = 0


class Item(_Object, frozen=True):
    """An entry. It must have content in one form or the other."""

    id: Text
    title: Text
    url: Address = ""
    content_html: str | UnsetType = UNSET
    content_text: str | UnsetType = UNSET
    summary: str = ""
    image: Picture = ""
    date_published: Instant | None = None
    date_modified: Instant | None = None
    authors: tuple[Author, ...] = ()
    tags: tuple[Text, ...] = ()
    language: Language = ""
    attachments: tuple[Attachment, ...] = ()

    def __post_init__(self) -> None:
        if self.content_html is UNSET and self.content_text is UNSET:
            raise ValueError("has neither `content_html` nor `content_text`")


class JsonFeed(_Object, frozen=True):
    """A whole feed; its items are judged one by one."""

    version: Literal["https://jsonfeed.org/version/1.1"]
    title: Text
    home_page_url: Address
    items: list[Any]
    feed_url: Address = ""
    description: str = ""
    icon: Address = ""
    authors: tuple[Author, ...] = ()
    language: Language = ""
    hubs: tuple[Hub, ...] = ()


Judged = tuple[Item | None, tuple[Fault, ...]]
"""An item, if it is one, and what is wrong with it."""


def json_feed_faults(file: str, content: bytes, atom: Feed | None, site: Site, judged: dict[bytes, Judged]) -> Iterator[Fault]:
    """All that is wrong with a JSON Feed; `atom` is the feed beside it, None where that can't be read.

    `judged` keeps what was found out about items: those of the same bytes are judged once for all files.
    """
    try:
        fields = msgspec.json.decode(content, type=dict[str, msgspec.Raw])
        raw_items = msgspec.json.decode(fields.get("items", b"[]"), type=list[msgspec.Raw])
        others = {name: b"[]" if name == "items" else raw for name, raw in fields.items()}
        feed = msgspec.convert(_own({name: msgspec.json.decode(raw) for name, raw in others.items()}), JsonFeed)
    except NOT_AS_DECLARED as error:
        raise BrokenFileError(RULE, f"is no JSON Feed: {_sentence(error)}") from error
    if site.base and site.target(file, feed.feed_url or site.base)[1] != file:
        yield RULE, f"its `feed_url` leads elsewhere: {quoted(feed.feed_url)}"
    if feed.feed_url and not site.base:
        yield RULE, f"has a `feed_url`, and the folder has no address: {quoted(feed.feed_url)}"
    items = []
    for number, raw in enumerate(raw_items):
        written = sha256(raw).digest()
        item, faults = judged.get(written) or judged.setdefault(written, _judge(raw, site))
        items.append(item)
        yield from ((rule, f"items[{number}]: {sentence}") for rule, sentence in faults)
    if atom and feed.title != atom.title:
        yield CONTRACT, f"its title is not the one of {atom.file}"
    if atom and all(items):
        yield from _beside_faults([item for item in items if item], atom)


def _own(value: Any) -> Any:
    """The same without names that begin with `_`, which may stand anywhere ("Extensions")."""
    if isinstance(value, dict):
        return {name: _own(below) for name, below in value.items() if not _EXTENSION.fullmatch(name)}
    return [_own(below) for below in value] if isinstance(value, list) else value


def _sentence(error: Exception) -> str:
    """What msgspec says, without regular expressions: the field's name tells what must be written there."""
    return _PATTERN.sub("of its proper form", str(error))


def _judge(raw: msgspec.Raw, site: Site) -> Judged:
    try:
        item = msgspec.convert(_own(msgspec.json.decode(raw)), Item)
    except NOT_AS_DECLARED as error:
        return None, ((RULE, _sentence(error)),)
    faults = html_faults(item.content_html, site) if isinstance(item.content_html, str) else ()
    found = [(HARMLESS, f"in its `content_html`, {fault}") for fault in faults]
    if item.image.startswith(DISK) and not site.has_picture(item.image):
        found.append((CONTRACT, f"leads to the disk, and to no picture of the sample in the folder: {quoted(item.image)}"))
    return item, tuple(found)


def _beside_faults(items: list[Item], atom: Feed) -> Iterator[Fault]:
    """A reader must get the same from either file; what an item leaves out is no difference, but for its title."""
    if [item.id for item in items] != [entry.id for entry in atom.entries]:
        yield CONTRACT, f"its items are not the entries of {atom.file}, in their order"
        return
    for item, entry in zip(items, atom.entries, strict=True):
        match_key = (("url", "alternate"), ("title", "title"), ("date_published", "published"), ("date_modified", "updated"))
        for name, there in match_key:
            own, other = getattr(item, name), getattr(entry, there)
            if own and other and own != other:
                yield CONTRACT, f"item {item.id}: its `{name}` is not the one in {atom.file}"

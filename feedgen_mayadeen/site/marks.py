"""What stands on a page and where, as short hashes that pages are compared by.

Each link, line of text and picture is a mark: what it says, and its place, which is the names and classes of the elements
that it stands in. Classes that number an element or tell its state are no part of a place. What is there several times in
one place is another mark than what is there once.
"""

import hashlib
import re
import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice
from typing import Literal, NamedTuple, TypeAlias
from urllib.parse import unquote

from feedgen_mayadeen.models import Page
from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.edition import Edition
from feedgen_mayadeen.site.tree import Tag, holders_of_blocks, links, parents, tags, words
from feedgen_mayadeen.text import match_key
from feedgen_mayadeen.urls import path_of

Kind: TypeAlias = Literal["list", "article"]
"""What a page is read as."""

_MOST = 1500
_LONGEST_LINE = 500
_NEAR, _MOST_LINKS_OF_CARD = 3, 5
_BESIDE_PATH = re.compile(r"^(https?:)?//[^/?#]*|[;?#].*$")
_PASSING = frozenset(("active", "first", "last", "odd", "even", "current", "selected", "open", "show"))
_FORM = struct.Struct("<BIIQ")


class Sort(IntEnum):
    """What a mark is of: a link, a link to a page below the page's own address, a line of text, a picture."""

    LINK = 0
    LINK_BELOW = 1
    LINE = 2
    PICTURE = 3


class Mark(NamedTuple):
    """A hash of what something says, with its place and the place of what it stands in."""

    sort: Sort
    place: int
    within: int
    content: int


@dataclass(frozen=True, slots=True)
class PageMarks:
    """The marks of a page: at most 1,500 of 17 bytes each."""

    address: str
    kind: Kind
    packed: bytes

    def __iter__(self) -> Iterator[Mark]:
        return (Mark(Sort(sort), *more) for sort, *more in _FORM.iter_unpack(self.packed))


class Places:
    """The places of a page's elements, as hashes."""

    def __init__(self) -> None:
        self._known: dict[Tag, int] = {}

    def of(self, tag: Tag) -> int:
        """The hash of the names and classes of an element and all that it stands in, below the body."""
        way: list[Tag] = []
        place = 0
        for each in (tag, *parents(tag)):
            if each in self._known or each.tag in ("body", "html"):
                place = self._known.get(each, 0)
                break
            way.append(each)
        for each in reversed(way):
            place = self._known[each] = zlib.crc32(_name(each).encode(errors="replace"), place)
        return place


def observe(page: Page, edition: Edition, kind: Kind) -> PageMarks:
    """The marks of a page, to learn from. Raises TooDeepError."""
    document, places = Document(page, edition), Places()
    found: Counter[Mark] = Counter()

    def note(sort: Sort, tag: Tag, content: int) -> None:
        outer = tag.getparent()
        found[Mark(sort, places.of(tag), 0 if outer is None else places.of(outer), content)] += 1

    for tag in links(document.body):
        note(Sort.LINK_BELOW if is_below(page, tag) else Sort.LINK, tag, content_of(tag))
    for tag, text in lines(document):
        note(Sort.LINE, tag, content_of_line(text))
    for tag in tags(document.body, ("img",)):
        if (address := document.picture(tag)) and not _is_of_card(tag):
            note(Sort.PICTURE, tag, content_of_picture(address))
    marks = (mark._replace(content=again(mark.content, times)) for mark, times in found.items())
    return PageMarks(page.address, kind, b"".join(_FORM.pack(*mark) for mark in islice(marks, _MOST)))


def lines(document: Document) -> Iterator[tuple[Tag, str]]:
    """The elements that are a line of text each: they hold no others that begin lines, and what they stand in does."""
    holders = holders_of_blocks(document.body) | {document.body}
    for tag in tags(document.body):
        parent = tag.getparent()
        if tag not in holders and parent in holders and tag.tag != "a" and 0 < len(text := words(tag)) <= _LONGEST_LINE:
            yield tag, text


def content_of(tag: Tag) -> int:
    """What a link leads to and says, or a line."""
    return content_of_link(path_in(tag), words(tag)) if tag.tag == "a" else content_of_line(words(tag))


def content_of_link(path: str, text: str) -> int:
    """What a link says, by the path that it leads to."""
    return _hash(f"link\n{path}\n{text}")


def content_of_line(text: str) -> int:
    """What a line of text says."""
    return _hash(f"line\n{text}")


def content_of_picture(address: str) -> int:
    """What a picture shows, by its address."""
    return _hash(f"picture\n{address}")


def again(content: int, times: int) -> int:
    """A content that stands so many times in one place of a page."""
    return content ^ (min(times, 255) - 1)


def is_below(page: Page, link: Tag) -> bool:
    """Whether a link leads to a page whose address continues that of the page that it stands on."""
    return path_in(link).startswith(f"{path_of(page.address)}/")


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(match_key(text).encode(errors="replace"), digest_size=8).digest())


def _name(tag: Tag) -> str:
    kept = (name for name in (tag.get("class") or "").split() if not any(map(str.isdigit, name)) and name not in _PASSING)
    return f"{tag.tag}.{'.'.join(kept)}"


def path_in(link: Tag) -> str:
    """The path that a link leads to, as far as it identifies a page; read from what is written, for speed."""
    return unquote(_BESIDE_PATH.sub("", link.get("href", "").strip()))


def _is_of_card(picture: Tag) -> bool:
    """Whether a picture belongs to a card of another article: the few links nearest to it lead to one."""
    for around in islice(parents(picture), _NEAR):
        if around.tag in ("body", "main"):
            break
        if near := [path_in(link) for link in (around, *links(around)) if "href" in link.attrib]:
            return len(near) <= _MOST_LINKS_OF_CARD and any(path.count("/") > 1 for path in near)
    return False

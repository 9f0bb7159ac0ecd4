"""What stands on many pages belongs to none of them: learned from the pages of a build, whatever it is called or says.

Each link, line and picture of a page is noted with its place: the names and classes of the elements around it. What
repeats on pages that have nothing to do with each other (lists of sections that an article does not belong to, articles
of several sections) is boilerplate in that place; a place where everything repeats is one whatever it says next. A card
that several lists rightly share is in its own section's place on its own list, and a line that authors like is in few.
"""

import hashlib
import re
import struct
import zlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal, TypeAlias
from urllib.parse import unquote

from feedgen_mayadeen.models import Page
from feedgen_mayadeen.names import path_of, same
from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.edition import Edition
from feedgen_mayadeen.site.tree import Tag, holders_of_blocks, links, parents, tags, words

Kind: TypeAlias = Literal["list", "article"]
"""What a page is read as: what repeats on lists is learned from lists, and on articles from articles."""

_MOST_MARKS = 1500
_MOST_ROWS = 4000
_LONGEST_LINE = 500
_NEAR = 3
_BESIDE_PATH = re.compile(r"^(https?:)?//[^/?#]*|[;?#].*$")
_ENOUGH_LISTS, _ENOUGH_ARTICLES = 4, 4
_ENOUGH_SECTIONS = 2
_SHARE = 0.3
_MOST_PAGES, _MOST_SECTIONS, _MOST_SHARE = 8, 3, 0.5
"""A line counts wherever it stands if it is on so many pages of so many sections, and on such a share of all."""
_ALL_REPEATS = 0.9
_PASSING = frozenset(("active", "first", "last", "odd", "even", "current", "selected", "open", "show"))
_MARK = struct.Struct("<BIQ")
_LINK, _OWN_LINK, _LINE, _PICTURE = range(4)


@dataclass(frozen=True, slots=True)
class PageMarks:
    """What stands on a page and where, as hashes: at most 1,500 marks of 13 bytes each."""

    address: str
    kind: Kind
    marks: bytes

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        """The sort, the place and the content of each mark."""
        return _MARK.iter_unpack(self.marks)


@dataclass(frozen=True, slots=True)
class Repeated:
    """What repeats on pages of one kind: contents anywhere, contents in their places, and whole places."""

    contents: frozenset[int] = frozenset()
    placed: frozenset[int] = frozenset()
    places: frozenset[int] = frozenset()

    def __contains__(self, mark: tuple[int, int]) -> bool:
        """Whether a content in a place is boilerplate."""
        place, content = mark
        return place in self.places or _both(place, content) in self.placed


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """What was learned of a site's pages. Nothing of it holds for what an article's own fields rightly repeat."""

    lists: Repeated = Repeated()
    articles: Repeated = Repeated()

    def has_line(self, text: str) -> bool:
        """Whether a folded line of text is on most articles, of several sections, wherever it stands."""
        return _content(_LINE, text) in self.articles.contents

    def has_link(self, address: str, text: str) -> bool:
        """Whether a link, by its address and folded text, is on most articles, wherever it stands."""
        return _content(_LINK, path_of(address), text) in self.articles.contents

    def has_picture(self, address: str) -> bool:
        """Whether a picture is on most articles: a logo, an avatar, a picture that stands for another."""
        return _content(_PICTURE, address) in self.articles.contents

    def rows(self) -> tuple[tuple[str, bytes], ...]:
        """All of it as a few rows to be kept, at most 4,000 hashes of 8 bytes in each."""
        kinds = (("lists", self.lists), ("articles", self.articles))
        return tuple((f"{kind}.{name}", _packed(getattr(one, name))) for kind, one in kinds for name in Repeated.__slots__)

    @classmethod
    def of(cls, rows: Iterable[tuple[str, bytes]]) -> "Boilerplate":
        """The same from its rows; what is missing is empty."""
        kept = dict(rows)
        both = (
            Repeated(*(_unpacked(kept.get(f"{kind}.{name}", b"")) for name in Repeated.__slots__))
            for kind in ("lists", "articles")
        )
        return cls(*both)


NOTHING = Boilerplate()
"""What is known of a site before any of its pages was read."""


class Marker:
    """Tells which elements of one page are boilerplate there."""

    def __init__(self, document: Document, repeated: Repeated) -> None:
        self._document, self._repeated, self._places = document, repeated, _Places()

    def holds(self, tag: Tag) -> bool:
        """Whether an element is boilerplate where it stands: a link, or a line of text that holds no other lines."""
        if not self._repeated.placed and not self._repeated.places:
            return False
        return (self._places.of(tag), _content_of(tag)) in self._repeated

    def links(self) -> set[Tag]:
        """The links of a list that are boilerplate: none that leads below the list itself, none that is there once more."""
        if not self._repeated.placed and not self._repeated.places:
            return set()
        marks: dict[tuple[int, int], list[Tag]] = defaultdict(list)
        for tag in links(self._document.body):
            if not _is_below(self._document.page, tag):
                marks[self._places.of(tag), _content_of(tag)].append(tag)
        held = (tags for (place, content), tags in marks.items() if (place, _again(content, len(tags))) in self._repeated)
        return {tag for tags in held for tag in tags}


def observe(page: Page, edition: Edition, kind: Kind) -> PageMarks:
    """What stands on a page, to learn from. Raises TooDeepError."""
    document, places = Document(page, edition), _Places()
    found: Counter[tuple[int, int, int]] = Counter()
    for tag in links(document.body):
        sort = _OWN_LINK if _is_below(page, tag) else _LINK
        found[sort, places.of(tag), _content_of(tag)] += 1
    for tag, text in _lines(document):
        found[_LINE, places.of(tag), _content(_LINE, text)] = 1
    for tag in tags(document.body, ("img",)):
        if (address := document.picture(tag)) and not _is_of_card(tag):
            found[_PICTURE, places.of(tag), _content(_PICTURE, address)] = 1
    marks = ((sort, place, _again(content, times)) for (sort, place, content), times in found.items())
    return PageMarks(page.address, kind, b"".join(_MARK.pack(*mark) for mark in islice(marks, _MOST_MARKS)))


def learn(pages: Iterable[PageMarks], remembered: Boilerplate = NOTHING) -> Boilerplate:
    """What repeats on pages of a build, and what was learned before where these do not contradict it."""
    kinds: dict[Kind, list[PageMarks]] = {"list": [], "article": []}
    for page in pages:
        kinds[page.kind].append(page)
    return Boilerplate(
        _learned(_unlike(kinds["list"]), remembered.lists, _ENOUGH_LISTS),
        _learned(kinds["article"], remembered.articles, _ENOUGH_ARTICLES),
    )


def left_out(page: Page, edition: Edition, kind: Kind, boilerplate: Boilerplate) -> tuple[str, ...]:
    """The texts of a page that are boilerplate where they stand, each once. Raises TooDeepError."""
    document = Document(page, edition)
    marker = Marker(document, boilerplate.lists if kind == "list" else boilerplate.articles)
    found = (*links(document.body), *(tag for tag, _ in _lines(document)))
    return tuple(dict.fromkeys(text for tag in found if marker.holds(tag) and (text := words(tag))))


# Learning


def _unlike(lists: list[PageMarks]) -> list[PageMarks]:
    """The lists whose articles are told by their addresses, without those that hold others: each has articles of its own."""
    addresses = {page.address for page in lists}
    above = {page for page in addresses for other in addresses if other.startswith(f"{page}/")}
    return [page for page in lists if page.address not in above and any(sort == _OWN_LINK for sort, _, _ in page)]


@dataclass(slots=True)
class _Seen:
    """On how many pages something was seen, and of which sections."""

    pages: int = 0
    sections: set[str] = field(default_factory=set)


def _learned(pages: list[PageMarks], remembered: Repeated, enough: int) -> Repeated:
    placed: dict[tuple[int, int, int], _Seen] = defaultdict(_Seen)
    contents: dict[tuple[int, int], _Seen] = defaultdict(_Seen)
    holding: Counter[int] = Counter()
    for page in pages:
        section = path_of(page.address).rpartition("/")[0]
        for mark in page:
            placed[mark].pages += 1
            placed[mark].sections.add(section if page.kind == "article" else page.address)
        for content in {(sort, content) for sort, _, content in page}:
            contents[content].pages += 1
            contents[content].sections.add(section)
        holding.update({place for _, place, _ in page})
    repeated = {
        mark
        for mark, seen in placed.items()
        if mark[0] != _OWN_LINK
        and seen.pages >= enough
        and len(seen.sections) >= _ENOUGH_SECTIONS
        and seen.pages >= _SHARE * holding[mark[1]]
    }
    places = _repeating(placed, repeated, holding, enough)
    return Repeated(
        _bounded(_everywhere(contents, len(pages)), remembered.contents),
        _bounded((_both(place, content) for _, place, content in repeated), remembered.placed),
        _bounded(places, remembered.places - holding.keys()),
    )


def _repeating(
    placed: dict[tuple[int, int, int], _Seen], repeated: Collection[tuple[int, int, int]], holding: Counter[int], enough: int
) -> Iterator[int]:
    """The places where nearly all that is seen repeats."""
    seen: Counter[int] = Counter()
    seen_again: Counter[int] = Counter()
    for mark, found in placed.items():
        seen[mark[1]] += found.pages
        seen_again[mark[1]] += found.pages if mark in repeated else 0
    return (place for place in seen if holding[place] >= enough and seen_again[place] >= _ALL_REPEATS * seen[place])


def _everywhere(contents: dict[tuple[int, int], _Seen], pages: int) -> Iterator[int]:
    for (_, content), seen in contents.items():
        if seen.pages >= max(_MOST_PAGES, _MOST_SHARE * pages) and len(seen.sections) >= _MOST_SECTIONS:
            yield content


def _bounded(new: Iterable[int], old: Collection[int]) -> frozenset[int]:
    return frozenset(list(dict.fromkeys((*new, *old)))[:_MOST_ROWS])


# Marks


class _Places:
    """The places of a page's elements, as hashes."""

    def __init__(self) -> None:
        self._known: dict[Tag, int] = {}

    def of(self, tag: Tag) -> int:
        """The hash of the names and classes of an element and all that it stands in, below the body."""
        way = []
        place = 0
        for each in (tag, *parents(tag)):
            if each in self._known:
                place = self._known[each]
                break
            if each.tag in ("body", "html"):
                break
            way.append(each)
        for each in reversed(way):
            place = self._known[each] = zlib.crc32(_name(each).encode(errors="replace"), place)
        return place


def _name(tag: Tag) -> str:
    """What an element is called and classed as, without classes that number it or tell a state."""
    kept = (name for name in (tag.get("class") or "").split() if not any(map(str.isdigit, name)) and name not in _PASSING)
    return f"{tag.tag}.{'.'.join(kept)}"


def _lines(document: Document) -> Iterator[tuple[Tag, str]]:
    """The elements that are a line of text each: they hold no others that begin lines, and what they stand in does."""
    holders = holders_of_blocks(document.body) | {document.body}
    for tag in tags(document.body):
        parent = tag.getparent()
        if tag not in holders and parent in holders and tag.tag != "a" and 0 < len(text := words(tag)) <= _LONGEST_LINE:
            yield tag, text


def _is_of_card(picture: Tag) -> bool:
    """Whether a picture belongs to a card of another article: the nearest links lead to one."""
    for around in islice(parents(picture), _NEAR):
        if paths := [_path(link) for link in (around, *links(around)) if "href" in link.attrib]:
            return any(path.count("/") > 1 for path in paths)
    return False


def _content_of(tag: Tag) -> int:
    return _content(_LINK, _path(tag), words(tag)) if tag.tag == "a" else _content(_LINE, words(tag))


def _is_below(page: Page, link: Tag) -> bool:
    """Whether a link leads to a page whose address continues that of the page that it stands on."""
    return _path(link).startswith(f"{path_of(page.address)}/")


def _path(link: Tag) -> str:
    """The path that a link leads to, as far as it identifies a page; read from what is written, for speed."""
    return unquote(_BESIDE_PATH.sub("", link.get("href", "").strip()))


def _again(content: int, times: int) -> int:
    """A content that stands in the same place so many times on one page."""
    return content ^ (min(times, 255) - 1)


def _content(*said: object) -> int:
    """A hash of what something says: its sort, then its texts, whose case and spaces do not count."""
    text = same("\n".join(map(str, said)))
    return int.from_bytes(hashlib.blake2b(text.encode(errors="replace"), digest_size=8).digest())


def _both(place: int, content: int) -> int:
    return content ^ (place << 16)


def _packed(hashes: Collection[int]) -> bytes:
    return b"".join(each.to_bytes(8) for each in sorted(hashes))


def _unpacked(row: bytes) -> frozenset[int]:
    return frozenset(int.from_bytes(row[at : at + 8]) for at in range(0, len(row) - 7, 8))

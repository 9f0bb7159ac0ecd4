"""What stands on many pages belongs to none of them: learned from the pages of a build, whatever it is called or says.

A link is boilerplate in its place if it stands there on lists that its article can't belong to: those of other sections,
by their addresses. A line is, if it stands on articles of several sections, and either on most of them or where all else
repeats too; a place where everything repeats is boilerplate whatever it says next. So a card that several lists share, a
line that an author likes and a usual heading stay: they are on few pages, or among what is there only once.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field

from feedgen_mayadeen.models import Page
from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.edition import Edition
from feedgen_mayadeen.site.marks import (
    Kind,
    Mark,
    PageMarks,
    Places,
    Sort,
    again,
    content_of,
    content_of_line,
    content_of_link,
    content_of_picture,
    is_below,
    lines,
    path_in,
)
from feedgen_mayadeen.site.tree import Tag, links, words
from feedgen_mayadeen.urls import path_of

_MOST_ROWS = 4000
_ENOUGH_PAGES, _ENOUGH_SECTIONS, _SHARE = 4, 2, 0.3
"""What repeats in a place does so on so many pages of so many sections, and on such a share of those that have the place."""
_MOST_PAGES, _MOST_SECTIONS, _MOST_SHARE = 8, 3, 0.5
"""What repeats wherever it stands does so on so many pages of so many sections, and on such a share of all."""
_NEARLY_ALL = 0.9


@dataclass(frozen=True, slots=True)
class Repeated:
    """What repeats on pages of one kind: contents anywhere, contents in their places, and whole places."""

    contents: frozenset[int] = frozenset()
    placed: frozenset[int] = frozenset()
    places: frozenset[int] = frozenset()

    def has(self, place: int, content: int) -> bool:
        """Whether a content is boilerplate in a place."""
        return place in self.places or _both(place, content) in self.placed


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """What was learned of a site's pages. An article's own fields repeat rightly: nothing of it is about them."""

    lists: Repeated = Repeated()
    articles: Repeated = Repeated()

    def has_line(self, text: str) -> bool:
        """Whether a folded line of text is on most articles, of several sections, wherever it stands."""
        return content_of_line(text) in self.articles.contents

    def has_link(self, address: str, text: str) -> bool:
        """Whether a link, by its address and folded text, is on most articles, wherever it stands."""
        return content_of_link(path_of(address), text) in self.articles.contents

    def has_picture(self, address: str) -> bool:
        """Whether a picture is on most articles: a logo, an avatar, a picture that stands for another."""
        return content_of_picture(address) in self.articles.contents

    def rows(self) -> tuple[tuple[str, bytes], ...]:
        """All of it as six rows to be kept, of at most 4,000 hashes of 8 bytes."""
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
        self._document, self._repeated, self._places = document, repeated, Places()
        self._knows_any = bool(repeated.placed or repeated.places)

    def holds(self, tag: Tag) -> bool:
        """Whether an element is boilerplate where it stands: a link, or a line of text that holds no other lines."""
        return self._knows_any and self._repeated.has(self._places.of(tag), content_of(tag))

    def links(self) -> set[Tag]:
        """The links of a list that are boilerplate: of those that lead below the list itself none but a second one."""
        if not self._knows_any:
            return set()
        found: dict[tuple[int, int], list[Tag]] = defaultdict(list)
        for tag in links(self._document.body):
            found[self._places.of(tag), content_of(tag)].append(tag)
        repeated = (
            alike for (place, content), alike in found.items() if self._repeated.has(place, again(content, len(alike)))
        )
        held = {tag for alike in repeated for tag in alike}
        elsewhere = {path_in(tag) for alike in found.values() for tag in alike if tag not in held}
        return {tag for tag in held if path_in(tag) in elsewhere or not is_below(self._document.page, tag)}


def left_out(page: Page, edition: Edition, kind: Kind, boilerplate: Boilerplate) -> tuple[str, ...]:
    """The texts of a page that are boilerplate where they stand, each once. Raises TooDeepError."""
    document = Document(page, edition)
    if kind == "list":
        held = Marker(document, boilerplate.lists).links()
        found: Iterable[Tag] = (tag for tag in links(document.body) if tag in held)
    else:
        marker = Marker(document, boilerplate.articles)
        found = (tag for tag in (*links(document.body), *(tag for tag, _ in lines(document))) if marker.holds(tag))
    return tuple(dict.fromkeys(text for tag in found if (text := words(tag))))


# Learning


def learn(pages: Iterable[PageMarks], remembered: Boilerplate = NOTHING) -> Boilerplate:
    """What repeats on pages of a build, and what was learned before where these do not contradict it."""
    kinds: dict[Kind, list[PageMarks]] = {"list": [], "article": []}
    for page in pages:
        kinds[page.kind].append(page)
    return Boilerplate(
        _learned(_sections(kinds["list"]), remembered.lists, lambda page: page.address),
        _learned(kinds["article"], remembered.articles, lambda page: path_of(page.address).rpartition("/")[0]),
    )


def _sections(lists: list[PageMarks]) -> list[PageMarks]:
    """The lists whose articles are told by their addresses, without those above others: no article belongs to two."""
    addresses = {page.address for page in lists}
    above = {page for page in addresses for other in addresses if other.startswith(f"{page}/")}
    return [page for page in lists if page.address not in above and any(mark.sort is Sort.LINK_BELOW for mark in page)]


@dataclass(slots=True)
class _Seen:
    """On how many pages something was seen, and of which sections."""

    pages: int = 0
    sections: set[str] = field(default_factory=set)

    def on(self, section: str) -> None:
        """Note one more page."""
        self.pages += 1
        self.sections.add(section)


def _learned(pages: list[PageMarks], remembered: Repeated, section_of: Callable[[PageMarks], str]) -> Repeated:
    seen: dict[Mark, _Seen] = defaultdict(_Seen)
    anywhere: dict[int, _Seen] = defaultdict(_Seen)
    holding: Counter[int] = Counter()
    for page in pages:
        section = section_of(page)
        for mark in page:
            seen[mark].on(section)
        for content in {mark.content for mark in page}:
            anywhere[content].on(section)
        holding.update({mark.place for mark in page})
    most = {content for content, one in anywhere.items() if _is_on_most(one, len(pages))}
    often = {mark for mark, one in seen.items() if mark.sort is not Sort.LINK_BELOW and _is_on_many(one, holding[mark.place])}
    apart = set(_where_all_repeats(seen, often, lambda mark: mark.within))
    repeated = {mark for mark in often if mark.sort is Sort.LINK or mark.content in most or mark.within in apart}
    places = (each for each in _where_all_repeats(seen, repeated, lambda mark: mark.place) if holding[each] >= _ENOUGH_PAGES)
    return Repeated(
        _bounded(most, remembered.contents),
        _bounded((_both(mark.place, mark.content) for mark in repeated), remembered.placed),
        _bounded(places, remembered.places - holding.keys()),
    )


def _is_on_many(seen: _Seen, holding: int) -> bool:
    return seen.pages >= max(_ENOUGH_PAGES, _SHARE * holding) and len(seen.sections) >= _ENOUGH_SECTIONS


def _is_on_most(seen: _Seen, pages: int) -> bool:
    return seen.pages >= max(_MOST_PAGES, _MOST_SHARE * pages) and len(seen.sections) >= _MOST_SECTIONS


def _where_all_repeats(seen: dict[Mark, _Seen], repeated: Collection[Mark], where: Callable[[Mark], int]) -> Iterator[int]:
    """The places where nearly all that was seen repeats, on whatever pages."""
    contents = {(mark.place, mark.content) for mark in repeated}
    times: Counter[int] = Counter()
    times_again: Counter[int] = Counter()
    for mark, one in seen.items():
        times[where(mark)] += one.pages
        times_again[where(mark)] += one.pages if (mark.place, mark.content) in contents else 0
    return (place for place in times if times_again[place] >= _NEARLY_ALL * times[place])


# Rows


def _bounded(new: Iterable[int], old: Collection[int]) -> frozenset[int]:
    return frozenset(list(dict.fromkeys((*new, *old)))[:_MOST_ROWS])


def _both(place: int, content: int) -> int:
    return content ^ (place << 16)


def _packed(hashes: Collection[int]) -> bytes:
    return b"".join(each.to_bytes(8) for each in sorted(hashes))


def _unpacked(row: bytes) -> frozenset[int]:
    return frozenset(int.from_bytes(row[at : at + 8]) for at in range(0, len(row) - 7, 8))

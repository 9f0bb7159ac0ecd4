"""What the parts of a page stand under: the page's own name, the heading of a box, or nothing.

A head is a heading that is no card's title, or a short text on its own before cards of another form than those before
it. It stands for what follows it in the same element, up to the next one; the page's own name stands for what follows
that element too, if nothing else does. The page's name is what its title, its first heading, its address and the links
to it say alike.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import IntEnum

from feedgen_mayadeen.ids import key_of
from feedgen_mayadeen.site.cards import CardBlock
from feedgen_mayadeen.site.dates import is_date
from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.titles import is_linked
from feedgen_mayadeen.site.tree import HEADINGS, Tag, first, links, parents, tags, text_of, words
from feedgen_mayadeen.text import match_key, normalize_text
from feedgen_mayadeen.urls import path_of

_LONGEST_LABEL = 40
_LONGEST_HEAD = 60
_YEAR = re.compile(r"\b(19|20)\d\d\b|[١۱][٩۹][٠-٩۰-۹]{2}|[٢۲][٠۰][٠-٩۰-۹]{2}")
_MOST_WORDS_OF_DATE = 5
_RANK_OF_TEXT = 3
_CONTROLS = ("button", "input", "select", "form", "textarea", "label", "option")
_BETWEEN = re.compile(r"\s+(?:\||-|–|—|::|»|«|/|·|•)\s+|\s*\|\s*")


class Own(IntEnum):
    """How surely a head is the page's own name: not at all, as a part of it, as it is."""

    NO = 0
    PART = 1
    NAME = 2


@dataclass(frozen=True, slots=True)
class Head:
    """What a part of a page stands under, and what that stands under.

    `beside` if the page's name stands in the element before it only.
    """

    tag: Tag
    own: Own
    is_heading: bool
    beside: bool = False
    outer: "Head | None" = None

    @property
    def is_below_name(self) -> bool:
        """Whether it stands under the page's own name."""
        return self.outer is not None and (self.outer.own is not Own.NO or self.outer.is_below_name)


def heads_of(document: Document, cards: Collection[CardBlock]) -> dict[Tag, Head | None]:
    """The head of each card, by the card's element; None where there is none."""
    walk = _Walk(document, cards)
    walk.through(document.body, None)
    return _without_single(cards, walk.found)


def _without_single(cards: Collection[CardBlock], found: dict[Tag, Head | None]) -> dict[Tag, Head | None]:
    """What heads one card only is a part of it if it is no heading or ranks below its title, and if others do so too.

    A heading above the rank of the title is that of a box, though the box has one card.
    """
    counts = Counter(head.tag for head in found.values() if head is not None)
    single = {
        head.tag: _rank(head.tag) - _rank(card.link.title.heading) if head.is_heading else 1
        for card in cards
        if (head := found.get(card.element)) is not None and head.own is Own.NO and counts[head.tag] == 1
    }
    refused = {tag for tag, below in single.items() if below > 0 or (below == 0 and len(single) > 1)}
    return {card: _first_but(head, refused) for card, head in found.items()}


def _rank(heading: Tag | None) -> int:
    return HEADINGS.index(str(heading.tag)) if heading is not None and heading.tag in HEADINGS else _RANK_OF_TEXT


def _first_but(head: Head | None, refused: Collection[Tag]) -> Head | None:
    while head is not None and head.tag in refused:
        head = head.outer
    return head


class _Walk:
    """A walk through a page that keeps in mind under which head it is."""

    def __init__(self, document: Document, cards: Collection[CardBlock]) -> None:
        self._document = document
        self._names = names_of(document)
        self._titles = {heading for card in cards if (heading := card.link.title.heading) is not None}
        self._title_places = set(map(_place, self._titles))
        self._forms = {card.element: card.link.form for card in cards}
        self._first: dict[Tag, tuple[str, ...]] = {}
        for card in cards:
            for element in (card.element, *parents(card.element)):
                self._first.setdefault(element, card.link.form)
        self.found: dict[Tag, Head | None] = {}

    def through(self, around: Tag, head: Head | None) -> Head | None:
        """Note the heads of the cards within an element; gives the page's own name if it stands within."""
        own: Head | None = None
        base = head
        before: tuple[str, ...] | None = None
        under: dict[tuple[str, ...], Head | None] = {}
        label = self._label(around, around.text)
        for child in around:
            form = self._first.get(child)
            if form is not None:
                if label is not None and form != before:
                    head = replace(label, outer=base)
                elif head is not None and not head.is_heading:
                    head = under.get(form, head)
                label, before = None, form
                under.setdefault(form, head)
                if child in self._forms:
                    self.found[child] = head
                elif (within := self.through(child, head)) is not None:
                    own = within
                    if head is None or head.own is Own.NO:
                        head = base = replace(within, beside=True)
            elif (new := self._head_in(child)) is not None:
                if new.is_heading or new.own is Own.NAME:
                    head, label = replace(new, outer=base), None
                else:
                    label = new
                if new.own is not Own.NO and head is not None and head.tag is new.tag:
                    own, base = (new if own is None or new.own >= own.own else own), head
            label = self._label(around, child.tail) or label
        return own

    def _head_in(self, tag: Tag) -> Head | None:
        """The head that an element without cards is, if it is one."""
        heading = next((each for each in tag.iter(*HEADINGS) if self._may_head(each)), None)
        if heading is not None:
            text = words(heading)
            own = self._own(text, heading)
            if not text or (own is Own.NO and (_tells_a_day(text) or is_date(text, self._document.edition))):
                return None
            if heading.tag != "h1" and len(words(tag)) > len(text) + _LONGEST_HEAD:
                return None
            return Head(heading, own, is_heading=heading is tag or words(tag) == text)
        if tag.tag in _CONTROLS or first(tag, _CONTROLS) is not None:
            return None
        return self._label(tag, words(tag))

    def _may_head(self, heading: Tag) -> bool:
        """Whether a heading is no card's title, nor that of a card that leads elsewhere."""
        return heading not in self._titles and not (is_linked(heading) and _place(heading) in self._title_places)

    def _label(self, tag: Tag, text: str | None) -> Head | None:
        text = normalize_text(text) if text and len(text) < 1000 else ""
        if not 1 < len(text) <= _LONGEST_LABEL or not any(map(str.isalpha, text)) or is_date(text, self._document.edition):
            return None
        return Head(tag, self._own(text, tag), is_heading=False)

    def _own(self, text: str, tag: Tag) -> Own:
        key = key_of(text)
        if key in self._names:
            return Own.NAME
        if any(f"-{name}-" in f"-{key}-" for name in self._names) or self._leads_below(tag):
            return Own.PART
        return Own.NO

    def _leads_below(self, tag: Tag) -> bool:
        """Whether a head links to a list that continues the page's address: a part of what the page is about."""
        here = self._document.page.address
        return any((self._document.own(link.get("href", "")) or "").startswith(f"{here}/") for link in links(tag))


def _tells_a_day(text: str) -> bool:
    """Whether a heading is a date in any language: a year, and few words beside it."""
    return _YEAR.search(text) is not None and len(text.split()) <= _MOST_WORDS_OF_DATE


def _place(tag: Tag) -> tuple[str, ...]:
    return tuple(str(each.tag) for each in (tag, *parents(tag)))


def names_of(document: Document) -> frozenset[str]:
    """What the page is called, as `names.key_of` writes it, and not the site: by title, heading, address and links to it."""
    here = document.page.address
    to_here, to_home = _texts_of_links(document, here)
    return _keys([*_titles(document), path_of(here).rpartition("/")[2], *to_here], to_home)


def title_names(document: Document) -> frozenset[str]:
    """What the page's title and its first heading call it, as `names.key_of` writes it, without the name of the site."""
    return _keys(_titles(document), _texts_of_links(document, document.page.address)[1])


def _titles(document: Document) -> list[str]:
    title, heading = first(document.root, ("title",)), first(document.body, ("h1",))
    names = _BETWEEN.split(normalize_text(text_of(title))) if title is not None else []
    return [*names, words(heading)] if heading is not None else names


def _texts_of_links(document: Document, here: str) -> tuple[list[str], set[str]]:
    """What links to the page say, and the name of the site: the edition's, and what links to the home page say."""
    to_here, to_home = list[str](), {match_key(document.edition.name)}
    for link, address in document.links():
        if address == here and not link.get("href", "").startswith("#"):
            to_here.append(words(link))
        elif address == document.edition.home:
            to_home |= {match_key(words(link)), *(match_key(image.get("alt", "")) for image in tags(link, ("img",)))}
    return to_here, to_home


def _keys(names: Iterable[str], refused: Collection[str]) -> frozenset[str]:
    keys = (key_of(name) for name in names if len(name) <= _LONGEST_HEAD and match_key(name) not in refused)
    return frozenset(key for key in keys if len(key) > 1 and not key.isdigit())

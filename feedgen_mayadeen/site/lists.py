"""A list page's own cards.

They are the cards that stand under the page's own name, else those that stand under nothing, else those of the first box
that is about the page's matter. Among them the form of most titles leads: cards of another form (a slider, a pinned one)
belong to the list if they show a heading or a long title that leads where the others lead. Each article stands once, in
the page's order, whatever else links to it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable

from feedgen_mayadeen.errors import NoCardsError
from feedgen_mayadeen.models import Card, Page
from feedgen_mayadeen.site.boilerplate import NOTHING, Boilerplate, Marker
from feedgen_mayadeen.site.boxes import prune
from feedgen_mayadeen.site.cards import CardBlock, cards_of
from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.edition import Edition
from feedgen_mayadeen.site.heads import Head, Own, heads_of
from feedgen_mayadeen.site.titles import Sure
from feedgen_mayadeen.site.tree import Tag, first
from feedgen_mayadeen.urls import path_of

_LONG_TITLE = 20
_MUCH_MORE = 2


def read_list(page: Page, edition: Edition, others: Collection[str], boilerplate: Boilerplate = NOTHING) -> tuple[Card, ...]:
    """The cards of a list page in their order, each article once.

    `others` are addresses that are known to be lists, tags or the like, never articles; `boilerplate` is what other
    pages have in the same places. Raises NoCardsError.
    """
    document = Document(page, edition)
    repeated = Marker(document, boilerplate.lists).links()
    prune(document)
    here = path_of(page.address)
    found = (tag for tag, address in document.links() if tag not in repeated and path_of(address) != here)
    cards = cards_of(document, found, others)
    if not any(card.link.plain for card in cards):
        cards = [card for card in cards if card.link.title.sure == Sure.HEADING]
    if not cards:
        raise NoCardsError(page.address)
    own = _own(document, cards)
    once: dict[str, CardBlock] = {}
    for card in _titled(own):
        once.setdefault(card.link.key, card)
    return tuple(Card(card.link.address, card.link.title.text) for card in once.values())


def _own(document: Document, cards: list[CardBlock]) -> list[CardBlock]:
    """The cards that stand under the page's own name; for want of these under nothing, or under the heads of boxes."""
    heads = heads_of(document, cards)
    under: dict[Head | None, list[CardBlock]] = defaultdict(list)
    for card in cards:
        under[heads[card.element]].append(card)
    for own in (Own.NAME, Own.PART):
        groups = [head for head in under if head is not None and head.own is own and _weight(under[head])]
        if groups:
            return _with_beside(document, cards, heads, own)
    boxes = {head: cards for head, cards in under.items() if head is not None}
    below = [cards for head, cards in boxes.items() if head.is_below_name and _weight(cards)]
    if not below and _weight(under.get(None, [])):
        return under[None]
    return _of_boxes(document, below or list(boxes.values()))


def _with_beside(document: Document, cards: list[CardBlock], heads: dict[Tag, Head | None], own: Own) -> list[CardBlock]:
    """The cards under the page's own name, and those beside it if they are of the same form, or much more."""
    strict = [card for card in cards if (head := heads[card.element]) is not None and head.own is own and not head.beside]
    beside = [card for card in cards if (head := heads[card.element]) is not None and head.own is own and head.beside]
    related = sum(_continues(document, card) for card in strict) > sum(_continues(document, card) for card in beside)
    if not strict or (_weight(beside) > _MUCH_MORE * _weight(strict) and not related):
        taken = [*strict, *beside]
    else:
        forms = {card.link.form for card in strict}
        taken = [*strict, *(card for card in beside if card.link.form in forms)]
    elements = {card.element for card in taken}
    return [card for card in cards if card.element in elements]


def _of_boxes(document: Document, boxes: list[list[CardBlock]]) -> list[CardBlock]:
    """The cards of a page that is arranged in boxes only: of the first box, and of all that have its form."""
    related = [cards for cards in boxes if all(_continues(document, card) for card in cards)]
    main = max(related or boxes, key=_weight)
    forms = {card.link.form for card in main}
    return [card for cards in (related or boxes) for card in cards if card.link.form in forms]


def _titled(cards: list[CardBlock]) -> list[CardBlock]:
    """Of the cards of a list those that show titles as most of them do, or as surely."""
    forms: dict[tuple[str, ...], list[CardBlock]] = defaultdict(list)
    for card in cards:
        forms[card.link.form].append(card)
    main = max(forms.values(), key=_weight)
    sections = set(map(_section, main))
    shown = {form for form, alike in forms.items() if alike is main or (len(alike) > 1 and all(map(_is_long, alike)))}
    return [card for card in cards if card.link.form in shown or _is_title(card, main[0], sections)]


def _is_title(card: CardBlock, main: CardBlock, sections: Collection[str]) -> bool:
    """Whether a card of its own form shows a title: a heading, or two signs of it (long, pictured, leading there)."""
    if card.link.title.sure == Sure.HEADING:
        return True
    is_pictured = first(card.element, ("img",)) is not None
    leads_there = card.link.title.sure == main.link.title.sure or _section(card) in sections
    return card.link.plain and is_pictured + leads_there + _is_long(card) > 1


def _is_long(card: CardBlock) -> bool:
    return card.link.plain and len(card.link.title.text) >= _LONG_TITLE


def _weight(cards: Iterable[CardBlock]) -> int:
    return sum(card.link.weight for card in cards)


def _continues(document: Document, card: CardBlock) -> bool:
    return card.link.address.startswith(f"{document.page.address}/")


def _section(card: CardBlock) -> str:
    return path_of(card.link.address).split("/")[1]

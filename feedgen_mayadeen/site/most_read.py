"""The articles of the Most Read box, which the site shows on every page and changes by the hour.

The box is what follows its label up to another known label, to a heading of the label's rank or above, or to another part
of the page. Its articles are where its links lead to, each with its surest title. A menu that has the label is no box.
"""

from collections.abc import Iterable

from feedgen_mayadeen.models import Card, Page
from feedgen_mayadeen.site.cards import cards_of
from feedgen_mayadeen.site.dates import is_date
from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.edition import Edition
from feedgen_mayadeen.site.labels import KINDS, MOST_LABELS, is_menu, labels, links_in, runs, with_parents
from feedgen_mayadeen.site.titles import is_linked
from feedgen_mayadeen.site.tree import HEADINGS, Part, Tag, first, parents, tags, words

_OTHER_PARTS = ("h1", "main", "nav")
_TARGETS = ("href", "data-target", "data-bs-target")
_STRONG = (*HEADINGS, "strong", "b")


def read_most_read(page: Page, edition: Edition) -> tuple[Card, ...]:
    """The articles of the Most Read box in its order, each once; none when the page has no such box."""
    document = Document(page, edition)
    others = labels(document, *(kind for kind in KINDS if kind != "most_read"))
    for label in labels(document, "most_read")[:MOST_LABELS]:
        for run in (*_panels(document, label), *runs(label, "most_read", _ends(document, label, others))):
            if found := _teasers(document, run):
                return found
    return ()


def _panels(document: Document, label: Tag) -> list[list[Part]]:
    """What a label shows that is the tab of a panel elsewhere on the page."""
    tabs = (tag for tag in (*label.iter(), *parents(label)) if tag.tag in ("a", "button"))
    targets = {tab.get(name, "").removeprefix("#") for tab in tabs for name in _TARGETS if tab.get(name, "").startswith("#")}
    return [[tag] for tag in tags(document.body) if tag.get("id", "") in targets - {""}]


def _ends(document: Document, label: Tag, others: Iterable[Tag]) -> set[Tag]:
    """The elements before which the box of a label is over."""
    heading = label if label.tag in HEADINGS else first(label, HEADINGS)
    ranks = HEADINGS[: HEADINGS.index(heading.tag) + 1] if heading is not None else ()
    # What is linked is a card's title, and no label.
    headings = (tag for tag in tags(document.body, ranks) if ranks and not is_linked(tag))
    named_alike = (tag for tag in tags(document.body, (str(label.tag),)) if tag.get("class") == label.get("class"))
    alike = (tag for tag in named_alike if tag is not label and _place(tag) == _place(label))
    strong = (tag for tag in tags(document.body, _STRONG) if not is_linked(tag) and _says_something(document, tag))
    return {*with_parents([*tags(document.body, _OTHER_PARTS), *others, *headings, *filter(_heads, alike)]), *strong}


def _says_something(document: Document, tag: Tag) -> bool:
    text = words(tag)
    return any(map(str.isalnum, text)) and not is_date(text, document.edition)


def _heads(tag: Tag) -> bool:
    return not is_linked(tag) and any(map(str.isalpha, words(tag)))


def _place(tag: Tag) -> tuple[str, ...]:
    """The names of what an element stands in; alike for all labels of one kind."""
    return tuple(str(each.tag) for each in parents(tag))


def _teasers(document: Document, run: Iterable[Part]) -> tuple[Card, ...]:
    """The articles that links of a run lead to, each once with its surest title; none if the run is a menu."""
    found = list(links_in(run))
    cards = [card for card in cards_of(document, found, _lists(document)) if card.link.plain]
    within = {card.element for card in cards}
    apart = [link for link in found if within.isdisjoint((link, *parents(link)))]
    if is_menu(document, apart):
        return ()
    first: dict[str, Card] = {}
    for card in cards:
        first.setdefault(card.link.key, Card(card.link.address, card.link.title.text))
    return tuple(first.values())


def _lists(document: Document) -> frozenset[str]:
    return frozenset(entry.address for entry in document.edition.lists if entry.address)

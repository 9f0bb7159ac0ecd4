"""The articles of the Most Read box, which the site shows on every page and changes by the hour.

The box is what follows its label up to another known label, to a heading of the label's rank or above, or to another part
of the page. Its articles are where its links lead to, each with its surest title. A menu that has the label is no box.
"""

from collections.abc import Iterable

from feedgen_mayadeen.models import Card, Page
from feedgen_mayadeen.site.cards import Title, is_linked, is_no_title, title_of
from feedgen_mayadeen.site.dates import is_date
from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.edition import Edition
from feedgen_mayadeen.site.labels import KINDS, MOST_LABELS, article_at, is_menu, labels, links_in, runs, with_parents
from feedgen_mayadeen.site.tree import HEADINGS, Part, Tag, first, tags, words

_OTHER_PARTS = ("h1", "main", "nav")
_STRONG = (*HEADINGS, "strong", "b")


def read_most_read(page: Page, edition: Edition) -> tuple[Card, ...]:
    """The articles of the Most Read box in its order, each once; none when the page has no such box."""
    document = Document(page, edition)
    others = labels(document, *(kind for kind in KINDS if kind != "most_read"))
    for label in labels(document, "most_read")[:MOST_LABELS]:
        for run in runs(label, "most_read", _ends(document, label, others)):
            if not is_menu(document, run) and (found := _teasers(document, run)):
                return found
    return ()


def _ends(document: Document, label: Tag, others: Iterable[Tag]) -> set[Tag]:
    """The elements before which the box of a label is over."""
    heading = label if label.tag in HEADINGS else first(label, HEADINGS)
    ranks = HEADINGS[: HEADINGS.index(heading.tag) + 1] if heading is not None else ()
    # What is linked is a card's title, and no label.
    headings = (tag for tag in tags(document.body, ranks) if ranks and not is_linked(tag))
    strong = (tag for tag in tags(document.body, _STRONG) if not is_linked(tag) and _says_something(document, tag))
    return {*with_parents([*tags(document.body, _OTHER_PARTS), *others, *headings]), *strong}


def _says_something(document: Document, tag: Tag) -> bool:
    text = words(tag)
    return any(map(str.isalnum, text)) and not is_date(text, document.edition)


def _teasers(document: Document, run: Iterable[Part]) -> tuple[Card, ...]:
    """The articles that links of a box lead to, each with its surest title."""
    best: dict[str, Title] = {}
    for link in links_in(run):
        if address := article_at(document, link):
            title = title_of(document, link, address)
            if not is_no_title(title.text, document.edition) and (address not in best or title.sure > best[address].sure):
                best[address] = title
    # An address that others continue is a list's: a category beside the title.
    lists = {address for address in best if any(other.startswith(f"{address}/") for other in best)}
    return tuple(Card(address, title.text) for address, title in best.items() if address not in lists)

"""What the site shows on every page and changes by the hour: the ticker's lines and the Most Read box."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from bs4 import Tag
from bs4.element import NavigableString, PageElement

from feedgen_mayadeen.models import Page, Teaser, TickerLine
from feedgen_mayadeen.names import fold, same
from feedgen_mayadeen.site.dates import is_date
from feedgen_mayadeen.site.document import Document, may_be_article
from feedgen_mayadeen.site.edition import Edition, words_of_all
from feedgen_mayadeen.site.furniture import bare, drop_unseen, labels
from feedgen_mayadeen.site.tree import BLOCKS, HEADINGS, above, first, has_link, holds_blocks, links, tags, texts, words

_KINDS = ("breaking", "most_read", "coverage", "read_next")
_FRAMES = ("html", "body", "main", "article", "nav")
_ALWAYS_OTHER = ("h1", "main", "nav")
_NEVER_IN_TICKER = (*_ALWAYS_OTHER, "article", "aside", "header", "footer", "form")
_LINES = (*HEADINGS, "p", "li", "td", "dd", "a")
_SEPARATORS = ("br", "hr", "img")
_STRONG = (*HEADINGS, "strong", "b")
_LONGEST_HEAD = 60
_LONGEST_LINE = 250
_DEEPEST = 60
_MOST_LABELS = 60
_HOUR = re.compile(r"^(\d{1,2}[:.]\d{2}(\s*[ap]\.?m\.?)?|\d+\s*\w+\s+ago|(منذ|قبل|hace)\s.{1,20})$", re.IGNORECASE)
_RANK = re.compile(r"^\W*\d{1,2}\W*$")
_SET_OFF = re.compile(r"\s*[:|•–—-]\s*")
_SIGNS = " :|•·●*»›→…"

_Ends = Callable[[PageElement], bool]


@dataclass(frozen=True, slots=True)
class _Box:
    """Lines that may be the ticker's: whether the page calls them so, and the element around the box that they stand in."""

    lines: tuple[TickerLine, ...]
    marked: bool
    place: Tag | None


def read_ticker(page: Page, edition: Edition) -> tuple[TickerLine, ...]:
    """The lines of the breaking news in the order of the page, each once; none when the page has no ticker.

    A line carries an address when it links to what may be an article of this edition. Known by its label, else by the
    word "ticker" in a class or an id.
    """
    document = Document(page, edition)
    drop_unseen(document)
    ends = _other_than_lines(document)
    found = labels(document, "breaking")[:_MOST_LABELS]
    boxes = [box for label in found if (box := _ticker_under(document, label, ends))]
    if (marked := _marked_ticker(document)) is not None:
        boxes.append(marked)
    if not boxes:
        return ()
    best = max(boxes, key=lambda box: (box.marked, len(box.lines) > 1))
    alike = [box for box in boxes if box is best or (best.place is not None and box.place is best.place)]
    return _each_once(line for box in alike for line in box.lines)


def read_most_read(page: Page, edition: Edition) -> tuple[Teaser, ...]:
    """The articles of the Most Read box in its order, each once; none when the page has no such box."""
    document = Document(page, edition)
    drop_unseen(document)
    for label in labels(document, "most_read")[:_MOST_LABELS]:
        for run in _runs(label, "most_read", _other_box(document, label)):
            if not _is_menu(document, run) and (found := _teasers(document, run)):
                return found
    return ()


def _each_once(lines: Iterable[TickerLine]) -> tuple[TickerLine, ...]:
    """Lines that say the same are one, the first; it gets the address that only a later one has."""
    found: dict[str, TickerLine] = {}
    for line in lines:
        if (first := found.setdefault(same(line.text), line)).address is None and line.address:
            found[same(line.text)] = TickerLine(first.text, line.address)
    return tuple(found.values())


# What a label heads


def _runs(label: Tag, kind: str, ends: _Ends) -> Iterator[list[PageElement]]:
    """What follows a label: first beside it, then beside the heads that it stands in, as far as no other matter begins."""
    if above(label, ("nav",)):
        return
    node: PageElement = label
    if bare(words(label)) not in words_of_all(kind):
        own = (part for part in label.children if isinstance(part, NavigableString) and bare(part) in words_of_all(kind))
        node = next(own, label)
    while node.parent is not None:
        yield list(takewhile(lambda part: not ends(part), node.next_siblings))
        node = node.parent
        if node.name in _FRAMES or len(words(node)) > _LONGEST_HEAD:
            return


def _holds(part: PageElement, is_wanted: Callable[[Tag], bool]) -> bool:
    return isinstance(part, Tag) and (is_wanted(part) or any(map(is_wanted, tags(part))))


def _other_labels(document: Document, kind: str) -> frozenset[int]:
    return frozenset(id(tag) for tag in labels(document, *(other for other in _KINDS if other != kind)))


def _other_than_lines(document: Document) -> _Ends:
    """Tells where the ticker is over: at another part of the page, and at cards, whose headings stand within."""
    others = _other_labels(document, "breaking")

    def ends(part: PageElement) -> bool:
        if _holds(part, lambda tag: tag.name in _NEVER_IN_TICKER or id(tag) in others):
            return True
        return isinstance(part, Tag) and not _is_marked(part) and first(part, HEADINGS) is not None

    return ends


def _other_box(document: Document, label: Tag) -> _Ends:
    """Tells where a box is over: at another known label, or at one in a heading of the label's rank or above."""
    others = _other_labels(document, "most_read")
    heading = label if label.name in HEADINGS else first(label, HEADINGS)
    ranks = HEADINGS[: HEADINGS.index(heading.name) + 1] if heading else ()

    def is_other(tag: Tag) -> bool:
        return tag.name in _ALWAYS_OTHER or id(tag) in others or (tag.name in ranks and not _is_linked(tag))

    def ends(part: PageElement) -> bool:
        if _holds(part, is_other):
            return True
        return isinstance(part, Tag) and part.name in _STRONG and not _is_linked(part) and _shows(document, part)

    return ends


def _is_linked(tag: Tag) -> bool:
    return has_link(tag) or above(tag, ("a",)) is not None


def _is_menu(document: Document, run: Iterable[PageElement]) -> bool:
    """Whether a run is part of a menu: it links to lists by their labels."""
    lists = {same(entry.label) for entry in document.edition.lists}
    return len({same(link.get_text()) for link in _links_in(run)} & lists) > 1


def _links_in(nodes: Iterable[PageElement]) -> Iterator[Tag]:
    for node in nodes:
        if isinstance(node, Tag) and node.name == "a" and node.has_attr("href"):
            yield node
        elif isinstance(node, Tag):
            yield from links(node)


# The ticker


def _ticker_under(document: Document, label: Tag, ends: _Ends) -> _Box | None:
    """The lines that a label heads, unless they are rather a card, a menu or a text."""
    for run in _runs(label, "breaking", ends):
        if lines := _lines(document, run):
            marked = any(map(_is_marked, (label, *label.parents))) or any(isinstance(n, Tag) and _is_marked(n) for n in run)
            around = label.parent.parent if label.parent else None
            return _Box(lines, marked, around) if _may_be_ticker(document, run, lines, marked) else None
    return None


def _marked_ticker(document: Document) -> _Box | None:
    """The lines of what the page itself calls a ticker."""
    marked = [tag for tag in tags(document.body) if _is_marked(tag) and not any(map(_is_marked, tag.parents))]
    lines = tuple(line for tag in marked if not first(tag, ("h1",)) for line in _lines(document, [tag]))
    return _Box(lines, marked=True, place=None) if lines and _are_short(lines) else None


def _is_marked(tag: Tag) -> bool:
    if tag.name in _FRAMES:
        return False
    return "ticker" in f"{' '.join(tag.get_attribute_list('class'))} {tag.get('id', '')}".lower()


def _may_be_ticker(document: Document, run: list[PageElement], lines: tuple[TickerLine, ...], marked: bool) -> bool:
    if not _are_short(lines) or _is_menu(document, run):
        return False
    if marked:
        return True
    parts = [node for node in run if isinstance(node, Tag)]
    if any(tag.name in HEADINGS for tag in parts):
        return len(lines) > 1 and all(tag.name in HEADINGS for tag in parts if words(tag))
    if len(lines) == 1 and any(tag.name == "img" or first(tag, ("img",)) or _has_date(document, tag) for tag in parts):
        return False
    return any(line.address is None or line.text.count(" ") > 1 for line in lines)


def _are_short(lines: Iterable[TickerLine]) -> bool:
    return all(len(line.text) <= _LONGEST_LINE for line in lines)


def _has_date(document: Document, tag: Tag) -> bool:
    return any(is_date(str(text), document.edition) for text in texts(tag))


def _lines(document: Document, run: Iterable[PageElement]) -> tuple[TickerLine, ...]:
    refused = _refused(document)
    texts = ((_without_label(_text(row)), row) for row in _rows(document, list(run)))
    return tuple(TickerLine(text, _address(document, row)) for text, row in texts if same(text.strip(_SIGNS)) not in refused)


def _refused(document: Document) -> frozenset[str]:
    """What is neither a line nor a title: nothing, and the labels of lists and of links for more."""
    return words_of_all("no_list", "read_more", "most_read") | {same(entry.label) for entry in document.edition.lists} | {""}


def _rows(document: Document, nodes: list[PageElement], depth: int = 0) -> Iterator[list[PageElement]]:
    """The lines among neighbours, each as the neighbouring parts that make it up."""
    shown = [node for node in nodes if _shows(document, node)]
    if len(shown) == 1 and isinstance(shown[0], Tag) and depth < _DEEPEST:
        yield from _rows(document, list(shown[0].children), depth + 1)
    elif len(shown) <= 1 or depth >= _DEEPEST:
        yield from filter(None, [shown])
    else:
        for group in _groups(nodes):
            parts = [node for node in group if _shows(document, node)]
            if len(parts) > 1 and not _are_lines(document, parts, top=depth == 0):
                yield _trimmed(group, parts)
            else:
                for part in parts:
                    yield from _rows(document, [part], depth + 1)


def _groups(nodes: Iterable[PageElement]) -> Iterator[list[PageElement]]:
    """Neighbours by line of the page: what begins a line of its own stands alone, what is inline runs on to a break."""
    group: list[PageElement] = []
    for node in nodes:
        if isinstance(node, Tag) and (node.name in BLOCKS or node.name in _SEPARATORS or holds_blocks(node)):
            yield group
            yield [node]
            group = []
        else:
            group.append(node)
    yield group


def _are_lines(document: Document, parts: list[PageElement], *, top: bool) -> bool:
    """Whether inline neighbours are a line each, rather than parts of one; beside the label they are."""
    if any(isinstance(part, NavigableString) for part in parts):
        return False
    if parts[0].parent is not None and parts[0].parent.name in _LINES:
        addresses = {_address(document, [part]) for part in parts}
        return None not in addresses and len(addresses) == len(parts)
    return top or len(parts) > 2 or all(" " in fold(part.get_text()) for part in parts)


def _trimmed(group: list[PageElement], shown: list[PageElement]) -> list[PageElement]:
    """A line's parts, hours and the like only where they stand within its sentence."""
    if not any(isinstance(part, NavigableString) for part in shown):
        return shown
    numbers = [number for number, part in enumerate(group) if any(part is one for one in shown)]
    return group[numbers[0] : numbers[-1] + 1]


def _shows(document: Document, node: PageElement) -> bool:
    """Whether a part has words that are more than the label, a date or an hour: a line with its age in it would change."""
    text = fold(node.get_text())
    if not any(map(str.isalnum, text)):
        return False
    return bare(text) not in words_of_all("breaking") and not _HOUR.match(text) and not is_date(text, document.edition)


def _text(row: list[PageElement]) -> str:
    between = "" if any(isinstance(part, NavigableString) for part in row) else " "
    return fold(between.join(part.get_text() for part in row)).strip(" |•·●*").lstrip(" :")


def _without_label(text: str) -> str:
    """A line whose own text begins with the label (`BREAKING: …`), without it."""
    head, *rest = _SET_OFF.split(text, maxsplit=1)
    return rest[0] if rest and same(head) in words_of_all("breaking") else text


def _address(document: Document, row: list[PageElement]) -> str | None:
    """The article that a line links to, from within or around."""
    around = (above(part, ("a",)) for part in row)
    found = (*_links_in(row), *(link for link in around if link and "href" in link.attrs))
    return next((address for link in found if (address := _article(document, link))), None)


def _article(document: Document, link: Tag) -> str | None:
    """The address that a link leads to, if it may be an article's of this edition."""
    address = document.resolve(link["href"]) if not str(link["href"]).startswith("#") else None
    if not address or not document.edition.owns(address) or not may_be_article(address):
        return None
    return address if address not in {entry.address for entry in document.edition.lists} else None


# Most Read


def _teasers(document: Document, run: Iterable[PageElement]) -> tuple[Teaser, ...]:
    """The articles that links of a box lead to, each with its surest title."""
    refused = _refused(document)
    best: dict[str, tuple[int, str]] = {}
    for link in _links_in(run):
        if address := _article(document, link):
            sure, title = _title(document, link, address)
            if same(title.strip(_SIGNS)) not in refused and not is_date(title, document.edition):
                best[address] = max((sure, title), best.get(address, (0, "")), key=lambda found: found[0])
    # An address that others continue is a list's: a category beside the title.
    lists = {address for address in best if any(other.startswith(f"{address}/") for other in best)}
    return tuple(Teaser(address, title) for address, (_, title) in best.items() if address not in lists)


def _title(document: Document, link: Tag, address: str) -> tuple[int, str]:
    """How surely a text is a link's title, and the text: of a heading, of the link, or for want of them of a picture."""
    if inside := list(tags(link, HEADINGS)):
        return 3, max((_unranked(document, heading) for heading in inside), key=len)
    if text := _unranked(document, link):
        return (3 if above(link, HEADINGS) else 2), text
    for around in link.parents:
        if around is document.body or any(at != address for _, at in document.links(around)):
            break
        if (near := first(around, HEADINGS)) and bare(words(near)) not in words_of_all("most_read"):
            return 3, words(near)
    pictured = next((image["alt"] for image in tags(link, ("img",)) if "alt" in image.attrs), "")
    named = link.get("aria-label") or link.get("title") or pictured
    return 1, fold(str(named or ""))


def _unranked(document: Document, tag: Tag) -> str:
    """The text of an element: of its lines the longest, without a number that counts it out and without dates."""
    lines = [leaf for leaf in tags(tag, BLOCKS) if not holds_blocks(leaf)]
    if lines:
        return max((_unranked(document, line) for line in lines), key=len)
    parts = [text for text in texts(tag) if fold(text)]
    if len(parts) > 1 and _RANK.match(fold(parts[0])):
        parts = parts[1:]
    if len(parts) > 1 and is_date(str(parts[-1]), document.edition):
        parts = parts[:-1]
    return fold(" ".join(parts))

"""What the site shows on every page and changes by the hour: the ticker's lines and the Most Read box."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, takewhile

from feedgen_mayadeen.models import Page, Teaser, TickerLine
from feedgen_mayadeen.names import fold, same
from feedgen_mayadeen.site.dates import is_date
from feedgen_mayadeen.site.document import Document, may_be_article
from feedgen_mayadeen.site.edition import Edition, words_of_all
from feedgen_mayadeen.site.furniture import bare, labels
from feedgen_mayadeen.site.tree import (
    BLOCKS,
    HEADINGS,
    Part,
    Tag,
    Text,
    above,
    around,
    first,
    has_link,
    holds_blocks,
    links,
    parents,
    parts,
    parts_after,
    tags,
    text_of,
    texts,
    words,
)

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

_Ends = Callable[[Part], bool]


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


def _runs(label: Tag, kind: str, ends: _Ends) -> Iterator[list[Part]]:
    """What follows a label: first beside it, then beside the heads that it stands in, as far as no other matter begins."""
    if above(label, ("nav",)) is not None:
        return
    node: Part = label
    if bare(words(label)) not in words_of_all(kind):
        own = (part for part in parts(label) if isinstance(part, Text) and bare(part.value) in words_of_all(kind))
        node = next(own, label)
    while (outer := around(node)) is not None:
        yield list(takewhile(lambda part: not ends(part), parts_after(node)))
        node = outer
        if node.tag in _FRAMES or len(words(node)) > _LONGEST_HEAD:
            return


def _holds(part: Part, is_wanted: Callable[[Tag], bool]) -> bool:
    return isinstance(part, Tag) and (is_wanted(part) or any(map(is_wanted, tags(part))))


def _other_labels(document: Document, kind: str) -> frozenset[Tag]:
    return frozenset(labels(document, *(other for other in _KINDS if other != kind)))


def _other_than_lines(document: Document) -> _Ends:
    """Tells where the ticker is over: at another part of the page, and at cards, whose headings stand within."""
    others = _other_labels(document, "breaking")

    def ends(part: Part) -> bool:
        if _holds(part, lambda tag: tag.tag in _NEVER_IN_TICKER or tag in others):
            return True
        return isinstance(part, Tag) and not _is_marked(part) and first(part, HEADINGS) is not None

    return ends


def _other_box(document: Document, label: Tag) -> _Ends:
    """Tells where a box is over: at another known label, or at one in a heading of the label's rank or above."""
    others = _other_labels(document, "most_read")
    heading = label if label.tag in HEADINGS else first(label, HEADINGS)
    ranks = HEADINGS[: HEADINGS.index(heading.tag) + 1] if heading is not None else ()

    def is_other(tag: Tag) -> bool:
        return tag.tag in _ALWAYS_OTHER or tag in others or (tag.tag in ranks and not _is_linked(tag))

    def ends(part: Part) -> bool:
        if _holds(part, is_other):
            return True
        return isinstance(part, Tag) and part.tag in _STRONG and not _is_linked(part) and _shows(document, part)

    return ends


def _is_linked(tag: Tag) -> bool:
    return has_link(tag) or above(tag, ("a",)) is not None


def _is_menu(document: Document, run: Iterable[Part]) -> bool:
    """Whether a run is part of a menu: it links to lists by their labels."""
    lists = {same(entry.label) for entry in document.edition.lists}
    return len({same(text_of(link)) for link in _links_in(run)} & lists) > 1


def _links_in(nodes: Iterable[Part]) -> Iterator[Tag]:
    for node in nodes:
        if isinstance(node, Tag) and node.tag == "a" and "href" in node.attrib:
            yield node
        elif isinstance(node, Tag):
            yield from links(node)


# The ticker


def _ticker_under(document: Document, label: Tag, ends: _Ends) -> _Box | None:
    """The lines that a label heads, unless they are rather a card, a menu or a text."""
    for run in _runs(label, "breaking", ends):
        if lines := _lines(document, run):
            marked = any(map(_is_marked, (label, *parents(label)))) or any(isinstance(n, Tag) and _is_marked(n) for n in run)
            outer = list(islice(parents(label), 2))
            place = outer[1] if len(outer) > 1 else None
            return _Box(lines, marked, place) if _may_be_ticker(document, run, lines, marked) else None
    return None


def _marked_ticker(document: Document) -> _Box | None:
    """The lines of what the page itself calls a ticker."""
    marked = [tag for tag in tags(document.body) if _is_marked(tag) and not any(map(_is_marked, parents(tag)))]
    lines = tuple(line for tag in marked if first(tag, ("h1",)) is None for line in _lines(document, [tag]))
    return _Box(lines, marked=True, place=None) if lines and _are_short(lines) else None


def _is_marked(tag: Tag) -> bool:
    return tag.tag not in _FRAMES and "ticker" in f"{tag.get('class', '')} {tag.get('id', '')}".lower()


def _may_be_ticker(document: Document, run: list[Part], lines: tuple[TickerLine, ...], marked: bool) -> bool:
    if not _are_short(lines) or _is_menu(document, run):
        return False
    if marked:
        return True
    inside = [node for node in run if isinstance(node, Tag)]
    if any(tag.tag in HEADINGS for tag in inside):
        return len(lines) > 1 and all(tag.tag in HEADINGS for tag in inside if words(tag))
    if len(lines) == 1 and any(next(tag.iter("img"), None) is not None or _has_date(document, tag) for tag in inside):
        return False
    return any(line.address is None or line.text.count(" ") > 1 for line in lines)


def _are_short(lines: Iterable[TickerLine]) -> bool:
    return all(len(line.text) <= _LONGEST_LINE for line in lines)


def _has_date(document: Document, tag: Tag) -> bool:
    return any(is_date(text.value, document.edition) for text in texts(tag))


def _lines(document: Document, run: Iterable[Part]) -> tuple[TickerLine, ...]:
    refused = _refused(document)
    texts = ((_without_label(_text(row)), row) for row in _rows(document, list(run)))
    return tuple(TickerLine(text, _address(document, row)) for text, row in texts if same(text.strip(_SIGNS)) not in refused)


def _refused(document: Document) -> frozenset[str]:
    """What is neither a line nor a title: nothing, and the labels of lists and of links for more."""
    return words_of_all("no_list", "read_more", "most_read") | {same(entry.label) for entry in document.edition.lists} | {""}


def _rows(document: Document, nodes: list[Part], depth: int = 0) -> Iterator[list[Part]]:
    """The lines among neighbours, each as the neighbouring parts that make it up."""
    shown = [node for node in nodes if _shows(document, node)]
    if len(shown) == 1 and isinstance(shown[0], Tag) and depth < _DEEPEST:
        yield from _rows(document, parts(shown[0]), depth + 1)
    elif len(shown) <= 1 or depth >= _DEEPEST:
        yield from filter(None, [shown])
    else:
        for group in _groups(nodes):
            showing = [node for node in group if _shows(document, node)]
            if len(showing) > 1 and not _are_lines(document, showing, top=depth == 0):
                yield _trimmed(group, showing)
            else:
                for part in showing:
                    yield from _rows(document, [part], depth + 1)


def _groups(nodes: Iterable[Part]) -> Iterator[list[Part]]:
    """Neighbours by line of the page: what begins a line of its own stands alone, what is inline runs on to a break."""
    group: list[Part] = []
    for node in nodes:
        if isinstance(node, Tag) and (node.tag in BLOCKS or node.tag in _SEPARATORS or holds_blocks(node)):
            yield group
            yield [node]
            group = []
        else:
            group.append(node)
    yield group


def _are_lines(document: Document, row: list[Part], *, top: bool) -> bool:
    """Whether inline neighbours are a line each, rather than parts of one; beside the label they are."""
    if any(isinstance(part, Text) for part in row):
        return False
    outer = around(row[0])
    if outer is not None and outer.tag in _LINES:
        addresses = {_address(document, [part]) for part in row}
        return None not in addresses and len(addresses) == len(row)
    return top or len(row) > 2 or all(" " in fold(text_of(part)) for part in row)


def _trimmed(group: list[Part], shown: list[Part]) -> list[Part]:
    """A line's parts, hours and the like only where they stand within its sentence."""
    if not any(isinstance(part, Text) for part in shown):
        return shown
    numbers = [number for number, part in enumerate(group) if any(part is one for one in shown)]
    return group[numbers[0] : numbers[-1] + 1]


def _shows(document: Document, node: Part) -> bool:
    """Whether a part has words that are more than the label, a date or an hour: a line with its age in it would change."""
    text = fold(text_of(node))
    if not any(map(str.isalnum, text)):
        return False
    return bare(text) not in words_of_all("breaking") and not _HOUR.match(text) and not is_date(text, document.edition)


def _text(row: list[Part]) -> str:
    between = "" if any(isinstance(part, Text) for part in row) else " "
    return fold(between.join(map(text_of, row))).strip(" |•·●*").lstrip(" :")


def _without_label(text: str) -> str:
    """A line whose own text begins with the label (`BREAKING: …`), without it."""
    head, *rest = _SET_OFF.split(text, maxsplit=1)
    return rest[0] if rest and same(head) in words_of_all("breaking") else text


def _address(document: Document, row: list[Part]) -> str | None:
    """The article that a line links to, from within or around."""
    outer = (above(part, ("a",)) for part in row)
    found = (*_links_in(row), *(link for link in outer if link is not None and "href" in link.attrib))
    return next((address for link in found if (address := _article(document, link))), None)


def _article(document: Document, link: Tag) -> str | None:
    """The address that a link leads to, if it may be an article's of this edition."""
    href = link.get("href", "")
    address = document.own(href) if not href.startswith("#") else None
    if not address or not may_be_article(address):
        return None
    return address if address not in {entry.address for entry in document.edition.lists} else None


# Most Read


def _teasers(document: Document, run: Iterable[Part]) -> tuple[Teaser, ...]:
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
        return (3 if above(link, HEADINGS) is not None else 2), text
    for outer in parents(link):
        if outer is document.body or any(at != address for _, at in document.links(outer)):
            break
        if (near := first(outer, HEADINGS)) is not None and bare(words(near)) not in words_of_all("most_read"):
            return 3, words(near)
    pictured = next((image.get("alt", "") for image in tags(link, ("img",)) if "alt" in image.attrib), "")
    return 1, fold(link.get("aria-label") or link.get("title") or pictured)


def _unranked(document: Document, tag: Tag) -> str:
    """The text of an element: of its lines the longest, without a number that counts it out and without dates."""
    lines = [leaf for leaf in tags(tag, BLOCKS) if not holds_blocks(leaf)]
    if lines:
        return max((_unranked(document, line) for line in lines), key=len)
    pieces = [text.value for text in texts(tag) if fold(text.value)]
    if len(pieces) > 1 and _RANK.match(fold(pieces[0])):
        pieces = pieces[1:]
    if len(pieces) > 1 and is_date(pieces[-1], document.edition):
        pieces = pieces[:-1]
    return fold(" ".join(pieces))

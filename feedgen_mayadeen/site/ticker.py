"""The lines of the breaking news, which the site shows on every page and changes by the hour.

The ticker is what follows its label, up to another part of the page or a card, or what the page itself calls a ticker by
a class or an id. It has short lines only: a menu, a card and a text that have the label are none. Each block or run of
inline elements is a line, without the label, its hour and its date.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from feedgen_mayadeen.models import Page, TickerLine
from feedgen_mayadeen.site.dates import is_date
from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.edition import Edition, words_of_all
from feedgen_mayadeen.site.labels import (
    FRAMES,
    KINDS,
    MOST_LABELS,
    article_at,
    bare,
    is_menu,
    labels,
    links_in,
    runs,
    with_parents,
)
from feedgen_mayadeen.site.titles import is_no_title
from feedgen_mayadeen.site.tree import (
    BLOCKS,
    HEADINGS,
    Part,
    Tag,
    Text,
    above,
    around,
    first,
    holds_blocks,
    parents,
    parts,
    tags,
    text_of,
    texts,
    words,
)
from feedgen_mayadeen.text import match_key, normalize_text

_NEVER_WITHIN = ("h1", "main", "nav", "article", "aside", "header", "footer", "form")
_LINES = (*HEADINGS, "p", "li", "td", "dd", "a")
_SEPARATORS = ("br", "hr", "img")
_LONGEST_LINE = 250
_HOUR = re.compile(r"^(\d{1,2}[:.]\d{2}(\s*[ap]\.?m\.?)?|\d+\s*\w+\s+ago|(منذ|قبل|hace)\s.{1,20})$", re.IGNORECASE)
_SET_OFF = re.compile(r"\s*[:|•–—-]\s*")


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
    ends = _ends(document)
    found = labels(document, "breaking")[:MOST_LABELS]
    boxes = [box for label in found if (box := _ticker_under(document, label, ends))]
    if (marked := _marked_ticker(document)) is not None:
        boxes.append(marked)
    if not boxes:
        return ()
    best = max(boxes, key=lambda box: (box.marked, len(box.lines) > 1))
    alike = [box for box in boxes if box is best or (best.place is not None and box.place is best.place)]
    return _without_repeats(line for box in alike for line in box.lines)


def _without_repeats(lines: Iterable[TickerLine]) -> tuple[TickerLine, ...]:
    """Lines that say the same are one, the first; it gets the address that only a later one has."""
    found: dict[str, TickerLine] = {}
    for line in lines:
        if (first := found.setdefault(match_key(line.text), line)).address is None and line.address:
            found[match_key(line.text)] = TickerLine(first.text, line.address)
    return tuple(found.values())


# Where it is


def _ends(document: Document) -> set[Tag]:
    """The elements before which the ticker is over: another part of the page, and cards, whose headings stand within."""
    others = labels(document, *(kind for kind in KINDS if kind != "breaking"))
    around_headings = with_parents(outer for tag in tags(document.body, HEADINGS) if (outer := around(tag)) is not None)
    cards = (tag for tag in around_headings if not _is_marked(tag))
    return {*with_parents([*tags(document.body, _NEVER_WITHIN), *others]), *cards}


def _ticker_under(document: Document, label: Tag, ends: set[Tag]) -> _Box | None:
    """The lines that a label heads, unless they are rather a card, a menu or a text."""
    for run in runs(label, "breaking", ends):
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
    return tag.tag not in FRAMES and "ticker" in f"{tag.get('class', '')} {tag.get('id', '')}".lower()


def _may_be_ticker(document: Document, run: list[Part], lines: tuple[TickerLine, ...], marked: bool) -> bool:
    if not _are_short(lines) or is_menu(document, run):
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


# What it says


def _lines(document: Document, run: Iterable[Part]) -> tuple[TickerLine, ...]:
    found = ((_without_label(_text(row)), row) for row in _rows(document, list(run)))
    edition = document.edition
    return tuple(TickerLine(text, _address(document, row)) for text, row in found if not is_no_title(text, edition))


def _rows(document: Document, run: list[Part]) -> list[list[Part]]:
    """The lines of a run, each as the neighbouring parts that make it up."""
    rows: list[list[Part]] = []
    waiting = [(run, False)]
    while waiting:
        nodes, is_line = waiting.pop()
        shown = [node for node in nodes if _shows(document, node)]
        if is_line:
            rows.append(_trimmed(nodes, shown))
        elif len(shown) == 1:
            only = shown[0]
            if isinstance(only, Tag):
                waiting.append((parts(only), False))
            else:
                rows.append(shown)
        else:
            waiting += reversed(_split(document, nodes, beside_label=nodes is run))
    return rows


def _split(document: Document, nodes: list[Part], *, beside_label: bool) -> list[tuple[list[Part], bool]]:
    """Neighbours by line of the page, and whether each is a whole line; what is not is to be split further."""
    split: list[tuple[list[Part], bool]] = []
    for group in _groups(nodes):
        shown = [node for node in group if _shows(document, node)]
        if len(shown) > 1 and not _are_lines(document, shown, beside_label=beside_label):
            split.append((group, True))
        else:
            split += [([node], False) for node in shown]
    return split


def _groups(nodes: Iterable[Part]) -> list[list[Part]]:
    """Neighbours by line of the page: what begins a line of its own stands alone, what is inline runs on to a break."""
    groups: list[list[Part]] = [[]]
    for node in nodes:
        if isinstance(node, Tag) and (node.tag in BLOCKS or node.tag in _SEPARATORS or holds_blocks(node)):
            groups += [[node], []]
        else:
            groups[-1].append(node)
    return groups


def _are_lines(document: Document, row: list[Part], *, beside_label: bool) -> bool:
    """Whether inline neighbours are a line each, rather than parts of one; beside the label they are."""
    if any(isinstance(part, Text) for part in row):
        return False
    outer = around(row[0])
    if outer is not None and outer.tag in _LINES:
        addresses = {_address(document, [part]) for part in row}
        are_alike = len({part.tag for part in row if not isinstance(part, Text)}) == 1
        return (beside_label and are_alike and len(row) > 2) or (None not in addresses and len(addresses) == len(row))
    return beside_label or len(row) > 2 or all(" " in normalize_text(text_of(part)) for part in row)


def _trimmed(group: list[Part], shown: list[Part]) -> list[Part]:
    """A line's parts, hours and the like only where they stand within its sentence."""
    if not any(isinstance(part, Text) for part in shown):
        return shown
    numbers = [number for number, part in enumerate(group) if any(part is one for one in shown)]
    return group[numbers[0] : numbers[-1] + 1]


def _shows(document: Document, node: Part) -> bool:
    """Whether a part has words that are more than the label, a date or an hour: a line with its age in it would change."""
    text = normalize_text(text_of(node))
    if not any(map(str.isalnum, text)):
        return False
    return bare(text) not in words_of_all("breaking") and not _HOUR.match(text) and not is_date(text, document.edition)


def _text(row: list[Part]) -> str:
    between = "" if any(isinstance(part, Text) for part in row) else " "
    return normalize_text(between.join(map(text_of, row))).strip(" |•·●*").lstrip(" :")


def _without_label(text: str) -> str:
    """A line whose own text begins with the label (`BREAKING: …`), without it."""
    head, *rest = _SET_OFF.split(text, maxsplit=1)
    return rest[0] if rest and match_key(head) in words_of_all("breaking") else text


def _address(document: Document, row: list[Part]) -> str | None:
    """The article that a line links to, from within or around."""
    outer = (above(part, ("a",)) for part in row)
    found = (*links_in(row), *(link for link in outer if link is not None and "href" in link.attrib))
    return next((address for link in found if (address := article_at(document, link))), None)

"""Boilerplate that a page names itself: landmarks such as `nav`, and the boxes that begin with a known label.

A landmark goes if it has links and not the title. A box goes if it begins with a label of an edition's file, and consists
of links, or is a ticker. In the place of each stands a marker, so that a reader can tell what came before it.
"""

from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.edition import words_of_all
from feedgen_mayadeen.site.labels import KINDS, LONGEST_LABEL, MOST_LABELS, bare, is_mostly_links, labels
from feedgen_mayadeen.site.tree import (
    HEADINGS,
    Tag,
    above,
    around,
    drop_all,
    first,
    has_link,
    is_within,
    links,
    replace,
    siblings,
    still_stands,
    tags,
    text_of,
    texts,
)
from feedgen_mayadeen.text import normalize_text

MARKER = "Boilerplate"
"""The name of the element that stands where a labelled box was; no page has such a one."""

_LANDMARKS = ("nav", "aside", "header", "footer")
_ROLES = ("navigation", "complementary", "banner", "contentinfo", "search")
_WITHIN = ("main", "article", "section", "li")
_LONGEST_LINE = 250
_SHORT = 40


def prune(document: Document) -> None:
    """Takes out of a page all that is not its own matter."""
    landmarks = (tag for tag in tags(document.body) if tag.tag in _LANDMARKS or tag.get("role") in _ROLES)
    drop_all(filter(_is_apart, landmarks), document.root)
    for label in labels(document, "breaking")[:MOST_LABELS]:
        if still_stands(label, document.root) and (box := _box(document, label)) is not label and _is_ticker(box):
            _mark(box)
    for label in labels(document, "most_read", "coverage", "read_next")[:MOST_LABELS]:
        if still_stands(label, document.root):
            _take(document, label)


def _is_apart(tag: Tag) -> bool:
    """Whether a landmark is the page's own, and not the article's matter: it has links, and not the title."""
    is_of_a_part = tag.tag in ("header", "footer") and above(tag, _WITHIN) is not None
    return not is_of_a_part and first(tag, ("h1",)) is None and has_link(tag)


def _mark(tag: Tag) -> None:
    replace(tag, tag.makeelement(MARKER))


def _take(document: Document, label: Tag) -> None:
    box = _box(document, label)
    if box is label:
        _take_run(document, label)
    elif is_mostly_links(document, box):
        _mark(box)


def _box(document: Document, label: Tag) -> Tag:
    """The part of the page that a label heads: the largest element that begins with it and is about nothing else."""
    box = label
    while (outer := around(box)) is not None and outer is not document.body and outer.tag not in ("body", "html", "main"):
        if _titled_links(box) > 1 or _begins_before(outer, label):
            break
        if first(outer, ("h1", MARKER)) is not None or _has_other(outer, label):
            break
        if has_link(outer) and not is_mostly_links(document, outer) and not _is_ticker(outer):
            break
        box = outer
    return box


def _begins_before(box: Tag, label: Tag) -> bool:
    """Whether a box holds words of its own before the label."""
    for text in texts(box):
        if is_within(text, label):
            return False
        if normalize_text(text.value):
            return True
    return False


def _has_other(box: Tag, label: Tag) -> bool:
    """Whether a box holds the label of another."""
    wanted = words_of_all(*KINDS)
    short = (text for text in texts(box) if len(text.value) <= 2 * LONGEST_LABEL)
    return any(bare(text.value) in wanted and not is_within(text, label) for text in short)


def _is_ticker(box: Tag) -> bool:
    """Whether a box may be the ticker: short lines and no heading."""
    return first(box, HEADINGS) is None and all(len(normalize_text(text.value)) <= _LONGEST_LINE for text in texts(box))


def _titled_links(box: Tag) -> int:
    """How many links in a box carry a title of more than one word."""
    return sum(" " in normalize_text(text_of(link)) for link in links(box))


def _take_run(document: Document, label: Tag) -> None:
    """Takes out a label that shares its parent with what it heads, if it heads links: the siblings that consist of them."""
    run: list[Tag] = []
    for tag in siblings(label):
        linked = is_mostly_links(document, tag)
        short = tag.tag not in HEADINGS and not linked and len(normalize_text(text_of(tag))) <= _SHORT
        if tag.tag in (MARKER, label.tag, "h1") or first(tag, ("h1",)) is not None or not (linked or short):
            break
        run.append(tag)
    if not any(has_link(tag) or tag.tag == "a" for tag in run):
        return
    if (outer := around(label)) is not None:
        drop_all(run, outer)
    _mark(label)

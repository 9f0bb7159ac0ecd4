"""Walks through a parsed page: lxml's elements, and the texts between them, which lxml hangs on the elements."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any, TypeAlias

from lxml import etree

from feedgen_mayadeen.text import normalize_text, without_forbidden

Tag: TypeAlias = etree._Element  # lxml's own name for the type

GONE = "Gone"
"""The name of what stands for a dropped element. The parser writes all names in small letters: no page has such a one."""

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = frozenset(
    (*HEADINGS, "p", "div", "section", "article", "main", "aside", "header", "footer", "nav", "ul", "ol", "li", "dl", "dt",
     "dd", "figure", "figcaption", "blockquote", "table", "thead", "tbody", "tr", "td", "th", "pre", "form", "address",
     "hr", "details", "summary")
)  # fmt: skip
_SPACES = re.compile("[\x0b\x0c\x1c-\x1f]")
_REFERENCE = re.compile("&#([xX][0-9a-fA-F]+|[0-9]+);?")
_SHORT_TEXTS: Any = etree.XPath("descendant::text()[string-length() <= $most]")


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text between tags: what it says, the element that it stands in, and the one that it follows there."""

    value: str
    parent: Tag
    after: Tag | None = None


Part: TypeAlias = Tag | Text
"""What stands in an element: another one, or text."""


def parsed(html: str) -> Tag:
    """The root of a page, without comments and processing instructions; of one that holds nothing, an empty root."""
    html = _REFERENCE.sub(_without_forbidden_reference, _SPACES.sub(" ", html))
    # `huge_tree`, or a very long text would end the page unnoticed; what is too large was refused before.
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    # A root of our own, which takes in the page's: of a page without any element there would be none.
    root = etree.fromstring(b"<html>" + without_forbidden(html).encode(errors="replace"), parser)
    if later := list(siblings(root)):
        _take_in(root, later)
    return root


def _without_forbidden_reference(found: re.Match[str]) -> str:
    """A reference by number; to what is no character that of U+FFFD, as HTML says; nothing for a control character."""
    written = found[1].lstrip("xX0") or "0"
    number = int(written, 16 if found[1][0] in "xX" else 10) if len(written) < 9 else 0
    if number == 0 or 0xD800 <= number < 0xE000 or number > 0x10FFFF:
        return "&#xfffd;"
    return "" if (number < 0x20 and number not in (9, 10, 12, 13)) or number in (0xFFFE, 0xFFFF) else found[0]


def _take_in(root: Tag, later: list[Tag]) -> None:
    """Puts what comes after the end of a page where browsers show it: at the end of its body."""
    body = next(tags(root, ("body",)), root)
    for other in later:
        body.append(other)
    etree.strip_tags(body, "html", "body")


def tags(root: Tag, names: Collection[str] = ()) -> Iterator[Tag]:
    """The elements within another, in the order of the page: all, or those of some names.

    Whoever changes the tree on the way makes a list of them first.
    """
    return root.iterdescendants(*names)


def first(root: Tag, names: Collection[str]) -> Tag | None:
    """The first element of one of these names within another."""
    return next(tags(root, names), None)


def links(root: Tag) -> Iterator[Tag]:
    """The links within an element."""
    return (tag for tag in tags(root, ("a",)) if "href" in tag.attrib)


def has_link(root: Tag) -> bool:
    """Whether an element holds a link."""
    return next(links(root), None) is not None


def siblings(tag: Tag) -> Iterator[Tag]:
    """The elements that follow one in the same element."""
    return tag.itersiblings()


def following(tag: Tag, names: Collection[str] = ()) -> Iterator[Tag]:
    """The elements that begin after another begins, those within it too."""
    yield from tags(tag, names)
    for around in (tag, *parents(tag)):
        for after in siblings(around):
            yield from after.iter(*names)


def parents(tag: Tag) -> Iterator[Tag]:
    """The elements that an element stands in, the nearest first."""
    return tag.iterancestors()


def around(part: Part) -> Tag | None:
    """The element that a part stands in."""
    return part.parent if isinstance(part, Text) else part.getparent()


def above(part: Part, names: Collection[str]) -> Tag | None:
    """The nearest element of one of these names that a part stands in."""
    if isinstance(part, Text):
        return part.parent if part.parent.tag in names else above(part.parent, names)
    return next(part.iterancestors(*names), None)


def is_within(part: Part, root: Tag) -> bool:
    """Whether a part stands in an element, at any depth."""
    if isinstance(part, Text):
        return part.parent is root or is_within(part.parent, root)
    return any(parent is root for parent in part.iterancestors())


def holds_blocks(tag: Tag) -> bool:
    """Whether an element holds others that begin lines of their own."""
    return first(tag, BLOCKS) is not None


def holders_of_blocks(root: Tag) -> frozenset[Tag]:
    """All elements that hold others that begin lines of their own: `root`, what is within it and around it."""
    found: set[Tag] = set()
    for block in tags(root, BLOCKS):
        for parent in parents(block):
            if parent in found:
                break
            found.add(parent)
    return frozenset(found)


def classes(tag: Tag) -> list[str]:
    """The classes of an element."""
    return (tag.get("class") or "").split()


# Texts


def text_of(part: Part) -> str:
    """The text of a part, as it is written."""
    return part.value if isinstance(part, Text) else "".join(_pieces(part))


def words(tag: Tag) -> str:
    """The folded text of an element, with a space between its pieces."""
    return normalize_text(" ".join(_pieces(tag)))


def says_only(tag: Tag, line: str) -> bool:
    """Whether a folded line is the whole text of an element; that may hold very much more."""
    left = len(line.replace(" ", ""))
    for piece in _pieces(tag):
        left -= len(normalize_text(piece).replace(" ", ""))
        if left < 0:
            return False
    return words(tag) == line


def _pieces(tag: Tag) -> Iterator[str]:
    return tag.itertext()  # type: ignore[return-value]  # lxml's stubs allow for the bytes of Python 2


def texts(root: Tag) -> Iterator[Text]:
    """The pieces of text within an element, in the order of the page."""
    for event, tag in etree.iterwalk(root, events=("start", "end")):
        if event == "start" and tag.text:
            yield Text(tag.text, tag)
        elif event == "end" and tag.tail and tag is not root:
            yield Text(tag.tail, tag.getparent(), tag)


def short_texts(root: Tag, most: int, is_wanted: Callable[[str], bool]) -> Iterator[Text]:
    """Those of the pieces that have at most so many characters, and are wanted."""
    for value in _SHORT_TEXTS(root, most=most):
        # What lxml gives refers to the page: a copy does not, and may be remembered.
        if is_wanted(text := str(value)):
            holder = value.getparent()
            yield Text(text, holder.getparent(), holder) if value.is_tail else Text(text, holder)


def parts(root: Tag) -> list[Part]:
    """What stands in an element, in its order."""
    found: list[Part] = [Text(root.text, root)] if root.text else []
    for tag in root:
        found.append(tag)
        found += _tail(tag, root)
    return found


def parts_after(part: Part) -> Iterator[Part]:
    """What follows a part in the same element."""
    parent = around(part)
    if parent is None:
        return
    before = part.after if isinstance(part, Text) else part
    if not isinstance(part, Text):
        yield from _tail(part, parent)
    for tag in parent if before is None else siblings(before):
        yield tag
        yield from _tail(tag, parent)


def _tail(tag: Tag, parent: Tag) -> list[Text]:
    return [Text(tag.tail, parent, tag)] if tag.tail else []


# Changes. No page holds text that XML forbids: lxml would not take it again.


def drop(tag: Tag) -> None:
    """Takes out of a page all that an element is; an empty one stays in its place, so that the texts around it stay apart."""
    tag.clear(keep_tail=True)  # type: ignore[call-arg]  # lxml-stubs does not know it
    tag.tag = GONE


def drop_all(tags: Iterable[Tag], root: Tag) -> None:
    """Drops those elements that still stand in another."""
    for tag in list(tags):
        if still_stands(tag, root):
            drop(tag)


def still_stands(tag: Tag, root: Tag) -> bool:
    """Whether an element stands in another, and was not dropped."""
    return tag.tag != GONE and is_within(tag, root)


def replace(tag: Tag, other: Tag) -> None:
    """Puts another element in the place of one."""
    tag.addprevious(other)
    drop(tag)


def inner_html(root: Tag) -> str:
    """What stands in an element, with every tag closed. lxml's own writer of HTML would percent-encode addresses."""
    return escape(root.text or "") + "".join(etree.tostring(tag, encoding="unicode") for tag in root)

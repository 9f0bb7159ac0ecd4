"""Walks through a parsed page. BeautifulSoup's own searches make and ask filters for every element: many times the cost."""

from collections.abc import Collection, Iterator

from bs4 import Tag
from bs4.element import NavigableString, PageElement

from feedgen_mayadeen.names import fold

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = frozenset(
    (*HEADINGS, "p", "div", "section", "article", "main", "aside", "header", "footer", "nav", "ul", "ol", "li", "dl", "dt",
     "dd", "figure", "figcaption", "blockquote", "table", "thead", "tbody", "tr", "td", "th", "pre", "form", "address",
     "hr", "details", "summary")
)  # fmt: skip


def tags(root: Tag, names: Collection[str] = ()) -> Iterator[Tag]:
    """The elements within another, in the order of the page: all, or those of some names.

    Whoever changes the tree on the way makes a list of them first.
    """
    for node in _within(root):
        if isinstance(node, Tag) and (not names or node.name in names):
            yield node


def _within(root: Tag) -> Iterator[PageElement]:
    last: Tag = root
    while last.next_sibling is None and last.parent is not None:
        last = last.parent
    end = last.next_sibling
    node = root.contents[0] if root.contents else None
    while node is not end and node is not None:
        yield node
        node = node.next_element


def first(root: Tag, names: Collection[str]) -> Tag | None:
    """The first element of one of these names within another."""
    return next(tags(root, names), None)


def links(root: Tag) -> Iterator[Tag]:
    """The links within an element."""
    return (tag for tag in tags(root, ("a",)) if "href" in tag.attrs)


def has_link(root: Tag) -> bool:
    """Whether an element holds a link."""
    return next(links(root), None) is not None


def following(node: PageElement, names: Collection[str] = ()) -> Iterator[Tag]:
    """The elements that begin after another begins, those within it too."""
    for after in node.next_elements:
        if isinstance(after, Tag) and (not names or after.name in names):
            yield after


def texts(root: Tag) -> Iterator[NavigableString]:
    """The pieces of text within an element, comments and the like among them."""
    return (node for node in root.descendants if isinstance(node, NavigableString))


def above(node: PageElement, names: Collection[str]) -> Tag | None:
    """The nearest element of one of these names that a part stands in."""
    parent = node.parent
    while parent is not None and parent.name not in names:
        parent = parent.parent
    return parent


def is_within(node: PageElement, root: Tag) -> bool:
    """Whether a part stands in an element, at any depth."""
    parent = node.parent
    while parent is not None and parent is not root:
        parent = parent.parent
    return parent is root


def holds_blocks(tag: Tag) -> bool:
    """Whether an element holds others that begin lines of their own."""
    return first(tag, BLOCKS) is not None


def holders_of_blocks(root: Tag) -> frozenset[int]:
    """The ids of all elements that hold others that begin lines of their own: `root`, what is within it and around it."""
    found: set[int] = set()
    for block in tags(root, BLOCKS):
        parent = block.parent
        while parent is not None and id(parent) not in found:
            found.add(id(parent))
            parent = parent.parent
    return frozenset(found)


def is_gone(tag: Tag) -> bool:
    """Whether an element was decomposed. BeautifulSoup's own question searches all that is in one that was not."""
    return not tag.name


def classes(tag: Tag) -> list[str]:
    """The classes of an element."""
    return tag.get_attribute_list("class") if "class" in tag.attrs else []


def words(tag: Tag) -> str:
    """The folded text of an element, with a space between its parts."""
    return fold(tag.get_text(" "))

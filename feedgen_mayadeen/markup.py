"""BeautifulSoup as this program uses it: pieces of HTML as trees whose elements are compared by what they are."""

from io import StringIO
from typing import TypeAlias

import bs4
from bs4.element import PageElement

Node: TypeAlias = PageElement
"""What stands in an element: another one, or text."""


class Tag(bs4.Tag):
    """An element. BeautifulSoup's own compares by content: sets would take two equal links for one."""

    __eq__ = object.__eq__
    __hash__ = object.__hash__


def parsed(html: str) -> bs4.BeautifulSoup:
    """A well-nested piece of HTML, as lxml and nh3 write it, as a tree."""
    # From a file-like object no warning comes that a text looks like an address; attributes are kept as one text each.
    return bs4.BeautifulSoup(StringIO(html), "html.parser", element_classes={bs4.Tag: Tag}, multi_valued_attributes=None)


def elements(root: bs4.Tag, *names: str) -> list[bs4.Tag]:
    """The elements within another, in the order of the page: all, or those of some names."""
    # `find_all` does the same, and takes five times as long to match names.
    return [tag for tag in root.descendants if isinstance(tag, bs4.Tag) and (not names or tag.name in names)]


def attribute(tag: bs4.Tag, name: str) -> str:
    """The value of an attribute; "" if there is none."""
    return str(tag.get(name) or "")


def stands(tag: bs4.Tag) -> bool:
    """Whether an element still stands in a tree: neither it nor one around it was taken out."""
    return not tag.decomposed and tag.parent is not None

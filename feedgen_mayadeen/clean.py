"""Makes HTML from a page harmless and plain: an allow-list made for feeds, http and https only."""

import re

import nh3
from bs4 import BeautifulSoup, Tag
from bs4.element import PageElement

from feedgen_mayadeen.names import fold, without_forbidden

TAGS = frozenset((
    "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "q", "cite", "pre", "code", "br",
    "hr", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "figure", "figcaption", "img",
    "a", "em", "strong", "b", "i", "u", "s", "del", "ins", "sub", "sup", "small", "mark", "abbr",
))  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt"},
    "th": {"colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "ol": {"start"},
    "abbr": {"title"},
}
SCHEMES = frozenset(("http", "https"))
# Elements whose content is no text; nh3 would otherwise keep what stands between their tags.
_WITH_CONTENT = frozenset((
    "script", "style", "template", "noscript", "iframe", "object", "embed", "applet", "svg", "math", "form", "button",
    "select", "textarea", "title",
))  # fmt: skip
_KEPT_WHEN_EMPTY = frozenset(("br", "hr", "img", "td", "th"))
_BLOCK_END = re.compile(r"\s*(</(?:p|h[2-6]|ul|ol|dl|li|dt|dd|blockquote|pre|table|tr|figure|figcaption)>|<hr>)\s*")


def clean(html: str) -> str:
    """HTML with only allowed elements, attributes and schemes, without empty elements, one block a line.

    The same input gives the same output, and the output passes unchanged.
    """
    safe = nh3.clean(
        without_forbidden(html),
        tags=set(TAGS),
        clean_content_tags=set(_WITH_CONTENT),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes=set(SCHEMES),
        url_relative="deny",
        link_rel=None,
        strip_comments=True,
    )
    return _BLOCK_END.sub(r"\1\n", _without_empty(safe)).strip()


def _without_empty(html: str) -> str:
    """Takes out pictures without an address, links that lead nowhere, and elements that hold nothing."""
    soup = BeautifulSoup(html, "html.parser")
    for image in soup.find_all("img", src=False):
        image.decompose()
    for link in soup.find_all("a", href=False):
        link.unwrap()
    full: set[int] = set()
    for tag in reversed(soup.find_all(True)):
        if tag.name in _KEPT_WHEN_EMPTY or any(_holds(child, full) for child in tag.children):
            full.add(id(tag))
        elif tag.contents:
            tag.replace_with(" ")
        else:
            tag.decompose()
    return soup.decode(formatter="minimal")


def _holds(child: PageElement, full: set[int]) -> bool:
    return id(child) in full if isinstance(child, Tag) else bool(fold(str(child)))

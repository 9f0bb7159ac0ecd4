"""Makes HTML from a page harmless and plain: an allow-list made for feeds, http and https only."""

import re

import nh3
from bs4.element import NavigableString, Tag

from feedgen_mayadeen.markup import elements, parsed
from feedgen_mayadeen.text import normalize_text, without_forbidden
from feedgen_mayadeen.urls import is_address

TAGS = frozenset((
    "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "q", "cite", "pre", "code", "br",
    "hr", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "figure", "figcaption", "img",
    "a", "em", "strong", "b", "i", "u", "s", "del", "ins", "sub", "sup", "small", "mark", "abbr",
))  # fmt: skip
ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),  # nh3 would allow title and lang everywhere
    "a": {"href", "title"},
    "img": {"src", "alt"},
    "th": {"colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "ol": {"start"},
    "abbr": {"title"},
}
SCHEMES = frozenset(("http", "https"))
_LINE_END = re.compile("\r\n?|\x85")
_PASSES = 8
"""What HTML means can change when it is written out and read again (mutation XSS); it hardly ever takes three passes."""
# Elements whose content is no text; nh3 would otherwise keep what stands between their tags.
_WITH_CONTENT = frozenset((
    "script", "style", "template", "noscript", "iframe", "object", "embed", "applet", "svg", "math", "form", "button",
    "select", "textarea", "title",
))  # fmt: skip
_VOID = frozenset(("br", "hr", "img"))
_KEPT_WHEN_EMPTY = frozenset(("td", "th"))
_BLOCK_END = re.compile(r"\s*(</(?:p|h[2-6]|ul|ol|dl|li|dt|dd|blockquote|pre|table|tr|figure|figcaption)>|<hr/>)\s*")


def clean(html: str) -> str:
    """HTML with only allowed elements, attributes and schemes, without empty elements, one block a line.

    The same input gives the same output, and the output passes unchanged; what would not is thrown away.
    """
    for _ in range(_PASSES):
        before, html = html, _cleaned(html)
        if html == before:
            return html
    return ""


def _cleaned(html: str) -> str:
    safe = nh3.clean(
        without_forbidden(html),
        tags=set(TAGS),
        clean_content_tags=set(_WITH_CONTENT),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes=set(SCHEMES),
        url_relative="deny",
        attribute_filter=_checked,
        link_rel=None,
        strip_comments=True,
    )
    # References such as &#xfffe; have become characters by now.
    return _BLOCK_END.sub(r"\1\n", _without_empty(_LINE_END.sub("\n", without_forbidden(safe)))).strip()


def _checked(tag: str, attribute: str, value: str) -> str | None:
    return value if attribute not in ("href", "src") or is_address(value) else None


def _without_empty(html: str) -> str:
    """Takes out pictures without an address, links that lead nowhere, and elements that hold nothing."""
    soup = parsed(html)
    for pre in elements(soup, "pre"):
        # Parsers leave out a line break at its beginning, one each time.
        if pre.contents and isinstance(first := pre.contents[0], NavigableString):
            first.replace_with(first.lstrip("\n"))
    for tag in reversed(elements(soup)):
        if tag.name == "a" and not tag.has_attr("href"):
            tag.unwrap()
        elif tag.name == "img" and not tag.has_attr("src"):
            tag.decompose()
        elif tag.name not in _VOID | _KEPT_WHEN_EMPTY and _is_empty(tag):
            tag.replace_with(" " if tag.contents else "")
    return soup.decode()


def _is_empty(tag: Tag) -> bool:
    """Whether an element holds no other and no text that can be seen."""
    return not any(isinstance(node, Tag) or normalize_text(str(node)) for node in tag.contents)

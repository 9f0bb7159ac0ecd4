"""Makes HTML from a page harmless and plain: an allow-list made for feeds, http and https only."""

import re
from dataclasses import dataclass, field
from html import escape, unescape

import nh3

from feedgen_mayadeen.names import fold, is_address, without_forbidden

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
_TOKENS = re.compile(r'<(/?)(\w+)((?: \w+="[^"]*")*)>|([^<]+)')
_ATTRIBUTE = re.compile(r' (\w+)="([^"]*)"')
_BLOCK_END = re.compile(r"\s*(</(?:p|h[2-6]|ul|ol|dl|li|dt|dd|blockquote|pre|table|tr|figure|figcaption)>|<hr>)\s*")


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


@dataclass(slots=True)
class _Element:
    """An element whose end has not come yet: how it began, what it holds so far, and whether that is anything to see."""

    name: str
    begin: str = ""
    end: str = ""
    parts: list[str] = field(default_factory=list)
    is_full: bool = False


def _without_empty(html: str) -> str:
    """Takes out pictures without an address, links that lead nowhere, and elements that hold nothing.

    `html` is as nh3 writes it: well nested, all attributes quoted, `&`, `<`, `>` and no-break spaces as references.
    """
    opened = [_Element("")]
    for ends, name, attributes, text in _TOKENS.findall(html):
        inner = opened[-1]
        if text and inner.name == "pre" and not inner.parts:
            text = text.lstrip("\n")  # parsers leave out a line break at its beginning, one each time
        if text:
            inner.parts.append(_spaced(text, opened))
            inner.is_full = inner.is_full or bool(fold(text.replace("&nbsp;", " ")))
        elif ends:
            _close(opened)
        elif name not in _VOID:
            is_link_to_nowhere = name == "a" and 'href="' not in attributes
            begin, end = ("", "") if is_link_to_nowhere else (f"<{name}{_attributes(attributes)}>", f"</{name}>")
            opened.append(_Element(name, begin, end, is_full=name in _KEPT_WHEN_EMPTY))
        elif name != "img" or 'src="' in attributes:
            inner.parts.append(f"<{name}{_attributes(attributes)}/>")
            inner.is_full = True
    return "".join(opened[0].parts)


def _close(opened: list[_Element]) -> None:
    """Hands what the innermost element holds on to the one around it; of an empty one at most a space."""
    done, around = opened.pop(), opened[-1]
    if done.is_full or not done.begin:
        around.parts += (done.begin, *done.parts, done.end)
        around.is_full = around.is_full or done.is_full
    elif any(done.parts):
        around.parts.append(" ")


def _spaced(text: str, opened: list[_Element]) -> str:
    """White space alone is as good as one space, but where it is shown as written."""
    text = text.replace("&nbsp;", "\xa0")
    if text.strip(" \n\t\f\r") or any(element.name == "pre" for element in opened):
        return text
    return "\n" if "\n" in text else " "


def _attributes(html: str) -> str:
    """Attributes in the order of their names."""
    return "".join(f" {name}={_quoted(unescape(value))}" for name, value in sorted(_ATTRIBUTE.findall(html)))


def _quoted(value: str) -> str:
    value = escape(value, quote=False)
    if '"' in value and "'" not in value:
        return f"'{value}'"
    return '"{}"'.format(value.replace('"', "&quot;"))

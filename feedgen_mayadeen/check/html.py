"""HTML that the feeds carry: within the allow-list, plainly written, and left as it is by nh3, which reads as browsers do."""

import re
from collections.abc import Iterator

import nh3
from bs4 import BeautifulSoup

from feedgen_mayadeen.check.findings import ADDRESS, quoted
from feedgen_mayadeen.clean import ATTRIBUTES, SCHEMES, TAGS

# Every `<` must begin a plain tag, so that no parser, however lenient, sees anything else.
_NOT_PLAIN = re.compile(r"""<(?!/?[a-z][a-z0-9]*(?:\s+[a-z][a-z0-9-]*=(?:"[^"<>]*"|'[^'<>]*'))*\s*/?>)[^<]{0,60}""")
_TAG = re.compile("</?[a-z0-9]+")
_RIGHT_TO_LEFT = re.compile(r'<div dir="rtl">(.*)</div>\s*', re.DOTALL)


def html_faults(html: str, *, may_hold_elements: bool = True) -> tuple[str, ...]:
    """What is wrong with a piece of HTML, each a sentence; one `<div dir="rtl">` around all of it is allowed."""
    outer = _RIGHT_TO_LEFT.fullmatch(html)
    html = outer[1] if outer else html
    if "<" not in html:
        return () if html.strip() else ("there is nothing",)
    if not may_hold_elements:
        return (f"there is markup: {quoted(html)}",)
    if found := _NOT_PLAIN.search(html):
        return (f"{quoted(found[0])} is no plain tag",)
    attributes = {tag: set(names) for tag, names in ATTRIBUTES.items()}
    safe = nh3.clean(
        html, tags=set(TAGS), attributes=attributes, attribute_filter=_with_address, url_schemes=set(SCHEMES), link_rel=None
    )
    if html.replace("/>", ">") == safe:
        return ()
    soup = _parse(html)
    if faults := tuple(dict.fromkeys(_forbidden(soup))):
        return faults
    one, two = (str(soup), _TAG.findall(html)), (str(_parse(safe)), _TAG.findall(safe))
    at = next((n for n, (a, b) in enumerate(zip(one[0], two[0], strict=False)) if a != b), 0)
    return (f"browsers read it otherwise than it is written, from {quoted(one[0][at:])} on",) if one != two else ()


def _with_address(_: str, name: str, value: str) -> str | None:
    return value if name not in ("href", "src") or re.match(ADDRESS, value) else None


def _parse(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser", multi_valued_attributes=None, on_duplicate_attribute=_keep_both)


def _keep_both(attributes: dict[str, str], name: str, value: str) -> None:
    attributes[f"{name} twice"] = value


def _forbidden(soup: BeautifulSoup) -> Iterator[str]:
    for tag in soup.find_all(True):
        if tag.name not in TAGS:
            yield f"the element `{tag.name}` is not allowed"
            continue
        for name, value in tag.attrs.items():
            if name not in ATTRIBUTES.get(tag.name, ()):
                yield f"the attribute `{name}` of `{tag.name}` is not allowed"
            elif name in ("href", "src") and not re.match(ADDRESS, str(value)):
                yield f"`{name}` of `{tag.name}` is no absolute http address: {quoted(str(value))}"

"""HTML that the feeds carry: within the allow-list, plainly written, and left as it is by nh3, which reads as browsers do."""

import re
from collections.abc import Iterator
from functools import partial
from html import unescape

import nh3
from bs4 import BeautifulSoup

from feedgen_mayadeen.check.findings import ADDRESS, quoted
from feedgen_mayadeen.check.site import DISK, Site
from feedgen_mayadeen.clean import ATTRIBUTES, SCHEMES, TAGS

# Every `<` must begin a plain tag, so that no parser, however lenient, sees anything else.
_NOT_PLAIN = re.compile(r"""<(?!/?[a-z][a-z0-9]*(?:\s+[a-z][a-z0-9-]*=(?:"[^"<>]*"|'[^'<>]*'))*\s*/?>)[^<]{0,60}""")
_TAG = re.compile("</?[a-z0-9]+")
_RIGHT_TO_LEFT = re.compile(r'<div dir="rtl">(.*)</div>\s*', re.DOTALL)


def text_faults(html: str) -> tuple[str, ...]:
    """What is wrong with HTML that must be text with its signs escaped, as titles are."""
    if "<" in html:
        return (f"there is markup: {quoted(html)}",)
    return () if unescape(html).strip() else ("there is nothing",)


def html_faults(html: str, site: Site) -> tuple[str, ...]:
    """What is wrong with a piece of HTML, each a sentence; one `<div dir="rtl">` around all of it is allowed."""
    outer = _RIGHT_TO_LEFT.fullmatch(html)
    html = outer[1] if outer else html
    if "<" not in html:
        return () if html.strip() else ("there is nothing",)
    if found := _NOT_PLAIN.search(html):
        return (f"{quoted(found[0])} is no plain tag",)
    attributes = {tag: set(names) for tag, names in ATTRIBUTES.items()}
    schemes = {*SCHEMES, DISK[:-1]} if site.is_sample else set(SCHEMES)
    kept = partial(_with_address, site)
    safe = nh3.clean(html, tags=set(TAGS), attributes=attributes, attribute_filter=kept, url_schemes=schemes, link_rel=None)
    if html.replace("/>", ">") == safe:
        return ()
    soup = _parse(html)
    if faults := tuple(dict.fromkeys(_forbidden(soup, site))):
        return faults
    one, two = (str(soup), _TAG.findall(html)), (str(_parse(safe)), _TAG.findall(safe))
    at = next((n for n, (a, b) in enumerate(zip(one[0], two[0], strict=False)) if a != b), 0)
    return (f"browsers read it otherwise than it is written, from {quoted(one[0][at:])} on",) if one != two else ()


def _with_address(site: Site, _: str, name: str, value: str) -> str | None:
    return value if _may_stand(site, name, value) else None


def _may_stand(site: Site, name: str, value: str) -> bool:
    if name not in ("href", "src") or re.match(ADDRESS, value):
        return True
    return name == "src" and site.has_picture(value)


def _parse(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser", multi_valued_attributes=None, on_duplicate_attribute=_keep_both)


def _keep_both(attributes: dict[str, str], name: str, value: str) -> None:
    attributes[f"{name} twice"] = value


def _forbidden(soup: BeautifulSoup, site: Site) -> Iterator[str]:
    for tag in soup.find_all(True):
        if tag.name not in TAGS:
            yield f"the element `{tag.name}` is not allowed"
            continue
        for name, value in tag.attrs.items():
            if name not in ATTRIBUTES.get(tag.name, ()):
                yield f"the attribute `{name}` of `{tag.name}` is not allowed"
            elif not _may_stand(site, name, str(value)):
                yield f"`{name}` of `{tag.name}` is no absolute http address: {quoted(str(value))}"

"""What pages and style sheets must be: links that lead somewhere, nothing loaded from elsewhere, no script but their own."""

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit

from lxml import etree
from lxml.etree import _Element

from feedgen_mayadeen.check.findings import CONTRACT, HARMLESS, Finding, Place, quoted
from feedgen_mayadeen.check.markup import attributes_of
from feedgen_mayadeen.check.served import Served

_HTML = "HTML Standard"
_DOCTYPE = re.compile(r"\s*<!doctype html\s*>", re.IGNORECASE)

_LINK, _PICTURE, _ICON, _OWN = ("http", "https", "mailto", "feed"), ("http", "https", "data"), ("data",), ()
"""The schemes with which an address may lead out of the folder: in links, pictures, icons, and whatever else a page loads."""
_POLICIES: dict[tuple[str, str], tuple[str, ...]] = {
    **dict.fromkeys((("a", "href"), ("area", "href")), _LINK),
    **dict.fromkeys(((name, "cite") for name in ("blockquote", "q", "del", "ins")), _LINK),
    **dict.fromkeys((("img", "src"), ("img", "srcset"), ("source", "srcset")), _PICTURE),
}
_ADDRESSES = frozenset((
    "href", "src", "srcset", "imagesrcset", "data", "poster", "background", "action", "formaction", "manifest", "ping", "cite",
    "longdesc", "xlink:href", "codebase", "classid", "archive", "lowsrc", "dynsrc",
))  # fmt: skip
_FORBIDDEN = frozenset(("iframe", "frame", "frameset", "object", "embed", "applet", "base", "portal"))
# Links of the head that load nothing.
_TELLING = frozenset(("alternate", "author", "canonical", "help", "license", "me", "next", "prev", "related", "self"))
_LOADS = re.compile(r"@import|url\(\s*(?:[\"']\s*)?(?:https?:)?//", re.IGNORECASE)
_DATA_BLOCKS = ("application/json", "application/ld+json")


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was checked: what is wrong with it, and the files of the folder that it links to."""

    findings: tuple[Finding, ...]
    leads_to: frozenset[str]


def check_page(file: str, content: bytes, served: Served) -> Page:
    """Reads a page and judges it."""
    place = Place(file)
    root = _parse(place, content)
    if isinstance(root, Finding):
        return Page((root,), frozenset())
    findings = [] if (root.findtext("head/title") or "").strip() else [place.finding(_HTML, "has no title")]
    if not root.get("lang"):
        findings.append(place.finding(_HTML, "does not say its language"))
    leads_to = set()
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        findings += (place.finding(HARMLESS, fault) for fault in _element_faults(element))
        for name, value in attributes_of(element):
            for address in _addresses(name, value):
                fault, target = _follow(element, name, address, file, served)
                if fault:
                    findings.append(place.finding(CONTRACT, fault))
                elif target:
                    leads_to.add(target)
    findings += (place.finding(HARMLESS, fault) for fault in _script_faults(root))
    return Page(tuple(dict.fromkeys(findings)), frozenset(leads_to))


def style_findings(file: str, content: bytes) -> Iterator[Finding]:
    """What is wrong with a style sheet."""
    if found := _LOADS.search(content.decode("utf-8", "replace")):
        yield Place(file).finding(HARMLESS, f"a style loads something from elsewhere: {quoted(found[0])}")


def _parse(place: Place, content: bytes) -> _Element | Finding:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return place.finding(_HTML, f"is not UTF-8, from byte {error.start} on")
    if not _DOCTYPE.match(text):
        return place.finding(_HTML, "does not begin with <!doctype html>")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    root: _Element | None = etree.fromstring(content, parser)
    # libxml2 gives what it has read by then; the rest of the page would go unjudged.
    broken = next((error.message for error in parser.error_log if error.level >= etree.ErrorLevels.FATAL), None)
    if root is None or broken:
        return place.finding(_HTML, f"can't be read to its end: {broken or 'it is empty'}")
    return root


def _element_faults(element: _Element) -> Iterator[str]:
    name = element.tag
    if name in _FORBIDDEN:
        yield f"holds the element `{name}`"
    if name == "meta" and element.get("http-equiv", "").lower() == "refresh":
        yield "leads readers away by itself (meta refresh)"
    if name == "style" and (found := _LOADS.search(element.text or "")):
        yield f"a style loads something from elsewhere: {quoted(found[0])}"
    for attribute, value in attributes_of(element):
        if attribute.startswith("on"):
            yield f"`{name}` has a script in its attribute `{attribute}`"
        if attribute == "style" and (found := _LOADS.search(value)):
            yield f"a style loads something from elsewhere: {quoted(found[0])}"


def _script_faults(root: _Element) -> Iterator[str]:
    """A script in a page runs only when the page's Content-Security-Policy names its very text (CSP 3 §8.3)."""
    metas = [meta for meta in root.iterfind(".//meta") if meta.get("http-equiv", "").lower() == "content-security-policy"]
    policy = " ".join(meta.get("content", "") for meta in metas)
    for script in root.iter("script"):
        if script.get("src") is None and script.get("type", "").lower() not in _DATA_BLOCKS:
            text = script.text or ""
            if f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" not in policy:
                yield f"holds a script that its Content-Security-Policy does not name: {quoted(text.strip())}"


def _addresses(attribute: str, value: str) -> tuple[str, ...]:
    """The addresses in an attribute."""
    if attribute not in _ADDRESSES:
        return ()
    if attribute.endswith("srcset"):
        return tuple(part.split()[0] for part in re.split(r",\s+", value) if part.strip())
    return (value,)


def _follow(element: _Element, attribute: str, address: str, file: str, served: Served) -> tuple[str, str | None]:
    """What is wrong with an address on a page, or "", and the file of the folder that it leads to, if any."""
    where = f"`{attribute}` of `{element.tag}`"
    # Browsers read an address so.
    plain = re.sub(r"[\t\n\r]", "", address).strip("".join(map(chr, range(33)))).replace("\\", "/")
    try:
        parts, target = urlsplit(plain), served.target(file, plain)
    except ValueError:
        return f"{where} can't be read as an address: {quoted(address)}", None
    if target.file is not None:
        missing = target.file not in served.files
        return (f"{where} leads to no file of the folder: {quoted(address)}" if missing else ""), target.file
    if not parts.scheme and not parts.netloc:
        return f"{where} leads out of the folder: {quoted(address)}", None
    if target.scheme not in _policy(element, attribute):
        return f"{where} leads where it must not: {quoted(address)}", None
    return "", None


def _policy(element: _Element, attribute: str) -> tuple[str, ...]:
    """The schemes with which this attribute may lead out of the folder."""
    if element.tag == "link" and attribute == "href":
        relations = frozenset(element.get("rel", "").lower().split())
        return _LINK if relations and relations <= _TELLING else _ICON if "icon" in relations else _OWN
    return _POLICIES.get((element.tag, attribute), _OWN)

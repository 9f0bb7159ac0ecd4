"""Pages, style sheets, pictures: links that lead somewhere, nothing loaded from elsewhere, no script but their own."""

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import cast

from lxml import etree
from lxml.etree import _Element

from feedgen_mayadeen.check.findings import CONTRACT, HARMLESS, BrokenFileError, Fault, quoted
from feedgen_mayadeen.check.site import Site

NOT_FOUND = "404.html"
"""The page that a server shows at any path, so that its links begin with the path of the base address."""
_HTML = "HTML Standard"
_DOCTYPE = re.compile(r"\s*<!doctype html\s*>", re.IGNORECASE)
_LOADS = re.compile(r"@import|url\(\s*(?:[\"']\s*)?(?:https?:)?//", re.IGNORECASE)
_ADDRESSES = frozenset(
    ("href", "src", "data", "poster", "background", "action", "formaction", "manifest", "ping", "cite", "xlink:href")
)
_ABSOLUTE = re.compile("[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_PNG = b"\x89PNG\r\n\x1a\n"
_NO_ADDRESS = re.compile("[\0-\x1f]")
_FORBIDDEN = ("iframe", "frame", "frameset", "object", "embed", "applet", "base", "portal", "style")
# Links of the head that load nothing.
_TELLING = frozenset(("alternate", "author", "canonical", "help", "license", "me", "next", "prev", "related", "self"))


def page_faults(file: str, content: bytes, site: Site, leads_to: set[str]) -> Iterator[Fault]:
    """What is wrong with a page; the files of the folder that it links to come into `leads_to`."""
    root = _parse(content)
    if not (root.findtext("head/title") or "").strip():
        yield _HTML, "has no title"
    if not root.get("lang"):
        yield _HTML, "does not say its language"
    policy = str(root.xpath("string(//meta[@http-equiv='Content-Security-Policy']/@content)"))
    for element in root.iter(etree.Element):
        tag = str(element.tag)
        if tag in _FORBIDDEN:
            yield HARMLESS, f"holds the element `{tag}`"
        if element.get("http-equiv", "").lower() == "refresh":
            yield HARMLESS, "leads readers away by itself (meta refresh)"
        if tag == "script" and not _may_run(element, policy):
            yield HARMLESS, f"holds a script that its Content-Security-Policy does not name: {quoted(element.text)}"
        for name, value in cast("Sequence[tuple[str, str]]", element.items()):  # no bytes come from a parser
            if name.startswith("on") or name == "style":
                yield HARMLESS, f"`{tag}` has a script or style in its attribute `{name}`"
            if name not in _ADDRESSES:
                continue
            scheme, target = _target(file, value, site)
            if target is not None:
                leads_to.add(target)
            if target not in site.files and (target is not None or scheme not in _may_lead_to(element)):
                where = "where it must not" if target is None else "to no file of the folder"
                yield CONTRACT, f"`{name}` of `{tag}` leads {where}: {quoted(value)}"


def _target(file: str, value: str, site: Site) -> tuple[str, str | None]:
    """Where a browser sees an address lead; scheme `/` for one that does not hold wherever a folder without address is."""
    address = _NO_ADDRESS.sub("", value).strip(" ").replace("\\", "/")
    plain = address.removeprefix("feed:")
    scheme, target = site.target(file, plain)
    is_lost = plain != address if site.base else plain.startswith("/") and file != NOT_FOUND
    return ("/", None) if is_lost and not _ABSOLUTE.match(plain) else (scheme, target)


def style_faults(content: bytes) -> Iterator[Fault]:
    """What is wrong with a style sheet."""
    if found := _LOADS.search(content.decode("utf-8", "replace")):
        yield HARMLESS, f"a style loads something from elsewhere: {quoted(found[0])}"


def picture_faults(content: bytes) -> Iterator[Fault]:
    """What is wrong with a picture."""
    if not content.startswith(_PNG):
        yield "PNG (RFC 2083)", "is no PNG"


def _parse(content: bytes) -> _Element:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BrokenFileError(_HTML, f"is not UTF-8, from byte {error.start} on") from error
    if not _DOCTYPE.match(text):
        raise BrokenFileError(_HTML, "does not begin with <!doctype html>")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    root: _Element | None = etree.fromstring(content, parser)
    # libxml2 gives what it has read by then; the rest of the page would go unjudged.
    broken = next((error.message for error in parser.error_log if error.level >= etree.ErrorLevels.FATAL), None)
    if root is None or broken:
        raise BrokenFileError(_HTML, f"can't be read to its end: {broken or 'it is empty'}")
    return root


def _may_run(script: _Element, policy: str) -> bool:
    """A browser runs a script of the page only when its Content-Security-Policy names the very text (CSP 3 §8.3)."""
    digest = b64encode(sha256((script.text or "").encode()).digest()).decode()
    return f"'sha256-{digest}'" in policy or script.get("src") is not None or script.get("type") == "application/ld+json"


def _may_lead_to(element: _Element) -> tuple[str, ...]:
    """The schemes with which an element may lead out of the folder; one that loads what it names has none but pictures."""
    relations = frozenset(element.get("rel", "").lower().split())
    is_telling = element.tag == "link" and relations and relations <= _TELLING
    if element.tag == "a" or is_telling:
        return ("http", "https", "mailto")
    if element.tag == "img":
        return ("http", "https", "data")
    return ("data",) if element.tag == "link" and "icon" in relations else ()

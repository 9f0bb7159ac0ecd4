"""Known attacks as data, and what harmless HTML is: told by a parser and from tables that the program does not use."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib

_PLAIN = (
    "p h2 h3 h4 h5 h6 ul li dl dt dd blockquote q cite pre code br hr table caption thead tbody tfoot tr figure figcaption"
    " em strong b i u s del ins sub sup small mark"
)
ELEMENTS: dict[str, frozenset[str]] = {
    **dict.fromkeys(_PLAIN.split(), frozenset[str]()),
    "a": frozenset(("href", "title")),
    "img": frozenset(("src", "alt")),
    "td": frozenset(("colspan", "rowspan")),
    "th": frozenset(("colspan", "rowspan")),
    "ol": frozenset(("start",)),
    "abbr": frozenset(("title",)),
}
"""What a feed's HTML may hold: elements, each with the attributes that it may have."""
_ADDRESS = re.compile(r"https?://[^\s/?#\\<>\x00-\x20]+([/?#\\][^\x00-\x1f\x7f]*)?", re.IGNORECASE)
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_XHTML = "{http://www.w3.org/1999/xhtml}"
# A character that the standard calls an error and every browser shows as it is.
_NO_REPAIR = "invalid-codepoint"


def table(name: str) -> dict[str, str]:
    """A file of attacks: each by its name, those of a group with the group before it; fails where a name stands twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(pairs)) == len(pairs), name
        return dict(pairs)

    found = json.loads(Path(__file__).with_name(name).read_text("utf-8"), object_pairs_hook=once)
    flat: dict[str, str] = {}
    for key, value in found.items():
        flat.update({f"{key}: {inner}": text for inner, text in value.items()} if isinstance(value, dict) else {key: value})
    return flat


VECTORS = table("vectors.json")
ADDRESSES = table("addresses.json")


def harms(html: str, *, right_to_left: bool = False) -> list[str]:
    """What is wrong with HTML that a reader shows, as the HTML standard's own algorithm sees it; nothing when all is well.

    Only ELEMENTS with their attributes, addresses of http and https, no comments, no character that XML forbids, nothing
    that closes what is around it, and nothing that a browser repairs: it would show something else than what was checked.
    """
    before = '<!DOCTYPE html><html><head><title>t</title></head><body><div id="box">'
    parser = html5lib.HTMLParser()
    document = parser.parse(f"{before}{html}</div><hr></body></html>", scripting=True)
    head, body = document
    found = [f"repaired: {code} {data or ''}" for _, code, data in parser.errors if code != _NO_REPAIR]
    found += [f"character {char!r}" for char in _NO_XML.findall(html)]
    if [child.tag for child in head] != [f"{_XHTML}title"] or [child.tag for child in body] != [f"{_XHTML}div", f"{_XHTML}hr"]:
        return [*found, "it reaches out of the element around it"]
    if document.attrib or body.attrib or body.text or body[0].tail or body[1].tail:
        found.append("it changes the document around it")
    box = body[0]
    if right_to_left and len(box) == 1 and box[0].tag == f"{_XHTML}div" and box[0].attrib == {"dir": "rtl"}:
        box = box[0]
    return [*found, *(harm for element in box.iter() if element is not box for harm in _harms_of(element))]


def _harms_of(element: Element) -> Iterator[str]:
    if not isinstance(element.tag, str):
        yield f"a comment: {element.text}"
        return
    name = element.tag.removeprefix(_XHTML)
    if name not in ELEMENTS:
        yield f"element {name}"
    for attribute, value in element.attrib.items():
        if attribute not in ELEMENTS.get(name, ()):
            yield f"attribute {name} {attribute}"
        elif attribute in ("href", "src") and not is_address(value):
            yield f"address {value!r}"
    needed = {"a": "href", "img": "src"}.get(name)
    if needed and needed not in element.attrib:
        yield f"{name} without {needed}"


def is_address(value: str) -> bool:
    """Whether a browser can take this for nothing but an absolute address of http or https."""
    return _ADDRESS.fullmatch(value) is not None

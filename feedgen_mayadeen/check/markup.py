"""Parses XML that may be hostile: UTF-8 only, no DOCTYPE, no entities, no network, libxml2's bounds on."""

import re
from collections.abc import Iterator, Sequence
from typing import cast

from lxml import etree
from lxml.etree import _Element

from feedgen_mayadeen.check.findings import CONTRACT, Finding, Place, quoted
from feedgen_mayadeen.check.served import Served

XML = "XML 1.0"
_DECLARED = re.compile(r"<\?xml[^>]*\sencoding\s*=\s*[\"']([^\"']*)[\"']")


def parse_xml(place: Place, content: bytes) -> _Element | Finding:
    """The root element of a document, or why it can't be read."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return place.finding(XML, f"is not UTF-8, from byte {error.start} on")
    declared = _DECLARED.match(text.removeprefix("\ufeff"))
    if declared and declared[1].lower() != "utf-8":
        return place.finding(XML, f"says that it is in {declared[1]}, and must be UTF-8")
    # Before any parser sees it: a DOCTYPE can declare entities.
    if "<!DOCTYPE" in text:
        return place.finding(XML, "holds a DOCTYPE, which no feed reader needs and which can be made to harm one")
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,  # a comment would cut an element's text in two, and hide the second half
    )
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        return place.finding(XML, f"is not well-formed: {error.msg}")


def attributes_of(element: _Element) -> Sequence[tuple[str, str]]:
    """The names and values of an element's attributes; bytes, of which the stubs speak, come from no parser."""
    return cast(Sequence[tuple[str, str]], element.items())


def stylesheets(root: _Element) -> tuple[str | None, ...]:
    """Where the processing instructions of a document lead: `../style.css` for one that names a CSS style sheet before the
    root element (https://www.w3.org/TR/xml-stylesheet/), None for any other.
    """
    before = [found for found in root.itersiblings(preceding=True) if isinstance(found, etree._ProcessingInstruction)]
    others = (*root.itersiblings(etree.ProcessingInstruction), *root.iter(etree.ProcessingInstruction))
    is_css = {("xml-stylesheet", "text/css")}
    return (*(pi.get("href") if (pi.target, pi.get("type")) in is_css else None for pi in before), *(None for _ in others))


def stylesheet_findings(place: Place, addresses: tuple[str | None, ...], served: Served) -> Iterator[Finding]:
    """A document may name style sheets of the folder, and nothing else."""
    for address in addresses:
        if address is None:
            yield place.finding(CONTRACT, "holds a processing instruction that is no CSS style sheet's")
        elif served.target(place.file, address).file not in served.files:
            yield place.finding(CONTRACT, f"its style sheet is not in the folder: {quoted(address)}")

"""XML as feeds and sitemaps write it: read safely, repaired where it is broken; addresses of the edition's own pages.

A text is read as it stands, else once more after repair: references that only HTML knows, signs that should be written as
references. Nothing is fetched and nothing expanded: a text that declares entities is refused. Names are compared without
their namespace and in small letters.
"""

import html
import re
from collections.abc import Iterable, Iterator

from lxml import etree

from feedgen_mayadeen.models import Candidate, Page
from feedgen_mayadeen.site.document import resolve
from feedgen_mayadeen.site.edition import Edition
from feedgen_mayadeen.text import normalize_text, without_forbidden

# Text that is to be left alone (a section of plain characters), or a sign that begins a reference.
_REFERENCES = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(#?\w{1,31};)?", re.DOTALL)
_XML_REFERENCES = ("amp;", "lt;", "gt;", "quot;", "apos;")


def parse_xml(text: str) -> etree._Element | None:
    """The root of a text that is XML, if need be after repair; None for anything else.

    Nothing is fetched and nothing expanded: a text that declares entities is refused, no feed or sitemap needs them.
    """
    text = without_forbidden(text.lstrip("\ufeff \t\r\n"))
    if "<!ENTITY" in text:
        return None
    try:
        return etree.fromstring(text.encode(), _parser(recover=False))
    except etree.XMLSyntaxError:
        pass
    try:
        return etree.fromstring(_REFERENCES.sub(_repaired, text).encode(), _parser(recover=True))
    except etree.XMLSyntaxError:
        return None


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        recover=recover,
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _repaired(found: re.Match[str]) -> str:
    """A reference that XML knows; else the character that HTML means by it, or the sign itself, written as XML wants it."""
    reference = found[1]
    if found[0].startswith("<") or reference in _XML_REFERENCES or (reference and reference.startswith("#")):
        return found[0]
    meant = html.unescape(found[0])
    return html.escape(meant, quote=False)


def whole_rows(page: Page, items: list[etree._Element]) -> list[etree._Element]:
    """The items but the last if the text breaks off in it: its address may be cut."""
    return items if page.text.rstrip().endswith(">") else items[:-1]


def name_of(tag: etree._Element) -> str:
    """The name without its namespace and in lower case; "" for what is no element."""
    return tag.tag.rpartition("}")[2].lower() if isinstance(tag.tag, str) else ""


def children(tag: etree._Element, name: str) -> Iterator[etree._Element]:
    """The children of a name, in their order."""
    return (child for child in tag if name_of(child) == name)


def child_text(tag: etree._Element, name: str) -> str:
    """The text of the first child of a name that has any."""
    return next(filter(None, map(text_in, children(tag, name))), "")


def text_in(tag: etree._Element) -> str:
    """The whole text of an element, folded."""
    texts: Iterable[object] = tag.itertext()
    return normalize_text("".join(map(str, texts)))


def own_address(page: Page, edition: Edition, link: str) -> str | None:
    """The canonical address of a link to this edition's host; None for any other."""
    address = resolve(page, edition, page.address, link) if link else None
    return address if address and edition.owns(address) else None


def each_once(found: Iterable[Candidate | None]) -> tuple[Candidate, ...]:
    """The articles in their order, of several with the same address the first."""
    first: dict[str, Candidate] = {}
    for one in found:
        if one:
            first.setdefault(one.address, one)
    return tuple(first.values())

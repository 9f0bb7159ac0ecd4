"""What OPML 2.0 asks of feeds.opml, and that it leads to every feed of the folder."""

from collections import Counter
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from lxml.etree import _Element

from feedgen_mayadeen.check.between import Feeds
from feedgen_mayadeen.check.findings import CONTRACT, Finding, Place, quoted
from feedgen_mayadeen.check.forms import is_address
from feedgen_mayadeen.check.markup import parse_xml, stylesheet_findings, stylesheets
from feedgen_mayadeen.check.served import Served

OPML = "feeds.opml"
RULE = "OPML 2.0"
_DATES = ("dateCreated", "dateModified")
_ADDRESSES = ("xmlUrl", "htmlUrl", "url")


def opml_findings(content: bytes, feeds: Feeds, served: Served) -> Iterator[Finding]:
    """All that is wrong with the file."""
    place = Place(OPML)
    root = parse_xml(place, content)
    if isinstance(root, Finding):
        yield root
        return
    yield from stylesheet_findings(place, stylesheets(root), served)
    if root.tag != "opml":
        yield place.finding(RULE, f"its root is {quoted(root.tag)}, not `opml`")
        return
    if root.get("version") != "2.0":
        yield place.finding(RULE, f"is of version {quoted(root.get('version', ''))}, not 2.0")
    if [child.tag for child in root] != ["head", "body"]:
        yield place.finding(RULE, "does not hold one `head` and then one `body`")
    for name in _DATES:
        for element in root.iterfind(f"head/{name}"):
            if not _is_date(element.text or ""):
                yield place.finding(RULE, f"`{name}` is no RFC 822 date: {quoted(element.text or '')}")
    outlines = tuple(root.iterfind("body//outline"))
    if not outlines:
        yield place.finding(RULE, "holds no outline")
        return
    for outline in outlines:
        yield from (place.finding(RULE, fault) for fault in _outline_faults(outline))
    yield from _subscription_findings(place, outlines, feeds, served)


def _is_date(text: str) -> bool:
    try:
        parsedate_to_datetime(text)
    except ValueError:
        return False
    return True


def _outline_faults(outline: _Element) -> Iterator[str]:
    name = f"the outline {quoted(outline.get('text', ''))}"
    if not outline.get("text", "").strip():
        yield f"an outline has no `text`{f', xmlUrl {quoted(address)}' if (address := outline.get('xmlUrl')) else ''}"
    if outline.get("type") == "rss" and outline.get("xmlUrl") is None:
        yield f"{name} is of type rss and lacks `xmlUrl`"
    if outline.get("type") != "rss" and outline.get("xmlUrl") is not None:
        yield f"{name} has an `xmlUrl` and is not of type rss"
    for attribute in _ADDRESSES:
        if (address := outline.get(attribute)) is not None and not is_address(address):
            yield f"`{attribute}` of {name} is no absolute http address: {quoted(address)}"


def _subscription_findings(place: Place, outlines: tuple[_Element, ...], feeds: Feeds, served: Served) -> Iterator[Finding]:
    """Each main feed must be in it once, and nothing that is no feed of the folder."""
    addresses = [address for outline in outlines if is_address(address := outline.get("xmlUrl", ""))]
    counts = Counter(served.file_of(address) for address in addresses)
    for address in dict.fromkeys(addresses):
        if served.file_of(address) not in feeds:
            yield place.finding(CONTRACT, f"leads to no feed of the folder: {quoted(address)}")
    for feed in feeds.values():
        if counts[feed.file] != 1 if feed.is_main else counts[feed.file] > 1:
            yield place.finding(CONTRACT, f"holds {feed.file} {counts[feed.file]} times; once is right")

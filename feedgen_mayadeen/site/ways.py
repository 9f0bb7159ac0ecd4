"""Other ways to the articles: feed.rss and the sitemaps."""

import html
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from lxml import etree

from feedgen_mayadeen.errors import NoFeedError, NoSitemapError
from feedgen_mayadeen.models import Found, Page, Sitemap, SitemapPart
from feedgen_mayadeen.names import fold, path_of, without_forbidden
from feedgen_mayadeen.site import dates
from feedgen_mayadeen.site.document import may_be_article, resolve
from feedgen_mayadeen.site.edition import Edition

RSS_PATH = "/feed.rss"  # C, March 2025
SITEMAP_PATHS = ("/sitemaps/news.xml", "/sitemaps/all.xml")  # R on the Arabic host
_FEEDS = ("rss", "rdf", "feed")
_ITEMS = ("item", "entry")
_DATES = ("pubdate", "published", "date", "updated")
_MONTH = re.compile(
    r"(?<![0-9])(?:(20[0-9]{2})[-_/.](1[0-2]|0?[1-9])|(20[0-9]{2})(1[0-2]|0[1-9])(?:[0-3][0-9])?)(?![0-9])"
)  # fmt: skip
# Text that is to be left alone (a section of plain characters), or a sign that begins a reference.
_REFERENCES = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(#?\w{1,31};)?", re.DOTALL)
_XML_REFERENCES = ("amp;", "lt;", "gt;", "quot;", "apos;")


def read_rss(page: Page, edition: Edition) -> tuple[Found, ...]:
    """The articles of an RSS or Atom feed in its order, each once. Raises NoFeedError for what is no feed."""
    root = _root(page.text)
    if root is None or _name(root) not in _FEEDS:
        raise NoFeedError(page.address)
    items = [item for item in root.iter() if _name(item) in _ITEMS]
    return _each_once(_item(page, edition, item) for item in _whole(page, items))


def read_sitemap(page: Page, edition: Edition) -> Sitemap:
    """The articles that a sitemap names, and the further sitemaps, in its order. Raises NoSitemapError for anything else."""
    root = _root(page.text)
    if root is None or _name(root) not in ("urlset", "sitemapindex"):
        raise NoSitemapError(page.address)
    rows = _whole(page, list(root))
    found = _each_once(_url(page, edition, row) for row in rows if _name(row) == "url")
    parts = [at for row in rows if _name(row) == "sitemap" and (at := _own(page, edition, _child_text(row, "loc")))]
    return Sitemap(found, tuple(SitemapPart(address, _month(address)) for address in dict.fromkeys(parts)))


def _each_once(found: Iterable[Found | None]) -> tuple[Found, ...]:
    """The articles in their order, of several with the same address the first."""
    first: dict[str, Found] = {}
    for one in found:
        if one:
            first.setdefault(one.address, one)
    return tuple(first.values())


def _item(page: Page, edition: Edition, item: etree._Element) -> Found | None:
    address = next((at for link in _item_links(item) if (at := _own(page, edition, link))), None)
    if address is None or not may_be_article(address):
        return None
    categories = (_text(tag) or fold(tag.get("label") or tag.get("term")) for tag in _children(item, "category"))
    when = next((text for name in _DATES if (text := _child_text(item, name))), "")
    return Found(address, _child_text(item, "title"), next(filter(None, categories), ""), _instant(when, edition))


def _item_links(item: etree._Element) -> Iterator[str]:
    """Where an item says that its page is: RSS writes it as text, Atom as an attribute, some only as a lasting name."""
    for link in _children(item, "link"):
        if link.get("rel", "alternate") == "alternate":
            yield _text(link) or link.get("href", "")
    for name in _children(item, "guid"):
        if name.get("isPermaLink", "true") == "true":
            yield _text(name)


def _url(page: Page, edition: Edition, row: etree._Element) -> Found | None:
    address = _own(page, edition, _child_text(row, "loc"))
    if address is None or not may_be_article(address):
        return None
    news = next(_children(row, "news"), None)
    title = _child_text(news, "title") if news is not None else ""
    published = dates.instant(_child_text(news, "publication_date"), edition) if news is not None else None
    return Found(address, title, at=published or dates.instant(_child_text(row, "lastmod"), edition))


def _own(page: Page, edition: Edition, link: str) -> str | None:
    """The canonical address of a link to this edition's host; None for any other."""
    address = resolve(page, edition, page.address, link) if link else None
    return address if address and edition.owns(address) else None


def _month(address: str) -> str | None:
    found = list(_MONTH.finditer(f"{path_of(address)} {address.partition('?')[2]}"))
    if not found:
        return None
    year, month = (part for part in found[-1].groups() if part)
    return f"{year}-{int(month):02}"


def _instant(text: str, edition: Edition) -> datetime | None:
    """A date as RSS writes it (RFC 822), with its own offset, or as Atom does (RFC 3339); None if it is none."""
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return dates.instant(text, edition)
    # `-0000` says that the time is UTC's and nothing of the place (RFC 5322 §3.3); Python gives it no zone.
    return dates.instant((when if when.tzinfo else when.replace(tzinfo=UTC)).isoformat(), edition)


# XML


def _root(text: str) -> etree._Element | None:
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


def _whole(page: Page, items: list[etree._Element]) -> list[etree._Element]:
    """The items but the last if the text breaks off in it: its address may be cut."""
    return items if page.text.rstrip().endswith(">") else items[:-1]


def _name(tag: etree._Element) -> str:
    """The name without its namespace and in lower case; "" for what is no element."""
    return tag.tag.rpartition("}")[2].lower() if isinstance(tag.tag, str) else ""


def _children(tag: etree._Element, name: str) -> Iterator[etree._Element]:
    return (child for child in tag if _name(child) == name)


def _child_text(tag: etree._Element, name: str) -> str:
    """The text of the first child of a name that has any."""
    return next(filter(None, map(_text, _children(tag, name))), "")


def _text(tag: etree._Element) -> str:
    texts: Iterable[object] = tag.itertext()
    return fold("".join(map(str, texts)))

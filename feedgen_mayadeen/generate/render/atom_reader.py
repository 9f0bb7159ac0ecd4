"""Reads Atom documents that `atom` wrote."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from html import unescape
from urllib.parse import unquote

from lxml import etree

from feedgen_mayadeen.errors import NoFeedError
from feedgen_mayadeen.generate.render.atom import DUBLIN_CORE, MEDIA, TEXTS
from feedgen_mayadeen.generate.render.content import body_of
from feedgen_mayadeen.ids import kind_of
from feedgen_mayadeen.models import ArchiveLinks, Article, Category, Entry, Feed, FeedInfo, Link, Picture

_ATOM, _MEDIA = "{http://www.w3.org/2005/Atom}", f"{{{MEDIA}}}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def read_atom(content: bytes, address: str) -> Feed:
    """The feed in a document from `address` (a path or an address), with those parts of its articles that Atom has.

    Entries without an id, dates or a link are left out. Raises NoFeedError if the document is not a feed of this program.
    """
    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise NoFeedError(address, str(error)) from error
    ident = _text(root, "id")
    host, sign, key = ident.removeprefix("tag:").partition(",2021:feed/")
    if root.tag != f"{_ATOM}feed" or not sign:
        raise NoFeedError(address, "its id is not one of this program")
    info = _info(root, ident, unquote(key))
    entries = (_entry(element, host, info.direction) for element in root.iterfind(f"{_ATOM}entry"))
    history = ArchiveLinks(_link(root, "prev-archive"), _link(root, "next-archive"), _link(root, "current"))
    return Feed(info, tuple(entry for entry in entries if entry), history)


def _info(root: etree._Element, ident: str, key: str) -> FeedInfo:
    language = root.get(_LANGUAGE, "")
    return FeedInfo(
        key=key,
        kind=kind_of(key),
        title=_text(root, "title"),
        subtitle=_text(root, "subtitle"),
        address=_link(root, "alternate") or "",
        language=language,
        direction="rtl" if language == "ar" else "ltr",
        site_name=_text(root, "author/{http://www.w3.org/2005/Atom}name"),
        rights=_text(root, "rights"),
        icon=_text(root, "icon"),
        id=ident,
    )


def _entry(element: etree._Element, host: str, direction: str) -> Entry | None:
    ident, published, updated = _text(element, "id"), _instant(element, "published"), _instant(element, "updated")
    address = _link(element, "alternate")
    if not (ident and published and updated and address):
        return None
    categories = tuple(
        Category(category.get("term", ""), category.get("label", ""), category.get("scheme", ""))
        for category in element.iterfind(f"{_ATOM}category")
    )
    named: dict[str, tuple[Link, ...]] = {}
    for category in categories:
        kind = category.scheme.removeprefix(f"tag:{host},2021:")
        named[kind] = (*named.get(kind, ()), Link(category.label))
    number = ident.rpartition(":")[2]
    article = replace(
        _article(element, direction),
        address=address,
        post_id=number if number.isdecimal() else None,
        published=published,
        updated=updated,
        tags=named.get("tag", ()),
        category=named.get("category", (None,))[0],
        country=named.get("country", (None,))[0],
        coverage=named.get("coverage", (None,))[0],
    )
    return Entry(ident, published, updated, article, categories)


def _article(element: etree._Element, direction: str) -> Article:
    """An entry's article, without its address, dates and categories."""
    title, lead, content = _text(element, "title"), _text(element, "summary"), _text(element, "content")
    author, picture = element.find(f"{_ATOM}author"), _picture(element)
    links = [(link.get("rel"), link.get("href", ""), link.get("title", "")) for link in element.iterfind(f"{_ATOM}link")]
    lengths = [media.get("duration", "") for media in element.iterfind(f"{_MEDIA}content") if media.get("medium") == "video"]
    name = _text(author, "name") if author is not None else ""
    return Article(
        address="",
        title=title,
        # An entry without content always has a summary: its title, if there is no lead.
        lead="" if lead == title and not content else lead,
        body=body_of(content, picture, direction),
        picture=picture,
        source=element.findtext(f"{{{DUBLIN_CORE}}}source") or "",
        author=Link(name, author.findtext(f"{_ATOM}uri")) if name and author is not None else None,
        video_seconds=next((int(length) for length in lengths if length.isdecimal()), None),
        audio=next((href for rel, href, _ in links if rel == "enclosure"), None),
        related=tuple(Link(label, href) for rel, href, label in links if rel == "related"),
    )


def _picture(element: etree._Element) -> Picture | None:
    for media in element.iterfind(f"{_MEDIA}content"):
        if media.get("medium") == "image" and media.get("url"):
            return Picture(media.get("url", ""), media.findtext(f"{_MEDIA}description") or "")
    return None


def _text(element: etree._Element, name: str) -> str:
    """An element's text; as plain text, where it was written as HTML, but for `content`, which is HTML."""
    found = element.find(f"{_ATOM}{name}")
    text = "" if found is None else found.text or ""
    return unescape(text) if name in TEXTS and found is not None and found.get("type") == "html" else text


def _links(element: etree._Element, rel: str) -> Iterator[str]:
    return (link.get("href", "") for link in element.iterfind(f"{_ATOM}link") if link.get("rel") == rel)


def _link(element: etree._Element, rel: str) -> str | None:
    return next(_links(element, rel), None)


def _instant(element: etree._Element, name: str) -> datetime | None:
    try:
        return datetime.fromisoformat(_text(element, name))
    except ValueError:
        return None

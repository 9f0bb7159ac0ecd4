"""A feed as Atom (RFC 4287), written with feedgen; the same feed always gives the same bytes.

Workarounds for feedgen 1.0.0:
- Links of entries lose every attribute except `href`. An extension of our own restores them, and writes the other links and
  Media RSS. feedgen's media extension is not used, because it writes groups.
- `updated` is always set; otherwise feedgen takes the time of the build.
- feedgen would render an entry again for every feed. Here each entry is rendered once, and the documents are put together.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from html import escape

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from feedgen.util import xml_elem
from lxml import etree

from feedgen_mayadeen import PROJECT_ADDRESS, __version__
from feedgen_mayadeen.generate.render.content import audio_type, content_of
from feedgen_mayadeen.models import ArchiveLinks, Article, Entry, Feed, FeedInfo

MEDIA = "http://search.yahoo.com/mrss/"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
TEXTS = ("title", "subtitle", "summary", "rights")
"""The Text Constructs (RFC 4287 §3.1) whose texts are the site's."""
_LOOKS_LIKE_MARKUP = re.compile(r"<|&#?\w+;")
_HISTORY = "http://purl.org/syndication/history/1.0"


class _Namespaces(BaseExtension):  # type: ignore[misc]  # feedgen has no type hints
    """Declares the namespaces of Media RSS and Dublin Core, and marks archive pages as such (RFC 5005)."""

    is_archive = False

    def extend_ns(self) -> dict[str, str]:
        return {"media": MEDIA, "dc": DUBLIN_CORE, **({"fh": _HISTORY} if self.is_archive else {})}

    def extend_atom(self, feed: etree._Element) -> etree._Element:
        if self.is_archive:
            xml_elem(f"{{{_HISTORY}}}archive", feed)
        _escape_what_looks_like_markup(feed)
        return feed


class _LinksAndMedia(BaseEntryExtension):  # type: ignore[misc]  # feedgen has no type hints
    """An entry's links with all their attributes, its picture and video (Media RSS 1.5) and its source (Dublin Core)."""

    article: Article

    def extend_atom(self, entry: etree._Element) -> etree._Element:
        article = self.article
        for alternate in entry.iterfind("link"):
            alternate.attrib.update({"rel": "alternate", "type": "text/html"})
        for related in article.related:
            if related.address and related.address != article.address:
                # An attribute has no type to say that it is plain text.
                title = {} if _LOOKS_LIKE_MARKUP.search(related.label) else {"title": related.label}
                xml_elem("link", entry, rel="related", type="text/html", href=related.address, **title)
        if article.audio:
            xml_elem("link", entry, rel="enclosure", type=audio_type(article.audio), href=article.audio)
        # The picture comes first: a video's own address is not known, and some readers show nothing but the first.
        if article.picture:
            image = xml_elem(f"{{{MEDIA}}}content", entry, medium="image", url=article.picture.address)
            if article.picture.caption:
                xml_elem(f"{{{MEDIA}}}description", image, type="plain").text = article.picture.caption
        if article.video_seconds:
            video = xml_elem(f"{{{MEDIA}}}content", entry, medium="video", duration=str(article.video_seconds))
            xml_elem(f"{{{MEDIA}}}player", video, url=article.address)
        if article.picture:
            xml_elem(f"{{{MEDIA}}}thumbnail", entry, url=article.picture.address)
        if article.source:
            xml_elem(f"{{{DUBLIN_CORE}}}source", entry).text = article.source
        _escape_what_looks_like_markup(entry)
        return entry


def _escape_what_looks_like_markup(element: etree._Element) -> None:
    """Writes as HTML what readers may take for HTML, so that all of them show the very signs (RFC 4287 §3.1.1.2).

    Plain text is allowed to hold them, but many readers do not look at `type`, and the W3C validator warns.
    """
    for name in TEXTS:
        for text in element.iterfind(name):
            if text.text and _LOOKS_LIKE_MARKUP.search(text.text):
                text.text = escape(text.text, quote=False)
                text.set("type", "html")


def atom(feed: Feed, self_address: str, *, full: bool, hub: str = "") -> bytes:
    """A feed as an Atom document in UTF-8; `full` puts the articles into `content`. For the rest see `atom_document`."""
    entries = (atom_entry(entry, feed.info.direction, full=full) for entry in feed.entries)
    return atom_document(feed.info, max(entry.updated for entry in feed.entries), entries, self_address, feed.history, hub)


def atom_document(
    info: FeedInfo, updated: datetime, entries: Iterable[bytes], self_address: str, history: ArchiveLinks, hub: str = ""
) -> bytes:
    """An Atom document in UTF-8 from rendered entries, one on each line; indentation would make the folder 5 % larger.

    `updated` is the newest entry's, `self_address` where the file will be served (RFC 4287 §4.2.7.2) or "", `hub` the address
    of a WebSub hub, if there is one (WebSub §4).
    """
    made = FeedGenerator()
    made.register_extension("namespaces", _Namespaces)
    made.namespaces.is_archive = history.current is not None
    made.id(info.id)
    made.title(info.title)
    made.subtitle(info.subtitle)
    made.updated(updated)
    if self_address:
        made.link(href=self_address, rel="self", type="application/atom+xml")
    made.link(href=info.address, rel="alternate", type="text/html")
    if hub:
        made.link(href=hub, rel="hub")
    for rel, address in _neighbours(history):
        made.link(href=address, rel=rel, type="application/atom+xml")
    made.author(name=info.site_name)
    made.icon(info.icon)
    made.rights(info.rights)
    made.generator("feedgen-mayadeen", version=__version__, uri=PROJECT_ADDRESS)
    made.language(info.language)
    document: bytes = made.atom_str(pretty=False)
    return b"\n".join((document.removesuffix(b"</feed>"), *entries, b"</feed>\n"))


def _neighbours(history: ArchiveLinks) -> Iterator[tuple[str, str]]:
    """The links of an archived feed (RFC 5005 §4.1)."""
    for rel, address in (("current", history.current), ("prev-archive", history.previous), ("next-archive", history.next)):
        if address:
            yield rel, address


def atom_entry(entry: Entry, direction: str, *, full: bool) -> bytes:
    """An entry as an element for a feed whose root declares the namespaces of Media RSS and Dublin Core."""
    root = etree.Element("feed", nsmap={"media": MEDIA, "dc": DUBLIN_CORE})
    root.append(_entry(entry, direction, full=full).atom_entry())
    alone: bytes = etree.tostring(root, encoding="UTF-8")
    return alone[alone.index(b"<entry>") :].removesuffix(b"</feed>")


def _entry(entry: Entry, direction: str, *, full: bool) -> FeedEntry:
    article, made = entry.article, FeedEntry()
    made.id(entry.id)
    made.title(article.title)
    made.published(entry.published)
    made.updated(entry.updated)
    made.link(href=article.address)
    content = content_of(article, direction) if full else ""
    if content:
        made.content(content, type="html")
    if article.author:
        made.author(name=article.author.label, uri=article.author.address)
    if article.lead or not content:
        made.summary(article.lead or article.title)
    made.category([{"term": c.term, "label": c.label, "scheme": c.scheme} for c in entry.categories])
    made.register_extension("links", _LinksAndMedia)
    made.links.article = article
    return made

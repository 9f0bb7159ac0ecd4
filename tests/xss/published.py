"""The line from a page to what is published of it, in process; and every form that is published, written and read."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from html import unescape
from typing import Any
from xml.etree.ElementTree import Element

import feedparser
import html5lib
from lxml import etree

from feedgen_mayadeen.clean import clean
from feedgen_mayadeen.generate.naming import categories_of, info_of
from feedgen_mayadeen.generate.render.atom import atom
from feedgen_mayadeen.ids import ALL, distinct_key
from feedgen_mayadeen.models import Article, Entry, Feed, FeedSummary, Link, Page, Picture
from feedgen_mayadeen.site.article import read_article
from feedgen_mayadeen.site.edition import Edition
from feedgen_mayadeen.site.membership import topics_of
from tests.feeds import ATOM, DUBLIN_CORE, MEDIA
from tests.generate.test_atom import as_feedparser_reads
from tests.shown import feed_page, json_feed
from tests.xss import harms, is_address

BASE = "https://example.org/feeds"
UNDATED = datetime(2026, 1, 1, tzinfo=UTC)
"""When an article without a date was first seen."""
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
_TEXTS = ("id", "title", "subtitle", "published", "updated", "name", "rights", "summary", "generator")
_HOLDERS = ("feed", "entry", "author")
_ADDRESSES = ("uri", "icon")


# The line


def article_of(page: Page, edition: Edition) -> Article:
    """What a build keeps of an article page. Raises ReadError."""
    article = read_article(page, edition).article
    return replace(article, body=clean(article.body))


def feed_of(article: Article, edition: Edition) -> Feed:
    """A feed of one article, named after its first tag, coverage or author, else the feed of everything."""
    published = article.published or UNDATED
    updated = max(published, article.updated or published)
    path = article.post_id or article.address.partition(edition.host)[2]
    entry = Entry(f"tag:{edition.host},2021:{path}", published, updated, article, categories_of(article, {}, edition))
    info = info_of(ALL, ALL, "", None, edition)
    for topic in topics_of(article, edition)[:1]:
        key = distinct_key(topic.kind, topic.label, lambda _: False)
        info = info_of(topic.kind, key, topic.label, topic.address, edition)
    return Feed(info, (entry,))


# The forms


@dataclass(frozen=True, slots=True)
class Renderer:
    """One form in which a feed is published: how it is written, and how it is read.

    `read` fails on what is not well formed, can hurt, or says something else than the feed; it gives the HTML that a reader
    shows of each entry, "" for none.
    """

    name: str
    write: Callable[[Feed], bytes]
    read: Callable[[bytes, Feed], tuple[str, ...]]


def read_atom(content: bytes, feed: Feed) -> tuple[str, ...]:
    """An Atom document: plain Atom, and the same to lxml, to feedparser without its own sanitising, and in the feed."""
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    wrong = [harm for element in root.iter() for harm in _atom_harms(element)]
    assert not wrong, wrong
    assert b"<!DOCTYPE" not in content
    entries = root.findall(f"{ATOM}entry")
    contents = tuple(entry.findtext(f"{ATOM}content") or "" for entry in entries)
    parse: Callable[..., Any] = feedparser.parse
    parsed = parse(content, sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo, parsed.get("bozo_exception")
    for element, html, read, entry in zip(entries, contents, parsed.entries, feed.entries, strict=True):
        article = entry.article
        pairs = [
            (_shown(element, "title"), article.title),
            (_shown(element, "summary"), article.lead or (None if html else article.title)),
            (unescape(read.title) if is_html(read.title_detail) else read.title, as_feedparser_reads(article.title)),
            ([part.value for part in read.get("content", ())], [as_feedparser_reads(html)] if html else []),
            (read.link, article.address),
            (instant_of(element.findtext(f"{ATOM}published")), entry.published),
            (instant_of(element.findtext(f"{ATOM}updated")), entry.updated),
            (read.published_parsed[:6], entry.published.utctimetuple()[:6]),
            ([tag.term for tag in read.get("tags", ())], [category.term for category in entry.categories]),
        ]
        assert not [pair for pair in pairs if pair[0] != pair[1]], pairs
        assert article.body in html
    return contents


def instant_of(text: str | None) -> datetime | None:
    """The instant that a text names, written as RFC 3339 asks; None for anything else."""
    return datetime.fromisoformat(text) if text and _INSTANT.fullmatch(text) else None


def is_html(detail: Any) -> bool:
    """Whether feedparser gives a text as HTML."""
    return bool(detail.type == "text/html")


def _shown(element: etree._Element, name: str) -> str | None:
    """A text as a reader shows it (RFC 4287 §3.1.1)."""
    found = element.find(f"{ATOM}{name}")
    if found is None:
        return None
    return unescape(found.text or "") if found.get("type") == "html" else found.text


def _atom_harms(element: etree._Element) -> Iterator[str]:
    """What does not belong into a feed: elements and types of other kinds, and addresses that are not http(s)."""
    if not isinstance(element.tag, str):
        yield f"no element: {element.text}"
        return
    name = element.tag.removeprefix(ATOM)
    kind = element.get("type")
    addresses: list[str] = []
    if name == "content":
        yield from [] if kind == "html" else ["content is not HTML"]
    elif name in _TEXTS:
        is_escaped = kind == "html" and "<" not in (element.text or "")  # as HTML it is text alone
        yield from [] if kind in (None, "text") or is_escaped else [f"{name} is not text"]
    elif name == f"{DUBLIN_CORE}source":
        yield from [f"attributes of {name}"] if element.attrib else []
    elif name in _ADDRESSES:
        addresses = [element.text or ""]
    elif name == "link":
        addresses = [element.get("href", "")]
    elif name.startswith(MEDIA):
        addresses = [element.get("url", BASE)]
    elif name not in (*_HOLDERS, "category"):
        yield f"element {name}"
    yield from (f"{name} {address!r}" for address in addresses if not is_address(address))
    if len(element) and name not in _HOLDERS and not name.startswith(MEDIA):
        yield f"elements within {name}"


def read_json_feed(content: bytes, feed: Feed) -> tuple[str, ...]:
    """A JSON Feed: its addresses are some, and its texts are the feed's."""
    read = json.loads(content)
    for item, entry in zip(read["items"], feed.entries, strict=True):
        article = entry.article
        assert (item["id"], item["title"], item.get("summary", "")) == (entry.id, article.title, article.lead)
        instants = (instant_of(item["date_published"]), instant_of(item["date_modified"]))
        assert instants == (entry.published, entry.updated)
        places = [item, *item.get("authors", ()), *item.get("attachments", ())]
        found = [place[name] for place in places for name in ("url", "image", "external_url", "banner_image") if name in place]
        assert all(map(is_address, found)), found
        assert article.body in item.get("content_html", "")
    return tuple(item.get("content_html", "") for item in read["items"])


def read_page(content: bytes, feed: Feed) -> tuple[str, ...]:
    """A page for people: its elements and attributes are those of the page of a plain feed, whatever the texts are."""
    root = _tree(content)
    shape, own = _shape(write_page(_plain(feed)))
    assert [(element.tag, *sorted(element.attrib)) for element in root.iter()] == list(shape)
    links = [element.get("href") for element in root.iter() if "href" in element.attrib]
    assert all(link in own or is_address(link or "") for link in links), links
    titles = ["".join(heading.itertext()).strip() for heading in root.iter("h3")]
    assert titles == [entry.article.title for entry in feed.entries], titles
    return ("",) * len(feed.entries)


def _tree(content: bytes) -> Element:
    """A page as the HTML standard reads it; it must need no repair."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root: Element = parser.parse(content.decode(), scripting=True)
    wrong = [error for error in parser.errors if error[1] != "invalid-codepoint"]
    assert not wrong, wrong
    return root


@cache
def _shape(plain: bytes) -> tuple[tuple[tuple[str, ...], ...], frozenset[str | None]]:
    """The elements of a plain page in their order, each with its attributes, and where it links to."""
    elements = list(_tree(plain).iter())
    return tuple((e.tag, *sorted(e.attrib)) for e in elements), frozenset(e.get("href") for e in elements)


def _plain(feed: Feed) -> Feed:
    """The same feed with a plain text for every text, and a plain address for every address."""
    at = "https://a.example/"

    def named(one: Link | None) -> Link | None:
        return one and Link("x", one.address and at)

    def plain(article: Article) -> Article:
        picture = article.picture and Picture(at, article.picture.caption and "x")
        tags = (Link("x"),) * len(article.tags)
        return replace(
            article, address=at, title="x", lead=article.lead and "x", picture=picture, author=named(article.author), tags=tags
        )

    entries = tuple(replace(entry, published=UNDATED, article=plain(entry.article)) for entry in feed.entries)
    return replace(feed, info=replace(feed.info, title="x", subtitle="x"), entries=entries)


def write_page(feed: Feed) -> bytes:
    """The page of a feed, as it is written into the folder."""
    info = feed.info
    summary = FeedSummary(info, info.language, info.title, "tags/x.xml", len(feed.entries), feed.entries[0].published)
    return bytes(feed_page(feed, summary, base_url=BASE, editions=(info.language,), archives=(), topics={}))


RENDERERS = (
    Renderer("Atom", lambda feed: bytes(atom(feed, f"{BASE}/all.xml", full=True)), read_atom),
    Renderer("JSON Feed", lambda feed: bytes(json_feed(feed, f"{BASE}/all.json", full=True)), read_json_feed),
    Renderer("page", write_page, read_page),
)
"""Every form in which feeds are published. What is proved of one is proved of all."""


def assert_harmless(article: Article, edition: Edition) -> None:
    """Nothing that an article brings with it can hurt a reader, in whatever form it is published."""
    feed = feed_of(article, edition)
    for renderer in RENDERERS:
        for html in renderer.read(renderer.write(feed), feed):
            found = harms(html, right_to_left=edition.direction == "rtl")
            assert not found, (renderer.name, found, html)

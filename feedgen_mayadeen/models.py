"""The values that stages pass on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Validators:
    """Validators of a page's version, for conditional requests (RFC 9110 §13.1)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page as fetched: its address on the site (after redirects), its text, and its validators.

    `origin` is the base address that it was fetched from, if that is not the site itself.
    """

    address: str
    text: str
    validators: Validators = Validators()
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A label with a link, if the site has one: a tag, an author, a country, a coverage, a related article."""

    label: str
    address: str | None = None


@dataclass(frozen=True, slots=True)
class ListPage:
    """A list in the site's menu: the key of its feed, its label, and its address.

    `way` says where the address was found. `known` is false for a label that is not in the edition's file: its page may turn
    out not to be a list.
    """

    key: str
    label: str
    address: str
    way: Literal["menu", "remembered", "written down", "tag link"] = "menu"
    known: bool = True


@dataclass(frozen=True, slots=True)
class Topic:
    """A tag, a coverage or an author, with the address of its page if that is known."""

    kind: Literal["tags", "coverage", "authors"]
    label: str
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A card on a list page: an article's address and the title that the card shows."""

    address: str
    title: str


@dataclass(frozen=True, slots=True)
class TickerLine:
    """One line of the breaking news: its text, and the article that it links to, if any."""

    text: str
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article in feed.rss or a sitemap. `at` is when it was published or last changed, according to that source."""

    address: str
    title: str = ""
    category: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SitemapPart:
    """A sitemap in a sitemap index, with the month in its address (`2025-06`)."""

    address: str
    month: str | None = None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap: its articles, or further sitemaps, or both."""

    found: tuple[Candidate, ...] = ()
    parts: tuple[SitemapPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """An article's picture, its address exactly as the site gives it, and its caption."""

    address: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """The content of an article page. Dates have the site's own offset; a video's length is in seconds."""

    address: str
    title: str
    post_id: str | None = None
    lead: str = ""
    body: str = ""
    picture: Picture | None = None
    author: Link | None = None
    source: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    tags: tuple[Link, ...] = ()
    kind: str = ""
    category: Link | None = None
    country: Link | None = None
    coverage: Link | None = None
    video_seconds: int | None = None
    audio: str | None = None
    related: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedArticle:
    """An article together with the way in which each of its fields was found on the page.

    `unread` are dates that the page shows and that can't be read: such an article has no date of its own.
    """

    article: Article
    ways: tuple[tuple[str, str], ...]
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Category:
    """One category of an entry (RFC 4287 §4.2.2)."""

    term: str
    label: str
    scheme: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed (RFC 4287 §4.1.2): an article with its permanent id and its dates."""

    id: str
    published: datetime
    updated: datetime
    article: Article
    categories: tuple[Category, ...]


@dataclass(frozen=True, slots=True)
class FeedInfo:
    """A feed without its entries. `key` is its path without suffix; `address` is its page on the site."""

    key: str
    kind: str
    title: str
    subtitle: str
    address: str
    language: str
    direction: str
    site_name: str
    rights: str
    icon: str
    id: str


@dataclass(frozen=True, slots=True)
class ArchiveLinks:
    """The links of a document in an archived feed (RFC 5005 §4): addresses of its neighbours, None if there is none.

    `current` is the feed that people subscribe to; it is None in that feed itself.
    """

    previous: str | None = None
    next: str | None = None
    current: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed or one page of its archive, with its entries in order."""

    info: FeedInfo
    entries: tuple[Entry, ...]
    history: ArchiveLinks = ArchiveLinks()


@dataclass(frozen=True, slots=True)
class Health:
    """The health of a feed: its last success, its failed builds in a row since then, and the last reason."""

    last_success: datetime | None = None
    failures: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FeedSummary:
    """A feed in the index, the OPML file and status.json.

    `edition` is a code, `name` the title without the site's name, `file` the Atom file's path in the folder, `newest` when the
    newest entry was published, `articles` the number of its articles in memory, by which tags are sorted.
    """

    info: FeedInfo
    edition: str
    name: str
    file: str
    entries: int
    newest: datetime
    health: Health = Health()
    articles: int = 0


@dataclass(frozen=True, slots=True)
class SiteIndex:
    """All feeds in the output folder, in the order of the site's menu.

    `base_url` is where the folder will be served, without a slash at the end, "" if nobody told; `built` the instant of the
    last build and `next_build` of the one that is expected, both of the build's clock; `disk` the folder's `file:` address.
    """

    feeds: tuple[FeedSummary, ...]
    base_url: str
    built: datetime
    next_build: datetime | None = None
    disk: str = ""


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """A published file: a fingerprint of everything it was made from, and a digest of its bytes.

    The bytes may stay the same when the fingerprint changes.
    """

    fingerprint: bytes
    digest: bytes

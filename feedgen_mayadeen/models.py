"""The values that the stages hand on: frozen, typed, named after what they are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said of a page's version, sent back in a conditional request (RFC 9110 §13.1)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it came: its own address on the site (after redirects), its text, and its validators.

    `origin` is the base address that it really came from, when that is not the site itself.
    """

    address: str
    text: str
    validators: Validators = Validators()
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """Something that the site names and mostly links: a tag, an author, a country, a coverage, a related article."""

    label: str
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of the site's menu: the key of its feed, its label, and the address that the label leads to.

    `way` tells where the address is from. `known` is false for a label that the edition's file does not name: such a
    page may turn out to be no list.
    """

    key: str
    label: str
    address: str
    way: Literal["menu", "remembered", "written down", "tag link"] = "menu"
    known: bool = True


@dataclass(frozen=True, slots=True)
class Topic:
    """What articles of several lists have in common: a tag, a coverage or an author, with its page if a link was seen."""

    kind: Literal["tags", "coverage", "authors"]
    label: str
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Teaser:
    """A card on a list page: an article's address and the title that the card shows."""

    address: str
    title: str


@dataclass(frozen=True, slots=True)
class TickerLine:
    """One line of the breaking news: its text, and the article that it links to, if any."""

    text: str
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """An article that another way in than a list page led to: feed.rss or a sitemap.

    `at` is when it was published, or last changed, as that way tells it.
    """

    address: str
    title: str = ""
    category: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SitemapPart:
    """A further sitemap that an index names, with the month (`2025-06`) that its address tells."""

    address: str
    month: str | None = None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap: the articles that it names, or the further sitemaps, or both."""

    found: tuple[Found, ...] = ()
    parts: tuple[SitemapPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """An article's picture, its address exactly as the site gives it, and its caption."""

    address: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """What one article page says. Instants carry the offset that the site wrote; a video's length is in seconds."""

    address: str
    title: str
    post_id: str | None = None
    lead: str = ""
    body: str = ""
    picture: Picture | None = None
    author: Named | None = None
    source: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    tags: tuple[Named, ...] = ()
    kind: str = ""
    category: Named | None = None
    country: Named | None = None
    coverage: Named | None = None
    video_seconds: int | None = None
    audio: str | None = None
    related: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """An article together with the way in which each of its fields was found on the page."""

    article: Article
    ways: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Category:
    """One category of an entry (RFC 4287 §4.2.2)."""

    term: str
    label: str
    scheme: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed (RFC 4287 §4.1.2): an article with the id and the instants that memory gave it for ever."""

    id: str
    published: datetime
    updated: datetime
    article: Article
    categories: tuple[Category, ...]


@dataclass(frozen=True, slots=True)
class FeedInfo:
    """What a feed is, without its entries. `key` is its path without suffix; `address` its page on the site."""

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
class History:
    """Where a document stands in an archived feed (RFC 5005 §4): the addresses of its neighbours, None where there is none.

    `current` is the feed that subscribers follow; it is None in that feed itself.
    """

    previous: str | None = None
    next: str | None = None
    current: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A whole feed, or one page of its archive: what it is, and its entries in their order."""

    info: FeedInfo
    entries: tuple[Entry, ...]
    history: History = History()


@dataclass(frozen=True, slots=True)
class Health:
    """How a feed has fared: its last success, how many builds in a row it has failed by now, and why it failed last."""

    last_success: datetime | None = None
    failures: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One feed as the index, the OPML file and status.json list it.

    `edition` is its code, `name` its label without the site's name, `file` the Atom file's path in the folder, `newest` when
    its newest entry was published, `articles` how many of the edition's recent articles it gathers: the order of tags.
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
class Folder:
    """The whole output folder as its index shows it: every feed in it, in the order of the site's menu.

    `base_url` is where the folder will be served, without a slash at the end, "" if nobody told; `built` the instant of the
    last build and `next_build` of the one that is expected, both of the build's clock; `disk` the folder's `file:` address.
    """

    feeds: tuple[Listed, ...]
    base_url: str
    built: datetime
    next_build: datetime | None = None
    disk: str = ""


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """A file that was published: a fingerprint of all that it was made from, and a digest of its bytes.

    A file may be made from other things and come out the same.
    """

    fingerprint: bytes
    digest: bytes

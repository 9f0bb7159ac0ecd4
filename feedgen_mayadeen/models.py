"""The values that the stages hand on: frozen, typed, named after what they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, TypeAlias, TypeVar


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
    """One entry of a feed (RFC 4287 §4.1.2): an article with the id and the instants that memory gave it for ever."""

    id: str
    published: datetime
    updated: datetime
    article: Article
    categories: tuple[Category, ...]


@dataclass(frozen=True, slots=True)
class Recalled:
    """An entry that memory holds: a mark of all that it is made from, which is another when it changes, and the way to it."""

    id: str
    updated: datetime
    mark: bytes
    recall: Callable[[], Entry]


_E = TypeVar("_E", bound=Entry | Recalled, covariant=True)


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
class Feed(Generic[_E]):
    """A whole feed, or one page of its archive: what it is, and its entries in their order."""

    info: FeedInfo
    entries: tuple[_E, ...]
    history: History = History()


AnyFeed: TypeAlias = Feed[Entry | Recalled]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a file, such as an entry. Two with the same mark, of files with the same surroundings, are the same.

    Without a mark nothing is known of that.
    """

    mark: bytes
    make: Callable[[], bytes]

    @classmethod
    def plain(cls, content: bytes) -> "Piece":
        """A part that is there already."""
        return cls(b"", lambda: content)

    @classmethod
    def of(cls, entry: Entry | Recalled, make: Callable[[Entry], bytes]) -> "Piece":
        """What becomes of an entry, which is recalled only when it has to be made."""
        if isinstance(entry, Recalled):
            return cls(entry.mark, lambda: make(entry.recall()))
        return cls(b"", lambda: make(entry))


@dataclass(frozen=True, slots=True)
class Document:
    """What a file is to hold: pieces, with something between them, and what comes before and after, told of those made."""

    pieces: tuple[Piece, ...]
    between: bytes
    frame: Callable[[Sequence[bytes]], tuple[Piece, Piece]]

    def __bytes__(self) -> bytes:
        made = [piece.make() for piece in self.pieces]
        before, after = self.frame(made)
        return before.make() + self.between.join(made) + after.make()


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

    def faring(self, health: Health) -> "Listed":
        """The same feed with another health; there may be thousands, for which `dataclasses.replace` is slow."""
        return Listed(self.info, self.edition, self.name, self.file, self.entries, self.newest, health, self.articles)


@dataclass(frozen=True, slots=True)
class Folder:
    """The whole output folder as its index shows it: every feed in it, in the order of the site's menu.

    `base_url` is where the folder will be served, without a slash at the end; `built` the instant of the last build and
    `next_build` of the one that is expected, both of the build's clock.
    """

    feeds: tuple[Listed, ...]
    base_url: str
    built: datetime
    next_build: datetime | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was published: a mark of all that it was made from, its size in bytes, its time in nanoseconds since 1970.

    `digest` is of its content: a file may be made from other things and come out the same. `pieces` tells which pieces it is
    made of, and where they are.
    """

    mark: bytes
    size: int
    modified: int
    digest: bytes
    pieces: bytes = b""

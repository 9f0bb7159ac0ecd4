"""The sample site's records: what an article, a menu and an edition are, and how they are read from `data/`."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("data")
SLUG_LENGTH = 60


@dataclass(frozen=True, slots=True)
class SampleArticle:
    """One article as the site's editors wrote it; instants are ISO 8601 with the offset as written."""

    postid: str
    title: str
    path: str
    section: str
    posttype: str
    category: str
    country: str
    region: str
    coverage: str
    author: str
    author_kind: str
    source: str
    keywords: str
    picture: str
    video_duration: str | None
    published_time: str
    last_updated: str
    description: str
    caption: str
    body: str

    @property
    def published(self) -> datetime:
        """The instant of `published_time`."""
        return datetime.fromisoformat(self.published_time)

    @property
    def updated(self) -> datetime:
        """The instant of `last_updated`."""
        return datetime.fromisoformat(self.last_updated)

    @property
    def tags(self) -> tuple[str, ...]:
        """The keywords once each, white space folded, in the order written."""
        return tuple(dict.fromkeys(tag for word in self.keywords.split(",") if (tag := fold(word))))

    @property
    def word_count(self) -> str:
        """How many words the lead and the body have, as a string, like the site writes it."""
        return str(len(self.description.split()) + len(self.body.split()))

    @property
    def thumbnail(self) -> str | None:
        """The picture's address without its base, None when the article has no picture."""
        return self.picture_path(self.picture) if self.picture else None

    def picture_path(self, name: str) -> str:
        """Return the address, without its base, of a picture of this article."""
        day = self.published
        return f"/media/image/{day.year}/{day.month}/{day.day}/{name}.png?v=1&width=640"


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry of the menu; `label` keeps the odd white space that the page shows."""

    label: str
    path: str
    children: tuple["MenuItem", ...] = ()
    is_list: bool = True


@dataclass(frozen=True, slots=True)
class TickerLine:
    """One line of the ticker; `article` is the post id that it links to, or empty."""

    text: str
    article: str = ""


@dataclass(frozen=True, slots=True)
class Edition:
    """Everything of an edition that is not an article: names, menu, words of the furniture, shapes of dates."""

    key: str
    host: str
    lang: str
    dir: str
    name: str
    staff: str
    months: tuple[str, ...]
    long_date: str
    card_date: str
    side_date: str
    most_read: tuple[str, ...]
    editions: tuple[Mapping[str, str], ...]
    words: Mapping[str, str]
    menu: tuple[MenuItem, ...]
    regions: Mapping[str, str]
    ticker: tuple[TickerLine, ...]

    def menu_lists(self) -> Iterator[tuple[MenuItem, MenuItem]]:
        """Yield every list of the menu with the top entry that it stands under (itself, for a top entry)."""
        for top in self.menu:
            if top.is_list:
                yield top, top
                yield from ((child, top) for child in top.children)

    def list_of(self, path: str) -> tuple[MenuItem, MenuItem]:
        """Return the narrowest menu list that holds an article's path, and the top entry above it."""
        holding = [pair for pair in self.menu_lists() if path.startswith(pair[0].path + "/")]
        return max(holding, key=lambda pair: len(pair[0].path))


def fold(text: str) -> str:
    """Return the text with every run of white space, no-break spaces too, made one space."""
    return " ".join(text.split())


def title_slug(title: str) -> str:
    """Cut a title as the site does for an address: 60 characters, each odd one a hyphen."""
    return re.sub(r"[\W_]", "-", title[:SLUG_LENGTH].lower()).strip("-")


def name_slug(name: str) -> str:
    """Return the last step of a tag's, coverage's or author's address."""
    return re.sub(r"[\W_]+", "-", name.lower()).strip("-")


def load_edition(key: str) -> tuple[Edition, tuple[SampleArticle, ...]]:
    """Read an edition ("en", "ar", "es") with its articles, in the order of the file."""
    raw = tomllib.loads((DATA / f"{key}.toml").read_text(encoding="utf-8"))
    edition = Edition(
        key=key,
        **{name: raw[name] for name in ("host", "lang", "dir", "name", "staff", "long_date", "card_date", "side_date")},
        months=tuple(raw["months"]),
        most_read=tuple(raw["most_read"]),
        editions=tuple(raw["editions"]),
        words=raw["words"],
        menu=tuple(_menu_item(item) for item in raw["menu"]),
        regions=raw.get("regions", {}),
        ticker=tuple(TickerLine(**line) for line in raw["ticker"]),
    )
    return edition, tuple(_article(item, edition, raw) for item in raw["article"])


def _menu_item(raw: Mapping[str, Any]) -> MenuItem:
    children = tuple(_menu_item(child) for child in raw.get("children", ()))
    return MenuItem(raw["label"], raw["path"], children, raw.get("list", True))


def _article(raw: Mapping[str, Any], edition: Edition, defaults: Mapping[str, Any]) -> SampleArticle:
    slug = title_slug(raw.get("first_title", raw["title"]))
    path = raw.get("path") or defaults["address"].format(section=raw["section"], postid=raw["postid"], slug=slug)
    narrow, top = edition.list_of(path)
    author = raw.get("author", edition.staff)
    return SampleArticle(
        postid=raw["postid"],
        title=raw["title"],
        path=path,
        section=raw["section"],
        posttype=fold(top.label),
        category=raw.get("category", "" if narrow is top else fold(narrow.label)),
        country=raw.get("country", ""),
        region=raw.get("region", ""),
        coverage=raw.get("coverage", ""),
        author=author,
        author_kind="staff" if author == edition.staff else "writer",
        source=raw.get("source", defaults["source"]),
        keywords=raw.get("keywords", ""),
        picture=raw.get("picture", raw["postid"]),
        video_duration=raw.get("video_duration"),
        published_time=raw["published_time"],
        last_updated=raw.get("last_updated", raw["published_time"]),
        description=raw.get("description", ""),
        caption=raw.get("caption", ""),
        body=raw.get("body", ""),
    )

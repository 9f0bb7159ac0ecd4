"""How a memory that was lost begins again: from the entries of the feeds that were published."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from feedgen_mayadeen.archive.articles import packed
from feedgen_mayadeen.archive.feeds import join_feeds
from feedgen_mayadeen.archive.store import Store, address_hash, written
from feedgen_mayadeen.models import Article, Listing, TickerLine, Topic

_TOPIC = "INSERT OR IGNORE INTO feeds (edition, kind, key, label, address, open) VALUES (?, ?, ?, ?, ?, 1)"
_ARTICLE = """
INSERT INTO articles (edition, entry, published, updated, at)
VALUES (:edition, :entry, :published, NULLIF(:updated, :published), :at) RETURNING number
"""
_TEXT = "INSERT INTO texts VALUES (?, ?, ?, ?, NULL, NULL, ?, ?)"
_CARD = "INSERT OR IGNORE INTO cards (edition, source, address, title, title_read) VALUES (?, ?, ?, ?, ?)"
_ARCHIVED = """
INSERT OR IGNORE INTO archived SELECT feed, number, ? FROM feeds, articles
WHERE feeds.edition = ? AND key = ? AND entry = ?
"""
# What belongs to a list, but stands neither in its feed nor in its archive, has left both.
_PAST = """
INSERT OR IGNORE INTO archived SELECT feed, number, 0 FROM membership JOIN feeds USING (feed)
WHERE feeds.edition = ? AND kind IN ('sections', 'regions') AND at < (SELECT min(at) FROM shown WHERE key = feeds.key)
AND NOT EXISTS (SELECT 1 FROM shown WHERE shown.key = feeds.key AND shown.number = membership.number)
"""


@dataclass(frozen=True, slots=True)
class LostEntry:
    """An entry of a published feed: its id and instants, the article that it shows, the keys of its lists, its topics."""

    id: str
    published: datetime
    updated: datetime
    article: Article
    lists: frozenset[str]
    topics: tuple[Topic, ...]


@dataclass(frozen=True, slots=True)
class LostFeed:
    """The feed of a list or a topic as it was published, or a page of its archive: the ids of its entries."""

    key: str
    kind: str
    label: str
    address: str
    entries: tuple[str, ...]
    page: int | None = None


@dataclass(frozen=True, slots=True)
class LostLine:
    """A line of the breaking news: the number of its entry, and when it was first seen."""

    number: int
    line: TickerLine
    seen: datetime


@dataclass(frozen=True, slots=True)
class Lost:
    """All that an edition's published feeds tell. `most_read` are the box's articles with the day of each (ISO 8601)."""

    entries: tuple[LostEntry, ...]
    feeds: tuple[LostFeed, ...]
    lines: tuple[LostLine, ...] = ()
    most_read: tuple[tuple[Article, str], ...] = ()


class Restoring:
    """The way back from published feeds to a memory."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def restore(self, edition: str, lost: Lost, now: datetime) -> None:
        """Puts what was published into an empty memory, all of it or nothing. `now` is the instant of the build."""
        with self._store.transaction() as db:
            for feed in lost.feeds:
                _restore_feed(db, edition, feed)
            for entry in lost.entries:
                _restore_entry(db, edition, entry, now)
            for feed in lost.feeds:
                if feed.page is not None:
                    db.executemany(_ARCHIVED, [(feed.page, edition, feed.key, entry) for entry in feed.entries])
            _mark_past(db, edition, lost.feeds)
            for line in lost.lines:
                seen = line.seen.isoformat(timespec="milliseconds")
                row = (edition, line.number, line.line.text, line.line.address, seen)
                db.execute("INSERT OR IGNORE INTO ticker VALUES (?, ?, ?, ?, ?)", row)
            rows = [(edition, place, a.address, a.title, day) for place, (a, day) in enumerate(lost.most_read)]
            db.executemany("INSERT OR IGNORE INTO most_read VALUES (?, ?, ?, ?, ?)", rows)


def _restore_feed(db: sqlite3.Connection, edition: str, feed: LostFeed) -> None:
    if feed.kind in ("tags", "coverage", "authors"):
        db.execute(_TOPIC, (edition, feed.kind, feed.key, feed.label, feed.address))
    else:
        listing = Listing(feed.key, feed.label, feed.address)
        row = (edition, feed.kind, listing.key, listing.label, listing.address, True)
        db.execute("INSERT OR IGNORE INTO feeds (edition, kind, key, label, address, known) VALUES (?, ?, ?, ?, ?, ?)", row)


def _restore_entry(db: sqlite3.Connection, edition: str, entry: LostEntry, now: datetime) -> None:
    at, article = int(entry.published.timestamp()), entry.article
    row = {"edition": edition, "entry": entry.id, "at": at}
    row |= {"published": entry.published.isoformat(), "updated": entry.updated.isoformat()}
    number = int(db.execute(_ARTICLE, row).fetchone()[0])
    facts = packed(msgspec.json.encode(replace(article, body="")))
    db.execute(_TEXT, (number, written(now), article.address, article.title, facts, packed(article.body.encode())))
    join_feeds(db, edition, number, at, entry.lists, entry.topics)
    db.execute("INSERT OR REPLACE INTO addresses VALUES (?, ?)", (address_hash(article.address), number))
    db.executemany(_CARD, [(edition, key, article.address, article.title, article.title) for key in entry.lists])


def _mark_past(db: sqlite3.Connection, edition: str, feeds: Iterable[LostFeed]) -> None:
    db.execute("CREATE TEMP TABLE shown (key TEXT, number INTEGER, at INTEGER, PRIMARY KEY (key, number))")
    rows = [(feed.key, entry) for feed in feeds for entry in feed.entries]
    db.executemany("INSERT OR IGNORE INTO shown SELECT ?, number, at FROM articles WHERE entry = ?", rows)
    db.execute(_PAST, (edition,))
    db.execute("DROP TABLE shown")

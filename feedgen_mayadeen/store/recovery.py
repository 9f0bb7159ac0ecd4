"""Recovery of a lost memory from the entries of the published feeds."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from feedgen_mayadeen.ids import TOPICS
from feedgen_mayadeen.models import Article, Entry, Validators
from feedgen_mayadeen.site.identity import article_key
from feedgen_mayadeen.store.articles import Memberships, save_text
from feedgen_mayadeen.store.database import Database, address_hash
from feedgen_mayadeen.store.feeds import join_feeds
from feedgen_mayadeen.store.ticker import SeenLine

_TOPIC = "INSERT OR IGNORE INTO feeds (edition, kind, key, label, address, open) VALUES (?, ?, ?, ?, ?, 1)"
_LIST = "INSERT OR IGNORE INTO feeds (edition, kind, key, label, address, known) VALUES (?, ?, ?, ?, ?, 1)"
_ARTICLE = """
INSERT INTO articles (edition, entry, published, updated, at, dated)
VALUES (:edition, :entry, :published, NULLIF(:updated, :published), :at, 'site') RETURNING number
"""
_CARD = """
INSERT OR IGNORE INTO cards (edition, source, article, address, title, title_when_fetched) VALUES (?, ?, ?, ?, ?, ?)
"""
_ARCHIVED = """
INSERT OR IGNORE INTO archived SELECT feed, number, ? FROM feeds, articles
WHERE feeds.edition = ? AND key = ? AND entry = ?
"""
# Articles of a list that are older than everything in its feed and its archive, and in neither.
_NO_LONGER_SHOWN = """
INSERT OR IGNORE INTO archived SELECT feed, number, 0 FROM membership JOIN feeds USING (feed)
WHERE feeds.edition = ? AND kind IN ('sections', 'regions') AND at < (SELECT min(at) FROM shown WHERE key = feeds.key)
AND NOT EXISTS (SELECT 1 FROM shown WHERE shown.key = feeds.key AND shown.number = membership.number)
"""


@dataclass(frozen=True, slots=True)
class PublishedFeed:
    """A published feed of a list or a topic, or a page of its archive, with the ids of its entries."""

    key: str
    kind: str
    label: str
    address: str
    entries: tuple[str, ...]
    page: int | None = None


@dataclass(frozen=True, slots=True)
class PublishedEdition:
    """Everything in an edition's published feeds: entries with their memberships, feeds, the ticker's lines.

    `most_read` are the box's articles with the day of each (ISO 8601).
    """

    entries: tuple[tuple[Entry, Memberships], ...]
    feeds: tuple[PublishedFeed, ...]
    lines: tuple[SeenLine, ...] = ()
    most_read: tuple[tuple[Article, str], ...] = ()


class Recovery:
    """Fills an empty memory from published feeds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def restore(self, edition: str, published: PublishedEdition, now: datetime) -> None:
        """Puts everything that was published into an empty memory, or nothing. `now` is the instant of the build."""
        with self._database.transaction() as db:
            for feed in published.feeds:
                is_topic = feed.kind in TOPICS
                db.execute(_TOPIC if is_topic else _LIST, (edition, feed.kind, feed.key, feed.label, feed.address))
            for entry, memberships in published.entries:
                _restore_entry(db, edition, entry, memberships, now)
            for feed in published.feeds:
                if feed.page is not None:
                    db.executemany(_ARCHIVED, [(feed.page, edition, feed.key, entry) for entry in feed.entries])
            _mark_no_longer_shown(db, edition, published.feeds)
            for line in published.lines:
                row = (edition, line.number, line.line.text, line.line.address, line.at.isoformat(timespec="milliseconds"))
                db.execute("INSERT OR IGNORE INTO ticker VALUES (?, ?, ?, ?, ?)", row)
            rows = [
                (edition, place, article_key(a.address), a.title, day) for place, (a, day) in enumerate(published.most_read)
            ]
            db.executemany("INSERT OR IGNORE INTO most_read VALUES (?, ?, ?, ?, ?)", rows)


def _restore_entry(db: sqlite3.Connection, edition: str, entry: Entry, memberships: Memberships, now: datetime) -> None:
    at, article = int(entry.published.timestamp()), entry.article
    key = article_key(article.address)
    row = {"edition": edition, "entry": entry.id, "at": at}
    row |= {"published": entry.published.isoformat(), "updated": entry.updated.isoformat()}
    number = int(db.execute(_ARTICLE, row).fetchone()[0])
    save_text(db, number, article, article.address, Validators(), now)
    join_feeds(db, edition, number, at, memberships.lists, memberships.topics)
    db.execute("INSERT OR REPLACE INTO addresses VALUES (?, ?)", (address_hash(key), number))
    card = (key, article.address, article.title, article.title)
    db.executemany(_CARD, [(edition, source, *card) for source in memberships.lists])


def _mark_no_longer_shown(db: sqlite3.Connection, edition: str, feeds: Iterable[PublishedFeed]) -> None:
    db.execute("CREATE TEMP TABLE shown (key TEXT, number INTEGER, at INTEGER, PRIMARY KEY (key, number))")
    rows = [(feed.key, entry) for feed in feeds for entry in feed.entries]
    db.executemany("INSERT OR IGNORE INTO shown SELECT ?, number, at FROM articles WHERE entry = ?", rows)
    db.execute(_NO_LONGER_SHOWN, (edition,))
    db.execute("DROP TABLE shown")

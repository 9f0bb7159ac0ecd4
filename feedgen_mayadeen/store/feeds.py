"""Feeds: their names, their articles, and the topics that are busy enough to have one."""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from feedgen_mayadeen.ids import ALL, distinct_key
from feedgen_mayadeen.models import Topic
from feedgen_mayadeen.store.database import Database

_ROW = "SELECT feed, kind, key, label, address, open FROM feeds"
_WITH_FEED = "edition = ? AND (open OR kind IN ('all', 'sections', 'regions'))"
_BUSY = """
SELECT feed, count(*) FROM feeds JOIN membership USING (feed) WHERE edition = ? AND kind = ? AND at > ? GROUP BY feed
"""
_COUNTS = "SELECT feed, count(*) FROM membership JOIN feeds USING (feed) WHERE edition = ? GROUP BY feed"
_NEWEST = """
SELECT number, entry, published, COALESCE(updated, published), article_hash
FROM membership JOIN articles USING (number) JOIN texts USING (number) WHERE feed = :feed
AND number NOT IN (SELECT number FROM archived WHERE feed = :feed) ORDER BY membership.at DESC, entry LIMIT :limit
"""


class FeedRow(NamedTuple):
    """A feed: its number, kind, key, label (for its title), and its page on the site if that is known.

    `open` is 1 for a topic that has a feed.
    """

    feed: int
    kind: str
    key: str
    label: str
    address: str | None
    open: int


class ArticleRef(NamedTuple):
    """An article in a feed: its number, its entry's id, its dates (ISO 8601), and a hash of everything its page says."""

    number: int
    entry: str
    published: str
    updated: str
    hash: bytes


class Feeds:
    """The feeds of each edition."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, edition: str) -> tuple[FeedRow, ...]:
        """The feed `all`, the feeds of all lists, and those of topics that have one, sorted by key."""
        return tuple(map(FeedRow._make, self._database.db.execute(f"{_ROW} WHERE {_WITH_FEED} ORDER BY key", (edition,))))

    def has_any(self, edition: str) -> bool:
        """Whether anything is known of an edition's feeds."""
        row = self._database.db.execute(f"SELECT EXISTS ({_ROW} WHERE {_WITH_FEED})", (edition,)).fetchone()
        return bool(row[0])

    def counts(self, edition: str) -> Mapping[int, int]:
        """The number of articles in each feed, by the feed's number; feeds without articles are missing."""
        return dict(self._database.db.execute(_COUNTS, (edition,)).fetchall())

    def topic(self, edition: str, kind: str, label: str) -> FeedRow | None:
        """The topic with a label, if need be in other capitals; None if no article has named it yet."""
        query = f"{_ROW} WHERE edition = ? AND kind = ? AND label = ?"
        row = self._database.db.execute(query, (edition, kind, label)).fetchone()
        row = row or self._database.db.execute(f"{query} COLLATE NOCASE", (edition, kind, label)).fetchone()
        return FeedRow(*row) if row else None

    def choose(self, edition: str, kind: str, since: int, least: int, most: int, followed: frozenset[int]) -> None:
        """Gives a feed to up to `most` topics of a kind: the busiest ones with at least `least` articles since an instant.

        A topic that has a feed keeps it, unless busier topics take its place. Followed topics always have a feed.
        """
        busy = dict(self._database.db.execute(_BUSY, (edition, kind, since)).fetchall())
        rows = self._database.db.execute(f"{_ROW} WHERE edition = ? AND kind = ?", (edition, kind)).fetchall()
        known = {row[0]: FeedRow(*row) for row in rows}
        able = [f for f, row in known.items() if f not in followed and (row.open or busy.get(f, 0) >= least)]
        able.sort(key=lambda f: (-busy.get(f, 0) - least * known[f].open, known[f].key))
        chosen = {*able[:most], *followed}
        with self._database.transaction() as db:
            db.executemany("UPDATE feeds SET open = 1 WHERE feed = ?", [(f,) for f in chosen if not known[f].open])
            lost = [f for f, row in known.items() if row.open and f not in chosen]
            db.executemany("UPDATE feeds SET open = 0 WHERE feed = ?", [(f,) for f in lost])

    def newest(self, feed: int, limit: int) -> tuple[ArticleRef, ...]:
        """A feed's newest articles, newest first, without those in archive pages."""
        rows = self._database.db.execute(_NEWEST, {"feed": feed, "limit": limit})
        return tuple(map(ArticleRef._make, rows))

    def lists_of_articles(self, edition: str) -> Mapping[int, tuple[str, ...]]:
        """The sorted keys of the lists that each article belongs to, by the article's number."""
        rows = self._database.db.execute(
            "SELECT number, key FROM membership JOIN feeds USING (feed) WHERE edition = ? AND kind IN ('sections', 'regions')"
            " ORDER BY key",
            (edition,),
        )
        found: dict[int, tuple[str, ...]] = {}
        for number, key in rows:
            found[number] = (*found.get(number, ()), key)
        return found

    def members(self, edition: str, key: str) -> tuple[tuple[int, str], ...]:
        """The articles of a list: their numbers and the addresses at which they were fetched."""
        rows = self._database.db.execute(
            "SELECT number, texts.address FROM membership JOIN feeds USING (feed) JOIN texts USING (number)"
            " WHERE edition = ? AND key = ?",
            (edition, key),
        )
        return tuple(rows.fetchall())

    def expel(self, edition: str, key: str, numbers: Iterable[int]) -> None:
        """Takes articles out of a list, and out of its archive pages."""
        feed = "feed = (SELECT feed FROM feeds WHERE edition = ? AND key = ?)"
        rows = [(number, edition, key) for number in numbers]
        with self._database.transaction() as db:
            for table in ("membership", "archived"):
                db.executemany(f"DELETE FROM {table} WHERE number = ? AND {feed}", rows)  # noqa: S608  # our own names


def join_feeds(
    db: sqlite3.Connection, edition: str, number: int, at: int, lists: Iterable[str], topics: Iterable[Topic]
) -> None:
    """Puts an article into its feeds: those of its lists and topics, and `all`. Call it within a transaction."""
    feeds = {_feed_of_all(db, edition)}
    for key in lists:
        feeds.update(db.execute("SELECT feed FROM feeds WHERE edition = ? AND key = ?", (edition, key)).fetchone() or ())
    feeds.update(_feed_of_topic(db, edition, topic) for topic in topics)
    before = {feed for (feed,) in db.execute("SELECT feed FROM membership WHERE number = ?", (number,))}
    db.executemany("DELETE FROM membership WHERE number = ? AND feed = ?", [(number, feed) for feed in before - feeds])
    db.executemany("INSERT INTO membership VALUES (?, ?, ?)", [(feed, at, number) for feed in sorted(feeds - before)])


def _feed_of_all(db: sqlite3.Connection, edition: str) -> int:
    row = db.execute("SELECT feed FROM feeds WHERE edition = ? AND key = ?", (edition, ALL)).fetchone()
    return int(row[0] if row else _insert(db, (edition, ALL, ALL, "", None)))


def _feed_of_topic(db: sqlite3.Connection, edition: str, topic: Topic) -> int:
    """The number of a topic's feed; a new topic gets a key of its own. The topic's address is updated."""
    row = db.execute(
        "SELECT feed, address FROM feeds WHERE edition = ? AND kind = ? AND label = ?", (edition, topic.kind, topic.label)
    ).fetchone()
    if row is None:

        def taken(key: str) -> bool:
            return db.execute("SELECT 1 FROM feeds WHERE edition = ? AND key = ?", (edition, key)).fetchone() is not None

        key = distinct_key(topic.kind, topic.label, taken)
        return _insert(db, (edition, topic.kind, key, topic.label, topic.address))
    if topic.address and topic.address != row[1]:
        db.execute("UPDATE feeds SET address = ? WHERE feed = ?", (topic.address, row[0]))
    return int(row[0])


def _insert(db: sqlite3.Connection, row: tuple[str, str, str, str, str | None]) -> int:
    done = db.execute("INSERT INTO feeds (edition, kind, key, label, address) VALUES (?, ?, ?, ?, ?) RETURNING feed", row)
    return int(done.fetchone()[0])

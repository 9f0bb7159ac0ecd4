"""Archive pages of each list (RFC 5005 §4), and the deletion of old texts."""

import sqlite3
from collections.abc import Iterable

from feedgen_mayadeen.store.database import Database
from feedgen_mayadeen.store.feeds import ArticleRef

PAGE_SIZE = 50
"""Entries of one archive page."""

_NO_LONGER_SHOWN = """
SELECT number, at FROM membership WHERE feed = :feed AND number NOT IN (SELECT number FROM archived WHERE feed = :feed)
ORDER BY at DESC, (SELECT entry FROM articles a WHERE a.number = membership.number) LIMIT -1 OFFSET :limit
"""
_SHOWN_AGAIN = """
DELETE FROM archived WHERE feed = :feed
AND number IN (SELECT number FROM membership WHERE feed = :feed ORDER BY at DESC LIMIT :limit)
AND page IN (SELECT page FROM archived WHERE feed = :feed AND page > 0 GROUP BY page HAVING count(*) < :page)
"""
_LAST_PAGE = """
SELECT page, count(*) FROM archived WHERE feed = ? AND page > 0 GROUP BY page ORDER BY page DESC LIMIT 1
"""
_PAGES = """
SELECT page, number, entry, published, COALESCE(updated, published), article_hash
FROM archived JOIN articles USING (number) JOIN texts USING (number) WHERE feed = ? AND page > 0
ORDER BY page, at DESC, entry
"""
_ARCHIVE_START = "SELECT min(at), count(*) FROM archived JOIN articles USING (number) WHERE feed = ? AND page > 0"
# Every article belongs to the feed `all` until its text is deleted.
_OLD_AND_NOT_SHOWN = """
SELECT number FROM membership
WHERE feed = (SELECT feed FROM feeds WHERE edition = ? AND key = 'all') AND at < ? AND number NOT IN (SELECT number FROM shown)
"""
_FORGET = (
    "DELETE FROM texts WHERE number = ?",
    "DELETE FROM membership WHERE number = ?",
    "DELETE FROM archived WHERE number = ?",
)
_EMPTY_TOPICS = """
DELETE FROM feeds WHERE edition = ? AND kind IN ('tags', 'coverage', 'authors') AND NOT open
AND NOT EXISTS (SELECT 1 FROM membership WHERE membership.feed = feeds.feed)
"""
_OLD_CARDS = """
DELETE FROM cards WHERE edition = ? AND place IS NULL
AND NOT EXISTS (SELECT 1 FROM addresses JOIN texts USING (number) WHERE hash = address_hash(cards.article))
AND NOT EXISTS (SELECT 1 FROM failed_fetches AS failed WHERE failed.article = cards.article AND times < 5)
"""


class ArchivePages:
    """The archive pages of lists, and the deletion of texts that no feed shows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rotate(self, feed: int, limit: int, pages: int) -> None:
        """Moves articles that are no longer among a feed's newest `limit` into its archive pages, oldest first.

        When `limit` has grown, entries that the feed shows again leave the last page, unless it is full. Only the last `pages`
        pages stay.
        """
        with self._database.transaction() as db:
            db.execute(_SHOWN_AGAIN, {"feed": feed, "limit": limit, "page": PAGE_SIZE})
            left = db.execute(_NO_LONGER_SHOWN, {"feed": feed, "limit": limit}).fetchall()
            page, count = db.execute(_LAST_PAGE, (feed,)).fetchone() or (1, 0)
            for number in _to_archive(db, feed, left, pages * PAGE_SIZE):
                page, count = (page + 1, 1) if count >= PAGE_SIZE else (page, count + 1)
                db.execute("INSERT INTO archived VALUES (?, ?, ?)", (feed, number, page))
            db.executemany("INSERT OR IGNORE INTO archived VALUES (?, ?, 0)", [(feed, number) for number, _ in left])
            db.execute("UPDATE archived SET page = 0 WHERE feed = ? AND page > 0 AND page <= ?", (feed, page - pages))

    def pages(self, feed: int) -> tuple[tuple[int, tuple[ArticleRef, ...]], ...]:
        """The archive pages of a list, oldest first: each page's number and its articles, newest first."""
        found: dict[int, list[ArticleRef]] = {}
        for page, *article in self._database.db.execute(_PAGES, (feed,)):
            found.setdefault(page, []).append(ArticleRef(*article))
        return tuple((page, tuple(articles)) for page, articles in found.items())

    def forget(self, edition: str, before: int, shown: Iterable[int]) -> int:
        """Deletes the texts of articles published before an instant, except those in `shown`; ids and dates stay.

        Also deletes topics without articles and old cards. Returns the number of deleted texts.
        """
        with self._database.transaction() as db:
            db.execute("CREATE TEMP TABLE IF NOT EXISTS shown (number INTEGER PRIMARY KEY)")
            db.execute("DELETE FROM shown")
            db.executemany("INSERT OR IGNORE INTO shown VALUES (?)", [(number,) for number in shown])
            old = db.execute(_OLD_AND_NOT_SHOWN, (edition, before)).fetchall()
            for statement in _FORGET:
                db.executemany(statement, old)
            db.execute(_EMPTY_TOPICS, (edition,))
            db.execute(_OLD_CARDS, (edition,))
        return len(old)


def _to_archive(db: sqlite3.Connection, feed: int, left: list[tuple[int, int]], most: int) -> list[int]:
    """The numbers of the articles to archive, oldest first; `left` are numbers and instants, newest first.

    An article that is older than the whole archive, because it was found late, is archived only while there is room.
    """
    oldest, active = db.execute(_ARCHIVE_START, (feed,)).fetchone()
    normal = [number for number, at in left if oldest is None or at >= oldest]
    late = [number for number, at in left if oldest is not None and at < oldest]
    return [*late[: max(most - active - len(normal), 0)][::-1], *normal[::-1]]

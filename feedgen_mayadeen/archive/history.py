"""What memory knows of the past: the archive pages of each list, and which texts may be forgotten."""

import sqlite3
from collections.abc import Callable, Iterable

from feedgen_mayadeen.archive.articles import Kept, read
from feedgen_mayadeen.archive.feeds import Shown
from feedgen_mayadeen.archive.store import Store
from feedgen_mayadeen.errors import MemoryFileError
from feedgen_mayadeen.models import Article, Entry

PAGE = 50
"""Entries of one archive page."""

_LEFT = """
SELECT number, at FROM membership WHERE feed = :feed AND number NOT IN (SELECT number FROM archived WHERE feed = :feed)
ORDER BY at DESC, (SELECT entry FROM articles a WHERE a.number = membership.number) LIMIT -1 OFFSET :limit
"""

_GIVE_BACK = """
DELETE FROM archived WHERE feed = :feed
AND number IN (SELECT number FROM membership WHERE feed = :feed ORDER BY at DESC LIMIT :limit)
AND page IN (SELECT page FROM archived WHERE feed = :feed AND page > 0 GROUP BY page HAVING count(*) < :page)
"""

_LAST_PAGE = """
SELECT page, count(*) FROM archived WHERE feed = ? AND page > 0 GROUP BY page ORDER BY page DESC LIMIT 1
"""
_PAGES = """
SELECT page, number, version, published, COALESCE(updated, published), entry FROM archived JOIN articles USING (number)
WHERE feed = ? AND page > 0 AND EXISTS (SELECT 1 FROM texts WHERE texts.number = archived.number)
ORDER BY page, at DESC, entry
"""
_ACTIVE = "SELECT min(at), count(*) FROM archived JOIN articles USING (number) WHERE feed = ? AND page > 0"


class History:
    """The archive pages of lists, and the forgetting of texts that no feed shows."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._made: dict[int, Entry] = {}

    def turn(self, feed: int, limit: int, pages: int) -> None:
        """Moves what has left a feed's newest `limit` entries into its archive, oldest first, a page after the other.

        A full page keeps its entries; one that is not gives back what the feed shows again, when `limit` has grown. Only
        the last `pages` pages stay.
        """
        with self._store.transaction() as db:
            db.execute(_GIVE_BACK, {"feed": feed, "limit": limit, "page": PAGE})
            left = db.execute(_LEFT, {"feed": feed, "limit": limit}).fetchall()
            page, count = db.execute(_LAST_PAGE, (feed,)).fetchone() or (1, 0)
            for number in _entering(db, feed, left, pages * PAGE):
                page, count = (page + 1, 1) if count >= PAGE else (page, count + 1)
                db.execute("INSERT INTO archived VALUES (?, ?, ?)", (feed, number, page))
            db.executemany("INSERT OR IGNORE INTO archived VALUES (?, ?, 0)", [(feed, number) for number, _ in left])
            db.execute("UPDATE archived SET page = 0 WHERE feed = ? AND page > 0 AND page <= ?", (feed, page - pages))

    def pages(self, feed: int) -> tuple[tuple[int, tuple[Shown, ...]], ...]:
        """The archive pages of a list, oldest first: each page's number and its articles, newest first."""
        found: dict[int, list[Shown]] = {}
        for page, *shown in self._store.db.execute(_PAGES, (feed,)):
            found.setdefault(page, []).append(Shown(*shown))
        return tuple((page, tuple(shown)) for page, shown in found.items())

    def entry(self, number: int, make: Callable[[Kept, Article], Entry]) -> Entry:
        """The entry that is made of an article, by its number: once in a build, however many feeds show it.

        Raises MemoryFileError when memory does not hold it.
        """
        if number not in self._made:
            kept = read(self._store.db, number)
            if kept is None or kept.article is None:
                raise MemoryFileError("the memory", f"article {number} is shown, and its text is not there")
            self._made[number] = make(kept, kept.article)
        return self._made[number]

    def forget_made(self) -> None:
        """Lets go of the entries that were made."""
        self._made.clear()

    def is_settled(self, edition: str, question: str, mark: bytes) -> bool:
        """Whether nothing that a mark stands for has changed since a question about an edition was settled."""
        row = self._store.db.execute(
            "SELECT mark FROM settled WHERE edition = ? AND question = ?", (edition, question)
        ).fetchone()
        return row is not None and row[0] == mark

    def settle(self, edition: str, question: str, mark: bytes) -> None:
        """Remembers what was so when a question was settled."""
        with self._store.transaction() as db:
            db.execute("INSERT OR REPLACE INTO settled VALUES (?, ?, ?)", (edition, question, mark))

    def forget(self, edition: str, before: int, shown: Iterable[int], settings: bytes) -> int:
        """Forgets the texts of articles published before an instant that no feed shows; ids and dates stay.

        `shown` are the numbers of those that are shown by feeds that have moved since they were published under these
        `settings`, or never were.
        Returns how many texts were forgotten. Topics that no article is left of, and old cards, go too.
        """
        with self._store.transaction() as db:
            db.execute("CREATE TEMP TABLE IF NOT EXISTS shown (number INTEGER PRIMARY KEY)")
            db.execute("DELETE FROM shown")
            db.executemany("INSERT OR IGNORE INTO shown VALUES (?)", [(number,) for number in shown])
            old = db.execute(_FORGOTTEN, {"edition": edition, "before": before, "settings": settings}).fetchall()
            for statement in _FORGET:
                db.executemany(statement, old)
            db.execute(_LONE_TOPICS, (edition,))
            db.execute(_OLD_CARDS, (edition,))
        return len(old)


def _entering(db: sqlite3.Connection, feed: int, left: list[tuple[int, int]], most: int) -> list[int]:
    """The numbers of those that enter the archive, oldest first; `left` are numbers and instants, newest first.

    What is of the archive's time or newer enters; what is older than all of it, found late, only while there is room.
    """
    oldest, active = db.execute(_ACTIVE, (feed,)).fetchone()
    normal = [number for number, at in left if oldest is None or at >= oldest]
    late = [number for number, at in left if oldest is not None and at < oldest]
    return [*late[: max(most - active - len(normal), 0)][::-1], *normal[::-1]]


# Every article belongs to the feed of everything until it is forgotten. What is known of a feed that has moved says nothing.
_FORGOTTEN = """
SELECT number FROM membership AS one
WHERE feed = (SELECT feed FROM feeds WHERE edition = :edition AND key = 'all') AND at < :before
AND NOT EXISTS (SELECT 1 FROM shown WHERE shown.number = one.number)
AND NOT EXISTS (SELECT 1 FROM archived WHERE archived.number = one.number AND page > 0)
AND NOT EXISTS (SELECT 1 FROM membership AS other JOIN published USING (feed) JOIN feeds USING (feed)
    WHERE other.number = one.number AND published.changes = feeds.changes AND settings = :settings
    AND (since IS NULL OR other.at >= since))
"""
_FORGET = (
    "DELETE FROM texts WHERE number = ?",
    "DELETE FROM membership WHERE number = ?",
    "DELETE FROM archived WHERE number = ?",
)
_LONE_TOPICS = """
DELETE FROM feeds WHERE edition = ? AND kind IN ('tags', 'coverage', 'authors') AND NOT open
AND NOT EXISTS (SELECT 1 FROM membership WHERE membership.feed = feeds.feed)
"""
_OLD_CARDS = """
DELETE FROM cards WHERE edition = ? AND place IS NULL
AND NOT EXISTS (SELECT 1 FROM addresses JOIN texts USING (number) WHERE hash = address_hash(cards.address))
AND NOT EXISTS (SELECT 1 FROM misses WHERE misses.address = cards.address AND times < 5)
"""

"""What memory knows of feeds: which have entries, and the newest of each."""

from collections.abc import Mapping

from feedgen_mayadeen.archive.articles import Kept, kept
from feedgen_mayadeen.archive.store import Store

_NEWEST = """
SELECT entry, published, updated, facts, body, number FROM membership m JOIN articles USING (number)
LEFT JOIN bodies USING (number) WHERE m.edition = ? AND key = ? ORDER BY at DESC, entry LIMIT ?
"""


class Feeds:
    """The feeds of each edition, by key."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def counts(self, edition: str) -> Mapping[str, int]:
        """The keys of all feeds that have entries, each with the number of all its articles."""
        rows = self._store.db.execute("SELECT key, count(*) FROM membership WHERE edition = ? GROUP BY key", (edition,))
        return dict(rows.fetchall())

    def newest(self, edition: str, key: str, limit: int) -> tuple[Kept, ...]:
        """The newest articles of a feed, ties by id."""
        return tuple(kept(*row) for row in self._store.db.execute(_NEWEST, (edition, key, limit)))

    def keys_of(self, article: Kept) -> frozenset[str]:
        """The keys of all feeds that an article belongs to."""
        rows = self._store.db.execute("SELECT key FROM membership WHERE number = ?", (article.number,))
        return frozenset(key for (key,) in rows)

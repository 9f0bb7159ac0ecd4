"""What memory knows of lists: where the menu's labels lead, and the cards of each list page."""

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime

from feedgen_mayadeen.archive.pages import keep_page
from feedgen_mayadeen.archive.store import Store, written
from feedgen_mayadeen.models import Listing, Teaser, Validators

_INSERT_LIST = "INSERT INTO lists (edition, key, label, address, known) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO "
_INSERT_CARD = """
INSERT INTO cards (edition, key, address, title, place) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET place = excluded.place, title = excluded.title
"""
_JOIN_FEED = """
INSERT OR IGNORE INTO membership SELECT DISTINCT cards.edition, ?, m.number, m.at FROM cards
JOIN addresses USING (address) JOIN membership m ON m.number = addresses.number AND m.edition = cards.edition AND m.key = 'all'
WHERE cards.edition = ? AND cards.key = ? AND place IS NOT NULL
"""
_HAS_ARTICLES = """
SELECT EXISTS (SELECT 1 FROM cards WHERE edition = ?1 AND key = ?2)
    OR EXISTS (SELECT 1 FROM cards WHERE address >= ?3 || '/' AND address < ?3 || '0')
"""


class Lists:
    """The lists of each edition, by key."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self, edition: str) -> tuple[Listing, ...]:
        """The lists that were found so far, with the addresses that they had last."""
        rows = self._store.db.execute(
            "SELECT key, label, address, known FROM lists WHERE edition = ? ORDER BY key", (edition,)
        )
        return tuple(Listing(key, label, address, "remembered", bool(known)) for key, label, address, known in rows)

    def keep_menu(self, edition: str, address: str, validators: Validators, lists: Iterable[Listing]) -> None:
        """Remembers where the menu's labels lead; a list that has left the menu is kept with its last address."""
        update = "UPDATE SET label = excluded.label, address = excluded.address, known = excluded.known"
        with self._store.transaction() as db:
            db.executemany(_INSERT_LIST + update, [_row(edition, listing) for listing in lists])
            keep_page(db, address, validators)

    def keep(self, edition: str, listing: Listing, teasers: Iterable[Teaser], validators: Validators, now: datetime) -> None:
        """Remembers a list page's cards and validators, and that the known articles among them belong to its feeds."""
        with self._store.transaction() as db:
            db.execute("UPDATE cards SET place = NULL WHERE edition = ? AND key = ?", (edition, listing.key))
            rows = [(edition, listing.key, teaser.address, teaser.title, n) for n, teaser in enumerate(teasers)]
            db.executemany(_INSERT_CARD, rows)
            db.execute(_INSERT_LIST + "NOTHING", _row(edition, listing))
            above = listing.key.rpartition("/")[0]
            for key in (listing.key, above) if _is_list(db, edition, above) else (listing.key,):
                db.execute(_JOIN_FEED, (key, edition, listing.key))
            _set_read(db, edition, listing.key, now)
            keep_page(db, listing.address, validators)

    def unchanged(self, edition: str, key: str, now: datetime) -> None:
        """Remembers that a list's page was asked for and had not changed."""
        _set_read(self._store.db, edition, key, now)

    def read_at(self, edition: str) -> Mapping[str, str]:
        """When each list was last read or seen to be unchanged, by key (ISO 8601, UTC)."""
        rows = self._store.db.execute("SELECT key, read_at FROM lists WHERE edition = ? AND read_at IS NOT NULL", (edition,))
        return dict(rows.fetchall())

    def has_articles(self, edition: str, listing: Listing) -> bool:
        """Whether a list ever showed a card, or any card's address continues the list's own."""
        row = self._store.db.execute(_HAS_ARTICLES, (edition, listing.key, listing.address)).fetchone()
        return bool(row[0])

    def count(self, edition: str, key: str) -> int:
        """How many cards a list shows now."""
        row = self._store.db.execute(
            "SELECT count(*) FROM cards WHERE edition = ? AND key = ? AND place IS NOT NULL", (edition, key)
        ).fetchone()
        return int(row[0])

    def showing(self, edition: str, addresses: Iterable[str]) -> frozenset[str]:
        """The keys of the lists whose cards ever led to one of these addresses."""
        found: set[str] = set()
        for address in addresses:
            rows = self._store.db.execute("SELECT key FROM cards WHERE address = ? AND edition = ?", (address, edition))
            found.update(key for (key,) in rows)
        return frozenset(found)


def _row(edition: str, listing: Listing) -> tuple[str, str, str, str, bool]:
    return edition, listing.key, listing.label, listing.address, listing.known


def _is_list(db: sqlite3.Connection, edition: str, key: str) -> bool:
    return bool(db.execute("SELECT 1 FROM lists WHERE edition = ? AND key = ?", (edition, key)).fetchone())


def _set_read(db: sqlite3.Connection, edition: str, key: str, now: datetime) -> None:
    db.execute("UPDATE lists SET read_at = ? WHERE edition = ? AND key = ?", (written(now), edition, key))

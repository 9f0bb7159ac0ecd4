"""What memory knows of lists: where the menu's labels lead, and the cards of each page that leads to articles."""

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from feedgen_mayadeen.ids import kind_of, parent_of
from feedgen_mayadeen.models import Listing, Teaser, Validators
from feedgen_mayadeen.store.database import Database, address_hash, written
from feedgen_mayadeen.store.pages import save_page

_INSERT_LIST = """
INSERT INTO feeds (edition, kind, key, label, address, known) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (edition, key) DO
UPDATE SET kind = excluded.kind, label = excluded.label, address = excluded.address, known = excluded.known
"""
_INSERT_CARD = """
INSERT INTO cards (edition, source, address, title, place) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET place = excluded.place, title = excluded.title
"""
_LEAVE_CARD = "INSERT INTO cards (edition, source, address, title, place) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
_COUNTS_KEPT = 5
_CARDS = """
SELECT address, title, place FROM cards WHERE edition = ? AND source = ? AND address IN (SELECT value FROM json_each(?))
"""
_LEAVE_PLACES = """
UPDATE cards SET place = NULL WHERE edition = ? AND source = ? AND place IS NOT NULL
AND address NOT IN (SELECT value FROM json_each(?))
"""
_JOIN_FEEDS = """
INSERT INTO membership SELECT DISTINCT feed, at, number FROM json_each(:cards) AS card
JOIN addresses ON addresses.hash = card.value JOIN articles USING (number) JOIN texts USING (number)
JOIN feeds ON feeds.edition = :edition AND feeds.key IN (:key, :parent)
WHERE NOT EXISTS (SELECT 1 FROM membership AS one WHERE one.number = articles.number AND one.feed = feeds.feed)
AND NOT EXISTS (SELECT 1 FROM archived WHERE archived.feed = feeds.feed AND archived.number = articles.number)
"""
_HAS_ARTICLES = """
SELECT EXISTS (SELECT 1 FROM cards WHERE edition = :edition AND source = :key)
    OR EXISTS (SELECT 1 FROM cards WHERE address >= :address || '/' AND address < :address || '0')
"""
_LISTS = """
SELECT key, label, address, known FROM feeds WHERE edition = ? AND kind IN ('sections', 'regions') ORDER BY key
"""


class Lists:
    """The lists of each edition, by key, and the cards of their pages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, edition: str) -> tuple[Listing, ...]:
        """The lists of the menu that were found so far, with the addresses that they had last."""
        rows = self._database.db.execute(_LISTS, (edition,))
        return tuple(Listing(key, label, address, "remembered", bool(known)) for key, label, address, known in rows)

    def save_menu(self, edition: str, lists: Iterable[Listing]) -> None:
        """Remembers where the menu's labels lead; a list that has left the menu is kept with its last address."""
        with self._database.transaction() as db:
            for listing in lists:
                row = (edition, kind_of(listing.key), listing.key, listing.label, listing.address, listing.known)
                db.execute(_INSERT_LIST, row)

    def save_new(self, edition: str, lists: Iterable[Listing]) -> None:
        """Remembers lists that are not known yet, so that articles can belong to them; leaves known ones as they are."""
        known = {listing.key for listing in self.all(edition)}
        self.save_menu(edition, [listing for listing in lists if listing.key not in known])

    def usual(self, edition: str) -> Mapping[str, int]:
        """How many cards each list has had at most when it was last read, by key."""
        rows = self._database.db.execute("SELECT key, counts FROM feeds WHERE edition = ? AND counts != ''", (edition,))
        return {key: max(map(int, counts.split())) for key, counts in rows}

    def save(
        self,
        edition: str,
        listing: Listing,
        teasers: Iterable[Teaser],
        validators: Validators,
        now: datetime,
        *,
        is_suspicious: bool = False,
    ) -> None:
        """Remembers a list page's cards and validators, and that the known articles among them belong to its feeds.

        A `is_suspicious` page adds what is new on it; nothing that is known changes, and it will be asked for again in full.
        """
        teasers = tuple(teasers)
        with self._database.transaction() as db:
            if not db.execute("SELECT 1 FROM feeds WHERE edition = ? AND key = ?", (edition, listing.key)).fetchone():
                row = (edition, kind_of(listing.key), listing.key, listing.label, listing.address, listing.known)
                db.execute(_INSERT_LIST, row)
            _save_cards(db, edition, listing.key, teasers, is_suspicious=is_suspicious)
            hashes = msgspec.json.encode([address_hash(teaser.address) for teaser in teasers]).decode()
            db.execute(
                _JOIN_FEEDS, {"cards": hashes, "edition": edition, "key": listing.key, "parent": parent_of(listing.key)}
            )
            _count(db, edition, listing.key, len(teasers))
            if is_suspicious:
                save_page(db, listing.address, Validators())
            else:
                _set_read(db, edition, listing.key, now)
                save_page(db, listing.address, validators)

    def save_cards(self, edition: str, source: str, teasers: Iterable[Teaser]) -> None:
        """Remembers the articles that a part of a page names that is no list."""
        with self._database.transaction() as db:
            _save_cards(db, edition, source, tuple(teasers), is_suspicious=False)

    def unchanged(self, edition: str, key: str, now: datetime) -> None:
        """Remembers that a list's page was asked for and had not changed."""
        with self._database.transaction() as db:
            _set_read(db, edition, key, now)

    def read_at(self, edition: str) -> Mapping[str, str]:
        """When each list was last read or seen to be unchanged, by key (ISO 8601, UTC)."""
        rows = self._database.db.execute(
            "SELECT key, read_at FROM feeds WHERE edition = ? AND read_at IS NOT NULL", (edition,)
        )
        return dict(rows.fetchall())

    def asked(self, edition: str, keys: Iterable[str], now: datetime) -> None:
        """Remembers that the pages of these lists were asked for, whatever came."""
        with self._database.transaction() as db:
            rows = [(written(now), edition, key) for key in keys]
            db.executemany("UPDATE feeds SET asked_at = ? WHERE edition = ? AND key = ?", rows)

    def asked_at(self, edition: str) -> Mapping[str, str]:
        """When each list was last asked for, by key (ISO 8601, UTC)."""
        rows = self._database.db.execute(
            "SELECT key, asked_at FROM feeds WHERE edition = ? AND asked_at IS NOT NULL", (edition,)
        )
        return dict(rows.fetchall())

    def has_articles(self, edition: str, listing: Listing) -> bool:
        """Whether a list ever showed a card, or any card's address continues the list's own."""
        asked = {"edition": edition, "key": listing.key, "address": listing.address}
        row = self._database.db.execute(_HAS_ARTICLES, asked).fetchone()
        return bool(row[0])

    def cards(self, edition: str, source: str) -> tuple[str, ...]:
        """The addresses of the cards that a list, feed.rss or a sitemap shows now."""
        rows = self._database.db.execute(
            "SELECT address FROM cards WHERE edition = ? AND source = ? AND place IS NOT NULL ORDER BY place",
            (edition, source),
        )
        return tuple(address for (address,) in rows)

    def showing(self, edition: str, addresses: Iterable[str]) -> frozenset[str]:
        """The keys of the lists whose cards ever led to one of these addresses."""
        found: set[str] = set()
        for address in addresses:
            rows = self._database.db.execute(
                "SELECT source FROM cards JOIN feeds ON feeds.key = source AND feeds.edition = cards.edition"
                " WHERE cards.address = ? AND cards.edition = ?",
                (address, edition),
            )
            found.update(key for (key,) in rows)
        return frozenset(found)


def _save_cards(
    db: sqlite3.Connection, edition: str, source: str, teasers: tuple[Teaser, ...], *, is_suspicious: bool
) -> None:
    """Writes the cards that are new or have moved: each is known by its address, the last of several counts."""
    addresses = msgspec.json.encode([teaser.address for teaser in teasers]).decode()
    if not is_suspicious:
        db.execute(_LEAVE_PLACES, (edition, source, addresses))
    known = {address: told for address, *told in db.execute(_CARDS, (edition, source, addresses))}
    cards = {teaser.address: [teaser.title, place] for place, teaser in enumerate(teasers)}
    rows = [(edition, source, address, *told) for address, told in cards.items() if known.get(address) != told]
    db.executemany(_LEAVE_CARD if is_suspicious else _INSERT_CARD, rows)


def _count(db: sqlite3.Connection, edition: str, key: str, cards: int) -> None:
    """Adds to the counts of a list's cards, so that a page that stays short becomes the usual one after a while."""
    (counts,) = db.execute("SELECT counts FROM feeds WHERE edition = ? AND key = ?", (edition, key)).fetchone()
    kept = " ".join((*counts.split(), str(cards))[-_COUNTS_KEPT:])
    db.execute("UPDATE feeds SET counts = ? WHERE edition = ? AND key = ?", (kept, edition, key))


def _set_read(db: sqlite3.Connection, edition: str, key: str, now: datetime) -> None:
    db.execute("UPDATE feeds SET read_at = ? WHERE edition = ? AND key = ?", (written(now), edition, key))

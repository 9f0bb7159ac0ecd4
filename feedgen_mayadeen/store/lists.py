"""Lists: the addresses in the menu, and the cards of each page."""

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from feedgen_mayadeen.ids import kind_of, parent_of
from feedgen_mayadeen.models import Card, ListPage, Validators
from feedgen_mayadeen.site.identity import article_key
from feedgen_mayadeen.store.database import Database, address_hash, written
from feedgen_mayadeen.store.pages import save_page

_INSERT_LIST = """
INSERT INTO feeds (edition, kind, key, label, address, known) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (edition, key) DO
UPDATE SET kind = excluded.kind, label = excluded.label, address = excluded.address, known = excluded.known
"""
_INSERT_CARD = """
INSERT INTO cards (edition, source, article, address, title, place) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET place = excluded.place, title = excluded.title, address = excluded.address
"""
_LEAVE_CARD = """
INSERT INTO cards (edition, source, article, address, title, place) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
"""
_INSERT_NEW_CARD = """
INSERT INTO cards (edition, source, article, address, title, place) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
"""
_COUNTS_KEPT = 5
_CARDS = """
SELECT article, address, title, place FROM cards WHERE edition = ? AND source = ?
AND article IN (SELECT value FROM json_each(?))
"""
_CLEAR_PLACES = """
UPDATE cards SET place = NULL WHERE edition = ? AND source = ? AND place IS NOT NULL
AND article NOT IN (SELECT value FROM json_each(?))
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
    OR EXISTS (SELECT 1 FROM cards WHERE article >= :address || '/' AND article < :address || '0')
"""
_LISTS = """
SELECT key, label, address, known FROM feeds WHERE edition = ? AND kind IN ('sections', 'regions') ORDER BY key
"""


class Lists:
    """The lists of each edition, by key, and the cards of their pages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, edition: str) -> tuple[ListPage, ...]:
        """All lists that were in the menu so far, with their last addresses."""
        rows = self._database.db.execute(_LISTS, (edition,))
        return tuple(ListPage(key, label, address, "remembered", bool(known)) for key, label, address, known in rows)

    def save_menu(self, edition: str, lists: Iterable[ListPage]) -> None:
        """Saves the lists in the menu; a list that has left the menu is kept with its last address."""
        with self._database.transaction() as db:
            for list_page in lists:
                row = (edition, kind_of(list_page.key), list_page.key, list_page.label, list_page.address, list_page.known)
                db.execute(_INSERT_LIST, row)

    def save_new(self, edition: str, lists: Iterable[ListPage]) -> None:
        """Saves lists that are not known yet, so that articles can belong to them."""
        known = {list_page.key for list_page in self.all(edition)}
        self.save_menu(edition, [list_page for list_page in lists if list_page.key not in known])

    def usual(self, edition: str) -> Mapping[str, int]:
        """The usual number of cards of each list, by key: the highest of the last few builds."""
        rows = self._database.db.execute("SELECT key, counts FROM feeds WHERE edition = ? AND counts != ''", (edition,))
        return {key: max(map(int, counts.split())) for key, counts in rows}

    def save(
        self,
        edition: str,
        list_page: ListPage,
        cards: Iterable[Card],
        validators: Validators,
        now: datetime,
        *,
        is_suspicious: bool = False,
    ) -> None:
        """Saves a list page's cards and validators, and puts known articles among the cards into the list's feed.

        From a suspicious page only new cards are saved. Its validators are not, so that it is downloaded again.
        """
        cards = tuple(cards)
        with self._database.transaction() as db:
            if not db.execute("SELECT 1 FROM feeds WHERE edition = ? AND key = ?", (edition, list_page.key)).fetchone():
                row = (edition, kind_of(list_page.key), list_page.key, list_page.label, list_page.address, list_page.known)
                db.execute(_INSERT_LIST, row)
            _save_cards(db, edition, list_page.key, cards, is_suspicious=is_suspicious)
            hashes = msgspec.json.encode([address_hash(article_key(card.address)) for card in cards]).decode()
            db.execute(
                _JOIN_FEEDS, {"cards": hashes, "edition": edition, "key": list_page.key, "parent": parent_of(list_page.key)}
            )
            _count(db, edition, list_page.key, len(cards))
            if is_suspicious:
                save_page(db, list_page.address, Validators())
            else:
                _set_read(db, edition, list_page.key, now)
                save_page(db, list_page.address, validators)

    def save_cards(self, edition: str, source: str, cards: Iterable[Card]) -> None:
        """Saves cards from another source than a list: the Most Read box, feed.rss or a sitemap."""
        with self._database.transaction() as db:
            _save_cards(db, edition, source, tuple(cards), is_suspicious=False)

    def unchanged(self, edition: str, key: str, now: datetime) -> None:
        """Records that a list's page was requested and had not changed."""
        with self._database.transaction() as db:
            _set_read(db, edition, key, now)

    def read_at(self, edition: str) -> Mapping[str, str]:
        """When each list was last read or found unchanged, by key (ISO 8601, UTC)."""
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

    def has_articles(self, edition: str, list_page: ListPage) -> bool:
        """Whether a list ever had a card, or any card's address begins with the list's address."""
        asked = {"edition": edition, "key": list_page.key, "address": list_page.address}
        row = self._database.db.execute(_HAS_ARTICLES, asked).fetchone()
        return bool(row[0])

    def sections(self, lists: Iterable[ListPage]) -> frozenset[str]:
        """The keys of those lists that have articles of their own: some card's address continues the list's."""
        query = "SELECT EXISTS (SELECT 1 FROM cards WHERE article >= ? || '/' AND article < ? || '0')"
        db = self._database.db
        return frozenset(one.key for one in lists if db.execute(query, (one.address, one.address)).fetchone()[0])

    def cards(self, edition: str, source: str) -> tuple[str, ...]:
        """The addresses of the current cards of a source: a list, feed.rss or a sitemap."""
        rows = self._database.db.execute(
            "SELECT address FROM cards WHERE edition = ? AND source = ? AND place IS NOT NULL ORDER BY place",
            (edition, source),
        )
        return tuple(address for (address,) in rows)

    def showing(self, edition: str, addresses: Iterable[str]) -> frozenset[str]:
        """The keys of the lists that ever had a card with one of these addresses."""
        found: set[str] = set()
        for address in addresses:
            rows = self._database.db.execute(
                "SELECT source FROM cards JOIN feeds ON feeds.key = source AND feeds.edition = cards.edition"
                " WHERE cards.article = ? AND cards.edition = ?",
                (article_key(address), edition),
            )
            found.update(key for (key,) in rows)
        return frozenset(found)


def _save_cards(db: sqlite3.Connection, edition: str, source: str, cards: tuple[Card, ...], *, is_suspicious: bool) -> None:
    """Writes new, changed and moved cards. Of several cards of one article the last one counts."""
    shown = {article_key(card.address): [card.address, card.title, place] for place, card in enumerate(cards)}
    articles = msgspec.json.encode(list(shown)).decode()
    if not is_suspicious:
        db.execute(_CLEAR_PLACES, (edition, source, articles))
    known = {article: row for article, *row in db.execute(_CARDS, (edition, source, articles))}
    rows = [(edition, source, article, *row) for article, row in shown.items() if known.get(article) != row]
    db.executemany(_INSERT_NEW_CARD if is_suspicious else _INSERT_CARD, rows)


def _count(db: sqlite3.Connection, edition: str, key: str, cards: int) -> None:
    """Adds to the last counts of a list's cards, so that a list that stays short becomes usual after some builds."""
    (counts,) = db.execute("SELECT counts FROM feeds WHERE edition = ? AND key = ?", (edition, key)).fetchone()
    kept = " ".join((*counts.split(), str(cards))[-_COUNTS_KEPT:])
    db.execute("UPDATE feeds SET counts = ? WHERE edition = ? AND key = ?", (kept, edition, key))


def _set_read(db: sqlite3.Connection, edition: str, key: str, now: datetime) -> None:
    db.execute("UPDATE feeds SET read_at = ? WHERE edition = ? AND key = ?", (written(now), edition, key))

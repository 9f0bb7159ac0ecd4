"""What memory knows of articles: which to ask for, and what each page said."""

import hashlib
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import msgspec

from feedgen_mayadeen.archive.feeds import join_feeds
from feedgen_mayadeen.archive.store import Store, address_hash, written
from feedgen_mayadeen.models import Article, Topic, Validators
from feedgen_mayadeen.names import same
from feedgen_mayadeen.site.edition import Edition

_FIRST_LOOK = timedelta(minutes=30)
_LOOKS_END = timedelta(days=1)
_WAITS = tuple(timedelta(hours=hours) for hours in (0, 0, 1, 6, 24))
"""How long an article that could not be read is left alone, after the first miss, the second, and so on."""

# A card that left its page before its article could be read is still waited for.
_SHOWN = """
SELECT address, title, title_read FROM cards WHERE edition = ? AND source = ? AND (place IS NOT NULL
    OR NOT EXISTS (SELECT 1 FROM addresses WHERE hash = address_hash(cards.address))) ORDER BY place IS NULL, place
"""
_KNOWN = "SELECT number, title, etag, modified FROM addresses LEFT JOIN texts USING (number) WHERE hash = ?"
_RECENT = """
SELECT texts.address, number, etag, modified, published, looked_at FROM membership JOIN feeds USING (feed)
JOIN articles USING (number) JOIN texts USING (number) WHERE feeds.edition = ? AND key = ? AND membership.at > ?
ORDER BY membership.at DESC
"""
_WRITE = """
INSERT INTO articles (number, edition, entry, published, updated, at)
VALUES (:number, :edition, :entry, :published, NULLIF(:updated, :published), :at)
ON CONFLICT (number) DO UPDATE SET updated = excluded.updated, version = version + 1 RETURNING number
"""
_READ = "SELECT number, entry, published, updated, facts, body FROM articles LEFT JOIN texts USING (number) WHERE number = ?"
_BY_ENTRY = "SELECT number, address FROM articles LEFT JOIN texts USING (number) WHERE entry = ?"
_BY_ADDRESS = "SELECT number, texts.address FROM addresses LEFT JOIN texts USING (number) WHERE hash = ?"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An article to ask for: its address, its number and validators when it is known already."""

    address: str
    number: int | None
    validators: Validators


@dataclass(frozen=True, slots=True)
class Kept:
    """An article as memory has it, with the id and the instants given to it; without `article` its texts are forgotten."""

    number: int
    id: str
    published: datetime
    updated: datetime
    article: Article | None


@dataclass(frozen=True, slots=True)
class Identity:
    """Which article a page is: its number, if it is known already, and the addresses on this occasion that lead to it."""

    number: int | None
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """Where an article belongs: the keys of lists, and its topics."""

    lists: frozenset[str]
    topics: tuple[Topic, ...]


class Articles:
    """The articles of all editions."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def wanted(self, edition: str, sources: Sequence[str], now: datetime) -> tuple[Wanted, ...]:
        """The articles to ask for: new on these lists or ways, with another title there, or due for a second look."""
        found: dict[str, Wanted] = {}
        for source in sources:
            for address, title, title_read in self._store.db.execute(_SHOWN, (edition, source)).fetchall():
                wanted = self.find(address)
                if wanted.number is None or (title and title != title_read and self._retitled(wanted.number, title)):
                    found.setdefault(address, wanted)
        since = int((now - _LOOKS_END).timestamp())
        for source in sources:
            recent = self._store.db.execute(_RECENT, (edition, source, since))
            for address, number, etag, modified, published, looked_at in recent:
                if _look_is_due(datetime.fromisoformat(published), datetime.fromisoformat(looked_at), now):
                    found.setdefault(address, Wanted(address, number, Validators(etag, modified)))
        return tuple(wanted for wanted in found.values() if self._may_try(wanted.address, now))

    def find(self, address: str) -> Wanted:
        """What to ask an address with: its article's number and validators, if it is known."""
        row = self._store.db.execute(_KNOWN, (address_hash(address),)).fetchone()
        return Wanted(address, row[0], Validators(*row[2:])) if row else Wanted(address, None, Validators())

    def _retitled(self, number: int, title: str) -> bool:
        row = self._store.db.execute("SELECT title FROM texts WHERE number = ?", (number,)).fetchone()
        return row is not None and row[0] != title

    def unchanged(self, wanted: Wanted, now: datetime) -> None:
        """Remembers that an article was asked for again and shows nothing new."""
        with self._store.transaction() as db:
            db.execute("UPDATE texts SET looked_at = ? WHERE number = ?", (written(now), wanted.number))
            db.execute("UPDATE cards SET title_read = title WHERE address = ?", (wanted.address,))

    def identify(self, article: Article, asked: str, host: str) -> Identity:
        """Which article it is: known by its post number, else by the address that was asked for or the one that it names."""
        db, own = self._store.db, tuple(dict.fromkeys((asked, article.address)))
        row = db.execute(_BY_ENTRY, (_id(host, article),)).fetchone()
        for address in own:
            found = row or db.execute(_BY_ADDRESS, (address_hash(address),)).fetchone()
            row = found if row or found is None or self._may_be(found[0], article) else None
        if row is None:
            return Identity(None, own)
        # An address that leads to another article by now goes on standing for its own.
        number, known = row
        mine = tuple(address for address in own if self.find(address).number in (None, number))
        return Identity(number, tuple(dict.fromkeys((*mine, known))) if known else mine)

    def _may_be(self, number: int, article: Article) -> bool:
        """Whether an article that was found by its address is this one: not if both have post numbers that differ."""
        entry = self._store.db.execute("SELECT entry FROM articles WHERE number = ?", (number,)).fetchone()[0]
        known = entry.rpartition(":")[2]
        return article.post_id is None or not known.isdigit() or known == article.post_id

    def keep(
        self,
        edition: Edition,
        article: Article,
        asked: str,
        places: Places,
        validators: Validators,
        now: datetime,
        identity: Identity | None = None,
    ) -> str | None:
        """Remembers what an article's page says; its entry's id if that is new or shows something else than before.

        Id and `published` are given once. `updated` moves only with title, lead, body, picture or tags, and is never
        before `published`. A body or lead that is suddenly gone is taken for a broken page, not for an edit.
        """
        identity = identity or self.identify(article, asked, edition.host)
        number = identity.number
        with self._store.transaction() as db:
            old = read(db, number)
            if old and old.article:
                article = replace(article, body=article.body or old.article.body, lead=article.lead or old.article.lead)
            entry = old.id if old else _id(edition.host, article)
            published = old.published if old else article.published or now.replace(microsecond=0)
            updated = _updated(old, article, published)
            at = int(published.timestamp())
            if number is None or old is None or (article, updated) != (old.article, old.updated):
                row = {"number": number, "edition": edition.code, "entry": entry, "at": at}
                row |= {"published": published.isoformat(), "updated": updated.isoformat()}
                number = int(db.execute(_WRITE, row).fetchone()[0])
            facts, body = packed(msgspec.json.encode(replace(article, body=""))), packed(article.body.encode())
            told = (written(now), asked, article.title, validators.etag, validators.last_modified, facts, body)
            db.execute("INSERT OR REPLACE INTO texts VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (number, *told))
            join_feeds(db, edition.code, number, at, places.lists, places.topics)
            _keep_addresses(db, identity.addresses, number)
            db.execute("DELETE FROM misses WHERE address = ?", (asked,))
            db.execute("UPDATE cards SET title_read = title WHERE address = ?", (asked,))
        return None if old and old.article and _digest(article) == _digest(old.article) else entry

    def missed(self, address: str, reason: str, now: datetime) -> None:
        """Remembers that an article could not be read."""
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO misses VALUES (?, 1, ?, ?) ON CONFLICT DO UPDATE"
                " SET times = times + 1, last = excluded.last, reason = excluded.reason",
                (address, written(now), reason),
            )

    def newest_instant(self, edition: str) -> datetime | None:
        """When the newest article was published."""
        row = self._store.db.execute(
            "SELECT published FROM membership JOIN feeds USING (feed) JOIN articles USING (number)"
            " WHERE feeds.edition = ? AND key = 'all' ORDER BY membership.at DESC LIMIT 1",
            (edition,),
        ).fetchone()
        return datetime.fromisoformat(row[0]) if row else None

    def _may_try(self, address: str, now: datetime) -> bool:
        row = self._store.db.execute("SELECT times, last FROM misses WHERE address = ?", (address,)).fetchone()
        return row is None or now - datetime.fromisoformat(row[1]) >= _WAITS[min(row[0], len(_WAITS)) - 1]


def _keep_addresses(db: sqlite3.Connection, addresses: Iterable[str], number: int) -> None:
    rows = [(address_hash(address), number) for address in addresses]
    db.executemany("INSERT OR REPLACE INTO addresses VALUES (?, ?)", rows)


def _look_is_due(published: datetime, looked_at: datetime, now: datetime) -> bool:
    """Whether a second look is due: when as much time has passed again as the article had been out at the last."""
    return now - looked_at >= max(looked_at - published, _FIRST_LOOK)


def _id(host: str, article: Article) -> str:
    """An entry's id (RFC 4151): made of the post number, without one of the address's path."""
    return f"tag:{host},2021:{article.post_id or urlsplit(article.address).path}"


def _digest(article: Article) -> bytes:
    """What an entry shows, as one number: it moves with title, lead, body, picture or tags, and with nothing else."""
    picture = article.picture.address if article.picture else ""
    parts = (article.title, article.lead, article.body, picture, *sorted(same(tag.label) for tag in article.tags))
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).digest()


def _updated(old: Kept | None, article: Article, published: datetime) -> datetime:
    """Unmoved while the entry shows the same; else the later of what the site says now and what was said before."""
    if old and (old.article is None or _digest(article) == _digest(old.article)):
        return old.updated
    return max(at for at in (old.updated if old else published, article.updated) if at)


def packed(text: bytes) -> bytes:
    """A text as memory keeps it."""
    return zlib.compress(text) if text else b""


def read(db: sqlite3.Connection, number: int | None) -> Kept | None:
    """An article by its number."""
    row = db.execute(_READ, (number,)).fetchone() if number is not None else None
    return kept(*row) if row else None


def kept(number: int, entry: str, published: str, updated: str | None, facts: bytes | None, body: bytes | None) -> Kept:
    """An article out of its row."""
    article = None
    if facts is not None:
        text = zlib.decompress(body).decode() if body else ""
        article = replace(msgspec.json.decode(zlib.decompress(facts), type=Article), body=text)
    instants = datetime.fromisoformat(published), datetime.fromisoformat(updated or published)
    return Kept(number, entry, *instants, article)

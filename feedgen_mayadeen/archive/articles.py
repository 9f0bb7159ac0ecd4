"""What memory knows of articles: which to ask for, and what each page said."""

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import msgspec

from feedgen_mayadeen.archive.pages import keep_page
from feedgen_mayadeen.archive.store import Store, written
from feedgen_mayadeen.models import Article, Validators
from feedgen_mayadeen.names import same
from feedgen_mayadeen.site.edition import Edition

_FIRST_LOOK = timedelta(minutes=30)
_LOOKS_END = timedelta(days=1)
_WAITS = tuple(timedelta(hours=hours) for hours in (0, 0, 1, 6, 24))
"""How long an article that could not be read is left alone, after the first miss, the second, and so on."""

_NEW_OR_RETITLED = """
SELECT address, number, etag, modified FROM cards LEFT JOIN addresses USING (address) LEFT JOIN articles USING (number)
LEFT JOIN pages USING (address) WHERE cards.edition = ? AND key = ? AND place IS NOT NULL
AND (number IS NULL OR (cards.title <> articles.title AND cards.title IS NOT title_read)) ORDER BY place
"""
_RECENT = """
SELECT address, number, etag, modified, published, looked_at FROM membership JOIN articles USING (number)
JOIN addresses USING (number) JOIN pages USING (address) WHERE membership.edition = ? AND key = ? AND at > ?
GROUP BY number ORDER BY at DESC
"""
_WRITE = """
INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (number) DO UPDATE SET title = excluded.title,
updated = excluded.updated, looked_at = excluded.looked_at, facts = excluded.facts RETURNING number
"""
_READ = "SELECT entry, published, updated, facts, body, number FROM articles LEFT JOIN bodies USING (number) WHERE number = ?"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An article to ask for: its address, its number and validators when it is known already."""

    address: str
    number: int | None
    validators: Validators


@dataclass(frozen=True, slots=True)
class Kept:
    """An article as memory has it, with the id and the instants given to it."""

    number: int
    id: str
    published: datetime
    updated: datetime
    article: Article


class Articles:
    """The articles of all editions."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def wanted(self, edition: str, keys: Sequence[str], now: datetime) -> tuple[Wanted, ...]:
        """The articles to ask for: new on the cards of these lists, with another title there, or due for a second look."""
        found: dict[str, Wanted] = {}
        for key in keys:
            for address, number, etag, modified in self._store.db.execute(_NEW_OR_RETITLED, (edition, key)):
                found.setdefault(address, Wanted(address, number, Validators(etag, modified)))
        since = int((now - _LOOKS_END).timestamp())
        for key in keys:
            recent = self._store.db.execute(_RECENT, (edition, key, since))
            for address, number, etag, modified, published, looked_at in recent:
                if _look_is_due(datetime.fromisoformat(published), datetime.fromisoformat(looked_at), now):
                    found.setdefault(address, Wanted(address, number, Validators(etag, modified)))
        return tuple(wanted for wanted in found.values() if self._may_try(wanted.address, now))

    def unchanged(self, wanted: Wanted, now: datetime) -> None:
        """Remembers that an article was asked for again and shows nothing new."""
        with self._store.transaction() as db:
            db.execute("UPDATE articles SET looked_at = ? WHERE number = ?", (written(now), wanted.number))
            db.execute("UPDATE cards SET title_read = title WHERE address = ?", (wanted.address,))

    def identify(self, article: Article, asked: str, host: str) -> tuple[int | None, tuple[str, ...]]:
        """The number of an article that is known already, and every address that leads to it.

        It is known by its post number, else by the address that was asked for or the one that it names itself.
        """
        db, own = self._store.db, tuple(dict.fromkeys((asked, article.address)))
        row = db.execute("SELECT number FROM articles WHERE entry = ?", (_id(host, article),)).fetchone()
        for address in own:
            row = row or db.execute("SELECT number FROM addresses WHERE address = ?", (address,)).fetchone()
        if row is None:
            return None, own
        known = db.execute("SELECT address FROM addresses WHERE number = ?", row)
        return row[0], tuple(dict.fromkeys((*own, *(address for (address,) in known))))

    def keep(
        self, edition: Edition, article: Article, asked: str, feeds: frozenset[str], validators: Validators, now: datetime
    ) -> str | None:
        """Remembers what an article's page says; its entry's id if that is new or shows something else than before.

        Id and `published` are given once. `updated` moves only with title, lead, body, picture or tags, and is never
        before `published`. A body or lead that is suddenly gone is taken for a broken page, not for an edit.
        """
        number, addresses = self.identify(article, asked, edition.host)
        with self._store.transaction() as db:
            old = _read(db, number)
            if old:
                article = replace(article, body=article.body or old.article.body, lead=article.lead or old.article.lead)
            entry = old.id if old else _id(edition.host, article)
            published = old.published if old else article.published or now.replace(microsecond=0)
            updated = _updated(old, article, published)
            facts = msgspec.json.encode(replace(article, body=""))
            instants = (published.isoformat(), updated.isoformat(), written(now))
            number = db.execute(_WRITE, (number, edition.code, entry, article.title, *instants, facts)).fetchone()[0]
            db.execute("INSERT OR REPLACE INTO bodies VALUES (?, ?)", (number, article.body))
            _join_feeds(db, number, edition.code, feeds, int(published.timestamp()))
            db.executemany("INSERT OR REPLACE INTO addresses VALUES (?, ?)", [(address, number) for address in addresses])
            db.execute("DELETE FROM misses WHERE address = ?", (asked,))
            db.execute("UPDATE cards SET title_read = title WHERE address = ?", (asked,))
            keep_page(db, asked, validators)
        return None if old and _digest(article) == _digest(old.article) else entry

    def missed(self, address: str, reason: str, now: datetime) -> None:
        """Remembers that an article could not be read."""
        self._store.db.execute(
            "INSERT INTO misses VALUES (?, 1, ?, ?) ON CONFLICT DO UPDATE"
            " SET times = times + 1, last = excluded.last, reason = excluded.reason",
            (address, written(now), reason),
        )

    def _may_try(self, address: str, now: datetime) -> bool:
        row = self._store.db.execute("SELECT times, last FROM misses WHERE address = ?", (address,)).fetchone()
        return row is None or now - datetime.fromisoformat(row[1]) >= _WAITS[min(row[0], len(_WAITS)) - 1]


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
    if old and _digest(article) == _digest(old.article):
        return old.updated
    return max(at for at in (old.updated if old else published, article.updated) if at)


def _join_feeds(db: sqlite3.Connection, number: int, edition: str, feeds: frozenset[str], at: int) -> None:
    db.execute("DELETE FROM membership WHERE number = ?", (number,))
    db.executemany("INSERT INTO membership VALUES (?, ?, ?, ?)", [(edition, key, number, at) for key in sorted(feeds)])


def _read(db: sqlite3.Connection, number: int | None) -> Kept | None:
    row = db.execute(_READ, (number,)).fetchone()
    return kept(*row) if row else None


def kept(entry: str, published: str, updated: str, facts: bytes, body: str | None, number: int) -> Kept:
    """An article out of its row."""
    article = replace(msgspec.json.decode(facts, type=Article), body=body or "")
    return Kept(number, entry, datetime.fromisoformat(published), datetime.fromisoformat(updated), article)

"""Articles: which to fetch, and what their pages say."""

import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import msgspec

from feedgen_mayadeen.ids import entry_id, fingerprint
from feedgen_mayadeen.models import Article, Topic, Validators
from feedgen_mayadeen.site.edition import Edition
from feedgen_mayadeen.site.identity import article_key
from feedgen_mayadeen.store.database import Database, address_hash, written
from feedgen_mayadeen.store.feeds import join_feeds
from feedgen_mayadeen.text import match_key

_FIRST_RECHECK = timedelta(minutes=30)
_RECHECKS_END = timedelta(days=1)
_RETRY_AFTER = tuple(timedelta(hours=hours) for hours in (0, 0, 1, 6, 24))
"""Pauses before an article is tried again, after its first failure, its second, and so on."""

# Also cards that have left their page, if their article could not be read yet.
_CARDS = """
SELECT address, title, title_when_fetched FROM cards WHERE edition = ? AND source = ? AND (place IS NOT NULL
    OR NOT EXISTS (SELECT 1 FROM addresses WHERE hash = address_hash(cards.article))) ORDER BY place IS NULL, place
"""
_FETCH_TASK = "SELECT number, title, etag, modified FROM addresses LEFT JOIN texts USING (number) WHERE hash = ?"
_RECENT = """
SELECT texts.address, number, etag, modified, published, checked_at FROM membership JOIN feeds USING (feed)
JOIN articles USING (number) JOIN texts USING (number) WHERE feeds.edition = ? AND key = ? AND membership.at > ?
ORDER BY membership.at DESC
"""
_DOUBTED = """
SELECT texts.address, number, published, checked_at FROM articles JOIN texts USING (number)
WHERE edition = ? AND dated = 'doubted' ORDER BY number
"""
_SAVE = """
INSERT INTO articles (number, edition, entry, published, updated, at, dated)
VALUES (:number, :edition, :entry, :published, NULLIF(:updated, :published), :at, :dated)
ON CONFLICT (number) DO UPDATE SET published = excluded.published, updated = excluded.updated, at = excluded.at,
dated = excluded.dated RETURNING number
"""
_READ = """
SELECT number, entry, published, COALESCE(updated, published), dated, article FROM articles LEFT JOIN texts USING (number)
WHERE number = ?
"""
_BY_ENTRY = "SELECT number, address FROM articles LEFT JOIN texts USING (number) WHERE entry = ?"
_BY_ADDRESS = "SELECT number, texts.address FROM addresses LEFT JOIN texts USING (number) WHERE hash = ?"


class Dating(StrEnum):
    """What an article's `published` is: the site's own date, or else this program's clock's, and why."""

    SITE = "site"
    FIRST_SEEN = "first seen"
    DOUBTED = "doubted"
    """The page had a date, which lay in the future: it is looked at again, whatever its age."""


@dataclass(frozen=True, slots=True)
class FetchTask:
    """An article to fetch: its address, and its number and validators if it is known already."""

    address: str
    number: int | None
    validators: Validators


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article in memory, with its id and dates. `article` is None when the text was deleted."""

    number: int
    id: str
    published: datetime
    updated: datetime
    dated: Dating
    article: Article | None


@dataclass(frozen=True, slots=True)
class Identity:
    """The article that a page belongs to: its number, if it is known, and the keys of the addresses that lead to it."""

    number: int | None
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Memberships:
    """The feeds of an article: the keys of its lists, and its topics."""

    lists: frozenset[str]
    topics: tuple[Topic, ...]


class Articles:
    """The articles of all editions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def to_fetch(self, edition: str, sources: Sequence[str], now: datetime) -> tuple[FetchTask, ...]:
        """The articles to fetch: new in these sources, with another title there, or due for a recheck."""
        db, found = self._database.db, dict[str, FetchTask]()
        for source in sources:
            for address, title, title_when_fetched in db.execute(_CARDS, (edition, source)).fetchall():
                task = self.find(address)
                if task.number is None or (title and title != title_when_fetched and self._retitled(task.number, title)):
                    found.setdefault(article_key(address), task)
        since = int((now - _RECHECKS_END).timestamp())
        for source in sources:
            for address, number, etag, modified, published, checked_at in db.execute(_RECENT, (edition, source, since)):
                if _recheck_is_due(datetime.fromisoformat(published), datetime.fromisoformat(checked_at), now):
                    found.setdefault(article_key(address), FetchTask(address, number, Validators(etag, modified)))
        for address, number, published, checked_at in db.execute(_DOUBTED, (edition,)):
            if _recheck_is_due(datetime.fromisoformat(published), datetime.fromisoformat(checked_at), now):
                found.setdefault(article_key(address), FetchTask(address, number, Validators()))
        return tuple(task for task in found.values() if self._may_retry(task.address, now))

    def find(self, address: str) -> FetchTask:
        """The task to fetch an address, with its article's number and validators if it is known."""
        row = self._database.db.execute(_FETCH_TASK, (address_hash(article_key(address)),)).fetchone()
        return FetchTask(address, row[0], Validators(*row[2:])) if row else FetchTask(address, None, Validators())

    def _retitled(self, number: int, title: str) -> bool:
        row = self._database.db.execute("SELECT title FROM texts WHERE number = ?", (number,)).fetchone()
        return row is not None and row[0] != title

    def unchanged(self, task: FetchTask, now: datetime) -> None:
        """Records that an article was requested again and had not changed."""
        with self._database.transaction() as db:
            db.execute("UPDATE texts SET checked_at = ? WHERE number = ?", (written(now), task.number))
            db.execute("UPDATE cards SET title_when_fetched = title WHERE article = ?", (article_key(task.address),))

    def identify(self, article: Article, asked: str, host: str) -> Identity:
        """Finds the known article with the same post number, else with the requested address or the one on the page."""
        own = tuple(dict.fromkeys(map(article_key, (asked, article.address))))
        row = self._find(article, own, host)
        if row is None:
            return Identity(None, own)
        number, known = row
        # An address of another known article stays with that article, even if it leads here now.
        mine = tuple(address for address in own if self.find(address).number in (None, number))
        return Identity(number, tuple(dict.fromkeys((*mine, article_key(known)))) if known else mine)

    def _find(self, article: Article, addresses: tuple[str, ...], host: str) -> tuple[int, str | None] | None:
        """Number and address of a known article, by its post number, else by its addresses in turn."""
        db = self._database.db
        if row := db.execute(_BY_ENTRY, (entry_id(host, article.post_id, article_key(article.address)),)).fetchone():
            return row[0], row[1]
        for address in addresses:
            row = db.execute(_BY_ADDRESS, (address_hash(address),)).fetchone()
            if row and self._may_be_same(row[0], article):
                return row[0], row[1]
        return None

    def _may_be_same(self, number: int, article: Article) -> bool:
        """Whether a known article with the same address is this one: not if both have post numbers, and they differ."""
        entry = self._database.db.execute("SELECT entry FROM articles WHERE number = ?", (number,)).fetchone()[0]
        known = entry.rpartition(":")[2]
        return article.post_id is None or not known.isdigit() or known == article.post_id

    def save(
        self,
        edition: Edition,
        article: Article,
        asked: str,
        memberships: Memberships,
        validators: Validators,
        now: datetime,
        identity: Identity | None = None,
        undated: Dating = Dating.FIRST_SEEN,
    ) -> str | None:
        """Saves what an article's page says. Returns the id of its entry if that is new or has changed, else None.

        Id and `published` are given once; but a `published` of this program's own clock, which stands in for one that the page
        lacks (`undated` tells why), gives way to the site's as soon as there is one. `updated` moves only with title, lead,
        body, picture or tags, and is never before `published`. A body or lead that is suddenly gone is taken for a broken
        page, not for an edit.
        """
        identity = identity or self.identify(article, asked, edition.host)
        with self._database.transaction() as db:
            old = read(db, identity.number)
            if old and old.article:
                article = _with_what_was_known(article, old.article)
            entry = old.id if old else entry_id(edition.host, article.post_id, article_key(article.address))
            published, dated = _dated(old, article, undated, now)
            at, is_redated = int(published.timestamp()), old is not None and published != old.published
            updated = _updated(None if is_redated else old, article, published)
            row = {"number": identity.number, "edition": edition.code, "entry": entry, "at": at, "dated": dated}
            row |= {"published": published.isoformat(), "updated": updated.isoformat()}
            number = int(db.execute(_SAVE, row).fetchone()[0])
            save_text(db, number, article, asked, validators, now)
            if is_redated:
                db.execute("UPDATE membership SET at = ? WHERE number = ?", (at, number))
            join_feeds(db, edition.code, number, at, memberships.lists, memberships.topics)
            _save_addresses(db, identity.addresses, number)
            db.execute("DELETE FROM failed_fetches WHERE article = ?", (article_key(asked),))
            db.execute("UPDATE cards SET title_when_fetched = title WHERE article = ?", (article_key(asked),))
        is_same = old and old.article and _visible_parts(article) == _visible_parts(old.article) and not is_redated
        return None if is_same else entry

    def record_failure(self, address: str, reason: str, now: datetime) -> None:
        """Records that an article could not be read."""
        with self._database.transaction() as db:
            db.execute(
                "INSERT INTO failed_fetches VALUES (?, 1, ?, ?) ON CONFLICT DO UPDATE"
                " SET times = times + 1, last = excluded.last, reason = excluded.reason",
                (article_key(address), written(now), reason),
            )

    def get(self, number: int) -> StoredArticle | None:
        """An article by its number."""
        return read(self._database.db, number)

    def latest_date(self, edition: str) -> datetime | None:
        """The latest of the dates of publication that are the site's own."""
        row = self._database.db.execute("SELECT max(at) FROM articles WHERE edition = ? AND dated = 'site'", (edition,))
        at = row.fetchone()[0]
        return None if at is None else datetime.fromtimestamp(at, UTC)

    def newest_instant(self, edition: str) -> datetime | None:
        """When the newest article was published."""
        row = self._database.db.execute(
            "SELECT published FROM membership JOIN feeds USING (feed) JOIN articles USING (number)"
            " WHERE feeds.edition = ? AND key = 'all' ORDER BY membership.at DESC LIMIT 1",
            (edition,),
        ).fetchone()
        return datetime.fromisoformat(row[0]) if row else None

    def _may_retry(self, address: str, now: datetime) -> bool:
        query = "SELECT times, last FROM failed_fetches WHERE article = ?"
        row = self._database.db.execute(query, (article_key(address),)).fetchone()
        if row is None:
            return True
        since = now - datetime.fromisoformat(row[1])  # less than nothing, where the clock stood ahead
        return not timedelta(0) <= since < _RETRY_AFTER[min(row[0], len(_RETRY_AFTER)) - 1]


def _with_what_was_known(article: Article, old: Article) -> Article:
    """The article with the text of before where it has none, and with the address of before where that is no other one."""
    address = old.address if article_key(article.address) == article_key(old.address) else article.address
    return replace(article, body=article.body or old.body, lead=article.lead or old.lead, address=address)


def _save_addresses(db: sqlite3.Connection, addresses: Iterable[str], number: int) -> None:
    rows = [(address_hash(address), number) for address in addresses]
    db.executemany("INSERT OR REPLACE INTO addresses VALUES (?, ?)", rows)


def _dated(old: StoredArticle | None, article: Article, undated: Dating, now: datetime) -> tuple[datetime, Dating]:
    """An article's `published`, and what that is."""
    if article.published and (old is None or old.dated is not Dating.SITE):
        return article.published, Dating.SITE
    return (old.published, old.dated) if old else (now.replace(microsecond=0), undated)


def _recheck_is_due(published: datetime, checked_at: datetime, now: datetime) -> bool:
    """Whether to check an article again: once the time since the last check is as long as its age was then."""
    return now - checked_at >= max(checked_at - published, _FIRST_RECHECK)


def _visible_parts(article: Article) -> tuple[object, ...]:
    """The parts of an article that change an entry's `updated`: title, lead, body, picture and tags."""
    picture = article.picture.address if article.picture else ""
    return article.title, article.lead, article.body, picture, sorted(match_key(tag.label) for tag in article.tags)


def _updated(old: StoredArticle | None, article: Article, published: datetime) -> datetime:
    """The entry's `updated`: the old one if nothing visible has changed, else the later of the old one and the site's."""
    if old and (old.article is None or _visible_parts(article) == _visible_parts(old.article)):
        return old.updated
    return max(at for at in (old.updated if old else published, article.updated) if at)


def save_text(
    db: sqlite3.Connection, number: int, article: Article, address: str, validators: Validators, now: datetime
) -> None:
    """Saves an article's text, with a hash of everything its page says. Call it within a transaction."""
    packed = msgspec.json.encode(article)
    row = (number, written(now), address, article.title, validators.etag, validators.last_modified)
    db.execute(
        "INSERT OR REPLACE INTO texts VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*row, zlib.compress(packed), fingerprint(packed))
    )


def read(db: sqlite3.Connection, number: int | None) -> StoredArticle | None:
    """An article by its number."""
    row = db.execute(_READ, (number,)).fetchone() if number is not None else None
    if row is None:
        return None
    number, entry, published, updated, dated, packed = row
    article = msgspec.json.decode(zlib.decompress(packed), type=Article) if packed is not None else None
    instants = datetime.fromisoformat(published), datetime.fromisoformat(updated)
    return StoredArticle(number, entry, *instants, Dating(dated), article)

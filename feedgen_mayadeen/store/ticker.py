"""The ticker's lines and the Most Read box: when each line and article was first seen there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from feedgen_mayadeen.models import Card, TickerLine
from feedgen_mayadeen.site.identity import article_key
from feedgen_mayadeen.store.database import Database, address_hash
from feedgen_mayadeen.store.feeds import ArticleRef
from feedgen_mayadeen.text import match_key

_TICK = timedelta(milliseconds=1)
"""Time between lines that were first seen together, so that they stay in the order of the page."""


@dataclass(frozen=True, slots=True)
class SeenLine:
    """A line of the ticker, its permanent number, and when it was first seen."""

    number: int
    line: TickerLine
    at: datetime


class Ticker:
    """The moving parts of each edition's pages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, edition: str, lines: Iterable[TickerLine], now: datetime) -> None:
        """Saves new lines; on the page, the newest line is at the top."""
        with self._database.transaction() as db:
            known = dict(db.execute("SELECT hash, seen FROM ticker WHERE edition = ?", (edition,)).fetchall())
            last = max(map(datetime.fromisoformat, known.values()), default=now - _TICK)
            at = max(now, last + _TICK).astimezone(UTC)
            for line in reversed(tuple(lines)):
                number = address_hash(match_key(line.text))
                if number not in known:
                    row = (edition, number, line.text, line.address, at.isoformat(timespec="milliseconds"))
                    db.execute("INSERT OR IGNORE INTO ticker VALUES (?, ?, ?, ?, ?)", row)
                    at += _TICK

    def lines(self, edition: str, limit: int) -> tuple[SeenLine, ...]:
        """The newest lines, newest first, by when they were first seen."""
        rows = self._database.db.execute(
            "SELECT hash, text, address, seen FROM ticker WHERE edition = ? AND text IS NOT NULL"
            " ORDER BY seen DESC, hash LIMIT ?",
            (edition, limit),
        )
        return tuple(SeenLine(n, TickerLine(text, at), datetime.fromisoformat(seen)) for n, text, at, seen in rows)

    def count(self, edition: str) -> int:
        """The number of lines whose texts are kept."""
        row = self._database.db.execute("SELECT count(*) FROM ticker WHERE edition = ? AND text IS NOT NULL", (edition,))
        return int(row.fetchone()[0])

    def forget(self, edition: str, limit: int) -> None:
        """Deletes the texts of all but the newest lines; their numbers stay, so that none comes back as new."""
        with self._database.transaction() as db:
            db.execute(
                "UPDATE ticker SET text = NULL, address = NULL WHERE edition = :edition AND text IS NOT NULL AND hash NOT IN"
                " (SELECT hash FROM ticker WHERE edition = :edition ORDER BY seen DESC LIMIT :limit)",
                {"edition": edition, "limit": limit},
            )

    def save_most_read(self, edition: str, cards: Iterable[Card], now: datetime) -> None:
        """Saves the articles of the Most Read box, in order, with the day on which each entered it (UTC)."""
        with self._database.transaction() as db:
            days = dict(db.execute("SELECT article, day FROM most_read WHERE edition = ?", (edition,)).fetchall())
            db.execute("DELETE FROM most_read WHERE edition = ?", (edition,))
            today = now.astimezone(UTC).date().isoformat()
            keyed = ((article_key(card.address), card.title) for card in cards)
            rows = [(edition, n, key, title, days.get(key, today)) for n, (key, title) in enumerate(keyed)]
            db.executemany("INSERT INTO most_read VALUES (?, ?, ?, ?, ?)", rows)

    def most_read_shown(self, edition: str) -> tuple[tuple[ArticleRef, str], ...]:
        """The known articles of the Most Read box, in order, each with the day on which it entered."""
        rows = self._database.db.execute(
            "SELECT number, entry, published, COALESCE(updated, published), article_hash, day FROM most_read"
            " JOIN addresses ON addresses.hash = address_hash(most_read.article)"
            " JOIN articles USING (number) JOIN texts USING (number) WHERE most_read.edition = ? ORDER BY place",
            (edition,),
        )
        return tuple((ArticleRef(*article), day) for *article, day in rows)

    def most_read(self, edition: str) -> tuple[tuple[str, str], ...]:
        """The keys of the articles in the Most Read box, in order, each with the day on which it entered."""
        rows = self._database.db.execute("SELECT article, day FROM most_read WHERE edition = ? ORDER BY place", (edition,))
        return tuple(rows.fetchall())

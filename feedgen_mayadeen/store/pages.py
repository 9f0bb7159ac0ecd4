"""Pages: their validators for conditional requests, and the text of robots.txt."""

import sqlite3
from collections.abc import Iterable

from feedgen_mayadeen.models import Validators
from feedgen_mayadeen.store.database import Database


class Pages:
    """Pages by address, as they were when they were last read successfully."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def validators(self, address: str) -> Validators | None:
        """The validators of a page, or None."""
        row = self._database.db.execute("SELECT etag, modified FROM pages WHERE address = ?", (address,)).fetchone()
        return Validators(*row) if row and any(row) else None

    def text(self, address: str) -> str | None:
        """The text of a page, if it was saved, or None."""
        row = self._database.db.execute("SELECT text FROM pages WHERE address = ?", (address,)).fetchone()
        return row[0] if row else None

    def save(self, address: str, validators: Validators, text: str | None = None) -> None:
        """Saves a page's validators, and its text if given."""
        with self._database.transaction() as db:
            save_page(db, address, validators, text)

    def boilerplate(self, edition: str) -> tuple[tuple[str, bytes], ...]:
        """What was learned to stand on many pages of an edition, as `site.boilerplate` packs it."""
        rows = self._database.db.execute("SELECT kind, hashes FROM boilerplate WHERE edition = ?", (edition,))
        return tuple(rows.fetchall())

    def save_boilerplate(self, edition: str, rows: Iterable[tuple[str, bytes]]) -> None:
        """Remembers that. Raises MemoryWriteError."""
        with self._database.transaction() as db:
            kept = [(edition, kind, hashes) for kind, hashes in rows]
            db.executemany("INSERT OR REPLACE INTO boilerplate VALUES (?, ?, ?)", kept)


def save_page(db: sqlite3.Connection, address: str, validators: Validators, text: str | None = None) -> None:
    """Saves a page within the transaction that saves what was read from it."""
    row = (address, validators.etag, validators.last_modified, text)
    db.execute("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?)", row)

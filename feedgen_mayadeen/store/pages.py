"""What memory knows of pages: the validators for conditional requests, the text of robots.txt."""

import sqlite3

from feedgen_mayadeen.models import Validators
from feedgen_mayadeen.store.database import Database


class Pages:
    """Pages by address, as they were when they were last read well."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def validators(self, address: str) -> Validators | None:
        """The validators of a page, or None."""
        row = self._database.db.execute("SELECT etag, modified FROM pages WHERE address = ?", (address,)).fetchone()
        return Validators(*row) if row and any(row) else None

    def text(self, address: str) -> str | None:
        """The text of a page that is kept whole, or None."""
        row = self._database.db.execute("SELECT text FROM pages WHERE address = ?", (address,)).fetchone()
        return row[0] if row else None

    def save(self, address: str, validators: Validators, text: str | None = None) -> None:
        """Remembers a page's validators, and its text where that is given."""
        with self._database.transaction() as db:
            save_page(db, address, validators, text)


def save_page(db: sqlite3.Connection, address: str, validators: Validators, text: str | None = None) -> None:
    """The same within a transaction that keeps what was read from the page."""
    row = (address, validators.etag, validators.last_modified, text)
    db.execute("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?)", row)

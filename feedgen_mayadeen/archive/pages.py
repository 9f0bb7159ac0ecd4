"""What memory knows of pages: the validators for conditional requests, the text of robots.txt."""

import sqlite3

from feedgen_mayadeen.archive.store import Store
from feedgen_mayadeen.models import Validators


class Pages:
    """Pages by address, as they were when they were last read well."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def validators(self, address: str) -> Validators | None:
        """The validators of a page, or None."""
        row = self._store.db.execute("SELECT etag, modified FROM pages WHERE address = ?", (address,)).fetchone()
        return Validators(*row) if row and any(row) else None

    def text(self, address: str) -> str | None:
        """The text of a page that is kept whole, or None."""
        row = self._store.db.execute("SELECT text FROM pages WHERE address = ?", (address,)).fetchone()
        return row[0] if row else None

    def keep(self, address: str, validators: Validators, text: str | None = None) -> None:
        """Remembers a page's validators, and its text where that is given."""
        with self._store.transaction() as db:
            keep_page(db, address, validators, text)


def keep_page(db: sqlite3.Connection, address: str, validators: Validators, text: str | None = None) -> None:
    """The same within a transaction that keeps what was read from the page."""
    row = (address, validators.etag, validators.last_modified, text)
    db.execute("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?)", row)

"""The memory: a SQLite file that knows every article, where it was seen, and what each page's validators were.

`store` the file, its lock and its transactions · `schema` its tables · `pages`, `lists`, `articles`, `feeds`, `ticker` and
`history` its subjects.
"""

import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Self

from feedgen_mayadeen.archive.articles import Articles
from feedgen_mayadeen.archive.feeds import Feeds
from feedgen_mayadeen.archive.history import History
from feedgen_mayadeen.archive.lists import Lists
from feedgen_mayadeen.archive.pages import Pages
from feedgen_mayadeen.archive.store import Store
from feedgen_mayadeen.archive.ticker import Ticker
from feedgen_mayadeen.errors import MemoryFileError, UsageError


class Archive:
    """The memory in a folder, by its subjects. Open it with `with`; only one build can have it at a time.

    With `keep=False` it is a copy: nothing that is done to it stays, and it may be had while a build is going on.
    """

    def __init__(self, folder: Path, *, keep: bool = True) -> None:
        self._store = Store(folder, keep=keep)
        self.pages = Pages(self._store)
        self.lists = Lists(self._store)
        self.articles = Articles(self._store)
        self.feeds = Feeds(self._store)
        self.ticker = Ticker(self._store)
        self.history = History(self._store)

    def __enter__(self) -> Self:
        """Raises OutputError, LockedError or MemoryFileError."""
        self._store.open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if isinstance(error, UsageError):
            self.forget_all()
        self._store.close()
        if isinstance(error, sqlite3.Error):
            raise MemoryFileError("the memory", str(error)) from error

    def forget_all(self) -> None:
        """Leaves no trace of a memory that this build began: for a site that could not be read at all."""
        self._store.forget_all()

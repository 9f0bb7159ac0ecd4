"""The memory: a SQLite file that knows every article, where it was seen, and what each page's validators were.

`store` the file, its lock and its transactions · `seal` whether it is as it was left · `schema` its tables · `pages`,
`lists`, `articles`, `feeds`, `ticker`, `history`, `wellness` and `files` its subjects · `restoring` how it begins again.
"""

import sqlite3
import zlib
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from feedgen_mayadeen.archive.articles import Articles
from feedgen_mayadeen.archive.feeds import Feeds
from feedgen_mayadeen.archive.files import Files
from feedgen_mayadeen.archive.history import History
from feedgen_mayadeen.archive.lists import Lists
from feedgen_mayadeen.archive.pages import Pages
from feedgen_mayadeen.archive.restoring import Restoring
from feedgen_mayadeen.archive.store import Store, is_kept_from_it
from feedgen_mayadeen.archive.ticker import Ticker
from feedgen_mayadeen.archive.wellness import Wellness
from feedgen_mayadeen.errors import MemoryFileError, MemoryWriteError, UsageError


class Archive:
    """The memory in a folder, by its subjects. Open it with `with`; only one build can have it at a time.

    With `keep=False` it is a copy: nothing that is done to it stays, and it may be had while a build is going on. With
    `mends=True` a damaged file is set aside, and an empty one takes its place.
    """

    def __init__(self, folder: Path, *, keep: bool = True, mends: bool = False) -> None:
        self._store = Store(folder, keep=keep, mends=mends)
        self.pages = Pages(self._store)
        self.lists = Lists(self._store)
        self.articles = Articles(self._store)
        self.feeds = Feeds(self._store)
        self.ticker = Ticker(self._store)
        self.history = History(self._store)
        self.files = Files(self._store)
        self.restoring = Restoring(self._store)
        self.wellness = Wellness(self._store)

    def __enter__(self) -> Self:
        """Raises OutputError, LockedError, MemoryFileError or MemoryWriteError."""
        self._store.open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if isinstance(error, UsageError):
            self.forget_all()
        is_damage = isinstance(error, (sqlite3.Error, zlib.error, msgspec.MsgspecError)) and not is_kept_from_it(error)
        self._store.close(is_damaged=is_damage)
        if is_kept_from_it(error):
            raise MemoryWriteError("the memory", str(error)) from error
        if is_damage:
            raise MemoryFileError("the memory", str(error)) from error

    @property
    def damage(self) -> MemoryFileError | None:
        """What was wrong with a file that was set aside."""
        return self._store.damage

    @property
    def is_empty(self) -> bool:
        """Whether this memory began with nothing."""
        return self._store.is_empty

    def forget_all(self) -> None:
        """Leaves no trace of a memory that this build began: for a site that could not be read at all."""
        self._store.forget_all()

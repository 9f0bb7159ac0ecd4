"""The memory: a SQLite file that knows every article, where it was seen, and what each page's validators were.

`database` the file, its lock, its digest and its transactions · `schema.sql` its tables · `pages`, `lists`, `articles`,
`feeds`, `archive_pages`, `ticker`, `health` and `files` its subjects · `recovery` how it begins again from published feeds.
"""

import sqlite3
import zlib
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from feedgen_mayadeen.errors import MemoryFileError, MemoryWriteError, UsageError
from feedgen_mayadeen.store.archive_pages import ArchivePages
from feedgen_mayadeen.store.articles import Articles
from feedgen_mayadeen.store.database import Database, says_nothing_of_the_file
from feedgen_mayadeen.store.feeds import Feeds
from feedgen_mayadeen.store.files import Files
from feedgen_mayadeen.store.health import HealthLog
from feedgen_mayadeen.store.lists import Lists
from feedgen_mayadeen.store.pages import Pages
from feedgen_mayadeen.store.recovery import Recovery
from feedgen_mayadeen.store.ticker import Ticker


class Memory:
    """The memory in a folder, by its subjects. Open it with `with`; only one build can have it at a time.

    With `keep=False` it is a copy: nothing that is done to it stays, and it may be had while a build is going on. With
    `mends=True` a damaged file is set aside, and an empty one takes its place.
    """

    def __init__(self, folder: Path, *, keep: bool = True, mends: bool = False) -> None:
        self._database = Database(folder, keep=keep, mends=mends)
        self.pages = Pages(self._database)
        self.lists = Lists(self._database)
        self.articles = Articles(self._database)
        self.feeds = Feeds(self._database)
        self.archive_pages = ArchivePages(self._database)
        self.ticker = Ticker(self._database)
        self.health = HealthLog(self._database)
        self.files = Files(self._database)
        self.recovery = Recovery(self._database)

    def __enter__(self) -> Self:
        """Raises OutputError, LockedError, MemoryFileError or MemoryWriteError."""
        self._database.open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if isinstance(error, UsageError):
            self.forget_all()
        is_damage = isinstance(error, (sqlite3.Error, zlib.error, msgspec.MsgspecError)) and not says_nothing_of_the_file(
            error
        )
        self._database.close(is_damaged=is_damage)
        if says_nothing_of_the_file(error):
            raise MemoryWriteError("the memory", str(error)) from error
        if is_damage:
            raise MemoryFileError("the memory", str(error)) from error

    @property
    def damage(self) -> MemoryFileError | None:
        """What was wrong with a file that was set aside."""
        return self._database.damage

    @property
    def is_empty(self) -> bool:
        """Whether this memory began with nothing."""
        return self._database.is_empty

    def forget_all(self) -> None:
        """Leaves no trace of a memory that this build began: for a site that could not be read at all."""
        self._database.forget_all()

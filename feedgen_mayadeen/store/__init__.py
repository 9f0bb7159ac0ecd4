"""The memory: a SQLite file with every article, the lists it was seen on, and the validators of pages.

`database` the file, its lock, digest and transactions · `schema.sql` the tables · `pages`, `lists`, `articles`, `feeds`,
`archive_pages`, `ticker`, `health`, `files` queries for each subject · `recovery` a new memory from published feeds ·
`copy` a memory copied to a file and back.
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
from feedgen_mayadeen.store.database import Database, is_disk_trouble
from feedgen_mayadeen.store.feeds import Feeds
from feedgen_mayadeen.store.files import Files
from feedgen_mayadeen.store.health import HealthLog
from feedgen_mayadeen.store.lists import Lists
from feedgen_mayadeen.store.pages import Pages
from feedgen_mayadeen.store.recovery import Recovery
from feedgen_mayadeen.store.ticker import Ticker


class Memory:
    """The memory in a folder, with one attribute for each subject. Open it with `with`; only one build can use it at a time.

    `keep=False` opens a copy: changes are discarded, and another build may be running. `mends=True` sets a damaged file
    aside and begins with an empty one.
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
        is_damage = isinstance(error, (sqlite3.Error, zlib.error, msgspec.MsgspecError)) and not is_disk_trouble(error)
        self._database.close(is_damaged=is_damage)
        if is_disk_trouble(error):
            raise MemoryWriteError("the memory", str(error)) from error
        if is_damage:
            raise MemoryFileError("the memory", str(error)) from error

    @property
    def damage(self) -> MemoryFileError | None:
        """The damage of the file that was set aside, if there was one."""
        return self._database.damage

    @property
    def is_empty(self) -> bool:
        """Whether this memory was empty when it was opened."""
        return self._database.is_empty

    def forget_all(self) -> None:
        """Deletes the memory if this build made it: for a site that could not be read at all."""
        self._database.forget_all()

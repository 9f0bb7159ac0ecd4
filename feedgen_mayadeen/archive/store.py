"""The memory's file: opened by one build at a time, changed in transactions, left without a trace when it came to nothing."""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from feedgen_mayadeen import errors
from feedgen_mayadeen.archive.schema import TABLES, UPGRADES, VERSION
from feedgen_mayadeen.archive.seal import is_intact, seal_of, written_blocks

FILE_NAME = "memory.sqlite"
DAMAGED_NAME = "memory.damaged.sqlite"
_SEAL_NAME = "memory.digest"
_DAMAGED = "damaged"
"""Stands in the place of a seal that would fit."""
_LOCK_NAME = "lock"
_KEPT_FROM_IT = frozenset((sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_LOCKED))  # fmt: skip


class Store:
    """The open file. `db` is its connection; changes that belong together stand in one `transaction`."""

    db: sqlite3.Connection
    damage: errors.MemoryFileError | None = None
    """What was wrong with a file that was set aside when this one was opened."""

    def __init__(self, folder: Path, *, keep: bool, mends: bool) -> None:
        self._folder, self._keep, self._mends = folder, keep, mends
        self._file = folder / FILE_NAME
        self._lock = FileLock(folder / _LOCK_NAME, blocking=False)
        self._log, self._seal_file = folder / f"{FILE_NAME}-wal", folder / _SEAL_NAME
        self._is_new, self._made = False, list[Path]()
        self._ignores_file = self._is_as_left = False
        self._seal = ""
        self.is_empty = True
        """Whether the file was new, and knows nothing but what was put into it since."""

    def open(self) -> None:
        """Raises OutputError when the folder or the file can't be used, LockedError, MemoryFileError, MemoryWriteError."""
        if self._keep:
            self._acquire()
        try:
            self._open_or_mend()
        except BaseException:  # after Ctrl-C too other builds must get in
            self._lock.release()
            raise

    def _open_or_mend(self) -> None:
        try:
            self._check_seal()
            self._connect_and_prepare()
        except errors.MemoryFileError as error:
            if not self._mends:
                raise
            self.damage = error
            self._set_aside()
            self._connect_and_prepare()

    def close(self, *, is_damaged: bool = False) -> None:
        """Closes the file, with its seal beside, and lets other builds have it.

        One that turned out to be damaged gets none that fits, so that the next build sets it aside. While somebody else
        reads the file SQLite leaves it to them to bring it and its log together: it has no seal then.
        """
        written = self._written_blocks()
        self.db.close()
        if self._keep and self._file.exists() and (is_damaged or not self._log.exists()):
            with suppress(OSError):  # without one the file is looked through the next time
                self._seal_file.write_text(_DAMAGED if is_damaged else seal_of(self._file, self._seal, written), "ascii")
        self._lock.release()

    def replace_by(self, other: sqlite3.Connection) -> None:
        """Puts all of another memory in the place of this one's content."""
        self._seal = ""  # not all of that need go through the log
        other.backup(self.db)

    def _written_blocks(self) -> frozenset[int] | None:
        """The blocks of the file that were written since it was opened, None if that can't be told."""
        if self._seal:
            with suppress(OSError):
                return written_blocks(self._log)
        return None

    def _check_seal(self) -> None:
        """Compares the file with its seal, which stands beside it only while no build is at work. Raises MemoryFileError.

        SQLite itself finds damage in the structure of its pages, not in what they hold. A seal that is not whole, because
        a build was killed or the disk full while it was written, is none. One that does not fit stays until the file is
        set aside.
        """
        try:
            told = self._seal_file.read_text("ascii")
            sealed = self._seal_file.stat().st_mtime_ns
            is_there = self._file.exists()
            intact = not is_there or (told != _DAMAGED and is_intact(told, self._file, sealed))
        except (FileNotFoundError, UnicodeDecodeError):
            return
        except OSError as error:
            if self._keep and isinstance(error, PermissionError):
                raise errors.OutputError(str(self._file), f"can't be read ({error.strerror})") from error
            raise errors.MemoryFileError(str(self._file), str(error.strerror)) from error
        if intact is False:
            raise errors.MemoryFileError(str(self._file), "it is not as the last build left it")
        self._is_as_left = bool(intact)
        self._seal = told if intact and is_there and not self._log.exists() else ""
        if self._keep:
            self._forget_seal()

    def _forget_seal(self) -> None:
        try:
            self._seal_file.unlink(missing_ok=True)
        except OSError as error:
            raise errors.OutputError(str(self._seal_file), f"can't be taken away ({error.strerror})") from error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of what is done within, or nothing of it."""
        try:
            self.db.execute("BEGIN IMMEDIATE")
            yield self.db
            self.db.execute("COMMIT")
        except sqlite3.OperationalError as error:
            self._roll_back()
            if not is_kept_from_it(error):
                raise
            raise errors.MemoryWriteError(str(self._file), str(error)) from error
        except BaseException:  # Ctrl-C too must leave all or nothing
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        if self.db.in_transaction:  # a full disk makes SQLite roll back by itself
            self.db.execute("ROLLBACK")

    def forget_all(self) -> None:
        """Takes away the file and the folders that opening it made, if it made any."""
        if not self._keep or not self._is_new:
            return
        self.close()
        for name in (FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm", _SEAL_NAME, _LOCK_NAME):
            (self._folder / name).unlink(missing_ok=True)
        with suppress(OSError):  # somebody else may have put something there meanwhile
            for folder in self._made:
                folder.rmdir()

    def _acquire(self) -> None:
        try:
            self._is_new = not self._file.exists()
            self._made = [above for above in (self._folder, *self._folder.absolute().parents) if not above.exists()]
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except Timeout as error:
            raise errors.LockedError(str(self._folder)) from error
        except OSError as error:
            raise errors.OutputError(str(self._folder), f"the memory can't be kept here ({error.strerror})") from error

    def _set_aside(self) -> None:
        """Keeps a damaged file beside the new one, for a person to look at; the last one only."""
        if not self._keep:
            self._ignores_file = True
            return
        try:
            for end in ("", "-wal", "-shm"):
                if (old := self._folder / f"{FILE_NAME}{end}").exists():
                    old.replace(self._folder / f"{DAMAGED_NAME}{end}")
        except OSError as error:
            raise errors.OutputError(str(self._file), f"is damaged, and can't be set aside ({error.strerror})") from error
        self._forget_seal()

    def _connect_and_prepare(self) -> None:
        """Raises MemoryFileError, and MemoryWriteError where that is no damage; leaves nothing open then."""
        try:
            self.db = self._connect()
            try:
                self._prepare()
            except BaseException:  # after Ctrl-C too the file must not stay open
                self.db.close()
                raise
        except sqlite3.DatabaseError as error:
            if self._keep and is_kept_from_it(error):
                raise errors.MemoryWriteError(str(self._file), str(error)) from error
            raise errors.MemoryFileError(str(self._file), str(error)) from error

    def _connect(self) -> sqlite3.Connection:
        if self._keep:
            return sqlite3.connect(self._file, isolation_level=None)
        copy = sqlite3.connect(":memory:", isolation_level=None)
        if self._file.exists() and not self._ignores_file:
            # Read-only, SQLite would leave files beside a memory in WAL mode; where it may not write, there is no writer.
            mode = "mode=rw" if os.access(self._folder, os.W_OK) else "immutable=1"
            with closing(sqlite3.connect(f"{self._file.absolute().as_uri()}?{mode}", uri=True)) as kept:
                kept.backup(copy)
        return copy

    def _prepare(self) -> None:
        version = self.db.execute("PRAGMA user_version").fetchone()[0]
        tables = self.db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if not 0 <= version <= VERSION or (version == 0 and tables):
            raise errors.MemoryFileError(str(self._file), f"its version is {version}, this program's is {VERSION}")
        if not self._is_as_left and (found := self.db.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise errors.MemoryFileError(str(self._file), found)
        self.is_empty = version == 0
        self.db.create_function("address_hash", 1, address_hash, deterministic=True)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = NORMAL")
        if version == 0:
            self.db.executescript(f"BEGIN; {TABLES} PRAGMA user_version = {VERSION}; COMMIT;")
        for older in range(version, VERSION) if version else ():
            self.db.executescript(f"BEGIN; {UPGRADES[older]} PRAGMA user_version = {older + 1}; COMMIT;")


def is_kept_from_it(error: BaseException | None) -> bool:
    """Whether SQLite failed for want of room or of permission: that says nothing about the file."""
    return isinstance(error, sqlite3.OperationalError) and getattr(error, "sqlite_errorcode", 0) & 0xFF in _KEPT_FROM_IT


def written(instant: datetime) -> str:
    """An instant of this program's own clock as memory keeps it: UTC, whole seconds."""
    return instant.astimezone(UTC).isoformat(timespec="seconds")


def address_hash(address: str) -> int:
    """An address as 64 bits: memory knows many addresses, and compares them only with ones that it is given."""
    return int.from_bytes(hashlib.blake2b(address.encode(), digest_size=8).digest(), "big", signed=True)

"""The memory's file: opened by one build at a time, changed in transactions, with its SHA-256 next to it between builds."""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from filelock import FileLock, Timeout

from feedgen_mayadeen import errors

FILE_NAME = "memory.sqlite"
DAMAGED_NAME = "memory.damaged.sqlite"
VERSION = 4
"""Version of the tables. A file of another version is set aside, and the memory is rebuilt from the published feeds."""
_DIGEST_NAME = "memory.digest"
_DAMAGED = "damaged"
"""Written instead of a digest when the file is known to be damaged."""
_LOCK_NAME = "lock"
_DISK_TROUBLE = frozenset((
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_LOCKED,
))  # fmt: skip


class Database:
    """The open file. `db` is its connection; changes that belong together go into one `transaction`.

    `keep=False` opens a copy, whose changes are discarded. `mends=True` sets a damaged file aside.
    """

    db: sqlite3.Connection
    damage: errors.MemoryFileError | None = None
    """The damage of the file that was set aside when this one was opened."""

    def __init__(self, folder: Path, *, keep: bool, mends: bool) -> None:
        self._folder, self._keep, self._mends = folder, keep, mends
        self._file, self._digest_file = folder / FILE_NAME, folder / _DIGEST_NAME
        self._lock = FileLock(folder / _LOCK_NAME, blocking=False)
        self._is_new, self._new_folders = False, list[Path]()
        self._ignores_file = False
        self.is_empty = True
        """Whether the file was new when it was opened."""

    def open(self) -> None:
        """Raises OutputError when the folder or the file can't be used, LockedError, MemoryFileError, MemoryWriteError."""
        if self._keep:
            self._acquire()
        try:
            self._open_or_mend()
        except BaseException:  # also after Ctrl-C: other builds must be able to open it
            self._lock.release()
            raise

    def _open_or_mend(self) -> None:
        try:
            self._check_digest()
            self._connect_and_prepare()
        except errors.MemoryFileError as error:
            if not self._mends:
                raise
            self.damage = error
            self._set_aside()
            self._connect_and_prepare()

    def close(self, *, is_damaged: bool = False) -> None:
        """Closes the file, writes its digest, and releases the lock.

        A damaged file gets no valid digest, so that the next build sets it aside. If another process is still reading the
        file, SQLite leaves its log to that process, and no digest is written.
        """
        self.db.close()
        is_whole = not (self._folder / f"{FILE_NAME}-wal").exists()
        if self._keep and self._file.exists() and (is_damaged or is_whole):
            with suppress(OSError):  # without a digest the next build has only SQLite's own check
                self._digest_file.write_text(_DAMAGED if is_damaged else _digest_of(self._file), "ascii")
        self._lock.release()

    def _check_digest(self) -> None:
        """Compares the file with its digest, which exists only between builds. Raises MemoryFileError.

        SQLite finds damage in the structure of its pages, but not in their content. An incomplete digest, left by a killed
        build or a full disk, is ignored.
        """
        try:
            digest = self._digest_file.read_text("ascii")
            is_complete = digest == _DAMAGED or len(digest) == hashlib.sha256().digest_size * 2
            differs = is_complete and self._file.exists() and digest != _digest_of(self._file)
        except (FileNotFoundError, UnicodeDecodeError):
            return
        except OSError as error:
            if self._keep and isinstance(error, PermissionError):
                raise errors.OutputError(str(self._file), f"can't be read ({error.strerror})") from error
            raise errors.MemoryFileError(str(self._file), str(error.strerror)) from error
        if differs:
            raise errors.MemoryFileError(str(self._file), "it is not as the last build left it")
        if self._keep:
            self._forget_digest()

    def _forget_digest(self) -> None:
        try:
            self._digest_file.unlink(missing_ok=True)
        except OSError as error:
            raise errors.OutputError(str(self._digest_file), f"can't be taken away ({error.strerror})") from error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of what is done within, or nothing of it. Raises MemoryWriteError."""
        try:
            self.db.execute("BEGIN IMMEDIATE")
            yield self.db
            self.db.execute("COMMIT")
        except sqlite3.OperationalError as error:
            self._roll_back()
            if not is_disk_trouble(error):
                raise
            raise errors.MemoryWriteError(str(self._file), str(error)) from error
        except BaseException:  # also after Ctrl-C: all or nothing
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        if self.db.in_transaction:  # a full disk makes SQLite roll back by itself
            self.db.execute("ROLLBACK")

    def forget_all(self) -> None:
        """Deletes the file and the folders that opening it created, if it created any."""
        if not self._keep or not self._is_new:
            return
        self.close()
        for name in (FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm", _DIGEST_NAME, _LOCK_NAME):
            (self._folder / name).unlink(missing_ok=True)
        with suppress(OSError):  # there may be other files in it by now
            for folder in self._new_folders:
                folder.rmdir()

    def _acquire(self) -> None:
        try:
            self._is_new = not self._file.exists()
            self._new_folders = [above for above in (self._folder, *self._folder.absolute().parents) if not above.exists()]
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except Timeout as error:
            raise errors.LockedError(str(self._folder)) from error
        except OSError as error:
            raise errors.OutputError(str(self._folder), f"the memory can't be kept here ({error.strerror})") from error

    def _set_aside(self) -> None:
        """Renames a damaged file so that a person can look at it; replaces an earlier one."""
        if not self._keep:
            self._ignores_file = True
            return
        try:
            for end in ("", "-wal", "-shm"):
                if (old := self._folder / f"{FILE_NAME}{end}").exists():
                    old.replace(self._folder / f"{DAMAGED_NAME}{end}")
        except OSError as error:
            raise errors.OutputError(str(self._file), f"is damaged, and can't be set aside ({error.strerror})") from error
        self._forget_digest()

    def _connect_and_prepare(self) -> None:
        """Raises MemoryFileError for damage, else MemoryWriteError; nothing is left open then."""
        try:
            self.db = self._connect()
            try:
                self._prepare()
            except BaseException:  # also after Ctrl-C: the file must not stay open
                self.db.close()
                raise
        except sqlite3.DatabaseError as error:
            if self._keep and is_disk_trouble(error):
                raise errors.MemoryWriteError(str(self._file), str(error)) from error
            raise errors.MemoryFileError(str(self._file), str(error)) from error

    def _connect(self) -> sqlite3.Connection:
        if self._keep:
            return sqlite3.connect(self._file, isolation_level=None)
        copy = sqlite3.connect(":memory:", isolation_level=None)
        if self._file.exists() and not self._ignores_file:
            # Opened read-only, a WAL database gets new files next to it. Where those can't be written, no build is running.
            mode = "mode=rw" if os.access(self._folder, os.W_OK) else "immutable=1"
            with closing(sqlite3.connect(f"{self._file.absolute().as_uri()}?{mode}", uri=True)) as kept:
                kept.backup(copy)
        return copy

    def _prepare(self) -> None:
        version = self.db.execute("PRAGMA user_version").fetchone()[0]
        tables = self.db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if version not in (0, VERSION) or (version == 0 and tables):
            raise errors.MemoryFileError(str(self._file), f"its version is {version}, this program's is {VERSION}")
        if (found := self.db.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise errors.MemoryFileError(str(self._file), found)
        self.is_empty = version == 0
        self.db.create_function("address_hash", 1, address_hash, deterministic=True)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = NORMAL")
        if version == 0:
            tables = resources.files(__package__).joinpath("schema.sql").read_text("utf-8")
            self.db.executescript(f"BEGIN; {tables} PRAGMA user_version = {VERSION}; COMMIT;")


def is_disk_trouble(error: BaseException | None) -> bool:
    """Whether SQLite failed because of the disk, a permission or a lock, and not because the file is damaged."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return isinstance(error, sqlite3.OperationalError) and code in _DISK_TROUBLE


def _digest_of(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def written(instant: datetime) -> str:
    """An instant of this program's own clock as text: UTC, in whole seconds."""
    return instant.astimezone(UTC).isoformat(timespec="seconds")


def address_hash(address: str) -> int:
    """A 64-bit hash of an address: the memory knows many addresses, and only has to compare them."""
    return int.from_bytes(hashlib.blake2b(address.encode(), digest_size=8).digest(), "big", signed=True)

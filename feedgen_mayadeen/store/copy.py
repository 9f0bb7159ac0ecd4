"""A memory copied to a file, and such a copy put into a folder: completely or not at all, and while no build uses it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from feedgen_mayadeen.errors import MemoryFileError, MemoryWriteError
from feedgen_mayadeen.store.database import FILE_NAME, Database


def has_memory(state: Path) -> bool:
    """Whether a folder holds a memory."""
    return (state / FILE_NAME).exists()


def copy_memory(state: Path, target: Path) -> None:
    """Copies a folder's memory to a new, compact file: the same content gives the same bytes.

    Raises LockedError, MemoryFileError and MemoryWriteError.
    """
    database = Database(state, keep=True, mends=False)
    database.open()
    try:
        database.db.execute("VACUUM INTO ?", (str(target),))
        with closing(sqlite3.connect(target, isolation_level=None)) as copy:
            # SQLite increases this with each copy, so two copies of the same memory would differ.
            copy.execute("PRAGMA schema_version = 1")
    except sqlite3.OperationalError as error:
        raise MemoryWriteError(str(target), str(error)) from error
    except sqlite3.DatabaseError as error:
        raise MemoryFileError(str(state / FILE_NAME), str(error)) from error
    finally:
        database.close()


def lay_memory(state: Path, source: Path) -> None:
    """Replaces the memory in a folder with a copy.

    Raises MemoryFileError when the copy is not a memory, also LockedError, OutputError and MemoryWriteError.
    """
    with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as copy:
        try:
            found = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite3.DatabaseError as error:
            raise MemoryFileError(str(source), str(error)) from error
        if found != "ok" or not copy.execute("PRAGMA user_version").fetchone()[0]:
            raise MemoryFileError(str(source), "it is damaged or something else" if found == "ok" else found)
        database = Database(state, keep=True, mends=False)
        database.open()
        try:
            copy.backup(database.db)
        except sqlite3.OperationalError as error:
            raise MemoryWriteError(str(state / FILE_NAME), str(error)) from error
        finally:
            database.close()

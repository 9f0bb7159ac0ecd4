"""Puts finished files into the output folder: whole or not at all, and only when their bytes differ."""

import os
import tempfile
from enum import StrEnum
from pathlib import Path

from feedgen_mayadeen.errors import OutputError

_ASIDE = ".feed-"
_OURS = (".xml", ".json", ".html", ".opml")


class Outcome(StrEnum):
    """What became of one file."""

    WRITTEN = "written"
    WOULD_CHANGE = "would change"
    UNCHANGED = "unchanged"
    FAILED = "failed"


def check_folder(folder: Path) -> None:
    """Makes sure that a folder can be written, or made, without leaving anything behind. Raises OutputError."""
    try:
        if folder.exists() and not folder.is_dir():
            raise OutputError(str(folder), "is a file; give a folder to --out")
        near = next(above for above in (folder, *folder.absolute().parents) if above.exists())
        with tempfile.TemporaryFile(dir=near):
            pass
    except OSError as error:
        raise OutputError(str(folder), f"can't be written ({error.strerror})") from error


def publish(path: Path, content: bytes, *, dry_run: bool = False) -> Outcome:
    """Writes a file aside, flushes it, and renames it into place, if its bytes differ from what is there.

    With `dry_run` only tells what would be done. Raises OutputError; what was there before then still is.
    """
    try:
        if path.is_file() and path.read_bytes() == content:
            return Outcome.UNCHANGED
        if dry_run:
            return Outcome.WOULD_CHANGE
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, content)
    except OSError as error:
        raise OutputError(str(path), f"can't be written ({error.strerror})") from error
    return Outcome.WRITTEN


def sweep(folder: Path) -> None:
    """Takes away what killed builds left half written. Raises OutputError."""
    for part in folder.rglob(f"{_ASIDE}*.part"):
        remove(part)


def clear(folder: Path) -> None:
    """Takes away every feed of a folder, in all its forms, and what lists them. Raises OutputError."""
    for file in folder.rglob("*"):
        if file.suffix in _OURS:
            remove(file)


def remove(path: Path) -> None:
    """Takes away a file that is no feed any more. Raises OutputError."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(str(path), f"can't be taken away ({error.strerror})") from error


def _replace(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=_ASIDE, suffix=".part")
    aside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.chmod(0o666 & ~_umask())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _umask() -> int:
    """The permissions that new files do not get; a temporary file begins without any for others."""
    mask = os.umask(0)
    os.umask(mask)
    return mask

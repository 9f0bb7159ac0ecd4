"""Files of a folder that is published: put in place whole or not at all, and only when their bytes differ."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import msgspec

from feedgen_mayadeen.errors import OutputError

_TEMPORARY, _PART = ".feed-", ".part"
_OURS = (".xml", ".json", ".html", ".opml", ".png")
"""What `clear` takes away; pictures are only in the sample's folder."""


class _Status(msgspec.Struct):
    """What matters of status.json here; `base_url` is None where the folder was built without an address."""

    sample: bool = False
    base_url: str | None = "unknown"


class Outcome(StrEnum):
    """What became of one file. It is restored when it was missing, and has the content that was published last."""

    WRITTEN = "written"
    RESTORED = "restored"
    WOULD_CHANGE = "would change"
    UNCHANGED = "unchanged"
    FAILED = "failed"


def check_writable(folder: Path) -> None:
    """Makes sure that a folder can be written, or made, without leaving anything behind. Raises OutputError."""
    try:
        if folder.exists() and not folder.is_dir():
            raise OutputError(str(folder), "is a file; give a folder to --out")
        near = next(above for above in (folder, *folder.absolute().parents) if above.exists())
        with tempfile.TemporaryFile(dir=near):
            pass
    except OSError as error:
        raise OutputError(str(folder), f"can't be written ({error.strerror})") from error


def is_sample(folder: Path) -> bool:
    """Whether the feeds in a folder are those of the sample site, as its status.json tells."""
    return _status(folder).sample


def has_address(folder: Path) -> bool:
    """Whether the feeds in a folder name the address where they will be served, as its status.json tells."""
    return bool(_status(folder).base_url)


def _status(folder: Path) -> _Status:
    try:
        return msgspec.json.decode((folder / "status.json").read_bytes(), type=_Status)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Status()


def write_file(path: Path, content: bytes, *, dry_run: bool = False) -> Outcome:
    """Writes a temporary file, flushes it, and renames it into place, if its bytes differ from what is there.

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
    for file in filter(is_part, files_in(folder)):
        remove(folder / file)


def is_part(file: str) -> bool:
    """Whether a path is that of a file that a killed build left half written."""
    return file.endswith(_PART) and file.rpartition("/")[2].startswith(_TEMPORARY)


def files_in(folder: Path) -> Iterator[str]:
    """Every file in a folder and below, by its path in it; what can't be looked at, or has no text as a name, is not there."""
    for parent, _, names in os.walk(folder):
        for name in names:
            path = Path(parent, name)
            try:
                file = path.relative_to(folder).as_posix()
                file.encode()
                if path.is_file():
                    yield file
            except (OSError, UnicodeEncodeError):
                continue


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
    temporary = path.parent / f"{_TEMPORARY}{secrets.token_hex(8)}{_PART}"
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:  # Ctrl-C too must leave nothing half written
        temporary.unlink(missing_ok=True)
        raise

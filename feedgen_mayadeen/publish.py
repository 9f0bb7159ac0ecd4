"""Puts finished files into the output folder: whole or not at all, and only when their bytes differ."""

import hashlib
import os
import secrets
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import Future, ThreadPoolExecutor
from enum import StrEnum
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from types import TracebackType
from typing import Protocol, Self

import msgspec

from feedgen_mayadeen.errors import OutputError
from feedgen_mayadeen.models import Document, Piece, Written

_ASIDE, _PART = ".feed-", ".part"
_WRITERS = 4
"""Files that are written at once: a disk confirms several together as soon as one."""
_OURS = (".xml", ".json", ".html", ".opml")


_Found = tuple[str, os.stat_result]


class _Status(msgspec.Struct):
    """What matters of status.json here."""

    sample: bool = False


class Outcome(StrEnum):
    """What became of one file. It is restored when it was missing, and has the content that was published last."""

    WRITTEN = "written"
    RESTORED = "restored"
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


def is_sample(folder: Path) -> bool:
    """Whether the feeds in a folder are those of the sample site, as its status.json tells."""
    try:
        return msgspec.json.decode((folder / "status.json").read_bytes(), type=_Status).sample
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def publish(path: Path, content: bytes, *, dry_run: bool = False, is_new: bool = False) -> Outcome:
    """Writes a file aside, flushes it, and renames it into place, if its bytes differ from what is there.

    `is_new` tells that they do. With `dry_run` only tells what would be done. Raises OutputError; what was there before then
    still is.
    """
    try:
        if not is_new and path.is_file() and path.read_bytes() == content:
            return Outcome.UNCHANGED
        if dry_run:
            return Outcome.WOULD_CHANGE
        try:
            _replace(path, content)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path, content)
    except OSError as error:
        raise OutputError(str(path), f"can't be written ({error.strerror})") from error
    return Outcome.WRITTEN


_Places = tuple[tuple[bytes, int, int], ...]
"""Pieces in a file: the mark of each, where it begins, and how long it is, in bytes."""


def assemble(document: Document, around: bytes, packed: bytes, published: Callable[[], bytes]) -> tuple[bytes, bytes]:
    """A document's content, and where its pieces are in it, packed.

    Pieces are taken from what was `published` where it tells, `packed`, that it has the same there.
    """
    before, places = msgspec.msgpack.decode(packed, type=tuple[bytes, _Places]) if packed else (b"", ())
    there = published() if places and before == around else b""
    kept = {mark: there[start : start + size] for mark, start, size in places} if there else {}

    def content_of(piece: Piece) -> bytes:
        return kept.get(piece.mark) or piece.make()

    made = list(map(content_of, document.pieces))
    head, tail = document.frame(made)
    before, after = content_of(head), content_of(tail)
    found, at = [(head.mark, 0, len(before))], len(before)
    for piece, content in zip(document.pieces, made, strict=True):
        found.append((piece.mark, at, len(content)))
        at += len(content) + len(document.between)
    whole = b"".join((before, document.between.join(made), after))
    found.append((tail.mark, len(whole) - len(after), len(after)))
    marked = [place for place in found if place[0]]
    return whole, msgspec.msgpack.encode((around, marked)) if marked else b""


class Known(Protocol):
    """What is remembered of the files that were published, by their paths in the folder."""

    def lie(self) -> Mapping[str, tuple[int, int]]:
        """Size and time of each."""

    def get(self, files: Iterable[str]) -> dict[str, Written]:
        """All of some."""


class Shelf:
    """The output folder in one build: what was published before, and what is now. Use as a context manager."""

    def __init__(self, folder: Path, known: Known, *, dry_run: bool) -> None:
        self._folder, self._known, self._dry_run = folder, known, dry_run
        self._there = {file: (found.st_size, found.st_mtime_ns) for file, found in _files_in(folder)}
        self._before = known.lie()
        self._untouched = {file for file, lay in self._before.items() if self._there.get(file) == lay}
        self._recalled: dict[str, Written | None] = {}
        self._writers = ThreadPoolExecutor(_WRITERS)
        self.written: dict[str, Written] = {}
        self.gone: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._writers.shutdown()

    def has_all(self, files: Iterable[str]) -> bool:
        """Whether files lie there as they were published."""
        return self._untouched.issuperset(files)

    def has(self, mark: bytes, *files: str) -> bool:
        """Whether files lie there as they were published, made from the same."""
        return self.has_all(files) and all(one is not None and one.mark == mark for one in self._recall(files))

    def holds(self, file: str) -> bool:
        """Whether a file of this path is there."""
        return file in self._there

    def lacks(self, file: str) -> bool:
        """Whether a file was published before, and is not there now: the folder is another one, or lost something."""
        return file in self._before and file not in self._there

    def others(self, live: AbstractSet[str]) -> frozenset[str]:
        """The paths of all files there but these, those too that nobody published."""
        return frozenset(self._there.keys() - live)

    def put(self, file: str, mark: bytes, content: bytes) -> Outcome:
        """Publishes a file that is made from what `mark` stands for. Raises OutputError."""
        return self._put(file, mark, content, b"", *self._recall([file]))

    def put_later(
        self, file: str, mark: bytes, document: Document, around: bytes, after: Sequence["Future[Outcome]"] = ()
    ) -> "Future[Outcome]":
        """Begins to publish a document, `after` others; its future tells what became of it, or raises OutputError.

        Of what lies there as it was published those pieces are taken that have the same marks, if `around`, which stands for
        all else that they are made from, is the same too. Where one of the others can't be written this is not either.
        """
        (known,) = self._recall([file])
        content, pieces = assemble(document, around, known.pieces if known else b"", lambda: self._published(file))

        def put() -> Outcome:
            for other in after:  # begun before, so that each has a thread, or had one
                other.result()
            return self._put(file, mark, content, pieces, known)

        return self._writers.submit(put)

    def _recall(self, files: Sequence[str]) -> list[Written | None]:
        """What is remembered of files, each asked for once."""
        if new := [file for file in files if file not in self._recalled]:
            self._recalled |= dict.fromkeys(new) | self._known.get(new)
        return [self._recalled[file] for file in files]

    def _published(self, file: str) -> bytes:
        """What a file holds, if it is what was published; else nothing."""
        (known,) = self._recall([file])
        try:
            content = self.read(file) if file in self._untouched else b""
        except OutputError:
            return b""
        return content if known and known.digest == _digest_of(content) else b""

    def _put(self, file: str, mark: bytes, content: bytes, pieces: bytes, known: Written | None) -> Outcome:
        path, digest = self._folder / file, _digest_of(content)
        is_new = file not in self._there or (known is not None and file in self._untouched and known.digest != digest)
        outcome = publish(path, content, dry_run=self._dry_run, is_new=is_new)
        if outcome is Outcome.WRITTEN and known and known.digest == digest:
            outcome = Outcome.RESTORED
        if not self._dry_run:
            try:
                found = path.stat()
            except OSError as error:
                raise OutputError(str(path), f"was written and is gone ({error.strerror})") from error
            self._there[file] = (found.st_size, found.st_mtime_ns)
            self.written[file] = Written(mark, found.st_size, found.st_mtime_ns, digest, pieces)
        return outcome

    def read(self, file: str) -> bytes:
        """What a file holds that lies there. Raises OutputError."""
        try:
            return (self._folder / file).read_bytes()
        except OSError as error:
            raise OutputError(str(self._folder / file), f"can't be read ({error.strerror})") from error

    def settle(self) -> None:
        """Begins to collect anew what is published and taken away, once that is remembered."""
        self.written.clear()
        self.gone.clear()

    def take_away(self, file: str) -> None:
        """Removes a file that is no feed any more. Raises OutputError."""
        remove(self._folder / file)
        del self._there[file]
        self.gone.add(file)

    def sweep(self) -> None:
        """Takes away what killed builds left half written. Raises OutputError."""
        for file in [file for file in self._there if file.endswith(_PART)]:
            if _is_part(file):
                self.take_away(file)


def _digest_of(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()


def sweep(folder: Path) -> None:
    """Takes away what killed builds left half written. Raises OutputError."""
    for file, _ in _files_in(folder):
        if _is_part(file):
            remove(folder / file)


def _is_part(file: str) -> bool:
    return file.endswith(_PART) and file.rpartition("/")[2].startswith(_ASIDE)


def _files_in(folder: Path) -> Iterator[_Found]:
    """Every file in a folder and below, by its path in it, links too; what can't be looked at is not there."""
    todo: list[tuple[str, str, frozenset[tuple[int, int]]]] = [(str(folder), "", frozenset())]
    while todo:
        at, path, above = todo.pop()
        try:
            here = Path(at).stat()
            found = list(os.scandir(at))
        except OSError:
            continue
        if (here.st_dev, here.st_ino) in above:  # a link leads in a circle
            continue
        above |= {(here.st_dev, here.st_ino)}
        for entry in found:
            try:
                entry.name.encode()
                looks = entry.stat()
            except (OSError, UnicodeEncodeError):  # a link that leads nowhere, it goes in this moment, a name that is no text
                continue
            if S_ISDIR(looks.st_mode):
                todo.append((entry.path, f"{path}{entry.name}/", above))
            elif S_ISREG(looks.st_mode):
                yield path + entry.name, looks


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
    aside = path.parent / f"{_ASIDE}{secrets.token_hex(8)}{_PART}"
    try:
        with aside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except BaseException:  # Ctrl-C too must leave nothing half written
        aside.unlink(missing_ok=True)
        raise

"""A file's seal: its digest, and what the file system says of it, so that an untouched file need not be read to be trusted."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_BLOCK = 8 << 20
_PIECE = 1 << 18
_READERS = 4
_WORD = "blocks"
_HEX = 64


def seal_of(file: Path) -> str:
    """The seal of a file as it is now, one line: how the digest is made, the digest, how the file lies on the disk."""
    lies = _lies(file.stat())  # before it is read: whoever changes it meanwhile breaks the seal
    return f"{_WORD} {_digest_of(file)} {lies}"


def is_intact(seal: str, file: Path, sealed: int) -> bool | None:
    """Whether a file is as it was sealed; None if the seal is not whole, and tells nothing. Raises OSError.

    `sealed` is when the seal was written, in nanoseconds since 1970. A file that still has its size, its number, and the
    times of its last change, all before the seal, is not read: the file system moves them with every change. Damage that
    it does not notice, such as a bit that turned on the disk, is found only once the file is another one: a copy.
    """
    if len(seal) == _HEX and not seal.startswith(_WORD):  # of an older version: one digest of the whole
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest() == seal
    word, _, rest = seal.partition(" ")
    digest, _, lies = rest.partition(" ")
    if word != _WORD or len(digest) != _HEX:
        return None
    found = file.stat()
    # What changed within the tick of the clock in which it was sealed has the same times.
    is_untouched = lies == _lies(found) and max(found.st_mtime_ns, found.st_ctime_ns) < sealed
    return is_untouched or _digest_of(file) == digest


def _lies(found: os.stat_result) -> str:
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"


def _digest_of(file: Path) -> str:
    """A digest of the digests of a file's blocks, which are read side by side: hashlib lets other threads go on."""
    starts = range(0, file.stat().st_size, _BLOCK)
    with ThreadPoolExecutor(min(_READERS, os.cpu_count() or 1)) as readers:
        digests = readers.map(lambda start: _digest_of_block(file, start), starts)
        return hashlib.sha256(b"".join(digests)).hexdigest()


def _digest_of_block(file: Path, start: int) -> bytes:
    made, piece = hashlib.sha256(), memoryview(bytearray(_PIECE))
    with file.open("rb", buffering=0) as content:
        content.seek(start)
        for _ in range(0, _BLOCK, _PIECE):
            made.update(piece[: content.readinto(piece)])
    return made.digest()

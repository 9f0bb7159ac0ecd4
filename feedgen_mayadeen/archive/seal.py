"""A file's seal: digests of its blocks, and how it lies on the disk, so that what is untouched is trusted unread."""

import hashlib
import os
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

_BLOCK = 1 << 18
_READERS = 4
_WORD = "blocks"
_HEX = 64
_LOG_HEADER, _FRAME_HEADER = 32, 24


def seal_of(file: Path, before: str = "", written: Collection[int] | None = None) -> str:
    """The seal of a file as it is now: a line with a digest of it and how it lies on the disk, and the digests of its blocks.

    Of a file that had a seal `before`, and of which then only the pages were `written` that its log names, only the blocks
    of those are read.
    """
    found = file.stat()  # before it is read: whoever changes it meanwhile breaks the seal
    known = _blocks_of(before, found.st_size)
    starts = range(0, found.st_size, _BLOCK)
    # The first block has the header of the file, which may be written without the log.
    stale = {0, *written} if written is not None else set(range(len(starts)))
    again = [number for number in range(len(starts)) if number in stale or number >= len(known)]
    fresh = dict(zip(again, _digests_of(file, [starts[number] for number in again]), strict=True))
    blocks = [fresh.get(number) or known[number] for number in range(len(starts))]
    return "\n".join((f"{_WORD} {_digest_of(blocks)} {_lies(found)}", *blocks))


def is_intact(seal: str, file: Path, sealed: int) -> bool | None:
    """Whether a file is as it was sealed; None if the seal is not whole, and tells nothing. Raises OSError.

    `sealed` is when the seal was written, in nanoseconds since 1970. A file that still has its size, its number, and the
    times of its last change, all before the seal, is not read: the file system moves them with every change. Damage that
    it does not notice, such as a bit that turned on the disk, is found only once the file is another one: a copy.
    """
    if len(seal) == _HEX and not seal.startswith(_WORD):  # of an older version: one digest of the whole
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest() == seal
    word, _, rest = seal.partition("\n")[0].partition(" ")
    digest, _, lies = rest.partition(" ")
    if word != _WORD or len(digest) != _HEX:
        return None
    found = file.stat()
    # What changed within the tick of the clock in which it was sealed has the same times.
    is_untouched = lies == _lies(found) and max(found.st_mtime_ns, found.st_ctime_ns) < sealed
    return is_untouched or _digest_of(_digests_of(file, range(0, found.st_size, _BLOCK))) == digest


def written_blocks(log: Path) -> frozenset[int] | None:
    """The blocks whose pages stand in a log of SQLite's (https://www.sqlite.org/fileformat.html#the_write_ahead_log).

    None if they may not be all: the log began anew since it was made. Raises OSError.
    """
    with log.open("rb") as frames:
        header = frames.read(_LOG_HEADER)
        if len(header) < _LOG_HEADER:
            return frozenset()
        page, times_begun = int.from_bytes(header[8:12], "big"), int.from_bytes(header[12:16], "big")
        if times_begun:
            return None
        pages = set()
        while len(frame := frames.read(_FRAME_HEADER)) == _FRAME_HEADER:
            pages.add(int.from_bytes(frame[:4], "big"))
            frames.seek(page, os.SEEK_CUR)
    return frozenset((number - 1) * page // _BLOCK for number in pages)


def _blocks_of(seal: str, size: int) -> Sequence[str]:
    """The digests of a file's blocks that a seal tells; none if it is not whole, or the file was larger then."""
    first, *blocks = seal.split("\n")
    word, digest, then = (first.split(" ")[:3] + 3 * [""])[:3]
    is_whole = word == _WORD and digest == _digest_of(blocks) and then.isdecimal()
    return blocks if is_whole and int(then) <= size else ()


def _lies(found: os.stat_result) -> str:
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"


def _digest_of(blocks: Sequence[str]) -> str:
    return hashlib.sha256("".join(blocks).encode()).hexdigest()


def _digests_of(file: Path, starts: Sequence[int]) -> list[str]:
    """The digests of the blocks that begin at these bytes, read side by side: hashlib lets other threads go on."""
    readers = min(_READERS, os.cpu_count() or 1)
    share = -(-len(starts) // readers) or 1
    shares = [starts[at : at + share] for at in range(0, len(starts), share)]
    with ThreadPoolExecutor(readers) as pool:
        return list(chain.from_iterable(pool.map(lambda part: _read(file, part), shares)))


def _read(file: Path, starts: Sequence[int]) -> list[str]:
    digests, block = [], memoryview(bytearray(_BLOCK))
    with file.open("rb", buffering=0) as content:
        for start in starts:
            content.seek(start)
            digests.append(hashlib.sha256(block[: content.readinto(block)]).hexdigest())
    return digests

"""A file's seal: what was done to a memory in the right way is sealed without reading all of it, whatever else breaks it."""

import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from feedgen_mayadeen.archive import Archive
from feedgen_mayadeen.archive.copying import copy_memory, lay_memory
from feedgen_mayadeen.archive.seal import is_intact, seal_of
from feedgen_mayadeen.archive.store import Store
from feedgen_mayadeen.models import Validators

MEMORY, SEAL = "memory.sqlite", "memory.digest"
TEXT = "0123456789" * 500
"""More than a page of SQLite's."""


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    """A memory of some blocks; afterwards its seal must be what it is when the whole file is read, and old ones none."""
    folder = tmp_path / "state"
    with Archive(folder) as archive:
        for number in range(400):
            archive.pages.keep(f"https://example.org/{number}", Validators(), TEXT)
    yield folder
    assert (folder / SEAL).read_text() == seal_of(folder / MEMORY)


def keep(state: Path, *numbers: int) -> None:
    with Archive(state) as archive:
        for number in numbers:
            archive.pages.keep(f"https://example.org/{number}", Validators('"x"'), TEXT[: 10 * number % 4000])


def is_as_sealed(state: Path) -> bool | None:
    return is_intact((state / SEAL).read_text(), state / MEMORY, (state / SEAL).stat().st_mtime_ns)


def test_what_a_build_writes_is_sealed_as_if_all_were_read(state: Path) -> None:
    before = (state / SEAL).read_text().split("\n")
    keep(state, 3, 399, 1000)
    after = (state / SEAL).read_text().split("\n")
    assert len(before) > 4
    assert 1 < len(set(after) & set(before)) < len(before) - 1
    assert is_as_sealed(state)


def test_nothing_written_leaves_the_seal(state: Path) -> None:
    before = (state / SEAL).read_text()
    with Archive(state):
        pass
    assert (state / SEAL).read_text().split("\n")[1:] == before.split("\n")[1:]


def test_so_much_that_the_log_begins_anew_is_sealed_too(state: Path) -> None:
    keep(state, *range(2000))
    assert is_as_sealed(state)


def test_many_builds_one_after_the_other(state: Path) -> None:
    chance = random.Random(4)  # noqa: S311
    for _ in range(8):
        keep(state, *chance.choices(range(600), k=5))
        assert (state / SEAL).read_text() == seal_of(state / MEMORY)


def test_a_memory_that_was_laid_into_the_place_of_another(state: Path, tmp_path: Path) -> None:
    keep(tmp_path / "other", 1)
    copy_memory(tmp_path / "other", tmp_path / "copy.sqlite")
    lay_memory(state, tmp_path / "copy.sqlite")
    assert is_as_sealed(state)


def test_a_log_that_somebody_left_is_read_as_part_of_the_memory(state: Path) -> None:
    """As a killed build leaves one; here with a seal, as if it had been put back from elsewhere."""
    with closing(sqlite3.connect(state / MEMORY, isolation_level=None)) as memory:
        memory.execute("UPDATE pages SET text = 'x' WHERE address = 'https://example.org/7'")
        for file in (MEMORY, f"{MEMORY}-wal"):
            shutil.copy(state / file, state / f"{file}.kept")
    for file in (MEMORY, f"{MEMORY}-wal"):
        (state / f"{file}.kept").replace(state / file)
    keep(state, 5)
    assert is_as_sealed(state)


def flip(file: Path, at: int) -> None:
    with file.open("r+b") as memory:
        memory.seek(at)
        (byte,) = memory.read(1)
        memory.seek(at)
        memory.write(bytes([byte ^ 1]))


@pytest.mark.parametrize("part", range(5))
def test_one_wrong_bit_anywhere_breaks_it(state: Path, part: int) -> None:
    file = state / MEMORY
    at = (file.stat().st_size - 1) * part // 4
    flip(file, at)
    assert is_as_sealed(state) is False
    flip(file, at)
    assert is_as_sealed(state) is True
    keep(state, 1)


def put_back_times(file: Path, before: os.stat_result) -> None:
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


CHANGES: dict[str, Callable[[Path], object]] = {
    "longer": lambda file: file.write_bytes(file.read_bytes() + bytes(10)),
    "shorter": lambda file: file.write_bytes(file.read_bytes()[:-10]),
    "empty": lambda file: file.write_bytes(b""),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_another_length_breaks_it(state: Path, change: Callable[[Path], object]) -> None:
    file = state / MEMORY
    content, before = file.read_bytes(), file.stat()
    change(file)
    put_back_times(file, before)
    assert is_as_sealed(state) is False
    file.write_bytes(content)
    assert is_as_sealed(state) is True
    keep(state, 1)


def test_a_change_in_the_instant_of_sealing_is_found(state: Path) -> None:
    """Where the clock of the file system ticks slowly, a file that was changed then has the same times: it is read."""
    file, seal = state / MEMORY, (state / SEAL).read_text()
    lies = seal.split("\n")[0].split(" ")
    flip(file, 9000)
    now = file.stat()
    same = " ".join((*lies[:3], str(now.st_mtime_ns), str(now.st_ctime_ns), str(now.st_ino)))
    assert is_intact(f"{same}\n", file, max(now.st_mtime_ns, now.st_ctime_ns)) is False
    flip(file, 9000)
    keep(state, 1)


def test_a_memory_that_was_begun_anew_under_an_old_seal(state: Path) -> None:
    with Archive(state):
        pass
    (state / MEMORY).unlink()
    keep(state, *range(450))
    assert is_as_sealed(state)


def test_a_seal_that_does_not_fit_itself_is_of_no_use(state: Path) -> None:
    """A file that is as it was is trusted all the same; the next seal is made by reading all of it."""
    first, *blocks = (state / SEAL).read_text().split("\n")
    (state / SEAL).write_text("\n".join((first, *reversed(blocks))))
    store = Store(state, keep=True, mends=False)
    store.open()
    store.close()

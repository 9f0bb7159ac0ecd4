"""No room, no right to write, a folder that vanishes: nothing is lost, and the next build does what was left undone."""

import ctypes
import errno
import os
import shutil
import struct
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from feedgen_mayadeen.store.database import Database
from tests.running import Place, Result
from tests.test_kill import (
    DONE,
    Events,
    Story,
    check_ends,
    check_whole,
    content_of,
    ids_of,
    killing,
    replace_for_good,
    telling,
)

if sys.platform != "linux":
    pytest.skip("bounds files, and takes rights away, as Linux does", allow_module_level=True)

import resource


@pytest.fixture(scope="module", params=["first", "later", "rescuing"])
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """A build that is to meet all this. Nobody may change it."""
    with telling(request.param, tmp_path_factory.mktemp("story")) as story:
        yield story


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """A build over an older folder. Nobody may change it."""
    with telling("later", tmp_path_factory.mktemp("later")) as story:
        yield story


# No room


def no_file_above(size: int) -> Mapping[str, Events]:
    """No file may have more bytes than this, that of the memory neither; whatever would be more is not written."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return {}


def no_memory_above(pages: int) -> Mapping[str, Events]:
    """SQLite says that the disk is full when the memory grows by more pages than these."""
    prepare = Database._prepare

    def prepare_bounded(self: Database) -> None:
        prepare(self)
        count = self.db.execute("PRAGMA page_count").fetchone()[0]
        self.db.execute(f"PRAGMA max_page_count = {count + pages}")

    replace_for_good(Database, "_prepare", prepare_bounded)
    return {}


def no_room_after(operations: int) -> Mapping[str, Events]:
    """From then on no file can be made, flushed or put in its place; what SQLite does goes on."""
    events = Events()

    def failing(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            events.happen()
            if events.count > operations:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return function(*arguments, **options)

        return call

    for name in ("mkdir", "open", "fsync", "replace"):
        replace_for_good(os, name, failing(getattr(os, name)))
    path_open = Path.open  # new files are made by it; those that are only read are not stopped
    making = failing(path_open)
    replace_for_good(Path, "open", lambda path, mode="r", **how: (making if "x" in mode else path_open)(path, mode, **how))
    return {}


FULL: Mapping[str, Callable[[], Mapping[str, Events]]] = {
    **{f"files of {size} bytes": partial(no_file_above, size) for size in (0, 4096, 20_000, 50_000)},
    **{f"memory {pages} pages larger": partial(no_memory_above, pages) for pages in (0, 2)},
    **{f"{number} operations": partial(no_room_after, number) for number in (0, 2, 6, 12)},
}


def problems_of(result: Result | None, place: Place) -> list[str]:
    """The lines that tell of problems: each once, and with a path in it; besides them there are only warnings."""
    assert result is not None
    lines = result.err.splitlines()
    told = [line for line in lines if line.startswith(("problem: ", "feedgen-mayadeen: "))]
    assert all(line in told or line.startswith("warning: ") for line in lines)
    assert len(set(told)) == len(told)
    assert all(str(place.out) in line or str(place.state) in line for line in told)
    assert result.code == 1 or (result.code == 2 and len(lines) == len(told) == 1)
    return told


def check_nothing_lost(story: Story, place: Place, aside: Path) -> None:
    check_whole(place, story.before, aside)
    assert [name for name in content_of(place.out) if name.endswith(".part")] == []
    assert story.kept <= ids_of(place.out)


@pytest.mark.parametrize("disturb", FULL.values(), ids=FULL.keys())
def test_a_full_disk_loses_nothing(story: Story, tmp_path: Path, disturb: Callable[[], Mapping[str, Events]]) -> None:
    place = story.begin(tmp_path)
    assert problems_of(story.build(place, disturb, "-q").result, place)
    check_nothing_lost(story, place, tmp_path / "aside")
    check_ends(story, place)


# No right


def powerless() -> Mapping[str, Events]:
    """Takes from root what it may do beyond others: rights are looked at then. capset(2), version 3 of its header."""
    ctypes.CDLL(None).capset(struct.pack("Ii", 0x20080522, 0), bytes(24))
    return {}


FORBIDDEN = {
    "the output folder": ("out", 0o555),
    "an edition's folder": ("out/es", 0o555),
    "a section's folder": ("out/es/noticias", 0o555),
    "the memory's folder": ("state", 0o555),
    "the memory to write": ("state/memory.sqlite", 0o444),
    "the memory to read": ("state/memory.sqlite", 0),
}


@pytest.mark.parametrize(("name", "mode"), FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_what_may_not_be_written_loses_nothing(later: Story, tmp_path: Path, name: str, mode: int) -> None:
    place = later.begin(tmp_path)
    before, path = (place.out.parent / name).stat().st_mode, place.out.parent / name
    path.chmod(mode)
    result = later.build(place, powerless, "-q").result
    path.chmod(before)
    assert any(str(path) in line for line in problems_of(result, place))
    check_nothing_lost(later, place, tmp_path / "aside")
    check_ends(later, place)


@pytest.mark.parametrize("name", ["out", "out/es", "out/es/noticias", "state"])
def test_a_file_in_the_place_of_a_folder_is_named(later: Story, tmp_path: Path, name: str) -> None:
    place = later.begin(tmp_path)
    path = place.out.parent / name
    path.rename(tmp_path / "away")
    path.write_bytes(b"")
    assert any(str(path) in line for line in problems_of(later.build(place, dict, "-q").result, place))
    assert path.read_bytes() == b""
    path.unlink()
    (tmp_path / "away").rename(path)
    check_nothing_lost(later, place, tmp_path / "aside")
    check_ends(later, place)


# A folder that vanishes


def vanishing(folder: Path, kind: str, at: int) -> Mapping[str, Events]:
    """Takes a folder away at an event of a kind."""
    return killing(kind, at, partial(shutil.rmtree, folder, ignore_errors=True))


def build_while_it_vanishes(later: Story, place: Place, folder: Path, kind: str, at: int) -> None:
    result = later.build(place, partial(vanishing, folder, kind, at), "-q").result
    assert result is not None
    assert result.code == 0 or problems_of(result, place)


@pytest.mark.parametrize("part", range(5))
def test_an_output_folder_that_vanishes_is_made_again(later: Story, tmp_path: Path, part: int) -> None:
    place = later.begin(tmp_path)
    build_while_it_vanishes(later, place, place.out, "files", 1 + later.counts["files"] * part // 5)
    check_ends(later, place)


@pytest.mark.parametrize("part", range(3))
def test_a_memory_that_vanishes_is_made_again(later: Story, tmp_path: Path, part: int) -> None:
    """From the feeds; the room in an archive is then filled with what the lists still show of pages that went."""
    place = later.begin(tmp_path)
    build_while_it_vanishes(later, place, place.state, "statements", 10 + later.counts["statements"] * part // 3)
    check_nothing_lost(later, place, tmp_path / "aside")
    assert later.build(place).result == DONE
    assert later.kept <= ids_of(place.out)
    now = content_of(place.out)
    assert {name for name in now if now[name] != later.after[name]} <= {name for name in now if ".archive-" in name}

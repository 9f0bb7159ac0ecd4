"""Kill -9 at any moment of a build: every published file is whole, the memory opens, the next build ends like any other."""

import io
import json
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from unittest import mock
from xml.etree import ElementTree

import pytest
import requests

from feedgen_mayadeen import build as job
from feedgen_mayadeen.sample import SampleSite
from tests.feeds import read_folder
from tests.generate.test_archive_pages import LongSite
from tests.running import Place, Result, Server, run, sample
from tests.test_build import undated

if sys.platform != "linux":
    pytest.skip("kills processes, and bounds their files, as Linux does", allow_module_level=True)

import resource

ROOT = Path(__file__).parents[1]
MEMORY, ASIDE = "memory.sqlite", "memory.damaged.sqlite"
VOLATILE = ("requests", "seconds")
"""What status.json tells of the one build that wrote it."""
DONE = Result(0, mock.ANY, mock.ANY)
DAMAGED = random.Random(0).randbytes(50_000)  # noqa: S311
"""What stands in the place of a memory."""


# A build in a process of its own


@dataclass(frozen=True, slots=True)
class Order:
    """A build: the options of the command, and the instant that it takes for now."""

    options: tuple[str, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: its exit code, or the signal as a negative number; what the command did, if it came to its end."""

    code: int
    result: Result | None
    counts: Mapping[str, int]


class Events:
    """Counts what happens, and does something at one of these events."""

    def __init__(self, at: int = 0, act: Callable[[], object] = int) -> None:
        self.count, self._at, self._act = 0, at, act

    def happen(self, prepare: Callable[[], object] = int) -> None:
        """One more; if it is the one, `prepare` comes first."""
        self.count += 1
        if self.count == self._at:
            prepare()
            self._act()


Disturbance = Callable[[], Mapping[str, Events]]
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload([__name__])


def build_apart(order: Order, disturb: Disturbance = dict) -> Ended:
    """Builds in a process that is disturbed: by whatever `disturb` does in it before the command begins."""
    told, teller = _PROCESSES.Pipe(duplex=False)
    process = _PROCESSES.Process(target=_build, args=(order, disturb, teller))
    with mock.patch.dict(os.environ, PYTHONPATH=str(ROOT)):
        process.start()
    with told:
        teller.close()
        try:
            result, counts = told.recv()
        except EOFError:
            result, counts = None, {}
    process.join()
    with closing(process):
        return Ended(process.exitcode or 0, result, counts)


def _build(order: Order, disturb: Disturbance, teller: Connection) -> None:
    events = disturb()
    with mock.patch.object(job, "build", partial(job.build, now=order.now)):
        result = run("build", *order.options)
    teller.send((result, {kind: each.count for kind, each in events.items()}))


# Where it is killed

FILES = ("open", "mkdir", "fsync", "chmod", "replace", "unlink")
PARTS = {"answers": 3, "statements": 5, "files": 7, "bytes": 2}
"""Of each kind of event so many are chosen in each build, spread over it."""


class _Watched(sqlite3.Connection):
    """A memory whose statements, and the bytes of whose log, are events."""

    events: Mapping[str, Events]

    def execute(self, *arguments: Any) -> sqlite3.Cursor:
        self.events["statements"].happen()
        return super().execute(*arguments)

    def executemany(self, *arguments: Any) -> sqlite3.Cursor:
        self.events["statements"].happen()
        return super().executemany(*arguments)

    def executescript(self, *arguments: Any) -> sqlite3.Cursor:
        self.events["statements"].happen()
        return super().executescript(*arguments)

    def close(self) -> None:
        log = Path(f"{super().execute('PRAGMA database_list').fetchone()[2]}-wal")
        self.events["bytes"].count += log.stat().st_size if log.exists() else 0
        super().close()


def die() -> None:
    """Kill -9."""
    os.kill(os.getpid(), signal.SIGKILL)


def killing(kind: str = "", at: int = 0, act: Callable[[], object] = die) -> Mapping[str, Events]:
    """Has this process killed, or something else done, at an event of a kind; counts those of all kinds.

    `answers` are requests, before and after their answer; `files` what is done with files and folders, before and after;
    `bytes` are those of one file, in the midst of whose writing the process dies.
    """
    events = {each: Events(at if each == kind else 0, act) for each in PARTS}
    _Watched.events = events
    replace_for_good(sqlite3, "connect", partial(sqlite3.connect, factory=_Watched))
    replace_for_good(requests.Session, "send", _watched(requests.Session.send, events["answers"]))
    replace_for_good(io, "open", _watched_open(events["files"]))
    for name in FILES:
        replace_for_good(os, name, _watched(getattr(os, name), events["files"], _halve if name == "fsync" else int))
    if kind == "bytes":
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (at, at))
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    return events


def replace_for_good(owner: Any, name: str, function: Callable[..., Any]) -> None:
    """Puts a function in the place of another: in a process that builds once."""
    setattr(owner, name, function)


def _watched(function: Callable[..., Any], events: Events, prepare: Callable[..., object] = int) -> Callable[..., Any]:
    def watched(*arguments: Any, **options: Any) -> Any:
        events.happen(partial(prepare, *arguments[:1]) if prepare is not int else int)
        result = function(*arguments, **options)
        events.happen()
        return result

    return watched


def _watched_open(events: Events) -> Callable[..., Any]:
    """As above, for files that are opened to be written: right after that they are empty."""
    function, watched = io.open, _watched(io.open, events)

    def opened(file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        return (watched if "w" in mode else function)(file, mode, *arguments, **options)

    return opened


def _halve(handle: int) -> None:
    """Leaves of a file what one who is killed while he writes leaves."""
    os.ftruncate(handle, os.fstat(handle).st_size // 2)


# What must hold afterwards


def content_of(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, without what is of the one build."""
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    if "status.json" in files:
        status = json.loads(files["status.json"])
        files["status.json"] = json.dumps({name: status[name] for name in status if name not in VOLATILE}).encode()
    return files


def check_whole(place: Place, before: Place, aside: Path) -> None:
    """Every published file parses, and the memory opens; in a copy, so that nothing is mended by looking at it.

    Only a memory that was damaged before may still be so.
    """
    for path in place.out.rglob("*"):
        if path.suffix in (".xml", ".opml"):
            ElementTree.parse(path)  # noqa: S314  # our own file
        elif path.suffix == ".json":
            json.loads(path.read_bytes())
    if (place.state / MEMORY).exists() and memory_of(place) != memory_of(before):
        shutil.copytree(place.state, aside)
        with closing(sqlite3.connect(aside / MEMORY)) as memory:
            assert memory.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def memory_of(place: Place) -> bytes:
    """The bytes of the memory's file, nothing where there is none."""
    file = place.state / MEMORY
    return file.read_bytes() if file.exists() else b""


def check_ends(story: "Story", place: Place) -> None:
    """A build that nothing disturbs ends like any other; a memory that was well was never taken for a damaged one."""
    assert story.build(place).result == DONE
    assert content_of(place.out) == story.after
    aside = place.state / ASIDE
    assert not aside.exists() or aside.read_bytes() == memory_of(story.before) == DAMAGED


def ids_of(folder: Path) -> set[tuple[str, str]]:
    """Every entry with the feed that shows it, be it in its archive."""
    feeds = read_folder(folder) if folder.exists() else {}
    return {(key.partition(".archive-")[0], entry.id) for key, feed in feeds.items() for entry in feed.entries}


# The builds that are killed

SETTINGS = """
[build]
limit = 4
[fetch]
delay = 0
[tags]
min_articles = 2
max_feeds = 1
[history]
pages = 1
"""


class Story:
    """Servers, folders as they are before a build, the instant of that build, and what it leads to undisturbed."""

    after: Mapping[str, bytes]
    kept: set[tuple[str, str]]
    """The entries that are in the same file before and after."""
    counts: Mapping[str, int]

    def __init__(self, folder: Path, *servers: Server) -> None:
        self.servers, self.before = servers, Place(folder / "before", *servers)
        self.settings = folder / "settings.toml"
        self.settings.write_text(SETTINGS)
        self.now = max(server.site.now for server in servers)

    def build(self, place: Place, disturb: Disturbance = dict, *options: str) -> Ended:
        """The build in a process of its own."""
        return build_apart(Order((*place.options, "--config", str(self.settings), *options), self.now), disturb)

    def begin(self, folder: Path) -> Place:
        """Folders that are as they are before the build."""
        place = Place(folder, *self.servers)
        if self.before.out.exists():
            place.copy_from(self.before)
        return place

    def tell_end(self, folder: Path) -> None:
        """Builds once without being killed."""
        place = self.begin(folder)
        ended = self.build(place, killing)
        assert ended.result == DONE
        self.after, self.counts = content_of(place.out), ended.counts
        self.kept = ids_of(self.before.out) & ids_of(place.out)


def first(story: Story) -> None:
    """The first build of all."""


def later(story: Story) -> None:
    """New articles, a title that was edited, archive pages that turn, a tag that loses its feed to another."""
    (site,) = (server.site for server in story.servers)
    assert isinstance(site, LongSite)
    site.grow(50)
    for article in site.articles[:2]:
        site.edit(article.postid, keywords="Faros")
    story.now = site.now
    with mock.patch("feedgen_mayadeen.sample.site.CARDS_LIST", 1000):
        assert story.build(story.before).result == DONE
    site.grow(5)
    for article in site.articles[:5]:
        # Nothing that can be packed well: the memory must grow.
        site.edit(article.postid, keywords="Mareas", body=random.Random(article.postid).randbytes(9_000).hex())  # noqa: S311
    site.edit(site.articles[5].postid, title="Otro título", last_updated=site.now.isoformat())
    site.set_ticker(["Una línea más", *site.ticker[:-1]])
    story.now = site.now


def rescuing(story: Story) -> None:
    """The memory of two editions is damaged, one article has no date, the site shows only what is newest."""
    undated(story.servers[0], story.servers[0].site.articles[1])
    assert story.build(story.before).result == DONE
    (story.before.state / MEMORY).write_bytes(DAMAGED)
    story.now += timedelta(days=3)


STORIES: Mapping[str, tuple[Callable[[Story], None], Callable[[], tuple[SampleSite, ...]], int]] = {
    "first": (first, lambda: (sample("es"),), 24),
    "later": (later, lambda: (LongSite(),), 40),
    "rescuing": (rescuing, lambda: (sample("es"), sample("ar")), 2),
}
"""What comes before a build, of which sites, and how many cards their lists show then."""


@contextmanager
def telling(name: str, folder: Path) -> Iterator[Story]:
    """One of the stories, up to the build that is to be disturbed."""
    tell, sites, cards = STORIES[name]
    with ExitStack() as stack:
        story = Story(folder, *(stack.enter_context(Server(site)) for site in sites()))
        tell(story)
        stack.enter_context(mock.patch("feedgen_mayadeen.sample.site.CARDS_LIST", cards))
        story.tell_end(folder / "after")
        yield story
    assert [server.errors for server in story.servers] == [[] for _ in story.servers]


@pytest.fixture(scope="module", params=STORIES)
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """One of the stories. Nobody may change it."""
    with telling(request.param, tmp_path_factory.mktemp("story")) as story:
        yield story


MOMENTS = [(kind, part) for kind in PARTS for part in range(PARTS[kind])]


@pytest.mark.parametrize(("kind", "part"), MOMENTS)
def test_after_a_kill_every_file_is_whole_and_the_next_build_ends_like_any_other(
    story: Story, kind: str, part: int, tmp_path: Path
) -> None:
    place, before = story.begin(tmp_path), content_of(story.before.out)
    count, chance = story.counts[kind], random.Random(f"{kind} {part}").random()  # noqa: S311
    ended = story.build(place, partial(killing, kind, 1 + int(count * (part + chance) / PARTS[kind])))
    assert ended.code == (-signal.SIGXFSZ if kind == "bytes" else -signal.SIGKILL)
    check_whole(place, story.before, tmp_path / "aside")
    published = {name: content for name, content in content_of(place.out).items() if not name.endswith(".part")}
    assert all(content in (before.get(name), story.after.get(name)) for name, content in published.items())
    assert story.kept <= ids_of(place.out)
    check_ends(story, place)

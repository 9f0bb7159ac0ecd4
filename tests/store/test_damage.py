"""A memory that is damaged, gone or old: the feeds stay as they are, byte for byte, and whoever builds is told in a line."""

import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from unittest import mock

import pytest

from feedgen_mayadeen import build as job
from feedgen_mayadeen.context import Plan
from feedgen_mayadeen.errors import MemoryFileError
from feedgen_mayadeen.store.copy import copy_memory
from tests.running import Files, Place, Result, Server, config_of, files_of, run, sample, status
from tests.test_build import undated

MEMORY, ASIDE, DIGEST = "memory.sqlite", "memory.damaged.sqlite", "memory.digest"
LATER = timedelta(days=3)
SETTINGS = """
[build]
limit = 4
content = "{content}"
[fetch]
delay = 0
[tags]
min_articles = 2
[titles]
"es/all" = "De todo"
"es/breaking" = "Lo último"
"es/noticias" = "Todas las noticias"
"es/tags/malí" = "Sobre Malí"
"ar/أخبار" = "كل الأخبار"
"""


class Read:
    """Two editions, with all that is hard to take back from feeds, and how to build them."""

    def __init__(self, folder: Path, content: str, *servers: Server) -> None:
        self.place, self.settings = Place(folder, *servers), folder / "settings.toml"
        self.settings.write_text(SETTINGS.format(content=content))
        self.now = max(server.site.now for server in servers)
        site = servers[0].site
        undated(servers[0], site.articles[1])
        # Tags whose names make the same key, also such as all the same articles have.
        for article, words in zip(
            site.articles[2:], ("Malí,¡MALÍ!", "Malí", "¡MALÍ!", "¡Paz!,Paz", "¡Paz!,Paz"), strict=False
        ):
            site.edit(article.postid, keywords=words)

    def build(self, place: Place, now: datetime, *options: str) -> Result:
        """The command, at an instant, after the servers have forgotten what was asked before."""
        for server in place.servers:
            server.reset()
        with mock.patch.object(job, "build", partial(job.build, now=now)):
            return run("build", *place.options, "--config", self.settings, *options)


@pytest.fixture(scope="module", params=["full", "summary"])
def read(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Read]:
    """A first build, whole or of summaries. Nobody may change it, nor the servers for good."""
    with ExitStack() as stack:
        servers = [stack.enter_context(Server(sample(code))) for code in ("es", "ar")]
        read = Read(tmp_path_factory.mktemp("read"), request.param, *servers)
        assert read.build(read.place, read.now).code == 0
        # What is dated by a first look is dated by the first build: the next one is later.
        read.now += LATER
        yield read
    assert [server.errors for server in servers] == [[], []]


@pytest.fixture
def known(read: Read, tmp_path: Path) -> Iterator[Place]:
    """Folders that hold that build, which may go on from there; the servers are put right again afterwards."""
    place = Place(tmp_path / "known", *read.place.servers)
    place.copy_from(read.place)
    rewrites = [dict(server.rewrites) for server in place.servers]
    yield place
    for server, before in zip(place.servers, rewrites, strict=True):
        server.faults, server.rewrites, server.validators = {}, before, True


def published(place: Place) -> Files:
    """All that is the same in every build that learns nothing new: bytes and time of the last change."""
    return {**place.files, **place.other_files}


def test_there_is_something_to_lose(read: Read) -> None:
    """Without this the tests below could pass for want of anything hard in the feeds."""
    feeds = read.place.feeds
    assert sum(key.startswith("es/tags/malí") for key in feeds) == sum(key.startswith("es/tags/paz") for key in feeds) == 2
    assert {"es/all", "es/breaking", "es/most-read", "es/noticias.archive-1", "ar/all", "ar/breaking"} < feeds.keys()
    assert feeds["es/tags/malí"].title.startswith("Sobre Malí")
    first = (read.now - LATER).replace(microsecond=0)
    entries = {entry.number: entry for feed in feeds.values() for entry in feed.entries}
    assert datetime.fromisoformat(entries[read.place.servers[0].site.articles[1].postid].published) == first


# Damage


def random_bytes(file: Path) -> None:
    file.write_bytes(random.Random(1).randbytes(file.stat().st_size))  # noqa: S311


def a_page(file: Path, page: int) -> None:
    """Random bytes over one page."""
    with file.open("r+b") as memory:
        memory.seek(4096 * page)
        memory.write(random.Random(page).randbytes(4096))  # noqa: S311


def middle_page(file: Path) -> None:
    a_page(file, file.stat().st_size // 4096 // 2)


def cut(length: float) -> Callable[[Path], None]:
    """Only a part of the file is left: so many bytes, or that share of them."""

    def damage(file: Path) -> None:
        content = file.read_bytes()
        file.write_bytes(content[: int(length * len(content)) if isinstance(length, float) else length])

    return damage


def another_version(file: Path, version: int = 99) -> None:
    with closing(sqlite3.connect(file)) as memory:
        memory.execute(f"PRAGMA user_version = {version}")


def another_program(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as memory:
        memory.execute("CREATE TABLE songs (title TEXT)")


def zeros(file: Path) -> None:
    file.write_bytes(bytes(file.stat().st_size))


def text(file: Path) -> None:
    file.write_text("Nothing to see here.\n" * 500)


DAMAGES: Mapping[str, Callable[[Path], None]] = {
    "random bytes": random_bytes,
    "a page of random bytes": middle_page,
    "first page of random bytes": partial(a_page, page=0),
    "second page of random bytes": partial(a_page, page=1),
    "99 bytes": cut(99),
    "100 bytes": cut(100),
    "one page": cut(4096),
    "a third": cut(1 / 3),
    "half": cut(0.5),
    "all but a page": cut(-4096),
    "zeros": zeros,
    "text": text,
    "version 99": another_version,
    "empty": cut(0),
    "one byte": cut(1),
    "version 3": partial(another_version, version=3),
    "version -1": partial(another_version, version=-1),
    "another program's": another_program,
}


def check_rescued(read: Read, place: Place, result: Result, damage: bool) -> None:
    """The build says what happened in a line for each thing, is well otherwise, and has changed no feed."""
    assert (result.code, result.out) == (0, "")
    lines = result.err.splitlines()
    assert all(line.startswith("warning: ") for line in lines)
    if damage:
        assert str(place.state / MEMORY) in lines[0]
        assert "set aside" in lines[0]
    assert len(lines) == damage + 2
    assert all(str(place.out) in line for line in lines[damage:])
    assert published(place) == published(read.place)


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_memory_is_set_aside_and_begins_again_from_the_feeds(
    read: Read, known: Place, damage: Callable[[Path], None]
) -> None:
    file = known.state / MEMORY
    damage(file)
    damaged = file.read_bytes()
    check_rescued(read, known, read.build(known, read.now, "-q"), damage=True)
    assert [server.article_paths for server in known.servers] == [[], []]
    assert (known.state / ASIDE).read_bytes() == damaged
    assert (read.build(known, read.now, "-q").err, published(known)) == ("", published(read.place))


@pytest.mark.parametrize("name", ["random bytes", "a page of random bytes", "half", "all but a page", "version 99"])
def test_damage_is_found_after_a_killed_build_too(read: Read, known: Place, name: str) -> None:
    """Which leaves no digest."""
    (known.state / DIGEST).unlink()
    DAMAGES[name](known.state / MEMORY)
    check_rescued(read, known, read.build(known, read.now, "-q"), damage=True)


def test_half_a_digest_is_none(read: Read, known: Place) -> None:
    """As a build leaves it that was killed at its very end, or had no room for it."""
    for length in (0, 3, 7, 16, 64, 70, 71, 72, 80, -1):
        whole = (known.state / DIGEST).read_text()
        (known.state / DIGEST).write_text(whole[:length])
        assert (read.build(known, read.now, "-q").err, published(known)) == ("", published(read.place))
        assert not (known.state / ASIDE).exists()


def digest_of_old(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


def test_the_digest_of_an_older_version_is_as_good(read: Read, known: Place) -> None:
    (known.state / DIGEST).write_text(digest_of_old(known.state / MEMORY))
    assert (read.build(known, read.now, "-q").err, published(known)) == ("", published(read.place))
    assert not (known.state / ASIDE).exists()
    (known.state / DIGEST).write_text(digest_of_old(known.state / MEMORY))
    middle_page(known.state / MEMORY)
    check_rescued(read, known, read.build(known, read.now, "-q"), damage=True)


def put_back_times(file: Path, before: os.stat_result) -> None:
    """As some copying programs do: the time when its content was changed can be set, that of the change itself can't."""
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_damage_is_found_although_the_file_has_its_old_time(read: Read, known: Place) -> None:
    file = known.state / MEMORY
    before = file.stat()
    middle_page(file)
    put_back_times(file, before)
    check_rescued(read, known, read.build(known, read.now, "-q"), damage=True)


def test_a_copy_of_a_memory_with_its_digest_is_as_good(read: Read, known: Place) -> None:
    file = known.state / MEMORY
    shutil.copy2(file, copy := file.with_name("copy"))
    copy.replace(file)
    assert (read.build(known, read.now, "-q").err, published(known)) == ("", published(read.place))
    assert not (known.state / ASIDE).exists()


def test_a_memory_that_somebody_reads_while_a_build_ends_is_not_taken_for_damaged(read: Read, known: Place) -> None:
    """SQLite then leaves it to that reader to bring the file and its log together."""
    with closing(sqlite3.connect(known.state / MEMORY)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM articles").fetchone()
        assert read.build(known, read.now, "-q").code == 0
    assert (read.build(known, read.now, "-q").err, published(known)) == ("", published(read.place))
    assert not (known.state / ASIDE).exists()


def deleted_but_for_its_log(file: Path) -> None:
    """As when somebody deletes the file that a killed build has left."""
    with closing(sqlite3.connect(file)) as memory:
        memory.execute("PRAGMA journal_mode = WAL")
        memory.execute("UPDATE articles SET published = 'never'")
        memory.commit()
        shutil.copy(f"{file}-wal", file.parent / "kept")
    file.unlink()
    (file.parent / "kept").rename(f"{file}-wal")


LOSSES: Mapping[str, Callable[[Path], None]] = {
    "gone": Path.unlink,
    "gone but for its log": deleted_but_for_its_log,
    "gone with its folder": lambda file: shutil.rmtree(file.parent),
}


@pytest.mark.parametrize("lose", LOSSES.values(), ids=LOSSES.keys())
def test_a_lost_memory_begins_again_from_the_feeds(read: Read, known: Place, lose: Callable[[Path], None]) -> None:
    lose(known.state / MEMORY)
    check_rescued(read, known, read.build(known, read.now, "-q"), damage=False)
    assert not (known.state / ASIDE).exists()


def a_few_bytes(file: Path, seed: int) -> None:
    """Random bytes somewhere: where nothing uses them, in the tables' own order, in texts, in packed articles."""
    chance, content = random.Random(seed), bytearray(file.read_bytes())  # noqa: S311
    at = chance.randrange(100, len(content) - 40)
    content[at : at + 40] = chance.randbytes(40)
    file.write_bytes(content)


@pytest.mark.parametrize("seed", range(12))
def test_a_few_wrong_bytes_change_no_feed_and_stop_no_build(read: Read, known: Place, seed: int) -> None:
    a_few_bytes(known.state / MEMORY, seed)
    assert read.build(known, read.now, "-q").code == 0
    assert published(known) == published(read.place)


def test_damage_that_another_command_meets_first_is_not_forgotten(read: Read, known: Place, tmp_path: Path) -> None:
    a_few_bytes(known.state / MEMORY, 0)
    with pytest.raises(MemoryFileError, match="not as the last build left it"):
        copy_memory(known.state, tmp_path / "copy.sqlite")
    check_rescued(read, known, read.build(known, read.now, "-q"), damage=True)


@pytest.mark.parametrize("seed", range(4, 10))
def test_after_a_killed_build_they_stop_no_more_than_one(read: Read, known: Place, seed: int) -> None:
    (known.state / DIGEST).unlink()
    a_few_bytes(known.state / MEMORY, seed)
    first = read.build(known, read.now, "-q")
    assert first.code == 0 or (first.code == 2 and "the memory" in first.sentence)
    assert read.build(known, read.now, "-q").code == 0
    assert published(known) == published(read.place)


def test_no_entry_leaves_although_the_site_shows_only_what_is_newest(
    read: Read, known: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedgen_mayadeen.sample.site.CARDS_LIST", 1)
    random_bytes(known.state / MEMORY)
    check_rescued(read, known, read.build(known, read.now, "-q"), damage=True)


@pytest.mark.parametrize("order", [1, -1])
def test_editions_that_are_built_one_after_the_other_are_both_taken_back(
    read: Read, known: Place, order: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedgen_mayadeen.sample.site.CARDS_LIST", 1)
    random_bytes(known.state / MEMORY)
    for server in known.servers[::order]:
        assert read.build(Place(known.out.parent, server), read.now, "-q").code == 0
    assert known.files == read.place.files


def test_what_is_new_joins_what_was_taken_back(read: Read, known: Place) -> None:
    """The same as if nothing had been damaged."""
    site, now = read.place.servers[0].site, read.place.servers[0].site.now
    new = replace(site.articles[0], postid="9999999", title="Algo nuevo", path="/noticias/politica/9999999/algo-nuevo")
    try:
        site._articles[new.postid] = new
        site.now = now
        assert read.build(known, read.now, "-q").code == 0
        well, known.out = contents(known), known.out.parent / "again"
        shutil.copytree(read.place.out, known.out)
        random_bytes(known.state / MEMORY)
        assert read.build(known, read.now, "-q").code == 0
        assert "9999999" in known.feeds["es/noticias/política"].numbers
        assert contents(known) == well
    finally:
        site.delete(new.postid)


def contents(place: Place) -> dict[str, bytes]:
    return {name: content for name, (content, _) in published(place).items()}


def test_articles_that_are_read_again_change_nothing(read: Read, known: Place) -> None:
    """What the feeds did not tell, such as where a tag's page is, is learned again."""
    random_bytes(known.state / MEMORY)
    assert read.build(known, read.now, "-q").code == 0
    for server in known.servers:
        server.validators = False
        server.rewrites["listing"] = lambda text: text.replace("</h", ".</h")
    assert read.build(known, read.now, "-q").code == 0
    for server in known.servers:
        assert sorted(server.article_paths) == sorted(article.path for article in server.site.articles)
    assert published(known) == published(read.place)


def test_a_damaged_memory_while_the_site_refuses(read: Read, known: Place) -> None:
    random_bytes(known.state / MEMORY)
    for server in known.servers:
        server.faults["*"] = status(403)
    result = read.build(known, read.now, "-q")
    assert (result.code, published(known)) == (3, published(read.place))
    for server in known.servers:
        server.faults = {}
    assert read.build(known, read.now, "-q").code == 0
    assert published(known) == published(read.place)


def test_lists_keep_their_names_while_the_home_page_cannot_be_read(read: Read, known: Place) -> None:
    random_bytes(known.state / MEMORY)
    for server in known.servers:
        server.faults["/"] = status(500)
    assert read.build(known, read.now, "-q").code == 1
    assert known.files == read.place.files


def test_a_dry_run_leaves_a_damaged_memory_alone(read: Read, known: Place) -> None:
    random_bytes(known.state / MEMORY)
    before = files_of(known.state)
    check_rescued(read, known, read.build(known, read.now, "-q", "--dry-run"), damage=True)
    assert files_of(known.state) == before


# The sample site


def test_feeds_of_the_sample_site_are_never_taken_for_real_ones(place: Place, server: Server, tmp_path: Path) -> None:
    """Nor those that are still there when a build of the real site has written only one feed beside them."""
    origins = {"es": server.url}
    config = config_of(editions=["es"])
    assert job.build(Plan(config, place.out, tmp_path / "demo", origins, sample=True)).exit_code == 0
    invented = {entry.id for feed in place.feeds.values() for entry in feed.entries}
    server.site._articles = {f"8{old.postid}": replace(old, postid=f"8{old.postid}") for old in server.site.articles}
    server.site.now += LATER
    for only in (["--only", "videos"], []):
        assert place.build(*only).code == 0
        shutil.rmtree(place.state)
    shown = {entry.id for key, feed in place.feeds.items() for entry in feed.entries if key != "es/breaking"}
    assert not shown & invented

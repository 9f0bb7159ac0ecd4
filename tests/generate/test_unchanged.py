"""Files that are made from the same are left alone, and only those: a build that knows of none would write nothing else."""

import os
import random
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from feedgen_mayadeen.report import Report
from tests.generate.test_archive_pages import LongSite
from tests.running import Place, Server, files_of, serve, status

SETTINGS: dict[str, Any] = {
    "build": {"limit": 3},
    "tags": {"min_articles": 2, "limit": 3, "max_feeds": 5},
    "history": {"pages": 2},
    "memory": {"keep_days": 10},
}


def build(place: Place, **tables: Any) -> Report:
    now = max(server.site.now for server in place.servers)
    report = place.build_with(now, **{**SETTINGS, **tables})
    assert report.exit_code == 0
    return report


def content_of(place: Place) -> dict[str, bytes]:
    """All files but those that tell of the one build."""
    own = ("status.json", "index.html")
    return {name: content for name, (content, _) in files_of(place.out).items() if not name.endswith(own)}


def ask(place: Place, question: str) -> list[Any]:
    with closing(sqlite3.connect(place.state / "memory.sqlite")) as memory:
        rows = memory.execute(question).fetchall()
        memory.commit()
    return rows


def forget_what_was_published(place: Place) -> None:
    """Has memory know of articles and lists alone, as if every feed had to be looked at."""
    ask(place, "DELETE FROM files")
    (place.state / "memory.digest").unlink()


def check_nothing_was_left_out(place: Place, tmp_path: Path, **tables: Any) -> None:
    """A build that looks at everything writes the same into the folder, and into a fresh one."""
    again = Place(tmp_path, *place.servers)
    again.copy_from(place)
    forget_what_was_published(again)
    outcomes = {feed.outcome for feed in build(again, **tables).feeds}
    assert outcomes == {"unchanged"}
    assert content_of(again) == content_of(place)
    again.out = tmp_path / "fresh"
    build(again, **tables)
    assert content_of(again) == content_of(place)


@pytest.fixture
def lively(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A site whose lists have archives, and its first build."""
    monkeypatch.setattr("feedgen_mayadeen.sample.site.CARDS_LIST", 1000)
    site = LongSite()
    site.grow(110)
    for article in site.articles[::7]:
        site.edit(article.postid, keywords="Faros,Mareas")
    with Server(site) as server:
        place = Place(tmp_path / "lively", server)
        build(place)
        yield place
    assert server.errors == []


def happen(site: LongSite, chance: random.Random) -> None:
    """Something that changes some feeds and not others."""
    article = chance.choice(site.articles[:30])
    match chance.randrange(6):
        case 0:
            site.grow(chance.randrange(1, 4))
        case 1:
            site.edit(article.postid, title=f"Otro título {chance.random()}", last_updated=site.now.isoformat())
        case 2:
            labels = chance.sample(["Faros", "Mareas", "Puertos", "Vientos", "Islas", "Redes", "Anclas"], 3)
            site.edit(article.postid, keywords=",".join(labels), title=f"{article.title}.")
        case 3:
            site.set_ticker([f"Una línea más {chance.random()}", *site.ticker[:-1]])
        case 4:
            site.now += timedelta(days=chance.randrange(1, 6))
        case _:
            site.edit(article.postid, body=f"<p>{chance.random()}</p>", title=f"{article.title}!")


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_nothing_is_left_out(lively: Place, tmp_path: Path, seed: int) -> None:
    site, chance = lively.servers[0].site, random.Random(seed)  # noqa: S311
    assert isinstance(site, LongSite)
    for number in range(4):
        for _ in range(chance.randrange(3)):
            happen(site, chance)
        tables = {"build": {"limit": chance.choice([3, 3, 5])}, "memory": {"keep_days": chance.choice([10, 10, 3])}}
        build(lively, **tables)
        check_nothing_was_left_out(lively, tmp_path / str(number), **tables)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere all names of files are texts")
def test_a_file_whose_name_is_no_text_is_left_alone(built: Place) -> None:
    (built.out / "es/tags").mkdir()
    foreign = os.fsencode(built.out / "es/tags") + b"/\xff.xml"
    Path(os.fsdecode(foreign)).write_text("somebody's")
    build(built)
    assert Path(os.fsdecode(foreign)).read_text() == "somebody's"


@pytest.mark.parametrize("form", [".xml", ".json", ".html", ".archive-*.xml"])
@pytest.mark.parametrize("harm", ["gone", "other", "empty"])
def test_a_file_that_is_not_as_it_was_published_is_put_right(lively: Place, form: str, harm: str) -> None:
    file = next((lively.out / "es/noticias").glob(f"deportes{form}"))
    was = file.read_bytes()
    if harm == "gone":
        file.unlink()
    else:
        file.write_bytes(b"" if harm == "empty" else was.replace(b"es", b"se", 1))
    build(lively)
    assert file.read_bytes() == was


def test_a_form_that_could_not_be_written_is_written_by_the_next_build(
    built: Place, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Although nothing has moved since; also when the settings have come and gone meanwhile."""
    build(built)
    before = content_of(built)
    blocked = built.out / "es/noticias/política.json"
    blocked.unlink()
    blocked.mkdir()
    (blocked / "in the way").touch()
    report = built.build_with(server.site.now, **{**SETTINGS, "build": {"limit": 3, "content": "summary"}})
    assert {feed.key for feed in report.feeds if feed.outcome == "failed"} == {"noticias/política"}
    (blocked / "in the way").unlink()
    blocked.rmdir()
    build(built)
    assert content_of(built) == before


def test_another_folder_is_filled_and_the_first_one_is_still_right(built: Place, tmp_path: Path) -> None:
    build(built)
    first, before = built.out, content_of(built)
    built.out = tmp_path / "another"
    build(built)
    assert content_of(built) == before
    built.out = first
    build(built)
    assert content_of(built) == before


def test_a_feed_that_fails_says_so_and_no_more_when_it_is_back(built: Place, server: Server) -> None:
    build(built)
    before = content_of(built)
    server.faults["/noticias/politica"] = status(500)
    assert built.build_with(server.site.now, **SETTINGS).exit_code == 1
    failing = content_of(built)
    assert {name for name in failing if failing[name] != before[name]} == {"es/noticias/política.html"}
    server.faults = {}
    build(built)
    assert content_of(built) == before


def test_a_build_of_one_feed_leaves_the_others_to_the_next_one(lively: Place, tmp_path: Path) -> None:
    site = lively.servers[0].site
    assert isinstance(site, LongSite)
    site.grow(60)
    build(lively, build={"limit": 3, "only": ["all"]})
    build(lively)
    check_nothing_was_left_out(lively, tmp_path)


def test_an_edition_that_is_not_built_is_listed_as_it_was(tmp_path: Path) -> None:
    with serve("es", "ar") as servers:
        both = Place(tmp_path, *servers)
        build(both)
        before = content_of(both)
        alone = Place(tmp_path, servers[0])
        build(alone)
        assert content_of(both) == before


def test_an_index_is_rendered_anew_when_a_feed_shows_something_else(built: Place, server: Server) -> None:
    build(built)
    index, list_of_feeds = built.out / "es/index.html", built.out / "feeds.opml"
    before = list_of_feeds.read_bytes()
    build(built, titles={"es/noticias": "Todas las noticias"})
    assert "Todas las noticias" in index.read_text("utf-8")
    assert "Todas las noticias" in list_of_feeds.read_text("utf-8")
    build(built)
    assert list_of_feeds.read_bytes() == before

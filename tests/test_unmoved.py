"""Feeds that have not moved are left alone, and only those: a build that knows of none would do nothing else."""

import os
import random
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from feedgen_mayadeen.archive import Archive
from feedgen_mayadeen.archive.articles import Kept, Places
from feedgen_mayadeen.archive.feeds import Feeds, Shown
from feedgen_mayadeen.archive.history import History
from feedgen_mayadeen.models import Article, Document, Entry, Listing, Validators
from feedgen_mayadeen.publish import Shelf
from feedgen_mayadeen.report import Report
from feedgen_mayadeen.site.edition import load
from tests.running import Place, Server, files_of, serve, status
from tests.test_history import LongSite

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
    for table in ("published", "settled", "files"):
        ask(place, f"DELETE FROM {table}")  # noqa: S608
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


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> tuple[set[int], set[int]]:
    """The feeds whose newest articles memory was asked for, and the articles that were read from it for their entries."""
    feeds, articles = set[int](), set[int]()
    newest, entry = Feeds.newest, History.entry

    def asked_newest(self: Feeds, feed: int, limit: int) -> tuple[Shown, ...]:
        feeds.add(feed)
        return newest(self, feed, limit)

    def asked_entry(self: History, number: int, make: Callable[[Kept, Article], Entry]) -> Entry:
        articles.add(number)
        return entry(self, number, make)

    monkeypatch.setattr(Feeds, "newest", asked_newest)
    monkeypatch.setattr(History, "entry", asked_entry)
    return feeds, articles


def test_only_what_moved_is_looked_at(built: Place, server: Server, looked_at: tuple[set[int], set[int]]) -> None:
    """Memory is asked for the newest articles of feeds that have moved and for entries that are new, and for no others."""
    feeds, articles = looked_at
    build(built, feeds={"most_read": False})
    before = dict(ask(built, "SELECT key, changes FROM feeds"))
    assert feeds
    assert articles
    feeds.clear()
    articles.clear()
    server.site.set_ticker(["Algo nuevo"])
    build(built, feeds={"most_read": False})
    assert dict(ask(built, "SELECT key, changes FROM feeds")) == before
    assert (feeds, articles) == (set(), set())
    article = server.site.articles[0]
    server.site.edit(article.postid, title="Otro título", last_updated=server.site.now.isoformat())
    moved = {feed.key for feed in build(built, feeds={"most_read": False}).feeds if feed.outcome == "written"}
    after = {key for key, changes in ask(built, "SELECT key, changes FROM feeds") if changes != before[key]}
    assert moved - {"breaking"} <= after
    assert "all" in after
    assert after < before.keys()
    assert feeds == {feed for feed, key in ask(built, "SELECT feed, key FROM feeds") if key in moved}
    numbers = {entry.rpartition(":")[2]: number for number, entry in ask(built, "SELECT number, entry FROM articles")}
    assert articles == {numbers[article.postid]}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere all names of files are texts")
def test_a_file_whose_name_is_no_text_is_left_alone(built: Place) -> None:
    (built.out / "es/tags").mkdir()
    foreign = os.fsencode(built.out / "es/tags") + b"/\xff.xml"
    Path(os.fsdecode(foreign)).write_text("somebody's")
    build(built)
    assert Path(os.fsdecode(foreign)).read_text() == "somebody's"


def test_a_feed_waits_for_its_archive_pages(lively: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of its files is put after all of them."""
    put, begun = Shelf.put_later, dict[str, tuple[object, list[object]]]()

    def noted(self: Shelf, file: str, mark: bytes, document: Document, around: bytes, after: Sequence[Any] = ()) -> Any:
        future = put(self, file, mark, document, around, after)
        begun[file] = future, list(after)
        return future

    monkeypatch.setattr(Shelf, "put_later", noted)
    site = lively.servers[0].site
    assert isinstance(site, LongSite)
    site.grow(5)
    build(lively)
    pages = {file: future for file, (future, _) in begun.items() if ".archive-" in file}
    assert pages
    for file, (_, after) in begun.items():
        key = file.rpartition(".")[0]
        assert after == [future for page, future in pages.items() if page.startswith(f"{key}.archive-")]


def test_topics_are_chosen_and_texts_forgotten_only_when_that_may_have_changed(
    built: Place, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = list[str]()
    for of, name in ((Feeds, "choose"), (History, "forget")):
        own: Callable[..., Any] = getattr(of, name)

        def noted(*given: Any, own: Callable[..., Any] = own, name: str = name) -> Any:
            done.append(name)
            return own(*given)

        monkeypatch.setattr(of, name, noted)
    build(built)
    done.clear()
    server.site.set_ticker(["Algo nuevo"])
    build(built)
    assert done == []
    server.site.edit(server.site.articles[0].postid, title="Otro título", last_updated=server.site.now.isoformat())
    build(built)
    assert set(done) == {"choose"}
    build(built, memory={"keep_days": 20})
    assert set(done) == {"choose", "forget"}


def test_articles_are_counted_as_they_come_and_go(lively: Place) -> None:
    site = lively.servers[0].site
    assert isinstance(site, LongSite)
    site.grow(3)
    site.edit(site.articles[4].postid, keywords="Puertos", title="Otro título")
    site.now += timedelta(days=20)
    build(lively)
    assert (
        ask(
            lively,
            "SELECT key, articles, (SELECT count(*) FROM membership WHERE membership.feed = feeds.feed) AS n FROM feeds"
            " WHERE articles != n",
        )
        == []
    )
    assert ask(lively, "SELECT count(*) FROM membership") != [(0,)]


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


@pytest.mark.parametrize("changed", [{"label": "DEPORTES"}, {"address": "https://espanol.almayadeen.net/otra"}])
def test_a_feed_moves_with_what_the_menu_says_of_it(tmp_path: Path, changed: dict[str, Any]) -> None:
    listing = Listing("noticias/deportes", "Deportes", "https://espanol.almayadeen.net/noticias/deportes")
    with Archive(tmp_path / "state") as archive:
        for expected, one in enumerate((listing, replace(listing, **changed))):
            for _ in range(2):
                archive.lists.keep_menu("es", [one])
                assert archive.feeds.changes("es", listing.key) == expected


def test_an_archive_page_moves_with_an_article_that_has_left_its_list(tmp_path: Path) -> None:
    edition = load("es")
    now = datetime(2026, 11, 20, tzinfo=UTC)
    listing = Listing("noticias/deportes", "Deportes", edition.absolute("/noticias/deportes"))

    def keep(archive: Archive, number: int, title: str, *keys: str) -> None:
        article = Article(edition.absolute(f"/a/{number}"), title, str(number), published=now + timedelta(hours=number))
        places = Places(frozenset(keys), ())
        archive.articles.keep(edition, article, article.address, places, Validators(), now)

    with Archive(tmp_path / "state") as archive:
        archive.lists.keep_menu("es", [listing])
        for number in range(3):
            keep(archive, number, "Un título", listing.key)
        (feed,) = (row.feed for row in archive.feeds.all("es") if row.key == listing.key)
        archive.history.turn(feed, 1, 2)
        keep(archive, 0, "Un título")
        before = archive.feeds.changes("es", listing.key), archive.history.pages(feed)
        keep(archive, 0, "Un título")
        assert (archive.feeds.changes("es", listing.key), archive.history.pages(feed)) == before
        keep(archive, 0, "Otro título")
        assert archive.feeds.changes("es", listing.key) > before[0]
        assert archive.history.pages(feed) != before[1]


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


def test_the_folder_is_looked_at_once(built: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    begin = Shelf.__init__

    def count(self: Shelf, *arguments: Any, **options: Any) -> None:
        made.append(self)
        begin(self, *arguments, **options)

    monkeypatch.setattr(Shelf, "__init__", count)
    build(built)
    assert len(made) == 1

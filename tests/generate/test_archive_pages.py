"""What feeds no longer show: archive pages that lead back through time, and texts that are forgotten."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from feedgen_mayadeen.sample import SampleArticle, SampleSite
from tests.feeds import ReadFeed, parse, read_feed
from tests.records import numbers
from tests.running import MEDIA_BASE, Place, Server, config_of

PAGE, LIMIT = 50, 2
KEY, PARENT = "es/noticias/deportes", "es/noticias"
BUILD = {"limit": LIMIT}
FIRST, MORE = 105, 48


class LongSite(SampleSite):
    """The Spanish sample site with as many short sports reports as a test wants, one an hour, all of them on the lists."""

    def __init__(self) -> None:
        super().__init__("es", media=MEDIA_BASE)
        pattern = self.lists()["/noticias/deportes"][1][0]
        self.pattern = replace(pattern, body="Gol.", keywords="", coverage="", picture="")
        for article in self.articles:
            self.delete(article.postid)
        self.grow(1)

    def grow(self, count: int) -> None:
        """Publishes some more."""
        for number in range(len(self._articles), len(self._articles) + count):
            at = (self.pattern.published + timedelta(hours=number)).isoformat()
            article = replace(
                self.pattern,
                postid=str(7000000 + number),
                title=f"Partido {number}",
                path=f"/noticias/deportes/partido-{number}",
                published_time=at,
                last_updated=at,
            )
            self._articles[article.postid] = article
        self.now = self.pattern.published + timedelta(hours=len(self._articles))


@pytest.fixture
def all_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists show all of their articles."""
    monkeypatch.setattr("feedgen_mayadeen.sample.site.CARDS_LIST", 1000)


@pytest.fixture(scope="module")
def long_build(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A first build of the long site. Nobody may change it."""
    with pytest.MonkeyPatch.context() as patch, Server(site := LongSite()) as server:
        patch.setattr("feedgen_mayadeen.sample.site.CARDS_LIST", 1000)
        site.grow(FIRST - 1)
        place = Place(tmp_path_factory.mktemp("long"), server)
        assert place.build_with(server.site.now, build=BUILD).exit_code == 0
        return place


@pytest.fixture
def long(long_build: Place, tmp_path: Path, all_cards: None) -> Iterator[Place]:
    """Folders that hold that build, which may go on from there; the site is still as it was then."""
    site = LongSite()
    site.grow(FIRST - 1)
    with Server(site) as server:
        place = Place(tmp_path, server)
        place.copy_from(long_build)
        yield place
    assert server.errors == []


def link(feed: ReadFeed, rel: str) -> str | None:
    found = [address for name, address in feed.links if name == rel]
    assert len(found) <= 1
    return found[0] if found else None


def read_at(place: Place, address: str) -> ReadFeed:
    """The document that is served at an address."""
    return read_feed(place.out / unquote(address.removeprefix(config_of().build.base_url)))


def chain(place: Place, key: str) -> list[ReadFeed]:
    """A feed and the pages of its archive, as a reader follows them back."""
    found = [read_feed(place.out / f"{key}.xml")]
    while address := link(found[-1], "prev-archive"):
        found.append(read_at(place, address))
        assert len(found) < 100
    return found


def site_of(place: Place) -> LongSite:
    site = place.servers[0].site
    assert isinstance(site, LongSite)
    return site


def pages_of(place: Place) -> list[str]:
    return sorted(path.name for path in (place.out / "es").rglob("*archive*"))


def check_whole(place: Place, articles: tuple[SampleArticle, ...]) -> None:
    """From the live feeds every article is reached once, the newest first; every page but the newest is full."""
    for key in (KEY, PARENT):
        live, *pages = chain(place, key)
        assert live.numbers == numbers(articles)[: len(live.numbers)]
        assert [number for document in (live, *pages) for number in document.numbers] == numbers(articles)
        assert {len(document.numbers) for document in pages[1:]} <= {PAGE}


# Archive pages


def test_from_a_live_feed_every_article_is_reached_once(long_build: Place) -> None:
    check_whole(long_build, site_of(long_build).articles)
    assert [len(document.numbers) for document in chain(long_build, KEY)] == [LIMIT, FIRST - LIMIT - 2 * PAGE, PAGE, PAGE]
    assert len(pages_of(long_build)) == 6


def test_the_documents_name_each_other_as_the_rfc_says(long_build: Place) -> None:
    """RFC 5005 §4: a page of the archive is marked, and knows the feed that it belongs to and its neighbours."""
    live, *pages = chain(long_build, KEY)
    addresses = [link(document, "self") for document in (live, *pages)]
    assert len(set(addresses)) == 4
    assert (link(live, "current"), link(live, "next-archive")) == (None, None)
    for at, document in enumerate(pages, start=1):
        assert document.id == live.id
        assert document.title == live.title
        assert link(document, "current") == addresses[0]
        assert link(document, "prev-archive") == (addresses[at + 1] if at + 1 < len(addresses) else None)
        assert link(document, "next-archive") == (addresses[at - 1] if at > 1 else None)
        assert document.updated == max(entry.updated for entry in document.entries)
    marks = []
    for address in addresses:
        assert address is not None
        content = (long_build.out / unquote(address.removeprefix(config_of().build.base_url))).read_bytes()
        assert len(parse(content).entries) in (LIMIT, FIRST - LIMIT - 2 * PAGE, PAGE)
        root = ElementTree.fromstring(content)  # noqa: S314  # our own file
        marks.append([child.tag for child in root if "purl.org/syndication/history" in child.tag])
    assert marks == [[], *[["{http://purl.org/syndication/history/1.0}archive"]] * 3]


def test_a_second_build_touches_no_page(long: Place) -> None:
    before = long.files
    assert long.build_with(site_of(long).now, build=BUILD).exit_code == 0
    assert long.files == before


def test_full_pages_keep_their_entries_when_articles_come(long: Place) -> None:
    before = chain(long, KEY)
    files = long.files
    site_of(long).grow(MORE)
    report = long.build_with(site_of(long).now, build=BUILD)
    assert [feed.key for feed in report.feeds if "archive" in feed.key] == []
    check_whole(long, site_of(long).articles)
    after = chain(long, KEY)
    assert len(after) == len(before) + 1
    assert [document.entries for document in after[-2:]] == [document.entries for document in before[-2:]]
    # The page that was not yet full goes on where it stood.
    assert after[-3].numbers[-len(before[1].numbers) :] == before[1].numbers
    # Full pages between other pages do not change by a byte.
    assert {name for name, file in files.items() if "archive-1" in name and long.files[name] == file} == {
        f"{KEY}.archive-1.xml",
        f"{PARENT}.archive-1.xml",
    }


def test_the_oldest_pages_go_away(long: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    before = chain(long, KEY)
    long.build_with(site_of(long).now, build=BUILD, history={"pages": 2})
    after = chain(long, KEY)
    assert [document.entries for document in after] == [document.entries for document in before[:3]]
    assert link(after[-1], "prev-archive") is None
    assert len(pages_of(long)) == 4
    # The lists show what they do show on the site: the newest.
    monkeypatch.setattr("feedgen_mayadeen.sample.site.CARDS_LIST", 24)
    site_of(long).grow(5)
    long.build_with(site_of(long).now, build=BUILD, history={"pages": 2})
    check_newest(long)


def check_newest(place: Place) -> None:
    """The chain is short and holds the newest."""
    shown = [number for document in chain(place, KEY) for number in document.numbers]
    assert shown == numbers(site_of(place).articles)[: len(shown)]
    assert len(chain(place, KEY)) == 3
    assert len(pages_of(place)) == 4


def test_articles_of_pages_that_went_do_not_come_back(long: Place) -> None:
    """Although a list still shows them, and is read again."""
    long.build_with(site_of(long).now, build=BUILD, history={"pages": 2})
    before = long.files
    long.servers[0].validators = False
    report = long.build_with(site_of(long).now, build=BUILD, history={"pages": 2})
    assert report.articles_read == 0
    assert long.files == before


def test_no_pages_are_written_when_none_are_wanted(built: Place, server: Server) -> None:
    built.build_with(server.site.now, build={"limit": 1}, history={"pages": 0})
    assert pages_of(built) == []
    assert all(rel != "prev-archive" for feed in built.feeds.values() for rel, _ in feed.links)
    assert len(built.feeds["es/noticias"].numbers) == 1


def test_only_leaves_the_pages_of_other_feeds(long: Place) -> None:
    before = long.files
    site_of(long).grow(3)
    long.build_with(site_of(long).now, build={**BUILD, "only": ["videos", "noticias"]}, history={"pages": 1})
    for name, file in before.items():
        if name.startswith(KEY):
            assert long.files[name] == file
    check_chain_is_unbroken(long)


def check_chain_is_unbroken(place: Place) -> None:
    for key in (KEY, PARENT):
        shown = [number for document in chain(place, key) for number in document.numbers]
        assert len(set(shown)) == len(shown) >= LIMIT


# Forgetting

SHORT = {"keep_days": 1}


def forgetful(place: Place, server: Server, **tables: Any) -> None:
    """A build that keeps no more than it must: two entries in each list, texts for ten days."""
    tables = {"build": {"limit": 2}, "history": {"pages": 0}, "memory": {"keep_days": 10}, **tables}
    assert place.build_with(server.site.now, **tables).exit_code == 0


def remembered(place: Place, server: Server) -> set[str]:
    """The articles whose texts are remembered: what is shown when everything is asked for, and nothing of the site."""
    out, place.out = place.out, place.out.parent / "all"
    memory = {file: file.read_bytes() for file in place.state.iterdir()}
    place.build_with(server.site.now, build={"limit": 1000}, memory={"keep_days": 36_600})
    assert server.article_paths == []
    found = {number for key, feed in place.feeds.items() if key != "es/breaking" for number in feed.numbers}
    for file, content in memory.items():
        file.write_bytes(content)
    place.out = out
    return found


def test_texts_are_forgotten_but_nothing_comes_back_as_new(built: Place, server: Server) -> None:
    forgetful(built, server)
    kept = remembered(built, server)
    shown = {number for key, feed in built.feeds.items() if key != "es/breaking" for number in feed.numbers}
    since = server.site.articles[0].published - timedelta(days=10)
    wanted = shown | {article.postid for article in server.site.articles if article.published >= since}
    assert kept == wanted < {article.postid for article in server.site.articles}
    before = built.files
    server.validators = False  # every list is read again, with all its cards
    for _ in range(2):
        built.build_with(server.site.now, build={"limit": 2}, history={"pages": 0}, memory={"keep_days": 10})
        assert server.article_paths == []
        assert built.files == before


def test_a_forgotten_article_under_another_address_keeps_its_entry(built: Place, server: Server) -> None:
    old = {entry.number: entry for entry in built.feeds["es/all"].entries}
    forgetful(built, server)
    gone = next(a for a in server.site.articles if a.postid not in remembered(built, server))
    before = built.feeds["es/all"]
    moved = server.site.edit(gone.postid, path=f"{gone.path}-bis", title="Otro título")
    forgetful(built, server)
    assert moved.path in server.paths
    assert built.feeds["es/all"] == before
    moved = server.site.edit(gone.postid, path=f"{gone.path}-ter")
    built.build_with(server.site.now, memory={"keep_days": 36_600})
    assert moved.path in server.paths
    again = built.feeds["es/all"].entry(gone.postid)
    assert again.title == "Otro título"
    assert (again.id, again.published) == (old[gone.postid].id, old[gone.postid].published)


@pytest.mark.parametrize(
    "aside",
    [
        {},
        {"build": {"only": ["videos"]}},
        {"feeds": {"sections": False, "tags": False, "most_read": False, "all": False}},
    ],
    ids=["nothing", "only one feed built", "kinds switched off"],
)
def test_what_feeds_show_is_never_forgotten(built: Place, server: Server, aside: dict[str, Any]) -> None:
    tags = {"min_articles": 2}
    built.build_with(server.site.now, tags=tags)
    before = {name: content for name, (content, _) in built.files.items()}
    server.site.now += timedelta(days=300)
    for _ in range(2):
        built.build_with(server.site.now, tags=tags, memory=SHORT, **aside)
    built.out = built.out.parent / "again"
    built.build_with(server.site.now, tags=tags, memory=SHORT)
    assert server.article_paths == []
    assert {name: content for name, (content, _) in built.files.items()} == before


def test_archive_pages_are_never_forgotten(long: Place) -> None:
    before = {name: content for name, (content, _) in long.files.items()}
    for _ in range(2):
        long.build_with(site_of(long).now, build=BUILD, memory=SHORT)
    long.out = long.out.parent / "again"
    long.build_with(site_of(long).now, build=BUILD, memory=SHORT)
    assert {name: content for name, (content, _) in long.files.items()} == before

"""When list pages can't be read: feed.rss, then the sitemaps; and what happens without any of them."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from feedgen_mayadeen.report import Report
from tests.records import KEYS, expected_numbers
from tests.running import Answer, Place, Server, dropped, page, serve, status

TEXT = "text/plain; charset=utf-8"
NO_CARDS = "<!DOCTYPE html><html lang='es'><head><title>Nada</title></head><body><p>Vuelva más tarde.</p></body></html>"
KNOWN_SITEMAPS = ("/sitemaps/news.xml", "/sitemaps/all.xml")
HELD = 3
"""So many articles are published after the last good build."""


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The Spanish sample site, built before its newest articles were published. Nobody may change it."""
    with serve("es") as (one,):
        place = Place(tmp_path_factory.mktemp("earlier"), one)
        one.site.now = one.site.articles[HELD].published
        assert place.build_with(one.site.now).exit_code == 0
        return place


@pytest.fixture
def late(place: Place, earlier: Place) -> Place:
    """Folders that hold that build; in the meantime some articles were published."""
    place.copy_from(earlier)
    return place


def break_lists(server: Server, answer: Answer | None = None) -> None:
    """From now on every list of the menu answers with a page without cards, or otherwise."""
    for path in KEYS["es"]:
        server.faults[path] = answer or page(NO_CARDS)


def without_rss(server: Server) -> None:
    server.faults["/feed.rss"] = status(404)


def without_known_sitemaps(server: Server) -> None:
    for path in KNOWN_SITEMAPS:
        server.faults[path] = status(404)


def check_fed(place: Place, server: Server, report: Report, way: str) -> None:
    """Every list is named with its way, and its feed is current."""
    assert report.exit_code == 1
    assert {each.key: (each.seen, each.fed_by) for each in report.lists} == dict.fromkeys(KEYS["es"].values(), ("failed", way))
    assert {problem.address for problem in report.problems} == {server.site.origin + path for path in KEYS["es"]}
    for key in KEYS["es"].values():
        assert any(key in note and way in note for note in report.notes)
    for path, key in KEYS["es"].items():
        assert place.feeds[f"es/{key}"].numbers == expected_numbers(server.site, path)
    assert place.feeds["es/all"].numbers == expected_numbers(server.site, None)


WAYS: dict[str, tuple[Callable[[Server], None], str]] = {
    "feed.rss": (lambda server: None, "feed.rss"),
    "sitemap": (without_rss, "sitemap"),
}


def test_no_other_way_is_asked_while_the_lists_can_be_read(built: Place, server: Server) -> None:
    built.build_with(server.site.now)
    assert set(server.paths) == {"/robots.txt", "/", *KEYS["es"]}


@pytest.mark.parametrize(("prepare", "way"), WAYS.values(), ids=WAYS)
def test_lists_without_cards_are_fed_by_other_ways(
    late: Place, server: Server, prepare: Callable[[Server], None], way: str
) -> None:
    break_lists(server)
    prepare(server)
    assert late.feeds["es/all"].numbers != expected_numbers(server.site, None)
    report = late.build_with(server.site.now)
    check_fed(late, server, report, way)
    assert sorted(path for path in server.article_paths if path.startswith(tuple(KEYS["es"]))) == sorted(
        article.path for article in server.site.articles[:HELD]
    )


@pytest.mark.parametrize(("prepare", "way"), WAYS.values(), ids=WAYS)
def test_other_ways_feed_lists_from_an_empty_memory(
    place: Place, server: Server, prepare: Callable[[Server], None], way: str
) -> None:
    break_lists(server)
    prepare(server)
    if way == "sitemap":
        # The newest month is all that is read.
        recent = [a for a in server.site.articles if a.published_time[:7] == server.site.articles[0].published_time[:7]]
        for article in server.site.articles:
            if article not in recent:
                server.site.delete(article.postid)
    report = place.build_with(server.site.now)
    assert report.exit_code == 1
    fed = {each.key for each in report.lists if each.fed_by == way}
    wanted = {key for path, key in KEYS["es"].items() if expected_numbers(server.site, path)}
    assert fed == wanted
    for path, key in KEYS["es"].items():
        if key in wanted:
            assert place.feeds[f"es/{key}"].numbers == expected_numbers(server.site, path)


def test_other_ways_feed_lists_when_the_menu_is_gone_too(place: Place, server: Server) -> None:
    """From an empty memory: what the edition's file names is all that is known of the lists."""
    break_lists(server)
    server.faults["/"] = page(NO_CARDS)
    report = place.build_with(server.site.now)
    assert report.exit_code == 1
    politics = "/noticias/politica"
    assert place.feeds["es/noticias/política"].numbers == expected_numbers(server.site, politics)


@pytest.mark.parametrize("answer", [status(500), status(404), dropped, status(403)], ids=["500", "404", "dropped", "403"])
def test_one_list_that_cannot_be_read_is_fed_while_the_others_are_read(late: Place, server: Server, answer: Answer) -> None:
    server.faults["/noticias/politica"] = answer
    report = late.build_with(server.site.now)
    assert report.exit_code == 1
    assert {each.key: each.fed_by for each in report.lists if each.fed_by} == {"noticias/política": "feed.rss"}
    assert server.paths.count("/feed.rss") == 1
    assert not set(server.paths) & set(KNOWN_SITEMAPS)
    for path, key in KEYS["es"].items():
        assert late.feeds[f"es/{key}"].numbers == expected_numbers(server.site, path)


@pytest.mark.parametrize(("prepare", "way"), WAYS.values(), ids=WAYS)
def test_a_second_build_by_another_way_asks_for_no_article(
    late: Place, server: Server, prepare: Callable[[Server], None], way: str
) -> None:
    break_lists(server)
    prepare(server)
    late.build_with(server.site.now)
    before = late.files
    report = late.build_with(server.site.now)
    check_fed(late, server, report, way)
    assert not set(server.paths) & {article.path for article in server.site.articles}
    assert late.files == before


def test_a_feed_rss_without_the_lists_articles_leaves_them_to_the_sitemaps(late: Place, server: Server) -> None:
    """Each list by the first way that names an article of it."""
    break_lists(server)
    sports = "/noticias/deportes"

    def without_sports(text: str) -> str:
        items = text.split("<item>")
        kept = [item for item in items[1:-1] if sports not in item]
        return "<item>".join([items[0], *kept, items[-1] if sports not in items[-1] else items[-1].partition("</item>")[2]])

    server.rewrites["/feed.rss"] = without_sports
    report = late.build_with(server.site.now)
    fed = {each.key: each.fed_by for each in report.lists}
    assert fed["noticias/deportes"] == "sitemap"
    assert fed["noticias/política"] == "feed.rss"


def test_sitemaps_that_robots_txt_names_are_used(late: Place, server: Server) -> None:
    break_lists(server)
    without_rss(server)
    without_known_sitemaps(server)
    site = server.site
    rules = f"User-agent: *\nDisallow:\nSitemap: {site.origin}/mapas/uno.xml\nSitemap: https://example.org/otro.xml\n"
    server.faults["/robots.txt"] = page(rules, TEXT)
    server.faults["/mapas/uno.xml"] = page(site.page("/sitemaps/all.xml").body.decode(), "application/xml")
    check_fed(late, server, late.build_with(site.now), "sitemap")


def dump(place: Place) -> list[str]:
    """All that is remembered but how the feeds fare, and the lists of feeds that tell of it."""
    moving = ("health", "files\" VALUES('index.html'", "files\" VALUES('es/index.html'", "files\" VALUES('feeds.opml'")
    with closing(sqlite3.connect(place.state / "memory.sqlite")) as memory:
        return [line for line in memory.iterdump() if not line.startswith(tuple(f'INSERT INTO "{one}' for one in moving))]


BROKEN: dict[str, Answer] = {
    "gone": status(404),
    "in trouble": status(500),
    "no feed": page(NO_CARDS),
    "empty": page(""),
    "dropped": dropped,
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_without_any_way_nothing_is_changed(late: Place, server: Server, answer: Answer) -> None:
    break_lists(server)
    for path in ("/feed.rss", *KNOWN_SITEMAPS, "/robots.txt"):
        server.faults[path] = answer
    server.site.set_ticker(["Algo nuevo"])
    before, memory = late.files, dump(late)
    report = late.build_with(server.site.now + timedelta(days=2))
    assert report.exit_code == 3
    assert late.files == before
    assert dump(late) == memory
    assert {"/feed.rss", *KNOWN_SITEMAPS} <= set(server.paths)


def test_without_any_way_nothing_is_left_behind(place: Place, server: Server, tmp_path: Path) -> None:
    break_lists(server)
    for path in ("/feed.rss", *KNOWN_SITEMAPS, "/robots.txt"):
        server.faults[path] = status(404)
    assert place.build_with(server.site.now).exit_code == 3
    assert not place.out.exists()
    assert not place.state.exists()


def test_the_report_names_the_way_for_a_person_too(late: Place, server: Server) -> None:
    break_lists(server)
    result = late.build()
    assert result.code == 1
    assert {one["fed_by"] for one in result.report["lists"]} == {"feed.rss"}

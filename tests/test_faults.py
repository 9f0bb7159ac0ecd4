"""Everything that can go wrong on the wire or on a page, injected through a real server: named, survived, recovered from."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from feedgen_mayadeen.sample import SampleHandler
from tests.running import (
    Answer,
    Place,
    Result,
    Server,
    dropped,
    files_of,
    not_gzip,
    page,
    redirect,
    run,
    serve,
    status,
    truncated,
)

NO_ARTICLE = "<!DOCTYPE html><html lang='es'><head><title>Nada</title></head><body><p>Vuelva más tarde.</p></body></html>"
SMALL = "[fetch]\nmax_bytes = 100000\n"


def raw_location(handler: SampleHandler) -> None:
    """A redirect whose address is neither ASCII nor UTF-8."""
    handler.send(302, "text/html", b"", {"Location": "/pol\xedtica"})


def in_a_circle(handler: SampleHandler) -> None:
    """A redirect to the same address."""
    redirect(handler.path)(handler)


# Each with the class of the failure that it must be reported as.
ON_THE_WIRE: Mapping[str, tuple[Answer, str]] = {
    "401": (status(401), "Blocked"),
    "403": (status(403), "Blocked"),
    "429": (status(429, {"Retry-After": "0"}), "RateLimited"),
    "404": (status(404), "NotFound"),
    "410": (status(410), "Gone"),
    "500": (status(500), "Server"),
    "503": (status(503, {"Retry-After": "0"}), "Server"),
    "418": (status(418), "Server"),
    "dropped": (dropped, "Unreachable"),
    "truncated": (truncated, "CutShort"),
    "empty": (page(""), "EmptyPage"),
    "blank": (page(" \n "), "EmptyPage"),
    "no page": (page("%PDF-1.7", "application/pdf"), "NotHtml"),
    "not packed": (not_gzip, "CutShort"),
    "too large": (page("x" * 200_000), "TooLarge"),
    "off the site": (redirect("https://example.org/"), "OffSite"),
    "to another scheme": (redirect("ftp://example.org/"), "OffSite"),
    "in a circle": (in_a_circle, "RedirectLoop"),
    "to no address": (redirect("http://[/"), "OffSite"),
}
ON_A_LIST = {**ON_THE_WIRE, "no cards": (page(NO_ARTICLE), "NoCards")}
EVERYWHERE = {
    name: ON_A_LIST[name] for name in ("403", "429", "404", "500", "dropped", "truncated", "off the site", "no cards")
}
ON_AN_ARTICLE = {**ON_THE_WIRE, "no article": (page(NO_ARTICLE), "NoArticle")}


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """Settings with a small bound for pages."""
    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    return path


def cases(table: Mapping[str, tuple[Answer, str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("fault", "kind"), table.values(), ids=table.keys())


def problems(result: Result) -> list[dict[str, Any]]:
    found = result.report["problems"]
    assert isinstance(found, list)
    return found


# One list fails

FAILING, OTHERS = "regions/europe", ("regions/asia", "articles/opinion")
ONLY = tuple(word for key in (FAILING, *OTHERS) for word in ("--only", key))
BEFORE, AFTER = (datetime.fromisoformat(day) for day in ("2026-09-24T00:00:00+02:00", "2026-10-18T00:00:00+02:00"))


@pytest.fixture(scope="module")
def three_lists(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Three English lists, built when each had some articles. Nobody may change it."""
    with serve("en") as (one,):
        place = Place(tmp_path_factory.mktemp("three"), one)
        one.site.now = BEFORE
        assert place.build(*ONLY).code == 0
        for key in (FAILING, *OTHERS):
            assert place.feeds[key].numbers == shown(one, key) != []
        return place


@pytest.fixture
def half(tmp_path: Path, english: Server, settings: Path, three_lists: Place) -> tuple[Place, Callable[[], Result]]:
    """The same three lists, now that each shows more articles, and how to build them."""
    place = Place(tmp_path, english)
    place.copy_from(three_lists)
    english.site.now = AFTER
    for key in (FAILING, *OTHERS):
        assert place.feeds[key].numbers != shown(english, key)
    return place, lambda: place.build("--config", settings, *ONLY)


def shown(server: Server, key: str) -> list[str]:
    """The articles that a list of the site shows now; the keys of these lists are their paths."""
    return [article.postid for article in server.site.lists()[f"/{key}"][1]]


@cases(ON_A_LIST)
def test_one_failing_list_is_named_and_leaves_the_others_current(
    half: tuple[Place, Callable[[], Result]], english: Server, fault: Answer, kind: str
) -> None:
    place, build = half
    before = place.files
    english.faults[f"/{FAILING}"] = fault
    result = build()
    assert result.code == 1
    (problem,) = problems(result)
    assert problem["kind"] == kind
    assert problem["address"] == f"https://english.almayadeen.net/{FAILING}"
    assert problem["address"] in problem["sentence"]
    assert "\n" not in problem["sentence"]
    (listed,) = (one for one in result.report["lists"] if one["key"] == FAILING)
    assert listed["seen"] == "failed"
    assert place.files[f"{FAILING}.xml"] == before[f"{FAILING}.xml"]
    for key in OTHERS:
        assert place.feeds[key].numbers == shown(english, key)

    english.faults = {}
    result = build()
    assert result.code == 0
    assert problems(result) == []
    assert place.feeds[FAILING].numbers == shown(english, FAILING)


@cases(ON_A_LIST)
def test_the_failing_lists_file_is_not_touched_while_nothing_else_is_known_of_it(
    built: Place, server: Server, settings: Path, fault: Answer, kind: str
) -> None:
    before = built.files
    server.faults["/noticias/deportes"] = fault
    result = built.build("--config", settings)
    assert result.code == 1
    assert [problem["kind"] for problem in problems(result)] == [kind]
    assert built.files == before


def test_a_passing_fault_of_the_server_is_got_over_within_a_build(place: Place, server: Server) -> None:
    """503 once: asked again, and nobody need know."""
    asked: list[str] = []

    def once(handler: SampleHandler) -> None:
        asked.append(handler.path)
        reply = handler.sample.site.page(handler.path)
        if len(asked) == 1:
            handler.send(503, "text/html", b"later", {"Retry-After": "0"})
        else:
            handler.send(reply.status, reply.content_type, reply.body)

    server.faults["/noticias/deportes"] = once
    result = place.build()
    assert (result.code, len(asked)) == (0, 2)
    assert result.report["requests"] == len(server.requests)


def test_a_list_page_without_cards_that_never_had_any_is_no_failure(place: Place, server: Server) -> None:
    for article in server.site.lists()["/videos"][1]:
        server.site.delete(article.postid)
    result = place.build()
    assert result.code == 0
    assert any("Videos" in note for note in result.report["notes"])
    assert "es/videos" not in place.feeds


# The home page fails


@cases(EVERYWHERE)
def test_without_the_home_page_lists_are_read_where_they_were(
    built: Place, server: Server, settings: Path, fault: Answer, kind: str
) -> None:
    before = built.files
    server.faults["/"] = fault
    result = built.build("--config", settings)
    assert result.code == 1
    (problem,) = problems(result)
    assert problem["address"] == "https://espanol.almayadeen.net/"
    assert problem["kind"] == ("NoMenu" if kind == "NoCards" else kind)
    assert {one["way"] for one in result.report["lists"]} == {"remembered"}
    assert {one["seen"] for one in result.report["lists"]} == {"unchanged"}
    assert built.files == before


# The whole site fails


@cases(EVERYWHERE)
def test_a_site_that_cannot_be_read_leaves_nothing_behind(
    place: Place, server: Server, settings: Path, tmp_path: Path, fault: Answer, kind: str
) -> None:
    server.faults["*"] = fault
    before = files_of(tmp_path)
    result = place.build("--config", settings)
    assert result.code == 3
    assert problems(result)
    assert not place.out.exists()
    assert not place.state.exists()
    assert files_of(tmp_path) == before


@cases(EVERYWHERE)
def test_a_site_that_can_no_longer_be_read_changes_nothing(
    built: Place, server: Server, settings: Path, fault: Answer, kind: str
) -> None:
    before = built.files
    server.faults["*"] = fault
    assert built.build("--config", settings).code == 3
    assert built.files == before
    server.faults = {}
    assert built.build("--config", settings).code == 0
    assert server.article_paths == []
    assert built.files == before


@cases({"403": ON_THE_WIRE["403"], "429": ON_THE_WIRE["429"]})
def test_a_block_ends_the_asking(built: Place, server: Server, fault: Answer, kind: str) -> None:
    """Promise 4: who is refused does not go on through every list; a few requests under way are no offence."""
    server.faults["*"] = fault
    result = built.build()
    assert result.code == 3
    assert len(set(server.paths)) <= 5


def test_a_failing_site_is_told_in_plain_lines(place: Place, server: Server) -> None:
    server.faults["*"] = status(403)
    result = run("build", *place.options)
    assert result.code == 3
    assert result.out == ""
    first, *others = [line for line in result.err.splitlines() if not line.startswith(("menu:", "lists:", "articles:"))]
    assert "nothing was changed" in first
    assert others
    assert all(line.startswith("problem: https://espanol.almayadeen.net/") for line in others)


def test_one_edition_that_cannot_be_read_leaves_the_other_current(tmp_path: Path) -> None:
    with serve("es", "ar") as (spanish, arabic):
        place = Place(tmp_path, spanish, arabic)
        arabic.faults["*"] = dropped
        assert place.build().code == 1
        assert place.feeds["es/all"].numbers == [article.postid for article in spanish.site.articles]
        assert {key.partition("/")[0] for key in place.feeds} == {"es"}
        arabic.faults = {}
        place.build()
        assert "ar/all" in place.feeds


# One article fails


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The Spanish sample site, built before its newest article was published. Nobody may change it."""
    with serve("es") as (one,):
        place = Place(tmp_path_factory.mktemp("earlier"), one)
        one.site.now = one.site.articles[1].published
        assert place.build_at(one.site.now).exit_code == 0
        return place


@cases(ON_AN_ARTICLE)
def test_one_failing_article_is_named_and_tried_again(
    place: Place, server: Server, earlier: Place, settings: Path, fault: Answer, kind: str
) -> None:
    place.copy_from(earlier)
    newest, *others = server.site.articles
    server.faults[newest.path] = fault
    result = place.build("--config", settings)
    assert result.code == 1
    (problem,) = problems(result)
    assert problem["kind"] == kind
    assert problem["address"] == f"https://espanol.almayadeen.net{quote(newest.path)}"
    assert problem["address"] in problem["sentence"]
    assert place.feeds["es/all"].numbers == [article.postid for article in others]
    server.faults = {}
    result = place.build("--config", settings)
    assert result.code == 0
    assert newest.path in server.article_paths
    assert place.feeds["es/all"].numbers == [article.postid for article in server.site.articles]


@cases(ON_AN_ARTICLE)
def test_an_edited_article_that_fails_stays_as_it_was_and_is_read_later(
    built: Place, server: Server, settings: Path, fault: Answer, kind: str
) -> None:
    site = server.site
    article = site.articles[3]
    before = built.feeds["es/all"].entry(article.postid)
    site.edit(article.postid, title="Otro título")
    server.faults[article.path] = fault
    result = built.build("--config", settings)
    # A known article that was taken away is no failure: its entry stays.
    assert [problem["kind"] for problem in problems(result)] == ([] if kind in ("NotFound", "Gone") else [kind])
    assert built.feeds["es/all"].entry(article.postid) == before
    server.faults = {}
    assert built.build("--config", settings).code == 0
    assert kind in ("NotFound", "Gone") or built.feeds["es/all"].entry(article.postid).title == "Otro título"


def test_a_redirect_with_a_broken_address_fails_one_article_only(place: Place, server: Server) -> None:
    article = server.site.articles[3]
    server.faults[article.path] = raw_location
    assert place.build().code == 1
    assert len(place.feeds["es/all"].entries) == len(server.site.articles) - 1


def test_an_article_that_keeps_failing_is_asked_for_more_and_more_rarely(place: Place, server: Server) -> None:
    article = server.site.articles[3]
    server.faults[article.path] = status(500)
    counts = []
    for minutes in range(8):
        place.build_at(server.site.now + timedelta(minutes=minutes))
        counts.append(article.path in server.paths)
    assert counts[0]
    assert counts[1]
    assert not all(counts)
    server.faults = {}
    report = place.build_at(server.site.now + timedelta(days=2))
    assert report.exit_code == 0
    assert place.feeds["es/all"].numbers == [other.postid for other in server.site.articles]


def test_an_article_that_a_redirect_leads_to_is_read(place: Place, server: Server) -> None:
    article = server.site.articles[3]
    old = f"{article.path}-antes"
    server.faults[old] = redirect(f"{server.url}{quote(article.path)}")
    server.rewrites["listing"] = lambda text: text.replace(f'"{quote(article.path)}"', f'"{quote(old)}"')
    assert place.build().code == 0
    entry = place.feeds["es/all"].entry(article.postid)
    assert entry.link == f"https://espanol.almayadeen.net{quote(article.path)}"
    place.build()
    assert server.article_paths == []

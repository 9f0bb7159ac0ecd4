"""Everything that can go wrong on the wire or on a page, injected through a real server: named, survived, recovered from."""

import socket
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from feedgen_mayadeen.fetch import Fetcher, FetchSettings
from feedgen_mayadeen.sample import SampleArticle, SampleHandler
from feedgen_mayadeen.site.edition import load
from feedgen_mayadeen.stop import StopSignal
from tests.faults import FAULTS, MAX_BYTES, Fault, check_sentence, entries_of
from tests.running import Answer, Place, Result, Server, dropped, files_of, page, redirect, run, run_process, serve, status

EN = load("en")
A_FEW = ("403", "429", "404", "500", "drop", "truncate", "offsite", "maintenance")
"""One fault of each sort."""
OFTEN = ("403", "404", "410", "500", "drop", "truncate", "empty", "json", "loop", "maintenance")
ONLY = ("--only", "videos", "--only", "noticias/política")
OTHER_WAYS = ("/feed.rss", "/sitemaps/news.xml", "/sitemaps/all.xml")


def raw_location(handler: SampleHandler) -> None:
    """A redirect whose address is neither ASCII nor UTF-8."""
    handler.send(302, "text/html", b"", {"Location": "/pol\xedtica"})


def settings_for(fault: Fault, folder: Path, timeout: float = 1.0) -> Path:
    """Settings under which a fault can be met: a small bound for pages, and little patience where that is needed."""
    path = folder / "small.toml"
    patience = f"timeout = {timeout}\nretries = 0\n" if fault.is_slow else ""
    path.write_text(f"[fetch]\nmax_bytes = {MAX_BYTES}\n{patience}")
    return path


def faults(names: Iterable[str] = FAULTS) -> pytest.MarkDecorator:
    """A test for each of these faults."""
    return pytest.mark.parametrize("fault", [pytest.param(FAULTS[name], id=name) for name in names])


def problems(result: Result) -> list[dict[str, Any]]:
    found = result.report["problems"]
    assert isinstance(found, list)
    return found


def kinds(result: Result) -> set[str]:
    """The kinds of the problems; each must be told well."""
    for problem in problems(result):
        check_sentence(problem)
    return {problem["kind"] for problem in problems(result)}


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The Spanish sample site, built before its newest articles were published. Nobody may change it."""
    with serve("es") as (one,):
        place = Place(tmp_path_factory.mktemp("earlier"), one)
        one.site.now = one.site.articles[3].published
        assert place.build_at(one.site.now).exit_code == 0
        return place


@pytest.fixture
def late(place: Place, server: Server, earlier: Place) -> Place:
    """The same, now that the site shows two more articles, one on the list that is to fail and one on another."""
    place.copy_from(earlier)
    server.site.delete(server.site.articles[1].postid)
    return place


def numbers(articles: Iterable[SampleArticle]) -> list[str]:
    return [article.postid for article in articles]


# One list fails


@faults()
def test_one_failing_list_is_named_and_leaves_the_others_current(
    late: Place, server: Server, tmp_path: Path, fault: Fault
) -> None:
    """Nothing else leads to the articles of this list: there is no list above it, no feed.rss and no sitemap."""
    for path in OTHER_WAYS:
        server.faults[path] = status(404)
    files, entries = late.files, entries_of(late)
    fault.strike(server, "/videos")
    result = late.build("--config", settings_for(fault, tmp_path), *ONLY)
    assert (result.code, kinds(result)) == (1, {fault.kind})
    (problem,) = problems(result)
    assert problem["address"] == "https://espanol.almayadeen.net/videos"
    assert fault.says in problem["sentence"]
    (summary,) = (one for one in result.report["lists"] if one["key"] == "videos")
    assert summary["seen"] == "failed"
    assert late.files["es/videos.xml"] == files["es/videos.xml"]
    assert entries - entries_of(late) == set()
    assert late.feeds["es/noticias/política"].numbers == numbers(server.site.lists()["/noticias/politica"][1])

    server.faults = {}
    result = late.build(*ONLY)
    assert (result.code, problems(result)) == (0, [])
    assert late.feeds["es/videos"].numbers == numbers(server.site.lists()["/videos"][1])
    assert entries - entries_of(late) == set()


@faults(A_FEW)
def test_the_failing_lists_file_is_not_touched_while_nothing_else_is_known_of_it(
    built: Place, server: Server, tmp_path: Path, fault: Fault
) -> None:
    before = built.files
    fault.strike(server, "/noticias/deportes")
    result = built.build("--config", settings_for(fault, tmp_path))
    assert (result.code, kinds(result)) == (1, {fault.kind})
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


@faults(A_FEW)
def test_without_the_home_page_lists_are_read_where_they_were(
    built: Place, server: Server, tmp_path: Path, fault: Fault
) -> None:
    before = built.files
    fault.strike(server, "/")
    result = built.build("--config", settings_for(fault, tmp_path))
    assert (result.code, kinds(result)) == (1, fault.home)
    (problem,) = problems(result)
    assert problem["address"] == "https://espanol.almayadeen.net/"
    assert {one["way"] for one in result.report["lists"]} == {"remembered"}
    assert {one["seen"] for one in result.report["lists"]} == {"unchanged"}
    assert built.files == before


# The whole site fails


@faults()
def test_a_failing_site_loses_nothing_and_all_is_current_when_it_is_back(
    built: Place, server: Server, tmp_path: Path, fault: Fault
) -> None:
    """Every page but robots.txt fails; meanwhile the newest article gets another title."""
    newest = server.site.edit(server.site.articles[0].postid, title="Otro título")
    files, entries = built.files, entries_of(built)
    fault.strike(server, "*")
    result = built.build("--config", settings_for(fault, tmp_path, timeout=0.05))
    assert kinds(result) == fault.home | {fault.kind} | ({"NotAsked"} if fault.is_refusal or fault.is_silence else set())
    assert entries - entries_of(built) == set()
    if fault is FAULTS["nocards"]:  # there still is feed.rss
        assert result.code == 1
        assert built.feeds["es/all"].entry(newest.postid).title == newest.title
    else:
        assert result.code == 3
        assert built.files == files

    server.faults = {}
    result = built.build()
    assert (result.code, problems(result)) == (0, [])
    assert built.feeds["es/all"].entry(newest.postid).title == newest.title
    assert entries - entries_of(built) == set()


def test_a_name_that_leads_into_a_private_network_is_not_followed(
    late: Place, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody named an origin: the site's own name leads to this machine."""
    files = late.files
    ask, here = socket.getaddrinfo, ("127.0.0.1", server.server_port)
    told = [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", here)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest, **more: told if "almayadeen" in host else ask(host, *rest))
    result = run("build", *late.folders, "--delay", "0", "--edition", "es", "--json")
    assert (result.code, kinds(result)) == (3, {"PrivateAddress"})
    assert all("127.0.0.1" in problem["sentence"] for problem in problems(result))
    assert server.requests == ()
    assert late.files == files
    monkeypatch.undo()
    assert late.build().code == 0


@faults(A_FEW)
def test_a_site_that_cannot_be_read_leaves_nothing_behind(place: Place, server: Server, tmp_path: Path, fault: Fault) -> None:
    assert fault.answer
    server.faults["*"] = fault.answer
    settings, before = settings_for(fault, tmp_path), files_of(tmp_path)
    result = place.build("--config", settings)
    assert result.code == 3
    assert problems(result)
    assert not place.out.exists()
    assert not place.state.exists()
    assert files_of(tmp_path) == before


@pytest.mark.parametrize("refusal", [status(403), status(429)], ids=["403", "429"])
def test_a_block_ends_the_asking(built: Place, server: Server, refusal: Answer) -> None:
    """Promise 4: who is refused does not go on through every list; a few requests under way are no offence."""
    server.faults["*"] = refusal
    result = built.build()
    assert result.code == 3
    assert len(set(server.paths)) <= 5


def test_a_failing_site_is_told_in_plain_lines(place: Place, server: Server) -> None:
    server.faults["*"] = status(403)
    result = run("build", *place.options)
    assert result.code == 3
    assert result.out == ""
    first, *others = [line for line in result.err.splitlines() if not line.startswith(("menu:", "lists:", "articles:"))]
    assert "no feed was changed" in first
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


@faults(OFTEN)
def test_one_failing_article_is_named_and_tried_again(late: Place, server: Server, tmp_path: Path, fault: Fault) -> None:
    newest, *others = server.site.articles
    fault.strike(server, newest.path)
    result = late.build("--config", settings_for(fault, tmp_path))
    assert (result.code, kinds(result)) == (1, {fault.article})
    (problem,) = problems(result)
    assert problem["address"] == f"https://espanol.almayadeen.net{quote(newest.path)}"
    assert late.feeds["es/all"].numbers == numbers(others)
    server.faults = {}
    result = late.build()
    assert result.code == 0
    assert newest.path in server.article_paths
    assert late.feeds["es/all"].numbers == numbers(server.site.articles)


@faults(OFTEN)
def test_an_edited_article_that_fails_stays_as_it_was_and_is_read_later(
    built: Place, server: Server, tmp_path: Path, fault: Fault
) -> None:
    site = server.site
    article = site.articles[3]
    before = built.feeds["es/all"].entry(article.postid)
    site.edit(article.postid, title="Otro título")
    fault.strike(server, article.path)
    result = built.build("--config", settings_for(fault, tmp_path))
    # A known article that was taken away is no failure: its entry stays.
    is_gone = fault.kind in ("NotFound", "Gone")
    assert kinds(result) == (set() if is_gone else {fault.article})
    assert built.feeds["es/all"].entry(article.postid) == before
    server.faults = {}
    assert built.build().code == 0
    assert is_gone or built.feeds["es/all"].entry(article.postid).title == "Otro título"


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


@pytest.mark.parametrize("host", sorted(EN.hosts))
def test_a_redirect_stays_on_the_host_that_was_asked(english: Server, host: str) -> None:
    """Also where one origin stands in for all hosts of an edition."""
    english.faults["/before"] = redirect("/news")
    origins = dict.fromkeys(EN.hosts, english.url)
    with Fetcher(FetchSettings(delay=0), frozenset(EN.hosts), origins, StopSignal()) as fetcher:
        answer = fetcher.get(f"https://{host}/before")
    assert answer is not None
    assert answer.address == f"https://{host}/news"


def test_a_proxy_of_the_environment_is_asked_but_for_the_hosts_left_out(
    english: Server, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The English site stands for the proxy, the Spanish one for a host that is asked without it."""
    for name in ("http_proxy", "no_proxy"):
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("http_proxy", english.url)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    one, other = sorted(EN.hosts)[:2]
    origins = {one: "http://site.invalid", other: server.url}
    with Fetcher(FetchSettings(delay=0), frozenset(EN.hosts), origins, StopSignal()) as fetcher:
        assert all(fetcher.get(f"https://{host}{path}") for path in ("/", "/videos") for host in (one, other))
    assert [request.headers["Host"] for request in english.requests] == ["site.invalid"] * 2
    assert server.paths == ["/", "/videos"]


def test_a_page_that_looks_like_xml_is_a_problem_and_no_warning(built: Place, server: Server) -> None:
    server.faults["/videos"] = page("<?xml version='1.0'?><rss><channel/></rss>")
    result = run_process("build", *built.options, "-q")
    assert result.code == 1
    (told,) = result.err.splitlines()
    assert told.startswith("problem: ")


def test_what_an_answer_says_cannot_move_a_terminal(built: Place, server: Server) -> None:
    server.faults["/videos"] = page("<p>x", "text/plain; \x1b[2J\x07 a \x9b b")
    (problem,) = problems(built.build("--only", "videos"))
    assert "(text/plain; [2J a b)" in problem["sentence"]

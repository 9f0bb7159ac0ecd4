"""`doctor`: one page of each kind, each asked once, each with the right word and what to do; nothing is written."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.faults import FAULTS, MAX_BYTES, SOON, TEXT, Fault
from tests.running import Place, Result, Server, dropped, files_of, page, run, sample, serve, status

KINDS = ("robots.txt", "home", "list", "article", "feed.rss", "sitemap", "sitemap")
OPTIONAL = ("robots.txt", "feed.rss", "sitemap")
WORDS = {
    "Blocked": "blocked",
    "RateLimited": "blocked",
    "RobotsForbid": "blocked",
    "NotFound": "absent",
    "Gone": "absent",
    "OffSite": "changed",
    "NotHtml": "changed",
    "TooLarge": "changed",
    "NoMenu": "changed",
    "NoCards": "changed",
    "NoArticle": "changed",
    "Server": "failing",
    "TimedOut": "failing",
    "Unreachable": "failing",
    "CutShort": "failing",
    "EmptyPage": "failing",
    "RedirectLoop": "failing",
}
ADVICE = {
    "blocked": ("--delay", "another network", "self-hosted runner", "--cookies", "--user-agent", "HTTPS_PROXY"),
    "RateLimited": ("wait", "--delay"),
    "RobotsForbid": ("robots.txt",),
    "absent": ("look for it",),
    "changed": ("browser",),
    "failing": ("wait",),
    "TimedOut": ("--timeout", "another network"),
    "Unreachable": ("network", "proxy"),
}
"""What the advice must name: for the kind of failure, else for the word."""


def doctor(place: Place, *options: str | Path) -> Result:
    for server in place.servers:
        server.reset()
    asking = place.options[place.options.index("--delay") :]
    return run("doctor", "--state", place.state, *asking, *options)


def findings(place: Place, *options: str | Path) -> list[dict[str, Any]]:
    result = doctor(place, "--json", *options)
    rows = result.rows
    assert [row["what"] for row in rows] == list(KINDS)
    is_well = all(row["word"] == "works" or (row["word"] == "absent" and row["what"] in OPTIONAL) for row in rows)
    assert result.code == (0 if is_well else 1)
    for row in rows:
        assert set(row) == {"edition", "what", "address", "word", "detail", "advice"}
        assert (row["word"] == "works") == (row["advice"] == "")
        assert row["detail"]
        assert "\n" not in row["detail"] + row["advice"]
    for server in place.servers:
        asked = [request.path for request in server.requests if request.status != 302 and request.path != "/login"]
        assert len(asked) == len(set(asked)), "each page is asked once; redirects are followed"
    return rows


def words(rows: list[dict[str, Any]]) -> list[str]:
    return [row["word"] for row in rows]


def settings_for(fault: Fault, folder: Path, timeout: float) -> Path:
    """Settings under which a fault can be met."""
    path = folder / "doctor.toml"
    path.write_text(f"[fetch]\nmax_bytes = {MAX_BYTES}\n" + (f"timeout = {timeout}\n" if fault.is_slow else ""))
    return path


def check_advice(row: Mapping[str, str], kind: str) -> None:
    assert row["word"] == WORDS[kind]
    for part in ADVICE.get(kind, ADVICE[row["word"]]):
        assert part in row["advice"]


# All is well


def test_a_site_that_is_well(place: Place, server: Server, tmp_path: Path) -> None:
    before = files_of(tmp_path)
    rows = findings(place)
    assert words(rows) == ["works"] * len(KINDS)
    told = {row["what"]: row["detail"] for row in rows}
    assert told["robots.txt"] == "rules are kept to; 1 sitemaps named"
    assert told["home"] == "a menu with 6 lists"
    assert told["feed.rss"] == f"{len(server.site.articles)} articles"
    assert told["article"].startswith("title, ")
    assert rows[2]["address"] == "https://espanol.almayadeen.net/noticias/politica"
    assert server.paths[:4] == ["/robots.txt", "/", "/noticias/politica", "/feed.rss"]
    assert server.paths[4] in {article.path for article in server.site.articles}
    assert set(server.paths[5:]) == {"/sitemaps/all.xml", "/sitemaps/news.xml"}
    assert files_of(tmp_path) == before
    assert list(tmp_path.iterdir()) == [tmp_path / "here"]


def test_a_person_reads_a_line_for_each_page(place: Place, server: Server) -> None:
    server.faults["/feed.rss"] = status(403)
    result = doctor(place)
    assert result.code == 1
    lines = result.out.splitlines()
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == [
        "works",
        "works",
        "works",
        "works",
        "blocked",
        "works",
        "works",
    ]
    (advice,) = (line for line in lines if line.startswith(" "))
    assert lines.index(advice) == 5
    assert "--cookies FILE and --user-agent TEXT" in advice
    assert "https://espanol.almayadeen.net/feed.rss: the site refuses to answer this program (status 403)" in lines[4]


def test_a_memory_is_left_as_it_is_and_no_page_is_asked_for_its_changes_only(built: Place, server: Server) -> None:
    memory, feeds = files_of(built.state), files_of(built.out)
    FAULTS["cloudflare"].strike(server, "*")
    findings(built)
    server.faults = {}
    assert words(findings(built)) == ["works"] * len(KINDS)
    assert {request.status for request in server.requests} == {200}
    assert files_of(built.out) == feeds
    assert {name: content for name, (content, _) in files_of(built.state).items()} == {
        name: content for name, (content, _) in memory.items()
    }


def test_every_edition_is_examined(tmp_path: Path) -> None:
    with serve("es", "ar") as (spanish, arabic):
        arabic.faults["/"] = status(500)
        result = doctor(Place(tmp_path, spanish, arabic), "--json")
        assert result.code == 1
        rows = result.rows
        assert [row["what"] for row in rows] == [*KINDS, *KINDS]
        assert {row["word"] for row in rows if row["edition"] == "es"} == {"works"}
        assert [row["what"] for row in rows if row["word"] != "works"] == ["home"]


def test_with_a_base_address_that_nobody_answers_no_connection_is_the_word(tmp_path: Path) -> None:
    gone = Server(sample())
    gone.server_close()
    rows = doctor(Place(tmp_path, gone), "--json").rows
    assert words(rows) == ["failing"] * 3 + ["not asked"] * 4
    assert all("network" in row["advice"] for row in rows if row["word"] == "failing")
    assert rows[-1]["detail"] == "was not asked (because the site did not answer the requests before)"


# Every fault


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_on_every_page_is_named_on_every_line(place: Place, server: Server, tmp_path: Path, fault: Fault) -> None:
    """Of a site that refuses three times in a row, or does not answer, nothing more is asked."""
    fault.strike(server, "*")
    before = files_of(tmp_path)
    settings = settings_for(fault, tmp_path, 0.1)
    rows = findings(place, "--config", settings)
    settings.unlink()
    assert files_of(tmp_path) == before
    told = {row["what"]: row for row in rows}
    assert told["robots.txt"]["word"] == "works" or fault.is_slow  # there is next to no patience then
    if fault.is_refusal:
        assert words(rows) == ["works", "blocked", "blocked", "not asked", "blocked", *["not asked"] * 2]
        assert len({request.path for request in server.requests if request.path != "/login"}) == 4
        check_advice(told["home"], fault.kind)
        return
    for kind in fault.home:
        check_advice(told["home"], kind)
    check_advice(told["list"], fault.kind)
    if fault is FAULTS["nocards"]:
        assert [told[what]["word"] for what in ("feed.rss", "article", "sitemap")] == ["works"] * 3
        return
    assert told["article"]["word"] == "not asked"
    assert "lines above" in told["article"]["advice"]
    for what in ("feed.rss", "sitemap"):
        assert told[what]["word"] == ("not asked" if fault.is_silence and what == "sitemap" else WORDS[fault.kind])
        assert told[what]["advice"]


ONE_OF_EACH = ("cloudflare", "429", "404", "500", "timeout", "drop", "truncate", "empty", "maintenance", "offsite", "huge")
PAGES = {"home": "/", "list": "/noticias/politica", "article": "", "feed.rss": "/feed.rss", "sitemap": "/sitemaps/all.xml"}


@pytest.mark.parametrize("what", PAGES)
@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_a_fault_on_one_kind_of_page_is_named_on_its_line_alone(
    place: Place, server: Server, tmp_path: Path, what: str, name: str
) -> None:
    fault = FAULTS[name]
    paths = [PAGES[what]] if PAGES[what] else [article.path for article in server.site.articles]
    fault.strike(server, *paths)
    rows = findings(place, "--config", settings_for(fault, tmp_path, 1.0))
    (failed,) = (row for row in rows if row["word"] != "works")
    assert failed["what"] == what
    kinds = {"home": fault.home, "article": {fault.article}}.get(what, {fault.kind})
    assert failed["word"] in {WORDS[kind] for kind in kinds}
    if what in OPTIONAL and failed["word"] == "absent":
        assert failed["advice"] == "nothing to do: a build can do without"
    else:
        check_advice(failed, *kinds)


@pytest.mark.parametrize(
    ("robots", "word", "code"),
    [
        (status(404), "absent", 0),
        (status(500), "failing", 1),
        (dropped, "failing", 1),
        (FAULTS["cloudflare"].answer, "blocked", 1),
        (page("User-agent: *\nDisallow: /\n", TEXT), "works", 1),
    ],
    ids=["404", "500", "drop", "cloudflare", "forbids"],
)
def test_robots_txt_has_a_line_of_its_own(place: Place, server: Server, robots: Any, word: str, code: int) -> None:
    server.faults["/robots.txt"] = robots
    result = doctor(place, "--json")
    first, *others = result.rows
    assert (first["word"], result.code) == (word, code)
    assert first["advice"] or word == "works"
    expected = "blocked" if code and word == "works" else "works"
    assert {row["word"] for row in others if row["what"] != "article"} == {expected}


def test_what_a_build_can_do_without_may_be_absent(place: Place, server: Server) -> None:
    server.faults = dict.fromkeys(("/robots.txt", "/feed.rss", "/sitemaps/all.xml", "/sitemaps/news.xml"), status(404))
    rows = findings(place)
    assert words(rows) == ["absent", "works", "works", "works", "absent", "absent", "absent"]
    assert all("can do without" in row["advice"] for row in rows if row["word"] == "absent")


def test_an_article_is_found_in_feed_rss_when_the_list_cannot_be_read(place: Place, server: Server) -> None:
    server.faults["/noticias/politica"] = page(SOON)
    rows = findings(place)
    assert words(rows) == ["works", "works", "changed", "works", "works", "works", "works"]


def test_an_article_is_remembered_when_nothing_leads_to_one(built: Place, server: Server) -> None:
    server.faults = {path: page(SOON) for path in ("/noticias/politica", "/feed.rss")}
    rows = findings(built)
    assert words(rows) == ["works", "works", "changed", "works", "changed", "works", "works"]


@pytest.mark.parametrize("arguments", [("--delay", "-1"), ("--cookies", "missing.txt"), ("--edition", "fr")])
def test_what_cannot_be_used_is_refused(place: Place, server: Server, arguments: tuple[str, str]) -> None:
    assert doctor(place, *arguments).code == 2
    assert server.requests == ()

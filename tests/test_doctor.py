"""What `doctor` says of a site that is well, and of one that is not: a word and an advice for each page, each asked once."""

from pathlib import Path

import pytest

from feedgen_mayadeen.sample import SampleHandler
from tests.faults import FAULTS, Fault
from tests.running import Result, Server, run, status

FAST = {name: fault for name, fault in FAULTS.items() if not fault.is_slow}
WORDS = {
    "Blocked": "blocked",
    "RateLimited": "blocked",
    "RobotsForbid": "blocked",
    "NotFound": "absent",
    "Gone": "absent",
    "NotHtml": "changed",
    "OffSite": "changed",
    "TooLarge": "changed",
    "NoCards": "changed",
    "NoMenu": "changed",
    "NoArticle": "changed",
}
"""The word for each kind of failure; all others are `failing`."""
ADVICE = {"blocked": "", "absent": "site", "changed": "browser", "failing": "", "not asked": "lines above"}


def doctor(server: Server, settings: Path, *options: str) -> Result:
    server.reset()
    options = ("--delay", "0", "--config", str(settings), "--edition", "es", "--origin", server.url, *options)
    return run("doctor", *options)


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text("[fetch]\nmax_bytes = 100000\n")
    return path


def test_a_site_that_is_well_works(server: Server, settings: Path, tmp_path: Path) -> None:
    result = doctor(server, settings)
    words = [line.split()[0] for line in result.out.splitlines() if not line.startswith(" ")]
    assert result.code == 0
    assert [line.split()[1] for line in result.out.splitlines() if not line.startswith(" ")][:5] == [
        "robots.txt", "home", "list", "article", "feed.rss",
    ]  # fmt: skip
    assert set(words[:5]) == {"works"}
    assert len(set(server.paths)) == len(server.paths)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["here", "small.toml"]


@pytest.mark.parametrize("fault", FAST.values(), ids=FAST.keys())
def test_a_list_that_fails_gets_its_word_and_what_to_do(server: Server, settings: Path, fault: Fault) -> None:
    rows = {row["what"]: row for row in doctor(server, settings, "--json").rows}
    path = rows["list"]["address"].removeprefix("https://espanol.almayadeen.net")
    fault.strike(server, path)
    result = doctor(server, settings, "--json")
    rows = {row["what"]: row for row in result.rows}
    word = WORDS.get(fault.kind, "failing")
    assert (result.code, rows["list"]["word"]) == (1, word)
    assert rows["home"]["word"] == rows["robots.txt"]["word"] == rows["feed.rss"]["word"] == "works"
    assert fault.answer is None or rows["article"]["word"] == "works", "it is found in feed.rss"
    assert rows["list"]["advice"]
    assert ADVICE[word] in rows["list"]["advice"]
    assert server.paths.count("/") == 1


def test_a_blocked_site_is_left_alone_after_three_refusals(server: Server, settings: Path) -> None:
    server.faults = {"*": status(403), "/robots.txt": plain}
    result = doctor(server, settings, "--json")
    words = [row["word"] for row in result.rows]
    assert result.code == 1
    assert words == ["works", "blocked", "blocked", "not asked", "blocked", *["not asked"] * (len(words) - 5)]
    assert all("--cookies" in row["advice"] for row in result.rows if row["word"] == "blocked")
    assert len(server.paths) == 4


def test_what_a_build_can_do_without_may_be_absent(server: Server, settings: Path) -> None:
    server.faults = {path: status(404) for path in ("/robots.txt", "/feed.rss", "/sitemaps/all.xml", "/sitemaps/news.xml")}
    result = doctor(server, settings, "--json")
    assert result.code == 0
    assert [row["word"] for row in result.rows] == ["absent", "works", "works", "works", "absent", "absent", "absent"]
    assert all("can do without" in row["advice"] for row in result.rows if row["word"] == "absent")


def plain(handler: SampleHandler) -> None:
    reply = handler.sample.site.page(handler.path)
    handler.send(reply.status, reply.content_type, reply.body)

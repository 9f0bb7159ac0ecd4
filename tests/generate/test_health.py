"""status.json and health.xml: how each feed fares, told once when it fails and once when it is back."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from feedgen_mayadeen.report import Report
from tests.faults import FAULTS, entries_of, health_of, login_wall, status_of
from tests.feeds import parse
from tests.records import KEYS
from tests.running import Place, Server, dropped, files_of, page, run, serve, status

HEALTH = {"after": 2, "every": 90}
LIST, KEY = "/videos", "videos"


class Hours:
    """Builds of a place, an hour from one to the next, the first an hour after the site's last article."""

    def __init__(self, place: Place) -> None:
        self.place, self.now = place, place.servers[0].site.now

    def build(self, **tables: Any) -> Report:
        self.now += timedelta(hours=1)
        return self.place.build_with(self.now, health=HEALTH, **tables)

    @property
    def told(self) -> str:
        """The instant of the last build as the files have it."""
        return self.now.astimezone(UTC).isoformat(timespec="seconds")


@pytest.fixture
def hours(built: Place) -> Hours:
    return Hours(built)


def row_of(place: Place, key: str) -> dict[str, Any]:
    (row,) = (row for row in status_of(place)["feeds"] if row["key"] == key)
    assert isinstance(row, dict)
    return row


def tellings(place: Place) -> list[str]:
    """The titles in health.xml, the oldest first, without that of the welcome."""
    *events, welcome = health_of(place).entries
    assert welcome.title == "What this feed tells"
    return [entry.title for entry in reversed(events)]


# status.json


def test_status_tells_of_the_build_and_of_every_feed(hours: Hours, server: Server) -> None:
    report = hours.build()
    told = status_of(hours.place)
    assert {name: told[name] for name in ("version", "exit_code", "sample", "editions", "problems", "requests")} == {
        "version": 1,
        "exit_code": 0,
        "sample": False,
        "editions": ["es"],
        "problems": [],
        "requests": report.requests,
    }
    assert told["built"] == hours.told
    assert "60 days" in told["if_overdue"]
    assert told["if_overdue"].endswith("gh workflow enable publish.yml")
    assert datetime.fromisoformat(told["next_build"]) - datetime.fromisoformat(told["built"]) == timedelta(minutes=90)
    assert told["base_url"].startswith("https://")
    assert told["generator"].startswith("https://")
    assert told["seconds"] >= 0
    feeds = hours.place.feeds
    assert {row["file"] for row in told["feeds"]} == {f"{key}.xml" for key in feeds if ".archive-" not in key}
    for row in told["feeds"]:
        feed = feeds[row["file"].removesuffix(".xml")]
        assert row["file"] == f"es/{row['key']}.xml"
        assert (row["edition"], row["title"], row["entries"]) == ("es", feed.title, len(feed.entries))
        newest = max(datetime.fromisoformat(entry.published) for entry in feed.entries)
        assert datetime.fromisoformat(row["newest"]) == newest
        assert (row["state"], row["failures"], row["reason"], row["last_success"]) == ("ok", 0, "", hours.told)


def test_failures_are_counted_with_their_reason_and_end_with_a_success(hours: Hours, server: Server) -> None:
    hours.build()
    success = hours.told
    for failures, code in enumerate((500, 404, 403), start=1):
        server.faults[LIST] = status(code)
        report = hours.build()
        row = row_of(hours.place, KEY)
        assert (row["state"], row["failures"], row["last_success"]) == ("failing", failures, success)
        (problem,) = report.problems
        assert row["reason"] == problem.sentence
        told = status_of(hours.place)
        assert told["problems"] == [{"kind": problem.kind, "address": problem.address, "sentence": problem.sentence}]
        assert told["exit_code"] == 1
        others = [row for row in told["feeds"] if row["key"] != KEY]
        assert {(row["state"], row["failures"], row["last_success"]) for row in others} == {("ok", 0, hours.told)}
    server.faults = {}
    hours.build()
    row = row_of(hours.place, KEY)
    assert (row["state"], row["failures"], row["reason"], row["last_success"]) == ("ok", 0, "", hours.told)


def test_each_failing_feed_has_its_own_reason(hours: Hours, server: Server) -> None:
    server.faults = {"/noticias/deportes": status(500), "/videos": status(403), "/articulos": dropped}
    hours.build(fetch={"retries": 0})
    reasons = {key: row_of(hours.place, key)["reason"] for key in ("noticias/deportes", "videos", "artículos")}
    assert "the site answered with an error" in reasons["noticias/deportes"]
    assert "refuses" in reasons["videos"]
    assert "no connection" in reasons["artículos"]


def test_a_feed_whose_page_leads_elsewhere_and_fails_there_has_its_own_reason_too(hours: Hours, server: Server) -> None:
    server.faults = {"/noticias/deportes": status(500), "/videos": login_wall, "/login": login_wall}
    hours.build(fetch={"retries": 0})
    assert "a login page" in row_of(hours.place, "videos")["reason"]


def test_a_list_that_was_not_asked_after_refusals_is_failing_too(hours: Hours, server: Server) -> None:
    server.faults = dict.fromkeys([*KEYS["es"], "/feed.rss"], status(403))
    report = hours.build(fetch={"jobs": 1})
    assert report.exit_code == 3
    for key in KEYS["es"].values():
        row = row_of(hours.place, key)
        assert row["failures"] == 1
        assert "refuses" in row["reason"]


def test_breaking_news_and_most_read_fare_as_the_home_page_does(hours: Hours, server: Server) -> None:
    server.faults["/"] = status(500)
    report = hours.build()
    (problem,) = report.problems
    for key in ("breaking", "most-read"):
        row = row_of(hours.place, key)
        assert (row["failures"], row["reason"]) == (1, problem.sentence)
    assert row_of(hours.place, KEY)["failures"] == row_of(hours.place, "all")["failures"] == 0


def test_a_list_that_another_way_feeds_is_not_told_as_well(hours: Hours, server: Server) -> None:
    """Its own page can't be read, which somebody has to know of."""
    server.faults[LIST] = status(404)
    report = hours.build()
    (summary,) = (each for each in report.lists if each.key == KEY)
    assert summary.fed_by == "feed.rss"
    assert row_of(hours.place, KEY)["state"] == "failing"


# health.xml


def test_health_can_be_subscribed_to_from_the_first_build_on(place: Place, server: Server) -> None:
    place.build_with(server.site.now)
    feed = health_of(place)
    assert tellings(place) == []
    assert feed.id == "tag:english.almayadeen.net,2021:health", "whichever editions the folder has"
    assert feed.language == "en"
    assert ("self", f"{status_of(place)['base_url']}/health.xml") in feed.links
    parse((place.out / "health.xml").read_bytes())


def test_a_feed_that_keeps_failing_is_told_once_and_once_when_it_is_back(hours: Hours, server: Server) -> None:
    """`health.after` is 2 here."""
    name = hours.place.feeds["es/videos"].title
    server.faults[LIST] = status(500)
    hours.build()
    assert tellings(hours.place) == []
    report = hours.build()
    told = [f"{name} has failed in 2 builds in a row"]
    assert tellings(hours.place) == told
    event = health_of(hours.place).entries[0]
    assert (event.summary, event.content) == (report.problems[0].sentence, f"<p>{report.problems[0].sentence}</p>")
    assert datetime.fromisoformat(event.updated) == datetime.fromisoformat(event.published) == hours.now
    before = files_of(hours.place.out)["health.xml"]
    for _ in range(3):
        hours.build()
        assert files_of(hours.place.out)["health.xml"] == before
    server.faults = {}
    hours.build()
    told.append(f"{name} is back")
    assert tellings(hours.place) == told
    before = files_of(hours.place.out)["health.xml"]
    hours.build()
    assert files_of(hours.place.out)["health.xml"] == before

    server.faults[LIST] = status(500)
    hours.build()
    hours.build()
    server.faults = {}
    hours.build()
    assert tellings(hours.place) == told * 2
    feed = health_of(hours.place)
    assert len({entry.id for entry in feed.entries}) == len(feed.entries) == 5
    parse((hours.place.out / "health.xml").read_bytes())


def test_a_feed_that_fails_now_and_then_is_not_told(hours: Hours, server: Server) -> None:
    for _ in range(3):
        server.faults[LIST] = status(500)
        hours.build()
        server.faults = {}
        hours.build()
    assert tellings(hours.place) == []


def test_the_setting_tells_after_how_many_failures(built: Place, server: Server) -> None:
    server.faults[LIST] = status(500)
    for number in range(1, 7):
        assert tellings(built) == []
        built.build_with(server.site.now + timedelta(hours=number))
    assert tellings(built) == [f"{built.feeds['es/videos'].title} has failed in 6 builds in a row"]


def test_a_reason_with_signs_of_markup_is_text(hours: Hours, server: Server) -> None:
    server.faults[LIST] = page("x", "application/<script>x</script>&amp;")
    hours.build()
    report = hours.build()
    event = health_of(hours.place).entries[0]
    assert "<script>" in report.problems[0].sentence
    assert event.summary == report.problems[0].sentence
    assert "<script>" not in (event.content or "")


def test_two_editions_that_fail_at_once_are_told_each(tmp_path_factory: pytest.TempPathFactory) -> None:
    with serve("es", "ar") as (spanish, arabic):
        place = Place(tmp_path_factory.mktemp("two"), spanish, arabic)
        hours = Hours(place)
        hours.build()
        spanish.faults["/"] = arabic.faults["/"] = status(500)
        hours.build()
        hours.build()
        feed = health_of(place)
        assert len(tellings(place)) == 4
        assert len({entry.id for entry in feed.entries}) == 5
        parse((place.out / "health.xml").read_bytes())


def test_what_was_told_of_an_edition_stays_when_another_is_built_alone(tmp_path: Path) -> None:
    with serve("es", "ar") as (spanish, arabic):
        both, now = Place(tmp_path, spanish, arabic), spanish.site.now
        both.build_with(now)
        spanish.faults["/"] = status(500)
        both.build_with(now + timedelta(hours=1), health={"after": 1})
        told = health_of(both).entries
        assert len(told) == 3
        Place(tmp_path, arabic).build_with(now + timedelta(hours=2))
        assert health_of(both).entries == told


# When the site can't be read


@pytest.mark.parametrize("name", ["cloudflare", "500", "maintenance", "drop"])
def test_a_site_that_cannot_be_read_changes_no_feed_but_tells_so(hours: Hours, server: Server, name: str) -> None:
    hours.build()
    success, before, entries = hours.told, hours.place.files, entries_of(hours.place)
    other_forms = hours.place.other_files
    welcome = files_of(hours.place.out)["health.xml"]
    FAULTS[name].strike(server, "*")
    assert hours.build(fetch={"retries": 0}).exit_code == 3
    told = status_of(hours.place)
    assert (told["exit_code"], told["built"]) == (3, hours.told)
    assert told["problems"]
    assert {(row["state"], row["failures"], row["last_success"]) for row in told["feeds"]} == {("failing", 1, success)}
    assert all(row["reason"].startswith("https://espanol.almayadeen.net/") for row in told["feeds"])
    assert files_of(hours.place.out)["health.xml"] == welcome
    hours.build(fetch={"retries": 0})
    # One for each list of the menu, one for the edition as a whole, two for the home page: tags fare as the edition does.
    assert len(tellings(hours.place)) == len(KEYS["es"]) + 3
    assert {title.rpartition(" has failed in ")[2] for title in tellings(hours.place)} == {"2 builds in a row"}
    changed = {file for file, content in hours.place.files.items() if before.get(file) != content}
    assert changed == {"health.xml"}
    assert hours.place.other_files == other_forms
    assert entries_of(hours.place) == entries

    server.faults = {}
    assert hours.build().exit_code == 0
    assert len(tellings(hours.place)) == 2 * (len(KEYS["es"]) + 3)
    assert {row["state"] for row in status_of(hours.place)["feeds"]} == {"ok"}


def test_a_site_whose_robots_txt_fails_is_told_for_every_feed(hours: Hours, server: Server) -> None:
    """It was remembered, so that the build goes on; without the pages that makes no difference."""
    FAULTS["drop"].strike(server, "*")
    server.faults["/robots.txt"] = dropped
    assert hours.build(fetch={"retries": 0}).exit_code == 3
    assert {row["failures"] for row in status_of(hours.place)["feeds"]} == {1}


@pytest.mark.parametrize("name", ["cloudflare", "500", "maintenance"])
def test_a_first_build_that_cannot_read_the_site_leaves_nothing_behind(place: Place, server: Server, name: str) -> None:
    FAULTS[name].strike(server, "*")
    before = files_of(place.out.parent)
    report = place.build_with(server.site.now, health=HEALTH, fetch={"retries": 0})
    assert report.exit_code == 3
    assert not place.out.exists()
    assert not place.state.exists()
    assert files_of(place.out.parent) == before


def test_files_that_are_missing_come_back_from_memory_although_the_site_is_down(built: Place, server: Server) -> None:
    """A machine of GitHub begins with an empty folder, and what it serves replaces all that was served."""
    before = built.feeds
    built.out = built.out.parent / "fresh"
    server.faults["*"] = dropped
    assert built.build_with(server.site.now + timedelta(hours=1)).exit_code == 3
    assert built.feeds == before


# What it must not be


@pytest.mark.parametrize("name", ["maintenance", "nocards", "login page", "a challenge with 200", "404", "json", "loop"])
def test_no_failure_is_ever_an_article(hours: Hours, server: Server, name: str) -> None:
    """Neither of a list's nor of an article's; those that come as pages are the likeliest."""
    article = server.site.edit(server.site.articles[1].postid, title="Otro título")
    known = {entry for entry in hours.place.feeds["es/all"].entries if entry.number != article.postid}
    ids = {entry[1] for entry in entries_of(hours.place)}
    FAULTS[name].strike(server, LIST, article.path)
    hours.build()
    assert {entry[1] for entry in entries_of(hours.place)} == ids
    assert known <= set(hours.place.feeds["es/all"].entries)


def test_a_dry_run_tells_nothing(built: Place, server: Server) -> None:
    before, memory = files_of(built.out), files_of(built.state)
    server.faults[LIST] = status(500)
    assert run("build", *built.options, "--dry-run").code == 1
    server.faults["*"] = status(500)
    assert run("build", *built.options, "--dry-run").code == 3
    assert files_of(built.out) == before
    assert {name: content for name, (content, _) in files_of(built.state).items()} == {
        name: content for name, (content, _) in memory.items()
    }


def test_a_first_dry_run_makes_no_file(place: Place) -> None:
    assert run("build", *place.options, "--dry-run").code == 0
    assert not place.out.exists()


def test_nothing_but_the_build_itself_moves_status_while_nothing_happens(hours: Hours) -> None:
    moving = ("built", "next_build", "seconds", "requests")

    def still() -> dict[str, Any]:
        told = {name: value for name, value in status_of(hours.place).items() if name not in moving}
        return {**told, "feeds": [{**row, "last_success": None} for row in told["feeds"]]}

    hours.build()
    first, health = still(), files_of(hours.place.out)["health.xml"]
    hours.build()
    assert still() == first
    assert files_of(hours.place.out)["health.xml"] == health
    assert json.dumps(first)


@pytest.mark.parametrize(
    ("old", "new"), [(b"<h1>", b"<h1>Not "), (b"</footer>", b""), (b"data-built", b"data-x"), (b"<h1>", b"<!-- x --><h1>")]
)
def test_an_index_that_somebody_changed_is_mended(built: Place, server: Server, old: bytes, new: bytes) -> None:
    index = built.out / "es/index.html"
    was = index.read_bytes()
    index.write_bytes(was.replace(old, new, 1))
    assert built.build_at(server.site.now + timedelta(minutes=1)).exit_code == 0
    lines = list(zip(was.splitlines(), index.read_bytes().splitlines(), strict=True))
    assert [line for line in lines if line[0] != line[1]] == [line for line in lines if b"data-built" in line[0]]


def test_files_of_ones_own_stay_in_the_folder(built: Place, server: Server) -> None:
    """Beside the feeds, and in folders of one's own; links that lead in circles or nowhere are passed over."""
    own = ["es/tags/mine/notes.html", "es/tags/mine.txt", "es/noticias/deportes.archive-1.html", "mine/es.xml"]
    for name in own:
        (built.out / name).parent.mkdir(parents=True, exist_ok=True)
        (built.out / name).write_text("mine")
    (built.out / "circle").symlink_to("circle")
    (built.out / "nowhere").symlink_to("nothing")
    (built.out / "es/above").symlink_to("..")
    assert built.build_at(server.site.now).exit_code == 0
    assert [(built.out / name).read_text() for name in own] == ["mine"] * len(own)


def test_a_folder_behind_a_link_is_a_folder_like_any_other(built: Place, server: Server, tmp_path: Path) -> None:
    (built.out / "es").rename(tmp_path / "elsewhere")
    (built.out / "es").symlink_to(tmp_path / "elsewhere")
    before = {name: content for name, content in files_of(tmp_path / "elsewhere").items() if name.endswith(".xml")}
    assert built.build_at(server.site.now).exit_code == 0
    assert {name: content for name, content in files_of(tmp_path / "elsewhere").items() if name.endswith(".xml")} == before


def test_a_build_that_learns_nothing_changes_only_what_tells_of_it(built: Place, server: Server) -> None:
    before = {name: content for name, (content, _) in files_of(built.out).items()}
    assert built.build_at(server.site.now + timedelta(minutes=1)).exit_code == 0
    after = {name: content for name, (content, _) in files_of(built.out).items()}
    changed = {name for name in after if before.get(name) != after[name]}
    assert changed <= {"status.json", "index.html", "es/index.html"}
    for name in changed - {"status.json"}:
        lines = zip(before[name].decode().splitlines(), after[name].decode().splitlines(), strict=True)
        assert len([line for line in lines if line[0] != line[1]]) == 1, "the line that tells of the last build"

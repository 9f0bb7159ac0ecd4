"""status.json and health.xml: how each feed fares, told to programs and to whoever looks after the feeds."""

import json
from datetime import timedelta
from typing import Any

import pytest

from feedgen_mayadeen.report import Report
from tests.feeds import ReadFeed, read_feed
from tests.running import Place, Server, dropped, files_of, status

SPORTS = "noticias/deportes"
AFTER = {"after": 2}


def build(place: Place, server: Server, minutes: int) -> Report:
    """A build some minutes after the newest article, that tells of failures after two builds."""
    return place.build_with(server.site.now + timedelta(minutes=minutes), health=AFTER)


def state(place: Place) -> dict[str, Any]:
    found = json.loads((place.out / "status.json").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def row(place: Place, key: str) -> dict[str, Any]:
    (found,) = (one for one in state(place)["feeds"] if one["key"] == key)
    assert isinstance(found, dict)
    return found


def health(place: Place) -> ReadFeed:
    return read_feed(place.out / "health.xml")


def test_the_first_build_tells_of_every_feed(place: Place, server: Server) -> None:
    report = build(place, server, 0)
    told = state(place)
    assert (told["version"], told["exit_code"], told["problems"], told["editions"]) == (1, 0, [], ["es"])
    assert {one["file"] for one in told["feeds"]} == {f"{key}.xml" for key in place.feeds}
    assert all((one["state"], one["failures"], one["reason"]) == ("ok", 0, "") for one in told["feeds"])
    assert row(place, SPORTS)["newest"] == place.feeds[f"es/{SPORTS}"].entries[0].published
    assert row(place, SPORTS)["entries"] == len(place.feeds[f"es/{SPORTS}"].entries)
    assert report.published
    assert [entry.title for entry in health(place).entries] == ["What this feed tells"]


def test_a_feed_that_fails_and_is_back_has_two_entries(place: Place, server: Server) -> None:
    build(place, server, 0)
    good = row(place, SPORTS)["last_success"]
    server.faults[f"/{SPORTS}"] = status(500)
    build(place, server, 60)
    assert (row(place, SPORTS)["failures"], row(place, SPORTS)["state"]) == (1, "failing")
    assert "status 500" in row(place, SPORTS)["reason"]
    assert row(place, SPORTS)["last_success"] == good
    assert len(health(place).entries) == 1

    build(place, server, 120)
    failing = health(place)
    assert len(failing.entries) == 2
    assert "2 builds" in failing.entries[0].title
    assert "status 500" in (failing.entries[0].summary or "")
    build(place, server, 180)
    assert health(place) == failing
    assert row(place, SPORTS)["failures"] == 3
    assert row(place, "all")["failures"] == 0

    server.faults = {}
    build(place, server, 240)
    assert (row(place, SPORTS)["failures"], row(place, SPORTS)["reason"]) == (0, "")
    assert "is back" in health(place).entries[0].title
    assert len({entry.id for entry in health(place).entries}) == 3
    assert not any("500" in entry.title or "builds" in entry.title for entry in place.feeds["es/all"].entries)


def test_a_site_that_is_down_is_told_of_and_changes_no_feed(built: Place, server: Server) -> None:
    before, others = built.files, built.other_files
    server.faults["*"] = dropped
    for minutes in (60, 120):
        report = build(built, server, minutes)
        assert report.exit_code == 3
    assert state(built)["exit_code"] == 3
    assert {one["failures"] for one in state(built)["feeds"]} == {2}
    changed = {name for name, file in built.files.items() if before[name] != file}
    assert changed == {"health.xml"}
    assert {name for name in others if name.endswith(".json") and built.other_files[name] != others[name]} == set()
    assert len(health(built).entries) > 1


def test_files_that_are_missing_come_back_from_memory_although_the_site_is_down(built: Place, server: Server) -> None:
    """A machine of GitHub begins with an empty folder, and what it serves replaces all that was served."""
    before = built.feeds
    built.out = built.out.parent / "fresh"
    server.faults["*"] = dropped
    assert build(built, server, 60).exit_code == 3
    assert built.feeds == before


@pytest.mark.parametrize("option", [["--dry-run"], []])
def test_nothing_is_told_by_a_dry_run_or_by_a_first_build_that_failed(place: Place, server: Server, option: list[str]) -> None:
    if not option:
        server.faults["*"] = dropped
    assert place.build(*option).code == (0 if option else 3)
    assert not place.out.exists()
    assert not place.state.exists()


def test_a_build_that_learns_nothing_changes_only_what_tells_of_it(built: Place, server: Server) -> None:
    before = {name: content for name, (content, _) in files_of(built.out).items()}
    assert built.build_at(server.site.now + timedelta(minutes=1)).exit_code == 0
    after = {name: content for name, (content, _) in files_of(built.out).items()}
    changed = {name for name in after if before.get(name) != after[name]}
    assert changed <= {"status.json", "index.html", "es/index.html"}
    for name in changed - {"status.json"}:
        lines = zip(before[name].decode().splitlines(), after[name].decode().splitlines(), strict=True)
        assert len([line for line in lines if line[0] != line[1]]) == 1, "the line that tells of the last build"

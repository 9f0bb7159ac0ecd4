"""The measurements measure what they say, tried on a small part of the sample site."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.__main__ import main
from bench.builds import COLD, FLOOR, TEN_NEW, UNCHANGED, measure_builds, measure_grown, measure_start
from bench.processes import Measured, measure, measure_child
from bench.sites import NEW, Site, early, open_site
from bench.table import Results, as_json, lines, ratios


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """The sample site in its first days: ten articles, and ten more later."""
    with open_site("sample") as one:
        one.instants = one.instants[: 2 * NEW]
        yield one


def quiet(what: str) -> None:
    """Nobody listens."""


def told(seconds: float, **figures: object) -> Measured:
    return Measured(
        seconds, seconds / 2, 50.0, {"requests": 1, "bytes": 1000, "written": 0, "stages": {"lists": 1.0}, **figures}
    )


def test_builds_are_measured_beside_the_floor_of_the_same_pages(site: Site, tmp_path: Path) -> None:
    rounds = measure_builds(site, tmp_path, 1, quiet)
    (floor,), (cold,), (unchanged,), (later,) = (rounds[name] for name in (FLOOR, COLD, UNCHANGED, TEN_NEW))
    assert floor.told["requests"] == cold.told["requests"] > NEW
    assert floor.told["bytes"] == cold.told["bytes"] > 100_000
    assert cold.told["articles_read"] == len(site.instants) - NEW
    assert cold.told["written"] == cold.told["feeds"] > 0
    assert (unchanged.told["articles_read"], unchanged.told["written"], unchanged.told["bytes"]) == (0, 0, 0)
    assert later.told["articles_read"] == NEW
    assert {"imports", "start", "menu", "lists", "articles", "feeds", "end"} == cold.told["stages"].keys()
    assert sum(cold.told["stages"].values()) < cold.seconds
    assert 0 < floor.peak <= cold.peak
    assert 0 < floor.cpu < cold.cpu


def test_a_grown_memory_is_made_once_and_then_built_over(site: Site, tmp_path: Path) -> None:
    (first,) = measure_grown(site, tmp_path, [(150, 40)], 1, quiet)
    (folder,) = tmp_path.glob("sample-150-40-*")
    made = (folder / "feeds/all.xml").stat().st_mtime_ns
    (again,) = measure_grown(site, tmp_path, [(150, 40)], 1, quiet)
    assert (folder / "feeds/all.xml").stat().st_mtime_ns == made
    assert first.articles == again.articles == 150
    assert 33 < again.feeds <= 40
    assert len(list((folder / "feeds/tags").glob("*.xml"))) > 1
    assert again.builds[0].told["articles_read"] == again.builds[0].told["written"] == 0
    assert 100_000 < again.bytes == sum(file.stat().st_size for file in (folder / "state").iterdir())


def test_the_site_tells_which_paths_were_asked_for(site: Site) -> None:
    site.move(early(site))
    site.asked()
    measure_child("floor", origin=site.url, jobs=1, paths=["/", "/robots.txt", "/no/such%20page?a=b"])
    assert site.asked() == ("/", "/robots.txt", "/no/such%20page?a=b")
    assert site.asked() == ()


def test_the_start_is_measured_in_pairs() -> None:
    rounds = measure_start(1, quiet)
    assert {len(found) for found in rounds.values()} == {5}
    assert all(one.seconds > 0 for found in rounds.values() for one in found)


def test_a_measured_process_that_fails_ends_the_measuring() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        measure(["false"])


def test_the_results_are_a_table_and_json(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    builds = {FLOOR: [told(1), told(2)], COLD: [told(3), told(8)], UNCHANGED: [told(2), told(2)], TEN_NEW: [told(3), told(4)]}
    results = Results("sample", 2, builds, [], {})
    figures = {one.name: (one.figure, one.cpu) for one in ratios(results)}
    assert figures == {
        "cold build / floor": (3.5, 3.5),
        "unchanged build / floor": (1.5, 1.5),
        "10 new articles / unchanged build": (1.75, 1.75),
    }
    assert any(line.split() == ["cold", "build", "/", "floor", "4.00", "3.50", "3.50"] for line in lines(results))
    assert json.loads(json.dumps(as_json(results)))["builds"][COLD][1]["seconds"] == 8
    monkeypatch.setattr("bench.__main__.measure_start", lambda runs, tell: {"import click": [told(1)], "--version": [told(1)]})
    done = CliRunner().invoke(main, ["--part", "start", "--json", str(tmp_path / "figures.json")], catch_exceptions=False)
    assert "--version / import click" in done.output
    assert json.loads((tmp_path / "figures.json").read_text())["ratios"][0]["figure"] == 1


def test_a_size_that_is_none_is_wrong_usage() -> None:
    assert CliRunner().invoke(main, ["--size", "many"]).exit_code == 2

"""The measurements measure what they say, tried on a small part of the sample site."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bench import years
from bench.__main__ import main, table
from bench.builds import PARTS, Bench, Row
from bench.processes import PROGRAM, Measured, measure, measure_child
from bench.sites import NEW, Site


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """The sample site in its first days: two articles, and ten more later; tiny memories, one round."""
    with ExitStack() as stack:
        before, after = (stack.enter_context(Site("sample", 70 + without, copies=0)) for without in (NEW, 0))
        tiny = (60, 36)
        yield Bench(before, after, tmp_path, 1, lambda what: None, (tiny,), tiny, delay=0.03, warms_up=False)


def told(rows: list[Row], name: str) -> Measured:
    """What was measured for the row of a name, in the only round."""
    return next(row.runs[0] for row in rows if row.name == name)


def test_builds_are_measured_beside_the_floor_of_the_same_pages(bench: Bench) -> None:
    rows = bench.builds()
    floor, first, unchanged, new = (row.runs[0] for row in rows)
    assert floor.told["requests"] == first.told["requests"] > NEW
    assert floor.told["bytes"] == first.told["bytes"] > 100_000
    assert first.told["articles_read"] == 2
    assert {feed["outcome"] for feed in first.told["feeds"]} == {"written"}
    assert (unchanged.told["articles_read"], unchanged.told["bytes"]) == (0, 0)
    assert {feed["outcome"] for feed in unchanged.told["feeds"]} == {"unchanged"}
    assert new.told["articles_read"] == NEW
    assert [row.aim for row in rows] == [None, 5, 1, 2]
    assert rows[1].figure == first.seconds / floor.seconds
    assert 0 < floor.peak <= first.peak
    assert len(list(table(rows))) == 1 + len(rows)


def test_a_memory_is_made_once_then_built_over_and_then_restored_for_a_run(bench: Bench) -> None:
    grown = bench.grown()
    (state,) = bench.work.glob("sample-60-36-*/state")
    made = state.stat().st_ino
    build = told(grown, "unchanged build over 60 articles, 36 feeds")
    assert 30 < len(build.told["feeds"]) <= 36
    assert build.told["articles_read"] == 0
    assert {feed["outcome"] for feed in build.told["feeds"]} == {"unchanged"}
    assert 0 < sum(feed["key"].startswith("tags/") for feed in build.told["feeds"]) <= 36 - 33

    rows = bench.run()
    assert state.stat().st_ino == made
    nothing, new = told(rows, "run: build, nothing new"), told(rows, "run: build, ten new articles")
    assert (nothing.told["articles_read"], new.told["articles_read"]) == (0, NEW)
    assert "unchanged" not in {feed["outcome"] for feed in nothing.told["feeds"]}
    both, check = told(rows, "run: build and check, nothing new"), told(rows, "run: check, nothing new")
    assert both.cpu == nothing.cpu + check.cpu
    assert [row.aim for row in rows if "build and check" in row.name] == [8, 8]
    size = sum(file.stat().st_size for file in state.iterdir()) / 1e6
    assert next(row.figure for row in rows if row.name.startswith("run: memory restored")) == size > 0.1
    assert len(list(table([*grown, *rows]))) == 1 + len(grown) + len(rows)


def test_pauses_are_kept_and_counted(bench: Bench) -> None:
    rows = bench.pace()
    first, reckoned, *_ = rows
    (build,) = first.runs
    pauses = build.told["requests"] * bench.delay
    assert build.told["seconds_waited"] > 0
    assert first.figure == pytest.approx(build.seconds / pauses)
    assert reckoned.figure == pytest.approx((build.seconds - pauses + build.told["requests"]) / build.told["requests"])
    assert [row.aim for row in rows] == [1.03] * 4


def test_pages_are_read_without_the_rest_of_a_build(bench: Bench) -> None:
    rows = bench.read()
    assert [row.unit for row in rows] == ["CPU ms", "CPU ms"]
    assert all(row.figure > 0 for row in rows)


def test_the_site_tells_which_paths_were_asked_for(bench: Bench) -> None:
    measure_child("floor", origin=bench.before.url, jobs=1, paths=["/", "/robots.txt", "/no/such%20page"])
    assert bench.before.asked() == ("/", "/robots.txt", "/no/such%20page")
    assert bench.before.asked() == bench.after.asked() == ()


def test_a_measured_process_that_fails_ends_the_measuring() -> None:
    with pytest.raises(click.ClickException, match=r"(?s)exit code 2\n.*No such option"):
        measure((*PROGRAM, "--nothing"))


def test_the_results_are_a_table_and_json(tmp_path: Path) -> None:
    runs = [Measured(3, 2, 50), Measured(1, 1, 60)]
    assert list(table([Row("a build", 1.5, "× floor", runs, 5), Row("a page", 12.345, "ms")]))[1:] == [
        "| a build | 5 | 1.5 × floor | 2.00 (1.00 to 3.00) | 1.50 | 60 |",
        "| a page |  | 12.3 ms |  |  |  |",
    ]
    file = tmp_path / "figures.json"
    done = CliRunner().invoke(main, ["--part", "start", "--runs", "1", "--json", str(file)], catch_exceptions=False)
    clicks, version = json.loads(file.read_text("utf-8"))["rows"]
    assert f"| --version | 1.5 | {version['figure']:.3g} × import | {version['runs'][0][0]:.2f} (" in done.stdout
    assert len(clicks["runs"]) == 1
    assert set(PARTS) == {"builds", "grown", "run", "pace", "read", "start"}


def test_years_are_simulated_month_by_month() -> None:
    done = CliRunner().invoke(years.main, ["--years", "0.17", "--per-day", "1"], catch_exceptions=False)
    months = [line.split() for line in done.stdout.splitlines()[1:]]
    assert [(month, articles) for month, articles, *_ in months] == [("1", "30"), ("2", "60"), ("3", "62")]
    assert all(float(size) > 0.1 for *_, folder, memory in months for size in (folder, memory))

"""What was measured, as values for JSON and as a table for people."""

import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from bench.builds import CLICK, COLD, FLOOR, JOBS, TEN_NEW, UNCHANGED, VERSION, Grown, Rounds, cpu, ratio
from bench.processes import Measured

_NARROW, _WIDE = 10, 35


@dataclass(frozen=True, slots=True)
class Results:
    """All that was measured. What was not asked for is empty."""

    site: str
    runs: int
    builds: Rounds
    grown: list[Grown]
    start: Rounds


@dataclass(frozen=True, slots=True)
class Ratio:
    """A figure that says the same on every machine, and what it may be at most (issue 7); `cpu`: the same of CPU seconds."""

    name: str
    most: float
    figure: float
    cpu: float | None = None


def ratios(results: Results) -> Iterator[Ratio]:
    """The figures that have a bound."""
    pairs: list[tuple[str, float, list[Measured], list[Measured]]] = []
    if builds := results.builds:
        pairs += [
            ("cold build / floor", 4, builds[COLD], builds[FLOOR]),
            ("unchanged build / floor", 1, builds[UNCHANGED], builds[FLOOR]),
            ("10 new articles / unchanged build", 1.3, builds[TEN_NEW], builds[UNCHANGED]),
        ]
    if start := results.start:
        pairs.append(("--version / import click", 1.5, start[VERSION], start[CLICK]))
    if len(results.grown) > 1:
        pairs.append(("largest / smallest memory", 1.5, results.grown[-1].builds, results.grown[0].builds))
    yield from (Ratio(name, most, ratio(a, b), ratio(a, b, cpu)) for name, most, a, b in pairs)
    if results.grown:
        largest = results.grown[-1]
        yield Ratio("peak MB, largest memory", 150, max(build.peak for build in largest.builds))
        yield Ratio("kB an article, largest memory", 1.5, largest.bytes / largest.articles / 1000)


def as_json(results: Results) -> dict[str, Any]:
    """Every single measurement, and the ratios."""
    machine = {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}
    return {"machine": machine, "jobs": JOBS, **asdict(results), "ratios": [asdict(each) for each in ratios(results)]}


def lines(results: Results) -> Iterator[str]:
    """The table, line by line: medians, and of seconds the least and the most."""
    yield f"{results.site} site, {os.cpu_count()} cores, Python {platform.python_version()}, medians of {results.runs} runs"
    if results.builds:
        yield from _builds(results.builds)
    if results.grown:
        yield from _grown(results.grown)
    if results.start:
        yield from _head("start")
        yield from (_row(name, found) for name, found in results.start.items())
    yield ""
    yield _line("", ("at most", "figure", "of CPU s"))
    for one in ratios(results):
        yield _line(one.name, [f"{figure:.2f}" for figure in (one.most, one.figure, one.cpu) if figure is not None])


def _builds(builds: Rounds) -> Iterator[str]:
    yield from _head("", "× floor", "requests", "kB", "waited", "articles", "written")
    for name, found in builds.items():
        told = found[-1].told
        more = (told.get(figure, 0) for figure in ("waited", "articles_read", "written"))
        yield _row(name, found, f"{ratio(found, builds[FLOOR]):.2f}", told["requests"], told["bytes"] // 1000, *more)
    yield from _stages({name: found for name, found in builds.items() if name != FLOOR})


def _grown(memories: list[Grown]) -> Iterator[str]:
    yield from _head("unchanged, grown", "requests", "written", "memory kB", "B/article")
    named = {f"{one.articles:,} articles, {one.feeds:,} feeds": one for one in memories}
    for name, one in named.items():
        told = one.builds[-1].told
        yield _row(name, one.builds, told["requests"], told["written"], one.bytes // 1000, one.bytes // one.articles)
    yield from _stages({name: one.builds for name, one in named.items()})


def _head(name: str, *columns: str) -> Iterator[str]:
    yield ""
    yield _line(name, ("seconds", "least", "most", "CPU s", "peak MB", *columns))


def _row(name: str, found: Sequence[Measured], *cells: object) -> str:
    seconds = [each.seconds for each in found]
    figures = (median(seconds), min(seconds), max(seconds), median(each.cpu for each in found))
    peak = median(each.peak for each in found)
    return _line(name, [*(f"{figure:.3f}" for figure in figures), f"{peak:.0f}", *cells])


def _stages(found: Rounds) -> Iterator[str]:
    """The median seconds of each stage."""
    names = dict.fromkeys(stage for builds in found.values() for build in builds for stage in build.told["stages"])
    yield ""
    yield _line("seconds by stage", names)
    for name, builds in found.items():
        spent = [median(build.told["stages"].get(stage, 0.0) for build in builds) for stage in names]
        yield _line(name, [f"{seconds:.3f}" for seconds in spent])


def _line(name: str, cells: Iterable[object]) -> str:
    return f"{name:<{_WIDE}}" + "".join(f"{cell!s:>{_NARROW}}" for cell in cells)

"""The measurements: builds and the floor under them, the same over grown memories, and how long the program takes to begin."""

import hashlib
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.processes import Measured, measure, measure_child
from bench.sites import Site, afterwards, early, late, warm
from feedgen_mayadeen import __file__ as package

FLOOR, COLD, UNCHANGED, TEN_NEW = "floor", "cold build", "unchanged build", "10 new articles"
CLICK, VERSION = "import click", "--version"
JOBS = 4
_PAIRS = 5
"""So many pairs of starts for each run: they are short."""

Rounds = dict[str, list[Measured]]
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Grown:
    """A grown memory: how many articles were made up and how many feeds there are, its bytes, its unchanged builds."""

    articles: int
    feeds: int
    bytes: int
    builds: list[Measured]


def seconds(measured: Measured) -> float:
    """The figure that counts."""
    return measured.seconds


def cpu(measured: Measured) -> float:
    """The figure that says more on a machine that is not quiet."""
    return measured.cpu


def measure_builds(site: Site, work: Path, runs: int, tell: Tell) -> Rounds:
    """Rounds of the floor and the three builds, one after the other; the first round only shows the site what is asked."""
    rounds: Rounds = {FLOOR: [], COLD: [], UNCHANGED: [], TEN_NEW: []}
    paths, later = tuple[str, ...](), tuple[str, ...]()
    for number in range(runs + 1):
        tell(f"builds: round {number} of {runs}")
        folder = _emptied(work / "round")
        site.move(early(site))
        warm(site, paths)
        found = {FLOOR: measure_child("floor", origin=site.url, jobs=JOBS, paths=paths)}
        site.asked()
        found[COLD] = _child("build", site, folder)
        paths = site.asked()
        found[UNCHANGED] = _child("build", site, folder)
        site.move(late(site))
        warm(site, later)
        found[TEN_NEW] = _child("build", site, folder)
        later = site.asked()
        for name, measured in found.items() if number else ():
            rounds[name].append(measured)
    return rounds


def measure_grown(site: Site, work: Path, sizes: Iterable[tuple[int, int]], runs: int, tell: Tell) -> list[Grown]:
    """Unchanged builds over memories of so many articles and feeds, in turns."""
    site.move(late(site))
    folders = {size: _memory(site, work, size, tell) for size in sizes}
    found: dict[tuple[int, int], list[Measured]] = {size: [] for size in folders}
    for number in range(runs + 1):
        tell(f"grown: round {number} of {runs}")
        for size, folder in folders.items():
            measured = _child("build", site, folder, feeds=size[1])
            # The first build writes what this version of the program writes in another way.
            found[size] += [measured] if number else []
    return [
        Grown(size[0], builds[-1].told["feeds"], _bytes_of(folders[size] / "state"), builds) for size, builds in found.items()
    ]


def _memory(site: Site, work: Path, size: tuple[int, int], tell: Tell) -> Path:
    """The folder of a memory of this size, which is made if it is not there yet, or was made for other tables."""
    tables = Path(package).parent / "archive" / "schema.py"
    layout = hashlib.blake2b(tables.read_bytes(), digest_size=4).hexdigest()
    articles, feeds = size
    folder = work / f"{site.name}-{articles}-{feeds}-{layout}"
    if not folder.exists():
        tell(f"grown: making up {articles} articles")
        making = _emptied(work / "making")
        _child("make", site, making, articles=articles, feeds=feeds, newest=late(site).isoformat())
        making.rename(folder)
    return folder


def measure_start(runs: int, tell: Tell) -> Rounds:
    """How long `--version` takes beside an import of click, in pairs."""
    tell("start")
    script = Path(sys.executable).with_name("feedgen-mayadeen")
    program = [str(script)] if script.exists() else [sys.executable, "-m", "feedgen_mayadeen"]
    commands = {CLICK: [sys.executable, "-c", "import click"], VERSION: [*program, "--version"]}
    pairs = [{name: measure(command) for name, command in commands.items()} for _ in range(1 + _PAIRS * runs)][1:]
    return {name: [pair[name] for pair in pairs] for name in commands}


def ratio(above: Sequence[Measured], below: Sequence[Measured], figure: Callable[[Measured], float] = seconds) -> float:
    """The median of the ratios of two things, each to the other of the same round."""
    return median(figure(one) / figure(other) for one, other in zip(above, below, strict=True))


def _child(do: str, site: Site, folder: Path, **order: object) -> Measured:
    now = afterwards(site).isoformat()
    return measure_child(do, folder=str(folder), origin=site.url, now=now, jobs=JOBS, **order)


def _bytes_of(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*"))


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder

"""The measurements: the program's own commands as whole processes, beside the floor under them in the same run."""

import hashlib
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from urllib.parse import urlsplit

from bench.processes import PROGRAM, ROOT, Measured, measure, measure_child
from bench.sites import Site

JOBS = 4
_BESIDE_TAGS = 33
"""The feeds of the English edition that are no topics: 30 lists, everything, the ticker, Most Read."""
_MADE_BY = ("bench/years.py", "feedgen_mayadeen/store/schema.sql")

Round = Mapping[str, Measured]
Size = tuple[int, int]
"""Articles and feeds of a memory."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: a figure with its unit, what it may be at most, and the processes that it is made from."""

    name: str
    figure: float
    unit: str
    runs: Sequence[Measured] = ()
    aim: float | None = None


@dataclass(frozen=True)
class Bench:
    """What is measured: a site before and after the last ten articles, `runs` times; made-up memories lie in `work`."""

    before: Site
    after: Site
    work: Path
    runs: int
    tell: Callable[[str], None]
    sizes: Sequence[Size] = ((1_000, 40), (20_000, 400), (100_000, 400))
    run_size: Size = (20_000, 400)
    delay: float = 0.1
    warms_up: bool = True
    """Whether each part begins with a round that does not count: the sites draw their pages then."""

    def builds(self) -> list[Row]:
        """A first build, an unchanged one, and one with ten new articles, as ratios to the floor."""

        def once() -> Round:
            folder = self._folder("builds")
            floor = self._floor()
            first, unchanged = self._build(self.before, folder), self._build(self.before, folder)
            return {"floor": floor, "first": first, "unchanged": unchanged, "new": self._build(self.after, folder)}

        found = self._rounds("builds", once)
        floor = found["floor"]
        return [
            Row(f"floor: {floor[0].told['requests']} pages, requests alone", 1, "× floor", floor),
            _ratio(f"first build, {_asked(found['first'])}", found["first"], floor, 5),
            _ratio(f"unchanged build, {_asked(found['unchanged'])}", found["unchanged"], floor, 1),
            _ratio(f"ten new articles, {_asked(found['new'])}", found["new"], floor, 2),
        ]

    def grown(self) -> list[Row]:
        """Unchanged builds over memories of several sizes, as ratios to the smallest; bytes an article."""
        folders = {_name(size): self._memory(size) for size in self.sizes}
        found = self._rounds("grown", lambda: {name: self._build(self.before, one) for name, one in folders.items()})
        smallest, largest = (list(found.values())[at] for at in (0, -1))
        rows = [_ratio(f"unchanged build over {name}", runs, smallest, 3, "× smallest") for name, runs in found.items()]
        rows.append(Row("its peak over the largest memory", max(one.peak for one in largest), "MB", aim=150))
        for (articles, _), (name, folder) in zip(self.sizes, folders.items(), strict=True):
            rows.append(Row(f"memory of {name}", _megabytes(folder / "state") * 1000 / articles, "kB an article"))
        return rows

    def run(self) -> list[Row]:
        """A scheduled run: a memory is restored, feeds are built into an empty folder and checked, the memory is saved."""
        memory = self._memory(self.run_size)

        def once() -> Round:
            found = {"floor": self._floor()}
            for name, site in (("nothing new", self.before), ("ten new articles", self.after)):
                folder = self._folder("run")
                shutil.copy(memory / "feeds.toml", folder)
                found["restore"] = _copy(memory / "state", folder / "state")
                build = found[f"build, {name}"] = self._build(site, folder)
                check = found[f"check, {name}"] = measure((*PROGRAM, "check", str(folder / "feeds")))
                found[f"build and check, {name}"] = build + check
                found["save"] = _copy(folder / "state", folder / "saved")
            return found

        found = self._rounds("run", once)
        floor, restored, saved = (found.pop(name) for name in ("floor", "restore", "save"))
        rows = [_ratio(f"run: {name}", runs, floor, 8 if "and" in name else None) for name, runs in found.items()]
        return [
            *rows,
            Row("run: peak", max(one.peak for runs in found.values() for one in runs), "MB", aim=200),
            Row(f"run: memory restored, {_name(self.run_size)}", _megabytes(memory / "state"), "MB", restored),
            Row("run: memory saved", _megabytes(self.work / "run" / "saved"), "MB", saved),
        ]

    def pace(self) -> list[Row]:
        """Builds with pauses: their seconds beside the pauses, and what that would be with the usual pauses of a second."""

        def once() -> Round:
            folder = self._folder("pace")
            return {name: self._build(self.before, folder, f"--delay={self.delay}") for name in ("first", "unchanged")}

        rows = []
        for name, runs in self._rounds("pace", once, warms_up=False).items():
            pauses = [one.told["requests"] * self.delay for one in runs]
            own = [one.seconds - paused for one, paused in zip(runs, pauses, strict=True)]
            for delay, measured in ((self.delay, runs), (1.0, ())):
                figure = median(1 + more / (paused * delay / self.delay) for more, paused in zip(own, pauses, strict=True))
                reckoned = "" if measured else ", reckoned"
                rows.append(Row(f"{name} build, pauses of {delay:g} s{reckoned}", figure, "× pauses", measured, 1.03))
        return rows

    def read(self) -> list[Row]:
        """Milliseconds of reading one page, by the readers alone."""
        self.tell("read")
        asked, lists = self._first
        articles = [path for path in asked if path not in {*lists, "/", "/robots.txt"}]
        order = {"origin": self.before.url, "jobs": JOBS, "lists": lists, "articles": articles, "runs": self.runs}
        found = measure_child("read", **order).told
        return [Row(f"reading the page of {kind}", median(found[kind]), "CPU ms") for kind in found]

    def start(self) -> list[Row]:
        """`--version` beside an import of click, in pairs."""
        commands = {"import click": (sys.executable, "-c", "import click"), "--version": (*PROGRAM, "--version")}
        found = self._rounds("start", lambda: {name: measure(one) for name, one in commands.items()})
        click = found["import click"]
        return [Row("import click", 1, "× import", click), _ratio("--version", found["--version"], click, 1.5, "× import")]

    @cached_property
    def _first(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The paths that a first build asks for, and the lists among them. The site draws its pages here."""
        self.before.asked()
        lists = [one["address"] for one in self._build(self.before, self._folder("first")).told["lists"]]
        return self.before.asked(), tuple(urlsplit(address).path for address in lists)

    def _floor(self) -> Measured:
        return measure_child("floor", origin=self.before.url, paths=self._first[0], jobs=JOBS)

    def _build(self, site: Site, folder: Path, *options: str) -> Measured:
        """A build with a folder's own settings, without pauses unless `options` ask for them."""
        places = (f"--{name}={folder / at}" for name, at in (("out", "feeds"), ("state", "state"), ("config", "feeds.toml")))
        asking = (f"--origin={site.url}", "--delay=0", f"--jobs={JOBS}")
        return measure((*PROGRAM, "build", "--json", *places, *asking, *options))

    def _memory(self, size: Size) -> Path:
        """The folder of a memory of a size, which is made if it is not there yet, or was made in another way."""
        made_by = hashlib.sha256(b"".join((ROOT / file).read_bytes() for file in _MADE_BY)).hexdigest()[:8]
        folder = self.work / f"{self.before.name}-{size[0]}-{size[1]}-{made_by}"
        if not folder.exists():
            self.tell(f"making up {_name(size)}")
            making = self._folder("making")
            most = f"[tags]\nmax_feeds = {size[1] - _BESIDE_TAGS}\n[coverage]\nmax_feeds = 0\n[authors]\nmax_feeds = 0\n"
            (making / "feeds.toml").write_text(most, "utf-8")
            self._build(self.before, making, "--only=breaking")  # learns the menu
            measure_child("make", folder=str(making), articles=size[0], newest=self.before.clock)
            self._build(self.before, making)
            making.rename(folder)
        return folder

    def _rounds(self, part: str, once: Callable[[], Round], *, warms_up: bool = True) -> dict[str, list[Measured]]:
        """What is found in each round."""
        first, rounds = 0 if warms_up and self.warms_up else 1, []
        for number in range(first, self.runs + 1):
            self.tell(f"{part}: round {number} of {self.runs}")
            rounds.append(once())
        return {name: [found[name] for found in rounds[1 - first :]] for name in rounds[0]}

    def _folder(self, name: str) -> Path:
        """A folder with nothing but settings, which say nothing."""
        folder = self.work / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "feeds.toml").touch()
        return folder


PARTS: Mapping[str, Callable[[Bench], list[Row]]] = {
    part.__name__: part for part in (Bench.start, Bench.builds, Bench.grown, Bench.run, Bench.pace, Bench.read)
}
"""The start first: what the reports of builds take here would count in the peaks of small processes."""


def _ratio(
    name: str, above: Sequence[Measured], below: Sequence[Measured], aim: float | None = None, unit: str = "× floor"
) -> Row:
    """The median of the ratios of two things, each to the other of the same round."""
    return Row(name, median(a.seconds / b.seconds for a, b in zip(above, below, strict=True)), unit, above, aim)


def _asked(runs: Sequence[Measured]) -> str:
    told = runs[-1].told
    return f"{told['requests']} pages, {sum(one['outcome'] == 'written' for one in told['feeds'])} feeds"


def _name(size: Size) -> str:
    return f"{size[0]:,} articles, {size[1]} feeds"


def _copy(source: Path, target: Path) -> Measured:
    started, cpu = perf_counter(), process_time()
    shutil.copytree(source, target)
    return Measured(perf_counter() - started, process_time() - cpu, 0)


def _megabytes(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.iterdir()) / 1e6

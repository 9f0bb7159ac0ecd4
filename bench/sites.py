"""The sites that builds are measured against, each in a process of its own: the sample site, or a replica in a folder."""

import gzip
import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import quote, urlsplit

from bench.processes import ROOT

NEW = 10
"""How many articles appear when the clock moves on."""


class Site(Protocol):
    """A site with a clock. `instants` are those of its articles, oldest first; `url` is where it is served."""

    name: str
    instants: tuple[datetime, ...]
    url: str

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...

    def move(self, now: datetime) -> None:
        """Sets the clock."""

    def asked(self) -> tuple[str, ...]:
        """The paths that were asked for since the last time, percent-encoded, in order."""


def early(site: Site) -> datetime:
    """An instant at which the last ten articles do not exist yet."""
    return site.instants[-NEW - 1]


def late(site: Site) -> datetime:
    """The instant of the newest article."""
    return site.instants[-1]


def afterwards(site: Site) -> datetime:
    """An instant for builds: so late that no article is due for a second look."""
    return late(site) + timedelta(days=2)


def warm(site: Site, paths: Iterable[str]) -> None:
    """Has the site draw pages, so that whoever is measured next does not wait for that."""
    with closing(HTTPConnection(urlsplit(site.url).netloc, timeout=60)) as connection:
        for path in paths:
            connection.request("GET", path)
            connection.getresponse().read()
    site.asked()


class _Served:
    """A site that a child process serves; its first line of output begins with the address."""

    url: str

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command

    def __enter__(self) -> Self:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(self._command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT)  # noqa: S603
        self.url = self._line().split()[0]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.terminate()
        self._process.communicate()

    def _line(self, order: str | None = None) -> str:
        """The next line that the site prints, after an order if there is one."""
        if order is not None:
            print(order, file=self._process.stdin, flush=True)
        return self._process.stdout.readline() if self._process.stdout else ""


class Sample(_Served):
    """The sample site of the package."""

    name = "sample"

    def __init__(self) -> None:
        super().__init__([sys.executable, "-m", "bench.sample"])

    def __enter__(self) -> Self:
        super().__enter__()
        self.instants = tuple(map(datetime.fromisoformat, self._order({"instants": True})))
        return self

    def move(self, now: datetime) -> None:
        """Sets the clock."""
        self._order({"now": now.isoformat()})

    def asked(self) -> tuple[str, ...]:
        """The paths that were asked for since the last time."""
        return self._order({})

    def _order(self, order: Mapping[str, object]) -> tuple[str, ...]:
        return tuple(json.loads(self._line(json.dumps(order))))


class Replica(_Served):
    """A replica of the English site: a folder with `replica.py`, which tells how it is controlled, and `en.jsonl.gz`."""

    name = "replica"

    def __init__(self, folder: Path) -> None:
        records = folder / "en.jsonl.gz"
        super().__init__([sys.executable, str(folder / "replica.py"), str(records), "--port", "0"])
        with gzip.open(records, "rt", encoding="utf-8") as lines:
            self.instants = tuple(sorted(datetime.fromisoformat(json.loads(line)["published_time"]) for line in lines))

    def move(self, now: datetime) -> None:
        """Sets the clock."""
        self._call("POST", {"now": now.isoformat()})

    def asked(self) -> tuple[str, ...]:
        """The paths that were asked for since the last time."""
        paths = json.loads(self._call("GET"))["paths"]
        self._call("POST", {"reset": True})
        return tuple(map(quote, paths))

    def _call(self, method: str, order: Mapping[str, object] | None = None) -> bytes:
        with closing(HTTPConnection(urlsplit(self.url).netloc, timeout=60)) as connection:
            connection.request(method, "/_replica", json.dumps(order) if order else None)
            return connection.getresponse().read()


def open_site(place: str) -> Site:
    """The sample site, or the replica in the folder of that name; not started yet."""
    return Sample() if place == "sample" else Replica(Path(place).absolute())

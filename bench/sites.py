"""The sites that builds are measured against, each in a process of its own: the sample site, or a replica in a folder."""

import gzip
import json
import subprocess
import sys
from contextlib import closing
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlsplit

from bench.processes import ROOT

NEW = 10
"""How many articles a site lacks that is to be followed by the whole one."""
_COPIES = 11
"""Older copies of the sample site's articles, so that a first build asks for as many pages as of the real site."""


class Site:
    """A site whose clock stands still: where all its articles exist, or before the last `without` came.

    `place` is "sample", or a folder with a replica of the English site: `replica.py`, whose head tells its use, and
    `en.jsonl.gz`. Within `with`, `url` is where it is served, and `clock` its instant (ISO 8601).
    """

    def __init__(self, place: str = "sample", without: int = 0, copies: int = _COPIES) -> None:
        self.name, self._told = "replica" if place != "sample" else place, 0
        self._command = [sys.executable, "-m", "bench.sample", str(copies), str(without)]
        if place != "sample":
            records = Path(place).absolute() / "en.jsonl.gz"
            with gzip.open(records, "rt", encoding="utf-8") as lines:
                instants = sorted((json.loads(line)["published_time"] for line in lines), key=datetime.fromisoformat)
            replica = [str(records.with_name("replica.py")), str(records)]
            self._command = [sys.executable, *replica, "--port", "0", "--now", instants[-1 - without]]

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True, cwd=ROOT)  # noqa: S603  # our own commands
        first = self._process.stdout.readline().split() if self._process.stdout else []
        self.url, self.clock = first[0], first[-1].rstrip(")")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.terminate()
        self._process.communicate()

    def asked(self) -> tuple[str, ...]:
        """The paths that were asked for since the last time, percent-encoded, in order."""
        with closing(HTTPConnection(urlsplit(self.url).netloc, timeout=60)) as connection:
            connection.request("GET", "/_replica")
            paths = json.load(connection.getresponse())["paths"]
        self._told, new = len(paths), paths[self._told :]
        return tuple(map(quote, new))

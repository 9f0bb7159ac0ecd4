"""Processes that are measured: each begins in a fresh interpreter, so that its imports and its memory count."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from time import perf_counter
from typing import Any

import click

ROOT = Path(__file__).parents[1]
PROGRAM = (sys.executable, "-m", "feedgen_mayadeen")
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024
_FOREIGN = ("FEEDGEN_MAYADEEN_", "GITHUB_")
"""Variables of the environment that would change what is measured."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One process: seconds from start to end, CPU seconds, peak memory in MB (10⁶ bytes), and the JSON that it printed."""

    seconds: float
    cpu: float
    peak: float
    told: Mapping[str, Any] = field(default_factory=dict)

    def __add__(self, other: "Measured") -> "Measured":
        """Both, one after the other."""
        return Measured(self.seconds + other.seconds, self.cpu + other.cpu, max(self.peak, other.peak))


def measure(command: Sequence[str], order: Mapping[str, object] | None = None) -> Measured:
    """Runs a command from the project's folder, with `order` as JSON on its stdin.

    A process inherits the peak of the one that starts it: this one must stay small. Raises ClickException when it fails.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    with TemporaryFile("w+") as stdin, TemporaryFile("w+") as stdout, TemporaryFile("w+") as stderr:
        json.dump(order, stdin)
        stdin.seek(0)
        started = perf_counter()
        with subprocess.Popen(  # noqa: S603  # our own commands
            command, stdin=stdin, stdout=stdout, stderr=stderr, cwd=ROOT, env=environment
        ) as process:
            _, status, usage = os.wait4(process.pid, 0)
            seconds = perf_counter() - started
            process.returncode = os.waitstatus_to_exitcode(status)
        stdout.seek(0)
        stderr.seek(0)
        printed = stdout.read()
        if process.returncode:
            raise click.ClickException(
                f"{' '.join(command)}: exit code {process.returncode}\n{printed[-2000:]}{stderr.read()}"
            )
    told = json.loads(printed) if printed.startswith("{") else {}
    return Measured(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _RSS_UNIT / 1e6, told)


def measure_child(do: str, **order: object) -> Measured:
    """Runs one of the things that `bench.child` can do."""
    return measure((sys.executable, "-m", "bench.child", do), order)

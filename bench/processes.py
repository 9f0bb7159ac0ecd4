"""Processes that are measured: each begins in a fresh interpreter, so that its imports and its memory count."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from time import perf_counter
from typing import Any

ROOT = Path(__file__).parents[1]
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Measured:
    """One process: seconds from start to end, CPU seconds, peak memory in MB (10⁶ bytes), and the JSON that it told."""

    seconds: float
    cpu: float
    peak: float
    told: Mapping[str, Any]


def measure(command: Sequence[str], order: Mapping[str, object] | None = None) -> Measured:
    """Runs a command, with an order as JSON on its stdin; what it prints is JSON if it was given one.

    The peak of the process that starts another is inherited by it: this one must stay small. Raises CalledProcessError.
    """
    with TemporaryFile("w+") as asked, TemporaryFile("w+") as told:
        json.dump(order, asked)
        asked.seek(0)
        started = perf_counter()
        with subprocess.Popen(command, stdin=asked, stdout=told, cwd=ROOT) as process:  # noqa: S603
            _, status, usage = os.wait4(process.pid, 0)
            seconds = perf_counter() - started
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        told.seek(0)
        answer = json.load(told) if order else {}
    peak = usage.ru_maxrss * _RSS_UNIT / 1e6
    return Measured(seconds, usage.ru_utime + usage.ru_stime, peak, answer)


def measure_child(do: str, **order: object) -> Measured:
    """Runs one of the things that `bench.child` can do."""
    return measure([sys.executable, "-m", "bench.child"], {"do": do, **order})

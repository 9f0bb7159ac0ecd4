"""What is measured, in a process of its own: a build, the floor under it, the making of a memory. It speaks JSON."""

import json
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

_STARTED = perf_counter()


class Stages:
    """The seconds of a build by stage, as its progress names them.

    `imports` and `start` come before the first of them, `end` after the last.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._stage, self._last = "imports", _STARTED

    def __call__(self, stage: str, done: int, total: int) -> None:
        """A step is told when it is done; that nothing is done yet tells the end of the stage before."""
        self.enter(stage, of=stage if done else self._stage)

    def enter(self, stage: str, of: str | None = None) -> None:
        """Counts the time since the last step to a stage, the present one unless another is given, and begins a stage."""
        now, of = perf_counter(), of or self._stage
        self.seconds[of] = self.seconds.get(of, 0.0) + now - self._last
        self._stage, self._last = stage, now


def build_once(order: Mapping[str, Any]) -> dict[str, object]:
    """One build of the English edition, as `build` does it, and what it tells of itself.

    `feeds` is how many it has, `only` which of them it writes; otherwise the settings are the program's own.
    """
    stages = Stages()
    from feedgen_mayadeen.build import build
    from feedgen_mayadeen.config import read_config
    from feedgen_mayadeen.context import Plan

    stages.enter("start")
    options: dict[str, dict[str, object]] = {"fetch": {"delay": 0, "jobs": order["jobs"]}}
    options["build"] = {"only": order.get("only", [])}
    options |= {kind: {"max_feeds": most} for kind, most in _most_feeds(order.get("feeds")).items()}
    config = read_config(Path("no-such.toml"), required=False, options=options)
    plan = Plan(config, Path(order["folder"]) / "feeds", Path(order["folder"]) / "state", {"en": order["origin"]})
    report = build(plan, now=datetime.fromisoformat(order["now"]), progress=stages)
    stages.enter("", of="end")
    return {
        "exit_code": report.exit_code,
        "requests": report.requests,
        "bytes": report.bytes,
        "waited": report.seconds_waited,
        "articles_read": report.articles_read,
        "feeds": len(report.feeds),
        "written": sum(feed.outcome != "unchanged" for feed in report.feeds),
        "stages": stages.seconds,
    }


def _most_feeds(feeds: int | None) -> dict[str, int]:
    """Settings for so many feeds: one for each list, everything, the ticker and Most Read; tags for the rest."""
    from feedgen_mayadeen.site.edition import load

    return {} if feeds is None else {"tags": max(feeds - len(load("en").lists) - 3, 0), "coverage": 0, "authors": 0}


def download(order: Mapping[str, Any]) -> dict[str, object]:
    """The floor: the same pages with requests alone, over as many connections as the build has."""
    import requests
    from requests.adapters import HTTPAdapter

    with requests.Session() as session, ThreadPoolExecutor(order["jobs"]) as pool:
        session.mount("http://", HTTPAdapter(pool_maxsize=order["jobs"]))
        sizes = list(pool.map(lambda path: len(session.get(order["origin"] + path, timeout=60).content), order["paths"]))
    return {"requests": len(sizes), "bytes": sum(sizes)}


def make(order: Mapping[str, Any]) -> dict[str, object]:
    """Makes up a memory."""
    from bench.memories import make_memory

    return make_memory(order, build_once)


_DOINGS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, object]]] = {
    "build": build_once,
    "floor": download,
    "make": make,
}

if __name__ == "__main__":
    given = json.load(sys.stdin)
    print(json.dumps(_DOINGS[given["do"]](given)))

"""A pause that lets few requests into a run: lists and articles share them, and the next build goes on where one stopped."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from feedgen_mayadeen.stop import StopReason, StopSignal
from feedgen_mayadeen.store import Memory
from tests.records import KEYS
from tests.running import Place, Server, serve, status


class Few(StopSignal):
    """The end of a run after so many requests, as a long pause brings it about; a request takes one second."""

    def __init__(self, servers: tuple[Server, ...], most: int) -> None:
        super().__init__()
        self._servers, self._most = servers, most

    def remaining(self) -> float:
        return max(self._most - sum(len(server.requests) for server in self._servers), 0)

    def is_asked(self) -> bool:
        if self.remaining() == 0:
            self.request(StopReason.OUT_OF_TIME)
        return super().is_requested()


def builds(place: Place, number: int, requests: int, **fetch: object) -> Iterator[set[str]]:
    """Several builds, an hour apart, of so many requests each; what each asked for, by path."""
    now = max(server.site.now for server in place.servers)
    for hour in range(number):
        place.build_with(now + timedelta(hours=hour), stop=Few(place.servers, requests), fetch=fetch)
        yield {path for server in place.servers for path in server.paths}


@pytest.mark.parametrize("jobs", [1, 4])
@pytest.mark.parametrize("requests", [5, 8, 12])
def test_four_builds_of_fewer_requests_than_lists_bring_articles(
    tmp_path: Path, english: Server, requests: int, jobs: int
) -> None:
    place = Place(tmp_path, english)
    assert requests < len(KEYS["en"])
    asked = list(builds(place, 4, requests, jobs=jobs))
    assert len(place.feeds["all"].entries) >= 4
    lists = [paths & english.site.lists().keys() for paths in asked]
    assert all(lists), "each build asks for a list"
    assert sum(map(len, lists)) == len(set().union(*lists)), "no list is asked for twice before all were"


def test_builds_of_few_requests_come_round_to_every_list(tmp_path: Path, english: Server) -> None:
    place = Place(tmp_path, english)
    asked: set[str] = set()
    for paths in builds(place, 12, 10, jobs=2):
        asked |= paths
    assert asked >= KEYS["en"].keys()
    with Memory(place.state, keep=False) as memory:
        health = memory.health.all("en")
    assert {key for key, one in health.items() if one.failures} == set(), "a list that waits for its turn does not fail"
    order = [row["key"] for row in json.loads((place.out / "status.json").read_bytes())["feeds"]]
    assert [key for key in order if key in KEYS["en"].values()] == [key for key in KEYS["en"].values() if key in order]


def test_no_edition_waits_for_ever(tmp_path: Path) -> None:
    with ExitStack() as stack:
        servers = stack.enter_context(serve("en", "es"))
        place = Place(tmp_path, *servers)
        for _ in builds(place, 4, 12, jobs=2):
            pass
        assert len(place.feeds["all"].entries) > 0
        assert len(place.feeds["es/all"].entries) > 0


def test_a_list_that_always_fails_keeps_none_from_its_turn(tmp_path: Path, english: Server) -> None:
    english.faults["/news"] = status(500)
    place = Place(tmp_path, english)
    asked: set[str] = set()
    for paths in builds(place, 14, 10, jobs=2, retries=0):
        asked |= paths
    assert asked >= KEYS["en"].keys()

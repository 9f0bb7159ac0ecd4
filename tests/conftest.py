"""Fixtures: the sample site on loopback, folders to build into, and one build of all editions to look at."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.feeds import ReadFeed
from tests.running import BASE_URL, Place, Server, serve

settings.register_profile("thorough", max_examples=10_000)
"""`pytest --hypothesis-profile=thorough`: a hundred times as many examples of each property."""


@pytest.fixture(scope="session", autouse=True)
def with_an_address() -> Iterator[None]:
    """Builds know where their folder will be served."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("FEEDGEN_MAYADEEN_BUILD_BASE_URL", BASE_URL)
        yield


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test works in an empty folder: no feeds.toml, feeds or memory lies about."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)


@pytest.fixture
def server() -> Iterator[Server]:
    """The Spanish sample site: small, with accents in its keys."""
    with serve("es") as (one,):
        yield one


@pytest.fixture
def english() -> Iterator[Server]:
    """The English sample site: the whole menu and the regions."""
    with serve("en") as (one,):
        yield one


@pytest.fixture
def place(tmp_path: Path, server: Server) -> Place:
    """Folders to build into, from the Spanish sample site."""
    return Place(tmp_path, server)


@pytest.fixture(scope="session")
def spanish_build(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """One build of the Spanish sample site, at the instant of its newest article. Nobody may change it."""
    with serve("es") as (one,):
        place = Place(tmp_path_factory.mktemp("spanish"), one)
        assert place.build_at(one.site.now).exit_code == 0
        return place


@pytest.fixture
def built(place: Place, spanish_build: Place) -> Place:
    """Folders that hold a first build of the Spanish sample site, which may go on from there."""
    place.copy_from(spanish_build)
    return place


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One build of all three editions. Nobody may change it."""
    with serve("en", "ar", "es") as servers:
        place = Place(tmp_path_factory.mktemp("whole"), *servers)
        result = place.build()
        assert result.code == 0, result
        yield place


@pytest.fixture(scope="session")
def feeds(whole: Place) -> dict[str, ReadFeed]:
    """The feeds of that build, by key."""
    return whole.feeds

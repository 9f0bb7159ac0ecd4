"""Pages are read on all cores where there are many: the feeds are the same, and no further process is ever missed."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from feedgen_mayadeen import readers
from tests.running import Answer, Place, Server, page, truncated
from tests.test_build import undated

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="puts shell scripts in the place of Python")

DEEP = page("<html><body><h1>Deep</h1>" + "<div>" * 500)
SCRIPTS = (
    None,
    "exit 1",
    "head -c 100 >/dev/null; exit 0",
    "echo nonsense; cat >/dev/null",
    "echo Loading; cat >/dev/null",
)
NO_ARTICLE = page("<html><body><p>Nothing</p></body></html>")


def content_of(place: Place) -> dict[str, bytes]:
    """The Atom files without the feeds of what moves, which tell when it was first seen."""
    return {name: content for name, (content, _) in place.files.items() if not name.endswith(("breaking.xml", "health.xml"))}


def problems_of(place: Place) -> list[tuple[str, str]]:
    """Builds, and tells what failed."""
    return sorted((problem.kind, problem.address) for problem in place.build_at(place.servers[0].site.now).problems)


@pytest.fixture
def in_one(server: Server, tmp_path: Path) -> tuple[Place, list[tuple[str, str]]]:
    """A first build in one process, and its problems: two articles fail, one has no date, one list breaks off."""
    answers: tuple[Answer, ...] = (DEEP, NO_ARTICLE)
    server.faults = {article.path: answer for article, answer in zip(server.site.articles, answers, strict=False)}
    server.faults["/videos"] = truncated
    undated(server, server.site.articles[5])
    place = Place(tmp_path / "alone", server)
    return place, problems_of(place)


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with two cores, and so few pages are many that the sample site has them."""
    monkeypatch.setattr(readers, "_cores", lambda: 2)
    monkeypatch.setattr(readers, "_MANY", 5)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What the further processes were asked, and whether each answered."""
    asked, ask = list[object](), readers._Other.ask

    def counted(self: readers._Other, *question: object) -> object:
        answer = ask(self, *question)
        asked.append(answer is not None)
        return answer

    monkeypatch.setattr(readers._Other, "ask", counted)
    return asked


@pytest.mark.usefixtures("many")
def test_more_processes_read_the_same(in_one: tuple[Place, list[tuple[str, str]]], place: Place, asked: list[object]) -> None:
    assert problems_of(place) == in_one[1]
    assert {kind for kind, _ in in_one[1]} == {"TooDeep", "NoArticle", "CutShort"}
    assert content_of(place) == content_of(in_one[0])
    assert all(asked)
    assert len(asked) > 10


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(
    "script",
    [None, "exit 1", "head -c 100 >/dev/null; exit 0", "echo nonsense; cat >/dev/null", "echo Loading; cat >/dev/null"],
)
def test_processes_that_do_not_answer_are_not_missed(
    in_one: tuple[Place, list[tuple[str, str]]],
    place: Place,
    asked: list[object],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    script: str | None,
) -> None:
    """They can't be begun, end at once, end on the way, or say something else."""
    python = tmp_path / "python"
    if script:
        python.write_text(f"#!/bin/sh\n{script}\n")
        python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    assert problems_of(place) == in_one[1]
    assert content_of(place) == content_of(in_one[0])
    assert asked
    assert not any(asked)


@pytest.mark.usefixtures("many")
def test_no_process_is_left(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, popen = list[subprocess.Popen[bytes]](), subprocess.Popen[bytes]

    def kept(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        begun.append(popen(*arguments, **options))
        return begun[-1]

    monkeypatch.setattr(subprocess, "Popen", kept)
    assert problems_of(place) == []
    assert len(begun) == 2
    assert all(process.poll() is not None for process in begun)


def test_few_pages_are_read_here(place: Place, asked: list[object]) -> None:
    assert problems_of(place) == []
    assert asked == []

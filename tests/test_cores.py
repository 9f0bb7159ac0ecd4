"""Pages are read on all cores: the feeds are the same, no further process is ever missed, and none is left."""

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests.running import Answer, Place, Server, page, run, truncated

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks as Linux does")

DEEP = page("<html><body><h1>Deep</h1>" + "<div>" * 500)
NO_ARTICLE = page("<html><body><p>Nothing</p></body></html>")
COMMAND = """
    import json, multiprocessing, os, sys
    from feedgen_mayadeen import cores
    from feedgen_mayadeen.cli import main

    {change}
    cores._cores = lambda: {cores}
    answers, ask = [], cores._Other.ask

    def counted(self, *task):
        answer = ask(self, *task)
        answers.append(answer is not None)
        return answer

    cores._Other.ask = counted
    try:
        main(sys.argv[2:])
    finally:
        left = len(multiprocessing.active_children())
        open(sys.argv[1], "w").write(json.dumps([answers, left]))
"""
"""The command in a process with so many cores; it tells whether each question to a further process was answered, and how
many processes were left at the end."""
FAILING = {
    "can't be begun": "cores._Other.__init__ = lambda self, before: open('/no/such/file')",
    "end at once": "cores._work = lambda tasks, others: None",
    "end on the way": "cores._work = lambda tasks, others: tasks.recv() and os._exit(1)",
    "are killed": "cores._work = lambda tasks, others: tasks.recv() and os.kill(os.getpid(), 9)",
}


def started(place: Place, told: Path, cores: int, change: str = "", *options: str) -> "subprocess.Popen[str]":
    """A build in a process of its own."""
    code = dedent(COMMAND.format(cores=cores, change=change))
    command = [sys.executable, "-c", code, str(told), "build", "--json", *place.options, *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


class Built:
    """A build that has ended: what was published, and how the further processes fared."""

    def __init__(self, place: Place, folder: Path, cores: int, change: str = "", *options: str) -> None:
        told = folder / "told.json"
        with started(place, told, cores, change, *options) as process:
            out, self.said = process.communicate()
        self.answers, self.left = json.loads(told.read_text())
        self.problems = sorted((problem["kind"], problem["address"]) for problem in json.loads(out)["problems"])
        # What moves tells when it was first seen.
        moving = ("breaking.xml", "health.xml")
        self.feeds = {name: content for name, (content, _) in place.files.items() if not name.endswith(moving)}


@pytest.fixture
def faulty(server: Server) -> Server:
    """Two articles fail, one list breaks off."""
    answers: tuple[Answer, ...] = (DEEP, NO_ARTICLE)
    server.faults = {article.path: answer for article, answer in zip(server.site.articles, answers, strict=False)}
    server.faults["/videos"] = truncated
    return server


@pytest.fixture
def on_one(faulty: Server, tmp_path: Path) -> Built:
    """A build on a machine with one core."""
    return Built(Place(tmp_path / "one", faulty), tmp_path, cores=1)


def test_more_processes_read_the_same(on_one: Built, place: Place, tmp_path: Path) -> None:
    built = Built(place, tmp_path, cores=2)
    assert (built.problems, built.feeds) == (on_one.problems, on_one.feeds)
    assert {kind for kind, _ in built.problems} == {"TooDeep", "NoArticle", "CutShort"}
    assert on_one.answers == []
    assert len(built.answers) > 10
    assert all(built.answers)
    assert built.left == 0


@pytest.mark.parametrize("change", FAILING.values(), ids=FAILING.keys())
def test_processes_that_do_not_answer_are_not_missed(on_one: Built, place: Place, tmp_path: Path, change: str) -> None:
    built = Built(place, tmp_path, cores=2, change=change)
    assert (built.problems, built.feeds) == (on_one.problems, on_one.feeds)
    assert not any(built.answers)
    assert bool(built.answers) == ("__init__" not in change)
    assert built.left == 0


def test_only_a_first_build_and_a_past_month_are_read_by_more(place: Place, server: Server, tmp_path: Path) -> None:
    assert Built(place, tmp_path, cores=2).answers
    server.site.edit(server.site.articles[0].postid, title="Otro título")
    assert Built(place, tmp_path, cores=2).answers == []
    server.site.edit(server.site.articles[0].postid, title="Otro más")
    assert Built(place, tmp_path, 2, "", "--backfill", f"{server.site.now:%Y-%m}").answers


def test_what_fails_elsewhere_is_done_here_and_reported_once(place: Place, tmp_path: Path) -> None:
    change = "import feedgen_mayadeen.reading as reading; own, here = reading.cards_of, os.getpid()"
    change += "\n    def cards_of(*a): return own(*a) if os.getpid() == here else 1 / 0"
    change += "\n    cards_of.__module__, cards_of.__qualname__ = '__main__', 'cards_of'; reading.cards_of = cards_of"
    built = Built(place, tmp_path, 2, change)
    assert not all(built.answers)
    assert any(built.answers)
    assert built.problems == []
    assert "Traceback" not in built.said


def test_a_process_with_several_threads_is_not_forked(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another thread may hold a lock in that moment, which nobody would free in the copy. The server is such a thread here."""

    def forked() -> int:
        raise AssertionError

    monkeypatch.setattr(os, "fork", forked)
    result = run("build", *place.options)
    assert result.code == 0, result.err


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_outlives_a_build_that_is_killed(place: Place, server: Server, tmp_path: Path, end: int) -> None:
    """Its children end by themselves: nobody is there any more who could ask."""
    asked, answered = os.pipe()

    def kill(_: object) -> None:
        os.write(answered, b".")

    server.faults[server.site.articles[0].path] = kill
    with started(place, tmp_path / "told.json", cores=2) as process:
        os.read(asked, 1)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        ends = [os.pidfd_open(int(child)) for child in children]
        process.send_signal(end)
        process.communicate()
    assert len(ends) == 2
    for child in ends:
        assert select.select([child], [], [], 30)[0]
    for handle in (asked, answered, *ends):
        os.close(handle)

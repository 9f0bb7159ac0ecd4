"""`build --backfill`: a month of the past is read by the sitemaps, politely, and goes on where it was stopped."""

import signal
import subprocess
import threading
from collections.abc import Iterator
from itertools import count

import pytest

from feedgen_mayadeen.sample import SampleArticle, SampleHandler
from feedgen_mayadeen.stop import StopReason, StopSignal
from tests.records import KEYS, numbers
from tests.running import Place, Server, command, run, sample, status

MONTH = "2026-10"


class Stopping(Server):
    """Sets `end` when it is asked for an article for the `after`th time since it was set."""

    end: StopSignal
    after = 0

    def answer(self, handler: SampleHandler, path: str) -> None:
        if path in {article.path for article in self.site.articles} and self.after:
            self.after -= 1
            if not self.after:
                self.end.request(StopReason.INTERRUPTED)
        super().answer(handler, path)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stopping]:
    """The Spanish sample site, whose lists show only their newest article."""
    monkeypatch.setattr("feedgen_mayadeen.sample.site.CARDS_LIST", 1)
    with Stopping(sample("es")) as one:
        yield one
    assert one.errors == []


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory, server: Stopping) -> Place:
    return Place(tmp_path_factory.mktemp("backfill"), server)


def of_month(server: Server) -> list[SampleArticle]:
    found = [article for article in server.site.articles if article.published_time.startswith(MONTH)]
    on_lists = {article.path for _, articles in server.site.lists().values() for article in articles}
    assert len({article.path for article in found} - on_lists) >= 2
    return found


def carded(server: Server) -> list[SampleArticle]:
    """The articles that the menu's lists and the Most Read box show."""
    lists = server.site.lists()
    found = {article.postid: article for path in KEYS["es"] for article in lists[path][1]}
    found |= {article.postid: article for article in server.site.most_read()}
    return list(found.values())


def articles_asked(server: Server) -> list[str]:
    known = {article.path for article in server.site.articles}
    return [path for path in server.paths if path in known]


def check_all_there(place: Place, server: Server) -> None:
    """All of the month's articles are in the feeds of their lists, and nothing else that no list shows."""
    wanted = {article.postid: article for article in (*carded(server), *of_month(server))}
    assert place.feeds["es/all"].numbers == numbers(wanted.values())
    for path, key in KEYS["es"].items():
        assert place.feeds[f"es/{key}"].numbers == numbers(a for a in wanted.values() if a.path.startswith(f"{path}/"))


def test_a_month_is_read_by_the_sitemap(place: Place, server: Stopping) -> None:
    assert place.build_with(server.site.now).exit_code == 0
    assert not set(server.paths) & {"/sitemaps/all.xml", "/sitemaps/news.xml"}
    before = set(articles_asked(server))
    report = place.build_with(server.site.now, backfill=MONTH)
    assert (report.exit_code, report.stopped) == (0, False)
    assert set(articles_asked(server)) == {article.path for article in of_month(server)} - before
    assert [path for path in server.paths if path.startswith("/sitemaps/all/")] == ["/sitemaps/all/sitemap-2026-10.xml"]
    assert len(set(server.paths)) == len(server.paths)
    check_all_there(place, server)
    files = place.files
    place.build_with(server.site.now)
    assert place.files == files


def test_a_month_may_be_the_first_thing_that_is_read(place: Place, server: Stopping) -> None:
    assert place.build_with(server.site.now, backfill=MONTH).exit_code == 0
    assert len(set(server.paths)) == len(server.paths)
    check_all_there(place, server)


@pytest.mark.parametrize("after", [1, 3])
def test_a_backfill_that_is_stopped_goes_on_without_asking_twice(place: Place, server: Stopping, after: int) -> None:
    asked: list[str] = []
    for number in count(1):
        server.end, server.after = StopSignal(), after
        report = place.build_with(server.site.now, stop=server.end, backfill=MONTH, fetch={"jobs": 2})
        asked += articles_asked(server)
        assert report.stopped == server.end.is_requested()
        assert report.articles_read == len(articles_asked(server)) <= after + 1
        shown = place.feeds["es/all"].numbers
        assert {article.postid for article in server.site.articles if article.path in asked} == set(shown)
        if not report.stopped:
            break
        assert (report.exit_code, report.problems) == (130, [])
        assert number < 20
    assert number > 2
    assert len(set(asked)) == len(asked)
    check_all_there(place, server)


def test_a_stop_while_the_lists_are_read_keeps_what_came(place: Place, server: Stopping) -> None:
    stop = StopSignal()

    def last(handler: SampleHandler) -> None:
        stop.request(StopReason.INTERRUPTED)
        reply = handler.sample.site.page("/noticias/politica")
        handler.send(reply.status, reply.content_type, reply.body)

    server.faults["/noticias/politica"] = last
    report = place.build_with(server.site.now, stop=stop, backfill=MONTH)
    assert report.stopped
    assert articles_asked(server) == []
    assert not any(path.startswith("/sitemaps") for path in server.paths)
    server.faults = {}
    assert place.build_with(server.site.now, backfill=MONTH).exit_code == 0
    check_all_there(place, server)


def test_a_month_that_no_sitemap_has_is_a_problem_and_the_rest_is_built(place: Place, server: Stopping) -> None:
    report = place.build_with(server.site.now, backfill="2025-01")
    assert report.exit_code == 1
    (problem,) = report.problems
    assert "2025-01" in problem.sentence
    assert place.feeds["es/all"].numbers == numbers(carded(server))


@pytest.mark.parametrize("path", ["/sitemaps/all/sitemap-2026-10.xml", "/sitemaps/all.xml"])
def test_a_sitemap_that_fails_is_a_problem_and_the_rest_is_built(place: Place, server: Stopping, path: str) -> None:
    server.faults[path] = status(500)
    report = place.build_with(server.site.now, backfill=MONTH)
    assert report.exit_code == 1
    assert report.problems
    assert set(place.feeds["es/all"].numbers) >= {article.postid for article in carded(server)}


@pytest.mark.parametrize("month", ["2025-13", "2025-00", "2025", "junio", "2025-6", "25-06", "2025-06-01", ""])
def test_what_is_no_month_is_refused(place: Place, server: Stopping, month: str) -> None:
    result = run("build", *place.options, "--backfill", month)
    assert result.code == 2
    assert "2025-06" in result.sentence
    assert server.requests == ()
    assert not place.state.exists()


def test_ctrl_c_ends_a_backfill_well_and_the_next_one_does_the_rest(place: Place, server: Stopping) -> None:
    """As a person does it: a process of its own, held in the middle of the articles until it has heard."""
    asked, release = threading.Event(), threading.Event()
    held = of_month(server)[-1]

    def hold(handler: SampleHandler) -> None:
        asked.set()
        release.wait(60)
        reply = handler.sample.site.page(handler.path)
        handler.send(reply.status, reply.content_type, reply.body)

    server.faults = dict.fromkeys([article.path for article in of_month(server)], hold)
    line = command("build", *place.options, "--backfill", MONTH, "--jobs", "1")
    with subprocess.Popen(line, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        try:
            assert asked.wait(60)
            process.send_signal(signal.SIGINT)
            assert process.stderr is not None
            for text in process.stderr:
                if "stopping" in text:
                    break
        finally:
            release.set()
        rest = process.stderr.read()
    assert process.returncode == 130
    assert "Traceback" not in rest
    assert "stopped" in rest
    assert held.path not in server.paths
    first = articles_asked(server)
    assert {a.postid for a in server.site.articles if a.path in first} == set(place.feeds["es/all"].numbers)
    server.faults = {}
    assert place.build("--backfill", MONTH).code == 0
    assert not set(articles_asked(server)) & set(first)
    check_all_there(place, server)

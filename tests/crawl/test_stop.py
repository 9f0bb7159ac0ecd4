"""When a run ends before all was asked for: its time is over, or a person stopped it. What is known is published."""

import json
import signal
from contextlib import nullcontext
from pathlib import Path

import pytest

from feedgen_mayadeen.config import Config
from feedgen_mayadeen.report import ListOutcome, Report
from feedgen_mayadeen.sample import SampleHandler
from feedgen_mayadeen.stop import StopReason, StopSignal
from tests.faults import answer, as_it_is, check_sentence, entries_of, health_of, status_of
from tests.records import KEYS
from tests.running import Place, Server, page, run, serve

OVER = "because the time for this run was over"
ONE_AT_A_TIME = {"jobs": 1}
LIST = "/noticias/deportes"
"""A list in the middle of the others."""


def ends(server: Server, path: str, why: StopReason) -> StopSignal:
    """An ending that is asked for while this page is answered; the answer still comes."""
    stop = StopSignal()

    def last(handler: SampleHandler) -> None:
        stop.request(why)
        as_it_is(handler)

    server.faults[path] = last
    return stop


def not_asked(report: Report) -> dict[str, int]:
    """How many lists and articles were not asked."""
    return {
        "list": sum(each.seen is ListOutcome.NOT_ASKED for each in report.lists),
        "article": report.articles_not_asked,
    }


def check_told(report: Report) -> None:
    """One problem for all lists that were not asked and one for all articles, each with their number and the reason."""
    told = [f"{number} {what}{'s' if number > 1 else ''}, {OVER}" for what, number in not_asked(report).items() if number]
    assert told
    for problem, text in zip(report.as_json()["problems"], told, strict=True):
        assert problem["kind"] == "NotAsked"
        assert text in problem["sentence"]
        check_sentence(problem)


def numbers(server: Server) -> list[str]:
    return [article.postid for article in server.site.articles]


# The time of a run


def test_a_run_whose_time_is_over_among_the_lists_publishes_what_is_known(place: Place, server: Server) -> None:
    stop = ends(server, LIST, StopReason.OUT_OF_TIME)
    report = place.build_with(server.site.now, stop=stop, fetch=ONE_AT_A_TIME)
    check_told(report)
    assert (report.exit_code, report.stopped) == (1, False)
    assert server.paths[-1] == LIST
    asked = [path for path in server.paths if path in server.site.lists()]
    assert not_asked(report)["list"] == len(KEYS["es"]) - len(asked) > 0
    assert [each.seen for each in report.lists if each.seen is not ListOutcome.NOT_ASKED] == [ListOutcome.READ] * len(asked)
    server.faults = {}
    report = place.build_with(server.site.now)
    assert (report.exit_code, report.problems) == (0, [])
    assert [request.status for request in server.requests if request.path in asked] == [304] * len(asked)
    assert place.feeds["es/all"].numbers == numbers(server)


@pytest.mark.parametrize("jobs", [1, 4])
def test_a_run_whose_time_is_over_among_the_articles_publishes_what_is_known(place: Place, server: Server, jobs: int) -> None:
    """And the next one does the rest, and asks for no article twice."""
    stop = ends(server, server.site.articles[5].path, StopReason.OUT_OF_TIME)
    report = place.build_with(server.site.now, stop=stop, fetch={"jobs": jobs})
    check_told(report)
    assert (report.exit_code, report.stopped) == (1, False)
    first = server.article_paths
    assert 0 < len(first) < len(server.site.articles)
    shown, entries = place.feeds["es/all"].numbers, entries_of(place)
    assert {article.postid for article in server.site.articles if article.path in first} == set(shown)

    server.faults = {}
    report = place.build_with(server.site.now)
    assert (report.exit_code, report.problems) == (0, [])
    assert set(server.article_paths) & set(first) == set()
    assert place.feeds["es/all"].numbers == numbers(server)
    assert entries - entries_of(place) == set()


def test_what_is_known_stays_when_time_is_over_before_any_list(built: Place, server: Server) -> None:
    before = built.files
    report = built.build_with(server.site.now, stop=ends(server, "/", StopReason.OUT_OF_TIME))
    assert server.paths == ["/robots.txt", "/"]
    assert {each.seen for each in report.lists} == {ListOutcome.NOT_ASKED}
    check_told(report)
    assert built.files == before


def test_time_that_is_over_during_a_wait_ends_the_wait_and_the_page_is_not_asked_again(
    place: Place, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    def wait(stop: StopSignal, seconds: float) -> bool:
        waits.append(seconds)
        stop.request(StopReason.OUT_OF_TIME)
        return True

    monkeypatch.setattr(StopSignal, "wait", wait)
    server.faults[LIST] = answer(503, "later", Retry_After="50")
    report = place.build_with(server.site.now, fetch=ONE_AT_A_TIME)
    assert len(waits) == 1
    assert server.paths[-1] == LIST
    assert server.paths.count(LIST) == 1
    assert report.exit_code == 1
    assert {problem.kind for problem in report.problems} == {"NotAsked"}


@pytest.mark.parametrize(("options", "seconds"), [((), 20 * 60), (("--deadline", "3"), 180), (("--deadline", "0.5"), 30)])
def test_the_time_of_a_run_is_what_the_option_says(
    place: Place, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], seconds: float
) -> None:
    given: list[float] = []

    def after(stop: StopSignal, seconds: float) -> nullcontext[None]:
        given.append(seconds)
        return nullcontext()

    monkeypatch.setattr(StopSignal, "after", after)
    assert place.build("--only", "videos", *options).code == 0
    assert given == [seconds]


def test_the_settings_tell_the_time_of_a_run_in_minutes() -> None:
    assert Config().build.deadline == 20


@pytest.mark.parametrize("value", ["0", "-1", "nan", "9999"])
def test_a_time_that_is_none_is_refused(place: Place, server: Server, value: str) -> None:
    result = run("build", *place.options, "--deadline", value)
    assert result.code == 2
    assert "deadline" in result.sentence
    assert server.requests == ()


def test_the_end_comes_by_itself_when_the_time_is_over() -> None:
    stop = StopSignal()
    with stop.after(0.001):
        assert stop.wait(60)
    assert stop.why is StopReason.OUT_OF_TIME


def test_whoever_asks_first_for_the_end_gives_the_reason() -> None:
    stop = StopSignal()
    assert not stop.is_requested()
    stop.request(StopReason.INTERRUPTED)
    stop.request(StopReason.OUT_OF_TIME)
    assert (stop.is_requested(), stop.why) == (True, StopReason.INTERRUPTED)


def test_a_run_that_is_done_in_time_is_not_ended(place: Place, server: Server) -> None:
    stop = StopSignal()
    report = place.build_with(server.site.now, stop=stop)
    assert (report.exit_code, stop.is_requested()) == (0, False)


def test_a_crawl_delay_longer_than_the_deadline_ends_the_run(place: Place, server: Server) -> None:
    server.faults["/robots.txt"] = page("User-agent: *\nCrawl-delay: 86400\n", "text/plain")
    result = place.build("--deadline", "0.001")
    assert result.code == 3
    assert not place.out.exists()


# A person


@pytest.mark.parametrize("stage", ["robots", "home", "lists", "articles"])
@pytest.mark.parametrize("is_first", [True, False], ids=["first", "later"])
def test_what_a_person_stopped_is_no_problem_of_the_site(
    place: Place, spanish_build: Place, server: Server, stage: str, is_first: bool
) -> None:
    path = {"robots": "/robots.txt", "home": "/", "lists": LIST, "articles": server.site.articles[5].path}[stage]
    if not is_first:
        place.copy_from(spanish_build)
        server.site.edit(server.site.articles[5].postid, title="Otro título")
        server.site.edit(server.site.articles[6].postid, title="Otro título más")
    report = place.build_with(server.site.now, stop=ends(server, path, StopReason.INTERRUPTED), fetch=ONE_AT_A_TIME)
    assert server.paths[-1] == path
    assert report.stopped
    assert report.problems == []

    server.faults = {}
    report = place.build_with(server.site.now)
    assert (report.exit_code, report.problems) == (0, [])
    assert place.feeds["es/all"].numbers == numbers(server)


def test_what_a_person_stopped_is_no_problem_of_the_next_edition(tmp_path: Path) -> None:
    with serve("es", "ar") as (spanish, arabic):
        place = Place(tmp_path, spanish, arabic)
        stop = ends(spanish, spanish.site.articles[5].path, StopReason.INTERRUPTED)
        report = place.build_with(spanish.site.now, stop=stop, fetch=ONE_AT_A_TIME)
        assert arabic.paths == []
        assert report.stopped
        assert report.problems == []


@pytest.mark.parametrize("path", ["/robots.txt", "/", LIST])
def test_what_a_person_stopped_is_no_failure_of_a_feed(built: Place, server: Server, path: str) -> None:
    built.build_with(server.site.now, stop=ends(server, path, StopReason.INTERRUPTED), health={"after": 1})
    rows = status_of(built)["feeds"]
    assert {row["failures"] for row in rows} == {0}
    assert {row["state"] for row in rows} == {"ok"}
    assert len(health_of(built).entries) == 1


def test_ctrl_c_ends_with_130_and_tells_no_problem(place: Place, server: Server) -> None:
    def last(handler: SampleHandler) -> None:
        signal.raise_signal(signal.SIGINT)
        as_it_is(handler)

    server.faults[server.site.articles[5].path] = last
    result = place.build("--jobs", "1")
    assert result.code == 130
    assert "the next build goes on from here" in result.err
    report = json.loads(result.out)
    assert report["problems"] == []
    assert report["articles_not_asked"] > 0


def test_a_build_whose_time_is_over_ends_with_1_and_tells_what_was_not_asked(
    place: Place, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    endings: list[StopSignal] = []

    def after(stop: StopSignal, seconds: float) -> nullcontext[None]:
        endings.append(stop)
        return nullcontext()

    def last(handler: SampleHandler) -> None:
        endings[0].request(StopReason.OUT_OF_TIME)
        as_it_is(handler)

    monkeypatch.setattr(StopSignal, "after", after)
    server.faults[server.site.articles[5].path] = last
    result = run("build", *place.options)
    assert result.code == 1
    (told,) = (line for line in result.err.splitlines() if line.startswith("problem:"))
    assert OVER in told
    assert "was not asked" in told

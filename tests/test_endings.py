"""A build that ends before all was asked: its time is over, or the site refuses. What is known is published."""

import socket

import pytest

from feedgen_mayadeen.ending import Ending, Why
from feedgen_mayadeen.sample import SampleHandler
from tests.running import Answer, Place, Server, page, run, status


def ends(ending: Ending, why: Why) -> Answer:
    """The page as it is, and with it the end of the run."""

    def answer(handler: SampleHandler) -> None:
        ending.ask(why)
        reply = handler.sample.site.page(handler.path)
        handler.send(reply.status, reply.content_type, reply.body)

    return answer


@pytest.mark.parametrize("where", ["lists", "articles"])
def test_what_is_known_when_the_time_is_over_is_published_and_the_rest_is_made_up_for(
    place: Place, server: Server, where: str
) -> None:
    ending = Ending()
    path = "/noticias" if where == "lists" else server.site.articles[-1].path
    server.faults[path] = ends(ending, Why.OUT_OF_TIME)
    report = place.build_with(server.site.now, ending=ending, fetch={"jobs": 1})
    assert (report.exit_code, report.stopped) == (1, False)
    sentences = [problem.sentence for problem in report.problems if problem.kind == "NotAsked"]
    assert 1 <= len(sentences) <= 2, "one for lists, one for articles"
    assert all("because the time for this run was over" in sentence for sentence in sentences)
    asked = server.article_paths
    assert (place.out / "status.json").exists()
    shown = place.feeds["es/all"].numbers if "es/all" in place.feeds else []
    assert set(asked) == {article.path for article in server.site.articles if article.postid in shown}
    server.faults = {}
    assert place.build_with(server.site.now).exit_code == 0
    assert not set(asked) & set(server.article_paths)
    assert place.feeds["es/all"].numbers == [article.postid for article in server.site.articles]


def test_ctrl_c_makes_no_problem_of_what_was_not_asked(place: Place, server: Server) -> None:
    ending = Ending()
    server.faults["/noticias"] = ends(ending, Why.INTERRUPTED)
    report = place.build_with(server.site.now, ending=ending, fetch={"jobs": 1})
    assert report.stopped
    assert report.problems == []


def test_a_deadline_is_given_in_minutes(place: Place, server: Server) -> None:
    result = place.build("--deadline", "0.000001")
    assert result.code == 3
    assert "time for this run was over" in result.err or "time for this run was over" in result.out


def test_after_three_refusals_in_a_row_the_rest_is_one_problem(built: Place, server: Server) -> None:
    for path in server.site.lists():
        server.faults[path] = status(403)
    result = built.build("--jobs", "1")
    report = result.report
    (problem,) = (each for each in report["problems"] if each["kind"] == "NotAsked")
    assert "lists, because the site refused the requests before" in problem["sentence"]
    refused = [each for each in report["problems"] if each["kind"] == "Blocked"]
    assert len(refused) == 3
    assert [each["seen"] for each in report["lists"]].count("not asked") == len(report["lists"]) - 3


def test_a_wait_that_is_too_long_is_left_for_the_next_build(built: Place, server: Server) -> None:
    server.faults["/noticias/deportes"] = status(429, {"Retry-After": "3600"})
    result = built.build()
    assert result.code == 1
    (problem,) = result.report["problems"]
    assert "asks to wait 3600 s" in problem["sentence"]
    assert server.paths.count("/noticias/deportes") == 1


def test_a_crawl_delay_longer_than_the_deadline_ends_the_run(place: Place, server: Server) -> None:
    server.faults["/robots.txt"] = page("User-agent: *\nCrawl-delay: 86400\n", "text/plain")
    result = place.build("--deadline", "0.001")
    assert result.code == 3
    assert not place.out.exists()


def test_a_host_whose_name_leads_to_a_private_address_is_not_asked(
    place: Place, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def everything_is_here(host: str, port: int, *arguments: object, **options: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.server_port))]

    monkeypatch.setattr("socket.getaddrinfo", everything_is_here)
    server.reset()
    result = run("build", *place.folders, "--edition", "es", "--delay", "0", "--json")
    assert result.code == 3
    assert {each["kind"] for each in result.report["problems"]} == {"PrivateAddress"}
    assert server.requests == ()
    assert not place.out.exists()

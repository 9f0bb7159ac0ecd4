"""Only the page that was asked: an answer that is another page changes nothing, and what one brought in leaves again."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from feedgen_mayadeen.sample import SampleHandler
from tests.running import Answer, Place, Server, redirect, serve

POLITICS, FEED = "/news/politics", "news/politics"


def shows(path: str) -> Answer:
    """Status 200 with what stands at another address."""

    def answer(handler: SampleHandler) -> None:
        reply = handler.sample.site.page(path)
        handler.send(reply.status, reply.content_type, reply.body)

    return answer


ANSWERS: dict[str, Answer] = {
    "redirect to the home page": redirect("/"),
    "redirect up": redirect("/news"),
    "redirect to a sibling": redirect("/news/sports"),
    "200 with the home page": shows("/"),
    "200 with a sibling": shows("/news/sports"),
    "200 with the page above": shows("/news"),
}


@pytest.fixture
def english_place(tmp_path: Path) -> Iterator[Place]:
    with serve("en") as (server,):
        yield Place(tmp_path, server)


def own_numbers(server: Server) -> set[str]:
    return {article.postid for article in server.site.lists()[POLITICS][1]}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
def test_another_page_changes_nothing_however_often_it_comes(english_place: Place, answer: Answer) -> None:
    (server,) = english_place.servers
    newest = server.site.lists()[POLITICS][1][0]
    server.site.now = newest.published - timedelta(minutes=1)
    assert english_place.build().code == 0
    before = english_place.feeds[FEED].numbers
    server.faults[POLITICS] = answer
    for _ in range(3):
        result = english_place.build()
        assert result.code == 1
        (problem,) = [each for each in result.report["problems"] if each["kind"] == "AnotherPage"]
        assert problem["address"].endswith(POLITICS)
        assert "another page" in problem["sentence"]
        assert english_place.feeds[FEED].numbers == before
    server.faults.clear()
    server.site.now = newest.published
    assert english_place.build().code == 0
    numbers = english_place.feeds[FEED].numbers
    assert numbers[0] == newest.postid
    assert set(numbers) <= own_numbers(server)


def test_another_page_at_the_first_build_brings_nothing_in(english_place: Place) -> None:
    (server,) = english_place.servers
    server.faults[POLITICS] = shows("/news/sports")
    assert english_place.build().code == 1
    foreign = {article.postid for article in server.site.lists()["/news/sports"][1]} - own_numbers(server)
    assert foreign
    assert not foreign & set(english_place.feeds[FEED].numbers if FEED in english_place.feeds else ())


def test_what_a_wrong_page_brought_in_leaves_once_the_list_is_read_rightly(
    english_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A version before believed every answer."""
    (server,) = english_place.servers
    believe: Callable[..., None] = lambda *given: None  # noqa: E731
    with monkeypatch.context() as patch:
        patch.setattr("feedgen_mayadeen.crawl.lists.another_page", believe)
        patch.setattr("feedgen_mayadeen.crawl.lists._expel_foreign", believe)
        patch.setattr("feedgen_mayadeen.crawl.articles.lists_of", _as_before)
        server.faults[POLITICS] = shows("/news/sports")
        english_place.build()
    foreign = {article.postid for article in server.site.lists()["/news/sports"][1]} - own_numbers(server)
    assert foreign & set(english_place.feeds[FEED].numbers)
    server.faults.clear()
    assert english_place.build().code == 0
    assert set(english_place.feeds[FEED].numbers) <= own_numbers(server)


def _as_before(article: object, lists: object, carded: frozenset[str], sections: object = ()) -> frozenset[str]:
    return carded

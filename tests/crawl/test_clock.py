"""A machine whose clock is wrong: the site's dates are taken where most pages speak against it, and heal what it dated."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from feedgen_mayadeen.sample import SampleArticle
from feedgen_mayadeen.store import Memory
from tests.feeds import ReadFeed
from tests.records import numbers
from tests.running import Place, Server, page, status

DAYS = timedelta(days=3)


def shown(place: Place) -> dict[str, ReadFeed]:
    """The feeds of articles, without those that have no date but that of the clock."""
    return {key: feed for key, feed in place.feeds.items() if not key.endswith(("breaking", "most-read"))}


def test_a_clock_three_days_behind_is_doubted_against_the_sites_dates(tmp_path: Path, english: Server) -> None:
    right, wrong = Place(tmp_path / "right", english), Place(tmp_path / "wrong", english)
    now = english.site.now
    assert right.build_at(now).exit_code == 0
    report = wrong.build_at(now - DAYS)
    assert (report.exit_code, report.problems) == (0, [])
    (warning,) = report.warnings
    assert "this machine's clock seems to be wrong: it shows 2026-11-11" in warning
    assert shown(wrong) == shown(right)
    report = wrong.build_at(now)
    assert (report.exit_code, report.warnings) == (0, [])
    assert shown(wrong) == shown(right)


def test_a_clock_months_behind_makes_no_list_suspicious(place: Place, server: Server, spanish_build: Place) -> None:
    report = place.build_at(server.site.now - timedelta(days=300))
    assert (report.exit_code, report.problems, len(report.warnings)) == (0, [], 1)
    assert shown(place)["es/all"] == shown(spanish_build)["es/all"]


def test_a_clock_that_has_gone_back_is_doubted_for_one_new_article(built: Place, server: Server) -> None:
    article = server.site.articles[0]
    server.site.delete(article.postid)
    fresh = Place(built.out.parent / "fresh", server)
    fresh.build_at(server.site.now)
    server.site._articles[article.postid] = article
    server.site.now = article.published
    report = fresh.build_at(article.published - timedelta(days=20))
    assert (report.problems, len(report.warnings)) == ([], 1)
    assert datetime.fromisoformat(fresh.feeds["es/all"].entry(article.postid).published) == article.published


def move(server: Server, article: SampleArticle, by: timedelta) -> None:
    """Has an article's page, and it alone, show other dates."""

    def rewrite(text: str) -> str:
        for date in {article.published_time, article.last_updated}:
            text = text.replace(date, (datetime.fromisoformat(date) + by).isoformat())
        return text

    server.rewrites[article.path] = rewrite


def test_the_sites_date_heals_an_entry_that_the_clock_dated(place: Place, server: Server) -> None:
    article, now = server.site.articles[3], server.site.now
    move(server, article, timedelta(days=8))
    report = place.build_at(now)
    assert [problem.kind for problem in report.problems] == ["SuspiciousPage"]
    first = place.feeds["es/all"].entry(article.postid)
    assert datetime.fromisoformat(first.published) == now

    report = place.build_at(now + DAYS)  # long after a young article is looked at again
    assert report.problems == []
    assert f"tag:espanol.almayadeen.net,2021:{article.postid}" in report.fresh
    feed = place.feeds["es/all"]
    healed = feed.entry(article.postid)
    assert healed.id == first.id
    assert datetime.fromisoformat(healed.published) == article.published + timedelta(days=8)
    assert feed.numbers[0] == article.postid
    lists = [one for key, one in place.feeds.items() if article.postid in one.numbers and key != "es/most-read"]
    assert len(lists) > 1
    assert {one.numbers[0] for one in lists} == {article.postid}


def test_an_article_without_a_date_is_looked_at_no_longer_than_others(place: Place, server: Server) -> None:
    article, now = server.site.articles[3], server.site.now
    bare = server.site.page(article.path).body.decode()
    for date in {article.published_time, article.last_updated}:
        bare = bare.replace(date, "")
    server.faults[article.path] = page(re.sub(r'<time.*?</time>|"(published_time|last_updated)": "[^"]*",?', "", bare))
    place.build_at(now)
    place.build_at(now + DAYS)
    assert article.path not in server.paths


def test_a_wrong_date_that_stays_is_not_asked_for_in_every_build(place: Place, server: Server) -> None:
    article, now = server.site.articles[3], server.site.now
    move(server, article, timedelta(days=400))
    place.build_at(now)
    asked = 0
    for hour in range(1, 49):
        place.build_at(now + timedelta(hours=hour), only=["noticias"])
        asked += article.path in server.paths
    assert 1 <= asked <= 7


@pytest.mark.parametrize("days", [3, 40])
def test_a_clock_that_was_ahead_keeps_no_article_from_being_tried_again(
    place: Place, server: Server, days: int, tmp_path: Path
) -> None:
    article, now = server.site.articles[3], server.site.now
    server.faults[article.path] = status(500)
    for _ in range(3):
        place.build_with(now + timedelta(days=days), fetch={"retries": 0})
    server.faults = {}
    place.build_at(now)
    assert place.feeds["es/all"].numbers == numbers(server.site.articles)


def test_a_dating_is_remembered(place: Place, server: Server) -> None:
    place.build_at(server.site.now)
    with Memory(place.state, keep=False) as memory:
        assert {memory.articles.get(n).dated.value for n in (1, 2, 3)} == {"site"}  # type: ignore[union-attr]

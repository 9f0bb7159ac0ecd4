"""Pages that are worse than usual: what they add is taken, what they lack stays, and they are reported as suspicious."""

import re
from datetime import timedelta

import pytest

from feedgen_mayadeen.report import Report
from tests.running import Place, Server

NEWS = "noticias"


@pytest.fixture
def long(place: Place, server: Server) -> Place:
    """A list that has shown many articles, and one that is published afterwards."""
    newest, *others = server.site.articles
    server.site.now = others[0].published
    report = place.build_at(server.site.now)
    assert report.exit_code == 0
    assert seen(report, NEWS)[1] >= 4
    server.site.now = newest.published
    return place


def seen(report: Report, key: str) -> tuple[str, int]:
    (found,) = (each for each in report.lists if each.key == key)
    return found.seen.value, found.cards


def suspicions(report: Report) -> list[str]:
    return [problem.sentence for problem in report.problems if problem.kind == "SuspiciousPage"]


def without_last_cards(text: str) -> str:
    listing = re.search(r'<div class="row listing">(.*?)<button', text, re.DOTALL)
    assert listing
    links = re.findall(r"<h4>.*?</h4>", listing[1], re.DOTALL)
    assert len(links) >= 4
    end = listing[1].index(links[1])
    kept = listing[1][:end]
    return text.replace(listing[1], kept[: kept.rindex("<a ")])


def test_a_short_page_takes_nothing_away(long: Place, server: Server) -> None:
    before = long.feeds[f"es/{NEWS}"].numbers
    server.rewrites[f"/{NEWS}"] = without_last_cards
    report = long.build_at(server.site.now)
    assert report.exit_code == 1
    assert seen(report, NEWS)[0] == "suspicious"
    (sentence,) = suspicions(report)
    assert "where it usually has" in sentence
    assert set(before) < set(long.feeds[f"es/{NEWS}"].numbers)
    server.rewrites = {}
    report = long.build_at(server.site.now)
    assert (report.exit_code, seen(report, NEWS)[0]) == (0, "read")


def test_a_page_that_stays_short_becomes_the_usual_one(long: Place, server: Server) -> None:
    server.rewrites[f"/{NEWS}"] = without_last_cards
    results = [seen(long.build_at(server.site.now + timedelta(hours=hour)), NEWS)[0] for hour in range(7)]
    assert results[0] == "suspicious"
    assert results[-1] in ("read", "unchanged")
    assert results.count("suspicious") == 5


def test_titles_that_are_all_alike_are_not_believed(long: Place, server: Server) -> None:
    before = {entry.number: entry.title for entry in long.feeds[f"es/{NEWS}"].entries}
    server.rewrites[f"/{NEWS}"] = lambda text: re.sub(
        r"<h4>.*?</h4>", "<h4>Al Mayadeen Español: noticias</h4>", text, flags=re.DOTALL
    )
    report = long.build_at(server.site.now)
    assert any("same title" in sentence for sentence in suspicions(report))
    after = {entry.number: entry.title for entry in long.feeds[f"es/{NEWS}"].entries}
    assert before.items() < after.items()
    assert len(report.fresh) == 1


def test_cards_with_dates_in_the_future_are_not_believed(long: Place, server: Server) -> None:
    server.rewrites[f"/{NEWS}"] = lambda text: re.sub(r"(\d{1,2} \w+ )20\d\d", r"\g<1>2099", text)
    report = long.build_at(server.site.now)
    assert any("lie in the future" in sentence for sentence in suspicions(report))
    assert server.site.articles[0].postid in long.feeds[f"es/{NEWS}"].numbers


def test_an_article_from_the_future_is_dated_when_it_was_first_seen(long: Place, server: Server) -> None:
    newest = server.site.articles[0]
    server.rewrites[newest.path] = lambda text: re.sub(r"20\d\d(-\d\d-\d\dT\d\d:\d\d)", r"2099\1", text)
    report = long.build_at(server.site.now)
    assert any("lies in the future" in sentence for sentence in suspicions(report))
    entry = long.feeds["es/all"].entry(newest.postid)
    assert entry.published == server.site.now.isoformat()
    assert long.feeds["es/all"].updated <= entry.updated
    server.rewrites = {}
    long.build_at(server.site.now + timedelta(hours=2))
    assert long.feeds["es/all"].entry(newest.postid).published == entry.published

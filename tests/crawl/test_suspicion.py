"""A page that is worse than it has been: what it adds is taken, what it lacks stays, and it is reported until it is usual."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from feedgen_mayadeen.crawl.suspicion import suspicion_of_list, without_future_dates
from feedgen_mayadeen.models import Article, Card
from feedgen_mayadeen.report import ListOutcome, Report
from feedgen_mayadeen.sample import SampleHandler
from feedgen_mayadeen.store import Memory
from tests.faults import check_sentence, entries_of, status_of
from tests.records import KEYS, numbers
from tests.running import HTML, Place, Server

NOW = datetime(2026, 11, 14, 12, tzinfo=UTC)
CARD = re.compile(r'<div class="no-gap.*?</div>\s*</div>\s*</div>', re.DOTALL)


def teasers(number: int, title: str | None = None) -> list[Card]:
    return [Card(f"https://espanol.almayadeen.net/a/{n}", title or f"Título {n}") for n in range(number)]


# A list


@pytest.mark.parametrize(("cards", "usual"), [(1, 4), (1, 24), (11, 24), (12, 25), (2, 5)])
def test_fewer_than_half_of_the_usual_cards_are_doubted(cards: int, usual: int) -> None:
    told = suspicion_of_list(teasers(cards), usual, (), NOW)
    assert told is not None
    assert f"{cards} articles, where it usually has {usual}" in told


@pytest.mark.parametrize(("cards", "usual"), [(1, 0), (1, 1), (1, 3), (2, 4), (12, 24), (24, 24), (30, 24), (13, 25)])
def test_half_of_the_usual_cards_and_lists_with_few_are_not_doubted(cards: int, usual: int) -> None:
    assert suspicion_of_list(teasers(cards), usual, (), NOW) is None


@pytest.mark.parametrize("title", ["Título", "  título ", "TÍTULO"])
def test_titles_that_are_all_alike_are_doubted(title: str) -> None:
    cards = [*teasers(3, "Título"), *teasers(1, title)]
    assert "4 cards all have the same title" in (suspicion_of_list(cards, 4, (), NOW) or "")


@pytest.mark.parametrize("cards", [teasers(3, "Título"), [*teasers(9, "Título"), *teasers(1, "Otro")], teasers(4, " ")])
def test_titles_that_happen_to_be_alike_are_not_doubted(cards: list[Card]) -> None:
    """Two of a series have one title; cards without any title are pictures."""
    assert suspicion_of_list(cards, 0, (), NOW) is None


@pytest.mark.parametrize("ahead", [3, 4])
def test_dates_that_mostly_lie_in_the_future_are_doubted(ahead: int) -> None:
    dates = [*[NOW - timedelta(days=1)] * (4 - ahead), *[NOW + timedelta(days=400)] * ahead]
    told = suspicion_of_list(teasers(4), 4, dates, NOW)
    assert f"{ahead} of its 4 dates lie in the future, such as 2027-12-19" in (told or "")


@pytest.mark.parametrize("dates", [(), [NOW + timedelta(hours=23)] * 4, [NOW + timedelta(days=9)] * 2 + [NOW] * 2])
def test_dates_that_may_be_right_are_not_doubted(dates: list[datetime]) -> None:
    """A clock may be wrong by an offset; an announced event has its date on a card."""
    assert suspicion_of_list(teasers(4), 4, dates, NOW) is None


# An article


@pytest.mark.parametrize("field", ["published", "updated"])
def test_an_instant_in_the_future_is_left_out_of_an_article(field: str) -> None:
    ahead = NOW + timedelta(days=2)
    published, updated = (ahead if name == field else NOW for name in ("published", "updated"))
    article, told = without_future_dates(Article("https://x/", "Título", published=published, updated=updated), NOW)
    assert (article.published, article.updated) == ((None, NOW) if field == "published" else (NOW, None))
    assert ahead.isoformat() in (told or "")


def test_an_instant_of_today_or_none_at_all_is_not_doubted() -> None:
    for instant in (None, NOW, NOW + timedelta(hours=23)):
        article = Article("https://x/", "Título", published=instant, updated=instant)
        assert without_future_dates(article, NOW) == (article, None)


# In a build


def fewer(text: str, keep: int = 1) -> str:
    """The page with its first cards only."""
    cards = iter(range(1000))
    return CARD.sub(lambda card: card[0] if next(cards) < keep else "", text)


def alike(text: str) -> str:
    """The page with one title on all cards."""
    return re.sub(r"<h4>[^<]*</h4>", "<h4>Portada</h4>", text)


def in_the_future(text: str) -> str:
    """The page with the date of a year to come on all cards."""
    return re.sub(r'(<div class="time"><p>)[^<]*', r"\g<1>3 Ene 2031 10:00", text)


WORSE: dict[str, tuple[Callable[[str], str], str]] = {
    "fewer": (fewer, "articles, where it usually has"),
    "alike": (alike, "all have the same title"),
    "future": (in_the_future, "dates lie in the future"),
}
EACH = pytest.mark.parametrize(("worse", "says"), WORSE.values(), ids=WORSE)
LIST = "/noticias"
"""A list with enough cards to be doubted; its articles stand on further lists."""


def check_reported(report: Report, says: str) -> None:
    assert report.exit_code == 1
    (problem,) = report.as_json()["problems"]
    assert problem["kind"] == "SuspiciousPage"
    assert problem["address"] == f"https://espanol.almayadeen.net{LIST}"
    assert says in problem["sentence"]
    check_sentence(problem)
    (summary,) = (each for each in report.lists if each.key == "noticias")
    assert summary.seen is ListOutcome.SUSPICIOUS


def cards_of(place: Place) -> tuple[str, ...]:
    """The articles that memory takes the list to show."""
    with Memory(place.state, keep=False) as archive:
        return archive.lists.cards("es", "noticias")


def requests_for(server: Server, path: str) -> list[tuple[int, bool]]:
    """The status of each request for a page, and whether it asked for changes only."""
    return [(one.status, "If-None-Match" in one.headers) for one in server.requests if one.path == path]


@EACH
def test_a_worse_list_is_reported_and_changes_nothing(
    built: Place, server: Server, worse: Callable[[str], str], says: str
) -> None:
    before, cards, now = built.files, cards_of(built), server.site.now
    server.rewrites[LIST] = worse
    for _ in range(2):
        report = built.build_with(now)
        check_reported(report, says)
        assert server.article_paths == [], "a doubted title is no reason to ask for an article again"
        assert built.files == before
        assert cards_of(built) == cards
    assert requests_for(server, LIST) == [(200, False)], "in full: nobody knows what it was"
    row = next(row for row in status_of(built)["feeds"] if row["key"] == "noticias")
    assert row["failures"] == 2
    assert says in row["reason"]

    server.rewrites = {}
    report = built.build_with(now)
    assert (report.exit_code, report.problems) == (0, [])
    assert requests_for(server, LIST) == [(200, False)]
    assert server.article_paths == []
    built.build_with(now)
    assert requests_for(server, LIST) == [(304, True)]
    assert built.files == before


@EACH
def test_what_a_worse_list_adds_joins_and_nothing_leaves(
    place: Place, server: Server, worse: Callable[[str], str], says: str
) -> None:
    newest = server.site.articles[0]
    now = server.site.now
    server.site.now = server.site.articles[1].published
    place.build_with(server.site.now)
    before = entries_of(place)
    titles = {entry.id: entry.title for entry in place.feeds["es/all"].entries}
    server.site.now = now
    server.rewrites[LIST] = worse
    # Nothing else tells of the newest article, so that it can only have come from the doubted list.
    link = re.compile(rf'<a href="[^"]*{newest.postid}[^"]*">')
    for other in ("/", *(path for path in KEYS["es"] if path != LIST)):
        server.rewrites[other] = lambda text: link.sub('<a href="/about">', text)
    report = place.build_with(now)
    assert "SuspiciousPage" in {problem.kind for problem in report.problems}
    assert newest.path in server.article_paths
    assert newest.postid in place.feeds["es/noticias"].numbers
    assert before - entries_of(place) == set()
    assert {entry.id: entry.title for entry in place.feeds["es/all"].entries if entry.number != newest.postid} == titles
    assert place.feeds["es/all"].entry(newest.postid).title == newest.title


@EACH
def test_a_list_that_is_worse_at_first_sight_is_read(
    place: Place, server: Server, worse: Callable[[str], str], says: str
) -> None:
    server.rewrites[LIST] = worse
    report = place.build_with(server.site.now)
    assert place.feeds["es/all"].numbers == [article.postid for article in server.site.articles]
    assert [says in problem.sentence for problem in report.problems] == ([] if worse is fewer else [True])
    server.rewrites = {}
    assert place.build_with(server.site.now).problems == []


def test_after_five_short_readings_the_short_page_is_the_usual_one(built: Place, server: Server) -> None:
    server.rewrites[LIST] = fewer
    doubted = []
    for _ in range(7):
        report = built.build_with(server.site.now)
        doubted.append([problem.kind for problem in report.problems])
    assert doubted == [["SuspiciousPage"]] * 5 + [[]] * 2
    assert requests_for(server, LIST) == [(304, True)]


def test_a_page_that_is_short_and_another_one_each_time_is_the_usual_one_as_well(built: Place, server: Server) -> None:
    counts = []
    for number in range(6):
        server.rewrites[LIST] = partial(fewer, keep=1 + number % 2)
        counts.append(len(built.build_with(server.site.now).problems))
    assert counts == [1, 1, 1, 1, 1, 0]


@pytest.mark.parametrize("keep", [5, 8, 9])
def test_a_small_change_makes_no_suspicion(built: Place, server: Server, keep: int) -> None:
    """Nine cards are usual; of the others some are gone, with their articles, as happens on any day."""
    server.rewrites[LIST] = lambda text: fewer(text, keep)
    report = built.build_with(server.site.now)
    assert (report.exit_code, report.problems) == (0, [])


def test_ordinary_news_make_no_suspicion(place: Place, server: Server) -> None:
    """The site as it goes on from its first article to its last."""
    for article in reversed(server.site.articles):
        server.site.now = article.published
        report = place.build_with(article.published)
        assert (report.exit_code, report.problems) == (0, [])


def test_a_followed_tag_whose_first_pages_were_read_at_once_is_not_short_afterwards(built: Place, server: Server) -> None:
    """Its first reading goes on over further pages; the usual number of cards is that of one page."""
    articles = server.site.articles
    pages = [list(articles[start : start + 3]) for start in (1, 4, 7, 10)]

    def tagged(handler: SampleHandler) -> None:
        number = int(parse_qs(urlsplit(handler.path).query).get("page", ["1"])[0])
        cards = "".join(f'<li><h3><a href="{quote(one.path)}">{one.title}</a></h3></li>' for one in pages[number - 1])
        more = f'<a rel="next" href="?page={number + 1}">Siguiente</a>' if number < len(pages) else ""
        handler.send(200, HTML, f"<main><h1>Ajedrez</h1><ul>{cards}</ul>{more}</main>".encode())

    server.faults["/tags/ajedrez"] = tagged
    assert built.build_with(server.site.now, tags={"follow": ["Ajedrez"]}).exit_code == 0
    assert server.paths.count("/tags/ajedrez") == len(pages)
    pages[0] = [articles[0], *pages[0][:2]]
    report = built.build_with(server.site.now, tags={"follow": ["Ajedrez"]})
    assert server.paths.count("/tags/ajedrez") == 1
    assert (report.exit_code, report.problems) == (0, [])


# An article's date in a build


def test_an_article_from_the_future_is_dated_when_first_seen_until_its_page_is_well(place: Place, server: Server) -> None:
    article = server.site.articles[3]
    now, future = server.site.now, "2031-01-03T10:00:00+02:00"
    dates = re.compile("|".join(map(re.escape, {article.published_time, article.last_updated})))
    server.rewrites[article.path] = lambda text: dates.sub(future, text)
    report = place.build_with(now)
    assert report.exit_code == 1
    (problem,) = report.as_json()["problems"]
    assert problem["kind"] == "SuspiciousPage"
    assert problem["address"].endswith(quote(article.path))
    assert f"its date, {future}, lies in the future" in problem["sentence"]
    check_sentence(problem)
    entry = place.feeds["es/all"].entry(article.postid)
    assert {datetime.fromisoformat(entry.published), datetime.fromisoformat(entry.updated)} == {now}

    report = place.build_with(now + timedelta(minutes=1))
    assert (report.exit_code, report.problems) == (0, [])
    server.rewrites = {}
    asked = 0
    for hours in (1, 9, 20):
        assert place.build_with(now + timedelta(hours=hours)).problems == []
        asked += article.path in server.article_paths
    assert asked, "the page, which is well again, was read"
    healed = place.feeds["es/all"].entry(article.postid)
    assert datetime.fromisoformat(healed.published) == article.published
    assert place.feeds["es/all"].numbers == numbers(server.site.articles)


def test_a_known_article_keeps_its_date_when_its_page_tells_one_in_the_future(built: Place, server: Server) -> None:
    article = server.site.articles[3]
    before = built.feeds["es/all"].entry(article.postid)
    future = "2031-01-03T10:00:00+02:00"
    server.site.edit(article.postid, title="Otro título")
    dates = re.compile("|".join(map(re.escape, {article.published_time, article.last_updated})))
    server.rewrites[article.path] = lambda text: dates.sub(future, text)
    report = built.build_with(server.site.now)
    assert [problem.kind for problem in report.problems] == ["SuspiciousPage"]
    entry = built.feeds["es/all"].entry(article.postid)
    assert (entry.title, entry.published, entry.id) == ("Otro título", before.published, before.id)
    assert datetime.fromisoformat(entry.updated) <= server.site.now

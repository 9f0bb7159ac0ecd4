"""The feeds that are no lists of the menu: tags, coverages and authors, the ticker's lines, the Most Read box."""

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from feedgen_mayadeen.report import Report
from feedgen_mayadeen.sample import SampleArticle, SampleHandler, TickerLine
from feedgen_mayadeen.text import normalize_text
from tests.feeds import ReadFeed
from tests.records import (
    BREAKING,
    KEYS,
    MOST_READ,
    TOPICS,
    busy,
    feed_keys,
    file_key,
    newest_first,
    numbers,
    topic_feeds,
    topic_key,
    topics,
)
from tests.running import HTML, Place, Server, page, run

Feeds = dict[str, ReadFeed]
BASICS = {"/robots.txt", "/"}


def topic_feeds_of(feeds: Feeds, code: str) -> dict[str, list[str]]:
    """The post numbers in the feeds of topics, by key."""
    folders = tuple(file_key(code, f"{kind}/") for kind in TOPICS)
    start = len(file_key(code, ""))
    return {key[start:]: feed.numbers for key, feed in feeds.items() if key.startswith(folders)}


def alternate(feed: ReadFeed) -> str:
    (address,) = (address for rel, address in feed.links if rel == "alternate")
    return address


@pytest.fixture
def further(whole: Place, tmp_path: Path) -> Place:
    """Folders that hold a build of all editions, which may go on from there; the sites may not be changed."""
    place = Place(tmp_path, *whole.servers)
    place.copy_from(whole)
    return place


# Topics


@pytest.mark.parametrize("code", KEYS)
def test_topics_have_the_feeds_that_the_records_give(whole: Place, feeds: Feeds, code: str) -> None:
    (site,) = (server.site for server in whole.servers if server.site.edition.key == code)
    assert topic_feeds_of(feeds, code) == topic_feeds(site)


def test_the_records_have_topics_of_every_kind_to_look_at(whole: Place) -> None:
    """Without this the test above could pass for want of anything to look at."""
    (site,) = (server.site for server in whole.servers if server.site.edition.key == "en")
    assert {key.partition("/")[0] for key in topic_feeds(site)} == set(TOPICS)
    assert len(topics(site, "tags")) > len(busy(site, "tags"))


@pytest.mark.parametrize(("least", "days", "limit"), [(2, 90, 20), (3, 20, 2), (1, 3660, 20)])
def test_the_thresholds_are_settings_and_topics_need_no_request(further: Place, least: int, days: int, limit: int) -> None:
    now = max(server.site.now for server in further.servers)
    report = further.build_with(now, tags={"min_articles": least, "window_days": days, "limit": limit})
    assert report.exit_code == 0
    feeds = further.feeds
    for server in further.servers:
        site, code = server.site, server.site.edition.key
        # What had a feed before keeps it.
        wanted = topic_feeds(site, least, days, limit) | topic_feeds(site, limit=limit)
        assert topic_feeds_of(feeds, code) == wanted
        assert set(server.paths) == {*BASICS, *KEYS[code]}
        staff = {feed.title for key, feed in feeds.items() if "authors/" in key and feed.title.startswith("Al Mayadeen ")}
        assert staff == set()


def test_a_topics_feed_tells_what_it_is(further: Place) -> None:
    further.build_with(max(server.site.now for server in further.servers), tags={"min_articles": 3})
    feeds = further.feeds
    for server in further.servers:
        site, code = server.site, server.site.edition.key
        paths = {"tags": site.tag_path, "coverage": site.coverage_path, "authors": site.author_path}
        for kind in TOPICS:
            for label in busy(site, kind, 3):
                feed = feeds[file_key(code, topic_key(kind, label))]
                assert feed.title == f"{label} — {site.edition.name}"
                assert label in feed.subtitle
                assert (feed.language, feed.author) == (site.edition.lang, site.edition.name)
                path = paths[kind](label)
                pages = (site.page(article.path).body.decode() for article in topics(site, kind)[label])
                is_linked = any(f'"{quote(path, safe="/:")}"' in text for text in pages)
                assert alternate(feed) == site.origin + (quote(path) if is_linked else "/")


def test_repeated_empty_and_differently_spaced_keywords_are_one_tag(place: Place, server: Server) -> None:
    first, second, *_ = server.site.articles
    server.site.edit(first.postid, keywords=" Dos  faros,,Dos faros , \u00a0,Dos\u00a0faros")
    server.site.edit(second.postid, keywords="Dos\u200b faros")
    place.build_with(server.site.now, tags={"min_articles": 2})
    assert place.feeds["es/tags/dos-faros"].numbers == [first.postid, second.postid]
    assert [key for key in place.feeds if "dos" in key] == ["es/tags/dos-faros"]


def with_later_news(server: Server, number: int, later: timedelta, **fields: Any) -> list[SampleArticle]:
    """Keeps back the newest articles: they are published `later`, with other fields. Returns them, oldest first."""
    site = server.site
    held, start = site.articles[:number][::-1], site.articles[number].published
    for minutes, article in enumerate(held):
        at = (start + later + timedelta(minutes=minutes)).isoformat()
        site.edit(article.postid, published_time=at, last_updated=at, **fields)
    site.now = start
    return list(held)


def test_a_topic_that_falls_below_keeps_its_feed(place: Place, server: Server) -> None:
    site = server.site
    with_later_news(server, 1, timedelta(days=400), keywords="Nada", coverage="", author=site.edition.staff)
    tags = {"min_articles": 2}
    place.build_with(site.now, tags=tags)
    before = {name: content for name, (content, _) in place.files.items() if name.startswith(("es/tags", "es/coverage"))}
    assert len(before) > 2
    site.now = max(site.now, site.articles[0].published) + timedelta(days=401)
    report = place.build_with(site.now, tags=tags)
    assert place.feeds["es/all"].numbers[0] == site.articles[0].postid
    assert {name: place.files[name][0] for name in before} == before
    assert {feed.outcome for feed in report.feeds if feed.key.startswith("tags/")} == {"unchanged"}


def test_only_the_busiest_topics_have_feeds_and_one_that_loses_its_place_loses_its_file(place: Place, server: Server) -> None:
    site = server.site
    with_later_news(server, 6, timedelta(days=1), keywords="Cometas")
    tags: Mapping[str, Any] = {"min_articles": 1, "max_feeds": 1}
    place.build_with(site.now, tags=tags)
    ((old, _),) = [(key, feed) for key, feed in place.feeds.items() if key.startswith("es/tags/")]
    counts = {topic_key("tags", label): len(articles) for label, articles in busy(site, "tags", 1).items()}
    assert counts[old.removeprefix("es/")] == max(counts.values())
    assert len(counts) > 1

    site.now += timedelta(days=2)
    place.build_with(site.now, tags=tags)
    assert [key for key in place.feeds if key.startswith("es/tags/")] == ["es/tags/cometas"]
    assert place.feeds["es/tags/cometas"].numbers == numbers(site.articles[:6])
    assert not (place.out / f"{old}.xml").exists()
    summary = {row["key"] for row in run("list", "--state", place.state, "--edition", "es", "--json").rows}
    assert {key for key in summary if key.startswith("tags/")} == {"tags/cometas"}


def test_a_bound_of_none_leaves_only_followed_tags(built: Place, server: Server) -> None:
    none = {"max_feeds": 0}
    built.build_with(server.site.now, tags={"min_articles": 1, "follow": ["Nieve"], **none}, coverage=none, authors=none)
    assert set(topic_feeds_of(built.feeds, "es")) == {"tags/nieve"}


# Followed tags


def note_of(report: Report, word: str) -> list[str]:
    return [note for note in report.notes if word in note]


def test_a_followed_tags_page_is_found_through_the_articles_that_link_to_it(place: Place, server: Server) -> None:
    site, tags = server.site, {"follow": ["Ajedrez"]}
    first = place.build_with(site.now, tags=tags)
    assert site.tag_path("Ajedrez") not in server.paths
    assert note_of(first, "Ajedrez")
    assert place.feeds["es/tags/ajedrez"].numbers == numbers(topics(site, "tags")["Ajedrez"])
    second = place.build_with(site.now, tags=tags)
    assert site.tag_path("Ajedrez") in server.paths
    assert set(server.paths) == {*BASICS, *KEYS["es"], site.tag_path("Ajedrez")}
    (summary,) = (one for one in second.lists if one.key == "tags/ajedrez")
    assert (summary.way, summary.seen, summary.cards) == ("tag link", "read", 2)
    assert second.exit_code == 0
    assert not note_of(second, "Ajedrez")
    assert alternate(place.feeds["es/tags/ajedrez"]) == site.origin + site.tag_path("Ajedrez")


def only_there(server: Server, article: SampleArticle) -> None:
    """Takes an article's link off every list page that the site itself draws."""
    server.rewrites["listing"] = lambda text: text.replace(f'"{quote(article.path)}"', '"#"')


def cards(articles: list[SampleArticle]) -> str:
    return "".join(f'<li><h3><a href="{quote(a.path)}">{a.title}</a></h3></li>' for a in articles)


@pytest.mark.parametrize("path", ["/tags/ajedrez", "/keyword/123/ajedrez", "/es/tema/77-ajedrez"])
def test_a_followed_tags_page_is_read_as_a_list_whatever_its_address(built: Place, server: Server, path: str) -> None:
    """What stands in its cards belongs to it, though no keyword and no other list says so."""
    site = server.site
    site.edit(site.articles[0].postid, keywords="Ajedrez")
    stray = site.edit(site.articles[8].postid, path="/noticias/nunca/visto", keywords="")
    only_there(server, stray)
    server.rewrites["article"] = lambda text: text.replace('"/tags/ajedrez"', f'"{path}"')
    here = [site.articles[0], stray]
    server.faults[path] = page(f"<main><h1>Ajedrez</h1><ul>{cards(here)}</ul></main>")
    tags = {"follow": ["Ajedrez"]}
    # The second look at the edited article finds its link.
    built.build_with(site.now + timedelta(hours=1), tags=tags)
    report = built.build_with(site.now + timedelta(hours=2), tags=tags)
    assert report.exit_code == 0
    assert server.paths.count(path) == 1
    wanted = {*numbers(here), *(a.postid for a in topics(site, "tags")["Ajedrez"])}
    assert set(built.feeds["es/tags/ajedrez"].numbers) == wanted
    assert alternate(built.feeds["es/tags/ajedrez"]) == site.origin + path


def test_a_followed_tag_is_read_deeper_on_first_sight_only(built: Place, server: Server) -> None:
    site = server.site
    old = [site.edit(article.postid, keywords="") for article in site.articles[3:9]]
    pages = [[a] for a in old]

    def answer(handler: SampleHandler) -> None:
        number = int(parse_qs(urlsplit(handler.path).query).get("page", ["1"])[0])
        more = f'<a rel="next" href="?page={number + 1}">Siguiente</a>' if number < len(pages) else ""
        handler.send(200, HTML, f"<main><h1>Ajedrez</h1><ul>{cards(pages[number - 1])}</ul>{more}</main>".encode())

    server.faults["/tags/ajedrez"] = answer
    tags = {"follow": ["Ajedrez"]}

    def asked() -> list[str]:
        return [request.query for request in server.requests if request.path == "/tags/ajedrez"]

    built.build_with(site.now, tags=tags)
    first = asked()
    assert first[0] == ""
    assert 1 < len(first) <= len(pages)
    assert len(set(first)) == len(first)
    assert {a.postid for a in old[: len(first)]} <= set(built.feeds["es/tags/ajedrez"].numbers)
    pages[0] = [site.articles[0], *pages[0]]
    built.build_with(site.now, tags=tags)
    assert asked() == [""]
    assert site.articles[0].postid in built.feeds["es/tags/ajedrez"].numbers


def test_tags_are_followed_in_any_script_and_an_unknown_one_is_a_note(further: Place) -> None:
    place = Place(further.out.parent, next(one for one in further.servers if one.site.edition.key == "ar"))
    (server,) = place.servers
    site = server.site
    report = place.build_with(site.now, tags={"follow": ["منارات", "لا أحد"]})
    assert report.exit_code == 0
    assert len(note_of(report, "لا أحد")) == 1
    assert server.paths.count(site.tag_path("منارات")) == 1
    assert topic_feeds_of(place.feeds, "ar") == {"tags/منارات": numbers(topics(site, "tags")["منارات"])}


def test_a_followed_tags_page_is_left_alone_when_something_else_is_built(built: Place, server: Server) -> None:
    built.build_with(server.site.now, build={"only": ["videos"]}, tags={"follow": ["Ajedrez"]})
    assert set(server.paths) == {*BASICS, "/videos"}


def test_a_followed_tags_page_that_fails_is_named_and_its_feed_stays(built: Place, server: Server) -> None:
    tags = {"follow": ["Ajedrez"]}
    built.build_with(server.site.now, tags=tags)
    before = built.files
    server.faults["/tags/ajedrez"] = page("<h1>No</h1>")
    report = built.build_with(server.site.now, tags=tags)
    assert report.exit_code == 1
    assert [problem.address for problem in report.problems] == [f"{server.site.origin}/tags/ajedrez"]
    assert built.files == before


# The ticker

START = datetime(2026, 11, 14, 10, tzinfo=UTC)
CLOCKS = {
    "UTC": lambda at: at,
    "another offset in every build": lambda at: at.astimezone(timezone(timedelta(hours=at.minute % 7 - 3))),
}


@pytest.mark.parametrize("clock", CLOCKS.values(), ids=CLOCKS)
def test_ten_builds_of_a_changing_ticker(built: Place, server: Server, clock: Any) -> None:
    """Each line once, in the order of first sight, its date never moves; nothing else in any feed does."""
    site = server.site
    lines = [TickerLine(f"Línea número {n}", site.articles[n % 3].postid if n % 3 == 0 else "") for n in range(40)]
    site.set_ticker(())
    built.build_with(START)
    others = {name: file for name, file in built.files.items() if name != "es/breaking.xml"}
    seen_before = {entry.id for entry in built.feeds["es/breaking"].entries}
    shown: list[TickerLine] = []
    dates: dict[str, str] = {}
    for number in range(1, 11):
        # Two or three new lines on top, some old ones leave, and one that had left comes back.
        shown = lines[: 3 * number]
        site.set_ticker([*shown[::-1][:7], *shown[:1]])
        at = START + timedelta(minutes=11 * number)
        report = built.build_with(clock(at))
        assert report.exit_code == 0
        entries = [entry for entry in built.feeds["es/breaking"].entries if entry.id not in seen_before]
        assert [entry.title for entry in entries] == [line.text for line in shown[::-1]]
        assert len({entry.id for entry in entries}) == len(entries)
        for entry in entries:
            assert dates.setdefault(entry.title, entry.published) == entry.published == entry.updated
        for entry in entries[:3]:
            assert abs(datetime.fromisoformat(entry.published) - at) < timedelta(seconds=1)
        assert {name: file for name, file in built.files.items() if name != "es/breaking.xml"} == others
    for entry, line in zip(entries, shown[::-1], strict=True):
        article = site.find(line.article)
        assert entry.link == (site.origin + quote(article.path) if article else f"{site.origin}/")


@pytest.mark.parametrize("code", KEYS)
def test_the_ticker_of_every_edition_is_read(whole: Place, feeds: Feeds, code: str) -> None:
    (site,) = (server.site for server in whole.servers if server.site.edition.key == code)
    feed = feeds[file_key(code, BREAKING)]
    assert [entry.title for entry in feed.entries] == [normalize_text(line.text) for line in site.ticker]
    links = [site.find(line.article) for line in site.ticker]
    assert [entry.link for entry in feed.entries] == [site.origin + (quote(a.path) if a else "/") for a in links]
    assert feed.language == site.edition.lang
    assert {entry.author for entry in feed.entries} == {site.edition.name}


def test_a_home_page_without_a_ticker_leaves_the_lines(built: Place, server: Server) -> None:
    before = built.files
    server.site.set_ticker(())
    assert built.build_with(server.site.now).exit_code == 0
    assert built.files["es/breaking.xml"] == before["es/breaking.xml"]


def test_more_lines_than_a_feed_shows_stay_known(built: Place, server: Server) -> None:
    """A line that is in the feed no more is not new when it comes back."""
    site = server.site
    for number in range(5):
        site.set_ticker([f"Línea {number}-{n}" for n in range(60)])
        built.build_with(START + timedelta(hours=number), build={"limit": 5})
    before = built.files["es/breaking.xml"]
    assert [entry.title for entry in built.feeds["es/breaking"].entries] == [f"Línea 4-{n}" for n in range(5)]
    site.set_ticker(["Línea 0-0", "Línea 0-59"])
    built.build_with(START + timedelta(days=1), build={"limit": 5})
    assert built.files["es/breaking.xml"] == before


# The Most Read box


def days_of(feed: ReadFeed) -> list[str]:
    days = [[term for term, _, scheme in entry.categories if scheme.endswith(":most-read")] for entry in feed.entries]
    assert all(len(one) == 1 for one in days)
    return [day for (day,) in days]


@pytest.mark.parametrize("code", KEYS)
def test_the_most_read_articles_are_in_the_order_of_the_box(whole: Place, feeds: Feeds, code: str) -> None:
    (site,) = (server.site for server in whole.servers if server.site.edition.key == code)
    assert feeds[file_key(code, MOST_READ)].numbers == [article.postid for article in site.most_read()]


def test_an_article_in_the_most_read_box_keeps_the_day_on_which_it_entered(place: Place, server: Server) -> None:
    site = server.site
    a, b, c, d = (article.postid for article in site.articles[2:6])
    stray = site.articles[7]
    only_there(server, stray)
    orders = [(a, b, c), (c, a, d), (d, stray.postid, a), (b, d)]
    days = []
    for number, order in enumerate(orders):
        site.edition = replace(site.edition, most_read=order)
        assert place.build_with(START + timedelta(days=number)).exit_code == 0
        feed = place.feeds[f"es/{MOST_READ}"]
        assert feed.numbers == list(order)
        days.append(dict(zip(order, days_of(feed), strict=True)))
    first, second, third, fourth = ((START + timedelta(days=n)).date().isoformat() for n in range(4))
    assert days == [
        {a: first, b: first, c: first},
        {c: first, a: first, d: second},
        {d: second, stray.postid: third, a: first},
        {b: fourth, d: second},
    ]


def test_the_day_is_that_of_greenwich(place: Place, server: Server) -> None:
    place.build_with(datetime(2026, 11, 15, 1, tzinfo=timezone(timedelta(hours=3))))
    assert set(days_of(place.feeds[f"es/{MOST_READ}"])) == {"2026-11-14"}


# Switches, titles, choice


def kind_of(key: str, code: str) -> str:
    key = key.removeprefix(file_key(code, ""))
    named = {"all": "all", BREAKING: "breaking", MOST_READ: "most_read"}
    first = key.partition("/")[0]
    return named.get(key) or (first if first in (*TOPICS, "regions") and "/" in key else "sections")


@pytest.mark.parametrize(
    "off",
    [("all", "regions", "most_read", "coverage"), ("sections", "breaking", "tags", "authors")],
    ids=" ".join,
)
def test_every_kind_can_be_switched_off(further: Place, off: tuple[str, ...]) -> None:
    english = next(one for one in further.servers if one.site.edition.key == "en")
    place = Place(further.out.parent, english)
    place.out = further.out.parent / "elsewhere"
    report = place.build_with(english.site.now, feeds=dict.fromkeys(off, False))
    assert report.exit_code == 0
    wanted = {key for key in feed_keys(english.site) if kind_of(key, "en") not in off}
    assert wanted < feed_keys(english.site)
    assert set(place.feeds) == wanted


def test_files_of_a_kind_that_is_switched_off_stay(built: Place, server: Server) -> None:
    built.build_with(server.site.now, tags={"min_articles": 2})
    before = built.files
    server.site.set_ticker(["Algo nuevo"])
    kinds = ("all", "sections", "breaking", "most_read", *TOPICS)
    report = built.build_with(server.site.now, tags={"min_articles": 2}, feeds=dict.fromkeys(kinds, False))
    assert report.exit_code == 0
    assert report.feeds == []
    assert built.files == before


def test_a_feed_can_be_renamed(built: Place, server: Server) -> None:
    titles = {
        "es/all": "Todito",
        "es/noticias/política": "Mi política",
        "es/tags/faros": "Luces & <faros>",
        f"es/{BREAKING}": "Ya mismo",
        f"es/{MOST_READ}": "Lo leído",
        "noticias": "no es su ruta",
    }
    built.build_with(server.site.now, tags={"min_articles": 3})
    before = built.feeds
    built.build_with(server.site.now, tags={"min_articles": 3}, titles=titles)
    for key, feed in built.feeds.items():
        if key in titles:
            assert feed.title == f"{titles[key]} — {server.site.edition.name}"
            assert (feed.id, feed.entries) == (before[key].id, before[key].entries)
        else:
            assert feed == before[key]


@pytest.mark.parametrize(
    ("only", "kinds"), [("tags/*", ["tags"]), ("authors/*", ["authors"]), ("coverage/*", ["coverage"]), ("*s/*s", TOPICS[::2])]
)
def test_only_chooses_topics_by_their_keys(built: Place, server: Server, only: str, kinds: list[str]) -> None:
    Path("feeds.toml").write_text("[tags]\nmin_articles = 3\n")
    before = built.files
    result = built.build("--only", only)
    assert result.code == 0
    new = built.files.keys() - before.keys()
    wanted = {key for key in topic_feeds(server.site, 3) if key.partition("/")[0] in kinds}
    assert new == {f"es/{key}.xml" for key in wanted if only != "*s/*s" or key.endswith("s")} != set()
    assert {name: file for name, file in built.files.items() if name in before} == before


def test_only_the_tags_of_a_first_build(place: Place, server: Server) -> None:
    Path("feeds.toml").write_text("[tags]\nmin_articles = 3\n")
    assert place.build("--only", "tags/*").code == 0
    assert set(place.feeds) == {f"es/{key}" for key in topic_feeds(server.site, 3) if key.startswith("tags/")}


# Safe names

ODD = [
    "../../etc/passwd",
    "..",
    "CON",
    "con",
    "nul.txt",
    "<b>",
    "<script>alert(1)</script>",
    "🕊",
    "Gaza",
    "GAZA",
    "gaza",
    "غزة",
    "غَزَّة",
    "ل" * 300,
    "x" * 300,
    "x" * 299 + "y",
    "X" * 300,
    "C:\\temp\\a",
    "a/b",
    "a?b#c%2F",
    "& \"quoted\" 'single'",
    "archive",
    "index",
    "-",
    "breaking.archive-1",
]


def test_odd_tags_get_safe_and_distinct_names_and_keep_their_labels(place: Place, server: Server, tmp_path: Path) -> None:
    site = server.site
    carriers = site.articles[:2]
    for article in carriers:
        site.edit(article.postid, keywords=",".join(ODD))
    before = set(tmp_path.rglob("*"))
    report = place.build_with(site.now, tags={"min_articles": 2})
    assert report.exit_code == 0
    folder = place.out / "es" / "tags"
    made = [path for path in tmp_path.rglob("*") if path not in before and not path.is_dir() and folder not in path.parents]
    assert all(path.is_relative_to(place.out) or path.is_relative_to(place.state) for path in made)

    labels = {feed.title: key for key, feed in place.feeds.items() if key.startswith("es/tags/")}
    suffix = f" — {site.edition.name}"
    for label in ODD:
        assert normalize_text(label) + suffix in labels
    assert len({feed.id for feed in place.feeds.values()}) == len(place.feeds)

    names = [path.name for path in folder.glob("*.xml")]
    assert all(path.is_file() for path in folder.iterdir())
    assert len(names) == len(labels)
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        stem = name.removesuffix(".xml")
        assert len(name.encode()) <= 200
        assert any(c.isalnum() for c in stem), f"nothing to see in {name!a}"
        assert not set(stem) & set('<>:"/\\|?*%#&')
        assert stem.strip(". ") == stem
        assert stem.upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "COM¹", "LPT1"}
    for label in ODD:
        feed = place.feeds[labels[normalize_text(label) + suffix]]
        assert {article.postid for article in carriers} <= set(feed.numbers)
        for number in (article.postid for article in carriers):
            terms = [term for term, _, scheme in feed.entry(number).categories if scheme.endswith(":tag")]
            assert terms == list(dict.fromkeys(map(normalize_text, ODD)))


@pytest.mark.parametrize("labels", [("Straße", "STRASSE"), ("ΟΔΟΣ", "οδοσ"), ("Ǆ", "ǆ")], ids=ascii)
def test_names_that_differ_in_case_only_are_distinct_where_files_have_no_case(
    place: Place, server: Server, labels: tuple[str, str]
) -> None:
    """As macOS folds it: full case folding, one form of composed letters."""
    server.site.edit(server.site.articles[0].postid, keywords=",".join(labels))
    place.build_with(server.site.now, tags={"min_articles": 1})
    suffix = f" — {server.site.edition.name}"
    names = {feed.title.removesuffix(suffix): key for key, feed in place.feeds.items() if key.startswith("es/tags/")}
    assert len({unicodedata.normalize("NFC", names[label]).casefold() for label in labels}) == 2


@pytest.mark.parametrize("label", ["❤️", "1️⃣", "☺️", "👨‍👩‍👧", "…", "´"], ids=ascii)
def test_a_tag_of_signs_alone_gets_a_name_that_can_be_seen(place: Place, server: Server, label: str) -> None:
    server.site.edit(server.site.articles[0].postid, keywords=label)
    place.build_with(server.site.now, tags={"min_articles": 1})
    title = f"{normalize_text(label)} — {server.site.edition.name}"
    (key,) = (key for key, feed in place.feeds.items() if feed.title == title)
    name = key.removeprefix("es/tags/")
    assert name.isprintable()
    assert not any(unicodedata.category(c).startswith("M") for c in name[:1]), ascii(name)


def test_odd_coverages_and_authors_get_safe_names_too(place: Place, server: Server) -> None:
    site = server.site
    odd = ["../../../x", "CON", "🕊", "غزة"]
    for number, label in enumerate(odd):
        site.edit(site.articles[number].postid, coverage=label, author=label[::-1], author_kind="writer")
    place.build_with(site.now, tags={"min_articles": 1})
    suffix = f" — {site.edition.name}"
    for kind, labels in (("coverage", odd), ("authors", [label[::-1] for label in odd])):
        found = {feed.title for key, feed in place.feeds.items() if key.startswith(f"es/{kind}/")}
        assert {normalize_text(label) + suffix for label in labels} <= found
    assert {path.parent.name for path in (place.out / "es").rglob("*.xml")} == {
        "es",
        "noticias",
        "tags",
        "coverage",
        "authors",
    }


def test_names_stay_when_others_with_the_same_letters_come(place: Place, server: Server) -> None:
    site = server.site
    with_later_news(server, 2, timedelta(days=1), keywords="GAZA")
    for article in site.articles[:2]:
        site.edit(article.postid, keywords="Gaza")
    place.build_with(site.now, tags={"min_articles": 2})
    assert place.feeds["es/tags/gaza"].title.startswith("Gaza ")
    site.now += timedelta(days=2)
    place.build_with(site.now, tags={"min_articles": 2})
    titles = {key: feed.title.partition(" ")[0] for key, feed in place.feeds.items() if key.startswith("es/tags/gaza")}
    assert titles.pop("es/tags/gaza") == "Gaza"
    assert list(titles.values()) == ["GAZA"]
    assert newest_first(site.articles[:2]) == list(site.articles[:2])

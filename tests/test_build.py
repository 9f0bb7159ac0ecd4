"""The main job from outside: what the feeds hold, what the site is asked, and what a later build changes."""

import re
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from html import escape
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import lxml.html
import pytest

from feedgen_mayadeen.build import build
from feedgen_mayadeen.context import Plan
from feedgen_mayadeen.sample import SampleArticle, SampleHandler, SampleSite
from feedgen_mayadeen.sample.body import blocks
from feedgen_mayadeen.stop import StopSignal
from feedgen_mayadeen.text import normalize_text
from tests.feeds import ReadEntry, ReadFeed
from tests.records import BREAKING, EVERYTHING, KEYS, MOST_READ, expected_numbers, feed_keys, file_key
from tests.running import Place, Server, command, config_of, dropped, files_of, page, run, serve, status

TEXT = "text/plain; charset=utf-8"
Feeds = dict[str, ReadFeed]


def site_of(place: Place, code: str) -> SampleSite:
    (site,) = (server.site for server in place.servers if server.site.edition.key == code)
    return site


def text_of(html: str) -> str:
    return " ".join("".join(map(str, lxml.html.fromstring(f"<div>{html}</div>").itertext())).split())


LISTS = [(code, path) for code, paths in KEYS.items() for path in paths]


# What a first build writes


@pytest.mark.parametrize("code", KEYS)
def test_what_the_records_give_has_a_feed_and_nothing_else_has(whole: Place, feeds: Feeds, code: str) -> None:
    """Everything, the lists, the moving boxes of the home page, and the topics with enough articles."""
    found = {key for key in feeds if (key.partition("/")[0] if key.startswith(("ar/", "es/")) else "en") == code}
    assert found == {file_key(code, key) for key in feed_keys(site_of(whole, code))}


@pytest.mark.parametrize(("code", "path"), LISTS)
def test_a_feed_holds_exactly_the_articles_of_its_list_newest_first(whole: Place, feeds: Feeds, code: str, path: str) -> None:
    feed = feeds[file_key(code, KEYS[code][path])]
    assert feed.numbers == expected_numbers(site_of(whole, code), path)
    assert feed.numbers


@pytest.mark.parametrize("code", KEYS)
def test_the_feed_of_everything_holds_the_newest_of_all_lists(whole: Place, feeds: Feeds, code: str) -> None:
    feed = feeds[file_key(code, EVERYTHING)]
    assert feed.numbers == expected_numbers(site_of(whole, code), None)


@pytest.mark.parametrize(("code", "path"), LISTS)
def test_a_feed_tells_what_it_is(whole: Place, feeds: Feeds, code: str, path: str) -> None:
    site, key = site_of(whole, code), KEYS[code][path]
    feed = feeds[file_key(code, key)]
    label = site.lists()[path][0]
    assert feed.title == f"{label} — {site.edition.name}"
    assert label in feed.subtitle
    assert feed.language == site.edition.lang
    assert feed.author == site.edition.name
    assert feed.generator == "feedgen-mayadeen"
    assert feed.icon
    assert feed.icon.startswith(site.origin)
    assert feed.rights
    assert datetime.fromisoformat(feed.updated) == max(datetime.fromisoformat(e.updated) for e in feed.entries)
    assert sorted(feed.links) == [
        ("alternate", site.origin + path),
        ("self", f"{config_of().build.base_url.rstrip('/')}/{quote(file_key(code, key))}.xml"),
    ]


def test_feeds_have_ids_of_their_own_and_an_article_has_the_same_entry_in_all_of_them(feeds: Feeds) -> None:
    assert len({feed.id for feed in feeds.values()}) == len(feeds)
    raws: dict[str, set[bytes]] = {}
    for key, feed in feeds.items():
        assert len(set(feed.numbers)) == len(feed.numbers)
        for entry in feed.entries:
            raw, days = re.subn(rb'\s*<category [^>]*2021:most-read"[^>]*/>', b"", entry.raw)
            assert days == key.endswith(MOST_READ)
            raws.setdefault(entry.id, set()).add(raw)
    assert {len(different) for different in raws.values()} == {1}


def every_entry(feeds: Feeds, code: str) -> dict[str, ReadEntry]:
    return {entry.number: entry for key in KEYS[code].values() for entry in feeds[file_key(code, key)].entries}


@pytest.mark.parametrize("code", KEYS)
def test_entries_agree_with_the_site(whole: Place, feeds: Feeds, code: str) -> None:
    """Every article of every list: what a subscriber sees is what the editors wrote."""
    site = site_of(whole, code)
    entries = every_entry(feeds, code)
    assert len(entries) == len(site.articles)
    for article in site.articles:
        check_entry(site, article, entries[article.postid])


def check_entry(site: SampleSite, article: SampleArticle, entry: ReadEntry) -> None:
    assert entry.id == f"tag:{site.edition.host},2021:{article.postid}"
    assert entry.title == normalize_text(article.title)
    assert entry.link.isascii()
    assert unquote(entry.link) == site.url(article)
    assert (entry.published, entry.updated) == (article.published_time, article.last_updated)
    assert entry.author == article.author
    if article.author_kind == "writer":
        assert entry.author_address is not None
        assert unquote(entry.author_address) == site.origin + site.author_path(article.author)
    assert entry.summary == (normalize_text(article.description) or None)
    assert entry.durations == ((article.video_duration,) if article.video_duration else ())
    check_pictures(site, article, entry)
    check_categories(site, article, entry)
    check_body(site, article, entry)


def check_pictures(site: SampleSite, article: SampleArticle, entry: ReadEntry) -> None:
    address = site.media_url(article.thumbnail)
    assert entry.pictures == entry.thumbnails == ((address,) if address else ())
    if address:
        assert entry.content is not None
        first = lxml.html.fromstring(f"<div>{entry.content}</div>").find(".//img")
        assert first is not None
        assert first.get("src") == address
        assert article.caption in text_of(entry.content)


def check_categories(site: SampleSite, article: SampleArticle, entry: ReadEntry) -> None:
    host = site.edition.host
    tags = [label for _, label, scheme in entry.categories if scheme == f"tag:{host},2021:tag"]
    assert tags == list(article.tags)
    keys = KEYS[site.edition.key]
    lists = {keys[path] for path in keys if article in site.lists()[path][1]}
    terms = {term for term, _, scheme in entry.categories if scheme in (f"tag:{host},2021:section", f"tag:{host},2021:region")}
    assert lists <= terms
    labels = [label for _, label, _ in entry.categories]
    assert {article.country, article.coverage} - {""} <= set(labels)
    assert labels[: len(tags)] == tags
    pairs = [(term.casefold(), scheme) for term, _, scheme in entry.categories]
    assert len(set(pairs)) == len(pairs)


def check_body(site: SampleSite, article: SampleArticle, entry: ReadEntry) -> None:
    content = entry.content or ""
    shown = text_of(content) if content else ""
    for block in blocks(article.body):
        if block.kind in ("paragraph", "heading", "quote"):
            assert "".join(span.text for span in block.spans) in shown
        elif block.kind in ("list", "table"):
            assert all(cell in shown for row in block.rows for cell in row)
        elif block.kind == "picture":
            assert escape(site.media_url(article.picture_path(block.text)) or "") in content
            assert block.arguments[1] in shown
        elif block.kind == "tweet":
            assert f"https://twitter.com/{block.text}/status/" in content
        elif block.kind == "youtube":
            assert block.text in content
        elif block.kind == "more":
            other = site.find(block.text)
            assert other is not None
            assert site.url(other) in map(unquote, entry.related)
        elif block.kind == "related":
            assert site.edition.words["related"] not in shown
    assert not re.search(r"<(script|iframe|style|button)|\son\w+=|javascript:|data-src|blank\.gif", content)
    for address in re.findall(r'(?:href|src)="([^"]*)"', content):
        assert urlsplit(address).scheme in ("http", "https"), address


def test_the_sample_has_every_kind_of_block_that_the_bodies_are_checked_for(whole: Place) -> None:
    """Without this the check above could pass for want of anything to look at."""
    kinds = {block.kind for article in site_of(whole, "en").articles for block in blocks(article.body)}
    assert kinds >= {"paragraph", "heading", "quote", "list", "table", "picture", "tweet", "youtube", "more", "related"}


# A second build right after


def test_a_second_build_asks_for_no_article_and_touches_no_file(whole: Place, tmp_path: Path) -> None:
    place = Place(tmp_path, *whole.servers)
    place.copy_from(whole)
    before = place.files
    again = place.build()
    assert again.code == 0
    assert place.files == before
    for one in place.servers:
        lists = KEYS[one.site.edition.key]
        assert len(set(one.paths)) == len(one.paths)
        assert set(one.paths) == {"/robots.txt", "/", *lists}
        assert {request.status for request in one.requests} == {304}
    report = again.report
    assert report["articles_read"] == 0
    assert report["fresh"] == []
    assert {feed["outcome"] for feed in report["feeds"]} == {"unchanged"}
    assert report["requests"] == sum(len(one.requests) for one in place.servers)


def test_a_first_build_asks_for_each_page_once(place: Place, server: Server) -> None:
    report = place.build().report
    assert len(set(server.paths)) == len(server.paths)
    assert sorted(server.article_paths) == sorted(article.path for article in server.site.articles)
    assert report["requests"] == len(server.requests)
    assert report["articles_read"] == len(server.site.articles)
    assert sum(feed["fresh"] for feed in report["feeds"] if feed["key"] == EVERYTHING) == len(server.site.articles)


def test_the_same_site_gives_the_same_bytes_in_another_place_at_another_time(tmp_path: Path, server: Server) -> None:
    places = []
    for name, now in (("one", server.site.now), ("two", server.site.now + timedelta(days=400))):
        place = Place(tmp_path / name, server)
        place.build_at(now)
        places.append(place)
    check_alike(*({path: content for path, (content, _) in place.files.items()} for place in places))


def check_alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    """Two folders hold the same files; only the two feeds that tell when something was first seen may do so."""
    seen = {"es/breaking.xml", "es/most-read.xml"}
    assert one.keys() == other.keys() > seen
    assert {name for name in one if one[name] != other[name]} <= seen


def check_seen_alike(one: Feeds, other: Feeds) -> None:
    """The two feeds that tell when something was first seen hold the same entries in the same order."""
    for key in (BREAKING, MOST_READ):
        assert one[f"es/{key}"].entries
        undated = [
            [replace(e, published="", updated="", categories=(), raw=b"") for e in feeds[f"es/{key}"].entries]
            for feeds in (one, other)
        ]
        assert undated[0] == undated[1]


def test_without_validators_lists_are_read_again_but_no_article_is(place: Place, server: Server) -> None:
    server.validators = False
    place.build()
    before = place.files
    assert place.build().code == 0
    assert {r.status for r in server.requests} == {200}
    assert server.article_paths == []
    assert place.files == before


# A later build: the clock moved on, articles were edited, moved, deleted


def test_news_edits_and_deletions(place: Place, server: Server) -> None:
    site = server.site
    end = site.now
    fresh = [article.postid for article in site.articles[:3]]
    edited, deleted = site.articles[5], site.articles[6]
    site.now = site.articles[3].published
    place.build_at(site.now)
    before = place.feeds
    assert before["es/all"].numbers[0] == site.articles[0].postid

    site.now = end
    site.edit(edited.postid, title="Otro título", last_updated=end.isoformat())
    site.delete(deleted.postid)
    report = place.build_at(end)
    after = place.feeds

    assert report.exit_code == 0
    assert after["es/all"].numbers[:3] == fresh
    assert deleted.path not in server.paths
    old, new = before["es/all"].entry(edited.postid), after["es/all"].entry(edited.postid)
    assert new.title == "Otro título"
    assert (new.id, new.published) == (old.id, old.published)
    assert datetime.fromisoformat(new.updated) == end > datetime.fromisoformat(old.updated)
    assert report.fresh == {new.id, *(after["es/all"].entry(number).id for number in fresh)}
    for key, feed in before.items():
        kept = {entry.number: entry.raw for entry in feed.entries if entry.number != edited.postid}
        assert deleted.postid not in feed.numbers or deleted.postid in kept
        assert {e.number: e.raw for e in after[key].entries if e.number in kept} == kept


def test_a_deleted_article_keeps_its_entry_and_is_no_failure(built: Place, server: Server) -> None:
    """Its card is gone and its address answers 404: its entry stays, all feeds are current, and CI need not turn red."""
    site = server.site
    newest = site.articles[0]
    site.delete(newest.postid)
    reports = [built.build_at(newest.published + timedelta(hours=hours)) for hours in (1, 3, 9, 20)]
    assert newest.postid in built.feeds["es/all"].numbers
    assert [report.exit_code for report in reports] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("field", "value", "moves"),
    [
        ("title", "Otro título", True),
        ("description", "Otra entradilla.", True),
        ("body", "Otro texto, del todo distinto.", True),
        ("picture", "otra-imagen", True),
        ("keywords", "Faros,Otra etiqueta", True),
        ("country", "Otro país", False),
        ("coverage", "Otra cobertura", False),
        ("source", "Otra fuente", False),
        (None, None, False),
    ],
)
def test_updated_moves_only_with_what_an_entry_shows(
    built: Place, server: Server, field: str | None, value: str | None, moves: bool
) -> None:
    site = server.site
    article = site.articles[0]
    later = article.published + timedelta(hours=2)
    site.edit(article.postid, last_updated=later.isoformat(), **({field: value} if field else {}))
    built.build_at(article.published + timedelta(hours=3))
    assert article.path in server.paths
    entry = built.feeds["es/all"].entry(article.postid)
    assert entry.updated == (later.isoformat() if moves else article.last_updated)
    assert entry.published == article.published_time


def test_second_looks_come_at_growing_intervals_for_a_day_and_are_answered_304(place: Place, server: Server) -> None:
    article = server.site.articles[0]
    start = article.published + timedelta(minutes=5)
    place.build_at(start, only=("noticias/política",))
    before = place.files
    step = timedelta(minutes=30)
    looks = [start]
    for number in range(1, 27 * 2):
        now = start + number * step
        place.build_at(now, only=("noticias/política",))
        asked = [request.status for request in server.requests if request.path == article.path]
        if asked:
            assert asked == [304]
            looks.append(now)
    gaps = [later - earlier for earlier, later in pairwise(looks)]
    assert len(gaps) >= 3
    assert gaps == sorted(gaps)
    assert gaps[-1] > gaps[0]
    assert looks[-1] < article.published + timedelta(days=1)
    assert place.files == before


def test_a_card_with_another_title_than_its_article_is_looked_at_once(built: Place, server: Server) -> None:
    site = server.site
    article = site.articles[5]
    now = site.now
    before = built.files
    server.rewrites["listing"] = lambda text: text.replace(article.title, "Un titular más corto")
    counts = []
    for minutes in (1, 2, 3):
        built.build_at(now + timedelta(minutes=minutes))
        counts.append(server.paths.count(article.path))
        assert article.postid in built.feeds["es/all"].numbers
    assert counts == [1, 0, 0]
    assert built.files == before


def test_a_card_that_has_another_title_from_the_start_is_not_looked_at_again(place: Place, server: Server) -> None:
    article = server.site.articles[5]
    server.rewrites["listing"] = lambda text: text.replace(article.title, "Un titular más corto")
    place.build()
    assert place.feeds["es/all"].entry(article.postid).title == article.title
    place.build()
    assert server.article_paths == []


def test_a_body_that_vanishes_does_not_wipe_the_entry(built: Place, server: Server) -> None:
    site = server.site
    article = site.articles[5]
    old = built.feeds["es/all"].entry(article.postid)
    site.edit(article.postid, title="Otro título", body="", description="")
    built.build()
    new = built.feeds["es/all"].entry(article.postid)
    assert new.title == "Otro título"
    assert (new.content, new.summary) == (old.content, old.summary)
    assert old.summary


def undated(server: Server, article: SampleArticle) -> None:
    """Takes every date of an article out of its page."""
    shown = server.site.shown(article, server.site.edition.long_date)

    def rewrite(text: str) -> str:
        for date in (article.published_time, article.last_updated):
            text = text.replace(date, "")
        assert shown in text
        return text.replace(shown, "")

    server.rewrites[article.path] = rewrite


def test_an_article_without_a_date_keeps_the_day_when_it_was_first_seen(place: Place, server: Server) -> None:
    site = server.site
    article = site.articles[4]
    undated(server, article)
    first = site.now + timedelta(hours=5, microseconds=17)
    place.build_at(first)
    entry = place.feeds["es/all"].entry(article.postid)
    assert datetime.fromisoformat(entry.published) == first.replace(microsecond=0)
    assert entry.updated == entry.published
    assert place.feeds["es/all"].numbers[0] == article.postid
    site.edit(article.postid, title="Otro título")
    place.build_at(first + timedelta(days=3))
    again = place.feeds["es/all"].entry(article.postid)
    assert again.title == "Otro título"
    assert (again.published, again.updated) == (entry.published, entry.updated)


def test_updated_is_never_before_published(place: Place, server: Server) -> None:
    article = server.site.articles[4]
    before = (article.published - timedelta(days=30)).isoformat()
    server.site.edit(article.postid, last_updated=before)
    place.build()
    entry = place.feeds["es/all"].entry(article.postid)
    assert (entry.published, entry.updated) == (article.published_time, article.published_time)


def test_offsets_are_written_as_the_site_wrote_them(place: Place, server: Server) -> None:
    article = server.site.articles[4]
    odd = "2026-11-05T17:05:00+05:30"
    server.site.edit(article.postid, published_time=odd, last_updated=odd)
    place.build()
    assert place.feeds["es/all"].entry(article.postid).published == odd


def test_an_article_that_moves_keeps_its_entry(built: Place, server: Server) -> None:
    site = server.site
    article = site.articles[4]
    old = built.feeds["es/all"].entry(article.postid)
    moved = site.edit(article.postid, path="/noticias/economia/otra/direccion")
    report = built.build()
    assert report.code == 0
    feed = built.feeds["es/all"]
    new = feed.entry(article.postid)
    assert (new.id, new.published, new.updated) == (old.id, old.published, old.updated)
    assert new.link == site.url(moved)
    assert feed.numbers == [a.postid for a in site.articles]


def test_an_article_that_two_addresses_lead_to_is_one_entry(place: Place, server: Server) -> None:
    """The old address redirects to the new one; cards still name both."""
    site = server.site
    article = site.articles[4]
    old = f"{article.path}-antes"
    server.faults[old] = lambda handler: handler.send(301, "text/html", b"", {"Location": quote(article.path)})
    server.rewrites["/noticias"] = lambda text: text.replace(f'"{quote(article.path)}"', f'"{quote(old)}"')
    for _ in range(2):
        assert place.build().code == 0
        assert place.feeds["es/all"].numbers == [a.postid for a in site.articles]
    assert article.path not in server.paths


# A build that is cut off


def test_articles_that_were_missed_are_read_although_the_lists_answer_304(place: Place, server: Server) -> None:
    paths = [article.path for article in server.site.articles]
    server.faults = dict.fromkeys(paths, dropped)
    assert place.build().code == 1
    server.faults = {}
    result = place.build()
    assert result.code == 0
    assert {r.status for r in server.requests if r.path in KEYS["es"]} == {304}
    assert sorted(server.article_paths) == sorted(paths)
    assert place.feeds["es/all"].numbers == expected_numbers(server.site, None)


def test_a_killed_build_leaves_no_half_feed_and_the_next_one_does_the_rest(place: Place, server: Server) -> None:
    """Killed in the middle of the articles, as CI does it: the lock is free, and nothing that was known is lost."""
    paths = [article.path for article in server.site.articles]
    asked, release = threading.Event(), threading.Event()

    def held(handler: SampleHandler) -> None:
        asked.set()
        release.wait(60)
        handler.close_connection = True

    server.faults = dict.fromkeys(paths[5:], held)
    with subprocess.Popen(command("build", *place.options, "-q")) as process:
        assert asked.wait(60)
        process.kill()
    release.set()
    assert not place.out.exists()
    server.faults = {}
    assert place.build().code == 0
    assert set(paths[5:]) <= set(server.article_paths)
    assert {r.status for r in server.requests if r.path in KEYS["es"]} == {304}
    assert place.feeds["es/all"].numbers == expected_numbers(server.site, None)


# What is built


@pytest.mark.parametrize(
    ("only", "keys", "lists"),
    [
        (["noticias/política"], ["noticias/política"], ["/noticias/politica"]),
        (["noticias"], ["noticias"], ["/noticias", "/noticias/politica", "/noticias/economia", "/noticias/deportes"]),
        (
            ["noticias/*"],
            ["noticias/política", "noticias/economía", "noticias/deportes"],
            ["/noticias/politica", "/noticias/economia", "/noticias/deportes"],
        ),
        (["*/deportes", "videos"], ["noticias/deportes", "videos"], ["/noticias/deportes", "/videos"]),
        (["all"], ["all"], list(KEYS["es"])),
        (["*"], ["all", "breaking", "most-read", *KEYS["es"].values()], list(KEYS["es"])),
    ],
)
def test_only_builds_and_asks_for_what_it_names(
    place: Place, server: Server, only: list[str], keys: list[str], lists: list[str]
) -> None:
    result = place.build(*(word for key in only for word in ("--only", key)))
    assert result.code == 0
    assert set(place.feeds) == {f"es/{key}" for key in keys}
    assert {path for path in server.paths if path in KEYS["es"]} == set(lists)
    paths = {path: key for path, key in KEYS["es"].items() if key in keys}
    for path, key in paths.items():
        assert place.feeds[f"es/{key}"].numbers == expected_numbers(server.site, path)


@pytest.mark.parametrize(
    ("only", "hint"),
    [
        ("noticias/politica", "noticias/política"),
        ("notícias", "noticias"),
        ("xyzzy", "feedgen-mayadeen list"),
        ("xyz/*", "list"),
    ],
)
def test_only_refuses_a_key_that_does_not_exist_and_helps(place: Place, server: Server, only: str, hint: str) -> None:
    result = run("build", *place.options, "--only", only)
    assert result.code == 2
    assert only in result.sentence
    assert hint in result.sentence
    assert server.requests == ()
    assert not place.out.exists()
    assert not place.state.exists()


def test_only_after_a_whole_build_changes_no_other_feed(built: Place) -> None:
    before = built.files
    result = built.build("--only", "videos", "--limit", "1")
    assert result.code == 0
    changed = {name for name, file in built.files.items() if file != before.get(name)}
    assert changed == {"es/videos.xml", "es/videos.archive-1.xml"}


def test_a_whole_build_after_only_changes_no_other_feed_either(built: Place) -> None:
    """What was built for one feed with a small limit has no say in the others."""
    before = built.files
    built.build("--only", "videos", "--limit", "1")
    assert built.build().code == 0
    assert {name for name, file in built.files.items() if file != before.get(name) and "videos" not in name} == set()


def test_a_larger_limit_shows_again_what_a_small_one_left_out(built: Place) -> None:
    before = built.feeds
    built.build("--limit", "1")
    assert built.build().code == 0
    assert {key: built.feeds[key].numbers for key in before} == {key: feed.numbers for key, feed in before.items()}


@pytest.mark.parametrize("limit", [1, 3])
def test_limit_keeps_the_newest(built: Place, server: Server, limit: int) -> None:
    assert built.build("--limit", str(limit)).code == 0
    for path, key in KEYS["es"].items():
        assert built.feeds[f"es/{key}"].numbers == expected_numbers(server.site, path)[:limit]


def test_content_summary_leaves_the_bodies_out(built: Place, server: Server) -> None:
    full = built.feeds["es/all"]
    assert built.build("--content", "summary").code == 0
    brief = built.feeds["es/all"]
    assert server.article_paths == []
    for entry, whole_entry in zip(brief.entries, full.entries, strict=True):
        assert entry.content is None
        assert whole_entry.content
        whole_entry = replace(whole_entry, summary=whole_entry.summary or whole_entry.title)
        assert replace(entry, content="", raw=b"") == replace(whole_entry, content="", raw=b"")


@pytest.mark.parametrize("slash", ["", "/"])
def test_base_url_gives_feeds_their_own_address(built: Place, slash: str) -> None:
    assert built.build("--base-url", f"https://example.org/feeds{slash}").code == 0
    for key, feed in built.feeds.items():
        (own,) = (address for rel, address in feed.links if rel == "self")
        assert own == f"https://example.org/feeds/{quote(key)}.xml"


def test_dry_run_creates_nothing(place: Place, tmp_path: Path) -> None:
    result = run("build", *place.options, "--dry-run")
    assert result.code == 0
    assert "would change" in result.out
    assert "es/noticias/política.xml" in result.out
    assert not place.out.exists()
    assert not place.state.exists()
    assert files_of(tmp_path) == {}


def test_dry_run_changes_nothing_and_tells_what_would(built: Place, server: Server) -> None:
    site = server.site
    before, memory = built.files, {name: content for name, (content, _) in files_of(built.state).items()}
    site.edit(site.articles[-1].postid, title="Otro título")
    result = run("build", *built.options, "--dry-run")
    assert result.code == 0
    outcomes = {line.split()[0]: line.split(maxsplit=3)[3] for line in result.out.splitlines() if line.startswith("es/")}
    assert {name for name, outcome in outcomes.items() if outcome == "would change"} == {"es/all.xml", "es/artículos.xml"}
    assert built.files == before
    assert {name: content for name, (content, _) in files_of(built.state).items()} == memory
    built.build_at(site.now)
    assert {name for name, file in built.files.items() if file != before[name]} == {"es/all.xml", "es/artículos.xml"}


def test_editions_are_asked_each_at_its_own_origin_and_laid_out_alike(tmp_path: Path) -> None:
    with serve("es", "ar") as (spanish, arabic):
        place = Place(tmp_path, spanish, arabic)
        assert place.build().code == 0
        for one in (spanish, arabic):
            code = one.site.edition.key
            articles = {article.path for article in one.site.articles}
            assert set(one.article_paths) - {"/live"} == articles
            assert place.feeds[f"{code}/all"].numbers == expected_numbers(one.site, None)
    assert {key.partition("/")[0] for key in place.feeds} == {"es", "ar"}


def test_with_several_editions_an_origin_must_say_which(tmp_path: Path, server: Server) -> None:
    place = Place(tmp_path)
    result = run("build", *place.folders, "--edition", "es", "--edition", "ar", "--origin", server.url)
    assert result.code == 2
    assert "--origin ar=URL" in result.sentence
    assert server.requests == ()


# The menu


def without_link(path: str) -> Any:
    return lambda text: re.sub(rf'<a href="{path}">[^<]*</a>', "", text)


def summary(result: dict[str, Any], key: str) -> dict[str, Any]:
    (found,) = (one for one in result["lists"] if one["key"] == key)
    assert isinstance(found, dict)
    return found


def test_a_list_that_the_menu_never_had_is_read_where_it_is_written_down(place: Place, server: Server) -> None:
    server.rewrites["home"] = without_link("/noticias/politica")
    result = place.build()
    assert result.code == 0
    found = summary(result.report, "noticias/política")
    assert (found["way"], found["address"]) == ("written down", "https://espanol.almayadeen.net/noticias/politica")
    assert any("Política" in note and found["address"] in note for note in result.report["notes"])
    assert place.feeds["es/noticias/política"].numbers == expected_numbers(server.site, "/noticias/politica")


def test_a_list_that_left_the_menu_is_read_where_it_was(place: Place, server: Server) -> None:
    assert summary(place.build().report, "noticias/deportes")["way"] == "menu"
    server.rewrites["home"] = without_link("/noticias/deportes")
    result = place.build()
    assert result.code == 0
    assert summary(result.report, "noticias/deportes")["way"] == "remembered"
    assert any("Deportes" in note and "/noticias/deportes" in note for note in result.report["notes"])
    assert "/noticias/deportes" in server.paths


def test_a_list_whose_address_changed_is_found_by_its_label(built: Place, server: Server) -> None:
    site = server.site
    before = built.files
    server.rewrites["home"] = lambda text: text.replace('"/noticias/deportes"', '"/deporte-hoy"')
    server.faults["/deporte-hoy"] = lambda handler: handler.send(200, "text/html", site.page("/noticias/deportes").body)
    server.faults["/noticias/deportes"] = status(404)
    result = built.build()
    assert result.code == 0
    assert summary(result.report, "noticias/deportes")["address"].endswith("/deporte-hoy")
    assert "/noticias/deportes" not in server.paths
    changed = {name for name, file in built.files.items() if file != before[name]}
    assert changed == {"es/noticias/deportes.xml"}
    assert ("alternate", "https://espanol.almayadeen.net/deporte-hoy") in built.feeds["es/noticias/deportes"].links


def test_a_new_label_in_the_menu_becomes_a_list(built: Place, server: Server) -> None:
    site = server.site
    mark = '<li><a href="/noticias/economia">'
    server.rewrites["home"] = lambda text: text.replace(mark, f'<li><a href="/noticias/ciencia">Ciencia</a></li>{mark}')
    moved = [
        site.edit(article.postid, path=article.path.replace("economia", "ciencia"))
        for article in site.lists()["/noticias/economia"][1][:1]
    ]
    cards = "".join(f'<h4><a href="{quote(article.path)}">{article.title}</a></h4>' for article in moved)
    server.faults["/noticias/ciencia"] = page(f"<main><h1>Ciencia</h1><div>{cards}</div></main>")
    result = built.build()
    assert result.code == 0
    assert summary(result.report, "noticias/ciencia")["cards"] == 1
    feed = built.feeds["es/noticias/ciencia"]
    assert feed.numbers == [article.postid for article in moved]
    assert feed.title == "Ciencia — Al Mayadeen Español"
    assert feed.links


@pytest.mark.parametrize("code", KEYS)
def test_the_player_is_no_list_and_never_asked_for(code: str, tmp_path: Path) -> None:
    with serve(code) as (one,):
        assert any(item.path == "/live" for item in one.site.edition.menu)
        one.site.now = one.site.articles[-1].published
        report = Place(tmp_path, one).build_at(one.site.now)
        assert report.exit_code == 0
        assert len(one.paths) > len(KEYS[code])
        assert "/live" not in one.paths


# Manners


def test_robots_txt_is_asked_first_and_what_it_forbids_is_not_asked(place: Place, server: Server) -> None:
    server.faults["/robots.txt"] = page("User-agent: *\nDisallow: /noticias/deportes\n", TEXT)
    result = place.build()
    assert server.paths[0] == "/robots.txt"
    assert not [path for path in server.paths if path.startswith("/noticias/deportes")]
    assert result.code == 1
    (problem, *_) = result.report["problems"]
    assert "robots.txt" in problem["sentence"]
    assert place.feeds["es/noticias/política"].numbers == expected_numbers(server.site, "/noticias/politica")


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_of_a_huge_robots_txt_the_beginning_counts(place: Place, server: Server, end: str) -> None:
    rules = [f"# {number}" * 20 for number in range(10_000)]
    server.faults["/robots.txt"] = page(end.join(["User-agent: *", "Disallow: /noticias/deportes", *rules]), TEXT)
    place.build()
    assert "/noticias/politica" in server.paths
    assert not [path for path in server.paths if path.startswith("/noticias/deportes")]


@pytest.mark.parametrize("robots", [status(404), status(403), status(410), page("", TEXT)])
def test_a_site_without_robots_txt_may_be_read(place: Place, server: Server, robots: Any) -> None:
    server.faults["/robots.txt"] = robots
    assert place.build("--only", "videos").code == 0
    assert place.feeds["es/videos"].numbers == expected_numbers(server.site, "/videos")


@pytest.mark.parametrize("robots", [status(500), dropped])
def test_a_site_whose_robots_txt_fails_is_left_alone(place: Place, server: Server, robots: Any) -> None:
    server.faults["/robots.txt"] = robots
    result = place.build()
    assert result.code == 3
    assert set(server.paths) == {"/robots.txt"}
    assert not place.out.exists()
    assert not place.state.exists()


@pytest.mark.parametrize("robots", [status(500), dropped])
def test_the_rules_of_the_last_time_hold_while_robots_txt_fails(place: Place, server: Server, robots: Any) -> None:
    server.faults["/robots.txt"] = page("User-agent: *\nDisallow: /noticias/deportes\n", TEXT)
    place.build()
    server.faults["/robots.txt"] = robots
    result = place.build()
    assert "/noticias/politica" in server.paths
    assert not [path for path in server.paths if path.startswith("/noticias/deportes")]
    assert any("/robots.txt" in note for note in result.report["notes"])


@pytest.mark.parametrize(("delay", "asked", "pause"), [(3.0, 7, 7.0), (3.0, 1, 3.0), (3.0, None, 3.0)])
def test_the_longer_of_delay_and_crawl_delay_stands_between_requests(
    place: Place, server: Server, monkeypatch: pytest.MonkeyPatch, delay: float, asked: int | None, pause: float
) -> None:
    """The only test with a clock of its own: no real time passes."""
    clock = [1000.0]
    instants: list[float] = []

    def sleep(seconds: float) -> None:
        clock[0] += seconds

    class Noting(Server):
        def answer(self, handler: SampleHandler, path: str) -> None:
            instants.append(clock[0])
            super().answer(handler, path)

    monkeypatch.setattr("feedgen_mayadeen.fetch.pace.time", SimpleNamespace(monotonic=lambda: clock[0]))
    monkeypatch.setattr(StopSignal, "wait", lambda self, seconds: sleep(seconds))
    rules = f"User-agent: *\nCrawl-delay: {asked}\n" if asked else "User-agent: *\nDisallow:\n"
    with Noting(server.site) as noting:
        noting.faults["/robots.txt"] = page(rules, TEXT)
        config = config_of(editions=["es"], only=("videos",))
        config = type(config)(build=config.build, fetch=type(config.fetch)(delay=delay, jobs=1))
        report = build(Plan(config, place.out, place.state, {"es": noting.url}), now=noting.site.now)
    assert len(instants) == report.requests
    assert report.requests > 3
    gaps = [later - earlier for earlier, later in pairwise(instants)]
    assert min(gaps[1:]) == max(gaps) == pause
    assert gaps[0] >= delay, "between robots.txt and the home page"
    assert report.seconds_waited == pytest.approx(sum(gaps))


def test_the_program_names_itself(place: Place, server: Server) -> None:
    place.build("--only", "videos")
    (agent,) = {request.headers["User-Agent"] for request in server.requests}
    assert re.fullmatch(r"feedgen-mayadeen/\S+ \(\+https://\S+\)", agent)
    place.build("--only", "videos", "--user-agent", "somebody/1.0")
    assert {request.headers["User-Agent"] for request in server.requests} == {"somebody/1.0"}


@pytest.mark.parametrize("expires", [0, 4102444800], ids=["for a session", "for long"])
def test_cookies_are_sent(place: Place, server: Server, tmp_path: Path, expires: int) -> None:
    """Browsers export a cookie that lasts as long as their session with 0 as its end; some editors begin with a mark."""
    jar = tmp_path / "cookies.txt"
    text = f"# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t{expires}\tclearance\tyes\n"
    jar.write_text(text, "utf-8-sig" if expires else "utf-8")
    assert place.build("--only", "videos", "--cookies", jar).code == 0
    assert {request.headers.get("Cookie") for request in server.requests} == {"clearance=yes"}


def test_requests_never_leave_the_origin(place: Place, server: Server) -> None:
    """Cards that lead elsewhere are no articles of the list."""
    article = server.site.articles[4]
    elsewhere = "https://example.org/noticias/economia/otra-cosa"
    server.rewrites["listing"] = lambda text: text.replace(f'"{quote(article.path)}"', f'"{elsewhere}"')
    result = place.build()
    assert result.code == 0
    assert "otra-cosa" not in " ".join(server.paths)
    assert {key for key, feed in place.feeds.items() if article.postid in feed.numbers} == set()


# One memory, one build


def test_a_second_build_at_the_same_time_says_so_and_leaves(place: Place, server: Server) -> None:
    asked, release = threading.Event(), threading.Event()

    def held(handler: SampleHandler) -> None:
        asked.set()
        release.wait(60)
        reply = handler.sample.site.page("/")
        handler.send(reply.status, reply.content_type, reply.body)

    server.faults["/"] = held
    first: list[int] = []
    thread = threading.Thread(target=lambda: first.append(place.build_at(server.site.now).exit_code))
    thread.start()
    try:
        assert asked.wait(60)
        before = len(server.requests)
        second = run("build", *place.options)
        requests_of_second = len(server.requests) - before
    finally:
        release.set()
        thread.join()
    assert second.code == 2
    assert str(place.state) in second.sentence
    assert "another build" in second.sentence
    assert requests_of_second == 0
    assert first == [0]
    server.faults = {}
    assert place.build().code == 0


def test_a_lost_memory_gives_the_same_feeds_again(built: Place) -> None:
    """CI may lose its cache: subscribers must not notice. When a line was first seen only the memory can know."""
    before, feeds = built.files, built.feeds
    for file in built.state.iterdir():
        file.unlink()
    assert built.build().code == 0
    check_alike(before, built.files)
    check_seen_alike(feeds, built.feeds)

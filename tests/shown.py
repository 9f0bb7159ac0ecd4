"""Feeds and a folder of them as values, for the tests of what shows them: two editions, every kind of feed, all fields."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from feedgen_mayadeen.generate.render.json_feed import json_document, json_item
from feedgen_mayadeen.generate.render.links import up_from
from feedgen_mayadeen.generate.render.pages import feed_page as page_document
from feedgen_mayadeen.generate.render.pages import page_entry, shown_on_page
from feedgen_mayadeen.models import Article, Category, Entry, Feed, FeedInfo, FeedSummary, Health, Link, Picture, SiteIndex

BASE = "https://example.org/some/feeds"
NOON = datetime(2026, 11, 14, 12, 0, tzinfo=timezone(timedelta(hours=2)))
_SITES = {
    "en": ("Al Mayadeen English", "https://english.almayadeen.net", "ltr"),
    "ar": ("الميادين نت", "https://www.almayadeen.net", "rtl"),
}


def info_of(kind: str, key: str, name: str, edition: str = "en") -> FeedInfo:
    """What a feed is."""
    site, home, direction = _SITES[edition]
    return FeedInfo(
        key=key,
        kind=kind,
        title=f"{name} — {site}",
        subtitle=f"{name}: {site}",
        address=f"{home}/{key}",
        language=edition,
        direction=direction,
        site_name=site,
        rights="© Al Mayadeen",
        icon=f"{home}/favicon.ico",
        id=f"tag:example.org,2021:feed/{key}",
    )


def listed_of(kind: str, key: str, name: str, edition: str = "en", articles: int = 0) -> FeedSummary:
    """A feed as the index lists it, with two entries."""
    folder = "" if edition == "en" else f"{edition}/"
    return FeedSummary(info_of(kind, key, name, edition), edition, name, f"{folder}{key}.xml", 2, NOON, Health(NOON), articles)


ARTICLE = Article(
    address="https://english.almayadeen.net/news/kites?a=1&b=2",
    title="Kites & <i>wind</i> “today”",
    lead="A lead with <b>angles</b> & more",
    body="<p>The kites are up.</p>",
    picture=Picture("https://media.almayadeen.net/kites.png?v=1&width=640", 'A "red" kite'),
    author=Link("Ada Sample", "https://english.almayadeen.net/authors/ada-sample"),
    source="Agencies",
    tags=(Link("Kites"), Link("Wind & weather")),
    audio="https://media.almayadeen.net/kites.ogg",
    video_seconds=90,
)
BARE = Article(address="https://english.almayadeen.net/news/stones", title="Stones")
CATEGORIES = (
    Category("Kites", "Kites", "tag:example.org,2021:tag"),
    Category("news", "News", "tag:example.org,2021:section"),
    Category("news", "News", "tag:example.org,2021:category"),
)
ENTRIES = (
    Entry("tag:example.org,2021:2", NOON, NOON + timedelta(hours=1), ARTICLE, CATEGORIES),
    Entry("tag:example.org,2021:1", NOON - timedelta(days=1), NOON - timedelta(days=1), BARE, ()),
)
FAILING = Health(NOON - timedelta(days=2), 3, "https://english.almayadeen.net/news: no answer in <time>")
FEEDS = (
    listed_of("most-read", "most-read", "Most read"),
    listed_of("all", "all", "Everything"),
    listed_of("breaking", "breaking", "Breaking news"),
    listed_of("sections", "news", "News"),
    listed_of("sections", "news/sports", "Sports"),
    listed_of("sections", "videos", "Videos"),
    replace(listed_of("sections", "news/arts-culture", "Arts&Culture"), health=FAILING),
    listed_of("sections", "articles/opinion", "Opinion"),
    listed_of("tags", "tags/mali", "Mali", articles=5),
    listed_of("tags", "tags/غزة", "غزة", articles=9),
    listed_of("tags", "tags/chess", "Chess", articles=5),
    listed_of("regions", "regions/europe", "Europe"),
    listed_of("authors", "authors/zoe", "Zoe Sample", articles=9),
    listed_of("authors", "authors/ada", "Ada Sample", articles=5),
    listed_of("coverage", "coverage/kites", "Kites", articles=5),
    listed_of("all", "all", "كل المقالات", "ar"),
    listed_of("sections", "أخبار", "أخبار", "ar"),
)
FOLDER = SiteIndex(FEEDS, BASE, NOON, NOON + timedelta(minutes=30))


def feed_of(summary: FeedSummary, entries: tuple[Entry, ...] = ENTRIES) -> Feed:
    """The feed that the index lists, with some entries."""
    return Feed(summary.info, entries)


def listed_at(file: str) -> FeedSummary:
    """The listed feed whose Atom file has this path."""
    (found,) = (feed for feed in FEEDS if feed.file == file)
    return found


def json_feed(feed: Feed, self_address: str, *, full: bool, hub: str = "") -> bytes:
    """A feed as a JSON document."""
    return json_document(feed.info, [json_item(entry, feed.info, full=full) for entry in feed.entries], self_address, hub)


def feed_page(
    feed: Feed,
    summary: FeedSummary,
    *,
    base_url: str,
    editions: tuple[str, ...],
    archives: tuple[str, ...],
    topics: Mapping[str, str],
) -> bytes:
    """A feed as a page for people."""
    up, shown = up_from(summary.file), feed.entries[: shown_on_page(feed.info.kind)]
    entries = [page_entry(entry, summary.edition, up, topics) for entry in shown]
    return page_document(summary, entries, base_url=base_url, editions=editions, archives=archives)

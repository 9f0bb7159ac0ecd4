"""Every feed as JSON keeps every MUST of JSON Feed 1.1, and says what the Atom feed says."""

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings

from feedgen_mayadeen.generate.render.atom import atom
from feedgen_mayadeen.models import Feed
from tests.feeds import read_feed
from tests.generate.test_atom import FEEDS
from tests.shown import ARTICLE, ENTRIES, feed_of, info_of, json_feed, listed_at

SELF = "https://example.org/feeds/news.json"
FEED = feed_of(listed_at("news.xml"))

_TEXT, _NUMBER, _LIST, _FLAG = str, (int, float), list, bool
TOP = {
    "version": _TEXT, "title": _TEXT, "home_page_url": _TEXT, "feed_url": _TEXT, "description": _TEXT, "user_comment": _TEXT,
    "next_url": _TEXT, "icon": _TEXT, "favicon": _TEXT, "authors": _LIST, "language": _TEXT, "expired": _FLAG, "hubs": _LIST,
    "items": _LIST,
}  # fmt: skip
ITEM = {
    "id": _TEXT, "url": _TEXT, "external_url": _TEXT, "title": _TEXT, "content_html": _TEXT, "content_text": _TEXT,
    "summary": _TEXT, "image": _TEXT, "banner_image": _TEXT, "date_published": _TEXT, "date_modified": _TEXT,
    "authors": _LIST, "tags": _LIST, "language": _TEXT, "attachments": _LIST,
}  # fmt: skip
AUTHOR = {"name": _TEXT, "url": _TEXT, "avatar": _TEXT}
ATTACHMENT = {"url": _TEXT, "mime_type": _TEXT, "title": _TEXT, "size_in_bytes": _NUMBER, "duration_in_seconds": _NUMBER}
"""The fields of the specification with their types. Any other is an extension: `_`, a letter, and no dot."""
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def findings(document: Any) -> list[str]:
    """What in a document the specification does not allow, in its own order."""
    return [*_top(document), *(finding for item in document.get("items", ()) for finding in _item(item))]


def _fields(named: str, value: Any, known: dict[str, Any]) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{named} is no object"
        return
    for name, content in value.items():
        if name in known:
            is_flag = isinstance(content, bool) and known[name] is not _FLAG
            yield from [f"{named}.{name} has a wrong type"] if is_flag or not isinstance(content, known[name]) else []
        elif not re.fullmatch(r"_[A-Za-z][^.]*", name):
            yield f"{named}.{name} is no extension"


def _top(document: Any) -> Iterator[str]:
    yield from _fields("feed", document, TOP)
    yield from (f"feed.{name} is missing" for name in ("version", "title", "items") if name not in document)
    # "If a feed is published on the public web, this should be considered as required."
    yield from (f"feed.{name} is missing" for name in ("home_page_url", "feed_url") if name not in document)
    if document.get("version") != "https://jsonfeed.org/version/1.1":
        yield "feed.version is another"
    if "next_url" in document and document["next_url"] == document.get("feed_url"):
        yield "feed.next_url is the feed itself"
    yield from _shared("feed", document)
    for hub in document.get("hubs", ()):
        yield from (f"hub.{name} is missing" for name in ("type", "url") if name not in hub)
    ids = [item.get("id") for item in document.get("items", ())]
    if len(set(ids)) != len(ids):
        yield "two items have one id"


def _shared(named: str, value: Any) -> Iterator[str]:
    """What the feed and its items have alike."""
    for author in value.get("authors", ()):
        yield from _fields("author", author, AUTHOR)
        yield from [] if set(author) & set(AUTHOR) else ["an author is empty"]
    if not LANGUAGE.fullmatch(value.get("language", "en")):
        yield f"{named}.language is no language (RFC 5646)"


def _item(item: Any) -> Iterator[str]:
    yield from _fields("item", item, ITEM)
    yield from _shared("item", item)
    if "id" not in item:
        yield "item.id is missing"
    if not {"content_html", "content_text"} & set(item):
        yield "an item has no content"
    for name in ("date_published", "date_modified"):
        if name in item and not RFC3339.fullmatch(str(item[name])):
            yield f"item.{name} is no date (RFC 3339)"
    if not all(isinstance(tag, str) for tag in item.get("tags", ())):
        yield "a tag is no text"
    for attachment in item.get("attachments", ()):
        yield from _fields("attachment", attachment, ATTACHMENT)
        yield from (f"attachment.{name} is missing" for name in ("url", "mime_type") if name not in attachment)


def read(feed: Feed = FEED, *, full: bool = True) -> dict[str, Any]:
    """A feed, written and read again; it keeps every MUST."""
    document = json.loads(bytes(json_feed(feed, SELF, full=full)))
    assert findings(document) == []
    assert isinstance(document, dict)
    return document


BROKEN: dict[str, Callable[[dict[str, Any]], object]] = {
    "feed.version is missing": lambda feed: feed.pop("version"),
    "feed.title is missing": lambda feed: feed.pop("title"),
    "feed.items is missing": lambda feed: feed.pop("items"),
    "feed.home_page_url is missing": lambda feed: feed.pop("home_page_url"),
    "feed.feed_url is missing": lambda feed: feed.pop("feed_url"),
    "feed.version is another": lambda feed: feed.update(version="1.1"),
    "feed.next_url is the feed itself": lambda feed: feed.update(next_url=SELF),
    "feed.expired has a wrong type": lambda feed: feed.update(expired="no"),
    "feed.rights is no extension": lambda feed: feed.update(rights="all"),
    "feed.language is no language (RFC 5646)": lambda feed: feed.update(language="English, please"),
    "hub.url is missing": lambda feed: feed.update(hubs=[{"type": "WebSub"}]),
    "author is no object": lambda feed: feed.update(authors=[""]),
    "an author is empty": lambda feed: feed.update(authors=[{}]),
    "two items have one id": lambda feed: feed["items"][1].update(id=feed["items"][0]["id"]),
    "item.id is missing": lambda feed: feed["items"][0].pop("id"),
    "item.id has a wrong type": lambda feed: feed["items"][0].update(id=1),
    "an item has no content": lambda feed: feed["items"][0].pop("content_html"),
    "item.date_published is no date (RFC 3339)": lambda feed: feed["items"][0].update(date_published="2026-11-14"),
    "a tag is no text": lambda feed: feed["items"][0].update(tags=[1]),
    "attachment.mime_type is missing": lambda feed: feed["items"][0].update(attachments=[{"url": SELF}]),
    "attachment.size_in_bytes has a wrong type": lambda feed: feed["items"][0]["attachments"][0].update(size_in_bytes=True),
}
"""A way to break each rule, by what must be found then."""


@pytest.mark.parametrize(("finding", "harm"), BROKEN.items(), ids=BROKEN)
def test_a_broken_rule_is_found(finding: str, harm: Callable[[dict[str, Any]], object]) -> None:
    document = deepcopy(read())
    harm(document)
    assert finding in findings(document)


@settings(max_examples=40, deadline=None)
@given(FEEDS)
def test_any_feed_keeps_every_rule_and_says_what_the_atom_feed_says(feed: Feed) -> None:
    in_atom = read_feed(bytes(atom(feed, SELF, full=True)))
    for item, entry in zip(read(feed)["items"], in_atom.entries, strict=True):
        # XML makes one line end of all (XML 1.0 §2.11).
        assert item.get("content_html", "").replace("\r\n", "\n").replace("\r", "\n") == (entry.content or "")
        assert (item["id"], item["title"], item["url"]) == (entry.id, entry.title, entry.link)
        assert (item["date_published"], item["date_modified"]) == (entry.published, entry.updated)
        assert ([author["name"] for author in item.get("authors", ())] or [None]) == [entry.author]
        assert item.get("_source") == entry.source


@settings(max_examples=20, deadline=None)
@given(FEEDS)
def test_the_same_feed_gives_the_same_bytes(feed: Feed) -> None:
    assert bytes(json_feed(feed, SELF, full=True)) == bytes(json_feed(feed, SELF, full=True))


def test_a_feed_says_what_it_is() -> None:
    document = read()
    info = FEED.info
    del document["items"]
    assert document == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": info.title,
        "home_page_url": info.address,
        "feed_url": SELF,
        "description": info.subtitle,
        "icon": info.icon,
        "authors": [{"name": info.site_name}],
        "language": "en",
    }
    assert next(iter(json.loads(bytes(json_feed(FEED, SELF, full=True))))) == "version"


def test_an_item_has_all_that_the_article_has() -> None:
    item = read()["items"][0]
    assert item == {
        "id": "tag:example.org,2021:2",
        "url": ARTICLE.address,
        "title": ARTICLE.title,
        "content_html": (
            '<figure><img src="https://media.almayadeen.net/kites.png?v=1&amp;width=640" alt="A &quot;red&quot; kite">'
            "<figcaption>A &quot;red&quot; kite</figcaption></figure>\n<p>The kites are up.</p>"
        ),
        "summary": ARTICLE.lead,
        "image": "https://media.almayadeen.net/kites.png?v=1&width=640",
        "date_published": "2026-11-14T12:00:00+02:00",
        "date_modified": "2026-11-14T13:00:00+02:00",
        "authors": [{"name": "Ada Sample", "url": "https://english.almayadeen.net/authors/ada-sample"}],
        "tags": ["Kites", "News"],
        "language": "en",
        "attachments": [{"url": "https://media.almayadeen.net/kites.ogg", "mime_type": "audio/ogg"}],
        "_source": "Agencies",
    }


def test_an_article_without_a_text_is_its_title() -> None:
    item = read()["items"][1]
    assert item["content_text"] == "Stones"
    assert set(item) == {"id", "url", "title", "content_text", "date_published", "date_modified", "language"}


def test_a_summary_has_the_lead_and_no_body() -> None:
    texts = [(item.get("content_html"), item["content_text"]) for item in read(full=False)["items"]]
    assert texts == [(None, ARTICLE.lead), (None, "Stones")]


def test_arabic_stays_readable_and_has_its_direction() -> None:
    feed = Feed(info_of("sections", "أخبار", "أخبار", "ar"), ENTRIES)
    content = bytes(json_feed(feed, SELF, full=True))
    assert '"title": "أخبار — الميادين نت"'.encode() in content
    assert b"\\u" not in content
    assert read(feed)["items"][0]["content_html"].startswith('<div dir="rtl">')
    assert {item["language"] for item in read(feed)["items"]} == {"ar"}


def test_the_file_is_utf_8_one_field_a_line_and_ends_with_one() -> None:
    content = bytes(json_feed(FEED, SELF, full=True))
    assert content.decode("utf-8").endswith("}\n")
    assert content.count(b"\n") > 30


def test_an_instant_keeps_its_offset() -> None:
    entry = replace(ENTRIES[0], published=datetime.fromisoformat("2026-01-01T00:00:00-03:30"))
    assert read(Feed(FEED.info, (entry,)))["items"][0]["date_published"] == "2026-01-01T00:00:00-03:30"

"""Whatever the site may answer, it is read or refused with a name, and what is published of it is sound.

A few hundred examples, the same in every run; `pytest --hypothesis-profile=thorough tests/test_properties.py` tries a
hundred times as many, others each time.
"""

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from feedgen_mayadeen.check import check_folder
from feedgen_mayadeen.clean import clean
from feedgen_mayadeen.errors import ReadError
from feedgen_mayadeen.fetch import decode
from feedgen_mayadeen.generate.render.atom import atom
from feedgen_mayadeen.ids import distinct_key
from feedgen_mayadeen.models import Article, Page
from feedgen_mayadeen.site.article import read_article
from feedgen_mayadeen.site.edition import CODES, Edition, load
from feedgen_mayadeen.site.lists import read_list
from feedgen_mayadeen.site.menu import read_menu
from feedgen_mayadeen.site.most_read import read_most_read
from feedgen_mayadeen.site.paging import next_page
from feedgen_mayadeen.site.rss import read_rss
from feedgen_mayadeen.site.sitemaps import read_sitemap
from feedgen_mayadeen.site.ticker import read_ticker
from feedgen_mayadeen.text import normalize_text
from feedgen_mayadeen.urls import canonical_or_none
from tests.running import sample
from tests.saved import EN, PAGES, patient
from tests.shown import json_feed
from tests.xss.pages import ADDRESS, PICTURE, TITLE, metadata, metadata_block, page_of
from tests.xss.published import BASE, article_of, assert_harmless, feed_of
from tests.xss.strategies import AT, DATES, HTML, PAGE_TEXTS, PLACES, TEXT, damage


def tried(examples: int) -> settings:
    """So many examples of a property, always the same; with the profile `thorough` a hundred times as many, ever others."""
    scale = settings().max_examples // 100
    return settings(patient, max_examples=examples * scale, derandomize=scale == 1, print_blob=True)


def page_with(text: str, edition: Edition, path: str = "/news/politics/a-page") -> Page:
    """A page as it comes from the wire: no half of a character is left in it."""
    return Page(edition.absolute(path), text.encode("utf-8", "replace").decode())


# Articles


@tried(130)
@given(PAGE_TEXTS, st.just([]) | PLACES, st.sampled_from(CODES))
def test_any_article_page_is_refused_or_published_soundly(
    text: str, places: list[tuple[float, float, str]], code: str
) -> None:
    edition = load(code)
    try:
        article = article_of(page_with(damage(text, places), edition), edition)
    except ReadError:
        event("refused")
        return
    event("read")
    assert clean(article.body) == article.body
    assert_harmless(article, edition)
    assert msgspec.json.decode(msgspec.json.encode(article), type=Article) == article


@tried(40)
@given(DATES, DATES, st.sampled_from(CODES))
@example("2025-06-05T15:39:07+02:00:30", "2025-06-05T15:39:07-00:00:01", "en")
@example("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "ar")
def test_any_instants_are_refused_or_published_soundly(published: str, updated: str, code: str) -> None:
    fields = metadata(TITLE, ADDRESS, PICTURE) | {"published_time": published, "last_updated": updated}
    edition = load(code)
    assert_harmless(article_of(page_with(page_of(metadata_block(json.dumps(fields)), TITLE, ""), edition), edition), edition)


@tried(20)
@given(PAGE_TEXTS, st.sampled_from(CODES))
@example(page_of("", TITLE, "", ADDRESS, "https://a.example:x/i.png"), "en")
@example(page_of("", TITLE, "", ADDRESS, "https://<b>/i.png"), "en")
def test_the_check_finds_nothing_in_what_is_published_of_any_page(text: str, code: str) -> None:
    edition = load(code)
    try:
        feed = feed_of(article_of(page_with(text, edition), edition), edition)
    except ReadError:
        return
    folder = "" if code == "en" else f"{code}/"
    with TemporaryDirectory() as place:
        for suffix, write in ((".xml", atom), (".json", json_feed)):
            file = Path(place, folder, f"{feed.info.key}{suffix}")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(bytes(write(feed, f"{BASE}/{folder}{quote(feed.info.key)}{suffix}", full=True)))
        assert [str(finding) for finding in check_folder(Path(place))] == []


# Every other page

SAVED = tuple(path.read_text("utf-8") for path in sorted(PAGES.rglob("*.html")))
XML = tuple(sample("en").page(path).body.decode() for path in ("/feed.rss", "/sitemaps/all.xml", "/sitemaps/news.xml"))
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>a</title><link href="/news/a/b"/></entry></feed>'
READERS: dict[str, Callable[[Page, Edition], object]] = {
    "list": lambda page, edition: read_list(page, edition, frozenset()),
    "menu": read_menu,
    "ticker": read_ticker,
    "most read": read_most_read,
    "next page": next_page,
    "article": read_article,
    "RSS": read_rss,
    "sitemap": read_sitemap,
}


def read_with_all(text: str, edition: Edition) -> None:
    """Reads a text as every kind of page; nothing but a ReadError may come of it, and no address of another host."""
    for name, reader in READERS.items():
        try:
            found = reader(page_with(text, edition, "/news/politics"), edition)
        except ReadError:
            continue
        if name != "article":
            addresses = [at for at in msgspec.to_builtins([found])[0] or () if isinstance(at, dict) and at.get("address")]
            assert all(edition.owns(at["address"]) for at in addresses), (name, addresses)


@tried(50)
@given(st.sampled_from((*SAVED, *XML, ATOM)), PLACES, st.sampled_from(CODES))
def test_a_damaged_page_is_read_or_refused(text: str, places: list[tuple[float, float, str]], code: str) -> None:
    read_with_all(damage(text, places), load(code))


ANSWERS = st.one_of(
    st.binary(max_size=200),
    st.builds(
        lambda text, charset: text.encode(charset, "replace"), HTML, st.sampled_from(("utf-8", "utf-16", "cp1256", "utf-7"))
    ),
    st.builds(
        lambda name, rest: b"<meta charset=" + name + b">" + rest,
        st.sampled_from((b"utf-7", b"utf-16", b"hex", b"x")),
        st.binary(),
    ),
)
CHARSETS = st.sampled_from(
    (None, "utf-8", "UTF8", "utf-7", "utf-16", "utf-32", "windows-1256", "idna", "punycode", "hex", "rot13", "x", "")
)


@tried(40)
@given(ANSWERS, CHARSETS)
@example(b"+2AA-", "utf-7")
@example(rb"<p>\ud800</p>", "unicode_escape")
def test_any_bytes_become_a_text_that_is_read_or_refused(answer: bytes, charset: str | None) -> None:
    text = decode(answer, charset)
    assert text.encode().decode() == text
    read_with_all(text, EN)


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "<", "<!--", "<!DOCTYPE html>", "<html>", "\ufeff<?xml version='1.0'?>", "<?xml ?><rss/>"]
)
def test_a_page_of_next_to_nothing_is_read_or_refused(text: str) -> None:
    read_with_all(text, EN)


# Names


@tried(30)
@given(st.sampled_from(("tags", "coverage", "authors")), st.lists(TEXT.map(normalize_text), max_size=4))
def test_keys_are_safe_as_files_and_no_two_labels_share_one(kind: str, labels: list[str]) -> None:
    keys: dict[str, str] = {}
    for label in dict.fromkeys(filter(None, labels)):
        key = distinct_key(kind, label, set(keys.values()).__contains__)
        name = key.removeprefix(f"{kind}/")
        assert key == f"{kind}/{name}"
        assert all(char == "-" or unicodedata.category(char)[0] in "LNM" for char in name), name
        assert 0 < len(name.encode()) <= 109
        assert key.casefold() not in {other.casefold() for other in keys.values()}
        keys[label] = key


@tried(30)
@given(AT | TEXT)
@example("https://[::1%25eth0]/x")
@example("https://[v1.x]/")
def test_an_address_is_refused_or_has_one_form(address: str) -> None:
    once = canonical_or_none(address)
    assert once is None or canonical_or_none(once) == once

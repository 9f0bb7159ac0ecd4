"""The pages for people and the style of feeds: valid, relative, quiet, in the edition's language, the same bytes each time."""

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import astuple, fields, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from posixpath import dirname, join, normpath
from urllib.parse import quote, unquote, urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given, settings
from lxml import etree

from feedgen_mayadeen.generate.render.atom import atom
from feedgen_mayadeen.generate.render.links import index_of
from feedgen_mayadeen.generate.render.pages import index_page, not_found_page
from feedgen_mayadeen.generate.render.strings import Strings, strings_of
from feedgen_mayadeen.generate.render.stylesheet import style, with_stylesheet
from feedgen_mayadeen.models import Feed, FeedSummary, Health
from feedgen_mayadeen.site.edition import CODES
from tests.feeds import parse
from tests.generate.test_atom import FEEDS as ANY_FEEDS
from tests.shown import ARTICLE, BASE, ENTRIES, FAILING, FEEDS, FOLDER, NOON, feed_of, feed_page, info_of, listed_at

EDITIONS = ("en", "ar")
TOPICS = {"Kites": "tags/قش.html"}
ARCHIVES = ("news.archive-2.xml", "news.archive-1.xml")


def page_of(summary: FeedSummary, feed: Feed | None = None, archives: tuple[str, ...] = ARCHIVES) -> bytes:
    return bytes(
        feed_page(feed or feed_of(summary), summary, base_url=BASE, editions=EDITIONS, archives=archives, topics=TOPICS)
    )


def page_file(summary: FeedSummary) -> str:
    return summary.file.replace(".xml", ".html")


@cache
def pages() -> dict[str, bytes]:
    """Every page of the folder by its path."""
    made = {index_of(code): index_page(FOLDER, code) for code in EDITIONS}
    return made | {page_file(summary): page_of(summary) for summary in FEEDS} | {"404.html": not_found_page(FOLDER)}


def tree(content: bytes) -> Element:
    """A page as html5lib reads it; fails on anything that is not valid."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    root: Element = parser.parse(content)
    return root


def text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def by_class(root: Element, name: str) -> list[Element]:
    return [element for element in root.iter() if name in element.get("class", "").split()]


def links(root: Element) -> dict[str, str]:
    """The links of a page: their texts by their addresses."""
    return {link.attrib["href"]: text(link) for link in root.iter("a")}


def own_files(file: str, root: Element) -> Iterator[str]:
    """The files of the folder that a page leads to or loads."""
    for element in (*root.iter("a"), *root.iter("link")):
        parts = urlsplit(element.attrib["href"])
        if not parts.scheme and parts.path:
            yield normpath(join(dirname(file), unquote(parts.path)))


ALL = pytest.mark.parametrize("file", pages())
NOT_404 = pytest.mark.parametrize("file", [file for file in pages() if file != "404.html"])


@ALL
def test_every_page_is_valid_and_has_its_landmarks(file: str) -> None:
    root = tree(pages()[file])
    for name in ("header", "main", "footer", "h1", "title"):
        assert len(list(root.iter(name))) == 1, name
    assert [text(title) for title in root.iter("title")] != [""]
    ids = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
    assert len(set(ids)) == len(ids)
    skip = next(root.iter("a"))
    assert skip.attrib["href"] == "#content"
    labelled = {element.attrib["aria-labelledby"] for element in root.iter() if "aria-labelledby" in element.attrib}
    assert labelled <= set(ids)


@settings(max_examples=20, deadline=None)
@given(ANY_FEEDS)
def test_whatever_a_text_is_the_page_is_valid_and_says_it(feed: Feed) -> None:
    summary = replace(listed_at("news.xml"), name=feed.entries[0].article.title)
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root = parser.parse(page_of(summary, Feed(summary.info, feed.entries)))
    # Characters that XML allows and HTML does not like to see are shown as they are.
    assert {error[1] for error in parser.errors} <= {"invalid-codepoint"}
    assert ["".join(h.itertext()) for h in root.iter("h3")] == [entry.article.title for entry in feed.entries]
    assert len(list(root.iter("script"))) == 1


@NOT_404
def test_a_page_speaks_its_edition_and_its_direction(file: str) -> None:
    root = tree(pages()[file])
    assert (root.get("lang"), root.get("dir")) == (("ar", "rtl") if file.startswith("ar/") else ("en", "ltr"))
    addresses = [*by_class(root, "address"), *root.iter("time")]
    assert addresses
    assert {element.get("dir") for element in addresses} == {"ltr"}
    switch = {link.get("lang"): (link.get("dir"), link.get("aria-current")) for link in root.iter("a") if link.get("lang")}
    here = str(root.get("lang"))
    assert switch == {"en": ("ltr", None), "ar": ("rtl", None)} | {here: (root.get("dir"), "true")}


@NOT_404
def test_links_are_relative_and_lead_to_files_of_the_folder(file: str) -> None:
    whole = {f"{feed.file.removesuffix('.xml')}{suffix}" for feed in FEEDS for suffix in (".xml", ".json", ".html")}
    whole |= {"index.html", "ar/index.html", "style.css", "feeds.opml", "status.json", "health.xml"}
    whole |= {*ARCHIVES, *TOPICS.values()}
    found = set(own_files(file, tree(pages()[file])))
    assert {"style.css", "index.html", "ar/index.html"} <= found <= whole


@pytest.mark.parametrize(("code", "at_root"), [("en", False), ("ar", False), ("ar", True)])
def test_an_index_leads_to_every_file_of_its_feeds(code: str, at_root: bool) -> None:
    file = "index.html" if at_root else index_of(code)
    found = set(own_files(file, tree(index_page(FOLDER, code, at_root=at_root))))
    stems = [feed.file.removesuffix(".xml") for feed in FEEDS if feed.edition == code]
    assert {f"{stem}{suffix}" for stem in stems for suffix in (".xml", ".json", ".html")} <= found


@ALL
def test_a_page_loads_its_stylesheet_and_nothing_else(file: str) -> None:
    root = tree(pages()[file])
    loaded = [link.attrib["href"] for link in root.iter("link") if link.get("rel") != "alternate"]
    icons = [address for address in loaded if address.startswith("data:")]
    styles = [address for address in loaded if address not in icons]
    assert len(icons) == 1
    assert styles == ["/some/feeds/style.css" if file == "404.html" else f"{'../' * file.count('/')}style.css"]
    # A browser without script would load a picture at once, however lazy it is told to be.
    forbidden = {"img", "picture", "iframe", "object", "embed", "audio", "video", "source", "form", "style", "base"}
    assert forbidden & {element.tag for element in root.iter()} == set()
    assert [e.tag for e in root.iter() if {"src", "srcset", "style", "onclick"} & set(e.attrib)] == []


@ALL
def test_the_policy_allows_the_one_script_and_no_other(file: str) -> None:
    root = tree(pages()[file])
    (script,) = root.iter("script")
    (policy,) = [meta.attrib["content"] for meta in root.iter("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == f"'sha256-{b64encode(sha256((script.text or '').encode()).digest()).decode()}'"


@ALL
def test_what_needs_the_script_is_hidden_without_it(file: str) -> None:
    root = tree(pages()[file])
    parents = {child: parent for parent in root.iter() for child in parent}
    for element in (*root.iter("button"), *root.iter("input")):
        while "data-script" not in element.attrib:
            element = parents[element]  # up to the part that the script shows
        assert "hidden" in element.attrib
    for button in root.iter("button"):
        copied = button.get("data-copy")
        assert copied is None or copied in links(root), "the address stands there for those without script"


def test_texts_are_escaped() -> None:
    content = pages()["news.html"].decode()
    assert "<i>wind" not in content
    assert "Kites &amp; &lt;i&gt;wind&lt;/i&gt; “today”" in content
    assert text(next(tree(pages()["news.html"]).iter("h3"))) == ARTICLE.title


def test_the_same_feeds_give_the_same_bytes() -> None:
    known = pages()
    pages.cache_clear()
    assert pages() == known


def test_of_an_index_only_the_line_of_the_build_changes_with_a_build() -> None:
    later = replace(FOLDER, built=NOON + timedelta(hours=1), next_build=NOON + timedelta(hours=2))
    before, after = (index_page(folder, "en").decode().splitlines() for folder in (FOLDER, later))
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert len(changed) == 1
    assert "2026-11-14 12:00 UTC+02:00" in changed[0][0]
    assert "2026-11-14 12:30 UTC+02:00" in changed[0][0]
    assert not_found_page(FOLDER) == not_found_page(later)


def test_an_index_without_a_next_build_does_not_speak_of_it() -> None:
    content = index_page(replace(FOLDER, next_build=None), "en").decode()
    assert strings_of("en").next_build not in content


def test_an_index_groups_the_feeds_as_the_menu() -> None:
    root = tree(pages()["index.html"])
    groups = {section.attrib["id"]: [text(name) for name in by_class(section, "name")] for section in root.iter("section")}
    assert groups == {
        "main": ["Everything", "Breaking news", "Most read"],
        "sections": ["News", "Sports", "Arts&Culture", "Videos", "Opinion"],
        "regions": ["Europe"],
        "coverage": ["Kites"],
        "tags": ["غزة", "Chess", "Mali"],
        "authors": ["Ada Sample", "Zoe Sample"],
    }
    (branch,) = by_class(root, "branch")
    assert [text(name) for name in by_class(branch, "name")] == ["News", "Sports", "Arts&Culture"]
    assert {f"#{group}" for group in groups} <= set(links(root))


def test_an_index_announces_the_main_feeds_in_both_forms() -> None:
    announced = [link.attrib for link in tree(pages()["index.html"]).iter("link") if link.get("rel") == "alternate"]
    main = [feed for feed in FEEDS if feed.edition == "en" and feed.info.kind not in ("tags", "coverage", "authors")]
    assert {(link["href"], link["type"], link["title"]) for link in announced} == {
        (f"{feed.file.removesuffix('.xml')}{suffix}", kind, feed.info.title)
        for feed in main
        for suffix, kind in ((".xml", "application/atom+xml"), (".json", "application/feed+json"))
    }


def test_a_feed_on_the_index_tells_how_it_fares() -> None:
    rows = {text(by_class(row, "name")[0]): row for row in by_class(tree(pages()["index.html"]), "feed")}
    assert text(by_class(rows["News"], "facts")[0]) == "2 entries Newest: 2026-11-14 12:00 UTC+02:00 up to date"
    assert by_class(rows["News"], "failing") == []
    (failing,) = by_class(rows["Arts&Culture"], "failing")
    assert text(failing) == f"Failed builds in a row: 3. Last success: 2026-11-12 12:00 UTC+02:00. {FAILING.reason}"
    assert "up to date" not in text(by_class(rows["Arts&Culture"], "facts")[0])


def test_an_index_names_the_failing_feeds_or_says_that_there_are_none() -> None:
    failing = by_class(tree(pages()["index.html"]), "failing")[0]
    assert links(failing) == {"news/arts-culture.html": "Arts&Culture"}
    assert strings_of("ar").all_up_to_date in pages()["ar/index.html"].decode()


@pytest.mark.parametrize("file", ["index.html", "tags/mali.html"])
def test_readers_subscribe_by_the_absolute_address(file: str) -> None:
    found = links(tree(pages()[file]))
    address = f"{BASE}/tags/mali.xml"
    assert found[address] == address
    assert found[f"https://feedly.com/i/subscription/feed%2F{quote(address, safe='')}"] == "Feedly"
    assert found[f"https://www.inoreader.com/?add_feed={quote(address, safe='')}"] == "Inoreader"
    assert found[f"feed:{address}"] == "NetNewsWire"


def test_the_page_of_a_feed_shows_its_entries() -> None:
    article, bare = tree(pages()["news/sports.html"]).iter("article")
    assert links(article) == {
        ARTICLE.address: ARTICLE.title,
        "https://english.almayadeen.net/authors/ada-sample": "Ada Sample",
        "https://media.almayadeen.net/kites.png?v=1&width=640": "Picture",
        f"../tags/{quote('قش')}.html": "Kites",
    }
    assert ARTICLE.lead in text(article)
    assert "By Ada Sample Source: Agencies" in text(article)
    assert "Wind & weather" in text(article)
    assert "The kites are up." not in text(article)
    assert [time.attrib["datetime"] for time in article.iter("time")] == ["2026-11-14T12:00:00+02:00"]
    assert text(bare) == "Stones 2026-11-13 12:00 UTC+02:00"


@pytest.mark.parametrize(("file", "shown"), [("news.xml", 20), ("tags/mali.xml", 6), ("authors/ada.xml", 6)])
def test_a_page_shows_only_the_newest_entries(file: str, shown: int) -> None:
    entries = tuple(replace(ENTRIES[1], id=f"tag:example.org,2021:{number}") for number in range(25))
    summary = listed_at(file)
    assert len(list(tree(page_of(summary, feed_of(summary, entries))).iter("article"))) == shown


def test_the_page_of_a_feed_leads_to_its_archive_and_back_to_the_index() -> None:
    found = links(tree(pages()["news/sports.html"]))
    assert [found["../news.archive-2.xml"], found["../news.archive-1.xml"]] == ["Archive 1", "Archive 2"]
    assert (found["../index.html#sections"], found["../index.html"]) == ("Sections", "English")
    assert strings_of("en").older not in page_of(listed_at("news.xml"), archives=()).decode()


def test_the_page_of_a_failing_feed_tells_since_when_and_stays_the_same_while_it_fails() -> None:
    summary = listed_at("news/arts-culture.xml")
    (failing,) = by_class(tree(page_of(summary)), "failing")
    assert text(failing) == f"This feed could not be updated. Last success: 2026-11-12 12:00 UTC+02:00. {FAILING.reason}"
    assert page_of(summary) == page_of(replace(summary, health=replace(FAILING, failures=4)))
    never = page_of(replace(summary, health=Health(failures=1, reason="no answer")))
    assert text(by_class(tree(never), "failing")[0]) == "This feed could not be updated. no answer"


def test_one_edition_has_no_switch() -> None:
    alone = replace(FOLDER, feeds=tuple(feed for feed in FEEDS if feed.edition == "ar"))
    root = tree(index_page(alone, "ar", at_root=True))
    assert [link for link in root.iter("a") if link.get("lang")] == []


def test_the_page_for_wrong_addresses_works_at_any_depth_and_in_all_languages() -> None:
    root = tree(pages()["404.html"])
    assert {link for link in links(root) if link != "#content"} == {"/some/feeds/index.html", "/some/feeds/ar/index.html"}
    assert [text(next(root.iter(name))) for name in ("h1", "h2")] == [strings_of("en").missing, strings_of("ar").missing]
    at_a_host = tree(not_found_page(replace(FOLDER, base_url="https://feeds.example.org", feeds=())))
    assert set(links(at_a_host)) == {"#content", "/index.html"}


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (datetime(2026, 1, 2, 3, 4, tzinfo=UTC), "2026-01-02 03:04 UTC"),
        (datetime.fromisoformat("2026-01-02T03:04:05-03:30"), "2026-01-02 03:04 UTC-03:30"),
        (datetime.fromisoformat("2026-01-02T03:04:05.678901+00:00"), "2026-01-02 03:04 UTC"),
    ],
)
def test_an_instant_is_shown_in_a_form_that_nobody_takes_for_another(at: datetime, shown: str) -> None:
    root = tree(page_of(listed_at("news.xml"), feed_of(listed_at("news.xml"), (replace(ENTRIES[1], published=at),))))
    (time,) = root.iter("time")
    assert text(time) == shown
    assert time.attrib["datetime"] == at.replace(microsecond=0).isoformat()


# Words


@pytest.mark.parametrize("code", CODES)
def test_every_edition_has_every_word(code: str) -> None:
    """With the same places for names and numbers as in English, and in its own direction."""
    english, words = strings_of("en"), strings_of(code)
    places = [[sorted(re.findall(r"{\w+}", word)) for word in astuple(each)] for each in (english, words)]
    assert all(astuple(words))
    assert [field.name for field, a, b in zip(fields(Strings), *places, strict=True) if a != b and field.name != "entry"] == []
    assert words.direction == info_of("all", "all", "x", code).direction if code != "es" else "ltr"
    assert words.count(1) != words.count(2)


# Style


def schemes() -> list[dict[str, str]]:
    """The colours of the style by name: light, then dark."""
    found = re.findall(r"--(\w+): (#[0-9a-f]+);", style().decode().partition("@media print")[0])
    half = len(found) // 2
    assert [name for name, _ in found[:half]] == [name for name, _ in found[half:]]
    return [dict(found[:half]), dict(found[half:])]


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("paper", ["paper", "raised"])
@pytest.mark.parametrize("ink", ["ink", "faint", "link", "current", "failing"])
def test_colours_can_be_read_in_light_and_dark(ink: str, paper: str) -> None:
    """Contrast of 4.5 and more (WCAG 2.2, 1.4.3)."""
    for colours in schemes():
        light, dark = sorted((luminance(colours[ink]), luminance(colours[paper])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_the_style_is_small_and_loads_nothing() -> None:
    assert len(style()) < 10_000
    assert b"@import" not in style()
    assert b"url(" not in style()


@pytest.mark.parametrize(
    ("href", "written"),
    [("../style.css", b'"../style.css"'), ('/a?b="c"&d<e>', b"'/a?b=\"c\"&amp;d&lt;e&gt;'")],
    ids=["plain", "with signs"],
)
def test_a_feed_with_a_style_is_the_same_feed(href: str, written: bytes) -> None:
    plain = atom(feed_of(listed_at("news.xml")), f"{BASE}/news.xml", full=True)
    document, styled = bytes(plain), bytes(with_stylesheet(plain, href))
    declaration, instruction, _ = styled.split(b"\n", 2)
    assert declaration == document.split(b"\n", 1)[0]
    assert instruction == b'<?xml-stylesheet type="text/css" href=' + written + b"?>"
    assert etree.tostring(etree.fromstring(styled)) == etree.tostring(etree.fromstring(document))
    parse(styled)


def test_a_document_without_a_declaration_begins_with_its_style() -> None:
    assert with_stylesheet(b"<feed/>\n", "s.css") == b'<?xml-stylesheet type="text/css" href="s.css"?>\n<feed/>\n'

"""Home pages beyond the saved ones, and where lists come from when the menu does not tell."""

import json
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import pytest

from feedgen_mayadeen.errors import NoMenuError
from feedgen_mayadeen.ids import key_of
from feedgen_mayadeen.models import ListPage, Page
from feedgen_mayadeen.sample import SampleSite
from feedgen_mayadeen.site.edition import load
from feedgen_mayadeen.site.menu import known_lists, read_menu
from feedgen_mayadeen.urls import canonical
from tests.running import Place, Server, page
from tests.saved import EN, LAYOUT

SITE = "https://english.almayadeen.net"
MENU = '<nav><a href="/n">News</a> <a href="/n/p">Politics</a> <a href="/n/e">Economy</a> <a href="/a">Articles</a></nav>'
KEYS = ["news", "news/politics", "news/economy", "articles"]


def read(html: str, origin: str | None = None) -> dict[str, str]:
    lists = read_menu(Page(EN.home, f"<html><body>{html}</body></html>", origin=origin), EN)
    return {list_page.key: list_page.address for list_page in lists}


@pytest.mark.parametrize("templates", [None, LAYOUT], ids=["standard layout", "other layout"])
@pytest.mark.parametrize("code", ["en", "es"])
def test_the_sample_site_s_menu_is_read_whole(code: str, templates: Path | None) -> None:
    site, edition = SampleSite(code, templates=templates), load(code)
    found = read_menu(Page(edition.home, site.page("/").body.decode()), edition)
    want = {}
    for item, top in site.edition.menu_lists():
        own = key_of(item.label)
        want[own if item is top else f"{key_of(top.label)}/{own}"] = canonical(site.origin + item.path)
    want |= {f"regions/{key_of(text)}": canonical(site.origin + path) for text, path in site.edition.regions.items()}
    assert {list_page.key: list_page.address for list_page in found} == want


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        (MENU, None),
        (MENU.replace('href="', f'href="{SITE}'), None),
        (MENU.replace('href="', 'href="https://next-en.almayadeen.net'), None),
        (MENU.replace('href="', 'href="http://127.0.0.1:9/').replace("9//", "9/"), "http://127.0.0.1:9"),
        (MENU.replace("</a>", "\u200b </a>").replace("Politics", "\n POLITICS"), None),
        (MENU.replace("<nav>", "<div>").replace("</nav>", "</div>"), None),
        (MENU + MENU, None),
        (MENU + '<p><a href="/elsewhere">Politics</a></p>', None),
        ('<p><a href="/elsewhere">Politics</a></p>' + MENU, None),
        ('<div><a href="/n/p/bell">The mayor buys a bell</a> <a href="/n/p/bell">Politics</a></div>' + MENU, None),
        (MENU.replace("</nav>", '<a href="/live">LIVE</a><a href="https://www.almayadeen.net">Ar</a></nav>'), None),
        (MENU.replace("</nav>", '<a href="/">Home</a><a href="/privacy-policy">Privacy Policy</a></nav>'), None),
    ],
)  # fmt: skip
def test_menus_that_say_the_same(written: str, origin: str | None) -> None:
    paths = dict(zip(KEYS, ("/n", "/n/p", "/n/e", "/a"), strict=True))
    assert read(written, origin) == {key: SITE + path for key, path in paths.items()}


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<p>News Politics Economy Articles</p>",
        MENU.replace('href="', 'href="https://example.org'),
        MENU.replace('href="', 'href="https://www.almayadeen.net'),
        '<a href="/n">News</a><a href="/a">Articles</a>',
        MENU.replace('href="/', 'href="javascript:'),
    ],
)
def test_without_a_menu_of_the_edition_the_page_is_refused(html: str) -> None:
    with pytest.raises(NoMenuError) as caught:
        read(html)
    assert caught.value.address == EN.home


def test_a_new_list_is_found_and_marked_as_not_known() -> None:
    html = MENU.replace("</nav>", '<a href="/n/weather">Weather &amp; Tides</a></nav>')
    new = [list_page for list_page in read_menu(Page(EN.home, html), EN) if not list_page.known]
    assert new == [ListPage("news/weather-tides", "Weather & Tides", f"{SITE}/n/weather", known=False)]


def test_where_lists_come_from_in_turn() -> None:
    """The menu, else memory, else what is written down; a label without any of them is named as missing."""
    menu = ListPage("news/politics", "Politics", f"{SITE}/n/p")
    old = ListPage("news/politics", "Politics", f"{SITE}/old", "remembered")
    sports = ListPage("news/sports", "Sports", f"{SITE}/remembered-sports", "remembered")
    extra = ListPage("news/weather", "Weather", f"{SITE}/weather", known=False)
    lists, missing = known_lists((menu, extra), (old, sports), EN)
    by_key = {list_page.key: list_page for list_page in lists}
    assert by_key["news/politics"] == menu
    assert by_key["news/sports"] == sports
    assert by_key["news/health"] == ListPage("news/health", "Health", f"{SITE}/news/health", "written down")
    assert lists[-1] == extra
    assert [list_page.key for list_page in lists[:-1]] == [e.key for e in EN.lists if e.key in by_key]
    assert "Technology" in missing
    assert not {"Politics", "Sports", "Health"} & set(missing)
    assert len(lists) - 1 + len(missing) == len(EN.lists)


@pytest.mark.parametrize(
    ("code", "keys"),
    [
        ("en", {"news/arts-culture", "videos/digital-series", "in-pictures", "regions/us-canada", "regions/asia-pacific"}),
        ("ar", {"أخبار", "أخبار/سياسة", "تقارير-تلفزيونية"}),
        ("es", {"noticias", "noticias/política"}),
    ],
)
def test_keys_of_the_edition_s_own_lists(code: str, keys: set[str]) -> None:
    assert keys <= {entry.key for entry in load(code).lists}


# Keys of labels that no edition's file names

RESERVED = [
    "Breaking", "Most Read", "Index", "Status", "Health", "404", "Edits", "own", "Tags", "Coverage",
    "CON", "prn", "Aux", "NUL", "Com1", "COM\u00b2", "lpt9", "Archive", "\U0001f600", "\u2026", "\u00df", "x" * 40,
]  # fmt: skip
OWN_FILES = {
    "index.html", "404.html", "status.json", "health.xml", "feeds.opml", "style.css",
    *(f"{key}.{suffix}" for key in ("all", "breaking", "most-read") for suffix in ("xml", "json", "html")),
}  # fmt: skip
OWN_FOLDERS = ("ar", "es", "tags", "coverage", "authors", "own", "media")
DEVICES = {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in "123456789\u00b9\u00b2\u00b3")}


def with_labels(*labels: str, start: int = 0) -> str:
    links = "".join(f'<a href="/new/{n}">{label}</a>' for n, label in enumerate(labels, start))
    return MENU.replace("</nav>", f"{links}</nav>")


def check_keys(keys: Iterable[str]) -> None:
    """No two feeds have a file in common, whether or not a system tells capitals, and none is the program's or a device."""
    keys = list(keys)
    files = [f"{key}.{suffix}" for key in keys for suffix in ("xml", "json", "html")]
    assert len({unicodedata.normalize("NFKC", file).casefold() for file in files}) == len(files)
    assert OWN_FILES.isdisjoint(files)
    for key in keys:
        assert key.partition("/")[0] not in OWN_FOLDERS
        for part in key.split("/"):
            assert part
            assert part not in {*DEVICES, "index"}
            assert part == key_of(part)
            assert len(part.encode()) <= 109


@pytest.mark.parametrize("first", range(0, len(RESERVED), 3))
def test_any_label_of_a_menu_gets_a_key_that_is_a_file_of_its_own_everywhere(first: int) -> None:
    labels = RESERVED[first : first + 3]
    found = read(with_labels(*labels))
    assert len(found) == len(KEYS) + len(labels)
    check_keys(found)
    assert read(with_labels(*labels)) == found, "the same each time"


@pytest.mark.parametrize(
    "labels",
    [
        ("Food & Drink", "Food Drink"),
        ("Food-Drink", "FOOD, DRINK", "Food/Drink"),
        ("Caf\u00e9s", "Cafe\u0301s!"),
    ],
)
def test_labels_that_fold_to_one_key_get_two(labels: tuple[str, ...]) -> None:
    found = read(with_labels(*labels))
    assert len(found) == len(KEYS) + len(labels)
    check_keys(found)


def test_a_label_keeps_its_key_whatever_the_order_and_when_the_other_one_is_gone() -> None:
    def lists(html: str, remembered: tuple[ListPage, ...] = ()) -> tuple[ListPage, ...]:
        return read_menu(Page(EN.home, f"<html><body>{html}</body></html>"), EN, remembered)

    first = lists(with_labels("Food & Drink", "Food Drink"))
    keys = {list_page.label: list_page.key for list_page in first}
    for labels in (("Food Drink", "Food & Drink"), ("Food Drink",), ("Food & Drink",)):
        for list_page in lists(with_labels(*labels), first):
            assert keys[list_page.label] == list_page.key
    renamed = {list_page.label: list_page.key for list_page in lists(with_labels("FOOD: DRINK"), first[:-1])}
    assert renamed["FOOD: DRINK"] == keys["Food & Drink"], "another way to write the same name"


def test_a_build_writes_every_reserved_label_to_a_feed_of_its_own(tmp_path: Path, english: Server) -> None:
    labels = ("Breaking", "Status", "CON", "404", "Index", "Health")
    articles = english.site.lists()["/news/politics"][1]
    links = "".join(f'<li><a href="/x{n}">{label}</a></li>' for n, label in enumerate(labels))
    menu = '<ul class="main-menu">'
    english.rewrites["home"] = lambda text: text.replace(menu, menu + links)
    for number, label in enumerate(labels):
        english.faults[f"/x{number}"] = page(english.site._listing(f"/x{number}", label, articles).body.decode())
    place = Place(tmp_path, english)
    report = place.build_at(english.site.now)
    names = [feed.title.partition(" — ")[0] for feed in report.feeds]
    assert all(names.count(label) == 1 for label in labels), names
    check_keys(feed.key for feed in report.feeds if feed.key not in ("all", "breaking", "most-read") and "/" not in feed.key)
    assert json.loads((place.out / "status.json").read_bytes())["version"] == 1
    assert place.feeds["breaking"].id.endswith("feed/breaking")

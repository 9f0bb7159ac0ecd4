"""Home pages beyond the saved ones, and where lists come from when the menu does not tell."""

from pathlib import Path

import pytest

from feedgen_mayadeen.errors import NoMenuError
from feedgen_mayadeen.ids import key_of
from feedgen_mayadeen.models import ListPage, Page
from feedgen_mayadeen.sample import SampleSite
from feedgen_mayadeen.site.edition import load
from feedgen_mayadeen.site.menu import known_lists, read_menu
from feedgen_mayadeen.urls import canonical
from tests.saved import EN, LAYOUT

SITE = "https://english.almayadeen.net"
MENU = '<nav><a href="/n">News</a> <a href="/n/p">Politics</a> <a href="/n/e">Economy</a> <a href="/a">Articles</a></nav>'
KEYS = ["news", "news/politics", "news/economy", "articles"]


def read(html: str, origin: str | None = None) -> dict[str, str]:
    lists = read_menu(Page(EN.home, f"<html><body>{html}</body></html>", origin=origin), EN)
    return {list_page.key: list_page.address for list_page in lists}


@pytest.mark.parametrize("templates", [None, LAYOUT], ids=["standard layout", "other layout"])
@pytest.mark.parametrize("code", ["en", "ar", "es"])
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

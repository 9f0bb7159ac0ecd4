"""The folder as people see it in a browser: pages that work, are quiet, fit a phone, and can be used by everyone."""

import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from urllib.parse import quote, urlsplit

import pytest

from feedgen_mayadeen.commands.serve import Preview
from feedgen_mayadeen.generate.render.strings import strings_of
from tests.browser import Browser, Tab
from tests.running import MEDIA_BASE, Place, Server, run

AXE = Path(sys.prefix, "npm", "node_modules", "axe-core", "axe.min.js")
SECTION, TAG, ARABIC, LOST = "news.html", "tags/chess.html", "ar/أخبار.html", "no/such/page"
PAGES = ("index.html", SECTION, TAG, "ar/index.html", ARABIC, LOST)
FEEDS = ("news.xml", "ar/أخبار.xml")
EACH_PAGE = pytest.mark.parametrize("file", PAGES)
EACH_INDEX = pytest.mark.parametrize("edition", ["en", "ar", "es"])
ALL_OPEN = "for (const part of document.querySelectorAll('details')) part.open = true"


@dataclass(frozen=True, slots=True)
class Site:
    """The built folder on loopback, below the path of its `base_url`, as GitHub Pages serves it; addresses without slash."""

    url: str
    base_url: str
    folder: Path

    def at(self, file: str) -> str:
        """The address of a file."""
        return f"{self.url}/{quote(file)}"

    def published(self, text: str) -> str:
        """A text with the addresses that it would hold where the folder is published."""
        return text.replace(self.url, self.base_url).replace(quote(self.url, safe=""), quote(self.base_url, safe=""))

    def status(self, address: str) -> int:
        """What the server answers for an address."""
        parts = urlsplit(address)
        connection = HTTPConnection(parts.netloc, timeout=30)
        try:
            connection.request("HEAD", parts.path)
            return connection.getresponse().status
        finally:
            connection.close()


@pytest.fixture(scope="module")
def site(whole: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    base_url = json.loads((whole.out / "status.json").read_text("utf-8"))["base_url"]
    root, path = tmp_path_factory.mktemp("served"), urlsplit(base_url).path
    (root / path.lstrip("/")).symlink_to(whole.out)
    (root / "404.html").symlink_to(whole.out / "404.html")
    with Preview(root) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield Site(f"{server.url}{path}", base_url, whole.out)
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def only_tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    program = shutil.which("chromium")
    if not program:
        pytest.skip("chromium is missing")
    with Browser(program, tmp_path_factory.mktemp("profile")) as one:
        yield one.tab()


@pytest.fixture
def tab(only_tab: Tab) -> Tab:
    only_tab.reset()
    return only_tab


def names_shown(tab: Tab) -> list[str]:
    """The feeds of an index that can be seen."""
    names: list[str] = tab.run(
        "[...document.querySelectorAll('.name')].filter((name) => name.checkVisibility()).map((name) => name.textContent)"
    )
    return names


@pytest.mark.parametrize("file", [*PAGES, *FEEDS])
def test_a_page_asks_for_its_style_only_and_has_nothing_to_complain_of(tab: Tab, site: Site, file: str) -> None:
    tab.open(site.at(file))
    tab.run("scrollTo(0, document.documentElement.scrollHeight)")
    # Of the server's root, Chromium itself asks for an icon, as it does for whatever is no HTML.
    asked = [request["url"] for request in tab.requests if not request["url"].endswith("/favicon.ico")]
    assert asked == [site.at(file), site.at("style.css")]
    assert [one for one in tab.complaints if not one.endswith((site.at(LOST), "/favicon.ico"))] == []


@EACH_INDEX
def test_every_link_of_an_index_leads_to_a_file(tab: Tab, site: Site, edition: str) -> None:
    tab.open(site.at("index.html" if edition == "en" else f"{edition}/index.html"))
    links = tab.run("[...document.querySelectorAll('a, link')].map((link) => link.href.split('#')[0])")
    own = {link for link in links if link.startswith(site.url)}
    feeds = len(names_shown(tab))
    assert len(own) >= 3 * feeds > 0
    assert {link: site.status(link) for link in own} == dict.fromkeys(own, 200)
    others = {urlsplit(link).netloc or urlsplit(link).scheme for link in links} - {urlsplit(site.url).netloc}
    home = "www" if edition == "ar" else {"en": "english", "es": "espanol"}[edition]
    assert others == {"data", "feed", "feedly.com", "www.inoreader.com", f"{home}.almayadeen.net"}


def test_a_link_to_no_file_would_be_found(site: Site) -> None:
    assert site.status(site.at("no.html")) == 404


@pytest.mark.parametrize(
    ("file", "typed", "found"),
    [
        ("index.html", "SPORT", ["Sports"]),
        ("index.html", "news", ["Breaking news", "News", "NewsFeed"]),
        ("es/index.html", "  economia ", ["Economía"]),
        ("ar/index.html", "اقتصاد", ["اقتصاد"]),
        ("index.html", "no such feed", []),
    ],
)
def test_the_filter_filters_and_says_how_many(tab: Tab, site: Site, file: str, typed: str, found: list[str]) -> None:
    tab.open(site.at(file))
    every = names_shown(tab)
    tab.click("#filter")
    tab.write(typed)
    assert names_shown(tab) == found
    words = strings_of(file.split("/")[0] if "/" in file else "en")
    assert tab.run("document.querySelector('output').innerText") == words.found.format(n=len(found), all=len(every))
    headings = "[...document.querySelectorAll('main > section')].filter((section) => section.checkVisibility()).length"
    assert (tab.run(headings) > 0) is (found != [])
    tab.run("document.querySelector('#filter').select()")
    tab.press("Backspace")
    assert names_shown(tab) == every
    assert tab.run("document.querySelector('output').innerText") == ""


@pytest.mark.parametrize(
    ("file", "feed"),
    [("index.html", "most-read.xml"), (TAG, "tags/chess.xml"), (ARABIC, "ar/أخبار.xml")],
)
def test_copy_copies_the_address_that_works_here(tab: Tab, site: Site, file: str, feed: str) -> None:
    tab.open(site.at(file))
    tab.allow("clipboard-write", allowed=True)
    tab.allow("clipboard-read", allowed=True)
    tab.click(f"[data-copy='{site.at(feed)}']")
    words = strings_of("ar" if file == ARABIC else "en")
    tab.until("said.textContent !== ''")
    assert tab.run("said.innerText") == words.copied
    assert tab.run("navigator.clipboard.readText()") == site.at(feed)
    assert site.status(site.at(feed)) == 200


@pytest.mark.parametrize("file", ["index.html", SECTION])
def test_where_copying_is_refused_the_address_is_selected(tab: Tab, site: Site, file: str) -> None:
    tab.open(site.at(file))
    tab.allow("clipboard-write", allowed=False)
    tab.click("[data-copy$='/news.xml']")
    tab.until("said.textContent !== ''")
    assert tab.run("said.innerText") == strings_of("en").selected
    assert tab.run("getSelection().toString()") == site.at("news.xml")


@pytest.mark.parametrize("file", ["index.html", TAG, ARABIC])
def test_readers_get_the_address_that_works_here(tab: Tab, site: Site, file: str) -> None:
    tab.open(site.at(file))
    links = tab.run("[...document.querySelectorAll('main a')].map((link) => link.getAttribute('href'))")
    feed = site.at("all.xml" if file == "index.html" else file.replace(".html", ".xml"))
    quoted = quote(feed, safe="")
    expected = (feed, f"https://feedly.com/i/subscription/feed%2F{quoted}", f"https://www.inoreader.com/?add_feed={quoted}")
    assert {*expected, f"feed:{feed}"} <= set(links)
    assert [link for link in links if site.base_url in link or quote(site.base_url, safe="") in link] == []


def test_a_folder_that_is_opened_from_a_disk_works(tab: Tab, site: Site) -> None:
    folder = site.folder.resolve().as_uri()
    tab.open(f"{folder}/ar/index.html")
    assert [request["url"] for request in tab.requests] == [f"{folder}/ar/index.html", f"{folder}/style.css"]
    assert tab.complaints == []
    addresses = tab.run("[...document.querySelectorAll('.address')].map((address) => address.textContent)")
    assert f"{folder}/ar/{quote('أخبار.xml')}" in addresses
    assert [address for address in addresses if not address.startswith(f"{folder}/ar/")] == []


def test_pictures_are_asked_for_only_when_a_person_asks(tab: Tab, site: Site) -> None:
    tab.open(site.at(SECTION))
    tab.run("scrollTo(0, document.documentElement.scrollHeight)")
    before = len(tab.requests)
    tab.click("[data-picture]")
    tab.until("document.querySelector('[data-picture] img')?.naturalWidth > 0")
    (one,) = tab.requests[before:]
    assert one["url"].startswith(f"{MEDIA_BASE}/")
    assert one["headers"].get("Referer", "") == ""
    tab.click("[data-pictures]")
    count = tab.run("document.querySelectorAll('[data-picture]').length")
    assert tab.run("document.querySelectorAll('[data-picture] img').length") == count > 1
    assert tab.run("[...document.querySelectorAll('[data-picture] img')].every((image) => image.alt !== '')")
    tab.click("[data-pictures]")
    assert tab.run("document.querySelectorAll('img').length") == 0
    assert tab.complaints == []


@pytest.mark.parametrize("file", [*PAGES, *FEEDS])
def test_nothing_is_wider_than_a_small_phone(tab: Tab, site: Site, file: str) -> None:
    is_page = not file.endswith(".xml")
    tab.command("Emulation.setDeviceMetricsOverride", width=320, height=640, deviceScaleFactor=2, mobile=is_page)
    tab.open(site.at(file))
    tab.run(ALL_OPEN)
    assert tab.run("innerWidth") == 320
    assert tab.run("document.documentElement.scrollWidth") <= 320


def content(tab: Tab, site: Site, file: str) -> tuple[str, list[str]]:
    """What a page says to a person who opens all of it, without what only the script gives; and where its links lead."""
    tab.open(site.at(file))
    tab.run(
        f"""{ALL_OPEN};
        for (const part of document.querySelectorAll("[data-script]")) part.remove();
        for (const time of document.querySelectorAll("time")) time.textContent = time.dateTime;"""
    )
    links = tab.run("[...document.querySelectorAll('a')].map((link) => link.getAttribute('href'))")
    return site.published(tab.run("document.body.innerText")), [site.published(link) for link in links]


@EACH_PAGE
def test_a_page_says_the_same_without_script(tab: Tab, site: Site, file: str) -> None:
    full = content(tab, site, file)
    tab.command("Emulation.setScriptExecutionDisabled", value=True)
    plain = content(tab, site, file)
    assert plain == full
    assert len(plain[0]) > 100
    # The addresses are then those of the published folder, and nothing is offered that needs the script.
    tab.open(site.at(file))
    assert site.url not in tab.run("document.body.innerText")
    assert tab.run("[...document.querySelectorAll('button, input')].filter((part) => part.checkVisibility()).length") == 0


@EACH_PAGE
def test_the_first_key_leads_past_the_head(tab: Tab, site: Site, file: str) -> None:
    tab.open(site.at(file))
    tab.press("Tab")
    assert tab.run("document.activeElement.className") == "skip"
    assert tab.run("document.activeElement.getBoundingClientRect().top") >= 0
    tab.press("Enter")
    tab.until("document.activeElement.id === 'content'")
    tab.press("Tab")
    assert tab.run("document.activeElement.closest('main') !== null && document.activeElement.id !== 'content'")


@EACH_PAGE
def test_axe_finds_no_violation(tab: Tab, site: Site, file: str) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is missing: it is installed by `make test` where npm is")
    tab.open(site.at(file))
    tab.run(ALL_OPEN)
    tab.run(AXE.read_text("utf-8"))
    for scheme in ("light", "dark"):
        tab.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        passes, violations = tab.run(
            """axe.run({ resultTypes: ["violations"] }).then(({ passes, violations }) =>
            [passes.length, violations.map((one) => [one.id, one.nodes[0].html])])"""
        )
        assert passes > 15
        assert violations == [], scheme


@pytest.mark.parametrize(
    ("file", "banner"),
    [("news.xml", "This is a feed."), ("es/noticias.xml", "Esto es un canal."), ("ar/أخبار.xml", "هذه خلاصة.")],
)
def test_a_feed_in_a_browser_shows_a_banner_and_titles(tab: Tab, site: Site, file: str, banner: str) -> None:
    tab.open(site.at(file))
    assert banner in tab.run("getComputedStyle(document.documentElement, '::before').content")
    shown = "[...document.querySelectorAll('{}')].map((one) => one.checkVisibility() && one.textContent)"
    titles = tab.run(shown.format("entry > title"))
    items = json.loads((site.folder / file).with_suffix(".json").read_text("utf-8"))["items"]
    assert titles == [item["title"] for item in items] != []
    assert set(tab.run(shown.format("id, link, content, category"))) == {False}


@pytest.mark.parametrize("file", PAGES)
def test_a_page_has_an_icon_that_its_policy_lets_through(tab: Tab, site: Site, file: str) -> None:
    tab.open(site.at(file))
    tab.run("window.icon = new Image(); icon.src = document.querySelector('link[rel=icon]').href; 0")
    tab.until("icon.naturalWidth > 0")
    assert [one for one in tab.complaints if not one.endswith(site.at(LOST))] == []


def test_only_when_a_build_is_long_overdue_is_the_maintainer_told_what_to_do(
    tab: Tab, site: Site, tmp_path: Path, server: Server
) -> None:
    place = Place(tmp_path, server)
    place.build_at(datetime(2020, 1, 1, tzinfo=UTC))
    shown = "document.querySelector('[data-overdue]').checkVisibility()"
    tab.open(site.at("index.html"))
    assert not tab.run(shown)
    tab.open((place.out / "es/index.html").as_uri())
    assert tab.run(shown)


@pytest.fixture(scope="module")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the demo leaves; its own server is gone."""
    out = tmp_path_factory.mktemp("sample") / "feeds"
    run("demo", "--out", out, "--json")
    return out


@pytest.mark.parametrize("is_served", [True, False])
def test_the_sample_shows_its_pictures_when_its_server_is_gone(tab: Tab, sample_folder: Path, is_served: bool) -> None:
    with Preview(sample_folder) as preview:
        thread = Thread(target=preview.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            tab.open(f"{preview.url if is_served else sample_folder.as_uri()}/news/politics.html")
            tab.click("[data-picture]")
            tab.until("document.querySelector('[data-picture] img')?.naturalWidth > 0")
            assert tab.complaints == []
        finally:
            preview.shutdown()
            thread.join()

"""Answers that are another page than the one that was asked for, and those that only look so."""

import pytest

from feedgen_mayadeen.models import Page
from feedgen_mayadeen.sample import SampleSite
from feedgen_mayadeen.site.answers import another_page
from feedgen_mayadeen.site.edition import load
from tests.saved import EN, LAYOUT

SITE = "https://english.almayadeen.net"
ASKED = f"{SITE}/news/politics"
LISTS = {
    ASKED: "Politics",
    f"{SITE}/news": "News",
    f"{SITE}/news/sports": "Sports",
    f"{SITE}/regions/palestine": "Palestine",
    f"{SITE}/news/economics": "Economy",
}
CARDS = [f"{SITE}/news/sports/{name}" for name in ("a-match", "a-race", "a-game")]


def page(head: str = "", body: str = "", address: str = ASKED) -> Page:
    return Page(address, f"<html><head>{head}</head><body><a href='/'>Al Mayadeen English</a>{body}</body></html>")


def shows(answer: Page, label: str = "Politics", asked: str = ASKED, **more: object) -> str | None:
    return another_page(asked, label, answer, EN, LISTS, **more)  # type: ignore[arg-type]  # of each test's own kind


OWN = "<title>Politics | Al Mayadeen English</title>"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (page("<title>Al Mayadeen English</title>", address=f"{SITE}/"), "it led to"),
        (page("<title>News | Al Mayadeen English</title>", address=f"{SITE}/news"), "it led to"),
        (page("<title>Sports | Al Mayadeen English</title>", address=f"{SITE}/news/sports"), "it led to"),
        (page("<title>Welcome</title>", address=f"{SITE}/welcome"), "it led to"),
        (page(OWN, address=f"{SITE}/news/sports"), "it led to"),
        (page(f'<link rel="canonical" href="{SITE}/">'), "the home page"),
        (page(f'<title>Top stories</title><meta property="og:url" content="{SITE}/">'), "the home page"),
        (page('<link rel="canonical" href="/news/sports">'), "Sports"),
        (page('<link rel="canonical" href="https://next-en.almayadeen.net/news/">'), "News"),
        (page(f'<script type="text/tawsiyat">{{"type": "page", "url": "{SITE}/news/sports"}}</script>'), "Sports"),
        (page("<title>Sports | Al Mayadeen English</title>"), "Sports"),
        (page("<title>Al Mayadeen English</title>", "<h1>Sports</h1>"), "Sports"),
        (page("<title>Home | Al Mayadeen English</title>", "<h2>Politics</h2>"), "home"),
    ],
)
def test_another_page_is_told_with_its_reason(answer: Page, reason: str) -> None:
    assert reason in (shows(answer) or "")


@pytest.mark.parametrize(
    "answer",
    [
        page(OWN),
        page(),
        page("<title>All about the state | Al Mayadeen English</title>"),
        page("<title>Al Mayadeen English: Politics</title>"),
        page("", "<h1>Category: Politics</h1>"),
        page(f'<title>News</title><link rel="canonical" href="{ASKED}/">'),
        page('<title>News</title><link rel="canonical" href="https://next-en.almayadeen.net/News/Politics?page=1">'),
        page(f'{OWN}<link rel="canonical" href="{SITE}/">'),
        page(f'{OWN}<meta property="og:url" content="{SITE}/news">'),
        page('<link rel="canonical" href="https://example.org/">'),
        page('<link rel="canonical" href="https://[broken">'),
        page(OWN, address=f"{ASKED}/"),
        page(OWN, address=f"{ASKED}?page=1"),
        page(OWN, address=f"{ASKED};jsessionid=12"),
        page(OWN, address=f"{SITE}/News/Politics"),
        page(OWN, address=f"{SITE}/sections/politics"),
        page(OWN, address=f"{SITE}/news?section=politics"),
    ],
)
def test_the_page_itself_is_never_another(answer: Page) -> None:
    assert shows(answer) is None


def test_a_page_without_a_name_is_known_by_another_s_cards() -> None:
    theirs = {f"{SITE}/news/sports": CARDS}
    assert "Sports" in (shows(page(), cards=CARDS, cards_of=theirs) or "")
    assert shows(page(), cards=CARDS[:2], cards_of=theirs) is None
    assert shows(page(), cards=[*CARDS, f"{ASKED}/a-vote"], cards_of=theirs) is None
    assert shows(page(OWN), cards=CARDS, cards_of=theirs) is None


def test_lists_that_rightly_have_the_same_cards_are_left_alone() -> None:
    cards = [f"{ASKED}/{name}" for name in ("a-vote", "a-law", "a-bell")]
    region = f"{SITE}/regions/palestine"
    assert shows(page(), cards=cards, cards_of={region: cards, f"{SITE}/news": cards}) is None
    assert shows(page(address=region), "Palestine", region, cards=cards, cards_of={f"{SITE}/tags/x": cards}) is None


@pytest.mark.parametrize("templates", [None, LAYOUT], ids=["standard layout", "other layout"])
@pytest.mark.parametrize("style", ["tawsiyat", "none"])
@pytest.mark.parametrize("code", ["en", "ar", "es"])
def test_on_the_sample_site_each_list_is_itself_and_no_other(code: str, style: str, templates: object) -> None:
    site = SampleSite(code, templates=templates)  # type: ignore[arg-type]  # a path or none
    site.metadata_style = style  # type: ignore[assignment]  # one of its styles
    edition = load(code)
    labels = {site.origin + path: label for path, (label, _) in site.lists().items()}
    paths = list(site.lists())[:12]
    for number, path in enumerate(paths):
        own, other = site.origin + path, paths[number - 1]
        text = site.page(path).body.decode()
        assert another_page(own, labels[own], Page(own, text), edition, labels) is None, path
        theirs = site.page(other).body.decode()
        assert another_page(own, labels[own], Page(own, theirs), edition, labels), path
        assert another_page(own, labels[own], Page(own, site.page("/").body.decode()), edition, labels), path

"""List pages beyond the saved ones: addresses, hosts, titles, furniture, and all lists of the sample site."""

from pathlib import Path
from typing import Any

import pytest

from feedgen_mayadeen.errors import NoCardsError
from feedgen_mayadeen.models import Card, Page
from feedgen_mayadeen.sample import SampleSite
from feedgen_mayadeen.site.edition import load
from feedgen_mayadeen.site.lists import read_list
from feedgen_mayadeen.urls import canonical
from tests.saved import EN, LAYOUT

SITE = "https://english.almayadeen.net"
HERE = f"{SITE}/news/politics"
TITLES = ("The mayor buys a bell", "A vote on the colour of doors", "Ferry timetable fits on one page")
PATHS = ("/news/politics/a-bell", "/news/politics/doors", "/news/politics/ferry")


def cards(*paths: str, titles: tuple[str, ...] = TITLES) -> str:
    items = "".join(f'<div><h3><a href="{p}">{t}</a></h3></div>' for p, t in zip(paths, titles, strict=True))
    return f"<main><h1>Politics</h1><div>{items}</div></main>"


def read(body: str, *, origin: str | None = None, others: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    page = Page(HERE, f"<html><body>{body}</body></html>", origin=origin)
    return [(card.address, card.title) for card in read_list(page, EN, others)]


EXPECTED = [(SITE + path, title) for path, title in zip(PATHS, TITLES, strict=True)]


@pytest.mark.parametrize(
    "prefix",
    ["", SITE, "https://next-en.almayadeen.net", "//english.almayadeen.net", "http://english.almayadeen.net",
     "https://ENGLISH.almayadeen.net", "http://127.0.0.1:8080"],
)  # fmt: skip
@pytest.mark.parametrize("suffix", ["", "/", "?utm_source=list", "#comments", " "])
def test_addresses_become_the_site_s_own(prefix: str, suffix: str) -> None:
    body = cards(*(prefix + path + suffix for path in PATHS))
    assert read(body, origin="http://127.0.0.1:8080") == EXPECTED


def test_links_start_from_the_base_of_the_page() -> None:
    page = f'<html><head><base href="{SITE}/news/"></head><body>{cards("politics/a-bell", "politics/doors", "politics/ferry")}'
    assert [(card.address, card.title) for card in read_list(Page(HERE, page), EN, ())] == EXPECTED


@pytest.mark.parametrize(
    "stranger",
    ["https://example.org/news/politics/x", "https://www.almayadeen.net/news/politics/x", "mailto:a@example.org",
     "javascript:void(0)", "#", "", "https://[broken/news/x", "tel:+1", "/", HERE, "/live"],
)  # fmt: skip
def test_links_that_lead_to_no_article_are_no_cards(stranger: str) -> None:
    titles = (*TITLES[:1], "A link that leads elsewhere", *TITLES[1:])
    assert read(cards(PATHS[0], stranger, *PATHS[1:], titles=titles)) == EXPECTED


def test_known_lists_are_no_cards() -> None:
    titles = (*TITLES, "The Palestine page of the site")
    assert read(cards(*PATHS, "/regions/palestine", titles=titles), others=(f"{SITE}/regions/palestine",)) == EXPECTED


@pytest.mark.parametrize(
    "title",
    ["Line\n one\t and&nbsp;two", "A &amp; B &lt;again&gt;", "Zero\u200bwidth\u200f marks", "<b>Bold</b> <i>words</i>"],
)
def test_titles_are_folded(title: str) -> None:
    want = {"L": "Line one and two", "A": "A & B <again>", "Z": "Zerowidth marks", "<": "Bold words"}[title[0]]
    assert read(cards(*PATHS, titles=(title, *TITLES[1:])))[0] == (SITE + PATHS[0], want)


@pytest.mark.parametrize(
    "extra",
    [
        '<div><h2>Most Read</h2><h3><a href="/news/x/soup">Soup is good for you, says the cook</a></h3></div>',
        '<div><div><span> MOST&nbsp;READ : </span></div><ul><li><h3><a href="/news/x/soup">Soup</a></h3></li></ul></div>',
        '<aside><h3><a href="/news/x/soup">Soup is good for you, says the cook</a></h3></aside>',
        '<div role="complementary"><h3><a href="/news/x/soup">Soup is good for you, says the cook</a></h3></div>',
        '<nav><h3><a href="/news/x/soup">Soup is good for you, says the cook</a></h3></nav>',
        '<footer><h3><a href="/news/x/soup">Soup is good for you, says the cook</a></h3></footer>',
        '<div class="ticker"><span>Breaking News</span><p><a href="/news/x/soup">Soup is good for you</a></p></div>',
        '<div><strong>Coverage</strong><a href="/coverage/fair">The Village Fair of the year</a></div>',
        '<div><a href="/authors/ada">Ada Bernadette Sample-Placeholder</a></div>',
        "<template><h3><a href='/news/x/soup'>Soup is good</a></h3></template>",
        "<!-- <h3><a href='/news/x/soup'>Soup is good</a></h3> -->",
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["before", "after"])
def test_furniture_is_never_the_list(place: str, extra: str) -> None:
    body = cards(*PATHS)
    assert read(extra + body if place == "before" else body + extra) == EXPECTED


EXCERPT = "A long excerpt of the story, a sentence that goes on for a while and says what the title says."
FORMS = {
    "a link with everything in it": "<a href='{path}'><h3>{title}</h3><p>{excerpt}</p></a>",
    "a label as heading above the title": "<a href='{path}'><h5>Politics</h5><h3>{title}</h3></a>",
    "a date as heading beside the link": "<h6>9 Sep 2025</h6><a href='{path}'>{title}</a>",
    "a linked excerpt": "<a href='{path}'>{title}</a><a href='{path}'>{excerpt}</a>",
    "a linked excerpt under a heading": "<h3><a href='{path}'>{title}</a></h3><p><a href='{path}'>{excerpt}</a></p>",
    "a link to another story in the excerpt": "<h3><a href='{path}'>{title}</a></h3>"
    "<p>As told <a href='/news/politics/earlier-{number}'>in an earlier story about the harbour</a>, it goes on.</p>",
    "header and footer": "<article><header><h2><a href='{path}'>{title}</a></h2></header>"
    "<footer><a href='/authors/ada-sample'>Ada Sample the Elder</a></footer></article>",
    "a link for the reader only": "<a href='{path}' aria-label='{title}'><img src='/x.png' alt=''></a>",
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_cards(form: str) -> None:
    drawn = (
        FORMS[form].format(path=p, title=t, number=n, excerpt=EXCERPT)
        for n, (p, t) in enumerate(zip(PATHS, TITLES, strict=True))
    )
    assert read(f"<main><h1>Politics</h1>{''.join(f'<div>{card}</div>' for card in drawn)}</main>") == EXPECTED


@pytest.mark.parametrize(
    "first",
    [
        "<div><a href='{path}'><img src='/x.png' alt=''></a><h2><a href='{path}'>{title}</a></h2></div>",
        "<div><a href='{path}'><img src='/x.png' alt=''><span>{title}</span></a></div>",
        "<div><h1><a href='{path}'>{title}</a></h1></div>",
        "<div><span>BREAKING</span><h3><a href='{path}'>{title}</a></h3></div>",
        "<section><div><div><h3><a href='{path}'>{title}</a></h3></div></div></section>",
    ],
    ids=["larger heading", "no heading", "h1", "marked as breaking", "deeper"],
)
def test_a_first_card_of_its_own_form_belongs_to_the_list(first: str) -> None:
    rest = cards(*PATHS[1:], titles=TITLES[1:]).replace("<h1>Politics</h1>", "<h1>Politics</h1>{first}")
    if "<h1>" in first:
        rest = rest.replace("<h1>Politics</h1>", "")
    assert read(rest.replace("{first}", first.format(path=PATHS[0], title=TITLES[0]))) == EXPECTED


def test_a_page_may_be_called_like_a_piece_of_furniture() -> None:
    assert read(cards(*PATHS).replace("<h1>Politics</h1>", "<h1>Coverage</h1>")) == EXPECTED


@pytest.mark.parametrize("body", ["", "<main></main>", "<p>Just a moment…</p>", "<h1>Politics</h1>", "\x00<"])
def test_a_page_without_cards_is_refused(body: str) -> None:
    with pytest.raises(NoCardsError) as caught:
        read(body)
    assert caught.value.address == HERE


@pytest.mark.parametrize("templates", [None, LAYOUT], ids=["standard layout", "other layout"])
@pytest.mark.parametrize("style", ["tawsiyat", "none"])
@pytest.mark.parametrize("code", ["en", "ar", "es"])
def test_every_list_of_the_sample_site_gives_its_cards(code: str, style: Any, templates: Path | None) -> None:
    site = SampleSite(code, templates=templates)
    site.metadata_style = style
    lists = site.lists()
    others = frozenset(canonical(site.origin + item.path) for item, _ in site.edition.menu_lists())
    others |= {canonical(site.origin + path) for path in site.edition.regions.values()}
    for path, (_, records) in lists.items():
        page = Page(canonical(site.origin + path), site.page(path).body.decode())
        if not records:
            with pytest.raises(NoCardsError):
                read_list(page, load(code), others)
            continue
        want = tuple(Card(canonical(site.url(r)), " ".join(r.title.replace("\u200b", "").split())) for r in records)
        assert read_list(page, load(code), others) == want, path

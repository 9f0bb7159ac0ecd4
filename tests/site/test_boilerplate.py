"""What repeats over pages is left out of lists and articles; what several of them rightly share stays."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedgen_mayadeen.errors import NoCardsError, ReadError
from feedgen_mayadeen.models import Page, Picture
from feedgen_mayadeen.site.article import read_article
from feedgen_mayadeen.site.boilerplate import NOTHING, Boilerplate, Marker, learn, left_out
from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.lists import read_list
from feedgen_mayadeen.site.marks import Kind, observe
from feedgen_mayadeen.site.tree import tags, words
from tests.saved import EN, patient

SITE = "https://english.almayadeen.net"
SECTIONS = ("news/politics", "news/economics", "news/sports", "news/health", "articles/opinion", "videos/tv")
TITLES = ("{} buys a bell for the market", "{} votes on the colour of all doors", "{} finds an umbrella in the tower")


def card(path: str, title: str) -> str:
    return f'<div><h3><a href="/{path}">{title}</a></h3></div>'


def own_cards(section: str) -> list[tuple[str, str]]:
    name = section.rpartition("/")[2]
    return [(f"{section}/story-{name}-{number}", title.format(name.title())) for number, title in enumerate(TITLES)]


LATEST = [own_cards(section)[0] for section in SECTIONS[:3]]
SIDE = "<div><ul>" + "".join(f'<li><a href="/{path}">{title}</a></li>' for path, title in LATEST) + "</ul></div>"
"""A box without a label, before the cards and in the form of none of them."""


def list_page(path: str, cards: Sequence[tuple[str, str]], side: str = SIDE, name: str = "") -> Page:
    body = f"{side}<div>{name}{''.join(card(*one) for one in cards)}</div>"
    return Page(f"{SITE}/{path}", f"<html><head><title>Al Mayadeen English</title></head><body>{body}</body></html>")


def learned(side: str = SIDE) -> Boilerplate:
    return learn(observe(list_page(section, own_cards(section), side), EN, "list") for section in SECTIONS)


def read(page: Page, boilerplate: Boilerplate = NOTHING) -> list[str]:
    return [card.address.removeprefix(f"{SITE}/") for card in read_list(page, EN, (), boilerplate)]


@pytest.mark.parametrize("section", SECTIONS)
def test_a_box_that_stands_on_all_lists_belongs_to_none(section: str) -> None:
    page = list_page(section, own_cards(section))
    assert read(page, learned()) == [path for path, _ in own_cards(section)]


def test_a_region_s_list_is_freed_of_it_too() -> None:
    cards = [own_cards("news/politics")[1], own_cards("videos/tv")[2]]
    assert read(list_page("regions/asia", cards), learned()) == [path for path, _ in cards]


def test_a_box_in_the_form_of_the_cards_takes_none_of_them() -> None:
    """Where a box looks like the list, the article that is in both keeps its card."""
    side = f"<div>{''.join(card(*one) for one in LATEST)}</div>"
    boilerplate = learned(side)
    for section in SECTIONS:
        page = list_page(section, own_cards(section), side, "<h1>Here</h1>")
        assert read(page, boilerplate) == [path for path, _ in own_cards(section)], section
    news = [own_cards(section)[0] for section in SECTIONS[:4]]
    assert read(list_page("news", news, side, "<h1>News</h1>"), boilerplate) == [path for path, _ in news]


def test_a_card_that_several_lists_share_stays_in_all_of_them() -> None:
    """A section, its parent, a region, tags: all rightly show one article, in the same place."""
    shared = own_cards("news/politics")
    lists = ("news/politics", "news", "regions/asia", "tags/bells", "tags/doors", "coverage/market", "authors/ada")
    pages = [list_page(path, shared, "") for path in lists]
    others = [list_page(section, own_cards(section), "") for section in SECTIONS[1:]]
    boilerplate = learn(observe(page, EN, "list") for page in (*pages, *others))
    for page in pages:
        assert read(page, boilerplate) == [path for path, _ in shared], page.address


def test_few_lists_teach_nothing() -> None:
    pages = [list_page(section, own_cards(section)) for section in SECTIONS[:3]]
    assert learn(observe(page, EN, "list") for page in pages) == NOTHING


def test_a_list_of_nothing_else_has_no_cards() -> None:
    with pytest.raises(NoCardsError):
        read(list_page("news/weather", ()), learned())


def test_a_place_where_all_repeats_is_known_by_tomorrow() -> None:
    """One page alone, read a day later, when the box has other articles."""
    tomorrow = SIDE.replace("story-", "new-story-").replace("bell", "kettle")
    cards = own_cards("news/health")
    assert read(list_page("regions/asia", cards, tomorrow), learned()) == [path for path, _ in cards]


def test_what_was_learned_is_kept_and_comes_back() -> None:
    boilerplate = learned()
    kept = Boilerplate.of(boilerplate.rows())
    assert kept == boilerplate != NOTHING
    assert learn((), kept) == kept
    assert Boilerplate.of(()) == NOTHING


def test_what_the_pages_contradict_is_forgotten() -> None:
    """A place in which everything repeated, until the site drew its cards there."""
    before = learned()
    cards = {section: own_cards(section) for section in SECTIONS}
    rows = {s: "".join(f'<li><a href="/{path}">{title}</a></li>' for path, title in cards[s]) for s in SECTIONS}
    pages = [list_page(s, (), f"<div><ul>{rows[s]}</ul></div>") for s in SECTIONS]
    after = learn((observe(page, EN, "list") for page in pages), before)
    asia = list_page("regions/asia", (), f"<div><ul>{rows['news/health']}</ul></div>")
    assert read(asia, after) == [path for path, _ in cards["news/health"]]


def test_inspect_is_told_what_was_left_out() -> None:
    page = list_page("regions/asia", own_cards("news/health"))
    assert left_out(page, EN, "list", learned()) == tuple(title for _, title in LATEST)
    assert left_out(page, EN, "list", NOTHING) == ()


# Articles

CALL = "Subscribe to our letter, it comes on Sundays"
AUTHOR = "And that, dear reader, is how the tram was won."


def article_page(number: int) -> Page:
    section = SECTIONS[number % len(SECTIONS)]
    parts = [f"<p>The story of number {number} begins here, and goes on.</p>"]
    parts += ["<h2>Background</h2>"] if number % 3 == 0 else []
    parts += [f"<p>Number {number} has a second paragraph of its own.</p>"]
    parts += [f"<p>{AUTHOR}</p>"] if section == "articles/opinion" else []
    parts += [f"<p>{CALL}</p>", f'<p><a href="/letters/sign-up">{CALL} now</a></p>']
    parts += ['<div class="slot"><span>Advertisement</span></div>'] if number % 2 else []
    body = f'<h1>Story {number}</h1><img src="/logo.png"><div>{"".join(parts)}</div><img src="/pictures/{number}.png">'
    return Page(f"{SITE}/{section}/story-{number}", f"<html><body>{body}</body></html>")


def test_a_call_on_all_articles_is_no_text_of_theirs() -> None:
    boilerplate = learn(observe(article_page(number), EN, "article") for number in range(24))
    assert boilerplate.has_line(CALL)
    assert boilerplate.has_link(f"{SITE}/letters/sign-up", f"{CALL} now")
    assert boilerplate.has_picture(f"{SITE}/logo.png")
    assert not boilerplate.has_picture(f"{SITE}/pictures/3.png")
    for own in (AUTHOR, "Background", "Story 3", "The story of number 3 begins here, and goes on."):
        assert not boilerplate.has_line(own), own


def test_quotations_and_captions_stay_though_most_articles_have_the_same() -> None:
    """A much read article's title is on all pages; so is the name of a much quoted account."""
    title, quote = "The tram that everybody reads about", "A much quoted account, on every day"
    more = f'<div><ul><li><a href="/news/health/tram">{title}</a></li></ul></div>'
    pages = [
        Page(page.address, page.text.replace("<h2>Background</h2>", "").replace("</div>", f"</div>{more}", 1).replace(
            "<div>", f"<div><blockquote><p>{quote}</p></blockquote>", 1)) for page in map(article_page, range(24))
    ]  # fmt: skip
    boilerplate = learn(observe(page, EN, "article") for page in pages)
    assert boilerplate.has_line(title)
    assert boilerplate.has_line(quote)
    figure = f'</h1><figure><img src="/tram.png"><figcaption>{title}</figcaption></figure>'
    text = (
        pages[2]
        .text.replace("Story 2", title)
        .replace("</h1>", figure)
        .replace("of its own.", "of its own, told at length. " * 9)
    )
    article = read_article(Page(f"{SITE}/news/health/tram", text), EN, boilerplate).article
    assert article.picture == Picture(f"{SITE}/tram.png", title)
    assert quote in article.body
    assert CALL not in article.body


def test_a_line_is_boilerplate_in_its_place() -> None:
    """A label on half of the pages has a place of its own; a line that an author likes stands among others."""
    boilerplate = learn(observe(article_page(number), EN, "article") for number in range(24))
    page = article_page(33).text.replace("</h1>", "</h1><p>Advertisement</p>")
    document = Document(Page(f"{SITE}/news/health/x", page), EN)
    marker = Marker(document, boilerplate.articles)
    held = [words(tag) for tag in tags(document.body, ("p", "div", "h2", "a", "h1")) if marker.holds(tag)]
    assert held == [CALL, f"{CALL} now", f"{CALL} now", "Advertisement"]


def test_articles_of_one_section_teach_no_lines() -> None:
    pages = [Page(f"{SITE}/articles/opinion/{n}", f"<p>{AUTHOR}</p><p>Number {n}, told at length.</p>") for n in range(12)]
    assert not learn(observe(page, EN, "article") for page in pages).has_line(AUTHOR)


# Junk

PIECES = st.sampled_from(
    ["<div>", "</div>", '<div class="a b1 c">', "<p>", "A line of words", "Another", '<a href="/news/x/y">', "</a>", "<h2>",
     '<a href="https://[x">', "<img src='/x.png'>", "<ul>", "<li>", "<table>", "<td>", "\x00", "&nbsp;", "</body>", "</html>"]
)  # fmt: skip


@patient
@given(st.lists(st.lists(PIECES, max_size=25).map("".join), min_size=1, max_size=3), st.sampled_from(["list", "article"]))
def test_any_pages_teach_something_or_nothing(texts: list[str], kind: Kind) -> None:
    paths = [f"{section}{part}" for section in SECTIONS for part in ("", "/a-page")]
    pages = [Page(f"{SITE}/{path}", texts[number % len(texts)]) for number, path in enumerate(paths)]
    boilerplate = learn(observe(page, EN, kind) for page in pages)
    assert Boilerplate.of(boilerplate.rows()) == boilerplate
    for page in pages:
        assert all(left_out(page, EN, kind, boilerplate))
        assert left_out(page, EN, kind, NOTHING) == ()
        try:
            assert read_list(page, EN, (), boilerplate)
        except ReadError:
            continue

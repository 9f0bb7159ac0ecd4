"""Saved pages of many layouts: everything that is read from each, compared whole."""

import pytest

from feedgen_mayadeen import errors
from feedgen_mayadeen.models import Page
from feedgen_mayadeen.site.article import read_article
from feedgen_mayadeen.site.edition import load
from feedgen_mayadeen.site.lists import read_list
from feedgen_mayadeen.site.menu import read_menu
from tests.saved import as_json, expected, names, page_text


@pytest.mark.parametrize("name", names("articles"))
def test_an_article_is_read_whole(name: str) -> None:
    want = expected("articles", name)
    reading = read_article(Page(want["page"], page_text("articles", name)), load(want["edition"]))
    assert as_json(reading.article) == want["article"]
    assert dict(reading.ways) == want["ways"]


@pytest.mark.parametrize("name", names("lists"))
def test_a_list_page_gives_its_own_cards_in_order(name: str) -> None:
    want = expected("lists", name)
    page = Page(want["page"], page_text("lists", name))
    edition, others = load(want["edition"]), want["others"]
    if "error" in want:
        with pytest.raises(getattr(errors, want["error"])) as caught:
            read_list(page, edition, others)
        assert caught.value.address == want["page"]
        return
    cards = [[card.address, card.title] for card in read_list(page, edition, others)]
    assert cards == want["cards"]


@pytest.mark.parametrize("name", names("homes"))
def test_a_home_page_gives_the_lists_of_its_menus(name: str) -> None:
    want = expected("homes", name)
    edition = load(want["edition"])
    page = Page(edition.home, page_text("homes", name))
    if "error" in want:
        with pytest.raises(getattr(errors, want["error"])) as caught:
            read_menu(page, edition)
        assert caught.value.address == edition.home
        return
    lists = [[list_page.key, list_page.label, list_page.address, list_page.known] for list_page in read_menu(page, edition)]
    assert lists == want["lists"]

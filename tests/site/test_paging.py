"""Where a list page goes on, over the forms in which pages tell it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedgen_mayadeen.models import Page
from feedgen_mayadeen.sample import SampleSite
from feedgen_mayadeen.site.edition import load
from feedgen_mayadeen.site.paging import next_page
from feedgen_mayadeen.urls import canonical
from tests.saved import EN, LAYOUT, page_text, patient

SITE = "https://english.almayadeen.net"
HERE = "/news/politics"


def step(html: str, here: str = HERE, code: str = "en", *, origin: str | None = None) -> str | None:
    edition = load(code)
    address = next_page(Page(edition.absolute(here), html, origin=origin), edition)
    return address.removeprefix(edition.home[:-1]) if address else None


FORMS = {
    "in the head": '<head><link rel="next" href="{}"></head>',
    "a link marked so": '<a rel="nofollow next" href="{}">2</a>',
    "the button for more": '<a class="btn loadmorebtn" href="{}">Whatever it says</a>',
    "the button with data": '<button class="loadMoreBtn" data-url="{}">Load more</button>',
    "the button with other data": '<div class="load-more" data-href="{}"></div>',
    "any button": '<button data-url="{}">Load more</button>',
    "more": '<a href="{}">More</a>',
    "next": '<a href="{}"><span>Next</span> »</a>',
    "a sign": '<a href="{}">›</a>',
    "a double sign": '<li><a href="{}">&raquo;</a></li>',
    "for the reader only": '<a href="{}" aria-label="Next page"><svg></svg></a>',
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("here", "href", "there"),
    [
        (HERE, "?page=2", f"{HERE}?page=2"),
        (HERE, f"{HERE}/page/2", f"{HERE}/page/2"),
        (HERE, f"{SITE}{HERE}/2/#list", f"{HERE}/2"),
        (HERE, f"https://next-en.almayadeen.net{HERE}?start=24&amp;sort=new", f"{HERE}?start=24&sort=new"),
        (HERE, f"http://127.0.0.1:8080{HERE}?page=2", f"{HERE}?page=2"),
        (f"{HERE}?page=2", "?page=3", f"{HERE}?page=3"),
        (f"{HERE}?sort=new&page=9", "?sort=new&page=10", f"{HERE}?sort=new&page=10"),
        (f"{HERE}/page/2", f"{HERE}/page/3", f"{HERE}/page/3"),
        (f"{HERE}/2", f"{HERE}/3", f"{HERE}/3"),
        (HERE, "?page=0", None),
        (f"{HERE}?page=2", "?page=2", None),
        (f"{HERE}?page=2", "?page=1", None),
        (f"{HERE}?page=2", HERE, None),
        (f"{HERE}/page/2", f"{HERE}/page/1", None),
        (HERE, f"{HERE}/page/1", None),
        (HERE, HERE, None),
        (HERE, "#", None),
        (HERE, "", None),
        (HERE, "javascript:void(0)", None),
        (HERE, "https://[broken/?page=2", None),
        (HERE, f"https://example.org{HERE}?page=2", None),
        (HERE, f"https://www.almayadeen.net{HERE}?page=2", None),
        (HERE, "/news/sports?page=2", None),
        (HERE, "/news/sports/page/2", None),
        (HERE, f"{HERE}/a-bell", None),
        (HERE, f"{HERE}/1773192", None),
        (HERE, f"{HERE}/2/a-bell", None),
        (HERE, "/page/2", None),
    ],
)
def test_forms_and_addresses(form: str, here: str, href: str, there: str | None) -> None:
    assert step(FORMS[form].format(href), here, origin="http://127.0.0.1:8080") == there


@pytest.mark.parametrize(
    ("html", "there"),
    [
        ('<a href="?page=2">»</a><link rel="next" href="?page=3">', "?page=3"),
        ('<link rel="next" href="/news/sports/a-race"><a href="?page=2">Next</a>', "?page=2"),
        ('<a href="?page=2">2</a><a href="?page=2">›</a><a href="?page=40">»</a>', "?page=2"),
        ('<a href="?page=40">»</a><a href="?page=2">›</a>', "?page=2"),
        ('<button class="loadmorebtn">Load more</button><a href="?page=2">Next</a>', "?page=2"),
        ('<button class="loadmorebtn" data-url="?after=abc">Load more</button>', "?after=abc"),
        ('<a rel="next" href="?after=abc">x</a>', "?after=abc"),
        ('<a href="?filter=all">All</a>', None),
        ('<a href="?page=2">2</a><a href="?page=3">3</a>', None),
        ('<a rel="prev" href="?page=2">x</a>', None),
        ('<button class="loadmorebtn" type="button">Load more</button>', None),
        ('<!-- <a rel="next" href="?page=2">x</a> --><template><a rel="next" href="?page=2">x</a></template>', None),
        (
            '<base href="https://english.almayadeen.net/news/politics/"><a rel="next" href="../politics?page=2">x</a>',
            "?page=2",
        ),
        ("", None),
    ],
)
def test_which_of_several(html: str, there: str | None) -> None:
    assert step(html) == (HERE + there if there else None)


@pytest.mark.parametrize(
    ("code", "text"),
    [("ar", "المزيد"), ("ar", "التالي ‹"), ("ar", "«"), ("es", "Cargar más"), ("es", "Siguiente ›"), ("es", "VER MÁS")],
)
def test_words_of_other_editions(code: str, text: str) -> None:
    assert step(f'<a href="?page=1">«</a><a href="?page=3">{text}</a>', "/x?page=2", code) == "/x?page=3"


def test_a_saved_list_page() -> None:
    assert step(page_text("lists", "pagination-and-breadcrumbs")) == f"{HERE}/page/40"


@pytest.mark.parametrize("templates", [None, LAYOUT], ids=["standard layout", "other layout"])
@pytest.mark.parametrize("code", ["en", "ar", "es"])
def test_the_sample_site_s_lists_end_with_their_page(code: str, templates: Path | None) -> None:
    site = SampleSite(code, templates=templates)
    for path in list(site.lists())[:5]:
        page = Page(canonical(site.origin + path), site.page(path).body.decode())
        assert next_page(page, load(code)) is None


@patient
@given(st.text(), st.text())
def test_any_page_and_address_is_read(text: str, href: str) -> None:
    for html in (
        text,
        f'<a rel="next" href="{href}">More</a>',
        f'<a href="?{href}">More</a>',
        f'<a href="{HERE}/{href}">»</a>',
    ):
        found = next_page(Page(SITE + HERE, html), EN)
        assert found is None or (found.startswith(SITE + HERE) and found != SITE + HERE)

"""The form in which articles' addresses are compared, whatever they carry beside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedgen_mayadeen.site.identity import article_key
from feedgen_mayadeen.urls import canonical
from tests.saved import patient

SITE = "https://english.almayadeen.net"
ARTICLE = f"{SITE}/news/politics/a-harbour-opens"


@pytest.mark.parametrize(
    "address",
    [
        f"{ARTICLE}?ref=list",
        f"{ARTICLE}?utm_source=x&ref=y",
        f"{ARTICLE};jsessionid=8F3400115",
        f"{ARTICLE};jsessionid=8F3400115?ref=list",
        f"{ARTICLE}?n=48213",
        f"{ARTICLE}?1732751940123",
        f"{ARTICLE}/?t=17&page=2#comments",
        f"{ARTICLE}?_=5",
    ],
)
def test_what_an_address_carries_beside_makes_no_other_article(address: str) -> None:
    assert article_key(canonical(address)) == ARTICLE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ARTICLE, f"{ARTICLE}-again"),
        (f"{SITE}/article?id=1", f"{SITE}/article?id=2"),
        (f"{SITE}/news/article-view?id=1", f"{SITE}/news/article-view?id=2"),
        (f"{SITE}/news/politics?page=1", f"{SITE}/news/politics?page=2"),
        (f"{SITE}/news/politics/1494320", f"{SITE}/news/politics/1494321"),
        (ARTICLE, ARTICLE.replace("english", "www")),
        (f"{SITE}/video/%D8%A3%D9%88%D9%84", f"{SITE}/video/%D8%A3%D9%88%D8%A7"),
    ],
)
def test_addresses_of_different_pages_stay_different(one: str, other: str) -> None:
    assert article_key(canonical(one)) != article_key(canonical(other))


@pytest.mark.parametrize(
    ("address", "key"),
    [
        (f"{SITE}/news/politics?PHPSESSID=12&page=2", f"{SITE}/news/politics?page=2"),
        (f"{SITE}/article?id=7&token=abc", f"{SITE}/article?id=7"),
        (f"{SITE}/article?id=7&x=0123456789abcdef01", f"{SITE}/article?id=7"),
        (f"{SITE}/video/%D8%A3%D9%88%D9%84?ref=x", f"{SITE}/video/%D8%A3%D9%88%D9%84"),
        (f"{SITE}/", f"{SITE}/"),
    ],
)
def test_a_path_that_says_nothing_keeps_what_identifies(address: str, key: str) -> None:
    assert article_key(canonical(address)) == key


@patient
@given(st.text(alphabet="abc-/;?&=1é%", max_size=40))
def test_a_key_is_its_own_key(path: str) -> None:
    key = article_key(canonical(f"{SITE}/{path}"))
    assert article_key(key) == key

"""Which feeds an article belongs to, and what feeds and categories are called."""

from urllib.parse import quote

import pytest

from feedgen_mayadeen.generate.naming import categories_of, info_of
from feedgen_mayadeen.ids import parent_of
from feedgen_mayadeen.models import Article, Category, Link, ListPage
from feedgen_mayadeen.site.edition import load
from feedgen_mayadeen.site.membership import lists_of, section_of
from tests.saved import EN

SITE = "https://english.almayadeen.net"
LISTS = (
    ListPage("news", "News", f"{SITE}/news"),
    ListPage("news/politics", "Politics", f"{SITE}/news/politics"),
    ListPage("news/economy", "Economy", f"{SITE}/news/economics"),
    ListPage("articles/opinion", "Opinion", f"{SITE}/articles/opinion"),
    ListPage("in-pictures", "In Pictures", f"{SITE}/in-pictures"),
    ListPage("regions/palestine", "Palestine", f"{SITE}/r/18"),
)
PATHS = {"/news": "news", "/news/politics": "news/politics", "/r/18": "regions/palestine", "/أخبار": "ar"}


@pytest.mark.parametrize(
    ("key", "parent"),
    [("news/politics", "news"), ("news", None), ("all", None), ("a/b/c", "a/b"), ("regions/palestine", "regions")],
)
def test_parent_of(key: str, parent: str | None) -> None:
    assert parent_of(key) == parent


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/news/politics/a", "news/politics"),
        ("/news/politics/1494320/a", "news/politics"),
        ("/news/politicsandmore/a", "news"),
        ("/news/a", "news"),
        ("/newsroom/a", None),
        ("/news/politics", "news"),
        ("/news", None),
        ("/", None),
        ("/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/a", "ar"),
        ("/r/18/a", "regions/palestine"),
    ],
)
def test_section_of(path: str, key: str | None) -> None:
    assert section_of(SITE + path, PATHS) == key


@pytest.mark.parametrize(
    ("path", "category", "carded", "feeds"),
    [
        ("/news/politics/a", None, (), {"news/politics", "news"}),
        ("/news/politics/a", "Economy", (), {"news/politics", "news"}),
        ("/people/a", "Economy", (), {"news/economy", "news"}),
        ("/people/a", " ECONOMY\u200b", (), {"news/economy", "news"}),
        ("/people/a", "Gardening", (), set()),
        ("/people/a", None, (), set()),
        ("/people/a", None, ("regions/palestine",), {"regions/palestine"}),
        ("/news/politics/a", None, ("regions/palestine",), {"news/politics", "news", "regions/palestine"}),
        ("/news/politics/a", None, ("news/economy",), {"news/politics", "news/economy", "news"}),
        ("/articles/opinion/a", None, (), {"articles/opinion"}),
        ("/in-pictures/a", "In\u00a0Pictures", ("in-pictures",), {"in-pictures"}),
    ],
)
def test_lists_of(path: str, category: str | None, carded: tuple[str, ...], feeds: set[str]) -> None:
    """A parent counts only where it is a list itself."""
    article = Article(SITE + path, "A title", category=Link(category) if category else None)
    assert lists_of(article, LISTS, carded) == feeds
    assert lists_of(article, iter(LISTS), iter(carded)) == feeds


@pytest.mark.parametrize(
    ("code", "key", "label", "kind", "title"),
    [
        ("en", "news/politics", "Politics", "sections", "Politics — Al Mayadeen English"),
        ("en", "regions/africa", "Africa", "regions", "Africa — Al Mayadeen English"),
        ("en", "tags/trams", "Trams", "tags", "Trams — Al Mayadeen English"),
        ("en", "coverage/the-fair", "The Fair", "coverage", "The Fair — Al Mayadeen English"),
        ("en", "authors/ada-sample", "Ada Sample", "authors", "Ada Sample — Al Mayadeen English"),
        ("en", "breaking", "", "breaking", "Breaking news — Al Mayadeen English"),
        ("en", "most-read", "", "most-read", "Most read — Al Mayadeen English"),
        ("en", "all", "all", "all", "Everything — Al Mayadeen English"),
        ("ar", "أخبار/سياسة", "سياسة", "sections", "سياسة — الميادين نت"),
        ("es", "all", "", "all", "Todo — Al Mayadeen Español"),
    ],
)
def test_info_of(code: str, key: str, label: str, kind: str, title: str) -> None:
    edition = load(code)
    info = info_of(kind, key, label, edition.absolute("/x"), edition)
    assert (info.key, info.kind, info.title) == (key, kind, title)
    assert (info.address, info.language, info.site_name) == (edition.absolute("/x"), code, edition.name)
    assert info.id == f"tag:{edition.host},2021:feed/{quote(key)}"
    assert info.icon.startswith(edition.home)
    assert edition.name in info.subtitle
    assert "{" not in info.title + info.subtitle


def test_categories_are_tags_then_lists_then_classes_without_doubles() -> None:
    article = Article(
        f"{SITE}/news/politics/a",
        "A title",
        tags=(Link("Mali"), Link("Sahel"), Link("MALI"), Link("Palestine")),
        country=Link("Mali"),
        coverage=Link("The Village Fair", f"{SITE}/coverage/village-fair"),
    )
    lists = {"regions/palestine": "Palestine", "news/politics": "Politics", "news": "News"}

    def scheme(kind: str) -> str:
        return f"tag:english.almayadeen.net,2021:{kind}"

    assert categories_of(article, lists, EN) == (
        Category("Mali", "Mali", scheme("tag")),
        Category("Sahel", "Sahel", scheme("tag")),
        Category("MALI", "MALI", scheme("tag")),
        Category("Palestine", "Palestine", scheme("tag")),
        Category("news", "News", scheme("section")),
        Category("news/politics", "Politics", scheme("section")),
        Category("regions/palestine", "Palestine", scheme("region")),
        Category("Mali", "Mali", scheme("country")),
        Category("The Village Fair", "The Village Fair", scheme("coverage")),
    )
    assert categories_of(Article(f"{SITE}/a", "A title"), {}, EN) == ()

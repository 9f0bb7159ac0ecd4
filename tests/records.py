"""What the feeds must hold, worked out from the sample's records alone: lists by their cards, topics by the thresholds."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from feedgen_mayadeen.ids import key_of
from feedgen_mayadeen.sample import SampleArticle, SampleSite

KEYS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "/news": "news",
        "/news/politics": "news/politics",
        "/news/economics": "news/economy",
        "/news/sports": "news/sports",
        "/news/arts-culture": "news/arts-culture",
        "/news/health": "news/health",
        "/news/miscellaneous": "news/miscellaneous",
        "/news/technology": "news/technology",
        "/news/environment": "news/environment",
        "/articles": "articles",
        "/articles/opinion": "articles/opinion",
        "/articles/analysis": "articles/analysis",
        "/articles/blog": "articles/blog",
        "/articles/features": "articles/features",
        "/videos": "videos",
        "/videos/newsfeed": "videos/newsfeed",
        "/videos/video-features": "videos/video-features",
        "/videos/explainers": "videos/explainers",
        "/videos/tv": "videos/tv",
        "/videos/digital-series": "videos/digital-series",
        "/infographs": "infographs",
        "/in-pictures": "in-pictures",
        "/regions/africa": "regions/africa",
        "/regions/asia": "regions/asia",
        "/regions/asia-pacific": "regions/asia-pacific",
        "/regions/europe": "regions/europe",
        "/regions/latin-america": "regions/latin-america",
        "/regions/mena": "regions/mena",
        "/regions/palestine": "regions/palestine",
        "/regions/us-canada": "regions/us-canada",
    },
    "ar": {
        "/news": "أخبار",
        "/news/politics": "أخبار/سياسة",
        "/news/economic": "أخبار/اقتصاد",
        "/articles": "مقالات",
        "/reports": "تقارير",
        "/tv-reports": "تقارير-تلفزيونية",
        "/video": "فيديو",
        "/misc": "منوعات",
        "/press": "صحافة",
        "/newscast": "نشرات",
    },
    "es": {
        "/noticias": "noticias",
        "/noticias/politica": "noticias/política",
        "/noticias/economia": "noticias/economía",
        "/noticias/deportes": "noticias/deportes",
        "/articulos": "artículos",
        "/videos": "videos",
    },
}
"""The key of each list's feed by the list's path on the sample site, per edition."""
FOLDER = {"en": "", "ar": "ar/", "es": "es/"}
EVERYTHING, BREAKING, MOST_READ = "all", "breaking", "most-read"
LIMIT, TOPIC_LIMIT = 50, 20
TOPICS = ("tags", "coverage", "authors")


def file_key(code: str, key: str) -> str:
    """A feed's path in the output folder, without suffix."""
    return FOLDER[code] + key


def newest_first(articles: Iterable[SampleArticle]) -> list[SampleArticle]:
    """Articles in the order of a feed: the newest first, ties by id."""
    return sorted(articles, key=lambda article: (-article.published.timestamp(), article.postid))


def numbers(articles: Iterable[SampleArticle]) -> list[str]:
    """The post numbers, in the order of a feed."""
    return [article.postid for article in newest_first(articles)]


def all_numbers(site: SampleSite, path: str | None) -> list[str]:
    """A list's own cards and those of the lists under it, newest first; all lists for None."""
    shown = {
        article.postid: article
        for list_path in KEYS[site.edition.key]
        if path is None or list_path == path or list_path.startswith(f"{path}/")
        for article in site.lists()[list_path][1]
    }
    return numbers(shown.values())


def expected_numbers(site: SampleSite, path: str | None) -> list[str]:
    """What a list's feed must hold."""
    return all_numbers(site, path)[:LIMIT]


def _named(kind: str, article: SampleArticle) -> Iterator[str]:
    """The topics of a kind that an article belongs to."""
    if kind == "tags":
        yield from article.tags
    elif kind == "coverage" and article.coverage:
        yield article.coverage
    elif kind == "authors" and article.author_kind == "writer":
        yield article.author


def topics(site: SampleSite, kind: str) -> dict[str, list[SampleArticle]]:
    """The articles of every topic of a kind, newest first, by label."""
    found: dict[str, list[SampleArticle]] = {}
    for article in newest_first(site.articles):
        for label in _named(kind, article):
            found.setdefault(label, []).append(article)
    return found


def busy(site: SampleSite, kind: str, least: int = 5, days: int = 90) -> dict[str, list[SampleArticle]]:
    """Those of them that have enough articles within the days before the newest article."""
    since = site.articles[0].published - timedelta(days=days)
    rows = topics(site, kind).items()
    return {label: articles for label, articles in rows if sum(a.published > since for a in articles) >= least}


def topic_key(kind: str, label: str) -> str:
    """The key of a topic's feed, for the harmless labels of the sample."""
    return f"{kind}/{key_of(label)}"


def topic_feeds(site: SampleSite, least: int = 5, days: int = 90, limit: int = TOPIC_LIMIT) -> dict[str, list[str]]:
    """The post numbers that the feed of each busy topic must hold, by key."""
    return {
        topic_key(kind, label): numbers(articles)[:limit]
        for kind in TOPICS
        for label, articles in busy(site, kind, least, days).items()
    }


def feed_keys(site: SampleSite) -> set[str]:
    """The keys of all feeds that a build with the default settings writes, archive pages left out."""
    return {EVERYTHING, BREAKING, MOST_READ, *KEYS[site.edition.key].values(), *topic_feeds(site)}

"""Which feeds an article belongs to, and what the feeds are called."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from urllib.parse import quote

from feedgen_mayadeen.models import Article, Category, FeedInfo, Listing, Topic
from feedgen_mayadeen.names import path_of, same
from feedgen_mayadeen.site.edition import Edition, Phrases

ALL, BREAKING, MOST_READ = "all", "breaking", "most-read"


def parent_of(key: str) -> str | None:
    """The key of a feed's parent: `news` of `news/politics`; None for one that stands alone."""
    return key.rpartition("/")[0] or None


def section_of(address: str, lists: Mapping[str, str]) -> str | None:
    """The key of the list whose path an article's address continues, the longest first; `lists` maps paths to keys."""
    path = path_of(address)
    while path := path.rpartition("/")[0]:
        if path in lists:
            return lists[path]
    return None


def lists_of(article: Article, lists: Iterable[Listing], carded: Iterable[str]) -> frozenset[str]:
    """The keys of the lists that an article belongs to.

    It belongs to the lists whose cards it stood in (`carded`), to the list whose address its own continues, else to the
    one that its category names; and to the parents of all these.
    """
    lists, keys = tuple(lists), set(carded)
    section = section_of(article.address, _paths_of(lists))
    if section is None and article.category:
        section = next((listing.key for listing in lists if same(listing.label) == same(article.category.label)), None)
    if section:
        keys.add(section)
    known = {listing.key for listing in lists}
    keys |= {above for key in keys if (above := parent_of(key)) in known and above}
    return frozenset(keys)


@lru_cache(8)
def _paths_of(lists: tuple[Listing, ...]) -> Mapping[str, str]:
    """The keys of lists by the paths of their addresses: the same for every article of a build."""
    return {path_of(listing.address): listing.key for listing in lists}


def topics_of(article: Article, edition: Edition) -> tuple[Topic, ...]:
    """The tags, the coverage and the author of an article; the names by which the staff sign are no authors."""
    topics = [Topic("tags", tag.label, tag.address) for tag in article.tags]
    if article.coverage:
        topics.append(Topic("coverage", article.coverage.label, article.coverage.address))
    if article.author and same(article.author.label) not in {same(name) for name in edition.staff}:
        topics.append(Topic("authors", article.author.label, article.author.address))
    return tuple(topics)


def info_of(kind: str, key: str, label: str, address: str | None, edition: Edition, title: str | None = None) -> FeedInfo:
    """What a feed is: its titles in the edition's language, its id, its page on the site. `title` replaces the label."""
    name, subtitle = _NAMES[kind](edition.phrases)
    return FeedInfo(
        key=key,
        kind=kind,
        title=f"{title or name or label} — {edition.name}",
        subtitle=subtitle.format(label=title or name or label, site=edition.name),
        address=address or edition.home,
        language=edition.language,
        direction=edition.direction,
        site_name=edition.name,
        rights=edition.rights,
        icon=edition.absolute(edition.icon),
        id=f"tag:{edition.host},2021:feed/{quote(key)}",
    )


_NAMES: dict[str, Callable[[Phrases], tuple[str | None, str]]] = {
    ALL: lambda words: (words.all, words.all_subtitle),
    "sections": lambda words: (None, words.list_subtitle),
    "regions": lambda words: (None, words.list_subtitle),
    "tags": lambda words: (None, words.tag_subtitle),
    "coverage": lambda words: (None, words.coverage_subtitle),
    "authors": lambda words: (None, words.author_subtitle),
    BREAKING: lambda words: (words.breaking, words.breaking_subtitle),
    MOST_READ: lambda words: (words.most_read, words.most_read_subtitle),
}
"""For each kind of feed its name, unless that is its label, and its subtitle, in an edition's words."""


def categories_of(article: Article, lists: Mapping[str, str], edition: Edition) -> tuple[Category, ...]:
    """An entry's categories: tags, then sections, regions, country, coverage; each term once in its scheme.

    `lists` maps the keys of the lists that the article is in to their labels. The site's own category is one more where no
    list has its name.
    """

    def scheme(kind: str) -> str:
        return f"tag:{edition.host},2021:{kind}"

    found = [Category(tag.label, tag.label, scheme("tag")) for tag in article.tags]
    regions = sorted(key for key in lists if key.startswith("regions/"))
    found += (Category(key, lists[key], scheme("section")) for key in sorted(lists.keys() - set(regions)))
    found += (Category(key, lists[key], scheme("region")) for key in regions)
    shown = {same(label) for label in lists.values()}
    named_parts = (("category", article.category), ("country", article.country), ("coverage", article.coverage))
    found += (
        Category(named.label, named.label, scheme(kind))
        for kind, named in named_parts
        if named and not (kind == "category" and same(named.label) in shown)
    )
    return tuple(dict.fromkeys(found))

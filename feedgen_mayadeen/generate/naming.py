"""Titles of feeds and categories of entries, in an edition's language."""

from collections.abc import Callable, Mapping

from feedgen_mayadeen.ids import ALL, BREAKING, MOST_READ, feed_id, tag_uri
from feedgen_mayadeen.models import Article, Category, FeedInfo
from feedgen_mayadeen.site.edition import Edition, Phrases
from feedgen_mayadeen.text import match_key


def info_of(kind: str, key: str, label: str, address: str | None, edition: Edition, title: str | None = None) -> FeedInfo:
    """A feed's title and subtitle in the edition's language, its id, its page on the site. `title` replaces the label."""
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
        id=feed_id(edition.host, key),
    )


_NAMES: dict[str, Callable[[Phrases], tuple[str | None, str]]] = {
    ALL: lambda phrases: (phrases.all, phrases.all_subtitle),
    "sections": lambda phrases: (None, phrases.list_subtitle),
    "regions": lambda phrases: (None, phrases.list_subtitle),
    "tags": lambda phrases: (None, phrases.tag_subtitle),
    "coverage": lambda phrases: (None, phrases.coverage_subtitle),
    "authors": lambda phrases: (None, phrases.author_subtitle),
    BREAKING: lambda phrases: (phrases.breaking, phrases.breaking_subtitle),
    MOST_READ: lambda phrases: (phrases.most_read, phrases.most_read_subtitle),
}
"""For each kind of feed its name (None: its label) and its subtitle, in an edition's language."""


def categories_of(article: Article, lists: Mapping[str, str], edition: Edition) -> tuple[Category, ...]:
    """An entry's categories: tags, sections, regions, the site's own category, country, coverage; each only once.

    `lists` maps the keys of the article's lists to their labels. The site's own category is left out if a list has its name.
    """

    def scheme(kind: str) -> str:
        return tag_uri(edition.host, kind)

    found = [Category(tag.label, tag.label, scheme("tag")) for tag in article.tags]
    regions = sorted(key for key in lists if key.startswith("regions/"))
    found += (Category(key, lists[key], scheme("section")) for key in sorted(lists.keys() - set(regions)))
    found += (Category(key, lists[key], scheme("region")) for key in regions)
    shown = {match_key(label) for label in lists.values()}
    named_parts = (("category", article.category), ("country", article.country), ("coverage", article.coverage))
    found += (
        Category(named.label, named.label, scheme(kind))
        for kind, named in named_parts
        if named and not (kind == "category" and match_key(named.label) in shown)
    )
    return tuple(dict.fromkeys(found))

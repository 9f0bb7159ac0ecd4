"""Which feeds an article belongs to, and what the feeds are called."""

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from feedgen_mayadeen.models import Article, Category, FeedInfo, Listing
from feedgen_mayadeen.names import path_of, same
from feedgen_mayadeen.site.edition import Edition

ALL = "all"


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


def feeds_of(article: Article, lists: Iterable[Listing], carded: Iterable[str]) -> frozenset[str]:
    """The keys of the feeds that an article belongs to.

    It belongs to the lists whose cards it stood in (`carded`), to the list whose address its own continues, else to the
    one that its category names; to the parents of all these; and to `all`.
    """
    lists = tuple(lists)
    keys = set(carded)
    section = section_of(article.address, {path_of(listing.address): listing.key for listing in lists})
    if section is None and article.category:
        section = next((listing.key for listing in lists if same(listing.label) == same(article.category.label)), None)
    if section:
        keys.add(section)
    known = {listing.key for listing in lists}
    keys |= {above for key in keys if (above := parent_of(key)) in known and above}
    return frozenset(keys | {ALL})


def info_of(key: str, label: str, address: str, edition: Edition) -> FeedInfo:
    """What the feed of a key is: its titles in the edition's language, its id, its page on the site."""
    title = edition.phrases.all if key == ALL else label
    subtitle = edition.phrases.all_subtitle if key == ALL else edition.phrases.list_subtitle
    return FeedInfo(
        key=key,
        kind="all" if key == ALL else key.partition("/")[0] if "/" in key else "section",
        title=f"{title} — {edition.name}",
        subtitle=subtitle.format(label=title, site=edition.name),
        address=address,
        language=edition.language,
        site_name=edition.name,
        rights=edition.rights,
        icon=edition.absolute(edition.icon),
        id=f"tag:{edition.host},2021:feed/{quote(key)}",
    )


def categories_of(article: Article, lists: Mapping[str, str], edition: Edition) -> tuple[Category, ...]:
    """An entry's categories: tags, then sections, regions, country, coverage; each term once in its scheme.

    `lists` maps the keys of the lists that the article is in to their labels. The site's own category is one more where no
    list has its name.
    """

    def scheme(kind: str) -> str:
        return f"tag:{edition.host},2021:{kind}"

    found = [Category(tag.label, tag.label, scheme("tag")) for tag in article.tags]
    regions = sorted(key for key in lists if key.startswith("regions/"))
    found += (Category(key, lists[key], scheme("section")) for key in sorted(lists.keys() - {ALL} - set(regions)))
    found += (Category(key, lists[key], scheme("region")) for key in regions)
    shown = {same(label) for label in lists.values()}
    named_parts = (("category", article.category), ("country", article.country), ("coverage", article.coverage))
    found += (
        Category(named.label, named.label, scheme(kind))
        for kind, named in named_parts
        if named and not (kind == "category" and same(named.label) in shown)
    )
    first: dict[tuple[str, str], Category] = {}
    for category in found:
        first.setdefault((same(category.term), category.scheme), category)
    return tuple(first.values())

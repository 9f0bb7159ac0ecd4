"""Which feeds an article belongs to, by its address, its category, its cards and its topics."""

from collections.abc import Collection, Iterable, Mapping

from feedgen_mayadeen.ids import parent_of
from feedgen_mayadeen.models import Article, Link, ListPage, Topic
from feedgen_mayadeen.site.edition import Edition
from feedgen_mayadeen.text import match_key
from feedgen_mayadeen.urls import path_of


def section_of(address: str, lists: Mapping[str, str]) -> str | None:
    """The key of the list whose path an article's address continues, the longest first; `lists` maps paths to keys."""
    path = path_of(address)
    while path := path.rpartition("/")[0]:
        if path in lists:
            return lists[path]
    return None


def lists_of(
    article: Article, lists: Iterable[ListPage], carded: Iterable[str], sections: Collection[str] = ()
) -> frozenset[str]:
    """The keys of the lists that an article belongs to.

    It belongs to its own section, and to the lists whose cards it stood in (`carded`), but for other `sections`: lists that
    have articles of their own below them; and to the parents of all these.
    """
    lists = tuple(lists)
    own = own_section(article.address, article.category, lists)
    keys = {key for key in carded if not (key in sections and is_foreign(own, key))}
    if own:
        keys.add(own)
    known = {list_page.key for list_page in lists}
    keys |= {above for key in keys if (above := parent_of(key)) in known and above}
    return frozenset(keys)


def own_section(address: str, category: Link | None, lists: Iterable[ListPage]) -> str | None:
    """The key of the list that an article itself names: the one whose address its own continues, else by its category."""
    lists = tuple(lists)
    section = section_of(address, _paths_of(lists))
    if section is None and category:
        label = match_key(category.label)
        section = next((list_page.key for list_page in lists if match_key(list_page.label) == label), None)
    return section


def is_foreign(own: str | None, key: str) -> bool:
    """Whether a list is another section than the `own` one: neither it, nor above or below it, and no region."""
    if own is None or key == own or key.startswith("regions/"):
        return False
    return not own.startswith(f"{key}/") and not key.startswith(f"{own}/")


def _paths_of(lists: tuple[ListPage, ...]) -> Mapping[str, str]:
    """The keys of lists by the paths of their addresses."""
    return {path_of(list_page.address): list_page.key for list_page in lists}


def topics_of(article: Article, edition: Edition) -> tuple[Topic, ...]:
    """The tags, the coverage and the author of an article; the names by which the staff sign are no authors."""
    topics = [Topic("tags", tag.label, tag.address) for tag in article.tags]
    if article.coverage:
        topics.append(Topic("coverage", article.coverage.label, article.coverage.address))
    if article.author and match_key(article.author.label) not in {match_key(name) for name in edition.staff}:
        topics.append(Topic("authors", article.author.label, article.author.address))
    return tuple(topics)

"""Which feeds an article belongs to, by its address, its category, its cards and its topics."""

from collections.abc import Iterable, Mapping

from feedgen_mayadeen.ids import parent_of
from feedgen_mayadeen.models import Article, ListPage, Topic
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


def lists_of(article: Article, lists: Iterable[ListPage], carded: Iterable[str]) -> frozenset[str]:
    """The keys of the lists that an article belongs to.

    It belongs to the lists whose cards it stood in (`carded`), to the list whose address its own continues, else to the
    one that its category names; and to the parents of all these.
    """
    lists, keys = tuple(lists), set(carded)
    section = section_of(article.address, _paths_of(lists))
    if section is None and article.category:
        section = next(
            (list_page.key for list_page in lists if match_key(list_page.label) == match_key(article.category.label)), None
        )
    if section:
        keys.add(section)
    known = {list_page.key for list_page in lists}
    keys |= {above for key in keys if (above := parent_of(key)) in known and above}
    return frozenset(keys)


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

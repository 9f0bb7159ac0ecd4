"""Groups and order of an edition's feeds on the index and in OPML: as in the site's menu, then the topics."""

from collections.abc import Iterable
from dataclasses import dataclass

from feedgen_mayadeen.models import FeedSummary

_GROUPS = {
    "all": "main",
    "breaking": "main",
    "most-read": "main",
    "sections": "sections",
    "regions": "regions",
    "coverage": "coverage",
    "tags": "tags",
    "authors": "authors",
}
"""The group of each kind of feed, in the order of the index."""
_ORDER = tuple(_GROUPS)
_BY_COUNT = ("coverage", "tags")


@dataclass(frozen=True, slots=True)
class Branch:
    """A feed with the feeds below it in the menu."""

    feed: FeedSummary
    children: tuple[FeedSummary, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """The feeds of one heading. `name` is `main`, `sections`, `regions`, `coverage`, `tags` or `authors`."""

    name: str
    branches: tuple[Branch, ...]

    @property
    def feeds(self) -> tuple[FeedSummary, ...]:
        """All feeds of the group, each followed by those below it."""
        return tuple(feed for branch in self.branches for feed in (branch.feed, *branch.children))


def group_of(feed: FeedSummary) -> str:
    """The name of the group that a feed is in."""
    return _GROUPS[feed.info.kind]


def grouped(feeds: Iterable[FeedSummary]) -> tuple[Group, ...]:
    """The feeds of one edition in groups; a group without feeds is left out.

    Sections and regions keep their order; coverages and tags are sorted by number of articles, highest first, then by name;
    authors by name.
    """
    by_group: dict[str, list[FeedSummary]] = {}
    for feed in sorted(feeds, key=lambda feed: _ORDER.index(feed.info.kind)):
        by_group.setdefault(group_of(feed), []).append(feed)
    return tuple(Group(name, _branches(name, found)) for name, found in by_group.items())


def editions_of(feeds: Iterable[FeedSummary]) -> tuple[str, ...]:
    """The codes of the editions that have feeds, in their order, each once."""
    return tuple(dict.fromkeys(feed.edition for feed in feeds))


def _branches(name: str, feeds: list[FeedSummary]) -> tuple[Branch, ...]:
    if name == "sections":
        return _below_parents(feeds)
    if name in _BY_COUNT:
        feeds = sorted(feeds, key=lambda feed: (-feed.articles, feed.name.casefold(), feed.file))
    if name == "authors":
        feeds = sorted(feeds, key=lambda feed: (feed.name.casefold(), feed.file))
    return tuple(map(Branch, feeds))


def _below_parents(feeds: list[FeedSummary]) -> tuple[Branch, ...]:
    """Each section below its parent; at the top if its parent has no feed."""
    keys = {feed.info.key for feed in feeds}
    below: dict[str, list[FeedSummary]] = {}
    tops = []
    for feed in feeds:
        top = feed.info.key.partition("/")[0]
        if top != feed.info.key and top in keys:
            below.setdefault(top, []).append(feed)
        else:
            tops.append(feed)
    return tuple(Branch(feed, tuple(below.get(feed.info.key, ()))) for feed in tops)

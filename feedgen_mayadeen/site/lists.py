"""A list page's own cards: links to articles, with a title, repeated in one region of the page."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from feedgen_mayadeen.errors import NoCardsError
from feedgen_mayadeen.models import Card, Page
from feedgen_mayadeen.site.boxes import prune
from feedgen_mayadeen.site.cards import Sure, Title, is_linked, is_no_title, title_of
from feedgen_mayadeen.site.document import Document, may_be_article
from feedgen_mayadeen.site.edition import Edition
from feedgen_mayadeen.site.tree import HEADINGS, Tag, first, is_within, parents, tags, text_of, words
from feedgen_mayadeen.text import match_key, normalize_text
from feedgen_mayadeen.urls import path_of

_MOST_LEADING = 3
_SHORTEST_TITLE = 3
_LONG_TITLE = 20
_LABEL = 15
_ALIKE = 3
_FOREIGN = 0.1


@dataclass(frozen=True, slots=True)
class _Link:
    """A link that may be a card's, with its title."""

    tag: Tag
    address: str
    title: Title

    @property
    def place(self) -> tuple[str, ...]:
        """Where the link shows its title: the names of the elements around it, alike for all cards of one region."""
        return str(self.title.sure), *(str(parent.tag) for parent in parents(self.tag))


@dataclass(frozen=True, slots=True)
class _Group:
    """What links in alike places have in common: their place, and the heading they stand under if that is not the page's."""

    place: tuple[str, ...]
    foreign: Tag | None


def read_list(page: Page, edition: Edition, others: Collection[str]) -> tuple[Card, ...]:
    """The cards of a list page in their order, each article once.

    `others` are addresses that are known to be lists, tags or the like, never articles. Raises NoCardsError.
    """
    document = Document(page, edition)
    prune(document)
    links = _candidates(document, frozenset(others))
    if not links:
        raise NoCardsError(page.address)
    group = _main_group(document, links)
    region = _around(group)
    inside = [link for link in links if region is link.tag or is_within(link.tag, region)]
    cards = [*_leading(document, region, links, group), *_like_cards(inside, group)]
    return tuple(Card(link.address, link.title.text) for link in cards)


def _candidates(document: Document, others: frozenset[str]) -> list[_Link]:
    """One link per address that may be an article's, the one with the surest title, in the order of the page."""
    own = list(document.links())
    lead_to = {address for _, address in own} - others - {document.page.address}
    lead_to = set(filter(may_be_article, lead_to))
    links: list[_Link] = []
    for tag, address in own:
        if address in lead_to:
            title = title_of(document, tag, address)
            if len(title.text) >= _SHORTEST_TITLE and not is_no_title(title.text, document.edition):
                links.append(_Link(tag, address, title))
    shared: dict[str, set[str]] = defaultdict(set)
    for link in links:
        shared[match_key(link.title.text)].add(link.address)
    best: dict[str, _Link] = {}
    # What several articles show alike is mostly the name of a category, an author or a button.
    for link in sorted(
        links, key=lambda link: len(shared[match_key(link.title.text)]) >= _ALIKE and link.title.sure != Sure.HEADING
    ):
        if link.address not in best or _is_better(link, best[link.address]):
            best[link.address] = link
    return [link for link in links if best[link.address] is link]


def _is_better(link: _Link, other: _Link) -> bool:
    """Whether a link shows its article's title more surely than another, or where that shows only a category."""
    if link.title.sure == other.title.sure:
        return len(other.title.text) < _LABEL <= len(link.title.text)
    return link.title.sure > other.title.sure


def _main_group(document: Document, links: list[_Link]) -> list[_Link]:
    """The weightiest of the groups of links in alike places: a list's titles outweigh its categories, authors and pages.

    A group weighs as much as its titles are long together, more if they are headings, and little under a heading that is
    not the page's: that is a box, unless all of the page is arranged so.
    """
    groups: dict[_Group, list[_Link]] = defaultdict(list)
    own = _own_headings(document)
    headings = _headings_over(document, links)
    for link in links:
        over = headings[link.tag]
        foreign = over if over is not None and match_key(words(over)) not in own else None
        groups[_Group(link.place, foreign)].append(link)
    heaviest = max(groups, key=lambda group: _weight(groups[group]) * (1 if group.foreign is None else _FOREIGN))
    if heaviest.foreign is None:
        return groups[heaviest]
    alike = (found for group, found in groups.items() if group.place == heaviest.place and group.foreign is not None)
    return [link for found in alike for link in found]


def _weight(group: list[_Link]) -> int:
    return sum(min(len(link.title.text), 100) * link.title.sure for link in group)


def _own_headings(document: Document) -> frozenset[str]:
    """What the page calls itself: its first `h1`, and its title."""
    heading, title = first(document.body, ("h1",)), first(document.root, ("title",))
    named = [words(heading)] if heading is not None else []
    named += normalize_text(text_of(title)).split(" | ") if title is not None else []
    return frozenset(map(match_key, named))


def _headings_over(document: Document, links: list[_Link]) -> dict[Tag, Tag | None]:
    """The heading that each link stands under, by its element: the last one before it that is no card's title."""
    titles = {link.title.heading for link in links}
    found: dict[Tag, Tag | None] = {link.tag: None for link in links}
    last: Tag | None = None
    for tag in tags(document.body, ("a", *HEADINGS)):
        if tag in found:
            found[tag] = last
        elif tag.tag in HEADINGS and tag not in titles and not is_linked(tag):
            last = tag
    return found


def _around(group: list[_Link]) -> Tag:
    """The smallest element that holds all links of a group."""
    common = [group[0].tag, *parents(group[0].tag)]
    for link in group[1:]:
        around = set(parents(link.tag))
        common = [tag for tag in common if tag in around]
    return common[0]


def _like_cards(links: list[_Link], group: list[_Link]) -> list[_Link]:
    """Of the links in the cards' region those that are cards' titles: the group, and others that look like one of it."""
    places, sure = {link.place for link in group}, max(link.title.sure for link in group)
    sections = set(map(_section, group))
    return [link for link in links if link.place in places or (link.title.sure >= sure and _is_title(link, sections))]


def _is_title(link: _Link, sections: Collection[str]) -> bool:
    """Whether a link of another form than the group's shows a title: a heading, or a long text that leads to such a page."""
    return link.title.sure == Sure.HEADING or (len(link.title.text) >= _LONG_TITLE and _section(link) in sections)


def _section(link: _Link) -> str:
    return path_of(link.address).split("/")[1]


def _leading(document: Document, region: Tag, links: list[_Link], group: list[_Link]) -> list[_Link]:
    """Cards of another form that stand between the page's heading and the region: a list's first, larger ones."""
    heading = first(document.body, ("h1",))
    before: list[_Link] = []
    passed = heading is None
    at, sections = {link.tag: link for link in links}, set(map(_section, group))
    for tag in tags(document.body):
        if tag is region:
            break
        if tag is heading:
            passed, before = True, []
        elif passed and tag in at and _is_title(at[tag], sections):
            before.append(at[tag])
        elif passed and tag.tag in HEADINGS and not is_linked(tag):
            before = []
    return before[-_MOST_LEADING:]

"""The cards of a page: parts of it that are about one article, each with its link and its title.

Links that show their titles in the same place are of one form; the form with the longest titles is that of cards, and a
card is the largest part of a page with one such link in it. All other links in a card are its picture, its category, its
author or its excerpt, whatever their text says. Its title is what the surest of the links to its article shows.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from feedgen_mayadeen.site.document import Document, may_be_article
from feedgen_mayadeen.site.identity import article_key
from feedgen_mayadeen.site.labels import with_parents
from feedgen_mayadeen.site.titles import LABEL, Sure, Title, heading_near, is_no_title, title_of
from feedgen_mayadeen.site.tree import (
    HEADINGS,
    Tag,
    above,
    classes,
    parents,
    tags,
    words,
)
from feedgen_mayadeen.text import match_key
from feedgen_mayadeen.urls import path_of

_LONGEST_TITLE = 100
_ALIKE = 3
_MOST_BESIDE = 6
_SLUG = re.compile(r"[^a-z]|.{9}", re.IGNORECASE)
_NEAR = 2
_PAGE_OF_LIST = re.compile(r"/(?:page/|p/)?[0-9]{1,4}")
# R: authors and coverage (the sitemaps name them); the others are guesses of the same kind.
_INDEXES = frozenset(("authors", "author", "coverage", "tags", "tag", "topics", "topic", "regions", "region"))


@dataclass(frozen=True, slots=True)
class CardLink:
    """A link that may lead to an article: its element, the address as written, the article's key, its title and its form.

    `plain` tells that its text is a title, and not rather a date or what a menu calls its lists and buttons.
    """

    tag: Tag
    address: str
    key: str
    title: Title
    form: tuple[str, ...]
    plain: bool

    @property
    def weight(self) -> int:
        """How much the link looks like a title: its length beyond that of a label, more if it is a heading."""
        return max(1, min(len(self.title.text), _LONGEST_TITLE) - LABEL) * self.title.sure if self.plain else 0


@dataclass(frozen=True, slots=True)
class CardBlock:
    """A part of a page that is about one article, and the link that shows its title."""

    element: Tag
    link: CardLink


def cards_of(document: Document, found: Iterable[Tag], others: Collection[str] = ()) -> list[CardBlock]:
    """The cards that links of a page are in, in the page's order, those of menus, boxes and tickers too.

    `others` are addresses that are known to be no articles. A card that nothing but its link speaks for is among them:
    a menu's links are cards of this kind, and not `plain`.
    """
    links = _links(document, found, frozenset(others))
    forms: dict[tuple[str, ...], list[CardLink]] = defaultdict(list)
    for link in links:
        forms[link.form].append(link)
    titled = _Holders(link for link in links if link.plain and len(link.title.text) >= LABEL)
    barred = _with_heads(document, links)
    elements: dict[Tag, CardLink] = {}
    held = _Holders()
    for form in sorted(forms.values(), key=_weight_of_form, reverse=True):
        same_form = _Holders(form)
        alike = same_form if same_form.several else titled
        for link in form:
            if elements.keys().isdisjoint((link.tag, *parents(link.tag))):
                element = _element(link, barred, alike, held)
                elements[element] = link
                held.add(element, link.key)
    within = {link.tag: link for link in links}
    ordered = (tag for tag in document.body.iter() if tag in elements)
    return [CardBlock(element, _surest(element, elements[element], within)) for element in ordered]


class _Holders:
    """Which elements hold links to which article, or to several."""

    def __init__(self, links: Iterable[CardLink] = ()) -> None:
        self._keys: dict[Tag, str | None] = {}
        self.several = False
        for link in links:
            self.add(link.tag, link.key)

    def add(self, tag: Tag, key: str) -> None:
        """Note a link, or what it is in."""
        for element in (tag, *parents(tag)):
            if self._keys.setdefault(element, key) != key:
                self._keys[element], self.several = None, True

    def holds_other(self, element: Tag, key: str) -> bool:
        """Whether an element holds a link to another article than this one."""
        return self._keys.get(element, key) != key


def _element(link: CardLink, barred: Collection[Tag], alike: _Holders, held: _Holders) -> Tag:
    """The largest part of the page around a link that holds no other card, and nothing that heads cards."""
    element = link.tag
    for around in parents(link.tag):
        if around in barred or alike.holds_other(around, link.key) or held.holds_other(around, link.key):
            break
        element = around
    return element


def _with_heads(document: Document, links: list[CardLink]) -> set[Tag]:
    """The elements that are more than a card: what holds a heading that is no card's title."""
    titles, own = {link.title.heading for link in links}, {link.tag for link in links}
    headings = (tag for tag in tags(document.body, HEADINGS) if tag not in titles and above(tag, ("a",)) not in own)
    return {document.body, *with_parents(headings), *tags(document.body, ("main",))}


def _surest(element: Tag, link: CardLink, links: Mapping[Tag, CardLink]) -> CardLink:
    """Of the links of a card to its article the one that shows its title most surely."""
    for tag in element.iter("a"):
        other = links.get(tag)
        if other is not None and other.key == link.key and _is_better(other, link):
            link = other
    return link


def _is_better(link: CardLink, other: CardLink) -> bool:
    """Whether a link shows its article's title more surely than another, or where that shows only a category."""
    if link.title.sure == other.title.sure:
        return link.plain > other.plain or len(other.title.text) < LABEL <= len(link.title.text)
    return link.title.sure > other.title.sure and link.plain >= other.plain


def _weight_of_form(links: list[CardLink]) -> float:
    """How much links of one form look like titles: much if each leads elsewhere, less the more often it repeats itself."""
    weights = {link.key: link.weight for link in links}
    return sum(weights.values()) * len(weights) / len(links)


def _links(document: Document, found: Iterable[Tag], others: frozenset[str]) -> list[CardLink]:
    """The links that may lead to articles, in the order of the page."""
    addresses = {tag: address for tag in found if (address := document.own(tag.get("href", "")))}
    refused = _no_articles(document, frozenset(addresses.values())) | others
    keys = {tag: article_key(address) for tag, address in addresses.items() if address not in refused}
    for tag in _beside_doubled(keys):
        del keys[tag]
    titles = {tag: title_of(tag, keys, document.edition) for tag in keys}
    shown: dict[str, set[str]] = defaultdict(set)
    for tag, title in titles.items():
        shown[match_key(title.text)].add(keys[tag])
    links = []
    for tag, title in titles.items():
        # What several articles show alike is mostly the name of a category, an author or a button.
        alike = title.sure != Sure.HEADING and len(shown[match_key(title.text)]) >= _ALIKE
        plain = not alike and not is_no_title(title.text, document.edition)
        if (heading := _titled_beside(tag, title, keys, plain=plain)) is not None:
            title, plain = Title(words(heading), Sure.HEADING, heading), True
        if any(map(str.isalnum, title.text)):
            links.append(CardLink(tag, addresses[tag], keys[tag], title, _form(tag, title), plain))
    return links


def _titled_beside(tag: Tag, title: Title, keys: Mapping[Tag, str], *, plain: bool) -> Tag | None:
    """The heading that a link's title is in fact in: beside a button, or beside a text as short as a button's."""
    if title.sure != Sure.TEXT or len(title.text) >= LABEL:
        return None
    heading = heading_near(tag, keys)
    near = list(islice(parents(tag), 1 if plain else _NEAR))
    return heading if heading is not None and heading.tag != "h1" and heading.getparent() in near else None


def _beside_doubled(keys: Mapping[Tag, str]) -> list[Tag]:
    """The links beside the two of a card, its picture's and its title's: they are its category's, its author's, its tags'."""
    siblings: dict[Tag, list[Tag]] = defaultdict(list)
    for tag in keys:
        if (outer := tag.getparent()) is not None:
            siblings[outer].append(tag)
    found: list[Tag] = []
    for beside in siblings.values():
        times = Counter(keys[tag] for tag in beside)
        doubled = [key for key, number in times.items() if number > 1]
        if len(doubled) == 1 and 1 < len(times) <= _MOST_BESIDE:
            found += (tag for tag in beside if keys[tag] != doubled[0])
    return found


def _no_articles(document: Document, addresses: frozenset[str]) -> set[str]:
    """Of the addresses of a page those that are no articles': by their form, or because others continue them."""
    here = path_of(document.page.address)
    continued = Counter(above for above, _, slug in (address.rpartition("/") for address in addresses) if _SLUG.search(slug))
    return {
        address
        for address in addresses
        if not may_be_article(address)
        or continued[address] > 1
        or path_of(address).split("/")[1] in _INDEXES
        or _PAGE_OF_LIST.fullmatch(path_of(address).removeprefix(here))
    }


def _form(tag: Tag, title: Title) -> tuple[str, ...]:
    """Where a link shows its title: what the elements around it are called, and what the nearest are classed as."""
    outer = list(parents(tag))
    near = (" ".join(sorted(name for name in classes(each) if name.isalpha())) for each in (tag, *outer[:1]))
    return str(title.sure), *near, *(str(each.tag) for each in outer)

"""Which lists the edition has, and where: read from the home page's menus by label."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from feedgen_mayadeen.errors import NoMenuError
from feedgen_mayadeen.ids import distinct_key
from feedgen_mayadeen.models import ListPage, Page
from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.edition import Edition
from feedgen_mayadeen.site.tree import Tag, parents, tags, text_of
from feedgen_mayadeen.text import match_key, normalize_text
from feedgen_mayadeen.urls import host_of, path_of

_MIN_LABELS = 3
_LONGEST_LABEL = 40
_DEEPEST = 3
_CLEAR = 0.5
_LONGER = 12
_MOST_WORDS = 5
_NO_LISTS = ("/live",)


@dataclass(frozen=True, slots=True)
class _Place:
    """A link that carries a label: where it leads, and how much of what stands around it is menu (0 to 1)."""

    tag: Tag
    address: str
    likeness: float
    around: Tag


def read_menu(page: Page, edition: Edition, remembered: Iterable[ListPage] = ()) -> tuple[ListPage, ...]:
    """The lists that a home page's menus name, known ones in the edition's order, then new ones as they come.

    A list that is `remembered` keeps its key, whatever other labels would give the same one.

    Raises NoMenuError when fewer than three known labels stand together anywhere.
    """
    document = Document(page, edition)
    texts = {tag: (address, normalize_text(text_of(tag))) for tag, address in document.links()}
    known = {match_key(entry.label): entry for entry in edition.lists}
    links = _label_links(texts, known)
    places: dict[str, list[_Place]] = defaultdict(list)
    menus = _Menus(document, {tag: match_key(text) for tag, _, text in links}, known.keys())
    for tag, address, label in links:
        if match_key(label) in known and path_of(address) != "/":
            likeness, around = menus.around(tag)
            places[match_key(label)].append(_Place(tag, address, likeness, around))
    best = {label: max(found, key=lambda place: place.likeness) for label, found in places.items()}
    best = {label: place for label, place in best.items() if place.likeness >= _CLEAR}
    if len(best) < min(_MIN_LABELS, len(known)):
        raise NoMenuError(page.address)
    lists = [ListPage(known[s].key, known[s].label, best[s].address) for s in known if s in best]
    new = _new_lists(links, best, {s: known[s].key for s in best}, edition)
    return (*lists, *_with_keys(new, edition, remembered))


def _label_links(texts: Mapping[Tag, tuple[str, str]], known: Collection[str]) -> list[tuple[Tag, str, str]]:
    """The links that may carry a list's label, with their text.

    Not those of cards: what has more words than a label, what another link gives a longer title or a picture alone.
    """
    longest: dict[str, int] = defaultdict(int)
    for address, text in texts.values():
        longest[address] = max(longest[address], len(text))
    pictured = {address for address, text in texts.values() if not text}
    return [
        (tag, address, text)
        for tag, (address, text) in texts.items()
        if len(text.split()) <= _MOST_WORDS
        and longest[address] < len(text) + _LONGER
        and (address not in pictured or match_key(text) in known)
    ]


class _Menus:
    """What of a page is menu, by its links; `texts` are those of the links in the form in which they compare."""

    def __init__(self, document: Document, texts: Mapping[Tag, str], labels: Iterable[str]) -> None:
        self._document, self._texts, self._labels = document, texts, frozenset(labels)
        self._counts: dict[Tag, tuple[int, int]] = {}

    def around(self, link: Tag) -> tuple[float, Tag]:
        """The smallest element around a link with several known labels, and the share of its links that carry one."""
        for around in parents(link):
            distinct, number = self._count(around)
            if distinct >= _MIN_LABELS or around is self._document.body:
                return distinct / max(number, 1), around
        return 0.0, self._document.body

    def _count(self, around: Tag) -> tuple[int, int]:
        """How many known labels the links of an element carry, and how many links it has; many links share what is around."""
        if around not in self._counts:
            texts = [self._texts[tag] for tag in tags(around, ("a",)) if tag in self._texts]
            self._counts[around] = len(self._labels.intersection(texts)), len(texts)
        return self._counts[around]


def _new_lists(
    links: list[tuple[Tag, str, str]], best: Mapping[str, _Place], keys: Mapping[str, str], edition: Edition
) -> list[tuple[str, ListPage]]:
    """Lists that the menu has and the edition's file does not: links among the known ones, to addresses of their kind.

    Each with the key above its own, which is not given yet.
    """
    menus = {place.around for place in best.values()}
    known_tags = {place.tag: keys[label] for label, place in best.items()}
    refused = {match_key(text) for text in edition.words.no_list} | {match_key(entry.label) for entry in edition.lists}
    taken = {place.address for place in best.values()}
    new: dict[tuple[str, str], tuple[str, ListPage]] = {}
    for tag, address, label in links:
        if (
            menus.isdisjoint(parents(tag))
            or not label
            or len(label) > _LONGEST_LABEL
            or match_key(label) in refused
            or address in taken
        ):
            continue
        if host_of(address) != edition.host or not 1 <= len(path_of(address).split("/")) - 1 <= _DEEPEST:
            continue
        if path_of(address) not in ("/", *_NO_LISTS):
            above = _above(tag, address, known_tags, {place.address: keys[text] for text, place in best.items()})
            new.setdefault((above, match_key(label)), (above, ListPage("", label, address, known=False)))
    return list(new.values())


def _with_keys(new: list[tuple[str, ListPage]], edition: Edition, remembered: Iterable[ListPage]) -> Iterator[ListPage]:
    """The new lists with keys that no two labels share; `new` has the key above each."""
    known = {(list_page.key.rpartition("/")[0], match_key(list_page.label)): list_page.key for list_page in remembered}
    holders = {entry.key: match_key(entry.label) for entry in edition.lists}
    holders |= {known[place]: place[1] for above, list_page in new if (place := (above, match_key(list_page.label))) in known}
    for above, list_page in new:
        label = match_key(list_page.label)

        def is_taken(key: str, label: str = label) -> bool:
            return holders.get(key, label) != label

        key = distinct_key(above, list_page.label, is_taken)
        if (before := known.get((above, label))) == distinct_key(above, list_page.label, lambda _: True):
            key = before
        holders[key] = label
        yield replace(list_page, key=key)


def _above(tag: Tag, address: str, known_tags: Mapping[Tag, str], addresses: Mapping[str, str]) -> str:
    """What a new list's key stands under: the list whose address it continues, or the group that it stands in; or ""."""
    above = next((key for at, key in addresses.items() if address.startswith(at + "/")), None)
    if above is None:
        for around in parents(tag):
            near = {known_tags[link] for link in tags(around, ("a",)) if link in known_tags}
            if near:
                groups = {key.rpartition("/")[0] for key in near}
                above = groups.pop() if len(groups) == 1 else ""
                break
    return above or ""


def known_lists(
    found: Iterable[ListPage], remembered: Iterable[ListPage], edition: Edition
) -> tuple[tuple[ListPage, ...], tuple[str, ...]]:
    """All lists to read, and the known labels that lead nowhere: from the menu, else from memory, else as written down."""
    lists = {list_page.key: list_page for list_page in found}
    for list_page in remembered:
        lists.setdefault(list_page.key, list_page)
    for entry in edition.lists:
        if entry.address:
            lists.setdefault(entry.key, ListPage(entry.key, entry.label, entry.address, "written down"))
    order = {entry.key: number for number, entry in enumerate(edition.lists)}
    ordered = sorted(lists.values(), key=lambda list_page: order.get(list_page.key, len(order)))
    return tuple(ordered), tuple(entry.label for entry in edition.lists if entry.key not in lists)

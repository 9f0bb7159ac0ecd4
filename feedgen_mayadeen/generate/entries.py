"""Entries from memory: articles, breaking news, the Most Read box; each is rendered once for all feeds."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, partial

from feedgen_mayadeen.context import BuildContext
from feedgen_mayadeen.errors import MemoryFileError
from feedgen_mayadeen.generate.naming import categories_of
from feedgen_mayadeen.generate.render.atom import atom_entry
from feedgen_mayadeen.generate.render.json_feed import json_item
from feedgen_mayadeen.generate.render.pages import page_entry
from feedgen_mayadeen.ids import tag_uri
from feedgen_mayadeen.models import Article, Category, Entry, FeedInfo, Link
from feedgen_mayadeen.store.feeds import ArticleRef
from feedgen_mayadeen.store.ticker import SeenLine

_PICTURE = r"/([^\s\"'<>?&]+)(?:\?[^\s\"'<>]*)?"
"""The path of a picture in the folder, and the query after it, which no file has."""
_LOADED = 1000
"""Entries that are held while a feed is written in all its forms."""


@dataclass(frozen=True, slots=True)
class EntryRef:
    """A reference to an entry in memory: its id, `updated`, everything it is made from (`inputs`), and a function to load it.

    `number` is its article's, None for a line of the ticker. Two entries with the same inputs are the same.
    """

    id: str
    updated: datetime
    inputs: tuple[object, ...]
    number: int | None
    load: Callable[[], Entry]


class EntrySource:
    """The entries of an edition, with the lists in memory at the time of creation."""

    def __init__(self, context: BuildContext) -> None:
        self._context = context
        self._lists = context.memory.feeds.lists_of_articles(context.edition.code)
        self._labels: Mapping[str, str] = {
            list_page.key: list_page.label for list_page in context.memory.lists.all(context.edition.code)
        }

    def articles(self, refs: Iterable[ArticleRef]) -> tuple[EntryRef, ...]:
        """The entries of articles."""
        return tuple(map(self._article, refs))

    def _article(self, ref: ArticleRef) -> EntryRef:
        lists = tuple((key, self._labels[key]) for key in self._lists.get(ref.number, ()) if key in self._labels)
        inputs = (ref.entry, ref.hash.hex(), ref.published, ref.updated, lists)
        return EntryRef(ref.entry, datetime.fromisoformat(ref.updated), inputs, ref.number, partial(self._load, ref, lists))

    def _load(self, ref: ArticleRef, lists: tuple[tuple[str, str], ...]) -> Entry:
        stored = self._context.memory.articles.get(ref.number)
        if stored is None or stored.article is None:
            raise MemoryFileError("the memory", f"article {ref.number} is shown, and its text is not there")
        categories = categories_of(stored.article, dict(lists), self._context.edition)
        return Entry(stored.id, stored.published, stored.updated, stored.article, categories)

    def breaking(self, lines: Iterable[SeenLine]) -> Iterator[EntryRef]:
        """One entry for each line of the ticker, dated when it was first seen."""
        edition = self._context.edition
        for seen in lines:
            article = Article(address=seen.line.address or edition.home, title=seen.line.text, author=Link(edition.name))
            ident = tag_uri(edition.host, f"breaking/{seen.number % (1 << 64):016x}")
            entry = Entry(ident, seen.at, seen.at, article, ())
            inputs = (ident, article.title, article.address, seen.at.isoformat())
            yield EntryRef(ident, seen.at, inputs, None, partial(replace, entry))

    def most_read(self, box: Iterable[tuple[ArticleRef, str]]) -> Iterator[EntryRef]:
        """The articles of the Most Read box in its order, with the day on which they entered it."""
        edition = self._context.edition
        for ref, day in box:
            category = Category(day, edition.phrases.most_read_since.format(day=day), tag_uri(edition.host, "most-read"))
            whole = self._article(ref)
            yield replace(whole, inputs=(*whole.inputs, day), load=partial(_with_category, whole.load, category))


def _with_category(load: Callable[[], Entry], category: Category) -> Entry:
    entry = load()
    return replace(entry, categories=(*entry.categories, category))


class RenderedEntries:
    """Cache of rendered entries: each entry is rendered once in each form, however many feeds show it."""

    def __init__(
        self, info: FeedInfo, edition: str, *, full: bool, topics: Mapping[str, str], media: str = "", disk: str = ""
    ) -> None:
        """`info` is that of any feed of the edition; `topics` maps the labels of tags to the paths of their pages.

        Pictures below the base address `media` stand in the folder, whose `file:` address is `disk`. Feeds lead there, since
        readers know of no folder; pages lead to them by their place.
        """
        self._info, self._edition, self._full, self._topics = info, edition, full, topics
        # What is read back from published feeds leads to the disk already.
        places = f"(?:{re.escape(media)}|{re.escape(disk)})"
        self._media, self._disk = re.compile(places + _PICTURE) if media else None, disk
        self._made: dict[tuple[object, ...], bytes] = {}
        self._load = lru_cache(_LOADED)(lambda ref: ref.load())

    def atom(self, ref: EntryRef) -> bytes:
        """An entry of an Atom feed."""
        return self._once(("atom",), ref, lambda entry: atom_entry(entry, self._info.direction, full=self._full))

    def json(self, ref: EntryRef, *, full: bool) -> bytes:
        """An item of a JSON Feed, with the whole text or only the lead."""
        full = full and self._full
        return self._once(("json", full), ref, lambda entry: json_item(entry, self._info, full=full))

    def page(self, ref: EntryRef, up: str) -> bytes:
        """An entry on the page of a feed; `up` leads from the page to the folder."""
        return self._once(("page", up), ref, lambda entry: page_entry(entry, self._edition, up, self._topics), up)

    def _once(
        self, form: tuple[object, ...], ref: EntryRef, render: Callable[[Entry], bytes], folder: str | None = None
    ) -> bytes:
        key = (form, ref.inputs)
        if key not in self._made:
            entry = self._load(ref)
            self._made[key] = render(self._with_own_pictures(entry, f"{self._disk}/" if folder is None else folder))
        return self._made[key]

    def _with_own_pictures(self, entry: Entry, folder: str) -> Entry:
        if self._media is None:
            return entry
        article, pattern, place = entry.article, self._media, rf"{folder}\1"
        picture = article.picture and replace(article.picture, address=pattern.sub(place, article.picture.address))
        return replace(entry, article=replace(article, picture=picture, body=pattern.sub(place, article.body)))

"""From memory to entries: of articles, of the breaking news, of the Most Read box."""

import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache, partial

from feedgen_mayadeen.archive.articles import Kept
from feedgen_mayadeen.archive.feeds import Shown
from feedgen_mayadeen.archive.ticker import Seen
from feedgen_mayadeen.membership import categories_of
from feedgen_mayadeen.models import Article, Category, Entry, Named, Recalled
from feedgen_mayadeen.plan import Run

_MARK = struct.Struct("<QQ")
"""Number and version."""


def entries_of(run: Run, articles: Iterable[Shown]) -> tuple[Recalled, ...]:
    """The entries of articles that memory holds. Whatever changes one of them changes its article's version."""

    @cache
    def labels() -> Mapping[str, str]:
        return {listing.key: listing.label for listing in run.archive.lists.all(run.edition.code)}

    def made(kept: Kept, article: Article) -> Entry:
        lists = {key: labels()[key] for key in run.archive.feeds.keys_of(kept.number) if key in labels()}
        return Entry(kept.id, kept.published, kept.updated, article, categories_of(article, lists, run.edition))

    def recalled(one: Shown) -> Recalled:
        mark = _MARK.pack(one.number, one.version)
        return Recalled(
            one.entry, datetime.fromisoformat(one.updated), mark, partial(run.archive.history.entry, one.number, made)
        )

    return tuple(map(recalled, articles))


def breaking_entries(run: Run, lines: Iterable[Seen]) -> Iterator[Entry]:
    """The ticker's lines, each an entry for ever, dated when it was first seen."""
    for seen in lines:
        author = Named(run.edition.name)
        article = Article(address=seen.line.address or run.edition.home, title=seen.line.text, author=author)
        number = f"{seen.number % (1 << 64):016x}"
        yield Entry(f"tag:{run.edition.host},2021:breaking/{number}", seen.at, seen.at, article, ())


def most_read_entries(run: Run, box: Iterable[tuple[Shown, str]]) -> Iterator[Entry]:
    """The articles of the Most Read box in its order, with the day on which they entered it."""
    for entry, (_, day) in zip(entries_of(run, [shown for shown, _ in box]), box, strict=True):
        since = run.edition.phrases.most_read_since.format(day=day)
        category = Category(day, since, f"tag:{run.edition.host},2021:most-read")
        whole = entry.recall()
        yield replace(whole, categories=(*whole.categories, category))

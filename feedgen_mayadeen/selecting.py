"""Which feeds an edition has, what each is made from, and what the overview says of it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from feedgen_mayadeen import __version__
from feedgen_mayadeen.archive.feeds import FeedRow, Shown
from feedgen_mayadeen.archive.files import Published
from feedgen_mayadeen.entries import breaking_entries, entries_of, most_read_entries
from feedgen_mayadeen.membership import ALL, BREAKING, MOST_READ, info_of
from feedgen_mayadeen.models import Entry, Health, Listed, Recalled
from feedgen_mayadeen.names import mark_of
from feedgen_mayadeen.places import file_of, title_of
from feedgen_mayadeen.plan import Run

TOPICS = ("tags", "coverage", "authors")


@dataclass(frozen=True, slots=True)
class Made:
    """What the files of a feed are made from: its newest articles, its archive pages, all that decides on its entries.

    `made_from` changes whenever an entry may have changed; `entries` reads them from memory. `changes` is the feed's count.
    """

    made_from: tuple[Any, ...]
    entries: Callable[[], Iterable[Entry | Recalled]]
    shown: tuple[Shown, ...] = ()
    pages: tuple[tuple[int, tuple[Shown, ...]], ...] = ()
    changes: int = 0

    @property
    def numbers(self) -> Iterator[int]:
        """The numbers of all articles that the feed and its archive pages show."""
        yield from (one.number for one in self.shown)
        yield from (one.number for _, page in self.pages for one in page)


@dataclass(frozen=True, slots=True)
class Draft:
    """A feed before it is rendered: what the overview says of it, the numbers of its archive pages, what it is made from.

    `feed` is its number, if it is one of a list or a topic. One that has not moved since it was `published` is as it was
    then; what it is made from is asked of memory only when it is to be written all the same.
    """

    listed: Listed
    pages: tuple[int, ...]
    make: Callable[[], Made]
    feed: int | None = None
    published: Published | None = None


def choose_topics(run: Run) -> None:
    """Decides which tags, coverages and authors have a feed."""
    tags, since = run.plan.config.tags, days_before(run, run.plan.config.tags.window_days)
    for kind in TOPICS:
        if since is None or not getattr(run.plan.config.feeds, kind):
            continue
        names = tags.follow if kind == "tags" else ()
        rows = [run.archive.feeds.topic(run.edition.code, kind, name) for name in names]
        followed = frozenset(row.feed for row in rows if row)
        most = getattr(run.plan.config, kind).max_feeds
        run.archive.feeds.choose(run.edition.code, kind, since, tags.min_articles, most, followed)


def days_before(run: Run, days: int) -> int | None:
    """So many days before the newest article, in seconds since 1970: the site's time, not the build's, rules the feeds."""
    newest = run.archive.articles.newest_instant(run.edition.code)
    return int((min(newest, run.now) - timedelta(days=days)).timestamp()) if newest else None


def feed_rows(run: Run) -> tuple[FeedRow, ...]:
    """The feeds of lists and topics that memory knows: that of everything, the lists as in the menu, the topics by key."""
    menu = {entry.key: place for place, entry in enumerate(run.edition.lists)}
    rows = run.archive.feeds.all(run.edition.code)
    lists = [row for row in rows if row.kind not in TOPICS]
    lists.sort(key=lambda row: (row.key != ALL, menu.get(row.key, len(menu))))
    return (*lists, *(row for row in rows if row.kind in TOPICS))


def limit_of(run: Run, kind: str) -> int:
    """The most entries of a feed of a kind."""
    return run.plan.config.tags.limit if kind in TOPICS else run.plan.config.build.limit


def is_on(run: Run, kind: str) -> bool:
    """Whether the settings have this kind of feed switched on."""
    return bool(getattr(run.plan.config.feeds, kind.replace("-", "_")))


def settings_of(run: Run) -> bytes:
    """A mark of all that decides, beside memory, which entries and which names the feeds of an edition have."""
    config = run.plan.config
    kinds = (config.feeds, config.tags, config.coverage, config.authors)
    return mark_of(__version__, run.edition, config.build.limit, kinds, config.history, config.titles)


def feeds_of(run: Run) -> tuple[tuple[FeedRow, Published | None], ...]:
    """The feeds of lists and topics, each as it was published if it has not moved since."""
    unmoved = run.archive.files.unmoved(run.edition.code, settings_of(run))
    return tuple((row, unmoved.get(row.feed)) for row in feed_rows(run))


def drafts_of(run: Run, feeds: Iterable[tuple[FeedRow, Published | None]]) -> tuple[Draft, ...]:
    """Every feed of an edition that has entries, in the order of the menu; `feeds` are those of `feeds_of`."""
    health = run.archive.wellness.all(run.edition.code)
    general = health.get(ALL) or Health()
    drafts = []
    for row, published in feeds:
        own = health.get(row.key) or general  # a topic fares as the whole edition does
        if published:
            drafts.append(Draft(published.listed.faring(own), published.pages, partial(_made, run, row), row.feed, published))
        elif (made := _made(run, row)).shown:
            drafts.append(_moved(run, row, made, own))
    special = (*_breaking(run, health.get(BREAKING)), *_most_read(run, health.get(MOST_READ)))
    return (*drafts[:1], *special, *drafts[1:])


def _made(run: Run, row: FeedRow) -> Made:
    changes = run.archive.feeds.changes(run.edition.code, row.key)
    shown = run.archive.feeds.newest(row.feed, limit_of(run, row.kind))
    pages = () if row.kind in (ALL, *TOPICS) else run.archive.history.pages(row.feed)
    return Made(shown, lambda: entries_of(run, shown), shown, pages, changes)


def _moved(run: Run, row: FeedRow, made: Made, health: Health) -> Draft:
    newest = datetime.fromisoformat(made.shown[0].published)
    listed = _listed(run, (row.kind, row.key, row.label, row.address), len(made.shown), newest, health, row.articles)
    return Draft(listed, tuple(page for page, _ in made.pages), lambda: made, row.feed)


def _breaking(run: Run, health: Health | None) -> Iterator[Draft]:
    lines = run.archive.ticker.lines(run.edition.code, run.plan.config.build.limit)
    if lines:
        told = (BREAKING, BREAKING, "", None)
        listed = _listed(run, told, len(lines), lines[0].at, health or Health(), len(lines))
        yield Draft(listed, (), lambda: Made(lines, lambda: breaking_entries(run, lines)))


def _most_read(run: Run, health: Health | None) -> Iterator[Draft]:
    box = run.archive.ticker.most_read_shown(run.edition.code)
    if box:
        told = (MOST_READ, MOST_READ, "", None)
        newest = max(datetime.fromisoformat(shown.published) for shown, _ in box)
        listed = _listed(run, told, len(box), newest, health or Health(), len(box))
        shown = tuple(shown for shown, _ in box)
        yield Draft(listed, (), lambda: Made(box, lambda: most_read_entries(run, box), shown))


def _listed(
    run: Run, told: tuple[str, str, str, str | None], entries: int, newest: datetime, health: Health, articles: int
) -> Listed:
    kind, key, label, address = told
    info = info_of(kind, key, label, address, run.edition, title_of(run, key))
    name = info.title.removesuffix(f" — {run.edition.name}")
    return Listed(info, run.edition.code, name, file_of(run, key), entries, newest, health, articles)

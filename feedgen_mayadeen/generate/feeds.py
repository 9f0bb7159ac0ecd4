"""The feeds of an edition: which there are, their entries, and their summaries for the index."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedgen_mayadeen.context import BuildContext
from feedgen_mayadeen.generate.entries import EntryRef, EntrySource
from feedgen_mayadeen.generate.naming import info_of
from feedgen_mayadeen.generate.paths import file_of, title_of
from feedgen_mayadeen.ids import ALL, BREAKING, MOST_READ, TOPICS
from feedgen_mayadeen.models import FeedSummary, Health
from feedgen_mayadeen.store.feeds import FeedRow

_WITH_ARCHIVE = ("sections", "regions")


@dataclass(frozen=True, slots=True)
class FeedPlan:
    """A feed before it is rendered: its summary, its entries, and its archive pages, oldest first."""

    summary: FeedSummary
    entries: tuple[EntryRef, ...]
    pages: tuple[tuple[int, tuple[EntryRef, ...]], ...] = ()

    @property
    def key(self) -> str:
        """The feed's key."""
        return self.summary.info.key

    @property
    def kind(self) -> str:
        """The feed's kind."""
        return self.summary.info.kind

    @property
    def has_archive(self) -> bool:
        """Whether older entries are kept in archive pages."""
        return self.kind in _WITH_ARCHIVE

    @property
    def articles(self) -> Iterator[int]:
        """The numbers of all articles that the feed and its archive pages show."""
        for entries in (self.entries, *(entries for _, entries in self.pages)):
            yield from (entry.number for entry in entries if entry.number is not None)


def choose_topics(context: BuildContext) -> None:
    """Decides which tags, coverages and authors have a feed."""
    tags, since = context.config.tags, days_before(context, context.config.tags.window_days)
    feeds, code = context.memory.feeds, context.edition.code
    for kind in TOPICS:
        if since is None or not is_on(context, kind):
            continue
        names = tags.follow if kind == "tags" else ()
        rows = [feeds.topic(code, kind, name) for name in names]
        followed = frozenset(row.feed for row in rows if row)
        feeds.choose(code, kind, since, tags.min_articles, getattr(context.config, kind).max_feeds, followed)


def days_before(context: BuildContext, days: int) -> int | None:
    """The instant some days before the newest article, in seconds since 1970; independent of when the build runs."""
    newest = context.memory.articles.newest_instant(context.edition.code)
    return int((min(newest, context.now) - timedelta(days=days)).timestamp()) if newest else None


def rotate_archives(context: BuildContext) -> None:
    """Moves older entries of the selected lists into their archive pages."""
    for row in context.memory.feeds.all(context.edition.code):
        if row.kind in _WITH_ARCHIVE and is_on(context, row.kind) and context.is_selected(row.key):
            pages = context.config.history.pages
            context.memory.archive_pages.rotate(row.feed, limit_of(context, row.kind), pages)


def limit_of(context: BuildContext, kind: str) -> int:
    """The most entries of a feed of a kind."""
    return context.config.tags.limit if kind in TOPICS else context.config.build.limit


def is_on(context: BuildContext, kind: str) -> bool:
    """Whether the settings have this kind of feed switched on."""
    return bool(getattr(context.config.feeds, kind.replace("-", "_")))


def feed_plans(context: BuildContext) -> tuple[FeedPlan, ...]:
    """All feeds of an edition that have entries: `all`, breaking news, most read, the lists in menu order, the topics."""
    source = EntrySource(context)
    health = context.memory.health.all(context.edition.code)
    counts = context.memory.feeds.counts(context.edition.code)
    general = health.get(ALL) or Health()
    plans = []
    for row in _rows(context):
        own = health.get(row.key) or general  # a topic has the health of the whole edition
        plans.append(_plan_of(context, source, row, own, counts.get(row.feed, 0)))
    special = (
        _breaking(context, source, health.get(BREAKING) or Health()),
        _most_read(context, source, health.get(MOST_READ) or Health()),
    )
    return tuple(plan for plan in (*plans[:1], *special, *plans[1:]) if plan)


def _rows(context: BuildContext) -> tuple[FeedRow, ...]:
    """The feeds in memory: `all`, the lists in menu order, the topics by key."""
    menu = {entry.key: place for place, entry in enumerate(context.edition.lists)}
    rows = context.memory.feeds.all(context.edition.code)
    lists = [row for row in rows if row.kind not in TOPICS]
    lists.sort(key=lambda row: (row.key != ALL, menu.get(row.key, len(menu))))
    return (*lists, *(row for row in rows if row.kind in TOPICS))


def _plan_of(context: BuildContext, source: EntrySource, row: FeedRow, health: Health, articles: int) -> FeedPlan | None:
    newest = context.memory.feeds.newest(row.feed, limit_of(context, row.kind))
    if not newest:
        return None
    pages = context.memory.archive_pages.pages(row.feed) if row.kind in _WITH_ARCHIVE else ()
    entries = source.articles(newest)
    at = datetime.fromisoformat(newest[0].published)
    summary = _summary_of(context, (row.kind, row.key, row.label, row.address), entries, at, health, articles)
    return FeedPlan(summary, entries, tuple((page, source.articles(refs)) for page, refs in pages))


def _breaking(context: BuildContext, source: EntrySource, health: Health) -> FeedPlan | None:
    lines = context.memory.ticker.lines(context.edition.code, context.config.build.limit)
    if not lines:
        return None
    entries = tuple(source.breaking(lines))
    return FeedPlan(_summary_of(context, (BREAKING, BREAKING, "", None), entries, lines[0].at, health, len(lines)), entries)


def _most_read(context: BuildContext, source: EntrySource, health: Health) -> FeedPlan | None:
    box = context.memory.ticker.most_read_shown(context.edition.code)
    if not box:
        return None
    newest = max(datetime.fromisoformat(ref.published) for ref, _ in box)
    entries = tuple(source.most_read(box))
    return FeedPlan(_summary_of(context, (MOST_READ, MOST_READ, "", None), entries, newest, health, len(box)), entries)


def _summary_of(
    context: BuildContext,
    row: tuple[str, str, str, str | None],
    entries: Iterable[EntryRef],
    newest: datetime,
    health: Health,
    articles: int,
) -> FeedSummary:
    """The summary of a feed; `row` is its kind, key, label and address."""
    kind, key, label, address = row
    info = info_of(kind, key, label, address, context.edition, title_of(context, key))
    name = info.title.removesuffix(f" — {context.edition.name}")
    return FeedSummary(info, context.edition.code, name, file_of(context, key), len(tuple(entries)), newest, health, articles)

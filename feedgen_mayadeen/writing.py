"""From memory to files: which feeds there are, which entries each has, rendered and published."""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from urllib.parse import quote

from feedgen_mayadeen import errors
from feedgen_mayadeen.archive.articles import Kept
from feedgen_mayadeen.archive.feeds import FeedRow
from feedgen_mayadeen.membership import ALL, BREAKING, MOST_READ, categories_of, info_of
from feedgen_mayadeen.models import Article, Category, Entry, Feed, History, Named
from feedgen_mayadeen.plan import Run
from feedgen_mayadeen.publish import Outcome, publish, remove
from feedgen_mayadeen.render.atom import atom
from feedgen_mayadeen.report import FeedReport

_TOPICS = ("tags", "coverage", "authors")
_WITH_ARCHIVE = ("sections", "regions")
_LINES_KEPT = 200


def write_feeds(run: Run) -> None:
    """Publishes every feed that is selected, switched on and has entries; then forgets the texts that none shows."""
    choose_topics(run)
    rows = sorted(run.archive.feeds.all(run.edition.code), key=lambda row: (row.key != ALL, row.kind in _TOPICS, row.key))
    shown: set[int] = set()
    for number, row in enumerate(rows, start=1):
        shown.update(_write_row(run, row))
        run.progress("feeds", number, len(rows))
    _write_special(run, BREAKING, run.plan.config.feeds.breaking, _breaking)
    _write_special(run, MOST_READ, run.plan.config.feeds.most_read, _most_read)
    _forget(run, shown)


def choose_topics(run: Run) -> None:
    """Decides which tags, coverages and authors have a feed; takes away the files of those that lost theirs."""
    tags, since = run.plan.config.tags, _days_before(run, run.plan.config.tags.window_days)
    for kind in _TOPICS:
        if since is None or not getattr(run.plan.config.feeds, kind):
            continue
        names = tags.follow if kind == "tags" else ()
        rows = [run.archive.feeds.topic(run.edition.code, kind, name) for name in names]
        followed = frozenset(row.feed for row in rows if row)
        most = getattr(run.plan.config, kind).max_feeds
        for key in run.archive.feeds.choose(run.edition.code, kind, since, tags.min_articles, most, followed):
            _remove(run, key)


def _days_before(run: Run, days: int) -> int | None:
    """So many days before the newest article, in seconds since 1970: the site's time, not the build's, rules the feeds."""
    newest = run.archive.articles.newest_instant(run.edition.code)
    return int((min(newest, run.now) - timedelta(days=days)).timestamp()) if newest else None


def _write_row(run: Run, row: FeedRow) -> Iterator[int]:
    """Writes a feed and its archive pages; gives the numbers of all articles that they show."""
    pages = run.plan.config.history.pages
    limit = run.plan.config.tags.limit if row.kind in _TOPICS else run.plan.config.build.limit
    is_written = run.is_selected(row.key) and getattr(run.plan.config.feeds, row.kind)
    if is_written and row.kind in _WITH_ARCHIVE:
        for gone in run.archive.history.turn(row.feed, limit, pages):
            _remove(run, _page_key(row.key, gone))
    numbers = run.archive.feeds.newest(row.feed, limit)
    archived = run.archive.history.pages(row.feed)
    yield from numbers
    yield from (number for _, page in archived for number in page)
    if not is_written:
        return
    addresses = [_address(run, _page_key(row.key, page)) for page, _ in archived]
    info = info_of(row.kind, row.key, row.label, row.address, run.edition, _title(run, row.key))
    entries = tuple(_entries(run, numbers))
    _write(run, row.key, Feed(info, entries, History(previous=addresses[-1] if addresses else None)))
    for at, (page, page_numbers) in enumerate(archived):
        previous = addresses[at - 1] if at else None
        following = addresses[at + 1] if at + 1 < len(addresses) else None
        current = _address(run, row.key)
        # The one page of a short archive leads on to the feed itself: the W3C validator wants a neighbour for each.
        history = History(previous, following if previous or following else current, current)
        _write(run, _page_key(row.key, page), Feed(info, tuple(_entries(run, page_numbers)), history))


def _entries(run: Run, numbers: Iterable[int]) -> Iterator[Entry]:
    labels = {listing.key: listing.label for listing in run.archive.lists.all(run.edition.code)}
    for number in numbers:
        kept = run.archive.history.article(number)
        if kept and kept.article:
            lists = {key: labels[key] for key in run.archive.feeds.keys_of(number) if key in labels}
            yield _entry(kept, kept.article, categories_of(kept.article, lists, run.edition))


def _entry(kept: Kept, article: Article, categories: tuple[Category, ...]) -> Entry:
    return Entry(kept.id, kept.published, kept.updated, article, categories)


def _write_special(run: Run, key: str, is_on: bool, entries: Callable[[Run], Iterator[Entry]]) -> None:
    """Writes one of the feeds that are no list of articles."""
    if is_on and run.is_selected(key):
        info = info_of(key, key, "", None, run.edition, _title(run, key))
        _write(run, key, Feed(info, tuple(entries(run))))


def _breaking(run: Run) -> Iterator[Entry]:
    """The ticker's lines, each an entry for ever, dated when it was first seen."""
    for seen in run.archive.ticker.lines(run.edition.code, run.plan.config.build.limit):
        author = Named(run.edition.name)
        article = Article(address=seen.line.address or run.edition.home, title=seen.line.text, author=author)
        number = f"{seen.number % (1 << 64):016x}"
        yield Entry(f"tag:{run.edition.host},2021:breaking/{number}", seen.at, seen.at, article, ())


def _most_read(run: Run) -> Iterator[Entry]:
    """The articles of the Most Read box that are known, in its order, with the day on which they entered it."""
    for address, day in run.archive.ticker.most_read(run.edition.code):
        number = run.archive.articles.find(address).number
        for entry in _entries(run, [number] if number is not None else []):
            since = run.edition.phrases.most_read_since.format(day=day)
            category = Category(day, since, f"tag:{run.edition.host},2021:most-read")
            yield Entry(entry.id, entry.published, entry.updated, entry.article, (*entry.categories, category))


def _write(run: Run, key: str, feed: Feed) -> None:
    """Renders and publishes one document; a feed without entries is not written."""
    if not feed.entries:
        return
    file = _file_of(run, key)
    try:
        content = atom(feed, _address(run, key), full=run.plan.config.build.content == "full")
        outcome = publish(run.plan.out / file, content, dry_run=run.plan.dry_run)
    except errors.OutputError as error:
        run.report.fail(error)
        outcome = Outcome.FAILED
    if feed.history.current is None:
        fresh = sum(entry.id in run.report.fresh for entry in feed.entries)
        report = FeedReport(run.edition.code, key, feed.info.title, file, len(feed.entries), fresh, outcome.value)
        run.report.feeds.append(report)


def _forget(run: Run, shown: set[int]) -> None:
    """Forgets texts that are old and in no feed."""
    before = _days_before(run, run.plan.config.memory.keep_days)
    if before is not None:
        most_read = (run.archive.articles.find(at).number for at, _ in run.archive.ticker.most_read(run.edition.code))
        shown.update(number for number in most_read if number is not None)
        run.archive.history.forget(run.edition.code, before, shown)
    run.archive.history.forget_read()
    run.archive.ticker.forget(run.edition.code, max(_LINES_KEPT, run.plan.config.build.limit))


def _remove(run: Run, key: str) -> None:
    if run.plan.dry_run:
        return
    try:
        remove(run.plan.out / _file_of(run, key))
    except errors.OutputError as error:
        run.report.fail(error)


def _page_key(key: str, page: int) -> str:
    """The key of an archive page; no list's key holds a dot."""
    return f"{key}.archive-{page}"


def _title(run: Run, key: str) -> str | None:
    """The name that the settings give to a feed, by its path without suffix."""
    return run.plan.config.titles.get(_file_of(run, key).removesuffix(".xml"))


def _file_of(run: Run, key: str) -> str:
    """A feed's path in the output folder; editions other than the English one have a folder of their own."""
    folder = "" if run.edition.code == "en" else f"{run.edition.code}/"
    return f"{folder}{key}.xml"


def _address(run: Run, key: str) -> str:
    return f"{run.plan.config.build.base_url.rstrip('/')}/{quote(_file_of(run, key))}"

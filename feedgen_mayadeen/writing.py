"""From memory to files: which feeds there are, which entries each has, rendered and published."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from feedgen_mayadeen import errors
from feedgen_mayadeen.archive.articles import Kept
from feedgen_mayadeen.archive.feeds import FeedRow
from feedgen_mayadeen.membership import ALL, BREAKING, MOST_READ, categories_of, info_of
from feedgen_mayadeen.models import Article, Category, Entry, Feed, FeedInfo, History, Listed, Named
from feedgen_mayadeen.plan import Run
from feedgen_mayadeen.publish import Outcome, publish, remove, sweep
from feedgen_mayadeen.render.atom import atom
from feedgen_mayadeen.report import FeedReport

_TOPICS = ("tags", "coverage", "authors")
_WITH_ARCHIVE = ("sections", "regions")
_LINES_KEPT = 200


def write_feeds(run: Run) -> tuple[Listed, ...]:
    """Publishes every feed that is selected, switched on and has entries; then forgets the texts that none shows.

    Gives every feed of the edition that is in the folder by then. What can't be written is in the report.
    """
    with run.report.surviving():
        choose_topics(run)
    rows = _rows(run)
    shown: set[int] = set()
    for number, row in enumerate(rows, start=1):
        shown.update(_write_row(run, row))
        run.progress("feeds", number, len(rows))
    _write_special(run, BREAKING, run.plan.config.feeds.breaking, _breaking)
    _write_special(run, MOST_READ, run.plan.config.feeds.most_read, _most_read)
    with run.report.surviving():
        _sweep(run, rows)
    with run.report.surviving():
        _forget(run, shown)
    return list_feeds(run)


def list_feeds(run: Run) -> tuple[Listed, ...]:
    """Every feed of an edition that is in the output folder, in the order of the menu, as far as memory knows it."""
    lists = tuple(filter(None, (_listed(run, row) for row in _rows(run))))
    return (*lists[:1], *_listed_specials(run), *lists[1:])


def _rows(run: Run) -> tuple[FeedRow, ...]:
    """The feeds of lists and topics that memory knows: that of everything, the lists as in the menu, the topics by key."""
    menu = {entry.key: place for place, entry in enumerate(run.edition.lists)}
    rows = run.archive.feeds.all(run.edition.code)
    return tuple(sorted(rows, key=lambda r: (r.key != ALL, r.kind in _TOPICS, menu.get(r.key, len(menu)), r.key)))


def _listed(run: Run, row: FeedRow) -> Listed | None:
    """A feed as the overview lists it; None when it has no file or no entry."""
    file = _file_of(run, row.key)
    if not (run.plan.out / file).is_file():
        return None
    numbers = run.archive.feeds.newest(row.feed, _limit(run, row.kind))
    newest = run.archive.articles.published(numbers[:1])
    if newest is None:
        return None
    info = info_of(row.kind, row.key, row.label, row.address, run.edition, _title(run, row.key))
    return _as_listed(run, info, len(numbers), newest, run.archive.feeds.count(row.feed))


def _listed_specials(run: Run) -> Iterator[Listed]:
    """The breaking news and the most read articles, as far as they have files."""
    code, limit = run.edition.code, run.plan.config.build.limit
    lines = run.archive.ticker.lines(code, limit)
    boxed = [run.archive.articles.find(address).number for address, _ in run.archive.ticker.most_read(code)]
    numbers = tuple(number for number in boxed if number is not None)
    for key, entries, newest in (
        (BREAKING, len(lines), lines[0].at if lines else None),
        (MOST_READ, len(numbers), run.archive.articles.published(numbers)),
    ):
        if newest and (run.plan.out / _file_of(run, key)).is_file():
            yield _as_listed(run, info_of(key, key, "", None, run.edition, _title(run, key)), entries, newest, entries)


def _as_listed(run: Run, info: FeedInfo, entries: int, newest: datetime, articles: int) -> Listed:
    name = info.title.removesuffix(f" — {run.edition.name}")
    file = _file_of(run, info.key)
    return Listed(info, run.edition.code, name, file, entries, newest, articles=articles)


def choose_topics(run: Run) -> None:
    """Decides which tags, coverages and authors have a feed."""
    tags, since = run.plan.config.tags, _days_before(run, run.plan.config.tags.window_days)
    for kind in _TOPICS:
        if since is None or not getattr(run.plan.config.feeds, kind):
            continue
        names = tags.follow if kind == "tags" else ()
        rows = [run.archive.feeds.topic(run.edition.code, kind, name) for name in names]
        followed = frozenset(row.feed for row in rows if row)
        most = getattr(run.plan.config, kind).max_feeds
        run.archive.feeds.choose(run.edition.code, kind, since, tags.min_articles, most, followed)


def _days_before(run: Run, days: int) -> int | None:
    """So many days before the newest article, in seconds since 1970: the site's time, not the build's, rules the feeds."""
    newest = run.archive.articles.newest_instant(run.edition.code)
    return int((min(newest, run.now) - timedelta(days=days)).timestamp()) if newest else None


def _write_row(run: Run, row: FeedRow) -> Iterator[int]:
    """Writes a feed and its archive pages; gives the numbers of all articles that they show."""
    pages = run.plan.config.history.pages
    limit = _limit(run, row.kind)
    is_written = run.is_selected(row.key) and getattr(run.plan.config.feeds, row.kind)
    if is_written and row.kind in _WITH_ARCHIVE:
        with run.report.surviving():
            run.archive.history.turn(row.feed, limit, pages)
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


def _limit(run: Run, kind: str) -> int:
    return run.plan.config.tags.limit if kind in _TOPICS else run.plan.config.build.limit


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


def _sweep(run: Run, rows: Iterable[FeedRow]) -> None:
    """Takes away the files of topics and archive pages that are no more, and what killed builds left. Raises OutputError."""
    if run.plan.dry_run:
        return
    folder, live = run.plan.out / _folder_of(run), {row.key for row in rows}
    pages = {_page_key(row.key, page) for row in rows for page, _ in run.archive.history.pages(row.feed)}
    for kind in _TOPICS:
        if getattr(run.plan.config.feeds, kind):
            for file in (folder / kind).glob("*.xml"):
                if f"{kind}/{file.stem}" not in live:
                    remove(file)
    for row in rows:
        for file in (folder / row.key).parent.glob(f"{Path(row.key).name}.archive-*.xml"):
            if file.relative_to(folder).with_suffix("").as_posix() not in pages:
                remove(file)
    sweep(folder)


def _forget(run: Run, shown: set[int]) -> None:
    """Forgets texts that are old and in no feed."""
    before = _days_before(run, run.plan.config.memory.keep_days)
    if before is not None:
        most_read = (run.archive.articles.find(at).number for at, _ in run.archive.ticker.most_read(run.edition.code))
        shown.update(number for number in most_read if number is not None)
        run.archive.history.forget(run.edition.code, before, shown)
    run.archive.history.forget_read()
    run.archive.ticker.forget(run.edition.code, max(_LINES_KEPT, run.plan.config.build.limit))


def _page_key(key: str, page: int) -> str:
    """The key of an archive page; no list's key holds a dot."""
    return f"{key}.archive-{page}"


def _title(run: Run, key: str) -> str | None:
    """The name that the settings give to a feed, by its path without suffix."""
    return run.plan.config.titles.get(_file_of(run, key).removesuffix(".xml"))


def _file_of(run: Run, key: str) -> str:
    """A feed's path in the output folder; editions other than the English one have a folder of their own."""
    return f"{_folder_of(run)}{key}.xml"


def _folder_of(run: Run) -> str:
    return "" if run.edition.code == "en" else f"{run.edition.code}/"


def _address(run: Run, key: str) -> str:
    return f"{run.plan.config.build.base_url.rstrip('/')}/{quote(_file_of(run, key))}"

"""From drafts to files: every feed in all its forms, and its archive pages, rendered and published where something changed."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from feedgen_mayadeen import errors
from feedgen_mayadeen.archive.feeds import FeedRow
from feedgen_mayadeen.archive.files import Published
from feedgen_mayadeen.entries import entries_of
from feedgen_mayadeen.membership import ALL
from feedgen_mayadeen.models import AnyFeed, Document, Feed, Health, History, Listed
from feedgen_mayadeen.names import mark_of
from feedgen_mayadeen.places import address_of, editions_in, file_of, folder_of, page_key
from feedgen_mayadeen.plan import Run
from feedgen_mayadeen.publish import Outcome, Shelf
from feedgen_mayadeen.render.atom import atom
from feedgen_mayadeen.render.json_feed import json_feed
from feedgen_mayadeen.render.links import up_from
from feedgen_mayadeen.render.pages import feed_page
from feedgen_mayadeen.render.sources import sources
from feedgen_mayadeen.render.stylesheet import with_stylesheet
from feedgen_mayadeen.report import FeedReport
from feedgen_mayadeen.rescue import drop_sample
from feedgen_mayadeen.selecting import (
    TOPICS,
    Draft,
    Made,
    choose_topics,
    days_before,
    drafts_of,
    feeds_of,
    is_on,
    limit_of,
    settings_of,
)

FORMS = (".xml", ".json", ".html")
"""What a feed is written as: Atom, JSON Feed, a page for people."""
_WITH_ARCHIVE = ("sections", "regions")
_LINES_KEPT = 200
_DAY = 86_400
_AHEAD = 8
"""Feeds whose files are still being written while the next one is rendered, at most: their contents are in memory."""

_Awaited: TypeAlias = "Future[Outcome]"
"""What becomes of a file that is being written; else OutputError."""


@dataclass(frozen=True, slots=True)
class _Around:
    """What the files of an edition's feeds share: the editions with an index, the pages of tags, a mark of all that.

    `settings` is a mark of what decides which entries they have.
    """

    shelf: Shelf
    editions: tuple[str, ...]
    topics: Mapping[str, str]
    mark: bytes
    settings: bytes


def write_feeds(runs: Sequence[Run]) -> tuple[tuple[Listed, ...], Shelf]:
    """Publishes the feeds of all editions that are built; gives every feed of theirs that is in the folder then, and that.

    A feed that is not selected, or any when the site could not be read, is left as it is; but where its file has gone, as in
    a fresh folder, it is written again from memory. What can't be written is in the report.
    """
    run = runs[0]
    drop_sample(run)
    with Shelf(run.plan.out, run.archive.files, dry_run=run.plan.dry_run) as shelf:
        editions = editions_in(run)
        return tuple(feed for run in runs for feed in write_edition(run, shelf, editions)), shelf


def write_edition(run: Run, shelf: Shelf, editions: tuple[str, ...]) -> tuple[Listed, ...]:
    """Publishes the feeds of one edition, then forgets the texts that none shows; `editions` are those with an index."""
    was_read = run.report.site_was_read
    if was_read:
        with run.report.surviving():
            _choose(run)
    feeds = feeds_of(run)
    turned = {row.feed for row, published in feeds if was_read and (published or _turn(run, row))}
    drafts = drafts_of(run, feeds)
    due = [draft for draft in drafts if _is_due(run, shelf, draft, was_read=was_read)]
    written = {draft.listed.file for draft in due}
    there = [one.listed for one in drafts if one.listed.file in written or shelf.holds(one.listed.file)]
    whole, lost = _write_all(run, due, _around(run, shelf, editions, there))
    if was_read and not run.plan.dry_run:
        with run.report.surviving():
            _sweep(run, drafts, shelf)
        with run.report.surviving():
            _forget(run, drafts)
    with run.report.surviving():
        run.archive.files.keep(shelf.written, shelf.gone, [one for one in whole if one.feed in turned], lost)
        shelf.settle()
    run.archive.history.forget_made()
    return tuple(one for one in there if run.plan.dry_run or shelf.holds(one.file))


def _choose(run: Run) -> None:
    """Decides which topics have feeds, if anything has changed that decides it: an article, the days, the settings."""
    history, code = run.archive.history, run.edition.code
    since = days_before(run, run.plan.config.tags.window_days)
    mark = mark_of(settings_of(run), since, run.archive.feeds.changes(code, ALL))
    if not history.is_settled(code, "topics", mark):
        choose_topics(run)
        history.settle(code, "topics", mark)


def _is_due(run: Run, shelf: Shelf, draft: Draft, *, was_read: bool) -> bool:
    key, kind = draft.listed.info.key, draft.listed.info.kind
    if not is_on(run, kind):
        return False
    return (was_read and run.is_selected(key)) or shelf.lacks(draft.listed.file)


def _around(run: Run, shelf: Shelf, editions: tuple[str, ...], there: Iterable[Listed]) -> _Around:
    topics = {one.name: file_of(run, one.info.key, ".html") for one in there if one.info.kind == "tags"}
    labels = {listing.key: listing.label for listing in run.archive.lists.all(run.edition.code)}
    build = run.plan.config.build
    mark = mark_of(sources(), run.edition, build.content, build.base_url, build.hub, editions, topics, labels)
    return _Around(shelf, editions, topics, mark, settings_of(run))


def _turn(run: Run, row: FeedRow) -> bool:
    """Turns the archive pages of a list; whether a feed that is to be written has left what it is to leave to its archive."""
    if not (run.is_selected(row.key) and is_on(run, row.kind)):
        return False
    if row.kind not in _WITH_ARCHIVE:
        return True
    with run.report.surviving():
        run.archive.history.turn(row.feed, limit_of(run, row.kind), run.plan.config.history.pages)
        return True
    return False


@dataclass(frozen=True, slots=True)
class _Begun:
    """A feed whose files are being written, unless they lie there as they would be: then it is made from nothing.

    `pages` are its archive pages, `forms` its own files; `fresh` is how many of its entries are new or changed.
    """

    draft: Draft
    made: Made | None = None
    pages: tuple[_Awaited, ...] = ()
    forms: tuple[_Awaited, ...] = ()
    fresh: int = 0


def _write_all(run: Run, due: Sequence[Draft], around: _Around) -> tuple[list[Published], list[int]]:
    """Writes feeds, but those that lie there as they would be written; some while the next ones are rendered.

    Gives those that could be written whole, and the numbers of those that could not.
    """
    whole, lost, begun = list[Published](), list[int](), deque[_Begun]()
    for number, draft in enumerate(due, start=1):
        begun.append(_Begun(draft) if _lies_there(draft, around) else _begin(run, draft, draft.make(), around))
        while len(begun) > (_AHEAD if number < len(due) else 0):
            done = begun.popleft()
            is_whole = _end(run, done)
            if done.made and done.draft.feed is not None and is_whole:
                whole.append(_published(run, done.draft.feed, done.draft, done.made, around))
            elif done.made and done.draft.feed is not None:
                lost.append(done.draft.feed)
            run.progress("feeds", number - len(begun), len(due))
    return whole, lost


def _lies_there(draft: Draft, around: _Around) -> bool:
    """Whether a feed has not moved since it was published, nor what is around it, and all its files lie there so."""
    one = draft.published
    is_same = one is not None and (one.around, one.failing) == (around.mark, _failing(draft.listed))
    return is_same and around.shelf.has_all(_files_of(draft))


def _published(run: Run, feed: int, draft: Draft, made: Made, around: _Around) -> Published:
    is_full = len(made.shown) >= limit_of(run, draft.listed.info.kind)
    since = int(datetime.fromisoformat(made.shown[-1].published).timestamp()) if is_full else None
    listed = replace(draft.listed, health=Health())
    return Published(feed, made.changes, around.settings, around.mark, _failing(draft.listed), draft.pages, since, listed)


def _files_of(draft: Draft) -> tuple[str, ...]:
    """The paths of all files of a feed."""
    base = draft.listed.file.removesuffix(FORMS[0])
    return (*[base + form for form in FORMS], *[page_key(base, page) + FORMS[0] for page in draft.pages])


def _failing(listed: Listed) -> str:
    """Since when a feed fails, as its page tells it; empty if it does not."""
    last = listed.health.last_success
    return (last.isoformat() if last else "ever") if listed.health.failures else ""


def _begin(run: Run, draft: Draft, made: Made, around: _Around) -> _Begun:
    """Begins to write a feed in all its forms, when its archive pages are written.

    An entry that leaves the feed for the archive stands in both when the build is killed in between, or the archive can't be
    written, never in neither.
    """
    info, files = draft.listed.info, _files_of(draft)[: len(FORMS)]
    addresses = [address_of(run, page_key(info.key, page)) for page, _ in made.pages]
    pages = tuple(_write_pages(run, draft, made, addresses, around))
    mark = mark_of(around.mark, info, addresses, _failing(draft.listed), made.made_from)
    if around.shelf.has(mark, *files):
        return _Begun(draft, made, pages)
    entries = tuple(made.entries())
    documents = _documents(run, Feed(info, entries, History(previous=addresses[-1] if addresses else None)), draft, around)
    forms = tuple(
        around.shelf.put_later(one, mark, document, around.mark, pages) for one, document in zip(files, documents, strict=True)
    )
    return _Begun(draft, made, pages, forms, sum(entry.id in run.report.fresh for entry in entries))


def _end(run: Run, begun: _Begun) -> bool:
    """Waits until a feed is written; whether all its files could be. What became of it is in the report."""
    pages, outcomes = [_outcome(run, one) for one in begun.pages], [_outcome(run, one) for one in begun.forms]
    outcome = Outcome.FAILED if Outcome.FAILED in outcomes else (*outcomes, Outcome.UNCHANGED)[0]
    info, listed = begun.draft.listed.info, begun.draft.listed
    report = FeedReport(run.edition.code, info.key, info.title, listed.file, listed.entries, begun.fresh, outcome.value)
    run.report.feeds.append(report)
    return Outcome.FAILED not in (*pages, outcome)


def _outcome(run: Run, awaited: _Awaited) -> Outcome:
    try:
        return awaited.result()
    except errors.OutputError as error:
        run.report.fail(error)
        return Outcome.FAILED


def _write_pages(run: Run, draft: Draft, made: Made, addresses: Sequence[str], around: _Around) -> Iterator[_Awaited]:
    for at, (page, shown) in enumerate(made.pages):
        previous = addresses[at - 1] if at else None
        following = addresses[at + 1] if at + 1 < len(addresses) else None
        current = address_of(run, draft.listed.info.key)
        # The one page of a short archive leads on to the feed itself: the W3C validator wants a neighbour for each.
        history = History(previous, following if previous or following else current, current)
        info, key = draft.listed.info, page_key(draft.listed.info.key, page)
        file, mark = file_of(run, key), mark_of(around.mark, info, history, shown)
        if not around.shelf.has(mark, file):
            document = _atom(run, key, Feed(info, entries_of(run, shown), history))
            yield around.shelf.put_later(file, mark, document, around.mark)


def _documents(run: Run, feed: AnyFeed, draft: Draft, around: _Around) -> Iterator[Document]:
    """A feed in each of its forms."""
    build = run.plan.config.build
    yield _atom(run, feed.info.key, feed)
    # A topic's articles stand with their whole text in their sections' feeds; the folder is bounded.
    full = build.content == "full" and feed.info.kind not in TOPICS
    yield json_feed(feed, address_of(run, feed.info.key, ".json"), full=full, hub=build.hub)
    yield feed_page(
        feed,
        draft.listed,
        base_url=build.base_url.rstrip("/"),
        editions=around.editions,
        archives=tuple(file_of(run, page_key(feed.info.key, page)) for page in reversed(draft.pages)),
        topics=around.topics,
    )


def _atom(run: Run, key: str, feed: AnyFeed) -> Document:
    build = run.plan.config.build
    document = atom(feed, address_of(run, key), full=build.content == "full", hub=build.hub)
    return with_stylesheet(document, f"{up_from(file_of(run, key))}style.css")


def _sweep(run: Run, drafts: Iterable[Draft], shelf: Shelf) -> None:
    """Takes away the files of topics and archive pages that are no more, and what killed builds left. Raises OutputError."""
    topics = tuple(f"{folder_of(run)}{kind}/" for kind in TOPICS if getattr(run.plan.config.feeds, kind))
    live = {file for draft in drafts for file in _files_of(draft)}
    archived = {file_of(run, draft.listed.info.key, "") for draft in drafts if draft.listed.info.kind in _WITH_ARCHIVE}
    for file in shelf.others(live):
        key, _, number = file.partition(".archive-")
        is_page = key in archived and number.endswith(FORMS[0])
        is_topic = f"{file.rpartition('/')[0]}/" in topics and file.endswith(FORMS)
        if is_page or is_topic:
            shelf.take_away(file)
    shelf.sweep()


def _forget(run: Run, drafts: Iterable[Draft]) -> None:
    """Forgets texts that are old and in no feed: once in a day of the site's, or when the settings have changed."""
    history, code, before = run.archive.history, run.edition.code, days_before(run, run.plan.config.memory.keep_days)
    run.archive.ticker.forget(code, max(_LINES_KEPT, run.plan.config.build.limit))
    mark = mark_of(settings_of(run), run.plan.config.memory, before and before // _DAY)
    if before is not None and not history.is_settled(code, "old texts", mark):
        # Of those that have not moved memory knows what they show.
        shown = {number for draft in drafts if not draft.published for number in draft.make().numbers}
        history.forget(code, before, shown, settings_of(run))
        history.settle(code, "old texts", mark)

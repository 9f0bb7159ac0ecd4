"""From drafts to files: every feed in all its forms, and its archive pages, rendered and published where something changed."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from feedgen_mayadeen import __version__, errors
from feedgen_mayadeen.archive.feeds import FeedRow, Shown
from feedgen_mayadeen.entries import entries_of
from feedgen_mayadeen.models import AnyFeed, Document, Entry, Feed, History, Listed
from feedgen_mayadeen.places import address_of, editions_in, file_of, folder_of, page_key
from feedgen_mayadeen.plan import Run
from feedgen_mayadeen.publish import Outcome, Shelf
from feedgen_mayadeen.render.atom import atom
from feedgen_mayadeen.render.json_feed import json_feed
from feedgen_mayadeen.render.links import up_from
from feedgen_mayadeen.render.pages import feed_page
from feedgen_mayadeen.render.stylesheet import with_stylesheet
from feedgen_mayadeen.report import FeedReport
from feedgen_mayadeen.rescue import drop_sample
from feedgen_mayadeen.selecting import TOPICS, Draft, choose_topics, days_before, drafts_of, feed_rows, is_on, limit_of

FORMS = (".xml", ".json", ".html")
"""What a feed is written as: Atom, JSON Feed, a page for people."""
_WITH_ARCHIVE = ("sections", "regions")
_LINES_KEPT = 200


@dataclass(frozen=True, slots=True)
class _Around:
    """What the files of an edition's feeds share: the editions with an index, the pages of tags, a mark of all that."""

    shelf: Shelf
    editions: tuple[str, ...]
    topics: Mapping[str, str]
    mark: bytes


def write_feeds(runs: Sequence[Run]) -> tuple[Listed, ...]:
    """Publishes the feeds of all editions that are built; gives every feed of theirs that is in the folder then.

    A feed that is not selected, or any when the site could not be read, is left as it is; but where its file has gone, as in
    a fresh folder, it is written again from memory. What can't be written is in the report.
    """
    run = runs[0]
    drop_sample(run)
    shelf = Shelf(run.plan.out, run.archive.files.all(), dry_run=run.plan.dry_run)
    editions = editions_in(run)
    listed = tuple(feed for run in runs for feed in write_edition(run, shelf, editions))
    with run.report.surviving():
        run.archive.files.keep(shelf.written, shelf.gone)
    return listed


def write_edition(run: Run, shelf: Shelf, editions: tuple[str, ...]) -> tuple[Listed, ...]:
    """Publishes the feeds of one edition, then forgets the texts that none shows; `editions` are those with an index."""
    if run.report.site_was_read:
        with run.report.surviving():
            choose_topics(run)
        for row in feed_rows(run):
            _turn(run, row)
    drafts = drafts_of(run)
    due = [draft for draft in drafts if _is_due(run, shelf, draft)]
    written = {draft.listed.file for draft in due}
    there = [one.listed for one in drafts if one.listed.file in written or shelf.holds(one.listed.file)]
    around = _around(run, shelf, editions, there)
    for number, draft in enumerate(due, start=1):
        _write_feed(run, draft, around)
        run.progress("feeds", number, len(due))
    if run.report.site_was_read and not run.plan.dry_run:
        with run.report.surviving():
            _sweep(run, drafts, shelf)
        with run.report.surviving():
            _forget(run, {number for draft in drafts for number in draft.numbers})
    run.archive.history.forget_read()
    return tuple(one for one in there if run.plan.dry_run or shelf.holds(one.file))


def _is_due(run: Run, shelf: Shelf, draft: Draft) -> bool:
    key, kind = draft.listed.info.key, draft.listed.info.kind
    if not is_on(run, kind):
        return False
    return (run.report.site_was_read and run.is_selected(key)) or shelf.lacks(draft.listed.file)


def _around(run: Run, shelf: Shelf, editions: tuple[str, ...], there: Iterable[Listed]) -> _Around:
    topics = {one.name: file_of(run, one.info.key, ".html") for one in there if one.info.kind == "tags"}
    labels = {listing.key: listing.label for listing in run.archive.lists.all(run.edition.code)}
    build = run.plan.config.build
    return _Around(
        shelf, editions, topics, _mark(__version__, build.content, build.base_url, build.hub, editions, topics, labels)
    )


def _turn(run: Run, row: FeedRow) -> None:
    """Turns the archive pages of a list."""
    if row.kind in _WITH_ARCHIVE and run.is_selected(row.key) and is_on(run, row.kind):
        with run.report.surviving():
            run.archive.history.turn(row.feed, limit_of(run, row.kind), run.plan.config.history.pages)


def _write_feed(run: Run, draft: Draft, around: _Around) -> None:
    """Writes a feed in all its forms, after its archive pages; what became of it is in the report.

    An entry that leaves the feed for the archive stands in both when the build is killed in between, never in neither.
    """
    info, file = draft.listed.info, draft.listed.file
    files = [file_of(run, info.key, form) for form in FORMS]
    addresses = [address_of(run, page_key(info.key, page)) for page, _ in draft.pages]
    _write_pages(run, draft, addresses, around)
    failing_since = draft.listed.health.last_success if draft.listed.health.failures else "well"
    mark = _mark(around.mark, info, addresses, failing_since, draft.made_from)
    entries: tuple[Entry, ...] = ()
    outcome = Outcome.UNCHANGED
    if not all(around.shelf.has(one, mark) for one in files):
        entries = tuple(draft.entries())
        feed = Feed(info, entries, History(previous=addresses[-1] if addresses else None))
        documents = _documents(run, feed, draft, around)
        outcomes = [_put(run, around.shelf, one, mark, content) for one, content in zip(files, documents, strict=True)]
        outcome = Outcome.FAILED if Outcome.FAILED in outcomes else outcomes[0]
    fresh = sum(entry.id in run.report.fresh for entry in entries)
    report = FeedReport(run.edition.code, info.key, info.title, file, draft.listed.entries, fresh, outcome.value)
    run.report.feeds.append(report)


def _write_pages(run: Run, draft: Draft, addresses: Sequence[str], around: _Around) -> None:
    for at, (page, shown) in enumerate(draft.pages):
        previous = addresses[at - 1] if at else None
        following = addresses[at + 1] if at + 1 < len(addresses) else None
        current = address_of(run, draft.listed.info.key)
        # The one page of a short archive leads on to the feed itself: the W3C validator wants a neighbour for each.
        history = History(previous, following if previous or following else current, current)
        _write_page(run, draft, (page, shown), history, around)


def _write_page(run: Run, draft: Draft, page: tuple[int, tuple[Shown, ...]], history: History, around: _Around) -> None:
    info, (number, shown) = draft.listed.info, page
    key = page_key(info.key, number)
    mark = _mark(around.mark, info, history, shown)
    if not around.shelf.has(file_of(run, key), mark):
        entries = tuple(entries_of(run, [one.number for one in shown]))
        _put(run, around.shelf, file_of(run, key), mark, _atom(run, key, Feed(info, entries, history)))


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
        archives=tuple(file_of(run, page_key(feed.info.key, page)) for page, _ in reversed(draft.pages)),
        topics=around.topics,
    )


def _atom(run: Run, key: str, feed: AnyFeed) -> Document:
    build = run.plan.config.build
    document = atom(feed, address_of(run, key), full=build.content == "full", hub=build.hub)
    return with_stylesheet(document, f"{up_from(file_of(run, key))}style.css")


def _put(run: Run, shelf: Shelf, file: str, mark: bytes, document: Document) -> Outcome:
    try:
        return shelf.put(file, mark, bytes(document))
    except errors.OutputError as error:
        run.report.fail(error)
        return Outcome.FAILED


def _mark(*made_from: Any) -> bytes:
    """A short mark of values: another one as soon as one of them is another."""
    return hashlib.blake2b(msgspec.json.encode(made_from), digest_size=16).digest()


def _sweep(run: Run, drafts: Iterable[Draft], shelf: Shelf) -> None:
    """Takes away the files of topics and archive pages that are no more, and what killed builds left. Raises OutputError."""
    topics = tuple(f"{folder_of(run)}{kind}/" for kind in TOPICS if getattr(run.plan.config.feeds, kind))
    infos = [(draft.listed.info, draft.pages) for draft in drafts]
    live = {file_of(run, info.key, form) for info, _ in infos for form in FORMS}
    live |= {file_of(run, page_key(info.key, page)) for info, pages in infos for page, _ in pages}
    archived = {file_of(run, info.key, "") for info, _ in infos if info.kind in _WITH_ARCHIVE}
    for file in shelf.files():
        key, _, number = file.partition(".archive-")
        is_page = key in archived and number.endswith(FORMS[0])
        is_topic = f"{file.rpartition('/')[0]}/" in topics and file.endswith(FORMS)
        if (is_page or is_topic) and file not in live:
            shelf.take_away(file)
    shelf.sweep()


def _forget(run: Run, shown: set[int]) -> None:
    """Forgets texts that are old and in no feed."""
    before = days_before(run, run.plan.config.memory.keep_days)
    if before is not None:
        run.archive.history.forget(run.edition.code, before, shown)
    run.archive.ticker.forget(run.edition.code, max(_LINES_KEPT, run.plan.config.build.limit))

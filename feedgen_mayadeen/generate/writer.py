"""Writes the feeds in all forms and their archive pages: only those files whose inputs have changed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from feedgen_mayadeen import errors
from feedgen_mayadeen.context import BuildContext
from feedgen_mayadeen.files import Outcome
from feedgen_mayadeen.generate.entries import EntryRef, RenderedEntries
from feedgen_mayadeen.generate.feeds import FeedPlan, choose_topics, days_before, feed_plans, is_on, rotate_archives
from feedgen_mayadeen.generate.output import OutputFolder
from feedgen_mayadeen.generate.paths import address_of, editions_in, file_of, folder_of, neighbour_of, page_key
from feedgen_mayadeen.generate.recover import remove_sample
from feedgen_mayadeen.generate.render.atom import atom_document
from feedgen_mayadeen.generate.render.json_feed import json_document
from feedgen_mayadeen.generate.render.links import up_from
from feedgen_mayadeen.generate.render.pages import feed_page, shown_on_page
from feedgen_mayadeen.generate.render.stylesheet import with_stylesheet
from feedgen_mayadeen.generate.render.version import renderer_version
from feedgen_mayadeen.ids import TOPICS, fingerprint
from feedgen_mayadeen.models import ArchiveLinks, FeedInfo, FeedSummary
from feedgen_mayadeen.report import FeedReport

FORMS = (".xml", ".json", ".html")
"""The forms of a feed: Atom, JSON Feed, a page for people."""
_LINES_KEPT = 200


@dataclass(frozen=True, slots=True)
class _RenderContext:
    """What all files of an edition share: the folder, the rendered entries, the editions with an index.

    `fingerprint` is of everything they are made from, except entries.
    """

    folder: OutputFolder
    rendered: RenderedEntries
    editions: tuple[str, ...]
    fingerprint: bytes


def write_feeds(contexts: Sequence[BuildContext]) -> tuple[FeedSummary, ...]:
    """Writes the feeds of all editions in this build; returns every feed of these editions that is then in the folder.

    Feeds that are not selected are left as they are, and so are all feeds if the site could not be read. But a feed whose file
    is missing, as in a new folder, is written from memory. Failures to write are in the report.
    """
    context = contexts[0]
    remove_sample(context)
    folder = OutputFolder(context.plan.out, context.memory.files.all(), dry_run=context.plan.dry_run)
    editions = editions_in(context)
    return tuple(feed for one in contexts for feed in write_edition(one, folder, editions))


def write_edition(context: BuildContext, folder: OutputFolder, editions: tuple[str, ...]) -> tuple[FeedSummary, ...]:
    """Writes the feeds of one edition, then deletes texts that no feed shows; `editions` are those with an index."""
    report, was_read = context.report, context.report.site_was_read
    if was_read:
        with report.recording_errors():
            choose_topics(context)
            rotate_archives(context)
    plans = feed_plans(context)
    due = [plan for plan in plans if _is_due(context, folder, plan, was_read=was_read)]
    files = {plan.summary.file for plan in due}
    there = [plan.summary for plan in plans if plan.summary.file in files or folder.holds(plan.summary.file)]
    if due:
        shared = _render_context(context, folder, editions, due[0].summary.info, there)
        for number, plan in enumerate(due, start=1):
            report.feeds.append(_write_feed(context, shared, plan))
            context.progress("feeds", number, len(due))
    if was_read and not context.plan.dry_run:
        with report.recording_errors():
            _sweep(context, plans, folder)
        with report.recording_errors():
            _forget(context, plans)
    with report.recording_errors():
        context.memory.files.save(folder.published, folder.removed)
    return tuple(one for one in there if context.plan.dry_run or folder.holds(one.file))


def _is_due(context: BuildContext, folder: OutputFolder, plan: FeedPlan, *, was_read: bool) -> bool:
    if not is_on(context, plan.kind):
        return False
    return (was_read and context.is_selected(plan.key)) or folder.has_lost(plan.summary.file)


def _render_context(
    context: BuildContext, folder: OutputFolder, editions: tuple[str, ...], info: FeedInfo, there: Iterable[FeedSummary]
) -> _RenderContext:
    topics = {one.name: file_of(context, one.info.key, ".html") for one in there if one.info.kind == "tags"}
    build = context.config.build
    media = (context.plan.media, context.plan.out.absolute().as_uri()) if context.plan.media else ("", "")
    settings = (build.content, build.base_url, build.hub, *media)
    made_from = fingerprint(renderer_version(), context.edition, settings, editions, topics)
    full, (base, disk) = build.content == "full", media
    rendered = RenderedEntries(info, context.edition.code, full=full, topics=topics, media=base, disk=disk)
    return _RenderContext(folder, rendered, editions, made_from)


def _write_feed(context: BuildContext, shared: _RenderContext, plan: FeedPlan) -> FeedReport:
    """Writes a feed in all its forms, if it has changed; archive pages first.

    So an entry that moves to the archive may be in both for a while, if the build is killed or a file can't be written, but
    never in neither.
    """
    outcome = Outcome.FAILED
    with context.report.recording_errors():
        _write_archive(context, shared, plan)
        outcome = _write_forms(context, shared, plan)
    summary, info = plan.summary, plan.summary.info
    new = sum(entry.id in context.report.fresh for entry in plan.entries) if outcome is not Outcome.UNCHANGED else 0
    return FeedReport(context.edition.code, info.key, info.title, summary.file, summary.entries, new, outcome.value)


def _write_archive(context: BuildContext, shared: _RenderContext, plan: FeedPlan) -> None:
    """Raises OutputError."""
    addresses, current = _archive_addresses(context, plan), neighbour_of(context, plan.key)
    for at, (page, entries) in enumerate(plan.pages):
        previous = addresses[at - 1] if at else None
        following = addresses[at + 1] if at + 1 < len(addresses) else None
        # The only page of a short archive links to the feed itself as the next one: the W3C validator requires a neighbour.
        history = ArchiveLinks(previous, following if previous or following else current, current)
        key = page_key(plan.key, page)
        made_from = fingerprint(shared.fingerprint, plan.summary.info, history, [entry.inputs for entry in entries])
        file = file_of(context, key)
        if not shared.folder.is_current(file, made_from):
            shared.folder.write(file, _atom(context, shared, key, plan.summary.info, entries, history), made_from)


def _write_forms(context: BuildContext, shared: _RenderContext, plan: FeedPlan) -> Outcome:
    """Writes as many forms as possible. Raises OutputError if one could not be written."""
    info, files = plan.summary.info, files_of(plan)[: len(FORMS)]
    addresses = _archive_addresses(context, plan)
    entries = [entry.inputs for entry in plan.entries]
    made_from = fingerprint(shared.fingerprint, info, plan.summary.name, addresses, _failing_since(plan.summary), entries)
    if all(shared.folder.is_current(file, made_from) for file in files):
        return Outcome.UNCHANGED
    outcomes, failures = list[Outcome](), list[errors.OutputError]()
    for file, document in zip(files, _documents(context, shared, plan, addresses), strict=True):
        try:
            outcomes.append(shared.folder.write(file, document, made_from))
        except errors.OutputError as error:
            failures.append(error)
    for failure in failures[:-1]:
        context.report.fail(failure)
    if failures:
        raise failures[-1]
    return outcomes[0]


def _archive_addresses(context: BuildContext, plan: FeedPlan) -> tuple[str, ...]:
    return tuple(neighbour_of(context, page_key(plan.key, page)) for page, _ in plan.pages)


def files_of(plan: FeedPlan) -> tuple[str, ...]:
    """The paths of all files of a feed: its forms, then its archive pages."""
    base = plan.summary.file.removesuffix(FORMS[0])
    return (*[base + form for form in FORMS], *[page_key(base, page) + FORMS[0] for page, _ in plan.pages])


def _failing_since(summary: FeedSummary) -> str:
    """Since when a feed has been failing and why, as on its page; "" if it is not failing."""
    last = summary.health.last_success
    return f"{last.isoformat() if last else 'ever'} {summary.health.reason}" if summary.health.failures else ""


def _documents(context: BuildContext, shared: _RenderContext, plan: FeedPlan, archive: Sequence[str]) -> Iterator[bytes]:
    """A feed in each of its forms."""
    info, build = plan.summary.info, context.config.build
    yield _atom(context, shared, info.key, info, plan.entries, ArchiveLinks(previous=archive[-1] if archive else None))
    # The whole text of a topic's articles is in their sections' feeds; the size of the folder is limited.
    items = [shared.rendered.json(entry, full=info.kind not in TOPICS) for entry in plan.entries]
    yield json_document(info, items, address_of(context, info.key, ".json"), build.hub)
    up = up_from(plan.summary.file)
    yield feed_page(
        plan.summary,
        [shared.rendered.page(entry, up) for entry in plan.entries[: shown_on_page(info.kind)]],
        base_url=build.base_url.rstrip("/"),
        editions=shared.editions,
        archives=tuple(file_of(context, page_key(info.key, page)) for page, _ in reversed(plan.pages)),
    )


def _atom(
    context: BuildContext,
    shared: _RenderContext,
    key: str,
    info: FeedInfo,
    entries: Sequence[EntryRef],
    history: ArchiveLinks,
) -> bytes:
    written = [shared.rendered.atom(entry) for entry in entries]
    updated = max(entry.updated for entry in entries)
    document = atom_document(info, updated, written, address_of(context, key), history, context.config.build.hub)
    return with_stylesheet(document, f"{up_from(file_of(context, key))}style.css")


def _sweep(context: BuildContext, plans: Iterable[FeedPlan], folder: OutputFolder) -> None:
    """Deletes files of former topics and archive pages, and half-written files. Raises OutputError."""
    topics = tuple(f"{folder_of(context)}{kind}/" for kind in TOPICS if is_on(context, kind))
    live = {file for plan in plans for file in files_of(plan)}
    archived = {file_of(context, plan.key, "") for plan in plans if plan.has_archive}
    for file in folder.others(live):
        key, _, number = file.partition(".archive-")
        is_page = key in archived and number.endswith(FORMS[0])
        is_topic = f"{file.rpartition('/')[0]}/" in topics and file.endswith(FORMS)
        if is_page or is_topic:
            folder.remove(file)
    folder.sweep()


def _forget(context: BuildContext, plans: Iterable[FeedPlan]) -> None:
    """Deletes old texts that are in no feed. Raises MemoryWriteError."""
    memory, code = context.memory, context.edition.code
    memory.ticker.forget(code, max(_LINES_KEPT, context.config.build.limit))
    before = days_before(context, context.config.memory.keep_days)
    if before is not None:
        memory.archive_pages.forget(code, before, {number for plan in plans for number in plan.articles})

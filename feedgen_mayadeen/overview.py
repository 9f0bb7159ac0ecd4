"""What the folder tells of itself: its index for people, OPML for readers, status.json and health.xml for maintainers."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from feedgen_mayadeen import PROJECT_ADDRESS
from feedgen_mayadeen.health import health_feed
from feedgen_mayadeen.models import Folder, Listed
from feedgen_mayadeen.names import mark_of
from feedgen_mayadeen.places import editions_in
from feedgen_mayadeen.plan import Run
from feedgen_mayadeen.publish import Shelf, publish
from feedgen_mayadeen.render.atom import atom
from feedgen_mayadeen.render.groups import editions_of
from feedgen_mayadeen.render.links import index_of
from feedgen_mayadeen.render.opml import opml
from feedgen_mayadeen.render.pages import index_page, not_found_page
from feedgen_mayadeen.render.sources import sources
from feedgen_mayadeen.render.stylesheet import style, with_stylesheet
from feedgen_mayadeen.selecting import drafts_of, feeds_of
from feedgen_mayadeen.site.edition import CODES, load

_IF_OVERDUE = (
    "GitHub stops schedules in repositories without activity for 60 days; start it again: gh workflow enable publish.yml"
)


def write_overview(runs: Sequence[Run], listed: Sequence[Listed], shelf: Shelf) -> None:
    """Writes the files that tell of the feeds; `listed` are those of the editions that were built, in their order.

    They are written also when the site could not be read, unless there never was a build that could.
    """
    plan, report = runs[0].plan, runs[0].report
    if plan.dry_run:
        return
    built = {run.edition.code for run in runs}
    others = [replace(runs[0], edition=load(code)) for code in editions_in(runs[0]) if code not in built]
    before = (draft.listed for other in others for draft in drafts_of(other, feeds_of(other)))
    feeds = [*listed, *(feed for feed in before if (plan.out / feed.file).is_file())]
    feeds.sort(key=lambda feed: CODES.index(feed.edition))
    next_build = runs[0].now + timedelta(minutes=plan.config.health.every)
    folder = Folder(tuple(feeds), plan.config.build.base_url.rstrip("/"), runs[0].now, next_build)
    _write_lists(runs[0], folder, shelf)
    for name, content in _files(runs, folder):
        with report.surviving():
            publish(plan.out / name, content)


def _write_lists(run: Run, folder: Folder, shelf: Shelf) -> None:
    """Writes what lists the feeds, where any of them looks another way there; of an index the instants of builds anyway."""
    editions = editions_of(folder.feeds)
    around = (sources(), folder.base_url, editions)
    mark = mark_of(around, [_as_shown(feed) for feed in folder.feeds])
    for code in editions:
        with run.report.surviving():
            _write_index(folder, code, index_of(code), mark, shelf)
    with run.report.surviving():
        if editions and "en" not in editions:
            _write_index(folder, editions[0], "index.html", mark, shelf)
    with run.report.surviving():
        if editions and not shelf.has(mark, "feeds.opml"):
            shelf.put("feeds.opml", mark, opml(folder))
    with run.report.surviving():
        if not shelf.has(mark_of(around), "404.html"):
            shelf.put("404.html", mark_of(around), not_found_page(folder))
    with run.report.surviving():
        run.archive.files.keep(shelf.written, shelf.gone)
        shelf.settle()


def _write_index(folder: Folder, code: str, file: str, mark: bytes, shelf: Shelf) -> None:
    before = shelf.read(file) if shelf.has(mark, file) else b""
    shelf.put(file, mark, index_page(folder, code, at_root=file != index_of(code), before=before))


def _as_shown(feed: Listed) -> tuple[object, ...]:
    """A feed as a list shows it, and in its place there: when it was read last only where that is long ago."""
    health = feed.health if feed.health.failures else None
    return feed.info, feed.name, feed.file, feed.entries, feed.newest, feed.articles, health


def _files(runs: Sequence[Run], folder: Folder) -> Iterator[tuple[str, bytes]]:
    """The other files of the overview by their paths in the folder; status.json, which tells of problems, comes last."""
    yield "style.css", style()
    health = atom(health_feed(runs, folder), f"{folder.base_url}/health.xml", full=True)
    yield "health.xml", bytes(with_stylesheet(health, "style.css"))
    yield "status.json", _status(runs, folder)


def _status(runs: Sequence[Run], folder: Folder) -> bytes:
    """status.json; its shape is described in docs/status.md."""
    report = runs[0].report
    status: dict[str, Any] = {
        "version": 1,
        "generator": PROJECT_ADDRESS,
        "built": _written(folder.built),
        "next_build": _written(folder.next_build),
        "if_overdue": _IF_OVERDUE,
        "exit_code": report.exit_code,
        "sample": runs[0].plan.sample,
        "base_url": folder.base_url,
        "editions": [run.edition.code for run in runs],
        "requests": report.requests,
        "seconds": report.seconds,
        "problems": [{"kind": p.kind, "address": p.address, "sentence": p.sentence} for p in report.problems],
        "feeds": [_status_of(feed) for feed in folder.feeds],
    }
    return msgspec.json.format(msgspec.json.encode(status), indent=1) + b"\n"


def _status_of(feed: Listed) -> dict[str, Any]:
    return {
        "edition": feed.edition,
        "key": feed.info.key,
        "kind": feed.info.kind,
        "title": feed.info.title,
        "file": feed.file,
        "entries": feed.entries,
        "newest": feed.newest.isoformat(),
        "last_success": _written(feed.health.last_success),
        "failures": feed.health.failures,
        "reason": feed.health.reason,
        "state": "failing" if feed.health.failures else "ok",
    }


def _written(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).isoformat(timespec="seconds") if instant else None

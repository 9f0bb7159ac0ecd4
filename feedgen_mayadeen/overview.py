"""What the folder tells of itself: its index for people, OPML for readers, status.json and health.xml for maintainers."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from feedgen_mayadeen import PROJECT_ADDRESS
from feedgen_mayadeen.health import health_feed
from feedgen_mayadeen.models import Folder, Listed
from feedgen_mayadeen.places import editions_in
from feedgen_mayadeen.plan import Run
from feedgen_mayadeen.publish import publish
from feedgen_mayadeen.render.atom import atom
from feedgen_mayadeen.render.groups import editions_of
from feedgen_mayadeen.render.links import index_of
from feedgen_mayadeen.render.opml import opml
from feedgen_mayadeen.render.pages import index_page, not_found_page
from feedgen_mayadeen.render.stylesheet import style, with_stylesheet
from feedgen_mayadeen.selecting import drafts_of, feeds_of
from feedgen_mayadeen.site.edition import CODES, load

_IF_OVERDUE = (
    "GitHub stops schedules in repositories without activity for 60 days; start it again: gh workflow enable publish.yml"
)


def write_overview(runs: Sequence[Run], listed: Sequence[Listed]) -> None:
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
    for name, content in _files(runs, folder):
        with report.surviving():
            publish(plan.out / name, content)


def _files(runs: Sequence[Run], folder: Folder) -> Iterator[tuple[str, bytes]]:
    """The files of the overview by their paths in the folder; status.json, which tells of problems, comes last."""
    editions = editions_of(folder.feeds)
    for code in editions:
        yield index_of(code), index_page(folder, code, before=_published(runs[0], index_of(code)))
    if editions and "en" not in editions:
        yield "index.html", index_page(folder, editions[0], at_root=True, before=_published(runs[0], "index.html"))
    if editions:
        yield "feeds.opml", opml(folder)
    yield "404.html", not_found_page(folder)
    yield "style.css", style()
    health = atom(health_feed(runs, folder), f"{folder.base_url}/health.xml", full=True)
    yield "health.xml", with_stylesheet(health, "style.css")
    yield "status.json", _status(runs, folder)


def _published(run: Run, file: str) -> bytes:
    """What a file of the folder holds, nothing if it is not there or can't be read."""
    try:
        return (run.plan.out / file).read_bytes()
    except OSError:
        return b""


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

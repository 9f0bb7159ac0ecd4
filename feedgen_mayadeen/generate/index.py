"""Files about the whole folder: index pages for people, OPML for readers, status.json and health.xml for maintainers."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from feedgen_mayadeen import PROJECT_ADDRESS
from feedgen_mayadeen.context import BuildContext
from feedgen_mayadeen.files import write_file
from feedgen_mayadeen.generate.feeds import feed_plans
from feedgen_mayadeen.generate.health import health_feed
from feedgen_mayadeen.generate.paths import editions_in
from feedgen_mayadeen.generate.render.atom import atom
from feedgen_mayadeen.generate.render.groups import editions_of
from feedgen_mayadeen.generate.render.links import index_of
from feedgen_mayadeen.generate.render.opml import opml
from feedgen_mayadeen.generate.render.pages import index_page, not_found_page
from feedgen_mayadeen.generate.render.stylesheet import style, with_stylesheet
from feedgen_mayadeen.models import FeedSummary, SiteIndex
from feedgen_mayadeen.site.edition import CODES, load

_IF_OVERDUE = (
    "GitHub stops schedules in repositories without activity for 60 days; start it again: gh workflow enable publish.yml"
)


def write_index(contexts: Sequence[BuildContext], summary: Sequence[FeedSummary]) -> None:
    """Writes the files about the whole folder; `summary` are the feeds of the editions that were built, in their order.

    They are written even if the site could not be read, unless no build ever could read it.
    """
    plan = contexts[0].plan
    if plan.dry_run:
        return
    built = {context.edition.code for context in contexts}
    others = [replace(contexts[0], edition=load(code)) for code in editions_in(contexts[0]) if code not in built]
    before = (one.summary for other in others for one in feed_plans(other))
    feeds = [*summary, *(feed for feed in before if (plan.out / feed.file).is_file())]
    feeds.sort(key=lambda feed: CODES.index(feed.edition))
    next_build = contexts[0].now + timedelta(minutes=plan.config.health.every)
    folder = SiteIndex(
        tuple(feeds), plan.config.build.base_url.rstrip("/"), contexts[0].now, next_build, plan.out.absolute().as_uri()
    )
    for name, content in _files(contexts, folder):
        with contexts[0].report.recording_errors():
            write_file(plan.out / name, content)


def _files(contexts: Sequence[BuildContext], folder: SiteIndex) -> Iterator[tuple[str, bytes]]:
    """The files with their paths in the folder; status.json comes last, because it reports problems with the others."""
    editions = editions_of(folder.feeds)
    for code in editions:
        yield index_of(code), index_page(folder, code)
    if editions and "en" not in editions:
        yield "index.html", index_page(folder, editions[0], at_root=True)
    if editions:
        yield "feeds.opml", opml(folder)
    yield "404.html", not_found_page(folder)
    yield "style.css", style()
    own_address = f"{folder.base_url}/health.xml" if folder.base_url else ""
    health = atom(health_feed(contexts, folder), own_address, full=True)
    yield "health.xml", with_stylesheet(health, "style.css")
    yield "status.json", _status(contexts, folder)


def _status(contexts: Sequence[BuildContext], folder: SiteIndex) -> bytes:
    """status.json, as described in docs/status.md."""
    report = contexts[0].report
    status: dict[str, Any] = {
        "version": 1,
        "generator": PROJECT_ADDRESS,
        "built": _written(folder.built),
        "next_build": _written(folder.next_build),
        "if_overdue": _IF_OVERDUE,
        "exit_code": report.exit_code,
        "sample": contexts[0].plan.sample,
        "base_url": folder.base_url or None,
        "editions": [context.edition.code for context in contexts],
        "requests": report.requests,
        "seconds": report.seconds,
        "problems": [{"kind": p.kind, "address": p.address, "sentence": p.sentence} for p in report.problems],
        "feeds": [_status_of(feed) for feed in folder.feeds],
    }
    return msgspec.json.format(msgspec.json.encode(status), indent=1) + b"\n"


def _status_of(feed: FeedSummary) -> dict[str, Any]:
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

"""What the folder tells of itself: how each feed fares, in memory, status.json and health.xml."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any
from urllib.parse import quote

from feedgen_mayadeen import PROJECT_ADDRESS
from feedgen_mayadeen.archive.wellness import Event
from feedgen_mayadeen.ending import Why
from feedgen_mayadeen.membership import ALL, BREAKING, MOST_READ
from feedgen_mayadeen.models import Article, Entry, Feed, FeedInfo, Folder, Health, Listed
from feedgen_mayadeen.plan import Run
from feedgen_mayadeen.publish import Outcome, publish
from feedgen_mayadeen.render.atom import atom
from feedgen_mayadeen.report import Seen

_WELL = (Seen.READ, Seen.UNCHANGED, Seen.EMPTY, Seen.NO_LIST)
_WELCOME = datetime(2026, 11, 22, tzinfo=UTC)
"""health.xml begins with an entry that says what it is, so that it can be subscribed to before anything has failed."""


def write_overview(runs: Sequence[Run], listed: Sequence[Listed]) -> None:
    """Remembers how each feed fared in this build, and writes the files that tell of it.

    They are written also when the site could not be read, unless there never was a build that could.
    """
    plan, report, archive = runs[0].plan, runs[0].report, runs[0].archive
    if not report.site_was_read and archive.is_empty:
        archive.forget_all()
        return
    for run in runs:
        with report.surviving():
            archive.wellness.keep(run.edition.code, _outcome(run), plan.config.health.after, run.now)
    if plan.dry_run:
        return
    health = {run.edition.code: archive.wellness.all(run.edition.code) for run in runs}
    feeds = tuple(_with_health(feed, health[feed.edition]) for feed in listed)
    next_build = runs[0].now + timedelta(minutes=plan.config.health.every)
    folder = Folder(feeds, plan.config.build.base_url.rstrip("/"), runs[0].now, next_build)
    for name, content in (("health.xml", _health_feed(runs, folder)), ("status.json", _status(runs, folder))):
        with report.surviving():
            publish(plan.out / name, content)


def _outcome(run: Run) -> Mapping[str, str]:
    """Why each part of the edition failed in this build, or "" where it did not; without what a person's Ctrl-C left out."""
    report, code = run.report, run.edition.code
    reasons = {problem.address: problem.sentence for problem in report.problems}
    general = next((sentence for address, sentence in reasons.items() if run.edition.owns(address)), "it could not be read")
    outcome = {ALL: "" if report.was_read(code) else general}
    home = "" if code in report.homes_read else reasons.get(run.edition.home, general)
    outcome |= dict.fromkeys((BREAKING, MOST_READ), home)
    reported = {each.key: each for each in report.lists_of(code)}
    if not reported and not report.was_read(code):
        outcome |= {listing.key: general for listing in run.archive.lists.all(code)}
    for key, each in reported.items():
        if each.seen is Seen.GONE:
            continue
        if each.seen is not Seen.NOT_ASKED or run.ending.why is not Why.INTERRUPTED:
            outcome[key] = "" if each.seen in _WELL else reasons.get(each.address, general)
    failed = (feed.key for feed in report.feeds if feed.edition == code and feed.outcome == Outcome.FAILED.value)
    return outcome | dict.fromkeys(failed, "its file could not be written")


def _with_health(feed: Listed, health: Mapping[str, Health]) -> Listed:
    """A feed with its own health; a topic's is that of the whole edition."""
    own = health.get(feed.info.key) or health.get(ALL) or Health()
    return Listed(feed.info, feed.edition, feed.name, feed.file, feed.entries, feed.newest, own, feed.articles)


def _status(runs: Sequence[Run], folder: Folder) -> bytes:
    """status.json; its shape is described in docs/status.md."""
    report = runs[0].report
    status: dict[str, Any] = {
        "version": 1,
        "generator": PROJECT_ADDRESS,
        "built": _written(folder.built),
        "next_build": _written(folder.next_build),
        "exit_code": report.exit_code,
        "sample": runs[0].plan.sample,
        "base_url": folder.base_url,
        "editions": [run.edition.code for run in runs],
        "requests": report.requests,
        "seconds": report.seconds,
        "problems": [{"kind": p.kind, "address": p.address, "sentence": p.sentence} for p in report.problems],
        "feeds": [_status_of(feed) for feed in folder.feeds],
    }
    return json.dumps(status, ensure_ascii=False, indent=1).encode() + b"\n"


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


def _health_feed(runs: Sequence[Run], folder: Folder) -> bytes:
    """health.xml: a feed for whoever looks after the feeds."""
    editions = {run.edition.code: run.edition for run in runs}
    status = f"{folder.base_url}/status.json"
    host = runs[0].edition.host
    info = FeedInfo(
        key="health",
        kind="health",
        title="Health of the feeds — feedgen-mayadeen",
        subtitle=f"Tells when a feed has failed in {runs[0].plan.config.health.after} builds in a row, and when it is back",
        address=f"{folder.base_url}/",
        language="en",
        direction="ltr",
        site_name="feedgen-mayadeen",
        rights="",
        icon="",
        id=f"tag:{host},2021:health",
    )
    names = {(feed.edition, feed.info.key): feed.info.title for feed in folder.feeds}
    entries = [
        _health_entry(event, names.get((code, event.key), event.key), editions[code].host, status)
        for code, event in runs[0].archive.wellness.events(editions)
    ]
    told = "This feed has an entry when a feed fails in several builds in a row, and another when it is back."
    welcome = Article(address=status, title="What this feed tells", lead=told, body=f"<p>{told}</p>")
    entries.append(Entry(f"tag:{host},2021:health/welcome", _WELCOME, _WELCOME, welcome, ()))
    return atom(Feed(info, tuple(entries)), f"{folder.base_url}/health.xml", full=True)


def _health_entry(event: Event, name: str, host: str, address: str) -> Entry:
    failed = f"{name} has failed in {event.failures} builds in a row"
    title = failed if event.failures else f"{name} is back"
    lead = event.reason or "It could be read again."
    at = event.at.astimezone(UTC)
    article = Article(address=address, title=title, lead=lead, body=f"<p>{escape(lead)}</p>")
    return Entry(f"tag:{host},2021:health/{quote(event.key)}/{at:%Y%m%dT%H%M%SZ}", at, at, article, ())

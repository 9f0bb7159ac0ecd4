"""The main job, one straight line: robots → menu → lists → other ways → articles → memory → feeds → files."""

import threading
import time
from datetime import UTC, datetime

from feedgen_mayadeen.archive import Archive
from feedgen_mayadeen.other_ways import backfill, find_other_ways
from feedgen_mayadeen.plan import Plan, Progress, Run, check_selection, silent
from feedgen_mayadeen.publish import check_folder, sweep
from feedgen_mayadeen.reading import keep_home, open_fetcher, read_articles, read_home, read_lists, read_robots
from feedgen_mayadeen.report import Report
from feedgen_mayadeen.writing import write_feeds


def build(plan: Plan, now: datetime | None = None, progress: Progress = silent, stop: threading.Event | None = None) -> Report:
    """Reads the site and writes the feeds; `now` is the instant of this build, with its offset.

    When `stop` is set no further request is made, and what is known by then is published. Failures of pages are in the
    report. Raises UsageError, LockedError or MemoryFileError when nothing was asked.
    """
    started, report = time.monotonic(), Report()
    check_folder(plan.out)
    with Archive(plan.state, keep=not plan.dry_run) as archive, open_fetcher(plan) as fetcher:
        known = (archive, fetcher, report, progress, now or datetime.now(UTC), stop or threading.Event())
        runs = [Run(plan, edition, *known) for edition in plan.editions]
        check_selection(runs)
        for run in runs:
            if (robots := read_robots(run)) is None:
                continue
            home = read_home(run, robots)
            read_lists(run, home.lists)
            sources = find_other_ways(run, home.lists)
            if run.was_read():
                keep_home(run, home)
                sources += backfill(run)
                read_articles(run, home, sources)
        if report.site_was_read:
            if not plan.dry_run:
                sweep(plan.out)
            for run in runs:
                write_feeds(run)
        else:
            archive.forget_all()
        report.requests, report.bytes = fetcher.tally.requests, fetcher.tally.bytes
        report.seconds_waited = round(fetcher.tally.waited, 3)
    report.seconds = round(time.monotonic() - started, 3)
    report.stopped = stop is not None and stop.is_set()
    return report

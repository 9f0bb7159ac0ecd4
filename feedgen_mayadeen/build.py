"""The main job, one straight line: robots → menu → lists → articles → memory → feeds → files."""

import time
from datetime import UTC, datetime

from feedgen_mayadeen.archive import Archive
from feedgen_mayadeen.plan import Plan, Progress, Run, check_selection, silent
from feedgen_mayadeen.publish import check_folder
from feedgen_mayadeen.reading import discover, open_fetcher, read_articles, read_lists, read_robots
from feedgen_mayadeen.report import Report
from feedgen_mayadeen.writing import write_feeds


def build(plan: Plan, now: datetime | None = None, progress: Progress = silent) -> Report:
    """Reads the site and writes the feeds; `now` is the instant of this build, with its offset.

    Failures of pages are in the report. Raises UsageError, LockedError or MemoryFileError when nothing was asked.
    """
    started, report = time.monotonic(), Report()
    check_folder(plan.out)
    with Archive(plan.state, keep=not plan.dry_run) as archive, open_fetcher(plan) as fetcher:
        runs = [Run(plan, e, archive, fetcher, report, progress, now or datetime.now(UTC)) for e in plan.editions]
        check_selection(runs)
        for run in runs:
            if read_robots(run):
                lists = discover(run)
                read_lists(run, lists)
                read_articles(run, lists)
        if report.site_was_read:
            for run in runs:
                write_feeds(run)
        else:
            archive.forget_all()
        report.requests, report.bytes = fetcher.tally.requests, fetcher.tally.bytes
        report.seconds_waited = round(fetcher.tally.waited, 3)
    report.seconds = round(time.monotonic() - started, 3)
    return report

"""The main job, one straight line: robots → menu → lists → other ways → articles → memory → feeds → files → overview."""

import time
from datetime import UTC, datetime

from feedgen_mayadeen.archive import Archive
from feedgen_mayadeen.cores import Cores
from feedgen_mayadeen.ending import Ending, Why
from feedgen_mayadeen.health import keep_health
from feedgen_mayadeen.other_ways import backfill, find_other_ways
from feedgen_mayadeen.overview import write_overview
from feedgen_mayadeen.plan import Plan, Progress, Run, check_selection, silent
from feedgen_mayadeen.publish import check_folder
from feedgen_mayadeen.reading import keep_home, open_fetcher, read_articles, read_home, read_lists, read_robots
from feedgen_mayadeen.report import Report
from feedgen_mayadeen.rescue import rescue
from feedgen_mayadeen.writing import write_feeds


def build(plan: Plan, now: datetime | None = None, progress: Progress = silent, ending: Ending | None = None) -> Report:
    """Reads the site and writes the feeds; `now` is the instant of this build, with its offset.

    When its `ending` is asked for no further request is made, and what is known by then is published. Failures of pages
    are in the report. Raises UsageError, LockedError, MemoryFileError or MemoryWriteError when nothing was asked.
    """
    started, report, ending = time.monotonic(), Report(), ending or Ending()
    check_folder(plan.out)
    with (
        Cores(much=plan.expects_many_articles) as cores,
        Archive(plan.state, keep=not plan.dry_run, mends=True) as archive,
        open_fetcher(plan, ending) as fetcher,
        ending.after(plan.config.build.deadline * 60),
    ):
        known = (archive, fetcher, report, progress, now or datetime.now(UTC), ending, cores)
        runs = tuple(Run(plan, edition, *known) for edition in plan.editions)
        check_selection(runs)
        rescue(runs)
        for run in runs:
            with report.surviving():
                _read(run)
        stats = fetcher.stats
        report.requests, report.bytes, report.seconds_waited = stats.requests, stats.bytes, round(stats.waited, 3)
        report.stopped, report.seconds = ending.why is Why.INTERRUPTED, round(time.monotonic() - started, 3)
        if not report.site_was_read and archive.is_empty:
            archive.forget_all()
            return report
        keep_health(runs)
        listed, shelf = write_feeds(runs)
        report.seconds = round(time.monotonic() - started, 3)
        write_overview(runs, listed, shelf)
        report.published = not plan.dry_run
    return report


def _read(run: Run) -> None:
    """From the site into memory."""
    if (robots := read_robots(run)) is None:
        return
    home = read_home(run, robots)
    read_lists(run, home.lists)
    sources = find_other_ways(run, home.lists)
    if run.was_read():
        keep_home(run, home)
        sources += backfill(run)
        read_articles(run, home, sources)

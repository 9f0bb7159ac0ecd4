"""The main job, one straight line: crawl (from the site into memory) → store → generate (from memory to files) → report."""

import time
from datetime import UTC, datetime

from feedgen_mayadeen.context import BuildContext, Plan, Progress, check_selection, silent
from feedgen_mayadeen.crawl import crawl, longest_unasked_first, open_fetcher
from feedgen_mayadeen.files import check_writable
from feedgen_mayadeen.generate.health import record_health
from feedgen_mayadeen.generate.index import write_index
from feedgen_mayadeen.generate.recover import recover
from feedgen_mayadeen.generate.writer import write_feeds
from feedgen_mayadeen.report import Report
from feedgen_mayadeen.stop import Ending, Why
from feedgen_mayadeen.store import Memory


def build(plan: Plan, now: datetime | None = None, progress: Progress = silent, ending: Ending | None = None) -> Report:
    """Reads the site and writes the feeds; `now` is the instant of this build, with its offset.

    When its `ending` is asked for no further request is made, and what is known by then is published. Failures of pages
    are in the report. Raises UsageError, LockedError, MemoryFileError or MemoryWriteError when nothing was asked.
    """
    started, report, ending = time.monotonic(), Report(), ending or Ending()
    check_writable(plan.out)
    with (
        Memory(plan.state, keep=not plan.dry_run, mends=True) as memory,
        open_fetcher(plan, ending) as fetcher,
        ending.after(plan.config.build.deadline * 60),
    ):
        known = (memory, fetcher, report, progress, now or datetime.now(UTC), ending)
        contexts = tuple(BuildContext(plan, edition, *known) for edition in plan.editions)
        check_selection(contexts)
        recover(contexts)
        for context in longest_unasked_first(contexts):
            with report.recording_errors():
                crawl(context)
        tally = fetcher.tally
        report.requests, report.bytes, report.seconds_waited = tally.requests, tally.bytes, round(tally.waited, 3)
        report.stopped, report.seconds = ending.why is Why.INTERRUPTED, round(time.monotonic() - started, 3)
        if not report.site_was_read and memory.is_empty:
            memory.forget_all()
            return report
        record_health(contexts)
        listed = write_feeds(contexts)
        report.seconds = round(time.monotonic() - started, 3)
        write_index(contexts, listed)
        report.published = not plan.dry_run
    return report

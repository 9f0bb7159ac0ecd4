"""The main job: crawl (from the site into memory) → store (the memory) → generate (from memory to files) → report."""

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
from feedgen_mayadeen.stop import StopReason, StopSignal
from feedgen_mayadeen.store import Memory


def build(plan: Plan, now: datetime | None = None, progress: Progress = silent, stop: StopSignal | None = None) -> Report:
    """Reads the site and writes the feeds; `now` is the instant of this build, with an offset.

    After `stop` no further request is made, and what was read is published. Failures of single pages are in the report.
    Raises UsageError, LockedError, MemoryFileError or MemoryWriteError before the first request.
    """
    started, report, stop = time.monotonic(), Report(), stop or StopSignal()
    check_writable(plan.out)
    with (
        Memory(plan.state, keep=not plan.dry_run, mends=True) as memory,
        open_fetcher(plan, stop) as fetcher,
        stop.after(plan.config.build.deadline * 60),
    ):
        shared = (memory, fetcher, report, progress, now or datetime.now(UTC), stop)
        contexts = tuple(BuildContext(plan, edition, *shared) for edition in plan.editions)
        check_selection(contexts)
        recover(contexts)
        for context in longest_unasked_first(contexts):
            with report.recording_errors():
                crawl(context)
        stats = fetcher.stats
        report.requests, report.bytes, report.seconds_waited = stats.requests, stats.bytes, round(stats.waited, 3)
        report.stopped, report.seconds = stop.why is StopReason.INTERRUPTED, round(time.monotonic() - started, 3)
        if not report.site_was_read and memory.is_empty:
            memory.forget_all()
            return report
        record_health(contexts)
        summary = write_feeds(contexts)
        report.seconds = round(time.monotonic() - started, 3)
        write_index(contexts, summary)
        report.published = not plan.dry_run
    return report

"""The commands that build: build, demo."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click

from feedgen_mayadeen.cli.options import AS_JSON, ASKING, EDITION, OUT, STATE, plan_of, set_up_log
from feedgen_mayadeen.commands.printing import echo, json_text
from feedgen_mayadeen.errors import UsageError

if TYPE_CHECKING:
    from feedgen_mayadeen.context import Plan
    from feedgen_mayadeen.report import Report
    from feedgen_mayadeen.stop import StopSignal


@click.command()
@OUT
@STATE
@EDITION
@click.option("--only", multiple=True, metavar="KEY", help="Build only this feed; repeatable, globs allowed.")
@click.option("--base-url", metavar="URL", help="Where the folder will be served: give it when you publish.")
@click.option("--content", type=click.Choice(["full", "summary"]), help="Whole articles or leads. [default: full]")
@click.option("--limit", type=int, metavar="N", help="Entries per feed. [default: 50]")
@click.option("--deadline", type=float, metavar="MINUTES", help="End the asking then, publish what is known. [default: 20]")
@click.option("--backfill", metavar="YYYY-MM", help="Also read all articles of a past month, by the sitemaps.")
@click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
@click.option("--changed", type=click.Path(path_type=Path), metavar="FILE", help="Write the addresses of changed feeds there.")
@AS_JSON
@click.option("-q", "--quiet", is_flag=True, help="Print only problems.")
@ASKING
def build(**given: Any) -> None:
    """Read the site and write the feeds.

    Exit code: 0 all feeds are current; 1 some lists or articles failed, everything else was published; 2 wrong usage or
    configuration, nothing was asked; 3 the site could not be read at all, no feed was changed; 130 Ctrl-C.
    """
    from feedgen_mayadeen import build as job
    from feedgen_mayadeen.commands.show import progress_for, show_report

    set_up_log(given["verbose"])
    plan = plan_of(given)
    if plan.config.build.hub and not plan.config.build.base_url:
        raise UsageError("build.hub", "no hub can fetch feeds without an address; set base_url too")
    quiet = given["quiet"] or given["as_json"]
    with _end_on_interrupt() as stop:
        report = job.build(plan, progress=progress_for(quiet=quiet), stop=stop)
    if given["as_json"]:
        echo(json_text(report.as_json()))
    else:
        show_report(report, quiet=quiet, dry_run=plan.dry_run)
    _hand_on(report, plan, given["changed"])
    if report.stopped and report.site_was_read:
        echo("feedgen-mayadeen: stopped; what was read is remembered, the next build goes on from here", err=True)
    sys.exit(report.exit_code)


def _hand_on(report: "Report", plan: "Plan", changed: Path | None) -> None:
    """Writes the list of changed feeds, and tells GitHub Actions what its steps need. Raises UsageError."""
    from feedgen_mayadeen.deploy import github

    base = (plan.config.build.base_url or plan.out.absolute().as_uri()).rstrip("/")
    addresses = [f"{base}/{quote(feed.file)}\n" for feed in report.feeds if feed.outcome == "written"]
    try:
        if changed:
            changed.write_text("".join(addresses), "utf-8")
        if github.is_there(os.environ):
            github.tell(report, os.environ, has_hub=bool(plan.config.build.hub))
    except OSError as error:
        raise UsageError(str(error.filename), f"can't be written ({error.strerror})") from error
    if github.is_there(os.environ):
        for line in github.annotations(report):
            echo(line)


@click.command()
@OUT
@click.option("--serve", is_flag=True, help="Go on serving the sample site and the feeds until Ctrl-C.")
@AS_JSON
def demo(out: Path, serve: bool, as_json: bool) -> None:
    """Build feeds from the built-in sample site, on this machine alone, and check them."""
    from feedgen_mayadeen.commands.demo import run_demo

    sys.exit(run_demo(out, serve=serve, as_json=as_json))


@contextmanager
def _end_on_interrupt() -> "Iterator[StopSignal]":
    """Turns the first Ctrl-C into a wish to stop, so that nothing that was asked for is lost; the second ends all."""
    import signal

    from feedgen_mayadeen.stop import StopReason, StopSignal

    stop, asked = StopSignal(), threading.Event()

    def interrupt(number: int, frame: object) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        stop.request(StopReason.INTERRUPTED)
        echo("\nstopping: waiting for the answers to the last requests", err=True)

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)

"""The commands: turns options into a plan, shows progress and results, and chooses the exit code."""

import json
import logging
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import click

from feedgen_mayadeen import __version__
from feedgen_mayadeen.errors import FeedgenError, UsageError

if TYPE_CHECKING:
    from feedgen_mayadeen.ending import Ending
    from feedgen_mayadeen.plan import Plan

Command = TypeVar("Command", bound=Callable[..., Any])

_INTERRUPTED = 130
"""The exit code of a program that Ctrl-C ended, as shells know it."""

_EXAMPLES = {
    "build": "feedgen-mayadeen build --only 'news/*' --out feeds --base-url https://me.github.io/feeds/",
    "demo": "feedgen-mayadeen demo --out feeds --serve",
    "list": "feedgen-mayadeen list --edition en --json",
    "doctor": "feedgen-mayadeen doctor --edition ar",
    "check": "feedgen-mayadeen check feeds",
    "inspect": "feedgen-mayadeen inspect saved.html --as-url https://english.almayadeen.net/news/politics/some-slug",
    "serve": "feedgen-mayadeen serve feeds",
}


class _Commands(click.Group):
    """The edge: failures become one sentence and an exit code, and every command's help ends with an example."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except FeedgenError as error:
            click.echo(f"feedgen-mayadeen: {error}", err=True)
            context.exit(2)

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Adds a command, with its example."""
        cmd.epilog = f"Example: {_EXAMPLES[name or cmd.name or '']}"
        super().add_command(cmd, name)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="feedgen-mayadeen")
def main() -> None:
    """Static Atom feeds for Al Mayadeen: reads its pages politely, writes a folder that any web server can serve."""


def _options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several options as one decorator."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


_OUT = click.option(
    "--out", type=click.Path(path_type=Path), default=Path("feeds"), show_default=True, help="Folder of the feeds."
)
_STATE = click.option(
    "--state",
    type=click.Path(path_type=Path),
    default=Path(".feedgen-mayadeen"),
    show_default=True,
    help="Folder of the memory.",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
_EDITION = click.option(
    "--edition",
    "editions",
    multiple=True,
    type=click.Choice(["en", "ar", "es"]),
    help="Edition; repeatable. [default: en]",
)
_ORIGIN = click.option(
    "--origin",
    "origins",
    multiple=True,
    metavar="[EDITION=]URL",
    help="Fetch an edition's pages from here; links in feeds stay the site's own. Repeatable.",
)
_ASKING = _options(
    _ORIGIN,
    click.option("--config", type=click.Path(path_type=Path), help="Settings. [default: feeds.toml, if it is there]"),
    click.option("--delay", type=float, metavar="SECONDS", help="Pause between requests to a host. [default: 1]"),
    click.option("--jobs", type=int, metavar="N", help="Requests at once, while the pause allows. [default: 4]"),
    click.option("--timeout", type=float, metavar="SECONDS", help="Wait this long for an answer. [default: 20]"),
    click.option("--user-agent", metavar="TEXT", help="How the program names itself to the site."),
    click.option("--cookies", type=click.Path(path_type=Path), help="Cookies in Netscape format, from your browser."),
    click.option("-v", "--verbose", is_flag=True, help="Tell of every request."),
)


@main.command()
@_OUT
@_STATE
@_EDITION
@click.option("--only", multiple=True, metavar="KEY", help="Build only this feed; repeatable, globs allowed.")
@click.option(
    "--base-url", metavar="URL", help="Where the folder will be served: for rel=self. [default: the project's own pages]"
)
@click.option("--content", type=click.Choice(["full", "summary"]), help="Whole articles or leads. [default: full]")
@click.option("--limit", type=int, metavar="N", help="Entries per feed. [default: 50]")
@click.option("--deadline", type=float, metavar="MINUTES", help="End the asking then, publish what is known. [default: 20]")
@click.option("--backfill", metavar="YYYY-MM", help="Also read all articles of a past month, by the sitemaps.")
@click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
@_JSON
@click.option("-q", "--quiet", is_flag=True, help="Print only problems.")
@_ASKING
def build(**given: Any) -> None:
    """Read the site and write the feeds.

    Exit code: 0 all feeds are current; 1 some lists or articles failed, everything else was published; 2 wrong usage or
    configuration, nothing was asked; 3 the site could not be read at all, nothing was changed.
    """
    from feedgen_mayadeen import build as job
    from feedgen_mayadeen.show import progress_for, show_report

    _set_up_log(given["verbose"])
    plan = _plan(given)
    quiet = given["quiet"] or given["as_json"]
    with _end_on_interrupt() as ending:
        report = job.build(plan, progress=progress_for(quiet=quiet), ending=ending)
    if given["as_json"]:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=1))
    else:
        show_report(report, quiet=quiet, dry_run=plan.dry_run)
    if report.stopped:
        click.echo("feedgen-mayadeen: stopped; what was read is remembered, the next build goes on from here", err=True)
    sys.exit(_INTERRUPTED if report.stopped else report.exit_code)


@main.command()
@_OUT
@click.option("--serve", is_flag=True, help="Go on serving the sample site and the feeds until Ctrl-C.")
@_JSON
def demo(out: Path, serve: bool, as_json: bool) -> None:
    """Build feeds from the built-in sample site, on this machine alone, and check them."""
    from feedgen_mayadeen.demo import run_demo

    sys.exit(run_demo(out, serve=serve, as_json=as_json))


@main.command("list")
@_STATE
@_EDITION
@_JSON
def list_feeds(state: Path, editions: tuple[str, ...], as_json: bool) -> None:
    """Show every feed: key, title, address on the site, entries, last success. Asks nothing of the site."""
    from feedgen_mayadeen.show import show_feeds

    show_feeds(state, editions or ("en",), as_json=as_json)


@main.command()
@click.argument("page", metavar="URL|FILE")
@click.option("--as-url", metavar="URL", help="The address that a saved file is a page of.")
@_ASKING
def inspect(page: str, as_url: str | None, **given: Any) -> None:
    """Show what is read from one page, as JSON, and which way each field was found."""
    from feedgen_mayadeen.inspection import inspect_page

    _set_up_log(given["verbose"])
    click.echo(inspect_page(page, as_url, _plan(given, any_edition=True)))


@main.command()
@_STATE
@_EDITION
@_JSON
@_ASKING
def doctor(**given: Any) -> None:
    """Ask the site for one page of each kind, and say of each: works, blocked, changed, absent, failing; and what to do.

    Exit code: 0 all that a build needs works; 1 something does not.
    """
    from feedgen_mayadeen.doctor import examine
    from feedgen_mayadeen.show import show_findings

    _set_up_log(given["verbose"])
    sys.exit(show_findings(examine(_plan(given)), as_json=given["as_json"]))


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path), default=Path("feeds"))
@_JSON
def check(folder: Path, as_json: bool) -> None:
    """Validate everything in a built folder; one line per finding.

    Exit code: 0 nothing was found; 1 something was.
    """
    from feedgen_mayadeen.check import check_folder

    findings = check_folder(folder)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            click.echo(str(finding))
    click.echo(f"{folder}: {len(findings)} findings", err=True)
    sys.exit(1 if findings else 0)


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path), default=Path("feeds"))
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on 127.0.0.1. [default: a free one]")
def serve(folder: Path, port: int) -> None:
    """Preview a folder of feeds on this machine, with the content types that GitHub Pages sends."""
    from feedgen_mayadeen.preview import Preview

    with Preview(folder, port) as preview:
        click.echo(f"{preview.url}/ serves {folder}; Ctrl-C ends it")
        preview.run()


def _plan(given: dict[str, Any], *, any_edition: bool = False) -> "Plan":
    """The plan that the options and the configuration ask for. Raises UsageError."""
    from feedgen_mayadeen.config import read_config
    from feedgen_mayadeen.plan import Plan

    tables = {
        "build": {
            "editions": "editions",
            "only": "only",
            "base_url": "base_url",
            "content": "content",
            "limit": "limit",
            "deadline": "deadline",
        },
        "tags": {"limit": "limit"},
        "fetch": {"delay": "delay", "jobs": "jobs", "timeout": "timeout", "user_agent": "user_agent"},
    }
    options = {
        table: {name: given[option] for name, option in names.items() if given.get(option) not in (None, ())}
        for table, names in tables.items()
    }
    config = read_config(given["config"] or Path("feeds.toml"), required=given["config"] is not None, options=options)
    return Plan(
        config=config,
        out=given.get("out") or Path("feeds"),
        state=given.get("state") or Path(".feedgen-mayadeen"),
        origins=_origins(given["origins"], config.build.editions, any_edition=any_edition),
        cookies=given["cookies"],
        dry_run=given.get("dry_run", False),
        backfill=_month(given.get("backfill")),
    )


def _origins(given: tuple[str, ...], editions: tuple[str, ...], *, any_edition: bool) -> dict[str, str]:
    """The base address for each edition that is built, or for any. Raises UsageError."""
    origins: dict[str, str] = {}
    for text in given:
        code, sign, url = text.partition("=")
        if not sign or code not in ("en", "ar", "es"):
            code, url = editions[0], text
            if len(editions) > 1:
                raise UsageError(f"--origin {text}", "with several editions say which one: --origin ar=URL")
        try:
            parts = urlsplit(url)
            good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            good = False
        if not good or parts.path.strip("/") or parts.query:
            raise UsageError(f"--origin {text}", "is no base address such as http://127.0.0.1:8080")
        if code not in editions and not any_edition:
            raise UsageError(f"--origin {text}", f"is for an edition that is not built; add --edition {code}")
        origins[code] = url.rstrip("/")
    return origins


def _month(text: str | None) -> str | None:
    """A month as `2025-06`. Raises UsageError."""
    if text is not None and not re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", text):
        raise UsageError(f"--backfill {text}", "is no month such as 2025-06")
    return text


@contextmanager
def _end_on_interrupt() -> "Iterator[Ending]":
    """Turns the first Ctrl-C into a wish to stop, so that nothing that was asked for is lost; the second ends all."""
    from feedgen_mayadeen.ending import Ending, Why

    ending, asked = Ending(), threading.Event()

    def interrupt(number: int, frame: object) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        ending.ask(Why.INTERRUPTED)
        click.echo("\nstopping: waiting for the answers to the last requests", err=True)

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield ending
    finally:
        signal.signal(signal.SIGINT, before)


def _set_up_log(verbose: bool) -> None:
    logging.basicConfig(format="%(message)s", level=logging.DEBUG if verbose else logging.WARNING)
    logging.getLogger("urllib3").setLevel(logging.ERROR)

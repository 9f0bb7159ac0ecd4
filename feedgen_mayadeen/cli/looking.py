"""The commands that change nothing: list, inspect, doctor, check, serve."""

import sys
from pathlib import Path
from typing import Any

import click

from feedgen_mayadeen.cli.options import AS_JSON, ASKING, EDITION, STATE, plan_of, set_up_log
from feedgen_mayadeen.commands.printing import echo, json_text


@click.command("list")
@STATE
@EDITION
@AS_JSON
def list_feeds(state: Path, editions: tuple[str, ...], as_json: bool) -> None:
    """Show every feed: key, title, address on the site, entries, last success. Asks nothing of the site."""
    from feedgen_mayadeen.commands.show import show_feeds

    show_feeds(state, editions or ("en",), as_json=as_json)


@click.command()
@click.argument("page", metavar="URL|FILE")
@click.option("--as-url", metavar="URL", help="The address that a saved file is a page of.")
@ASKING
def inspect(page: str, as_url: str | None, **given: Any) -> None:
    """Show what is read from one page, as JSON, and which way each field was found."""
    from feedgen_mayadeen.commands.inspect import inspect_page

    set_up_log(given["verbose"])
    echo(inspect_page(page, as_url, plan_of(given, any_edition=True)))


@click.command()
@STATE
@EDITION
@AS_JSON
@ASKING
def doctor(**given: Any) -> None:
    """Ask the site for one page of each kind, and say of each: works, blocked, changed, absent, failing; and what to do.

    Exit code: 0 all that a build needs works; 1 something does not.
    """
    from feedgen_mayadeen.commands.doctor import examine
    from feedgen_mayadeen.commands.show import show_findings

    set_up_log(given["verbose"])
    sys.exit(show_findings(examine(plan_of(given)), as_json=given["as_json"]))


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path), default=Path("feeds"))
@AS_JSON
def check(folder: Path, as_json: bool) -> None:
    """Validate everything in a built folder; one line per finding.

    Exit code: 0 nothing was found; 1 something was.
    """
    from dataclasses import asdict

    from feedgen_mayadeen.check import check_folder

    findings = check_folder(folder)
    if as_json:
        echo(json_text([asdict(finding) for finding in findings]))
    else:
        for finding in findings:
            echo(str(finding))
    echo(f"{folder}: {len(findings)} findings", err=True)
    sys.exit(1 if findings else 0)


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path), default=Path("feeds"))
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on 127.0.0.1. [default: a free one]")
def serve(folder: Path, port: int) -> None:
    """Preview a folder of feeds on this machine, with the content types that GitHub Pages sends."""
    from feedgen_mayadeen.commands.serve import Preview

    with Preview(folder, port) as preview:
        echo(f"{preview.url}/ serves {folder}; Ctrl-C ends it")
        for address in preview.addresses:
            echo(f"  {address}")
        preview.run()

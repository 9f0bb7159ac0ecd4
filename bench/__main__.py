"""`python -m bench`: measures the program on this machine, prints a table in Markdown, and writes all figures as JSON."""

import json
import os
import platform
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from statistics import median

import click

from bench.builds import PARTS, Bench, Row
from bench.processes import Measured
from bench.sites import NEW, Site


@click.command(context_settings={"show_default": True})
@click.option(
    "--site", default="sample", metavar="sample|DIR", help="The sample site, or a folder with a replica's replica.py."
)
@click.option("--runs", type=click.IntRange(1), default=3, help="How often each thing is measured.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), metavar="FILE", help="Where to write all figures.")
@click.option("--work", type=click.Path(path_type=Path), metavar="DIR", help="Where made-up memories stay. [default: nowhere]")
@click.option("--part", "parts", multiple=True, type=click.Choice(list(PARTS)), default=list(PARTS), help="Repeatable.")
def main(site: str, runs: int, json_file: Path | None, work: Path | None, parts: tuple[str, ...]) -> None:
    """Measure builds beside the floor under them, grown memories, a scheduled run, the pace, the readers, the start.

    Needs a quiet machine. The largest memory takes minutes to make; --work keeps it for the next time.
    """
    with ExitStack() as stack:
        folder = work.absolute() if work else Path(stack.enter_context(tempfile.TemporaryDirectory()))
        before, after = (stack.enter_context(Site(site, without)) for without in (NEW, 0))
        bench = Bench(before, after, folder, runs, lambda what: click.echo(what, err=True))
        rows = [row for part in dict.fromkeys(parts) for row in PARTS[part](bench)]
    machine = f"{before.name} site, {os.cpu_count()} cores, Python {platform.python_version()}, medians of {runs} rounds"
    click.echo(f"{machine}\n\n" + "\n".join(table(rows)))
    if json_file:
        found = [{**asdict(row), "runs": [(one.seconds, one.cpu, one.peak) for one in row.runs]} for row in rows]
        json_file.write_text(json.dumps({"machine": machine, "rows": found}, indent=1), "utf-8")


def table(rows: Iterable[Row]) -> Iterator[str]:
    """The rows as a table in Markdown; of seconds the median, the least and the most."""
    yield "| what | at most | found | seconds | CPU seconds | peak MB |\n| --- | --- | --- | --- | --- | --- |"
    for row in rows:
        aim = "" if row.aim is None else f"{row.aim:g}"
        yield f"| {row.name} | {aim} | {row.figure:.3g} {row.unit} | {' | '.join(_cells(row.runs))} |"


def _cells(runs: Iterable[Measured]) -> tuple[str, str, str]:
    seconds = sorted(one.seconds for one in runs)
    if not seconds:
        return "", "", ""
    peak = max(one.peak for one in runs)
    spread = f"{median(seconds):.2f} ({seconds[0]:.2f} to {seconds[-1]:.2f})"
    return spread, f"{median(one.cpu for one in runs):.2f}", f"{peak:.0f}" if peak else ""


if __name__ == "__main__":
    main(prog_name="python -m bench")

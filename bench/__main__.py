"""`python -m bench`: measures builds of a site on this machine, prints a table, and writes all figures as JSON."""

import json
import tempfile
from contextlib import ExitStack
from pathlib import Path

import click

from bench.builds import measure_builds, measure_grown, measure_start
from bench.sites import open_site
from bench.table import Results, as_json, lines

_PARTS = ("builds", "grown", "start")


class _Size(click.ParamType[tuple[int, int]]):
    """A memory's size as `100000/3000`: articles and feeds."""

    name = "articles/feeds"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        articles, _, feeds = str(value).partition("/")
        if not articles.isdecimal() or not feeds.isdecimal():
            self.fail(f"{value} is no size such as 1000/30", param, ctx)
        return int(articles), int(feeds)


@click.command(context_settings={"show_default": True})
@click.option(
    "--site", default="sample", metavar="sample|DIR", help="The sample site, or a folder with a replica's replica.py."
)
@click.option("--runs", type=click.IntRange(1), default=3, help="How often each thing is measured.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), metavar="FILE", help="Where to write all figures.")
@click.option("--work", type=click.Path(path_type=Path), metavar="DIR", help="Where made-up memories stay. [default: nowhere]")
@click.option("--part", "parts", multiple=True, type=click.Choice(_PARTS), default=_PARTS, help="What to measure; repeatable.")
@click.option(
    "--size",
    "sizes",
    multiple=True,
    type=_Size(),
    default=("1000/30", "10000/300", "100000/3000"),
    metavar="ARTICLES/FEEDS",
    help="A grown memory; repeatable.",
)
def main(
    site: str, runs: int, json_file: Path | None, work: Path | None, parts: tuple[str, ...], sizes: tuple[tuple[int, int], ...]
) -> None:
    """Measure builds: the floor under them, cold, unchanged, with 10 new articles, over grown memories; and the start.

    Needs a quiet machine. The largest memory takes minutes to make; --work keeps it for the next time.
    """
    with ExitStack() as stack:
        folder = work.absolute() if work else Path(stack.enter_context(tempfile.TemporaryDirectory()))
        served = stack.enter_context(open_site(site))
        results = Results(
            served.name,
            runs,
            measure_builds(served, folder, runs, _tell) if "builds" in parts else {},
            measure_grown(served, folder, sizes, runs, _tell) if "grown" in parts else [],
            measure_start(runs, _tell) if "start" in parts else {},
        )
    for line in lines(results):
        click.echo(line)
    if json_file:
        json_file.write_text(json.dumps(as_json(results), indent=1), "utf-8")


def _tell(what: str) -> None:
    click.echo(what, err=True)


if __name__ == "__main__":
    main(prog_name="python -m bench")

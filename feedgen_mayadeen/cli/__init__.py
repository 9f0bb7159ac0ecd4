"""The commands: turn options into a plan, show progress and results, and choose the exit code.

`options` what several commands share · `building` build and demo · `looking` commands that change nothing · `publishing` what
brings feeds and memory to where they are kept. What a command needs is imported when it runs.
"""

import sys
from typing import Any

import click

from feedgen_mayadeen import __version__
from feedgen_mayadeen.cli.building import build, demo
from feedgen_mayadeen.cli.looking import check, doctor, inspect, list_feeds, serve
from feedgen_mayadeen.cli.publishing import memory, ping, publish
from feedgen_mayadeen.commands import printing
from feedgen_mayadeen.commands.printing import echo
from feedgen_mayadeen.errors import FeedgenError

_EXAMPLES = {
    "build": "feedgen-mayadeen build --only 'news/*' --out feeds --base-url https://me.github.io/feeds/",
    "demo": "feedgen-mayadeen demo --out feeds --serve",
    "list": "feedgen-mayadeen list --edition en --json",
    "inspect": "feedgen-mayadeen inspect saved.html --as-url https://english.almayadeen.net/news/politics/some-slug",
    "doctor": "feedgen-mayadeen doctor --edition ar",
    "check": "feedgen-mayadeen check feeds",
    "serve": "feedgen-mayadeen serve feeds",
    "publish": "feedgen-mayadeen publish feeds --to git@github.com:me/feeds.git",
    "memory": "feedgen-mayadeen memory restore --from origin",
    "ping": "feedgen-mayadeen ping changed.txt",
}


class _Commands(click.Group):
    """The edge: failures become one sentence and an exit code, and every command's help ends with an example."""

    def main(self, *args: Any, **more: Any) -> Any:
        """Runs a command; that something could not be printed is told, and shows in the exit code."""
        printing.prepare()
        try:
            return super().main(*args, **more)
        except OSError as error:  # met by what click itself prints, such as help
            if error.filename is not None:
                raise
            printing.give_up(sys.stdout, error)
            code: Any = 1
        except SystemExit as end:
            if not printing.has_failed():
                raise
            code = end.code or 1
        if sentence := printing.failing_sentence():
            echo(f"feedgen-mayadeen: {sentence}", err=True)
        sys.exit(code)

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except FeedgenError as error:
            echo(f"feedgen-mayadeen: {error}", err=True)
            context.exit(error.exit_code)

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Adds a command, with its example."""
        cmd.epilog = f"Example: {_EXAMPLES[name or cmd.name or '']}"
        cmd.short_help = (cmd.help or "").partition(".\n")[0].partition(". ")[0].replace("\n", " ").rstrip(".")
        super().add_command(cmd, name)


# Every option can be given by the environment too, as FEEDGEN_MAYADEEN_BUILD_ONLY: that keeps a workflow's inputs out of
# command lines.
_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100, "auto_envvar_prefix": "FEEDGEN_MAYADEEN"}


@click.group(cls=_Commands, context_settings=_SETTINGS)
@click.version_option(__version__, prog_name="feedgen-mayadeen")
def main() -> None:
    """Static feeds for Al Mayadeen: reads its pages politely, writes a folder that any web server can serve."""


for _command in (build, demo, list_feeds, inspect, doctor, check, serve, publish, memory, ping):
    main.add_command(_command)

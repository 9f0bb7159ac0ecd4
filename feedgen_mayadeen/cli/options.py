"""What several commands share: their options, and the plan that these make."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from feedgen_mayadeen.errors import UsageError

if TYPE_CHECKING:
    from feedgen_mayadeen.context import Plan

Command = TypeVar("Command", bound=Callable[..., Any])


def _options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several options as one decorator."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


OUT = click.option(
    "--out", type=click.Path(path_type=Path), default=Path("feeds"), show_default=True, help="Folder of the feeds."
)
STATE = click.option(
    "--state",
    type=click.Path(path_type=Path),
    default=Path(".feedgen-mayadeen"),
    show_default=True,
    help="Folder of the memory.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
EDITION = click.option(
    "--edition",
    "editions",
    multiple=True,
    type=click.Choice(["en", "ar", "es"]),
    help="Edition; repeatable. [default: en]",
)
ORIGIN = click.option(
    "--origin",
    "origins",
    multiple=True,
    metavar="[EDITION=]URL",
    help="Fetch an edition's pages from here; links in feeds stay the site's own. Repeatable.",
)
ASKING = _options(
    ORIGIN,
    click.option("--config", type=click.Path(path_type=Path), help="Settings. [default: feeds.toml, if it is there]"),
    click.option("--delay", type=float, metavar="SECONDS", help="Pause between requests to a host. [default: 1]"),
    click.option("--jobs", type=int, metavar="N", help="Requests at once, while the pause allows. [default: 4]"),
    click.option("--timeout", type=float, metavar="SECONDS", help="Wait this long for an answer. [default: 20]"),
    click.option("--user-agent", metavar="TEXT", help="How the program names itself to the site."),
    click.option("--cookies", type=click.Path(path_type=Path), help="Cookies in Netscape format, from your browser."),
    click.option("-v", "--verbose", is_flag=True, help="Tell of every request."),
)


def plan_of(given: dict[str, Any], *, any_edition: bool = False) -> "Plan":
    """The plan that the options and the configuration ask for. Raises UsageError."""
    import msgspec

    from feedgen_mayadeen.config import read_config
    from feedgen_mayadeen.context import Plan
    from feedgen_mayadeen.deploy.github import pages_address
    from feedgen_mayadeen.urls import given_address

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
    if not config.build.base_url and (address := pages_address(os.environ)):
        build = msgspec.structs.replace(config.build, base_url=given_address(address))
        config = msgspec.structs.replace(config, build=build)
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
    from feedgen_mayadeen.urls import given_address, path_of

    origins: dict[str, str] = {}
    for text in given:
        code, sign, url = text.partition("=")
        if not sign or code not in ("en", "ar", "es"):
            code, url = editions[0], text
            if len(editions) > 1:
                raise UsageError(f"--origin {text}", "with several editions say which one: --origin ar=URL")
        try:
            origin = given_address(url).rstrip("/")
        except ValueError as error:
            raise UsageError(f"--origin {text}", f"is no base address such as http://127.0.0.1:8080: it {error}") from error
        if path_of(origin) != "/":
            raise UsageError(f"--origin {text}", "is no base address such as http://127.0.0.1:8080: it has a path")
        if code not in editions and not any_edition:
            raise UsageError(f"--origin {text}", f"is for an edition that is not built; add --edition {code}")
        origins[code] = origin
    return origins


def _month(text: str | None) -> str | None:
    """A month as `2025-06`. Raises UsageError."""
    if text is not None and not re.fullmatch(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])", text):
        raise UsageError(f"--backfill {text}", "is no month such as 2025-06")
    return text


def set_up_log(verbose: bool) -> None:
    """Lets the modules' log through: all of it, or only what a person should know."""
    import logging

    logging.basicConfig(format="%(message)s", level=logging.DEBUG if verbose else logging.WARNING)
    logging.getLogger("urllib3").setLevel(logging.ERROR)

"""The commands that bring feeds and memory to where they are kept: publish, memory, ping."""

from pathlib import Path
from typing import Any

import click

from feedgen_mayadeen.cli.options import STATE
from feedgen_mayadeen.commands.printing import echo


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path), default=Path("feeds"))
@click.option("--to", "place", required=True, metavar="PLACE", help="A repository's address or path, or a plain folder.")
@click.option("--branch", default="gh-pages", show_default=True, help="The branch of the repository.")
def publish(folder: Path, place: str, branch: str) -> None:
    """Push a finished folder to a branch that GitHub Pages serves, or copy it to a folder. Unchanged: nothing is done."""
    from feedgen_mayadeen.deploy.pages import send

    sent = send(folder, place, branch=branch)
    echo(f"{sent.place}: {sent.outcome.value}, {sent.files} files" + (f", commit {sent.commit[:12]}" if sent.commit else ""))


@click.group()
def memory() -> None:
    """Keep the memory on a branch of a repository, for machines that forget: as one commit, so that nothing grows."""


_BRANCH = click.option("--branch", default="memory", show_default=True, help="The branch of the repository.")


@memory.command(
    short_help="Lay the memory of a branch into the folder of the memory",
    epilog="Example: feedgen-mayadeen memory restore --from origin",
)
@click.option("--from", "remote", required=True, metavar="REMOTE", help="The name, address or path of a repository.")
@_BRANCH
@STATE
def restore(remote: str, branch: str, state: Path) -> None:
    """Lay the memory of a branch into the folder of the memory; on the first run there is none, which is fine."""
    from feedgen_mayadeen.deploy.state_branch import restore_memory

    _tell(restore_memory(state, remote, branch))


@memory.command(
    short_help="Make the memory the only commit of a branch",
    epilog="Example: feedgen-mayadeen memory save --to origin",
)
@click.option("--to", "remote", required=True, metavar="REMOTE", help="The name, address or path of a repository.")
@_BRANCH
@STATE
def save(remote: str, branch: str, state: Path) -> None:
    """Make the memory the only commit of a branch, unless another run has changed that since this one restored it."""
    from feedgen_mayadeen.deploy.state_branch import save_memory

    _tell(save_memory(state, remote, branch))


def _tell(done: Any) -> None:
    size = f", {done.size / 1e6:.1f} MB" if done.size else ""
    echo(f"memory on branch {done.branch} of {done.remote}: {done.kept.value}{size}")


@click.command()
@click.argument("changed", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--config", type=click.Path(path_type=Path), help="Settings. [default: feeds.toml, if it is there]")
def ping(changed: Path, config: Path | None) -> None:
    """Tell the hub of the settings which feeds have changed: those of the file that `build --changed` wrote.

    Exit code: 0, also when the hub fails; readers find the feeds at their next look.
    """
    from feedgen_mayadeen.config import read_config
    from feedgen_mayadeen.deploy.websub import ping as tell
    from feedgen_mayadeen.errors import UsageError
    from feedgen_mayadeen.text import decoded

    hub = read_config(config or Path("feeds.toml"), required=config is not None, options={}).build.hub
    try:
        addresses = tuple(decoded(changed.read_bytes()).split())
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(str(changed), "can't be read; give the file that `build --changed` wrote") from error
    if not all(address.startswith(("http://", "https://")) for address in addresses):
        raise UsageError(str(changed), "names feeds that no hub can fetch; build with --base-url, then ping")
    failures = tell(hub, addresses) if hub and addresses else ()
    for failure in failures:
        echo(f"warning: {failure}", err=True)
    told = "was not told of all of them" if failures else "was told"
    echo(f"{len(addresses)} feeds changed; " + (f"{hub} {told}" if hub else "feeds.toml names no hub"))

"""The command `publish`: sends a finished folder to a branch of a repository, or copies it to another folder."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from feedgen_mayadeen.deploy import git
from feedgen_mayadeen.errors import FeedgenError, OutputError, UsageError
from feedgen_mayadeen.files import Outcome, check_writable, has_address, is_sample, remove, sweep, write_file

BRANCH = "gh-pages"
"""The branch that GitHub Pages serves, unless another one is given."""
_SUFFIXES = frozenset({".css", ".html", ".json", ".opml", ".xml"})
_LEFT_OUT = frozenset({"README.md"})
_MARKER = ".nojekyll"
_MARK = b"Made by `feedgen-mayadeen publish`, which replaces all of this branch but CNAME.\n"
"""On a branch: GitHub must not run Jekyll over the files, and the next publishing must know that the branch is its own."""
_DOMAIN = "CNAME"
_LIST = ".feedgen-mayadeen"
_LIST_HEAD = "# What `feedgen-mayadeen publish` put here, and takes away when it is no more."
_REPOSITORY = ("HEAD", "objects", "refs")


class ForeignBranchError(FeedgenError):
    """The branch holds what this program did not put there, and would be lost."""

    message = "this branch holds something that this program did not publish"
    exit_code = 1
    hint = "give another --branch, or delete this one if nobody needs it"


class Sending(StrEnum):
    """What became of the folder."""

    PUBLISHED = "published"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Sent:
    """What was done: where to (its password masked), the number of files there now, and the commit's hash on a branch."""

    outcome: Sending
    place: str
    files: int
    commit: str = ""


def send(folder: Path, place: str, *, branch: str = BRANCH) -> Sent:
    """Publishes a finished folder: all that a build writes into it, and nothing else.

    `place` is the address or path of a repository, whose `branch` then has this one commit, or a plain folder. Raises
    UsageError before anything is sent, GitError, ForeignBranchError, or OutputError.
    """
    if is_sample(folder):
        raise UsageError(str(folder), "holds the invented articles of the sample site, which are for nobody; build real feeds")
    names = _names(folder)
    if not has_address(folder):
        raise UsageError(
            str(folder), "was built without --base-url: feeds.opml leads to this machine's disk; build with it first"
        )
    if is_repository(place):
        return _to_branch(folder, names, place, branch)
    return _to_folder(folder, names, Path(place))


def is_repository(place: str) -> bool:
    """Whether a place is a repository: an address (`git@…`, `https://…`), a path ending in `.git`, or a bare one's path."""
    if place.endswith(".git") or re.match(r"[^/\\]{2,}:", place):
        return True
    return all((Path(place) / part).exists() for part in _REPOSITORY)


def _names(folder: Path) -> tuple[str, ...]:
    """The paths of the files to publish. Raises UsageError for a folder that no build has written."""
    if not folder.is_dir():
        raise UsageError(str(folder), "is no folder; give the one that `build --out` wrote")
    names = []
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        if name in _LEFT_OUT:
            continue
        if path.suffix not in _SUFFIXES or path.is_symlink() or not path.is_file():
            raise UsageError(str(path), "is nothing that a build writes; give the folder that `build --out` wrote")
        names.append(name)
    if not any(name.endswith(".xml") for name in names):
        raise UsageError(str(folder), "holds no feed; build first, or give the folder that `build --out` wrote")
    return tuple(names)


def _files(folder: Path) -> Iterator[Path]:
    """Every file below a folder but those whose path has a part that begins with a dot, in the order of their paths."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        # A link to a folder is not walked into; it is told apart as no file.
        links = (name for name in folders if (Path(parent) / name).is_symlink())
        yield from (Path(parent) / name for name in sorted((*files, *links)) if not name.startswith("."))


def _to_branch(folder: Path, names: tuple[str, ...], place: str, branch: str) -> Sent:
    with git.Branch(place, branch) as there, git.aside("pages") as aside:
        tip = there.look(files=False)
        if tip:
            _check_branch(there, f"{git.masked(place)}, branch {branch}", aside)
        try:
            for name in names:
                (aside / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(folder / name, aside / name)
            (aside / _MARKER).write_bytes(_MARK)
        except OSError as error:
            raise OutputError(str(error.filename or aside), f"can't be copied ({error.strerror})") from error
        new = there.commit(aside, f"{len(names)} files of feedgen-mayadeen")
        if tip and new.tree == tip.tree:
            return Sent(Sending.UNCHANGED, git.masked(place), len(names), tip.commit)
        there.push(new, tip.commit if tip else "")
    return Sent(Sending.PUBLISHED, git.masked(place), len(names), new.commit)


def _check_branch(there: git.Branch, about: str, aside: Path) -> None:
    """Makes sure that the branch is from a former publishing, and keeps the domain that GitHub wrote into it."""
    names = there.names()
    if _MARKER in names:
        there.copy(_MARKER, aside / _MARKER)
    if _MARKER not in names or (aside / _MARKER).read_bytes() != _MARK:
        raise ForeignBranchError(about, f"such as {names[0]}" if names else "")
    if _DOMAIN in names:
        there.copy(_DOMAIN, aside / _DOMAIN)


def _to_folder(folder: Path, names: tuple[str, ...], target: Path) -> Sent:
    """Copies what differs and takes away what a former publishing put there and is no more; other files stay.

    What a former publishing put there is known from a list that it left, not from how files are called: a page of one's own
    beside the feeds ends in `.html` too.
    """
    inside, outside = folder.resolve(), target.resolve()
    if inside == outside or inside in outside.parents or outside in inside.parents:
        raise UsageError(str(target), "is the folder that is published, or one lies in the other; give another place to --to")
    if target.is_file():
        raise UsageError(str(target), "is a file; give a folder or a repository to --to")
    check_writable(target)
    before = _listed(target)
    foreign = {path.relative_to(target).as_posix() for path in _files(target)} - (before or frozenset())
    for name in sorted(foreign if before is None else foreign & set(names)):
        raise UsageError(str(target / name), "was not published by this program; give an empty folder to --to")
    sweep(target)
    # Both lists at first: whoever is killed on the way leaves no file that the next publishing does not know.
    _write_list(target, before or frozenset(), names)
    outcomes = [_copy(folder / name, target / name) for name in names]
    gone = sorted((before or frozenset()) - set(names))
    for name in gone:
        _take_away(target, name)
    _write_list(target, names)
    changed = gone or Outcome.WRITTEN in outcomes
    return Sent(Sending.PUBLISHED if changed else Sending.UNCHANGED, str(target), len(names))


def _copy(source: Path, target: Path) -> Outcome:
    try:
        content = source.read_bytes()
    except OSError as error:
        raise OutputError(str(source), f"can't be read ({error.strerror})") from error
    return write_file(target, content)


def _take_away(target: Path, name: str) -> None:
    remove(target / name)
    with suppress(OSError):  # a folder that still holds something stays
        for parent in PurePosixPath(name).parents[:-1]:
            (target / parent).rmdir()


def _listed(target: Path) -> frozenset[str] | None:
    """What a former publishing put into a folder; None when there was none."""
    try:
        lines = (target / _LIST).read_text("utf-8").splitlines()[1:]
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(str(target / _LIST), "can't be read; give an empty folder to --to") from error
    paths = (PurePosixPath(line) for line in lines if line)
    return frozenset(str(path) for path in paths if not path.is_absolute() and ".." not in path.parts)


def _write_list(target: Path, *groups: frozenset[str] | tuple[str, ...]) -> None:
    names = sorted({name for group in groups for name in group})
    write_file(target / _LIST, "\n".join((_LIST_HEAD, *names, "")).encode())

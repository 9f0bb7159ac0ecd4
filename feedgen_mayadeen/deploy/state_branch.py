"""The memory between two runs on machines that forget: kept on a branch of a repository, as one commit without parents."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from feedgen_mayadeen.deploy import git
from feedgen_mayadeen.errors import FeedgenError, MemoryFileError, OutputError, UsageError
from feedgen_mayadeen.store.copy import copy_memory, has_memory, lay_memory
from feedgen_mayadeen.store.database import FILE_NAME

BRANCH = "memory"
"""The name of the branch, unless another one is given."""
_RECORD = "branch"
"""The file beside the memory that tells which commit and which tree it was on the branch: the two hashes, or nothing."""
_NOTHING = git.BranchHead("", "")


class MemoryOvertakenError(git.OvertakenError):
    """Another run saved its memory since this one restored it."""

    message = "another run saved its memory meanwhile, so this one was not saved"
    hint = "nothing is lost: the next run restores the newer memory and goes on from there"


class NoMemoryThereError(FeedgenError):
    """The branch is there, but what it holds is no memory."""

    message = "this branch holds no memory that can be read"
    exit_code = 1
    hint = "name another branch, or delete this one: the next run then begins a new memory"


class Kept(StrEnum):
    """What became of a memory."""

    RESTORED = "restored"
    SAVED = "saved"
    UNCHANGED = "unchanged"
    NONE_YET = "none yet"


@dataclass(frozen=True, slots=True)
class Keeping:
    """What was done: on which branch of which remote (its password masked), the size in bytes, the commit's hash."""

    kept: Kept
    remote: str
    branch: str
    size: int = 0
    commit: str = ""


def restore_memory(state: Path, remote: str, branch: str = BRANCH) -> Keeping:
    """Lays the memory of a branch into the folder `state`; on the first run there is none, which is fine.

    A memory that is there already stays when it came from the branch's commit, and is replaced when the branch has moved on.
    One that never was on the branch is not touched: UsageError. Raises GitError, NoMemoryThereError, LockedError too.
    """
    with git.Branch(remote, branch) as there, git.aside("memory") as aside:
        tip, record = there.look(), _read_record(state)
        if tip is None:
            # Somebody deleted the branch to begin anew: the next saving makes it again.
            (state / _RECORD).unlink(missing_ok=True)
            return Keeping(Kept.NONE_YET, git.masked(remote), branch)
        if has_memory(state):
            if record is None:
                raise UsageError(
                    str(state), f"holds a memory that was never on the branch {branch}; move it away, or give another --state"
                )
            if record == tip:
                return Keeping(Kept.UNCHANGED, git.masked(remote), branch, _size(state), tip.commit)
        if FILE_NAME not in there.names():
            raise NoMemoryThereError(f"{git.masked(remote)}, branch {branch}", f"it has no {FILE_NAME}")
        there.copy(FILE_NAME, aside / FILE_NAME)
        # Whoever is killed now finds a memory that may be replaced.
        _write_record(state, record or _NOTHING)
        try:
            lay_memory(state, aside / FILE_NAME)
        except MemoryFileError as error:
            raise NoMemoryThereError(f"{git.masked(remote)}, branch {branch}", error.detail) from error
        _write_record(state, tip)
        return Keeping(Kept.RESTORED, git.masked(remote), branch, _size(state), tip.commit)


def save_memory(state: Path, remote: str, branch: str = BRANCH) -> Keeping:
    """Makes the memory in the folder `state` the only commit of a branch, if that still is as it was when it was restored.

    A memory that is the same as on the branch is not pushed again. Raises MemoryOvertakenError when somebody else changed
    the branch, else GitError, LockedError, MemoryFileError and OutputError.
    """
    if not has_memory(state):
        return Keeping(Kept.NONE_YET, git.masked(remote), branch)
    with git.Branch(remote, branch) as there, git.aside("memory") as aside:
        record = _read_record(state) or _NOTHING
        copy_memory(state, aside / FILE_NAME)
        size = (aside / FILE_NAME).stat().st_size
        new = there.commit(aside, f"The memory of feedgen-mayadeen: {size / 1e6:.1f} MB")
        if new.tree == record.tree:
            return Keeping(Kept.UNCHANGED, git.masked(remote), branch, size, record.commit)
        try:
            there.push(new, record.commit)
        except git.OvertakenError as error:
            raise MemoryOvertakenError(error.address, error.detail) from error
        _write_record(state, new)
        return Keeping(Kept.SAVED, git.masked(remote), branch, size, new.commit)


def _size(state: Path) -> int:
    return (state / FILE_NAME).stat().st_size


def _read_record(state: Path) -> git.BranchHead | None:
    """What the memory was on the branch; None when it never was on one."""
    try:
        hashes = (state / _RECORD).read_text("ascii").split()
    except (OSError, UnicodeDecodeError):
        return None
    return git.BranchHead(*hashes) if len(hashes) == 2 else _NOTHING


def _write_record(state: Path, tip: git.BranchHead) -> None:
    try:
        state.mkdir(parents=True, exist_ok=True)
        (state / _RECORD).write_text(f"{tip.commit} {tip.tree}\n", "ascii")
    except OSError as error:
        raise OutputError(str(state / _RECORD), f"can't be written ({error.strerror})") from error

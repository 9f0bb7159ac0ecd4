"""The memory on a branch: restored, saved as one commit, never over a newer one."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from feedgen_mayadeen.deploy import git
from feedgen_mayadeen.deploy.state_branch import (
    Keeping,
    Kept,
    MemoryOvertakenError,
    NoMemoryThereError,
    restore_memory,
    save_memory,
)
from feedgen_mayadeen.errors import LockedError, MemoryFileError, UsageError
from feedgen_mayadeen.models import Validators
from feedgen_mayadeen.store import Memory
from tests.repositories import Repository

PAGE = "https://example.org/"


@pytest.fixture
def remote(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "origin.git")


class Machine:
    """A machine with a memory of its own, which knows one page, and the remote that it is kept on."""

    def __init__(self, folder: Path, remote: Repository) -> None:
        self.state, self.remote = folder / "state", remote

    def restore(self) -> Keeping:
        return restore_memory(self.state, str(self.remote.path))

    def save(self) -> Keeping:
        return save_memory(self.state, str(self.remote.path))

    def learn(self, etag: str) -> None:
        with Memory(self.state) as memory:
            memory.pages.save(PAGE, Validators(etag))

    @property
    def knows(self) -> str | None:
        with Memory(self.state, keep=False) as memory:
            found = memory.pages.validators(PAGE)
            return found.etag if found else None


@pytest.fixture
def one(tmp_path: Path, remote: Repository) -> Machine:
    return Machine(tmp_path / "one", remote)


@pytest.fixture
def other(tmp_path: Path, remote: Repository) -> Machine:
    return Machine(tmp_path / "other", remote)


def test_the_first_run_finds_no_memory_and_begins_one(one: Machine, remote: Repository) -> None:
    assert one.restore() == Keeping(Kept.NONE_YET, str(remote.path), "memory")
    assert not one.state.exists()
    one.learn("first")
    saved = one.save()
    assert remote.commits("memory") == [saved.commit]
    assert saved == Keeping(Kept.SAVED, str(remote.path), "memory", len(remote.files("memory")["memory.sqlite"]), saved.commit)


def test_the_branch_holds_the_memory_and_nothing_else(one: Machine, remote: Repository) -> None:
    one.learn("first")
    one.save()
    assert list(remote.files("memory")) == ["memory.sqlite"]


def test_the_next_run_on_another_machine_knows_it(one: Machine, other: Machine) -> None:
    one.learn("first")
    saved = one.save()
    restored = other.restore()
    assert (restored.kept, restored.commit) == (Kept.RESTORED, saved.commit)
    assert other.knows == "first"


def test_run_after_run_the_branch_has_one_commit(one: Machine, other: Machine, remote: Repository) -> None:
    for number in range(4):
        machine = (one, other)[number % 2]
        machine.restore()
        assert machine.knows == (f"{number - 1}" if number else None)
        machine.learn(f"{number}")
        assert machine.save().kept is Kept.SAVED
        assert len(remote.commits("memory")) == 1


def test_an_unchanged_memory_is_not_pushed(one: Machine, other: Machine, remote: Repository) -> None:
    one.learn("first")
    saved = one.save()
    remote.hook("pre-receive", "exit 1")
    assert (one.save().kept, one.save().commit) == (Kept.UNCHANGED, saved.commit)
    other.restore()
    assert other.save().kept is Kept.UNCHANGED


def test_without_a_memory_nothing_is_saved(one: Machine, remote: Repository) -> None:
    assert one.save().kept is Kept.NONE_YET
    assert remote.commits("memory") == []
    assert not one.state.exists()


def test_an_overtaken_run_saves_nothing_and_the_next_goes_on_from_the_newer_memory(
    one: Machine, other: Machine, remote: Repository
) -> None:
    one.learn("first")
    one.save()
    other.restore()
    other.learn("theirs")
    theirs = other.save()
    one.learn("ours")
    with pytest.raises(MemoryOvertakenError) as caught:
        one.save()
    assert str(caught.value) == (
        f"{remote.path}, branch memory: another run saved its memory meanwhile, so this one was not saved ([rejected]"
        " (stale info)); nothing is lost: the next run restores the newer memory and goes on from there"
    )
    assert remote.commits("memory") == [theirs.commit]
    assert one.restore().kept is Kept.RESTORED
    assert one.knows == "theirs"
    one.learn("ours, again")
    one.save()
    assert len(remote.commits("memory")) == 1


def test_a_first_run_that_was_overtaken_saves_nothing(one: Machine, other: Machine, remote: Repository) -> None:
    for machine, etag in ((one, "ours"), (other, "theirs")):
        machine.restore()
        machine.learn(etag)
    theirs = other.save()
    with pytest.raises(MemoryOvertakenError):
        one.save()
    assert remote.commits("memory") == [theirs.commit]


def test_a_run_that_was_killed_before_it_saved_keeps_what_it_learnt(one: Machine) -> None:
    one.learn("first")
    one.save()
    one.learn("not saved")
    assert one.restore().kept is Kept.UNCHANGED
    assert one.knows == "not saved"
    one.save()


def test_a_memory_that_was_never_on_the_branch_is_not_replaced(one: Machine, other: Machine) -> None:
    other.learn("theirs")
    other.save()
    one.learn("of years")
    with pytest.raises(UsageError, match="holds a memory that was never on the branch memory; move it away"):
        one.restore()
    assert one.knows == "of years"


def test_a_restoring_that_was_killed_is_done_again(one: Machine, other: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    other.learn("theirs")
    other.save()

    def killed(state: Path, _: Path) -> None:
        with Memory(state):
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("feedgen_mayadeen.deploy.state_branch.lay_memory", killed)
        with pytest.raises(KeyboardInterrupt):
            one.restore()
    assert one.restore().kept is Kept.RESTORED
    assert one.knows == "theirs"


def test_a_branch_that_was_deleted_is_begun_again(one: Machine, remote: Repository) -> None:
    one.learn("first")
    one.save()
    remote.git("update-ref", "-d", "refs/heads/memory")
    assert one.restore().kept is Kept.NONE_YET
    assert one.knows == "first"
    assert one.save().kept is Kept.SAVED
    assert len(remote.commits("memory")) == 1


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"index.html": b"a page"}, "it has no memory.sqlite"),
        ({"memory.sqlite": b"no database" * 100}, "file is not a database"),
        ({"memory.sqlite": b""}, "it is damaged or something else"),
    ],
)
def test_a_branch_without_a_memory_is_one_sentence(
    one: Machine, remote: Repository, files: dict[str, bytes], why: str
) -> None:
    remote.change("memory", files)
    with pytest.raises(NoMemoryThereError, match=rf"branch memory: this branch holds no memory .*\({why}\); name another"):
        one.restore()


def test_a_memory_that_a_build_is_using_is_not_saved_or_replaced(one: Machine, other: Machine) -> None:
    one.learn("first")
    one.save()
    other.restore()
    other.learn("theirs")
    other.save()
    with Memory(one.state):
        for doing in (one.save, one.restore):
            with pytest.raises(LockedError):
                doing()


def test_a_damaged_memory_is_not_saved(one: Machine, remote: Repository) -> None:
    one.learn("first")
    saved = one.save()
    (one.state / "memory.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(MemoryFileError):
        one.save()
    assert remote.commits("memory") == [saved.commit]


def test_what_was_forgotten_takes_no_room_on_the_branch(one: Machine, remote: Repository) -> None:
    one.learn("first")
    small = one.save().size
    with closing(sqlite3.connect(one.state / "memory.sqlite")) as db:
        db.execute("CREATE TABLE big AS SELECT zeroblob(1000000) AS content")
        db.execute("DROP TABLE big")
        db.commit()
    (one.state / "memory.digest").unlink()  # as a build does that is at work
    one.save()
    assert (one.state / "memory.sqlite").stat().st_size > 1_000_000
    assert len(remote.files("memory")["memory.sqlite"]) == small


def test_a_refused_push_of_the_memory_says_why(one: Machine, remote: Repository) -> None:
    one.learn("first")
    remote.hook("pre-receive", "echo 'no room left' >&2; exit 1")
    with pytest.raises(git.RefusedRemoteError, match="no room left"):
        one.save()
    assert one.restore().kept is Kept.NONE_YET

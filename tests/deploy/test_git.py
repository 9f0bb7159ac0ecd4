"""Git as the program uses it: a branch is replaced under a lease, and whatever fails is one sentence without a password."""

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from feedgen_mayadeen.deploy import git
from feedgen_mayadeen.errors import UsageError
from tests.repositories import Repository


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one file."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "all.xml").write_text("content")
    return folder


@pytest.fixture
def remote(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "pages.git")


def push(folder: Path, remote: str, branch: str = "gh-pages") -> None:
    """Makes a folder the only commit of a branch that is not there yet."""
    with git.Branch(remote, branch) as ours:
        assert ours.look() is None
        ours.push(ours.commit(folder, "ours"), "")


def test_a_branch_that_was_moved_meanwhile_stays_as_it_is(folder: Path, remote: Repository) -> None:
    push(folder, str(remote.path))
    (folder / "all.xml").write_text("another one")
    with git.Branch(str(remote.path), "gh-pages") as ours:
        tip = ours.look()
        assert tip
        theirs = remote.change("gh-pages", {"late.html": b"theirs"})
        with pytest.raises(git.OvertakenError, match=r"somebody else changed this branch meanwhile.*; publish again"):
            ours.push(ours.commit(folder, "ours"), tip.commit)
    assert remote.commits("gh-pages")[0] == theirs


def test_a_branch_that_came_meanwhile_stays_as_it_is(folder: Path, remote: Repository) -> None:
    with git.Branch(str(remote.path), "gh-pages") as ours:
        assert ours.look() is None
        theirs = remote.change("gh-pages", {"early.html": b"theirs"})
        with pytest.raises(git.OvertakenError):
            ours.push(ours.commit(folder, "ours"), "")
    assert remote.commits("gh-pages") == [theirs]


def test_a_path_is_meant_from_where_one_is(folder: Path, remote: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, path in enumerate(("pages.git", "./pages.git", "../pages.git")):
        monkeypatch.chdir(remote.path.parent if number < 2 else folder)
        push(folder, path, f"b{number}")
        assert len(remote.commits(f"b{number}")) == 1


# What can't be reached


def test_a_repository_that_is_not_there_is_one_sentence(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(git.UnreachableRemoteError) as caught:
        push(folder, str(tmp_path / "nowhere.git"))
    assert "nowhere.git, branch gh-pages: no repository answers at this address" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_password_in_an_address_is_never_told(folder: Path, unused: int) -> None:
    with pytest.raises(git.UnreachableRemoteError) as caught:
        push(folder, f"http://me:secret@127.0.0.1:{unused}/me/feeds.git")
    assert "secret" not in repr(caught.value) + str(caught.value)
    assert f"http://***@127.0.0.1:{unused}/me/feeds.git" in str(caught.value)


def test_a_password_that_the_server_repeats_is_not_told(folder: Path, remote: Repository) -> None:
    remote.hook("pre-receive", "echo 'use https://me:secret@example.org/ instead' >&2; exit 1")
    with pytest.raises(git.RefusedRemoteError, match=r"use https://\*\*\*@example\.org/ instead"):
        push(folder, str(remote.path))


def test_a_repository_that_does_not_answer_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/x.git"
        with git.Branch(address, "gh-pages", seconds=2) as branch, pytest.raises(git.SlowRemoteError, match="2 seconds"):
            branch.look()


def test_without_git_the_sentence_says_so(folder: Path, remote: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(git.NoGitError, match=r"needs git, which is not installed; install git"):
        push(folder, str(remote.path))


def test_a_name_that_no_branch_can_have_is_refused(folder: Path, remote: Repository) -> None:
    with pytest.raises(UsageError, match=r"^branch a\.\.b: is no name that git allows"):
        push(folder, str(remote.path), "a..b")


def test_a_remote_is_known_by_its_name_in_the_repository_around(remote: Repository) -> None:
    around = Repository(Path.cwd() / ".git")
    around.set("core.bare", "false")
    around.set("remote.mine.url", str(remote.path))
    commit = remote.change("kept", {"a": b"1"})
    with git.Branch("mine", "kept") as branch:
        tip = branch.look()
        assert tip
        assert tip.commit == commit
    with pytest.raises(UsageError, match=r"^yours: is no address of a repository"), git.Branch("yours", "kept"):
        pass


class _Forge(BaseHTTPRequestHandler):
    """Refuses everybody, and remembers who they said they were."""

    seen: tuple[str | None, ...] = ()

    def do_GET(self) -> None:
        type(self).seen += (self.headers.get("Authorization"),)
        self.send_error(403)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def forge() -> Iterator[str]:
    """A server on loopback that stands for GitHub."""
    _Forge.seen = ()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Forge) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def unused() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.mark.parametrize(
    ("in_actions", "server", "expected"),
    [("true", None, "basic eC1hY2Nlc3MtdG9rZW46dDBrZW4="), ("true", "https://example.org", None), ("", None, None)],
    ids=["to GitHub", "to somebody else", "on a laptop"],
)
def test_the_jobs_token_goes_to_githubs_server_alone(
    forge: str, monkeypatch: pytest.MonkeyPatch, in_actions: str, server: str | None, expected: str | None
) -> None:
    for name, value in {
        "GITHUB_ACTIONS": in_actions,
        "GITHUB_TOKEN": "t0ken",
        "GITHUB_SERVER_URL": server or forge,
    }.items():
        monkeypatch.setenv(name, value)
    with git.Branch(f"{forge}/me/feeds", "gh-pages") as branch, pytest.raises(git.RefusedRemoteError) as caught:
        branch.look()
    assert _Forge.seen[0] == expected
    assert "t0ken" not in str(caught.value)


# What the machine's git does otherwise


def with_settings(folder: Path, monkeypatch: pytest.MonkeyPatch, *settings: tuple[str, str]) -> None:
    """Gives the machine's git settings of a person's own."""
    file = folder / "gitconfig"
    file.write_text("".join(f"[{name.partition('.')[0]}]\n\t{name.partition('.')[2]} = {value}\n" for name, value in settings))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(file))


def test_a_git_whose_new_repositories_are_of_another_kind_publishes_all_the_same(
    folder: Path, remote: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a future git may be made, and as a setting may ask for."""
    real = shutil.which("git")
    own = tmp_path / "bin" / "git"
    own.parent.mkdir()
    defaults = (
        'export GIT_DEFAULT_HASH="${GIT_DEFAULT_HASH-sha256}" GIT_DEFAULT_REF_FORMAT="${GIT_DEFAULT_REF_FORMAT-reftable}"'
    )
    own.write_text(f'#!/bin/sh\n{defaults}\nexec "{real}" "$@"\n')
    own.chmod(0o755)
    monkeypatch.setenv("PATH", str(own.parent), prepend=os.pathsep)
    with_settings(tmp_path, monkeypatch, ("init.defaultObjectFormat", "sha256"), ("init.defaultRefFormat", "reftable"))
    push(folder, str(remote.path))
    assert remote.files("gh-pages") == {"all.xml": b"content"}


def test_a_persons_settings_change_nothing_of_what_is_published(
    folder: Path, remote: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "two.txt").write_bytes(b"a\r\nb\n")
    settings = (
        ("core.autocrlf", "input"), ("core.sparseCheckout", "true"), ("submodule.recurse", "true"), ("color.ui", "always"),
        ("core.bare", "false"), ("fetch.prune", "true"), ("push.default", "nothing"), ("safe.bareRepository", "explicit"),
    )  # fmt: skip
    with_settings(tmp_path, monkeypatch, *settings)
    push(folder, str(remote.path))
    assert remote.files("gh-pages") == {"all.xml": b"content", "two.txt": b"a\r\nb\n"}


def test_colours_hide_no_reason(folder: Path, remote: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_settings(tmp_path, monkeypatch, ("color.push", "always"), ("color.remote", "always"), ("color.transport", "always"))
    remote.hook("pre-receive", "echo 'error: the quota is used up' >&2; exit 1")
    with pytest.raises(git.RefusedRemoteError, match=r"\(the quota is used up; "):
        push(folder, str(remote.path))


def test_a_transport_that_a_person_forbids_is_no_bad_address(
    folder: Path, remote: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_settings(tmp_path, monkeypatch, ("protocol.allow", "never"))
    with pytest.raises(git.GitError, match=r"git failed \(transport 'file' not allowed\)") as caught:
        push(folder, str(remote.path))
    assert type(caught.value) is git.GitError


def test_a_remote_of_another_kind_is_no_bad_address(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "--object-format=sha256", str(path)], check=True)
    with pytest.raises(git.GitError) as caught:
        push(folder, str(path))
    assert type(caught.value) is git.GitError


def test_a_transport_that_git_lacks_is_no_bad_address(folder: Path) -> None:
    with pytest.raises(git.GitError, match="remote-nosuch") as caught:
        push(folder, "nosuch://127.0.0.1/x.git")
    assert type(caught.value) is git.GitError

"""All use of git: a branch that holds a single commit without parents is read and replaced. The only module that runs git."""

import base64
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from feedgen_mayadeen.errors import FeedgenError, OutputError, UsageError

_THERE = "there"
_NAME = "feedgen-mayadeen"
_SECONDS = 600.0

_SETTINGS = {
    "core.hooksPath": "/dev/null",
    "core.attributesFile": "/dev/null",
    "core.excludesFile": "/dev/null",
    "core.autocrlf": "false",
    "core.fileMode": "false",
    "core.fsmonitor": "false",
    "commit.gpgSign": "false",
    "push.gpgSign": "false",
    "push.followTags": "false",
    "credential.interactive": "false",
    "core.looseCompression": "1",
    "core.sparseCheckout": "false",
    "color.ui": "false",
    "color.push": "false",
    "color.remote": "false",
    "color.transport": "false",
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "push.recurseSubmodules": "no",
}
"""What a person's own settings may not change: the commit holds the files as they are, and what git says of a failure can be
read. Ways to a remote stay theirs.

What is packed for a push is packed well; the objects of a temporary repository need not be.
"""
_DEFAULTS = {
    "GIT_DEFAULT_HASH": "sha1",
    "GIT_DEFAULT_REF_FORMAT": "files",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
"""What this module relies on, as variables: these go before settings, and an older git passes over those it does not know.

GitHub takes SHA-1 only; the machine's attributes would change line ends; the patterns below are English.
"""
_PASSED_ON = re.compile(r"(?!GIT_)|GIT_(SSH|SSL|PROXY|HTTP|ASKPASS|EXEC_PATH|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM)$)")
"""The variables that git gets. One that was set for another repository, as in a hook, would lead it there."""
_PREFIXES = re.compile(r"^((remote|fatal|error):\s*)+|^!\t\S+\t")
_NO_REASON = re.compile(
    r"hint:|To |Done$|failed to push some refs|Could not read from remote|Please make sure|and the repository ex"
)
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")


class GitError(FeedgenError):
    """Git failed in a way that no other class names."""

    message = "git failed"
    hint = "the words in brackets are git's own: see to what they name, and try again"
    exit_code = 1


class NoGitError(GitError):
    """There is no git on this machine."""

    message = "this needs git, which is not installed"
    hint = "install git and try again"


class UnreachableRemoteError(GitError):
    """No repository answers at the address."""

    message = "no repository answers at this address"
    hint = "check the address, the network, and that you may read the repository"


class RefusedRemoteError(GitError):
    """The other side knows us not, or does not let us change the branch."""

    message = "the repository refuses this"
    hint = "check that this account, key or token may push to this branch, and that no rule protects it"


class OvertakenError(GitError):
    """Somebody else moved the branch since it was looked at: the lease does not hold."""

    message = "somebody else changed this branch meanwhile, so it was left as it is"
    hint = "publish again"


class SlowRemoteError(GitError):
    """The other side took longer than it is given."""

    message = "the repository did not answer in time"
    hint = "try again; if it lasts, look whether the network lets git through"


_FAILURES: tuple[tuple[str, type[GitError]], ...] = (
    (r"hash algorithm|mismatched algorithms|protocol error", GitError),
    (r"stale info|is at [0-9a-f]+ but expected|reference already exists|incorrect old value", OvertakenError),
    (
        r"\[remote rejected\]|permission|denied|declined|authentication failed|could not read (username|password)"
        r"|returned error: 40[13]|host key verification failed",
        RefusedRemoteError,
    ),
    (
        r"unable to access|could not read from remote|does not appear to be a git repository|does not exist|not found"
        r"|could not resolve|unable to look up|connection (refused|timed out|reset)|hung up|unreachable|no route to host"
        r"|couldn't connect|unable to connect",
        UnreachableRemoteError,
    ),
)
"""What git says in English (LC_ALL=C) of a remote, and what that means; anything else is told in git's own words."""


@dataclass(frozen=True, slots=True)
class BranchHead:
    """The commit that a branch points to and the tree of its files, both as git's hashes."""

    commit: str
    tree: str


class Branch:
    """A branch of another repository, worked on in a temporary one that `with` makes and takes away.

    `remote` is a path, an address (`git@…`, `https://…`) or the name of a remote of the repository around. No step may take
    longer than `seconds`. Every method raises GitError; entering it UsageError too.
    """

    def __init__(self, remote: str, branch: str, *, seconds: float = _SECONDS) -> None:
        self._given, self._branch, self._seconds = remote, branch, seconds
        self._about = f"{masked(remote)}, branch {branch}"
        self._end = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as end:
            self._folder = end.enter_context(aside("git"))
            self._begin()
            self._end = end.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.close()

    def _begin(self) -> None:
        self._git("init", "--quiet", "--bare", "--template=", str(self._folder))
        try:
            self._git("check-ref-format", f"refs/heads/{self._branch}")
        except GitError as error:
            raise UsageError(f"branch {self._branch}", "is no name that git allows for a branch") from error
        address = self._address()
        self._about = f"{masked(address)}, branch {self._branch}"
        self._git("config", f"remote.{_THERE}.url", address)

    def _address(self) -> str:
        """The address of the remote, or of the one that has this name in the repository around."""
        if re.search(r"[:/\\]", self._given) or Path(self._given).exists():
            return self._given
        try:
            return self._git("remote", "get-url", "--", self._given, around=True).strip()
        except NoGitError:
            raise
        except GitError as error:
            raise UsageError(self._given, "is no address of a repository, nor a remote of the one around") from error

    def look(self, *, files: bool = True) -> BranchHead | None:
        """What the branch holds now; None when there is no such branch. Without `files` these come only when asked for."""
        lazily = () if files else ("--filter=blob:none",)
        reference = f"+refs/heads/{self._branch}:refs/heads/{_THERE}"
        try:
            self._git("fetch", "--quiet", "--depth=1", "--no-tags", *lazily, _THERE, reference, remote=True)
        except GitError as error:
            if "couldn't find remote ref" in error.detail:
                return None
            raise
        return BranchHead(*self._git("rev-parse", _THERE, f"{_THERE}^{{tree}}").split())

    def names(self) -> tuple[str, ...]:
        """The paths of the files in the commit that was looked at."""
        return tuple(filter(None, self._git("ls-tree", "-r", "-z", "--name-only", _THERE).split("\0")))

    def copy(self, name: str, target: Path) -> None:
        """Writes one of these files to a path."""
        with target.open("wb") as file:
            self._git("cat-file", "blob", f"{_THERE}:{name}", remote=True, output=file)

    def commit(self, folder: Path, message: str) -> BranchHead:
        """Makes a commit without parents of everything in a folder, here only."""
        self._git("-C", str(folder), f"--work-tree={folder}", "add", "--all", ".")
        tree = self._git("write-tree").strip()
        return BranchHead(self._git("commit-tree", tree, "-m", message).strip(), tree)

    def push(self, new: BranchHead, expected: str) -> None:
        """Points the branch to a commit, if it still points to the commit `expected` ("": if it still does not exist)."""
        reference = f"refs/heads/{self._branch}"
        lease = f"--force-with-lease={reference}:{expected}"
        self._git("push", "--porcelain", lease, _THERE, f"{new.commit}:{reference}", remote=True)

    def _git(
        self, *arguments: str, remote: bool = False, around: bool = False, output: IO[bytes] | int = subprocess.PIPE
    ) -> str:
        """Runs git here, or in the repository around, and gives what it prints."""
        where = () if around else (f"--git-dir={self._folder}",)
        settings = (part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}"))
        try:
            # In a session of its own git has no terminal to ask for a password on.
            done = subprocess.run(  # noqa: S603  # no shell, and each argument is one word
                ["git", *settings, *where, *arguments],  # noqa: S607  # where git is, the machine knows
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.PIPE,
                timeout=self._seconds,
                start_new_session=True,
                check=False,
            )
        except FileNotFoundError as error:
            raise NoGitError(self._about) from error
        except subprocess.TimeoutExpired as error:
            raise SlowRemoteError(self._about, f"{self._seconds:g} seconds") from error
        said = (done.stdout or b"").decode("utf-8", "surrogateescape")
        if done.returncode:
            raise self._failure(done.stderr.decode("utf-8", "replace") + said, remote=remote)
        return said

    def _failure(self, said: str, *, remote: bool) -> GitError:
        said = masked(said)
        # What a server says of its reason comes before git's own words on it.
        lines = (_PREFIXES.sub("", line).strip() for line in said.splitlines())
        detail = "; ".join([line for line in lines if line and not _NO_REASON.match(line)][:2])[:300]
        if not remote:
            return GitError(self._about, detail)
        found = (kind for pattern, kind in _FAILURES if re.search(pattern, said, re.IGNORECASE))
        return next(found, GitError)(self._about, detail)


@contextmanager
def aside(name: str) -> Iterator[Path]:
    """A temporary folder that only this user can read. Raises OutputError when there is no room for one."""
    try:
        folder = tempfile.TemporaryDirectory(prefix=f"feedgen-mayadeen-{name}-", ignore_cleanup_errors=True)
    except OSError as error:
        raise OutputError(tempfile.gettempdir(), f"can't be written ({error.strerror})") from error
    with folder as path:
        yield Path(path)


def masked(text: str) -> str:
    """A text without the names and passwords of the addresses in it."""
    return _CREDENTIALS.sub("***@", text)


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if _PASSED_ON.match(name)}
    people = {f"GIT_{who}_{what}": _NAME for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return {**kept, **people, **_token(), **_DEFAULTS}


def _token() -> dict[str, str]:
    """In GitHub Actions the job's token, as a setting for GitHub's own server alone; it stands on no command line."""
    server, token = os.environ.get("GITHUB_SERVER_URL", "https://github.com"), os.environ.get("GITHUB_TOKEN")
    if os.environ.get("GITHUB_ACTIONS") != "true" or not token:
        return {}
    basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.{server}/.extraHeader",
        "GIT_CONFIG_VALUE_0": f"AUTHORIZATION: basic {basic}",
    }

"""Bare repositories on disk, as the tests' other side: made, looked into, changed by somebody else."""

import subprocess
from pathlib import Path


class Repository:
    """A bare repository. Its hooks and settings are the server's."""

    def __init__(self, path: Path) -> None:
        self.path = path
        subprocess.run(["git", "init", "--quiet", "--bare", "--template=", "--initial-branch=main", str(path)], check=True)
        # As GitHub does: files may be left out of an answer and asked for one by one.
        self.set("uploadpack.allowFilter", "true")

    def git(self, *arguments: str, given: bytes = b"") -> bytes:
        """Runs git in it and gives what it prints."""
        people = [part for who in ("user.name=other", "user.email=other@example.org") for part in ("-c", who)]
        command = ["git", *people, f"--git-dir={self.path}", *arguments]
        return subprocess.run(command, input=given, stdout=subprocess.PIPE, check=True).stdout

    def set(self, name: str, value: str) -> None:
        """Sets one of the server's settings."""
        self.git("config", name, value)

    def hook(self, name: str, script: str) -> None:
        """Gives the server a hook."""
        hook = self.path / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\n{script}\n")
        hook.chmod(0o755)

    def commits(self, branch: str) -> list[str]:
        """The commits of a branch, newest first; none where there is no such branch."""
        tips = self.git("for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}").decode().split()
        return self.git("rev-list", *tips).decode().split() if tips else []

    def files(self, branch: str) -> dict[str, bytes]:
        """What the newest commit of a branch holds, by path."""
        names = self.git("ls-tree", "-r", "-z", "--name-only", branch).decode().split("\0")[:-1]
        return {name: self.git("cat-file", "blob", f"{branch}:{name}") for name in names}

    def change(self, branch: str, files: dict[str, bytes], *, message: str = "by somebody else") -> str:
        """Adds files to a branch in a commit of somebody else's on top of what is there; gives its hash."""
        parents = self.commits(branch)[:1]
        self.git("read-tree", *(parents or ["--empty"]))
        for name, content in files.items():
            blob = self.git("hash-object", "-w", "--stdin", given=content).decode().strip()
            self.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{name}")
        tree = self.git("write-tree").decode().strip()
        options = [part for parent in parents for part in ("-p", parent)]
        commit = self.git("commit-tree", tree, *options, "-m", message).decode().strip()
        self.git("update-ref", f"refs/heads/{branch}", commit)
        return commit

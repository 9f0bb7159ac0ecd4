"""Runs the program as people do, against the sample site: the commands, builds at a chosen instant, faults on the wire."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from feedgen_mayadeen.build import build
from feedgen_mayadeen.cli import main
from feedgen_mayadeen.config import Config, read_config
from feedgen_mayadeen.context import Plan
from feedgen_mayadeen.report import Report
from feedgen_mayadeen.sample import SampleHandler, SampleServer, SampleSite
from feedgen_mayadeen.stop import StopSignal
from tests.feeds import ReadFeed, read_folder

MEDIA_BASE = "https://media.almayadeen.net"
BASE_URL = "https://feedgen-mayadeen.github.io/feedgen-mayadeen/"
"""Where the tests' folders would be served."""
HTML = "text/html; charset=utf-8"

Answer = Callable[[SampleHandler], None]
Files = Mapping[str, tuple[bytes, int]]


def sample(code: str = "es") -> SampleSite:
    """A sample site whose pictures have an address that does not depend on the server's port."""
    return SampleSite(code, media=MEDIA_BASE)


class Server(SampleServer):
    """A sample site that a test can break: whole answers by path (`*` for every path), texts by path or kind of page."""

    def __init__(self, site: SampleSite) -> None:
        super().__init__(site)
        self.faults: dict[str, Answer] = {}
        self.rewrites: dict[str, Callable[[str], str]] = {}

    def answer(self, handler: SampleHandler, path: str) -> None:
        """The fault of this path, else the page with its texts rewritten."""
        fault = self.faults.get(path) or self.faults.get("*")
        if fault:
            fault(handler)
            return
        reply = self.site.page(path)
        body = reply.body
        for rewrite in filter(None, (self.rewrites.get(reply.kind), self.rewrites.get(path))):
            body = rewrite(body.decode()).encode()
        handler.send(reply.status, reply.content_type, body)

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for since the last reset, in order."""
        return [request.path for request in self.requests]

    @property
    def article_paths(self) -> list[str]:
        """The articles among them: whatever is neither a list nor a page that every build asks for."""
        others = {*self.site.lists(), "/", "/robots.txt"}
        return [path for path in self.paths if path not in others]


@contextmanager
def serve(*codes: str) -> Iterator[tuple[Server, ...]]:
    """A server for each edition, and afterwards the proof that none of them met an error of its own."""
    servers = [Server(sample(code)) for code in codes]
    for server in servers:
        server.start()
    try:
        yield tuple(servers)
    finally:
        for server in servers:
            server.stop()
    assert [server.errors for server in servers] == [[] for _ in servers]


@dataclass(frozen=True, slots=True)
class Result:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """The JSON that it printed."""
        value = json.loads(self.out)
        assert isinstance(value, dict)
        return value

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of JSON that it printed."""
        value = json.loads(self.out)
        assert isinstance(value, list)
        return value

    @property
    def sentence(self) -> str:
        """The one line on stderr that tells what is wrong; nothing else may be printed."""
        assert self.out == ""
        (line,) = self.err.splitlines()
        return line


def run(*arguments: str | Path) -> Result:
    """A command in this process; an exception that escapes from it fails the test."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)
    return Result(result.exit_code, result.stdout, result.stderr)


def command(*arguments: str | Path) -> list[str]:
    """The command line of the program in a process of its own."""
    return [sys.executable, "-m", "feedgen_mayadeen", *map(str, arguments)]


def run_process(*arguments: str | Path) -> Result:
    """A command in a process of its own, as a person starts it."""
    done = subprocess.run(
        command(*arguments),
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)


class Place:
    """An output folder and a memory, and the servers that are read."""

    def __init__(self, folder: Path, *servers: Server) -> None:
        self.out, self.state = folder / "out", folder / "state"
        self.servers = servers

    def copy_from(self, other: "Place") -> None:
        """Takes over what another place holds, with the times of the files."""
        shutil.copytree(other.out, self.out)
        shutil.copytree(other.state, self.state)

    @property
    def folders(self) -> tuple[str, ...]:
        """The options that name the two folders."""
        return "--out", str(self.out), "--state", str(self.state)

    @property
    def options(self) -> tuple[str, ...]:
        """The options that read the servers into the folders, without pauses."""
        editions = [
            ("--edition", server.site.edition.key, "--origin", f"{server.site.edition.key}={server.url}")
            for server in self.servers
        ]
        return *self.folders, "--delay", "0", *(option for options in editions for option in options)

    def build(self, *options: str | Path) -> Result:
        """`build --json`, after the servers have forgotten what was asked before."""
        for server in self.servers:
            server.reset()
        return run("build", *self.options, "--base-url", BASE_URL, "--json", *options)

    def build_at(self, now: datetime, **settings: object) -> Report:
        """A build at an instant, with settings of `[build]`, after the servers have forgotten what was asked before."""
        for server in self.servers:
            server.reset()
        codes = [server.site.edition.key for server in self.servers]
        origins = {server.site.edition.key: server.url for server in self.servers}
        return build(Plan(config_of(editions=codes, **settings), self.out, self.state, origins), now=now)

    def build_with(
        self,
        now: datetime,
        *,
        stop: StopSignal | None = None,
        backfill: str | None = None,
        **tables: Mapping[str, object],
    ) -> Report:
        """The same with settings of any tables: `tags={"min_articles": 2}`."""
        for server in self.servers:
            server.reset()
        codes = [server.site.edition.key for server in self.servers]
        origins = {server.site.edition.key: server.url for server in self.servers}
        options = {"build": {}, **tables, "fetch": {"delay": 0, **tables.get("fetch", {})}}
        options["build"] = {"editions": codes, "base_url": BASE_URL, **options["build"]}
        config = read_config(Path("no-such.toml"), required=False, options={name: dict(t) for name, t in options.items()})
        return build(Plan(config, self.out, self.state, origins, backfill=backfill), now=now, stop=stop)

    @property
    def feeds(self) -> dict[str, ReadFeed]:
        """The feeds in the output folder, by key."""
        return read_folder(self.out)

    @property
    def files(self) -> Files:
        """The Atom files of the output folder: bytes and time of the last change."""
        return {name: file for name, file in files_of(self.out).items() if name.endswith(".xml")}

    @property
    def other_files(self) -> Files:
        """The other forms of the feeds and what lists them, without what tells of each build."""
        return {
            name: file
            for name, file in files_of(self.out).items()
            if not name.endswith((".xml", "index.html")) and name != "status.json"
        }


def config_of(**build_settings: object) -> Config:
    """The default settings, without pauses, with some of `[build]`."""
    return read_config(
        Path("no-such.toml"),
        required=False,
        options={"build": {"base_url": BASE_URL, **build_settings}, "fetch": {"delay": 0}},
    )


def files_of(folder: Path) -> Files:
    """Every file of a folder by its path: bytes and time of the last change in nanoseconds."""
    return {
        file.relative_to(folder).as_posix(): (file.read_bytes(), file.stat().st_mtime_ns)
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


# Faults


def status(code: int, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer of this status with a small page."""
    return lambda handler: handler.send(code, HTML, b"<h1>No</h1>", headers)


def page(text: str, content_type: str = HTML) -> Answer:
    """An answer of status 200 with this text."""
    return lambda handler: handler.send(200, content_type, text.encode())


def redirect(target: str) -> Answer:
    """A redirect."""
    return lambda handler: handler.send(302, HTML, b"", {"Location": target})


def dropped(handler: SampleHandler) -> None:
    """Hangs up without an answer."""
    handler.close_connection = True


def truncated(handler: SampleHandler) -> None:
    """Promises more than it sends, and hangs up."""
    body = handler.sample.site.page(handler.path).body
    handler.send_response(200)
    handler.send_header("Content-Type", HTML)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    handler.close_connection = True


def not_gzip(handler: SampleHandler) -> None:
    """Says that it is packed, and is not."""
    body = b"<h1>not packed</h1>"
    handler.send_response(200)
    for name, value in {"Content-Type": HTML, "Content-Encoding": "gzip", "Content-Length": str(len(body))}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)

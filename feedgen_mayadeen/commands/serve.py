"""Serves a finished folder on this machine, as GitHub Pages does: its content types, validators, page for wrong addresses."""

from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from feedgen_mayadeen.errors import UsageError

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".opml": "text/x-opml",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml",
}


_STARTS = ("index.html", "ar/index.html", "es/index.html", "all.xml", "ar/all.xml", "es/all.xml", "feeds.opml")


class _Handler(SimpleHTTPRequestHandler):
    extensions_map = SimpleHTTPRequestHandler.extensions_map | _TYPES

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class's name
        """Says nothing: the person looks at pages, not at requests."""

    def _answer(self, *, with_body: bool) -> None:
        wanted = Path(self.translate_path(self.path))
        if wanted.is_dir() and not self.path.partition("?")[0].endswith("/"):
            self.send_response(HTTPStatus.MOVED_PERMANENTLY)
            self.send_header("Location", f"{self.path.partition('?')[0]}/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        # An address without suffix leads to the page of that name.
        choices = (wanted, wanted / "index.html", wanted.with_name(f"{wanted.name}.html"))
        file = next((one for one in choices if one.is_file()), None)
        status = HTTPStatus.OK if file else HTTPStatus.NOT_FOUND
        self._send(status, file or Path(self.directory) / "404.html", with_body=with_body)

    def _send(self, status: HTTPStatus, file: Path, *, with_body: bool) -> None:
        """A file with its validator, or 304 for a browser or reader that has it."""
        body = file.read_bytes() if file.is_file() else b"Not found\n"
        changed = file.stat().st_mtime_ns if file.is_file() else None
        etag = f'"{changed:x}-{len(body):x}"' if changed else None
        if etag and status is HTTPStatus.OK and etag in self.headers.get("If-None-Match", ""):
            status, with_body = HTTPStatus.NOT_MODIFIED, False
        self.send_response(status)
        self.send_header("Content-Type", self.guess_type(str(file)) if changed else _TYPES[".txt"])
        self.send_header("Cache-Control", "max-age=600")
        if etag and changed:
            self.send_header("ETag", etag)
            self.send_header("Last-Modified", self.date_time_string(changed // 10**9))
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)


class Preview(ThreadingHTTPServer):
    """A server for one folder on 127.0.0.1. Use as a context manager, then `run`."""

    daemon_threads = True

    def __init__(self, folder: Path, port: int = 0) -> None:
        if not folder.is_dir():
            raise UsageError(str(folder), "is no folder")
        self._folder = folder
        try:
            super().__init__(("127.0.0.1", port), partial(_Handler, directory=str(folder)))
        except OSError as error:
            raise UsageError(f"--port {port}", f"can't be used ({error.strerror})") from error

    @property
    def url(self) -> str:
        """The address of the folder, without a slash at the end."""
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses that a person begins with, as far as the folder has these files."""
        return tuple(f"{self.url}/{name}" for name in _STARTS if (self._folder / name).is_file())

    def run(self) -> None:
        """Serves until Ctrl-C."""
        try:
            self.serve_forever()
        except KeyboardInterrupt:
            return

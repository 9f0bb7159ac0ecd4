"""Serves a finished folder on this machine as GitHub Pages does: its content types, 304, its page for wrong addresses."""

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

    def translate_path(self, path: str) -> str:
        """The file for a path; one without suffix leads to the page of that name."""
        found = super().translate_path(path)
        is_there = Path(found).is_file() or Path(found, "index.html").is_file()
        # Beside the folder itself nothing is served.
        if is_there or found.endswith("/") or Path(found) == Path(self.directory):
            return found
        return f"{found}.html" if Path(f"{found}.html").is_file() else found

    def list_directory(self, path: Any) -> None:
        """Shows no folder."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """The folder's own page for a wrong address."""
        page = Path(self.directory) / "404.html"
        if code != HTTPStatus.NOT_FOUND or not page.is_file():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", _TYPES[".html"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def end_headers(self) -> None:
        """Ends the head of an answer, which may be kept as long as GitHub Pages lets it."""
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class's name
        """Says nothing: the person looks at pages, not at requests."""


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

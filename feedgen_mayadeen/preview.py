"""Serves a finished folder on this machine, with the content types that GitHub Pages sends."""

from functools import partial
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


class _Handler(SimpleHTTPRequestHandler):
    extensions_map = SimpleHTTPRequestHandler.extensions_map | _TYPES

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class's name
        """Says nothing: the person looks at pages, not at requests."""


class Preview(ThreadingHTTPServer):
    """A server for one folder on 127.0.0.1. Use as a context manager, then `run`."""

    daemon_threads = True

    def __init__(self, folder: Path, port: int = 0) -> None:
        if not folder.is_dir():
            raise UsageError(str(folder), "is no folder")
        try:
            super().__init__(("127.0.0.1", port), partial(_Handler, directory=str(folder)))
        except OSError as error:
            raise UsageError(f"--port {port}", f"can't be used ({error.strerror})") from error

    @property
    def url(self) -> str:
        """The address of the folder, without a slash at the end."""
        return f"http://127.0.0.1:{self.server_port}"

    def run(self) -> None:
        """Serves until Ctrl-C."""
        try:
            self.serve_forever()
        except KeyboardInterrupt:
            return

"""The sample site's server: HTTP on loopback, what was asked of it, and a place to inject faults."""

import contextlib
import gzip
import hashlib
import socket
import socketserver
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType, TracebackType
from typing import Any, Self, cast
from urllib.parse import unquote, urlsplit

from feedgen_mayadeen.sample.site import SampleSite

LOOPBACK = "127.0.0.1"
STOP_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class SampleRequest:
    """One request that reached the server; `status` is 0 while, or if, no status line was sent."""

    method: str
    path: str
    query: str
    status: int
    headers: Mapping[str, str]


class SampleServer(ThreadingHTTPServer):
    """Serves a sample site on 127.0.0.1, in threads, from `with` (or `start`) to its end (or `stop`).

    Tests override `answer` to inject faults. `validators` says whether ETag is sent; `errors` holds what
    went wrong inside the server, other than clients hanging up.
    """

    daemon_threads = True
    request_queue_size = 64
    url: str

    def __init__(self, site: SampleSite, port: int = 0) -> None:
        """Take the port, 0 for a free one; nothing is answered before `start`."""
        self.site = site
        self.validators = True
        self.errors: list[BaseException] = []
        self._records: list[_Record] = []
        self._open: set[Any] = set()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._lends_media = False
        super().__init__((LOOPBACK, port), SampleHandler)
        self.url = f"http://{LOOPBACK}:{self.server_port}"

    def server_bind(self) -> None:
        """Bind without asking the name service what this machine is called, which can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = LOOPBACK, self.socket.getsockname()[1]

    def start(self) -> Self:
        """Begin to answer; pictures get this server's address if the site has no other base for them."""
        self._lends_media = self.site.media is None
        if self._lends_media:
            self.site.media = self.url
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close the port and every connection; returns when they are closed."""
        if self._thread:
            self.shutdown()
            self._thread.join()
            self._thread = None
        if self._lends_media:
            self.site.media = None
        self.server_close()
        with self._changed:
            for connection in tuple(self._open):
                self._hang_up(connection)
            self._changed.wait_for(lambda: not self._open, STOP_SECONDS)

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop."""
        self.stop()

    @property
    def requests(self) -> tuple[SampleRequest, ...]:
        """What was asked since the start or the last `reset`, in the order in which it came."""
        return tuple(record.frozen() for record in tuple(self._records))

    def reset(self) -> None:
        """Forget the requests."""
        self._records = []

    def answer(self, handler: "SampleHandler", path: str) -> None:
        """Answer one request for a path in decoded text; what a test overrides."""
        reply = self.site.page(path)
        handler.send(reply.status, reply.content_type, reply.body)

    # What socketserver calls

    def get_request(self) -> tuple[Any, Any]:
        """Accept a connection and remember it, so that `stop` can close it."""
        connection, address = super().get_request()
        with self._changed:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        """Close a connection."""
        super().shutdown_request(request)
        with self._changed:
            self._open.discard(request)
            self._changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep an error for the test to see; a client that hangs up is none."""
        error = sys.exception()
        if error is not None and not isinstance(error, ConnectionError | TimeoutError):
            self.errors.append(error)

    def _hang_up(self, connection: Any) -> None:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)


class SampleHandler(BaseHTTPRequestHandler):
    """One connection: hands each request to the server's `answer` and sends what that decides."""

    protocol_version = "HTTP/1.1"
    # Headers and body leave in one packet, or Nagle's algorithm delays each answer by 40 ms.
    wbufsize = -1
    disable_nagle_algorithm = True
    _record: "_Record | None" = None

    @property
    def sample(self) -> SampleServer:
        """The server."""
        return cast(SampleServer, self.server)

    def do_GET(self) -> None:
        """Record the request and answer it."""
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        record = self._record = _Record(self.command, path, parts.query, dict(self.headers.items()))
        self.sample._records.append(record)
        try:
            self.sample.answer(self, path)
        finally:
            # What comes next on this connection may be no request at all, and is not this one's answer.
            self._record = None

    def do_HEAD(self) -> None:
        """Answer like GET; `send` leaves the body out."""
        self.do_GET()

    def send(self, status: int, content_type: str, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        """Send a whole answer: 304 if the client has it, packed if the client can read that."""
        more = dict(headers or {})
        if self.sample.validators and status == 200:
            etag = more.setdefault("ETag", f'"{hashlib.sha256(body).hexdigest()[:32]}"')
            if etag in self._known_etags():
                status, body = 304, b""
        if body and content_type.startswith(("text/", "application/")) and self._reads_gzip():
            body = gzip.compress(body, 6, mtime=0)
            more |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        self.send_response(status)
        if status != 304:
            more |= {"Content-Type": content_type, "Content-Length": str(len(body))}
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def version_string(self) -> str:
        """Return the Server header."""
        return "SampleSite"

    def _known_etags(self) -> tuple[str, ...]:
        given = self.headers.get("If-None-Match", "")
        return tuple(etag.strip().removeprefix("W/") for etag in given.split(","))

    def _reads_gzip(self) -> bool:
        offers = (offer.replace(" ", "") for offer in self.headers.get("Accept-Encoding", "").split(","))
        return any(offer == "gzip" or (offer.startswith("gzip;q=") and offer != "gzip;q=0") for offer in offers)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Note the status; called before the first byte leaves, so a client never knows it earlier than a test."""
        if self._record is not None:
            self._record.status = int(code)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  # the base class's name
        """Stay silent."""


@dataclass(slots=True)
class _Record:
    """A request whose status is not known yet."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    status: int = 0

    def frozen(self) -> SampleRequest:
        return SampleRequest(self.method, self.path, self.query, self.status, MappingProxyType(dict(self.headers)))

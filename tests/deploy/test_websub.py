"""WebSub: a hub is told of exactly the feeds that changed; whatever it answers, the run goes on."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from feedgen_mayadeen import USER_AGENT
from feedgen_mayadeen.deploy.websub import ping

TOPICS = tuple(f"https://example.org/feeds/{name}.xml" for name in ("all", "news", "ar/%D8%BA%D8%B2%D8%A9", "a&b=c"))


class Hub(ThreadingHTTPServer):
    """A hub on loopback: answers each ping with the next of its statuses, the last one for ever.

    None hangs up, 0 is silence, 1 a status line without end.
    """

    daemon_threads = True

    def __init__(self, *statuses: int | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses = list(statuses)
        self.forms: list[list[tuple[str, str]]] = []
        self.headers: list[dict[str, str]] = []
        self.silent = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hub?key=1"

    @property
    def topics(self) -> tuple[str, ...]:
        return tuple(dict(form)["hub.url"] for form in self.forms)

    def handle_error(self, *_: object) -> None:
        """A client that has gone is no fault of the hub's."""


class _Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.forms.append(parse_qsl(body, strict_parsing=True))
        self.server.headers.append({**dict(self.headers), "path": self.path})
        status = self.server.statuses.pop(0) if len(self.server.statuses) > 1 else self.server.statuses[0]
        if status is None:
            self.close_connection = True
            return
        if status == 0:
            self.server.silent.wait()
            return
        if status == 1:
            self.wfile.write(b"HTTP/1.1 204 ")
            while not self.server.silent.wait(0.02):
                self.wfile.write(b"x")
            return
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def hub(*statuses: int | None) -> Iterator[Hub]:
    with Hub(*statuses) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.silent.set()
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("status", [200, 202, 204])
def test_the_hub_is_told_of_each_feed_in_a_request_of_its_own(status: int) -> None:
    with hub(status) as server:
        assert ping(server.url, TOPICS) == ()
    assert server.forms == [[("hub.mode", "publish"), ("hub.url", topic)] for topic in TOPICS]
    for headers in server.headers:
        assert headers["Content-Type"] == "application/x-www-form-urlencoded"
        assert headers["User-Agent"] == USER_AGENT
        assert headers["path"] == "/hub?key=1"


def test_without_a_changed_feed_the_hub_is_not_asked() -> None:
    with hub(204) as server:
        assert ping(server.url, ()) == ()
    assert server.forms == []


@pytest.mark.parametrize("status", [301, 302, 307, 400, 403, 404, 429, 500, 503])
def test_a_refusal_is_a_sentence_and_the_other_feeds_are_told(status: int) -> None:
    with hub(204, status, 204) as server:
        (error,) = ping(server.url, TOPICS)
    assert server.topics == TOPICS
    assert str(error) == (
        f"{TOPICS[1]}: the hub was not told that this feed has changed ({server.url} answers with status {status});"
        " readers get it at their next look; if this lasts, see whether `hub` in feeds.toml is right"
    )


def test_a_hub_that_hangs_up_is_a_sentence() -> None:
    with hub(204, None, 204) as server:
        (error,) = ping(server.url, TOPICS)
    assert error.address == TOPICS[1]
    assert server.topics == TOPICS


def test_after_three_failures_in_a_row_the_rest_is_not_tried() -> None:
    many = tuple(f"https://example.org/{number}.xml" for number in range(50))
    with hub(500, 500, 204, 500) as server:
        errors = ping(server.url, many)
    assert server.topics == many[:6]
    assert [error.address for error in errors] == [*(many[n] for n in (0, 1, 3, 4, 5)), server.url]
    assert "after 3 failures in a row; nor of 43 more" in str(errors[-1])


@pytest.mark.parametrize("status", [0, 1])
def test_a_hub_that_never_answers_does_not_hold_the_run_up(status: int) -> None:
    with hub(204, status) as server:
        (error,) = ping(server.url, TOPICS, seconds=0.5)
    assert "not within 0.5 seconds; nor of 2 more" in str(error)


def test_nobody_at_the_hubs_address_is_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    (error,) = ping(f"http://127.0.0.1:{port}/", TOPICS[:1])
    assert "refused" in str(error)


@pytest.mark.parametrize(
    "address", ["", "hub.example.org", "file:///etc/passwd", "http://", "http://[", "http://a b/", "http://\n"]
)
def test_what_is_no_address_of_a_hub_is_a_sentence(address: str) -> None:
    (error,) = ping(address, TOPICS[:1])
    assert "the hub was not told" in str(error)


def test_no_password_of_the_environment_goes_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".netrc").write_text("default login me password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with hub(204) as server:
        assert ping(server.url, TOPICS[:1]) == ()
    assert "Authorization" not in server.headers[0]

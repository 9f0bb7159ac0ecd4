"""Of the user's environment only proxies and certificates reach a request."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedgen_mayadeen.errors import FetchError, TimedOutError, UnreachableError
from feedgen_mayadeen.fetch import Fetcher, FetchSettings
from feedgen_mayadeen.sample import SampleHandler
from feedgen_mayadeen.stop import StopSignal
from tests.fetch.test_bounds import LARGE, LONG, slowly
from tests.running import Place, Server, run_process, sample

HOST = "espanol.almayadeen.net"
CERTIFICATES = Path(__file__).with_name("certificates")
"""A certificate for 127.0.0.1 that signs itself, and its key: made for these tests, good for a hundred years."""
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests say what there is of these."""
    for name in (*PROXIES, *map(str.upper, PROXIES), *BUNDLES, "NETRC", "REQUEST_METHOD"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def secure() -> Iterator[Server]:
    """The Spanish sample site over TLS."""
    server = Server(sample())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / "loopback.pem", CERTIFICATES / "loopback.key")
    # The handshake is each connection's own: one that fails must not hold up the others.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    with server:
        server.url = server.url.replace("http:", "https:")
        yield server


def got(origin: str, path: str = "/videos", **settings: float) -> str:
    """The text of a page that is asked for at an origin."""
    given = FetchSettings(delay=0, retries=0, **settings)  # type: ignore[arg-type]  # numbers only
    with Fetcher(given, frozenset((HOST,)), {HOST: origin}, StopSignal()) as fetcher:
        page = fetcher.get(f"https://{HOST}{path}")
    assert page
    return page.text


# What does not reach it


@pytest.mark.parametrize(
    "content",
    [
        b"default login me password secret\n",
        b"machine 127.0.0.1 login me password secret\n",
        b"machine 127.0.0.1 login se\xf1or password secret\n",
        b"machine nonsense\n",
    ],
    ids=["default", "of the host", "no UTF-8", "no netrc"],
)
@pytest.mark.parametrize("name", [".netrc", "_netrc", "named"])
def test_no_file_of_passwords_is_read(
    place: Place, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, name: str
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / name).write_bytes(content)
    (home / name).chmod(0o600)
    monkeypatch.setenv("HOME", str(home))
    if name == "named":
        monkeypatch.setenv("NETRC", str(home / name))
    assert place.build("--only", "videos").code == 0
    assert server.requests
    assert all("Authorization" not in request.headers for request in server.requests)


def test_a_build_as_a_process_sends_the_same_headers_in_any_environment(
    place: Place, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def headers() -> list[dict[str, str]]:
        server.reset()
        assert run_process("build", *place.options, "--dry-run", "--only", "videos").code == 0
        return sorted((dict(request.headers) for request in server.requests), key=repr)

    before = headers()
    (tmp_path / ".netrc").write_text("default login me password secret\n")
    (tmp_path / ".curlrc").write_text('user-agent = "me"\n')
    (tmp_path / ".wgetrc").write_text("header = X-Me: me\n")
    for name in (
        "HTTP_USER_AGENT",
        "USER_AGENT",
        "HTTP_COOKIE",
        "HTTP_REFERER",
        "HTTP_AUTHORIZATION",
        "GITHUB_TOKEN",
        "EMAIL",
    ):
        monkeypatch.setenv(name, "secret")
    for name in ("HOME", "USERPROFILE", "XDG_CONFIG_HOME", "CURL_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    assert headers() == before


# What reaches it


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
def test_a_proxy_is_asked(server: Server, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, server.url)
    assert got("http://site.invalid")
    (request,) = server.requests
    assert request.headers["Host"] == "site.invalid"


@pytest.mark.parametrize("name", ["no_proxy", "NO_PROXY"])
def test_a_proxy_is_not_asked_for_a_host_that_is_left_out(server: Server, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://proxy.invalid")
    monkeypatch.setenv(name, "127.0.0.1")
    assert got(server.url)


@pytest.mark.parametrize(
    "proxy", ["http://[", "socks5://127.0.0.1:9", "nonsense://x", "http://127.0.0.1:99999", "http://proxy.invalid"]
)
def test_a_proxy_that_cannot_be_used_is_a_sentence(server: Server, monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(UnreachableError, match="the proxy could not be used"):
        got(server.url)
    assert server.requests == ()


@pytest.mark.parametrize("name", BUNDLES)
def test_certificates_of_the_environment_are_believed(secure: Server, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with pytest.raises(UnreachableError, match="secure connection failed"):
        got(secure.url)
    monkeypatch.setenv(name, str(CERTIFICATES / "loopback.pem"))
    assert got(secure.url)


@pytest.mark.parametrize("content", [None, b"", b"nonsense", b"\xff\xfe"])
def test_a_file_of_certificates_that_cannot_be_read_is_a_sentence(
    secure: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    file = tmp_path / "bundle.pem"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(file))
    with pytest.raises(UnreachableError, match="no connection could be made"):
        got(secure.url)


# Bounds hold there too


@pytest.mark.parametrize("name", ["a gibibyte as gzip", "gzip in chunks that nothing comes of", "a chunk's line without end"])
def test_answers_over_tls_are_bounded_in_size(secure: Server, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    answer, kind = LARGE[name]
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATES / "loopback.pem"))
    secure.faults["/videos"] = answer
    with pytest.raises(FetchError) as caught:
        got(secure.url)
    assert type(caught.value).__name__ == f"{kind}Error"


@pytest.mark.parametrize("name", ["a head byte by byte", "a body byte by byte"])
@pytest.mark.parametrize("way", ["tls", "proxy"])
def test_answers_over_tls_or_a_proxy_are_bounded_in_time(
    secure: Server, server: Server, monkeypatch: pytest.MonkeyPatch, name: str, way: str
) -> None:
    answer, _ = LONG[name]
    if way == "tls":
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATES / "loopback.pem"))
    else:
        monkeypatch.setenv("HTTP_PROXY", server.url)
    for one in (secure, server):
        one.faults["/videos"] = answer
    with pytest.raises(TimedOutError, match="too slowly"):
        got(secure.url if way == "tls" else "http://site.invalid", timeout=1)


def test_a_proxy_that_takes_for_ever_to_connect_is_given_up(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SampleHandler, "do_CONNECT", slowly(b"HTTP/1.1 200 OK\r\nX-More: ", b"x"), raising=False)
    monkeypatch.setenv("HTTPS_PROXY", server.url)
    with pytest.raises(TimedOutError):
        got("https://site.invalid", timeout=1)

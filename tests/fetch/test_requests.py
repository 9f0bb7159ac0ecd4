"""What is asked for a page and what comes of it: addresses as they are written, bytes of headers, numbers, packed files."""

import gzip
import socket
from collections.abc import Mapping
from contextlib import AbstractContextManager
from itertools import count

import pytest

from feedgen_mayadeen import errors
from feedgen_mayadeen.fetch import Fetcher, FetchSettings
from feedgen_mayadeen.report import ListOutcome
from feedgen_mayadeen.sample import SampleHandler
from feedgen_mayadeen.stop import StopSignal
from tests.faults import as_it_is, silent
from tests.records import KEYS
from tests.running import HTML, Answer, Place, Server, page, redirect, run, status

HOST = "espanol.almayadeen.net"
TEXT = "text/plain; charset=utf-8"


def fetching(server: Server, **settings: float) -> AbstractContextManager[Fetcher]:
    """A fetcher of the Spanish edition's pages from this server."""
    given = FetchSettings(delay=0, **settings)  # type: ignore[arg-type]  # numbers only
    return Fetcher(given, frozenset((HOST,)), {HOST: server.url}, StopSignal())


def bare(body: bytes, headers: Mapping[str, str]) -> Answer:
    """An answer with these headers alone, at whose end the server hangs up."""

    def answer(handler: SampleHandler) -> None:
        handler.close_connection = True
        handler.send_response(200)
        for name, value in {"Content-Type": HTML, **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def as_raw_bytes(text: str) -> str:
    """What http.server sends as the bytes of UTF-8."""
    return text.encode().decode("latin-1")


# Bytes of headers


@pytest.mark.parametrize("target", ["/lugar/política-غزة", "/a b", "/lugar/pol%C3%ADtica", "/lugar/ya%20est%C3%A1?x=í&y=%2F"])
def test_a_redirect_is_read_as_its_bytes_are(server: Server, target: str) -> None:
    server.faults["/before"] = redirect(as_raw_bytes(target))
    server.faults["*"] = page("<p>there")
    with fetching(server) as fetcher:
        found = fetcher.get(f"https://{HOST}/before")
    assert found
    assert found.text == "<p>there"
    asked = server.requests[-1]
    assert asked.path in ("/lugar/política-غزة", "/a b", "/lugar/política", "/lugar/ya está")
    assert asked.query in ("", "x=%C3%AD&y=%2F")


def test_a_redirect_in_latin_1_is_asked_for_with_the_bytes_that_came(server: Server) -> None:
    lines: list[str] = []

    def noting(handler: SampleHandler) -> None:
        lines.append(handler.requestline)
        page("<p>there")(handler)

    server.faults = {"/before": redirect("/pol\xedtica"), "*": noting}
    with fetching(server) as fetcher:
        assert fetcher.get(f"https://{HOST}/before")
    assert lines == ["GET /pol%EDtica HTTP/1.1"]


@pytest.mark.parametrize("name", ["ETag", "Last-Modified"])
def test_a_validator_goes_back_byte_by_byte(server: Server, name: str) -> None:
    value = as_raw_bytes('"señal-إشارة\xff"')
    server.faults["/videos"] = bare(b"<p>x", {name: value})
    with fetching(server) as fetcher:
        found = fetcher.get(f"https://{HOST}/videos")
        assert found
        fetcher.get(f"https://{HOST}/videos", found.validators)
    assert server.requests[-1].headers[{"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}[name]] == value


def test_a_cookie_goes_back_byte_by_byte(server: Server) -> None:
    server.faults["/videos"] = bare(b"<p>x", {"Set-Cookie": as_raw_bytes("seen=señal")})
    with fetching(server) as fetcher:
        assert fetcher.get(f"https://{HOST}/videos")
        assert fetcher.get(f"https://{HOST}/videos")
    assert server.requests[-1].headers["Cookie"] == as_raw_bytes("seen=señal")


# Addresses as they are written


def test_a_site_that_leads_each_address_to_itself_with_a_slash_is_read(place: Place, server: Server) -> None:
    def with_slash(handler: SampleHandler) -> None:
        path = handler.path.partition("?")[0]
        if path == "/robots.txt" or path.endswith("/"):
            reply = handler.sample.site.page(path.rstrip("/") or "/")
            handler.send(reply.status, reply.content_type, reply.body)
        else:
            redirect(f"{handler.path}/")(handler)

    server.faults["*"] = with_slash
    report = place.build_with(server.site.now)
    assert (report.exit_code, report.problems) == (0, [])
    assert place.feeds["es/all"].numbers == [article.postid for article in server.site.articles]


def test_a_redirect_within_the_sites_hosts_is_followed_as_it_is_written(english: Server) -> None:
    """To another scheme, to another host, with a query that canonical addresses lack, and back."""
    one, other = "english.almayadeen.net", "next-en.almayadeen.net"
    steps = {
        "/a": f"http://{one}/a/",
        "/a/": f"https://{other}/a?utm_source=x",
        "/b": f"https://{other.upper()}:443/news/#top",
    }
    for path, target in steps.items():
        english.faults[path] = redirect(target)

    def last(handler: SampleHandler) -> None:
        (page("<p>there") if "utm_source" in handler.path else redirect(steps["/a"]))(handler)

    english.faults |= {"/a": last, "/news/": page("<p>news")}
    hosts = frozenset((one, other))
    with Fetcher(FetchSettings(delay=0), hosts, dict.fromkeys(hosts, english.url), StopSignal()) as fetcher:
        found = fetcher.get(f"https://{one}/a")
        assert found
        assert (found.address, found.text) == (f"https://{other}/a", "<p>there")
        news = fetcher.get(f"https://{one}/b")
        assert news
        assert news.address == f"https://{other}/news"
    assert english.paths == ["/a", "/a/", "/a", "/b", "/news/"]


def test_a_redirect_to_the_same_place_by_another_scheme_is_no_circle(server: Server) -> None:
    """The connection fails, for the server knows no TLS; but it was tried."""
    server.faults["/videos"] = redirect(f"{server.url.replace('http:', 'https:')}/videos")
    with fetching(server, retries=0) as fetcher, pytest.raises(errors.UnreachableError, match="secure connection"):
        fetcher.get(f"https://{HOST}/videos")


@pytest.mark.parametrize(
    "target", ["ftp://espanol.almayadeen.net/", "javascript:alert(1)", "https://espanol.almayadeen.net:8443/"]
)
def test_what_is_no_page_of_the_site_is_not_followed(server: Server, target: str) -> None:
    server.faults["/videos"] = redirect(target)
    with fetching(server) as fetcher, pytest.raises(errors.OffSiteError, match="redirected to"):
        fetcher.get(f"https://{HOST}/videos")
    assert server.paths == ["/videos"]


# Numbers from outside


@pytest.mark.parametrize("delay", ["10000000000", "3601", "1e9"])
def test_a_crawl_delay_beyond_an_hour_is_one_sentence(built: Place, server: Server, delay: str) -> None:
    before = built.files
    server.faults["/robots.txt"] = page(f"User-agent: *\nCrawl-delay: {delay}\n", TEXT)
    result = built.build()
    assert result.code == 3
    (problem,) = result.report["problems"]
    assert problem["kind"] == "CrawlDelay"
    assert f"({float(delay):.0f} seconds)" in problem["sentence"]
    assert server.paths == ["/robots.txt"]
    assert built.files == before


@pytest.mark.parametrize("delay", ["nan", "-5", "-1e400", "1e400", "inf", "soon", "", "9" * 5000 + "x", "٣"])
def test_a_crawl_delay_that_is_no_number_is_none(built: Place, server: Server, delay: str) -> None:
    server.faults["/robots.txt"] = page(f"User-agent: *\nCrawl-delay: {delay}\n" if delay != "٣" else "Crawl-delay: ٣", TEXT)
    report = built.build_with(server.site.now)
    assert (report.exit_code, report.problems, report.seconds_waited) == (0, [], 0)


@pytest.mark.parametrize("length", ["-1", "nan", "1e9", "5, 6", "0x10", "", "4.5", "+4", "9" * 5000, "5\r\nContent-Length: 6"])
def test_a_length_that_is_no_number_fails_nothing_else(built: Place, server: Server, length: str) -> None:
    body = server.site.page("/videos").body
    server.faults["/videos"] = bare(body, {"Content-Length": length})
    report = built.build_with(server.site.now, fetch={"retries": 0})
    assert {problem.address for problem in report.problems} <= {f"https://{HOST}/videos"}
    assert [each.seen for each in report.lists].count(ListOutcome.UNCHANGED) == len(report.lists) - 1


# A host that does not answer


def test_a_host_that_never_answers_is_left_alone_after_three_pages(built: Place, server: Server) -> None:
    """With default settings each request is given 20 s: five of them, and pauses of seconds, are less than four minutes."""
    server.faults = {"*": silent, "/robots.txt": as_it_is}
    report = built.build_with(server.site.now, fetch={"timeout": 1})
    assert FetchSettings().timeout * 5 < 240
    assert server.paths[:4] == ["/robots.txt", "/", "/", "/"]
    assert len(server.paths) == 4 + 2
    assert [problem.kind for problem in report.problems] == ["TimedOut"] * 3 + ["NotAsked"]
    assert "4 lists, because the site did not answer the requests before" in report.problems[-1].sentence
    assert report.exit_code == 3


@pytest.mark.parametrize("host", ["127.0.0.1", "site.invalid"], ids=["refused", "no name"])
def test_a_host_that_is_not_there_is_left_alone_after_three_pages(built: Place, server: Server, host: str) -> None:
    """Nothing listens at the place that its pages are asked from. robots.txt, home and one list; feed.rss is tried too."""
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    server.url = f"http://{host}:{port}"
    report = built.build_with(server.site.now, fetch={"jobs": 1})
    tries = 1 + FetchSettings().retries
    assert report.requests == tries + 1 + 1 + 1
    assert [problem.kind for problem in report.problems] == ["Unreachable"] * 2 + ["NotAsked"]
    assert report.exit_code == 3


def test_pages_without_an_answer_that_do_not_follow_each_other_end_nothing(built: Place, server: Server) -> None:
    turns = count()
    for path in KEYS["es"]:
        server.faults[path] = lambda handler: (silent if next(turns) % 2 else status(404))(handler)
    report = built.build_with(server.site.now, fetch={"timeout": 1, "retries": 0, "jobs": 1})
    assert [problem.kind for problem in report.problems] == ["NotFound", "TimedOut"] * (len(KEYS["es"]) // 2)


# Packed files, byte order marks


def named_by_robots(server: Server, answer: Answer) -> None:
    """Leaves a sitemap that robots.txt names as the only way to the articles of a list."""
    server.faults = dict.fromkeys(("/feed.rss", "/sitemaps/news.xml", "/sitemaps/all.xml", "/videos"), status(404))
    rules = f"User-agent: *\nSitemap: {server.site.origin}/mapas/uno.xml.gz\n"
    server.faults |= {"/robots.txt": page(rules, TEXT), "/mapas/uno.xml.gz": answer}


@pytest.mark.parametrize("content_type", ["application/gzip", "application/x-gzip", "application/octet-stream", "text/xml"])
@pytest.mark.parametrize("is_packed_again", [False, True])
def test_a_packed_sitemap_is_read(built: Place, server: Server, content_type: str, is_packed_again: bool) -> None:
    text = server.site.page("/sitemaps/all.xml").body
    half = len(text) // 2
    body = gzip.compress(text[:half]) + gzip.compress(text[half:])
    headers = {"Content-Type": content_type, **({"Content-Encoding": "gzip"} if is_packed_again else {})}
    named_by_robots(server, bare(gzip.compress(body) if is_packed_again else body, headers))
    report = built.build_with(server.site.now)
    assert {each.fed_by for each in report.lists if each.key == "videos"} == {"sitemap"}


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (gzip.compress(bytes(200_000)), errors.TooLargeError.message),
        (gzip.compress(b"<urlset/>" * 5)[:-9], errors.CutShortError.message),
        (b"\x1f\x8b" + b"nothing", errors.CutShortError.message),
    ],
    ids=["bomb", "cut", "no gzip"],
)
def test_a_packed_file_is_unpacked_within_the_bounds(built: Place, server: Server, body: bytes, word: str) -> None:
    named_by_robots(server, bare(body, {"Content-Type": "application/gzip"}))
    report = built.build_with(server.site.now, fetch={"max_bytes": 100_000})
    assert any("uno.xml.gz" in note and word in note for note in report.notes)


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_the_first_group_of_robots_txt_counts_after_a_byte_order_mark(place: Place, server: Server, codec: str) -> None:
    body = "User-agent: *\nDisallow: /videos\n".encode(codec)
    server.faults["/robots.txt"] = lambda handler: handler.send(200, TEXT, body)
    report = place.build_with(server.site.now)
    assert "/videos" not in server.paths
    assert "RobotsForbid" in {problem.kind for problem in report.problems}


def test_a_page_is_read_by_its_mark_whatever_the_header_says(server: Server) -> None:
    server.faults["/videos"] = bare("<p>“Señal”".encode("utf-8-sig"), {"Content-Type": "text/html; charset=ISO-8859-1"})
    server.faults["/otra"] = bare("<p>“Señal”".encode("cp1252"), {"Content-Type": "text/html; charset=ISO-8859-1"})
    with fetching(server) as fetcher:
        for path in ("/videos", "/otra"):
            found = fetcher.get(f"https://{HOST}{path}")
            assert found
            assert found.text == "<p>“Señal”"


@pytest.mark.parametrize(("robots", "says"), [("Crawl-delay: 4000", "longer pause"), (None, "answered with an error")])
def test_inspect_says_why_robots_txt_keeps_it_from_asking(server: Server, robots: str | None, says: str) -> None:
    server.faults["/robots.txt"] = page(f"User-agent: *\n{robots}\n", TEXT) if robots else status(500)
    result = run("inspect", f"{server.url}/videos", "--origin", f"es={server.url}", "--delay", "0")
    assert "was not asked" in result.sentence
    assert says in result.sentence
    assert set(server.paths) == {"/robots.txt"}

"""Answers that are too large, too slow or without end: the build ends, names each failure, and stays small."""

import json
import os
import select
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any

import pytest

from feedgen_mayadeen.fetch.pages import MOST_ELEMENTS, MOST_TAGS
from feedgen_mayadeen.sample import SampleHandler
from tests.running import HTML, Answer, Place, Server, command, page

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="measures memory as Linux tells it")

MOST = 150_000_000
"""Bytes of memory that a build may need."""
SETTINGS = "[fetch]\nretries = 0\n"
IMPATIENT = ("--timeout", "1")
"""A whole answer may take three times as long."""
OTHER_WAYS = ("/feed.rss", "/sitemaps/news.xml", "/sitemaps/all.xml")

# The peak of a process counts for the one that it starts, too: this one is small. The time is that of a build without end.
MEASURE = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True, encoding="utf-8", timeout=60)
print(json.dumps([done.returncode, done.stdout, done.stderr, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024]))
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """A build in a process of its own: exit code, report, peak of its memory in bytes."""

    code: int
    report: Mapping[str, Any]
    peak: int

    @property
    def problems(self) -> dict[str, str]:
        """The kind of each problem, by address."""
        return {problem["address"]: problem["kind"] for problem in self.report["problems"]}


def build(place: Place, *options: str) -> Measured:
    """`build --json`, without a second try for any page."""
    settings = place.out.with_name("settings.toml")
    settings.write_text(SETTINGS)
    given = command("build", *place.options, "--json", "--config", settings, *options)
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    output = subprocess.check_output([sys.executable, "-c", MEASURE, *given], encoding="utf-8", env=environment)
    code, told, warned, peak = json.loads(output)
    assert warned == ""
    return Measured(code, json.loads(told), peak)


# Answers

Parts = Callable[[], Iterable[bytes]]
HEAD = f"HTTP/1.1 200 OK\r\nContent-Type: {HTML}\r\n".encode()
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"


def sent(parts: Parts) -> Answer:
    """The bytes of a whole answer, its head too; then the connection stays open until the client hangs up."""

    def answer(handler: SampleHandler) -> None:
        handler.close_connection = True
        handler.log_request(200)
        for part in parts():
            handler.connection.sendall(part)
        select.select([handler.connection], [], [])

    return answer


def begun(start: bytes, *again: bytes) -> Answer:
    """The start of an answer; then the same again and again, without end."""
    return sent(lambda: chain([start], repeat(b"".join(again))))


def slowly(start: bytes, again: bytes) -> Answer:
    """The start of an answer; then the same in a while, and again in a while."""

    def answer(handler: SampleHandler) -> None:
        handler.close_connection = True
        handler.log_request(200)
        handler.connection.sendall(start)
        while not select.select([handler.connection], [], [], 0.02)[0]:
            handler.connection.sendall(again)

    return answer


def coded(coding: str, body: bytes) -> Answer:
    """A body that is packed already."""
    return sent(
        lambda: [
            HEAD,
            f"Content-Encoding: {coding}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode(),
            body,
        ]
    )


# Packed bodies

GZIP, ZLIB, DEFLATE = 31, 15, -15
"""How zlib names gzip, deflate with its frame, and deflate without."""
CHUNK = b"%x\r\n%s\r\n"
NO_OUTPUT = b"\0\0\0\xff\xff" * 10_000
"""Empty stored blocks (RFC 1951 §3.2.4): they go in, and nothing comes out."""


def packed(content: bytes) -> bytes:
    """A whole gzip file."""
    packer = zlib.compressobj(9, zlib.DEFLATED, GZIP)
    return packer.compress(content) + packer.flush()


def opened(wbits: int) -> bytes:
    """The beginning of packed bytes, up to the first block that has something in it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    return packer.compress(b"") + packer.flush(zlib.Z_SYNC_FLUSH)


def mebibytes(count: int, wbits: int) -> Iterator[bytes]:
    """So many mebibytes of zeros, packed: each part stands alone, so that it need not be packed again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    yield packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    yield from repeat(packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH), count - 1)


BOMB = b"".join(mebibytes(1024, GZIP))
GZIPPED, DEFLATED = HEAD + b"Content-Encoding: gzip\r\n", HEAD + b"Content-Encoding: deflate\r\n"

# Each with the class of the failure that it must be reported as.
LARGE: Mapping[str, tuple[Answer, str]] = {
    "a gibibyte as gzip": (coded("gzip", BOMB), "TooLarge"),
    "a gibibyte as deflate": (coded("deflate", b"".join(mebibytes(1024, ZLIB))), "TooLarge"),
    "a gibibyte as bare deflate": (coded("deflate", b"".join(mebibytes(1024, DEFLATE))), "TooLarge"),
    "a gibibyte in chunks": (
        sent(lambda: chain([GZIPPED + CHUNKED], (b"%x\r\n%s\r\n" % (len(part), part) for part in mebibytes(1024, GZIP)))),
        "TooLarge",
    ),
    "a gibibyte twice packed": (coded("gzip, gzip", packed(BOMB)), "TooLarge"),
    "brotli, which nobody asked for": (coded("br", bytes(1_000_000)), "NotHtml"),
    "a body without end": (begun(HEAD + b"\r\n", b"<p>" + b"x" * 65_000), "TooLarge"),
    "chunks without end": (begun(HEAD + CHUNKED, b"fde8\r\n" + b"x" * 65_000 + b"\r\n"), "TooLarge"),
    "too much by its own word": (sent(lambda: [HEAD, b"Content-Length: 999999999999999\r\n\r\n<p>"]), "TooLarge"),
    "gzip that nothing comes of": (begun(GZIPPED + b"\r\n" + opened(GZIP), NO_OUTPUT), "TooLarge"),
    "gzip in chunks that nothing comes of": (
        begun(GZIPPED + CHUNKED + CHUNK % (len(opened(GZIP)), opened(GZIP)), CHUNK % (len(NO_OUTPUT), NO_OUTPUT)),
        "TooLarge",
    ),
    "header lines without end": (begun(HEAD, b"X-More: yes\r\n" * 1000), "Unreachable"),
    "a header line without end": (begun(HEAD + b"X-More: ", b"y" * 65_536), "Unreachable"),
    "a chunk's line without end": (begun(HEAD + CHUNKED + b"5;", b"x" * 65_536), "CutShort"),
}
LONG: Mapping[str, tuple[Answer, str]] = {
    "a head byte by byte": (slowly(HEAD + b"X-More: ", b"x"), "TimedOut"),
    "a body byte by byte": (slowly(HEAD + b"\r\n", b"x"), "TimedOut"),
    "tiny chunks without end": (begun(HEAD + CHUNKED, b"1\r\nx\r\n" * 10_000), "TimedOut or TooLarge"),
}
"""A fast machine reaches the bound of size before that of time where an answer comes as fast as it is taken."""
CASES = {name: (*case, ()) for name, case in LARGE.items()} | {name: (*case, IMPATIENT) for name, case in LONG.items()}


def cases(*names: str) -> pytest.MarkDecorator:
    chosen = {name: CASES[name] for name in names or CASES}
    return pytest.mark.parametrize(("answer", "kind", "options"), chosen.values(), ids=chosen.keys())


@cases()
def test_a_list_and_an_article_that_answer_so_are_named_and_the_rest_is_read(
    place: Place, server: Server, answer: Answer, kind: str, options: tuple[str, ...]
) -> None:
    """The other ways to the list answer so too."""
    article = server.site.articles[0]
    server.faults = dict.fromkeys(("/videos", article.path, *OTHER_WAYS), answer)
    measured = build(place, *options)
    assert measured.code == 1
    for path in ("/videos", article.path):
        assert measured.problems[server.site.origin + path] in kind.split(" or ")
    assert {path for path in OTHER_WAYS if any(path in note for note in measured.report["notes"])} == set(OTHER_WAYS)
    assert measured.peak < MOST
    assert "es/noticias" in place.feeds


@cases("a gibibyte as gzip", "gzip that nothing comes of", "a body without end", "a head byte by byte")
def test_a_site_that_answers_so_to_everything_is_left_alone(
    place: Place, server: Server, answer: Answer, kind: str, options: tuple[str, ...]
) -> None:
    server.faults["*"] = answer
    measured = build(place, *options)
    assert (measured.code, list(measured.problems.values())) == (3, [kind])
    assert server.paths == ["/robots.txt"]
    assert measured.peak < MOST
    assert not place.out.exists()


# Pages with as many tags as a page may have

SHAPES: Mapping[str, Callable[[int], str]] = {
    "paragraphs that do not end": lambda tags: "<p>x" * tags,
    "pictures": lambda tags: "".join(f"<img src=/{number}.png>" for number in range(tags)),
    "links": lambda tags: "".join(f"<a href=/news/a/{number}>A word or two</a>" for number in range(tags // 2)),
    "styled words": lambda tags: "".join(f'<span style="order:{number}">x</span>' for number in range(tags // 2)),
    "words in words": lambda tags: f"<p>{'<b>' * 99}x{'</b>' * 99}" * (tags // 199),
    "cells": lambda tags: f"<table>{'<tr><td>x' * (tags // 2)}</table>",
}


def with_tags(server: Server, path: str, text: str) -> Answer:
    """A page of the site with something in its text, or on a list before its first card."""
    body = server.site.page(path).body.decode()
    at = body.index("<p>", body.index("<h1")) if "<p>" in body else body.index("<main")
    return page(body[:at] + text + body[at:])


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_an_article_of_as_many_tags_as_a_page_may_have_is_read(
    place: Place, server: Server, shape: Callable[[int], str]
) -> None:
    article = server.site.articles[0]
    server.faults[article.path] = with_tags(server, article.path, shape(MOST_TAGS - 500))
    measured = build(place)
    assert (measured.code, measured.problems) == (0, {})
    assert place.feeds["es/all"].numbers[0] == article.postid
    assert measured.peak < MOST


@pytest.mark.parametrize(
    ("text", "kind"),
    [("<p>x</p>" * 1_000_000, "TooLarge"), ("<div>" * 1_500_000, "TooLarge"), ("<div>" * (MOST_TAGS - 500), "TooDeep")],
    ids=["flat", "deep", "too deep"],
)
def test_a_page_of_too_many_tags_is_refused(place: Place, server: Server, text: str, kind: str) -> None:
    article = server.site.articles[0]
    server.faults = {path: with_tags(server, path, text) for path in ("/videos", article.path)}
    measured = build(place)
    assert measured.code == 1
    assert {measured.problems[server.site.origin + path] for path in ("/videos", article.path)} == {kind}
    assert measured.peak < MOST


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/sitemaps/all.xml", "<urlset>" + "<a/>" * 1_000_000),
        ("/feed.rss", "<rss><channel>" + "<item/>" * (MOST_ELEMENTS - 2)),
        ("/robots.txt", "User-agent: *\n" + "".join(f"Disallow: /{number}*$\n" for number in range(200_000))),
    ],
    ids=["sitemap", "rss", "robots"],
)
def test_what_is_no_page_may_not_have_more_than_it_needs(place: Place, server: Server, path: str, text: str) -> None:
    server.faults = {"/videos": page(""), path: page(text, "text/plain")}
    measured = build(place)
    assert measured.code == 1
    assert measured.peak < MOST

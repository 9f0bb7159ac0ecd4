"""Every way in which the site can fail, as answers that the test server can give, and the table of them."""

import gzip
import json
import re
import select
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from feedgen_mayadeen import errors
from feedgen_mayadeen.sample import SampleHandler
from tests.feeds import ReadFeed, read_feed
from tests.running import HTML, Answer, Place, Server, dropped, not_gzip, page, redirect, status, truncated

TEXT = "text/plain; charset=utf-8"
MAX_BYTES = 100_000
"""The bound for a page's size under which these faults are to be met."""

CHALLENGE = (
    '<!DOCTYPE html><html lang="en"><head><title>One moment</title><meta name="robots" content="noindex,nofollow">'
    '<meta http-equiv="refresh" content="390"></head><body><noscript>Scripts are needed.</noscript>'
    '<script>window._cf_chl_opt={cType:"managed"};'
    'a.src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1?ray=0"</script></body></html>'
)
PLAIN_CHALLENGE = CHALLENGE.partition("<script>")[0] + "<script src=/a1b2.js></script></body></html>"
"""A challenge of nobody known: it needs scripts, comes again by itself and wants to be in no index."""
LOGIN_FORM = '<form action="/login"><input name="user"><input type="password" name="word"><button>Log in</button></form>'
LOGIN = f"<!DOCTYPE html><html><head><title>Log in</title></head><body><h1>Log in</h1>{LOGIN_FORM}</body></html>"
SOON = "<!DOCTYPE html><html lang='en'><head><title>Soon</title></head><body><h1>We are back soon.</h1></body></html>"


def as_it_is(handler: SampleHandler) -> None:
    """The page without a fault."""
    reply = handler.sample.site.page(handler.path)
    handler.send(reply.status, reply.content_type, reply.body)


def without_cards(handler: SampleHandler) -> None:
    """The page without its list; a page that is no list as it is."""
    reply = handler.sample.site.page(handler.path)
    text = re.sub(r'<div class="row listing">.*?<button', "<div></div><button", reply.body.decode(), flags=re.DOTALL)
    handler.send(reply.status, reply.content_type, text.encode())


def login_wall(handler: SampleHandler) -> None:
    """A redirect to the login page, which has the site's menu."""
    if not handler.path.startswith("/login"):
        redirect("/login?next=1")(handler)
        return
    home = handler.sample.site.page("/").body.decode()
    handler.send(200, HTML, re.sub(r"<main>.*</main>", f"<main>{LOGIN_FORM}</main>", home, flags=re.DOTALL).encode())


def in_a_circle(handler: SampleHandler) -> None:
    """A redirect to the same address."""
    redirect(handler.path)(handler)


def silent(handler: SampleHandler) -> None:
    """No answer, until the client hangs up."""
    handler.close_connection = True
    select.select([handler.connection], [], [])


def _send_head(handler: SampleHandler, headers: Mapping[str, str]) -> None:
    handler.close_connection = True
    handler.send_response(200)
    for name, value in {"Content-Type": HTML, "Connection": "close", **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()


def slow(handler: SampleHandler) -> None:
    """A byte in a while, until the client hangs up."""
    _send_head(handler, {})
    handler.wfile.flush()
    while not select.select([handler.connection], [], [], 0.02)[0]:
        handler.wfile.write(b"x")
        handler.wfile.flush()


def endless(handler: SampleHandler) -> None:
    """A body without end."""
    _send_head(handler, {})
    for part in repeat(b"<p>" + b"x" * 65_000):
        handler.wfile.write(part)


def bomb(handler: SampleHandler) -> None:
    """A few kilobytes that unpack to much more than a page may have."""
    _send_head(handler, {"Content-Encoding": "gzip"})
    handler.wfile.write(gzip.compress(bytes(20 * MAX_BYTES)))


def binary(handler: SampleHandler) -> None:
    """The bytes of a picture under the name of a page."""
    handler.send(200, HTML, bytes(range(256)) * 200)


def answer(code: int, text: str, **headers: str) -> Answer:
    """A text with a status and headers, in whose names `_` stands for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.send(code, HTML, text.encode(), named)


@dataclass(frozen=True, slots=True)
class Fault:
    """One of the ways: on a list it must be reported as `kind`, with `says` in its sentence.

    `others` is what it is on a home page and on an article, when that is something else ("" is nothing at all). With
    `is_slow` it needs a client without much patience. Without an `answer` it is robots.txt that forbids the pages.
    """

    answer: Answer | None
    kind: str
    says: str = ""
    others: tuple[str, str] | None = None
    is_slow: bool = False

    @property
    def is_refusal(self) -> bool:
        """Whether the site refuses, so that it is soon left alone."""
        return self.kind in ("Blocked", "RateLimited")

    @property
    def is_silence(self) -> bool:
        """Whether the site does not answer at all, so that it is soon left alone."""
        return self.answer is silent

    @property
    def home(self) -> set[str]:
        """The kinds of problems that a home page makes: one or none."""
        return {self.others[0] if self.others else self.kind} - {""}

    @property
    def article(self) -> str:
        """The kind of problem that an article makes."""
        return self.others[1] if self.others else self.kind

    def strike(self, server: Server, *paths: str) -> None:
        """Breaks pages of a server; `*` stands for all but robots.txt."""
        if self.answer is None:
            rules = "".join(f"Disallow: {path.replace('*', '/')}\n" for path in paths)
            server.faults["/robots.txt"] = page(f"User-agent: *\n{rules}", TEXT)
            return
        server.faults = {"/robots.txt": as_it_is, "/login": self.answer, **server.faults}
        server.faults |= dict.fromkeys(paths, self.answer)


FAULTS: Mapping[str, Fault] = {
    "401": Fault(status(401), "Blocked", "status 401"),
    "403": Fault(status(403), "Blocked", "status 403"),
    "451": Fault(status(451), "Blocked", "status 451"),
    "cloudflare": Fault(
        answer(403, CHALLENGE, cf_mitigated="challenge", Server="cloudflare"), "Blocked", "status 403, a challenge"
    ),
    "a challenge's header": Fault(answer(403, SOON, cf_mitigated="challenge"), "Blocked", "a challenge"),
    "a challenge with 200": Fault(page(CHALLENGE), "Blocked", "a challenge"),
    "a challenge with 429": Fault(answer(429, CHALLENGE), "Blocked", "status 429, a challenge"),
    "a challenge with 503": Fault(answer(503, CHALLENGE, Retry_After="0"), "Blocked", "status 503, a challenge"),
    "a challenge of nobody known": Fault(page(PLAIN_CHALLENGE), "Blocked", "a challenge"),
    "waf challenge": Fault(answer(202, "", x_amzn_waf_action="challenge"), "Blocked", "status 202, a challenge"),
    "waf captcha": Fault(answer(405, SOON, x_amzn_waf_action="captcha"), "Blocked", "status 405, a challenge"),
    "login page": Fault(page(LOGIN), "Blocked", "a login page"),
    "login wall": Fault(login_wall, "Blocked", "a login page"),
    "429": Fault(answer(429, "slow down", Retry_After="0"), "RateLimited", "asks to wait 0 s"),
    "429 for an hour": Fault(answer(429, "slow down", Retry_After="3600"), "RateLimited", "asks to wait 3600 s"),
    "404": Fault(status(404), "NotFound", "status 404"),
    "410": Fault(status(410), "Gone", "status 410"),
    "418": Fault(status(418), "Server", "status 418"),
    "500": Fault(status(500), "Server", "status 500"),
    "503": Fault(answer(503, SOON, Retry_After="0"), "Server", "status 503"),
    "503 for an hour": Fault(answer(503, SOON, Retry_After="3600"), "Server", "asks to wait 3600 s"),
    "timeout": Fault(silent, "TimedOut", is_slow=True),
    "slow": Fault(slow, "TimedOut", "too slowly", is_slow=True),
    "drop": Fault(dropped, "Unreachable", "closed before an answer came"),
    "truncate": Fault(truncated, "CutShort"),
    "not packed": Fault(not_gzip, "CutShort"),
    "empty": Fault(page(""), "EmptyPage"),
    "blank": Fault(page(" \n "), "EmptyPage"),
    "nocards": Fault(without_cards, "NoCards", others=("", "")),
    "maintenance": Fault(page(SOON), "NoCards", others=("NoMenu", "NoArticle")),
    "offsite": Fault(redirect("https://example.org/elsewhere"), "OffSite", "example.org"),
    "to another scheme": Fault(redirect("ftp://example.org/"), "OffSite", "ftp:"),
    "to no address": Fault(redirect("http://[/"), "OffSite"),
    "to a private address": Fault(redirect("http://127.0.0.2:9/"), "OffSite", "127.0.0.2"),
    "loop": Fault(in_a_circle, "RedirectLoop"),
    "huge": Fault(endless, "TooLarge", f"over {MAX_BYTES} bytes"),
    "huge by its own word": Fault(page("x" * (MAX_BYTES + 1)), "TooLarge", f"over {MAX_BYTES} bytes"),
    "bomb": Fault(bomb, "TooLarge", f"over {MAX_BYTES} bytes"),
    "too many tags": Fault(page("<p>" + "<" * 60_000), "TooLarge", "tags"),
    "binary": Fault(binary, "NotHtml", "its bytes"),
    "json": Fault(page('{"error": "<b>none</b>"}', "application/json"), "NotHtml", "application/json"),
    "pdf": Fault(page("%PDF-1.7", "application/pdf"), "NotHtml", "application/pdf"),
    "robots": Fault(None, "RobotsForbid"),
}


def check_sentence(problem: Mapping[str, Any]) -> None:
    """A problem is one line that names its address, what happened and what to do."""
    kind: type[errors.FeedgenError] = getattr(errors, f"{problem['kind']}Error")
    assert "\n" not in problem["sentence"]
    assert problem["sentence"].startswith(f"{problem['address']}: {kind.message}")
    assert kind.hint
    assert problem["sentence"].endswith(f"; {kind.hint}")


def entries_of(place: Place) -> frozenset[tuple[str, str, str, str]]:
    """Every entry of every feed: the feed's key, the entry's id, its two instants. None of them may ever be lost."""
    feeds = place.feeds.items()
    return frozenset((key, entry.id, entry.published, entry.updated) for key, feed in feeds for entry in feed.entries)


def status_of(place: Place) -> dict[str, Any]:
    """What status.json tells."""
    value = json.loads((place.out / "status.json").read_bytes())
    assert isinstance(value, dict)
    return value


def health_of(place: Place) -> ReadFeed:
    """What health.xml tells."""
    return read_feed(place.out / "health.xml")

"""Asks the site for pages: politely, only where allowed, and with a named failure for every way it can go wrong."""

import logging
import re
import threading
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from http.cookiejar import LoadError, MozillaCookieJar
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import requests
import urllib3
from protego import Protego
from requests.adapters import HTTPAdapter

from feedgen_mayadeen import USER_AGENT, errors
from feedgen_mayadeen.models import Page, Validators
from feedgen_mayadeen.names import canonical, host_of, to_host

log = logging.getLogger(__name__)

_REDIRECTS = 5
_CHUNK = 1 << 16
_HTML = re.compile(r"^(text/html|application/xhtml\+xml)\b", re.IGNORECASE)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_STATUS_ERRORS: Mapping[int, type[errors.FetchError]] = {
    401: errors.BlockedError,
    403: errors.BlockedError,
    404: errors.NotFoundError,
    410: errors.GoneError,
    429: errors.RateLimitedError,
    451: errors.BlockedError,
}

_REFUSALS = (errors.BlockedError, errors.RateLimitedError)
_MOST_REFUSALS = 3


@dataclass(frozen=True, slots=True)
class Manners:
    """How requests are made: times in seconds, `max_bytes` of a body after decompression, `jobs` at once."""

    delay: float = 1.0
    timeout: float = 20.0
    jobs: int = 4
    retries: int = 2
    max_bytes: int = 8 << 20
    user_agent: str = USER_AGENT
    cookies: Path | None = None


@dataclass(slots=True)
class Tally:
    """What was asked of the site in this run."""

    requests: int = 0
    bytes: int = 0
    waited: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)


class _Pace:
    """Keeps requests to one host at least `delay` seconds apart, whichever thread makes them."""

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> float:
        """Sleeps until this thread may ask; returns the seconds slept."""
        with self._lock:
            now = time.monotonic()
            start = max(now, self._next)
            self._next = start + self.delay
        if start > now:
            time.sleep(start - now)
        return start - now


class _Retry(urllib3.Retry):
    """urllib3 repeats the first failed request at once; here the pause stands between any two requests."""

    def get_backoff_time(self) -> float:
        return max(super().get_backoff_time(), float(self.backoff_factor)) if self.history else 0.0


class _Session(requests.Session):
    """Leaves redirects to the Fetcher: requests itself fails on addresses that it can't read."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None


class Fetcher:
    """Fetches pages of the edition's hosts, and of the origins that stand in for them.

    `origins` maps an edition's host to the base address that its pages are fetched from instead.
    Use as a context manager; `get` may be called from several threads.
    """

    def __init__(self, manners: Manners, hosts: frozenset[str], origins: Mapping[str, str]) -> None:
        self.manners = manners
        self.tally = Tally()
        self._hosts, self._origins = hosts, dict(origins)
        self._rules: dict[str, Protego] = {}
        self._paces: dict[str, _Pace] = {}
        self._refusals: Counter[str] = Counter()
        self._one_at_a_time = threading.Lock()
        self._lock = threading.Lock()
        # robots.txt names programs by their product token alone (RFC 9309 §2.2.1).
        self._token = manners.user_agent.partition("/")[0].partition(" ")[0]
        self._session = _Session()
        self._session.headers["User-Agent"] = manners.user_agent
        self._session.headers["Accept"] = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5"
        if manners.cookies:
            self._session.cookies = _read_cookies(manners.cookies)  # type: ignore[assignment]  # any CookieJar will do
        retry = _Retry(
            total=manners.retries,
            redirect=0,
            status_forcelist=(500, 502, 503, 504),
            backoff_factor=manners.delay,
            retry_after_max=60,
            raise_on_status=False,
        )
        adapter = HTTPAdapter(pool_connections=4, pool_maxsize=manners.jobs, max_retries=retry)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._session.close()

    def obey(self, host: str, robots: str) -> None:
        """Takes the text of a host's robots.txt as the rules for all further requests to it (RFC 9309)."""
        self._rules[host] = rules = Protego.parse(robots)
        asked = rules.crawl_delay(self._token) or 0.0
        self._pace(host).delay = max(self.manners.delay, float(asked))

    def sitemaps(self, host: str) -> tuple[str, ...]:
        """The addresses of the sitemaps that a host's robots.txt names."""
        return tuple(self._rules[host].sitemaps) if host in self._rules else ()

    def try_once_more(self, host: str) -> None:
        """Allows one more request to a host that has refused, for another kind of page; its refusal is the last again."""
        self._refusals[host] = min(self._refusals[host], _MOST_REFUSALS - 1)

    def get(self, address: str, known: Validators | None = None, *, html: bool = True) -> Page | None:
        """The page at an address of the site, or None when it has not changed since `known`.

        `html` asks for a web page: anything else that comes is refused. Raises a FetchError.
        """
        asked = address
        for _ in range(_REDIRECTS):
            with self._turn(host_of(asked)):
                origin = self._origins.get(host_of(asked))
                request = to_host(asked, origin) if origin else asked
                self._check(asked)
                with self._send(asked, request, known) as response:
                    if response.status_code == 304 and known:
                        self._refusals[host_of(asked)] = 0
                        return None
                    if not response.is_redirect:
                        self._check_status(asked, response)
                        return self._page(asked, response, origin, html)
                    asked = self._follow(asked, request, response)
        raise errors.RedirectLoopError(address)

    def _turn(self, host: str) -> AbstractContextManager[object]:
        """One request at a time to a host that has just refused one, so that three refusals in a row are three."""
        return self._one_at_a_time if self._refusals[host] else nullcontext()

    def _pace(self, host: str) -> _Pace:
        with self._lock:
            return self._paces.setdefault(host, _Pace(self.manners.delay))

    def _check(self, address: str) -> None:
        host = host_of(address)
        if host not in self._hosts:
            raise errors.OffSiteError(address)
        if self._refusals[host] >= _MOST_REFUSALS:
            raise errors.NotAskedError(address)
        rules = self._rules.get(host)
        if rules and not rules.can_fetch(address, self._token):
            raise errors.RobotsForbidError(address)

    def _send(self, address: str, request: str, known: Validators | None) -> requests.Response:
        headers = {}
        if known and known.etag:
            headers["If-None-Match"] = known.etag
        if known and known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
        waited = self._pace(host_of(address)).wait()
        log.debug("GET %s", request)
        try:
            response = self._session.get(
                request, headers=headers, timeout=self.manners.timeout, stream=True, allow_redirects=False
            )
        except requests.RequestException as error:
            raise _named(address, error) from error
        with self._lock:
            self.tally.requests += 1 + len(response.raw.retries.history if response.raw.retries else ())
            self.tally.waited += waited
            self.tally.statuses[response.status_code] += 1
        return response

    def _follow(self, asked: str, request: str, response: requests.Response) -> str:
        """The site's own address that a redirect leads to."""
        target = response.headers["Location"]
        try:
            target = urljoin(request, target)
            for host, origin in self._origins.items():
                if host_of(target) == host_of(origin):
                    target = to_host(target, f"https://{host}")
            target = canonical(target)
        except ValueError as error:
            raise errors.OffSiteError(asked, f"redirected to {target!r}") from error
        if host_of(target) not in self._hosts:
            raise errors.OffSiteError(asked, f"redirected to {target}")
        return target

    def _check_status(self, address: str, response: requests.Response) -> None:
        status = response.status_code
        kind = _STATUS_ERRORS.get(status, errors.ServerError)
        with self._lock:
            host = host_of(address)
            self._refusals[host] = self._refusals[host] + 1 if kind in _REFUSALS else 0
        if status == 200:
            return
        wait = response.headers.get("Retry-After")
        raise kind(address, f"status {status}" + (f", asks to wait {wait} s" if wait else ""))

    def _page(self, address: str, response: requests.Response, origin: str | None, html: bool) -> Page:
        declared = response.headers.get("Content-Type", "")
        if html and declared and not _HTML.match(declared):
            raise errors.NotHtmlError(address, declared)
        body = self._body(address, response)
        if not body.strip():
            raise errors.EmptyPageError(address)
        charset = response.encoding if "charset" in declared.lower() else None
        validators = Validators(response.headers.get("ETag"), response.headers.get("Last-Modified"))
        return Page(address, decode(body, charset), validators, origin)

    def _body(self, address: str, response: requests.Response) -> bytes:
        """The body, unpacked, read no further than the bounds of size and time."""
        body, deadline = bytearray(), time.monotonic() + 3 * self.manners.timeout
        try:
            for chunk in response.iter_content(_CHUNK):
                body += chunk
                if len(body) > self.manners.max_bytes:
                    raise errors.TooLargeError(address, f"over {self.manners.max_bytes} bytes")
                if time.monotonic() > deadline:
                    raise errors.TimedOutError(address, "the answer comes too slowly")
        except requests.RequestException as error:
            named = _named(address, error)
            raise (errors.CutShortError(address) if isinstance(named, errors.UnreachableError) else named) from error
        finally:
            with self._lock:
                self.tally.bytes += len(body)
        return bytes(body)


def decode(body: bytes, charset: str | None) -> str:
    """A page's text: in the charset that the answer declares, else the page itself, else UTF-8; never fails."""
    found = _CHARSET.search(body[:4096])
    for name in (charset, found[1].decode("ascii", "replace") if found else None):
        try:
            if name:
                return body.decode(name, "replace")
        except (LookupError, ValueError):
            log.info("unknown charset %r", name)
    return body.decode("utf-8", "replace")


def _named(address: str, error: requests.RequestException) -> errors.FetchError:
    """The failure that an exception of requests stands for."""
    if isinstance(error, requests.Timeout) or "timed out" in str(error):
        return errors.TimedOutError(address)
    if isinstance(error, (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError)):
        return errors.CutShortError(address)
    if isinstance(error, requests.exceptions.RetryError):
        return errors.ServerError(address)
    if isinstance(error, requests.exceptions.SSLError):
        return errors.UnreachableError(address, "the secure connection failed")
    return errors.UnreachableError(address)


def _read_cookies(path: Path) -> MozillaCookieJar:
    """A browser's cookies from a file in Netscape format. Raises UsageError."""
    jar = MozillaCookieJar(path)
    try:
        jar.load(ignore_discard=True, ignore_expires=True)
    except (OSError, LoadError, ValueError) as error:
        raise errors.UsageError(str(path), "is no cookies file in Netscape format") from error
    for cookie in jar:
        if cookie.expires == 0:  # browsers' exports write session cookies so; the jar would take them for expired
            cookie.expires, cookie.discard = None, True
    return jar

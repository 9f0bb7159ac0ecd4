"""Asks the site for pages, and names what came of it."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from http.cookiejar import LoadError, MozillaCookieJar
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from protego import Protego
from requests.adapters import HTTPAdapter

from feedgen_mayadeen import errors
from feedgen_mayadeen.fetch.decode import decode, looks_like_html
from feedgen_mayadeen.fetch.pace import Manners, Pace, Tally
from feedgen_mayadeen.fetch.refusal import refusal_of
from feedgen_mayadeen.fetch.transport import bounded, pools
from feedgen_mayadeen.models import Page, Validators
from feedgen_mayadeen.names import canonical, host_of, to_host
from feedgen_mayadeen.stop import Ending

log = logging.getLogger(__name__)

_REDIRECTS = 5
_CHUNK = 1 << 16
_GLIMPSE = 1 << 16
"""Of an answer that is no page this many bytes are read, to see what kind of refusal it is."""
_MOST_TAGS = 20_000
"""A page with more tags than this would take hundreds of megabytes to read; the site's have a few thousand."""
_MOST_ELEMENTS = 200_000
"""A sitemap or feed with more signs of elements than this, likewise: thirty thousand articles have fewer."""
_LONGEST_RULES = 500 << 10
"""Of robots.txt so many characters count (RFC 9309 §2.5 asks for 500 KiB): each rule is tried on each address."""
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_STATUS_ERRORS: Mapping[int, type[errors.FetchError]] = {
    401: errors.BlockedError,
    403: errors.BlockedError,
    404: errors.NotFoundError,
    410: errors.GoneError,
    429: errors.RateLimitedError,
    451: errors.BlockedError,
}
_PASSING = frozenset((500, 502, 503, 504))
"""What may be otherwise in a moment; so may anything that comes with a Retry-After."""
_MAY_WAIT = _PASSING | {413, 429}

_REFUSALS = (errors.BlockedError, errors.RateLimitedError)
_MOST_REFUSALS = 3


class _Adapter(HTTPAdapter):
    """Makes its connections in pools of our own."""

    def __init__(self, own_pools: dict[str, Any], **options: Any) -> None:
        self._own_pools = own_pools
        super().__init__(**options)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = self._own_pools

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = self._own_pools
        return manager


class _Session(requests.Session):
    """Leaves redirects to the Fetcher: requests itself fails on addresses that it can't read.

    What the environment says of proxies and certificates it asks once for each host, not for each request.
    """

    def __init__(self) -> None:
        super().__init__()
        self._environment: dict[tuple[str, str], Any] = {}

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None

    def merge_environment_settings(self, url: Any, *given: Any) -> Any:
        scheme, host, *_ = urlsplit(url)
        if (scheme, host) not in self._environment:
            self._environment[scheme, host] = super().merge_environment_settings(url, *given)
        return self._environment[scheme, host]


class Fetcher:
    """Fetches pages of the edition's hosts, and of the origins that stand in for them.

    `origins` maps an edition's host to the base address that its pages are fetched from instead. When `ending` is asked
    for nothing more is asked. Use as a context manager; `get` may be called from several threads.
    """

    def __init__(self, manners: Manners, hosts: frozenset[str], origins: Mapping[str, str], ending: Ending) -> None:
        self.manners, self.tally = manners, Tally()
        self._hosts, self._origins, self._ending = hosts, dict(origins), ending
        self._rules: dict[str, Protego] = {}
        self._paces: dict[str, Pace] = {}
        self._refusals: Counter[str] = Counter()
        self._one_at_a_time, self._lock = Lock(), Lock()
        # robots.txt names programs by their product token alone (RFC 9309 §2.2.1).
        self._token = manners.user_agent.partition("/")[0].partition(" ")[0]
        self._session = _Session()
        self._session.headers["User-Agent"] = manners.user_agent
        self._session.headers["Accept"] = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5"
        self._session.headers["Accept-Encoding"] = "gzip, deflate"
        if manners.cookies:
            self._session.cookies = _read_cookies(manners.cookies)  # type: ignore[assignment]  # any CookieJar will do
        own = frozenset(urlsplit(origin).hostname or "" for origin in origins.values())
        adapter = _Adapter(pools(own, manners.patience), pool_connections=4, pool_maxsize=manners.jobs)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._session.close()

    def obey(self, host: str, robots: str) -> None:
        """Takes the text of a host's robots.txt as the rules for all further requests to it (RFC 9309)."""
        if len(robots) > _LONGEST_RULES:
            robots = "".join(robots[:_LONGEST_RULES].splitlines(keepends=True)[:-1])
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
        asked, before = address, set[str]()
        for _ in range(_REDIRECTS):
            before.add(asked)
            origin = self._origins.get(host_of(asked))
            request = to_host(asked, origin) if origin else asked
            with self._turn(host_of(asked)), self._answer(asked, request, known) as response:
                if response.status_code == 304 and known:
                    self._count_refusal(asked, None)
                    return None
                if not response.is_redirect:
                    return self._page(address, asked, response, origin, html)
                asked = self._follow(asked, request, response)
            if response.cookies:  # with one of them the same address may be answered otherwise
                before.clear()
            if asked in before:
                break
        raise errors.RedirectLoopError(address)

    def _turn(self, host: str) -> AbstractContextManager[object]:
        """One request at a time to a host that has just refused one, so that three refusals in a row are three."""
        return self._one_at_a_time if self._refusals[host] else nullcontext()

    def _pace(self, host: str) -> Pace:
        with self._lock:
            return self._paces.setdefault(host, Pace(self.manners.delay))

    def _check(self, address: str) -> None:
        host = host_of(address)
        if host not in self._hosts:
            raise errors.OffSiteError(address)
        if self._refusals[host] >= _MOST_REFUSALS:
            raise errors.NotAskedError(address, "because the site refused the requests before")
        if self._ending.why:
            raise errors.NotAskedError(address, self._ending.why)
        rules = self._rules.get(host)
        if rules and not rules.can_fetch(address, self._token):
            raise errors.RobotsForbidError(address)

    def _answer(self, address: str, request: str, known: Validators | None) -> requests.Response:
        """The answer to a request, which is repeated after a passing fault, and after the wait that the site asks for."""
        left = self.manners.retries
        while True:
            try:
                response = self._send(address, request, known)
            except (errors.UnreachableError, errors.TimedOutError):
                if not left:
                    raise
            else:
                if not self._may_pass(address, response) or not left:
                    return response
                response.close()
            self._pace(host_of(address)).hold(self.manners.delay * 2.0 ** (self.manners.retries - left))
            left -= 1

    def _may_pass(self, address: str, response: requests.Response) -> bool:
        """Whether an answer is worth another try. The host is left alone for as long as it asks, be there one or not."""
        wait = _wait_of(response)
        if wait is None:
            return response.status_code in _PASSING
        if response.status_code not in _MAY_WAIT or wait > self.manners.longest_wait:
            return False
        self._pace(host_of(address)).hold(wait)
        return True

    def _send(self, address: str, request: str, known: Validators | None) -> requests.Response:
        headers = {}
        if known and known.etag:
            headers["If-None-Match"] = known.etag
        if known and known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
        self._check(address)
        waited = self._pace(host_of(address)).wait(self._ending)
        self._check(address)
        log.debug("GET %s", request)
        with self._lock:
            self.tally.requests += 1
            self.tally.waited += waited
        try:
            response = self._session.get(
                request, headers=headers, timeout=self.manners.timeout, stream=True, allow_redirects=False
            )
        except requests.RequestException as error:
            raise _named(address, error) from error
        except errors.PrivateAddressError as error:
            raise errors.PrivateAddressError(address, error.detail) from error
        with self._lock:
            self.tally.statuses[response.status_code] += 1
        return response

    def _follow(self, asked: str, request: str, response: requests.Response) -> str:
        """The site's own address that a redirect leads to."""
        target = response.headers["Location"]
        try:
            target = urljoin(request, target)
            own = host_of(asked)
            # One origin may stand for several hosts: the one that was asked comes first.
            for host, origin in sorted(self._origins.items(), key=lambda item: item[0] != own):
                if host_of(target) == host_of(origin):
                    target = to_host(target, f"https://{host}")
                    break
            target = canonical(target)
        except ValueError as error:
            raise errors.OffSiteError(asked, f"redirected to {target!r}") from error
        if host_of(target) not in self._hosts:
            raise errors.OffSiteError(asked, f"redirected to {target}")
        return target

    def _count_refusal(self, address: str, error: errors.FetchError | None) -> None:
        with self._lock:
            host = host_of(address)
            self._refusals[host] = self._refusals[host] + 1 if isinstance(error, _REFUSALS) else 0

    def _page(self, asked: str, came: str, response: requests.Response, origin: str | None, html: bool) -> Page:
        try:
            page = self._read(asked, came, response, origin, html)
        except errors.FetchError as error:
            self._count_refusal(came, error)
            if came == asked:
                raise
            detail = f"redirected to {came}" + (f", {error.detail}" if error.detail else "")
            raise type(error)(asked, detail) from error
        self._count_refusal(came, None)
        return page

    def _read(self, asked: str, came: str, response: requests.Response, origin: str | None, html: bool) -> Page:
        status, declared = response.status_code, response.headers.get("Content-Type", "")
        if status != 200:
            raise self._named_by_status(asked, came, response)
        is_html = not declared or declared.lower().startswith(_HTML_TYPES)
        if html and not is_html:
            raise errors.NotHtmlError(came, declared)
        body = self._body(came, response, self.manners.max_bytes)
        if is_html and (refusal := refusal_of(status, response.headers, body, asked, came)):
            raise errors.BlockedError(came, refusal)
        if not body.strip():
            raise errors.EmptyPageError(came)
        if html and not looks_like_html(body):
            raise errors.NotHtmlError(came, "its bytes are no HTML")
        if body.count(b"<") > (most := _MOST_TAGS if html else _MOST_ELEMENTS):
            raise errors.TooLargeError(came, f"over {most} tags")
        charset = response.encoding if "charset" in declared.lower() else None
        validators = Validators(response.headers.get("ETag"), response.headers.get("Last-Modified"))
        return Page(came, decode(body, charset), validators, origin)

    def _named_by_status(self, asked: str, came: str, response: requests.Response) -> errors.FetchError:
        """The failure that a status other than 200 stands for; a challenge comes with several statuses."""
        status, wait = response.status_code, _wait_of(response)
        try:
            body = self._body(came, response, _GLIMPSE, whole=False)
        except errors.FetchError:
            body = b""
        if refusal := refusal_of(status, response.headers, body, asked, came):
            return errors.BlockedError(came, f"status {status}, {refusal}")
        kind = _STATUS_ERRORS.get(status, errors.ServerError)
        return kind(came, f"status {status}" + (f", asks to wait {wait:.0f} s" if wait is not None else ""))

    def _body(self, address: str, response: requests.Response, most: int, *, whole: bool = True) -> bytes:
        """The body, unpacked, read no further than the bounds of size and time; its beginning unless `whole` is wanted."""
        too_large = errors.TooLargeError(address, f"over {most} bytes")
        if whole and _number(response.headers.get("Content-Length")) > most:
            raise too_large
        body = bytearray()
        response.raw.chunked = False  # http.client joins chunks as well, and only what it hands on is counted by tell()
        with bounded(response.raw, self.manners.patience, most) as over, self._counting(body):
            try:
                for chunk in response.iter_content(_CHUNK):
                    body += chunk
                    if len(body) > most or response.raw.tell() > most:
                        if whole:
                            raise too_large
                        break
            except requests.RequestException as error:
                if not over.is_set():
                    named = _named(address, error)
                    raise (errors.CutShortError(address) if isinstance(named, errors.UnreachableError) else named) from error
        if over.is_set():
            if response.raw.tell() > most:
                raise too_large
            raise errors.TimedOutError(address, "the answer comes too slowly")
        return bytes(body)

    @contextmanager
    def _counting(self, body: bytearray) -> Iterator[None]:
        try:
            yield
        finally:
            with self._lock:
                self.tally.bytes += len(body)


def _number(text: str | None) -> float:
    """A number of bytes from a header; 0 for what is none."""
    return float(text) if text and text.strip().isdecimal() else 0.0


def _wait_of(response: requests.Response) -> float | None:
    """The seconds that a Retry-After asks for (RFC 9110 §10.2.3), or None."""
    text = response.headers.get("Retry-After")
    try:
        return urllib3.Retry(retry_after_max=1 << 31).parse_retry_after(text) if text else None
    except (urllib3.exceptions.InvalidHeader, ValueError, OverflowError):
        return None


def _named(address: str, error: requests.RequestException) -> errors.FetchError:
    """The failure that an exception of requests stands for."""
    if isinstance(error, requests.Timeout) or "timed out" in str(error):
        return errors.TimedOutError(address)
    if isinstance(error, (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError)):
        return errors.CutShortError(address)
    return errors.UnreachableError(address, _why_unreachable(error))


def _why_unreachable(error: requests.RequestException) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "the secure connection failed"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy could not be used"
    if isinstance(error, requests.exceptions.InvalidSchema):  # of the proxy: the address was looked at before
        return "the proxy could not be used: one that speaks SOCKS needs the package PySocks beside this program"
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    if isinstance(reason, urllib3.exceptions.NameResolutionError):
        return "its host's name was not found"
    if isinstance(reason, urllib3.exceptions.NewConnectionError):
        return "the connection was refused"
    return "it was closed before an answer came"


def _read_cookies(path: Path) -> MozillaCookieJar:
    """A browser's cookies from a file in Netscape format. Raises UsageError."""
    jar = MozillaCookieJar(path)
    try:
        jar.load(ignore_discard=True, ignore_expires=True)
    except (OSError, LoadError, ValueError) as error:
        raise errors.UsageError(str(path), "can't be read as a file of cookies in Netscape format") from error
    for cookie in jar:
        if cookie.expires == 0:  # browsers' exports write session cookies so; the jar would take them for expired
            cookie.expires, cookie.discard = None, True
    return jar

"""Asks the site for pages: when, where, how often, and within the rules of robots.txt."""

import logging
import math
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from http.cookiejar import LoadError, MozillaCookieJar
from io import StringIO
from pathlib import Path
from threading import Lock
from typing import Self
from urllib.parse import urlsplit

from protego import Protego

from feedgen_mayadeen import errors
from feedgen_mayadeen.fetch.breaker import Breaker, is_silence
from feedgen_mayadeen.fetch.limits import TOO_SLOW, Limits
from feedgen_mayadeen.fetch.pace import FetchSettings, FetchStats, Pace
from feedgen_mayadeen.fetch.pages import read_page
from feedgen_mayadeen.fetch.redirects import Redirects, Target
from feedgen_mayadeen.fetch.session import Answer, Session
from feedgen_mayadeen.models import Page, Validators
from feedgen_mayadeen.stop import StopSignal
from feedgen_mayadeen.text import decoded
from feedgen_mayadeen.urls import canonical

log = logging.getLogger(__name__)

_MOST_REQUESTS = 5
"""For one page: itself and what redirects lead to."""
_HEAD_BYTES = 1 << 20
"""The head of an answer and what frames its chunks may have so many bytes besides the body's."""
_MOST_ROBOTS_CHARACTERS = 500 << 10
"""Of robots.txt so much counts (RFC 9309 §2.5 asks for 500 KiB): each rule is tried on each address."""
_LONGEST_DELAY = 3600.0
_PASSING = frozenset((500, 502, 503, 504))
"""What may be otherwise in a moment; so may anything that comes with a Retry-After."""
_MAY_WAIT = _PASSING | {413, 429}


class Fetcher:
    """Fetches pages of the edition's hosts, and of the origins that stand in for them.

    `origins` maps an edition's host to the base address that its pages are fetched from instead. When `ending` is asked
    for nothing more is asked. Use as a context manager; `get` may be called from several threads.
    """

    def __init__(self, settings: FetchSettings, hosts: frozenset[str], origins: Mapping[str, str], stop: StopSignal) -> None:
        self.settings, self.stats = settings, FetchStats()
        self._redirects, self._ending = Redirects(hosts, origins), stop
        self._rules: dict[str, Protego] = {}
        self._paces: dict[str, Pace] = {}
        self._breaker = Breaker()
        self._one_at_a_time, self._lock = Lock(), Lock()
        # robots.txt names programs by their product token alone (RFC 9309 §2.2.1).
        self._token = settings.user_agent.partition("/")[0].partition(" ")[0]
        trusted = frozenset(urlsplit(origin).hostname or "" for origin in origins.values())
        self._session = Session(
            Limits(settings.timeout, settings.total_timeout, settings.max_bytes + _HEAD_BYTES, trusted),
            {
                "User-Agent": settings.user_agent,
                "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
                "Accept-Encoding": "gzip, deflate",
            },
            cookies=_read_cookies(settings.cookies) if settings.cookies else None,
            connections=settings.jobs,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def set_robots(self, host: str, robots: str) -> None:
        """Takes the text of a host's robots.txt as the rules for all further requests to it (RFC 9309).

        Raises CrawlDelayError when it asks for a pace at which nothing can be read.
        """
        if len(robots) > _MOST_ROBOTS_CHARACTERS:
            robots = "".join(robots[:_MOST_ROBOTS_CHARACTERS].splitlines(keepends=True)[:-1])
        self._rules[host] = rules = Protego.parse(robots)
        delay = float(rules.crawl_delay(self._token) or 0.0)
        if not math.isfinite(delay):
            delay = 0.0
        if delay > _LONGEST_DELAY:
            raise errors.CrawlDelayError(f"https://{host}/robots.txt", f"{delay:.0f} seconds")
        self._pace(host).delay = max(self.settings.delay, delay)

    def sitemaps(self, host: str) -> tuple[str, ...]:
        """The addresses of the sitemaps that a host's robots.txt names."""
        return tuple(self._rules[host].sitemaps) if host in self._rules else ()

    def reset_breaker(self, host: str) -> None:
        """Allows one more request to a host that has refused, for another kind of page; its refusal is the last again."""
        self._breaker.reset(host)

    def get(self, address: str, known: Validators | None = None, *, html: bool = True) -> Page | None:
        """The page at an address of the site, or None when it has not changed since `known`.

        `html` asks for a web page: anything else that comes is refused. Raises a FetchError.
        """
        target, before = self._redirects.first(address), set[str]()
        for _ in range(_MOST_REQUESTS):
            before.add(target.url)
            with self._turn(target.host), self._answer(target, known) as answer:
                if answer.location is None:
                    return self._page(address, target, answer, known, html=html)
                target = self._redirects.follow(target, answer.location)
            if answer.sets_cookies:  # with one of them the same address may be answered otherwise
                before.clear()
            if target.url in before:
                break
        raise errors.RedirectLoopError(address)

    def _turn(self, host: str) -> AbstractContextManager[object]:
        """One request at a time to a host that has just failed one, so that three failures in a row are three."""
        return self._one_at_a_time if self._breaker.is_doubtful(host) else nullcontext()

    def _pace(self, host: str) -> Pace:
        with self._lock:
            return self._paces.setdefault(host, Pace(self.settings.delay))

    def _check(self, target: Target) -> None:
        """Raises the FetchError for which a page is not to be asked now."""
        if why := self._breaker.why_not(target.host) or self._ending.why:
            raise errors.NotAskedError(target.address, why)
        rules = self._rules.get(target.host)
        if rules and not rules.can_fetch(target.address, self._token):
            raise errors.RobotsForbidError(target.address)

    @contextmanager
    def _answer(self, target: Target, known: Validators | None) -> Iterator[Answer]:
        """The answer to a request, which is repeated after a passing fault, and after the wait that the site asks for."""
        try:
            answer = self._send_until_answered(target, known)
        except (errors.UnreachableError, errors.TimedOutError) as error:
            self._breaker.record(target.host, error)
            raise
        with answer:
            try:
                yield answer
            finally:
                with self._lock:
                    self.stats.bytes += answer.received

    def _send_until_answered(self, target: Target, known: Validators | None) -> Answer:
        tries = 0
        while True:
            left = self.settings.retries - tries
            try:
                answer = self._send(target, known)
            except (errors.UnreachableError, errors.TimedOutError) as error:
                if not left or not self._may_try_again(target, error):
                    raise
            else:
                if not self._may_pass(target, answer) or not left:
                    return answer
                answer.close()
            self._pace(target.host).pause_for(self.settings.delay * 2.0**tries)
            tries += 1

    def _may_try_again(self, target: Target, error: errors.FetchError) -> bool:
        """Not a host that is silent again, nor one that took all the time there is: waiting would take minutes."""
        return error.detail != TOO_SLOW and not (is_silence(error) and self._breaker.is_silent(target.host))

    def _may_pass(self, target: Target, answer: Answer) -> bool:
        """Whether an answer is worth another try. The host is left alone for as long as it asks, be there one or not."""
        wait = answer.retry_after
        if wait is None:
            return answer.status in _PASSING
        if answer.status not in _MAY_WAIT or wait > self.settings.longest_wait:
            return False
        self._pace(target.host).pause_for(wait)
        return True

    def _send(self, target: Target, known: Validators | None) -> Answer:
        headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified} if known else {}
        self._check(target)
        waited = self._pace(target.host).wait(self._ending)
        self._check(target)
        log.debug("GET %s", target.url)
        with self._lock:
            self.stats.requests += 1
            self.stats.waited += waited
        given = {name: value for name, value in headers.items() if value}
        answer = self._session.send(target.url, address=target.address, headers=given)
        with self._lock:
            self.stats.statuses[answer.status] += 1
        return answer

    def _page(self, asked: str, target: Target, answer: Answer, known: Validators | None, *, html: bool) -> Page | None:
        """The page that came, or None for 304; what came of it counts."""
        came = canonical(target.address)
        if answer.status == 304 and known:
            self._breaker.record(target.host, None)
            return None
        try:
            page = read_page(answer, canonical(asked), came, html=html, most=self.settings.max_bytes)
        except errors.FetchError as error:
            self._breaker.record(target.host, error)
            if came == canonical(asked):
                raise
            detail = f"redirected to {came}" + (f", {error.detail}" if error.detail else "")
            raise type(error)(asked, detail) from error
        self._breaker.record(target.host, None)
        return replace(page, origin=self._redirects.origin(target))


def _read_cookies(path: Path) -> MozillaCookieJar:
    """A browser's cookies from a file in Netscape format. Raises UsageError."""
    jar = MozillaCookieJar(path)
    try:
        # `load` would open the file itself, and stumble over a byte order mark.
        text = StringIO(decoded(path.read_bytes()))
        jar._really_load(text, str(path), ignore_discard=True, ignore_expires=True)  # type: ignore[attr-defined]
    except (OSError, LoadError, ValueError) as error:
        raise errors.UsageError(str(path), "can't be read as a file of cookies in Netscape format") from error
    for cookie in jar:
        if cookie.expires == 0:  # browsers' exports write session cookies so; the jar would take them for expired
            cookie.expires, cookie.discard = None, True
    return jar

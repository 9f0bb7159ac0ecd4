"""Requests of a build: the fetcher for a plan, and several pages at once."""

import math
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice
from typing import Protocol, TypeVar

from feedgen_mayadeen import errors
from feedgen_mayadeen.context import BuildContext, Plan
from feedgen_mayadeen.fetch import Fetcher, FetchSettings
from feedgen_mayadeen.stop import StopReason, StopSignal

_POLL_SECONDS = 1.0
"""The main thread waits for at most so long, because Ctrl-C may only be handled between waits."""


class _HasAddress(Protocol):
    """Anything with a page to request."""

    @property
    def address(self) -> str: ...


_Item = TypeVar("_Item", bound=_HasAddress)
_Answer = TypeVar("_Answer")


class Share:
    """A share of the time of a run: it lets something be asked for while the answer can be expected before the share is over.

    What is asked first is always let through, and shows how long an answer takes, the pause before it included.
    """

    def __init__(self, stop: StopSignal, left_for_others: float) -> None:
        """`left_for_others` is how many seconds of the run this share leaves."""
        self._ending, self._left_for_others, self._start = stop, left_for_others, stop.remaining()
        self._asked, self._answered, self._change = 0, 0, threading.Condition()

    @contextmanager
    def turn(self, address: str) -> Iterator[None]:
        """Lets a page be asked for within. Raises NotAskedError when the share is over."""
        with self._change:
            self._change.wait_for(lambda: not self._asked or self._answered)
            if not self._has_room():
                raise errors.NotAskedError(address, StopReason.SHARE_IS_OVER)
            self._asked += 1
        try:
            yield
        finally:
            with self._change:
                self._answered += 1
                self._change.notify_all()

    def _has_room(self) -> bool:
        if self._start == math.inf or not self._asked:
            return True
        remaining = self._ending.remaining()
        each = (self._start - remaining) / self._answered
        return remaining - each * (self._asked - self._answered + 1) >= self._left_for_others


def open_fetcher(plan: Plan, stop: StopSignal) -> Fetcher:
    """The fetcher for a plan's editions, with its settings. Raises UsageError."""
    settings = plan.config.fetch
    fetching = FetchSettings(
        delay=settings.delay,
        timeout=settings.timeout,
        jobs=settings.jobs,
        retries=settings.retries,
        max_bytes=settings.max_bytes,
        user_agent=settings.user_agent,
        cookies=plan.cookies,
    )
    hosts = {host for edition in plan.editions for host in edition.hosts}
    origins = {host: plan.origins[e.code] for e in plan.editions if e.code in plan.origins for host in e.hosts}
    return Fetcher(fetching, frozenset(hosts), origins, stop)


def ask_for_all(
    context: BuildContext, stage: str, items: Iterable[_Item], ask: Callable[[_Item], _Answer]
) -> Iterator[tuple[_Item, _Answer | errors.FeedgenError]]:
    """Calls `ask` for several items at once; yields all items in order, each with its answer or its failure.

    When the run has to stop, the fetcher makes no more requests: the remaining items fail with NotAskedError.
    """
    todo, jobs = tuple(items), context.config.fetch.jobs
    upcoming, pending = iter(todo), deque[tuple[_Item, Future[_Answer | errors.FeedgenError]]]()

    def safely(item: _Item) -> _Answer | errors.FeedgenError:
        try:
            return ask(item)
        except errors.FeedgenError as error:
            return error

    with ThreadPoolExecutor(jobs) as pool:
        for number in range(1, len(todo) + 1):
            pending.extend((item, pool.submit(safely, item)) for item in islice(upcoming, jobs - len(pending)))
            item, future = pending.popleft()
            while not future.done():
                wait((future,), _POLL_SECONDS)
            yield item, future.result()
            context.progress(stage, number, len(todo))


def report_not_asked(context: BuildContext, what: str, failures: Sequence[errors.NotAskedError]) -> None:
    """Reports all lists or articles that were not requested as one problem; none if a person stopped the run."""
    if failures:
        number = f"{len(failures)} {what}{'s' if len(failures) > 1 else ''}, {failures[0].detail}"
        context.fail(errors.NotAskedError(context.edition.home, number))

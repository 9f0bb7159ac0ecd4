"""The pauses between requests, and what was asked in a run."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from feedgen_mayadeen import USER_AGENT
from feedgen_mayadeen.stop import StopSignal


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How requests are made: times in seconds, `max_bytes` of a body before and after decompression, `jobs` at once.

    A Retry-After of up to `longest_wait` is kept to; a page that asks for more is given up in this run.
    """

    delay: float = 1.0
    timeout: float = 20.0
    jobs: int = 4
    retries: int = 2
    max_bytes: int = 8 << 20
    longest_wait: float = 60.0
    user_agent: str = USER_AGENT
    cookies: Path | None = None

    @property
    def total_timeout(self) -> float:
        """How long a whole answer may take, in seconds: `timeout` bounds only the silence between its parts."""
        return 3 * self.timeout


@dataclass(slots=True)
class FetchStats:
    """What was asked of the site in this run."""

    requests: int = 0
    bytes: int = 0
    waited: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)


class Pace:
    """Keeps requests to one host at least `delay` seconds apart, whichever thread makes them."""

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self, stop: StopSignal) -> float:
        """Sleeps until this thread may ask, or the run is to end; returns the seconds slept."""
        began = time.monotonic()
        while not stop.is_requested():
            with self._lock:
                now = time.monotonic()
                if now >= self._next:
                    self._next = now + self.delay
                    return now - began
                pause = self._next - now
            stop.wait(pause)
        return time.monotonic() - began

    def pause_for(self, seconds: float) -> None:
        """Lets nobody ask this host for so many seconds: it asked for that, or is in trouble."""
        with self._lock:
            self._next = max(self._next, time.monotonic() + seconds)

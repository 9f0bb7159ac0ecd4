"""When a run is to end: a person asked for it, or its time is over. Whoever waits wakes up then."""

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum


class StopReason(StrEnum):
    """Why a run ends before all was asked for, as the end of a sentence."""

    INTERRUPTED = "because this run was stopped"
    OUT_OF_TIME = "because the time for this run was over"
    SHARE_IS_OVER = "because the rest of the time for this run is for articles"


class StopSignal:
    """The wish that no further request is made; what was asked for is still waited for and kept. Safe among threads."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self.why: StopReason | None = None
        self._end = math.inf

    def request(self, why: StopReason) -> None:
        """Asks for the end; the first to ask gives the reason."""
        self.why = self.why or why
        self._event.set()

    def is_requested(self) -> bool:
        """Whether the end was asked for."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Sleeps so many seconds, or until the end is asked for; whether it is."""
        return self._event.wait(seconds)

    def remaining(self) -> float:
        """Seconds until the time for this run is over; infinite when nobody bounds it."""
        return max(self._end - time.monotonic(), 0.0)

    @contextmanager
    def after(self, seconds: float) -> Iterator[None]:
        """Asks for the end when so many seconds have passed and the block is still running."""
        self._end = time.monotonic() + seconds
        timer = threading.Timer(seconds, self.request, (StopReason.OUT_OF_TIME,))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            self._end = math.inf

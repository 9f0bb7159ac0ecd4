"""When a host is left alone for the rest of a build: after three pages in a row that it refused or did not answer."""

from collections import Counter
from threading import Lock

from feedgen_mayadeen import errors
from feedgen_mayadeen.fetch.limits import TOO_SLOW
from feedgen_mayadeen.fetch.session import NO_HOST, REFUSED

_MOST_FAILURES = 3
_REFUSALS = (errors.BlockedError, errors.RateLimitedError)


class Breaker:
    """Counts failures in a row for each host. Safe among threads."""

    def __init__(self) -> None:
        self._failures: Counter[str] = Counter()
        self._last: dict[str, errors.FetchError | None] = {}
        self._lock = Lock()

    def record(self, host: str, error: errors.FetchError | None) -> None:
        """Takes note of what came of a page: its failure, or None. An answer of any other kind begins the count anew."""
        with self._lock:
            counts = isinstance(error, _REFUSALS) or is_silence(error)
            self._failures[host] = self._failures[host] + 1 if counts else 0
            self._last[host] = error

    def is_doubtful(self, host: str) -> bool:
        """Whether the last page failed so."""
        return self._failures[host] > 0

    def is_silent(self, host: str) -> bool:
        """Whether the host did not answer when it was last asked."""
        return is_silence(self._last.get(host))

    def why_not(self, host: str) -> str | None:
        """Why a host is not to be asked, as the end of a sentence; None while it is."""
        if self._failures[host] < _MOST_FAILURES:
            return None
        did = "did not answer" if self.is_silent(host) else "refused"
        return f"because the site {did} the requests before"

    def reset(self, host: str) -> None:
        """Allows one more request to a host that has refused, for another kind of page; its refusal is the last again.

        None to a host that keeps people waiting: that costs too much time.
        """
        with self._lock:
            if not isinstance(self._last.get(host), errors.TimedOutError):
                self._failures[host] = min(self._failures[host], _MOST_FAILURES - 1)


def is_silence(error: errors.FetchError | None) -> bool:
    """Whether a failure means that nobody answered: no name, refused, timed out. A slow answer is one."""
    if isinstance(error, errors.TimedOutError):
        return error.detail != TOO_SLOW
    return isinstance(error, errors.UnreachableError) and error.detail in (NO_HOST, REFUSED)

"""WebSub (W3C Recommendation of 23 January 2018): tells a hub which feeds have changed.

How a publisher tells a hub is left to both, as in PubSubHubbub 0.4 §6, which it comes from. The hubs that are in use take a
form with `hub.mode=publish` and `hub.url`, as PubSubHubbub 0.3 §7.1 has it. That lets `hub.url` be repeated, but some hubs,
such as WebSubHub, read one of them only: each feed gets a request of its own.
"""

import time
from urllib.parse import urlsplit

from feedgen_mayadeen import USER_AGENT
from feedgen_mayadeen.errors import FeedgenError, FetchError
from feedgen_mayadeen.fetch.limits import Limits
from feedgen_mayadeen.fetch.session import Session

_SECONDS = 60.0
"""For all feeds together; the hub fetches each of them anyway when somebody asks."""
_SECONDS_EACH = 10.0
_MOST_BYTES = 1 << 20
_IN_A_ROW = 3


class HubError(FeedgenError):
    """A hub was not told of a feed."""

    message = "the hub was not told that this feed has changed"
    hint = "readers get it at their next look; if this lasts, see whether `hub` in feeds.toml is right"


def ping(hub: str, topics: tuple[str, ...], *, seconds: float = _SECONDS) -> tuple[HubError, ...]:
    """Tells a hub of the feeds at the addresses `topics`, one after the other, and gives what went wrong as values.

    Nothing is raised. After `seconds` no request is begun, and one that is under way gets no more than the time that was
    left. After three failures in a row the rest is not tried.
    """
    try:
        host = urlsplit(hub).hostname if hub.startswith(("http://", "https://")) else None
    except ValueError:
        host = None
    if host is None:
        return (HubError(hub, "it is no address of a hub"),)
    until, failures, in_a_row = time.monotonic() + seconds, list[HubError](), 0
    for number, topic in enumerate(topics):
        if in_a_row == _IN_A_ROW:
            return (*failures, _rest(hub, f"after {_IN_A_ROW} failures in a row", len(topics) - number))
        left = until - time.monotonic()
        error = _tell(hub, host, topic, min(_SECONDS_EACH, left)) if left > 0 else None
        if left <= 0 or (error and time.monotonic() >= until):
            return (*failures, _rest(hub, f"not within {seconds:g} seconds", len(topics) - number))
        failures += [error] if error else []
        in_a_row = in_a_row + 1 if error else 0
    return tuple(failures)


def _rest(hub: str, why: str, count: int) -> HubError:
    """One failure for all feeds that the hub was not told of any more."""
    return HubError(hub, f"{why}; nor of {count - 1} more" if count > 1 else why)


def _tell(hub: str, host: str, topic: str, seconds: float) -> HubError | None:
    """One request, which follows no redirect: that would lose the form. A hub may be on this machine."""
    limits = Limits(seconds, seconds, _MOST_BYTES, frozenset((host,)))
    form = {"hub.mode": "publish", "hub.url": topic}
    try:
        with Session(limits, {"User-Agent": USER_AGENT}) as session, session.send(hub, address=hub, form=form) as answer:
            status = answer.status
    except FetchError as error:
        return HubError(topic, f"{hub}: {error.message}" + (f", {error.detail}" if error.detail else ""))
    return None if 200 <= status < 300 else HubError(topic, f"{hub} answers with status {status}")

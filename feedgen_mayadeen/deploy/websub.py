"""WebSub (W3C Recommendation of 23 January 2018): tells a hub which feeds have changed.

How a publisher tells a hub is left to both, as in PubSubHubbub 0.4 §6, which it comes from. The hubs that are in use take a
form with `hub.mode=publish` and `hub.url`, as PubSubHubbub 0.3 §7.1 has it. That lets `hub.url` be repeated, but some hubs,
such as WebSubHub, read one of them only: each feed gets a request of its own.
"""

import http.client
import threading
from collections.abc import Callable
from urllib.parse import urlencode
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

from feedgen_mayadeen import USER_AGENT
from feedgen_mayadeen.errors import FeedgenError

_SECONDS = 60.0
"""For all feeds together; the hub fetches each of them anyway when somebody asks."""
_SECONDS_EACH = 10.0
_IN_A_ROW = 3


class HubError(FeedgenError):
    """A hub was not told of a feed."""

    word = "the hub was not told that this feed has changed"
    advice = "readers get it at their next look; if this lasts, see whether `hub` in feeds.toml is right"


def ping(hub: str, topics: tuple[str, ...], *, seconds: float = _SECONDS) -> tuple[HubError, ...]:
    """Tells a hub of the feeds at the addresses `topics`, one after the other, and gives what went wrong as values.

    Nothing is raised, and it ends after `seconds` at the latest. After three failures in a row the rest is not tried.
    """
    if not hub.startswith(("http://", "https://")):
        return (HubError(hub, "it is no address of a hub"),)
    told: list[HubError | None] = []
    over = threading.Event()
    worker = threading.Thread(target=_tell_all, args=(hub, topics, told.append, over), daemon=True)
    worker.start()
    worker.join(seconds)
    over.set()
    done = tuple(told)
    failures = tuple(error for error in done if error)
    if rest := len(topics) - len(done):
        why = f"not within {seconds:g} seconds" if worker.is_alive() else f"after {_IN_A_ROW} failures in a row"
        failures += (HubError(hub, f"{why}; nor of {rest - 1} more" if rest > 1 else why),)
    return failures


def _tell_all(hub: str, topics: tuple[str, ...], tell: Callable[[HubError | None], None], over: threading.Event) -> None:
    opener = _opener()
    failed = 0
    for topic in topics:
        if over.is_set() or failed == _IN_A_ROW:
            return
        error = _tell(opener, hub, topic)
        failed = failed + 1 if error else 0
        tell(error)


def _tell(opener: OpenerDirector, hub: str, topic: str) -> HubError | None:
    form = urlencode({"hub.mode": "publish", "hub.url": topic}).encode()
    try:
        request = Request(hub, data=form, headers={"User-Agent": USER_AGENT})  # noqa: S310  # http and https only
        with opener.open(request, timeout=_SECONDS_EACH) as response:
            status = int(response.status)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return HubError(topic, f"{hub}: {error or type(error).__name__}")
    return None if 200 <= status < 300 else HubError(topic, f"{hub} answers with status {status}")


def _opener() -> OpenerDirector:
    """What opens addresses, through the proxies of the environment, but follows no redirect: that would lose the form."""
    opener = OpenerDirector()
    for handler in (ProxyHandler(), HTTPHandler(), HTTPSHandler()):
        opener.add_handler(handler)
    return opener

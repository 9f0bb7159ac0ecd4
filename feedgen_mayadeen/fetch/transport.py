"""Connections: none to private addresses, and none that goes on for ever, however slowly its bytes come."""

import ipaddress
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.response import BaseHTTPResponse

from feedgen_mayadeen.errors import PrivateAddressError

log = logging.getLogger(__name__)

_GLANCE = 0.5
"""So often, in seconds, it is looked how far a body has been read."""


def pools(own: frozenset[str], patience: float) -> dict[str, type[HTTPConnectionPool]]:
    """Pools of connections by scheme, for `PoolManager.pool_classes_by_scheme`.

    `own` are the hosts that may have private addresses, because somebody named them as an origin. The head of an answer
    must have come within `patience` seconds.
    """

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _checked(super()._new_conn(), self, own)

        def getresponse(self) -> Any:
            return _in_time(super().getresponse, self, patience)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _checked(super()._new_conn(), self, own)

        def getresponse(self) -> Any:
            return _in_time(super().getresponse, self, patience)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


@contextmanager
def bounded(response: BaseHTTPResponse, seconds: float, most: int) -> Iterator[threading.Event]:
    """Ends the reading of a body after so many seconds, or soon after so many bytes; the event tells whether that was needed.

    The socket's own timeout starts anew with each byte that comes, and packed bytes may go on without anything that comes
    out of them: whoever reads does not get to see them then.
    """
    over = threading.Event()

    def end() -> None:
        over.set()
        with suppress(OSError, RuntimeError, ValueError):  # the answer may have ended in this very moment
            response.shutdown()

    with _WATCH.over(seconds, end, lambda: response.tell() > most):
        yield over


def _in_time(answer: Callable[[], Any], connection: HTTPConnection, seconds: float) -> Any:
    """The head of an answer. Raises TimeoutError, which urllib3 knows how to name."""
    over = threading.Event()

    def end() -> None:
        over.set()
        if sock := connection.sock:  # which its own thread may take away meanwhile
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    try:
        with _WATCH.over(seconds, end):
            found = answer()
    except (OSError, HTTPException) as error:
        if over.is_set():
            raise TimeoutError("timed out") from error
        raise
    if over.is_set():  # half a head may be read as a whole one
        raise TimeoutError("timed out")
    return found


@dataclass(slots=True)
class _Watched:
    """Something that goes on: until when it may, what is too much of it, how to end it, and when to look again."""

    until: float
    is_too_much: Callable[[], bool] | None
    end: Callable[[], None]
    look: float


class _Watch:
    """Ends what takes too long: one thread for all that is going on, which ends when nothing is."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._watched: dict[object, _Watched] = {}
        self._wakes: float | None = None

    @contextmanager
    def over(self, seconds: float, end: Callable[[], None], is_too_much: Callable[[], bool] | None = None) -> Iterator[None]:
        """Calls `end` when this is not over within so many seconds, or soon after it is too much."""
        key, now = object(), time.monotonic()
        one = _Watched(now + seconds, is_too_much, end, now + (min(seconds, _GLANCE) if is_too_much else seconds))
        try:
            with self._changed:
                self._watched[key] = one
                self._wake_at(one.look)
            yield
        finally:
            with self._changed:
                self._watched.pop(key, None)

    def _wake_at(self, look: float) -> None:
        if self._wakes is None:
            threading.Thread(target=self._run, daemon=True).start()
            self._wakes = look
        elif look < self._wakes:
            self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while self._watched:
                now = time.monotonic()
                for key, one in list(self._watched.items()):
                    if one.look <= now:
                        self._look(key, one, now)
                self._wakes = min((one.look for one in self._watched.values()), default=now)
                self._changed.wait(self._wakes - now)
            self._wakes = None

    def _look(self, key: object, one: _Watched, now: float) -> None:
        """Ends what is over. Whatever goes wrong with one, the others must go on being watched."""
        try:
            if now < one.until and not (one.is_too_much and one.is_too_much()):
                one.look = min(now + _GLANCE, one.until)
                return
        except Exception:  # the edge of a thread: nobody above would report it, and all watching would end
            log.exception("how far an answer has been read can't be told")
        del self._watched[key]
        try:
            one.end()
        except Exception:  # likewise
            log.exception("an answer that was over could not be ended")


_WATCH = _Watch()


def _checked(sock: socket.socket, connection: HTTPConnection, own: frozenset[str]) -> socket.socket:
    """A connection that leads where it may: what a name leads to is known only now. A proxy is the user's own choice."""
    peer = sock.getpeername()[0]
    if connection.proxy is None and connection.host not in own and not ipaddress.ip_address(peer.partition("%")[0]).is_global:
        sock.close()
        raise PrivateAddressError(f"{connection.host}", peer)
    return sock

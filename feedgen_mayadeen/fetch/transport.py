"""Connections: none to private addresses, and none that goes on for ever, however slowly its bytes come."""

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.response import BaseHTTPResponse

from feedgen_mayadeen.errors import PrivateAddressError


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
def bounded(response: BaseHTTPResponse, seconds: float) -> Iterator[threading.Event]:
    """Ends the reading of a body after so many seconds; the event tells whether that was needed.

    The socket's own timeout starts anew with each byte that comes.
    """
    over = threading.Event()

    def end() -> None:
        over.set()
        with suppress(OSError, RuntimeError, ValueError):  # the answer may have ended in this very moment
            response.shutdown()

    with _WATCH.over(seconds, end):
        yield over


def _in_time(answer: Callable[[], Any], connection: HTTPConnection, seconds: float) -> Any:
    """The head of an answer. Raises TimeoutError, which urllib3 knows how to name."""
    over = threading.Event()

    def end() -> None:
        over.set()
        if connection.sock:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    try:
        with _WATCH.over(seconds, end):
            return answer()
    except (OSError, HTTPException) as error:
        if over.is_set():
            raise TimeoutError("timed out") from error
        raise


class _Watch:
    """Ends what takes too long: one thread for all that is going on, which ends when nothing is."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._due: dict[object, tuple[float, Callable[[], None]]] = {}
        self._wakes: float | None = None

    @contextmanager
    def over(self, seconds: float, end: Callable[[], None]) -> Iterator[None]:
        """Calls `end` when this is not over within so many seconds."""
        key, due = object(), time.monotonic() + seconds
        with self._changed:
            self._due[key] = (due, end)
            if self._wakes is None:
                self._wakes = due
                threading.Thread(target=self._run, daemon=True).start()
            elif due < self._wakes:
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._due.pop(key, None)

    def _run(self) -> None:
        with self._changed:
            while self._due:
                now = time.monotonic()
                for key, (due, end) in list(self._due.items()):
                    if due <= now:
                        del self._due[key]
                        end()
                self._wakes = min((due for due, _ in self._due.values()), default=now)
                self._changed.wait(self._wakes - now)
            self._wakes = None


_WATCH = _Watch()


def _checked(sock: socket.socket, connection: HTTPConnection, own: frozenset[str]) -> socket.socket:
    """A connection that leads where it may: what a name leads to is known only now. A proxy is the user's own choice."""
    peer = sock.getpeername()[0]
    if connection.proxy is None and connection.host not in own and not ipaddress.ip_address(peer.partition("%")[0]).is_global:
        sock.close()
        raise PrivateAddressError(f"{connection.host}", peer)
    return sock

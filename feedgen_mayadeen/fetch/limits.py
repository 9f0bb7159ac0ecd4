"""Bounded connections: none to a private address, no answer longer or slower than allowed."""

import io
import ipaddress
import socket
import time
from dataclasses import dataclass
from functools import partial
from http.client import HTTPResponse
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from feedgen_mayadeen.errors import PrivateAddressError, TimedOutError, TooLargeError

TOO_SLOW = "the answer comes too slowly"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one answer may take, head and body together, and which hosts may have a private address.

    `timeout` seconds of silence, `total_timeout` seconds in all, `size` bytes as they come from the network. `trusted` are
    the hosts that somebody named for this program.
    """

    timeout: float
    total_timeout: float
    size: int
    trusted: frozenset[str] = frozenset()


class _BoundedReader(io.RawIOBase):
    """The bytes of one answer as they come from the socket. Raises TimedOutError or TooLargeError, both without an address."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, limits: Limits) -> None:
        self._raw, self._sock, self._limits = raw, sock, limits
        self._until = time.monotonic() + limits.total_timeout
        self._bytes_left = limits.size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimedOutError("", TOO_SLOW)
        # The socket's own timeout starts anew with each byte that comes.
        self._sock.settimeout(min(self._limits.timeout, left))
        try:
            count: int = self._raw.readinto(buffer) or 0
        except TimeoutError as error:
            if time.monotonic() >= self._until:
                raise TimedOutError("", TOO_SLOW) from error
            raise
        self._bytes_left -= count
        if self._bytes_left < 0:
            raise TooLargeError("", f"over {self._limits.size} bytes")
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _BoundedResponse(HTTPResponse):
    """An answer that http.client reads through a bounded reader, its status line first."""

    def __init__(self, sock: socket.socket, *args: Any, limits: Limits, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp = io.BufferedReader(_BoundedReader(self.fp.detach(), sock, limits))

    def begin(self) -> None:
        """Reads the head; a length that is no number, or more than one, is none: urllib3 would raise."""
        super().begin()
        if self.length is None or len(set(self.headers.get_all("Content-Length", ()))) > 1:
            del self.headers["Content-Length"]


class _Connection(HTTPConnection):
    """A connection whose answers are bounded, those of a proxy too; what a name leads to is known once it stands."""

    def __init__(self, *args: Any, limits: Limits, **options: Any) -> None:
        super().__init__(*args, **options)
        self._trusted = limits.trusted
        self.response_class = partial(_BoundedResponse, limits=limits)  # type: ignore[assignment]  # it is only called

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        peer = sock.getpeername()[0]
        # A proxy is the user's own choice.
        is_allowed = self.proxy is not None or self.host in self._trusted
        if not is_allowed and not ipaddress.ip_address(peer.partition("%")[0]).is_global:
            sock.close()
            raise PrivateAddressError("", peer)
        return sock


class _SecureConnection(_Connection, HTTPSConnection):
    """The same with TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


def pools(limits: Limits) -> dict[str, Any]:
    """What makes pools of bounded connections, by scheme, for `PoolManager.pool_classes_by_scheme`."""
    return {"http": partial(_Pool, limits=limits), "https": partial(_SecurePool, limits=limits)}

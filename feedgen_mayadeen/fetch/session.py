"""One request and its answer over requests, bounded; of the environment only proxies and certificates count.

requests itself would add more: passwords of `~/.netrc`, or of the file that `NETRC` names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Any, Self
from urllib.parse import quote

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth
from requests.utils import get_auth_from_url

from feedgen_mayadeen import errors
from feedgen_mayadeen.fetch.limits import Limits, pools

_CHUNK = 1 << 16
_ASCII = "".join(map(chr, range(0x21, 0x7F)))
NO_HOST = "its host's name was not found"
REFUSED = "the connection was refused"


class _Adapter(HTTPAdapter):
    """Makes its connections in bounded pools."""

    def __init__(self, limits: Limits, connections: int) -> None:
        self._pools = pools(limits)
        super().__init__(pool_connections=4, pool_maxsize=connections)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        if proxy.lower().startswith("socks"):  # its connections would be bounded by nothing
            raise requests.exceptions.InvalidSchema("SOCKS")
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = self._pools
        return manager


class _Requests(requests.Session):
    """Leaves redirects to who asks: requests itself fails on addresses that it can't read."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None


class Session:
    """Sends requests with the same headers and cookies. Use as a context manager; several threads may `send`."""

    def __init__(
        self, limits: Limits, headers: Mapping[str, str], *, cookies: CookieJar | None = None, connections: int = 1
    ) -> None:
        self._limits = limits
        self._session = _Requests()
        self._session.auth = _password_of_address
        self._session.headers.update(headers)
        if cookies is not None:
            self._session.cookies = cookies  # type: ignore[assignment]  # any CookieJar will do
        adapter = _Adapter(limits, connections)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends all connections."""
        self._session.close()

    def send(
        self, url: str, *, address: str, headers: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
    ) -> "Answer":
        """The answer to GET, or to POST with a form; its head has come. Raises a FetchError that names `address`."""
        method = "GET" if form is None else "POST"
        try:
            request = self._session.prepare_request(requests.Request(method, url, headers=headers, data=form))
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise errors.UnreachableError(address, "it can't be asked as it is written") from error
        # A host may have several addresses, each of which is tried for as long.
        timeout = (self._limits.timeout / 2, self._limits.timeout)
        try:
            environment = self._session.merge_environment_settings(request.url or "", {}, True, None, None)
            response = self._session.send(request, timeout=timeout, allow_redirects=False, **environment)
        except errors.FetchError as error:
            raise type(error)(address, error.detail) from error
        except (OSError, urllib3.exceptions.HTTPError) as error:  # not all of urllib3's become requests' own
            raise _named(address, error) from error
        return Answer(address, response)


@dataclass(slots=True)
class Answer:
    """An answer whose head has come and whose body can be read once; closed at the end of `with`."""

    address: str
    _response: requests.Response
    received: int = field(default=0, init=False)
    """Bytes of the body that were read so far, unpacked."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the answer, read or not."""
        self._response.close()

    @property
    def status(self) -> int:
        """The status, such as 200."""
        return self._response.status_code

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, whose names compare without regard to case; bytes beyond ASCII are read as Latin-1."""
        return self._response.headers

    @property
    def location(self) -> str | None:
        """Where a redirect leads: its bytes beyond ASCII percent-encoded as they came. None for what is no redirect."""
        if not self._response.is_redirect:
            return None
        return quote(self.headers["Location"].encode("latin-1"), safe=_ASCII)

    @property
    def sets_cookies(self) -> bool:
        """Whether cookies came with it: with one of them the same address may be answered otherwise."""
        return bool(self._response.cookies)

    @property
    def content_type(self) -> str:
        """The Content-Type in lower case, "" without one."""
        return self.headers.get("Content-Type", "").lower()

    @property
    def charset(self) -> str | None:
        """The label of the charset that the Content-Type names."""
        return self._response.encoding if "charset" in self.content_type else None

    @property
    def retry_after(self) -> float | None:
        """The seconds that a Retry-After asks for (RFC 9110 §10.2.3); None without one that can be read."""
        text = self.headers.get("Retry-After")
        try:
            return urllib3.Retry(retry_after_max=1 << 31).parse_retry_after(text) if text else None
        except (urllib3.exceptions.InvalidHeader, ValueError, OverflowError):
            return None

    def body(self, most: int, *, whole: bool = True) -> bytes:
        """The body, unpacked, of at most `most` bytes; its beginning unless `whole` is wanted. Raises a FetchError."""
        too_large = errors.TooLargeError(self.address, f"over {most} bytes")
        if whole and _number(self.headers.get("Content-Length")) > most:
            raise too_large
        body = bytearray()
        self._response.raw.chunked = False  # http.client joins chunks as well, and bounds the lines between them
        try:
            for chunk in self._response.iter_content(_CHUNK):
                body += chunk
                if len(body) > most:
                    if whole:
                        raise too_large
                    break
        except errors.TooLargeError as error:
            raise too_large from error
        except errors.FetchError as error:
            raise type(error)(self.address, error.detail) from error
        except (OSError, urllib3.exceptions.HTTPError) as error:
            named = _named(self.address, error)
            raise (errors.CutShortError(self.address) if isinstance(named, errors.UnreachableError) else named) from error
        finally:
            self.received += len(body)
        return bytes(body)


def _password_of_address(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Authorises a request by what stands in its address, or not at all: without this requests reads `~/.netrc`."""
    user, password = get_auth_from_url(request.url or "")
    return HTTPBasicAuth(user, password)(request) if user or password else request


def _number(text: str | None) -> float:
    """A number of bytes from a header; 0 for what is none."""
    return float(text) if text and text.strip().isdecimal() else 0.0


def _named(address: str, error: Exception) -> errors.FetchError:
    """The failure that an exception of requests or urllib3 stands for."""
    if isinstance(error, requests.Timeout) or "timed out" in str(error):
        return errors.TimedOutError(address)
    if isinstance(error, (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError)):
        return errors.CutShortError(address)
    return errors.UnreachableError(address, _why_unreachable(error))


def _why_unreachable(error: Exception) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "the secure connection failed"
    if isinstance(error, requests.exceptions.InvalidSchema):  # of the proxy: the address was looked at before
        return "the proxy could not be used: SOCKS is not understood"
    if isinstance(
        error, (requests.exceptions.ProxyError, requests.exceptions.InvalidURL, urllib3.exceptions.LocationValueError)
    ):
        return "the proxy could not be used"
    if isinstance(error, OSError) and not isinstance(error, requests.RequestException):
        return "the file of certificates that the environment names can't be read"
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    if isinstance(reason, urllib3.exceptions.NameResolutionError):
        return NO_HOST
    if isinstance(reason, urllib3.exceptions.NewConnectionError):
        return REFUSED
    return "it was closed before an answer came"

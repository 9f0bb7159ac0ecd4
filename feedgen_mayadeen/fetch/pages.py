"""From an answer to a page of the site, or to the failure that it stands for."""

import gzip
import io
import zlib
from collections.abc import Mapping

from feedgen_mayadeen import errors
from feedgen_mayadeen.fetch.blocks import refusal_of
from feedgen_mayadeen.fetch.charset import decode, looks_like_html
from feedgen_mayadeen.fetch.session import Answer
from feedgen_mayadeen.models import Page, Validators

ERROR_BODY_BYTES = 1 << 16
"""Of an answer that is no page this many bytes are read, to see what kind of refusal it is."""
MOST_TAGS = 20_000
"""A page with more tags than this would take hundreds of megabytes to read; the site's have a few thousand."""
MOST_ELEMENTS = 200_000
"""A sitemap or feed with more signs of elements than this, likewise: thirty thousand articles have fewer."""
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_GZIP_FILE = b"\x1f\x8b"
_STATUS_ERRORS: Mapping[int, type[errors.FetchError]] = {
    401: errors.BlockedError,
    403: errors.BlockedError,
    404: errors.NotFoundError,
    410: errors.GoneError,
    429: errors.RateLimitedError,
    451: errors.BlockedError,
}


def read_page(answer: Answer, asked: str, came: str, *, html: bool, most: int) -> Page:
    """The page in an answer to a request for `came`, to which redirects led from `asked`; both canonical.

    `html` asks for a web page; anything else may be a packed file. Of either `most` bytes are read. Raises a FetchError.
    """
    if answer.status != 200:
        raise _named_by_status(answer, asked, came)
    is_html = not answer.content_type or answer.content_type.startswith(_HTML_TYPES)
    if html and not is_html:
        raise errors.NotHtmlError(came, answer.headers["Content-Type"])
    body = answer.body(most)
    if is_html and (refusal := refusal_of(answer.status, answer.headers, body, asked, came)):
        raise errors.BlockedError(came, refusal)
    if not html and body.startswith(_GZIP_FILE):
        body = _unpacked(body, came, most)
    if not body.strip():
        raise errors.EmptyPageError(came)
    if html and not looks_like_html(body):
        raise errors.NotHtmlError(came, "its bytes are no HTML")
    if body.count(b"<") > (most_tags := MOST_TAGS if html else MOST_ELEMENTS):
        raise errors.TooLargeError(came, f"over {most_tags} tags")
    validators = Validators(answer.headers.get("ETag"), answer.headers.get("Last-Modified"))
    return Page(came, decode(body, answer.charset), validators)


def _named_by_status(answer: Answer, asked: str, came: str) -> errors.FetchError:
    """The failure that a status other than 200 stands for; a challenge comes with several statuses."""
    status, wait = answer.status, answer.retry_after
    try:
        body = answer.body(ERROR_BODY_BYTES, whole=False)
    except errors.FetchError:
        body = b""
    if refusal := refusal_of(status, answer.headers, body, asked, came):
        return errors.BlockedError(came, f"status {status}, {refusal}")
    kind = _STATUS_ERRORS.get(status, errors.ServerError)
    return kind(came, f"status {status}" + (f", asks to wait {wait:.0f} s" if wait is not None else ""))


def _unpacked(body: bytes, address: str, most: int) -> bytes:
    """What is in a gzip file (RFC 1952), such as `sitemap.xml.gz`. Raises TooLargeError or CutShortError."""
    try:
        with gzip.open(io.BytesIO(body)) as file:
            content = file.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise errors.CutShortError(address) from error
    if len(content) > most:
        raise errors.TooLargeError(address, f"over {most} bytes")
    return content

"""How the bytes of an answer become text."""

import codecs
import logging
import re

log = logging.getLogger(__name__)

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_NO_CHARSETS = ("idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "utf-7")
"""Codecs of Python that no browser takes for a page's charset (WHATWG Encoding §4.2); some read a page as nothing."""
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
_TAG = re.compile(rb"<[a-z!?/]", re.IGNORECASE)


def decode(body: bytes, charset: str | None) -> str:
    """A page's text: in the charset that the answer declares, else the page itself, else UTF-8; never fails."""
    found = _CHARSET.search(body[:4096])
    for name in (charset, found[1].decode("ascii", "replace") if found else None):
        try:
            if name and codecs.lookup(name).name not in _NO_CHARSETS:
                # Some codecs give halves of characters, which nothing can be written with.
                return body.decode(name, "replace").encode("utf-8", "replace").decode()
        except (LookupError, ValueError):
            log.info("unknown charset %r", name)
    return body.decode("utf-8", "replace")


def looks_like_html(body: bytes) -> bool:
    """Whether bytes can be a web page: there is a tag in them, and no zero byte at their beginning.

    Pages in UTF-16 have zero bytes after a byte order mark.
    """
    start = body[:4096]
    return start.startswith(_BYTE_ORDER_MARKS) or (b"\0" not in start and _TAG.search(body) is not None)

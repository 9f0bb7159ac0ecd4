"""How the bytes of an answer become text: by the rules of browsers (WHATWG Encoding)."""

import re
from typing import Any

import webencodings
from bs4.dammit import EncodingDetector

_BEGINNING = 4096
"""A page declares its charset within so many bytes; browsers look at the first 1024."""
_UNUSABLE = ("replacement", "x-user-defined")
"""Encodings of the standard that make no text: a browser shows nothing of the one and bytes of the other."""
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
_TAG = re.compile(rb"<[a-z!?/]", re.IGNORECASE)


def decode(body: bytes, charset: str | None) -> str:
    """A page's text: as its byte order mark says, else the answer's `charset`, else the page itself, else UTF-8. Never fails.

    A label means what it means to browsers: `iso-8859-1` is windows-1252, `utf-7` is none. Bytes that the charset does not
    have become U+FFFD.
    """
    declared = EncodingDetector.find_declared_encoding(body[:_BEGINNING], is_html=True, search_entire_document=True)
    own = _encoding(declared)
    if own and own.name.startswith("utf-16"):  # its own words could be read: it is none (WHATWG HTML §13.2.3.3)
        own = webencodings.UTF8
    text: str = webencodings.decode(body, _encoding(charset) or own or webencodings.UTF8, errors="replace")[0]
    return text


def _encoding(label: str | None) -> Any:
    """The encoding that browsers take a label for; None for what is no label of one that is in use."""
    encoding = webencodings.lookup(label) if label else None
    return None if encoding is None or encoding.name in _UNUSABLE else encoding


def looks_like_html(body: bytes) -> bool:
    """Whether bytes can be a web page: there is a tag in them, and no zero byte at their beginning.

    Pages in UTF-16 have zero bytes after a byte order mark.
    """
    start = body[:_BEGINNING]
    return start.startswith(_BYTE_ORDER_MARKS) or (b"\0" not in start and _TAG.search(body) is not None)

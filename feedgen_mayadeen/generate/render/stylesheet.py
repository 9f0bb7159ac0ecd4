"""The stylesheet of the pages, and of feeds that are opened in a browser (CSS, because Chromium has removed XSLT)."""

from functools import cache
from importlib import resources
from xml.sax.saxutils import quoteattr


@cache
def style() -> bytes:
    """The content of style.css, for everything in the folder."""
    return resources.files(__package__).joinpath("style.css").read_bytes()


def with_stylesheet(document: bytes, href: str) -> bytes:
    """An XML document with a stylesheet for browsers, which feed readers ignore.

    `href` is its path from the document (https://www.w3.org/TR/xml-stylesheet/).
    """
    instruction = f'<?xml-stylesheet type="text/css" href={quoteattr(href)}?>\n'.encode()
    end = document.find(b"?>") + 2 if document.startswith(b"<?xml ") else 0
    return document[:end] + (b"\n" if end else b"") + instruction + document[end:].lstrip()

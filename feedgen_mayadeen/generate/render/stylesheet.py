"""The style of the pages, and of feeds that are opened in a browser: XSLT is gone from Chromium, CSS remains."""

from functools import cache
from importlib import resources
from xml.sax.saxutils import quoteattr


@cache
def style() -> bytes:
    """The content of style.css, one file for everything in the folder."""
    return resources.files(__package__).joinpath("style.css").read_bytes()


def with_stylesheet(document: bytes, href: str) -> bytes:
    """An XML document with a stylesheet for browsers, named after the XML declaration, which comes first if there is one.

    `href` is the way to it from the document (https://www.w3.org/TR/xml-stylesheet/); readers pass over it.
    """
    instruction = f'<?xml-stylesheet type="text/css" href={quoteattr(href)}?>\n'.encode()
    end = document.find(b"?>") + 2 if document.startswith(b"<?xml ") else 0
    return document[:end] + (b"\n" if end else b"") + instruction + document[end:].lstrip()

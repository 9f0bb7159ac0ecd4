"""Relative and absolute addresses of files in the output folder, and links that subscribe in a reader."""

from urllib.parse import quote

READERS = (
    ("Feedly", "https://feedly.com/i/subscription/feed%2F{quoted}"),
    ("Inoreader", "https://www.inoreader.com/?add_feed={quoted}"),
    ("NetNewsWire", "feed:{address}"),
)
"""Readers with links that subscribe to a feed. NetNewsWire and other apps open links with the scheme `feed`."""


def address_of(base_url: str, file: str) -> str:
    """The absolute address of a file of the folder; `base_url` without a slash at the end."""
    return f"{base_url}/{quote(file)}"


def reader_links(address: str) -> tuple[tuple[str, str], ...]:
    """For each reader its name and the link that subscribes to the feed at an absolute address."""
    quoted = quote(address, safe="")
    return tuple((name, link.format(address=address, quoted=quoted)) for name, link in READERS)


def index_of(edition: str) -> str:
    """The path of an edition's index page in the folder."""
    return "index.html" if edition == "en" else f"{edition}/index.html"


def up_from(file: str) -> str:
    """The relative path from a file's folder to the output folder: `../` for `tags/mali.html`."""
    return "../" * file.count("/")

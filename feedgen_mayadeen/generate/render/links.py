"""Where the files of the output folder are: from one of its pages, from anywhere, and for a reader's button."""

from urllib.parse import quote

READERS = (
    ("Feedly", "https://feedly.com/i/subscription/feed%2F{quoted}"),
    ("Inoreader", "https://www.inoreader.com/?add_feed={quoted}"),
    ("NetNewsWire", "feed:{address}"),
)
"""The readers that a link can subscribe, with the link. NetNewsWire, as other apps do, answers to the scheme `feed`."""


def address_of(base_url: str, file: str) -> str:
    """The absolute address of a file of the folder; `base_url` without a slash at the end."""
    return f"{base_url}/{quote(file)}"


def reader_links(address: str) -> tuple[tuple[str, str], ...]:
    """For each reader its name and the link by which it subscribes to the feed at an absolute address."""
    quoted = quote(address, safe="")
    return tuple((name, link.format(address=address, quoted=quoted)) for name, link in READERS)


def index_of(edition: str) -> str:
    """The path of an edition's index page in the folder."""
    return "index.html" if edition == "en" else f"{edition}/index.html"


def up_from(file: str) -> str:
    """What leads from a file's folder to the output folder itself: `../` for `tags/mali.html`."""
    return "../" * file.count("/")

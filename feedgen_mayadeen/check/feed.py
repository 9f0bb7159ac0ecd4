"""A feed as the check has read it: what is compared within a file and between files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml.etree import _Element

from feedgen_mayadeen.check.atom import ATOM, ENTRY, HISTORY, links
from feedgen_mayadeen.check.forms import instant
from feedgen_mayadeen.check.markup import stylesheets

EDITIONS = ("ar", "es")
"""Editions that have a folder of their own."""
HEALTH = "health.xml"
_MOST_READ = "most-read"
_ARCHIVE = re.compile(r"(.+)\.archive-\d+")
NEIGHBOURS = ("current", "prev-archive", "next-archive")


def edition_of(file: str) -> str:
    """The folder of the edition that a file belongs to: `ar`, `es`, or nothing for the English one."""
    first = file.partition("/")[0]
    return first if first in EDITIONS and first != file else ""


def archived_feed(file: str) -> str | None:
    """The feed's file that an archive page's file belongs to: `news.xml` of `news.archive-3.xml`; None for other files."""
    stem, _, suffix = file.rpartition(".")
    found = _ARCHIVE.fullmatch(stem)
    return f"{found[1]}.{suffix}" if found else None


@dataclass(frozen=True, slots=True)
class AtomEntry:
    """What of an entry must be the same wherever it stands. What is missing is "" or None."""

    id: str
    title: str
    published: datetime | None
    updated: datetime | None
    alternate: str


@dataclass(frozen=True, slots=True)
class AtomFeed:
    """One Atom file. `neighbours` are the relation and address of its links to other pages of its archive (RFC 5005 §4)."""

    file: str
    id: str
    title: str
    updated: datetime | None
    own_address: str
    neighbours: tuple[tuple[str, str], ...]
    marked_archive: bool
    stylesheets: tuple[str | None, ...]
    entries: tuple[AtomEntry, ...]

    @property
    def stem(self) -> str:
        """The path without suffix."""
        return self.file.removesuffix(".xml")

    @property
    def is_main(self) -> bool:
        """Whether people subscribe to it for articles: neither an archive page nor the feed of the program's own health."""
        return self.file != HEALTH and archived_feed(self.file) is None

    @property
    def is_ordered(self) -> bool:
        """Whether its entries stand newest first; the Most Read box has an order of its own."""
        return self.stem.removeprefix(f"{edition_of(self.file)}/") != _MOST_READ

    def neighbour(self, relation: str) -> str | None:
        """The address of a link to another page of its archive."""
        return next((address for rel, address in self.neighbours if rel == relation), None)


def read_feed(file: str, root: _Element) -> AtomFeed:
    """What a document says, as far as it says it."""
    own = links(root, "self")
    return AtomFeed(
        file=file,
        id=text_of(root, "id"),
        title=text_of(root, "title"),
        updated=instant(text_of(root, "updated")),
        own_address=own[0].get("href", "") if own else "",
        neighbours=tuple((rel, link.get("href", "")) for rel in NEIGHBOURS for link in links(root, rel)),
        marked_archive=root.find(f"{{{HISTORY}}}archive") is not None,
        stylesheets=stylesheets(root),
        entries=tuple(_entries(root)),
    )


def _entries(root: _Element) -> Iterator[AtomEntry]:
    for entry in root.iterfind(ENTRY):
        alternates = links(entry, "alternate")
        yield AtomEntry(
            text_of(entry, "id"),
            text_of(entry, "title"),
            instant(text_of(entry, "published")),
            instant(text_of(entry, "updated")),
            alternates[0].get("href", "") if alternates else "",
        )


def text_of(element: _Element, name: str) -> str:
    """The text of a child of the Atom namespace, or "" without one."""
    return element.findtext(f"{{{ATOM}}}{name}") or ""

"""The lists of a folder's feeds: feeds.opml by the schema opml.rng, status.json by its declared fields."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from feedgen_mayadeen.check.between import Feeds
from feedgen_mayadeen.check.findings import ADDRESS, CONTRACT, BrokenFileError, Fault, quoted
from feedgen_mayadeen.check.site import Site
from feedgen_mayadeen.check.xml import parse_xml, schema_faults, stylesheet_faults

OPML, STATUS = "feeds.opml", "status.json"
NOT_AS_DECLARED = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
Instant = Annotated[datetime, Meta(tz=True)]


class Told(msgspec.Struct, frozen=True):
    """What status.json tells of the whole folder; `base_url` is None where it was built without an address."""

    sample: bool = False
    base_url: Annotated[str, Meta(pattern=ADDRESS)] | UnsetType | None = UNSET


class Row(msgspec.Struct, frozen=True):
    """One feed; `failures` counts builds in a row."""

    edition: str
    key: str
    kind: str
    title: str
    file: str
    entries: int
    newest: Instant | None
    last_success: Instant | None
    failures: int
    reason: str | None
    state: str


class Status(Told, frozen=True, kw_only=True):
    """The whole file; it may say more."""

    version: Literal[1]
    built: Instant
    exit_code: int
    next_build: Instant | None
    feeds: tuple[Row, ...]


def told(content: bytes) -> Told:
    """What the bytes of status.json tell; nothing where they are broken, which `status_faults` finds."""
    try:
        return msgspec.json.decode(content, type=Told)
    except NOT_AS_DECLARED:
        return Told()


def opml_faults(content: bytes, feeds: Feeds, site: Site) -> Iterator[Fault]:
    """All that is wrong with feeds.opml."""
    root = parse_xml(content)
    yield from stylesheet_faults(OPML, root, site)
    if faults := tuple(schema_faults("opml", root)):
        yield from faults
        return
    addresses = [outline.get("xmlUrl", "") for outline in root.iterfind("body//outline[@xmlUrl]")]
    # Without an address the list leads to the files on the disk: readers know of no folder.
    files = [site.target(OPML, address)[1] if site.base else site.on_disk(address) for address in addresses]
    yield from _each_once(list(zip(files, addresses, strict=True)), feeds)


def status_faults(content: bytes, feeds: Feeds) -> Iterator[Fault]:
    """All that is wrong with status.json."""
    try:
        status = msgspec.json.decode(content, type=Status)
    except NOT_AS_DECLARED as error:
        raise BrokenFileError(CONTRACT, f"is not what it must be: {error}") from error
    for row in status.feeds:
        if row.file in feeds and row.entries != (number := len(feeds[row.file].entries)):
            yield CONTRACT, f"says that {row.file} has {row.entries} entries; it has {number}"
    yield from _each_once([(row.file, row.file) for row in status.feeds], feeds)


def _each_once(named: Sequence[tuple[str | None, str]], feeds: Feeds) -> Iterator[Fault]:
    """A list must name each main feed once, and nothing that is no feed of the folder; `named` are files, as written too."""
    counts = Counter(file for file, _ in named)
    for named_file, written in dict.fromkeys(named):
        if named_file not in feeds:
            yield CONTRACT, f"names {quoted(written)}, which is no feed of the folder"
    for file, feed in feeds.items():
        if counts[file] > 1 or (feed.is_main and not counts[file]):
            yield CONTRACT, f"names {file} {counts[file]} times; once is right"

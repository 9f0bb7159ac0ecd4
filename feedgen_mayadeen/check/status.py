"""What status.json must hold: when the last build was, and a row for each feed of the folder."""

from collections import Counter
from collections.abc import Iterator

import msgspec

from feedgen_mayadeen.check.between import Feeds
from feedgen_mayadeen.check.findings import CONTRACT, Finding, Place, quoted
from feedgen_mayadeen.check.forms import is_instant

STATUS = "status.json"


class Row(msgspec.Struct, frozen=True):
    """One feed; instants are RFC 3339 texts, `failures` counts builds in a row."""

    edition: str
    key: str
    kind: str
    title: str
    file: str
    entries: int
    newest: str | None
    last_success: str | None
    failures: int
    reason: str | None
    state: str


class Status(msgspec.Struct, frozen=True):
    """The whole file; it may say more."""

    version: int
    built: str
    exit_code: int
    next_build: str | None
    feeds: tuple[Row, ...]


def status_findings(content: bytes, feeds: Feeds) -> Iterator[Finding]:
    """All that is wrong with the file."""
    place = Place(STATUS)
    try:
        status = msgspec.json.decode(content, type=Status)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        yield place.finding(CONTRACT, f"is not what it must be: {error}")
        return
    if status.version != 1:
        yield place.finding(CONTRACT, f"is of version {status.version}; this check knows version 1")
    instants = [("built", status.built), ("next_build", status.next_build)]
    for row in status.feeds:
        instants += [(f"newest of {row.file}", row.newest), (f"last_success of {row.file}", row.last_success)]
        yield from _row_findings(place, row, feeds)
    for name, at in instants:
        if at is not None and not is_instant(at):
            yield place.finding(CONTRACT, f"`{name}` is no RFC 3339 instant with an offset: {quoted(at)}")
    rows = Counter(row.file for row in status.feeds)
    for feed in feeds.values():
        if feed.is_main and rows[feed.file] != 1:
            yield place.finding(CONTRACT, f"names {feed.file} {rows[feed.file]} times; once is right")


def _row_findings(place: Place, row: Row, feeds: Feeds) -> Iterator[Finding]:
    feed = feeds.get(row.file)
    if feed is None:
        yield place.finding(CONTRACT, f"names {quoted(row.file)}, which is no feed of the folder")
    elif row.entries != len(feed.entries):
        yield place.finding(CONTRACT, f"says that {row.file} has {row.entries} entries; it has {len(feed.entries)}")

"""What memory knows of what it published: what each file was made from, how it lay on the disk, and what each feed was."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from feedgen_mayadeen.archive.store import Store
from feedgen_mayadeen.models import Listed, Written

_UNMOVED = """
SELECT feed, published.changes, around, failing, pages, since, told FROM published JOIN feeds USING (feed)
WHERE edition = ? AND settings = ? AND published.changes = feeds.changes
"""
_SOME = """
SELECT file, mark, size, modified, digest, COALESCE(packed, x'') FROM json_each(?) CROSS JOIN files ON file = value
LEFT JOIN pieces USING (file)
"""
_TAKEN_AWAY = ("DELETE FROM files WHERE file = ?", "DELETE FROM pieces WHERE file = ?")


class Published(NamedTuple):
    """A feed as it was when all its files were last published.

    `changes` is its count of changes then, `settings` a mark of what else decides which entries it has, `around` of all that
    its files share with others; `failing` tells since when it had been failing, `pages` are its archive's. With fewer entries
    than it may have it shows all its articles; otherwise those since an instant, in seconds since 1970, and maybe not all.
    """

    feed: int
    changes: int
    settings: bytes
    around: bytes
    failing: str
    pages: tuple[int, ...]
    since: int | None
    listed: Listed


class Files:
    """The files of the output folder, by their paths in it, and the feeds that they are of."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def lie(self) -> Mapping[str, tuple[int, int]]:
        """How every file lay that was published and not taken away since: its size and its time, as in Written."""
        rows = self._store.db.execute("SELECT file, size, modified FROM files")
        return {file: (size, modified) for file, size, modified in rows}

    def get(self, files: Iterable[str]) -> dict[str, Written]:
        """Some of these files."""
        rows = self._store.db.execute(_SOME, (msgspec.json.encode(list(files)).decode(),)).fetchall()
        return {file: Written(*row) for file, *row in rows}

    def unmoved(self, edition: str, settings: bytes) -> Mapping[int, Published]:
        """An edition's feeds, by number, of which nothing has changed since they were published under these settings."""
        rows = self._store.db.execute(_UNMOVED, (edition, settings)).fetchall()
        told = msgspec.json.decode(b"[%s]" % b",".join(row[-1] for row in rows), type=tuple[Listed, ...])
        return {
            feed: Published(feed, changes, settings, around, failing, tuple(map(int, pages.split())), since, listed)
            for (feed, changes, around, failing, pages, since, _), listed in zip(rows, told, strict=True)
        }

    def keep(
        self, written: Mapping[str, Written], gone: Iterable[str], feeds: Iterable[Published] = (), lost: Iterable[int] = ()
    ) -> None:
        """Remembers what was published, and forgets what was taken away; `lost` are feeds that could not be, or not whole."""
        with self._store.transaction() as db:
            rows = [(file, one.mark, one.size, one.modified, one.digest) for file, one in written.items()]
            db.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", rows)
            db.executemany("INSERT OR REPLACE INTO pieces VALUES (?, ?)", [(f, one.pieces) for f, one in written.items()])
            for statement in _TAKEN_AWAY:
                db.executemany(statement, [(file,) for file in gone])
            db.executemany("INSERT OR REPLACE INTO published VALUES (?, ?, ?, ?, ?, ?, ?, ?)", map(_row, feeds))
            db.executemany("DELETE FROM published WHERE feed = ?", [(feed,) for feed in lost])


def _row(one: Published) -> tuple[object, ...]:
    pages, told = " ".join(map(str, one.pages)), msgspec.json.encode(one.listed)
    return (one.feed, one.changes, one.settings, one.around, one.failing, pages, one.since, told)

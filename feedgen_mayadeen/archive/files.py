"""What memory knows of the files that it wrote: what each was made from, and how it lay on the disk."""

from collections.abc import Iterable, Mapping

from feedgen_mayadeen.archive.store import Store
from feedgen_mayadeen.models import Written


class Files:
    """The files of the output folder, by their paths in it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> Mapping[str, Written]:
        """Every file that was published and not taken away since."""
        rows = self._store.db.execute("SELECT file, mark, size, modified, digest FROM files")
        return {file: Written(*row) for file, *row in rows}

    def keep(self, written: Mapping[str, Written], gone: Iterable[str]) -> None:
        """Remembers what was published, and forgets what was taken away."""
        with self._store.transaction() as db:
            rows = [(file, one.mark, one.size, one.modified, one.digest) for file, one in written.items()]
            db.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", rows)
            db.executemany("DELETE FROM files WHERE file = ?", [(file,) for file in gone])

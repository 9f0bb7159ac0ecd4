"""Published files: a fingerprint of what each was made from, and a digest of its bytes."""

from collections.abc import Iterable, Mapping

from feedgen_mayadeen.models import PublishedFile
from feedgen_mayadeen.store.database import Database


class Files:
    """The files of the output folder, by their paths in it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> Mapping[str, PublishedFile]:
        """Every file that was published and not removed since."""
        rows = self._database.db.execute("SELECT file, fingerprint, digest FROM files")
        return {file: PublishedFile(fingerprint, digest) for file, fingerprint, digest in rows}

    def save(self, published: Mapping[str, PublishedFile], removed: Iterable[str]) -> None:
        """Saves the published files, and deletes the removed ones. Raises MemoryWriteError."""
        with self._database.transaction() as db:
            rows = [(file, one.fingerprint, one.digest) for file, one in published.items()]
            db.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", rows)
            db.executemany("DELETE FROM files WHERE file = ?", [(file,) for file in removed])

"""The output folder in one build: which files are there as they were published, which have changed."""

import hashlib
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

from feedgen_mayadeen.files import Outcome, files_in, is_part, remove, write_file
from feedgen_mayadeen.models import PublishedFile


class OutputFolder:
    """The output folder in one build: what was published before (`known`), and what is now."""

    def __init__(self, folder: Path, known: Mapping[str, PublishedFile], *, dry_run: bool) -> None:
        self._folder, self._known, self._dry_run = folder, known, dry_run
        self._there = set(files_in(folder))
        self.published: dict[str, PublishedFile] = {}
        self.removed: set[str] = set()

    def is_current(self, file: str, fingerprint: bytes) -> bool:
        """Whether a file is there as it was published, made from the same."""
        known = self._known.get(file)
        if known is None or known.fingerprint != fingerprint or file not in self._there:
            return False
        try:
            return known.digest == _digest_of((self._folder / file).read_bytes())
        except OSError:
            return False

    def holds(self, file: str) -> bool:
        """Whether a file of this path is there."""
        return file in self._there

    def has_lost(self, file: str) -> bool:
        """Whether a file was published before, and is not there now: the folder is another one, or lost something."""
        return file in self._known and file not in self._there

    def others(self, live: AbstractSet[str]) -> frozenset[str]:
        """The paths of all files there but these, those too that nobody published."""
        return frozenset(self._there - live)

    def write(self, file: str, content: bytes, fingerprint: bytes) -> Outcome:
        """Publishes a file that is made from what `fingerprint` stands for. Raises OutputError."""
        digest, known, was_there = _digest_of(content), self._known.get(file), file in self._there
        outcome = write_file(self._folder / file, content, dry_run=self._dry_run)
        if self._dry_run:
            return outcome
        self._there.add(file)
        self.published[file] = PublishedFile(fingerprint, digest)
        is_restored = outcome is Outcome.WRITTEN and not was_there and known is not None and known.digest == digest
        return Outcome.RESTORED if is_restored else outcome

    def remove(self, file: str) -> None:
        """Takes away a file that is no feed any more. Raises OutputError."""
        remove(self._folder / file)
        self._there.discard(file)
        self.removed.add(file)

    def sweep(self) -> None:
        """Takes away what killed builds left half written. Raises OutputError."""
        for file in [file for file in self._there if is_part(file)]:
            self.remove(file)


def _digest_of(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()

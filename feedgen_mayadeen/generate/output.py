"""The output folder during a build: which files are unchanged, and which are written or removed."""

import hashlib
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

from feedgen_mayadeen.files import Outcome, files_in, is_part, remove, write_file
from feedgen_mayadeen.models import PublishedFile


class OutputFolder:
    """The output folder during a build. `known` are the files that earlier builds published."""

    def __init__(self, folder: Path, known: Mapping[str, PublishedFile], *, dry_run: bool) -> None:
        self._folder, self._known, self._dry_run = folder, known, dry_run
        self._there = set(files_in(folder))
        self.published: dict[str, PublishedFile] = {}
        self.removed: set[str] = set()

    def is_current(self, file: str, fingerprint: bytes) -> bool:
        """Whether a file exists as it was published, and everything it is made from is still the same."""
        known = self._known.get(file)
        if known is None or known.fingerprint != fingerprint or file not in self._there:
            return False
        try:
            return known.digest == _digest_of((self._folder / file).read_bytes())
        except OSError:
            return False

    def holds(self, file: str) -> bool:
        """Whether a file exists."""
        return file in self._there

    def has_lost(self, file: str) -> bool:
        """Whether a published file is missing: the folder is a new one, or somebody deleted the file."""
        return file in self._known and file not in self._there

    def others(self, live: AbstractSet[str]) -> frozenset[str]:
        """The paths of all files except these, also of files that no build published."""
        return frozenset(self._there - live)

    def write(self, file: str, content: bytes, fingerprint: bytes) -> Outcome:
        """Writes a file; `fingerprint` is of everything it is made from. Raises OutputError."""
        digest, known, was_there = _digest_of(content), self._known.get(file), file in self._there
        outcome = write_file(self._folder / file, content, dry_run=self._dry_run)
        if self._dry_run:
            return outcome
        self._there.add(file)
        self.published[file] = PublishedFile(fingerprint, digest)
        is_restored = outcome is Outcome.WRITTEN and not was_there and known is not None and known.digest == digest
        return Outcome.RESTORED if is_restored else outcome

    def remove(self, file: str) -> None:
        """Deletes an outdated file. Raises OutputError."""
        remove(self._folder / file)
        self._there.discard(file)
        self.removed.add(file)

    def sweep(self) -> None:
        """Deletes half-written files of killed builds. Raises OutputError."""
        for file in [file for file in self._there if is_part(file)]:
            self.remove(file)


def _digest_of(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()

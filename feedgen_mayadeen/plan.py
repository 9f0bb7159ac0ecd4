"""What is to be built: the plan, one edition's run of it, and the choice of feeds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

from feedgen_mayadeen.archive import Archive
from feedgen_mayadeen.config import Config
from feedgen_mayadeen.errors import UsageError
from feedgen_mayadeen.fetch import Fetcher
from feedgen_mayadeen.membership import ALL, parent_of
from feedgen_mayadeen.report import Report
from feedgen_mayadeen.site.edition import Edition, load

Progress = Callable[[str, int, int], None]
"""Told a stage's name, how much of it is done, and how much there is."""


def silent(stage: str, done: int, total: int) -> None:
    """The progress of somebody who does not want to hear of it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to build: settings, where to read (`origins`: base addresses by edition code), and where to write."""

    config: Config
    out: Path
    state: Path
    origins: dict[str, str]
    cookies: Path | None = None
    dry_run: bool = False

    @property
    def editions(self) -> tuple[Edition, ...]:
        """The editions to build, in order, each once."""
        return tuple(load(code) for code in dict.fromkeys(self.config.build.editions))


@dataclass(frozen=True, slots=True)
class Run:
    """One edition's part of a build: everything that its steps work with."""

    plan: Plan
    edition: Edition
    archive: Archive
    fetcher: Fetcher
    report: Report
    progress: Progress
    now: datetime

    def is_selected(self, key: str) -> bool:
        """Whether `--only` leaves a feed in."""
        only = self.plan.config.build.only
        return not only or any(fnmatchcase(key, pattern) for pattern in only)

    def is_needed(self, key: str) -> bool:
        """Whether a list is to be read: its own feed is selected, its parent's, or the feed of everything."""
        return any(self.is_selected(wanted) for wanted in (key, parent_of(key) or key, ALL))


def check_selection(runs: Sequence[Run]) -> None:
    """Refuses a `--only` that names no feed of any edition, before anything is asked. Raises UsageError."""
    known = {ALL}
    for run in runs:
        known |= {entry.key for entry in run.edition.lists} | set(run.archive.feeds.counts(run.edition.code))
        known |= {listing.key for listing in run.archive.lists.all(run.edition.code)}
    for pattern in runs[0].plan.config.build.only:
        if not any(fnmatchcase(key, pattern) for key in known):
            near = get_close_matches(pattern, known, 1)
            hint = f"did you mean {near[0]}?" if near else "`feedgen-mayadeen list` shows the keys"
            raise UsageError(f"--only {pattern}", f"there is no feed of that name; {hint}")

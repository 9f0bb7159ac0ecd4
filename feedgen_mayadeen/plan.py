"""What is to be built: the plan, one edition's run of it, and the choice of feeds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

from feedgen_mayadeen.archive import Archive
from feedgen_mayadeen.archive.copying import has_memory
from feedgen_mayadeen.config import Config
from feedgen_mayadeen.cores import Cores
from feedgen_mayadeen.ending import Ending, Why
from feedgen_mayadeen.errors import FeedgenError, NotAskedError, UsageError
from feedgen_mayadeen.fetch import Fetcher
from feedgen_mayadeen.membership import ALL, BREAKING, MOST_READ, parent_of
from feedgen_mayadeen.report import Report
from feedgen_mayadeen.site.edition import Edition, load

_GATHERING = ("tags/", "coverage/", "authors/")

Progress = Callable[[str, int, int], None]
"""Told a stage's name, how much of it is done, and how much there is."""


def silent(stage: str, done: int, total: int) -> None:
    """The progress of somebody who does not want to hear of it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to build: settings, where to read (`origins`: base addresses by edition code), and where to write.

    `sample` marks the folder as the sample site's, so that its articles are never taken for real ones.
    """

    config: Config
    out: Path
    state: Path
    origins: dict[str, str]
    cookies: Path | None = None
    dry_run: bool = False
    backfill: str | None = None
    sample: bool = False

    @property
    def editions(self) -> tuple[Edition, ...]:
        """The editions to build, in order, each once."""
        return tuple(load(code) for code in dict.fromkeys(self.config.build.editions))

    @property
    def expects_many_articles(self) -> bool:
        """Whether there are hundreds of articles to read: in a first build, and of a past month."""
        return self.backfill is not None or not has_memory(self.state)


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
    ending: Ending
    cores: Cores

    def is_selected(self, key: str) -> bool:
        """Whether `--only` leaves a feed in."""
        only = self.plan.config.build.only
        return not only or any(fnmatchcase(key, pattern) for pattern in only)

    def is_needed(self, key: str) -> bool:
        """Whether a list is to be read: its own feed is selected, its parent's, or one that gathers from all lists."""
        only = self.plan.config.build.only
        gathers = any(pattern.startswith(_GATHERING) for pattern in only)
        return gathers or any(self.is_selected(wanted) for wanted in (key, parent_of(key) or key, ALL))

    def was_read(self) -> bool:
        """Whether the edition could be read so far."""
        return self.report.was_read(self.edition.code)

    def fail(self, error: FeedgenError) -> None:
        """Adds a failure to the report; what was not asked because a person stopped the run is none."""
        if not (isinstance(error, NotAskedError) and self.ending.why is Why.INTERRUPTED):
            self.report.fail(error)

    def must_end(self) -> bool:
        """Whether the run is to end: no further request is made then, what came is kept."""
        return self.ending.is_asked()


def check_selection(runs: Sequence[Run]) -> None:
    """Refuses a `--only` that names no feed of any edition, before anything is asked. Raises UsageError."""
    if not runs[0].plan.config.build.only:
        return
    known = {ALL, BREAKING, MOST_READ}
    for run in runs:
        known |= {entry.key for entry in run.edition.lists} | {row.key for row in run.archive.feeds.all(run.edition.code)}
    for pattern in runs[0].plan.config.build.only:
        if not pattern.startswith(_GATHERING) and not any(fnmatchcase(key, pattern) for key in known):
            near = get_close_matches(pattern, known, 1)
            hint = f"did you mean {near[0]}?" if near else "`feedgen-mayadeen list` shows the keys"
            raise UsageError(f"--only {pattern}", f"there is no feed of that name; {hint}")

"""The plan of a build, the context of its stages for one edition, and the selection of feeds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

from feedgen_mayadeen.config import Config
from feedgen_mayadeen.errors import FeedgenError, NotAskedError, UsageError
from feedgen_mayadeen.fetch import Fetcher
from feedgen_mayadeen.ids import ALL, SPECIAL, TOPICS, parent_of
from feedgen_mayadeen.report import Report
from feedgen_mayadeen.site.edition import Edition, load
from feedgen_mayadeen.stop import StopReason, StopSignal
from feedgen_mayadeen.store import Memory

_TOPIC_KEYS = tuple(f"{kind}/" for kind in TOPICS)

Progress = Callable[[str, int, int], None]
"""Called with a stage's name, the number of finished items, and the number of all items."""


def silent(stage: str, done: int, total: int) -> None:
    """A `Progress` that shows nothing."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to build: settings, where to read (`origins`: base addresses by edition code), and where to write.

    `sample` marks the folder as the sample site's, so that its articles are never taken for real ones. Pictures below the base
    address `media` stand in the folder itself, under the same paths.
    """

    config: Config
    out: Path
    state: Path
    origins: dict[str, str]
    cookies: Path | None = None
    dry_run: bool = False
    backfill: str | None = None
    sample: bool = False
    media: str = ""

    @property
    def editions(self) -> tuple[Edition, ...]:
        """The editions to build, in order, each once."""
        return tuple(load(code) for code in dict.fromkeys(self.config.build.editions))


@dataclass(frozen=True, slots=True)
class BuildContext:
    """Everything that the stages of a build need, for one edition."""

    plan: Plan
    edition: Edition
    memory: Memory
    fetcher: Fetcher
    report: Report
    progress: Progress
    now: datetime
    stop: StopSignal

    @property
    def config(self) -> Config:
        """The settings of the build."""
        return self.plan.config

    def is_selected(self, key: str) -> bool:
        """Whether `--only` selects a feed."""
        only = self.config.build.only
        return not only or any(fnmatchcase(key, pattern) for pattern in only)

    def is_needed(self, key: str) -> bool:
        """Whether a list must be read: for its own feed, its parent's, or one with articles of all lists."""
        only = self.config.build.only
        gathers = any(pattern.startswith(_TOPIC_KEYS) for pattern in only)
        return gathers or any(self.is_selected(wanted) for wanted in (key, parent_of(key) or key, ALL))

    def was_read(self) -> bool:
        """Whether the edition could be read, so far."""
        return self.report.was_read(self.edition.code)

    def fail(self, error: FeedgenError) -> None:
        """Adds a failure to the report, unless a page was not requested because a person stopped the run."""
        if not (isinstance(error, NotAskedError) and self.stop.why is StopReason.INTERRUPTED):
            self.report.fail(error)

    def must_end(self) -> bool:
        """Whether the run has to stop: no further request is made, and what was read is kept."""
        return self.stop.is_requested()


def check_selection(contexts: Sequence[BuildContext]) -> None:
    """Raises UsageError if an `--only` matches no feed of any edition."""
    if not contexts[0].config.build.only:
        return
    known = set(SPECIAL)
    for context in contexts:
        known |= {entry.key for entry in context.edition.lists} | {
            row.key for row in context.memory.feeds.all(context.edition.code)
        }
    for pattern in contexts[0].config.build.only:
        if not pattern.startswith(_TOPIC_KEYS) and not any(fnmatchcase(key, pattern) for key in known):
            near = get_close_matches(pattern, known, 1)
            hint = f"did you mean {near[0]}?" if near else "`feedgen-mayadeen list` shows the keys"
            raise UsageError(f"--only {pattern}", f"there is no feed of that name; {hint}")

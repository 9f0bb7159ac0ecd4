"""The report of a build, and its exit code."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from feedgen_mayadeen.errors import FeedgenError, MemoryWriteError, OutputError


class ListOutcome(StrEnum):
    """The outcome of one list page."""

    READ = "read"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    EMPTY = "empty"
    NO_LIST = "no list"
    GONE = "gone"
    SUSPICIOUS = "suspicious"
    NOT_ASKED = "not asked"
    LEFT = "left for the next build"

    @property
    def was_asked(self) -> bool:
        """Whether the page was asked for."""
        return self not in (ListOutcome.NOT_ASKED, ListOutcome.LEFT)


@dataclass(frozen=True, slots=True)
class ListReport:
    """One list page: its outcome (`seen`), the origin of its address (`way`), the number of its cards.

    `fed_by` is the source of its articles when the page itself failed: feed.rss or the sitemaps.
    """

    edition: str
    key: str
    address: str
    way: str
    seen: ListOutcome
    cards: int = 0
    fed_by: str = ""

    @property
    def was_read(self) -> bool:
        """Whether the page came and told something, if only that it has not changed."""
        return self.seen.was_asked and self.seen is not ListOutcome.FAILED


@dataclass(frozen=True, slots=True)
class FeedReport:
    """One feed: its file, its entries, how many of them are new or changed in this build, and whether it was written."""

    edition: str
    key: str
    title: str
    file: str
    entries: int
    fresh: int
    outcome: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A failure: its sentence, the address that it is about, and its class's name without `Error`."""

    sentence: str
    address: str
    kind: str

    @classmethod
    def of(cls, error: FeedgenError) -> "Problem":
        """The problem for an error."""
        return cls(str(error), error.address, type(error).__name__.removesuffix("Error"))


@dataclass(slots=True)
class Report:
    """The whole build, filled in as it goes."""

    lists: list[ListReport] = field(default_factory=list)
    feeds: list[FeedReport] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    articles_read: int = 0
    articles_unchanged: int = 0
    articles_failed: int = 0
    articles_not_asked: int = 0
    requests: int = 0
    bytes: int = 0
    seconds: float = 0.0
    seconds_waited: float = 0.0
    stopped: bool = False
    published: bool = False
    """Whether the output folder is complete and may be served."""
    homes_read: set[str] = field(default_factory=set)
    """The codes of the editions whose home page was read."""
    fresh: set[str] = field(default_factory=set)
    """The ids of the entries that are new or changed in this build."""

    def fail(self, error: FeedgenError) -> None:
        """Adds a failure, but only once: a full disk causes the same one in many places."""
        problem = Problem.of(error)
        if problem not in self.problems:
            self.problems.append(problem)

    @contextmanager
    def recording_errors(self) -> Iterator[None]:
        """Adds failures to write inside the block to the problems, so that the build can go on."""
        try:
            yield
        except (MemoryWriteError, OutputError) as error:
            self.fail(error)

    def lists_of(self, edition: str) -> list[ListReport]:
        """The lists of an edition."""
        return [each for each in self.lists if each.edition == edition]

    def was_read(self, edition: str) -> bool:
        """Whether an edition could be read: a list, if need be from feed.rss or the sitemaps, or only the home page."""
        lists = self.lists_of(edition)
        return any(each.was_read or each.fed_by for each in lists) or (not lists and edition in self.homes_read)

    @property
    def site_was_read(self) -> bool:
        """Whether any edition could be read."""
        return any(map(self.was_read, {each.edition for each in self.lists} | self.homes_read))

    @property
    def exit_code(self) -> int:
        """0 all up to date · 1 something failed, the rest was published · 3 nothing could be read, no feed was changed ·
        130 stopped with Ctrl-C.
        """
        if self.stopped:
            return 130
        if not self.site_was_read:
            return 3
        return 1 if self.problems else 0

    def as_json(self) -> dict[str, Any]:
        """The report for `--json`."""
        return {
            "exit_code": self.exit_code,
            **asdict(self),
            "fresh": sorted(self.fresh),
            "homes_read": sorted(self.homes_read),
        }

"""Pages read into cards and articles: in this process, and where there are many in further ones, on all cores."""

import gc
import logging
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from queue import SimpleQueue
from types import TracebackType
from typing import Any, BinaryIO, Self

from feedgen_mayadeen import errors
from feedgen_mayadeen.clean import clean
from feedgen_mayadeen.models import Article, Page, Teaser
from feedgen_mayadeen.site import article, listing
from feedgen_mayadeen.site.edition import Edition, load

log = logging.getLogger(__name__)

_MANY = 200
"""Pages for which further processes pay: each needs some tenths of a second to begin."""
_MOST = 4
"""Processes, whatever the number of cores: each holds about 60 MB."""
_OBJECTS = 20_000
"""New objects after which Python looks for garbage: the elements and texts of ten pages. At its usual 700 a fifth of the
time that reading takes goes into looking, because elements refer to each other in circles."""
_NO_ANSWER = (OSError, EOFError, pickle.PickleError, ValueError, TypeError, AttributeError, ImportError, LookupError)
"""What comes of the end of a process, and of bytes that are no answer: something else may print where answers are told."""


class Readers:
    """Reads pages, as many at once as there are cores when several threads ask. Looks for garbage less often meanwhile."""

    def __init__(self) -> None:
        self._others: list[_Other] = []
        self._idle = SimpleQueue[_Other]()
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        self._ends.enter_context(_collected_less_often())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ends.close()

    def expect(self, pages: int) -> None:
        """Makes ready for so many pages to come."""
        cores = _cores()
        if not self._others and pages >= _MANY and cores > 1 and sys.executable:
            self._others = [_Other() for _ in range(min(cores, _MOST))]
            for other in self._others:
                self._ends.callback(other.end)
                self._idle.put(other)

    def article(self, page: Page, edition: Edition) -> Article:
        """The article of a page, its body sanitised. Raises a ReadError."""
        found: Article = self._read("article", page, edition)
        return found

    def cards(self, page: Page, edition: Edition, others: Collection[str]) -> tuple[Teaser, ...]:
        """The cards of a list page; `others` are known to be no articles. Raises NoCardsError, TooDeepError."""
        found: tuple[Teaser, ...] = self._read("cards", page, edition, others)
        return found

    def _read(self, what: str, page: Page, edition: Edition, *more: object) -> Any:
        if not self._others:
            return _KINDS[what](page, edition, *more)
        other = self._idle.get()
        try:
            answer = other.ask(what, page, edition.code, *more)
        finally:
            self._idle.put(other)
        if isinstance(answer, errors.FeedgenError):
            raise answer
        return _KINDS[what](page, edition, *more) if answer is None else answer


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _clean_article(page: Page, edition: Edition) -> Article:
    found = article.read_article(page, edition).article
    return replace(found, body=clean(found.body))


_KINDS: dict[str, Callable[..., Any]] = {"article": _clean_article, "cards": listing.read_list}


@contextmanager
def _collected_less_often() -> Iterator[None]:
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


class _Other:
    """A further process. It reads one page at a time, and ends when this one does, however that happens."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        with suppress(OSError):
            self._process = subprocess.Popen(  # noqa: S603  # this very program
                [sys.executable, "-P", "-m", __name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                start_new_session=True,  # Ctrl-C is for the first process
            )

    def ask(self, *question: object) -> Any:
        """What it reads on a page, or the failure that it meets; None when it can't be asked, now or any more."""
        process = self._process
        if process is None or not process.stdin or not process.stdout:
            return None
        try:
            pickle.dump(question, process.stdin)
            process.stdin.flush()
            return pickle.load(process.stdout)  # noqa: S301  # our own process
        except _NO_ANSWER as error:
            log.debug("a reading process does not answer any more: %s", error)
            self.end()
            return None

    def end(self) -> None:
        """Ends the process, which has nothing to lose."""
        if self._process:
            process, self._process = self._process, None
            process.kill()
            with suppress(OSError):
                process.communicate()


def _answer_all(questions: BinaryIO, answers: BinaryIO) -> None:
    """Reads page after page until there are no more questions."""
    with _collected_less_often(), suppress(EOFError):
        while True:
            what, page, code, *more = pickle.load(questions)  # noqa: S301  # from the process that began this one
            try:
                answer = _KINDS[what](page, load(code), *more)
            except errors.FeedgenError as error:
                answer = error
            pickle.dump(answer, answers)
            answers.flush()


if __name__ == "__main__":
    _answer_all(sys.stdin.buffer, sys.stdout.buffer)

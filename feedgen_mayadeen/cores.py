"""Work on all cores: in further processes, forked from this one while it has a single thread; elsewhere here."""

import gc
import logging
import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing.connection import Connection
from queue import SimpleQueue
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeAlias, TypeVar

from feedgen_mayadeen.errors import FeedgenError

log = logging.getLogger(__name__)

_MOST = 4
"""Processes, whatever the number of cores: the site answers one request after another."""
_OBJECTS = 20_000
"""New objects after which Python looks for garbage, of which there is hardly any. At its usual 700 it looks all the time."""
_NO_ANSWER = (OSError, EOFError, pickle.PickleError)
"""What comes of the end of a process."""

_Answer: TypeAlias = tuple[Any, FeedgenError | None]
"""What comes of a task: a value, or the failure that it met."""

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Cores:
    """Does work on as many cores as there are when several threads ask for it. Looks for garbage less often meanwhile.

    Enter it before anything else: a process with several threads is not forked, and one that is has copies of all open
    files. Without `much` to do everything is done here: a fork copies what either process touches from then on.
    """

    def __init__(self, *, much: bool = False) -> None:
        self._much = much
        self._others: list[_Other] = []
        self._idle = SimpleQueue[_Other]()
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        self._ends.enter_context(_collected_less_often())
        for _ in range(_further_processes() if self._much else 0):
            with suppress(OSError):  # no room for another: those that there are will do
                other = _Other(self._others)
                self._others.append(other)
                self._idle.put(other)
                self._ends.callback(other.end)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ends.close()

    def do(self, work: Callable[_P, _T], *given: _P.args, **named: _P.kwargs) -> _T:
        """What a function of a module makes of values that can be pickled. Raises what it raises."""
        if not self._others:
            return work(*given, **named)
        other = self._idle.get()
        try:
            answer = other.ask(work, given, named)
        finally:
            self._idle.put(other)
        if answer is None:
            return work(*given, **named)
        found: _T
        found, error = answer
        if error:
            raise error
        return found


def _further_processes() -> int:
    """How many to begin: one for each core, though this one has work too, since one is always waiting for the next task.

    Elsewhere than on Linux libraries of the system may not be used after a fork.
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        return 0
    return min(_cores(), _MOST) if _cores() > 1 else 0


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


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
    """A further process. It does one piece of work at a time, and ends when this one does, however that happens."""

    def __init__(self, before: Sequence["_Other"]) -> None:
        """Raises OSError. `before` are those that there are already: their connections are no matter of the new one."""
        context = multiprocessing.get_context("fork")
        self._connection, theirs = context.Pipe()
        others = (self._connection, *(other._connection for other in before))
        self._process = context.Process(target=_work, args=(theirs, others), daemon=True)
        try:
            self._process.start()
        finally:
            theirs.close()

    def ask(self, *task: object) -> _Answer | None:
        """What comes of a task; None when it can't be done there, now or any more."""
        try:
            self._connection.send(task)
            answer: _Answer | None = self._connection.recv()
        except _NO_ANSWER as error:
            log.debug("a further process does not answer any more: %s", error)
            self._connection.close()
            return None
        return answer

    def end(self) -> None:
        """Ends the process, which has nothing to lose."""
        self._connection.close()
        self._process.kill()
        self._process.join()


def _work(tasks: Connection, others: Sequence[Connection]) -> None:
    """Does task after task until there are no more, or nobody is there who could have one."""
    for other in others:
        other.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the first process
    with suppress(EOFError, OSError):
        while True:
            work, given, named = tasks.recv()
            answer: _Answer | None
            try:
                answer = work(*given, **named), None
            except FeedgenError as error:
                answer = None, error
            except Exception:  # the edge of a process: the one that asked does it once more, and reports what it meets
                log.debug("a task failed in a further process", exc_info=True)
                answer = None
            tasks.send(answer)

"""How often Python looks for garbage while a build runs: the elements of a parsed page refer to each other in circles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_OBJECTS = 20_000
"""The elements and texts of ten pages or so. At Python's 700 a fifth of the time that parsing takes goes into looking."""


@contextmanager
def collected_less_often() -> Iterator[None]:
    """Looks for garbage at every so many new objects, and never among those that are there already."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()

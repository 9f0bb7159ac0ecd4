"""What is printed: every stream takes every text, and one that takes nothing any more never stops the work."""

import codecs
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TextIO

import click

_failed: list[OSError] = []
"""What was met in this run by a stream that could not be written; its rest goes nowhere."""


def prepare() -> None:
    """Makes the streams ready for texts in any script, whatever their encoding; to be called before anything is printed."""
    _failed.clear()
    for number in range(3):  # a file that is opened must not get the place of a stream that was closed
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="backslashreplace")


def echo(text: str = "", *, err: bool = False, nl: bool = True) -> None:
    """Prints a text; a stream that can't take it is remembered, see `failing_sentence`."""
    try:
        click.echo(text, err=err, nl=nl)
    except OSError as error:
        give_up(sys.stderr if err else sys.stdout, error)


def json_text(value: object, default: Callable[[Any], Any] | None = None) -> str:
    """A value as JSON that survives the encoding of standard output: in ASCII where that is not UTF-8."""
    import json

    try:
        is_utf8 = codecs.lookup(sys.stdout.encoding).name == "utf-8"
    except (AttributeError, LookupError, TypeError):
        is_utf8 = False
    return json.dumps(value, ensure_ascii=not is_utf8, indent=1, default=default)


def give_up(stream: TextIO, error: OSError) -> None:
    """Remembers that a stream can't be written, and sends what it still holds nowhere, for Python flushes it at the end."""
    _failed.append(error)
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def has_failed() -> bool:
    """Whether anything that was to be printed could not be."""
    return bool(_failed)


def failing_sentence() -> str:
    """What to tell of that; nothing of a reader that wanted no more, such as `head`."""
    told = next((error for error in _failed if not isinstance(error, BrokenPipeError)), None)
    return f"the output could not be written ({told.strerror}); what else was to be done was done" if told else ""

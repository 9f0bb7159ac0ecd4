"""Files that are made of pieces: what a file holds already is taken over, and what was begun before is there before."""

import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import wait
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedgen_mayadeen import publish
from feedgen_mayadeen.models import Document, Piece, Written
from feedgen_mayadeen.publish import Outcome, Shelf, assemble
from tests.saved import patient

TEXTS = st.binary(max_size=8)
MARKS = st.sampled_from([b"", b"1", b"2", b"3", b"four", b"\xff" * 40])
ENTRIES = st.lists(MARKS, max_size=6)
AROUND = st.sampled_from([b"here", b"there"])


class Made:
    """A document whose pieces with marks are always made of the same, and which of them were made."""

    def __init__(self, marks: Iterable[bytes], between: bytes, frame: tuple[bytes, bytes], around: bytes) -> None:
        self.made = list[bytes]()
        pieces = tuple(Piece(mark, partial(self._make, mark, around)) for mark in marks)
        head, tail = (Piece(mark, partial(self._make, mark, around)) for mark in frame)
        self.document = Document(pieces, between, lambda made: (head, tail))
        self.marks = (*marks, *frame)

    def _make(self, mark: bytes, around: bytes) -> bytes:
        self.made.append(mark)
        return b"<" + mark * 2 + around + b">"


@patient
@given(ENTRIES, ENTRIES, TEXTS, st.tuples(MARKS, MARKS), AROUND, AROUND)
def test_whatever_a_file_holds_the_next_is_the_same_as_if_all_were_made_anew(
    old: list[bytes], new: list[bytes], between: bytes, frame: tuple[bytes, bytes], was: bytes, now: bytes
) -> None:
    before, after = Made(old, between, frame, was), Made(new, between, frame, now)
    content, packed = assemble(before.document, was, b"", lambda: b"")
    assert content == bytes(before.document)
    again, _ = assemble(after.document, now, packed, lambda: content)
    made = set(after.made)
    assert again == bytes(Made(new, between, frame, now).document)
    held = set(before.marks) - {b""} if was == now else set[bytes]()
    assert made == set(after.marks) - held


def test_a_file_that_was_touched_gives_no_piece() -> None:
    one = Made([b"1", b"2"], b"", (b"3", b""), b"here")
    content, packed = assemble(one.document, b"here", b"", lambda: b"")
    assert assemble(one.document, b"here", packed, lambda: b"") == (content, packed)
    assert one.made == [b"1", b"2", b"3", b""] * 2


class Nothing:
    """A memory that knows of no file."""

    def lie(self) -> Mapping[str, tuple[int, int]]:
        return {}

    def get(self, files: Iterable[str]) -> dict[str, Written]:
        return {}


def test_a_feed_is_not_there_before_its_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry that leaves a feed for its archive stands in both for a moment, never in neither."""
    is_free, put = threading.Event(), publish._replace

    def held_up(path: Path, content: bytes) -> None:
        if path.name == "archive":
            is_free.wait(60)
        put(path, content)

    monkeypatch.setattr(publish, "_replace", held_up)
    document = Made([b"1"], b"", (b"", b""), b"here").document
    with Shelf(tmp_path, Nothing(), dry_run=False) as shelf:
        archive = shelf.put_later("archive", b"mark", document, b"here")
        feed = shelf.put_later("feed", b"mark", document, b"here", [archive])
        wait([shelf.put_later(f"other-{number}", b"mark", document, b"here") for number in range(20)])
        was_there = feed.done() or (tmp_path / "feed").exists()
        is_free.set()
        assert not was_there
        assert feed.result() is archive.result() is Outcome.WRITTEN
    assert (tmp_path / "feed").read_bytes() == (tmp_path / "archive").read_bytes() == bytes(document)

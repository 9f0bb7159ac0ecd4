"""The pages in docs/ are checked against the code: every kind of problem and every word of `doctor` has its line."""

import re
from collections.abc import Iterator
from pathlib import Path

from feedgen_mayadeen import errors
from feedgen_mayadeen.commands import doctor
from feedgen_mayadeen.deploy import git, pages, state_branch, websub

ROOT = Path(__file__).parents[1]


def leaves(kind: type[errors.FeedgenError]) -> Iterator[type[errors.FeedgenError]]:
    """Every kind of failure that has a word of its own, and so may be told to a person."""
    for below in kind.__subclasses__():
        if below.message != kind.message or below.__doc__ != kind.__doc__:
            yield below
        yield from leaves(below)


def test_every_kind_of_problem_is_explained() -> None:
    assert all((git.Branch, state_branch.BRANCH, pages.BRANCH, websub.ping))  # their failures are known by now
    told = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "when-red.md").read_text("utf-8"), re.MULTILINE))
    kinds = {each.__name__.removesuffix("Error") for each in leaves(errors.FeedgenError)} - {"Fetch", "Read"}
    assert told == kinds


def test_every_word_of_doctor_is_explained() -> None:
    told = re.findall(r"^\| ([a-z ]+) \| [^|]+ \| [^|]+ \|$", (ROOT / "docs" / "when-red.md").read_text("utf-8"), re.MULTILINE)
    words = (doctor.WORKS, doctor.BLOCKED, doctor.CHANGED, doctor.ABSENT, doctor.FAILING, doctor.NOT_ASKED)
    assert set(words) <= set(told)

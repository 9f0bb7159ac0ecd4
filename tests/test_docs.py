"""What the documents say is checked against the code: kinds of problems, words of `doctor`, files, options, anchors."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedgen_mayadeen import errors
from feedgen_mayadeen.cli import main
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


def test_every_file_that_contributing_names_exists() -> None:
    named = re.findall(r"`(?:\.\./)?([\w./]+\.(?:py|toml))`", (ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    assert named
    assert [name for name in named if not any(ROOT.rglob(name))] == []


def test_readme_lists_the_options_of_build() -> None:
    listed = set(re.findall(r"^\| (?:`-\w`, )?`(--[\w-]+)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE))
    assert listed == {max(option.opts, key=len) for option in main.commands["build"].params}


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in ROOT.glob("docs/*.md"))])
def test_links_between_the_documents_lead_somewhere(page: str) -> None:
    for file, anchor in re.findall(r"\]\((?!http)([\w./-]*)#?([\w-]*)\)", (ROOT / page).read_text("utf-8")):
        target = (ROOT / page).parent / file if file else ROOT / page
        headings = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), re.MULTILINE)
        assert not anchor or anchor in {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}

"""What a build tells GitHub Actions: problems as annotations, a table as the job's summary, what the next steps need."""

from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

from feedgen_mayadeen.report import Report

_SUSPICIOUS = "SuspiciousPage"
_LONGEST = 900_000
"""GitHub drops a summary of more than 1 MiB."""


def is_there(environment: Mapping[str, str]) -> bool:
    """Whether this is a run of GitHub Actions."""
    return environment.get("GITHUB_ACTIONS") == "true"


def pages_address(environment: Mapping[str, str]) -> str | None:
    """Where GitHub Pages serves the repository of this run, if it has no domain of its own; None elsewhere.

    The repository `NAME.github.io` of NAME is served at the root, any other one below it.
    """
    owner, _, name = environment.get("GITHUB_REPOSITORY", "").partition("/")
    if not (is_there(environment) and owner and name):
        return None
    root = f"https://{owner.lower()}.github.io/"
    return root if name.lower() == f"{owner.lower()}.github.io" else f"{root}{name}/"


def annotations(report: Report) -> Iterator[str]:
    """A line for each problem and warning, as GitHub reads them from a step's output."""
    for problem in report.problems:
        level = "warning" if problem.kind == _SUSPICIOUS else "error"
        yield f"::{level} title={_property(problem.kind)}::{_message(problem.sentence)}"
    for warning in report.warnings:
        yield f"::warning title=Memory::{_message(warning)}"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def summary(report: Report) -> str:
    """The report as Markdown: what was asked, the problems, and a row for each feed."""
    lists = {(each.edition, each.key): each for each in report.lists}
    fresh = len(report.fresh)
    lines = [
        f"### {'Nothing could be read' if not report.site_was_read else 'Feeds'}",
        "",
        f"{len(report.feeds)} feeds, {fresh} entries new or changed, {len(report.problems)} problems."
        f" {report.requests} requests in {report.seconds:.0f} s, {report.seconds_waited:.0f} s of them pauses.",
        "",
        *(f"- {_cell(problem.sentence)}" for problem in report.problems),
        "",
        "| feed | entries | new | file | page | way |",
        "| --- | ---: | ---: | --- | --- | --- |",
    ]
    for feed in report.feeds:
        page = lists.get((feed.edition, feed.key))
        seen, way = (page.seen.value, page.fed_by or page.way) if page else ("", "")
        lines.append(f"| {_cell(feed.file)} | {feed.entries} | {feed.fresh} | {feed.outcome} | {seen} | {way} |")
    lines += [f"\n{_cell(note)}" for note in report.notes]
    return "\n".join(lines)[:_LONGEST] + "\n"


def _cell(text: str) -> str:
    """A text as it is, in a table of Markdown."""
    plain = escape(" ".join(text.split()), quote=False)
    return "".join(f"\\{char}" if char in "\\`*_[]|~" else char for char in plain)


def outputs(report: Report, *, has_hub: bool) -> str:
    """What the next steps need to know: whether the folder may be served, whether a hub is to be told."""
    changed = has_hub and any(feed.outcome == "written" for feed in report.feeds)
    return f"publish={_word(report.published)}\nping={_word(report.published and changed)}\n"


def _word(value: bool) -> str:
    return "true" if value else "false"


def tell(report: Report, environment: Mapping[str, str], *, has_hub: bool) -> None:
    """Adds the summary and the outputs to the files that GitHub names for that."""
    for name, text in (("GITHUB_STEP_SUMMARY", summary(report)), ("GITHUB_OUTPUT", outputs(report, has_hub=has_hub))):
        if path := environment.get(name):
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(text)

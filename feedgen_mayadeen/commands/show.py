"""How results are shown to a person: progress, the table of feeds, problems."""

import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from feedgen_mayadeen.commands.doctor import Finding
from feedgen_mayadeen.commands.printing import echo, json_text
from feedgen_mayadeen.context import Progress, silent
from feedgen_mayadeen.generate.naming import info_of
from feedgen_mayadeen.ids import ALL, BREAKING, MOST_READ, SPECIAL, kind_of
from feedgen_mayadeen.report import Report
from feedgen_mayadeen.site.edition import Edition, load
from feedgen_mayadeen.store import Memory

_BAR = 30


def progress_for(*, quiet: bool) -> Progress:
    """A bar on a terminal, a plain line per stage elsewhere, nothing when quiet."""
    if quiet:
        return silent
    is_terminal = sys.stderr is not None and sys.stderr.isatty()  # Python has none where that stream was closed
    return _bar if is_terminal else _line


def _bar(stage: str, done: int, total: int) -> None:
    filled = _BAR * done // max(total, 1)
    echo(f"\r{stage:<9} [{'#' * filled}{'-' * (_BAR - filled)}] {done}/{total} ", err=True, nl=done >= total)


def _line(stage: str, done: int, total: int) -> None:
    if done == total:
        echo(f"{stage}: {total}", err=True)


def show_report(report: Report, *, quiet: bool, dry_run: bool = False) -> None:
    """Prints the table of feeds, notes, problems and a last line that sums up."""
    if not report.site_was_read and report.stopped:
        echo("feedgen-mayadeen: stopped before anything was read", err=True)
    elif not report.site_was_read:
        echo("feedgen-mayadeen: the site could not be read, no feed was changed:", err=True)
    elif not quiet:
        _show_table(report)
        for note in report.notes:
            echo(f"note: {note}", err=True)
    for warning in report.warnings:
        echo(f"warning: {warning}", err=True)
    for problem in report.problems:
        echo(f"problem: {problem.sentence}", err=True)
    if report.site_was_read and not quiet:
        echo(_summary(report, dry_run=dry_run))


def _show_table(report: Report) -> None:
    width = max((len(feed.file) for feed in report.feeds), default=4)
    echo(f"{'feed':<{width}}  entries  fresh  file")
    for feed in report.feeds:
        echo(f"{feed.file:<{width}}  {feed.entries:>7}  {feed.fresh:>5}  {feed.outcome}")


def _summary(report: Report, *, dry_run: bool) -> str:
    written = sum(feed.outcome in ("written", "would change") for feed in report.feeds)
    return (
        f"{len(report.feeds)} feeds, {written} {'would change' if dry_run else 'written'}; {report.articles_read} articles"
        f" read, {len(report.fresh)} new or changed; {report.requests} requests in {report.seconds:.1f} s;"
        f" {counted(len(report.problems), 'problem')}"
    )


def counted(number: int, what: str) -> str:
    """A number of things: `1 problem`, `2 problems`."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def show_findings(findings: Iterable[Finding], *, as_json: bool) -> int:
    """Prints what `doctor` finds, as it is found, each advice once: one cause has many lines. Returns the exit code."""
    found, advised = [], set[str]()
    for finding in findings:
        found.append(finding)
        if not as_json:
            echo(f"{finding.word:<9}  {finding.what:<10}  {finding.address}: {finding.detail}")
            if finding.advice not in ("", *advised):
                advised.add(finding.advice)
                echo(f"{'':<9}  {'':<10}  {finding.advice}")
    if as_json:
        echo(json_text([finding.as_json() for finding in found]))
    return 0 if all(finding.is_well for finding in found) else 1


def show_feeds(state: Path, editions: tuple[str, ...], *, as_json: bool) -> None:
    """Prints every feed that memory or the editions know. Raises LockedError and MemoryFileError."""
    rows = []
    with Memory(state, keep=False) as memory:
        for code in editions:
            rows += _feeds_of(memory, load(code))
    if as_json:
        echo(json_text(rows))
        return
    table = [("key", "entries", "last success", "title", "address")]
    for row in rows:
        last, address = row["last_success"] or "never", row["address"] or "not known yet"
        table.append((str(row["key"]), str(row["entries"]), str(last), str(row["title"]), str(address)))
    widths = [max(map(_columns, column)) for column in zip(*table, strict=True)]
    for cells in table:
        padded = (cell + " " * (width - _columns(cell)) for cell, width in zip(cells, widths, strict=True))
        echo("  ".join(padded).rstrip())


def _columns(text: str) -> int:
    """How many columns of a terminal a text takes: none for a mark on a letter, two for a wide letter (UAX #11)."""
    marks = sum(unicodedata.category(char) in ("Mn", "Me", "Cf") for char in text)
    return len(text) - marks + sum(unicodedata.east_asian_width(char) in "WF" for char in text)


def _feeds_of(memory: Memory, edition: Edition) -> list[dict[str, object]]:
    """A row for each feed of an edition: the lists of its file and of memory, the topics that have a feed, the others."""
    known: dict[str, tuple[str, str, str | None]] = {key: (key, "", edition.home) for key in SPECIAL}
    known |= {entry.key: (kind_of(entry.key), entry.label, entry.address) for entry in edition.lists}
    known |= {row.key: (row.kind, row.label, row.address or None) for row in memory.feeds.all(edition.code)}
    by_number = memory.feeds.counts(edition.code)
    counts = {row.key: by_number.get(row.feed, 0) for row in memory.feeds.all(edition.code)}
    counts |= {BREAKING: memory.ticker.count(edition.code), MOST_READ: len(memory.ticker.most_read(edition.code))}
    read_at = memory.lists.read_at(edition.code)
    last = max(read_at.values(), default=None)
    return [
        {
            "edition": edition.code,
            "key": key,
            "kind": kind,
            "title": info_of(kind, key, label, address, edition).title,
            "address": address if key not in SPECIAL else edition.home,
            "entries": counts.get(key, 0),
            "last_success": last if kind not in ("sections", "regions") and key not in read_at else read_at.get(key),
        }
        for key, (kind, label, address) in sorted(known.items(), key=lambda item: (item[0] != ALL, item[0]))
    ]

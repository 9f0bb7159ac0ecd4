"""The whole check: which files a folder may hold, each by the rules of its kind, and what must agree between them."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from feedgen_mayadeen.check.atom import FEED, atom_findings
from feedgen_mayadeen.check.between import Feeds, between_findings
from feedgen_mayadeen.check.contract import contract_findings
from feedgen_mayadeen.check.feed import EDITIONS, HEALTH, AtomFeed, archived_feed, edition_of, read_feed
from feedgen_mayadeen.check.findings import CONTRACT, Finding, Place, quoted
from feedgen_mayadeen.check.json_feed import json_feed_findings
from feedgen_mayadeen.check.markup import parse_xml
from feedgen_mayadeen.check.opml import OPML, opml_findings
from feedgen_mayadeen.check.pages import Page, check_page, style_findings
from feedgen_mayadeen.check.served import Served, serve
from feedgen_mayadeen.check.status import STATUS, status_findings
from feedgen_mayadeen.errors import UsageError
from feedgen_mayadeen.names import key_of

_INDEX = "index.html"
_INDEXES = (_INDEX, *(f"{edition}/{_INDEX}" for edition in EDITIONS))
_STYLE = "style.css"
_FIXED = frozenset((
    *_INDEXES, "404.html", OPML, STATUS, HEALTH, _STYLE, "README.md", ".gitignore", ".nojekyll", "CNAME", "robots.txt",
    ".feedgen-mayadeen",  # the list that `publish --to FOLDER` leaves
))  # fmt: skip
_FEED_SUFFIXES = (".xml", ".json", ".html")
_RESERVED = re.compile(r"con|prn|aux|nul|com\d|lpt\d|index|archive")
_LONGEST = 109
"""Bytes of one part of a key: 100 and a mark of 9 (names.py)."""
_LEFTOVERS = (
    (re.compile(r"\.feed-.*\.part"), "is what a killed build left; the next one takes it away"),
    (re.compile(r"memory\.sqlite.*"), "belongs to the memory, which must not be published"),
)


def check_folder(folder: Path) -> tuple[Finding, ...]:
    """All that is wrong in a built folder, by file. Raises UsageError when there is no such folder, or it can't be read."""
    if not folder.is_dir():
        raise UsageError(str(folder), "is no folder; give the one that `build --out` wrote")
    return tuple(sorted(_findings(folder), key=lambda finding: finding.file))


def _findings(folder: Path) -> Iterator[Finding]:
    files: list[str] = []
    for file, is_ordinary in _walk(folder):
        fault = _name_fault(file) if is_ordinary else "is no ordinary file or folder"
        if fault:
            yield Finding(file, CONTRACT, fault)
        if is_ordinary:
            files.append(file)
    feeds: dict[str, AtomFeed] = {}
    for file in files:
        if file.endswith(".xml"):
            yield from _read_feed(folder, file, feeds)
    if not any(file.endswith(".xml") for file in files):
        yield Finding(".", CONTRACT, "holds no feed")
    served = serve({feed.file: feed.own_address for feed in feeds.values()}, files)
    yield from between_findings(feeds, served)
    yield from _other_findings(folder, files, feeds, served)


def _walk(folder: Path) -> Iterator[tuple[str, bool]]:
    """Every file by its path in the folder, and whether it is ordinary; links and folders with a dot are not entered."""
    for parent, folders, names in os.walk(folder, onerror=_refuse):
        odd = [name for name in folders if name.startswith(".") or (Path(parent) / name).is_symlink()]
        folders[:] = sorted(set(folders) - set(odd))
        for name in sorted((*names, *odd)):
            path = Path(parent) / name
            yield path.relative_to(folder).as_posix(), path.is_file() and not path.is_symlink()


def _refuse(error: OSError) -> None:
    """A folder that can't be listed might hold anything."""
    raise UsageError(str(error.filename), f"can't be read ({error.strerror})") from error


def _name_fault(file: str) -> str:
    """What is wrong with a file's path, or ""."""
    name = file.rpartition("/")[2]
    for pattern, fault in _LEFTOVERS:
        if pattern.fullmatch(name):
            return fault
    if file in _FIXED:
        return ""
    stem, dot, suffix = (archived_feed(file) or file).rpartition(".")
    if dot + suffix not in _FEED_SUFFIXES or name.startswith("."):
        return "is no file that a build writes"
    for part in stem.removeprefix(f"{edition_of(file)}/").split("/"):
        if part != key_of(part) or _RESERVED.fullmatch(part) or len(part.encode("utf-8", "surrogatepass")) > _LONGEST:
            return f"has a name that is no feed's key: {quoted(part)}"
    return ""


def _read(folder: Path, file: str) -> bytes | Finding:
    try:
        return (folder / file).read_bytes()
    except OSError as error:
        return Finding(file, CONTRACT, f"can't be read ({error.strerror})")


def _read_feed(folder: Path, file: str, feeds: dict[str, AtomFeed]) -> Iterator[Finding]:
    """Judges an Atom file by itself, and adds what it says to `feeds`."""
    content = _read(folder, file)
    root = content if isinstance(content, Finding) else parse_xml(Place(file), content)
    if isinstance(root, Finding):
        yield root
    elif root.tag != FEED:
        yield Finding(file, "RFC 4287 §4.1.1", f"is no Atom feed; its root is {quoted(root.tag)}")
    else:
        feeds[file] = read_feed(file, root)
        yield from atom_findings(file, root)
        yield from contract_findings(feeds[file], root)


def _other_findings(folder: Path, files: list[str], feeds: Feeds, served: Served) -> Iterator[Finding]:
    """What is wrong with the files that are no Atom feeds, and with their links to these."""
    pages: dict[str, Page] = {}
    for file in files:
        if not file.endswith((".json", ".html", OPML, _STYLE)):
            continue
        content = _read(folder, file)
        if isinstance(content, Finding):
            yield content
        elif file == OPML:
            yield from opml_findings(content, feeds, served)
        elif file == STATUS:
            yield from status_findings(content, feeds)
        elif file == _STYLE:
            yield from style_findings(file, content)
        elif file.endswith(".json"):
            yield from json_feed_findings(file, content, feeds.get(f"{file.removesuffix('.json')}.xml"), served)
        elif file.endswith(".html"):
            pages[file] = check_page(file, content, served)
            yield from pages[file].findings
            if file not in _FIXED and f"{file.removesuffix('.html')}.xml" not in served.files:
                yield Finding(file, CONTRACT, "stands beside no Atom file")
    if not served.files.isdisjoint(_INDEXES):
        yield from _index_findings(pages, feeds, served)


def _index_findings(pages: dict[str, Page], feeds: Feeds, served: Served) -> Iterator[Finding]:
    """A folder with an index has all three files of each feed, and its edition's index leads to each."""
    for feed in feeds.values():
        if archived_feed(feed.file):
            continue
        for suffix in (".json", ".html") if feed.is_main else ():
            if feed.stem + suffix not in served.files:
                yield Finding(feed.file, CONTRACT, f"has no {suffix} file beside it")
        edition = edition_of(feed.file)
        own = f"{edition}/{_INDEX}" if edition else _INDEX
        # An edition that stands in for the English one has the root's index; the health is no edition's.
        may_be = _INDEXES if feed.file == HEALTH else (own, _INDEX)
        index = next((file for file in may_be if file in pages), None)
        if index is None:
            yield Finding(feed.file, CONTRACT, f"its edition has no index: {own}")
        elif feed.file not in pages[index].leads_to:
            yield Finding(index, CONTRACT, f"does not link to {feed.file}")

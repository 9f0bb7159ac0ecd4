"""The whole check: which files a folder may hold, each by the rules of its kind, and what must agree between them."""

import os
import os.path
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from msgspec import UNSET

from feedgen_mayadeen.check.atom import EDITIONS, HEALTH, Entry, Feed, archived_feed, edition_of, feed_faults
from feedgen_mayadeen.check.between import Feeds, between_findings
from feedgen_mayadeen.check.findings import CONTRACT, BrokenFileError, Fault, Finding, quoted
from feedgen_mayadeen.check.json_feed import Judged, json_feed_faults
from feedgen_mayadeen.check.lists import OPML, STATUS, Told, opml_faults, status_faults, told
from feedgen_mayadeen.check.pages import NOT_FOUND, page_faults, picture_faults, style_faults
from feedgen_mayadeen.check.site import PICTURE, Site, base_of
from feedgen_mayadeen.errors import UsageError
from feedgen_mayadeen.ids import key_of

_INDEX = "index.html"
_INDEXES = (_INDEX, *(f"{edition}/{_INDEX}" for edition in EDITIONS))
_STYLE = "style.css"
_FIXED = frozenset((
    *_INDEXES, NOT_FOUND, OPML, STATUS, HEALTH, _STYLE, "README.md", ".gitignore", ".nojekyll", "CNAME", "robots.txt",
    ".feedgen-mayadeen",  # the list that `publish --to FOLDER` leaves
))  # fmt: skip
_RESERVED = re.compile(r"con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|index|archive")
_OWN = frozenset(("edits", "own", "health", "status", "404", "en", "ar", "es", "tags", "coverage", "authors"))
"""What no feed of an edition may be named on its top floor: the program's own files and folders; such labels get a mark."""
_LONGEST = 109
"""Bytes of one part of a key: 100 and a mark of 9 (names.py)."""
_LEFTOVERS = (
    (re.compile(r"\.feed-.*\.part"), "is what a killed build left; the next one takes it away"),
    (re.compile(r"memory\.sqlite.*"), "belongs to the memory, which must not be published"),
)

Judge = Callable[[bytes], Iterable[Fault]]


def check_folder(folder: Path) -> tuple[Finding, ...]:
    """All that is wrong in a built folder, by file. Raises UsageError when there is no such folder, or it can't be read."""
    if not folder.is_dir():
        raise UsageError(str(folder), "is no folder; give the one that `build --out` wrote")
    return tuple(sorted(_findings(folder), key=lambda finding: finding.file))


def _findings(folder: Path) -> Iterator[Finding]:
    found = dict(_walk(folder))
    files = [file for file, is_ordinary in found.items() if is_ordinary]
    status = _told(folder) if found.get(STATUS) else Told()
    for file, is_ordinary in found.items():
        fault = _name_fault(file, is_sample=status.sample) if is_ordinary else "is no ordinary file or folder"
        if fault:
            yield Finding(file, CONTRACT, fault)
    feeds: dict[str, Feed] = {}
    entries: dict[bytes, Entry] = {}
    site = Site(frozenset(files), place=os.path.realpath(folder), is_sample=status.sample)
    atoms = [file for file in files if file.endswith(".xml")]
    if not atoms:
        yield Finding(".", CONTRACT, "holds no feed")
    for file in atoms:
        yield from _judged(folder, file, partial(feed_faults, file, site=site, feeds=feeds, judged=entries))
    base = base_of({file: feed.link("self") for file, feed in feeds.items()}) if status.base_url is UNSET else status.base_url
    site = replace(site, base=(base or "").rstrip("/"))
    yield from between_findings(feeds, site)
    leads: defaultdict[str, set[str]] = defaultdict(set)
    items: dict[bytes, Judged] = {}
    judges: dict[str, Judge] = {
        OPML: partial(opml_faults, feeds=feeds, site=site),
        STATUS: partial(status_faults, feeds=feeds),
        _STYLE: style_faults,
    }
    for file in files:
        stem, _, suffix = file.rpartition(".")
        if suffix in ("json", "html") and file not in _FIXED and f"{stem}.xml" not in site.files:
            yield Finding(file, CONTRACT, "stands beside no Atom file")
        judge = judges.get(file)
        if suffix == "html":
            judge = partial(page_faults, file, site=site, leads_to=leads[file])
        elif suffix == "json" and not judge:
            judge = partial(json_feed_faults, file, atom=feeds.get(f"{stem}.xml"), site=site, judged=items)
        elif suffix == "png":
            judge = picture_faults
        if judge:
            yield from _judged(folder, file, judge)
    if not site.files.isdisjoint(_INDEXES):
        yield from _index_findings(leads, feeds, site)


def _judged(folder: Path, file: str, judge: Judge) -> Iterator[Finding]:
    try:
        yield from (Finding(file, *fault) for fault in dict.fromkeys(judge((folder / file).read_bytes())))
    except OSError as error:
        yield Finding(file, CONTRACT, f"can't be read ({error.strerror})")
    except BrokenFileError as error:
        yield Finding(file, *error.fault)


def _told(folder: Path) -> Told:
    try:
        return told((folder / STATUS).read_bytes())
    except OSError:  # found when it is judged
        return Told()


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


def _name_fault(file: str, *, is_sample: bool) -> str:
    """What is wrong with a file's path, or ""."""
    name = file.rpartition("/")[2]
    for pattern, fault in _LEFTOVERS:
        if pattern.fullmatch(name):
            return fault
    if file in _FIXED or (is_sample and PICTURE.fullmatch(file)):
        return ""
    stem, dot, suffix = (archived_feed(file) or file).rpartition(".")
    if dot + suffix not in (".xml", ".json", ".html") or name.startswith("."):
        return "is no file that a build writes"
    key = stem.removeprefix(f"{edition_of(file)}/")
    if key in _OWN:
        return f"has a name that the program keeps for itself: {quoted(key)}"
    for part in key.split("/"):
        if part != key_of(part) or _RESERVED.fullmatch(part) or len(part.encode("utf-8", "surrogatepass")) > _LONGEST:
            return f"has a name that is no feed's key: {quoted(part)}"
    return ""


def _index_findings(leads: Mapping[str, set[str]], feeds: Feeds, site: Site) -> Iterator[Finding]:
    """A folder with an index has all three files of each feed, and its edition's index leads to each."""
    for feed in feeds.values():
        if archived_feed(feed.file):
            continue
        for suffix in (".json", ".html") if feed.is_main else ():
            if feed.file.removesuffix(".xml") + suffix not in site.files:
                yield Finding(feed.file, CONTRACT, f"has no {suffix} file beside it")
        edition = edition_of(feed.file)
        own = f"{edition}/{_INDEX}" if edition else _INDEX
        # An edition that stands in for the English one has the root's index; the health is no edition's.
        may_be = _INDEXES if feed.file == HEALTH else (own, _INDEX)
        index = next((file for file in may_be if file in leads), None)
        if index is None:
            yield Finding(feed.file, CONTRACT, f"its edition has no index: {own}")
        elif feed.file not in leads[index]:
            yield Finding(index, CONTRACT, f"does not link to {feed.file}")

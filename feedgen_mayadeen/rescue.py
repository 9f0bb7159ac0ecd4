"""Reads the published feeds back, so that a memory which was lost or damaged can begin again with their ids and dates."""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from lxml import etree

from feedgen_mayadeen.archive.restoring import Lost, LostEntry, LostFeed, LostLine
from feedgen_mayadeen.membership import ALL, BREAKING, MOST_READ, topics_of
from feedgen_mayadeen.models import Article, Named, Picture, TickerLine
from feedgen_mayadeen.names import distinct_key
from feedgen_mayadeen.plan import Run
from feedgen_mayadeen.publish import clear, is_sample
from feedgen_mayadeen.render.content import content_of
from feedgen_mayadeen.site.edition import Edition

log = logging.getLogger(__name__)

_ATOM, _MEDIA = "{http://www.w3.org/2005/Atom}", "{http://search.yahoo.com/mrss/}"
_KINDS = ("tags", "coverage", "authors", "regions")
_PAGE = re.compile(r"^(.+)\.archive-(\d+)$")
_OTHER_EDITIONS = ("ar", "es")


@dataclass(frozen=True, slots=True)
class _Read:
    """One published file: its feed's key, the page of an archive if it is one, and its elements."""

    key: str
    page: int | None
    root: etree._Element

    @property
    def kind(self) -> str:
        first = self.key.partition("/")[0]
        return first if first in (*_KINDS, ALL, BREAKING, MOST_READ) else "sections"


def rescue(runs: Sequence[Run]) -> None:
    """Begins a memory that knows nothing of an edition with what its published feeds tell, and says so in the report.

    Raises MemoryWriteError: what is not taken back would be missing from the feeds that this build writes.
    """
    archive, report = runs[0].archive, runs[0].report
    if archive.damage:
        report.warnings.append(f"{archive.damage.address}: was damaged ({archive.damage.detail}) and is set aside")
    for run in runs:
        if not archive.feeds.has_any(run.edition.code):
            _rescue(run)


def _rescue(run: Run) -> None:
    if is_sample(run.plan.out) and not run.plan.sample:
        run.report.notes.append(f"{run.plan.out}: holds feeds of the sample site, which are not taken for real ones")
        return
    lost = read_published(run.plan.out, run.edition)
    if lost.entries or lost.lines:
        run.archive.restoring.restore(run.edition.code, lost, run.now)
        told = f"{run.edition.name}: the memory was empty; {len(lost.entries)} articles were taken back from the feeds"
        run.report.warnings.append(f"{told} in {run.plan.out}, with their ids and dates")


def drop_sample(run: Run) -> None:
    """Takes the sample site's feeds out of a folder that is to hold real ones."""
    plan = run.plan
    if is_sample(plan.out) and not plan.sample and not plan.dry_run:
        with run.report.surviving():
            clear(plan.out)


def read_published(folder: Path, edition: Edition) -> Lost:
    """What an edition's feeds in an output folder tell; nothing where there are none. Files that are no feeds are skipped."""
    files = tuple(_files(folder, edition))
    entries: dict[str, LostEntry] = {}
    for file in files:
        if file.kind != BREAKING:
            for found in file.root.iterfind(f"{_ATOM}entry"):
                _add(entries, _entry(found, edition))
    feeds = tuple(feed for file in files if (feed := _feed(file, edition)))
    return Lost(
        tuple(sorted(entries.values(), key=lambda entry: (entry.published, entry.id))),
        feeds,
        tuple(line for file in files if file.kind == BREAKING for line in _lines(file, edition)),
        tuple(one for file in files if file.kind == MOST_READ for one in _most_read(file, edition)),
    )


def _files(folder: Path, edition: Edition) -> Iterator[_Read]:
    """The feeds of an edition, those of topics first by their files' names."""
    own = folder if edition.code == "en" else folder / edition.code
    for path in sorted(own.rglob("*.xml")) if own.is_dir() else ():
        key = path.relative_to(own).with_suffix("").as_posix()
        if own == folder and key.partition("/")[0] in _OTHER_EDITIONS:
            continue
        try:
            root = etree.fromstring(path.read_bytes(), etree.XMLParser(resolve_entities=False, no_network=True))
        except (OSError, etree.XMLSyntaxError) as error:
            log.warning("%s can't be read back: %s", path, error)
            continue
        page = _PAGE.match(key)
        read = _Read(page[1], int(page[2]), root) if page else _Read(key, None, root)
        if root.findtext(f"{_ATOM}id") == f"tag:{edition.host},2021:feed/{quote(read.key)}":
            yield read


def _add(entries: dict[str, LostEntry], entry: LostEntry | None) -> None:
    """Files of one build show an entry alike; where they do not, because a build was killed, the later one counts."""
    if entry and (entry.id not in entries or entries[entry.id].updated < entry.updated):
        entries[entry.id] = entry


def _entry(element: etree._Element, edition: Edition) -> LostEntry | None:
    ident, published, updated = element.findtext(f"{_ATOM}id"), _instant(element, "published"), _instant(element, "updated")
    address = next((link.get("href") for link in element.iterfind(f"{_ATOM}link") if link.get("rel") == "alternate"), None)
    if not (ident and published and updated and address):
        return None
    named = {scheme: tuple(_categories(element, edition, scheme)) for scheme in _SCHEMES}
    article = _article(element, edition, address, ident, named)
    article = replace(article, published=published, updated=updated)
    lists = frozenset(term for scheme in ("section", "region") for term, _ in named[scheme])
    return LostEntry(ident, published, updated, article, lists, topics_of(article, edition))


_SCHEMES = ("tag", "section", "region", "category", "country", "coverage", "most-read")


def _article(
    element: etree._Element, edition: Edition, address: str, ident: str, named: dict[str, tuple[tuple[str, str], ...]]
) -> Article:
    def lone(scheme: str) -> Named | None:
        return Named(named[scheme][0][1]) if named[scheme] else None

    title, number = element.findtext(f"{_ATOM}title") or "", ident.rpartition(":")[2]
    content = element.findtext(f"{_ATOM}content") or ""
    lead = element.findtext(f"{_ATOM}summary") or ""
    author = element.find(f"{_ATOM}author")
    name = author.findtext(f"{_ATOM}name") if author is not None else None
    links = [(link.get("rel"), link.get("href", ""), link.get("title", "")) for link in element.iterfind(f"{_ATOM}link")]
    lengths = [media.get("duration", "") for media in element.iterfind(f"{_MEDIA}content") if media.get("medium") == "video"]
    picture = _picture(element)
    return Article(
        address=address,
        title=title,
        post_id=number if number.isdecimal() else None,
        # Without content an entry has a summary in any case, if need be its title.
        lead="" if lead == title and not content else lead,
        body=_body(content, picture, edition.direction),
        picture=picture,
        author=Named(name, author.findtext(f"{_ATOM}uri")) if name and author is not None else None,
        tags=tuple(Named(label) for _, label in named["tag"]),
        category=lone("category"),
        country=lone("country"),
        coverage=lone("coverage"),
        video_seconds=next((int(length) for length in lengths if length.isdecimal()), None),
        audio=next((href for rel, href, _ in links if rel == "enclosure"), None),
        related=tuple(Named(label, href) for rel, href, label in links if rel == "related"),
    )


def _picture(element: etree._Element) -> Picture | None:
    for media in element.iterfind(f"{_MEDIA}content"):
        if media.get("medium") == "image" and media.get("url"):
            return Picture(media.get("url", ""), media.findtext(f"{_MEDIA}description") or "")
    return None


def _body(content: str, picture: Picture | None, direction: str) -> str:
    """The article's own text in an entry's content: without what rendering put around it."""
    frame = content_of(Article("", "", body="\0", picture=picture), direction)
    before, _, after = frame.partition("\0")
    if content.startswith(before) and content.endswith(after):
        return content[len(before) : len(content) - len(after)]
    return ""  # a picture alone


def _categories(element: etree._Element, edition: Edition, scheme: str) -> Iterator[tuple[str, str]]:
    for category in element.iterfind(f"{_ATOM}category"):
        if category.get("scheme") == f"tag:{edition.host},2021:{scheme}":
            yield category.get("term", ""), category.get("label", "")


def _instant(element: etree._Element, name: str) -> datetime | None:
    try:
        return datetime.fromisoformat(element.findtext(f"{_ATOM}{name}") or "")
    except ValueError:
        return None


def _feed(file: _Read, edition: Edition) -> LostFeed | None:
    """A list or a topic with its label; None for the feeds that are neither, and where the label can't be told."""
    if file.kind in (ALL, BREAKING, MOST_READ):
        return None
    entries = file.root.findall(f"{_ATOM}entry")
    title = (file.root.findtext(f"{_ATOM}title") or "").removesuffix(f" — {edition.name}")
    address = next((link.get("href", "") for link in file.root.iterfind(f"{_ATOM}link") if link.get("rel") == "alternate"), "")
    if file.kind in ("tags", "coverage", "authors"):
        shared = [{t.label for t in entry.topics if t.kind == file.kind} for entry in _entries_of(entries, edition)]
        labels = frozenset.intersection(*map(frozenset, shared)) if shared else frozenset()
        label = _label(file, title, labels)
        address = "" if address == edition.home else address
    else:
        scheme = "region" if file.kind == "regions" else "section"
        names = (dict(_categories(entry, edition, scheme)).get(file.key) for entry in entries)
        label = next((name for name in names if name), title)
    ids = tuple(ident for entry in entries if (ident := entry.findtext(f"{_ATOM}id")))
    return LostFeed(file.key, file.kind, label, address, ids, file.page) if label else None


def _entries_of(elements: list[etree._Element], edition: Edition) -> Iterator[LostEntry]:
    yield from filter(None, (_entry(element, edition) for element in elements))


def _label(file: _Read, title: str, labels: frozenset[str]) -> str:
    """The topic that all of a feed's entries share: the one that its title names, else the one that its key is made of."""
    if title in labels:
        return title
    made = sorted(label for label in labels if file.key in _possible_keys(file.kind, label))
    return made[0] if made else ""


def _possible_keys(kind: str, label: str) -> tuple[str, ...]:
    return distinct_key(kind, label, lambda key: False), distinct_key(kind, label, lambda key: True)


def _lines(file: _Read, edition: Edition) -> Iterator[LostLine]:
    for element in file.root.iterfind(f"{_ATOM}entry"):
        entry = _entry(element, edition)
        number = entry.id.rpartition("/")[2] if entry else ""
        if entry and re.fullmatch(r"[0-9a-f]{16}", number):
            signed = int.from_bytes(bytes.fromhex(number), "big", signed=True)
            address = entry.article.address if entry.article.address != edition.home else None
            yield LostLine(signed, TickerLine(entry.article.title, address), entry.published)


def _most_read(file: _Read, edition: Edition) -> Iterator[tuple[Article, str]]:
    for element in file.root.iterfind(f"{_ATOM}entry"):
        entry, days = _entry(element, edition), tuple(_categories(element, edition, "most-read"))
        if entry and days:
            yield entry.article, days[0][0]

"""Recovery of a lost or damaged memory from the published feeds, with their ids and dates."""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from feedgen_mayadeen.context import BuildContext
from feedgen_mayadeen.errors import NoFeedError
from feedgen_mayadeen.files import clear, is_sample
from feedgen_mayadeen.generate.render.atom_reader import read_atom
from feedgen_mayadeen.ids import BREAKING, MOST_READ, SPECIAL, TOPICS, distinct_key, feed_id, tag_uri
from feedgen_mayadeen.models import Article, Entry, Feed, TickerLine
from feedgen_mayadeen.site.edition import CODES, Edition
from feedgen_mayadeen.site.membership import topics_of
from feedgen_mayadeen.store.articles import Memberships
from feedgen_mayadeen.store.recovery import PublishedEdition, PublishedFeed
from feedgen_mayadeen.store.ticker import SeenLine

log = logging.getLogger(__name__)

_PAGE = re.compile(r"\.archive-(\d+)$")


@dataclass(frozen=True, slots=True)
class _Document:
    """A published file: its feed, and its page number if it is an archive page."""

    feed: Feed
    page: int | None

    @property
    def kind(self) -> str:
        return self.feed.info.kind


def recover(contexts: Sequence[BuildContext]) -> None:
    """Fills a memory without feeds of an edition from the published feeds, and says so in the report.

    Raises MemoryWriteError: articles that are not recovered would be missing from the feeds of this build.
    """
    memory, report = contexts[0].memory, contexts[0].report
    if memory.damage:
        report.warnings.append(f"{memory.damage.address}: can't be used ({memory.damage.detail}) and is set aside")
    for context in contexts:
        if not memory.feeds.has_any(context.edition.code):
            _recover(context)


def _recover(context: BuildContext) -> None:
    out, edition = context.plan.out, context.edition
    if is_sample(out) and not context.plan.sample:
        context.report.notes.append(f"{out}: has feeds of the sample site, which are not used for a real build")
        return
    published = read_published(out, edition)
    if published.entries or published.lines:
        context.memory.recovery.restore(edition.code, published, context.now)
        count = f"{edition.name}: the memory was empty; {len(published.entries)} articles were recovered from the feeds"
        context.report.warnings.append(f"{count} in {out}, with their ids and dates")


def remove_sample(context: BuildContext) -> None:
    """Deletes the sample site's feeds before real ones are written to the same folder."""
    plan = context.plan
    if is_sample(plan.out) and not plan.sample and not plan.dry_run:
        with context.report.recording_errors():
            clear(plan.out)


def read_published(folder: Path, edition: Edition) -> PublishedEdition:
    """Everything in an edition's published feeds in an output folder. Files that are not feeds are skipped."""
    documents = tuple(_documents(folder, edition))
    entries: dict[str, Entry] = {}
    for document in documents:
        for entry in document.feed.entries if document.kind != BREAKING else ():
            # An entry is the same in all files of a build; if a build was killed, the later version counts.
            if entry.id not in entries or entries[entry.id].updated < entry.updated:
                entries[entry.id] = entry
    ordered = sorted(entries.values(), key=lambda entry: (entry.published, entry.id))
    return PublishedEdition(
        tuple((entry, _memberships(entry, edition)) for entry in ordered),
        tuple(feed for document in documents if (feed := _feed(document, edition))),
        tuple(line for document in documents if document.kind == BREAKING for line in _lines(document.feed, edition)),
        tuple(one for document in documents if document.kind == MOST_READ for one in _most_read(document.feed, edition)),
    )


def _documents(folder: Path, edition: Edition) -> Iterator[_Document]:
    """The feeds of an edition, in the order of their paths."""
    own = folder if edition.code == "en" else folder / edition.code
    for path in sorted(own.rglob("*.xml")) if own.is_dir() else ():
        file = path.relative_to(own).with_suffix("").as_posix()
        if own == folder and file.partition("/")[0] in (*CODES, "health"):
            continue
        try:
            feed = read_atom(path.read_bytes(), str(path))
        except (OSError, NoFeedError) as error:
            log.warning("%s can't be read back: %s", path, error)
            continue
        page = _PAGE.search(file)
        key = file[: page.start()] if page else file
        if feed.info.id == feed_id(edition.host, key):
            yield _Document(feed, int(page[1]) if page else None)


def _memberships(entry: Entry, edition: Edition) -> Memberships:
    schemes = (tag_uri(edition.host, "section"), tag_uri(edition.host, "region"))
    lists = frozenset(category.term for category in entry.categories if category.scheme in schemes)
    return Memberships(lists, topics_of(entry.article, edition))


def _feed(document: _Document, edition: Edition) -> PublishedFeed | None:
    """The feed of a list or topic with its label; None for other feeds, or if the label is unknown."""
    feed, kind = document.feed, document.kind
    if kind in SPECIAL:
        return None
    title, address = feed.info.title.removesuffix(f" — {edition.name}"), feed.info.address
    if kind in TOPICS:
        label = _topic_label(feed, title, edition)
        address = "" if address == edition.home else address
    else:
        scheme = tag_uri(edition.host, "region" if kind == "regions" else "section")
        categories = (category for entry in feed.entries for category in entry.categories)
        label = next((c.label for c in categories if (c.scheme, c.term) == (scheme, feed.info.key) and c.label), title)
    ids = tuple(entry.id for entry in feed.entries)
    return PublishedFeed(feed.info.key, kind, label, address, ids, document.page) if label else None


def _topic_label(feed: Feed, title: str, edition: Edition) -> str:
    """The label of a topic, from its entries: the one that all of them share and that fits the feed's title, else its key."""
    kind = feed.info.kind
    labels = [{t.label for t in topics_of(entry.article, edition) if t.kind == kind} for entry in feed.entries]
    shared = set.intersection(*labels) if labels else set()
    if title in shared:
        return title
    return next((label for label in sorted(shared) if feed.info.key in _possible_keys(kind, label)), "")


def _possible_keys(kind: str, label: str) -> tuple[str, ...]:
    return distinct_key(kind, label, lambda key: False), distinct_key(kind, label, lambda key: True)


def _lines(feed: Feed, edition: Edition) -> Iterator[SeenLine]:
    for entry in feed.entries:
        number = entry.id.rpartition("/")[2]
        if re.fullmatch(r"[0-9a-f]{16}", number):
            signed = int.from_bytes(bytes.fromhex(number), "big", signed=True)
            address = entry.article.address if entry.article.address != edition.home else None
            yield SeenLine(signed, TickerLine(entry.article.title, address), entry.published)


def _most_read(feed: Feed, edition: Edition) -> Iterator[tuple[Article, str]]:
    scheme = tag_uri(edition.host, "most-read")
    for entry in feed.entries:
        days = [category.term for category in entry.categories if category.scheme == scheme]
        if days:
            yield entry.article, days[0]

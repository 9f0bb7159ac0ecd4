"""From memory to files: which entries each feed has, rendered and published."""

from collections.abc import Iterable
from urllib.parse import quote

from feedgen_mayadeen import errors
from feedgen_mayadeen.archive.articles import Kept
from feedgen_mayadeen.membership import ALL, categories_of, info_of
from feedgen_mayadeen.models import Entry, Feed, Listing
from feedgen_mayadeen.plan import Run
from feedgen_mayadeen.publish import publish
from feedgen_mayadeen.render.atom import atom
from feedgen_mayadeen.report import FeedReport


def write_feeds(run: Run) -> None:
    """Renders every selected feed that has entries, and publishes those whose bytes differ."""
    lists = {listing.key: listing for listing in run.archive.lists.all(run.edition.code)}
    keys = [key for key in sorted(run.archive.feeds.counts(run.edition.code), key=_order) if run.is_selected(key)]
    for number, key in enumerate(keys, start=1):
        feed = _compose(run, key, lists)
        file = _file_of(run, key)
        try:
            content = atom(feed, _self_address(run, file), full=run.plan.config.build.content == "full")
            outcome = publish(run.plan.out / file, content, dry_run=run.plan.dry_run).value
        except errors.OutputError as error:
            run.report.fail(error)
            outcome = "failed"
        fresh = sum(entry.id in run.report.fresh for entry in feed.entries)
        run.report.feeds.append(FeedReport(run.edition.code, key, feed.info.title, file, len(feed.entries), fresh, outcome))
        run.progress("feeds", number, len(keys))


def _compose(run: Run, key: str, lists: dict[str, Listing]) -> Feed:
    label, address = (lists[key].label, lists[key].address) if key in lists else ("", run.edition.home)
    labels = {key: listing.label for key, listing in lists.items()}
    kept = run.archive.feeds.newest(run.edition.code, key, run.plan.config.build.limit)
    return Feed(info_of(key, label, address, run.edition), tuple(_entries(run, kept, labels)))


def _entries(run: Run, kept: Iterable[Kept], labels: dict[str, str]) -> Iterable[Entry]:
    for one in kept:
        own = {key: labels[key] for key in run.archive.feeds.keys_of(one) if key in labels}
        yield Entry(one.id, one.published, one.updated, one.article, categories_of(one.article, own, run.edition))


def _order(key: str) -> tuple[bool, str]:
    return key != ALL, key


def _file_of(run: Run, key: str) -> str:
    """The path of a feed's file in the output folder; editions other than the English one have a folder of their own."""
    folder = "" if run.edition.code == "en" else f"{run.edition.code}/"
    return f"{folder}{key}.xml"


def _self_address(run: Run, file: str) -> str:
    return f"{run.plan.config.build.base_url.rstrip('/')}/{quote(file)}"

"""From memory to entries: of articles, of the breaking news, of the Most Read box."""

from collections.abc import Iterable, Iterator

from feedgen_mayadeen.archive.feeds import Shown
from feedgen_mayadeen.archive.ticker import Seen
from feedgen_mayadeen.membership import categories_of
from feedgen_mayadeen.models import Article, Category, Entry, Named
from feedgen_mayadeen.plan import Run


def entries_of(run: Run, numbers: Iterable[int]) -> Iterator[Entry]:
    """The entries of articles by their numbers in memory, without those whose texts are forgotten."""
    labels = {listing.key: listing.label for listing in run.archive.lists.all(run.edition.code)}
    for number in numbers:
        kept = run.archive.history.article(number)
        if kept and kept.article:
            lists = {key: labels[key] for key in run.archive.feeds.keys_of(number) if key in labels}
            categories = categories_of(kept.article, lists, run.edition)
            yield Entry(kept.id, kept.published, kept.updated, kept.article, categories)


def breaking_entries(run: Run, lines: Iterable[Seen]) -> Iterator[Entry]:
    """The ticker's lines, each an entry for ever, dated when it was first seen."""
    for seen in lines:
        author = Named(run.edition.name)
        article = Article(address=seen.line.address or run.edition.home, title=seen.line.text, author=author)
        number = f"{seen.number % (1 << 64):016x}"
        yield Entry(f"tag:{run.edition.host},2021:breaking/{number}", seen.at, seen.at, article, ())


def most_read_entries(run: Run, box: Iterable[tuple[Shown, str]]) -> Iterator[Entry]:
    """The articles of the Most Read box in its order, with the day on which they entered it."""
    for shown, day in box:
        for entry in entries_of(run, [shown.number]):
            since = run.edition.phrases.most_read_since.format(day=day)
            category = Category(day, since, f"tag:{run.edition.host},2021:most-read")
            yield Entry(entry.id, entry.published, entry.updated, entry.article, (*entry.categories, category))

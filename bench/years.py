"""Years of the site, made up from a seed: `python -m bench.years` prints how folder and memory grow, month by month.

Articles come at the site's pace: sections as the menu has them, texts of 2 to 3 kB, 15 keywords each, of which the frequent
ones are as frequent, and the rare ones as many, as in 1,194 real records (2,292 keywords in a month's 600 articles, 196 of
them in five or more).
"""

import random
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import click

from feedgen_mayadeen.config import Config
from feedgen_mayadeen.context import BuildContext, Plan, silent
from feedgen_mayadeen.crawl import open_fetcher
from feedgen_mayadeen.generate.writer import write_feeds
from feedgen_mayadeen.ids import kind_of, parent_of
from feedgen_mayadeen.models import Article, Link, ListPage, Picture, Validators
from feedgen_mayadeen.report import Report
from feedgen_mayadeen.site.edition import load
from feedgen_mayadeen.site.membership import lists_of, topics_of
from feedgen_mayadeen.stop import StopSignal
from feedgen_mayadeen.store import Memory
from feedgen_mayadeen.store.articles import Memberships

EDITION = load("en")
PER_DAY = 100
_COMMON = [f"Subject {number}" for number in range(1000)]
_WEIGHTS = [1 / (rank + 1) for rank in range(len(_COMMON))]
_VOCABULARY = [f"word{number}" for number in range(4000)]


def made_up(lists: Sequence[ListPage], number: int, newest: datetime, per_day: int = PER_DAY) -> Iterator[tuple[Article, str]]:
    """So many made-up articles, oldest first, the last of the instant `newest`; each with the region list that shows it."""
    rng, rare = random.Random(7), 0
    regions = [list_page.key for list_page in lists if kind_of(list_page.key) == "regions"]
    sections = [list_page for list_page in lists if parent_of(list_page.key) and list_page.key not in regions]
    likely = [8 if section.key == "news/politics" else 1 for section in sections]
    for n in range(number):
        at = newest - timedelta(days=(number - 1 - n) / per_day)
        tags = dict.fromkeys(rng.choices(_COMMON, _WEIGHTS, k=12))
        for _ in range(3):
            rare += rng.random() < 0.8
            tags[f"Rare subject {rare}"] = None
        article = Article(
            address=f"{rng.choices(sections, likely)[0].address}/made-up-article-number-{n}-of-many",
            title=_words(rng, 10),
            post_id=str(10_000_000 + n),
            lead=_words(rng, 30),
            body="".join(f"<p>{_words(rng, 50)}.</p>\n" for _ in range(6)),
            picture=Picture(f"https://media.example.org/image/{n}.jpg?v=1&width=1000", "A picture"),
            author=Link(EDITION.staff[0] if rng.random() < 0.9 else f"Writer {rng.randrange(200)}"),
            published=at,
            updated=at,
            tags=tuple(Link(tag, EDITION.absolute(f"/tags/{tag.replace(' ', '-')}")) for tag in tags),
            country=Link(f"Country {rng.randrange(150)}"),
            coverage=Link(f"Coverage {n // (per_day * 45)}") if rng.random() < 0.45 else None,
        )
        yield article, rng.choice(regions)


def _words(rng: random.Random, number: int) -> str:
    return " ".join(rng.choices(_VOCABULARY, k=number))


def grow(
    plan: Plan, lists: Sequence[ListPage], articles: Iterator[tuple[Article, str]], per_day: int = PER_DAY
) -> Iterator[tuple[int, int]]:
    """Saves articles and writes the feeds once a month, as builds do; yields how many articles and feeds there are."""
    saved = 0
    while month := list(islice(articles, 30 * per_day)):
        stop = StopSignal()
        with Memory(plan.state) as memory, open_fetcher(plan, stop) as fetcher:
            for article, region in month:
                now = article.published or datetime.now(UTC)
                memberships = Memberships(lists_of(article, lists, [region]), topics_of(article, EDITION))
                memory.articles.save(EDITION, article, article.address, memberships, Validators('"x"'), now)
            report = Report(homes_read={EDITION.code})
            write_feeds((BuildContext(plan, EDITION, memory, fetcher, report, silent, now, stop),))
        saved += len(month)
        yield saved, len(report.feeds)


def size(folder: Path) -> float:
    """The MB (10⁶ bytes) of all files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


@click.command(context_settings={"show_default": True})
@click.option("--years", default=2.0)
@click.option("--per-day", default=PER_DAY, help="Articles a day.")
def main(years: float, per_day: int) -> None:
    """Simulate years of the site without a request, and print how folder and memory grow."""
    lists = tuple(ListPage(each.key, each.label, each.address or EDITION.absolute(f"/{each.key}")) for each in EDITION.lists)
    click.echo("month  articles  feeds  files  folder MB  memory MB")
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(Config(), Path(folder, "feeds"), Path(folder, "state"), {})
        with Memory(plan.state) as memory:
            memory.lists.save_menu(EDITION.code, lists)
        made = made_up(lists, int(years * 365) * per_day, datetime.now(UTC), per_day)
        for month, (articles, feeds) in enumerate(grow(plan, lists, made, per_day), 1):
            files = sum(1 for _ in plan.out.rglob("*.xml"))
            click.echo(f"{month:>5}  {articles:>8}  {feeds:>5}  {files:>5}  {size(plan.out):>9.1f}  {size(plan.state):>9.1f}")


if __name__ == "__main__":
    main(prog_name="python -m bench.years")

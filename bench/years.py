"""Simulates years of the site in memory, without requests, and prints how folder and memory grow, month by month.

    python bench/years.py [--years 2] [--per-day 100]

Articles are made up from a seed, at the site's pace: sections as the menu has them, 15 keywords each, of which the frequent
ones are as frequent, and the rare ones as many, as in 1,194 real records (2,292 keywords in a month's 600 articles, 196 of
them in five or more).
"""

import argparse
import random
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path

from feedgen_mayadeen.cores import Cores

from feedgen_mayadeen.config import Config
from feedgen_mayadeen.context import Plan, Run, silent
from feedgen_mayadeen.crawl import open_fetcher
from feedgen_mayadeen.generate.writer import write_feeds
from feedgen_mayadeen.models import Article, Listing, Named, Picture, Validators
from feedgen_mayadeen.report import Report
from feedgen_mayadeen.site.edition import load
from feedgen_mayadeen.site.membership import lists_of, topics_of
from feedgen_mayadeen.stop import Ending
from feedgen_mayadeen.store import Memory
from feedgen_mayadeen.store.articles import Places

EDITION = load("en")
START = datetime(2024, 1, 1, tzinfo=UTC)
KEYWORDS, COMMON, WORDS = 15, 1000, 300
VOCABULARY = [f"word{number}" for number in range(4000)]


def articles(rng: random.Random, lists: tuple[Listing, ...], days: int, per_day: int) -> Iterator[tuple[Article, str]]:
    """Made-up articles, oldest first, each with the region list that shows it."""
    sections = [listing for listing in lists if "/" in listing.key and not listing.key.startswith("regions/")]
    regions = [listing.key for listing in lists if listing.key.startswith("regions/")]
    weights = [1 / (rank + 1) for rank in range(COMMON)]
    rare = 0
    for number in range(days * per_day):
        at = START + timedelta(days=number / per_day)
        tags = dict.fromkeys(f"Subject {n}" for n in rng.choices(range(COMMON), weights, k=KEYWORDS - 3))
        for _ in range(3):
            rare += rng.random() < 0.8
            tags[f"Rare subject {rare}"] = None
        body = "".join(f"<p>{' '.join(rng.choices(VOCABULARY, k=50))}.</p>\n" for _ in range(WORDS // 50))
        section = rng.choices(sections, [8 if s.key == "news/politics" else 1 for s in sections])[0]
        yield (
            Article(
                address=f"{section.address}/made-up-article-number-{number}-of-many",
                title=" ".join(rng.choices(VOCABULARY, k=10)),
                post_id=str(1_000_000 + number),
                lead=" ".join(rng.choices(VOCABULARY, k=30)),
                body=body,
                picture=Picture(f"https://media.example.org/image/{number}.jpg?v=1&width=1000", "A picture"),
                author=Named(EDITION.staff[0] if rng.random() < 0.9 else f"Writer {rng.randrange(200)}"),
                published=at,
                updated=at,
                tags=tuple(Named(tag, f"https://{EDITION.host}/tags/{tag.replace(' ', '-')}") for tag in tags),
                country=Named(f"Country {rng.randrange(150)}"),
                coverage=Named(f"Coverage {number // (per_day * 45)}") if rng.random() < 0.45 else None,
            ),
            rng.choice(regions),
        )


def size(folder: Path) -> int:
    """The bytes of all files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def one_month(plan: Plan, lists: tuple[Listing, ...], batch: list[tuple[Article, str]]) -> int:
    """Keeps a month's articles and writes the feeds, as builds do; returns how many feeds there are."""
    ending = Ending()
    with Memory(plan.state) as archive, open_fetcher(plan, ending) as fetcher:
        archive.lists.keep_menu("en", lists)
        now = START
        for article, region in batch:
            now = article.published or now
            places = Places(lists_of(article, lists, [region]), topics_of(article, EDITION))
            archive.articles.keep(EDITION, article, article.address, places, Validators('"x"'), now)
        report = Report(homes_read={EDITION.code})
        run = Run(plan, EDITION, archive, fetcher, report, silent, now, ending, Cores())
        write_feeds((run,))
        return len(run.report.feeds)


def simulate(years: float, per_day: int) -> None:
    """Keeps all articles and writes all feeds once a month; prints a line for each month."""
    paths = (entry.address or f"https://{EDITION.host}/{entry.key}" for entry in EDITION.lists)
    lists = tuple(Listing(entry.key, entry.label, path) for entry, path in zip(EDITION.lists, paths, strict=True))
    folder = Path(tempfile.mkdtemp())
    plan = Plan(Config(), folder / "feeds", folder / "state", {})
    print("month  articles  feeds  files  folder MB  memory MB")
    made = articles(random.Random(7), lists, int(years * 365), per_day)
    try:
        for month in count(1):
            batch = list(islice(made, 30 * per_day))
            if len(batch) < 30 * per_day:
                break
            feeds = one_month(plan, lists, batch)
            files = sum(1 for _ in plan.out.rglob("*.xml"))
            sizes = f"{size(plan.out) / 1e6:>9.1f}  {size(plan.state) / 1e6:>9.1f}"
            print(f"{month:>5}  {month * 30 * per_day:>8}  {feeds:>5}  {files:>5}  {sizes}", flush=True)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--years", type=float, default=2)
    parser.add_argument("--per-day", type=int, default=100)
    chosen = parser.parse_args()
    simulate(chosen.years, chosen.per_day)

"""Memories that have grown: made-up articles up to the site's newest, and feeds of as many of their tags as are wanted."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

from bench.years import EDITION, articles
from feedgen_mayadeen.models import Article, Named, Validators
from feedgen_mayadeen.site.membership import lists_of, topics_of
from feedgen_mayadeen.store import Memory
from feedgen_mayadeen.store.articles import Places

PER_DAY = 100
"""The site's pace."""
_MONTH = 30 * PER_DAY
_SEED = 7
_SUBJECTS = 4000
"""Tags among which articles choose, so that at some time 3,000 have had five articles in three months."""

Build = Callable[[Mapping[str, Any]], object]


def make_memory(order: Mapping[str, Any], build: Build) -> dict[str, object]:
    """Makes a memory in the order's `folder` that ends with the build at `now`; tells how many articles were made up.

    Month by month the articles are kept as a build keeps them, and a build that asks for no list and writes next to nothing
    chooses which tags have feeds and forgets what is old.
    """
    now, newest = datetime.fromisoformat(order["now"]), datetime.fromisoformat(order["newest"])
    between = {**order, "only": ["breaking"]}
    build({**between, "now": now.isoformat()})  # the menu
    made = _made_up(order["folder"], order["articles"], newest)
    while batch := list(islice(made, _MONTH)):
        with Memory(Path(order["folder"]) / "state") as kept:
            lists = kept.lists.all(EDITION.code)
            for article, region in batch:
                places = Places(lists_of(article, lists, [region]), topics_of(article, EDITION))
                at = article.published or now
                kept.articles.keep(EDITION, article, article.address, places, Validators('"x"'), at)
        build({**between, "now": (batch[-1][0].published or now).isoformat()})
    build({**order, "now": now.isoformat()})
    return {"articles": order["articles"]}


def _made_up(folder: str, number: int, newest: datetime) -> Iterator[tuple[Article, str]]:
    """Made-up articles, oldest first, each with the region list that shows it; the last is as old as the site's newest."""
    with Memory(Path(folder) / "state") as kept:
        lists = kept.lists.all(EDITION.code)
    rng = random.Random(_SEED)
    weights = list(accumulate(1 / (rank + 1) for rank in range(_SUBJECTS)))
    days = -(-number // PER_DAY)
    for left, (article, region) in zip(range(number - 1, -1, -1), articles(rng, lists, days, PER_DAY), strict=False):
        at = newest - timedelta(days=left / PER_DAY)
        labels = dict.fromkeys(f"Subject {n}" for n in rng.choices(range(_SUBJECTS), cum_weights=weights, k=len(article.tags)))
        yield replace(article, published=at, updated=at, tags=tuple(map(_tag, labels))), region


def _tag(label: str) -> Named:
    return Named(label, EDITION.absolute(f"/tags/{label.replace(' ', '-')}"))

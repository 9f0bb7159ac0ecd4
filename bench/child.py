"""What is measured beside the program itself, in a process of its own: the floor, the readers; and memories are made here."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any, TypeVar

import requests
from requests.adapters import HTTPAdapter

Order = Mapping[str, Any]
_Taken = TypeVar("_Taken")


def download(order: Order) -> dict[str, object]:
    """The floor: pages of the site (`paths`) with requests alone, over `jobs` connections."""
    sizes = _fetch(order, order["paths"], len)
    return {"requests": len(sizes), "bytes": sum(sizes)}


def read_pages(order: Order) -> dict[str, object]:
    """CPU milliseconds a page of reading lists and articles (by their paths), on average, once for each of the `runs`."""
    from feedgen_mayadeen.clean import clean
    from feedgen_mayadeen.errors import FeedgenError
    from feedgen_mayadeen.models import Page
    from feedgen_mayadeen.site.article import read_article
    from feedgen_mayadeen.site.edition import load
    from feedgen_mayadeen.site.lists import read_list

    edition = load("en")

    def pages(paths: Sequence[str]) -> list[Page]:
        texts = _fetch(order, paths, bytes.decode)
        return [Page(edition.absolute(path), text) for path, text in zip(paths, texts, strict=True)]

    def timed(read: Callable[[Page], object], pages: list[Page]) -> float:
        started = process_time()
        for page in pages:
            with suppress(FeedgenError):  # an empty list is read too
                read(page)
        return (process_time() - started) * 1000 / len(pages)

    lists, articles = pages(order["lists"]), pages(order["articles"])
    read_cards = partial(read_list, edition=edition, others=frozenset(page.address for page in lists))
    found = [
        (timed(read_cards, lists), timed(lambda page: clean(read_article(page, edition).article.body), articles))
        for _ in range(order["runs"] + 1)
    ]
    return dict(zip(("a list", "an article"), zip(*found[1:], strict=True), strict=True))


def make_memory(order: Order) -> dict[str, object]:
    """Adds so many `articles` up to the instant `newest` to the memory in a folder, by the settings in its feeds.toml."""
    from bench.years import grow, made_up
    from feedgen_mayadeen.config import read_config
    from feedgen_mayadeen.context import Plan
    from feedgen_mayadeen.store import Memory

    folder = Path(order["folder"])
    plan = Plan(read_config(folder / "feeds.toml", required=True, options={}), folder / "feeds", folder / "state", {})
    with Memory(plan.state) as memory:
        lists = memory.lists.all("en")
    months = list(grow(plan, lists, made_up(lists, order["articles"], datetime.fromisoformat(order["newest"]))))
    return {"months": len(months)}


def _fetch(order: Order, paths: Sequence[str], take: Callable[[bytes], _Taken]) -> list[_Taken]:
    """What `take` makes of the body of each page."""
    with requests.Session() as session, ThreadPoolExecutor(order["jobs"]) as pool:
        session.mount("http://", HTTPAdapter(pool_maxsize=order["jobs"]))
        return list(pool.map(lambda path: take(session.get(order["origin"] + path, timeout=60).content), paths))


if __name__ == "__main__":
    _DO = {"floor": download, "read": read_pages, "make": make_memory}
    print(json.dumps(_DO[sys.argv[1]](json.load(sys.stdin))))

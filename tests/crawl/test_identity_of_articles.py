"""An article is one, whatever its address carries beside: no second entry, and no second request."""

import itertools
import re
from collections.abc import Callable

import pytest

from tests.running import Place, Server

CHANGES: dict[str, Callable[[int], str]] = {
    "session": lambda n: f";jsessionid=A{n}B{n * 7919}",
    "referrer": lambda n: f"?ref=home-{n}",
    "number": lambda n: f"?x={1_700_000_000 + n}",
    "both": lambda n: f";jsessionid=A{n}?ref={n}",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_addresses_that_change_with_every_request(place: Place, server: Server, change: Callable[[int], str]) -> None:
    """On cards and on canonical links; the metadata block's own address too."""
    numbers = itertools.count(1)
    paths = sorted((article.path for article in server.site.articles), key=len, reverse=True)
    links = re.compile("|".join(re.escape(path) for path in paths) + "|" + "|".join(map(re.escape, _encoded(paths))))

    def rewrite(text: str) -> str:
        return links.sub(lambda found: f"{found[0]}{change(next(numbers))}", text)

    server.rewrites |= {"home": rewrite, "listing": rewrite, "article": rewrite}
    assert place.build().code == 0
    asked = [path.partition(";")[0].partition("?")[0] for path in server.article_paths]
    assert len(asked) == len(set(asked)) == len(server.site.articles)
    before = {key: feed.numbers for key, feed in place.feeds.items()}
    assert place.build().code == 0
    assert server.article_paths == []
    assert {key: feed.numbers for key, feed in place.feeds.items()} == before


def _encoded(paths: list[str]) -> list[str]:
    from urllib.parse import quote

    return [quote(path, safe="/:") for path in paths]

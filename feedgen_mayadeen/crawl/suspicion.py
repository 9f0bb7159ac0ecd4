"""Recognises pages that can be read, but look worse than usual: nothing is removed because of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from feedgen_mayadeen.models import Article, Card
from feedgen_mayadeen.text import match_key

_MIN_CARDS = 4
"""Lists that usually have fewer cards than this vary too much to judge."""
_FUTURE_TOLERANCE = timedelta(days=1)
"""How far a date may be ahead of this machine's clock: the site's offsets are not always right (`site.md`, Metadata)."""


def suspicion_of_list(cards: Sequence[Card], usual: int, dates: Sequence[datetime], now: datetime) -> str | None:
    """What is wrong with a list's cards, in words; None if nothing is.

    `usual` is the usual number of cards, `dates` are all dates on the page, `now` is the instant of the build.
    """
    titles = {match_key(card.title) for card in cards}
    if len(cards) >= _MIN_CARDS and len(titles) == 1 and titles != {""}:
        return f"its {len(cards)} cards all have the same title"
    if usual >= _MIN_CARDS and len(cards) * 2 < usual:
        return f"{len(cards)} articles, where it usually has {usual}"
    if len(ahead := [date for date in dates if date > now + _FUTURE_TOLERANCE]) * 2 > len(dates):
        return f"{len(ahead)} of its {len(dates)} dates lie in the future, such as {ahead[0].date().isoformat()}"
    return None


def without_future_dates(article: Article, now: datetime) -> tuple[Article, str | None]:
    """The article without dates in the future, and what is wrong with them, in words; `now` is the instant of the build.

    An article without a date is dated when it is first seen.
    """
    ahead = [instant for instant in (article.published, article.updated) if instant and instant > now + _FUTURE_TOLERANCE]
    if not ahead:
        return article, None
    published, updated = (None if instant in ahead else instant for instant in (article.published, article.updated))
    suspicion = f"its date, {ahead[0].isoformat()}, lies in the future"
    return replace(article, published=published, updated=updated), suspicion

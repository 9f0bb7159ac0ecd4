"""Tells a page that is worse than it has been, though it can be read: what it lacks is then not believed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from feedgen_mayadeen.models import Article, Card
from feedgen_mayadeen.text import match_key

_MIN_CARDS = 4
"""A list that usually has fewer cards than this may well have hardly any today."""
_FUTURE_TOLERANCE = timedelta(days=1)
"""An article's instant may be that far ahead of this machine's clock: offsets are not always right (`site.md`, Metadata)."""


def suspicion_of_list(cards: Sequence[Card], usual: int, dates: Sequence[datetime], now: datetime) -> str | None:
    """What is wrong with a list's cards, in words; None when nothing is.

    `usual` is how many cards the list has had of late, `dates` are those that its page shows, `now` the build's instant.
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
    """The article without dates that lie in the future, and what is wrong with them, in words; `now` is the build's instant.

    An article without a date gets that of its first sight.
    """
    ahead = [instant for instant in (article.published, article.updated) if instant and instant > now + _FUTURE_TOLERANCE]
    if not ahead:
        return article, None
    published, updated = (None if instant in ahead else instant for instant in (article.published, article.updated))
    suspicion = f"its date, {ahead[0].isoformat()}, lies in the future"
    return replace(article, published=published, updated=updated), suspicion

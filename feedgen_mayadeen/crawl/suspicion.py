"""Tells a page that is worse than it has been, though it can be read: what it lacks is not believed. And a wrong clock."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import nlargest

from feedgen_mayadeen.models import Article, Card
from feedgen_mayadeen.text import match_key

_MIN_CARDS = 4
"""A list that usually has fewer cards than this may well have hardly any today."""
_NEWEST = 5
"""So many of the newest articles tell whether the clock is right."""
_FUTURE_TOLERANCE = timedelta(days=1)
"""How far a date may be ahead of this machine's clock: the site's offsets are not always right (`site.md`, Metadata)."""


class Clock:
    """Whether this machine's clock or a page is to be believed, when the page's dates lie in the future.

    One list or article by itself is wrong about its dates. The clock is, by days, where more than one list and most of them,
    or of the newest articles, have dates in the future; or where an article that is known already has.
    """

    def __init__(self, now: datetime, known: datetime | None) -> None:
        """`now` is the instant of the build, as the clock has it; `known` the latest date of the site's that was believed."""
        self._now, self._known = now, () if known is None else (known,)
        self._lists, self._articles = list[Sequence[datetime]](), list[datetime]()

    def suspicion(self, dates: Sequence[datetime]) -> str | None:
        """What is wrong with a page's dates if the clock is right, in words; None when nothing is."""
        return _suspicion_of_dates(dates, self._now)

    def see_list(self, dates: Sequence[datetime]) -> None:
        """Takes into account what dates a list shows, if it shows any."""
        self._lists += [dates] if dates else []

    def see_article(self, published: datetime | None) -> None:
        """Takes into account when an article was published."""
        self._articles += [published] if published else []

    @property
    def is_doubted(self) -> bool:
        """Whether what was seen so far speaks against the clock."""
        lists = [dates for dates in self._lists if self.suspicion(dates)]
        newest = nlargest(_NEWEST, self._articles)
        articles = _later(newest, self._now)
        return (
            bool(_later(self._known, self._now))
            or (len(lists) > 1 and len(lists) * 2 > len(self._lists))
            or (len(articles) > 1 and len(articles) * 2 > len(newest))
        )

    def __str__(self) -> str:
        latest = max((*self._known, *self._articles, *(date for dates in self._lists for date in dates)))
        shown = self._now.isoformat(timespec="minutes")
        return (
            f"this machine's clock seems to be wrong: it shows {shown}, and the site has dates up to"
            f" {latest.isoformat(timespec='minutes')}; the site's dates were taken"
        )


def suspicion_of_list(cards: Sequence[Card], usual: int, dates: Sequence[datetime], now: datetime) -> str | None:
    """What is wrong with a list's cards, in words; None if nothing is.

    `usual` is the usual number of cards, `dates` are all dates on the page, `now` is the instant of the build.
    """
    titles = {match_key(card.title) for card in cards}
    if len(cards) >= _MIN_CARDS and len(titles) == 1 and titles != {""}:
        return f"its {len(cards)} cards all have the same title"
    if usual >= _MIN_CARDS and len(cards) * 2 < usual:
        return f"{len(cards)} articles, where it usually has {usual}"
    return _suspicion_of_dates(dates, now)


def _later(dates: Sequence[datetime], now: datetime) -> list[datetime]:
    return [date for date in dates if date > now + _FUTURE_TOLERANCE]


def _suspicion_of_dates(dates: Sequence[datetime], now: datetime) -> str | None:
    if len(ahead := _later(dates, now)) * 2 > len(dates):
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

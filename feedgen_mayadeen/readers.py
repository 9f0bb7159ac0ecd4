"""Pages read into cards and articles, as a build wants them; each is one piece of work for `cores`."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from feedgen_mayadeen.clean import clean
from feedgen_mayadeen.models import Article, Page, Teaser
from feedgen_mayadeen.site.article import read_article
from feedgen_mayadeen.site.dates import shown_on
from feedgen_mayadeen.site.edition import load
from feedgen_mayadeen.site.lists import read_list


@dataclass(frozen=True, slots=True)
class Cards:
    """The cards of a list page, and all dates that the page shows."""

    teasers: tuple[Teaser, ...]
    dates: tuple[datetime, ...]


def article_of(page: Page, edition: str) -> Article:
    """The article of a page of an edition, by its code, the body sanitised. Raises a ReadError."""
    found = read_article(page, load(edition)).article
    return replace(found, body=clean(found.body))


def cards_of(page: Page, edition: str, others: Collection[str]) -> Cards:
    """The cards of a list page; `others` are known to be no articles. Raises NoCardsError, TooDeepError."""
    return Cards(read_list(page, load(edition), others), shown_on(page.text, load(edition)))

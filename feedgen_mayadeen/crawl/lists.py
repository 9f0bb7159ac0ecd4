"""List pages: each is fetched, then read, then remembered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from feedgen_mayadeen import errors
from feedgen_mayadeen.context import BuildContext
from feedgen_mayadeen.crawl.fetching import Share, ask_for_all, report_not_asked
from feedgen_mayadeen.crawl.suspicion import Clock, suspicion_of_list
from feedgen_mayadeen.models import Listing, Page, Teaser
from feedgen_mayadeen.report import ListReport, Seen
from feedgen_mayadeen.site.dates import shown_on
from feedgen_mayadeen.site.listing import read_list
from feedgen_mayadeen.site.paging import next_page
from feedgen_mayadeen.stop import Why

_EXTRA_PAGES = 4
"""How many pages further a followed tag is read when it is read for the first time."""


@dataclass(frozen=True, slots=True)
class _Pages:
    """The pages of a list, the first one first, and whether all that were to be had were."""

    pages: tuple[Page, ...]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class _Cards:
    """The cards of one page of a list, and all dates that the page shows."""

    cards: tuple[Teaser, ...]
    dates: tuple[datetime, ...]


def crawl_lists(context: BuildContext, lists: Sequence[Listing], for_articles: float, clock: Clock) -> None:
    """Reads the page of every list that is needed, and remembers its cards; the list not asked for longest comes first.

    The last `for_articles` seconds of the run are left for articles: but for one list, no list is asked then. Pages with dates
    in the future are judged at the end, when it is known whether the clock is to be believed.
    """
    asked_at = context.memory.lists.asked_at(context.edition.code)
    needed = [listing for listing in lists if context.is_needed(listing.key)]
    needed.sort(key=lambda listing: asked_at.get(listing.key, ""))
    others = frozenset(listing.address for listing in lists)
    usual = context.memory.lists.usual(context.edition.code)
    menu_was_read = any(listing.way == "menu" for listing in needed)
    empty: list[tuple[Listing, Page]] = []
    ahead: list[tuple[Listing, _Pages, list[_Cards]]] = []
    not_asked: list[errors.NotAskedError] = []
    for listing, answer in _fetch(context, needed, for_articles):
        if isinstance(answer, errors.NotAskedError):
            not_asked.append(answer)
            _report(context, listing, Seen.LEFT if answer.detail == Why.SHARE_IS_OVER else Seen.NOT_ASKED)
        elif isinstance(answer, errors.FeedgenError):
            _report(context, listing, _take_failure(context, listing, answer, menu_was_read=menu_was_read))
        elif answer is None:
            _take_unchanged(context, listing)
        elif (read := _read(context, listing, answer, others)) is None:
            _report(context, listing, Seen.FAILED)
        elif not read:
            empty.append((listing, answer.pages[0]))
        else:
            clock.see_list(read[0].dates)
            if clock.suspicion(read[0].dates):
                ahead.append((listing, answer, read))
            else:
                _save(context, listing, answer, read, usual, clock)
    for listing, answer, read in ahead:
        _save(context, listing, answer, read, usual, clock)
    for listing, page in empty:
        _judge_empty(context, listing, page)
    report_not_asked(context, "list", not_asked)
    order = {listing.key: number for number, listing in enumerate(lists)}
    context.report.lists.sort(key=lambda each: order.get(each.key, -1) if each.edition == context.edition.code else -1)


def _fetch(
    context: BuildContext, needed: Sequence[Listing], for_articles: float
) -> Iterable[tuple[Listing, _Pages | errors.FeedgenError | None]]:
    """The pages of each list, None where they have not changed, or the failure that was met."""
    known = {listing.key: context.memory.pages.validators(listing.address) for listing in needed}
    read_before = context.memory.lists.read_at(context.edition.code)
    share = Share(context.ending, for_articles)

    def ask(listing: Listing) -> _Pages | None:
        with share.turn(listing.address):
            page = context.fetcher.get(listing.address, known[listing.key])
        if page is None:
            return None
        is_deep = listing.way == "tag link" and listing.key not in read_before
        return _further_pages(context, page, _EXTRA_PAGES if is_deep else 0)

    return ask_for_all(context, "lists", needed, ask)


def _further_pages(context: BuildContext, page: Page, most: int) -> _Pages:
    """A page of a list, and up to `most` pages that continue it."""
    pages = [page]
    try:
        while len(pages) <= most and (address := next_page(pages[-1], context.edition)):
            following = context.fetcher.get(address)
            if following is None:
                break
            pages.append(following)
    except errors.FeedgenError:
        return _Pages(tuple(pages), whole=False)
    return _Pages(tuple(pages))


def _read(context: BuildContext, listing: Listing, fetched: _Pages, others: frozenset[str]) -> list[_Cards] | None:
    """The cards of a list's pages up to the first without any; None, when the first can't be read, which is reported."""
    read: list[_Cards] = []
    for page in fetched.pages:
        try:
            read.append(_Cards(read_list(page, context.edition, others), shown_on(page.text, context.edition)))
        except errors.NoCardsError:
            break
        except errors.FeedgenError as error:
            if not read:
                context.report.fail(error)
                return None
            break
    return read


def _save(
    context: BuildContext,
    listing: Listing,
    fetched: _Pages,
    read: Sequence[_Cards],
    usual: Mapping[str, int],
    clock: Clock,
) -> None:
    """Remembers and reports the cards of a list."""
    lists, code, (first, *further) = context.memory.lists, context.edition.code, read
    validators = fetched.pages[0].validators
    dates = () if clock.is_doubted else first.dates
    suspicion = suspicion_of_list(first.cards, usual.get(listing.key, 0), dates, context.now)
    if suspicion:
        context.report.fail(errors.SuspiciousPageError(listing.address, suspicion))
    is_suspicious = suspicion is not None or not fetched.whole
    lists.save(code, listing, first.cards, validators, context.now, is_suspicious=is_suspicious or bool(further))
    for page in further:
        lists.save(code, listing, page.cards, validators, context.now, is_suspicious=True)
    if further and not is_suspicious:  # only now: a build that is killed before reads the list as deep again
        context.memory.pages.save(listing.address, validators)
        lists.unchanged(code, listing.key, context.now)
    number = len({card.address for page in read for card in page.cards})
    _report(context, listing, Seen.SUSPICIOUS if suspicion else Seen.READ, number)


def _take_failure(context: BuildContext, listing: Listing, error: errors.FeedgenError, *, menu_was_read: bool) -> Seen:
    if isinstance(error, (errors.NotFoundError, errors.GoneError)) and menu_was_read and listing.way != "menu":
        context.report.notes.append(f"{listing.label}: {error.address} is gone, and the menu does not name it; its feed stays")
        return Seen.GONE
    context.report.fail(error)
    return Seen.FAILED


def _take_unchanged(context: BuildContext, listing: Listing) -> None:
    lists, code = context.memory.lists, context.edition.code
    lists.unchanged(code, listing.key, context.now)
    _report(context, listing, Seen.UNCHANGED, len(lists.cards(code, listing.key)))


def _judge_empty(context: BuildContext, listing: Listing, page: Page) -> None:
    """A list page without cards is a failure, unless other lists have some and nothing ever told that this one has."""
    lists, code, seen = context.memory.lists, context.edition.code, Seen.FAILED
    others_read = any(each.seen in (Seen.READ, Seen.UNCHANGED) for each in context.report.lists_of(code))
    if not others_read or lists.has_articles(code, listing):
        context.report.fail(errors.NoCardsError(page.address))
    else:
        seen = Seen.EMPTY if listing.known else Seen.NO_LIST
        lists.save(code, listing, (), page.validators, context.now)
        context.report.notes.append(f"{listing.label}: no article on {page.address}, and none known of it so far")
    _report(context, listing, seen)


def _report(context: BuildContext, listing: Listing, seen: Seen, cards: int = 0) -> None:
    code = context.edition.code
    context.report.lists.append(ListReport(code, listing.key, listing.address, listing.way, seen, cards))

"""List pages: each is fetched, read and saved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from feedgen_mayadeen import errors
from feedgen_mayadeen.context import BuildContext
from feedgen_mayadeen.crawl.fetching import Share, ask_for_all, report_not_asked
from feedgen_mayadeen.crawl.suspicion import Clock, suspicion_of_list
from feedgen_mayadeen.models import Card, ListPage, Page
from feedgen_mayadeen.report import ListOutcome, ListReport
from feedgen_mayadeen.site.dates import shown_on
from feedgen_mayadeen.site.lists import read_list
from feedgen_mayadeen.site.paging import next_page
from feedgen_mayadeen.stop import StopReason

_EXTRA_PAGES = 4
"""Further pages of a followed tag that are read the first time."""


@dataclass(frozen=True, slots=True)
class _Pages:
    """The pages of a list in order, and whether all of them could be fetched."""

    pages: tuple[Page, ...]
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class _Cards:
    """The cards on one page of a list, and all dates on the page."""

    cards: tuple[Card, ...]
    dates: tuple[datetime, ...]


def crawl_lists(context: BuildContext, lists: Sequence[ListPage], for_articles: float, clock: Clock) -> None:
    """Reads the page of every list that is needed, and remembers its cards; the list not asked for longest comes first.

    The last `for_articles` seconds of the run are left for articles: but for one list, no list is asked then. Pages with dates
    in the future are judged at the end, when it is known whether the clock is to be believed.
    """
    asked_at = context.memory.lists.asked_at(context.edition.code)
    needed = [list_page for list_page in lists if context.is_needed(list_page.key)]
    needed.sort(key=lambda list_page: asked_at.get(list_page.key, ""))
    others = frozenset(list_page.address for list_page in lists)
    usual = context.memory.lists.usual(context.edition.code)
    menu_was_read = any(list_page.way == "menu" for list_page in needed)
    empty: list[tuple[ListPage, Page]] = []
    ahead: list[tuple[ListPage, _Pages, list[_Cards]]] = []
    not_asked: list[errors.NotAskedError] = []
    for list_page, answer in _fetch(context, needed, for_articles):
        if isinstance(answer, errors.NotAskedError):
            not_asked.append(answer)
            is_left = answer.detail == StopReason.SHARE_IS_OVER
            _add_to_report(context, list_page, ListOutcome.LEFT if is_left else ListOutcome.NOT_ASKED)
        elif isinstance(answer, errors.FeedgenError):
            _add_to_report(context, list_page, _report_failure(context, list_page, answer, menu_was_read=menu_was_read))
        elif answer is None:
            _save_unchanged(context, list_page)
        elif (read := _read(context, list_page, answer, others)) is None:
            _add_to_report(context, list_page, ListOutcome.FAILED)
        elif not read:
            empty.append((list_page, answer.pages[0]))
        else:
            clock.see_list(read[0].dates)
            if clock.suspicion(read[0].dates):
                ahead.append((list_page, answer, read))
            else:
                _save(context, list_page, answer, read, usual, clock)
    for list_page, answer, read in ahead:
        _save(context, list_page, answer, read, usual, clock)
    for list_page, page in empty:
        _report_empty(context, list_page, page)
    report_not_asked(context, "list", not_asked)
    order = {list_page.key: number for number, list_page in enumerate(lists)}
    context.report.lists.sort(key=lambda each: order.get(each.key, -1) if each.edition == context.edition.code else -1)


def _fetch(
    context: BuildContext, needed: Sequence[ListPage], for_articles: float
) -> Iterable[tuple[ListPage, _Pages | errors.FeedgenError | None]]:
    """The pages of each list, None if they have not changed, or the failure."""
    known = {list_page.key: context.memory.pages.validators(list_page.address) for list_page in needed}
    read_before = context.memory.lists.read_at(context.edition.code)
    share = Share(context.stop, for_articles)

    def ask(list_page: ListPage) -> _Pages | None:
        with share.turn(list_page.address):
            page = context.fetcher.get(list_page.address, known[list_page.key])
        if page is None:
            return None
        is_deep = list_page.way == "tag link" and list_page.key not in read_before
        return _further_pages(context, page, _EXTRA_PAGES if is_deep else 0)

    return ask_for_all(context, "lists", needed, ask)


def _further_pages(context: BuildContext, page: Page, most: int) -> _Pages:
    """A page of a list, with up to `most` following pages."""
    pages = [page]
    try:
        while len(pages) <= most and (address := next_page(pages[-1], context.edition)):
            following = context.fetcher.get(address)
            if following is None:
                break
            pages.append(following)
    except errors.FeedgenError:
        return _Pages(tuple(pages), is_complete=False)
    return _Pages(tuple(pages))


def _read(context: BuildContext, list_page: ListPage, fetched: _Pages, others: frozenset[str]) -> list[_Cards] | None:
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
    list_page: ListPage,
    fetched: _Pages,
    read: Sequence[_Cards],
    usual: Mapping[str, int],
    clock: Clock,
) -> None:
    """Remembers and reports the cards of a list."""
    lists, code, (first, *further) = context.memory.lists, context.edition.code, read
    validators = fetched.pages[0].validators
    dates = () if clock.is_doubted else first.dates
    suspicion = suspicion_of_list(first.cards, usual.get(list_page.key, 0), dates, context.now)
    if suspicion:
        context.report.fail(errors.SuspiciousPageError(list_page.address, suspicion))
    is_suspicious = suspicion is not None or not fetched.is_complete
    lists.save(code, list_page, first.cards, validators, context.now, is_suspicious=is_suspicious or bool(further))
    for page in further:
        lists.save(code, list_page, page.cards, validators, context.now, is_suspicious=True)
    if further and not is_suspicious:  # only now: after a killed build all pages are read again
        context.memory.pages.save(list_page.address, validators)
        lists.unchanged(code, list_page.key, context.now)
    number = len({card.address for page in read for card in page.cards})
    _add_to_report(context, list_page, ListOutcome.SUSPICIOUS if suspicion else ListOutcome.READ, number)


def _report_failure(
    context: BuildContext, list_page: ListPage, error: errors.FeedgenError, *, menu_was_read: bool
) -> ListOutcome:
    if isinstance(error, (errors.NotFoundError, errors.GoneError)) and menu_was_read and list_page.way != "menu":
        context.report.notes.append(
            f"{list_page.label}: {error.address} is gone, and the menu does not name it; its feed stays"
        )
        return ListOutcome.GONE
    context.report.fail(error)
    return ListOutcome.FAILED


def _save_unchanged(context: BuildContext, list_page: ListPage) -> None:
    lists, code = context.memory.lists, context.edition.code
    lists.unchanged(code, list_page.key, context.now)
    _add_to_report(context, list_page, ListOutcome.UNCHANGED, len(lists.cards(code, list_page.key)))


def _report_empty(context: BuildContext, list_page: ListPage, page: Page) -> None:
    """Reports a list page without cards: as a failure, unless other lists have cards and this one never had any."""
    lists, code, seen = context.memory.lists, context.edition.code, ListOutcome.FAILED
    others_read = any(each.seen in (ListOutcome.READ, ListOutcome.UNCHANGED) for each in context.report.lists_of(code))
    if not others_read or lists.has_articles(code, list_page):
        context.report.fail(errors.NoCardsError(page.address))
    else:
        seen = ListOutcome.EMPTY if list_page.known else ListOutcome.NO_LIST
        lists.save(code, list_page, (), page.validators, context.now)
        context.report.notes.append(f"{list_page.label}: no article on {page.address}, and none known so far")
    _add_to_report(context, list_page, seen)


def _add_to_report(context: BuildContext, list_page: ListPage, seen: ListOutcome, cards: int = 0) -> None:
    code = context.edition.code
    context.report.lists.append(ListReport(code, list_page.key, list_page.address, list_page.way, seen, cards))

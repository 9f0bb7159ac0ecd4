"""List pages: each is fetched, then read, then remembered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from feedgen_mayadeen import errors
from feedgen_mayadeen.context import BuildContext
from feedgen_mayadeen.crawl.fetching import ask_for_all, report_not_asked
from feedgen_mayadeen.crawl.suspicion import suspicion_of_list
from feedgen_mayadeen.models import Card, ListPage, Page
from feedgen_mayadeen.report import ListOutcome, ListReport
from feedgen_mayadeen.site.dates import shown_on
from feedgen_mayadeen.site.lists import read_list
from feedgen_mayadeen.site.paging import next_page

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

    cards: tuple[Card, ...]
    dates: tuple[datetime, ...]


def crawl_lists(context: BuildContext, lists: Sequence[ListPage]) -> None:
    """Reads the page of every list that is needed, and remembers its cards."""
    needed = [list_page for list_page in lists if context.is_needed(list_page.key)]
    others = frozenset(list_page.address for list_page in lists)
    usual = context.memory.lists.usual(context.edition.code)
    menu_was_read = any(list_page.way == "menu" for list_page in needed)
    empty: list[tuple[ListPage, Page]] = []
    not_asked: list[errors.NotAskedError] = []
    for list_page, answer in _fetch(context, needed):
        if isinstance(answer, errors.NotAskedError):
            not_asked.append(answer)
            _report(context, list_page, ListOutcome.NOT_ASKED)
        elif isinstance(answer, errors.FeedgenError):
            _report(context, list_page, _take_failure(context, list_page, answer, menu_was_read=menu_was_read))
        elif answer is None:
            _take_unchanged(context, list_page)
        elif not _read(context, list_page, answer, others, usual.get(list_page.key, 0)):
            empty.append((list_page, answer.pages[0]))
    for list_page, page in empty:
        _judge_empty(context, list_page, page)
    report_not_asked(context, "list", not_asked)


def _fetch(
    context: BuildContext, needed: Sequence[ListPage]
) -> Iterable[tuple[ListPage, _Pages | errors.FeedgenError | None]]:
    """The pages of each list, None where they have not changed, or the failure that was met."""
    known = {list_page.key: context.memory.pages.validators(list_page.address) for list_page in needed}
    read_before = context.memory.lists.read_at(context.edition.code)

    def ask(list_page: ListPage) -> _Pages | None:
        page = context.fetcher.get(list_page.address, known[list_page.key])
        if page is None:
            return None
        is_deep = list_page.way == "tag link" and list_page.key not in read_before
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


def _read(context: BuildContext, list_page: ListPage, fetched: _Pages, others: frozenset[str], usual: int) -> bool:
    """Reads a list's pages up to the first without cards, and remembers these; whether there were any."""
    read: list[_Cards] = []
    for page in fetched.pages:
        try:
            read.append(_Cards(read_list(page, context.edition, others), shown_on(page.text, context.edition)))
        except errors.NoCardsError:
            break
        except errors.FeedgenError as error:
            if not read:
                context.report.fail(error)
                _report(context, list_page, ListOutcome.FAILED)
                return True
            break
    if read:
        seen, cards = _save(context, list_page, fetched, read, usual)
        _report(context, list_page, seen, cards)
    return bool(read)


def _save(
    context: BuildContext, list_page: ListPage, fetched: _Pages, read: Sequence[_Cards], usual: int
) -> tuple[ListOutcome, int]:
    """Remembers the cards of a list; what became of it, and how many there are."""
    lists, code, (first, *further) = context.memory.lists, context.edition.code, read
    validators = fetched.pages[0].validators
    suspicion = suspicion_of_list(first.cards, usual, first.dates, context.now)
    if suspicion:
        context.report.fail(errors.SuspiciousPageError(list_page.address, suspicion))
    is_suspicious = suspicion is not None or not fetched.whole
    lists.save(code, list_page, first.cards, validators, context.now, is_suspicious=is_suspicious or bool(further))
    for page in further:
        lists.save(code, list_page, page.cards, validators, context.now, is_suspicious=True)
    if further and not is_suspicious:  # only now: a build that is killed before reads the list as deep again
        context.memory.pages.save(list_page.address, validators)
        lists.unchanged(code, list_page.key, context.now)
    number = len({card.address for page in read for card in page.cards})
    return ListOutcome.SUSPICIOUS if suspicion else ListOutcome.READ, number


def _take_failure(
    context: BuildContext, list_page: ListPage, error: errors.FeedgenError, *, menu_was_read: bool
) -> ListOutcome:
    if isinstance(error, (errors.NotFoundError, errors.GoneError)) and menu_was_read and list_page.way != "menu":
        context.report.notes.append(
            f"{list_page.label}: {error.address} is gone, and the menu does not name it; its feed stays"
        )
        return ListOutcome.GONE
    context.report.fail(error)
    return ListOutcome.FAILED


def _take_unchanged(context: BuildContext, list_page: ListPage) -> None:
    lists, code = context.memory.lists, context.edition.code
    lists.unchanged(code, list_page.key, context.now)
    _report(context, list_page, ListOutcome.UNCHANGED, len(lists.cards(code, list_page.key)))


def _judge_empty(context: BuildContext, list_page: ListPage, page: Page) -> None:
    """A list page without cards is a failure, unless other lists have some and nothing ever told that this one has."""
    lists, code, seen = context.memory.lists, context.edition.code, ListOutcome.FAILED
    others_read = any(each.seen in (ListOutcome.READ, ListOutcome.UNCHANGED) for each in context.report.lists_of(code))
    if not others_read or lists.has_articles(code, list_page):
        context.report.fail(errors.NoCardsError(page.address))
    else:
        seen = ListOutcome.EMPTY if list_page.known else ListOutcome.NO_LIST
        lists.save(code, list_page, (), page.validators, context.now)
        context.report.notes.append(f"{list_page.label}: no article on {page.address}, and none known of it so far")
    _report(context, list_page, seen)


def _report(context: BuildContext, list_page: ListPage, seen: ListOutcome, cards: int = 0) -> None:
    code = context.edition.code
    context.report.lists.append(ListReport(code, list_page.key, list_page.address, list_page.way, seen, cards))

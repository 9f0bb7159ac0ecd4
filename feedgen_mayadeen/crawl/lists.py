"""List pages: all are fetched, read side by side, and saved."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from feedgen_mayadeen import errors
from feedgen_mayadeen.context import BuildContext
from feedgen_mayadeen.crawl.fetching import Share, ask_for_all, report_not_asked
from feedgen_mayadeen.crawl.home import Home
from feedgen_mayadeen.crawl.suspicion import Clock, suspicion_of_list
from feedgen_mayadeen.ids import parent_of
from feedgen_mayadeen.models import Card, ListPage, Page
from feedgen_mayadeen.report import ListOutcome, ListReport
from feedgen_mayadeen.site.answers import another_page
from feedgen_mayadeen.site.boilerplate import Boilerplate, learn
from feedgen_mayadeen.site.dates import shown_on
from feedgen_mayadeen.site.lists import read_list
from feedgen_mayadeen.site.marks import observe
from feedgen_mayadeen.site.membership import is_foreign, own_section
from feedgen_mayadeen.site.paging import next_page
from feedgen_mayadeen.stop import StopReason

_EXTRA_PAGES = 4
"""Further pages of a followed tag that are read the first time."""


@dataclass(frozen=True, slots=True)
class _Cards:
    """The cards on one page of a list, and all dates on the page."""

    cards: tuple[Card, ...]
    dates: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class _Pages:
    """The pages of a list in order, whether all of them could be fetched, and the cards of those that have any."""

    pages: tuple[Page, ...]
    is_complete: bool = True
    read: tuple[_Cards, ...] = ()


_Answer: TypeAlias = _Pages | errors.FeedgenError | None
"""A list's pages, the failure that was met, or None for a page that has not changed."""


def crawl_lists(context: BuildContext, home: Home, for_articles: float, clock: Clock) -> None:
    """Reads the page of every list that is needed, and saves its cards; the list not asked for longest comes first.

    The last `for_articles` seconds of the run are left for articles: but for one list, no list is asked then.
    """
    asked_at = context.memory.lists.asked_at(context.edition.code)
    needed = [list_page for list_page in home.lists if context.is_needed(list_page.key)]
    needed.sort(key=lambda list_page: asked_at.get(list_page.key, ""))
    answers = tuple(_without_other_pages(context, home, _read_all(context, home, _fetch(context, needed, for_articles))))
    for _, answer in answers:
        if isinstance(answer, _Pages) and answer.read:
            clock.see_list(answer.read[0].dates)
    _save_all(context, answers, clock)
    _expel_foreign(context, home.lists)
    order = {list_page.key: number for number, list_page in enumerate(home.lists)}
    context.report.lists.sort(key=lambda each: order.get(each.key, -1) if each.edition == context.edition.code else -1)


def _save_all(context: BuildContext, answers: Sequence[tuple[ListPage, _Answer]], clock: Clock) -> None:
    """Saves what came of each list, and reports it; pages without cards last, when it is known whether others have any."""
    usual = context.memory.lists.usual(context.edition.code)
    menu_was_read = any(list_page.way == "menu" for list_page, _ in answers)
    empty: list[tuple[ListPage, Page]] = []
    not_asked: list[errors.NotAskedError] = []
    for list_page, answer in answers:
        if isinstance(answer, errors.NotAskedError):
            not_asked.append(answer)
            is_left = answer.detail == StopReason.SHARE_IS_OVER
            _add_to_report(context, list_page, ListOutcome.LEFT if is_left else ListOutcome.NOT_ASKED)
        elif isinstance(answer, errors.FeedgenError):
            _add_to_report(context, list_page, _report_failure(context, list_page, answer, menu_was_read=menu_was_read))
        elif answer is None:
            _save_unchanged(context, list_page)
        elif not answer.read:
            empty.append((list_page, answer.pages[0]))
        else:
            _save(context, list_page, answer, usual, clock)
    for list_page, page in empty:
        _report_empty(context, list_page, page)
    report_not_asked(context, "list", not_asked)


def _expel_foreign(context: BuildContext, lists: Sequence[ListPage]) -> None:
    """Takes out of the sections that were read what names another section itself, such as what a wrong page brought in."""
    memory, code = context.memory, context.edition.code
    read = {each.key for each in context.report.lists_of(code) if each.seen is ListOutcome.READ}
    read |= {above for key in read if (above := parent_of(key))}
    menu = [list_page for list_page in lists if list_page.way != "tag link"]
    for key in sorted(memory.lists.sections(menu) & read):
        foreign = []
        for number, address in memory.feeds.members(code, key):
            own = own_section(address, None, menu)
            if own is None and (stored := memory.articles.get(number)) and stored.article:
                own = own_section(stored.article.address, stored.article.category, menu)
            if is_foreign(own, key):
                foreign.append(number)
        if foreign:
            memory.feeds.expel(code, key, foreign)


def _fetch(context: BuildContext, needed: Sequence[ListPage], for_articles: float) -> Iterable[tuple[ListPage, _Answer]]:
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


def _learn(context: BuildContext, pages: Sequence[Page]) -> Boilerplate:
    """What these pages have in common, and what pages of earlier builds had; remembered for single pages later."""
    edition, memory = context.edition, context.memory.pages
    marks = []
    for page in pages:
        with suppress(errors.TooDeepError):  # reading it will say so
            marks.append(observe(page, edition, "list"))
    remembered = Boilerplate.of(memory.boilerplate(edition.code))
    learned = learn(marks, remembered)
    if learned != remembered:
        memory.save_boilerplate(edition.code, learned.rows())
    return learned


def _read_all(
    context: BuildContext, home: Home, fetched: Iterable[tuple[ListPage, _Answer]]
) -> tuple[tuple[ListPage, _Answer], ...]:
    """The lists with their cards, once all pages are there to learn from."""
    answers = tuple(fetched)
    others = frozenset(list_page.address for list_page in home.lists)
    boilerplate = _learn(context, [answer.pages[0] for _, answer in answers if isinstance(answer, _Pages)])
    return tuple(
        (list_page, _read(context, answer, others, boilerplate) if isinstance(answer, _Pages) else answer)
        for list_page, answer in answers
    )


def _read(context: BuildContext, fetched: _Pages, others: frozenset[str], boilerplate: Boilerplate) -> _Answer:
    """A list's pages with their cards, up to the first page without any; a failure when the first can't be read."""
    read: list[_Cards] = []
    for page in fetched.pages:
        try:
            cards = read_list(page, context.edition, others, boilerplate)
        except errors.NoCardsError:
            break
        except errors.FeedgenError as error:
            if not read:
                return error
            break
        read.append(_Cards(cards, shown_on(page.text, context.edition)))
    return replace(fetched, read=tuple(read))


def _without_other_pages(
    context: BuildContext, home: Home, answers: Sequence[tuple[ListPage, _Answer]]
) -> Iterator[tuple[ListPage, _Answer]]:
    """The same with a failure for each answer that is another page than the list that was asked for."""
    labels = {list_page.address: list_page.label for list_page in home.lists}
    cards_of = {
        list_page.address: [card.address for card in answer.read[0].cards]
        for list_page, answer in answers
        if isinstance(answer, _Pages) and answer.read
    }
    with suppress(errors.ReadError):
        if home.page is not None:
            cards_of[context.edition.home] = [card.address for card in read_list(home.page, context.edition, labels)]
    for list_page, answer in answers:
        if isinstance(answer, _Pages):
            asked, cards = list_page.address, cards_of.get(list_page.address, ())
            reason = another_page(asked, list_page.label, answer.pages[0], context.edition, labels, cards, cards_of)
            yield list_page, errors.AnotherPageError(asked, reason) if reason else answer
        else:
            yield list_page, answer


def _save(context: BuildContext, list_page: ListPage, fetched: _Pages, usual: Mapping[str, int], clock: Clock) -> None:
    """Saves and reports the cards of a list."""
    lists, code, (first, *further) = context.memory.lists, context.edition.code, fetched.read
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
    number = len({card.address for page in fetched.read for card in page.cards})
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

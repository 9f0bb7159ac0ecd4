"""From the site into memory: robots.txt, the menu, every list, every article that is new or due."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

from feedgen_mayadeen import errors
from feedgen_mayadeen.archive.articles import Wanted
from feedgen_mayadeen.clean import clean
from feedgen_mayadeen.fetch import Fetcher, Manners
from feedgen_mayadeen.membership import feeds_of
from feedgen_mayadeen.models import Article, Listing, Page, Teaser
from feedgen_mayadeen.plan import Plan, Run
from feedgen_mayadeen.report import ListReport, Seen
from feedgen_mayadeen.site.article import read_article
from feedgen_mayadeen.site.listing import read_list
from feedgen_mayadeen.site.menu import known_lists, read_menu

_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")


def open_fetcher(plan: Plan) -> Fetcher:
    """The fetcher for a plan's editions, with the manners that its settings ask for. Raises UsageError."""
    settings = plan.config.fetch
    manners = Manners(
        delay=settings.delay,
        timeout=settings.timeout,
        jobs=settings.jobs,
        retries=settings.retries,
        max_bytes=settings.max_bytes,
        user_agent=settings.user_agent,
        cookies=plan.cookies,
    )
    hosts = {host for edition in plan.editions for host in edition.hosts}
    origins = {host: plan.origins[e.code] for e in plan.editions if e.code in plan.origins for host in e.hosts}
    return Fetcher(manners, frozenset(hosts), origins)


def read_robots(run: Run) -> bool:
    """Takes the host's robots.txt as the rules; false when the site can't be asked at all.

    One that is not there allows everything; where the server is at fault the remembered one holds, and without that the
    site is left alone (RFC 9309 §2.3.1).
    """
    address = run.edition.absolute("/robots.txt")
    text = run.archive.pages.text(address)
    known = run.archive.pages.validators(address) if text is not None else None
    try:
        page = run.fetcher.get(address, known, html=False)
        if page is not None:
            text = page.text
            run.archive.pages.keep(address, page.validators, text)
    except (errors.NotFoundError, errors.GoneError, errors.BlockedError, errors.EmptyPageError):
        text = ""
    except errors.FetchError as error:
        if text is None:
            run.report.fail(error)
            return False
        run.report.notes.append(f"{error}; the rules of the last time are kept to")
    for host in run.edition.hosts:
        run.fetcher.obey(host, text or "")
    return True


def discover(run: Run) -> tuple[Listing, ...]:
    """The edition's lists that are to be read: from the home page's menus, else from memory, else as written down."""
    run.progress("menu", 0, 1)
    edition = run.edition
    remembered = run.archive.lists.all(edition.code)
    found: tuple[Listing, ...] = ()
    try:
        page = run.fetcher.get(edition.home, run.archive.pages.validators(edition.home) if remembered else None)
        if page is None:
            found = tuple(replace(listing, way="menu") for listing in remembered)
        else:
            found = read_menu(page, edition)
            run.archive.lists.keep_menu(edition.code, edition.home, page.validators, found)
    except errors.FeedgenError as error:
        run.report.fail(error)
    lists, missing = known_lists(found, remembered, edition)
    for listing in lists:
        if listing.way != "menu":
            run.report.notes.append(f"{listing.label}: not found in the menu; {listing.way} as {listing.address}")
    if missing:
        run.report.notes.append(f"not found in the menu of {edition.name}: {', '.join(missing)}")
    run.progress("menu", 1, 1)
    return lists


def read_lists(run: Run, lists: Iterable[Listing]) -> None:
    """Reads the page of every list that is needed, and remembers its cards."""
    code = run.edition.code
    needed = [listing for listing in lists if run.is_needed(listing.key)]
    known = {listing.key: run.archive.pages.validators(listing.address) for listing in needed}
    others = frozenset(listing.address for listing in lists)
    empty: list[tuple[Listing, Page]] = []

    def ask(listing: Listing) -> tuple[Page, tuple[Teaser, ...]] | None:
        page = run.fetcher.get(listing.address, known[listing.key])
        return None if page is None else (page, _cards(run, page, others))

    for listing, answer in _ask_for_all(run, "lists", needed, ask):
        seen, cards = Seen.FAILED, 0
        if answer is None:
            run.archive.lists.unchanged(code, listing.key, run.now)
            seen, cards = Seen.UNCHANGED, run.archive.lists.count(code, listing.key)
        elif isinstance(answer, errors.FeedgenError):
            run.report.fail(answer)
        elif not answer[1]:
            empty.append((listing, answer[0]))
            continue
        else:
            page, teasers = answer
            run.archive.lists.keep(code, listing, teasers, page.validators, run.now)
            seen, cards = Seen.READ, len(teasers)
        run.report.site_was_read |= seen is not Seen.FAILED
        run.report.lists.append(ListReport(code, listing.key, listing.address, listing.way, seen, cards))
    for listing, page in empty:
        _judge_empty(run, listing, page)


def _judge_empty(run: Run, listing: Listing, page: Page) -> None:
    """A list page without cards is a failure, unless other lists have some and nothing ever told that this one has."""
    seen = Seen.FAILED
    if not run.report.site_was_read or run.archive.lists.has_articles(run.edition.code, listing):
        run.report.fail(errors.NoCardsError(page.address))
    else:
        seen = Seen.EMPTY if listing.known else Seen.NO_LIST
        run.archive.lists.keep(run.edition.code, listing, (), page.validators, run.now)
        run.report.notes.append(f"{listing.label}: no article on {page.address}, and none known of it so far")
    run.report.lists.append(ListReport(run.edition.code, listing.key, listing.address, listing.way, seen, 0))


def _cards(run: Run, page: Page, others: frozenset[str]) -> tuple[Teaser, ...]:
    try:
        return read_list(page, run.edition, others)
    except errors.NoCardsError:
        return ()


def read_articles(run: Run, lists: tuple[Listing, ...]) -> None:
    """Reads every article that is new on a list, has another title there, or is due for a second look."""
    report = run.report
    wanted = run.archive.articles.wanted(run.edition.code, [each.key for each in lists if run.is_needed(each.key)], run.now)

    def ask(item: Wanted) -> tuple[Page, Article] | None:
        page = run.fetcher.get(item.address, item.validators if item.number is not None else None)
        if page is None:
            return None
        article = read_article(page, run.edition).article
        return page, replace(article, body=clean(article.body))

    for item, answer in _ask_for_all(run, "articles", wanted, ask):
        if answer is None:
            run.archive.articles.unchanged(item, run.now)
            report.articles_unchanged += 1
        elif isinstance(answer, (errors.NotFoundError, errors.GoneError)) and item.number is not None:
            run.archive.articles.missed(item.address, str(answer), run.now)
            report.notes.append(f"{item.address}: taken from the site; its entry stays")
        elif isinstance(answer, errors.NotAskedError):
            report.articles_not_asked += 1
        elif isinstance(answer, errors.FeedgenError):
            run.archive.articles.missed(item.address, str(answer), run.now)
            report.fail(answer)
            report.articles_failed += 1
        else:
            page, article = answer
            _, addresses = run.archive.articles.identify(article, item.address, run.edition.host)
            feeds = feeds_of(article, lists, run.archive.lists.showing(run.edition.code, addresses))
            report.articles_read += 1
            if entry := run.archive.articles.keep(run.edition, article, item.address, feeds, page.validators, run.now):
                report.fresh.add(entry)
    if report.articles_not_asked:
        report.fail(errors.NotAskedError(run.edition.home, f"{report.articles_not_asked} articles"))


def _ask_for_all(
    run: Run, stage: str, items: Iterable[_Item], ask: Callable[[_Item], _Answer]
) -> Iterator[tuple[_Item, _Answer | errors.FeedgenError]]:
    """Asks for several things at once; hands them back in order, each with its answer or the failure that it met."""
    todo = tuple(items)

    def safely(item: _Item) -> _Answer | errors.FeedgenError:
        try:
            return ask(item)
        except errors.FeedgenError as error:
            return error

    with ThreadPoolExecutor(run.plan.config.fetch.jobs) as pool:
        try:
            for number, (item, answer) in enumerate(zip(todo, pool.map(safely, todo), strict=True), start=1):
                yield item, answer
                run.progress(stage, number, len(todo))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

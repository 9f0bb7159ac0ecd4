"""From the site into memory: robots.txt, the menu, every list, every article that is new or due."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import islice
from typing import Protocol, TypeVar

from feedgen_mayadeen import errors
from feedgen_mayadeen.archive.articles import Places, Wanted
from feedgen_mayadeen.doubt import doubt_of_article, doubt_of_list
from feedgen_mayadeen.ending import Ending
from feedgen_mayadeen.fetch import Fetcher, FetchSettings
from feedgen_mayadeen.membership import MOST_READ, lists_of, topics_of
from feedgen_mayadeen.models import Article, Listing, Page, Teaser, TickerLine
from feedgen_mayadeen.names import fold
from feedgen_mayadeen.plan import Plan, Run
from feedgen_mayadeen.readers import Cards, article_of, cards_of
from feedgen_mayadeen.report import ListReport, Seen
from feedgen_mayadeen.site.menu import known_lists, read_menu
from feedgen_mayadeen.site.paging import next_page
from feedgen_mayadeen.site.ticker import read_most_read, read_ticker


class _Asked(Protocol):
    """Whatever has a page to ask for."""

    @property
    def address(self) -> str: ...


_Item = TypeVar("_Item", bound=_Asked)
_Answer = TypeVar("_Answer")


def open_fetcher(plan: Plan, ending: Ending) -> Fetcher:
    """The fetcher for a plan's editions, with its settings. Raises UsageError."""
    settings = plan.config.fetch
    fetching = FetchSettings(
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
    return Fetcher(fetching, frozenset(hosts), origins, ending)


_GLANCE = 1.0
"""Seconds that this thread waits at once: only while it does not wait it hears of signals for certain."""
_DEEPER = 4
"""How many pages further a followed tag is read when it is read for the first time."""


@dataclass(frozen=True, slots=True)
class Robots:
    """That the rules of robots.txt are known; its page, if it is new or has changed."""

    page: Page | None


@dataclass(frozen=True, slots=True)
class Home:
    """What the home page tells: the lists to read, the ticker's lines, the Most Read box; and the page if it had changed."""

    lists: tuple[Listing, ...]
    menu: tuple[Listing, ...] = ()
    ticker: tuple[TickerLine, ...] = ()
    most_read: tuple[Teaser, ...] = ()
    page: Page | None = None
    robots: Page | None = None


def read_robots(run: Run) -> Robots | None:
    """Takes the host's robots.txt as the rules; None when the site can't be asked at all.

    One that is not there allows everything; where the server is at fault the remembered one holds, and without that the
    site is left alone (RFC 9309 §2.3.1).
    """
    address = run.edition.absolute("/robots.txt")
    text = run.archive.pages.text(address)
    known = run.archive.pages.validators(address) if text is not None else None
    page = None
    try:
        page = run.fetcher.get(address, known, html=False)
        text = page.text if page else text
    except (errors.NotFoundError, errors.GoneError, errors.BlockedError, errors.EmptyPageError):
        text = ""
    except errors.FetchError as error:
        if text is None:
            run.fail(error)
            return None
        run.report.notes.append(f"{error}; the rules of the last time are kept to")
    try:
        for host in run.edition.hosts:
            run.fetcher.set_robots(host, text or "")
    except errors.CrawlDelayError as error:
        run.fail(error)
        return None
    return Robots(page)


def read_home(run: Run, robots: Robots) -> Home:
    """Reads the home page: which lists there are, from its menus, else from memory, else as written down; what moves on it."""
    run.progress("menu", 0, 1)
    edition = run.edition
    remembered = run.archive.lists.all(edition.code)
    page, menu = None, tuple[Listing, ...]()
    try:
        page = run.fetcher.get(edition.home, run.archive.pages.validators(edition.home) if remembered else None)
        menu = read_menu(page, edition) if page else tuple(replace(listing, way="menu") for listing in remembered)
        run.report.homes_read.add(edition.code)
    except errors.FeedgenError as error:
        run.fail(error)
        page = None if isinstance(error, errors.TooDeepError) else page
    lists, missing = known_lists(menu, remembered, edition)
    for listing in lists if edition.code in run.report.homes_read else ():
        if listing.way != "menu":
            run.report.notes.append(f"{listing.label}: not found in the menu; {listing.way} as {listing.address}")
    if missing:
        run.report.notes.append(f"not found in the menu of {edition.name}: {', '.join(missing)}")
    run.progress("menu", 1, 1)
    if page is None:
        return Home((*lists, *_followed(run)), robots=robots.page)
    return Home((*lists, *_followed(run)), menu, read_ticker(page, edition), read_most_read(page, edition), page, robots.page)


def _followed(run: Run) -> tuple[Listing, ...]:
    """The pages of the tags that the settings follow, as far as an article's page has told where they are."""
    found: dict[str, Listing] = {}
    for label in run.plan.config.tags.follow:
        row = run.archive.feeds.topic(run.edition.code, "tags", fold(label))
        if row is None or row.address is None:
            run.report.notes.append(f"tag {label}: no article read so far has linked to its page")
        else:
            found[row.key] = Listing(row.key, row.label, row.address, "tag link")
    return tuple(found.values())


def keep_home(run: Run, home: Home) -> None:
    """Remembers what the home page told, once it is known that the site can be read."""
    archive, code = run.archive, run.edition.code
    if home.robots:
        archive.pages.keep(home.robots.address, home.robots.validators, home.robots.text)
    archive.lists.keep_new(code, (listing for listing in home.lists if listing.way != "tag link"))
    if home.page is None:
        return
    archive.ticker.keep(code, home.ticker, run.now)
    if home.most_read:
        archive.ticker.keep_most_read(code, home.most_read, run.now)
        archive.lists.keep_cards(code, MOST_READ, home.most_read)
    archive.lists.keep_menu(code, home.menu)
    if home.menu:
        archive.pages.keep(home.page.address, home.page.validators)


@dataclass(frozen=True, slots=True)
class _Pages:
    """The cards of each page of a list, and whether all the pages that they were to be read from were had."""

    read: tuple[Cards, ...] = ()
    whole: bool = True


def read_lists(run: Run, lists: Iterable[Listing]) -> None:
    """Reads the page of every list that is needed, and remembers its cards."""
    code = run.edition.code
    needed = [listing for listing in lists if run.is_needed(listing.key)]
    known = {listing.key: run.archive.pages.validators(listing.address) for listing in needed}
    read_before = run.archive.lists.read_at(code)
    others = frozenset(listing.address for listing in lists)
    usual = run.archive.lists.usual(code)
    menu_was_read = any(listing.way == "menu" for listing in needed)
    empty: list[tuple[Listing, Page]] = []
    not_asked: list[errors.NotAskedError] = []

    def ask(listing: Listing) -> tuple[Page, _Pages] | None:
        page = run.fetcher.get(listing.address, known[listing.key])
        if page is None:
            return None
        deeper = listing.way == "tag link" and listing.key not in read_before
        return page, _read_pages(run, page, others, _DEEPER if deeper else 0)

    for listing, answer in ask_for_all(run, "lists", needed, ask):
        seen, cards = Seen.FAILED, 0
        if answer is None:
            run.archive.lists.unchanged(code, listing.key, run.now)
            seen, cards = Seen.UNCHANGED, len(run.archive.lists.cards(code, listing.key))
        elif isinstance(answer, errors.FeedgenError):
            seen = _take_list_failure(run, listing, answer, menu_was_read=menu_was_read)
            not_asked += [answer] if isinstance(answer, errors.NotAskedError) else []
        elif not answer[1].read:
            empty.append((listing, answer[0]))
            continue
        else:
            seen, cards = _take_cards(run, listing, *answer, usual.get(listing.key, 0))
        run.report.lists.append(ListReport(code, listing.key, listing.address, listing.way, seen, cards))
    for listing, page in empty:
        _judge_empty(run, listing, page)
    _tell_not_asked(run, "list", not_asked)


def _take_list_failure(run: Run, listing: Listing, error: errors.FeedgenError, *, menu_was_read: bool) -> Seen:
    if isinstance(error, errors.NotAskedError):
        return Seen.NOT_ASKED
    if isinstance(error, (errors.NotFoundError, errors.GoneError)) and menu_was_read and listing.way != "menu":
        run.report.notes.append(f"{listing.label}: {error.address} is gone, and the menu does not name it; its feed stays")
        return Seen.GONE
    run.report.fail(error)
    return Seen.FAILED


def _take_cards(run: Run, listing: Listing, page: Page, pages: _Pages, usual: int) -> tuple[Seen, int]:
    """Remembers the cards of a list; what became of it, and how many there are."""
    lists, code, (first, *further) = run.archive.lists, run.edition.code, pages.read
    doubt = doubt_of_list(first.teasers, usual, first.dates, run.now)
    if doubt:
        run.report.fail(errors.SuspiciousPageError(listing.address, doubt))
    doubted = doubt is not None or not pages.whole
    lists.keep(code, listing, first.teasers, page.validators, run.now, doubted=doubted or bool(further))
    for cards in further:
        lists.keep(code, listing, cards.teasers, page.validators, run.now, doubted=True)
    if further and not doubted:  # only now: a build that is killed before reads the list as deep again
        run.archive.pages.keep(listing.address, page.validators)
        lists.unchanged(code, listing.key, run.now)
    return Seen.SUSPICIOUS if doubt else Seen.READ, len({teaser.address for cards in pages.read for teaser in cards.teasers})


def _tell_not_asked(run: Run, what: str, failures: Sequence[errors.NotAskedError]) -> None:
    """One problem for all lists or articles that were not asked; none when a person stopped the run."""
    if failures:
        number = f"{len(failures)} {what}{'s' if len(failures) > 1 else ''}, {failures[0].detail}"
        run.fail(errors.NotAskedError(run.edition.home, number))


def _judge_empty(run: Run, listing: Listing, page: Page) -> None:
    """A list page without cards is a failure, unless other lists have some and nothing ever told that this one has."""
    seen = Seen.FAILED
    others_read = any(each.seen in (Seen.READ, Seen.UNCHANGED) for each in run.report.lists_of(run.edition.code))
    if not others_read or run.archive.lists.has_articles(run.edition.code, listing):
        run.report.fail(errors.NoCardsError(page.address))
    else:
        seen = Seen.EMPTY if listing.known else Seen.NO_LIST
        run.archive.lists.keep(run.edition.code, listing, (), page.validators, run.now)
        run.report.notes.append(f"{listing.label}: no article on {page.address}, and none known of it so far")
    run.report.lists.append(ListReport(run.edition.code, listing.key, listing.address, listing.way, seen, 0))


def _read_pages(run: Run, page: Page, others: frozenset[str], deeper: int) -> _Pages:
    """The cards of a list page, and of up to `deeper` pages that continue it."""
    try:
        cards = run.cores.do(cards_of, page, run.edition.code, others)
        following = next_page(page, run.edition) if deeper else None
        further = run.fetcher.get(following) if following else None
    except errors.NoCardsError:
        return _Pages()
    except errors.FetchError:
        return _Pages((cards,), whole=False)
    more = _read_pages(run, further, others, deeper - 1) if further else _Pages()
    return _Pages((cards, *more.read), more.whole)


def read_articles(run: Run, home: Home, sources: tuple[str, ...]) -> None:
    """Reads every article that is new, has another title on its card, or is due for a second look.

    They are found on the lists, in the Most Read box, and on the other ways in that `sources` names.
    """
    report, lists = run.report, home.lists
    keys = [listing.key for listing in lists if run.is_needed(listing.key)]
    moving = [MOST_READ] if run.is_selected(MOST_READ) and run.plan.config.feeds.most_read else []
    wanted = run.archive.articles.wanted(run.edition.code, [*keys, *moving, *sources], run.now)

    elsewhere = {run.edition.home, *(listing.address for listing in lists)}
    not_asked: list[errors.NotAskedError] = []

    def ask(item: Wanted) -> tuple[Page, Article] | None:
        page = run.fetcher.get(item.address, item.validators if item.number is not None else None)
        if page is None:
            return None
        if page.address in elsewhere:
            raise errors.GoneError(item.address, f"it leads to {page.address}")
        article = run.cores.do(article_of, page, run.edition.code)
        if page.address != item.address and item.number is not None and article.post_id is None:
            raise errors.GoneError(item.address, f"it leads to {page.address}, which is not known to be the same article")
        return page, article

    for item, answer in ask_for_all(run, "articles", wanted, ask):
        if answer is None:
            run.archive.articles.unchanged(item, run.now)
            report.articles_unchanged += 1
        elif isinstance(answer, errors.NotAskedError):
            not_asked.append(answer)
        elif isinstance(answer, errors.FeedgenError):
            _take_failure(run, item, answer)
        else:
            _keep_article(run, lists, item, *answer)
    report.articles_not_asked += len(not_asked)
    _tell_not_asked(run, "article", not_asked)


def _take_failure(run: Run, item: Wanted, error: errors.FeedgenError) -> None:
    run.archive.articles.missed(item.address, str(error), run.now)
    if isinstance(error, (errors.NotFoundError, errors.GoneError)) and item.number is not None:
        run.report.notes.append(f"{item.address}: taken from the site; its entry stays")
    else:
        run.report.fail(error)
        run.report.articles_failed += 1


def _keep_article(run: Run, lists: tuple[Listing, ...], item: Wanted, page: Page, article: Article) -> None:
    article, doubt = doubt_of_article(article, run.now)
    if doubt:
        run.report.fail(errors.SuspiciousPageError(item.address, doubt))
    identity = run.archive.articles.identify(article, item.address, run.edition.host)
    menu = tuple(listing for listing in lists if listing.way != "tag link")
    keys = lists_of(article, menu, run.archive.lists.showing(run.edition.code, identity.addresses))
    places = Places(keys, topics_of(article, run.edition))
    run.report.articles_read += 1
    entry = run.archive.articles.keep(run.edition, article, item.address, places, page.validators, run.now, identity)
    if entry:
        run.report.fresh.add(entry)


def ask_for_all(
    run: Run, stage: str, items: Iterable[_Item], ask: Callable[[_Item], _Answer]
) -> Iterator[tuple[_Item, _Answer | errors.FeedgenError]]:
    """Asks for several things at once; hands all of them back in order, each with its answer or the failure that it met.

    When the run is to end nothing new is asked for: what was not yet is handed back as such.
    """
    todo = tuple(items)
    upcoming, pending = iter(todo), deque[tuple[_Item, Future[_Answer | errors.FeedgenError]]]()

    def safely(item: _Item) -> _Answer | errors.FeedgenError:
        try:
            return ask(item)
        except errors.FeedgenError as error:
            return error

    with ThreadPoolExecutor(run.plan.config.fetch.jobs) as pool:
        for number in range(1, len(todo) + 1):
            room = run.plan.config.fetch.jobs - len(pending)
            pending.extend((item, pool.submit(safely, item)) for item in islice(upcoming, room))
            item, future = pending.popleft()
            while not future.done():  # a Ctrl-C that comes just before a wait begins is heard when that ends
                wait((future,), _GLANCE)
            yield item, future.result()
            run.progress(stage, number, len(todo))

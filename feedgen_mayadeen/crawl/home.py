"""robots.txt and the home page: the lists in the menu, the ticker's lines, the Most Read box."""

from dataclasses import dataclass, replace

from feedgen_mayadeen import errors
from feedgen_mayadeen.context import BuildContext
from feedgen_mayadeen.ids import MOST_READ
from feedgen_mayadeen.models import Card, ListPage, Page, TickerLine
from feedgen_mayadeen.site.menu import known_lists, read_menu
from feedgen_mayadeen.site.most_read import read_most_read
from feedgen_mayadeen.site.ticker import read_ticker
from feedgen_mayadeen.text import normalize_text


@dataclass(frozen=True, slots=True)
class Robots:
    """robots.txt, whose rules now apply; `page` if it is new or has changed."""

    page: Page | None


@dataclass(frozen=True, slots=True)
class Home:
    """The content of the home page: the lists to read, the ticker's lines, the Most Read box; `page` if it has changed."""

    lists: tuple[ListPage, ...]
    menu: tuple[ListPage, ...] = ()
    ticker: tuple[TickerLine, ...] = ()
    most_read: tuple[Card, ...] = ()
    page: Page | None = None
    robots: Page | None = None


def crawl_robots(context: BuildContext) -> Robots | None:
    """Applies the host's robots.txt; returns None if the site must not be read at all.

    A missing robots.txt allows everything. After a server error the last known one applies; without one the site is not
    read (RFC 9309 §2.3.1).
    """
    address, pages = context.edition.absolute("/robots.txt"), context.memory.pages
    text = pages.text(address)
    known = pages.validators(address) if text is not None else None
    page = None
    try:
        page = context.fetcher.get(address, known, html=False)
        text = page.text if page else text
    except (errors.NotFoundError, errors.GoneError, errors.BlockedError, errors.EmptyPageError):
        text = ""
    except errors.FetchError as error:
        if text is None:
            context.fail(error)
            return None
        context.report.notes.append(f"{error}; the last known robots.txt applies")
    try:
        for host in context.edition.hosts:
            context.fetcher.set_robots(host, text or "")
    except errors.CrawlDelayError as error:
        context.fail(error)
        return None
    return Robots(page)


def crawl_home(context: BuildContext, robots: Robots) -> Home:
    """Reads the home page. Lists that are not in its menus come from memory, else from the edition's file."""
    context.progress("menu", 0, 1)
    edition, report = context.edition, context.report
    remembered = context.memory.lists.all(edition.code)
    page, menu = None, tuple[ListPage, ...]()
    try:
        page = context.fetcher.get(edition.home, context.memory.pages.validators(edition.home) if remembered else None)
        menu = (
            read_menu(page, edition, remembered) if page else tuple(replace(list_page, way="menu") for list_page in remembered)
        )
        report.homes_read.add(edition.code)
    except errors.FeedgenError as error:
        context.fail(error)
        page = None if isinstance(error, errors.TooDeepError) else page
    lists, missing = known_lists(menu, remembered, edition)
    for list_page in lists if edition.code in report.homes_read else ():
        if list_page.way != "menu":
            report.notes.append(f"{list_page.label}: not found in the menu; {list_page.way} as {list_page.address}")
    if missing:
        report.notes.append(f"not found in the menu of {edition.name}: {', '.join(missing)}")
    context.progress("menu", 1, 1)
    lists = (*lists, *_followed_tags(context))
    if page is None:
        return Home(lists, robots=robots.page)
    return Home(lists, menu, read_ticker(page, edition), read_most_read(page, edition), page, robots.page)


def _followed_tags(context: BuildContext) -> tuple[ListPage, ...]:
    """The pages of followed tags whose addresses are known from an article's page."""
    found: dict[str, ListPage] = {}
    for label in context.config.tags.follow:
        row = context.memory.feeds.topic(context.edition.code, "tags", normalize_text(label))
        if row is None or row.address is None:
            context.report.notes.append(f"tag {label}: no article read so far has linked to its page")
        else:
            found[row.key] = ListPage(row.key, row.label, row.address, "tag link")
    return tuple(found.values())


def save_home(context: BuildContext, home: Home) -> None:
    """Saves the home page's content, once it is known that the site can be read."""
    memory, code = context.memory, context.edition.code
    if home.robots:
        memory.pages.save(home.robots.address, home.robots.validators, home.robots.text)
    memory.lists.save_new(code, (list_page for list_page in home.lists if list_page.way != "tag link"))
    asked = (each.key for each in context.report.lists_of(code) if each.seen.was_asked)
    memory.lists.asked(code, asked, context.now)
    if home.page is None:
        return
    memory.ticker.save(code, home.ticker, context.now)
    if home.most_read:
        memory.ticker.save_most_read(code, home.most_read, context.now)
        memory.lists.save_cards(code, MOST_READ, home.most_read)
    memory.lists.save_menu(code, home.menu)
    if home.menu:
        memory.pages.save(home.page.address, home.page.validators)

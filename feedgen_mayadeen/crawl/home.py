"""robots.txt and the home page: which lists there are, the ticker's lines, the Most Read box."""

from dataclasses import dataclass, replace

from feedgen_mayadeen import errors
from feedgen_mayadeen.context import BuildContext
from feedgen_mayadeen.ids import MOST_READ
from feedgen_mayadeen.models import Listing, Page, Teaser, TickerLine
from feedgen_mayadeen.names import fold
from feedgen_mayadeen.site.menu import known_lists, read_menu
from feedgen_mayadeen.site.ticker import read_most_read, read_ticker


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


def crawl_robots(context: BuildContext) -> Robots | None:
    """Takes the host's robots.txt as the rules; None when the site can't be asked at all.

    One that is not there allows everything; where the server is at fault the remembered one holds, and without that the
    site is left alone (RFC 9309 §2.3.1).
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
        context.report.notes.append(f"{error}; the rules of the last time are kept to")
    for host in context.edition.hosts:
        context.fetcher.obey(host, text or "")
    return Robots(page)


def crawl_home(context: BuildContext, robots: Robots) -> Home:
    """Reads the home page: which lists there are, from its menus, else from memory, else as written down; what moves on it."""
    context.progress("menu", 0, 1)
    edition, report = context.edition, context.report
    remembered = context.memory.lists.all(edition.code)
    page, menu = None, tuple[Listing, ...]()
    try:
        page = context.fetcher.get(edition.home, context.memory.pages.validators(edition.home) if remembered else None)
        menu = read_menu(page, edition, remembered) if page else tuple(replace(listing, way="menu") for listing in remembered)
        report.homes_read.add(edition.code)
    except errors.FeedgenError as error:
        context.fail(error)
        page = None if isinstance(error, errors.TooDeepError) else page
    lists, missing = known_lists(menu, remembered, edition)
    for listing in lists if edition.code in report.homes_read else ():
        if listing.way != "menu":
            report.notes.append(f"{listing.label}: not found in the menu; {listing.way} as {listing.address}")
    if missing:
        report.notes.append(f"not found in the menu of {edition.name}: {', '.join(missing)}")
    context.progress("menu", 1, 1)
    lists = (*lists, *_followed(context))
    if page is None:
        return Home(lists, robots=robots.page)
    return Home(lists, menu, read_ticker(page, edition), read_most_read(page, edition), page, robots.page)


def _followed(context: BuildContext) -> tuple[Listing, ...]:
    """The pages of the tags that the settings follow, as far as an article's page has told where they are."""
    found: dict[str, Listing] = {}
    for label in context.config.tags.follow:
        row = context.memory.feeds.topic(context.edition.code, "tags", fold(label))
        if row is None or row.address is None:
            context.report.notes.append(f"tag {label}: no article read so far has linked to its page")
        else:
            found[row.key] = Listing(row.key, row.label, row.address, "tag link")
    return tuple(found.values())


def save_home(context: BuildContext, home: Home) -> None:
    """Remembers what the home page told, once it is known that the site can be read."""
    memory, code = context.memory, context.edition.code
    if home.robots:
        memory.pages.save(home.robots.address, home.robots.validators, home.robots.text)
    memory.lists.save_new(code, (listing for listing in home.lists if listing.way != "tag link"))
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

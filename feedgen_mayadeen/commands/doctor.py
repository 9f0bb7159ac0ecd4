"""Asks the site for one page of each kind, once, and says of each whether it works and what to do if it does not."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import msgspec

from feedgen_mayadeen import errors
from feedgen_mayadeen.context import Plan
from feedgen_mayadeen.crawl import open_fetcher
from feedgen_mayadeen.fetch import Fetcher
from feedgen_mayadeen.models import Card, ListPage, Page
from feedgen_mayadeen.site.article import read_article
from feedgen_mayadeen.site.edition import Edition
from feedgen_mayadeen.site.lists import read_list
from feedgen_mayadeen.site.menu import known_lists, read_menu
from feedgen_mayadeen.site.rss import RSS_PATH, read_rss
from feedgen_mayadeen.site.sitemaps import SITEMAP_PATHS, read_sitemap
from feedgen_mayadeen.stop import StopSignal
from feedgen_mayadeen.store import Memory
from feedgen_mayadeen.urls import canonical_or_none

WORKS, BLOCKED, CHANGED, ABSENT, FAILING, NOT_ASKED = "works", "blocked", "changed", "absent", "failing", "not asked"

_OPTIONAL = ("robots.txt", "feed.rss", "sitemap")
"""What a build can do without: to be absent is no fault of theirs."""

_WORDS: tuple[tuple[type[errors.FeedgenError], str, str], ...] = (
    (errors.RateLimitedError, BLOCKED, "wait, then lower the pace: --delay 5 --jobs 1"),
    (
        errors.BlockedError,
        BLOCKED,
        "wait some hours; lower the pace with --delay 5; run from another network, such as a machine at home or a self-hosted"
        " runner; pass your browser's session with --cookies FILE and --user-agent TEXT; or name a proxy in HTTPS_PROXY",
    ),
    (errors.RobotsForbidError, BLOCKED, "robots.txt is kept to: this page is not read"),
    (errors.CrawlDelayError, BLOCKED, "ask the site for a shorter delay: at this pace nothing can be read"),
    (errors.NotAskedError, NOT_ASKED, "see to the lines above, then ask again"),
    (errors.NotFoundError, ABSENT, "look for it on the site; a build finds lists by the menu"),
    (errors.GoneError, ABSENT, "look for it on the site; a build finds lists by the menu"),
    (errors.OffSiteError, CHANGED, "look at the address in a browser: it leads somewhere else"),
    (errors.NotHtmlError, CHANGED, "look at the address in a browser: it is no page"),
    (errors.TooLargeError, CHANGED, "look at the address in a browser: it is too large for a page"),
    (errors.ReadError, CHANGED, "look at the page in a browser; if all is there, the site changed: CONTRIBUTING.md"),
    (errors.TimedOutError, FAILING, "wait; if it lasts, allow more with --timeout 60, or run from another network"),
    (errors.UnreachableError, FAILING, "look at the network, the name server and, if you use one, the proxy"),
    (errors.PrivateAddressError, FAILING, "look at this machine's name server; give --origin if this is meant"),
    (errors.FetchError, FAILING, "wait: the site is in trouble; the next build tries again"),
)
"""For each failure the word and the advice; the first row whose class fits."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One page that was asked for: what it is to be, whether it works, what was found or went wrong, what to do."""

    edition: str
    what: str
    address: str
    word: str
    detail: str
    advice: str = ""

    @property
    def is_well(self) -> bool:
        """Whether builds can be at ease with it."""
        return self.word == WORKS or (self.word == ABSENT and self.what in _OPTIONAL)

    def as_json(self) -> dict[str, Any]:
        """The finding for `--json`."""
        return asdict(self)


def examine(plan: Plan) -> Iterator[Finding]:
    """Asks robots.txt, home, a list, an article, feed.rss and the sitemaps of each edition, each once and in this order."""
    once = msgspec.structs.replace(plan.config, fetch=msgspec.structs.replace(plan.config.fetch, retries=0))
    plan = replace(plan, config=once)
    with Memory(plan.state, keep=False, mends=True) as memory, open_fetcher(plan, StopSignal()) as fetcher:
        for edition in plan.editions:
            yield from _Visit(edition, fetcher, memory).all()


class _Visit:
    """One edition's pages, each found by what the one before tells."""

    def __init__(self, edition: Edition, fetcher: Fetcher, memory: Memory) -> None:
        self._edition, self._fetcher, self._memory = edition, fetcher, memory
        self._menu: tuple[ListPage, ...] = ()
        self._articles: list[str] = []

    def all(self) -> Iterator[Finding]:
        edition = self._edition
        yield self._ask("robots.txt", edition.absolute("/robots.txt"), self._rules, html=False)
        yield self._ask("home", edition.home, self._home)
        lists = known_lists(self._menu, self._memory.lists.all(edition.code), edition)[0]
        # A list below another one: that above it may be a page of boxes.
        for list_page in sorted(lists, key=lambda each: "/" not in each.key)[:1]:
            yield self._ask("list", list_page.address, self._list)
        rss = self._ask("feed.rss", edition.absolute(RSS_PATH), self._rss, html=False)
        self._articles += self._memory.lists.cards(edition.code, lists[0].key) if lists else ()
        if self._articles:
            yield self._ask("article", self._articles[0], self._article)
        else:
            advice = "see to the lines above: an article is found on a list or in feed.rss"
            yield Finding(edition.code, "article", edition.home, NOT_ASKED, "no article is known", advice)
        yield rss
        told = map(canonical_or_none, self._fetcher.sitemaps(edition.host))
        named = [address for address in told if address and edition.owns(address)]
        for address in dict.fromkeys((*named, *map(edition.absolute, SITEMAP_PATHS))):
            yield self._ask("sitemap", address, self._sitemap, html=False)

    def _ask(self, what: str, address: str, read: Callable[[Page], str], *, html: bool = True) -> Finding:
        try:
            page = self._fetcher.get(address, html=html)
            if page is None:
                raise errors.EmptyPageError(address)
            return Finding(self._edition.code, what, address, WORKS, read(page))
        except errors.FeedgenError as error:
            word, advice = next((word, advice) for kind, word, advice in _WORDS if isinstance(error, kind))
            if what in _OPTIONAL and word == ABSENT:
                advice = "nothing to do: a build can do without"
            detail = f"{error.message} ({error.detail})" if error.detail else error.message
            return Finding(self._edition.code, what, address, word, detail, advice)

    def _rules(self, page: Page) -> str:
        for host in self._edition.hosts:
            self._fetcher.set_robots(host, page.text)
        return f"rules are kept to; {len(self._fetcher.sitemaps(self._edition.host))} sitemaps named"

    def _home(self, page: Page) -> str:
        self._menu = read_menu(page, self._edition)
        return f"a menu with {len(self._menu)} lists"

    def _list(self, page: Page) -> str:
        others = frozenset(list_page.address for list_page in self._menu)
        cards: tuple[Card, ...] = read_list(page, self._edition, others)
        self._articles += [card.address for card in cards]
        return f"{len(cards)} articles"

    def _article(self, page: Page) -> str:
        article = read_article(page, self._edition).article
        return f"title, {len(article.body)} characters of text, {len(article.tags)} tags"

    def _rss(self, page: Page) -> str:
        found = read_rss(page, self._edition)
        self._articles += [one.address for one in found]
        return f"{len(found)} articles"

    def _sitemap(self, page: Page) -> str:
        sitemap = read_sitemap(page, self._edition)
        return f"{len(sitemap.found)} articles, {len(sitemap.parts)} further sitemaps"

"""A parsed page: its links with their real addresses, its pictures, its words."""

import re
from collections.abc import Iterator
from functools import cached_property
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from feedgen_mayadeen.errors import TooDeepError
from feedgen_mayadeen.models import Page
from feedgen_mayadeen.names import canonical, encoded, fold, host_of, is_address, path_of, to_host
from feedgen_mayadeen.site.edition import Edition

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = frozenset(
    (*HEADINGS, "p", "div", "section", "article", "main", "aside", "header", "footer", "nav", "ul", "ol", "li", "dl", "dt",
     "dd", "figure", "figcaption", "blockquote", "table", "thead", "tbody", "tr", "td", "th", "pre", "form", "address",
     "hr", "details", "summary")
)  # fmt: skip
_PICTURE_SOURCES = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-srcset", "srcset", "src")
_DEEPEST = 150
"""BeautifulSoup compares elements with all that is in them, each level on top of the last; Python bounds that at 1,000."""
_BLANK = re.compile(r"(^data:)|(\b(blank|placeholder|spacer|loading|lazy)\b[^/]*$)", re.IGNORECASE)


def resolve(page: Page, edition: Edition, base: str, href: object) -> str | None:
    """The absolute, canonical address of a link that a page writes, started from `base`; None when it leads to no page.

    Links to the place that the page was really fetched from, and to mirrors, become the site's own.
    """
    try:
        address = urljoin(base, str(href).strip())
        if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname:
            return None
        host = host_of(address)
        served_here = page.origin and host == host_of(page.origin)
        if served_here or host in edition.mirrors or host == edition.host:
            address = to_host(address, edition.home)
        return canonical(address)
    except ValueError:
        return None


def may_be_article(address: str) -> bool:
    """Whether an address may be an article's by its form: the home page and the widest lists have a shorter path."""
    return path_of(address).count("/") > 1


def _depth(soup: BeautifulSoup) -> int:
    """How many elements stand in each other at most."""
    depths = {id(soup): 0}
    for tag in soup.find_all(True):
        depths[id(tag)] = depths[id(tag.parent)] + 1
    return max(depths.values())


class Document:
    """One page, parsed once. Readers may take parts out of it; it is thrown away after its one reading.

    Raises TooDeepError.
    """

    def __init__(self, page: Page, edition: Edition) -> None:
        self.page, self.edition = page, edition
        self.soup = BeautifulSoup(page.text, "lxml")
        if _depth(self.soup) > _DEEPEST:
            raise TooDeepError(page.address)

    @cached_property
    def body(self) -> Tag:
        """The element that holds all that is shown."""
        return self.soup.body or self.soup

    @cached_property
    def base(self) -> str:
        """The address that relative links start from: HTML's `base`, else (or if that is broken) the page's own."""
        tag = self.soup.find("base", href=True)
        try:
            return urljoin(self.page.address, str(tag["href"])) if isinstance(tag, Tag) else self.page.address
        except ValueError:
            return self.page.address

    def resolve(self, href: object) -> str | None:
        """The absolute, canonical address of a link as written on this page; None when it leads to no page (see `resolve`)."""
        return resolve(self.page, self.edition, self.base, href)

    def picture(self, tag: Tag) -> str | None:
        """The real address of a picture, lazy or not, exactly as the site writes it but absolute; None for placeholders."""
        for name in _PICTURE_SOURCES:
            value = fold(str(tag.get(name) or "").split(",")[0]).split(" ")[0]
            if value and not _BLANK.search(value):
                return self.absolute(value)
        return None

    def absolute(self, address: str) -> str | None:
        """An http(s) address made absolute, otherwise left as the site writes it; None for anything else."""
        try:
            address = encoded(urljoin(self.base, address.strip()))
            return address if is_address(address) and urlsplit(address).hostname else None
        except ValueError:
            return None

    def links(self, root: Tag | None = None) -> Iterator[tuple[Tag, str]]:
        """Every link to this edition's pages, in the order of the page, with its address."""
        for tag in (root or self.body).find_all("a", href=True):
            address = self.resolve(tag["href"])
            if address and self.edition.owns(address):
                yield tag, address


def holds_blocks(tag: Tag) -> bool:
    """Whether an element holds others that begin lines of their own."""
    return tag.find(list(BLOCKS)) is not None


def words(tag: Tag) -> str:
    """The folded text of an element, with a space between its parts."""
    return fold(tag.get_text(" "))

"""A parsed page: its links with their real addresses, its pictures, its scripts."""

import re
from collections.abc import Iterator
from functools import cached_property
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from lxml import etree

from feedgen_mayadeen.errors import TooDeepError
from feedgen_mayadeen.models import Page
from feedgen_mayadeen.site import pictures
from feedgen_mayadeen.site.edition import Edition
from feedgen_mayadeen.site.tree import Tag, drop, drop_all, links, parsed, tags
from feedgen_mayadeen.urls import canonical, encoded, host_of, is_address, path_of, to_host

_UNSEEN = ("script", "style", "noscript", "template", "svg")
_DEEPEST = 150
"""Readers look at what stands around an element, at any depth, for many elements; the site's stand in a dozen others."""
_TOO_DEEP = etree.XPath(f"boolean({'/*' * (_DEEPEST + 1)})")
_PLAIN_PATH = re.compile(r"(/[A-Za-z0-9_-]+)+")
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_VOLATILE = re.compile(r"^(utm_\w+|fbclid|gclid|igshid|mc_cid|mc_eid)=", re.IGNORECASE)


def resolve(page: Page, edition: Edition, base: str, href: object) -> str | None:
    """The absolute, canonical address of a link that a page writes, started from `base`; None when it leads to no page.

    Links to the place that the page was really fetched from, and to mirrors, become the site's own.
    """
    written = str(href).strip()
    if _PLAIN_PATH.fullmatch(written) and base.startswith(edition.home):
        return f"{edition.home[:-1]}{written}"  # most links of a page: nothing in them needs to be resolved
    try:
        address = urljoin(base, written)
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
        host = host_of(address)
        served_here = page.origin and host == host_of(page.origin)
        if served_here or host in edition.hosts:
            address = to_host(address, edition.home)
        return canonical(address)
    except ValueError:
        return None


def may_be_article(address: str) -> bool:
    """Whether an address may be an article's by its form: the home page and the widest lists have a shorter path."""
    return path_of(address).count("/") > 1


def _settle_posts(root: Tag) -> None:
    """Makes scripts that write a post of Telegram into the page frames of it, before scripts are thrown away."""
    for tag in list(tags(root, ("script",))):
        if post := tag.get("data-telegram-post"):
            tag.tag, tag.text = "iframe", None
            tag.set("src", f"https://t.me/{post}")


class Document:
    """One page, parsed once. Readers may take parts out of it; it is thrown away after its one reading.

    What a page does not show, such as scripts and templates, is not in its tree. Raises TooDeepError.
    """

    def __init__(self, page: Page, edition: Edition) -> None:
        self.page, self.edition = page, edition
        self.root = parsed(page.text)
        if _TOO_DEEP(self.root):
            raise TooDeepError(page.address)
        self.scripts = tuple((dict(tag.attrib), tag.text or "") for tag in tags(self.root, ("script",)))
        """The attributes and the text of each script."""
        _settle_posts(self.root)
        pictures.settle(self.root)
        drop_all(tags(self.root, _UNSEEN), self.root)
        self._own: dict[str, str | None] = {}
        """What the links written on this page come to: readers go through them several times."""

    @cached_property
    def body(self) -> Tag:
        """The element that holds all that is shown."""
        return next(tags(self.root, ("body",)), self.root)

    @cached_property
    def base(self) -> str:
        """The address that relative links start from: HTML's `base`, else (or if that is broken) the page's own."""
        tag = next((tag for tag in tags(self.root, ("base",)) if "href" in tag.attrib), None)
        try:
            return urljoin(self.page.address, tag.get("href", "")) if tag is not None else self.page.address
        except ValueError:
            return self.page.address

    def resolve(self, href: str) -> str | None:
        """The absolute, canonical address of a link as written on this page; None when it leads to no page (see `resolve`)."""
        return resolve(self.page, self.edition, self.base, href)

    def own(self, href: str) -> str | None:
        """The address of a link that leads to one of this edition's pages; None for any other."""
        if href not in self._own:
            address = self.resolve(href)
            self._own[href] = address if address and self.edition.owns(address) else None
        return self._own[href]

    def picture(self, tag: Tag) -> str | None:
        """The real address of a picture, lazy or not, exactly as the site writes it but absolute; None for a placeholder."""
        if pictures.is_pixel(tag):
            return None
        return next(filter(None, map(self.absolute, pictures.written(tag))), None)

    def drop_hidden(self) -> None:
        """Takes out what the page holds and does not show."""
        for tag in list(tags(self.body)):
            hidden = "hidden" in tag.attrib or (tag.tag == "dialog" and "open" not in tag.attrib)
            if hidden or _HIDDEN.search(tag.get("style") or ""):
                drop(tag)

    def link(self, href: str) -> str | None:
        """The address of a link as a text shows it: absolute, at the site's own host, and otherwise as it is written."""
        address = self.absolute(href)
        if address is None:
            return None
        parts = urlsplit(address)
        if not self._is_own(parts.netloc.lower()):
            return address
        query = "&".join(part for part in parts.query.split("&") if part and not _VOLATILE.match(part))
        path, fragment = quote(parts.path, safe="/%:@!$&'()*+,;=~"), quote(parts.fragment, safe="/%:@!$&'()*+,;=~?")
        return urlunsplit((*urlsplit(self.edition.home)[:2], path, quote(query, safe="/%:@!$&'()*+,;=~?"), fragment))

    def _is_own(self, host: str) -> bool:
        return host in self.edition.hosts or (self.page.origin is not None and host == host_of(self.page.origin))

    def absolute(self, address: str) -> str | None:
        """An http(s) address made absolute, otherwise left as the site writes it; None for anything else."""
        try:
            address = encoded(urljoin(self.base, address.strip()))
            parts = urlsplit(address)
            parts.port  # noqa: B018  # raises ValueError where it is no number, or too high
            return address if is_address(address) and parts.hostname else None
        except ValueError:
            return None

    def links(self, root: Tag | None = None) -> Iterator[tuple[Tag, str]]:
        """Every link to this edition's pages, in the order of the page, with its address."""
        for tag in links(self.body if root is None else root):
            if address := self.own(tag.get("href", "")):
                yield tag, address

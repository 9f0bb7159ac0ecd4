"""The sitemaps: the articles that one names, and the further sitemaps.

A row is an article if its address may be one's, by its form. Its title and its instant are those that it has as news,
else it is dated by its last change. A further sitemap is told with the month that its address names.
"""

import re

from lxml import etree

from feedgen_mayadeen.errors import NoSitemapError
from feedgen_mayadeen.models import Candidate, Page, Sitemap, SitemapPart
from feedgen_mayadeen.site import dates
from feedgen_mayadeen.site.document import may_be_article
from feedgen_mayadeen.site.edition import Edition
from feedgen_mayadeen.site.feed_xml import child_text, children, each_once, name_of, own_address, parse_xml, whole_rows
from feedgen_mayadeen.urls import path_of

SITEMAP_PATHS = ("/sitemaps/news.xml", "/sitemaps/all.xml")  # R on the Arabic host
_MONTH = re.compile(
    r"(?<![0-9])(?:(20[0-9]{2})[-_/.](1[0-2]|0?[1-9])|(20[0-9]{2})(1[0-2]|0[1-9])(?:[0-3][0-9])?)(?![0-9])"
)  # fmt: skip


def read_sitemap(page: Page, edition: Edition) -> Sitemap:
    """The articles that a sitemap names, and the further sitemaps, in its order. Raises NoSitemapError for anything else."""
    root = parse_xml(page.text)
    if root is None or name_of(root) not in ("urlset", "sitemapindex"):
        raise NoSitemapError(page.address)
    rows = whole_rows(page, list(root))
    found = each_once(_url(page, edition, row) for row in rows if name_of(row) == "url")
    parts = [at for row in rows if name_of(row) == "sitemap" and (at := own_address(page, edition, child_text(row, "loc")))]
    return Sitemap(found, tuple(SitemapPart(address, _month(address)) for address in dict.fromkeys(parts)))


def _url(page: Page, edition: Edition, row: etree._Element) -> Candidate | None:
    address = own_address(page, edition, child_text(row, "loc"))
    if address is None or not may_be_article(address):
        return None
    news = next(children(row, "news"), None)
    title = child_text(news, "title") if news is not None else ""
    published = dates.instant(child_text(news, "publication_date"), edition) if news is not None else None
    return Candidate(address, title, at=published or dates.instant(child_text(row, "lastmod"), edition))


def _month(address: str) -> str | None:
    found = list(_MONTH.finditer(f"{path_of(address)} {address.partition('?')[2]}"))
    if not found:
        return None
    year, month = (part for part in found[-1].groups() if part)
    return f"{year}-{int(month):02}"

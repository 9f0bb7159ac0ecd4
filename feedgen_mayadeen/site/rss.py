"""feed.rss: the site's newest articles as RSS or Atom writes them.

Each item is an article if its link may lead to one, by the form of its address. The link is RSS's text, Atom's attribute
or a permanent guid, whichever comes first. Its title, its first category and its date go along.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from lxml import etree

from feedgen_mayadeen.errors import NoFeedError
from feedgen_mayadeen.models import Candidate, Page
from feedgen_mayadeen.site import dates
from feedgen_mayadeen.site.document import may_be_article
from feedgen_mayadeen.site.edition import Edition
from feedgen_mayadeen.site.feed_xml import (
    child_text,
    children,
    each_once,
    name_of,
    own_address,
    parse_xml,
    text_in,
    whole_rows,
)
from feedgen_mayadeen.text import normalize_text

RSS_PATH = "/feed.rss"  # C, March 2025
_FEEDS = ("rss", "rdf", "feed")
_ITEMS = ("item", "entry")
_DATES = ("pubdate", "published", "date", "updated")


def read_rss(page: Page, edition: Edition) -> tuple[Candidate, ...]:
    """The articles of an RSS or Atom feed in its order, each once. Raises NoFeedError for what is no feed."""
    root = parse_xml(page.text)
    if root is None or name_of(root) not in _FEEDS:
        raise NoFeedError(page.address)
    items = [item for item in root.iter() if name_of(item) in _ITEMS]
    return each_once(_item(page, edition, item) for item in whole_rows(page, items))


def _item(page: Page, edition: Edition, item: etree._Element) -> Candidate | None:
    address = next((at for link in _item_links(item) if (at := own_address(page, edition, link))), None)
    if address is None or not may_be_article(address):
        return None
    categories = (text_in(tag) or normalize_text(tag.get("label") or tag.get("term")) for tag in children(item, "category"))
    when = next((text for name in _DATES if (text := child_text(item, name))), "")
    return Candidate(address, child_text(item, "title"), next(filter(None, categories), ""), _instant(when, edition))


def _item_links(item: etree._Element) -> Iterator[str]:
    """Where an item says that its page is: RSS writes it as text, Atom as an attribute, some only as a lasting name."""
    for link in children(item, "link"):
        if link.get("rel", "alternate") == "alternate":
            yield text_in(link) or link.get("href", "")
    for name in children(item, "guid"):
        if name.get("isPermaLink", "true") == "true":
            yield text_in(name)


def _instant(text: str, edition: Edition) -> datetime | None:
    """A date as RSS writes it (RFC 822), with its own offset, or as Atom does (RFC 3339); None if it is none."""
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return dates.instant(text, edition)
    # `-0000` says that the time is UTC's and nothing of the place (RFC 5322 §3.3); Python gives it no zone.
    return dates.instant((when if when.tzinfo else when.replace(tzinfo=UTC)).isoformat(), edition)

"""A feed as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/); the same feed always gives the same bytes."""

from collections.abc import Sequence
from typing import Any

import msgspec

from feedgen_mayadeen.generate.render.content import audio_type, content_of
from feedgen_mayadeen.models import Entry, FeedInfo, Link

_VERSION = "https://jsonfeed.org/version/1.1"
_INDENT = b"  "
"""Before each line of an item."""


def json_document(info: FeedInfo, items: Sequence[bytes], self_address: str, hub: str = "") -> bytes:
    """A JSON document in UTF-8 from rendered items, one field on each line.

    `self_address` is where the file will be served or "", `hub` the address of a WebSub hub, if there is one. A field that has
    nothing to say is left out, but for `items`.
    """
    document = {
        "version": _VERSION,
        "title": info.title,
        "home_page_url": info.address,
        "feed_url": self_address,
        "description": info.subtitle,
        "icon": info.icon,
        "authors": [{"name": info.site_name}],
        "language": info.language,
        "hubs": [{"type": "WebSub", "url": hub}] if hub else [],
    }
    empty = _lines(_filled(document) | {"items": []})
    if not items:
        return empty + b"\n"
    return empty.removesuffix(b"]\n}") + b"\n" + _INDENT + (b",\n" + _INDENT).join(items) + b"\n ]\n}\n"


def json_item(entry: Entry, info: FeedInfo, *, full: bool) -> bytes:
    """An entry as an item for a document; `full` puts the article into `content_html`."""
    return _lines(_item(entry, info, full=full)).replace(b"\n", b"\n" + _INDENT)


def _lines(value: Any) -> bytes:
    """JSON with one field on each line; texts contain no line breaks."""
    return msgspec.json.format(msgspec.json.encode(value), indent=1)


def _item(entry: Entry, info: FeedInfo, *, full: bool) -> dict[str, Any]:
    article = entry.article
    content = content_of(article, info.direction) if full else ""
    return _filled({
        "id": entry.id,
        "url": article.address,
        "title": article.title,
        # One of the two must be there ("Items"); an article without a text still has a title.
        "content_html": content,
        "content_text": "" if content else article.lead or article.title,
        "summary": article.lead,
        "image": article.picture.address if article.picture else "",
        "date_published": entry.published.isoformat(),
        "date_modified": entry.updated.isoformat(),
        "authors": [_author(article.author)] if article.author else [],
        "tags": list(dict.fromkeys(category.label for category in entry.categories)),
        "language": info.language,
        "attachments": [{"url": article.audio, "mime_type": audio_type(article.audio)}] if article.audio else [],
        # An extension ("Extensions"): the format has no field for who the site has an article from.
        "_source": article.source,
    })  # fmt: skip


def _author(author: Link) -> dict[str, str]:
    return {"name": author.label, "url": author.address} if author.address else {"name": author.label}


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}

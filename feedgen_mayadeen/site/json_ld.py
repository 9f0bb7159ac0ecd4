"""schema.org's article or video object in a page's JSON-LD.

All objects of all blocks are looked at, those of `@graph` and `mainEntity` among them. Of several the article's own is
the one that names the page's address or its title; an article goes before a clip that stands in it. Nothing is taken
from an object of any other type.
"""

import re
from collections.abc import Iterator
from typing import Any

from feedgen_mayadeen.models import Link
from feedgen_mayadeen.site import dates
from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.facts import (
    Metadata,
    json_values,
    keywords,
    name_of,
    named,
    plain,
    post_id,
    seconds_of,
    summary,
    text_in,
)
from feedgen_mayadeen.site.tree import first, tags, words
from feedgen_mayadeen.text import match_key

_TYPES = re.compile(r"(Article|BlogPosting|Report|VideoObject)$")


def json_ld(document: Document) -> Metadata:
    """schema.org's article or video object, wherever in the page's JSON-LD it stands."""
    raw = _own_object(document)
    labels = raw.get("keywords")
    return Metadata(
        post_id=post_id(_value(raw.get("identifier"))),
        address=_address(document, raw),
        title=text_in(raw, "headline") or text_in(raw, "name"),
        lead=text_in(raw, "description"),
        picture=_first_address(raw.get("image")) or _first_address(raw.get("thumbnailUrl")),
        author=_person(document, raw.get("author")),
        published=dates.instant(raw.get("datePublished") or raw.get("uploadDate"), document.edition),
        updated=dates.instant(raw.get("dateModified"), document.edition),
        tags=keywords(labels) if labels is not None else None,
        category=named(next((plain(s) for s in summary(raw.get("articleSection"))), None)),
        country=named(name_of(raw.get("contentLocation") or raw.get("locationCreated"))),
        coverage=named(name_of(raw.get("isPartOf"))) if "isPartOf" in raw else None,
        seconds=seconds_of(raw.get("duration")),
    )


def _own_object(document: Document) -> dict[str, Any]:
    """The object that is about the page: by its address, by its title, by its type."""
    found = [one for one in _objects(document) if any(_TYPES.search(str(kind)) for kind in summary(one.get("@type")))]
    if len(found) < 2:
        return found[0] if found else {}
    title = first(document.root, ("title",))
    shown = [match_key(words(tag)) for tag in (*tags(document.body, ("h1", "h2")), *([title] if title is not None else []))]

    def fits(one: dict[str, Any]) -> tuple[bool, bool, bool]:
        named_so = match_key(text_in(one, "headline") or text_in(one, "name") or "")
        is_clip = any(str(kind).endswith("VideoObject") for kind in summary(one.get("@type")))
        at = _address(document, one)
        return at == document.page.address, bool(named_so) and any(named_so in text for text in shown), not is_clip

    return max(found, key=fits)


def _address(document: Document, raw: dict[str, Any]) -> str | None:
    about = raw.get("mainEntityOfPage")
    address = text_in(raw, "url") or (text_in(about, "@id") if isinstance(about, dict) else plain(about))
    return _resolved(document, address)


def _objects(document: Document) -> Iterator[dict[str, Any]]:
    """Every object of the page's JSON-LD, those of `@graph` among them."""
    for attributes, text in document.scripts:
        if attributes.get("type", "").partition(";")[0].strip().lower() != "application/ld+json":
            continue
        pending = [one for value in json_values(text) for one in summary(value)]
        while pending:
            item = pending.pop(0)
            if isinstance(item, dict):
                yield item
                pending.extend(summary(item.get("@graph")))
                pending.extend(summary(item.get("mainEntity")))


def _value(raw: object) -> object:
    raw = raw[0] if isinstance(raw, list) and raw else raw
    return raw.get("value") if isinstance(raw, dict) else raw


def _person(document: Document, raw: object) -> Link | None:
    name = name_of(raw)
    raw = raw[0] if isinstance(raw, list) and raw else raw
    address = text_in(raw, "url") if isinstance(raw, dict) else None
    return Link(name, _resolved(document, address)) if name else None


def _resolved(document: Document, address: str | None) -> str | None:
    return document.resolve(address) if address else None


def _first_address(raw: object) -> str | None:
    for item in summary(raw):
        address = (text_in(item, "url") or text_in(item, "contentUrl")) if isinstance(item, dict) else plain(item)
        if address:
            return address
    return None

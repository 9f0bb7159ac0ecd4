"""What an article page says of itself for machines: the site's own metadata block, schema.org JSON-LD, Open Graph and meta."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from feedgen_mayadeen.models import Link
from feedgen_mayadeen.site import dates
from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.tree import Tag, tags
from feedgen_mayadeen.text import normalize_text

_ARTICLE_TYPES = re.compile(r"(Article|VideoObject|BlogPosting|Report)$")
_DURATION = re.compile(r"^P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?$")
_COUNT = re.compile(r"^(\d{1,7})(?:\.\d+)?$")
_POST_ID = re.compile(r"^\d{1,12}$")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What one source says of an article; None where it says nothing. `picture` is as written, `seconds` the video's."""

    post_id: str | None = None
    address: str | None = None
    title: str | None = None
    lead: str | None = None
    picture: str | None = None
    author: Link | None = None
    published: datetime | None = None
    updated: datetime | None = None
    tags: tuple[Link, ...] | None = None
    kind: str | None = None
    category: Link | None = None
    country: Link | None = None
    coverage: Link | None = None
    seconds: int | None = None
    source: str | None = None
    caption: str | None = None
    listing: bool | None = None


def merge(*sources: tuple[str, Metadata]) -> tuple[Metadata, dict[str, str]]:
    """Field by field what the first source that has it says, and the name of that source."""
    found: dict[str, Any] = {}
    ways: dict[str, str] = {}
    for name, facts in sources:
        for field in fields(Metadata):
            value = getattr(facts, field.name)
            if value is not None and field.name not in found:
                found[field.name], ways[field.name] = value, name
    return Metadata(**found), ways


def tawsiyat(document: Document) -> Metadata:
    """The site's own block (R): known by its type or id, else by what it holds."""
    raw = _own_block(document)
    classes = {
        str(c.get("mapping")): normalize_text(str(c.get("value") or ""))
        for c in _listed(raw.get("classes"))
        if isinstance(c, dict)
    }
    author = _text(raw, "author") or classes.get("author")
    return Metadata(
        post_id=_post_id(raw.get("postid")),
        address=document.resolve(raw["url"]) if _text(raw, "url") else None,
        title=_text(raw, "title"),
        lead=_text(raw, "description"),
        picture=_text(raw, "thumbnail"),
        author=_named(author),
        published=dates.instant(raw.get("published_time"), document.edition),
        updated=dates.instant(raw.get("last_updated"), document.edition),
        tags=keywords(raw["keywords"]) if "keywords" in raw else None,
        kind=classes.get("posttype") or None,
        category=_named(classes.get("category")),
        country=_named(classes.get("country")),
        coverage=_named(classes.get("coverage")),
        seconds=_seconds(raw.get("video_duration")),
        listing=raw.get("type") == "page" if raw else None,
    )


def json_ld(document: Document) -> Metadata:
    """schema.org's article or video object, wherever in the page's JSON-LD it stands."""
    raw = next((o for o in _objects(document) if any(_ARTICLE_TYPES.search(str(t)) for t in _listed(o.get("@type")))), {})
    about = raw.get("mainEntityOfPage")
    address = _text(raw, "url") or (_text(about, "@id") if isinstance(about, dict) else normalize_text(str(about or "")))
    words = raw.get("keywords")
    return Metadata(
        post_id=_post_id(_value(raw.get("identifier"))),
        address=_resolved(document, address),
        title=_text(raw, "headline") or _text(raw, "name"),
        lead=_text(raw, "description"),
        picture=_first_address(raw.get("image")) or _first_address(raw.get("thumbnailUrl")),
        author=_person(document, raw.get("author")),
        published=dates.instant(raw.get("datePublished") or raw.get("uploadDate"), document.edition),
        updated=dates.instant(raw.get("dateModified"), document.edition),
        tags=keywords(words) if words is not None else None,
        category=_named(next((normalize_text(str(s)) for s in _listed(raw.get("articleSection"))), None)),
        country=_named(_name(raw.get("contentLocation") or raw.get("locationCreated"))),
        coverage=_named(_name(raw.get("isPartOf"))) if "isPartOf" in raw else None,
        seconds=_seconds(raw.get("duration")),
    )


def open_graph(document: Document) -> Metadata:
    """Open Graph and the other `meta` and `link` elements of the head."""
    meta: dict[str, list[str]] = {}
    for tag in tags(document.root, ("meta",)):
        name = (tag.get("property") or tag.get("name") or tag.get("itemprop") or "").lower()
        if text := normalize_text(tag.get("content")):
            meta.setdefault(name, []).append(text)
    link = next((tag for tag in tags(document.root, ("link",)) if _is_canonical(tag)), None)

    def first(*names: str) -> str | None:
        return next((meta[name][0] for name in names if name in meta), None)

    address = link.get("href", "") if link is not None else first("og:url")
    labels = meta.get("article:tag") or meta.get("keywords") or meta.get("news_keywords")
    return Metadata(
        post_id=_post_id(first("postid", "post_id", "article:id")),
        address=_resolved(document, address),
        title=first("og:title", "twitter:title", "title"),
        lead=first("og:description", "description", "twitter:description"),
        picture=first("og:image", "og:image:url", "twitter:image", "image"),
        author=_named(next((a for a in meta.get("author", []) + meta.get("article:author", []) if "://" not in a), None)),
        published=dates.instant(first("article:published_time", "datepublished", "pubdate"), document.edition),
        updated=dates.instant(first("article:modified_time", "og:updated_time", "datemodified"), document.edition),
        tags=keywords(labels if len(labels) > 1 else labels[0]) if labels else None,
        category=_named(first("article:section")),
        seconds=_seconds(first("og:video:duration", "video:duration")),
        listing=True if first("og:type") == "website" and not first("article:published_time") else None,
    )


def _is_canonical(tag: Tag) -> bool:
    return "canonical" in (tag.get("rel") or "").split() and "href" in tag.attrib


def keywords(raw: object) -> tuple[Link, ...]:
    """Tags out of a list or a comma-separated text: folded, without empty ones and repetitions, in their order."""
    parts = raw if isinstance(raw, list) else re.split("[,،]", raw) if isinstance(raw, str) else []
    labels = (normalize_text(str(_name(part) if isinstance(part, dict) else part)) for part in parts)
    return tuple(Link(label) for label in dict.fromkeys(labels) if label)


def _own_block(document: Document) -> dict[str, Any]:
    for attributes, text in document.scripts:
        kind = attributes.get("type", "").lower()
        if "tawsiyat" in kind or "tawsiyat" in attributes.get("id", "") or ('"postid"' in text and '"classes"' in text):
            raw = _json(text)
            if isinstance(raw, dict):
                return raw
    return {}


def _objects(document: Document) -> Iterator[dict[str, Any]]:
    """Every object of the page's JSON-LD, those of `@graph` among them."""
    for attributes, text in document.scripts:
        if attributes.get("type") != "application/ld+json":
            continue
        pending = _listed(_json(text))
        while pending:
            item = pending.pop(0)
            if isinstance(item, dict):
                yield item
                pending.extend(_listed(item.get("@graph")))
                pending.extend(_listed(item.get("mainEntity")))


def _json(text: str) -> object:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _listed(raw: object) -> list[Any]:
    return raw if isinstance(raw, list) else [] if raw is None else [raw]


def _text(raw: dict[str, Any], name: str) -> str | None:
    value = raw.get(name)
    return normalize_text(value) or None if isinstance(value, str) else None


def _named(label: str | None) -> Link | None:
    return Link(label) if label else None


def _name(raw: object) -> str | None:
    raw = raw[0] if isinstance(raw, list) and raw else raw
    return _text(raw, "name") if isinstance(raw, dict) else normalize_text(raw) or None if isinstance(raw, str) else None


def _value(raw: object) -> object:
    raw = raw[0] if isinstance(raw, list) and raw else raw
    return raw.get("value") if isinstance(raw, dict) else raw


def _person(document: Document, raw: object) -> Link | None:
    name = _name(raw)
    raw = raw[0] if isinstance(raw, list) and raw else raw
    address = _text(raw, "url") if isinstance(raw, dict) else None
    return Link(name, _resolved(document, address)) if name else None


def _resolved(document: Document, address: str | None) -> str | None:
    return document.resolve(address) if address else None


def _first_address(raw: object) -> str | None:
    for item in _listed(raw):
        address = (_text(item, "url") or _text(item, "contentUrl")) if isinstance(item, dict) else normalize_text(str(item))
        if address:
            return address
    return None


def _post_id(raw: object) -> str | None:
    text = normalize_text(str(raw)) if isinstance(raw, (str, int)) and not isinstance(raw, bool) else ""
    return text if _POST_ID.match(text) else None


def _seconds(raw: object) -> int | None:
    """A length in seconds out of `93`, `"93"` or ISO 8601's `PT1M33S`; None for nothing and for zero."""
    text = normalize_text(str(raw)) if isinstance(raw, (str, int, float)) and not isinstance(raw, bool) else ""
    if count := _COUNT.match(text):
        return int(count[1]) or None
    found = _DURATION.match(text)
    if not found or not any(found.groups()):
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds or None

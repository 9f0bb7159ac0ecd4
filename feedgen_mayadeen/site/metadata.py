"""What an article page says of itself for machines: the site's own metadata block, Open Graph and `meta` elements.

The block is known by its type or id, else by what it holds. It also tells what is no article: a page, an author, a
coverage. `meta` elements are taken by name, the first of each.
"""

from typing import Any

from feedgen_mayadeen.site import dates
from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.edition import words_of_all
from feedgen_mayadeen.site.facts import Metadata, json_values, keywords, named, plain, post_id, seconds_of, summary, text_in
from feedgen_mayadeen.site.tree import Tag, tags
from feedgen_mayadeen.text import match_key, normalize_text


def tawsiyat(document: Document) -> Metadata:
    """The site's own block (R): known by its type or id, else by what it holds."""
    raw = _own_block(document)
    classes = {
        str(c.get("mapping")): plain(str(c.get("value") or "")) for c in summary(raw.get("classes")) if isinstance(c, dict)
    }
    author = text_in(raw, "author") or classes.get("author")
    return Metadata(
        post_id=post_id(raw.get("postid")),
        address=document.resolve(raw["url"]) if text_in(raw, "url") else None,
        title=text_in(raw, "title"),
        lead=text_in(raw, "description"),
        picture=text_in(raw, "thumbnail"),
        author=named(author),
        published=dates.instant(raw.get("published_time"), document.edition),
        updated=dates.instant(raw.get("last_updated"), document.edition),
        tags=keywords(raw["keywords"]) if "keywords" in raw else None,
        kind=classes.get("posttype") or None,
        category=named(classes.get("category")),
        country=named(classes.get("country")),
        coverage=named(classes.get("coverage")),
        seconds=seconds_of(raw.get("video_duration")),
        listing=_is_no_article(raw, classes),
    )


def _is_no_article(raw: dict[str, Any], classes: dict[str, str]) -> bool | None:
    """Whether the block is that of a list, an author or a coverage, by its type or the kind of its post (R)."""
    if not raw:
        return None
    return raw.get("type") == "page" or match_key(classes.get("posttype", "")) in words_of_all("no_article")


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
        post_id=post_id(first("postid", "post_id", "article:id")),
        address=document.resolve(address) if address else None,
        title=first("og:title", "twitter:title", "title"),
        lead=first("og:description", "description", "twitter:description"),
        picture=first("og:image", "og:image:url", "twitter:image", "image"),
        author=named(next((a for a in meta.get("author", []) + meta.get("article:author", []) if "://" not in a), None)),
        published=dates.instant(first("article:published_time", "datepublished", "pubdate"), document.edition),
        updated=dates.instant(first("article:modified_time", "og:updated_time", "datemodified"), document.edition),
        tags=keywords(labels if len(labels) > 1 else labels[0]) if labels else None,
        category=named(first("article:section")),
        seconds=seconds_of(first("og:video:duration", "video:duration")),
        listing=True if first("og:type") in ("website", "profile") and not first("article:published_time") else None,
    )


def _is_canonical(tag: Tag) -> bool:
    return "canonical" in (tag.get("rel") or "").split() and "href" in tag.attrib


def _own_block(document: Document) -> dict[str, Any]:
    for attributes, text in document.scripts:
        kind = attributes.get("type", "").lower()
        named = "tawsiyat" in kind or "tawsiyat" in attributes.get("id", "")
        is_block = named or ('"postid"' in text and '"classes"' in text)
        if is_block and isinstance(raw := next(json_values(text), None), dict):
            return raw
    return {}

"""Article pages that hold a text wherever a page can hold one: around the body, and in what they tell machines."""

import json
from collections.abc import Callable
from html import escape
from typing import Any

ADDRESS = "https://english.almayadeen.net/news/politics/a-page"
PICTURE = "https://media.almayadeen.net/i.png"
DATE = "2025-06-05T15:39:07+03:00"
TITLE = "The clock of the town hall is late again"
SENTENCE = "The clock of the town hall was late by seven minutes, and nobody in the village was surprised by that."


def script(kind: str, content: str) -> str:
    """A script element that holds a text in which nothing can end it: JSON knows `<` by its number too."""
    return f"<script {kind}>{content.replace('<', chr(92) + 'u003c')}</script>"


def metadata_block(content: str) -> str:
    """The element of the site's own metadata (`site.md`, R)."""
    return script('id="tawsiyat-metadata" type="text/tawsiyat"', content)


def json_ld_block(content: str) -> str:
    """The element of schema.org's metadata."""
    return script('type="application/ld+json"', content)


def metas(fields: list[tuple[str, str]]) -> str:
    """The elements of Open Graph and its like, by name and content."""
    return "".join(f'<meta property="{escape(name)}" content="{escape(value)}">' for name, value in fields)


def metadata(text: str, address: str, picture: str) -> dict[str, Any]:
    """What the site's own block tells, with one text in all of its fields."""
    mappings = ("posttype", "category", "country", "coverage", "author")
    return {
        "type": "article",
        "postid": "1900001",
        "title": text,
        "url": address,
        "keywords": f"{text},Clocks",
        "thumbnail": picture,
        "published_time": DATE,
        "description": text,
        "author": text,
        "classes": [{"mapping": mapping, "value": text} for mapping in mappings],
    }


def json_ld(text: str, address: str, picture: str) -> dict[str, Any]:
    """schema.org's article, with one text in all of its fields."""
    return {
        "@type": "NewsArticle",
        "headline": text,
        "description": text,
        "url": address,
        "image": {"@type": "ImageObject", "url": picture},
        "author": {"@type": "Person", "name": text, "url": address},
        "datePublished": DATE,
        "keywords": [text, "Clocks"],
        "articleSection": text,
        "contentLocation": {"name": text},
        "isPartOf": {"name": text},
    }


def open_graph(text: str, address: str, picture: str) -> str:
    """Open Graph and its like, with one text in all of their fields."""
    texts = ("og:title", "og:description", "author", "article:tag", "article:section")
    told = {"article:tag": "Clocks", "og:image": picture, "og:url": address, "article:published_time": DATE}
    return f'{metas([*((name, text) for name in texts), *told.items()])}<link rel="canonical" href="{escape(address)}">'


HEADS: dict[str, Callable[[str, str, str], str]] = {
    "metadata block": lambda *told: metadata_block(json.dumps(metadata(*told))),
    "JSON-LD": lambda *told: json_ld_block(json.dumps(json_ld(*told))),
    "Open Graph": open_graph,
}
"""What a page says of itself for machines, in each of its forms: of one text, one address and one picture's address."""


def page_of(head: str, shown: str, body: str, address: str = ADDRESS, picture: str = PICTURE) -> str:
    """An article page that shows a piece of HTML in all of its places around the body."""
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>A page</title>{head}</head><body><main>
<div class="details-white-box"><h1>{shown}</h1>
<ul><li>By <a href="{escape(address)}">{shown}</a></li><li>Source: {shown}</li><li>5 Jun 2025 15:39</li></ul>
<p class="lg_para summary">{shown}</p>
<figure><img data-src="{escape(picture)}" alt="{escape(shown)}"><figcaption class="media-caption">{shown}</figcaption></figure>
<ul class="tags"><li><a href="{escape(address)}" rel="tag">{shown}</a></li></ul>
<div class="p-content"><p>{SENTENCE}</p>
{body}
<p>{SENTENCE}</p></div></div></main></body></html>"""

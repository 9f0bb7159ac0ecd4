"""What an article page tells machines: the values of its metadata block in each style that the site may use."""

import json
from typing import Any, Literal

from markupsafe import Markup

from feedgen_mayadeen.sample.records import SampleArticle

MetadataStyle = Literal["tawsiyat", "json-ld", "opengraph", "none"]
# The key of each mapping; what the site's class4 is has never been seen.
CLASSES = {"posttype": "class1", "category": "class2", "country": "class3", "coverage": "class5", "author": "class6"}


def tawsiyat(article: SampleArticle, url: str, thumbnail: str | None, lang: str) -> dict[str, Any]:
    """Return the fields of an article's `tawsiyat-metadata` block."""
    return {
        "type": "videoobject" if article.video_duration else "article",
        "postid": article.postid,
        "title": article.title,
        "url": url,
        "keywords": article.keywords,
        "thumbnail": thumbnail,
        "video_duration": article.video_duration,
        "word_count": article.word_count,
        "lang": lang,
        "published_time": article.published_time,
        "last_updated": article.last_updated,
        "description": article.description,
        "author": article.author,
        "classes": [
            {"key": key, "mapping": mapping, "value": value}
            for mapping, key in CLASSES.items()
            if (value := getattr(article, mapping))
        ],
        "html": "",
        "lite_url": "",
    }


def tawsiyat_page(postid: str, title: str, url: str, lang: str) -> dict[str, Any]:
    """Return the fields of the block on a page that is no article."""
    return {"type": "page", "postid": postid, "title": title, "url": url, "lang": lang, "classes": []}


def json_ld(article: SampleArticle, url: str, thumbnail: str | None, lang: str) -> dict[str, Any]:
    """Return the fields of a schema.org block that says the same."""
    fields: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "VideoObject" if article.video_duration else "NewsArticle",
        "headline": article.title,
        "name": article.title,
        "mainEntityOfPage": {"@type": "WebPage", "@id": url},
        "url": url,
        "identifier": article.postid,
        "datePublished": article.published_time,
        "dateModified": article.last_updated,
        "description": article.description,
        "inLanguage": lang,
        "articleSection": article.category or article.posttype,
        "keywords": list(article.tags),
        "author": {"@type": "Person" if article.author_kind == "writer" else "Organization", "name": article.author},
    }
    if thumbnail:
        fields["image"] = [thumbnail]
    if article.video_duration:
        fields["duration"] = f"PT{article.video_duration}S"
        fields["uploadDate"] = article.published_time
    return fields


def script_json(fields: dict[str, Any]) -> Markup:
    """Write fields as JSON that may stand inside a script element."""
    text = json.dumps(fields, ensure_ascii=False, indent=1).replace("</", "<\\/")
    return Markup(text)  # noqa: S704  # escaped for a script element, where HTML's escapes don't count

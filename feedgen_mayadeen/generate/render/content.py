"""The content of an entry, the same in every format: the article's HTML, and the type of its audio file."""

from html import escape
from mimetypes import guess_type
from urllib.parse import urlsplit

from feedgen_mayadeen.models import Article, Picture


def content_of(article: Article, direction: str) -> str:
    """The article as HTML: the picture with its caption, then the body, which is already sanitised.

    Arabic text is marked as right to left; readers would show it from left to right.
    """
    parts = []
    if article.picture:
        caption = f"<figcaption>{escape(article.picture.caption)}</figcaption>" if article.picture.caption else ""
        alt = escape(article.picture.caption)
        parts.append(f'<figure><img src="{escape(article.picture.address)}" alt="{alt}">{caption}</figure>')
    content = "\n".join((*parts, article.body)).strip()
    return f'<div dir="rtl">\n{content}\n</div>' if content and direction == "rtl" else content


def body_of(content: str, picture: Picture | None, direction: str) -> str:
    """The article's body in HTML that `content_of` made; "" if there is only a picture."""
    before, _, after = content_of(Article("", "", body="\0", picture=picture), direction).partition("\0")
    if content.startswith(before) and content.endswith(after):
        return content[len(before) : len(content) - len(after)]
    return ""


def audio_type(address: str) -> str:
    """The media type of an audio file, by its address; MP3 if that does not tell."""
    return guess_type(urlsplit(address).path)[0] or "audio/mpeg"

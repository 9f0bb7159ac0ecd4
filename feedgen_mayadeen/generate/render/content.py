"""What an entry shows and carries, the same in every format: the article's HTML, and the type of its audio file."""

from html import escape
from mimetypes import guess_type
from urllib.parse import urlsplit

from feedgen_mayadeen.models import Article, Picture


def content_of(article: Article, direction: str) -> str:
    """What a reader shows as the article: the picture with its caption, then the body, already sanitised.

    Readers show it from left to right unless it says otherwise.
    """
    parts = []
    if article.picture:
        caption = f"<figcaption>{escape(article.picture.caption)}</figcaption>" if article.picture.caption else ""
        alt = escape(article.picture.caption)
        parts.append(f'<figure><img src="{escape(article.picture.address)}" alt="{alt}">{caption}</figure>')
    content = "\n".join((*parts, article.body)).strip()
    return f'<div dir="rtl">\n{content}\n</div>' if content and direction == "rtl" else content


def body_of(content: str, picture: Picture | None, direction: str) -> str:
    """The article's own text in what `content_of` made; "" where that is a picture alone."""
    before, _, after = content_of(Article("", "", body="\0", picture=picture), direction).partition("\0")
    if content.startswith(before) and content.endswith(after):
        return content[len(before) : len(content) - len(after)]
    return ""


def audio_type(address: str) -> str:
    """The media type of an audio file, by its address; that of MP3 when the address does not tell."""
    return guess_type(urlsplit(address).path)[0] or "audio/mpeg"

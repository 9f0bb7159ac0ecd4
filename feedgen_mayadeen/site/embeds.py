"""What a page embeds, as the address of the page where a person can see it: videos, posts and players.

An element that carries its address in an attribute, or the number of a video, becomes that address. Addresses of players
become those of the pages that they play, where the service's addresses tell. What stands in the text as a quotation, with
words of its own, stays a quotation.
"""

import re
from urllib.parse import parse_qs, urlsplit

import bs4

from feedgen_mayadeen.markup import attribute, elements
from feedgen_mayadeen.site.document import Document

_FRAMES = ("iframe", "embed", "object", "video", "audio", "amp-iframe", "amp-video", "amp-audio")
_ADDRESSES = ("data-instgrm-permalink", "data-href", "data-src", "src", "cite", "data", "data-url", "data-lazy-src")
_NUMBERS = {
    "data-telegram-post": "https://t.me/{}",
    "videoid": "https://www.youtube.com/watch?v={}",
    "data-videoid": "https://www.youtube.com/watch?v={}",
    "data-youtube-id": "https://www.youtube.com/watch?v={}",
    "data-tweetid": "https://x.com/i/status/{}",
    "data-tweet-id": "https://x.com/i/status/{}",
    "data-shortcode": "https://www.instagram.com/p/{}/",
}
_VIMEO = re.compile(r"/video/(\d+)")
_YOUTUBE = re.compile(r"(^|\.)(youtube(-nocookie)?\.com|youtu\.be)$")
_YOUTUBE_PATH = re.compile(r"^/(?:embed|v|shorts)/([\w-]+)")
_QUOTED = ("blockquote", "div", "section")
_NAMED = re.compile(r"\b(instagram-media|tiktok-embed|twitter-tweet|fb-(post|video)|telegram-post)\b")


def is_embed(tag: bs4.Tag) -> bool:
    """Whether an element is there to show something from elsewhere, and has no words of its own for it."""
    if tag.name in _FRAMES:
        return True
    named = _NAMED.search(attribute(tag, "class")) is not None or tag.name.startswith(("amp-", "lite-"))
    told = any(tag.has_attr(name) for name in (*_NUMBERS, "data-instgrm-permalink"))
    return (named or told) and (tag.name not in _QUOTED or not tag.get_text().strip())


def address_of(document: Document, tag: bs4.Tag) -> str | None:
    """The address of the page where what is embedded can be seen, or None."""
    for name, form in _NUMBERS.items():
        if number := attribute(tag, name).strip():
            return document.absolute(form.format(number))
    inner = elements(tag, "source", "param", "embed", "iframe", "a")
    written = [attribute(tag, name) for name in _ADDRESSES]
    written += [attribute(one, "src") or attribute(one, "href") for one in inner]
    written += [attribute(one, "value") for one in inner if attribute(one, "name") == "movie"]
    found = (document.absolute(one) for one in written if one and not one.startswith(("about:", "data:", "#")))
    return watchable(next(filter(None, found), None))


def watchable(address: str | None) -> str | None:
    """The page where a person can see what is embedded: YouTube's players become the video's own page."""
    if not address:
        return None
    parts = urlsplit(address)
    host, query = parts.hostname or "", parse_qs(parts.query)
    if _YOUTUBE.search(host) and (video := _YOUTUBE_PATH.match(parts.path)):
        start = query.get("start", [""])[0]
        return f"https://www.youtube.com/watch?v={video[1]}" + (f"&t={start}" if start.isdigit() else "")
    if host == "player.vimeo.com" and (number := _VIMEO.match(parts.path)):
        return f"https://vimeo.com/{number[1]}"
    if host.endswith("facebook.com") and parts.path.startswith("/plugins/") and "href" in query:
        return query["href"][0] if query["href"][0].startswith("https://") else address
    if host == "platform.twitter.com" and "id" in query:
        return f"https://x.com/i/status/{query['id'][0]}"
    if host.endswith("instagram.com") and "/embed" in parts.path:
        return f"https://www.instagram.com{parts.path.partition('/embed')[0]}/"
    if host == "t.me":
        return f"https://t.me{parts.path}"
    return address

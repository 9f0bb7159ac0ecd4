"""Which addresses lead to the same article.

The path of an article's address tells which it is. So what the query carries beside counts only under a name that
identifies (`id`), or where the path says nothing; path parameters (`;jsessionid=`) never do. The address as the site
wrote it stays for asking.
"""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_IDENTIFYING = re.compile(r"id|p|post_?id|post|article_?id|article|aid|nid|story_?id|story|item|news_?id", re.IGNORECASE)
# Parameters that say where a reader came from, or count him, and never which page is shown.
_NO_IDENTITY = re.compile(
    r"utm_\w+|fbclid|gclid|igshid|mc_cid|mc_eid|ref|ref_?src|referrer|source|src|via|share|cmp|campaign|"
    r"s?essionid|session|jsessionid|phpsessid|token|nonce|rand(om)?|ts|time(stamp)?|cb|cache\w*|_\w*|amp|print",
    re.IGNORECASE,
)
_PATH_PARAMETER = re.compile(r";[^/]*")
_CHANGING = re.compile(r"[0-9]{9,}|[0-9a-f]{16,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SLUG = re.compile(r"/[^/]+/[^/]*(?:[^\W\d_][^/]*-|[^\x00-\x7f]|[^/]{24})[^/]*$")


def article_key(address: str) -> str:
    """The form of an address in which articles are compared: without what does not tell which article it is.

    Given an address as `urls.canonical` writes it; the same for all addresses of one article, and of no other page.
    """
    parts = urlsplit(address)
    path = _PATH_PARAMETER.sub("", parts.path)
    is_told = _SLUG.search(path) is not None
    kept = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if _identifies(name, value, is_told)
    ]
    return urlunsplit((parts.scheme, parts.netloc, path.rstrip("/") or "/", urlencode(kept), ""))


def _identifies(name: str, value: str, is_told: bool) -> bool:
    """Whether a parameter tells which page is meant; `is_told` if the path tells it already."""
    if is_told:
        return _IDENTIFYING.fullmatch(name) is not None
    return not _NO_IDENTITY.fullmatch(name) and not _CHANGING.fullmatch(value)

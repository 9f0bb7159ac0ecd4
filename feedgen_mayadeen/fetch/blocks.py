"""How a page that refuses is told from a page of the site: by header, status and structure, never by one phrase.

Kinds of such pages: a challenge, which lets only browsers pass, and a login wall. A page of the site may itself load a
script of its content delivery network; a refusal has besides hardly anything else on it.
"""

import re
from collections.abc import Mapping

_SAYS_SO = {
    "cf-mitigated": ("challenge",),
    "x-amzn-waf-action": ("challenge", "captcha"),
}
"""Headers by which a network itself says that its answer is a challenge: Cloudflare's and Amazon's documentation."""

_MACHINERY = re.compile(
    rb"_cf_chl_opt|/cdn-cgi/challenge-platform/[\w/]*orchestrate/|/\.well-known/ddos-guard/|awswafintegration|gokuprops"
    rb"|_incapsula_resource|captcha-delivery\.com|px-captcha|sucuri_cloudproxy_js"
    rb"|hcaptcha\.com/|google\.com/recaptcha|recaptcha\.net/|challenges\.cloudflare\.com",
    re.IGNORECASE,
)
"""Addresses and names that the scripts of challenges use; each belongs to a product, none to a language.

A network may add a script that counts readers to every page that it carries, even an error's: that is none of them.
"""

_CHALLENGING = frozenset((200, 202, 401, 403, 405, 429, 503))
"""The statuses that challenges and login pages come with; with any other a page is what its status says."""
_REFUSING = frozenset((401, 403, 405, 429))

# Bounded, and never over a `<`: a page may be made to keep a search busy.
_TURNS = re.compile(rb"<meta[^<>]{1,300}http-equiv\s*=\s*[\"']?refresh", re.IGNORECASE)
_NO_SCRIPT = re.compile(rb"<noscript", re.IGNORECASE)
_NOT_INDEXED = re.compile(rb"<meta[^<>]{1,300}name\s*=\s*[\"']?robots[\"']?[^<>]{1,300}noindex", re.IGNORECASE)
_LINK = re.compile(rb"<a\s[^<>]{0,300}href", re.IGNORECASE)
_PASSWORD = re.compile(rb"<input[^<>]{1,300}type\s*=\s*[\"']?password", re.IGNORECASE)
_LOGIN_PATH = re.compile(r"/(log-?in|sign-?in|auth|sso|account)(/|\.|\?|$)", re.IGNORECASE)

_FEW_LINKS = 8
"""A page of the site has its menu; a refusal hardly a link."""
_BEGINNING = 1 << 17
"""So many bytes show what a page is; a refusal has fewer, and a page of the site its menu among them."""

CHALLENGE = "a challenge that only browsers pass"
LOGIN = "a login page"


def refusal_of(status: int, headers: Mapping[str, str], body: bytes, asked: str, came: str) -> str | None:
    """What kind of refusal an answer is, in words, or None for an answer that is none or does not show it.

    `asked` and `came` are the addresses before and after redirects; `headers` compare without regard to case.
    """
    if any(headers.get(name, "").lower() in values for name, values in _SAYS_SO.items()):
        return CHALLENGE
    if status not in _CHALLENGING:
        return None
    body = body[:_BEGINNING]
    is_bare = len(_LINK.findall(body)) < _FEW_LINKS
    if _PASSWORD.search(body) and (is_bare or (came != asked and _LOGIN_PATH.search(came))):
        return LOGIN
    # Hardly a link, and a challenge's machinery or its habits: it needs scripts, and two of the others.
    habits = (_TURNS.search(body), _NOT_INDEXED.search(body), status in _REFUSING)
    if is_bare and (_MACHINERY.search(body) or (_NO_SCRIPT.search(body) and sum(map(bool, habits)) >= 2)):
        return CHALLENGE
    return None

"""Addresses: validity, canonical form, parts."""

import re
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from feedgen_mayadeen.text import without_forbidden

_PATH_SAFE = "/:@!$&'()*+,;=~"

_QUERY_SAFE = _PATH_SAFE + "?%"

_SESSION = re.compile(r";(jsessionid|phpsessid|sid)=[^/;]*", re.IGNORECASE)
_TRACKING = re.compile(r"^(utm_\w+|fbclid|gclid|igshid|mc_cid|mc_eid)=", re.IGNORECASE)

# Browsers repair invalid addresses (`https:evil`, `https:\\\\evil`, a line break in the scheme); here they are refused.
_ADDRESS = re.compile(r"https?://[^\s/\\?#%<>\"'`{|}^\x00-\x20\x7f-\x9f]+([/?#][^\s\\<>\x00-\x20\x7f-\x9f]*)?", re.IGNORECASE)

_NO_HOST = re.compile(r"[\s\\<>\"'`{|}^\x00-\x20\x7f-\x9f]")

_HOST = re.compile(r"(?!.*\.\.)[a-z0-9_:]([a-z0-9_.:-]*[a-z0-9:])?")

_ENCODED = re.compile(r"[\s\\<>\"`{|}^\x00-\x20\x7f-\x9f]")


def is_address(text: str) -> bool:
    """Whether a text is an absolute http(s) address that all readers understand in the same way."""
    return _ADDRESS.fullmatch(text) is not None and without_forbidden(text) == text


def encoded(address: str) -> str:
    """An address as written, with invalid characters percent-encoded."""
    return _ENCODED.sub(lambda found: quote(found[0]), without_forbidden(address))


def canonical(address: str) -> str:
    """The form of an address for storing and comparing: host in lower case, percent-encoded once, no fragment.

    Tracking parameters, session ids and a slash at the end are dropped. Raises ValueError if the address is invalid.
    """
    parts = urlsplit(without_forbidden(address.strip()))
    if _NO_HOST.search(parts.netloc):
        raise ValueError(address)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    usual = {"http": 80, "https": 443}.get(parts.scheme.lower())
    netloc = f"{host}:{parts.port}" if parts.port and parts.port != usual else host
    path = quote(unquote(_SESSION.sub("", parts.path)), safe=_PATH_SAFE)
    if path != "/":
        path = path.rstrip("/")
    kept = "&".join(p for p in parts.query.split("&") if p and not _TRACKING.match(p))
    return urlunsplit((parts.scheme.lower(), netloc, path or "/", quote(kept, safe=_QUERY_SAFE), ""))


def canonical_or_none(address: str) -> str | None:
    """The canonical form of an address; None if it is invalid."""
    try:
        return canonical(address)
    except ValueError:
        return None


def given_address(text: str, *, may_ask: bool = False) -> str:
    """An http(s) address that a person gave, in ASCII and in one form; `may_ask` allows a query.

    A host in other letters is written as DNS has it (UTS #46), a path percent-encoded. Raises ValueError with what is wrong,
    as the end of a sentence.
    """
    import idna

    text = text.strip()
    if _NO_HOST.search(text.replace("'", "")):
        raise ValueError("holds white space or a sign that no address holds")
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        host = host if host.isascii() else idna.encode(host, uts46=True).decode()
        usual, port = {"http": 80, "https": 443}[parts.scheme.lower()], parts.port
    except (ValueError, KeyError) as error:
        raise ValueError("is no address such as https://example.org/feeds/") from error
    if "@" in parts.netloc:
        raise ValueError("holds a user's name, which everybody would see; leave it out")
    if "#" in text or ("?" in text and not may_ask):
        raise ValueError(f"goes on after a `{'#' if '#' in text else '?'}`; leave that out")
    path = unquote(parts.path)
    if not _HOST.fullmatch(host) or port == 0 or re.search(r"//|/\.\.?(/|$)", path):
        raise ValueError("is no address such as https://example.org/feeds/")
    netloc = (f"[{host}]" if ":" in host else host) + (f":{port}" if port not in (None, usual) else "")
    return urlunsplit((parts.scheme.lower(), netloc, quote(path, safe=_PATH_SAFE), quote(parts.query, safe=_QUERY_SAFE), ""))


def host_of(address: str) -> str:
    """The host of an address with its port, if one is written: `english.almayadeen.net`, `127.0.0.1:8080`."""
    return urlsplit(address).netloc.lower()


def path_of(address: str) -> str:
    """The path of an address as a person reads it: percent-decoded, without a slash at the end."""
    return unquote(urlsplit(address).path).rstrip("/") or "/"


def to_host(address: str, base: str) -> str:
    """The same page at another base: scheme and host of `base`, path and query of `address`."""
    there, here = urlsplit(base), urlsplit(address)
    return urlunsplit((there.scheme, there.netloc, here.path, here.query, ""))

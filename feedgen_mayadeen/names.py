"""How texts and addresses are written: folded titles, feed keys, percent-encoded addresses that compare; marks of values."""

import codecs
import hashlib
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import msgspec

# XML 1.0 §2.2 allows no other control characters; C1 controls are allowed but discouraged, and break readers.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# Zero-width characters, soft hyphens, byte order marks, and bidirectional marks, overrides and isolates.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc\u02bb`\u00b4]")
_PATH_SAFE = "/:@!$&'()*+,;=~"
_QUERY_SAFE = _PATH_SAFE + "?%"
_VOLATILE = re.compile(r"^(utm_\w+|fbclid|gclid|igshid|mc_cid|mc_eid)=", re.IGNORECASE)


_P = ParamSpec("_P")
_T = TypeVar("_T")


def remembering(
    most: int,
) -> Callable[[Callable[Concatenate[str, _P], _T]], Callable[Concatenate[str, _P], _T]]:
    """Has a function of a text remember what came of the last ones of at most so many characters, which many pages have."""

    def decorate(work: Callable[Concatenate[str, _P], _T]) -> Callable[Concatenate[str, _P], _T]:
        remembered: Callable[..., _T] = lru_cache(8192)(work)

        @wraps(work)
        def call(text: str, /, *more: _P.args, **named: _P.kwargs) -> _T:
            return (remembered if len(text) <= most else work)(text, *more, **named)

        return call

    return decorate


def without_forbidden(text: str) -> str:
    """The text without the characters that XML 1.0 forbids (§2.2), and without lone surrogates."""
    return _FORBIDDEN.sub("", text)


def decoded(content: bytes) -> str:
    """The text of a file that a person wrote: UTF-8, with or without a byte order mark. Raises UnicodeDecodeError.

    Its `reason` tells what the file is, as the end of a sentence.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise UnicodeDecodeError("utf-8", content, 0, 2, "is in UTF-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        error.reason = "is not in UTF-8"
        raise


def fold(text: str | None) -> str:
    """One line of plain text: white space folded to single spaces, control and zero-width characters gone."""
    if not text:
        return ""
    return _folded(text)


@remembering(200)
def _folded(text: str) -> str:
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join(_INVISIBLE.sub("", without_forbidden(" ".join(text.split()))).split())


def same(text: str) -> str:
    """The form in which two labels are compared: folded, compatibility forms and case made one."""
    folded = fold(text)
    return folded.lower() if folded.isascii() else unicodedata.normalize("NFKC", folded).casefold()


def key_of(label: str) -> str:
    """A label as one part of a feed's key: lower case, letters and digits of any script, everything else one `-`.

    Apostrophes are dropped. Marks belong to their letters (Arabic vowel signs). A label of symbols alone gives "".
    """
    text = _APOSTROPHES.sub("", unicodedata.normalize("NFC", fold(label)).lower())
    kept = ""
    for char in text:
        kind = unicodedata.category(char)[0]
        kept += char if kind in "LN" or (kind == "M" and kept[-1:] not in ("", "-")) else "-"
    return re.sub("-+", "-", kept).strip("-")


_LONGEST_KEY = 100
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[\d\u00b9\u00b2\u00b3]|lpt[\d\u00b9\u00b2\u00b3]|index|archive)$")
"""What systems and web servers keep for themselves; superscripts too: Windows takes `com²` for `com2`."""
_OWN_NAMES = frozenset((
    "all", "breaking", "most-read", "edits", "own", "health", "status", "404", "en", "ar", "es", "tags", "coverage", "authors",
))  # fmt: skip
"""What the program itself writes, or keeps its feeds in, on the top floor of the folder."""


def distinct_key(above: str, label: str, taken: Callable[[str], bool]) -> str:
    """A feed's key for a label below another key (`tags/mali`), or, with `above` empty, on the top floor (`news`).

    It is safe as a file's name everywhere, none of the program's own, and no other feed's. Labels that give no name, one that
    systems or the program reserve, one of over 100 bytes, or one that is taken, get a number made of their letters, always the
    same.
    """
    name = key_of(label)
    mark = hashlib.blake2b(label.encode(), digest_size=4).hexdigest()
    short = name.encode()[:_LONGEST_KEY].decode("utf-8", "ignore").strip("-")
    prefix = f"{above}/" if above else ""
    is_own = not above and name in _OWN_NAMES
    # Systems that do not tell capitals from small letters fold more than these: `ß` is `ss` to them.
    folded = name.casefold()
    if name and name == short == folded and not _RESERVED.match(name) and not is_own and not taken(prefix + name):
        return prefix + name
    return f"{prefix}{short}-{mark}" if short else prefix + mark


# Browsers repair what is no address (`https:evil`, `https:\\\\evil`, a line break in the scheme); here it is none.
_ADDRESS = re.compile(r"https?://[^\s/\\?#%<>\"'`{|}^\x00-\x20\x7f-\x9f]+([/?#][^\s\\<>\x00-\x20\x7f-\x9f]*)?", re.IGNORECASE)
_NO_HOST = re.compile(r"[\s\\<>\"'`{|}^\x00-\x20\x7f-\x9f]")
_HOST = re.compile(r"(?!.*\.\.)[a-z0-9_:]([a-z0-9_.:-]*[a-z0-9:])?")
_ENCODED = re.compile(r"[\s\\<>\"`{|}^\x00-\x20\x7f-\x9f]")


def is_address(text: str) -> bool:
    """Whether a text is an absolute http(s) address that every reader takes for the same."""
    return _ADDRESS.fullmatch(text) is not None and _FORBIDDEN.search(text) is None


def encoded(address: str) -> str:
    """An address with what no address holds percent-encoded, and otherwise as it is written."""
    return _ENCODED.sub(lambda found: quote(found[0]), without_forbidden(address))


def canonical(address: str) -> str:
    """An address in the one form in which it is kept and compared: host lower case, percent-encoded once, no fragment.

    Tracking parameters and a slash at the end are dropped. Raises ValueError when it can't be read as an address.
    """
    parts = urlsplit(without_forbidden(address.strip()))
    if _NO_HOST.search(parts.netloc):
        raise ValueError(address)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    usual = {"http": 80, "https": 443}.get(parts.scheme.lower())
    netloc = f"{host}:{parts.port}" if parts.port and parts.port != usual else host
    path = quote(unquote(parts.path), safe=_PATH_SAFE)
    if path != "/":
        path = path.rstrip("/")
    kept = "&".join(p for p in parts.query.split("&") if p and not _VOLATILE.match(p))
    return urlunsplit((parts.scheme.lower(), netloc, path or "/", quote(kept, safe=_QUERY_SAFE), ""))


def canonical_or_none(address: str) -> str | None:
    """The same, with None for what can't be read as an address."""
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


def mark_of(*values: Any) -> bytes:
    """A short mark of values: another one as soon as one of them is another."""
    return hashlib.blake2b(msgspec.json.encode(values), digest_size=16).digest()

"""How texts and addresses are written: folded titles, feed keys, percent-encoded addresses that compare; marks of values."""

import hashlib
import re
import unicodedata
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import msgspec

# XML 1.0 §2.2 allows no other control characters; C1 controls are allowed but discouraged, and break readers.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# Zero-width characters, soft hyphens, byte order marks, and bidirectional marks, overrides and isolates.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f")
_ISOLATE = re.compile("[\u2066-\u2069]")
_JOINER = re.compile("[\u200c\u200d]")
_JOINED = ("Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "So", "Sk")
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc\u02bb`\u00b4]")
_PATH_SAFE = "/:@!$&'()*+,;=~"
_QUERY_SAFE = _PATH_SAFE + "?%"
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_.~/-]*")
_VOLATILE = re.compile(r"^(utm_\w+|fbclid|gclid|igshid|mc_cid|mc_eid)=", re.IGNORECASE)


def without_forbidden(text: str) -> str:
    """The text without the characters that XML 1.0 forbids (§2.2), and without lone surrogates."""
    return _FORBIDDEN.sub("", text)


def fold(text: str | None) -> str:
    """One line of plain text: white space folded to single spaces, control characters and what is invisible gone.

    What is invisible and means something stays: joiners between letters or within emoji, the tags that make a flag, and
    bidirectional isolates that are closed.
    """
    folded = " ".join((text or "").split())
    # No sign that may go is printable; nearly all texts have none.
    return folded if folded.isprintable() else " ".join(_without_invisible(without_forbidden(folded)).split())


def _without_invisible(text: str) -> str:
    meant = {place for flag in _FLAG.finditer(text) for place in range(*flag.span())} | _closed_isolates(text)
    meant |= {joiner.start() for joiner in _JOINER.finditer(text) if _joins(text, joiner.start())}
    return "".join(char for place, char in enumerate(text) if place in meant or not _INVISIBLE.match(char))


def _closed_isolates(text: str) -> set[int]:
    """Where bidirectional isolates begin that end in the same text, and where they end (Unicode UAX 9, 2.4 and 2.5)."""
    opened, closed = list[int](), set[int]()
    for isolate in _ISOLATE.finditer(text):
        if isolate[0] != "\u2069":
            opened.append(isolate.start())
        elif opened:
            closed |= {opened.pop(), isolate.start()}
    return closed


def _joins(text: str, place: int) -> bool:
    """Whether a joiner stands between letters, or between the signs of one emoji."""
    around = text[max(place - 1, 0) : place + 2]
    return len(around) == 3 and all(unicodedata.category(char) in _JOINED for char in around[::2])


def same(text: str) -> str:
    """The form in which two labels are compared: folded, compatibility forms and case made one, nothing invisible."""
    folded = fold(text)
    if folded.isascii():
        return folded.lower()
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", folded)).casefold()


def key_of(label: str) -> str:
    """A label as one part of a feed's key: lower case, letters and digits of any script, everything else one `-`.

    Apostrophes are dropped. Marks belong to their letters (Arabic vowel signs). A label of symbols alone gives "".
    """
    text = _APOSTROPHES.sub("", unicodedata.normalize("NFC", _INVISIBLE.sub("", fold(label))).lower())
    kept = ""
    for char in text:
        kind = unicodedata.category(char)[0]
        kept += char if kind in "LN" or (kind == "M" and kept[-1:] not in ("", "-")) else "-"
    return re.sub("-+", "-", kept).strip("-")


_LONGEST_KEY = 100
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d|index|archive)$")


def distinct_key(kind: str, label: str, taken: Callable[[str], bool]) -> str:
    """A feed's key for a label of a kind (`tags/mali`): safe as a file's name everywhere, and no other's.

    Labels that give no name, a name that systems reserve, one of over 100 bytes, or one that is taken, get a number made
    of their letters, always the same.
    """
    name = key_of(label)
    mark = hashlib.blake2b(label.encode(), digest_size=4).hexdigest()
    short = name.encode()[:_LONGEST_KEY].decode("utf-8", "ignore").strip("-")
    plain = f"{kind}/{name}"
    # Systems that do not tell capitals from small letters fold more than these: `ß` is `ss` to them.
    folded = name.casefold()
    if name and name == short == folded and not _RESERVED.match(name) and not taken(plain):
        return plain
    return f"{kind}/{short}-{mark}" if short else f"{kind}/{mark}"


# Browsers repair what is no address (`https:evil`, `https:\\\\evil`, a line break in the scheme); here it is none.
_ADDRESS = re.compile(r"https?://[^\s/\\?#%<>\"'`{|}^\x00-\x20\x7f-\x9f]+([/?#][^\s\\<>\x00-\x20\x7f-\x9f]*)?", re.IGNORECASE)
_NO_HOST = re.compile(r"[\s\\<>\"'`{|}^\x00-\x20\x7f-\x9f]")
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
    path = parts.path if _PLAIN_PATH.fullmatch(parts.path) else quote(unquote(parts.path), safe=_PATH_SAFE)
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

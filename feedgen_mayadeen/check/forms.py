"""How single values must be written: addresses, ids, instants, media types, languages."""

import re
from datetime import datetime
from urllib.parse import urlsplit

_ADDRESS = re.compile(r"https?://[^\s\x00-\x20\x7f<>\"{}|\\^`]+", re.IGNORECASE)
_NOT_ENCODED = re.compile(r"[^\x21-\x7e]|%(?![0-9A-Fa-f]{2})")
_TAG = re.compile(r"tag:[^\s,:<>\"]+,\d{4}(-\d\d){0,2}:[^\s<>\"]*")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)")
_MEDIA_TYPE = re.compile(
    r"[a-z0-9][\w!#$&^.+-]*/[a-z0-9][\w!#$&^.+-]*(\s*;\s*[\w-]+=(\"[^\"]*\"|[^\s;\"]+))*", re.ASCII | re.IGNORECASE
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def is_address(text: str) -> bool:
    """Whether this is an absolute http or https address with a host; letters of any script may stand in it (RFC 3987)."""
    if not _ADDRESS.fullmatch(text):
        return False
    try:
        return bool(urlsplit(text).hostname)
    except ValueError:
        return False


def is_encoded_address(text: str) -> bool:
    """Whether this is an absolute http or https address, percent-encoded (RFC 3986)."""
    return is_address(text) and not _NOT_ENCODED.search(text)


def is_id(text: str) -> bool:
    """Whether this is an absolute IRI of a kind that feeds use: a tag: name (RFC 4151) or an http address."""
    return bool(_TAG.fullmatch(text)) or is_address(text)


def instant(text: str) -> datetime | None:
    """An instant with its offset, written as RFC 4287 §3.3 asks (RFC 3339, `T` and `Z` upper case); None for anything else."""
    if not _INSTANT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def is_instant(text: str) -> bool:
    """Whether this is an instant with its offset."""
    return instant(text) is not None


def is_media_type(text: str) -> bool:
    """Whether this looks like a media type (RFC 6838 §4.2), parameters included."""
    return bool(_MEDIA_TYPE.fullmatch(text))


def is_language(text: str) -> bool:
    """Whether this looks like a language tag (RFC 5646)."""
    return bool(_LANGUAGE.fullmatch(text))

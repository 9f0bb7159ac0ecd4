"""What a source says of an article, field by field, and how the values of metadata blocks are read.

Values are plain text: white space folded, and HTML's references decoded once, since blocks hold text that was made for
HTML. Of several sources the first that has a field tells it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from html import unescape
from typing import Any

from feedgen_mayadeen.models import Link
from feedgen_mayadeen.text import normalize_text

_DURATION = re.compile(r"^P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?$")
_COUNT = re.compile(r"^(\d{1,7})(?:\.\d+)?$")
_POST_ID = re.compile(r"^\d{1,12}$")
_MARKS = re.compile(r"^[\s\ufeff]*(?://|/\*)?\s*(?:<!\[CDATA\[|<!--)\s*(?:\*/)?|(?://|/\*)?\s*(?:\]\]>|-->)\s*(?:\*/)?[\s;]*$")
"""Comment marks that hide a script's text from old browsers and from XML."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What one source says of an article; None where it says nothing. `picture` is as written, `seconds` the video's."""

    post_id: str | None = None
    address: str | None = None
    title: str | None = None
    lead: str | None = None
    picture: str | None = None
    author: Link | None = None
    published: datetime | None = None
    updated: datetime | None = None
    tags: tuple[Link, ...] | None = None
    kind: str | None = None
    category: Link | None = None
    country: Link | None = None
    coverage: Link | None = None
    seconds: int | None = None
    source: str | None = None
    caption: str | None = None
    listing: bool | None = None
    """Whether the page is none of an article, but of a list, an author or the like."""


def merge(*sources: tuple[str, Metadata]) -> tuple[Metadata, dict[str, str]]:
    """Field by field what the first source that has it says, and the name of that source."""
    found: dict[str, Any] = {}
    ways: dict[str, str] = {}
    for name, facts in sources:
        for field in fields(Metadata):
            value = getattr(facts, field.name)
            if value is not None and field.name not in found:
                found[field.name], ways[field.name] = value, name
    return Metadata(**found), ways


def json_values(text: str) -> Iterator[Any]:
    """The values of a script's text, behind comment marks, a byte order mark, and semicolons; none if it is no JSON."""
    text = _MARKS.sub("", text).strip("\ufeff \t\r\n;")
    decoder, place = json.JSONDecoder(strict=False), 0
    while place < len(text):
        try:
            value, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            return
        yield value
        place += len(text[place:]) - len(text[place:].lstrip(" \t\r\n;"))


def plain(text: object) -> str:
    """The text of a value in a metadata block: folded, HTML's references decoded once; "" for what is no text."""
    return normalize_text(unescape(text)) if isinstance(text, str) else ""


def text_in(raw: dict[str, Any], name: str) -> str | None:
    """A text by its name in a metadata block."""
    return plain(raw.get(name)) or None


def summary(raw: object) -> list[Any]:
    """A value as a list: itself, or alone in one."""
    return raw if isinstance(raw, list) else [] if raw is None else [raw]


def named(label: str | None) -> Link | None:
    """A label, if there is one, without an address."""
    return Link(label) if label else None


def name_of(raw: object) -> str | None:
    """The name of a thing that is written as an object or as a text; the first of several."""
    raw = raw[0] if isinstance(raw, list) and raw else raw
    return text_in(raw, "name") if isinstance(raw, dict) else plain(raw) or None


def keywords(raw: object) -> tuple[Link, ...]:
    """Tags out of a list or a comma-separated text: folded, without empty ones and repetitions, in their order."""
    parts = raw if isinstance(raw, list) else re.split("[,،]", raw) if isinstance(raw, str) else []
    labels = (plain(str(name_of(part) if isinstance(part, dict) else part)) for part in parts)
    return tuple(Link(label) for label in dict.fromkeys(labels) if label)


def post_id(raw: object) -> str | None:
    """A post's number out of a number or a text."""
    text = normalize_text(str(raw)) if isinstance(raw, (str, int)) and not isinstance(raw, bool) else ""
    return text if _POST_ID.match(text) else None


def seconds_of(raw: object) -> int | None:
    """A length in seconds out of `93`, `"93"` or ISO 8601's `PT1M33S`; None for nothing and for zero."""
    text = normalize_text(str(raw)) if isinstance(raw, (str, int, float)) and not isinstance(raw, bool) else ""
    if count := _COUNT.match(text):
        return int(count[1]) or None
    found = _DURATION.match(text)
    if not found or not any(found.groups()):
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds or None

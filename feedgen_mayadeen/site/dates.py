"""Dates: instants in metadata with the offset that the site wrote, and the dates that pages show."""

import re
from datetime import datetime
from functools import cache
from html import unescape
from zoneinfo import ZoneInfo

from feedgen_mayadeen.site.edition import Edition, words_of_all
from feedgen_mayadeen.text import match_key, normalize_text

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_SHOWN = re.compile(r"^(\d{1,2})\s+(?:de\s+)?([^\d:]+?)\.?\s+(?:de\s+)?(\d{4})(?:\s*[,|-]?\s*(\d{1,2}):(\d{2})(?::\d{2})?)?$")
_SHORT = re.compile(r"^(\d{1,2})\s+(?:de\s+)?([^\d:]+?)\.?(?:\s*[,|-]?\s*\d{1,2}:\d{2})?$")
_LONE_TEXT = re.compile(r">\s*+([^<>\s][^<>]{7,39}?)\s*+<")
_YEAR = re.compile(r"\d{4}")
_TIME = re.compile(r"[\s,|-]*\d{1,2}:\d{2}$")
_LONGEST = 60
_COMPACT_OFFSET = re.compile(r"([+-]\d{2})(\d{2})$")


def instant(text: object, edition: Edition) -> datetime | None:
    """An instant as metadata writes it (ISO 8601), with its own offset; the edition's zone where none is written.

    The offset is taken as written: it does not follow the time-zone database (`site.md`, R). None if it is no instant.
    """
    if not isinstance(text, str) or len(folded := normalize_text(text)) < len("2024-03-19T09:18"):
        return None
    try:
        when = datetime.fromisoformat(_COMPACT_OFFSET.sub(r"\1:\2", folded))
        return _whole(when if when.tzinfo else when.replace(tzinfo=ZoneInfo(edition.timezone)))
    except (ValueError, OverflowError):
        return None


def _whole(when: datetime) -> datetime | None:
    """The instant with a fixed offset in whole minutes and no fraction (RFC 3339); None if it can't be compared."""
    when = datetime.fromisoformat(when.replace(microsecond=0).isoformat())
    offset = when.utcoffset()
    if offset is None or offset.seconds % 60 or not 1990 <= when.year <= 2200:
        return None
    return when


def shown(text: str, edition: Edition) -> datetime | None:
    """An instant as an article page shows it (`5 Jun 2025 15:39`), in the edition's zone; None for anything else."""
    found = _SHOWN.match(normalize_text(text).translate(_DIGITS))
    if not found or found[4] is None:
        return None
    try:
        month = _month(found[2], edition.months)
        when = datetime(int(found[3]), month, int(found[1]), int(found[4]), int(found[5]), tzinfo=ZoneInfo(edition.timezone))
        return _whole(when)
    except ValueError:
        return None


def shown_on(page: str, edition: Edition) -> tuple[datetime, ...]:
    """The dates, with a year, that stand alone between tags anywhere on a page: those of cards and boxes.

    Where no time is shown it is the beginning of the day.
    """
    texts = (text for text in _LONE_TEXT.findall(page) if _YEAR.search(text))
    found = (shown(text, edition) or shown(f"{text} 00:00", edition) for text in map(unescape, texts))
    return tuple(when for when in found if when)


def is_date(text: str, edition: Edition) -> bool:
    """Whether a text is a date as cards and boxes show it: with or without year and time, or today and yesterday (T)."""
    if len(folded := normalize_text(text)) > _LONGEST:
        return False
    folded = folded.translate(_DIGITS)
    if match_key(_TIME.sub("", folded)) in words_of_all("days"):
        return True
    found = _SHOWN.match(folded) or _SHORT.match(folded)
    try:
        return found is not None and _month(found[2], edition.months) > 0
    except ValueError:
        return False


def _month(name: str, months: tuple[str, ...]) -> int:
    """The number of a month by the edition's names or the English ones, short or long. Raises ValueError."""
    wanted, numbers = match_key(name), _numbers_of_months(months)
    found = [numbers[known] for known in {wanted, wanted[:3]} if known in numbers and (known == wanted or len(known) == 3)]
    if not found:
        raise ValueError(name)
    return min(found)


@cache
def _numbers_of_months(months: tuple[str, ...]) -> dict[str, int]:
    """The numbers of months by their names: these, and the English ones, shortened."""
    english = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
    numbers: dict[str, int] = {}
    for number, names in enumerate(zip(months, english, strict=True), start=1):
        for known in names:
            numbers.setdefault(match_key(known), number)
    return numbers

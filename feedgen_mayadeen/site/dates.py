"""Dates: instants in metadata with the offset that the site wrote, and the dates that pages show.

A shown date is day, month by any of the edition's names, and year in any usual order, or numbers, day first; a weekday
before it and the hour before or behind it belong to it. An instant is a date with its hour, in the edition's zone. What
has no such form is no date.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from html import unescape
from zoneinfo import ZoneInfo

from feedgen_mayadeen.site.edition import Edition, load, words_of_all
from feedgen_mayadeen.text import match_key, normalize_text

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹أإآىة", "01234567890123456789\u0627\u0627\u0627\u064a\u0647")
_MARKS = re.compile("[\u0640\u064b-\u0652\u0670]")
"""Arabic vowel signs and the stroke that stretches words: spelling varies in them."""
_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONE_TEXT = re.compile(r">\s*+([^<>\s][^<>]{7,59}?)\s*+<")
_YEAR = re.compile(r"\d{4}")
_TIME = r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?::\d{2})?(?:\s*(?P<half>%s)(?!\w))?(?:\s*(?P<zone>gmt|utc)(?!\w))?"
_BETWEEN = r"[\s,،|·•@–—-]*(?:(?:at|on|في|عند|الساعه|a las)\s+)?"
_SHORT_TIME = re.compile(r"[\s,|-]*\d{1,2}:\d{2}$")
_AGO = re.compile(r"^(\d+\s*\w+\s+ago|(منذ|قبل)\s+\d*\s*\w+|hace\s+\d+\s+\w+)$")
_LONGEST = 60
_COMPACT_OFFSET = re.compile(r"([+-]\d{2})(\d{2})$")


@dataclass(frozen=True, slots=True)
class Shown:
    """A date that a text shows: the instant, whether year and hour are written, and where in the plain text it stands."""

    when: datetime | None
    has_year: bool
    has_hour: bool
    rest: str
    """What stands around it, without signs: "" where the text is the date alone."""


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
    """The instant of a text that is a date with its hour (`5 Jun 2025 15:39`), in the edition's zone; None for any other."""
    found = find(text, edition)
    return found.when if found and not found.rest and found.has_hour else None


def shown_on(page: str, edition: Edition) -> tuple[datetime, ...]:
    """The dates, with a year, that stand alone between tags anywhere on a page: those of cards and boxes.

    Where no time is shown it is the beginning of the day.
    """
    texts = (unescape(text) for text in _LONE_TEXT.findall(page) if _YEAR.search(text))
    found = (find(text, edition) for text in texts)
    return tuple(one.when for one in found if one and one.when and not one.rest)


def is_date(text: str, edition: Edition) -> bool:
    """Whether a text is a date as cards and boxes show it: with or without year and time, or told from today (T)."""
    if len(folded := normalize_text(text)) > _LONGEST:
        return False
    if match_key(_SHORT_TIME.sub("", folded)) in words_of_all("days") or _AGO.match(folded.lower().translate(_DIGITS)):
        return True
    found = find(folded, edition)
    return found is not None and not found.rest


def find(text: str, edition: Edition) -> Shown | None:
    """The first date in a text, and what stands around it. The time counts only beside the date."""
    plain = _plain(text)
    if not any(char.isdigit() for char in plain):
        return None
    date, times, names = _forms(edition.code)
    for found in date.finditer(plain):
        parts = _parts(found, names)
        if parts is None:
            continue
        begin, end = found.span()
        time = times[1].match(plain, end) or times[0].search(plain[:begin])
        if time:
            begin, end = (begin, time.end()) if time.re is times[1] else (time.start(), end)
        when = _at(parts, time, edition)
        if when is None and parts[0]:
            continue
        rest = _without_weekday(f"{plain[:begin]} {plain[end:]}")
        return Shown(when, parts[0] is not None, time is not None, rest)
    return None


def _plain(text: str) -> str:
    """A text as dates are compared: small letters, Western digits, one spelling of Arabic."""
    folded = normalize_text(text).lower()
    return folded if folded.isascii() else _MARKS.sub("", folded.translate(_DIGITS))


_Parts = tuple[int | None, int, int]


def _parts(found: re.Match[str], names: dict[str, int]) -> _Parts | None:
    """Year (if it is written), month and day out of the groups of one form."""
    groups = {name.rstrip("0123456789"): value for name, value in found.groupdict().items() if value}
    month = int(groups["number"]) if "number" in groups else _month(groups["month"], names)
    return (int(groups["year"]) if "year" in groups else None, month, int(groups["day"])) if month else None


def _month(written: str, names: dict[str, int]) -> int | None:
    """The number of a month by one name, or by two names of the same month (`حزيران/يونيو`)."""
    if written in names:
        return names[written]
    numbers = {names.get(name.strip(" .)")) for name in re.split(r"[/(-]", written)}
    return numbers.pop() if len(numbers) == 1 else None


def _at(parts: _Parts, time: re.Match[str] | None, edition: Edition) -> datetime | None:
    """The instant; None where there is no such day or hour, or no year."""
    year, month, day = parts
    hour, minute = (int(time["hour"]), int(time["minute"])) if time else (0, 0)
    half = (time["half"] or "").strip(" .") if time else ""
    if half and hour <= 12:
        is_late = half in {_plain(word).strip(" .") for word in words_of_all("afternoon")}
        hour = hour % 12 + (12 if is_late else 0)
    zone = timezone(timedelta(0)) if time and time["zone"] else ZoneInfo(edition.timezone)
    try:
        return _whole(datetime(year or 2000, month, day, hour, minute, tzinfo=zone)) if year else None
    except (ValueError, OverflowError):
        return None


def _without_weekday(rest: str) -> str:
    rest = rest.strip(" ,،|·•@–—-.()")
    return "" if rest in _plain_words("weekdays") else rest


@cache
def _plain_words(kind: str) -> frozenset[str]:
    return frozenset(_plain(word) for word in words_of_all(kind))


@cache
def _names_of(code: str) -> dict[str, int]:
    """The numbers of months by their names: the edition's, other names of the same months, and the English ones."""
    editions = (load(code), load("en"))
    tables = [*(table for edition in editions for table in (edition.months, edition.months_also)), _ENGLISH]
    names: dict[str, int] = {}
    for table in tables:
        for number, name in enumerate(table, start=1):
            names.setdefault(_plain(name), number)
    return {**names, "sept": 9}


@cache
def _forms(code: str) -> tuple[re.Pattern[str], tuple[re.Pattern[str], re.Pattern[str]], dict[str, int]]:
    """How an edition's dates are written, the hour before and behind them, and its months' numbers."""
    names = _names_of(code)
    name = f"(?:{_either(names)})"
    month = rf"(?P<month%d>{name}(?:\s*[/(-]\s*{name}\)?)?)\.?(?!\w)"
    day, year = r"(?<![\d:])(?P<day%d>\d{1,2})(?:st|nd|rd|th)?", r"(?P<year%d>\d{4})(?!\d)"
    of = r"\s+(?:de\s+|del\s+|of\s+|من\s+)?"
    forms = (
        f"{day}{of}{month}(?:,?{of}{year})?",
        rf"(?<!\w){month}\s+(?P<day%d>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])(?:,?\s+{year})?",
        r"(?<!\d)(?P<year%d>\d{4})[-/.](?P<number%d>\d{1,2})[-/.](?P<day%d>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<day%d>\d{1,2})\s?[-/.]\s?(?P<number%d>\d{1,2})\s?[-/.]\s?(?P<year%d>\d{4})(?!\d)",
    )
    date = "|".join(form.replace("%d", str(number)) for number, form in enumerate(forms))
    time = _TIME % _either(_plain(word) for kind in ("morning", "afternoon") for word in words_of_all(kind))
    before = re.compile(rf"(?<![\d:]){time}{_BETWEEN}(?:(?:{_either(_plain_words('weekdays'))})[\s,،]*)?$")
    return re.compile(date), (before, re.compile(rf"t?{_BETWEEN}{time}")), names


def _either(texts: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(texts, key=len, reverse=True)))

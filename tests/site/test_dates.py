"""Instants in metadata, and the dates that pages show."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedgen_mayadeen.site.dates import instant, is_date, shown
from feedgen_mayadeen.site.edition import load
from tests.saved import EN, patient


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2024-03-19T09:18:39+02:00", "2024-03-19T09:18:39+02:00"),
        ("2024-03-19T09:18:39+0200", "2024-03-19T09:18:39+02:00"),
        ("2024-03-19 09:18:39+02:00", "2024-03-19T09:18:39+02:00"),
        ("2024-03-19T09:18+02:00", "2024-03-19T09:18:00+02:00"),
        ("2024-03-19T09:18:39.750+02:00", "2024-03-19T09:18:39+02:00"),
        ("2024-03-19T09:18:39Z", "2024-03-19T09:18:39+00:00"),
        ("2024-03-19T09:18:39-00:00", "2024-03-19T09:18:39+00:00"),
        ("2024-03-19T09:18:39+05:45", "2024-03-19T09:18:39+05:45"),
        (" 2024-03-19T09:18:39+02:00\u200b\n", "2024-03-19T09:18:39+02:00"),
        ("2024-07-19T09:18:39+02:00", "2024-07-19T09:18:39+02:00"),
        ("2024-01-19T09:18:39", "2024-01-19T09:18:39+02:00"),
        ("2024-07-19T09:18:39", "2024-07-19T09:18:39+03:00"),
        ("2024-07-19T09:18", "2024-07-19T09:18:00+03:00"),
        ("2024-02-30T09:18:39+02:00", None),
        ("2024-03-19T25:18:39+02:00", None),
        ("2024-03-19T09:18:39+99:00", None),
        ("2024-03-19", None),
        ("0001-01-01T00:00:00+02:00", None),
        ("9999-12-31T23:59:59-02:00", None),
        ("1710832719", None),
        ("19 Mar 2024 09:18", None),
        ("yesterday at noon", None),
        ("", None),
        (None, None),
        (1710832719, None),
        (["2024-03-19T09:18:39+02:00"], None),
        ({}, None),
    ],
)
def test_instant(text: object, read: str | None) -> None:
    when = instant(text, EN)
    assert (when and when.isoformat()) == read


OFFSETS = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@patient
@given(st.datetimes(datetime(1991, 1, 1), datetime(2199, 1, 1)), OFFSETS)
def test_an_instant_keeps_its_offset(naive: datetime, offset: timezone) -> None:
    when = naive.replace(tzinfo=offset, microsecond=0)
    read = instant(when.isoformat(), EN)
    assert read == when
    assert read is not None
    assert read.utcoffset() == when.utcoffset()
    assert read.isoformat() == when.isoformat()


@patient
@given(st.text() | st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d:?\d\d(:\d\d)?|Z)?", fullmatch=True))
def test_an_instant_has_whole_minutes_of_offset_or_is_none(text: str) -> None:
    when = instant(text, EN)
    if when is not None:
        offset = when.utcoffset()
        assert offset is not None
        assert offset % timedelta(minutes=1) == timedelta(0)
        assert when.microsecond == 0
        assert datetime.fromisoformat(when.isoformat()) == when


@pytest.mark.parametrize(
    ("code", "text", "read"),
    [
        ("en", "5 Jun 2025 15:39", "2025-06-05T15:39:00+03:00"),
        ("en", "5 Dec 2025 15:39", "2025-12-05T15:39:00+02:00"),
        ("en", " 05\u00a0June  2025\n15:39 ", "2025-06-05T15:39:00+03:00"),
        ("en", "5 JUN 2025, 15:39", "2025-06-05T15:39:00+03:00"),
        ("en", "5 Jun 2025 | 15:39:12", "2025-06-05T15:39:00+03:00"),
        ("en", "9 Sept 2025 07:05", "2025-09-09T07:05:00+03:00"),
        ("ar", "19 آذار 2024 09:18", "2024-03-19T09:18:00+02:00"),
        ("ar", "١٩ آذار ٢٠٢٤ ٠٩:١٨", "2024-03-19T09:18:00+02:00"),
        ("ar", "3 تشرين الثاني 2024 12:45", "2024-11-03T12:45:00+02:00"),
        ("ar", "3 Nov 2024 12:45", "2024-11-03T12:45:00+02:00"),
        ("es", "3 nov 2024 12:45", "2024-11-03T12:45:00+02:00"),
        ("es", "3 de noviembre de 2024 12:45", "2024-11-03T12:45:00+02:00"),
        ("es", "3 Ene. 2025 12:45", "2025-01-03T12:45:00+02:00"),
        ("en", "5 Jun 2025", None),
        ("en", "31 Jun 2025 15:39", None),
        ("en", "5 Jun 2025 25:39", None),
        ("en", "5 Foo 2025 15:39", None),
        ("en", "5 Jun 15:39", None),
        ("en", "Updated 5 Jun 2025 15:39", None),
        ("en", "5 Jun 2025 15:39 Beirut", None),
        ("en", "", None),
        ("en", "6 Shares", None),
    ],
)
def test_shown(code: str, text: str, read: str | None) -> None:
    when = shown(text, load(code))
    assert (when and when.isoformat()) == read


@pytest.mark.parametrize(
    ("code", "text", "dated"),
    [
        ("en", "9 Sep 2025", True),
        ("en", "9 Sep 2025 12:00", True),
        ("ar", "9 أيلول 2025", True),
        ("ar", "٩ أيلول ٢٠٢٥", True),
        ("es", "9 de sep de 2025", True),
        ("en", "9 September 2025", True),
        ("en", "9 Sep 12:00", True),
        ("en", "Sep 2025", False),
        ("en", "9 lives 2025", False),
        ("en", "2025", False),
        ("en", "On 9 Sep 2025 the mill turned", False),
        ("en", "", False),
    ],
)
def test_is_date(code: str, text: str, dated: bool) -> None:
    """Dates on cards and in boxes may lack the time, or the year (`site.md`, T)."""
    assert is_date(text, load(code)) is dated


@patient
@given(st.text())
def test_any_text_is_a_date_or_none(text: str) -> None:
    assert shown(text, EN) is None or is_date(text, EN)

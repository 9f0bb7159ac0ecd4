"""How the bytes of an answer become text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webencodings.labels import LABELS

from feedgen_mayadeen.fetch import decode

TEXT = "Señal — إشارة"


@pytest.mark.parametrize("charset", [None, "utf-8", "undefined", "idna", "punycode", "no-such-charset", ""])
def test_a_page_is_text_whatever_charset_it_declares(charset: str | None) -> None:
    assert decode(TEXT.encode(), charset) == TEXT


@pytest.mark.parametrize("charset", ["windows-1256", "cp1256"])
def test_the_charset_of_the_answer_goes_before_that_of_the_page(charset: str) -> None:
    assert decode('<meta charset="utf-8">إشارة'.encode("cp1256"), charset) == '<meta charset="utf-8">إشارة'


@pytest.mark.parametrize("declared", ["windows-1256", "undefined"])
def test_a_page_may_declare_its_own_charset(declared: str) -> None:
    page = f'<meta charset="{declared}">إشارة'
    assert decode(page.encode("cp1256" if declared != "undefined" else "utf-8"), None) == page


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1256", "utf-16", None])
@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_goes_before_every_label(codec: str, declared: str | None) -> None:
    page = f'<meta charset="iso-8859-1">{TEXT}'
    assert decode(page.encode(codec), declared) == page


@pytest.mark.parametrize("label", ["iso-8859-1", "ISO_8859-1", "latin1", "l1", "ascii", "us-ascii", " Latin1 ", "x-cp1252"])
def test_labels_mean_what_they_mean_to_browsers(label: str) -> None:
    quotes = "“Señal” — ‘dos’ €"
    assert decode(quotes.encode("cp1252"), label) == quotes
    page = f"<meta http-equiv=Content-Type content='text/html; charset={label.strip()}'>{quotes}"
    assert decode(page.encode("cp1252"), None) == page


@pytest.mark.parametrize(
    "label", ["utf-7", "utf-16", "utf-32", "unicode-escape", "hz-gb-2312", "iso-2022-kr", "x-user-defined"]
)
def test_what_no_page_can_be_written_in_is_not_believed(label: str) -> None:
    page = f'<meta charset="{label}">+ADw-b+AD4- \\u0041 {TEXT}'
    assert decode(page.encode(), None) == page


def test_a_feed_may_declare_its_charset_as_xml_does() -> None:
    text = f'<?xml version="1.0" encoding="windows-1256"?><rss>{"إشارة"}</rss>'
    assert decode(text.encode("cp1256"), None) == text


def test_one_broken_byte_costs_one_character() -> None:
    assert decode(TEXT.encode() + b"\xd8 " + TEXT.encode(), "utf-8") == f"{TEXT}\ufffd {TEXT}"
    assert decode(TEXT.encode() + b"\xd8 " + TEXT.encode(), None) == f"{TEXT}\ufffd {TEXT}"


@given(body=st.binary(), charset=st.none() | st.text() | st.sampled_from(sorted(LABELS)))
def test_whatever_comes_becomes_text_that_can_be_written(body: bytes, charset: str | None) -> None:
    decode(body, charset).encode()
    decode(b"<meta charset=" + (charset or "").encode() + b">" + body, None).encode()

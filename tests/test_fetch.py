"""How the bytes of an answer become text."""

import pytest

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

"""Texts and addresses in the one form in which they are kept and compared."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedgen_mayadeen.ids import distinct_key, key_of
from feedgen_mayadeen.text import match_key, normalize_text, without_forbidden
from feedgen_mayadeen.urls import canonical, host_of, path_of, to_host
from tests.saved import patient

SITE = "https://english.almayadeen.net"
INVISIBLE = frozenset(
    "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
TEXTS = st.text(
    st.characters() | st.sampled_from(" \t\n\r\x00\x1c\x85\u00a0\u2028\ufffe'’-") | st.sampled_from(sorted(INVISIBLE))
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        (None, ""),
        ("", ""),
        ("  ", ""),
        ("plain", "plain"),
        (" a \t b\r\nc\u00a0d\u2003e\u2028f ", "a b c d e f"),
        ("a\u200bb", "ab"),
        ("a \u200b b", "a b"),
        ("\ufefftitle\u200e\u200f", "title"),
        ("soft\u00adhyphen", "softhyphen"),
        ("\u202eleft\u202c \u2066iso\u2069", "left \u2066iso\u2069"),
        ("\u2066never closed", "never closed"),
        ("never opened\u2069", "never opened"),
        ("\u2067a \u2066b\u2069", "a \u2066b\u2069"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\u200c b \u200d\u200dc\u200d", "a b c"),
        ("👨\u200d👩\u200d👧 ❤\ufe0f\u200d🔥", "👨\u200d👩\u200d👧 ❤\ufe0f\u200d🔥"),
        (
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        ),
        ("tags\U000e0067\U000e007f without a flag", "tags without a flag"),
        ("\u061cعربي", "عربي"),
        ("nul\x00 bell\x07 esc\x1b[0m", "nul bell esc[0m"),
        ("c1\x80\x9f", "c1"),
        ("file\x1cgroup\x85next", "file group next"),
        ("surrogate\ud800 nonchar\ufffe\uffff", "surrogate nonchar"),
        ("مُدَوَّنة", "مُدَوَّنة"),
        ("🚋 tram", "🚋 tram"),
    ],
)
def test_fold(text: str | None, folded: str) -> None:
    assert normalize_text(text) == folded


@patient
@given(TEXTS)
def test_a_folded_text_is_one_clean_line(text: str) -> None:
    folded = normalize_text(text)
    assert normalize_text(folded) == folded
    assert not [c for c in folded if unicodedata.category(c) in ("Cc", "Cs") or c in INVISIBLE]
    assert folded.split() == folded.split(" ") or folded == ""
    folded.encode()


@patient
@given(TEXTS)
def test_what_xml_forbids_goes_and_nothing_else(text: str) -> None:
    def allowed(c: str) -> bool:
        """XML 1.0 §2.2, `Char`."""
        return c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c >= "\U00010000"

    kept = without_forbidden(text)
    assert all(map(allowed, kept))
    ordinary = "".join(c for c in text if allowed(c) and not "\x7f" <= c <= "\x9f" and not "\ufdd0" <= c <= "\ufdef")
    assert "".join(c for c in kept if c != "\x85") == ordinary


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("In Pictures", " in\u00a0 PICTURES\u200b", True),
        ("Política", "POLI\u0301TICA", True),
        ("Straße", "STRASSE", True),
        ("ﷲ", "الله", True),
        ("Ⅷ", "viii", True),
        ("Arts&Culture", "Arts & Culture", False),
        ("News", "NewsFeed", False),
    ],
)
def test_same(one: str, other: str, alike: bool) -> None:
    assert (match_key(one) == match_key(other)) is alike


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("Politics", "politics"),
        ("Arts&Culture", "arts-culture"),
        ("US & Canada", "us-canada"),
        ("Asia-Pacific", "asia-pacific"),
        (" Video \u00a0Features ", "video-features"),
        ("The Ummah's Martyrs", "the-ummahs-martyrs"),
        ("The Ummah’s Martyrs", "the-ummahs-martyrs"),
        ("Poli\u0301tica", "política"),
        ("تقارير تلفزيونية", "تقارير-تلفزيونية"),
        ("مُدَوَّنة", "مُدَوَّنة"),
        ("عام ٢٠٢٤", "عام-٢٠٢٤"),
        ("../../etc/passwd", "etc-passwd"),
        ("a/b\\c:d", "a-b-c-d"),
        ("__init__", "init"),
        ("---", ""),
        ("&", ""),
        ("", ""),
        ("\u202eevil\x00", "evil"),
    ],
)
def test_key_of(label: str, key: str) -> None:
    assert key_of(label) == key


@patient
@given(TEXTS)
def test_a_key_is_safe_as_a_part_of_a_path(label: str) -> None:
    key = key_of(label)
    assert all(c == "-" or unicodedata.category(c)[0] in "LNM" for c in key)
    assert key == key.strip("-")
    assert "--" not in key
    assert key_of(f" {label}\u200b ") == key


@pytest.mark.parametrize(
    ("address", "one_form"),
    [
        (f"{SITE}/news/politics/a", f"{SITE}/news/politics/a"),
        (f"{SITE}/news/politics/a/", f"{SITE}/news/politics/a"),
        (f"{SITE}", f"{SITE}/"),
        (f"{SITE}/", f"{SITE}/"),
        ("HTTPS://English.AlMayadeen.Net/News", f"{SITE}/News"),
        (f"{SITE}/a#comments", f"{SITE}/a"),
        (f"{SITE}/a?", f"{SITE}/a"),
        (f"{SITE}/a?page=2", f"{SITE}/a?page=2"),
        (f"{SITE}/a?utm_source=x&page=2&fbclid=y&UTM_medium=z", f"{SITE}/a?page=2"),
        (f"{SITE}/a?utmost=1", f"{SITE}/a?utmost=1"),
        (f"{SITE}/الميناء", f"{SITE}/%D8%A7%D9%84%D9%85%D9%8A%D9%86%D8%A7%D8%A1"),
        (f"{SITE}/%D8%A7%D9%84", f"{SITE}/%D8%A7%D9%84"),
        (f"{SITE}/%d8%a7%d9%84", f"{SITE}/%D8%A7%D9%84"),
        (f"{SITE}/watch:-a-(b)", f"{SITE}/watch:-a-(b)"),
        (f"{SITE}/a b", f"{SITE}/a%20b"),
        (f"{SITE}/50%25", f"{SITE}/50%25"),
        (f"{SITE}/what%3F", f"{SITE}/what%3F"),
        (f"{SITE}/a?q=الميناء", f"{SITE}/a?q=%D8%A7%D9%84%D9%85%D9%8A%D9%86%D8%A7%D8%A1"),
        (" \n" + f"{SITE}/a\u0000 ", f"{SITE}/a"),
        ("http://127.0.0.1:8080/a/", "http://127.0.0.1:8080/a"),
        ("https://user:secret@english.almayadeen.net/a", f"{SITE}/a"),
    ],
)
def test_canonical(address: str, one_form: str) -> None:
    assert canonical(address) == one_form
    assert canonical(one_form) == one_form


@pytest.mark.parametrize("address", ["https://[broken/", "https://host:port/", "https://host:99999/"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical(address)


@patient
@given(st.text(st.characters() | st.sampled_from("/%?#&=;:~+ 0aF")))
def test_canonical_is_idempotent_and_plain(rest: str) -> None:
    once = canonical(f"{SITE}/{rest}")
    assert canonical(once) == once
    assert once.isascii()
    assert once.startswith(f"{SITE}/")
    assert not set(once) & set('#"<> \\^`{|}\x7f')


def test_parts_of_addresses() -> None:
    assert host_of("HTTP://127.0.0.1:8080/a") == "127.0.0.1:8080"
    assert host_of("/only/a/path") == ""
    assert path_of(f"{SITE}/%D8%A7%D9%84/?a=b") == "/ال"
    assert path_of(SITE) == "/"
    assert to_host(f"{SITE}/a%20b?c=d#e", "http://127.0.0.1:8080/x") == "http://127.0.0.1:8080/a%20b?c=d"


@pytest.mark.parametrize("label", ["All", "ar", "ES", "En", "Authors", "edits", "Own", "most-read", "COM\u00b9"])
def test_a_key_on_the_top_floor_is_none_of_the_programs_own(label: str) -> None:
    assert distinct_key("", label, lambda _: False).startswith(f"{key_of(label)}-")
    assert distinct_key("", f"{label} news", lambda _: False) == f"{key_of(label)}-news"
    below = distinct_key("news", label, lambda _: False)
    assert below.startswith(f"news/{key_of(label)}")
    assert (below == f"news/{key_of(label)}") is not label.startswith("COM")

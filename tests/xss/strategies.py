"""What pages may hold, plausible and nasty, as strategies: texts, HTML, what is told to machines, whole pages, damage."""

import json
from collections.abc import Callable
from html import escape
from typing import Any

from hypothesis import strategies as st

from feedgen_mayadeen.site.edition import CODES
from tests.xss import ADDRESSES, ELEMENTS, VECTORS
from tests.xss.pages import TITLE, json_ld_block, metadata_block, metas, page_of

# Texts

WORDS = (
    "clock", "The clock is late", "town hall", "ساعة", "القرية", "مُدَوَّنة", "🚋", "a\u0301", "&amp;", "&lt;b&gt;", "<b>", "</p>",
    "]]>", "<!--", "-->", "&", "&#0;", "&#x1;", "&nbsp;", "'", '"', "\\u003c", "{", "}", ",", "،", "x" * 200, "2025", "#",
    "https://a.example/x",
)  # fmt: skip
CONTROLS = "\x00\x01\x08\t\n\x0b\x0c\r\x1f\x7f\x80\x85\x9f"
INVISIBLE = "\u00a0\u00ad\u061c\u200b\u200f\u2028\u202e\u2066\ufeff\ufffd\ufffe\U0001fffe\U000e0041"
TEXT = st.lists(st.sampled_from(WORDS) | st.text(max_size=6) | st.sampled_from(CONTROLS + INVISIBLE), max_size=6).map(" ".join)
LONG = st.builds(lambda text, times: text * times, TEXT, st.integers(2, 200))
AT = st.one_of(
    st.sampled_from(tuple(ADDRESSES.values())),
    TEXT.map(lambda text: f"https://english.almayadeen.net/news/{text}"),
    st.builds(lambda host, rest: f"//{host}/{rest}", st.sampled_from(("a.example", "english.almayadeen.net")), TEXT),
)

# HTML

DROPPED = (
    "div", "section", "article", "aside", "span", "script", "style", "svg", "math", "mtext", "title", "template", "noscript",
    "iframe", "object", "video", "audio", "source", "form", "button", "select", "option", "textarea", "marquee", "center",
    "font", "details", "summary", "h1", "body", "html", "head", "col", "plaintext", "xmp", "x:y", "furniture", "br/",
)  # fmt: skip
NAMES = (
    "href",
    "src",
    "data-src",
    "srcset",
    "alt",
    "title",
    "class",
    "id",
    "style",
    "onclick",
    "colspan",
    "start",
    "dir",
    "x:y",
)
CLASSES = ("p-content", "summary", "lg_para", "dual-related", "ticker", "tags", "media-caption", "p-content summary")
VALUE = st.one_of(TEXT, AT, st.sampled_from(CLASSES))
QUOTING: tuple[Callable[[str], str], ...] = (lambda v: f'"{escape(v)}"', lambda v: f"'{v}'", lambda v: f'"{v}', lambda v: v)
ATTRIBUTE = st.builds(
    lambda name, value, quoted: f" {name}={quoted(value)}",
    st.sampled_from(NAMES),
    VALUE,
    st.sampled_from((QUOTING[0],) * 9 + QUOTING),
)
LEAF = st.one_of(
    TEXT.map(escape), TEXT, st.sampled_from(tuple(VECTORS.values())), st.just("Read more: <a href='/news/a/b'>A</a>")
)


def element(name: str, attributes: list[str], inner: list[str], stop: str) -> str:
    """An element as a page may write it; `ending` names what follows its content: `{}` stands for its name."""
    return f"<{name}{''.join(attributes)}>{''.join(inner)}{stop.format(name)}"


HTML = st.recursive(
    LEAF,
    lambda inner: st.builds(
        element,
        st.sampled_from((*ELEMENTS, *DROPPED)),
        st.lists(ATTRIBUTE, max_size=2),
        st.lists(inner, max_size=4),
        st.sampled_from(("</{}>",) * 12 + ("</{}>\n", "", "</{}", "</b>", "</div></div>", "</{0}></{0}>")),
    ),
    max_leaves=10,
)
REPEATED = st.builds(
    lambda html, times: html * times, st.sampled_from(("<b>", "<div>\n", "<ul><li>", "<p>a", "</div>")), st.integers(2, 80)
)
BODY = st.lists(HTML | REPEATED, max_size=4).map("\n".join)

# What a page tells for machines

INSTANTS = st.datetimes().map(lambda when: when.replace(microsecond=0).isoformat())
OFFSETS = st.sampled_from(
    (
        "",
        "Z",
        "+02:00",
        "+0300",
        "-12:00",
        "+14:00",
        "+05:45",
        "+23:59",
        "-23:59",
        "+24:00",
        "+99:99",
        "+02:00:30",
        " +03:00",
        "[UTC]",
    )
)
DATES = st.one_of(
    st.sampled_from(("2025-06-05T15:39:07+03:00", "2024-03-19T09:18:39+02:00")),
    st.builds(str.__add__, INSTANTS, OFFSETS),
    st.sampled_from(
        ("2025-13-45T99:99:99Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2025-06-05", "20250605T153907Z")
    ),
    st.sampled_from(("2025-W23-4T10:00", "2025-06-05 15:39", "5 Jun 2025 15:39", "٢٠٢٥-٠٦-٠٥T١٥:٣٩:٠٧", "1749127147", "")),
    TEXT,
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXT, LONG, st.just("\ud800")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("name", "url", "value", "@id", "x")), inner, max_size=3)
    ),
    max_leaves=5,
)


def told(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """What a page tells: each field missing, of its own kind (mostly) or of any other."""
    either = {name: st.one_of(right, right, right, JSON) for name, right in fields.items()}
    return st.fixed_dictionaries({}, optional=either)


NUMBER = st.integers(-1, 10**13).map(str) | st.integers()
CLASS = told(mapping=st.sampled_from(("posttype", "category", "country", "coverage", "author")), value=TEXT, key=TEXT)
OWN = told(
    type=st.sampled_from(("article", "article", "videoobject", "page")), postid=NUMBER, title=TEXT, url=AT, thumbnail=AT,
    keywords=st.lists(TEXT).map(",".join), video_duration=NUMBER, published_time=DATES, last_updated=DATES,
    description=TEXT | LONG, author=TEXT, classes=st.lists(CLASS, max_size=4), lang=st.sampled_from(CODES),
)  # fmt: skip
PERSON = told(name=TEXT, url=AT)
LD = told(
    headline=TEXT, description=TEXT, url=AT, image=AT | PERSON, author=PERSON, datePublished=DATES, dateModified=DATES,
    keywords=st.lists(TEXT) | TEXT, articleSection=TEXT, contentLocation=PERSON, isPartOf=PERSON, identifier=NUMBER | PERSON,
    duration=st.sampled_from(("PT1M33S", "P1D", "PT", "PT99999999999999S", "93")), mainEntityOfPage=PERSON,
).map(lambda fields: {"@type": "NewsArticle", **fields})  # fmt: skip
PROPERTIES = (
    "og:title", "og:description", "og:image", "og:url", "og:type", "article:published_time", "article:modified_time",
    "article:tag", "article:section", "article:author", "author", "keywords", "postid", "video:duration", "og:updated_time",
)  # fmt: skip
OPEN_GRAPH = st.lists(st.tuples(st.sampled_from(PROPERTIES), st.one_of(TEXT, AT, DATES)), max_size=8).map(metas)
BREAKS: tuple[Callable[[str], str], ...] = (
    lambda text: text[: len(text) // 2],
    lambda text: text + text,
    lambda text: '{"title": "twice", "title": 5, ' + text[1:],
    lambda text: text.replace('"', "'"),
    lambda text: "\ufeff" + text,
    lambda text: text.replace(":", ": NaN,", 1),
    lambda text: "[" * 2000 + text,
    lambda text: text.replace("\\u", "\\x"),
    lambda text: f"<!-- {text} -->",
    lambda text: text.replace("}", "</script>}", 1),
)
WRITTEN = st.sampled_from((lambda text: text,) * 12 + BREAKS)


def block(values: st.SearchStrategy[dict[str, Any]], around: Callable[[str], str]) -> st.SearchStrategy[str]:
    """A script element that holds these values as JSON: mostly well written."""
    return st.builds(
        lambda value, ascii_only, broken: around(broken(json.dumps(value, ensure_ascii=ascii_only))),
        values,
        st.booleans(),
        WRITTEN,
    )


HEAD = st.lists(
    st.one_of(block(OWN, metadata_block), block(OWN, metadata_block), block(LD, json_ld_block), OPEN_GRAPH), max_size=3
).map("".join)
PAGE_TEXTS = st.builds(page_of, HEAD, st.one_of(TEXT.map(escape), st.just(TITLE), HTML), BODY, AT, AT)


def damage(text: str, places: list[tuple[float, float, str]]) -> str:
    """A text with parts of it replaced, each named by where it begins and ends as shares of the text."""
    for begin, length, instead in places:
        at = int(begin * len(text))
        text = text[:at] + instead + text[at + int(length * len(text) / 4) :]
    return text


SHARE = st.floats(0, 1)
PLACES = st.lists(st.tuples(SHARE, SHARE, LEAF | st.just("")), max_size=4)

"""Article pages: which source gives each field, what becomes of bodies, and which pages are refused."""

import copy
import json
from collections.abc import Callable
from html import escape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedgen_mayadeen.clean import clean
from feedgen_mayadeen.errors import NoArticleError, ReadError
from feedgen_mayadeen.models import Article, Link
from feedgen_mayadeen.sample import SampleArticle, SampleSite
from feedgen_mayadeen.site.embeds import watchable
from tests.saved import LAYOUT, article_of, as_json, patient, reading_of, sample_article

SITE = "https://english.almayadeen.net"
BLOCK_WAY, LD_WAY, META_WAY, TEXT_WAY = "metadata block", "JSON-LD", "Open Graph and meta", "text of the page"

BLOCK: dict[str, Any] = {
    "type": "article",
    "postid": "101",
    "title": "Title of the block",
    "url": f"{SITE}/news/politics/of-the-block",
    "keywords": "Block,Shared",
    "thumbnail": f"{SITE}/media/block.png?v=3&width=1000",
    "video_duration": "61",
    "published_time": "2024-01-01T10:00:00+02:00",
    "last_updated": "2024-01-01T11:00:00+02:00",
    "description": "The lead of the block is a sentence.",
    "author": "Block Author",
    "classes": [
        {"key": "class1", "mapping": "posttype", "value": "News"},
        {"key": "class2", "mapping": "category", "value": "Block category"},
        {"key": "class3", "mapping": "country", "value": "Block country"},
        {"key": "class5", "mapping": "coverage", "value": "Block coverage"},
        {"key": "class6", "mapping": "author", "value": "Class Author"},
    ],
}
LD: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "identifier": "102",
    "headline": "Title of the JSON-LD",
    "url": f"{SITE}/news/politics/of-the-json-ld",
    "keywords": ["JSON-LD", "Shared"],
    "image": {"@type": "ImageObject", "url": f"{SITE}/media/json-ld.png"},
    "duration": "PT1M2S",
    "datePublished": "2024-01-02T10:00:00+02:00",
    "dateModified": "2024-01-02T11:00:00+02:00",
    "description": "The lead of the JSON-LD is a sentence.",
    "author": [{"@type": "Person", "name": "JSON-LD Author"}],
    "articleSection": "JSON-LD category",
    "contentLocation": {"@type": "Place", "name": "JSON-LD country"},
}
META: dict[str, str] = {
    "postid": "103",
    "og:title": "Title of the meta",
    "og:url": f"{SITE}/news/politics/of-the-meta",
    "article:tag": "Meta",
    "og:image": f"{SITE}/media/meta.png",
    "video:duration": "63",
    "article:published_time": "2024-01-03T10:00:00+02:00",
    "article:modified_time": "2024-01-03T11:00:00+02:00",
    "og:description": "The lead of the meta is a sentence.",
    "author": "Meta Author",
    "article:section": "Meta category",
}
TEXT = """<main><div class="details-white-box"><h1>Title of the text</h1>
<ul><li>By Text Author</li><li>Source: Agencies</li><li>4 Jan 2024 10:00</li></ul>
<p class="lg_para summary">The lead of the text is a sentence.</p>
<figure><img src="/media/text.png" alt=""></figure>
<div class="p-content"><p>The body is one paragraph, and it is the same in all of these pages.</p></div>
<ul class="tags"><li><a href="/tags/text">Text</a></li></ul></div></main>"""


def page_of(
    block: dict[str, Any] | None = None,
    ld: object = None,
    meta: dict[str, str] | None = None,
    body: str = TEXT,
) -> str:
    head = "".join(f'<meta property="{name}" content="{value}">' for name, value in (meta or {}).items())
    if block is not None:
        head += f'<script id="tawsiyat-metadata" type="text/tawsiyat">{_script(block)}</script>'
    if ld is not None:
        head += f'<script type="application/ld+json">{_script(ld)}</script>'
    return f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'


def _script(value: object) -> str:
    return json.dumps(value).replace("</", "<\\/")


def without(values: dict[str, Any], *names: str) -> dict[str, Any]:
    left = copy.deepcopy(values)
    for name in names:
        if name.startswith("classes."):
            left["classes"] = [each for each in left["classes"] if each["mapping"] != name.removeprefix("classes.")]
        else:
            left.pop(name, None)
    return left


def label(named: Link | None) -> str | None:
    return named.label if named else None


def labels(named: tuple[Link, ...]) -> list[str]:
    return [each.label for each in named]


# Each field: its name among the ways, how it is read off an article, the names to drop from each source in turn,
# and what it then is; the last value is what is left when no metadata tells it.
Field = tuple[str, Callable[[Article], object], tuple[tuple[str, ...], ...], tuple[object, ...]]
FIELDS: tuple[Field, ...] = (
    ("title", lambda a: a.title, (("title",), ("headline",), ("og:title",)),
     ("Title of the block", "Title of the JSON-LD", "Title of the meta", "Title of the text")),
    ("post_id", lambda a: a.post_id, (("postid",), ("identifier",), ("postid",)), ("101", "102", "103", None)),
    ("address", lambda a: a.address.rpartition("/")[2], (("url",), ("url",), ("og:url",)),
     ("of-the-block", "of-the-json-ld", "of-the-meta", "a-page")),
    ("lead", lambda a: a.lead, (("description",), ("description",), ("og:description",)),
     tuple(f"The lead of the {source} is a sentence." for source in ("block", "JSON-LD", "meta", "text"))),
    ("picture", lambda a: a.picture and a.picture.address, (("thumbnail",), ("image",), ("og:image",)),
     tuple(f"{SITE}/media/{n}" for n in ("block.png?v=3&width=1000", "json-ld.png", "meta.png", "text.png"))),
    ("author", lambda a: label(a.author), (("author", "classes.author"), ("author",), ("author",)),
     ("Block Author", "JSON-LD Author", "Meta Author", "Text Author")),
    ("published", lambda a: a.published and a.published.day,
     (("published_time",), ("datePublished",), ("article:published_time",)), (1, 2, 3, 4)),
    ("updated", lambda a: a.updated and a.updated.day,
     (("last_updated",), ("dateModified",), ("article:modified_time",)), (1, 2, 3, None)),
    ("tags", lambda a: labels(a.tags), (("keywords",), ("keywords",), ("article:tag",)),
     (["Block", "Shared"], ["JSON-LD", "Shared"], ["Meta"], ["Text"])),
    ("seconds", lambda a: a.video_seconds, (("video_duration",), ("duration",), ("video:duration",)),
     (61, 62, 63, None)),
    ("category", lambda a: label(a.category), (("classes.category",), ("articleSection",), ("article:section",)),
     ("Block category", "JSON-LD category", "Meta category", None)),
    ("country", lambda a: label(a.country), (("classes.country",), ("contentLocation",), ()),
     ("Block country", "JSON-LD country", None, None)),
    ("coverage", lambda a: label(a.coverage), (("classes.coverage",), (), ()), ("Block coverage", None, None, None)),
    ("kind", lambda a: a.kind or None, (("classes.posttype",), (), ()), ("News", None, None, None)),
)  # fmt: skip


@pytest.mark.parametrize("dropped", range(4))
@pytest.mark.parametrize(("name", "get", "names", "values"), FIELDS, ids=[field[0] for field in FIELDS])
def test_a_field_comes_from_the_first_source_that_has_it(
    name: str,
    get: Callable[[Article], object],
    names: tuple[tuple[str, ...], ...],
    values: tuple[object, ...],
    dropped: int,
) -> None:
    """The field is dropped from the first sources only; all their other fields must stay as they were."""
    block, ld, meta = (
        without(source, *names[number]) if number < dropped else source for number, source in enumerate((BLOCK, LD, META))
    )
    reading = reading_of(page_of(block, ld, meta))
    assert get(reading.article) == values[dropped]
    ways = dict(reading.ways)
    if values[dropped] is None or (name == "address" and dropped == 3):
        assert name not in ways
    else:
        assert ways[name] == (BLOCK_WAY, LD_WAY, META_WAY, TEXT_WAY)[dropped]
    others = {field[0]: field[1](reading.article) for field in FIELDS if field[0] != name}
    assert others == {field[0]: field[3][0] for field in FIELDS if field[0] != name}


def test_the_author_of_the_classes_steps_in() -> None:
    assert label(article_of(page_of(without(BLOCK, "author"))).author) == "Class Author"


@pytest.mark.parametrize(
    ("changed", "field", "value"),
    [
        ({"title": ""}, "title", "Title of the JSON-LD"),
        ({"title": " \u200b\n"}, "title", "Title of the JSON-LD"),
        ({"title": None}, "title", "Title of the JSON-LD"),
        ({"title": ["A list"]}, "title", "Title of the JSON-LD"),
        ({"postid": ""}, "post_id", "102"),
        ({"postid": "news-7"}, "post_id", "102"),
        ({"postid": 104}, "post_id", "104"),
        ({"postid": True}, "post_id", "102"),
        ({"video_duration": None}, "video_seconds", 62),
        ({"video_duration": "0"}, "video_seconds", 62),
        ({"video_duration": "1:01"}, "video_seconds", 62),
        ({"video_duration": 90}, "video_seconds", 90),
        ({"url": "https://example.org/elsewhere"}, "address", f"{SITE}/news/politics/a-page"),
        ({"url": "javascript:alert(1)"}, "address", f"{SITE}/news/politics/of-the-json-ld"),
        ({"url": "https://[broken"}, "address", f"{SITE}/news/politics/of-the-json-ld"),
        ({"url": "https://next-en.almayadeen.net/news/x?utm_source=a#b"}, "address", f"{SITE}/news/x"),
        ({"url": f"{SITE}/news/الميناء"}, "address", f"{SITE}/news/%D8%A7%D9%84%D9%85%D9%8A%D9%86%D8%A7%D8%A1"),
        ({"description": "  Two\u00a0 lines\r\nof\u200b a lead. "}, "lead", "Two lines of a lead."),
    ],
)
def test_odd_values_in_the_block(changed: dict[str, Any], field: str, value: object) -> None:
    assert getattr(article_of(page_of(BLOCK | changed, LD, META)), field) == value


@pytest.mark.parametrize(
    ("keywords", "tags"),
    [
        ("Mali,Sahel", ["Mali", "Sahel"]),
        ("Mali, Mali ,Sahel,Mali", ["Mali", "Sahel"]),
        ("Mali,mali,MALI,Mali , mali,", ["Mali", "mali", "MALI"]),
        (" Gaza\u00a0 Strip ,\u200bSahel\u200f,,", ["Gaza Strip", "Sahel"]),
        ("غزة،حماس,غزة", ["غزة", "حماس"]),
        ("", []),
        (" , ,", []),
        (["Mali", "", "Sahel", {"name": "Niger"}], ["Mali", "Sahel", "Niger"]),
        (None, []),
        (7, []),
    ],
)
def test_keywords(keywords: object, tags: list[str]) -> None:
    """What the block says of tags holds, even that there are none."""
    assert labels(article_of(page_of(BLOCK | {"keywords": keywords})).tags) == tags


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-03-19T09:18:39+02:00", "2024-03-19T09:18:39+02:00"),
        ("2024-07-19T09:18:39+02:00", "2024-07-19T09:18:39+02:00"),
        ("2024-01-19T09:18:39+03:00", "2024-01-19T09:18:39+03:00"),
        ("2024-03-19T09:18:39Z", "2024-03-19T09:18:39+00:00"),
        ("2024-03-19T09:18:39-03:30", "2024-03-19T09:18:39-03:30"),
    ],
)
@pytest.mark.parametrize("source", ["block", "ld", "meta"])
def test_offsets_stay_as_written(source: str, written: str, read: str) -> None:
    """The site's offsets do not follow the time-zone database."""
    pages = {
        "block": page_of(BLOCK | {"published_time": written, "last_updated": written}),
        "ld": page_of(None, LD | {"datePublished": written, "dateModified": written}),
        "meta": page_of(None, None, META | {"article:published_time": written, "article:modified_time": written}),
    }
    article = article_of(pages[source])
    assert [when and when.isoformat() for when in (article.published, article.updated)] == [read, read]


@pytest.mark.parametrize(
    "ld",
    [
        LD,
        [{"@type": "WebSite", "name": "A site"}, LD],
        {"@graph": [{"@type": "Organization", "name": "Nobody"}, LD]},
        [{"@graph": [{"@type": "WebPage", "mainEntity": LD}]}],
        LD | {"@type": ["Thing", "OpinionNewsArticle"]},
        LD | {"@type": "VideoObject", "name": "Title of the JSON-LD", "headline": None},
        LD | {"identifier": {"@type": "PropertyValue", "value": 102}},
        LD | {"url": None, "mainEntityOfPage": {"@id": LD["url"]}},
        LD | {"url": None, "mainEntityOfPage": LD["url"]},
        LD | {"author": {"@type": "Person", "name": "JSON-LD Author"}},
        LD | {"author": "JSON-LD Author"},
        LD | {"image": [LD["image"], f"{SITE}/media/small.png"]},
        LD | {"image": LD["image"]["url"]},
        LD | {"image": None, "thumbnailUrl": LD["image"]["url"]},
        LD | {"keywords": "JSON-LD, Shared"},
        LD | {"articleSection": ["JSON-LD category", "More"]},
        LD | {"datePublished": None, "uploadDate": LD["datePublished"]},
        LD | {"duration": "P0DT0H1M2.0S"},
    ],
)
def test_forms_of_json_ld_that_say_the_same(ld: object) -> None:
    assert as_json(article_of(page_of(None, ld))) == as_json(article_of(page_of(None, LD)))


def test_a_broken_block_is_passed_over() -> None:
    broken = page_of(BLOCK, LD).replace('"type": "article",', '"type": "article",,')
    assert dict(reading_of(broken).ways)["title"] == LD_WAY


# Bodies

TITLE = "The mill on the river turns again"
LEAD = "The miller has mended the wheel before the spring."
TOLD = BLOCK | {"title": TITLE, "description": LEAD, "author": "Ada Sample", "keywords": "Mills,Old rivers"}
PARAGRAPHS = (
    "The first paragraph is long enough to be taken for an article's text by any reader, machine or not, on any day.",
    "The second paragraph speaks of the river, the mill and the miller's daughter, who keeps the books in green ink.",
    "The third one says what happens now: nothing, or not before the spring, when the ice has gone from the weir.",
    "The fourth and last is short.",
)
HALVES = tuple("".join(f"<p>{text}</p>" for text in half) for half in (PARAGRAPHS[:2], PARAGRAPHS[2:]))
WHOLE = "".join(HALVES)
TOP = f"<h1>{TITLE}</h1><div>By Ada Sample</div><div>Source: Agencies</div><div>1 Jan 2024 10:00</div><p>{LEAD}</p>"
TAGS = '<div class="tags"><a href="/tags/mills">Mills</a> <a href="/tags/old-rivers">Old rivers</a></div>'
SIDE = (
    '<div><div>Most Read</div><div><a href="/news/sports/knights">The Quiet Knights win the chess cup</a></div></div>'
    '<div><b>Coverage</b><a href="/coverage">All</a><a href="/coverage/fair">The Village Fair</a></div>'
)
OTHER = '<a href="/news/politics/other">Another story about the mill and its wheel</a>'


def between(inside: str, container: str = "") -> str:
    """A page whose text stands in a box, with something between its halves."""
    return f'<div>{TOP}</div><div class="{container}">{HALVES[0]}{inside}{HALVES[1]}</div>{SIDE}'


LAYOUTS = {
    "paragraphs beside the title": TOP + WHOLE + TAGS + SIDE,
    "each paragraph in its own box": TOP + "".join(f"<div><div><p>{text}</p></div></div>" for text in PARAGRAPHS) + SIDE,
    "paragraphs as divs": TOP + "<div>" + "".join(f"<div>{text}</div>" for text in PARAGRAPHS) + "</div>" + TAGS + SIDE,
    "in two parts": f"<div>{TOP}</div><div>{HALVES[0]}</div><div>{HALVES[1]}</div>{TAGS}{SIDE}",
    "two known containers": TOP + "".join(f'<div class="p-content">{half}</div>' for half in HALVES) + SIDE,
    "a known container with a box in it": f'{TOP}<div class="p-content"><div>{WHOLE}</div></div>{SIDE}',
    "article with header and footer": f"<article><header>{TOP}</header>{WHOLE}<footer>{TAGS}</footer></article>{SIDE}",
    "a table for layout": f"{TOP}<table><tr><td>{WHOLE}</td><td>{SIDE}</td></tr></table>",
    "tags before the text": f"{TOP}{TAGS}<div>{WHOLE}</div>{SIDE}",
    "tags in the text's box": f"<div>{TOP}</div><div>{WHOLE}{TAGS}</div>{SIDE}",
    "side boxes first": f"{SIDE}<div>{TOP}<div>{WHOLE}</div></div>",
    "side boxes before the text": f"<div>{TOP}{SIDE}<div>{WHOLE}</div></div>",
    "side boxes in the text": between(f"<div>{SIDE}</div>"),
    "the name of the site as h1": f'<h1><a href="/">Al Mayadeen English</a></h1>{TOP.replace("h1>", "h2>")}{WHOLE}{SIDE}',
    "no heading": f"{TOP.replace('h1>', 'div>')}<div>{WHOLE}</div>{SIDE}",
    "related, known class": between(f'<div class="dual-related">{OTHER}</div>', "p-content"),
    "related, dated": between(f"<div>{OTHER}<span>1 Jun 2025</span></div>"),
    "related, dated without a year": between(f"<div>{OTHER}<span>1 Jun 12:30</span></div>"),
    "related, with a picture": between(f'<div><img src="/x.png">{OTHER}</div>'),
    "related, labelled": between(f"<div><b>Related News</b>{OTHER}</div>"),
    "related, labelled, in the known container": between(f"<div><b>Related News</b>{OTHER}</div>", "p-content"),
    "related, labelled, beside the title": f"{TOP}{HALVES[0]}<div><b>Related News</b>{OTHER}</div>{HALVES[1]}{SIDE}",
    "related, label beside the list": between(f"<h4>Related News</h4><ul><li>{OTHER}</li></ul>"),
    "related, label beside the list, in the known container": between(
        f"<h4>Related News</h4><ul><li>{OTHER}</li></ul>", "p-content"
    ),
    "related, aside": between(f"<aside>{OTHER}</aside>"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_text_is_found_whole_wherever_it_stands(layout: str) -> None:
    article = as_json(article_of(page_of(TOLD, body=LAYOUTS[layout])))
    assert article["body"] == [f"<p>{text}</p>" for text in PARAGRAPHS]
    assert (article["title"], article["lead"]) == (TITLE, LEAD)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (f"{HALVES[0]}<h2>Coverage</h2>{HALVES[1]}", [HALVES[0], "<h2>Coverage</h2>", HALVES[1]]),
        (f"<p><strong>BREAKING</strong> {PARAGRAPHS[0]}</p>", [f"<p><strong>BREAKING</strong> {PARAGRAPHS[0]}</p>"]),
        (
            "<p>By the river stood a mill.</p><p>Source: none is known.</p>",
            ["<p>By the river stood a mill.</p>", "<p>Source: none is known.</p>"],
        ),
        (f"<p>{PARAGRAPHS[0]}<br>{PARAGRAPHS[1]}</p>", [f"<p>{PARAGRAPHS[0]}<br/>{PARAGRAPHS[1]}</p>"]),
        (f"{PARAGRAPHS[0]} <b>Bold.</b>", [f"<p>{PARAGRAPHS[0]} <b>Bold.</b></p>"]),
        ("<h1>One</h1><div>Two</div>", ["<h2>One</h2>", "<p>Two</p>"]),
        (
            '<iframe src="https://www.youtube.com/embed/abc"></iframe>',
            ['<p><a href="https://www.youtube.com/watch?v=abc">https://www.youtube.com/watch?v=abc</a></p>'],
        ),
        (
            '<p>See <iframe data-src="//player.example.org/7"></iframe></p>',
            ['<p>See <a href="https://player.example.org/7">https://player.example.org/7</a></p>'],
        ),
        (
            '<p>Text.</p><video><source src="/v/1.mp4"></video>',
            ["<p>Text.</p>", f'<p><a href="{SITE}/v/1.mp4">{SITE}/v/1.mp4</a></p>'],
        ),
        ("<p>Text.</p><iframe></iframe><iframe src='javascript:alert(1)'></iframe>", ["<p>Text.</p>"]),
        (
            '<p>Text.</p><img src="/images/blank.gif" data-src="/m/a.png?v=1" alt="A">',
            ["<p>Text.</p>", f'<img alt="A" src="{SITE}/m/a.png?v=1"/>'],
        ),
        (
            '<p>Text.</p><img src="data:image/gif;base64,R0=" data-original="/m/a.png">',
            ["<p>Text.</p>", f'<img alt="" src="{SITE}/m/a.png"/>'],
        ),
        (
            '<p>Text.</p><img srcset="/m/a.png 1x, /m/b.png 2x" alt="">',
            ["<p>Text.</p>", f'<img alt="" src="{SITE}/m/b.png"/>'],
        ),
        ('<p>Text.</p><figure><img src="data:image/gif;base64,R0="><figcaption>Gone</figcaption></figure>', ["<p>Text.</p>"]),
        (f'<p><img src="{BLOCK["thumbnail"]}"></p><p>Text.</p>', ["<p>Text.</p>"]),
        (
            '<p><a href="/tags/a?utm_source=x">A</a> <a href="https://example.org/?a=b#c">B</a></p>',
            [f'<p><a href="{SITE}/tags/a">A</a> <a href="https://example.org/?a=b#c">B</a></p>'],
        ),
        ('<p><a href="javascript:alert(1)">A</a> <a href="mailto:a@example.org">B</a> <a>C</a></p>', ["<p>A B C</p>"]),
        ('<p onclick="x()" style="color:red">Text.</p><script>x()</script><style>p{}</style><!-- c -->', ["<p>Text.</p>"]),
        ("<p>Text.</p><form><input><button>Send</button></form>", ["<p>Text.</p>"]),
    ],
)
def test_what_becomes_of_the_body(written: str, read: list[str]) -> None:
    body = f'{TOP}<div class="p-content">{written}</div>{SIDE}'
    assert (
        as_json(article_of(page_of(TOLD, body=body)))["body"] == "\n".join(read).replace("</p><p>", "</p>\n<p>").splitlines()
    )


def as_lines(body: str) -> list[str]:
    return clean(body).splitlines()


def test_a_figure_around_the_whole_text_does_not_take_it_away() -> None:
    written = '<p>Text.</p><p>More of it.</p><img src="data:image/gif;base64,R0=">'
    body = f'{TOP}<figure><div class="p-content">{written}</div></figure>{SIDE}'
    assert as_json(article_of(page_of(TOLD, body=body)))["body"] == ["<p>Text.</p>", "<p>More of it.</p>"]


@pytest.mark.parametrize(
    "address",
    [
        "https://موقع.مثال/صفحة",
        "https://münchen.example/bild.jpg?größe=2",
        "https://a.example/%D9%81?a=1&b=%20",
        "https://a.example/x|y",
    ],
)
def test_addresses_in_the_text_are_as_the_page_writes_them(address: str) -> None:
    """But for what no address holds (`|`): those on hosts with names of any script lead there too."""
    written = f'<p>Text, <a href="{escape(address)}">a link</a>.</p><p><img alt="Two" src="{escape(address)}"></p>'
    found = article_of(page_of(TOLD, body=f'{TOP}<div class="p-content">{written}</div>{SIDE}')).body
    shown = escape(address.replace("|", "%7C"))
    assert as_lines(found) == [f'<p>Text, <a href="{shown}">a link</a>.</p>', f'<p><img alt="Two" src="{shown}"/></p>']


@pytest.mark.parametrize(
    "between",
    [
        "<script>x()</script>",
        "<form><button>Go</button></form>",
        "<iframe></iframe>",
        '<img src="data:image/gif;base64,R0=">',
        '<div class="dual-related"><a href="/news/politics/x-y">Another article</a></div>',
        SIDE,
    ],
    ids=["script", "form", "embed", "placeholder", "related", "boxes"],
)
def test_bare_lines_stay_apart_when_what_is_between_them_is_taken_out(between: str) -> None:
    written = f"<p>A first line.</p>The second line.{between}The third one."
    found = article_of(page_of(TOLD, body=f'{TOP}<div class="p-content">{written}</div>')).body
    assert as_lines(found) == ["<p>A first line.</p>", "<p>The second line.</p>", "<p>The third one.</p>"]


@pytest.mark.parametrize("container", ["p-content", "story-text"])
@pytest.mark.parametrize(
    ("line", "found"),
    [
        (f"<p><strong>Read more: {OTHER}</strong></p>", ["other"]),
        (f"<p>Read More {OTHER} and <a href='/news/x/second'>a second story</a></p>", ["other", "second"]),
        (f"<div>See also: {OTHER}</div>", ["other"]),
        ("<p>Read more: <a href='https://example.org/far'>A page elsewhere</a></p>", []),
        (f"<p>One may read more of it in {OTHER}.</p>", []),
    ],
)
def test_read_more_links_are_related_and_stay(container: str, line: str, found: list[str]) -> None:
    article = article_of(page_of(TOLD, body=f'<div>{TOP}</div><div class="{container}">{WHOLE}{line}</div>{TAGS}{SIDE}'))
    assert [(named.address or "").rpartition("/")[2] for named in article.related] == found
    assert len(as_json(article)["body"]) == len(PARAGRAPHS) + 1


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("https://www.youtube.com/embed/abc", "https://www.youtube.com/watch?v=abc"),
        ("https://www.youtube-nocookie.com/embed/abc?start=75&autoplay=1", "https://www.youtube.com/watch?v=abc&t=75"),
        ("https://youtube.com/embed/abc/?start=x", "https://www.youtube.com/watch?v=abc"),
        ("https://www.youtube.com/playlist?list=1", "https://www.youtube.com/playlist?list=1"),
        ("https://notyoutube.com/embed/abc", "https://notyoutube.com/embed/abc"),
        ("", None),
        (None, None),
    ],
)
def test_the_page_of_an_embed(address: str | None, page: str | None) -> None:
    assert watchable(address) == page


def test_an_audio_file_is_found() -> None:
    body = f'{TOP}<audio><source type="audio/mpeg" src="/audio/7.mp3"></audio><div class="p-content">{WHOLE}</div>'
    assert article_of(page_of(TOLD, body=body)).audio == f"{SITE}/audio/7.mp3"


def test_the_site_itself_is_nobody_s_page() -> None:
    """A logo is a link with the staff's name; it leads home, not to an author."""
    body = f'<div><a href="/">Al Mayadeen English</a></div>{TOP}<div class="p-content">{WHOLE}</div>'
    assert article_of(page_of(TOLD | {"author": "Al Mayadeen English"}, body=body)).author == Link("Al Mayadeen English")


@pytest.mark.parametrize(
    "html",
    [
        page_of({"type": "page", "postid": "2", "title": "Politics", "url": f"{SITE}/news/politics", "classes": []}),
        page_of(meta={"og:type": "website", "og:title": "Politics"}),
        page_of(body="<main><p>A page without any title.</p></main>"),
        page_of(body="<h1>Page not found</h1>"),
        page_of(meta={"og:title": "Just a moment"}, body="<div></div>"),
        "",
        "\x00",
        "{}",
    ],
    ids=["block says page", "og says website", "no title", "only a title", "no text", "empty", "zero byte", "json"],
)
def test_what_is_no_article_is_refused(html: str) -> None:
    with pytest.raises(NoArticleError) as caught:
        reading_of(html)
    assert caught.value.address == f"{SITE}/news/politics/a-page"


# The sample site

CODES = ("en", "ar", "es")


def _records() -> list[tuple[str, str]]:
    return [(code, record.postid) for code in CODES for record in SampleSite(code).articles]


def _told(article: Article) -> dict[str, object]:
    return {
        "title": article.title,
        "lead": article.lead,
        "picture": article.picture and article.picture.address,
        "caption": article.picture.caption if article.picture else "",
        "author": label(article.author),
        "source": article.source,
        "published": article.published and article.published.isoformat(),
        "updated": article.updated and article.updated.isoformat(),
        "tags": labels(article.tags),
        "post_id": article.post_id,
        "kind": article.kind,
        "category": label(article.category),
        "country": label(article.country),
        "coverage": label(article.coverage),
        "seconds": article.video_seconds,
    }


def _recorded(site: SampleSite, record: SampleArticle, style: str) -> dict[str, object]:
    """What an article must be read as: all that the sample's record says and a page in this style shows."""
    folded = " ".join(record.title.replace("\u200b", "").split())
    # Some leads hold odd white space on purpose.
    fields: dict[str, object] = {
        "title": folded,
        "lead": " ".join(record.description.replace("\u200b", "").split()),
        "picture": site.media_url(record.thumbnail),
        "caption": record.caption if record.thumbnail else "",
        "author": record.author,
        "source": record.source,
        "published": record.published_time,
        "updated": record.last_updated,
        "tags": list(record.tags),
        "post_id": record.postid,
        "kind": record.posttype,
        "category": record.category.strip() or None,
        "country": record.country or None,
        "coverage": record.coverage or None,
        "seconds": int(record.video_duration) if record.video_duration else None,
    }
    if style != "tawsiyat":
        fields |= {"kind": "", "category": record.category.strip() or record.posttype, "country": None, "coverage": None}
    if style == "none":
        # Shown dates have no offset and no seconds; numbers, classes and a video's lead and length are not shown.
        shown = record.published.replace(second=0, tzinfo=None).isoformat()
        fields |= dict.fromkeys(("post_id", "category", "seconds", "updated")) | {"published": shown}
        fields["lead"] = "" if record.video_duration else fields["lead"]
    return fields


@pytest.mark.parametrize("style", ["tawsiyat", "json-ld", "opengraph", "none"])
@pytest.mark.parametrize("code", CODES)
def test_every_sample_article_is_read_as_recorded(code: str, style: Any) -> None:
    site = SampleSite(code)
    site.metadata_style = style
    assert site.articles
    for record in site.articles:
        got = _told(sample_article(site, record))
        if style == "none" and got["published"]:
            got["published"] = str(got["published"])[:-6]
        assert got == _recorded(site, record, style), record.path


@pytest.mark.parametrize("code", CODES)
def test_a_sample_body_keeps_its_words(code: str) -> None:
    """Every paragraph, heading, quotation and list item of the record, and nothing of what stands around the body."""
    site = SampleSite(code)
    for record in site.articles:
        lines = [line.strip() for line in record.body.splitlines() if line.strip() and line[0] not in "@|"]
        text = " ".join(" ".join(as_json(sample_article(site, record))["body"]).split())
        for line in lines:
            plain = line.removeprefix("## ").removeprefix("- ").removeprefix("> ").partition("[")[0].partition("&")[0]
            assert " ".join(plain.split()).partition("<")[0] in text, record.path
        assert bool(text) == bool(record.body.strip())


@pytest.mark.parametrize("style", ["tawsiyat", "json-ld", "opengraph"])
@pytest.mark.parametrize("code", CODES)
def test_another_layout_is_read_alike(code: str, style: Any) -> None:
    """`tests/layout` renames every class, moves the blocks and knows no landmark; only the section's page is found besides."""
    standard, other = SampleSite(code), SampleSite(code, templates=LAYOUT)
    standard.metadata_style = other.metadata_style = style
    for record in standard.articles:
        want, got = (as_json(sample_article(site, record)) for site in (standard, other))
        assert _without_section_page(got) == _without_section_page(want), record.path


def _without_section_page(fields: dict[str, Any]) -> dict[str, Any]:
    category = fields["category"]
    return fields | {"category": category and category["label"]}


# Whatever comes

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@patient
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(BLOCK, JSON)))
def test_no_block_breaks_the_reading(block: dict[str, Any]) -> None:
    _reads_or_refuses(page_of(block))


@patient
@given(
    st.fixed_dictionaries({"@type": st.just("NewsArticle") | JSON}, optional={name: JSON for name in LD if name != "@type"})
)
def test_no_json_ld_breaks_the_reading(ld: dict[str, Any]) -> None:
    _reads_or_refuses(page_of(None, ld))


@patient
@given(st.text(max_size=200), st.text(max_size=200))
def test_no_text_breaks_the_reading(head: str, body: str) -> None:
    script = f'<script type="text/tawsiyat">{head}</script><script type="application/ld+json">{head}</script>'
    _reads_or_refuses(f"<html><head>{script}</head><body><h1>Title</h1>{body}</body></html>")


def _reads_or_refuses(html: str) -> None:
    try:
        article = article_of(html)
    except ReadError:
        return
    assert article.title
    assert article.address.startswith(SITE)
    json.dumps(as_json(article), ensure_ascii=False).encode()

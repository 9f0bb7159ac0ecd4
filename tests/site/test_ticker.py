"""The ticker and the Most Read box over many layouts, and on all pages of the sample site."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedgen_mayadeen.errors import TooDeepError
from feedgen_mayadeen.models import Card, Page, TickerLine
from feedgen_mayadeen.sample import SampleSite
from feedgen_mayadeen.sample import TickerLine as SampleLine
from feedgen_mayadeen.site.edition import Edition, load
from feedgen_mayadeen.site.most_read import read_most_read
from feedgen_mayadeen.site.ticker import read_ticker
from feedgen_mayadeen.text import normalize_text
from feedgen_mayadeen.urls import canonical
from tests.saved import EN, LAYOUT, names, page_text, patient

SITE = "https://english.almayadeen.net"
HERE = f"{SITE}/news/politics/a-page"
BELL, FOG, FAIR = "The mayor buys a bell", "Fog over the isles: ferries leave late", "Fair opens at noon"
LINES = [(BELL, None), (FOG, f"{SITE}/news/politics/fog"), (FAIR, None)]
FOG_LINK = f'<a href="/news/politics/fog">{FOG}</a>'

MENU = '<nav><ul><li><a href="/news">News</a></li><li><a href="/news/politics">Politics</a></li></ul></nav>'
PAGE = "<h1>A title of the page</h1><p>A first paragraph, which says something.</p><p>A second one.</p>"


def ticker(body: str, code: str = "en", *, origin: str | None = None) -> list[tuple[str, str | None]]:
    edition = load(code)
    page = Page(f"{edition.home}news/politics/a-page", f"<html><body>{body}</body></html>", origin=origin)
    return [(line.text, line.address) for line in read_ticker(page, edition)]


def most_read(body: str, code: str = "en") -> list[tuple[str, str]]:
    edition = load(code)
    page = Page(f"{edition.home}news/politics/a-page", f"<html><body>{body}</body></html>")
    return [(card.address.removeprefix(edition.home), card.title) for card in read_most_read(page, edition)]


# The sample site


def sample_pages(site: SampleSite) -> Iterable[Page]:
    for path in ("/", next(iter(site.lists())), site.articles[0].path, "/about"):
        yield Page(canonical(site.origin + path), site.page(path).body.decode())


@pytest.mark.parametrize("templates", [None, LAYOUT], ids=["standard layout", "other layout"])
@pytest.mark.parametrize("code", ["en", "ar", "es"])
def test_every_page_of_the_sample_site_shows_ticker_and_most_read(code: str, templates: Path | None) -> None:
    site = SampleSite(code, templates=templates)
    articles = [(line, site.find(line.article)) for line in site.ticker]
    lines = tuple(TickerLine(line.text, canonical(site.url(record)) if record else None) for line, record in articles)
    assert any(line.address for line in lines)
    cards = tuple(Card(canonical(site.url(record)), normalize_text(record.title)) for record in site.most_read())
    for page in sample_pages(site):
        assert read_ticker(page, load(code)) == lines
        assert read_most_read(page, load(code)) == (() if page.address.endswith("/about") else cards)


@pytest.mark.parametrize("templates", [None, LAYOUT], ids=["standard layout", "other layout"])
@pytest.mark.parametrize(
    "texts",
    [
        (),
        ("One line",),
        ("One", "Two", "Three"),
        ("One line \u200b\n of two\tparts", "Goals: 2 - 2 | Replay on Sunday", '"Quoted": <b>no markup</b> & signs'),
        ("Fog at 12:30", "5 Jun 2025: a day", "LIVE", "12:30", "More", "Second of\u00a0five"),
        ("The same line", "Another line", "the  same LINE"),
        ("x" * 240,),
    ],
)
def test_the_ticker_as_it_changes(texts: tuple[str, ...], templates: Path | None) -> None:
    site = SampleSite("en", templates=templates)
    site.set_ticker(texts)
    want = [normalize_text(text) for text in texts if text not in ("LIVE", "12:30", "More", "the  same LINE")]
    for page in sample_pages(site):
        assert [line.text for line in read_ticker(page, EN)] == want


def test_a_line_of_an_article_that_is_gone_has_no_address() -> None:
    site = SampleSite("en")
    site.set_ticker([SampleLine("A line of an article", "2400183"), SampleLine("A line of nothing", "1")])
    (page, *_) = sample_pages(site)
    assert [line.address is None for line in read_ticker(page, EN)] == [False, True]


# Other layouts

P = "<p>{0}</p><p>{1}</p><p>{2}</p>"
SPANS = "<span>{0}</span><span>{1}</span><span>{2}</span>"
TICKERS = {
    "divs in a class": '<div class="ticker"><span>BREAKING</span><div class="ticker__item">{0}</div>'
    '<div class="ticker__item">{1}</div><div class="ticker__item">{2}</div></div>',
    "paragraphs": f"<section><b>BREAKING</b>{P}</section>",
    "links and texts in a row": "<div><strong>BREAKING</strong> <span>{0}</span> {1} <em>{2}</em></div>",
    "a list": "<div><div>Breaking News:</div><ul><li>{0}</li><li>{1}</li><li>{2}</li></ul></div>",
    "a list that begins with the label": "<ul><li>BREAKING</li><li>{0}</li><li>{1}</li><li>{2}</li></ul>",
    "a definition list": "<dl><dt>BREAKING</dt><dd>{0}</dd><dd>{1}</dd><dd>{2}</dd></dl>",
    "headings": "<div><h5>BREAKING</h5><h4>{0}</h4><h4>{1}</h4><h4>{2}</h4></div>",
    "headings in items": '<div class="tickers"><h5>BREAKING</h5><div><h4>{0}</h4></div>'
    "<div><h4>{1}</h4><h4>{2}</h4></div></div>",
    "a heading and paragraphs": f"<div><h2> breaking </h2>{P}</div>",
    "a linked label": f'<div><a href="/breaking">BREAKING</a>{P}</div>',
    "a head of its own": "<div><div><i>●</i><span>BREAKING</span><span>12:30</span></div>"
    f"<div><div>{SPANS}</div></div></div>",
    "a head with a link for more": f'<div><div><b>BREAKING</b><a href="/all">More</a></div>{P}</div>',
    "more at the end": f'<div><b>BREAKING</b>{P}<a href="/live">LIVE</a> <a href="/b/x">More »</a></div>',
    "hours before the lines": "<ul><li>BREAKING</li><li><time>12:30</time> {0}</li><li><b>11:05</b> {1}</li>"
    "<li><span>5 Jun 2025 10:00</span><span>{2}</span></li></ul>",
    "hours after the lines": "<div><b>BREAKING</b><p>{0} <small>Today 12:30</small></p>"
    "<p>{1} <i>10.15</i></p><p>{2}<i>9:00 AM</i></p></div>",
    "the age of lines": "<ul><li>BREAKING</li><li><i>5 min ago</i> <b>{0}</b></li><li>{1}<i>منذ ٣ دقائق</i></li>"
    "<li><span>Hace 2 h</span> {2}</li></ul>",
    "a line in parts": "<div><b>BREAKING</b><ul><li><b>The mayor</b><span>buys a bell</span></li>"
    '<li><a href="/news/politics/fog"><b>Fog over the isles:</b> <i>ferries leave late</i></a></li>'
    '<li><a href="#">Fair</a><i>opens at noon</i></li></ul></div>',
    "signs between the lines": "<div><b>BREAKING</b><span>{0}</span><i>•</i>{1}<i>•</i><span>{2}</span> |</div>",
    "pictures between the lines": '<div><b>BREAKING</b>{0}<img src="/logo.png">{1}<img src="/logo.png">{2}</div>',
    "lines of broken text": "<div><b>BREAKING</b> {0}<br>{1}<br/>{2}</div>",
    "a marquee": f"<div><b>BREAKING</b><marquee>{SPANS}</marquee></div>",
    "twice, for the animation": f'<div><b>BREAKING</b><div><div>{P}</div><div aria-hidden="true">{P}</div></div></div>',
    "twice, with the label": "<div><div><b>BREAKING</b><p>{0}</p><p>{1}</p></div>"
    "<div><b>BREAKING</b><p>{1}</p><p>{2}</p></div></div>",
    "a label at each line": "<div><div><b>BREAKING</b><span>{0}</span></div><div><b>BREAKING</b> {1}</div>"
    "<div><b>BREAKING</b><p>{2}</p></div></div>",
    "the label as text": "<div>BREAKING: <span>{0}</span> {1} <span>{2}</span></div>",
    "no label, but a class": f'<div class="news-Ticker-box">{P}</div>',
    "no label, but an id": '<div id="ticker"><ul><li>{0}</li><li>{1}</li><li>{2}</li></ul></div>',
    "no label, only items": '<div><div class="ticker__item">{0}</div><div class="ticker__item">{1}</div>'
    '<p class="ticker__item">{2}</p></div>',
    "the label in the line": '<div class="ticker"><p><b>BREAKING</b>: {0}</p><p>BREAKING: {1}</p>'
    "<p>Breaking News | {2}</p></div>",
    "loose in the page": f"<b>BREAKING</b>{P}",
    "scripts between": "<div><b>BREAKING</b><script>var x = 'A line of code in a script';</script><!-- <p>Not a line</p> -->"
    "<template><p>Not a line of the page</p></template><p>{0}</p><style>p {{}}</style><p>{1}</p><p>{2}</p></div>",
    "spans of one paragraph": "<p><strong>BREAKING</strong>\n<span>{0}</span>\n<span>{1}</span>\n<span>{2}</span></p>",
    "parts of a line": '<div><b>BREAKING</b><p>The <b>mayor</b> buys <a href="#x">a bell</a></p><p>{1}</p>'
    "<p><span>Fair</span> opens <i>at</i> noon</p></div>",
}  # fmt: skip


@pytest.mark.parametrize("place", ["before", "after", "within", "after a menu"])
@pytest.mark.parametrize("layout", TICKERS)
def test_layouts_of_the_ticker(layout: str, place: str) -> None:
    box = TICKERS[layout].format(BELL, FOG_LINK, FAIR)
    drawn = {
        "before": f"{box}<main>{PAGE}</main>",
        "after": f"{MENU}<main>{PAGE}</main>{box}<footer><p>All Rights Reserved by someone</p></footer>",
        "within": f'<div><div><a href="/">Home of it all</a>{MENU}</div>{box}<main>{PAGE}</main></div>',
        "after a menu": f"<header>{MENU}{box}</header><main>{PAGE}</main>",
    }
    assert ticker(drawn[place]) == LINES


@pytest.mark.parametrize(
    ("code", "label"), [("ar", "عاجل"), ("ar", "عاجل:"), ("es", "ÚLTIMA HORA"), ("es", "Urgente"), ("es", "última hora |")]
)
def test_labels_of_the_other_editions(code: str, label: str) -> None:
    lines = f'<p>{BELL}</p><p><a href="/v/فيديو-١">{FAIR} &amp; more</a></p>'
    body = f"<div><span>{label}</span><div>{lines}</div></div><main>{PAGE}</main>"
    host = load(code).home.rstrip("/")
    assert ticker(body, code) == [(BELL, None), (f"{FAIR} & more", canonical(f"{host}/v/فيديو-١"))]


@pytest.mark.parametrize(
    ("href", "path"),
    [
        ("/news/politics/fog", "/news/politics/fog"),
        (f"{SITE}/news/politics/fog?utm_source=ticker#top", "/news/politics/fog"),
        ("https://next-en.almayadeen.net/news/politics/fog/", "/news/politics/fog"),
        ("http://127.0.0.1:8080/news/politics/fog", "/news/politics/fog"),
        ("fog", "/news/politics/fog"),
        ("/", None),
        ("/live", None),
        ("/news/politics", None),
        ("#", None),
        ("javascript:void(0)", None),
        ("https://[broken/x/y", None),
        ("https://example.org/news/politics/fog", None),
        ("https://www.almayadeen.net/news/politics/fog", None),
    ],
)
def test_addresses_of_lines(href: str, path: str | None) -> None:
    body = f'<div><b>BREAKING</b><p><a href="{href}">{FOG}</a></p><p>{BELL}</p></div>'
    want = SITE + path if path else None
    assert ticker(body.replace("</div>", "</div><main></main>"), origin="http://127.0.0.1:8080") == [(FOG, want), (BELL, None)]


def test_a_repeated_line_takes_the_address_that_one_of_them_has() -> None:
    assert ticker(f"<div><b>BREAKING</b><p>{FOG}</p><p>{BELL}</p><p>{FOG_LINK}</p></div>") == [LINES[1], LINES[0]]


CARD = '<h3><a href="/news/politics/fog">Fog over the isles of the north</a></h3>'


@pytest.mark.parametrize(
    "body",
    [
        "",
        PAGE,
        '<div class="ticker"></div>',
        '<div class="ticker"><span>BREAKING</span></div>',
        '<div class="ticker"><span>BREAKING</span><a href="/live">LIVE</a></div>',
        "<div><h1>BREAKING</h1><p>A page that is called so.</p><p>And what it says of it.</p></div>",
        "<main><p><b>BREAKING</b> is a word of this sentence.</p><p>Another sentence follows it.</p></main>",
        f"<main><h1>Politics</h1><div><span>BREAKING</span>{CARD}</div><div>{CARD}</div></main>",
        f"<main><div><span>BREAKING</span>{CARD}<p>An excerpt of the story of the fog.</p></div></main>",
        '<main><div><span>BREAKING</span><a href="/n/p/x">Fog over the isles</a><span>9 Sep 2025</span></div></main>',
        '<main><a href="/n/p/x"><img src="/x.png" alt=""><span>BREAKING</span><h4>Fog over the isles</h4></a></main>',
        f"<main><article><span>BREAKING</span>{PAGE}</article></main>",
        f"<div><span>BREAKING</span><p>{'A long text that nobody would put into a ticker. ' * 6}</p><p>{BELL}</p></div>",
        '<nav><a href="/b">Breaking News</a><a href="/n/w">The weather of today</a></nav>',
        '<ul><li><a href="/b">Breaking News</a></li><li><a href="/news">News</a></li><li><a href="/n/p">Politics</a></li>'
        '<li><a href="/n/w">The weather of today</a></li></ul>',
        '<ul><li><a href="/t/b">Breaking News</a></li><li><a href="/t/c">Isles</a></li></ul>',
        '<ul><li><a href="/t/a">Fog</a></li><li><a href="/t/b">Breaking News</a></li><li><a href="/t/c">Isles</a></li></ul>',
        f'<div><span>BREAKING</span></div><div><h2>Most Read</h2><p><a href="/n/p/x">{BELL}</a></p></div>',
        '<body class="with-ticker"><p>A page of one sentence.</p></body>',
    ],
)  # fmt: skip
def test_pages_without_a_ticker(body: str) -> None:
    assert ticker(body) == []


def test_a_card_marked_as_breaking_does_not_stand_for_the_ticker() -> None:
    card = f"<main><div><span>BREAKING</span><p>{FAIR}</p><p>Another line of it</p></div></main>"
    box = TICKERS["divs in a class"].format(BELL, FOG_LINK, FAIR)
    assert ticker(card + box) == LINES


@pytest.mark.parametrize("name", names("lists"))
def test_tickers_of_the_saved_lists(name: str) -> None:
    text = page_text("lists", name)
    want = re.findall(r"(A heron has landed[^<]*|A long line of the ticker[^<]*)", text)
    assert [line.text for line in read_ticker(Page(f"{SITE}/news/politics", text), EN)] == want


# Most Read

READ = [
    ("news/health/soup", "Soup is good for you, says the cook"),
    ("articles/blog/1/bench", "A bench that faces the wrong way"),
]
(SOUP, BENCH) = (f'<a href="/{address}">{title}</a>' for address, title in READ)
OTHER = '<a href="/news/x/other">Another story of another box</a>'

TWO = "<p>{0}</p><p>{1}</p>"
BOXES = {
    "headings": "<div><h2>Most Read</h2><h3>{0}</h3><h3>{1}</h3></div>",
    "divs": "<div><div>Most Read</div><div>{0}</div><div>{1}</div></div>",
    "strong": f"<div><p><strong>MOST READ:</strong></p>{TWO}</div>",
    "strong and links": "<div><strong>Most Read</strong>{0} {1}</div>",
    "an aside": "<aside><strong>Most Read</strong><ol><li>{0}</li><li>{1}</li></ol></aside>",
    "a complementary part": '<div role="complementary"><header><h4>Most Read</h4></header>'
    "<section><ul><li>{0}</li><li>{1}</li></ul></section></div>",
    "a table": "<table><tr><th>Most Read</th></tr><tr><td>{0}</td></tr><tr><td>{1}</td></tr></table>",
    "a head with more": '<div><div><span>Most Read</span> <a href="/list/most">More</a></div><div>{0}{1}</div></div>',
    "tabs": f"<div><ul><li>Most Read</li><li>Latest</li></ul><div>{TWO}</div></div>",
    "a sign before the label": f"<section><i>★</i><h2>Most Read</h2>{TWO}</section>",
    "the label as text": "<section>Most Read <div>{0}</div><div>{1}</div></section>",
    "categories and dates": '<div><h2>Most Read</h2><div><h3>{0}</h3><a href="/news/health">Health</a>'
    '<span>9 Sep 2025</span></div><div><h3>{1}</h3><a href="/articles/blog">The Blog</a><span>Today</span></div></div>',
    "excerpts": "<div><h2>Most Read</h2><div>{0}<p>An excerpt of this story, a sentence that goes on and on.</p></div>"
    "<div>{1}</div></div>",
    "numbers": "<div><h2>Most Read</h2><ol><li><b>1</b> {0}</li><li><b>2</b> {1}</li></ol></div>",
    "pictures": '<div><h2>Most Read</h2><div><a href="/news/health/soup"><img src="/1.png" alt="A pot"></a>{0}</div>'
    "<div>{1}</div></div>",
    "loose in a column": f"<div><p>A sentence of something else that stands before it.</p><h3>Most Read</h3>{TWO}</div>",
    "categories that are lists": '<div><h2>Most Read</h2><div><h3>{0}</h3><ul><li><a href="/news/politics">Politics</a></li>'
    '</ul></div><div><h3>{1}</h3><ul><li><a href="/regions/us-canada">US &amp; Canada</a></li></ul></div></div>',
    "a panel of tabs": f'<div><ul><li><a href="#new">Latest</a></li><li><a href="#popular">Most Read</a></li></ul>'
    f'<div id="new"><p>{OTHER}</p></div><div id="popular">{TWO}</div></div>',
    "rows before other rows": "<table><tr><td><b>Most Read</b></td></tr><tr><td>{0}</td></tr><tr><td>{1}</td></tr>"
    f"<tr><td><b>Latest</b></td></tr><tr><td>{OTHER}</td></tr></table>",
    "twice": f"<div><h2>Most Read</h2>{TWO}<p>{{0}}</p></div><div><h2>Most Read</h2><p>{{1}}</p><p>{{0}}</p></div>",
}  # fmt: skip
BEFORE = f"<div><h2>Read Next</h2><p>{OTHER}</p></div><div><b>Coverage</b>{OTHER}</div>"
AFTER = f"<div><strong>Coverage</strong>{OTHER}</div><div><h2>Read Next</h2><p>{OTHER}</p></div>"
SURROUNDINGS = {
    "alone": "<main>{}</main>",
    "after other boxes": f"<main>{PAGE}{BEFORE}{{}}</main>",
    "before other boxes": f"<main>{PAGE}</main>{{}}{AFTER}",
    "among cards": f"<main><h1>Politics</h1><div><h3>{OTHER}</h3></div><div>{{}}</div><div><h3>{OTHER}</h3></div></main>",
}


@pytest.mark.parametrize("place", SURROUNDINGS)
@pytest.mark.parametrize("layout", BOXES)
def test_layouts_of_most_read(layout: str, place: str) -> None:
    assert most_read(SURROUNDINGS[place].replace("{}", BOXES[layout].format(SOUP, BENCH))) == READ


@pytest.mark.parametrize(
    "after",
    [
        f"<h2>Read Next</h2><p>{OTHER}</p>",
        f"<strong>COVERAGE</strong><p>{OTHER}</p>",
        f"<h2>Our Pick</h2><p>{OTHER}</p>",
        f"<h3>Our Pick</h3><p>{OTHER}</p>",
        f"<div><h3>Our Pick</h3><p>{OTHER}</p></div>",
        f"<b>Our Pick</b>{OTHER}",
        f"<main><h1>A page</h1><p>{OTHER}</p></main>",
        f"<nav>{OTHER}</nav>",
    ],
)
def test_a_box_is_over_where_another_begins(after: str) -> None:
    assert most_read(f"<div><h3>Most Read</h3><p>{SOUP}</p><p>{BENCH}</p>{after}</div>") == READ


@pytest.mark.parametrize(
    ("code", "label"),
    [("ar", "الأكثر قراءة"), ("es", "Más leídas"), ("es", "LO MÁS LEÍDO"), ("es", "Most Read"), ("ar", "Most Read")],
)
def test_most_read_in_other_editions(code: str, label: str) -> None:
    assert most_read(f"<div><h2>{label}</h2><p>{SOUP}</p><p>{BENCH}</p></div>", code) == READ


@pytest.mark.parametrize(
    "item",
    [
        '<a href="/news/health/soup"><h3>{}</h3><p>Health</p></a>',
        '<a href="/news/health/soup"><div>Health</div><div>{}</div><div>9 Sep 2025</div></a>',
        '<a href="/news/health/soup"><span>1</span> {}</a>',
        '<a href="/news/health/soup">{} <small>9 Sep 2025</small></a>',
        '<a href="/news/health/soup"><img src="/x.png" alt="{}"></a>',
        '<a href="/news/health/soup" aria-label="{}"></a>',
        '<a href="/news/health/soup"><img src="/x.png" alt="A pot"></a><h3>{}</h3>',
        '<a href="/news/health/soup"><img src="/x.png" alt="A pot"></a><a href="/news/health/soup#comments">{}</a>',
        '<a href="/news/health/soup"><i>{}</i></a><a href="https://example.org/x/y">A stranger of the house</a>',
        '<a href="/news/health/soup">{}</a><a href="/live">LIVE and direct</a><a href="/news/health">Health stories</a>',
    ],
)
def test_titles_of_most_read(item: str) -> None:
    drawn = f"<div><h2>Most Read</h2><div>{item.format(READ[0][1])}</div><div>{BENCH}</div></div>"
    assert most_read(drawn) == READ


@pytest.mark.parametrize(
    "body",
    [
        "",
        PAGE,
        "<div><h2>Most Read</h2></div>",
        '<div><h2>Most Read</h2><a href="/live">LIVE</a><p>Nothing was read.</p></div>',
        f"<div><h2>Read Next</h2><p>{OTHER}</p></div>",
        f'<nav><a href="/most-read">Most Read</a>{OTHER}</nav>',
        '<ul><li><a href="/m">Most Read</a></li><li><a href="/n/p">Politics</a></li><li><a href="/n/s">Sports</a></li>'
        '<li><a href="/n/w">Weather</a></li></ul>',
        f"<h1>Most Read</h1><p>{OTHER}</p>",
        f"<p>It was the <b>most read</b> of all: {OTHER}, a story that many people read with much joy.</p>",
    ],
)  # fmt: skip
def test_pages_without_most_read(body: str) -> None:
    assert most_read(f"<main>{body}</main>") == []


# Junk

PIECES = st.sampled_from(
    ["<div>", "</div>", "<b>BREAKING</b>", "BREAKING:", "<p>", "</p>", "<br>", "<h2>Most Read</h2>", "MOST READ", "<li>",
     "<ul>", '<a href="/news/x/y">', '<a href="https://[x">', "</a>", "A line of words", "12:30", "<h3>", "<table>", "<td>",
     '<div class="ticker">', "<base href='http://[x'>", "<nav>", "<!--", "<script>", "</body>", "<img alt='A picture'>",
     "\u200f", "\x00", "&nbsp;"]
)  # fmt: skip


@patient
@given(st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join)))
def test_any_text_is_read_without_a_failure(text: str) -> None:
    for line in read_ticker(Page(HERE, text), EN):
        assert line.text == normalize_text(line.text) != ""
    for card in read_most_read(Page(HERE, text), EN):
        assert card.title
        assert card.address.startswith(SITE)


def test_pages_of_labels_in_labels_are_read_too() -> None:
    text = "<div><b>BREAKING</b>" * 60 + "<p>A line"
    assert isinstance(read_ticker(Page(HERE, text), EN), tuple)
    assert read_most_read(Page(HERE, text.replace("BREAKING", "Most Read")), EN) == ()


@pytest.mark.parametrize("reader", [read_ticker, read_most_read])
@pytest.mark.parametrize("text", ["<div>" * 1000 + "BREAKING", "<div class=ticker>" + "<i>" * 2000 + "A"])
def test_pages_nested_too_deep_are_refused_with_a_name(reader: Callable[[Page, Edition], object], text: str) -> None:
    with pytest.raises(TooDeepError, match=f"^{HERE}: "):
        reader(Page(HERE, text), EN)

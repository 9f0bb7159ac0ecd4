"""What is known to hurt readers, tried in every place where a page can hold it: nothing of it comes through."""

import json
from html import escape, unescape
from xml.etree.ElementTree import Element

import html5lib
import pytest

from feedgen_mayadeen.clean import clean
from feedgen_mayadeen.errors import ReadError
from feedgen_mayadeen.models import Page
from feedgen_mayadeen.text import normalize_text
from tests.saved import EN
from tests.xss import ADDRESSES, ELEMENTS, VECTORS, harms
from tests.xss.pages import ADDRESS, HEADS, PICTURE, SENTENCE, TITLE, metadata, metadata_block, page_of
from tests.xss.published import RENDERERS, Renderer, article_of, assert_harmless, feed_of

EACH_VECTOR = pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
EACH_ADDRESS = pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES)


def from_the_wire(text: str) -> str:
    """A text as it is after it was bytes of a page: without halves of characters."""
    return text.encode("utf-8", "replace").decode()


def test_there_are_many_attacks_and_the_judge_knows_them() -> None:
    """The others are harmful only where a text is taken for HTML, or when an element around them has gone."""
    assert len(set(VECTORS.values())) == len(VECTORS)
    assert sum(bool(harms(from_the_wire(vector))) for vector in VECTORS.values()) >= 350
    assert len(ADDRESSES) >= 50


@EACH_VECTOR
def test_a_cleaned_attack_is_harmless(vector: str) -> None:
    """Alone, and between paragraphs: what follows an attack may vanish with it, as it does in a browser; nothing before it."""
    alone, between = clean(vector), clean(f"<p>before</p>{vector}<p>after</p>")
    assert harms(alone) == []
    assert harms(between) == []
    assert between.startswith("<p>before</p>")
    assert (clean(alone), clean(between)) == (alone, between)


@EACH_VECTOR
def test_an_attack_in_every_place_of_a_page_is_harmless(vector: str) -> None:
    """What a page tells for machines is text: it comes through whole, and stays text."""
    vector = from_the_wire(vector)
    html = page_of(HEADS["metadata block"](vector, ADDRESS, PICTURE), escape(vector), vector)
    article = article_of(Page(ADDRESS, html), EN)
    texts = (article.title, article.lead, article.author and article.author.label, article.category and article.category.label)
    # Metadata blocks hold text that was made for HTML: its references are decoded, once.
    assert texts == (normalize_text(unescape(vector)),) * 4
    assert_harmless(article, EN)


@EACH_VECTOR
def test_an_attack_as_markup_around_the_text_is_harmless(vector: str) -> None:
    """A page that can't be read any more is no article; one that can is harmless."""
    vector = from_the_wire(vector)
    try:
        article = article_of(Page(ADDRESS, page_of("", f"{TITLE}{vector}", vector)), EN)
    except ReadError:
        return
    assert_harmless(article, EN)


@pytest.mark.parametrize("source", ["JSON-LD", "Open Graph"])
def test_attacks_in_other_metadata_stay_text(source: str) -> None:
    """Every seventh of them: these sources hand on the same fields as the metadata block."""
    for vector in list(VECTORS.values())[::7]:
        text = from_the_wire(vector).replace("\0", "")
        article = article_of(Page(ADDRESS, page_of(HEADS[source](text, ADDRESS, PICTURE), escape(text), "")), EN)
        said = normalize_text(unescape(text) if source == "JSON-LD" else text)
        assert (article.title, article.lead) == (said, said)
        assert_harmless(article, EN)


@pytest.mark.parametrize("vector", [vector for vector in VECTORS.values() if "</script" in vector.lower() or "<!--" in vector])
def test_an_attack_that_breaks_the_metadata_open_is_harmless(vector: str) -> None:
    """A page that does not write `<` by its number: the block may end in the middle."""
    told = json.dumps(metadata(TITLE, ADDRESS, PICTURE) | {"description": from_the_wire(vector)}, ensure_ascii=False)
    block = f'<script id="tawsiyat-metadata" type="text/tawsiyat">{told}</script>'
    try:
        article = article_of(Page(ADDRESS, page_of(block, TITLE, "")), EN)
    except ReadError:
        return
    assert_harmless(article, EN)


@pytest.mark.parametrize("element", ["blockquote", "div", "b", "ul"])
def test_a_page_of_any_depth_is_harmless(element: str) -> None:
    """Elements in each other, as deep as the parser of pages lets through and deeper."""
    for depth in (200, 250):
        body = f"<{element}>\n" * depth + "a" + f"</{element}>\n" * depth
        try:
            article = article_of(Page(ADDRESS, page_of(HEADS["metadata block"](TITLE, ADDRESS, PICTURE), TITLE, body)), EN)
        except ReadError:
            continue
        assert_harmless(article, EN)


# Addresses

BODY_OF_ADDRESSES = """
<p>{sentence}<a href="{at}">a</a><a href='{at}' title="{at}">b</a></p><p><img src="{at}" alt="{at}"></p>
<p><img data-src="{at}" src="data:,"></p><p><img srcset="{at} 2x"></p><iframe src="{at}"></iframe><video src="{at}"></video>
<video><source src="{at}" type="video/mp4"></video><audio src="{at}"></audio>
<audio><source src="{at}" type="audio/mpeg"></audio><embed src="{at}"><object data="{at}"></object>
<p>Read more: <a href="{at}">Another clock</a></p><figure><img src="{at}"><figcaption>a</figcaption></figure>"""


@EACH_ADDRESS
def test_an_address_in_every_place_of_a_page_is_harmless(address: str) -> None:
    address = from_the_wire(address)
    body = BODY_OF_ADDRESSES.format(sentence=SENTENCE, at=escape(address))
    for head in HEADS.values():
        article = article_of(Page(ADDRESS, page_of(head(TITLE, address, address), TITLE, body, address, address)), EN)
        assert article.title == TITLE
        assert_harmless(article, EN)


@EACH_ADDRESS
def test_a_base_of_another_place_is_harmless(address: str) -> None:
    head = f'<base href="{escape(from_the_wire(address))}">' + HEADS["metadata block"](TITLE, "x/y", "x.png")
    body = '<p><a href="x">a</a><img src="x.png"></p><audio src="x.mp3"></audio>'
    assert_harmless(article_of(Page(ADDRESS, page_of(head, TITLE, body, "x/y", "x.png")), EN), EN)


def test_halves_of_characters_in_metadata_are_harmless() -> None:
    """JSON can write them by their numbers, and no feed can hold them."""
    told = metadata("a \ud800 b\udfff", "https://english.almayadeen.net/x/\ud800", "https://a.example/\udfff.png")
    article = article_of(Page(ADDRESS, page_of(metadata_block(json.dumps(told)), TITLE, "")), EN)
    assert article.title == "a b"
    assert_harmless(article, EN)


# What is to come through whole

ORDINARY = """<p>One <em>two</em> <strong>three <i>four</i></strong> <b>five</b> <u>six</u> <s>seven</s> H<sub>2</sub>O and
x<sup>2</sup>, <del>old</del><ins>new</ins>, <small>small</small> <mark>marked</mark> <code>x = 1</code> and an
<abbr title="United Clock Makers">UCM</abbr>; <q>so</q> says <cite>The Bell</cite>.<br/>A new line &amp; a &lt; b &gt; c.</p>
<h2>A heading</h2><p>مرحبا بكم في القرية 🚋</p><h3>A smaller <em>one</em></h3><h4>The smallest</h4>
<ul><li>one<ul><li>one and a half<ol start="3"><li>three</li><li>four</li></ol></li></ul></li><li>two</li></ul>
<ol><li><p>a</p><p>b</p></li></ol>
<blockquote><p>Quoted <a href="https://a.example/one?b=c&amp;d=e" title="One">words</a>.</p>
<blockquote><p>deeper</p></blockquote><cite>Somebody</cite></blockquote>
<table><caption>Hours</caption><thead><tr><th colspan="2">Clock</th><th rowspan="2">Late by</th></tr></thead>
<tbody><tr><td></td><td>North</td><td>7</td></tr><tr><td colspan="3">none</td></tr></tbody>
<tfoot><tr><td>Sum</td><td></td><td>7</td></tr></tfoot></table>
<figure><img src="https://media.almayadeen.net/two.png?v=3&amp;width=1000" alt="Two clocks"/><figcaption>Two <b>clocks</b>
at noon</figcaption></figure><hr/>
<p><img src="https://media.almayadeen.net/three.png" alt=""/> beside it</p>
<dl><dt>Clock</dt><dd>tells the time</dd><dd>strikes</dd></dl>
<pre>first
    second   <code>third</code></pre>
<p><a href="https://english.almayadeen.net/news/politics/another"><strong>Linked</strong> <img
src="https://media.almayadeen.net/four.png" alt="Four"/></a></p>"""


def outline(html: str) -> list[object]:
    """The tree of a piece of HTML in its order: elements with depth and attributes, texts with white space folded.

    White space between blocks is no text; that of preformatted text is kept.
    """

    def walk(element: Element, depth: int) -> list[object]:
        lines: list[object] = [(depth, element.tag, dict(element.attrib))]
        lines.append(element.text if element.tag == "pre" else normalize_text(element.text))
        for child in element:
            lines += [*walk(child, depth + 1), normalize_text(child.tail)]
        return [line for line in lines if line]

    return walk(html5lib.parseFragment(html, container="div", namespaceHTMLElements=False), 0)


def test_ordinary_markup_comes_through_whole() -> None:
    assert {name for name in ELEMENTS if f"<{name}" not in ORDINARY} == {"h5", "h6"}
    assert outline(clean(ORDINARY)) == outline(ORDINARY)
    assert harms(clean(ORDINARY)) == []
    assert clean(clean(ORDINARY)) == clean(ORDINARY)


@pytest.mark.parametrize("renderer", [renderer for renderer in RENDERERS if renderer.name != "page"], ids=lambda one: one.name)
def test_an_ordinary_article_is_published_whole(renderer: Renderer) -> None:
    head = HEADS["metadata block"](TITLE, ADDRESS, PICTURE)
    feed = feed_of(article_of(Page(ADDRESS, page_of(head, TITLE, ORDINARY)), EN), EN)
    (html,) = renderer.read(renderer.write(feed), feed)
    figure = f'<figure><img src="{PICTURE}" alt="{TITLE}"/><figcaption>{TITLE}</figcaption></figure>'
    assert outline(html) == outline(f"{figure}<p>{SENTENCE}</p>{ORDINARY}<p>{SENTENCE}</p>")


# The judge


@pytest.mark.parametrize(
    "html",
    [
        "<script>x()</script>", "<p onclick=x()>a</p>", "<p style=x>a</p>", "<a href='javascript:x()'>a</a>", "<a>a</a>",
        "<a href='//a.example'>a</a>", "<a href='ht\ntps://a.example'>a</a>", "<img>", "<img src='data:,'>", "<svg></svg>",
        "<p>a<!-- b --></p>", "a</div>b", "</div><hr>", "<body class=x>", "<p>a<p>b</p></p>", "<math><mi>a</mi></math>",
        "<iframe></iframe>", "<td>a</td>", "<p", "<plaintext>", "<style>p{}</style>", "<title>a</title>",
        "<meta charset=utf-7>",
        "a\x01b", "<div dir=rtl>a</div>", "<a href='https://'>a</a>", "<a href='https:a.example'>a</a>",
    ],
)  # fmt: skip
def test_the_judge_knows_what_is_harmful(html: str) -> None:
    assert harms(html)

"""What stands on an article's page and is not the article: in other tags, in Arabic, twice, and absent."""

import pytest

from feedgen_mayadeen.clean import clean
from feedgen_mayadeen.models import Article
from tests.saved import article_of

SITE = "https://english.almayadeen.net"
TITLE = "The ferry bell is polished for the summer"
PARAGRAPHS = tuple(
    f"<p>Paragraph {number} tells at some length how the bell of the ferry was polished, and by whom it was done.</p>"
    for number in range(3)
)
ARABIC = "<p>هذه فقرة طويلة بما يكفي لتكون من نص المقال، وفيها حديث عن جرس العبّارة وعن الذين لمّعوه في الصباح.</p>"
CARD = (
    '<div class="x"><a href="/news/politics/another-bell"><img src="/other.png" alt=""></a>'
    '<h3><a href="/news/politics/another-bell">Another bell was found below the old market</a></h3><p>2 Jan 2026</p></div>'
)
FOREIGN = {
    "nothing": "",
    "a card": CARD,
    "two cards": CARD + CARD.replace("another-bell", "third-bell").replace("Another", "A third"),
    "a card in a list": f"<ul><li>{CARD}</li></ul>",
    "hidden by the attribute": "<p hidden>This stands here for nobody, and is as long as a paragraph would be.</p>",
    "hidden by style": '<div style="display:none"><p>This stands here for nobody, as long as a paragraph.</p></div>',
    "share links": '<p><a href="https://x.com/intent?url=x">X</a> <a href="https://www.facebook.com/sharer?u=x">Facebook</a></p>',
    "an advertisement": "<div><span>Advertisement</span></div>",
    "an advertisement in Arabic": "<div><p>إعلان</p></div>",
    "a print button": '<a href="/print/1">Print</a>',
    "a form": "<div><h4>Our letter</h4><form><input><button>Send</button></form></div>",
}


def page(text: str, before: str = "") -> str:
    head = f"<head><title>{TITLE} | Al Mayadeen English</title></head>"
    facts = '<p>By Ada Sample</p><p>Source: Agencies</p><time datetime="2026-05-06T07:08:00+03:00">6 May 2026</time>'
    return f"<html>{head}<body><main><article><h1>{TITLE}</h1>{facts}{before}<div>{text}</div></article></main></body></html>"


def lines(article: Article) -> list[str]:
    return clean(article.body).splitlines()


@pytest.mark.parametrize("foreign", FOREIGN.values(), ids=FOREIGN.keys())
def test_what_is_foreign_is_not_the_text(foreign: str) -> None:
    article = article_of(page(PARAGRAPHS[0] + PARAGRAPHS[1] + foreign + PARAGRAPHS[2] + ARABIC))
    assert lines(article) == [*PARAGRAPHS, ARABIC]
    assert article.title == TITLE
    assert article.author is not None
    assert (article.author.label, article.source) == ("Ada Sample", "Agencies")
    assert article.published is not None
    assert article.published.isoformat() == "2026-05-06T07:08:00+03:00"


@pytest.mark.parametrize(
    "written",
    [
        '<figure><img src="/bell.png"><figcaption>The bell (AP)</figcaption></figure>',
        '<table><tr><td><img src="/bell.png"></td></tr><tr><td>The bell (AP)</td></tr></table>',
        '<div><img src="/bell.png"><p class="wp-caption-text">The bell (AP)</p></div>',
        '<picture><source srcset="/bell.png 640w"><img src="data:image/gif;base64,R0"></picture><small>The bell (AP)</small>',
    ],
    ids=["figure", "table", "class", "small"],
)
def test_the_caption_is_none_of_the_text(written: str) -> None:
    article = article_of(page("".join(PARAGRAPHS), f"<div>{written}</div>"))
    assert article.picture is not None
    assert (article.picture.address, article.picture.caption) == (f"{SITE}/bell.png", "The bell (AP)")
    assert "The bell" not in article.body
    assert lines(article) == list(PARAGRAPHS)


@pytest.mark.parametrize("name", ["h2", "h4", "p"])
def test_a_text_of_updates_keeps_each_hour_with_what_was_said(name: str) -> None:
    updates = [f"<{name}>1{number}:30 GMT</{name}>{text}" for number, text in enumerate(PARAGRAPHS)]
    article = article_of(page("".join(updates)))
    assert clean(article.body).replace("\n", "") == "".join(updates)

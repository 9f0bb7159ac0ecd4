"""An article's text whatever HTML it is written in: every word once and in order, none grown together, runs kept whole."""

from html import escape

from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from feedgen_mayadeen.clean import clean
from tests.saved import article_of, patient
from tests.site.test_article import BLOCK, page_of

_INLINE = ("b", "i", "em", "strong", "span", "u", "mark", "font")
_BLOCK = ("p", "div", "section", "article", "blockquote", "li", "td")
_LEAVES = ("p", "li", "td", "blockquote")
_WORDS = st.lists(st.text("abcdefgmnostu", min_size=2, max_size=8), min_size=1, max_size=5)
LEAD_IN = (
    "<p>The first paragraph is long enough to be taken for the text of an article by any reader on any day of the week.</p>"
)


@st.composite
def runs(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A run of words and inline elements, and its words."""
    html, said = "", []
    for group in draw(st.lists(_WORDS, min_size=1, max_size=4)):
        text = escape(" ".join(group))
        name = draw(st.sampled_from(("", *_INLINE)))
        html += f" <{name}>{text}</{name}>" if name else f" {text}"
        said += group
    return html, said


@st.composite
def bodies(draw: st.DrawFn) -> tuple[str, list[list[str]]]:
    """Blocks of runs, some of them bare or parted by two line breaks, and the words of each run."""
    html, said = "", []
    for run, group in draw(st.lists(runs(), min_size=1, max_size=5)):
        name = draw(st.sampled_from(("bare", "breaks", *_BLOCK)))
        if name in ("li", "td"):
            run = f"<ul><li>{run}</li></ul>" if name == "li" else f"<table><tr><td>{run}</td></tr></table>"
        elif name == "breaks":
            run = f"<br><br>{run}<br><br>"
        else:
            run = f"<hr>{run}<hr>" if name == "bare" else f"<{name}>{run}</{name}>"
        html += run
        said.append(group)
    return html, said


@patient
@given(bodies())
def test_every_word_comes_out_once_in_order_and_a_run_stays_in_one_block(body: tuple[str, list[list[str]]]) -> None:
    html, said = body
    read = article_of(page_of(BLOCK, body=f'<h1>{BLOCK["title"]}</h1><div class="p-content">{LEAD_IN}{html}</div>')).body
    tree = lxml_html.fragment_fromstring(clean(read), create_parent="div")
    blocks = [block for block in tree.iter(*_LEAVES) if not list(block.iter(*_LEAVES))[1:]]
    found = [block.text_content().split() for block in blocks][1:]
    assert [word for block in found for word in block] == [word for run in said for word in run]
    assert all(any(_holds(block, run) for block in found) for run in said)


def _holds(block: list[str], run: list[str]) -> bool:
    return any(block[place : place + len(run)] == run for place in range(len(block)))

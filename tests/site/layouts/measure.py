"""How surely a site's lists and articles are read: every page against what it was drawn from.

`python -m tests.site.layouts.measure` prints a table; `--layout NAME --metadata none --edition ar --failures` tells what was
read otherwise, page by page.
"""

import re
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from html import unescape
from typing import Any, ParamSpec, TypeVar
from urllib.parse import unquote, urlsplit

from lxml import html as lxml_html

from feedgen_mayadeen.clean import clean
from feedgen_mayadeen.errors import FeedgenError
from feedgen_mayadeen.models import Article, Card, ListPage, Page, TickerLine
from feedgen_mayadeen.sample import SampleArticle, SampleSite
from feedgen_mayadeen.sample.body import Block, blocks
from feedgen_mayadeen.sample.metadata import MetadataStyle
from feedgen_mayadeen.site.article import read_article
from feedgen_mayadeen.site.boilerplate import Boilerplate, learn
from feedgen_mayadeen.site.edition import Edition, load
from feedgen_mayadeen.site.lists import read_list
from feedgen_mayadeen.site.marks import Kind, observe
from feedgen_mayadeen.site.menu import read_menu
from feedgen_mayadeen.site.most_read import read_most_read
from feedgen_mayadeen.site.ticker import read_ticker
from feedgen_mayadeen.text import normalize_text
from feedgen_mayadeen.urls import canonical
from tests.site.layouts.site import LAYOUTS, LayoutSite

EDITIONS = ("en", "ar")
METADATA: tuple[MetadataStyle, ...] = ("tawsiyat", "json-ld", "none")
HOME = ("menu", "ticker", "most read")
FIELDS = ("title", "lead", "body", "picture", "caption", "author", "source", "published", "tags")
_LISTS = ("ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "td", "th")
_BOXES = ("blockquote", "figure", "figcaption", "pre", "div", "section", "details", "summary")
_BLOCKS = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", *_LISTS, *_BOXES))
_HOUR = re.compile(r"\d{1,2}:\d{2}")
_SIZE = re.compile(r"-\d+x\d+$")

_P = ParamSpec("_P")
_T = TypeVar("_T")
_Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of a site by path: the home page, all list pages that are measured, and the pages of articles."""

    home: Page
    lists: Mapping[str, Page]
    articles: Mapping[str, Page]


@dataclass(frozen=True, slots=True)
class Failure:
    """A list or a field of an article that was read otherwise than it was drawn."""

    path: str
    field: str
    wanted: object
    got: object


@dataclass(slots=True)
class Score:
    """How many lists and fields were read rightly."""

    right: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)

    def take(self, path: str, name: str, wanted: object, got: object) -> None:
        """Count one comparison."""
        self.total[name] += 1
        if wanted == got:
            self.right[name] += 1
        else:
            self.failures.append(Failure(path, name, wanted, got))

    def add(self, other: "Score") -> None:
        """Count another score's comparisons too."""
        self.right += other.right
        self.total += other.total
        self.failures += other.failures

    def share(self, names: Iterable[str]) -> float:
        """How much of some fields, or of the lists, was read rightly, from 0 to 1."""
        names = tuple(names)
        total = sum(self.total[name] for name in names)
        return sum(self.right[name] for name in names) / total if total else 1.0


@dataclass(frozen=True, slots=True)
class Readings:
    """What the program reads on a site's pages: the home page's lists, lines and Most Read, cards and articles by path."""

    menu: tuple[ListPage, ...]
    ticker: tuple[TickerLine, ...]
    most_read: tuple[Card, ...]
    lists: Mapping[str, tuple[Card, ...] | FeedgenError]
    articles: Mapping[str, Article | FeedgenError]


def read_all(pages: Pages, code: str) -> Readings:
    """Read all pages of a site. The one place where the program's readers are called."""
    edition, others = load(code), frozenset(page.address for page in pages.lists.values())
    kinds: tuple[tuple[Kind, Mapping[str, Page]], ...] = (("list", pages.lists), ("article", pages.articles))
    learned = learn(observe(page, edition, kind) for kind, some in kinds for page in some.values())
    return Readings(
        read_menu(pages.home, edition),
        read_ticker(pages.home, edition),
        read_most_read(pages.home, edition),
        {path: _tried(read_list, page, edition, others, learned) for path, page in pages.lists.items()},
        {path: _tried(_article_of, page, edition, learned) for path, page in pages.articles.items()},
    )


def _article_of(page: Page, edition: Edition, learned: Boilerplate) -> Article:
    article = read_article(page, edition, learned).article
    return replace(article, body=clean(article.body))


def _tried(read: Callable[_P, _T], *arguments: _P.args, **named: _P.kwargs) -> _T | FeedgenError:
    try:
        return read(*arguments, **named)
    except FeedgenError as error:
        return error


def fetch_all(site: SampleSite, most_lists: int | None = None, most_articles: int | None = None) -> Pages:
    """Draw the pages of a site, or so many: of the lists two thirds are the menu's first, all else is from all over."""
    paths = [path for path, (_, members) in site.lists().items() if members]
    first = len(paths) if most_lists is None else most_lists * 2 // 3
    further = _spread(paths[first:], None if most_lists is None else most_lists - first)
    articles = _spread([article.path for article in site.articles], most_articles)
    lists = {path: _page(site, path) for path in (*paths[:first], *further)}
    return Pages(_page(site, "/"), lists, {path: _page(site, path) for path in articles})


def _spread(paths: Sequence[str], most: int | None) -> Sequence[str]:
    if most is None or len(paths) <= most:
        return paths
    return [paths[number * len(paths) // most] for number in range(most)]


def _page(site: SampleSite, path: str) -> Page:
    return Page(canonical(site.origin + path), site.page(path).body.decode())


def measure(site: SampleSite, most_lists: int | None = None, most_articles: int | None = None) -> Score:
    """Read the lists and articles of a site, or so many of them, and compare them with its records."""
    score, pages = Score(), fetch_all(site, most_lists, most_articles)
    read = read_all(pages, site.edition.key)
    _take_home(score, site, read)
    members, records = site.lists(), {article.path: article for article in site.articles}
    for path, cards in read.lists.items():
        wanted = [(article.path, normalize_text(article.title)) for article in members[path][1]]
        found = str(cards) if isinstance(cards, FeedgenError) else _shown(cards)
        score.take(path, "lists", wanted, found)
    for path, article in read.articles.items():
        truth = wanted_of(site, records[path])
        got = (
            dict.fromkeys(FIELDS, str(article)) if isinstance(article, FeedgenError) else got_of(site, records[path], article)
        )
        for name in FIELDS:
            score.take(path, name, truth[name], got[name])
    return score


def _take_home(score: Score, site: SampleSite, read: Readings) -> None:
    """Compare what was read on the home page: the menu's lists whatever their order, the others as they stand."""
    menu = {(item.path, normalize_text(item.label)) for item, _ in site.edition.menu_lists()}
    menu |= {(path, label) for label, path in site.edition.regions.items()}
    score.take("/", "menu", sorted(menu), sorted((path_of(list_page.address), list_page.label) for list_page in read.menu))
    linked = [(line.text, site.find(line.article)) for line in site.ticker]
    lines = [(normalize_text(text), article.path if article else None) for text, article in linked]
    score.take("/", "ticker", lines, [(line.text, path_of(line.address) if line.address else None) for line in read.ticker])
    score.take("/", "most read", [(one.path, normalize_text(one.title)) for one in site.most_read()], _shown(read.most_read))


def _shown(cards: Iterable[Card]) -> list[tuple[str, str]]:
    return [(path_of(card.address), normalize_text(card.title)) for card in cards]


# What was drawn, and what was read, in forms that compare


def path_of(address: str) -> str:
    """The path of an address, in raw Unicode, without the number of a session."""
    return unquote(urlsplit(address).path).partition(";jsessionid=")[0]


def picture_of(address: str | None) -> str | None:
    """What makes a picture the same at any width: the last name with a picture's suffix in its address."""
    names = re.findall(r"([^/=&?]+)\.(?:png|jpe?g|webp|gif)\b", unquote(unquote(address or "")))
    return _SIZE.sub("", names[-1]) if names else (address or None)


def wanted_of(site: SampleSite, record: SampleArticle) -> _Fields:
    """The fields of an article as they must be read from its page."""
    told = site.metadata_style != "none"
    return {
        "title": normalize_text(record.title),
        "lead": normalize_text(record.description) if told or not record.video_duration else "",
        "body": body_of(record),
        "picture": picture_of(record.thumbnail),
        "caption": normalize_text(record.caption) if record.thumbnail else "",
        "author": normalize_text(record.author),
        "source": normalize_text(record.source),
        "published": record.published,
        "tags": record.tags,
    }


def got_of(site: SampleSite, record: SampleArticle, read: Article) -> _Fields:
    """The fields of an article as they were read."""
    return {
        "title": normalize_text(read.title),
        "lead": normalize_text(read.lead),
        "body": tuple(_without_extras(site, record, texts_of(read.body))),
        "picture": picture_of(read.picture.address) if read.picture else None,
        "caption": normalize_text(read.picture.caption) if read.picture else "",
        "author": read.author.label if read.author else "",
        "source": read.source,
        "published": _instant(site, record, read.published),
        "tags": tuple(tag.label for tag in read.tags),
    }


def _instant(site: SampleSite, record: SampleArticle, read: datetime | None) -> datetime | None:
    """The instant that was read; where nothing but a text tells it the record's, if the clock shows the same."""
    if site.metadata_style == "none" and read and read.replace(tzinfo=None) == record.published.replace(tzinfo=None):
        return record.published
    return read


def body_of(record: SampleArticle) -> tuple[str, ...]:
    """The texts of a body, each block's alone: paragraphs, headings, quotations, lines of lists, cells of tables."""
    lead = normalize_text(record.description)
    return tuple(text for block in blocks(record.body) for text in _texts(block) if text and text != lead)


def _texts(block: Block) -> Iterator[str]:
    if block.kind == "paragraph":
        yield normalize_text("".join(span.text for span in block.spans))
    elif block.kind in ("heading", "quote"):
        yield normalize_text(block.text)
    elif block.kind in ("list", "table"):
        yield from (normalize_text(cell) for row in block.rows for cell in row)
    elif block.kind == "html":
        yield normalize_text(unescape(re.sub(r"<[^>]+>", "", block.text)))


def texts_of(body: str) -> list[str]:
    """The texts of HTML as a browser would break them into lines, each without what stands beside it in other blocks."""
    if not body:
        return []
    runs = [""]

    def walk(tag: Any) -> None:
        ends = tag.tag in _BLOCKS
        if ends:
            runs.append("")
        runs[-1] += tag.text or ""
        for child in tag:
            if isinstance(child.tag, str):
                walk(child)
            runs[-1] += child.tail or ""
        if ends:
            runs.append("")
        elif tag.tag == "br":
            runs[-1] += " "

    walk(lxml_html.fragment_fromstring(body, create_parent="div"))
    return [text for run in runs if (text := normalize_text(run))]


def _without_extras(site: SampleSite, record: SampleArticle, texts: Iterable[str]) -> Iterator[str]:
    """The texts without what may stand in a body or be left out: captions, embeds, hours, links to related articles."""
    lead = normalize_text(record.description)
    extras = {lead} if lead in (normalize_text(line) for line in record.body.splitlines()) else set()
    named: list[str] = []
    for block in blocks(record.body):
        if block.kind in ("picture", "youtube", "tweet"):
            extras |= {normalize_text(argument) for argument in block.arguments}
        if block.kind == "tweet":
            named.append(block.text)
        if block.kind == "more" and (other := site.find(block.text)):
            named.append(normalize_text(other.title))
    for text in texts:
        is_named = any(name in text and len(text) < len(name) + 60 for name in named)
        if not (text in extras or is_named or _HOUR.fullmatch(text) or text.startswith(("https://", "http://"))):
            yield text


# The table


def table(rows: Iterable[tuple[str, Score]]) -> str:
    """Rows of percentages: what the home page tells, lists, each field, all fields."""
    out = [f"{'':22}" + "".join(f"{name:>10}" for name in (*HOME, "lists", *FIELDS, "fields"))]
    total = Score()
    for name, score in rows:
        out.append(_row(name, score))
        total.add(score)
    return "\n".join((*out, _row("all", total)))


def _row(name: str, score: Score) -> str:
    shares = [score.share((each,)) for each in (*HOME, "lists", *FIELDS)]
    return f"{name:22}" + "".join(f"{share:10.1%}" for share in (*shares, score.share(FIELDS)))


def failures(score: Score, names: Sequence[str]) -> Iterator[str]:
    """What was read otherwise, a few lines each."""
    for failure in score.failures:
        if failure.field in names:
            yield f"{failure.field:9} {failure.path}"
            yield from (f"          {line}" for line in difference(failure.wanted, failure.got))


def difference(wanted: object, got: object) -> Iterator[str]:
    """Where two values part: for sequences only what one of them has and the other lacks."""
    if not isinstance(wanted, (list, tuple)) or not isinstance(got, (list, tuple)):
        yield f"wanted {wanted!r}"
        yield f"got    {got!r}"
        return
    yield from (f"missing {one!r}" for one in wanted if one not in got)
    yield from (f"foreign {one!r}" for one in got if one not in wanted)
    if sorted(map(str, wanted)) == sorted(map(str, got)):
        yield "in another order"
    elif len(got) != len(set(map(str, got))):
        yield "some of it twice"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the layouts and print the table, or the failures."""
    parser = ArgumentParser(prog="python -m tests.site.layouts.measure", description=__doc__)
    parser.add_argument("--layout", choices=LAYOUTS, action="append")
    parser.add_argument("--edition", choices=EDITIONS, action="append")
    parser.add_argument("--metadata", choices=METADATA, action="append")
    parser.add_argument("--field", choices=(*HOME, "lists", *FIELDS), action="append")
    parser.add_argument("--most-lists", type=int)
    parser.add_argument("--most-articles", type=int)
    parser.add_argument("--failures", action="store_true", help="tell what was read otherwise")
    parser.add_argument("--together", action="store_true", help="one row for each layout and metadata")
    chosen = parser.parse_args(arguments)
    print_measured(
        chosen.layout or LAYOUTS,
        [(edition, style) for style in chosen.metadata or METADATA for edition in chosen.edition or EDITIONS],
        lambda layout, edition, style: measure(LayoutSite(layout, edition, style), chosen.most_lists, chosen.most_articles),
        names=chosen.field or (*HOME, "lists", *FIELDS) if chosen.failures else (),
        together=chosen.together,
    )


def print_measured(
    layouts: Iterable[str],
    kinds: Sequence[tuple[str, MetadataStyle]],
    measured: Callable[[str, str, MetadataStyle], Score],
    names: Sequence[str],
    *,
    together: bool = False,
) -> None:
    """Print the failures in the fields of `names`, then the table."""
    rows: dict[str, Score] = {}
    for layout in layouts:
        for edition, style in kinds:
            score = measured(layout, edition, style)
            name = f"{layout} {style}" if together else f"{layout} {style} {edition}"
            rows.setdefault(name, Score()).add(score)
            for line in failures(score, names):
                sys.stdout.write(f"{name}: {line}\n" if not line.startswith(" ") else f"{line}\n")
            sys.stdout.flush()
    for style in {style: None for _, style in kinds}:
        of_style = [(name, score) for name, score in rows.items() if f" {style}" in name]
        sys.stdout.write(f"\n{table(of_style)}\n")


if __name__ == "__main__":
    main()

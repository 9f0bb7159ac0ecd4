"""An article page, field by field.

Each field is told by the first source that has it: the site's metadata block, JSON-LD, Open Graph and `meta`, the text of
the page. The text is read once all that is foreign to it has been taken out of the page: what is hidden, other articles'
cards, boxes with known labels, and what the build has learned to stand on many pages. A page without a title, or whose
metadata says that it is a list, an author or the like, is no article.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from feedgen_mayadeen.errors import NoArticleError
from feedgen_mayadeen.models import Article, Link, Page, ParsedArticle, Picture
from feedgen_mayadeen.site import captions, content, dates, foreign, shown
from feedgen_mayadeen.site.body import audio_on, read_body
from feedgen_mayadeen.site.boilerplate import NOTHING, Boilerplate, Marker
from feedgen_mayadeen.site.boxes import prune
from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.edition import Edition
from feedgen_mayadeen.site.facts import Metadata, merge
from feedgen_mayadeen.site.json_ld import json_ld
from feedgen_mayadeen.site.lines import Line, Lines, lines_of, make_lines
from feedgen_mayadeen.site.metadata import open_graph, tawsiyat
from feedgen_mayadeen.site.title import title_on
from feedgen_mayadeen.site.tree import Tag, drop_all, is_within, tags, words
from feedgen_mayadeen.text import match_key
from feedgen_mayadeen.urls import path_of

_LONGEST_TAG = 100
_BEFORE_TITLE = 8
"""So many lines before the title may tell author and date."""


@dataclass(frozen=True, slots=True)
class _Text:
    """What the text of a page tells: its facts, the element that holds the article's text, and dates that can't be read."""

    facts: Metadata
    root: Tag | None
    unread: tuple[str, ...]
    named: dict[str, tuple[str, ...]]
    """Where short links lead, by their text."""


def read_article(page: Page, edition: Edition, boilerplate: Boilerplate = NOTHING) -> ParsedArticle:
    """What an article page says. The body is not yet sanitised.

    `boilerplate` is what is known to stand on many pages of the site. Raises NoArticleError for a page without a title, and
    for one that says that it is none of an article.
    """
    document = Document(page, edition)
    told = (
        ("metadata block", tawsiyat(document)),
        ("JSON-LD", json_ld(document)),
        ("Open Graph and meta", open_graph(document)),
    )
    known, _ = merge(*told)
    if known.listing:
        raise NoArticleError(page.address, "it is a list, or the page of an author or the like")
    document.drop_hidden()
    audio = audio_on(document)
    covered = _links_of(document, known.coverage)
    text = _read_text(document, known, boilerplate)
    facts, ways = merge(*told, ("text of the page", text.facts))
    if not facts.title or (text.facts.title is None and not facts.published):
        raise NoArticleError(page.address)
    picture = document.absolute(facts.picture) if facts.picture else None
    body = read_body(document, text.root, picture) if text.root is not None else None
    html = body.html if body else ""
    if not (facts.published or html or facts.lead or picture):
        raise NoArticleError(page.address, "it has a title, but no date and no text")
    tags = _linked_all(facts.tags or (), text.named)
    article = Article(
        address=_address(page, facts, edition),
        title=facts.title,
        post_id=facts.post_id,
        lead=facts.lead or "",
        body=html,
        picture=Picture(picture, facts.caption or "") if picture else None,
        author=_linked(facts.author, text.named),
        source=facts.source or "",
        published=facts.published,
        updated=facts.updated,
        tags=tags,
        kind=facts.kind or "",
        category=_linked(facts.category, text.named),
        country=_linked(facts.country, text.named),
        coverage=_coverage(facts, covered, tags),
        video_seconds=facts.seconds,
        audio=audio,
        related=body.related if body else (),
    )
    return ParsedArticle(article, tuple(sorted(ways.items())), () if facts.published else text.unread)


def _read_text(document: Document, known: Metadata, boilerplate: Boilerplate) -> _Text:
    """Reads what the page shows, and takes out of it all that is not the article."""
    repeated = _repeated(document, boilerplate)
    make_lines(document)
    title = title_on(document, known.title)
    named = words(title) if title is not None else None
    lines = lines_of(document.body)
    cards = foreign.cards_on(document, lines, title)
    comments = list(foreign.comments_on(document, lines))
    facts, around, unread = _told(document, lines, title, [*cards, *comments], known)
    boxes = list(foreign.boxes_of(cards, lines, title))
    others = [*comments, *foreign.foreign_parts(document, lines, title, boilerplate)]
    prune(document)
    named_links = _named_links(document)
    before = _links_before(document, title)
    taken = frozenset(link for card in cards for link in shown.all_links(card))
    labels = shown.tags_by(document, before, taken) if known.tags is None else None
    tag_lines = _lines_of_tags(lines, labels or known.tags or ())
    drop_all((tag for tag in (*boxes, *others, *repeated) if tag not in around), document.root)
    lines = lines_of(document.body)
    found = content.content_of(document, lines, title, known, around | tag_lines | _named_lines(lines, known))
    text = frozenset(line.tag for line in lines.all if found.text is not None and is_within(line.tag, found.text)) - around
    if found.lead is not None:
        text |= {found.lead.tag}
    text -= captions.captions_in(text)
    picture = document.absolute(known.picture) if known.picture else captions.picture_on(document, lines, title, found.start)
    caption = captions.caption_of(document, lines, picture, title, text) if picture else None
    content.trim(found, lines, around | tag_lines | _named_lines(lines, known))
    facts = replace(
        facts,
        title=named,
        lead=found.lead.text if found.lead is not None else None,
        picture=picture,
        caption=caption,
        tags=labels,
    )
    return _Text(facts, found.text, unread, named_links)


def _repeated(document: Document, boilerplate: Boilerplate) -> list[Tag]:
    """The lines that are boilerplate in their places, but none of a quotation, a caption or a title."""
    if boilerplate == NOTHING:
        return []
    marker = Marker(document, boilerplate.articles)
    found = (line.tag for line in lines_of(document.body).all if marker.holds(line.tag))
    return [tag for tag in found if not foreign.is_own(tag)]


def _told(
    document: Document, lines: Lines, title: Tag | None, foreign_parts: list[Tag], known: Metadata
) -> tuple[Metadata, frozenset[Tag], tuple[str, ...]]:
    """Author, source and date by the lines around the title and behind it, and which lines tell them."""
    others = {line.tag for tag in foreign_parts for line in lines.within(tag)}
    near, late = _near(lines, title)
    own = [line for line in (*near, *late) if line.tag not in others]
    told = shown.told_by(document, own, needs_author=known.author is None)
    when = _instant_of(document, own, told) if known.published is None else None
    facts = Metadata(author=told.author, source=told.source, published=when or told.published)
    return facts, told.lines, told.unread


def _instant_of(document: Document, lines: list[Line], told: shown.Told) -> datetime | None:
    """The first instant that a line carries for machines, but not behind the line that shows the date with its hour."""
    for line in lines:
        if when := shown.instant_by(document, (line.tag, *tags(line.tag))):
            return when
        found = dates.find(line.text, document.edition) if line.tag in told.lines else None
        if found is not None and found.has_hour and found.when == told.published:
            return None
    return None


def _near(lines: Lines, title: Tag | None) -> tuple[list[Line], list[Line]]:
    """The lines behind the title, then a few before it."""
    if title is None:
        return lines.all, []
    places = [number for number, line in enumerate(lines.all) if line.tag is title or is_within(title, line.tag)]
    if not places:
        return lines.all, []
    return lines.all[places[0] + 1 :], lines.all[max(0, places[0] - _BEFORE_TITLE) : places[0]][::-1]


def _links_before(document: Document, title: Tag | None) -> frozenset[Tag]:
    found: list[Tag] = []
    for tag in tags(document.body):
        if tag is title:
            return frozenset(found)
        if tag.tag == "a":
            found.append(tag)
    return frozenset()


def _lines_of_tags(lines: Lines, labels: Iterable[Link]) -> frozenset[Tag]:
    """The lines that consist of an article's tags, with or without a word for them."""
    wanted = {match_key(label.label) for label in labels}
    if not wanted:
        return frozenset()
    found = []
    for line in lines.all:
        parts = [match_key(words(link)).strip("#, ") for link in tags(line.tag, ("a",))] or [match_key(line.text).strip("#, ")]
        if line.linked and set(parts) <= wanted and len(line.text) - line.linked < 40:
            found.append(line.tag)
    return frozenset(found)


def _named_lines(lines: Lines, known: Metadata) -> frozenset[Tag]:
    """The lines that are but a name which metadata tells: the country, the category, the author."""
    named = {match_key(each.label) for each in (known.author, known.country, known.category, known.coverage) if each}
    named |= {match_key(known.kind)} if known.kind else set()
    return frozenset(line.tag for line in lines.all if match_key(line.text) in named)


def _address(page: Page, facts: Metadata, edition: Edition) -> str:
    """The canonical address: as the page names it when that is one of the edition's, else where it was found."""
    return facts.address if facts.address and edition.owns(facts.address) else page.address


def _named_links(document: Document) -> dict[str, tuple[str, ...]]:
    """Where the page's short links lead, by their text: the addresses of tags, author, country and coverage."""
    found: dict[str, list[str]] = defaultdict(list)
    for tag, address in document.links():
        text = words(tag)
        if 0 < len(text) <= _LONGEST_TAG and address not in (document.page.address, document.edition.home):
            found[match_key(text).lstrip("#")].append(address)
    return {label: tuple(addresses) for label, addresses in found.items()}


def _links_of(document: Document, named: Link | None) -> tuple[str, ...]:
    """The addresses that the links of a label lead to, on the whole page: a coverage's is in the Coverage box (T)."""
    if named is None:
        return ()
    label = match_key(named.label)
    return tuple(dict.fromkeys(address for tag, address in document.links() if match_key(words(tag)) == label))


def _coverage(facts: Metadata, addresses: tuple[str, ...], tags: Iterable[Link]) -> Link | None:
    """The coverage, with the address that is not that of a tag of the same name, if there is one."""
    if facts.coverage is None:
        return None
    others = [address for address in addresses if address not in {tag.address for tag in tags}]
    return Link(facts.coverage.label, facts.coverage.address or (others[0] if others else None))


def _linked(named: Link | None, links: dict[str, tuple[str, ...]]) -> Link | None:
    """A name with the address of its last link: what comes first may be the menu's."""
    if named is None or named.address:
        return named
    return Link(named.label, links.get(match_key(named.label), (None,))[-1])


def _linked_all(tags: Iterable[Link], links: dict[str, tuple[str, ...]]) -> tuple[Link, ...]:
    """The tags, each once, with their addresses: of a tag's several links the one that is like the other tags' links."""
    tags = tuple({tag.label: tag for tag in tags}.values())
    leading = {tag.label: links.get(match_key(tag.label), ()) for tag in tags}
    kinds = Counter(kind for addresses in leading.values() for kind in {_kind(address) for address in addresses})

    def address_of(tag: Link) -> str | None:
        return max(reversed(leading[tag.label]), key=lambda address: kinds[_kind(address)], default=None)

    return tuple(tag if tag.address else Link(tag.label, address_of(tag)) for tag in tags)


def _kind(address: str) -> str:
    """What an address is of, as its path begins: `tags`, `regions`."""
    return path_of(address).split("/")[1]

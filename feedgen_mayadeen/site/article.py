"""An article page, field by field: the metadata block, JSON-LD, Open Graph and meta, the text; the first that has it."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice, takewhile

from feedgen_mayadeen.errors import NoArticleError
from feedgen_mayadeen.models import Article, Link, Page, ParsedArticle, Picture
from feedgen_mayadeen.site.body import read_body
from feedgen_mayadeen.site.boxes import prune
from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.edition import Edition
from feedgen_mayadeen.site.metadata import Metadata, json_ld, merge, open_graph, tawsiyat
from feedgen_mayadeen.site.prose import read_prose
from feedgen_mayadeen.site.tree import parents, text_of, words
from feedgen_mayadeen.text import match_key, normalize_text
from feedgen_mayadeen.urls import path_of

_LONGEST_TAG = 100
_TAGGED = ("tag", "keyword", "topic")


def read_article(page: Page, edition: Edition) -> ParsedArticle:
    """What an article page says. The body is not yet sanitised.

    Raises NoArticleError for a page without a title, and for one that says that it is a list.
    """
    document = Document(page, edition)
    told = (
        ("metadata block", tawsiyat(document)),
        ("JSON-LD", json_ld(document)),
        ("Open Graph and meta", open_graph(document)),
    )
    known, _ = merge(*told)
    if known.listing and not known.published:
        raise NoArticleError(page.address, "it is a list")
    covered = _links_of(document, known.coverage)
    prune(document)
    named = _named_links(document)
    prose = read_prose(document, known)
    shown = replace(prose.facts, tags=_shown_tags(document) if known.tags is None else None)
    facts, ways = merge(*told, ("text of the page", shown))
    if not facts.title or (prose.title is None and not facts.published):
        raise NoArticleError(page.address)
    picture = document.absolute(facts.picture) if facts.picture else None
    body = read_body(document, prose, picture)
    if not (facts.published or body.html or facts.lead):
        raise NoArticleError(page.address, "it has a title, but no date and no text")
    tags = _linked_all(facts.tags or (), named)
    article = Article(
        address=_address(page, facts, edition),
        title=facts.title,
        post_id=facts.post_id,
        lead=facts.lead or "",
        body=body.html,
        picture=Picture(picture, facts.caption or "") if picture else None,
        author=_linked(facts.author, named),
        source=facts.source or "",
        published=facts.published,
        updated=facts.updated,
        tags=tags,
        kind=facts.kind or "",
        category=_linked(facts.category, named),
        country=_linked(facts.country, named),
        coverage=_coverage(facts, covered, tags),
        video_seconds=facts.seconds,
        audio=body.audio,
        related=body.related,
    )
    return ParsedArticle(article, tuple(sorted(ways.items())))


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


def _shown_tags(document: Document) -> tuple[Link, ...] | None:
    """The tags that a page shows: links marked as such, or a run of short links that stand in something named so."""
    found = []
    for tag, address in document.links():
        label = normalize_text(text_of(tag))
        near = takewhile(lambda parent: parent is not document.body, (tag, *islice(parents(tag), 2)))
        marks = " ".join(f"{one.get('class')} {one.get('rel')} {one.get('id')}" for one in near).lower()
        if 0 < len(label) <= _LONGEST_TAG and any(word in marks for word in _TAGGED):
            found.append(Link(label, address))
    return tuple(found) or None

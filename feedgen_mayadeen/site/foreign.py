"""What stands on an article's page and is not the article: other articles' cards, comments, share links, calls and labels.

A card is the largest element around a link to another page that links to nothing else and holds a title, and at most an
excerpt of a few lines; it shows a heading, a picture or a date, or stands among others alike. Comments, share links,
advertisements and forms are known by their words, their addresses or what they are made of. What the build has learned
to stand on many pages goes too.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from urllib.parse import urlsplit

from feedgen_mayadeen.site import dates
from feedgen_mayadeen.site.boilerplate import Boilerplate
from feedgen_mayadeen.site.document import Document, may_be_article
from feedgen_mayadeen.site.edition import words_of_all
from feedgen_mayadeen.site.lines import Line, Lines, above_link
from feedgen_mayadeen.site.tree import HEADINGS, Tag, first, following, parents, tags, words
from feedgen_mayadeen.text import match_key
from feedgen_mayadeen.urls import path_of

_LARGEST_CARD = 700
_MOST_EXCERPTS = 2
_BEFORE = 20
_SHORTEST_TITLE = 25
_FORM_BOX = 300
_BESIDE = 40
"""So much stands at most beside a card's link in the same line: a number, a category, a date."""
TOPICS = frozenset(("author", "authors", "writer", "writers", "autores", "autor", "contributor", "profile", "tag", "tags",
                    "topic", "topics", "keyword", "keywords", "etiqueta", "etiquetas", "وسم", "وسوم"))  # fmt: skip
"""How addresses of authors and tags begin, on this site and on others."""
_FORMS = ("form", "button", "input", "select", "textarea", "label")
_SHARED_AT = re.compile(r"(^|\.)(facebook\.com|x\.com|twitter\.com|wa\.me|whatsapp\.com|linkedin\.com|reddit\.com|"
                        r"pinterest\.com|threads\.net|vk\.com|telegram\.me|t\.me|bsky\.app|getpocket\.com)$")  # fmt: skip
_SHARE = re.compile(
    r"[?&](u|url|text|link|subject|body)=|/(intent|sharer|share)\b|^mailto:|^javascript:|wa\.me/", re.IGNORECASE
)
_COUNT = re.compile(r"^[\d٠-٩.,()]+\s*|\s*[\d٠-٩.,()]+$")
_OWN = ("blockquote", "figure", "figcaption", "h1")
_COMMENTS = re.compile(r"(^|[\s_-])(comments?|respond|disqus\w*)($|[\s_-])", re.IGNORECASE)
_ADS = re.compile(r"(^|[\s_-])(ads?|advert\w*|adsbygoogle|sponsored|newsletter|cookies?)($|[\s_-])", re.IGNORECASE)


def is_own(tag: Tag) -> bool:
    """Whether a line is an article's own though many articles have it: a quoted post, a caption, its title in a box."""
    return any(around.tag in _OWN for around in (tag, *parents(tag)))


def cards_on(document: Document, lines: Lines, title: Tag | None) -> list[Tag]:
    """The cards of other articles on a page."""
    here = {document.page.address}
    linked: dict[Tag, set[str]] = defaultdict(set)
    links = [(tag, address) for tag, address in _links_near(document, title) if may_be_article(address)]
    titled = {address for tag, address in links if _is_title(tag)}
    links = [(tag, address) for tag, address in links if address in titled]
    for tag, address in links:
        for around in parents(tag):
            linked[around].add(address)
    fixed = {document.body, *parents(document.body), *(parents(title) if title is not None else ())}
    found: dict[Tag, bool] = {}
    for tag, address in links:
        if address in here or (title is not None and title in tag.iterdescendants()) or _is_topic(tag, address, lines):
            continue
        if (card := _card_around(tag, lines, linked, fixed)) is not None:
            found[card] = found.get(card, False) or _is_marked(document, card, lines)
    alike = Counter((card.getparent(), card.tag) for card in found if lines.size(card) >= _SHORTEST_TITLE)
    return [card for card, sure in found.items() if sure or _stands_among_others(card, alike, lines)]


def _links_near(document: Document, title: Tag | None) -> list[tuple[Tag, str]]:
    """The links behind the title, and a few before it: what stands before an article is not looked at."""
    if title is None:
        return list(document.links())
    every = list(tags(document.body, ("a",)))
    inside = set(tags(title, ("a",)))
    behind = next(iter(following(title, ("a",))), None)
    place = next((number for number, tag in enumerate(every) if tag is behind or tag in inside), len(every))
    near = every[max(0, place - _BEFORE) :]
    return [(tag, address) for tag in near if (address := document.own(tag.get("href") or "#"))]


def _is_title(link: Tag) -> bool:
    """Whether a link may show a title: it is long, or a heading; others name sections and topics."""
    if len(words(link)) >= _SHORTEST_TITLE - 5 or first(link, HEADINGS) is not None:
        return True
    return next(link.iterancestors(*HEADINGS), None) is not None


def _is_topic(link: Tag, address: str, lines: Lines) -> bool:
    """Whether a link leads to an author or to a tag: by its relation, its address, or the byline that it stands in."""
    if {"author", "tag", "category"} & set((link.get("rel") or "").split()) or path_of(address).split("/")[
        1
    ].lower() in TOPICS:
        return True
    line = next((lines.within(around)[0] for around in parents(link) if around in lines.of), None)
    return line is not None and match_key(line.text).startswith(tuple(f"{word} " for word in words_of_all("byline")))


def _stands_among_others(card: Tag, alike: Counter[tuple[Tag | None, str]], lines: Lines) -> bool:
    return lines.size(card) >= _SHORTEST_TITLE and alike[(card.getparent(), card.tag)] > 1


def _card_around(link: Tag, lines: Lines, linked: dict[Tag, set[str]], fixed: set[Tag]) -> Tag | None:
    """The card that a link belongs to; None for a link in a sentence."""
    card = link
    for around in parents(link):
        if around in fixed or len(linked[around]) > 1 or lines.size(around) > _LARGEST_CARD:
            break
        if lines.long(around) > _MOST_EXCERPTS or _opens_with_text(around, link, lines):
            break
        card = around
    own = lines.of.get(card) or [line for around in parents(card) for line in lines.within(around)[:1]][:1]
    if any(_is_sentence(line, link) for line in own):
        return None
    return card if lines.count(card) or first(card, ("img",)) is not None or card is not link else None


def _opens_with_text(around: Tag, link: Tag, lines: Lines) -> bool:
    """Whether a long line stands before the link: a card's excerpt follows its title."""
    for line in lines.within(around):
        if line.is_long:
            return not any(tag is link for tag in (line.tag, *line.tag.iterdescendants(), *parents(line.tag)))
        if line.linked:
            return False
    return False


def _is_sentence(line: Line, link: Tag) -> bool:
    """Whether a line says more around the link than a card does, or names what to read besides."""
    if not any(tag is link for tag in line.tag.iterdescendants("a")):
        return False
    if match_key(line.text).startswith(tuple(words_of_all("read_more"))):
        return True
    before = line.text.partition(words(link) or line.text)[0]
    return len(line.text) - line.linked >= _BESIDE or len(before.split()) > 2


def _is_marked(document: Document, card: Tag, lines: Lines) -> bool:
    """Whether a card shows that it is one: by a heading, a picture, a date or an excerpt."""
    if card.tag in HEADINGS or first(card, (*HEADINGS, "img", "amp-img", "time")) is not None:
        return True
    return any(dates.is_date(line.text, document.edition) for line in lines.within(card)) or lines.long(card) > 0


def boxes_of(cards: list[Tag], lines: Lines, title: Tag | None) -> Iterator[Tag]:
    """The elements to take out for some cards: around them what holds nothing else but a label."""
    fixed = set(parents(title)) if title is not None else set()
    inside = {line.tag for card in cards for line in lines.within(card)}
    for card in cards:
        box = card
        for around in parents(card):
            others = [line for line in lines.within(around) if line.tag not in inside]
            if around in fixed or around.tag in ("body", "html") or len(others) > 2 or any(line.is_long for line in others):
                break
            box = around
        yield box


def foreign_parts(document: Document, lines: Lines, title: Tag | None, boilerplate: Boilerplate) -> list[Tag]:
    """All other elements that are not the article's: comments, share links, advertisements, forms, what repeats."""
    fixed = {document.body, *parents(document.body), *((title, *parents(title)) if title is not None else ())}
    found = [tag for tag in _named(document, lines) if tag not in fixed]
    for line in lines.all:
        if line.tag in fixed:
            continue
        repeats = boilerplate.has_line(line.text) and not is_own(line.tag)
        if (line.is_links and _is_share(line.tag)) or _is_label(line) or repeats:
            found.append(line.tag)
    for form in tags(document.body, ("form",)):
        box = form
        for around in parents(form):
            if around in fixed or lines.size(around) - lines.size(form) > _FORM_BOX or lines.long(around) > 2:
                break
            if first(around, (*HEADINGS, "strong", "b", "legend")) is None:
                break
            box = around
        if box not in fixed and lines.size(box) <= 2 * _FORM_BOX:
            found.append(box)
    return found


def _named(document: Document, lines: Lines) -> Iterator[Tag]:
    """Elements whose class or id says what they are."""
    for tag in tags(document.body):
        marks = f"{tag.get('class') or ''} {tag.get('id') or ''}"
        if marks != " " and _ADS.search(marks) and lines.size(tag) <= _FORM_BOX:
            yield tag


def comments_on(document: Document, lines: Lines) -> Iterator[Tag]:
    """Readers' comments: elements whose class or id says so, and sections under such a label."""
    for tag in tags(document.body):
        if _COMMENTS.search(tag.get("class") or "") or _COMMENTS.search(tag.get("id") or ""):
            yield tag
    for line in lines.all:
        if match_key(_COUNT.sub("", line.text)) in words_of_all("comments"):
            yield from _section_under(line, lines)


def _section_under(line: Line, lines: Lines) -> Iterator[Tag]:
    """The largest element that begins with a line, or what follows the line beside it."""
    box = line.tag
    for around in parents(line.tag):
        if around.tag in ("body", "html", "main") or lines.within(around)[0] is not line:
            break
        box = around
    yield box
    if box is line.tag:
        yield from line.tag.itersiblings()


def _is_label(line: Line) -> bool:
    """Whether a line that is no heading is a label of the page: of an advertisement, a player, a button."""
    if line.tag.tag in HEADINGS or len(line.text) > _BESIDE:
        return False
    label = match_key(line.text.strip(" :|•·"))
    if _COUNT.sub("", label) in words_of_all("shares", "reading_time"):
        return True
    return label in words_of_all("advertisement", "breaking", "listen", "no_list")


def _is_share(tag: Tag) -> bool:
    """Whether a line's links all lead to where articles are shared, and it says nothing else."""
    links = list(tags(tag, ("a",))) or ([link] if (link := above_link(tag)) is not None else [])
    if not links or not all(_is_share_address(link.get("href") or "", link) for link in links):
        return False
    return len(words(tag)) - sum(len(words(link)) for link in links) < _BESIDE / 2


def _is_share_address(href: str, link: Tag) -> bool:
    if _SHARE.search(href):
        return len(words(link)) <= 25
    if href.startswith("/"):
        return False
    try:
        host = urlsplit(href).hostname or ""
    except ValueError:
        return False
    return bool(_SHARED_AT.search(host)) and len(words(link)) <= 15

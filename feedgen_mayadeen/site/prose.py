"""What an article page says to its reader: title, byline, date, lead and caption, and where the article's text is."""

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from feedgen_mayadeen.models import Link
from feedgen_mayadeen.site import dates
from feedgen_mayadeen.site.boxes import MARKER
from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.edition import Edition, words_of_all
from feedgen_mayadeen.site.metadata import Metadata, merge
from feedgen_mayadeen.site.tree import (
    HEADINGS,
    Tag,
    Text,
    above,
    around,
    classes,
    first,
    following,
    holders_of_blocks,
    holds_blocks,
    is_within,
    parents,
    parts,
    says_only,
    tags,
    text_of,
    words,
)
from feedgen_mayadeen.text import match_key, normalize_text

_BODY, _LEADS, _TITLES = "p-content", ("summary", "lg_para"), "details-white-box"
"""Known classes (C): of the text's `div`, of the lead (the first of a `p`), of what holds the title."""
_SHORT = 120
_SHORTEST_LEAD = 25
_PROSE = 50
_MOST = 0.8
_MOSTLY = 0.7
_LONGEST_LABEL = 40
_COUNT = re.compile(r"^[\d٠-٩.,]+\s*(?:[km]\b)?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Prose:
    """The parts of the page that carry the article. `around` are lines that are not its text, `last` its last line."""

    title: Tag | None
    body: Tag | None
    around: tuple[Tag, ...]
    last: Tag | None
    facts: Metadata


class _Kind(Enum):
    """What a line after the title is for."""

    FACT = auto()
    """It tells date, author or source."""
    TAGS = auto()
    ABOUT = auto()
    """It stands around the text: a label, a caption, the lead."""
    BUTTON = auto()
    SHORT = auto()
    """It may open the text, or stand before it."""
    TEXT = auto()


@dataclass(slots=True)
class _Lines:
    """The lines after the title, in the order of the page: those of the text, and those that stand around it."""

    text: list[Tag] = field(default_factory=list)
    before: list[Tag] = field(default_factory=list)
    after: list[Tag] = field(default_factory=list)
    facts: list[Metadata] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of an article before its lines are read, as lines are compared."""

    edition: Edition
    body: Tag | None
    lead: str | None
    labels: tuple[str, ...]
    """The tags, the longest first."""
    names: frozenset[str]


def read_prose(document: Document, told: Metadata) -> Prose:
    """Finds the article on a pruned page; `told` is what the page's metadata says already."""
    title = _title(document, told)
    bodies = [tag for tag in tags(document.body, ("div",)) if _BODY in classes(tag)]
    body = bodies[0] if len(bodies) == 1 else None
    lines = _lines(document, title, told, body)
    lead = _known_lead(document, told)
    if body is None:
        body = _container([tag for tag in lines.text if tag is not lead], document, title)
    if body is None:
        body = _pictures(document, title, told)
    if lead is None and told.lead is None and body is not None:
        lead = _lead_apart(lines.text, body)
    apart = list(lines.after)
    if title is not None and body is not None and is_within(title, body):
        apart += [*lines.before, *([lead] if lead is not None else [])]
    shown = Metadata(
        title=words(title) if title is not None else None,
        lead=words(lead) if lead is not None else None,
        picture=_first_picture(document, title),
        caption=_caption(document, told.picture, title),
    )
    facts, _ = merge(*(("", each) for each in (shown, *lines.facts)))
    return Prose(title, body, tuple(apart), lines.text[-1] if lines.text else None, facts)


def _known_lead(document: Document, told: Metadata) -> Tag | None:
    """The element that shows the lead: the first with the lead's words, or the known one."""
    wanted = match_key(told.lead) if told.lead else None
    for tag in tags(document.body, ("p", "div", "h2", "h3", "h4", "span", "strong")) if wanted else ():
        if not holds_blocks(tag) and match_key(words(tag)) == wanted:
            return tag
    summary, paragraph = _LEADS
    marked = (tag for tag in tags(document.body) if "class" in tag.attrib)
    return next((t for t in marked if paragraph in classes(t) or (t.tag == "p" and summary in classes(t))), None)


def _title(document: Document, told: Metadata) -> Tag | None:
    """The element that shows the title: the one with the title's words, the known place, or the page's first heading."""
    if told.title:
        wanted = match_key(told.title)
        for tag in tags(document.body, (*HEADINGS, "div", "p", "span", "strong")):
            if not holds_blocks(tag) and match_key(words(tag)) == wanted and above(tag, ("a",)) is None:
                return tag
    boxes = (tag for tag in tags(document.body) if _TITLES in classes(tag))
    inside = (first(box, ("h1", "h2")) for box in boxes)
    places = (*inside, first(document.body, ("h1",)), first(document.body, ("h2",)))
    return next((tag for tag in places if tag is not None), None)


def _leaves(document: Document, title: Tag | None) -> list[tuple[Tag, str]]:
    """The lines of the page after its title: elements with text that hold no others, each with its words.

    Where furniture stood the page falls into parts. The lines end with the part that holds the article's text; of later
    parts only those lines belong to it that stand in the same elements.
    """
    found: list[list[tuple[Tag, str]]] = [[]]
    holders = holders_of_blocks(document.root)
    for tag in following(title) if title is not None else tags(document.body):
        if tag.tag == MARKER:
            found.append([])
        elif tag.tag in _LEAF and not _holds_leaves(tag, holders) and (line := words(tag)):
            found[-1].append((tag, line))
    sizes = [sum(len(line) for _, line in part if len(line) >= _LONGEST_LABEL) for part in found]
    longest = max(range(len(found)), key=lambda number: sizes[number])
    main = longest if sizes[longest] >= max(2 * _SHORT, 2 * sizes[0]) else 0
    chosen = [leaf for part in found[: main + 1] for leaf in part]
    shared = {tag.getparent() for tag, line in chosen if len(line) >= _LONGEST_LABEL}
    return chosen + [(tag, line) for part in found[main + 1 :] for tag, line in part if tag.getparent() in shared]


_LEAF = frozenset((*HEADINGS, "p", "div", "li", "span", "section", "blockquote", "td", "dd", "dt", "address", "time",
                   "figcaption", "small", "em", "strong", "b", "i", "a", "ul", "article"))  # fmt: skip
_INLINE = frozenset(
    ("a", "em", "strong", "b", "i", "span", "small", "time", "br", "img", "u", "s", "sub", "sup", "mark", "wbr")
)


def _holds_leaves(tag: Tag, holders: frozenset[Tag]) -> bool:
    """Whether an element is only a wrapper: it is among the `holders` of blocks, or inline and part of a line around it."""
    if tag in holders:
        return True
    outer = tag.getparent()
    return tag.tag in _INLINE and outer is not None and outer.tag in _LEAF and outer not in holders


def _lines(document: Document, title: Tag | None, told: Metadata, body: Tag | None) -> _Lines:
    """Sorts the lines after the title into those of the text and those that stand around it.

    The text begins with the first line that is long, or with the short ones right before it in the same element.
    """
    labels = tuple(sorted((match_key(tag.label) for tag in told.tags or ()), key=len, reverse=True))
    known = _Known(document.edition, body, match_key(told.lead) if told.lead else None, labels, _names_of(told))
    lines, shorts = _Lines(), list[Tag]()
    for tag, line in _leaves(document, title):
        kind = _kind(known, tag, line, len(lines.text))
        if kind is _Kind.TAGS and lines.text:
            lines.after.append(tag)
            break
        if kind is _Kind.FACT:
            lines.facts += _facts(document, tag)
        if kind is _Kind.TEXT:
            _take_up(lines, tag, shorts)
        elif kind is _Kind.SHORT:
            shorts.append(tag)
        else:
            late = kind is _Kind.TAGS or (kind is _Kind.BUTTON and lines.text)
            (lines.after if late else lines.before).append(tag)
    if shorts and not lines.text:
        longest = max(shorts, key=lambda tag: len(words(tag)))
        lines.text = [tag for tag in shorts if tag.getparent() is longest.getparent()]
    return lines


def _kind(known: _Known, tag: Tag, line: str, begun: int) -> _Kind:
    """What a line is for; `begun` tells how many lines of the text stand before it."""
    if known.body is not None and (tag is known.body or is_within(tag, known.body)):
        return _Kind.TEXT
    if _is_tags(line, known.labels):
        return _Kind.TAGS
    if not begun and any(_fact(words(phrase), known.edition) for phrase in _phrases(tag)):
        return _Kind.FACT
    if not begun and _is_label(known, tag, line):
        return _Kind.ABOUT
    if _is_button(tag, line):
        return _Kind.BUTTON
    if begun == 1 and known.lead is None and _is_caption(tag, line):
        return _Kind.ABOUT
    if not begun and (first(tag, ("img",)) is not None or match_key(line) == known.lead):
        return _Kind.ABOUT
    return _Kind.SHORT if not begun and len(line) < _PROSE else _Kind.TEXT


def _take_up(lines: _Lines, tag: Tag, shorts: list[Tag]) -> None:
    """Adds a line to the text, after the short ones that open it; what seemed to come after the text stands before it."""
    opening = [short for short in shorts if short.getparent() is tag.getparent() and short.tag in (tag.tag, *HEADINGS)]
    lines.before += [*lines.after, *(short for short in shorts if short not in opening)]
    lines.text += [*opening, tag]
    lines.after.clear()
    shorts.clear()


def _facts(document: Document, tag: Tag) -> list[Metadata]:
    """What a line tells: date, byline and source may stand side by side in it."""
    found = [(phrase, fact) for phrase in _phrases(tag) if (fact := _fact(words(phrase), document.edition))]
    return [
        replace(fact, author=_with_address(document, phrase, fact.author)) if fact.author else fact for phrase, fact in found
    ]


def _fact(text: str, edition: Edition) -> Metadata | None:
    """The date, the author or the source that a phrase tells."""
    if when := dates.shown(text, edition):
        return Metadata(published=when)
    if name := _after(text, "byline"):
        return Metadata(author=Link(name))
    if name := _after(text, "source"):
        return Metadata(source=name)
    return None


def _with_address(document: Document, phrase: Tag, author: Link) -> Link:
    """An author with the address that the name links to."""
    wanted = match_key(author.label)
    return Link(author.label, next((at for link, at in document.links(phrase) if match_key(words(link)) == wanted), None))


def _phrases(tag: Tag) -> list[Tag]:
    """The elements side by side of which a line consists, or the line itself."""
    shown = [part for part in parts(tag) if normalize_text(text_of(part))]
    phrases = [part for part in shown if not isinstance(part, Text)]
    return phrases if len(phrases) == len(shown) > 1 else [tag]


def _is_tags(line: str, labels: tuple[str, ...]) -> bool:
    """Whether a line is the row of the article's tags: it consists of them, two at least. `labels` come longest first."""
    rest = match_key(line).replace("#", "")
    if len(labels) < 2 or not all(label in rest for label in labels):
        return False
    for label in labels:
        rest = rest.replace(label, "")
    return not any(c.isalpha() for c in rest)


def _lead_apart(text: list[Tag], body: Tag) -> Tag | None:
    """The lead, where no metadata tells it: the first line, if it stands apart from the others."""
    if not text or not _may_be_lead(text[0]):
        return None
    opening, second = text[0], text[1] if len(text) > 1 else None
    apart = not is_within(opening, body) or (second is not None and second.getparent() is not opening.getparent())
    return opening if apart else None


def _may_be_lead(tag: Tag) -> bool:
    return len(words(tag)) >= _SHORTEST_LEAD and tag.tag not in HEADINGS and above(tag, ("figure",)) is None


def _after(line: str, kind: str) -> str:
    """What follows a word for a byline or a source at the start of a short line; "" if none does."""
    if len(line) > _SHORT:
        return ""
    for word in words_of_all(kind):
        if line.casefold().startswith(word) and (rest := line[len(word) :])[:1] in (" ", ":"):
            return normalize_text(rest.lstrip(" :"))
    return ""


def _is_button(tag: Tag, line: str) -> bool:
    """Whether a line is there to be used: share links, a row of tags, shares, reading time, the player's button."""
    if match_key(line).startswith(tuple(words_of_all("read_more"))):
        return False
    return _all_links(tag, line) or match_key(_COUNT.sub("", line)) in words_of_all("shares", "reading_time", "listen")


def _names_of(told: Metadata) -> frozenset[str]:
    """The names that an article's metadata tells, as they are compared."""
    named = (told.author, told.country, told.category, told.coverage)
    return frozenset(match_key(each.label) for each in named if each) | {match_key(told.kind or "")}


def _is_label(known: _Known, tag: Tag, line: str) -> bool:
    """Whether a line before the text is a date, a caption, one of some names, or no words at all."""
    if match_key(line) in known.names:
        return True
    return not any(c.isalpha() for c in line) or _is_caption(tag, line) or dates.is_date(line, known.edition)


def _is_caption(tag: Tag, line: str) -> bool:
    """Whether an element is a picture's caption: by its name, by a class that says so, or alone beside a picture."""
    if above(tag, ("figure", "figcaption")) is not None or tag.tag == "figcaption":
        return True
    if "caption" in tag.get("class", ""):
        return True
    outer = tag.getparent()
    return outer is not None and first(outer, ("img",)) is not None and says_only(outer, line)


def _all_links(tag: Tag, line: str) -> bool:
    """Whether a line is little else than links: share buttons, tags, a country."""
    links = [len(words(a)) for a in tags(tag, ("a",))]
    short = len(line) < _SHORT or max(links, default=0) <= _LONGEST_LABEL
    return tag.tag == "a" or (short and sum(links) >= _MOSTLY * len(line))


def _container(lines: list[Tag], document: Document, title: Tag | None) -> Tag | None:
    """The smallest element that holds most of the article's text; a few words far from the title are none."""
    paragraphs = [(tag, len(words(tag))) for tag in lines]
    total = sum(size for _, size in paragraphs)
    if total < _SHORTEST_LEAD:
        return None
    sums: dict[Tag, int] = defaultdict(int)
    for tag, size in paragraphs:
        for parent in parents(tag):
            sums[parent] += size
    heaviest = max(paragraphs, key=lambda pair: pair[1])[0]
    found = next((p for p in parents(heaviest) if sums[p] >= _MOST * total or p is document.body), document.body)
    column = set(parents(title)) - {document.body, *parents(document.body)} if title is not None else set[Tag]()
    far = title is not None and column.isdisjoint((found, *parents(found)))
    return None if far and total < 2 * _SHORT else found


def _pictures(document: Document, title: Tag | None, told: Metadata) -> Tag | None:
    """The element that holds an article's further pictures, where it consists of them."""
    if title is None:
        return None
    own = document.absolute(told.picture) if told.picture else _first_picture(document, title)
    for tag in following(title, ("img", MARKER)):
        if tag.tag == MARKER:
            break
        address, figure = document.picture(tag), above(tag, ("figure",))
        outer = around(tag if figure is None else figure)
        if address in (None, own) or outer is None or above(tag, ("a",)) is not None:
            continue
        if not is_within(title, outer):
            return outer
    return None


def _first_picture(document: Document, title: Tag | None) -> str | None:
    for tag in following(title, ("img", MARKER)) if title is not None else ():
        if tag.tag == MARKER:
            return None
        if address := document.picture(tag):
            return address
    return None


def _caption(document: Document, picture: str | None, title: Tag | None) -> str | None:
    """The caption of the article's picture, from the element around it that holds nothing else."""
    wanted = document.absolute(picture) if picture else _first_picture(document, title)
    for image in tags(document.body, ("img",)):
        if wanted and document.picture(image) == wanted:
            for outer in parents(image):
                if first(outer, ("h1",)) is not None or outer is document.body or len(list(tags(outer, ("img",)))) > 1:
                    break
                if (text := words(outer)) and len(text) < 5 * _SHORT and above(image, ("a",)) is None:
                    return text
    return None

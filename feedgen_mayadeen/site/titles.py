"""The title that a link to an article shows, and how surely it is one.

It is read from the heading that the link holds or stands in, else from its own text, else from the heading beside it, else
from the description of its picture. Of several lines it is the first that is too long for the label of a category. A
number that ranks it and a date are no part of it, and what a menu calls its lists and its buttons is no title.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from feedgen_mayadeen.site.dates import is_date
from feedgen_mayadeen.site.edition import Edition, load, words_of_all
from feedgen_mayadeen.site.labels import KINDS, bare
from feedgen_mayadeen.site.tree import (
    BLOCKS,
    HEADINGS,
    Tag,
    Text,
    above,
    first,
    has_link,
    holds_blocks,
    parents,
    parts,
    tags,
    text_of,
    texts,
    words,
)
from feedgen_mayadeen.text import match_key, normalize_text

SIGNS = " :|•·●*»›→…"
"""What may stand around a label or a button, and says nothing."""
LABEL = 15
"""So many characters make a text too long for the label of a category or a button."""

_ENDS_OF_SENTENCES = (".", "…")
_RANK = re.compile(r"^\W*\d{1,2}\W*$")


class Sure(IntEnum):
    """How surely a text is a title: a heading, the link's text, the description of a picture."""

    PICTURE = 1
    TEXT = 2
    HEADING = 3


@dataclass(frozen=True, slots=True)
class Title:
    """The title that a link shows, how surely it is one, and the heading that it was read from, if any."""

    text: str
    sure: Sure
    heading: Tag | None = None


def title_of(link: Tag, keys: Mapping[Tag, str], edition: Edition) -> Title:
    """The title that a link shows; an empty one if it shows none. `keys` are the articles that links lead to."""
    if inside := {line_of(heading, edition): heading for heading in tags(link, HEADINGS)}:
        text = _titling(list(inside), edition)
        return Title(text, Sure.HEADING, inside[text])
    text, heading = line_of(link, edition), above(link, HEADINGS)
    if text and heading is not None:
        return Title(text, Sure.HEADING, heading)
    if text:
        return Title(text, Sure.TEXT)
    near = heading_near(link, keys)
    if near is not None:
        return Title(words(near), Sure.HEADING, near)
    pictured = next((image.get("alt", "") for image in tags(link, ("img",)) if "alt" in image.attrib), "")
    return Title(normalize_text(link.get("aria-label") or link.get("title") or pictured), Sure.PICTURE)


def heading_near(link: Tag, keys: Mapping[Tag, str]) -> Tag | None:
    """The heading beside a link that shows no title, unless another link shows the article's."""
    for around in parents(link):
        others = [other for other in tags(around, ("a",)) if other in keys and other is not link]
        if around.tag in ("body", "html") or any(keys[other] != keys[link] for other in others):
            return None
        heading = first(around, HEADINGS)
        if heading is not None and bare(words(heading)) not in words_of_all(*KINDS):
            return heading
        if any(len(words(other)) >= LABEL for other in others):
            return None
    return None


def line_of(tag: Tag, edition: Edition) -> str:
    """The line of an element that is its title, without a number that ranks it and without its date."""
    leaves = [leaf for leaf in tags(tag, BLOCKS) if not holds_blocks(leaf)]
    apart = leaves or _set_apart(tag)
    if apart:
        return _titling([line_of(leaf, edition) for leaf in apart], edition) or words(tag)
    pieces = [text.value for text in texts(tag) if normalize_text(text.value)]
    if len(pieces) > 1 and _RANK.match(normalize_text(pieces[0])):
        pieces = pieces[1:]
    if len(pieces) > 1 and is_date(pieces[-1], edition):
        pieces = pieces[:-1]
    return normalize_text(" ".join(pieces))


def _set_apart(tag: Tag) -> list[Tag]:
    """The inline elements that an element consists of, if their words would grow together, or each has a class."""
    shown = [part for part in parts(tag) if normalize_text(text_of(part))]
    elements = [part for part in shown if not isinstance(part, Text)]
    if len(elements) < len(shown):
        return []
    if len(elements) == 1:
        return _set_apart(elements[0])
    are_close = any(not each.tail and each.getnext() is not None for each in elements)
    return elements if are_close or all("class" in each.attrib for each in elements) else []


def _titling(lines: list[str], edition: Edition) -> str:
    """Of the lines of a card its title: the first that is too long for a label and no sentence, else the longest."""
    plain = [line for line in lines if not is_no_title(line, edition)] or lines
    titles = [line for line in plain if not line.endswith(_ENDS_OF_SENTENCES)] or plain
    return next((line for line in titles if len(line) >= LABEL), max(titles, key=len))


def is_no_title(text: str, edition: Edition) -> bool:
    """Whether a text can't be the title of an article: no words at all, a date, the label of a list or of a button."""
    return match_key(text.strip(SIGNS)) in _refused(edition.code) or is_date(text, edition)


def is_linked(tag: Tag) -> bool:
    """Whether an element holds a link or stands in one."""
    return has_link(tag) or above(tag, ("a",)) is not None


@cache
def _refused(code: str) -> frozenset[str]:
    labels = frozenset(match_key(entry.label) for entry in load(code).lists)
    return words_of_all("no_list", "read_more", "most_read") | labels | {""}

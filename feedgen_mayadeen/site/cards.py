"""The title of a card: what a link to an article shows as its title, and how surely that is one.

A title is read from the heading that the link holds or stands in, else from the longest line of its text, else from the
only heading near it, else from the description of its picture. The number that ranks it and its date are no part of it.
What a menu calls its lists and its buttons is the title of no article.
"""

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from feedgen_mayadeen.site.dates import is_date
from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.edition import Edition, load, words_of_all
from feedgen_mayadeen.site.labels import bare
from feedgen_mayadeen.site.tree import BLOCKS, HEADINGS, Tag, above, first, has_link, holds_blocks, parents, tags, texts, words
from feedgen_mayadeen.text import match_key, normalize_text

SIGNS = " :|•·●*»›→…"
"""What may stand around a label or a button, and says nothing."""
_BOXES = ("breaking", "most_read", "coverage", "read_next")
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


def title_of(document: Document, link: Tag, address: str) -> Title:
    """The title that a link to an address shows; an empty one if it shows none."""
    if inside := [Title(_line(document, heading), Sure.HEADING, heading) for heading in tags(link, HEADINGS)]:
        return max(inside, key=lambda title: len(title.text))
    if text := _line(document, link):
        heading = above(link, HEADINGS)
        return Title(text, Sure.TEXT if heading is None else Sure.HEADING, heading)
    for around in parents(link):
        if around is document.body or any(at != address for _, at in document.links(around)):
            break
        near = first(around, HEADINGS)
        if near is not None and bare(words(near)) not in words_of_all(*_BOXES):
            return Title(words(near), Sure.HEADING, near)
    pictured = next((image.get("alt", "") for image in tags(link, ("img",)) if "alt" in image.attrib), "")
    return Title(normalize_text(link.get("aria-label") or link.get("title") or pictured), Sure.PICTURE)


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


def _line(document: Document, tag: Tag) -> str:
    """The text of an element: of its lines the longest, without a number that ranks it and without its date."""
    if lines := [leaf for leaf in tags(tag, BLOCKS) if not holds_blocks(leaf)]:
        return max((_line(document, line) for line in lines), key=len) or words(tag)
    pieces = [text.value for text in texts(tag) if normalize_text(text.value)]
    if len(pieces) > 1 and _RANK.match(normalize_text(pieces[0])):
        pieces = pieces[1:]
    if len(pieces) > 1 and is_date(pieces[-1], document.edition):
        pieces = pieces[:-1]
    return normalize_text(" ".join(pieces))

"""The picture of an article as its page shows it, and its caption.

The picture is the first one behind the title that is no portrait, or the last one before it in the same part of the page.
A caption is told by the figure, by what holds the picture and nothing else, or by the line below that is set as one.
"""

import re

from feedgen_mayadeen.site import pictures
from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.edition import words_of_all
from feedgen_mayadeen.site.lines import Lines
from feedgen_mayadeen.site.tree import Tag, above, first, is_within, parents, says_only, tags, words
from feedgen_mayadeen.text import match_key, normalize_text

_CAPTION = 600
_SMALL = 97
"""Narrower than so many pixels are portraits and signs."""
_CAPTIONED = re.compile(r"(^|[\s_-])(caption|credit|wp-caption-text)", re.IGNORECASE)


def picture_on(document: Document, lines: Lines, title: Tag | None, end: Tag | None) -> str | None:
    """The article's picture, where no metadata tells it: the first one behind the title, or the last one before it."""
    before: str | None = None
    passed = title is None
    column = set(parents(title)) if title is not None else set()
    for tag in tags(document.body):
        if tag is title:
            passed = True
        elif tag.tag in ("img", "video") and not _is_small(tag, lines, column):
            address = document.absolute(tag.get("poster") or "") if tag.tag == "video" and tag.get("poster") else None
            address = address or (document.picture(tag) if tag.tag == "img" else None)
            if address and passed:
                return address
            if address and any(outer in column and outer is not document.body for outer in list(parents(tag))[:7]):
                before = address
        elif passed and before and tag is end:
            return before
    return before


def _is_small(tag: Tag, lines: Lines, column: set[Tag]) -> bool:
    """Whether a picture is a portrait or a sign: small, or beside a line that tells an author."""
    for name in ("width", "height"):
        size = (tag.get(name) or "").removesuffix("px")
        if size.isdigit() and int(size) < _SMALL:
            return True
    for around in list(parents(tag))[:4]:
        if around in column:
            return False
        if lines.count(around):
            words_of_facts = tuple(f"{word} " for word in words_of_all("byline", "source"))
            said = [match_key(line.text).replace(":", " ") for line in lines.within(around)]
            return len(said) <= 4 and any(text.startswith(words_of_facts) for text in said)
    return False


def caption_of(document: Document, lines: Lines, picture: str, title: Tag | None, text: frozenset[Tag]) -> str | None:
    """The caption of a picture, from its figure or what holds nothing else; `text` are the lines of the article's text."""
    wanted = pictures.key_of(picture)
    for image in tags(document.body, ("img", "video")):
        offered = [document.absolute(one) for one in (*pictures.written(image), image.get("poster") or "") if one]
        if wanted not in {pictures.key_of(one) for one in offered if one}:
            continue
        if (caption := _caption_around(document, image, lines, title, text)) is not None:
            return caption
    return None


def _caption_around(document: Document, image: Tag, lines: Lines, title: Tag | None, text: frozenset[Tag]) -> str | None:
    for outer in parents(image):
        held = lines.within(outer)
        if outer is document.body or (title is not None and (outer is title or is_within(title, outer))):
            break
        if (marked := first(outer, ("figcaption",))) is not None and words(marked):
            return words(marked)
        if len(list(tags(outer, ("img",)))) > 1 or len(held) > 3 or any(line.tag in text for line in held):
            break
        said = [line.text for line in held if not line.is_links or line.linked == 0]
        if said and sum(map(len, said)) < _CAPTION:
            return normalize_text(" ".join(said))
    return _caption_below(image, lines, text)


def _caption_below(image: Tag, lines: Lines, text: frozenset[Tag]) -> str | None:
    """The line right behind a picture that is set as a caption: all of it small or leaning."""
    unit = image
    while (outer := unit.getparent()) is not None and not words(outer):
        unit = outer
    below = unit.getnext()
    while below is not None and not words(below) and first(below, ("img",)) is None:
        below = below.getnext()
    if below is None or len(words(below)) > _CAPTION / 2:
        return None
    inner = next((tag for tag in tags(below, ("small", "em", "i", "figcaption")) if words(tag) == words(below)), None)
    return words(below) if inner is not None or below.tag == "small" or is_caption(below) else None


def is_caption(tag: Tag) -> bool:
    """Whether a line is a picture's caption: by its element, by a class that says so, or alone in a table with a picture."""
    if any(outer.tag in ("figure", "figcaption") for outer in (tag, *parents(tag))):
        return True
    text, table, outer = words(tag), above(tag, ("table",)), tag.getparent()
    if table is not None and says_only(table, text) and first(table, ("img",)) is not None:
        return True
    if outer is not None and says_only(outer, text) and first(outer, ("img",)) is not None and first(tag, ("img",)) is None:
        return True
    whole = [inner for inner in tag if isinstance(inner.tag, str) and words(inner) == text]
    return any(_CAPTIONED.search(one.get("class") or "") for one in (*whole, tag, *list(parents(tag))[:2]))


def captions_in(lines: frozenset[Tag]) -> frozenset[Tag]:
    """Those of some lines that are pictures' captions."""
    return frozenset(tag for tag in lines if is_caption(tag))

"""The element that shows an article's title.

It is the one that says what metadata say, a heading before any other. Without metadata it is the longest heading that the
page's `<title>` repeats, else the line that does. What stands in a link, or leads home, is a title of something else.
"""

import re

from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.lines import above_link
from feedgen_mayadeen.site.tree import HEADINGS, Tag, first, holds_blocks, tags, text_of, words
from feedgen_mayadeen.text import match_key

_SEPARATORS = re.compile(r"\s+[|«»–—:·-]+\s+")
_OTHERS = ("p", "div", "span", "b", "strong", "td", "font")
"""Where a title may stand besides headings."""


def title_on(document: Document, told: str | None) -> Tag | None:
    """The element that shows the title."""
    shown = [tag for tag in tags(document.body, HEADINGS) if words(tag)]
    wanted = match_key(told) if told else None
    if wanted:
        for tag in (
            *sorted(shown, key=lambda tag: str(tag.tag)),
            *tags(document.body, _OTHERS),
        ):
            if (
                len(text_of(tag)) < 2 * len(wanted) + 50
                and match_key(words(tag)) == wanted
                and not _is_linked_away(document, tag)
            ):
                return _line_around(tag)
    if (by_title := _titled(document, shown)) is not None:
        return by_title
    own = [tag for tag in shown if not _is_linked_away(document, tag) and first(tag, ("a",)) is None]
    return (
        next((tag for name in ("h1", "h2") for tag in own if tag.tag == name), None) if wanted is None else _first_heading(own)
    )


def _first_heading(shown: list[Tag]) -> Tag | None:
    return next((tag for name in ("h1", "h2") for tag in shown if tag.tag == name), None)


def _line_around(tag: Tag) -> Tag:
    """The line that an element is all of."""
    line = tag
    while (outer := line.getparent()) is not None and outer.tag not in ("body", "html") and words(outer) == words(tag):
        if holds_blocks(outer):
            break
        line = outer
    return line


def _titled(document: Document, shown: list[Tag]) -> Tag | None:
    """The heading, else the line, that the page's `<title>` repeats: the longest one."""
    head = first(document.root, ("title",))
    if head is None or not (named := match_key(text_of(head))):
        return None
    fitting = [
        tag for tag in shown if len(words(tag)) > 2 and match_key(words(tag)) in named and not _is_linked_away(document, tag)
    ]
    site = {match_key(document.edition.name), *map(match_key, document.edition.staff)}
    fitting = [tag for tag in fitting if match_key(words(tag)) not in site]
    if fitting:
        return max(fitting, key=lambda tag: (len(words(tag)), -int(str(tag.tag)[1])))
    parts = {named, *_SEPARATORS.split(named), *(named.split(" | "))} - site
    longest = max(map(len, parts), default=0)
    for tag in tags(document.body, _OTHERS):
        if len(text_of(tag)) < 2 * longest + 50 and match_key(words(tag)) in parts and above_link(tag) is None:
            return _line_around(tag)
    return None


def _is_linked_away(document: Document, tag: Tag) -> bool:
    """Whether an element stands in a link, or is nothing but a link home."""
    if above_link(tag) is not None:
        return True
    link = first(tag, ("a",))
    return link is not None and document.own(link.get("href", "")) == document.edition.home

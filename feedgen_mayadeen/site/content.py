"""Where an article's text and its lead are on the page.

The text is in the element whose own lines weigh most behind the title, once all that is foreign has been taken out; the
nearest one goes before what is little heavier, and elements beside it that are alike belong to it. The lead is the line
that metadata tell, else a long line before the text, or its first one if it is set apart. What stands in the element
before the first line of the text is left out.
"""

from collections import Counter
from dataclasses import dataclass

from feedgen_mayadeen.site import pictures
from feedgen_mayadeen.site.captions import is_caption
from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.facts import Metadata
from feedgen_mayadeen.site.lines import Line, Lines, above_link
from feedgen_mayadeen.site.tree import (
    HEADINGS,
    Tag,
    above,
    drop_all,
    first,
    following,
    is_within,
    parents,
    tags,
    text_of,
    words,
)
from feedgen_mayadeen.text import match_key

_BODY = "p-content"
"""The known class (C) of the text's `div`."""
_SHORTEST_LEAD = 25
_LITTLE = 240
_SENTENCE_ENDS = ".!?؟…»”"
_WITHIN = frozenset(("li", "ul", "ol", "dl", "dd", "dt", "blockquote", "tr", "tbody", "thead", "table", "details", "span",
                     "font", "a", "b", "strong", "em", "i", "center", "figure", "figcaption", "pre", "summary"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Content:
    """Where the parts of an article are: the lead and the text may be missing. `start` is the first line of the text."""

    lead: Line | None
    text: Tag | None
    start: Tag | None = None


def content_of(document: Document, lines: Lines, title: Tag | None, told: Metadata, around: frozenset[Tag]) -> Content:
    """Where lead and text are; `around` are lines that tell author, source, date and tags, and are neither."""
    after = _behind(lines, title)
    lead_words = match_key(told.lead) if told.lead else None
    known = [tag for tag in tags(document.body, ("div",)) if _BODY in (tag.get("class") or "").split()]
    may_be = [line for line in after if line.tag not in around and not is_caption(line.tag) and not _is_pictured(line)]
    lead = next((line for line in may_be if lead_words and match_key(line.text) == lead_words), None)
    if len(known) == 1 and not (title is not None and is_within(title, known[0])):
        lead = lead or (None if lead_words else _lead_before(may_be, known[0]))
        return Content(lead, known[0], known[0])
    text, body = _text_of(document, [line for line in may_be if line is not lead], title, lines, told_lead=bool(lead_words))
    if lead is None and lead_words is None and body:
        lead = _lead_apart(may_be, body, text, title)
    body = [line for line in body if line is not lead]
    if text is None or not body:
        return Content(lead, _further_pictures(document, title, told))
    return Content(lead, text, body[0].tag)


def _behind(lines: Lines, title: Tag | None) -> list[Line]:
    """The lines that follow the title; all, where there is none."""
    if title is None:
        return lines.all
    places = [
        number
        for number, line in enumerate(lines.all)
        if line.tag is title or is_within(line.tag, title) or is_within(title, line.tag)
    ]
    return lines.all[places[-1] + 1 :] if places else lines.all


def _nearest(weights: Counter[Tag], homes: dict[Line, Tag], *, told_lead: bool) -> Tag:
    """The heaviest element; but the first behind the title, if it weighs a third of that, and may not be the lead alone."""
    heaviest = max(weights, key=lambda tag: weights[tag])
    for home in dict.fromkeys(homes.values()):
        alone = [line for line in homes if homes[line] is home and line.is_long]
        if weights[home] * 3 >= weights[heaviest] and (told_lead or len(alone) > 1):
            return heaviest if is_within(home, heaviest) else home
    return heaviest


def _text_of(
    document: Document, lines: list[Line], title: Tag | None, all_lines: Lines, *, told_lead: bool
) -> tuple[Tag | None, list[Line]]:
    """The element that holds the text, and the lines of it."""
    weights: Counter[Tag] = Counter()
    homes: dict[Line, Tag] = {}
    distant: dict[Tag, bool] = {}
    for line in lines:
        if (home := _home(line, all_lines, document)) is not None:
            homes[line] = home
            if line.is_long:
                is_far = distant.setdefault(home, _is_far(document, _place_of(line, home, title), title))
                weight = len(line.text) // (3 if is_far else 1)
                weights[home] += weight
                outer = home.getparent()
                if outer is not None and home is not document.body:
                    weights[outer] += weight // 2
    if all(distant.get(home, True) for home in homes.values() if weights[home]):
        short = _short_text(document, lines, title, homes, told_lead=told_lead)
        if short[0] is not None or not weights:
            return short
    best = _nearest(weights, homes, told_lead=told_lead)
    outer = best.getparent()
    if outer is not None and best is not document.body:
        alike = [tag for tag in outer if tag.tag == best.tag and tag.get("class") == best.get("class") and weights[tag] > 0]
        if len(alike) > 1 and not any(title is not None and (tag is title or is_within(title, tag)) for tag in alike):
            best = outer
    body = [line for line in lines if line.tag is best or is_within(line.tag, best)]
    if title is not None and is_within(title, best):
        near = [line for line in body if not _is_far(document, line.tag, title)]
        if any(line.is_long for line in near):
            body, best = near, _common(near)
    begins = next((number for number, line in enumerate(body) if line.is_long), 0)
    opening = _opening(body[:begins], body[begins]) if body else []
    body = [*opening, *body[begins:]]
    far = bool(body) and _is_far(document, body[0].tag, title)
    if far and sum(len(line.text) for line in body if line.is_long) < _LITTLE:
        return None, []
    return best, body


def _place_of(line: Line, home: Tag, title: Tag | None) -> Tag:
    """What tells how far a line is: its home, but the line itself in one that is around the title too."""
    return line.tag if title is not None and is_within(title, home) else home


def _common(lines: list[Line]) -> Tag:
    """The smallest element around some lines."""
    around = list(parents(lines[0].tag))
    for line in lines[1:]:
        above_it = set(parents(line.tag))
        around = [tag for tag in around if tag in above_it]
    return around[0]


def _home(line: Line, lines: Lines, document: Document) -> Tag | None:
    """The element whose text a line is part of: around the line and what holds nothing but it, lists and quotations."""
    unit = line.tag
    while (outer := unit.getparent()) is not None and outer is not document.body:
        if lines.count(outer) > 1 and outer.tag not in _WITHIN:
            return outer
        unit = outer
    return outer


def _opening(before: list[Line], first_long: Line) -> list[Line]:
    """The short lines right before the first long one that belong to the text: headings, quotations, lines like it."""
    found: list[Line] = []
    for line in reversed(before):
        quotation = above(line.tag, ("blockquote",))
        beside = (line.tag if quotation is None else quotation).getparent() is first_long.tag.getparent()
        same_form = line.tag.tag == first_long.tag.tag and line.tag.get("class") == first_long.tag.get("class")
        alike = line.tag.tag in HEADINGS or same_form or (line.text[-1] in _SENTENCE_ENDS and len(line.text) >= _SHORTEST_LEAD)
        if not (beside and (alike or quotation is not None)) or line.is_links:
            break
        found.append(line)
    return found[::-1]


def _short_text(
    document: Document, lines: list[Line], title: Tag | None, homes: dict[Line, Tag], *, told_lead: bool
) -> tuple[Tag | None, list[Line]]:
    """A text of short lines alone: a sentence, a list or a table among them, in an element that is not far from the title."""
    held: dict[Tag, list[Line]] = {}
    for line in lines:
        if line in homes and line.linked * 3 <= len(line.text) and any(char.isalpha() for char in line.text):
            held.setdefault(homes[line], []).append(line)
    for home, body in held.items():
        own = title is None or not is_within(title, home)
        is_text = any(_is_sentence(line) for line in body)
        if is_text and (own or told_lead or len(body) > 1) and not _is_far(document, body[0].tag, title):
            return home, body
    return None, []


def _is_sentence(line: Line) -> bool:
    """Whether a short line may be a paragraph: by its element, or by its end."""
    by_form = line.tag.tag in ("p", "li", "td", "blockquote") or line.text[-1] in _SENTENCE_ENDS
    return by_form and len(line.text) >= _SHORTEST_LEAD


def _is_far(document: Document, text: Tag, title: Tag | None) -> bool:
    """Whether title and text have nothing around them in common but what is around the whole page."""
    if title is None:
        return False
    whole = {document.body, *parents(document.body)}
    page = set(whole)
    around = document.body
    while len(children := [tag for tag in around if text_of(tag).strip()]) == 1:
        around = children[0]
        whole.add(around)
    column = {title, *parents(title)} - whole
    if (outer := title.getparent()) is not None and outer not in page:
        column.add(outer)
    return column.isdisjoint((text, *parents(text))) and text not in whole and text.getparent() is not title.getparent()


def _lead_before(lines: list[Line], text: Tag) -> Line | None:
    for line in lines:
        if line.tag is text or is_within(line.tag, text):
            return None
        if len(line.text) >= _SHORTEST_LEAD and not line.is_links and line.tag.tag not in HEADINGS[2:]:
            return line
    return None


def _lead_apart(lines: list[Line], body: list[Line], text: Tag | None, title: Tag | None) -> Line | None:
    """The lead, where no metadata tells it: the last long line before the text, or its first line if that stands apart."""
    for line in lines:
        if line is body[0]:
            break
        if len(line.text) >= _SHORTEST_LEAD and not line.is_links and line.tag.tag not in ("h1", "h4", "h5", "h6", "li", "td"):
            return line
    opening = body[0]
    if len(body) == 1 and text is not None and title is not None and is_within(title, text):
        return opening if opening.linked == 0 else None
    if len(body) < 2 or len(opening.text) < _SHORTEST_LEAD or opening.tag.tag in HEADINGS[2:]:
        return None
    return opening if _look(opening.tag) != _look(body[1].tag) and _is_long_run(opening, body) else None


def _is_long_run(opening: Line, body: list[Line]) -> bool:
    """Whether the lines behind the first one look alike: it is not one of many forms."""
    return opening.tag.tag not in ("blockquote", "li", "td") and any(line.is_long for line in body[1:])


def _look(tag: Tag) -> tuple[object, ...]:
    """How a line is set: its element and class, and the one element that holds all of it."""
    inner = [child for child in tag if isinstance(child.tag, str)]
    whole = len(inner) == 1 and words(inner[0]) == words(tag)
    return tag.tag, tag.get("class"), inner[0].tag if whole and inner[0].tag != "span" else None


def _is_pictured(line: Line) -> bool:
    """Whether a line is a picture with a few words."""
    return len(line.text) < _LITTLE and first(line.tag, ("img",)) is not None


def _further_pictures(document: Document, title: Tag | None, told: Metadata) -> Tag | None:
    """The element that holds an article's further pictures, where it consists of them."""
    own = pictures.key_of(told.picture) if told.picture else None
    for tag in following(title, ("img",)) if title is not None else ():
        address = document.picture(tag)
        if address is None or above_link(tag) is not None:
            continue
        own = own or pictures.key_of(address)
        figure = above(tag, ("figure",))
        outer = (tag if figure is None else figure).getparent()
        if pictures.key_of(address) != own and outer is not None and title is not None and not is_within(title, outer):
            return None if _is_far(document, outer, title) else outer
    return None


def trim(content: Content, lines: Lines, around: frozenset[Tag]) -> None:
    """Takes out of the element that holds the text what stands before it, and the lines around it."""
    root = content.text
    if root is None:
        return
    gone = [tag for tag in around if is_within(tag, root)]
    if content.lead is not None and is_within(content.lead.tag, root):
        gone.append(content.lead.tag)
    if content.start is not None and content.start is not root:
        above = {content.start, *parents(content.start)}
        for tag in tags(root):
            if tag is content.start:
                break
            if tag not in above:
                gone.append(tag)
    drop_all(gone, root)

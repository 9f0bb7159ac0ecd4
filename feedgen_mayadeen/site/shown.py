"""What the lines around an article's text tell its readers: author, source, date, tags.

A line is taken apart into phrases: its elements, and what signs such as `|` part. A phrase that begins with a word for a
byline or a source, or is a date, tells that; a line that is such a word alone tells it by the next line. Dates that
elements carry for machines go before those that are only shown. Tags are a run of short links of one kind.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import takewhile

from feedgen_mayadeen.models import Link
from feedgen_mayadeen.site import dates
from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.edition import Edition, words_of_all
from feedgen_mayadeen.site.lines import Line
from feedgen_mayadeen.site.tree import Tag, parents, says_only, tags, words
from feedgen_mayadeen.text import match_key, normalize_text
from feedgen_mayadeen.urls import path_of

_SHORT = 150
_LONGEST_NAME = 60
_MOST_WORDS = 6
_SIGNS = re.compile(r"\s*[|•·‖]\s*|\s+[–—/-]\s+")
_ENDS = re.compile(r"\s*[|•·‖(،,]\s*|\s+[–—/-]\s+|\s+\d")
_SENTENCE = re.compile(r"[.!?؟]$")
_LOOKS_DATED = re.compile(r"(?<!\d)(19|20)\d\d(?!\d)")
_AUTHORS = frozenset(("author", "authors", "writer", "writers", "autores", "autor", "contributor", "profile"))
_TAGS = frozenset(("tag", "tags", "topic", "topics", "keyword", "keywords", "etiqueta", "etiquetas", "وسم", "وسوم"))
_LONGEST_TAG = 60


@dataclass(frozen=True, slots=True)
class Told:
    """What lines tell, which they are, and dates that can't be read."""

    author: Link | None = None
    source: str | None = None
    published: datetime | None = None
    lines: frozenset[Tag] = frozenset()
    unread: tuple[str, ...] = ()


def told_by(document: Document, lines: Sequence[Line], *, needs_author: bool) -> Told:
    """What some lines tell, in their order: the first author, source and date that there is."""
    author: Link | None = None
    source: str | None = None
    used: list[Tag] = []
    days: list[dates.Shown] = []
    unread: list[str] = []
    for number, line in enumerate(lines):
        if len(line.text) > _SHORT or not _worth_a_look().search(line.text.lower()):
            continue
        follower = lines[number + 1] if number + 1 < len(lines) else None
        for phrase in _phrases(line.tag):
            found = dates.find(phrase, document.edition)
            is_dated = found is not None and found.when is not None and _says_only_dates(found.rest)
            if name := _name_after(phrase, "byline", document.edition, follower):
                author = author or _linked(document, line, follower, name)
            elif name := _name_after(phrase, "source", document.edition, follower):
                source = source or name
            elif not is_dated or found is None:
                if _LOOKS_DATED.search(phrase) and len(phrase) <= _LONGEST_NAME and match_key(phrase) != match_key(line.text):
                    unread.append(phrase)
                continue
            if found is not None and is_dated:
                days.append(found)
            used.append(line.tag)
            if follower is not None and _is_word(phrase):
                used.append(follower.tag)
            if number and _is_word(lines[number - 1].text):
                used.append(lines[number - 1].tag)
    if author is None and needs_author:
        author = _marked_author(document, lines)
    shown = [one.when for one in sorted(days, key=lambda one: not one.has_hour)]
    return Told(author, source, next(iter(shown), None), frozenset(used), tuple(dict.fromkeys(unread)))


def _says_only_dates(rest: str) -> bool:
    """Whether what stands beside a date is a word for publishing, or nothing."""
    rest = rest.strip(" :")
    return (
        not rest or rest in words_of_all("dated", "weekdays") or any(rest.startswith(f"{w} ") for w in words_of_all("byline"))
    )


def _phrases(tag: Tag) -> Iterator[str]:
    """The phrases of a line: those of its elements where it consists of several, and what signs part."""
    own = normalize_text(tag.text)
    inner = [child for child in tag if isinstance(child.tag, str) and child.tag != "br" and words(child)]
    tails = [normalize_text(child.tail) for child in tag if normalize_text(child.tail)]
    if inner and not own and not [tail for tail in tails if any(char.isalnum() for char in tail)]:
        if len(inner) == 1:
            yield from _phrases(inner[0])
            return
        for child in inner:
            yield from _phrases(child)
        yield words(tag)
        return
    whole = words(tag)
    yield whole
    if len(parts := [part for part in _SIGNS.split(whole) if part]) > 1:
        yield from parts


def _is_word(phrase: str) -> bool:
    return match_key(phrase.strip(" :")) in words_of_all("byline", "source", "dated")


def _name_after(phrase: str, kind: str, edition: Edition, follower: Line | None) -> str:
    """The name behind a word of a kind at the start of a phrase, or in the next line; "" if there is none."""
    if len(phrase) > _SHORT or not (written := match_key(phrase)).startswith(_beginnings(kind)):
        return ""
    for word in _beginnings(kind):
        if not written.startswith(word):
            continue
        rest = phrase[len(word) :]
        if not rest.strip(" :"):
            near = follower is not None and len(follower.text) <= _LONGEST_NAME
            return _name(follower.text, kind, edition) if near and follower is not None else ""
        if rest[:1] in (" ", ":"):
            return _name(rest.lstrip(" :"), kind, edition)
    return ""


@cache
def _beginnings(kind: str) -> tuple[str, ...]:
    return tuple(sorted(words_of_all(kind), key=len, reverse=True))


@cache
def _worth_a_look() -> re.Pattern[str]:
    """What a line holds that tells author, source or date: a figure, or a word for one of these."""
    return re.compile(r"\d|\b(?:" + "|".join(map(re.escape, words_of_all("byline", "source", "dated"))) + r")\b")


def _name(text: str, kind: str, edition: Edition) -> str:
    """A name at the start of a text: not a sentence, of a few words; "" for anything else."""
    name = _ENDS.split(text)[0]
    for word in words_of_all("source", "byline", "dated"):
        place = match_key(name).find(f" {word}:")
        name = name[:place] if place > 0 else name
    name = normalize_text(name).strip(" :")
    if not name or len(name) > _LONGEST_NAME or _SENTENCE.search(text) or dates.is_date(name, edition):
        return ""
    if kind == "byline" and (len(name.split()) > _MOST_WORDS or name[0].islower()):
        return ""
    return name


def _linked(document: Document, line: Line, follower: Line | None, name: str) -> Link:
    places = [line.tag, *([follower.tag] if follower is not None else [])]
    found = (at for place in places for link, at in document.links(place) if match_key(words(link)) == match_key(name))
    return Link(name, next(found, None))


def _marked_author(document: Document, lines: Sequence[Line]) -> Link | None:
    """The author by a link that says that it leads to one, or a line with the name that the site itself signs with."""
    for line in lines:
        for link, address in document.links(line.tag) if len(line.text) <= _SHORT else ():
            kind = path_of(address).split("/")[1].lower()
            name = words(link)
            if ("author" in (link.get("rel") or "") or kind in _AUTHORS) and 0 < len(name) <= _LONGEST_NAME:
                return Link(name, address)
    staff = {match_key(name) for name in document.edition.staff}
    return next((Link(line.text) for line in lines if match_key(line.text) in staff), None)


def instant_by(document: Document, places: Iterable[Tag]) -> datetime | None:
    """The first instant that elements carry for machines: `time datetime`, and `content` of what is named a date."""
    late: datetime | None = None
    for tag in places:
        told = tag.get("datetime") or (tag.get("content") if "date" in _names(tag) or "published" in _names(tag) else None)
        if told and (when := dates.instant(told, document.edition)):
            if "modified" in _names(tag) or "updated" in _names(tag):
                late = late or when
            else:
                return when
    return late


def _names(tag: Tag) -> str:
    return f"{tag.get('itemprop') or ''} {tag.get('property') or ''} {tag.get('class') or ''}".lower()


# Tags


def tags_by(document: Document, before: frozenset[Tag], taken: frozenset[Tag]) -> tuple[Link, ...] | None:
    """The tags: of the runs of short links behind the title the one that says that it is, or that is like one.

    `before` are links that stand before the title, `taken` those of cards.
    """
    runs: dict[tuple[Tag, object, str], list[tuple[Tag, str]]] = {}
    units: dict[Tag, Tag] = {}
    for link, address in document.links():
        if link in before or link in taken or not 0 < len(words(link)) <= _LONGEST_TAG:
            continue
        unit, said = link, words(link)
        while (outer := unit.getparent()) is not None and outer is not document.body and says_only(outer, said):
            unit = outer
        if outer is not None:
            units[link] = unit
            runs.setdefault((outer, unit.tag, _kind(address)), []).append((link, address))
    ranked = []
    for number, ((outer, _, kind), run) in enumerate(runs.items()):
        # One link alone is looked at by itself: what stands around it is another matter.
        box = outer if len(run) > 1 else units[run[0][0]]
        ranked.append((_likeness(document, box, kind, run), -number, run))
    best = max(ranked, key=lambda one: one[:2], default=None)
    if best is None or best[0] < 2:
        return None
    return tuple(Link(words(link).strip("#, "), address) for link, address in best[2])


def _kind(address: str) -> str:
    return path_of(address).split("/")[1].lower()


def _likeness(document: Document, outer: Tag, kind: str, run: list[tuple[Tag, str]]) -> int:
    """How much a run of links is like an article's tags."""
    sections = {path_of(entry.address).split("/")[1] for entry in document.edition.lists if entry.address}
    near = (run[0][0], *takewhile(lambda tag: tag is not outer.getparent(), parents(run[0][0])))
    marks = " ".join(f"{tag.get('class') or ''} {tag.get('id') or ''} {tag.get('rel') or ''}" for tag in near).lower()
    said = sum(len(words(link)) for link, _ in run)
    beside = len(words(outer)) - said
    likeness = 4 * (kind in _TAGS) + 3 * ("tag" in re.split(r"[\s_-]+", marks) or "tags" in re.split(r"[\s_-]+", marks))
    likeness += 3 * _is_labelled(outer) + (len(run) > 1) + (beside < 20 + 2 * len(run))
    return likeness - 4 * (kind in sections or kind == "") - 3 * (kind in _AUTHORS) - 3 * (beside > 60)


def _is_labelled(outer: Tag) -> bool:
    """Whether a word for tags begins the run, or stands right before it."""
    if match_key(words(outer)).startswith(_beginnings("tags")):
        return True
    unit: Tag | None = outer
    for _ in range(3):
        before = unit.getprevious() if unit is not None else None
        if before is not None and words(before):
            return match_key(words(before).strip(" :")) in words_of_all("tags")
        unit = unit.getparent() if unit is not None else None
    return False


def all_links(root: Tag) -> Iterator[Tag]:
    """The links within an element, itself too."""
    if root.tag == "a":
        yield root
    yield from tags(root, ("a",))

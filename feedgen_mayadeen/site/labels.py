"""The labels of a page's boxes (BREAKING, Most Read, Coverage, Read Next), and what each of them heads.

A label is an element whose whole text is one of the words of an edition's file, and which is part of no sentence. It
heads what follows it in the same element, else what follows the short head that it stands in. That run is over where
other matter begins.
"""

from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from itertools import takewhile

from feedgen_mayadeen.site.dates import is_date
from feedgen_mayadeen.site.document import Document, may_be_article
from feedgen_mayadeen.site.edition import words_of_all
from feedgen_mayadeen.site.tree import (
    HEADINGS,
    Part,
    Tag,
    Text,
    above,
    around,
    links,
    parents,
    parts,
    parts_after,
    says_only,
    short_texts,
    text_of,
    texts,
    words,
)
from feedgen_mayadeen.text import match_key, normalize_text

KINDS = ("breaking", "most_read", "coverage", "read_next")
"""The kinds of labels that head boxes, named as in the editions' files."""
FRAMES = ("html", "body", "main", "article", "nav")
"""Elements that are never a box or its head, but what these stand in."""
MOST_LABELS = 60
"""So many labels of a page are looked at, at most."""
LONGEST_LABEL = 40

_LINES = (*HEADINGS, "p", "li", "td", "figcaption", "blockquote")
_LONGEST_HEAD = 60
_SHORT = 40
_MANY = 3


def labels(document: Document, *kinds: str) -> list[Tag]:
    """The elements whose whole text is one of the words of these kinds, unless they are part of a sentence."""
    wanted, found = words_of_all(*kinds), list[Tag]()
    for text in short_texts(document.body, 2 * LONGEST_LABEL, lambda text: bare(text) in wanted):
        tag = text.parent
        while (
            (outer := around(tag)) is not None and outer is not document.body and says_only(outer, normalize_text(text.value))
        ):
            tag = outer
        if outer is not None and tag.tag != "h1" and not _is_in_sentence(document, outer):
            found.append(tag)
    return found


def _is_in_sentence(document: Document, line: Tag) -> bool:
    """Whether what stands in an element is part of a line of text: that has words beside its elements, and few links."""
    if line.tag not in _LINES or is_mostly_links(document, line):
        return False
    return any(isinstance(part, Text) and normalize_text(part.value) for part in parts(line)) or len(line) < _MANY


@lru_cache(4096)
def bare(text: str) -> str:
    """The form in which a label is compared with an edition's words: without the signs that set it off."""
    return match_key(text).strip(" :|•-")


def is_mostly_links(document: Document, box: Tag) -> bool:
    """Whether a box consists of links: at least half of its words, dates not counted, and no sentence between them."""
    linked = unlinked = 0
    for text in texts(box):
        line = normalize_text(text.value)
        if not line or is_date(line, document.edition):
            continue
        if above(text, ("a",)) is not None:
            linked += len(line)
        elif len(line) > LONGEST_LABEL:
            return False
        else:
            unlinked += len(line)
    return linked > 0 and linked >= unlinked - _SHORT


def runs(label: Tag, kind: str, ends: Collection[Tag]) -> Iterator[list[Part]]:
    """What follows a label of a kind, up to the first of `ends`: first beside it, then beside the heads it stands in."""
    if above(label, ("nav",)) is not None:
        return
    node: Part = label
    if bare(words(label)) not in words_of_all(kind):
        own = (part for part in parts(label) if isinstance(part, Text) and bare(part.value) in words_of_all(kind))
        node = next(own, label)
    while (outer := around(node)) is not None:
        yield list(takewhile(lambda part: isinstance(part, Text) or part not in ends, parts_after(node)))
        node = outer
        if node.tag in FRAMES or len(words(node)) > _LONGEST_HEAD:
            return


def with_parents(found: Iterable[Tag]) -> set[Tag]:
    """Elements, and all that these stand in."""
    all_of_them: set[Tag] = set()
    for tag in found:
        for each in (tag, *parents(tag)):
            if each in all_of_them:
                break
            all_of_them.add(each)
    return all_of_them


def links_in(nodes: Iterable[Part]) -> Iterator[Tag]:
    """The links of a run, in its order."""
    for node in nodes:
        if isinstance(node, Tag) and node.tag == "a" and "href" in node.attrib:
            yield node
        elif isinstance(node, Tag):
            yield from links(node)


def is_menu(document: Document, run: Iterable[Part]) -> bool:
    """Whether a run is part of a menu: it links to lists by their labels."""
    lists = {match_key(entry.label) for entry in document.edition.lists}
    return len({match_key(text_of(link)) for link in links_in(run)} & lists) > 1


def article_at(document: Document, link: Tag) -> str | None:
    """The address that a link leads to, if it may be an article's of this edition."""
    href = link.get("href", "")
    address = document.own(href) if not href.startswith("#") else None
    if not address or not may_be_article(address):
        return None
    return address if address not in {entry.address for entry in document.edition.lists} else None

"""What stands on every page and is never its own matter: landmarks around it, and boxes that begin with a known label."""

from bs4 import Comment, Tag

from feedgen_mayadeen.names import fold, same
from feedgen_mayadeen.site.dates import is_date
from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.edition import words_of_all
from feedgen_mayadeen.site.tree import HEADINGS, above, first, has_link, is_gone, is_within, links, tags, texts

MARK = "furniture"
"""The name of the element that stands where a labelled box was, so that a reader can tell what came before it."""

_DEAD = ("script", "style", "noscript", "template", "svg")
_LANDMARKS = ("nav", "aside")
_ROLES = ("navigation", "complementary", "banner", "contentinfo", "search")
_WITHIN = ("main", "article", "section", "li")
_LINES = (*HEADINGS, "p", "li", "td", "figcaption", "blockquote")
_LONGEST_LABEL = 40
_LONGEST_LINE = 250
_SHORT = 40


def prune(document: Document) -> None:
    """Takes out of a page all that is not its own matter, scripts and comments among it."""
    drop_unseen(document)
    for tag in [tag for tag in tags(document.body) if _is_landmark(tag)]:
        if not is_gone(tag):
            tag.decompose()
    for label in labels(document, "breaking"):
        if not is_gone(label) and (box := _box(document, label)) is not label and _is_ticker(box):
            _mark(document, box)
    for label in labels(document, "most_read", "coverage", "read_next"):
        if not is_gone(label):
            _take(document, label)


def drop_unseen(document: Document) -> None:
    """Takes out of a page what it does not show: scripts, styles, templates and comments."""
    for tag in list(tags(document.soup, _DEAD)):
        if not is_gone(tag):
            tag.decompose()
    for comment in [text for text in texts(document.soup) if isinstance(text, Comment)]:
        comment.extract()


def labels(document: Document, *kinds: str) -> list[Tag]:
    """The elements whose whole text is one of the words of these kinds, unless they are part of a sentence."""
    wanted, found = words_of_all(*kinds), []
    for text in list(texts(document.body)):
        if len(text) <= 2 * _LONGEST_LABEL and bare(str(text)) in wanted and text.parent:
            tag = text.parent
            while tag.parent and tag.parent is not document.body and fold(tag.parent.get_text()) == fold(str(text)):
                tag = tag.parent
            if tag.parent and tag.name != "h1" and (tag.parent.name not in _LINES or _is_mostly_links(document, tag.parent)):
                found.append(tag)
    return found


def bare(text: str) -> str:
    """The form in which a label is compared with an edition's words: without the signs that set it off."""
    return same(text).strip(" :|•-")


def _is_landmark(tag: Tag) -> bool:
    if tag.name in ("header", "footer"):
        around = above(tag, _WITHIN) is None
    else:
        around = tag.name in _LANDMARKS or str(tag.get("role", "")) in _ROLES
    return around and first(tag, ("h1",)) is None and has_link(tag)


def _mark(document: Document, tag: Tag) -> None:
    tag.insert_before(document.soup.new_tag(MARK))
    tag.decompose()


def _take(document: Document, label: Tag) -> None:
    box = _box(document, label)
    if box is label:
        _take_run(document, label)
    elif _is_mostly_links(document, box):
        _mark(document, box)


def _box(document: Document, label: Tag) -> Tag:
    """The part of the page that a label heads: the largest element that begins with it and is about nothing else."""
    box = label
    while (around := box.parent) and around is not document.body and around.name not in ("body", "html", "main"):
        if _titled_links(box) > 1 or _begins_before(around, label) or first(around, ("h1", MARK)) or _has_other(around, label):
            break
        if has_link(around) and not _is_mostly_links(document, around) and not _is_ticker(around):
            break
        box = around
    return box


def _begins_before(box: Tag, label: Tag) -> bool:
    """Whether a box holds words of its own before the label."""
    for part in box.descendants:
        if part is label:
            return False
        if not isinstance(part, Tag) and fold(str(part)):
            return True
    return False


def _has_other(box: Tag, label: Tag) -> bool:
    """Whether a box holds another label of furniture."""
    wanted = words_of_all("breaking", "most_read", "coverage", "read_next")
    return any(
        len(text) <= 2 * _LONGEST_LABEL and bare(str(text)) in wanted and not is_within(text, label) for text in texts(box)
    )


def _is_mostly_links(document: Document, box: Tag) -> bool:
    """Whether a box consists of links: at least half of its words, dates not counted, and no sentence between them."""
    linked = unlinked = 0
    for text in texts(box):
        line = fold(str(text))
        if not line or is_date(line, document.edition):
            continue
        if above(text, ("a",)):
            linked += len(line)
        elif len(line) > _LONGEST_LABEL:
            return False
        else:
            unlinked += len(line)
    return linked > 0 and linked >= unlinked - _SHORT


def _is_ticker(box: Tag) -> bool:
    """Whether a box may be the ticker: short lines and no heading."""
    return first(box, HEADINGS) is None and all(len(fold(str(text))) <= _LONGEST_LINE for text in texts(box))


def _titled_links(box: Tag) -> int:
    """How many links in a box carry a title of more than one word."""
    return sum(" " in fold(link.get_text()) for link in links(box))


def _take_run(document: Document, label: Tag) -> None:
    """Takes out a label that shares its parent with what it heads, if it heads links: the siblings that consist of them."""
    run: list[Tag] = []
    for tag in label.find_next_siblings():
        linked = _is_mostly_links(document, tag)
        short = tag.name not in HEADINGS and not linked and len(fold(tag.get_text())) <= _SHORT
        if tag.name in (MARK, label.name, "h1") or first(tag, ("h1",)) or not (linked or short):
            break
        run.append(tag)
    if not any(has_link(tag) or tag.name == "a" for tag in run):
        return
    for tag in run:
        tag.decompose()
    _mark(document, label)

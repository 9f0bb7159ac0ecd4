"""An article's text as HTML that stands on its own: real pictures, absolute links, embeds as links, no related boxes."""

import re
from dataclasses import dataclass
from html import escape
from itertools import takewhile
from urllib.parse import parse_qs, urlsplit

from lxml import etree

from feedgen_mayadeen.models import Named
from feedgen_mayadeen.names import fold, same, without_forbidden
from feedgen_mayadeen.site import dates
from feedgen_mayadeen.site.boxes import MARKER
from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.edition import words_of_all
from feedgen_mayadeen.site.prose import Prose
from feedgen_mayadeen.site.tree import (
    BLOCKS,
    GONE,
    Tag,
    Text,
    above,
    drop,
    drop_all,
    first,
    following,
    holds_blocks,
    is_within,
    parents,
    parts,
    replace,
    still_stands,
    tags,
    text_of,
    texts,
    words,
)

_RELATED_CLASS = re.compile(r"\bdual-related\b")
_EMBEDS = ("iframe", "embed", "object", "video", "audio")
_DROPPED = (MARKER, "form", "button", "input", "select", "textarea", "canvas", "map", "link", "meta")
_NO_LINK = "No-Link"
_VOID = ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
_BOXES = ("div", "aside", "section", "ul", "ol", "nav", "article")
_YOUTUBE = re.compile(r"(^|\.)(youtube(-nocookie)?\.com|youtu\.be)$")


@dataclass(frozen=True, slots=True)
class Body:
    """The text as HTML (not yet sanitised), the articles that it names under "Read more", and an audio file's address."""

    html: str = ""
    related: tuple[Named, ...] = ()
    audio: str | None = None


def read_body(document: Document, prose: Prose, picture: str | None) -> Body:
    """The body of an article, from the element that `prose` found; changes the document.

    `picture` is the article's own picture, which is not repeated at the start of the body.
    """
    root = prose.body
    audio = next((at for tag in tags(document.body, ("audio", "source")) if (at := _audio(document, tag))), None)
    if root is None:
        return Body(audio=audio)
    _trim(root, prose)
    drop_all(tags(root, _DROPPED), root)
    _drop_related(document, root)
    related = _related(document, root)
    _real_pictures(document, root, picture)
    _real_links(document, root)
    _embeds_to_links(document, root)
    _divisions_to_paragraphs(document, root)
    html = _written(root)
    return Body(html if fold(text_of(root)) or first(root, ("img",)) is not None else "", related, audio)


def _written(root: Tag) -> str:
    """What stands in an element as HTML. lxml's own writer of HTML would percent-encode addresses, names of hosts too."""
    etree.strip_tags(root, GONE)
    for tag in tags(root):
        if len(tag) == 0 and not tag.text and tag.tag not in _VOID:
            tag.text = ""  # XML would close it where it begins
    return escape(root.text or "") + "".join(etree.tostring(tag, encoding="unicode") for tag in root)


def _trim(root: Tag, prose: Prose) -> None:
    """Where the container holds more than the text: takes out title and the lines about it, and what follows furniture."""
    if prose.title is not None and is_within(prose.title, root):
        around = set(parents(prose.title))
        before = takewhile(lambda tag: tag is not prose.title, tags(root))
        drop_all((tag for tag in before if tag not in around), root)
        end = next(following(prose.title if prose.last is None else prose.last, (MARKER,)), None)
        if end is not None and is_within(end, root):
            drop_all(following(end), root)
        drop(prose.title)
    drop_all((tag for tag in prose.around if above(tag, ("figure", "blockquote")) is None), root)


def _drop_related(document: Document, root: Tag) -> None:
    """Boxes of other articles: by the known class (C), else blocks that hold nothing but links to articles and dates."""
    for tag in list(tags(root, _BOXES)):
        if still_stands(tag, root) and (_RELATED_CLASS.search(tag.get("class", "")) or _is_related_box(document, tag)):
            drop(tag)


def _is_related_box(document: Document, tag: Tag) -> bool:
    links = list(document.links(tag))
    if not links or first(tag, _EMBEDS) is not None or any(above(link, ("p",)) is not None for link, _ in links):
        return False
    rest = [text.value for text in texts(tag) if fold(text.value) and above(text, ("a",)) is None]
    dated = all(dates.is_date(text, document.edition) for text in rest)
    return dated and (bool(rest) or tag.tag in ("aside", "nav") or first(tag, ("img",)) is not None)


def _related(document: Document, root: Tag) -> tuple[Named, ...]:
    """The links of the lines that begin with "Read more" in the edition's words."""
    spoken = tuple(words_of_all("read_more"))
    found: dict[str, Named] = {}
    for tag in tags(root, ("p", "div", "li", "h3", "h4", "strong", "blockquote")):
        if not holds_blocks(tag) and same(words(tag)).startswith(spoken):
            for link, address in document.links(tag):
                if words(link):
                    found.setdefault(address, Named(words(link), address))
    return tuple(found.values())


def _real_pictures(document: Document, root: Tag, own: str | None) -> None:
    seen = {own} if own else set()
    for number, tag in enumerate(list(tags(root, ("img",)))):
        address = document.picture(tag)
        leading = number == 0 and address in seen
        if address is None or leading:
            figure = above(tag, ("figure",))
            alone = figure is not None and is_within(figure, root) and len(list(tags(figure, ("img",)))) == 1
            drop(figure if figure is not None and alone else tag)
            continue
        alt = fold(tag.get("alt"))
        tag.attrib.clear()
        tag.attrib.update({"src": address, "alt": alt})


def _real_links(document: Document, root: Tag) -> None:
    for tag in list(tags(root, ("a",))):
        href = tag.get("href")
        if address := document.own(href) if href else None:
            tag.attrib["href"] = address
        elif href and (away := document.absolute(href)):
            tag.attrib["href"] = away
        else:
            tag.tag = _NO_LINK
    etree.strip_tags(root, _NO_LINK)


def _embeds_to_links(document: Document, root: Tag) -> None:
    for tag in list(tags(root, _EMBEDS)):
        if not still_stands(tag, root):
            continue
        inner = first(tag, ("source",))
        raw = tag.get("src") or tag.get("data-src") or tag.get("data") or (inner.get("src") if inner is not None else None)
        address = watchable(document.absolute(raw)) if raw else None
        if address is None:
            drop(tag)
            continue
        link = tag.makeelement("a", href=address)
        link.text = address
        if above(tag, ("p",)) is not None:
            replace(tag, link)
        else:
            paragraph = tag.makeelement("p")
            paragraph.append(link)
            replace(tag, paragraph)


def watchable(address: str | None) -> str | None:
    """The page where a person can see what is embedded: YouTube's players become the video's own page."""
    if not address:
        return None
    parts = urlsplit(address)
    if _YOUTUBE.search(parts.hostname or "") and parts.path.startswith("/embed/"):
        start = parse_qs(parts.query).get("start", [""])[0]
        name = parts.path.removeprefix("/embed/").strip("/")
        return f"https://www.youtube.com/watch?v={name}" + (f"&t={start}" if start.isdigit() else "")
    return address


def _divisions_to_paragraphs(document: Document, root: Tag) -> None:
    """Lines that stand in `div`s or bare in the container become paragraphs, so that they stay apart without the tags."""
    for tag in list(tags(root, ("div", "section", "article", "address", "center"))):
        if not holds_blocks(tag) and fold(text_of(tag)) and above(tag, ("p",)) is None:
            tag.tag = "p"
            tag.attrib.clear()
    for tag in list(tags(root, ("h1",))):
        tag.tag = "h2"
    if not any(child.tag in BLOCKS for child in root):
        paragraph = root.makeelement("p")
        paragraph.text, root.text = without_forbidden(root.text or ""), None
        paragraph.extend(root)
        root.append(paragraph)
        return
    for part in parts(root):
        if isinstance(part, Text) and fold(part.value):
            _to_paragraph(part)


def _to_paragraph(text: Text) -> None:
    paragraph = text.parent.makeelement("p")
    paragraph.text = without_forbidden(text.value)
    if text.after is None:
        text.parent.text = None
        text.parent.insert(0, paragraph)
    else:
        text.after.tail = None
        text.after.addnext(paragraph)


def _audio(document: Document, tag: Tag) -> str | None:
    """The address of an audio file that the page plays, when it is written in the page."""
    if tag.tag == "source" and not tag.get("type", "").startswith("audio/"):
        return None
    raw = tag.get("src") or tag.get("data-src")
    return document.absolute(raw) if raw else None

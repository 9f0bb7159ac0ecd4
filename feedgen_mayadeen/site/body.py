"""An article's text as HTML that stands on its own: real pictures, absolute links, embeds as links, no related boxes."""

import re
from dataclasses import dataclass
from itertools import takewhile
from urllib.parse import parse_qs, urlsplit

from bs4 import Tag
from bs4.element import NavigableString

from feedgen_mayadeen.models import Named
from feedgen_mayadeen.names import fold, same
from feedgen_mayadeen.site import dates
from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.edition import words_of_all
from feedgen_mayadeen.site.furniture import MARK
from feedgen_mayadeen.site.prose import Prose
from feedgen_mayadeen.site.tree import (
    BLOCKS,
    above,
    classes,
    first,
    following,
    holds_blocks,
    is_gone,
    is_within,
    tags,
    texts,
    words,
)

_RELATED_CLASS = re.compile(r"\bdual-related\b")
_EMBEDS = ("iframe", "embed", "object", "video", "audio")
_DROPPED = (MARK, "form", "button", "input", "select", "textarea", "canvas", "map", "link", "meta")
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
    for tag in list(tags(root, _DROPPED)):
        if not is_gone(tag):
            tag.decompose()
    _drop_related(document, root)
    related = _related(document, root)
    _real_pictures(document, root, picture)
    _real_links(document, root)
    _embeds_to_links(document, root)
    _divisions_to_paragraphs(document, root)
    html = "".join(str(child) for child in root.children)
    return Body(html if fold(root.get_text()) or first(root, ("img",)) else "", related, audio)


def _trim(root: Tag, prose: Prose) -> None:
    """Where the container holds more than the text: takes out title and the lines about it, and what follows furniture."""
    if prose.title is not None and is_within(prose.title, root):
        around = {id(parent) for parent in prose.title.parents}
        for before in list(takewhile(lambda tag: tag is not prose.title, tags(root))):
            if id(before) not in around and not is_gone(before):
                before.decompose()
        end = next(following(prose.last or prose.title, (MARK,)), None)
        if end is not None and is_within(end, root):
            for after in list(following(end)):
                if not is_gone(after) and is_within(after, root):
                    after.decompose()
        prose.title.decompose()
    for tag in prose.around:
        if not is_gone(tag) and is_within(tag, root) and not above(tag, ("figure", "blockquote")):
            tag.decompose()


def _drop_related(document: Document, root: Tag) -> None:
    """Boxes of other articles: by the known class (C), else blocks that hold nothing but links to articles and dates."""
    for tag in list(tags(root, _BOXES)):
        if is_gone(tag):
            continue
        if _RELATED_CLASS.search(" ".join(classes(tag))) or _is_related_box(document, tag):
            tag.decompose()


def _is_related_box(document: Document, tag: Tag) -> bool:
    links = list(document.links(tag))
    if not links or first(tag, _EMBEDS) or any(above(a, ("p",)) for a, _ in links):
        return False
    rest = [s for s in texts(tag) if fold(str(s)) and above(s, ("a",)) is None]
    dated = [s for s in rest if dates.is_date(fold(str(s)), document.edition)]
    return len(dated) == len(rest) and (bool(dated) or tag.name in ("aside", "nav") or first(tag, ("img",)) is not None)


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
            (figure if figure is not None and alone else tag).decompose()
            continue
        alt = fold(str(tag.get("alt") or ""))
        tag.attrs = {"src": address, "alt": alt}


def _real_links(document: Document, root: Tag) -> None:
    for tag in list(tags(root, ("a",))):
        href = tag.get("href")
        address = document.resolve(href) if href else None
        if address and document.edition.owns(address):
            tag["href"] = address
        elif href and (away := document.absolute(str(href))):
            tag["href"] = away
        else:
            tag.unwrap()


def _embeds_to_links(document: Document, root: Tag) -> None:
    for tag in list(tags(root, _EMBEDS)):
        if is_gone(tag):
            continue
        inner = first(tag, ("source",))
        raw = tag.get("src") or tag.get("data-src") or tag.get("data") or (inner.get("src") if inner else None)
        address = watchable(document.absolute(str(raw))) if raw else None
        if address is None:
            tag.decompose()
            continue
        link = document.soup.new_tag("a", href=address)
        link.string = address
        if above(tag, ("p",)):
            tag.replace_with(link)
        else:
            paragraph = document.soup.new_tag("p")
            paragraph.append(link)
            tag.replace_with(paragraph)


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
    for tag in tags(root, ("div", "section", "article", "address", "center")):
        if not holds_blocks(tag) and fold(tag.get_text()) and not above(tag, ("p",)):
            tag.name = "p"
            tag.attrs = {}
    for tag in tags(root, ("h1",)):
        tag.name = "h2"
    if not any(isinstance(c, Tag) and c.name in BLOCKS for c in root.children):
        paragraph = document.soup.new_tag("p")
        for child in list(root.children):
            paragraph.append(child.extract())
        root.append(paragraph)
        return
    for child in list(root.children):
        if isinstance(child, NavigableString) and fold(str(child)):
            child.wrap(document.soup.new_tag("p"))


def _audio(document: Document, tag: Tag) -> str | None:
    """The address of an audio file that the page plays, when it is written in the page."""
    if tag.name == "source" and not str(tag.get("type", "")).startswith("audio/"):
        return None
    raw = tag.get("src") or tag.get("data-src")
    return document.absolute(str(raw)) if raw else None

"""An article's text as HTML that stands on its own: real pictures, absolute links, embeds as links, no related boxes."""

import re
from dataclasses import dataclass
from itertools import takewhile
from urllib.parse import parse_qs, urlsplit

from bs4.element import NavigableString, Tag

from feedgen_mayadeen.markup import attribute, elements, parsed, stands
from feedgen_mayadeen.models import Link
from feedgen_mayadeen.site import dates, tree
from feedgen_mayadeen.site.boxes import MARKER
from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.edition import words_of_all
from feedgen_mayadeen.site.prose import Prose
from feedgen_mayadeen.site.tree import BLOCKS, drop, drop_all, following, inner_html, parents, tags
from feedgen_mayadeen.text import match_key, normalize_text

_RELATED_CLASS = re.compile(r"\bdual-related\b")
_EMBEDS = ("iframe", "embed", "object", "video", "audio")
_GONE = tree.GONE.lower()
_DROPPED = (MARKER.lower(), "form", "button", "input", "select", "textarea", "canvas", "map", "link", "meta")
_BOXES = ("div", "aside", "section", "ul", "ol", "nav", "article")
_YOUTUBE = re.compile(r"(^|\.)(youtube(-nocookie)?\.com|youtu\.be)$")


@dataclass(frozen=True, slots=True)
class Body:
    """The text as HTML (not yet sanitised), the articles that it names under "Read more", and an audio file's address."""

    html: str = ""
    related: tuple[Link, ...] = ()
    audio: str | None = None


def read_body(document: Document, prose: Prose, picture: str | None) -> Body:
    """The body of an article, from the element that `prose` found; changes the document.

    `picture` is the article's own picture, which is not repeated at the start of the body.
    """
    audio = next((at for tag in tags(document.body, ("audio", "source")) if (at := _audio(document, tag))), None)
    if prose.body is None:
        return Body(audio=audio)
    _trim(prose.body, prose)
    root = parsed(inner_html(prose.body))
    for tag in elements(root, *_DROPPED):
        _drop(tag)
    _drop_related(document, root)
    related = _related(document, root)
    _real_pictures(document, root, picture)
    _real_links(document, root)
    _embeds_to_links(document, root)
    _divisions_to_paragraphs(root)
    for tag in elements(root, _GONE):
        tag.decompose()
    shows = normalize_text(root.get_text()) or root.img is not None
    return Body(root.decode() if shows else "", related, audio)


def _trim(root: tree.Tag, prose: Prose) -> None:
    """Where the container holds more than the text: takes out title and the lines about it, and what follows boilerplate."""
    if prose.title is not None and tree.is_within(prose.title, root):
        around = set(parents(prose.title))
        before = takewhile(lambda tag: tag is not prose.title, tags(root))
        drop_all((tag for tag in before if tag not in around), root)
        end = next(following(prose.title if prose.last is None else prose.last, (MARKER,)), None)
        if end is not None and tree.is_within(end, root):
            drop_all(following(end), root)
        drop(prose.title)
    drop_all((tag for tag in prose.around if tree.above(tag, ("figure", "blockquote")) is None), root)


def _drop(tag: Tag) -> None:
    """Takes out an element; what stands in its place until the end keeps the texts around it apart."""
    if stands(tag):
        tag.replace_with(Tag(name=_GONE))
        tag.decompose()


def _drop_related(document: Document, root: Tag) -> None:
    """Boxes of other articles: by the known class (C), else blocks that hold nothing but links to articles and dates."""
    for tag in elements(root, *_BOXES):
        if stands(tag) and (_RELATED_CLASS.search(attribute(tag, "class")) or _is_related_box(document, tag)):
            _drop(tag)


def _is_related_box(document: Document, tag: Tag) -> bool:
    links = _links(document, tag)
    if not links or elements(tag, *_EMBEDS) or any(link.find_parent("p") for link, _ in links):
        return False
    texts = [text for text in tag.find_all(string=True) if normalize_text(str(text)) and not text.find_parent("a")]
    dated = all(dates.is_date(str(text), document.edition) for text in texts)
    return dated and (bool(texts) or tag.name in ("aside", "nav") or tag.img is not None)


def _links(document: Document, root: Tag) -> list[tuple[Tag, str]]:
    """The links to this edition's pages, with their addresses."""
    links = ((link, document.own(attribute(link, "href"))) for link in elements(root, "a") if link.has_attr("href"))
    return [(link, address) for link, address in links if address]


def _words(tag: Tag) -> str:
    """The folded text of an element, with a space between its pieces."""
    return normalize_text(tag.get_text(" "))


def _related(document: Document, root: Tag) -> tuple[Link, ...]:
    """The links of the lines that begin with "Read more" in the edition's words."""
    spoken = tuple(words_of_all("read_more"))
    found: dict[str, Link] = {}
    for tag in elements(root, "p", "div", "li", "h3", "h4", "strong", "blockquote"):
        if not _holds_blocks(tag) and match_key(_words(tag)).startswith(spoken):
            for link, address in _links(document, tag):
                if label := _words(link):
                    found.setdefault(address, Link(label, address))
    return tuple(found.values())


def _real_pictures(document: Document, root: Tag, own: str | None) -> None:
    for number, tag in enumerate(elements(root, "img")):
        address = document.picture(tag)
        if address is None or (number == 0 and address == own):
            figure = tag.find_parent("figure")
            _drop(figure if figure is not None and len(elements(figure, "img")) == 1 else tag)
        else:
            tag.attrs = {"src": address, "alt": normalize_text(attribute(tag, "alt"))}


def _real_links(document: Document, root: Tag) -> None:
    for tag in elements(root, "a"):
        href = attribute(tag, "href")
        if href and (address := document.own(href) or document.absolute(href)):
            tag["href"] = address
        else:
            tag.unwrap()


def _embeds_to_links(document: Document, root: Tag) -> None:
    for tag in elements(root, *_EMBEDS):
        if not stands(tag):
            continue
        inner = tag.find("source")
        places = (attribute(tag, "src"), attribute(tag, "data-src"), attribute(tag, "data"))
        raw = next(filter(None, (*places, attribute(inner, "src") if isinstance(inner, Tag) else "")), "")
        address = watchable(document.absolute(raw)) if raw else None
        if address is None:
            _drop(tag)
            continue
        link = Tag(name="a", attrs={"href": address})
        link.string = address
        tag.replace_with(link)
        if link.find_parent("p") is None:
            link.wrap(Tag(name="p"))


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


def _holds_blocks(tag: Tag) -> bool:
    return any(isinstance(node, Tag) and node.name in BLOCKS for node in tag.descendants)


def _divisions_to_paragraphs(root: Tag) -> None:
    """Lines that stand in `div`s or bare in the container become paragraphs, so that they stay apart without the tags."""
    for tag in elements(root, "div", "section", "article", "address", "center"):
        if not _holds_blocks(tag) and normalize_text(tag.get_text()) and not tag.find_parent("p"):
            tag.name, tag.attrs = "p", {}
    for tag in elements(root, "h1"):
        tag.name = "h2"
    if not any(isinstance(child, Tag) and child.name in BLOCKS for child in root.contents):
        paragraph = Tag(name="p")
        paragraph.extend(list(root.contents))
        root.append(paragraph)
        return
    for child in list(root.contents):
        if isinstance(child, NavigableString) and normalize_text(str(child)):
            child.wrap(Tag(name="p"))


def _audio(document: Document, tag: tree.Tag) -> str | None:
    """The address of an audio file that the page plays, when it is written in the page."""
    if tag.tag == "source" and not tag.get("type", "").startswith("audio/"):
        return None
    raw = tag.get("src") or tag.get("data-src")
    return document.absolute(raw) if raw else None

"""An article's text as HTML that stands on its own: real pictures, absolute links, embeds as links, whole paragraphs.

What the page's element holds is handed over as a string and rewritten there. A run of text and inline elements is one
paragraph, two line breaks part two; lists, tables, quotations, captions and short lines stay what they are. Boxes of
other articles that no rule for whole pages knows are those of the known class, and those that hold links and dates alone.
"""

import re
from dataclasses import dataclass

from bs4.element import PageElement, Tag

from feedgen_mayadeen.markup import attribute, elements, parsed, stands
from feedgen_mayadeen.models import Link
from feedgen_mayadeen.site import dates, embeds, pictures, tree
from feedgen_mayadeen.site.boxes import MARKER
from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.edition import words_of_all
from feedgen_mayadeen.text import match_key, normalize_text

_RELATED_CLASS = re.compile(r"\bdual-related\b")
_GONE = tree.GONE.lower()
_DROPPED = (MARKER.lower(), "form", "button", "input", "select", "textarea", "canvas", "map", "link", "meta", "label")
_BOXES = ("div", "aside", "section", "ul", "ol", "nav", "article")
_DIVISIONS = (
    "div",
    "section",
    "article",
    "address",
    "center",
    "header",
    "footer",
    "main",
    "aside",
    "details",
    "summary",
    "hgroup",
)
_BLOCKS = frozenset((*tree.BLOCKS, "center", "tfoot", "caption", _GONE))
_LINES = ("p", *tree.HEADINGS)
_SPOKEN_IN = ("p", "div", "li", "h2", "h3", "h4", "h5", "strong", "b", "blockquote", "span", "em")


@dataclass(frozen=True, slots=True)
class Body:
    """The text as HTML (not yet sanitised), and the articles that it names under "Read more"."""

    html: str = ""
    related: tuple[Link, ...] = ()


def read_body(document: Document, root: tree.Tag, picture: str | None) -> Body:
    """The body of an article from the element that holds its text, with real pictures.

    `picture` is the article's own picture, which the body does not repeat.
    """
    _real_pictures(document, root, picture)
    soup = parsed(tree.inner_html(root))
    for tag in elements(soup, *_DROPPED):
        _drop(tag)
    _embeds_to_links(document, soup)
    _drop_related(document, soup)
    related = _related(document, soup)
    _real_links(document, soup)
    _make_paragraphs(soup)
    for tag in elements(soup, _GONE):
        tag.decompose()
    shows = normalize_text(soup.get_text()) or soup.find("img") is not None
    return Body(soup.decode() if shows else "", related)


def audio_on(document: Document) -> str | None:
    """The address of an audio file that the page plays, when it is written in the page."""
    for tag in tree.tags(document.body, ("audio", "source")):
        raw = tag.get("src") or tag.get("data-src")
        if raw and (tag.tag == "audio" or tag.get("type", "").startswith("audio/")):
            return document.absolute(raw)
    return None


def _real_pictures(document: Document, root: tree.Tag, own: str | None) -> None:
    """Gives each picture its real address, once, and takes out placeholders and the article's own picture."""
    seen = {pictures.key_of(own)} if own else set()
    for tag in list(tree.tags(root, ("img",))):
        outer = tree.around(tag)
        address = document.picture(tag)
        if address is None or pictures.key_of(address) in seen:
            figure = tree.above(tag, ("figure",))
            alone = figure is not None and tree.is_within(figure, root) and len(list(tree.tags(figure, ("img",)))) == 1
            tree.drop(figure if figure is not None and alone else tag)
            continue
        seen.add(pictures.key_of(address))
        if outer is not None and outer.tag == "picture":
            tree.drop_all(tree.tags(outer, ("source",)), outer)
            outer.tag = "span"
        alt = normalize_text(tag.get("alt"))
        tag.attrib.clear()
        tag.attrib.update({"src": address, "alt": alt})


def _drop(tag: Tag) -> None:
    """Takes out an element; what stands in its place until the end keeps the texts around it apart."""
    if stands(tag):
        tag.replace_with(Tag(name=_GONE))
        tag.decompose()


def _drop_related(document: Document, root: Tag) -> None:
    for tag in elements(root, *_BOXES):
        if stands(tag) and (_RELATED_CLASS.search(attribute(tag, "class")) or _is_related_box(document, tag)):
            _drop(tag)


def _is_related_box(document: Document, tag: Tag) -> bool:
    links = _links(document, tag)
    if not links or any(link.find_parent("p") for link, _ in links):
        return False
    texts = [text for text in tag.find_all(string=True) if normalize_text(str(text)) and not text.find_parent("a")]
    dated = all(dates.is_date(str(text), document.edition) for text in texts)
    return dated and (bool(texts) or tag.name in ("aside", "nav") or tag.find("img") is not None)


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
    for tag in elements(root, *_SPOKEN_IN):
        if not _holds_blocks(tag) and match_key(_words(tag)).startswith(spoken):
            for link, address in _links(document, tag):
                if label := _words(link):
                    found.setdefault(address, Link(label, address))
    return tuple(found.values())


def _real_links(document: Document, root: Tag) -> None:
    for tag in elements(root, "a"):
        href = attribute(tag, "href")
        if href and (address := document.link(href)):
            tag["href"] = address
        else:
            tag.unwrap()


def _embeds_to_links(document: Document, root: Tag) -> None:
    for tag in elements(root):
        if not stands(tag) or not embeds.is_embed(tag):
            continue
        address = embeds.address_of(document, tag)
        if address is None:
            _drop(tag)
            continue
        link = Tag(name="a", attrs={"href": address})
        link.string = address
        tag.replace_with(link)
        if link.find_parent(_LINES) is None:
            link.wrap(Tag(name="p"))


# Paragraphs


def _make_paragraphs(root: Tag) -> None:
    """Makes every run of text a paragraph, and paragraphs of divisions that hold no blocks."""
    for tag in elements(root, "h1"):
        tag.name = "h2"
    for tag in reversed(elements(root, *_LINES)):
        # Blocks in a paragraph or a heading, as some pages nest them: it is a division.
        if _holds_blocks(tag):
            tag.name, tag.attrs = "div", {}
    for tag in elements(root):
        if _is_wrapper(tag):
            tag.name, tag.attrs = "div", {}
    for tag in (root, *elements(root, *_DIVISIONS)):
        _part_runs(tag)
    for tag in elements(root, *_DIVISIONS, "picture"):
        tag.unwrap()
    for tag in elements(root, "p"):
        _part_at_breaks(tag)


def _is_wrapper(tag: Tag) -> bool:
    """Whether an element that is no block stands around blocks, such as `font` or `span`."""
    return tag.name not in _BLOCKS and tag.name != "picture" and _holds_blocks(tag)


def _holds_blocks(tag: Tag) -> bool:
    return any(isinstance(node, Tag) and node.name in _BLOCKS for node in tag.descendants)


def _part_runs(division: Tag) -> None:
    """Puts each run of text and inline elements of a division into a paragraph, unless it holds nothing but pictures."""
    if division.find_parent(_LINES) is not None:
        return
    run: list[PageElement] = []
    for child in [*division.contents, None]:
        if child is not None and not (isinstance(child, Tag) and child.name in _BLOCKS):
            run.append(child)
            continue
        if any(normalize_text(node.get_text() if isinstance(node, Tag) else str(node)) for node in run):
            run[0].insert_before(paragraph := Tag(name="p"))
            paragraph.extend(run)
        run = []


def _part_at_breaks(paragraph: Tag) -> None:
    """Parts a paragraph where two line breaks follow each other."""
    parts: list[list[PageElement]] = [[]]
    for child in list(paragraph.contents):
        last = _last_seen(parts[-1])
        if _is_break(child) and last is not None and _is_break(last):
            parts[-1] = parts[-1][: parts[-1].index(last)]
            parts.append([])
        elif not (_is_break(child) and len(parts) > 1 and last is None):
            parts[-1].append(child)
    for part in reversed(parts[1:]):
        paragraph.insert_after(further := Tag(name="p"))
        further.extend(part)
    for node in paragraph.contents[len(parts[0]) :] if len(parts) > 1 else []:
        node.extract()


def _last_seen(part: list[PageElement]) -> PageElement | None:
    """The last node of a part that is more than white space."""
    return next((node for node in reversed(part) if isinstance(node, Tag) or normalize_text(str(node))), None)


def _is_break(node: PageElement) -> bool:
    return isinstance(node, Tag) and node.name == "br"

"""Atom files as the tests read them: with ElementTree, entry by entry, and with feedparser."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import feedparser

ATOM = "{http://www.w3.org/2005/Atom}"
MEDIA = "{http://search.yahoo.com/mrss/}"
DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ENTRY = re.compile(rb"<entry>.*?</entry>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """One entry as the file has it; instants are text, `raw` its bytes."""

    id: str
    title: str
    link: str
    published: str
    updated: str
    author: str | None
    author_address: str | None
    source: str | None
    summary: str | None
    content: str | None
    categories: tuple[tuple[str, str, str], ...]
    related: tuple[str, ...]
    pictures: tuple[str, ...]
    thumbnails: tuple[str, ...]
    durations: tuple[str, ...]
    raw: bytes

    @property
    def number(self) -> str:
        """The post number at the end of the id."""
        return self.id.rpartition(":")[2]


@dataclass(frozen=True, slots=True)
class ReadFeed:
    """One feed as the file has it."""

    id: str
    title: str
    subtitle: str
    updated: str
    language: str | None
    author: str | None
    icon: str | None
    rights: str | None
    generator: str | None
    links: tuple[tuple[str, str], ...]
    entries: tuple[ReadEntry, ...]

    @property
    def numbers(self) -> list[str]:
        """The post numbers of the entries, in order."""
        return [entry.number for entry in self.entries]

    def entry(self, number: str) -> ReadEntry:
        """The one entry of a post number."""
        (found,) = (entry for entry in self.entries if entry.number == number)
        return found


def read_feed(source: Path | bytes) -> ReadFeed:
    """A feed from its file or its bytes; fails on an entry or a feed that lacks what Atom asks for."""
    content = source if isinstance(source, bytes) else source.read_bytes()
    root = ElementTree.fromstring(content)  # noqa: S314  # our own file
    assert root.tag == f"{ATOM}feed"
    raws = _ENTRY.findall(content)
    elements = root.findall(f"{ATOM}entry")
    return ReadFeed(
        id=_one(root, "id"),
        title=_one(root, "title"),
        subtitle=_one(root, "subtitle"),
        updated=_one(root, "updated"),
        language=root.get(LANG),
        author=root.findtext(f"{ATOM}author/{ATOM}name"),
        icon=root.findtext(f"{ATOM}icon"),
        rights=root.findtext(f"{ATOM}rights"),
        generator=root.findtext(f"{ATOM}generator"),
        links=tuple((link.get("rel", ""), link.get("href", "")) for link in root.findall(f"{ATOM}link")),
        entries=tuple(_entry(element, raw) for element, raw in zip(elements, raws, strict=True)),
    )


def read_folder(folder: Path) -> dict[str, ReadFeed]:
    """Every feed of articles in a folder by its path without suffix."""
    files = sorted(file for file in folder.rglob("*.xml") if file != folder / "health.xml")
    return {file.relative_to(folder).with_suffix("").as_posix(): read_feed(file) for file in files}


def parse(content: bytes) -> Any:
    """A feed as feedparser reads it; fails when feedparser finds anything wrong."""
    # feedparser itself calls what its own dependencies call deprecated; that is no fault of the feed.
    parse_bytes: Callable[[bytes], Any] = feedparser.parse
    parsed = parse_bytes(content)
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed


def _one(element: Element, name: str) -> str:
    (found,) = element.findall(f"{ATOM}{name}")
    return _plain(found)


def _plain(found: Element) -> str:
    """A text as a reader shows it (RFC 4287 §3.1.1)."""
    text = found.text or ""
    return unescape(text) if found.get("type") == "html" else text


def _links(element: Element, rel: str) -> tuple[str, ...]:
    return tuple(link.attrib["href"] for link in element.findall(f"{ATOM}link") if link.get("rel") == rel)


def _entry(element: Element, raw: bytes) -> ReadEntry:
    (link,) = _links(element, "alternate")
    content = element.find(f"{ATOM}content")
    assert content is None or content.get("type") == "html"
    media = element.findall(f"{MEDIA}content")
    return ReadEntry(
        id=_one(element, "id"),
        title=_one(element, "title"),
        link=link,
        published=_one(element, "published"),
        updated=_one(element, "updated"),
        author=element.findtext(f"{ATOM}author/{ATOM}name"),
        author_address=element.findtext(f"{ATOM}author/{ATOM}uri"),
        source=element.findtext(f"{DUBLIN_CORE}source"),
        summary=None if (summary := element.find(f"{ATOM}summary")) is None else _plain(summary),
        content=None if content is None else content.text or "",
        categories=tuple(
            (c.get("term", ""), c.get("label", ""), c.get("scheme", "")) for c in element.findall(f"{ATOM}category")
        ),
        related=_links(element, "related"),
        pictures=tuple(m.attrib["url"] for m in media if m.get("medium") == "image"),
        thumbnails=tuple(m.attrib["url"] for m in element.findall(f"{MEDIA}thumbnail")),
        durations=tuple(m.attrib["duration"] for m in media if m.get("medium") == "video"),
        raw=raw,
    )

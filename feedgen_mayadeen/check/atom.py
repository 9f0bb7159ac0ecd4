"""What RFC 4287 and its neighbours (Media RSS, RFC 5005) ask of an Atom document, as tables of elements and attributes."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lxml.etree import _Element

from feedgen_mayadeen.check.findings import Finding, Place, quoted
from feedgen_mayadeen.check.forms import is_address, is_encoded_address, is_id, is_instant, is_language, is_media_type
from feedgen_mayadeen.check.markup import attributes_of

ATOM, MEDIA, HISTORY = (
    "http://www.w3.org/2005/Atom",
    "http://search.yahoo.com/mrss/",
    "http://purl.org/syndication/history/1.0",
)
FEED, ENTRY = f"{{{ATOM}}}feed", f"{{{ATOM}}}entry"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_SPACES = {"": ATOM, "media:": MEDIA, "fh:": HISTORY}
_MRSS = "Media RSS 1.5"

# Registered link relations that a feed has a use for; any other must be an address (RFC 4287 §4.2.7.2).
_RELATIONS = frozenset((
    "alternate", "current", "describedby", "edit", "enclosure", "first", "hub", "last", "license", "next", "next-archive",
    "payment", "prev-archive", "previous", "related", "replies", "search", "self", "up", "via",
))  # fmt: skip

Fault = tuple[str, str]
"""A rule, and the sentence that says how it is broken."""


@dataclass(frozen=True, slots=True)
class Value:
    """How one value must be written: the test, what it must be in words, and the rule that says so."""

    rule: str
    is_right: Callable[[str], object]
    meaning: str
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """One element: in which elements it may stand, what its text must be, which attributes it may have."""

    parents: tuple[str, ...]
    text: Value | None = None
    attributes: dict[str, Value] = field(default_factory=dict)


def _address(rule: str, *, is_required: bool = False) -> Value:
    return Value(rule, is_address, "an absolute http address", is_required)


def _text_construct(rule: str, *parents: str) -> Shape:
    kinds = Value("RFC 4287 §3.1.1", ("text", "html", "xhtml").__contains__, "text, html or xhtml")
    return Shape(parents, Value(rule, str.strip, "a text that is not empty"), {"type": kinds})


def _instant(*parents: str) -> Shape:
    return Shape(parents, Value("RFC 4287 §3.3", is_instant, "an RFC 3339 instant with an offset and an upper-case T"))


_ANY = Value(_MRSS, lambda _: True, "")
_NUMBER = Value(_MRSS, str.isdecimal, "a number")
_PERSON = Shape(("feed", "entry"))

_SHAPES = {
    "entry": Shape(("feed",)),
    "author": _PERSON,
    "contributor": _PERSON,
    "name": Shape(("author", "contributor"), Value("RFC 4287 §3.2.1", str.strip, "a name that is not empty")),
    "uri": Shape(("author", "contributor"), _address("RFC 4287 §3.2.2")),
    "email": Shape(("author", "contributor"), Value("RFC 4287 §3.2.3", lambda text: "@" in text[1:-1], "an e-mail address")),
    "id": Shape(("feed", "entry"), Value("RFC 4287 §4.2.6", is_id, "an absolute IRI: a tag: name or an http address")),
    "title": _text_construct("RFC 4287 §4.2.14", "feed", "entry"),
    "subtitle": _text_construct("RFC 4287 §4.2.12", "feed"),
    "rights": _text_construct("RFC 4287 §4.2.10", "feed", "entry"),
    "summary": _text_construct("RFC 4287 §4.2.13", "entry"),
    "updated": _instant("feed", "entry"),
    "published": _instant("entry"),
    "icon": Shape(("feed",), _address("RFC 4287 §4.2.5")),
    "logo": Shape(("feed",), _address("RFC 4287 §4.2.8")),
    "generator": Shape(
        ("feed",),
        Value("RFC 4287 §4.2.4", str.strip, "a text that is not empty"),
        {"uri": _address("RFC 4287 §4.2.4"), "version": _ANY},
    ),
    "category": Shape(
        ("feed", "entry"),
        None,
        {
            "term": Value("RFC 4287 §4.2.2.1", str.strip, "a text that is not empty", is_required=True),
            "scheme": Value("RFC 4287 §4.2.2.2", is_id, "an absolute IRI"),
            "label": Value("RFC 4287 §4.2.2.3", str.strip, "a text that is not empty"),
        },
    ),
    "link": Shape(
        ("feed", "entry"),
        None,
        {
            "href": Value(
                "RFC 4287 §4.2.7.1", is_encoded_address, "an absolute http address, percent-encoded", is_required=True
            ),
            "rel": Value(
                "RFC 4287 §4.2.7.2", lambda rel: rel in _RELATIONS or is_id(rel), "a registered link relation or an address"
            ),
            "type": Value("RFC 4287 §4.2.7.3", is_media_type, "a media type"),
            "hreflang": Value("RFC 4287 §4.2.7.4", is_language, "a language tag"),
            "title": _ANY,
            "length": Value("RFC 4287 §4.2.7.6", str.isdecimal, "a number of bytes"),
        },
    ),
    "content": Shape(
        ("entry",),
        None,
        {
            "type": Value(
                "RFC 4287 §4.1.3.1", lambda kind: kind in ("text", "html", "xhtml") or is_media_type(kind), "a media type"
            ),
            "src": _address("RFC 4287 §4.1.3.2"),
        },
    ),
    "media:content": Shape(
        ("entry",),
        None,
        {
            "url": _address(_MRSS),
            "medium": Value(_MRSS, ("image", "audio", "video", "document", "executable").__contains__, "a kind of medium"),
            "type": Value(_MRSS, is_media_type, "a media type"),
            **dict.fromkeys(("duration", "width", "height", "fileSize"), _NUMBER),
        },
    ),
    "media:thumbnail": Shape(
        ("entry",), None, {"url": _address(_MRSS, is_required=True), **dict.fromkeys(("width", "height"), _NUMBER)}
    ),
    "media:player": Shape(("media:content",), None, {"url": _address(_MRSS, is_required=True)}),
    "media:description": Shape(("media:content",), None, {"type": Value(_MRSS, ("plain",).__contains__, "plain")}),
    "fh:archive": Shape(("feed",)),
}

_TEXTS = ("id", "title", "updated")
_COUNTS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "feed": ("RFC 4287 §4.1.1", _TEXTS, ("generator", "icon", "logo", "rights", "subtitle")),
    "entry": ("RFC 4287 §4.1.2", _TEXTS, ("content", "published", "rights", "summary")),
    "author": ("RFC 4287 §3.2", ("name",), ("uri", "email")),
    "contributor": ("RFC 4287 §3.2", ("name",), ("uri", "email")),
}
"""Of which elements there must be one, and of which at most one, in these."""

_LANG = Value("XML 1.0 §2.12", is_language, "a language tag")
_SPECIAL = {f"{_XML}lang": _LANG, f"{_XML}base": _address("XML Base"), f"{_XML}space": _ANY}


def _tag(name: str) -> str:
    prefix, colon, local = name.rpartition(":")
    return f"{{{_SPACES[prefix + colon]}}}{local}"


# What may stand in an element, by the tags that lxml gives: these are looked up for every element of the folder.
_WITHIN = {
    _tag(parent): {_tag(name): shape for name, shape in _SHAPES.items() if parent in shape.parents}
    for parent in {parent for shape in _SHAPES.values() for parent in shape.parents}
}
_COUNTED = {
    _tag(parent): (rule, tuple(map(_tag, one)), tuple(map(_tag, (*one, *more))))
    for parent, (rule, one, more) in _COUNTS.items()
}


def short_name(tag: str) -> str:
    """An element's name as people write it: `entry`, `media:content`; one of another namespace as lxml gives it."""
    return next((prefix + tag.rpartition("}")[2] for prefix, space in _SPACES.items() if tag.startswith(f"{{{space}}}")), tag)


def place_of(file: str, element: _Element) -> Place:
    """The entry that an element stands in, by its id, or the feed itself."""
    entry = element if element.tag == ENTRY else next(element.iterancestors(ENTRY), None)
    return Place(file) if entry is None else Place(file, f"entry {(entry.findtext(f'{{{ATOM}}}id') or 'without id').strip()}")


def atom_findings(file: str, root: _Element) -> Iterator[Finding]:
    """All that is wrong with a document's elements, one by one and together."""
    yield from (Place(file).finding(*fault) for fault in _attribute_faults(root, {}))
    for element, (rule, sentence) in _faults_within(root):
        yield place_of(file, element).finding(rule, sentence)
    has_author = root.find(f"{{{ATOM}}}author") is not None
    for entry in root.iterfind(ENTRY):
        for rule, sentence in _entry_faults(entry, has_author=has_author):
            yield place_of(file, entry).finding(rule, sentence)
    yield from (Place(file).finding(*fault) for fault in _link_faults(root))


def _faults_within(parent: _Element) -> Iterator[tuple[_Element, Fault]]:
    """What is wrong with the elements below one, each with the element."""
    shapes = _WITHIN.get(parent.tag, {})
    if parent.tag in _COUNTED:
        yield from ((parent, fault) for fault in _count_faults(parent))
    for child in parent:
        if not isinstance(child.tag, str):
            continue
        shape = shapes.get(child.tag)
        if shape is None:
            yield child, ("RFC 4287 §4", f"{quoted(short_name(child.tag))} must not stand in `{short_name(parent.tag)}`")
            continue
        if shape.text and not shape.text.is_right(text := child.text or ""):
            yield child, (shape.text.rule, f"`{short_name(child.tag)}` is not {shape.text.meaning}: {quoted(text)}")
        if shape.attributes or child.attrib:
            yield from ((child, fault) for fault in _attribute_faults(child, shape.attributes))
        if len(child) or child.tag in _COUNTED:
            yield from _faults_within(child)


def _attribute_faults(element: _Element, rules: dict[str, Value]) -> Iterator[Fault]:
    for attribute, value in attributes_of(element):
        rule = rules.get(attribute) or _SPECIAL.get(attribute)
        if rule is None:
            yield "RFC 4287 §2", f"`{short_name(element.tag)}` has an attribute of no meaning: {quoted(attribute)}"
        elif not rule.is_right(value):
            yield rule.rule, f"`{attribute}` of `{short_name(element.tag)}` is not {rule.meaning}: {quoted(value)}"
    for attribute, rule in rules.items():
        if rule.is_required and element.get(attribute) is None:
            yield rule.rule, f"`{short_name(element.tag)}` lacks `{attribute}`"


def _count_faults(element: _Element) -> Iterator[Fault]:
    rule, one, at_most_one = _COUNTED[element.tag]
    where = "" if element.tag in (FEED, ENTRY) else f"`{short_name(element.tag)}` "
    tags = [child.tag for child in element]
    for tag in one:
        if tag not in tags:
            yield rule, f"{where}lacks `{short_name(tag)}`"
    for tag in at_most_one:
        if (number := tags.count(tag)) > 1:
            yield rule, f"{where}has {number} elements `{short_name(tag)}`; one is allowed"


def _entry_faults(entry: _Element, *, has_author: bool) -> Iterator[Fault]:
    if not has_author and entry.find(f"{{{ATOM}}}author") is None:
        yield "RFC 4287 §4.1.2", "neither the entry nor the feed has an `author`"
    content = entry.find(f"{{{ATOM}}}content")
    if content is None and not links(entry, "alternate"):
        yield "RFC 4287 §4.1.2", "has neither `content` nor a link rel=alternate"
    if content is not None and content.get("src") is not None:
        if entry.find(f"{{{ATOM}}}summary") is None:
            yield "RFC 4287 §4.1.2", "has content elsewhere and no `summary`"
    elif content is not None and not (content.text or "").strip() and not len(content):
        yield "RFC 4287 §4.1.3", "its `content` is empty"
    for media in entry.iterfind(f"{{{MEDIA}}}content"):
        if media.get("url") is None and media.find(f"{{{MEDIA}}}player") is None:
            yield _MRSS, "`media:content` has neither `url` nor a player"
    yield from _link_faults(entry)


def _link_faults(element: _Element) -> Iterator[Fault]:
    alternates = Counter((link.get("type"), link.get("hreflang")) for link in links(element, "alternate"))
    for (kind, _), number in alternates.items():
        if number > 1:
            yield "RFC 4287 §4.1.1", f"has {number} links rel=alternate of one type and language ({kind or 'no type'})"
    if len(links(element, "self")) > 1:
        yield "RFC 4287 §4.1.1", "has more than one link rel=self"


def links(element: _Element, relation: str) -> tuple[_Element, ...]:
    """The links of a feed or entry that have this relation; one without any is `alternate` (RFC 4287 §4.2.7.2)."""
    return tuple(link for link in element.iterfind(f"{{{ATOM}}}link") if link.get("rel", "alternate") == relation)

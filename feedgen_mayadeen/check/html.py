"""Whether HTML that the feeds carry is harmless: the allow-list, plainly written, read alike by every parser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from itertools import zip_longest

import nh3

from feedgen_mayadeen.check.findings import quoted
from feedgen_mayadeen.check.forms import is_address
from feedgen_mayadeen.clean import ATTRIBUTES, SCHEMES, TAGS

_LINKS = ("href", "src")
_EVERYWHERE = frozenset(ATTRIBUTES.get("*", ()))
# Every `<` must begin one of these, so that no parser, however lenient, sees anything else.
_TAG = re.compile(r"""<(/?)([a-z][a-z0-9]*)((?:\s+[a-z][a-z0-9-]*=(?:"[^"<>]*"|'[^'<>]*'))*)\s*/?>|<[^<]{0,60}""")
_ATTRIBUTE = re.compile(r"""([a-z][a-z0-9-]*)=(?:"([^"]*)"|'([^']*)')""")
_RIGHT_TO_LEFT = re.compile(r'<div dir="rtl">(.*)</div>\s*', re.DOTALL)

Token = str | tuple[bool, str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Judged:
    """What is wrong with a piece of HTML, each a sentence, and the addresses of the pictures in it."""

    faults: tuple[str, ...]
    pictures: frozenset[str]


@lru_cache(maxsize=4096)
def judge(html: str) -> Judged:
    """Reads a piece of HTML against the allow-list; one `<div dir="rtl">` around all of it is allowed too.

    Kept for a while, because an article stands in several feeds.
    """
    outer = _RIGHT_TO_LEFT.fullmatch(html)
    inner = outer[1] if outer else html
    tokens = tuple(_tokens(inner))
    faults = tuple(dict.fromkeys(_faults(tokens)))
    images = (token[2] for token in tokens if isinstance(token, tuple) and token[1] == "img")
    pictures = frozenset(value for attributes in images for name, value in attributes if name == "src")
    return Judged(faults or tuple(_misread(inner, tokens)), pictures)


def _tokens(html: str) -> Iterator[Token]:
    """The tags, each with its attributes in the order of their names, and the texts between them, white space folded.

    What is no plain tag comes as a text that begins with `<`.
    """
    end = 0
    for match in _TAG.finditer(html):
        yield from _text(html[end : match.start()])
        end = match.end()
        if match[2] is None:
            yield match[0]
        else:
            found = _ATTRIBUTE.findall(match[3]) if match[3] else ()
            yield bool(match[1]), match[2], tuple(sorted((name, unescape(one or other)) for name, one, other in found))
    yield from _text(html[end:])


def _text(html: str) -> Iterator[str]:
    text = " ".join(unescape(html).split())
    if text:
        # A `<` of the text itself, which was written as `&lt;`, is not the beginning of a broken tag.
        yield f" {text}"


def _faults(tokens: tuple[Token, ...]) -> Iterator[str]:
    for token in tokens:
        if isinstance(token, str):
            if token.startswith("<"):
                yield f"{quoted(token)} is no plain tag"
            continue
        _, element, attributes = token
        if element not in TAGS:
            yield f"the element `{element}` is not allowed"
            continue
        for name, value in attributes:
            if name not in ATTRIBUTES.get(element, ()) and name not in _EVERYWHERE:
                yield f"the attribute `{name}` of `{element}` is not allowed"
            elif name in _LINKS and not is_address(value):
                yield f"`{name}` of `{element}` is no absolute http address: {quoted(value)}"


def _misread(html: str, tokens: tuple[Token, ...]) -> Iterator[str]:
    """What a browser would make of it, by the rules of HTML 5, must be what is written."""
    safe = nh3.clean(
        html,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes=set(SCHEMES),
        url_relative="deny",
        link_rel=None,
    )
    if _plain(html) == _plain(safe):
        return
    for one, other in zip_longest(tokens, _tokens(safe)):
        if one != other:
            yield f"browsers read it otherwise than it is written, from {quoted(_shown(one))} on"
            return


def _plain(html: str) -> str:
    """The same with the usual differences between two writers of HTML gone; spares most pieces the long comparison."""
    return html.replace("/>", ">").replace("&nbsp;", "\xa0").replace("&quot;", '"')


def _shown(token: Token | None) -> str:
    if token is None:
        return "its end"
    return token.strip() if isinstance(token, str) else f"<{'/' * token[0]}{token[1]}>"

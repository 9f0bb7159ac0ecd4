"""Pictures by HTML's own rules: the real address of an element, whatever loads it, and which addresses show one picture.

Of all that an element and the `picture` around it offer, the largest by its descriptors is taken; attributes that
scripts read come before `src`, and `data:` is never a picture. What stands in `noscript` takes the place of the picture
that it stands in for. Two addresses show one picture if they differ in nothing but size, version and host.
"""

import re
from collections.abc import Iterator
from typing import Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from feedgen_mayadeen.site.tree import Tag, first, replace, tags

_LAZY_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-img", "data-url", "data-image", "src")
_ADDRESS, _DESCRIPTORS = re.compile(r"[\s,]*(\S+)"), re.compile(r"(?:[^,(]|\([^)]*\)?)*")
_DESCRIPTOR = re.compile(r"(\d+(?:\.\d+)?)([wx])$")
_BACKGROUND = re.compile(r"background(?:-image)?\s*:[^;]*?url\(\s*['\"]?([^'\")]+)", re.IGNORECASE)
_SIZE_PART = re.compile(r"^(?:(?:[whcqfg]|width|height|quality|crop|fit|ar|dpr)[_=-][\w.:-]+[,;]?)+$|^\d{2,4}(?:x\d{0,4})?$")
_SIZE_SUFFIX = re.compile(r"(?:[-_]\d{2,4}x\d{2,4}|[-_]\d{2,4}w|@\dx|-scaled)$")
_SIZES = frozenset(("w", "h", "width", "height", "v", "q", "quality", "fit", "crop", "resize", "format", "fm", "auto", "dpr",
                    "s", "size", "ssl", "strip"))  # fmt: skip
_WRAPPED = ("url", "src", "image")
_PICTURE_NAMES = ("amp-img", "amp-anim", "gu-img")


class HasAttributes(Protocol):
    """An element of lxml or of BeautifulSoup."""

    def get(self, name: str, /) -> object:
        """The value of an attribute, if there is one."""


def candidates(srcset: str) -> Iterator[tuple[str, float]]:
    """The addresses of a `srcset` with their widths or densities, 1 where none is written (HTML, "parsing a srcset")."""
    place = 0
    while place < len(srcset):
        address = _ADDRESS.match(srcset, place)
        if address is None:
            return
        place, url = address.end(), address[1]
        if url.endswith(","):
            yield url.rstrip(","), 1.0
            continue
        # Descriptors end at a comma that stands in no brackets.
        descriptor = _DESCRIPTORS.match(srcset, place)
        place = descriptor.end() if descriptor else len(srcset)
        found = _DESCRIPTOR.search((descriptor[0] if descriptor else "").strip())
        yield url, float(found[1]) if found else 1.0


def written(tag: Tag) -> Iterator[str]:
    """The addresses that a picture offers, as the page writes them, the best one first."""
    outer = tag.getparent()
    places = [tag]
    if outer is not None and outer.tag == "picture":
        sources = [source for source in outer if source.tag == "source"]
        places += sorted(sources, key=lambda source: "avif" in (source.get("type") or ""))
    offered = [one for place in places for name in _LAZY_SETS for one in candidates(place.get(name) or "")]
    offered = [one for one in offered if not one[0].startswith("data:")]
    yield from (address for address, _ in sorted(offered, key=lambda one: -one[1]))
    for name in _LAZY:
        value = (tag.get(name) or "").strip()
        if value and not value.startswith("data:"):
            yield value


def settle(root: Tag) -> None:
    """Makes every picture of a page an `img`: those for readers without scripts, of AMP, and in the background of a box."""
    for tag in list(tags(root, ("source",))):
        # The parser does not know that this element is empty, and puts what follows it into it.
        for child in reversed(list(tag)):
            tag.addnext(child)
    for tag in list(tags(root, ("noscript",))):
        if (real := first(tag, ("img",))) is not None:
            _stand_in(tag, real)
    for tag in list(tags(root, _PICTURE_NAMES)):
        tag.tag = "img"
    for tag in list(tags(root, ("div", "span", "figure", "a", "i"))):
        found = _BACKGROUND.search(tag.get("style") or "")
        if found and len(tag) == 0 and not (tag.text or "").strip() and not found[1].startswith("data:"):
            tag.append(tag.makeelement("img", src=found[1].strip()))


def _stand_in(noscript: Tag, real: Tag) -> None:
    """Puts the picture of a `noscript` where the one stands that scripts would load, or before the `noscript`."""
    outer = noscript.getparent()
    beside = noscript.getprevious()
    if beside is not None and beside.tag in ("img", "picture"):
        if beside.tag == "img":
            replace(beside, real)
    elif outer is not None and first(outer, ("img",)) is real:
        real.tail = None
        noscript.addprevious(real)


def is_pixel(tag: HasAttributes) -> bool:
    """Whether a picture is there to count readers: one pixel wide or high."""
    return any(str(tag.get(name) or "").strip().removesuffix("px") in ("0", "1") for name in ("width", "height"))


def key_of(address: str) -> str:
    """What addresses of one picture have alike: its path without sizes, and what its query says besides size and version."""
    parts = urlsplit(address)
    query = parse_qsl(parts.query)
    inner = next((value for name, value in query if name.lower() in _WRAPPED and "/" in value), None)
    if inner:
        return key_of(inner)
    path = unquote(parts.path)
    wrapped = re.search(r"/(https?:/.+)", path)
    if wrapped:
        return key_of(wrapped[1])
    *folders, name = path.split("/")
    stem, dot, suffix = name.rpartition(".")
    name = f"{_SIZE_SUFFIX.sub('', stem)}{dot}{suffix}" if dot else name
    kept = [folder for folder in folders if folder and not _SIZE_PART.match(folder)]
    meant = sorted(f"{key}={value}" for key, value in query if key.lower() not in _SIZES)
    return "/".join((*kept, name)) + ("?" + "&".join(meant) if meant else "")

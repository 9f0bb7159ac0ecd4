"""Where a list page goes on."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from feedgen_mayadeen.models import Page
from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.edition import Edition, words_of_all
from feedgen_mayadeen.site.tree import Tag, classes, tags, words
from feedgen_mayadeen.text import match_key
from feedgen_mayadeen.urls import canonical_or_none, path_of

_NEXT = ("next", "next page", "older", "التالي", "الصفحة التالية", "تحميل المزيد", "siguiente", "página siguiente")
# Both directions: on a page in Arabic they may point either way. A step back is known by its number.
_SIGNS = " »›→>«‹←<"
_MORE = re.compile(r"load[-_]?more", re.IGNORECASE)
_ATTRIBUTES = ("href", "data-url", "data-href")
_PATH_NUMBER = re.compile(r"(?:/(?:page|pagina|p|صفحة))?/([0-9]{1,4})$")
_QUERY_NUMBER = re.compile(r"=([0-9]{1,6})$")


def next_page(page: Page, edition: Edition) -> str | None:
    """The address of a list page's next page, when the page links to one; None otherwise.

    It is the same list with another query or a number after its path (`?page=2`, `/page/2`, `/2`), marked as `rel=next`
    or as the button for more, else in words: then the nearest page that has a number.
    """
    document = Document(page, edition)
    here = canonical_or_none(page.address) or page.address
    for is_it in (_is_next, _is_more):
        for address, _ in _steps(document, filter(is_it, tags(document.root)), here):
            return address
    worded = _steps(document, filter(_is_worded, tags(document.root)), here)
    numbered = [(number, address) for address, number in worded if number]
    return min(numbered, key=lambda step: step[0])[1] if numbered else None


def _is_next(tag: Tag) -> bool:
    return tag.tag in ("a", "link") and "next" in (tag.get("rel") or "").lower().split()


def _is_more(tag: Tag) -> bool:
    return any(_MORE.search(value) for value in classes(tag))


def _is_worded(tag: Tag) -> bool:
    if tag.tag not in ("a", "button"):
        return False
    text = match_key(words(tag) or tag.get("aria-label") or tag.get("title") or "")
    bare = text.strip(_SIGNS)
    return bare in _NEXT or bare in words_of_all("no_list") or bool(text and not bare)


def _steps(document: Document, steps: Iterable[Tag], here: str) -> Iterator[tuple[str, int]]:
    """Where elements lead to, if that is another page of the same list, with its number, or 0 where it has none."""
    for tag in steps:
        for name in _ATTRIBUTES:
            address = document.own(tag.get(name, "")) if name in tag.attrib else None
            if address and (number := _number(address, here)) is not None:
                yield address, number


def _number(address: str, here: str) -> int | None:
    """The number of another page of the list that stands here, 0 if it has none; None for earlier pages and other lists."""
    if path_of(address) == path_of(here):
        return _number_in_query(address, here)
    found, own = _PATH_NUMBER.search(path_of(address)), _PATH_NUMBER.search(path_of(here))
    if found and path_of(address)[: found.start()] == path_of(here):
        return int(found[1]) if int(found[1]) > 1 else None
    if found and own and path_of(address)[: found.start()] == path_of(here)[: own.start()]:
        return int(found[1]) if int(found[1]) > int(own[1]) else None
    return None


def _number_in_query(address: str, here: str) -> int | None:
    present = dict(part.partition("=")[::2] for part in urlsplit(here).query.split("&"))
    changed = [p for p in urlsplit(address).query.split("&") if p and present.get(p.partition("=")[0]) != p.partition("=")[2]]
    if not changed:
        return None
    for part in changed:
        if number := _QUERY_NUMBER.search(part):
            before = present.get(part.partition("=")[0], "0")
            return int(number[1]) if before.isdecimal() and int(number[1]) > int(before) else None
    return 0

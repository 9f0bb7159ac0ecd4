"""Whether an answer is the page that was asked for, whatever its status says.

What a page says of itself decides, in this order: the address that it was found at, its canonical address, its title and
first heading, and only where these say nothing, whose cards it has. A page is another one if that leads to the home
page, to a page above, or to another list that is known; a page that claims the address asked for, or its name, is the
one. Addresses are compared without host, case, query and slash, since pages have mirrors and counters.
"""

import re
from collections.abc import Collection, Mapping

from feedgen_mayadeen.ids import key_of
from feedgen_mayadeen.models import Page
from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.edition import Edition, words_of_all
from feedgen_mayadeen.site.heads import title_names
from feedgen_mayadeen.site.tree import tags
from feedgen_mayadeen.urls import path_of

_FEWEST_CARDS = 3
_URL = re.compile(r'"url"\s*:\s*"([^"]+)"')


def another_page(
    asked: str,
    label: str,
    page: Page,
    edition: Edition,
    lists: Mapping[str, str],
    cards: Collection[str] = (),
    cards_of: Mapping[str, Collection[str]] | None = None,
) -> str | None:
    """What shows that an answer is not the list that was asked for, as the rest of a sentence; None if nothing does.

    `label` is the name under which the list is known, `lists` the labels of all lists by their addresses, `cards` the
    addresses of the articles on the page, and `cards_of` those of other pages of the same build. Raises TooDeepError.
    """
    document = Document(page, edition)
    others = {_path(address): name for address, name in lists.items() if _path(address) != _path(asked)} | {
        "/": "the home page"
    }
    here, there = _path(asked), _path(page.address)
    names = title_names(document)
    labels = {key_of(name): name for name in others.values()} | {key_of(word): word for word in words_of_all("no_list")}
    is_called_so = any(_says(name, key_of(label)) for name in names if name == key_of(label) or name not in labels)
    if there != here and not (is_called_so and (there not in others or "?" in page.address)):
        return f"it led to {page.address}"
    claims = [claim for claim in map(_path, _claims(document)) if claim]
    if here in claims or is_called_so:
        return None
    if claim := next((claim for claim in claims if claim in others or here.startswith(f"{claim}/")), None):
        return f"its canonical address is that of {others.get(claim, claim)}"
    if called := next((labels[name] for name in sorted(names) if name in labels), None):
        return f"it is headed {called}"
    return None if names else _by_cards(asked, cards, cards_of or {}, lists)


def _by_cards(
    asked: str, cards: Collection[str], cards_of: Mapping[str, Collection[str]], lists: Mapping[str, str]
) -> str | None:
    """Whose cards a page has that does not tell its name, unless they may as well be the asked list's own."""
    if len(cards) < _FEWEST_CARDS or any(_is_below(card, asked) for card in cards):
        return None
    for address, theirs in cards_of.items():
        if _path(address) != _path(asked) and list(theirs) == list(cards) and _owns(address, cards):
            return f"it has the cards of {lists.get(address, address)}"
    return None


def _owns(address: str, cards: Collection[str]) -> bool:
    """Whether cards are a page's own by their addresses; the home page's are nobody else's."""
    return _path(address) == "/" or all(_is_below(card, address) for card in cards)


def _is_below(card: str, address: str) -> bool:
    return _path(card).startswith(f"{_path(address)}/")


def _claims(document: Document) -> list[str]:
    """The addresses that a page calls its own."""
    found = [
        tag.get("href", "") for tag in tags(document.root, ("link",)) if "canonical" in tag.get("rel", "").lower().split()
    ]
    found += [tag.get("content", "") for tag in tags(document.root, ("meta",)) if tag.get("property") == "og:url"]
    blocks = (text for attributes, text in document.scripts if "tawsiyat" in attributes.get("type", ""))
    found += [url[1] for text in blocks if (url := _URL.search(text))]
    return [address for href in found if href and (address := document.resolve(href)) and document.edition.owns(address)]


def _says(name: str, wanted: str) -> bool:
    return bool(wanted) and f"-{wanted}-" in f"-{name}-"


def _path(address: str) -> str:
    """The part of an address that tells which page it is: its path, as compared."""
    return path_of(address).partition(";")[0].casefold()

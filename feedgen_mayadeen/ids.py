"""What is the same for ever: the ids of entries and feeds (RFC 4151), the keys of feeds; and fingerprints of values."""

import hashlib
import re
import unicodedata
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from feedgen_mayadeen.text import normalize_text

ALL, BREAKING, MOST_READ = "all", "breaking", "most-read"
"""The keys of the feeds that no list of the menu has; each is a kind of its own too."""
TOPICS = ("tags", "coverage", "authors")
"""The kinds of feeds that gather what articles of several lists have in common."""
SPECIAL = frozenset((ALL, BREAKING, MOST_READ))


def parent_of(key: str) -> str | None:
    """The key of a feed's parent: `news` of `news/politics`; None for one that stands alone."""
    return key.rpartition("/")[0] or None


def kind_of(key: str) -> str:
    """The kind of a feed by its key: its own for the special ones, `regions` and topics; `sections` for all others."""
    first = key.partition("/")[0]
    return first if first in (*SPECIAL, *TOPICS, "regions") else "sections"


def tag_uri(host: str, specific: str) -> str:
    """A tag URI of this program for an edition's host (RFC 4151): `tag:HOST,2021:SPECIFIC`."""
    return f"tag:{host},2021:{specific}"


def entry_id(host: str, post_id: str | None, address: str) -> str:
    """An entry's id: made of the post number, without one of the address's path."""
    return tag_uri(host, post_id or urlsplit(address).path)


def feed_id(host: str, key: str) -> str:
    """A feed's id."""
    return tag_uri(host, f"feed/{quote(key)}")


def fingerprint(*values: Any) -> bytes:
    """16 bytes that are others as soon as one of the values is another."""
    return hashlib.blake2b(msgspec.json.encode(values), digest_size=16).digest()


_APOSTROPHES = re.compile("['\u2018\u2019\u02bc\u02bb`\u00b4]")


def key_of(label: str) -> str:
    """A label as one part of a feed's key: lower case, letters and digits of any script, everything else one `-`.

    Apostrophes are dropped. Marks belong to their letters (Arabic vowel signs). A label of symbols alone gives "".
    """
    text = _APOSTROPHES.sub("", unicodedata.normalize("NFC", normalize_text(label)).lower())
    kept = ""
    for char in text:
        kind = unicodedata.category(char)[0]
        kept += char if kind in "LN" or (kind == "M" and kept[-1:] not in ("", "-")) else "-"
    return re.sub("-+", "-", kept).strip("-")


_LONGEST_KEY = 100

_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d|index|archive)$")


def distinct_key(kind: str, label: str, taken: Callable[[str], bool]) -> str:
    """A feed's key for a label of a kind (`tags/mali`): safe as a file's name everywhere, and no other's.

    Labels that give no name, a name that systems reserve, one of over 100 bytes, or one that is taken, get a number made
    of their letters, always the same.
    """
    name = key_of(label)
    mark = hashlib.blake2b(label.encode(), digest_size=4).hexdigest()
    short = name.encode()[:_LONGEST_KEY].decode("utf-8", "ignore").strip("-")
    plain = f"{kind}/{name}"
    # Systems that do not tell capitals from small letters fold more than these: `ß` is `ss` to them.
    folded = name.casefold()
    if name and name == short == folded and not _RESERVED.match(name) and not taken(plain):
        return plain
    return f"{kind}/{short}-{mark}" if short else f"{kind}/{mark}"

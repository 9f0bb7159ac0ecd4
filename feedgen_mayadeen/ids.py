"""Permanent ids of entries and feeds (RFC 4151), permanent keys of feeds, and fingerprints of values."""

import hashlib
import re
import unicodedata
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from feedgen_mayadeen.text import normalize_text, visible

ALL, BREAKING, MOST_READ = "all", "breaking", "most-read"
"""Keys of the feeds that are not lists in the menu; each is also its own kind."""
TOPICS = ("tags", "coverage", "authors")
"""Kinds of feeds with articles from several lists."""
SPECIAL = frozenset((ALL, BREAKING, MOST_READ))


def parent_of(key: str) -> str | None:
    """The key of a feed's parent: `news` for `news/politics`; None if it has no parent."""
    return key.rpartition("/")[0] or None


def kind_of(key: str) -> str:
    """The kind of a feed, by its key: the first part for special feeds, regions and topics, else `sections`."""
    first = key.partition("/")[0]
    return first if first in (*SPECIAL, *TOPICS, "regions") else "sections"


def tag_uri(host: str, specific: str) -> str:
    """A tag URI of this program for an edition's host (RFC 4151): `tag:HOST,2021:SPECIFIC`."""
    return f"tag:{host},2021:{specific}"


def entry_id(host: str, post_id: str | None, address: str) -> str:
    """An entry's id, from the post number, or from the path of the address if there is none."""
    return tag_uri(host, post_id or urlsplit(address).path)


def feed_id(host: str, key: str) -> str:
    """A feed's id."""
    return tag_uri(host, f"feed/{quote(key)}")


def fingerprint(*values: Any) -> bytes:
    """A 16-byte hash of values: two fingerprints are equal only if all values are."""
    return hashlib.blake2b(msgspec.json.encode(values), digest_size=16).digest()


_APOSTROPHES = re.compile("['\u2018\u2019\u02bc\u02bb`\u00b4]")


def key_of(label: str) -> str:
    """A label as one part of a feed's key: lower case, letters and digits of any script, everything else one `-`.

    Apostrophes are dropped. Marks belong to their letters (Arabic vowel signs). A label of symbols alone gives "".
    """
    text = _APOSTROPHES.sub("", unicodedata.normalize("NFC", visible(normalize_text(label))).lower())
    kept = ""
    for char in text:
        kind = unicodedata.category(char)[0]
        kept += char if kind in "LN" or (kind == "M" and kept[-1:] not in ("", "-")) else "-"
    return re.sub("-+", "-", kept).strip("-")


_LONGEST_KEY = 100

_RESERVED = re.compile(r"^(con|prn|aux|nul|com[\d\u00b9\u00b2\u00b3]|lpt[\d\u00b9\u00b2\u00b3]|index|archive)$")
"""What systems and web servers keep for themselves; superscripts too: Windows takes `com²` for `com2`."""

_OWN_NAMES = frozenset((
    "all", "breaking", "most-read", "edits", "own", "health", "status", "404", "en", "ar", "es", "tags", "coverage", "authors",
))  # fmt: skip
"""What the program itself writes, or keeps its feeds in, on the top floor of the folder."""


def distinct_key(above: str, label: str, taken: Callable[[str], bool]) -> str:
    """A feed's key for a label below another key (`tags/mali`), or, with `above` empty, on the top floor (`news`).

    It is safe as a file's name everywhere, none of the program's own, and no other feed's. Labels that give no name, one that
    systems or the program reserve, one of over 100 bytes, or one that is taken, get a number made of their letters, always the
    same.
    """
    name = key_of(label)
    digest = hashlib.blake2b(label.encode(), digest_size=4).hexdigest()
    short = name.encode()[:_LONGEST_KEY].decode("utf-8", "ignore").strip("-")
    prefix = f"{above}/" if above else ""
    is_own = not above and name in _OWN_NAMES
    # Systems that do not tell capitals from small letters fold more than these: `ß` is `ss` to them.
    folded = name.casefold()
    if name and name == short == folded and not _RESERVED.match(name) and not is_own and not taken(prefix + name):
        return prefix + name
    return f"{prefix}{short}-{digest}" if short else prefix + digest

"""What is the same for ever: the ids of entries and feeds (RFC 4151), the keys of feeds; and fingerprints of values."""

import hashlib
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

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

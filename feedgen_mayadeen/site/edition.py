"""What differs between the editions: hosts, menu labels, month names, words and directions, one data file each."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from feedgen_mayadeen.ids import key_of
from feedgen_mayadeen.text import match_key
from feedgen_mayadeen.urls import host_of

CODES = ("en", "ar", "es")


@dataclass(frozen=True, slots=True)
class KnownList:
    """A list that the edition's file names: its feed's key, its label, and an address for the last resort, or None."""

    key: str
    label: str
    address: str | None


@dataclass(frozen=True, slots=True)
class Words:
    """The words by which the parts of a page are known, all compared by `text.match_key`."""

    byline: tuple[str, ...]
    source: tuple[str, ...]
    shares: tuple[str, ...]
    reading_time: tuple[str, ...]
    listen: tuple[str, ...]
    read_more: tuple[str, ...]
    breaking: tuple[str, ...]
    most_read: tuple[str, ...]
    coverage: tuple[str, ...]
    read_next: tuple[str, ...]
    no_list: tuple[str, ...]
    days: tuple[str, ...]
    weekdays: tuple[str, ...]
    morning: tuple[str, ...]
    afternoon: tuple[str, ...]
    dated: tuple[str, ...]
    comments: tuple[str, ...]
    advertisement: tuple[str, ...]
    tags: tuple[str, ...]
    no_article: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words that the program itself writes into feeds, in the edition's language."""

    all: str
    all_subtitle: str
    list_subtitle: str
    breaking: str
    breaking_subtitle: str
    most_read: str
    most_read_subtitle: str
    tag_subtitle: str
    coverage_subtitle: str
    author_subtitle: str
    most_read_since: str


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of the site."""

    code: str
    host: str
    mirrors: tuple[str, ...]
    name: str
    language: str
    direction: str
    timezone: str
    icon: str
    rights: str
    months: tuple[str, ...]
    months_also: tuple[str, ...]
    staff: tuple[str, ...]
    words: Words
    phrases: Phrases
    lists: tuple[KnownList, ...]

    @property
    def home(self) -> str:
        """The address of the home page."""
        return f"https://{self.host}/"

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that serve this edition."""
        return frozenset((self.host, *self.mirrors))

    def absolute(self, path: str) -> str:
        """The address of a path on the edition's host."""
        return f"https://{self.host}{path}"

    def owns(self, address: str) -> bool:
        """Whether an address is one of this edition's pages."""
        host = host_of(address)
        return host == self.host or host in self.mirrors


def _known_lists(host: str, rows: list[dict[str, str]]) -> tuple[KnownList, ...]:
    keys: dict[str, str] = {}
    for row in rows:
        above = row.get("group") or keys.get(row.get("parent", ""))
        keys[row["label"]] = f"{above}/{key_of(row['label'])}" if above else key_of(row["label"])
    return tuple(
        KnownList(keys[r["label"]], r["label"], f"https://{host}{r['address']}" if "address" in r else None) for r in rows
    )


@cache
def words_of_all(*kinds: str) -> frozenset[str]:
    """The words of some kinds (fields of Words) in all editions, as they are compared: the editions share templates."""
    return frozenset(match_key(word) for code in CODES for kind in kinds for word in getattr(load(code).words, kind))


@cache
def load(code: str) -> Edition:
    """The edition of a code out of CODES, from its data file."""
    raw = tomllib.loads(resources.files(__package__).joinpath("editions", f"{code}.toml").read_text("utf-8"))
    lists = _known_lists(raw["host"], raw.pop("lists"))
    words = Words(**{name: tuple(texts) for name, texts in raw.pop("words").items()})
    phrases = Phrases(**raw.pop("phrases"))
    fields: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in raw.items()}
    return Edition(code=code, lists=lists, words=words, phrases=phrases, **fields)


def edition_of(address: str) -> Edition | None:
    """The edition whose host an address has, or None."""
    return next((e for e in map(load, CODES) if e.owns(address)), None)

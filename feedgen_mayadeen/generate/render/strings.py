"""Texts of the pages' controls and labels in each language, from `strings.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Strings:
    """The texts in one language. `{site}` stands for a name, `{n}` and `{all}` for numbers."""

    language: str
    direction: str
    heading: str
    intro: str
    notice: str
    their_site: str
    skip: str
    editions: str
    contents: str
    path: str
    all_feeds: str
    main: str
    sections: str
    regions: str
    coverage: str
    tags: str
    authors: str
    filter: str
    found: str
    subscribe: str
    copy_address: str
    copied: str
    selected: str
    add_to: str
    entry: str
    entries: str
    newest: str
    up_to_date: str
    failures: str
    last_success: str
    all_up_to_date: str
    failing_feeds: str
    not_updated: str
    last_build: str
    next_build: str
    overdue: str
    no_address: str
    opml: str
    status: str
    health: str
    newest_entries: str
    by: str
    source: str
    picture: str
    show_pictures: str
    pictures_note: str
    older: str
    archive: str
    on_site: str
    missing: str
    missing_text: str

    def group(self, name: str) -> str:
        """The heading of a group of feeds (`groups.Group.name`)."""
        return str(getattr(self, name))

    def count(self, number: int) -> str:
        """A number of entries in words: `1 entry`, `12 entries`."""
        return self.entry if number == 1 else self.entries.format(n=number)


@cache
def strings_of(edition: str) -> Strings:
    """The texts of an edition, by its code. Raises KeyError if there are none."""
    raw = tomllib.loads(resources.files(__package__).joinpath("strings.toml").read_text("utf-8"))
    return Strings(**raw[edition])

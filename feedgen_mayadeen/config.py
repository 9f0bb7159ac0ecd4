"""The settings: tables of `feeds.toml` with defaults and limits, overridden by options of the command line."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from feedgen_mayadeen import USER_AGENT
from feedgen_mayadeen.errors import ConfigError
from feedgen_mayadeen.text import decoded
from feedgen_mayadeen.urls import given_address

Seconds = Annotated[float, msgspec.Meta(ge=0, le=3600)]
Count = Annotated[int, msgspec.Meta(ge=1, le=1000)]
Code = Literal["en", "ar", "es"]


class BuildTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[build]`: what is built, and where. The addresses are in ASCII; "" is none."""

    editions: Annotated[tuple[Code, ...], msgspec.Meta(min_length=1)] = ("en",)
    only: tuple[str, ...] = ()
    base_url: str = ""
    content: Literal["full", "summary"] = "full"
    limit: Count = 50
    deadline: Annotated[float, msgspec.Meta(gt=0, le=1440)] = 20.0
    hub: str = ""


class FetchTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[fetch]`: requests to the site. Times in seconds, sizes in bytes."""

    delay: Seconds = 1.0
    jobs: Annotated[int, msgspec.Meta(ge=1, le=16)] = 4
    timeout: Annotated[float, msgspec.Meta(gt=0, le=600)] = 20.0
    retries: Annotated[int, msgspec.Meta(ge=0, le=10)] = 2
    max_bytes: Annotated[int, msgspec.Meta(ge=10_000, le=1 << 30)] = 8 << 20
    user_agent: Annotated[str, msgspec.Meta(min_length=1, pattern=r"^[\x20-\x7e]+$")] = USER_AGENT


class FeedsTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[feeds]`: the kinds of feeds to write."""

    all: bool = True
    sections: bool = True
    regions: bool = True
    breaking: bool = True
    most_read: bool = True
    tags: bool = True
    coverage: bool = True
    authors: bool = True


class TagsTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[tags]`: tags to follow by label, and when tags, coverages and authors get a feed of their own."""

    follow: tuple[Annotated[str, msgspec.Meta(min_length=1)], ...] = ()
    min_articles: Count = 5
    window_days: Annotated[int, msgspec.Meta(ge=1, le=3660)] = 90
    max_feeds: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 300
    limit: Count = 20


class TopicsTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[coverage]` and `[authors]`: most feeds of the kind: the busiest."""

    max_feeds: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 30


class HistoryTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[history]`: archive pages of 50 entries for each section and region."""

    pages: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 4


class MemoryTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[memory]`: days for which texts are kept; ids and dates are kept for good."""

    keep_days: Annotated[int, msgspec.Meta(ge=1, le=36_600)] = 90


class HealthTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[health]`: failed builds after which a feed is reported in health.xml; minutes between builds."""

    after: Count = 6
    every: Annotated[float, msgspec.Meta(gt=0, le=44_640)] = 60.0


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of `feeds.toml`."""

    build: BuildTable = BuildTable()
    fetch: FetchTable = FetchTable()
    feeds: FeedsTable = FeedsTable()
    tags: TagsTable = TagsTable()
    coverage: TopicsTable = TopicsTable()
    authors: TopicsTable = TopicsTable()
    history: HistoryTable = HistoryTable()
    memory: MemoryTable = MemoryTable()
    health: HealthTable = HealthTable()
    titles: dict[str, str] = {}


def read_config(path: Path, *, required: bool, options: dict[str, dict[str, object]]) -> Config:
    """The settings in a file, overridden by the options of the command line, table by table.

    A missing file is an error only if it is `required`. Raises ConfigError with the setting's name.
    """
    try:
        raw = tomllib.loads(decoded(path.read_bytes()))
    except FileNotFoundError as error:
        if required:
            raise ConfigError(str(path), "there is no such configuration file") from error
        raw = {}
    except OSError as error:
        raise ConfigError(str(path), f"can't be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ConfigError(str(path), f"is no valid TOML: it {error.reason}; save it as UTF-8") from error
    except (ValueError, RecursionError) as error:  # besides what TOML forbids: a number of more than 4300 digits
        raise ConfigError(str(path), f"is no valid TOML: {error}") from error
    _convert(raw, str(path))
    merged = {**raw, **{table: {**raw.get(table, {}), **values} for table, values in options.items()}}
    return _convert(merged, "the command line")


def _convert(raw: dict[str, object], where: str) -> Config:
    try:
        config = msgspec.convert(raw, Config)
    except msgspec.ValidationError as error:
        sentence = str(error).replace("Object contains unknown field", "there is no setting named").replace("`$.", "`")
        raise ConfigError(where, sentence) from error
    base_url = _address(where, "base_url", config.build.base_url)
    base_url = f"{base_url.rstrip('/')}/" if base_url else ""
    hub = _address(where, "hub", config.build.hub)
    return msgspec.structs.replace(config, build=msgspec.structs.replace(config.build, base_url=base_url, hub=hub))


def _address(where: str, name: str, text: str) -> str:
    """An address of `[build]` in the form in which it is used; a hub's may have a query. Raises ConfigError."""
    try:
        return given_address(text, may_ask=name == "hub") if text else ""
    except ValueError as error:
        raise ConfigError(where, f"{text!r} {error} - at `build.{name}`") from error

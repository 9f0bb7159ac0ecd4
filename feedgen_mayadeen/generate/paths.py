"""Paths and addresses of an edition's feeds."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from feedgen_mayadeen.context import BuildContext
from feedgen_mayadeen.site.edition import CODES, load


def folder_of(context: BuildContext) -> str:
    """The path of an edition's folder in the output folder, with a slash at the end; "" for the English edition."""
    return "" if context.edition.code == "en" else f"{context.edition.code}/"


def file_of(context: BuildContext, key: str, suffix: str = ".xml") -> str:
    """The path of a feed's file in the output folder; `suffix` selects its form."""
    return f"{folder_of(context)}{key}{suffix}"


def path_of(context: BuildContext, key: str, suffix: str = ".xml") -> Path:
    """The path of a feed's file, including the output folder."""
    return context.plan.out / file_of(context, key, suffix)


def address_of(context: BuildContext, key: str, suffix: str = ".xml") -> str:
    """The address where that file will be served; "" when nobody has told where."""
    base = context.config.build.base_url.rstrip("/")
    return f"{base}/{quote(file_of(context, key, suffix))}" if base else ""


def neighbour_of(context: BuildContext, key: str) -> str:
    """What leads to a feed or an archive page from one beside it: its address, else its file's name (RFC 4287 §4.2.7.1)."""
    return address_of(context, key) or quote(file_of(context, key).rpartition("/")[2])


def page_key(key: str, page: int) -> str:
    """The key of an archive page; no list's key contains a dot."""
    return f"{key}.archive-{page}"


def title_of(context: BuildContext, key: str) -> str | None:
    """The name that the settings give to a feed, by its path without suffix."""
    return context.config.titles.get(file_of(context, key, ""))


def editions_in(context: BuildContext) -> tuple[str, ...]:
    """The codes of the editions in the output folder: those of this build, and those of earlier builds."""
    built = {edition.code for edition in context.plan.editions}
    return tuple(code for code in CODES if code in built or _was_built(context, code))


def _was_built(context: BuildContext, code: str) -> bool:
    other = replace(context, edition=load(code))
    return path_of(other, "all").is_file() and context.memory.feeds.has_any(code)

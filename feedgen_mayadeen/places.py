"""Where the files of an edition's feeds are: in the output folder, and at the address where that is served."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from feedgen_mayadeen.plan import Run
from feedgen_mayadeen.site.edition import CODES, load


def folder_of(run: Run) -> str:
    """The path of an edition's own folder, with a slash at the end; the English edition has the output folder itself."""
    return "" if run.edition.code == "en" else f"{run.edition.code}/"


def file_of(run: Run, key: str, suffix: str = ".xml") -> str:
    """The path of a feed, in one of its forms, within the output folder."""
    return f"{folder_of(run)}{key}{suffix}"


def path_of(run: Run, key: str, suffix: str = ".xml") -> Path:
    """The same with the output folder itself."""
    return run.plan.out / file_of(run, key, suffix)


def address_of(run: Run, key: str, suffix: str = ".xml") -> str:
    """The address where that file will be served."""
    return f"{run.plan.config.build.base_url.rstrip('/')}/{quote(file_of(run, key, suffix))}"


def page_key(key: str, page: int) -> str:
    """The key of an archive page; no list's key holds a dot."""
    return f"{key}.archive-{page}"


def title_of(run: Run, key: str) -> str | None:
    """The name that the settings give to a feed, by its path without suffix."""
    return run.plan.config.titles.get(file_of(run, key, ""))


def editions_in(run: Run) -> tuple[str, ...]:
    """The codes of the editions that the output folder holds or is about to: those that are built, and those built before."""
    built = {edition.code for edition in run.plan.editions}
    return tuple(code for code in CODES if code in built or _was_built(run, code))


def _was_built(run: Run, code: str) -> bool:
    other = replace(run, edition=load(code))
    return path_of(other, "all").is_file() and run.archive.feeds.has_any(code)

"""The folder's pages for people: an index for each edition, a page for each feed, and the 404 page.

All links are relative, so that the folder works at any address and from the disk; only the links of the 404 page, which a
server shows at any path, begin with the path of `base_url`. Pages load only the stylesheet: a picture is a link, which the
script replaces with the picture on request. Without the script a browser would load `<img loading="lazy">` at once, even
inside a closed `<details>`.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from feedgen_mayadeen.generate.render.groups import editions_of, group_of, grouped
from feedgen_mayadeen.generate.render.links import address_of, index_of, reader_links, up_from
from feedgen_mayadeen.generate.render.strings import Strings, strings_of
from feedgen_mayadeen.ids import TOPICS
from feedgen_mayadeen.models import Entry, FeedSummary, SiteIndex

_SHOWN, _SHOWN_OF_TOPICS = 20, 6
_TEMPLATES = Path(__file__).with_name("templates")
_MAIN_KINDS = ("all", "breaking", "most-read", "sections", "regions")
"""The kinds of feeds to which an index links for browsers (`rel=alternate`)."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A feed as a page shows it: `way` leads from the page to its files, without their suffix.

    `address` is that of the Atom file; where nobody told it, it leads from the page, and only the script can complete it.
    """

    summary: FeedSummary
    way: str
    address: str
    is_whole: bool
    readers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Choice:
    """An edition in the edition switch."""

    words: Strings
    code: str
    href: str


def index_page(folder: SiteIndex, edition: str, *, at_root: bool = False) -> bytes:
    """The index of an edition, by its code, as HTML; the edition must have a feed in the folder.

    Its path is `index_of(edition)`, or `index.html` with `at_root`: for a folder without the English edition.
    """
    words = strings_of(edition)
    feeds = tuple(feed for feed in folder.feeds if feed.edition == edition)
    info, groups = feeds[0].info, grouped(feeds)
    up = "" if at_root else up_from(index_of(edition))
    rows = {feed.file: _row(feed, up, folder.base_url) for feed in feeds}
    return _render(
        "index.html",
        **_frame(words, info.language, up, editions_of(folder.feeds), edition),
        title=words.heading.format(site=info.site_name),
        description=words.intro,
        alternates=[(f.info.title, rows[f.file].way) for f in feeds if f.info.kind in _MAIN_KINDS],
        site=_site(info.address, info.site_name),
        folder=folder,
        groups=groups,
        rows=rows,
        failing=[rows[feed.file] for feed in feeds if feed.health.failures],
    )


def shown_on_page(kind: str) -> int:
    """How many entries the page of a feed of a kind shows."""
    return _SHOWN_OF_TOPICS if kind in TOPICS else _SHOWN


def page_entry(entry: Entry, edition: str, up: str, topics: Mapping[str, str]) -> bytes:
    """An entry on the page of a feed; `topics` maps labels of tags to the paths of their pages.

    `up` is the relative path from the page to the output folder.
    """
    template: Any = _templates().get_template("entry.html").module
    made: str = template.entry(strings_of(edition), up, topics, entry.article, entry.published)
    return made.encode()


def feed_page(
    summary: FeedSummary,
    entries: Sequence[bytes],
    *,
    base_url: str,
    editions: tuple[str, ...],
    archives: tuple[str, ...],
) -> bytes:
    """The page of a feed, next to `summary.file`: how to subscribe, and the newest entries.

    `entries` come from `page_entry`, `editions` are the codes of the editions with an index, `archives` the paths of the
    archive pages, newest first. The page says since when the feed has been failing, and not for how many builds, so that it
    does not change with every build.
    """
    info, words, up = summary.info, strings_of(summary.edition), up_from(summary.file)
    row, group = _row(summary, up, base_url), group_of(summary)
    return _render(
        "feed.html",
        **_frame(words, info.language, up, editions, summary.edition),
        title=info.title,
        description=info.subtitle,
        alternates=[(info.title, row.way)],
        site=_site(info.address, info.site_name),
        info=info,
        row=row,
        index=f"{up}{index_of(summary.edition)}",
        group=(group, words.group(group)),
        pictures=any(b"\n<figure>" in entry for entry in entries),
        entries=Markup(b"".join(entries).decode()),  # noqa: S704  # `page_entry` made them, with the same escaping
        archives=archives,
    )


def not_found_page(folder: SiteIndex) -> bytes:
    """`404.html`: the page that a server shows at an address without a file, in the languages of all editions."""
    editions = editions_of(folder.feeds) or ("en",)
    up, first = f"{urlsplit(folder.base_url).path}/", strings_of(editions[0])
    frame = _frame(first, editions[0], up, editions, None)
    return _render("404.html", **frame, title=first.missing, description=first.missing_text, alternates=[])


def _frame(words: Strings, language: str, up: str, editions: Iterable[str], current: str | None) -> dict[str, Any]:
    """Values for the base template: `up` is the relative path to the folder, `current` the edition of the page."""
    choices = [_Choice(strings_of(code), code, f"{up}{index_of(code)}") for code in editions]
    return {"words": words, "language": language, "up": up, "choices": choices, "current": current}


def _row(summary: FeedSummary, up: str, base_url: str) -> _Row:
    address = address_of(base_url, summary.file) if base_url else f"{up}{quote(summary.file)}"
    way = f"{up}{quote(summary.file.removesuffix('.xml'))}"
    return _Row(summary, way, address, bool(base_url), reader_links(address))


def _site(address: str, name: str) -> tuple[str, str]:
    """The home page of the site at an address, and the site's name."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}/", name


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        auto_reload=False,
    )
    made.filters["instant"] = _instant
    made.globals["policy"] = _policy(made.get_template("script.js").render())
    return made


def _policy(script: str) -> str:
    """The Content-Security-Policy of pages (CSP 3): this script, the stylesheet, and pictures on request.

    `file:` is for the folder opened from a disk, where some browsers do not take `'self'` for its files. The sample's
    folder alone has pictures.
    """
    digest = b64encode(sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'self' file:; img-src 'self' file: https: http: data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _instant(at: datetime) -> str:
    """An instant in an unambiguous form: `2026-11-14 11:40 UTC+02:00`. The script shows it in the reader's time zone."""
    return f"{at:%Y-%m-%d %H:%M} UTC{at.isoformat()[-6:] if at.utcoffset() else ''}"


def _render(template: str, **values: object) -> bytes:
    return _templates().get_template(template).render(values).encode()

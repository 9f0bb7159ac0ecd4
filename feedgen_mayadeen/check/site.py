"""The folder as it is served, or lies on a disk: its address, its files, and which of them an address leads to."""

import os.path
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit
from urllib.request import url2pathname

_NOWHERE = "http://folder.invalid"
_DISK = re.compile(r"file:///[!$&-;=@-Z_a-z~%]+")

DISK = "file:"
"""How an address on the disk begins."""
PICTURE = re.compile(r"media/image/(?:[\w-][\w.-]*/)*[\w-][\w.-]*\.png")
"""The path of a picture of the sample."""


@dataclass(frozen=True, slots=True)
class Site:
    """A folder and its files.

    `base` is the address under which they are served, without a slash at the end, "" for a folder that has none; `place` the
    real path of the folder; `is_sample` says that the feeds are the sample site's, whose pictures are in the folder.
    """

    files: frozenset[str]
    base: str = ""
    place: str = ""
    is_sample: bool = False

    def target(self, file: str, address: str) -> tuple[str, str | None]:
        """Where an address in a file leads: its scheme, "" for a relative one, and the path in the folder, None outside of it.

        There may be no such file. Query and fragment are left out; a folder means its index.html.
        """
        if address[:1] in ("", "#", "?"):
            return "", file
        scheme, path = _resolved(self.base or _NOWHERE, file.rpartition("/")[0], address)
        index = f"{(path or '').removesuffix('/')}/index.html".lstrip("/")
        return scheme, path if path is None or path in self.files or index not in self.files else index

    def on_disk(self, address: str) -> str | None:
        """The path in the folder that a `file:` address leads to; None outside of it, and for other addresses."""
        return _path_on_disk(self.place, address)

    def has_picture(self, address: str) -> bool:
        """Whether a `file:` address is that of one of the sample's pictures, the only ones that feeds may lead to."""
        file = self.on_disk(address) if self.is_sample else None
        return file in self.files and PICTURE.fullmatch(file or "") is not None


def base_of(own_addresses: Mapping[str, str]) -> str:
    """The base address that most feeds tell in their link rel=self, given by their files; "" where none does."""
    ends = ((address, f"/{quote(file)}") for file, address in own_addresses.items())
    bases = Counter(address.removesuffix(end) for address, end in ends if address.endswith(end))
    return max(bases, key=bases.__getitem__, default="")


@lru_cache(50_000)
def _path_on_disk(place: str, address: str) -> str | None:
    """The same for a folder's real path."""
    if not _DISK.fullmatch(address):
        return None
    try:
        return Path(os.path.realpath(url2pathname(urlsplit(address).path))).relative_to(place).as_posix()
    except ValueError:  # no path at all, or one that is not below the folder
        return None


@lru_cache(50_000)
def _resolved(base: str, folder: str, address: str) -> tuple[str, str | None]:
    """The same, but that a folder means itself. Pages of one folder have many addresses in common."""
    try:
        own, parts = (
            urlsplit(address),
            urlsplit(urljoin(f"{base}/{quote(folder)}/x" if folder else f"{base}/", address.strip())),
        )
    except ValueError:  # no address at all
        return "", None
    plain = f"{parts.scheme}://{parts.netloc}{parts.path}"
    if plain != base and not plain.startswith(f"{base}/"):
        return parts.scheme if own.scheme or own.netloc else "", None
    return parts.scheme, unquote(plain.removeprefix(base)).removeprefix("/")

"""The folder as it is served: its base address, its files, and which of them an address leads to."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, unquote, urljoin, urlsplit

_NOWHERE = "http://folder.invalid"


@dataclass(frozen=True, slots=True)
class Site:
    """A folder's files, and the address under which they are served, without a slash at the end; "" where no feed tells."""

    base: str
    files: frozenset[str]

    @classmethod
    def of(cls, own_addresses: Mapping[str, str], files: Iterable[str]) -> "Site":
        """The folder at the base address that most feeds tell in their link rel=self, given by their files."""
        ends = ((address, f"/{quote(file)}") for file, address in own_addresses.items())
        bases = Counter(address.removesuffix(end) for address, end in ends if address.endswith(end))
        return cls(max(bases, key=bases.__getitem__, default=""), frozenset(files))

    def target(self, file: str, address: str) -> tuple[str, str | None]:
        """Where an address in a file leads: its scheme, "" for a relative one, and the path in the folder, None outside of it.

        There may be no such file. Query and fragment are left out; a folder means its index.html.
        """
        if address[:1] in ("", "#", "?"):
            return "", file
        scheme, path = _resolved(self.base or _NOWHERE, file.rpartition("/")[0], address)
        index = f"{(path or '').removesuffix('/')}/index.html".lstrip("/")
        return scheme, path if path is None or path in self.files or index not in self.files else index


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

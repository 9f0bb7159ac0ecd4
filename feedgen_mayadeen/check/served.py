"""Where the folder is served, and which file an address leads to."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, urljoin, urlsplit

_NOWHERE = "http://folder.invalid"
_WEB = ("http", "https")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads: its scheme, and the file of the folder, None for an address outside of it."""

    scheme: str
    file: str | None


@dataclass(frozen=True, slots=True)
class Served:
    """A folder's files, and the address under which they are served, without a slash at the end."""

    base: str
    files: frozenset[str]

    def file_of(self, address: str) -> str | None:
        """The path in the folder that an absolute address leads to, whether or not there is such a file.

        None for one outside of the folder. Query and fragment are left out; a folder means its index.html.
        """
        parts = urlsplit(address)
        plain = f"{parts.scheme}://{parts.netloc}{parts.path}"
        if plain != self.base and not plain.startswith(f"{self.base}/"):
            return None
        path = unquote(plain.removeprefix(self.base)).removeprefix("/")
        if path in self.files:
            return path
        index = f"{path}/index.html".lstrip("/") if not path.endswith("/") else f"{path}index.html"
        return index if index in self.files else path or index

    def target(self, page: str, link: str) -> Target:
        """Where a link on a page of the folder leads. Raises ValueError when it can't be read as an address."""
        address = urljoin(f"{self.base}/{quote(page)}", link.strip())
        scheme = urlsplit(address).scheme.lower()
        return Target(scheme, self.file_of(address) if scheme in _WEB else None)


def serve(own_addresses: Mapping[str, str], files: Iterable[str]) -> Served:
    """A folder as it is served: at the base address that most feeds tell in their link rel=self, given by their files."""
    bases = Counter(base for file, address in own_addresses.items() if (base := base_of(file, address)) is not None)
    return Served(bases.most_common(1)[0][0] if bases else _NOWHERE, frozenset(files))


def base_of(file: str, address: str) -> str | None:
    """The base address under which a file has this address; None when the address is another file's."""
    path = f"/{quote(file)}"
    return address.removesuffix(path) if address.endswith(path) else None

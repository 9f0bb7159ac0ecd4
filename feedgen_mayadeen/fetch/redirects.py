"""Which address is asked for a page: as it was given, at the place that stands in for the site, and after redirects."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin

from feedgen_mayadeen import errors
from feedgen_mayadeen.urls import canonical, host_of, to_host


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked: `address` on the site, `url` on the wire. Both as they were given: canonical forms are for comparing."""

    address: str
    url: str

    @property
    def host(self) -> str:
        """The site's host, as `hosts` and robots.txt name it."""
        return host_of(canonical(self.address))


class Redirects:
    """Follows redirects within the `hosts` of the site, and between them and the `origins` that stand in for them."""

    def __init__(self, hosts: frozenset[str], origins: Mapping[str, str]) -> None:
        self._hosts, self._origins = hosts, dict(origins)

    def first(self, address: str) -> Target:
        """Where the page at an address of the site is asked for. Raises OffSiteError for another host's."""
        return self._on_site(address, self._at_origin(address))

    def origin(self, target: Target) -> str | None:
        """The base address that a page comes from, when that is not the site itself."""
        return self._origins.get(target.host)

    def follow(self, asked: Target, location: str) -> Target:
        """Where a redirect leads. Raises OffSiteError if that is not on the site."""
        try:
            url = urldefrag(urljoin(asked.url, location)).url
            for host, origin in sorted(self._origins.items(), key=lambda item: item[0] != asked.host):
                # One origin may stand for several hosts: the one that was asked comes first.
                if host_of(url) == host_of(origin):
                    return self._on_site(to_host(url, f"https://{host}"), url)
            return self._on_site(url, self._at_origin(url))
        except ValueError as error:
            raise errors.OffSiteError(asked.address, f"redirected to {location!r}") from error
        except errors.OffSiteError as error:
            raise errors.OffSiteError(asked.address, f"redirected to {error.address}") from error

    def _on_site(self, address: str, url: str) -> Target:
        target = Target(address, url)
        if target.host not in self._hosts or not address.lower().startswith(("http://", "https://")):
            raise errors.OffSiteError(address)
        return target

    def _at_origin(self, address: str) -> str:
        origin = self._origins.get(host_of(canonical(address)))
        return to_host(address, origin) if origin else address

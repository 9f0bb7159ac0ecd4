"""The sample site in a process of its own: prints its address, then obeys orders from stdin, one JSON object a line."""

import json
import sys
from datetime import datetime
from urllib.parse import quote

from feedgen_mayadeen.sample import Reply, SampleHandler, SampleServer, SampleSite


class DrawnOnce(SampleServer):
    """Draws each page once and keeps it, so that answers cost little."""

    def __init__(self, site: SampleSite) -> None:
        super().__init__(site)
        self.drawn: dict[str, Reply] = {}

    def answer(self, handler: SampleHandler, path: str) -> None:
        """The page as it was drawn when it was first asked for."""
        if path not in self.drawn:
            self.drawn[path] = self.site.page(path)
        reply = self.drawn[path]
        handler.send(reply.status, reply.content_type, reply.body)


def obey(server: DrawnOnce, order: dict[str, str]) -> list[str]:
    """Moves the site's clock to the order's `now`; else tells the paths that were asked for since, or all `instants`."""
    if "instants" in order:
        return sorted((article.published_time for article in server.site.articles), key=datetime.fromisoformat)
    paths = [quote(request.path) + f"?{request.query}".rstrip("?") for request in server.requests]
    if "now" in order:
        server.site.now = datetime.fromisoformat(order["now"])
        server.drawn = {}
    server.reset()
    return paths


if __name__ == "__main__":
    # Pictures are not served: their address must not change with the port.
    with DrawnOnce(SampleSite("en", media="https://media.example.org")) as running:
        print(running.url, flush=True)
        for line in sys.stdin:
            print(json.dumps(obey(running, json.loads(line))), flush=True)

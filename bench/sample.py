"""The sample site in a process of its own, grown to some 500 pages: `python -m bench.sample COPIES WITHOUT`."""

import json
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from threading import Event

from feedgen_mayadeen.sample import SampleArticle, SampleHandler, SampleServer, SampleSite


class GrownSite(SampleSite):
    """The English sample site with so many older copies of each article, as it was before the last `without` came."""

    def __init__(self, copies: int, without: int) -> None:
        # Pictures are not served: their address must not change with the port.
        super().__init__("en", media="https://media.example.org")
        older = [_older(article, number) for article in self.articles for number in range(1, copies + 1)]
        self._articles |= {article.postid: article for article in older}
        self.now = sorted(article.published for article in self._articles.values())[-1 - without]


class DrawnOnce(SampleServer):
    """Draws each page once, so that answers cost little. `/_replica` tells which paths were asked for."""

    def __init__(self, site: SampleSite) -> None:
        super().__init__(site)
        self.page = cache(site.page)

    def answer(self, handler: SampleHandler, path: str) -> None:
        """The page as it was drawn when it was first asked for."""
        if path == "/_replica":
            paths = [request.path for request in self.requests if request.path != path]
            handler.send(200, "application/json", json.dumps({"paths": paths}).encode())
        else:
            reply = self.page(path)
            handler.send(reply.status, reply.content_type, reply.body)


def _older(article: SampleArticle, number: int) -> SampleArticle:
    at = (datetime.fromisoformat(article.published_time) - timedelta(days=60 * number)).isoformat()
    own = {"postid": f"{article.postid}{number:02}", "path": f"{article.path}-{number}"}
    return replace(article, title=f"{article.title}, copy {number}", published_time=at, last_updated=at, **own)


if __name__ == "__main__":
    with DrawnOnce(GrownSite(*map(int, sys.argv[1:]))) as server:
        print(server.url, server.site.now.isoformat(), flush=True)
        Event().wait()

"""The sample site: invented news in three editions, served on loopback for `demo` and the tests."""

from feedgen_mayadeen.sample.records import Edition, MenuItem, SampleArticle, TickerLine
from feedgen_mayadeen.sample.server import SampleHandler, SampleRequest, SampleServer
from feedgen_mayadeen.sample.site import Reply, SampleSite

__all__ = [
    "Edition",
    "MenuItem",
    "Reply",
    "SampleArticle",
    "SampleHandler",
    "SampleRequest",
    "SampleServer",
    "SampleSite",
    "TickerLine",
]

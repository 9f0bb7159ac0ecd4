"""Asks the site for pages: politely, only where allowed, and with a named failure for every way it can go wrong.

`fetcher` what is asked, when and how often · `pace` the pauses · `breaker` hosts that are left alone · `redirects` which
address is asked · `session` one request and its answer · `limits` bounds of time and size, private addresses · `pages` from
an answer to a page · `blocks` how a page that refuses is told from a page of the site · `charset` how bytes become text.
"""

from feedgen_mayadeen.fetch.charset import decode
from feedgen_mayadeen.fetch.fetcher import Fetcher
from feedgen_mayadeen.fetch.pace import FetchSettings, FetchStats

__all__ = ["FetchSettings", "FetchStats", "Fetcher", "decode"]

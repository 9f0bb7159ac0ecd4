"""Asks the site for pages: politely, only where allowed, and with a named failure for every way it can go wrong.

`fetcher` what is asked and what comes of it · `pace` the pauses · `transport` connections, their bounds of time, private
addresses · `refusal` how a page that refuses is told from a page of the site · `decode` how bytes become text.
"""

from feedgen_mayadeen.fetch.decode import decode
from feedgen_mayadeen.fetch.fetcher import Fetcher
from feedgen_mayadeen.fetch.pace import Manners, Tally

__all__ = ["Fetcher", "Manners", "Tally", "decode"]

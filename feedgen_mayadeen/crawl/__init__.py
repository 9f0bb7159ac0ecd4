"""From the site into memory: robots.txt, the home page, list pages, feed.rss and sitemaps where lists fail, article pages.

`fetching` requests several pages at once · `home` robots.txt, the lists in the menu, the ticker, Most Read · `lists` list
pages · `articles` article pages · `fallback` feed.rss, the sitemaps, a past month · `suspicion` pages that look worse than
usual.
"""

from collections.abc import Iterable

from feedgen_mayadeen.context import BuildContext
from feedgen_mayadeen.crawl.articles import crawl_articles
from feedgen_mayadeen.crawl.fallback import backfill, find_other_ways
from feedgen_mayadeen.crawl.fetching import open_fetcher
from feedgen_mayadeen.crawl.home import crawl_home, crawl_robots, save_home
from feedgen_mayadeen.crawl.lists import crawl_lists
from feedgen_mayadeen.crawl.suspicion import Clock

__all__ = ["crawl", "longest_unasked_first", "open_fetcher"]


def longest_unasked_first(contexts: Iterable[BuildContext]) -> list[BuildContext]:
    """The editions in the order in which they are crawled: the next run begins with what this one has no time for."""
    return sorted(contexts, key=lambda one: max(one.memory.lists.asked_at(one.edition.code).values(), default=""))


def crawl(context: BuildContext) -> None:
    """Reads one edition of the site, and saves what is new or has changed. Raises MemoryWriteError."""
    if (robots := crawl_robots(context)) is None:
        return
    home = crawl_home(context, robots)
    # Lists and other ways in have half of the time that is left, at least one list; the other half is for articles.
    for_articles = context.stop.remaining() / 2
    clock = Clock(context.now, context.memory.articles.latest_date(context.edition.code))
    crawl_lists(context, home, for_articles, clock)
    sources = find_other_ways(context, home.lists) if context.stop.remaining() >= for_articles else ()
    if context.was_read():
        save_home(context, home)
        sources += backfill(context)
        crawl_articles(context, home, sources, clock)
    if clock.is_doubted:
        context.report.warnings.append(str(clock))

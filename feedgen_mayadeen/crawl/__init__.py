"""From the site into memory: robots.txt, the home page, list pages, feed.rss and sitemaps where lists fail, article pages.

`fetching` requests several pages at once · `home` robots.txt, the lists in the menu, the ticker, Most Read · `lists` list
pages · `articles` article pages · `fallback` feed.rss, the sitemaps, a past month · `suspicion` pages that look worse than
usual.
"""

from feedgen_mayadeen.context import BuildContext
from feedgen_mayadeen.crawl.articles import crawl_articles
from feedgen_mayadeen.crawl.fallback import backfill, find_other_ways
from feedgen_mayadeen.crawl.fetching import open_fetcher
from feedgen_mayadeen.crawl.home import crawl_home, crawl_robots, save_home
from feedgen_mayadeen.crawl.lists import crawl_lists

__all__ = ["crawl", "open_fetcher"]


def crawl(context: BuildContext) -> None:
    """Reads one edition of the site, and saves what is new or has changed. Raises MemoryWriteError."""
    if (robots := crawl_robots(context)) is None:
        return
    home = crawl_home(context, robots)
    crawl_lists(context, home.lists)
    sources = find_other_ways(context, home.lists)
    if context.was_read():
        save_home(context, home)
        sources += backfill(context)
        crawl_articles(context, home, sources)

"""Article pages: new ones and those due for a recheck are fetched, read and saved."""

from collections.abc import Collection
from dataclasses import replace

from feedgen_mayadeen import errors
from feedgen_mayadeen.clean import clean
from feedgen_mayadeen.context import BuildContext
from feedgen_mayadeen.crawl.fetching import ask_for_all, report_not_asked
from feedgen_mayadeen.crawl.home import Home
from feedgen_mayadeen.crawl.suspicion import Clock, without_future_dates
from feedgen_mayadeen.ids import MOST_READ
from feedgen_mayadeen.models import Article, ListPage, Page
from feedgen_mayadeen.site.article import read_article
from feedgen_mayadeen.site.membership import lists_of, topics_of
from feedgen_mayadeen.store.articles import Dating, FetchTask, Memberships


def crawl_articles(context: BuildContext, home: Home, sources: tuple[str, ...], clock: Clock) -> None:
    """Reads every article that is new, has another title on its card, or is due for another look.

    They are found on the lists, in the Most Read box, and on the other ways in that `sources` names. Articles with a date in
    the future are judged at the end, when it is known whether the clock is to be believed.
    """
    report, lists, memory = context.report, home.lists, context.memory
    keys = [list_page.key for list_page in lists if context.is_needed(list_page.key)]
    moving = [MOST_READ] if context.is_selected(MOST_READ) and context.config.feeds.most_read else []
    tasks = memory.articles.to_fetch(context.edition.code, [*keys, *moving, *sources], context.now)
    elsewhere = frozenset((context.edition.home, *(list_page.address for list_page in lists)))
    not_asked: list[errors.NotAskedError] = []
    ahead: list[tuple[FetchTask, Page, Article]] = []
    was_doubted = clock.is_doubted
    for task, answer in ask_for_all(context, "articles", tasks, lambda task: _fetch(context, task, elsewhere)):
        if answer is None:
            memory.articles.unchanged(task, context.now)
            report.articles_unchanged += 1
        elif isinstance(answer, errors.NotAskedError):
            not_asked.append(answer)
        elif isinstance(answer, errors.FeedgenError):
            _save_failure(context, task, answer)
        else:
            page, article = answer
            clock.see_article(article.published)
            if without_future_dates(article, context.now)[1] and not was_doubted:
                ahead.append((task, page, article))
            else:
                _save(context, lists, task, page, article, clock)
    for task, page, article in ahead:
        _save(context, lists, task, page, article, clock)
    report.articles_not_asked += len(not_asked)
    report_not_asked(context, "article", not_asked)


def _fetch(context: BuildContext, task: FetchTask, elsewhere: Collection[str]) -> tuple[Page, Article] | None:
    """An article's page, and the article with its body sanitised; None if unchanged. Raises FetchError, ReadError."""
    page = context.fetcher.get(task.address, task.validators if task.number is not None else None)
    if page is None:
        return None
    if page.address in elsewhere:
        raise errors.GoneError(task.address, f"it leads to {page.address}")
    article = read_article(page, context.edition).article
    if page.address != task.address and task.number is not None and article.post_id is None:
        raise errors.GoneError(task.address, f"it leads to {page.address}, which is not known to be the same article")
    return page, replace(article, body=clean(article.body))


def _save_failure(context: BuildContext, task: FetchTask, error: errors.FeedgenError) -> None:
    context.memory.articles.record_failure(task.address, str(error), context.now)
    if isinstance(error, (errors.NotFoundError, errors.GoneError)) and task.number is not None:
        context.report.notes.append(f"{task.address}: removed from the site; its entry stays")
    else:
        context.report.fail(error)
        context.report.articles_failed += 1


def _save(
    context: BuildContext, lists: tuple[ListPage, ...], task: FetchTask, page: Page, article: Article, clock: Clock
) -> None:
    article, suspicion = (article, None) if clock.is_doubted else without_future_dates(article, context.now)
    if suspicion:
        context.report.fail(errors.SuspiciousPageError(task.address, suspicion))
    memory, edition = context.memory, context.edition
    identity = memory.articles.identify(article, task.address, edition.host)
    menu = tuple(list_page for list_page in lists if list_page.way != "tag link")
    keys = lists_of(article, menu, memory.lists.showing(edition.code, identity.addresses))
    memberships = Memberships(keys, topics_of(article, edition))
    context.report.articles_read += 1
    dating = Dating.DOUBTED if suspicion else Dating.FIRST_SEEN
    validators, now = page.validators, context.now
    entry = memory.articles.save(edition, article, task.address, memberships, validators, now, identity, dating)
    if entry:
        context.report.fresh.add(entry)

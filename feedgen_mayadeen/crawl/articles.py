"""Article pages: new ones and those due for a recheck are fetched, read and saved."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from feedgen_mayadeen import errors
from feedgen_mayadeen.clean import clean
from feedgen_mayadeen.context import BuildContext
from feedgen_mayadeen.crawl.fetching import ask_for_all, report_not_asked
from feedgen_mayadeen.crawl.home import Home
from feedgen_mayadeen.crawl.suspicion import Clock, without_future_dates
from feedgen_mayadeen.ids import MOST_READ
from feedgen_mayadeen.models import ListPage, Page, ParsedArticle
from feedgen_mayadeen.site.article import read_article
from feedgen_mayadeen.site.boilerplate import Boilerplate, learn
from feedgen_mayadeen.site.marks import PageMarks, observe
from feedgen_mayadeen.site.membership import lists_of, topics_of
from feedgen_mayadeen.store.articles import Dating, FetchTask, Memberships

_HELD = 24
"""Pages that are fetched before the first is read, where nothing is known yet of what stands on all articles."""
_OBSERVED = 60
"""Pages that are learned from in one build, at most."""


class _Learner:
    """Learns from article pages, one after the other, what stands on many of them."""

    def __init__(self, context: BuildContext) -> None:
        self._context = context
        self._remembered = self.boilerplate = Boilerplate.of(context.memory.pages.boilerplate(context.edition.code))
        self._marks: list[PageMarks] = []
        self._learned_from = 0

    @property
    def knows_articles(self) -> bool:
        """Whether enough article pages were seen, in this build or before."""
        return self.boilerplate.articles != Boilerplate().articles

    def observe(self, page: Page) -> None:
        """Takes a page in; learns anew when half as many again have come."""
        if len(self._marks) < _OBSERVED:
            with suppress(errors.TooDeepError):  # reading it will say so
                self._marks.append(observe(page, self._context.edition, "article"))
        if self.knows_articles and len(self._marks) >= 1.5 * max(self._learned_from, _HELD):
            self.learn()

    def learn(self) -> None:
        """Learns from all pages so far."""
        if len(self._marks) > self._learned_from:
            self.boilerplate = learn(self._marks, self._remembered)
            self._learned_from = len(self._marks)

    def save(self) -> None:
        """Remembers what was learned, for the next build and for single pages."""
        self.learn()
        if self.boilerplate != self._remembered:
            self._context.memory.pages.save_boilerplate(self._context.edition.code, self.boilerplate.rows())


def crawl_articles(context: BuildContext, home: Home, sources: tuple[str, ...], clock: Clock) -> None:
    """Reads every article that is new, has another title on its card, or is due for another look.

    They are found on the lists, in the Most Read box, and on the other ways in that `sources` names.
    """
    report, lists, memory = context.report, home.lists, context.memory
    keys = [list_page.key for list_page in lists if context.is_needed(list_page.key)]
    moving = [MOST_READ] if context.is_selected(MOST_READ) and context.config.feeds.most_read else []
    tasks = memory.articles.to_fetch(context.edition.code, [*keys, *moving, *sources], context.now)
    not_asked: list[errors.NotAskedError] = []
    reader = _Reader(context, lists, clock)
    for task, answer in ask_for_all(context, "articles", tasks, lambda task: _fetch(context, task)):
        if answer is None:
            memory.articles.unchanged(task, context.now)
            report.articles_unchanged += 1
        elif isinstance(answer, errors.NotAskedError):
            not_asked.append(answer)
        elif isinstance(answer, errors.FeedgenError):
            _save_failure(context, task, answer)
        else:
            reader.take(task, answer)
    reader.finish()
    report.articles_not_asked += len(not_asked)
    report_not_asked(context, "article", not_asked)


def _fetch(context: BuildContext, task: FetchTask) -> Page | None:
    """An article's page; None if it has not changed. Raises FetchError."""
    return context.fetcher.get(task.address, task.validators if task.number is not None else None)


class _Reader:
    """Reads and saves article pages. Two kinds are held back for a while.

    Where nothing is known of what stands on all articles, the first pages wait for each other. Articles with a date in the
    future wait for the end, when it is known whether the clock is to be believed.
    """

    def __init__(self, context: BuildContext, lists: tuple[ListPage, ...], clock: Clock) -> None:
        self._context, self._lists, self._clock = context, lists, clock
        self._learner = _Learner(context)
        self._was_doubted = clock.is_doubted
        self._held: list[tuple[FetchTask, Page]] = []
        self._ahead: list[tuple[FetchTask, Page, ParsedArticle]] = []
        self._sections = context.memory.lists.sections(self._menu)

    @property
    def _menu(self) -> tuple[ListPage, ...]:
        return tuple(list_page for list_page in self._lists if list_page.way != "tag link")

    def take(self, task: FetchTask, page: Page) -> None:
        """Takes a page in, and reads all that are held back once enough is known."""
        self._learner.observe(page)
        self._held.append((task, page))
        if self._learner.knows_articles or len(self._held) >= _HELD:
            self._read_held()

    def finish(self) -> None:
        """Reads what is still held back, and remembers what was learned."""
        self._read_held()
        for task, page, parsed in self._ahead:
            self._save(task, page, parsed)
        self._learner.save()

    def _read_held(self) -> None:
        if not self._learner.knows_articles:
            self._learner.learn()
        while self._held:
            task, page = self._held.pop(0)
            try:
                parsed = self._read(task, page)
            except errors.FeedgenError as error:
                _save_failure(self._context, task, error)
                continue
            self._clock.see_article(parsed.article.published)
            if without_future_dates(parsed.article, self._context.now)[1] and not self._was_doubted:
                self._ahead.append((task, page, parsed))
            else:
                self._save(task, page, parsed)

    def _read(self, task: FetchTask, page: Page) -> ParsedArticle:
        """An article, its body sanitised. Raises ReadError, and GoneError for another page than the article's."""
        elsewhere = frozenset(self._elsewhere())
        if page.address in elsewhere:
            raise errors.GoneError(task.address, f"it leads to {page.address}")
        parsed = read_article(page, self._context.edition, self._learner.boilerplate)
        article = parsed.article
        if page.address != task.address and task.number is not None and article.post_id is None:
            raise errors.GoneError(task.address, f"it leads to {page.address}, which is not known to be the same article")
        if article.address in elsewhere:
            raise errors.AnotherPageError(task.address, f"it calls itself {article.address}")
        return replace(parsed, article=replace(article, body=clean(article.body)))

    def _elsewhere(self) -> Iterator[str]:
        """The addresses of pages that are no articles."""
        yield self._context.edition.home
        yield from (list_page.address for list_page in self._lists)

    def _save(self, task: FetchTask, page: Page, parsed: ParsedArticle) -> None:
        context, memory, edition = self._context, self._context.memory, self._context.edition
        article, suspicion = parsed.article, None
        if not self._clock.is_doubted:
            article, suspicion = without_future_dates(article, context.now)
        dating = Dating.DOUBTED if suspicion else Dating.FIRST_SEEN
        if parsed.unread:
            suspicion = f"its date, {parsed.unread[0]}, can't be read; the entry is dated when it was first seen"
        if suspicion:
            context.report.fail(errors.SuspiciousPageError(task.address, suspicion))
        identity = memory.articles.identify(article, task.address, edition.host)
        carded = memory.lists.showing(edition.code, identity.addresses)
        memberships = Memberships(lists_of(article, self._menu, carded, self._sections), topics_of(article, edition))
        context.report.articles_read += 1
        validators, now = page.validators, context.now
        entry = memory.articles.save(edition, article, task.address, memberships, validators, now, identity, dating)
        if entry:
            context.report.fresh.add(entry)


def _save_failure(context: BuildContext, task: FetchTask, error: errors.FeedgenError) -> None:
    context.memory.articles.record_failure(task.address, str(error), context.now)
    if isinstance(error, (errors.NotFoundError, errors.GoneError)) and task.number is not None:
        context.report.notes.append(f"{task.address}: removed from the site; its entry stays")
    else:
        context.report.fail(error)
        context.report.articles_failed += 1

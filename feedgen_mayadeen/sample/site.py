"""The sample site's pages: which exist at which address, and how each is drawn from the records."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from threading import RLock
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from feedgen_mayadeen.sample.body import blocks
from feedgen_mayadeen.sample.metadata import MetadataStyle, json_ld, script_json, tawsiyat, tawsiyat_page
from feedgen_mayadeen.sample.pictures import picture
from feedgen_mayadeen.sample.records import SampleArticle, TickerLine, fold, load_edition, name_slug

TEMPLATES = Path(__file__).with_name("templates")
CARDS_HOME = 30
CARDS_LIST = 24
ITEMS_RSS = 30
ITEMS_SIDE = 4
NEWS_SITEMAP_AGE = timedelta(days=2)

HTML = "text/html; charset=utf-8"
XML = "application/xml; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"
BLANK_GIF = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"
PICTURE = re.compile(r"/media/image/\d+/\d+/\d+/([^/]+)\.png")
MONTH_SITEMAP = re.compile(r"/sitemaps/all/sitemap-(\d+)-(\d+)\.xml")

SampleList = tuple[str, tuple[SampleArticle, ...]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the site answers to one address; `kind` names the sort of page, as in "listing" or "article"."""

    status: int
    content_type: str
    body: bytes
    kind: str


class SampleSite:
    """One edition of the sample site at one moment: `page` draws any address, nothing is served.

    `media` is the base address of the pictures; a server puts its own there when it is None.
    `templates` is a folder whose templates go before the built-in ones of the same name.
    `metadata_style` chooses what article pages tell machines. Safe to change while it is served.
    """

    def __init__(self, edition: str = "en", *, media: str | None = None, templates: Path | None = None) -> None:
        """Load an edition: "en", "ar" or "es"."""
        self.edition, articles = load_edition(edition)
        self.media = media
        self.metadata_style: MetadataStyle = "tawsiyat"
        self._articles = {article.postid: article for article in articles}
        self._ticker = self.edition.ticker
        self._now = max(article.published for article in articles)
        self._visible: tuple[SampleArticle, ...] | None = None
        self._lists: dict[str, SampleList] | None = None
        self._lock = RLock()
        folders = [TEMPLATES] if templates is None else [templates, TEMPLATES]
        self._templates = Environment(
            loader=FileSystemLoader(folders),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )
        self._templates.filters.update(href=partial(quote, safe="/:"), blocks=blocks, script_json=script_json)
        self._templates.globals.update(site=self, edition=self.edition, words=self.edition.words, fold=fold)

    # What exists, and how a test changes it

    @property
    def now(self) -> datetime:
        """The site's clock: an article exists from its publication on. At first that of the newest article."""
        return self._now

    @now.setter
    def now(self, instant: datetime) -> None:
        with self._lock:
            self._now = instant
            self._forget()

    @property
    def articles(self) -> tuple[SampleArticle, ...]:
        """The articles that exist, newest first."""
        with self._lock:
            if self._visible is None:
                published = (article for article in self._articles.values() if article.published <= self._now)
                self._visible = tuple(sorted(published, key=lambda article: article.published, reverse=True))
            return self._visible

    @property
    def ticker(self) -> tuple[TickerLine, ...]:
        """The lines of the ticker."""
        return self._ticker

    def set_ticker(self, lines: Iterable[TickerLine | str]) -> None:
        """Replace the ticker's lines; a string is a line without a link."""
        self._ticker = tuple(line if isinstance(line, TickerLine) else TickerLine(line) for line in lines)

    def edit(self, postid: str, **fields: Any) -> SampleArticle:
        """Change fields of an article and return it as it is now; its path stays unless it is named.

        Raises KeyError for an unknown post id and TypeError for an unknown field.
        """
        with self._lock:
            self._articles[postid] = replace(self._articles[postid], **fields)
            self._forget()
            return self._articles[postid]

    def delete(self, postid: str) -> None:
        """Take an article off the site; raises KeyError for an unknown post id."""
        with self._lock:
            del self._articles[postid]
            self._forget()

    def find(self, postid: str) -> SampleArticle | None:
        """Return the article of a post id if it exists by now."""
        article = self._articles.get(postid)
        return article if article and article.published <= self._now else None

    def lists(self) -> dict[str, SampleList]:
        """Return every list page: its path, and its label and articles in the order of its cards."""
        return {path: (label, articles[:CARDS_LIST]) for path, (label, articles) in self._members().items()}

    def _members(self) -> dict[str, SampleList]:
        with self._lock:
            if self._lists is None:
                self._lists = self._work_out_lists()
            return self._lists

    def _work_out_lists(self) -> dict[str, SampleList]:
        rows = self.articles
        found: dict[str, SampleList] = {}
        for item, _ in self.edition.menu_lists():
            found[item.path] = fold(item.label), tuple(row for row in rows if row.path.startswith(item.path + "/"))
        for label, path in self.edition.regions.items():
            found[path] = label, tuple(row for row in rows if row.region == label)
        gathered: dict[str, tuple[str, list[SampleArticle]]] = {}
        for row in rows:
            for path, label in self._named_lists(row).items():
                gathered.setdefault(path, (label, []))[1].append(row)
        found.update({path: (label, tuple(members)) for path, (label, members) in gathered.items()})
        return found

    def _named_lists(self, row: SampleArticle) -> dict[str, str]:
        named = {self.tag_path(tag): tag for tag in row.tags}
        if row.coverage:
            named[self.coverage_path(row.coverage)] = row.coverage
        if row.author_kind == "writer":
            named[self.author_path(row.author)] = row.author
        return named

    def _forget(self) -> None:
        self._visible = self._lists = None

    # Addresses and dates, also for the templates

    @property
    def origin(self) -> str:
        """The site's own address, without a slash at the end."""
        return f"https://{self.edition.host}"

    def url(self, article: SampleArticle) -> str:
        """Return the canonical address of an article, in raw Unicode as the site writes it."""
        return self.origin + article.path

    def media_url(self, path: str | None) -> str | None:
        """Return the whole address of a picture."""
        return path and (self.media or self.origin) + path

    def tag_path(self, tag: str) -> str:
        """Return the path of a tag's page."""
        return f"/tags/{name_slug(tag)}"

    def coverage_path(self, coverage: str) -> str:
        """Return the path of a coverage's page."""
        return f"/coverage/{name_slug(coverage)}"

    def author_path(self, author: str) -> str:
        """Return the path of an author's page."""
        return f"/authors/{name_slug(author)}"

    def list_path(self, article: SampleArticle) -> str:
        """Return the path of the narrowest menu list that an article stands in."""
        return self.edition.list_of(article.path)[0].path

    def shown(self, article: SampleArticle, pattern: str) -> str:
        """Write when an article was published in one of the edition's patterns; cards of some editions say "today"."""
        when, today = article.published, self.edition.words.get("today")
        if today and pattern == self.edition.card_date and when.date() == self._now.astimezone(when.tzinfo).date():
            pattern = today
        month = self.edition.months[when.month - 1]
        return pattern.format(day=when.day, month=month, year=when.year, time=f"{when:%H:%M}")

    def minutes(self, article: SampleArticle) -> int:
        """Return how many minutes an article takes to read."""
        return 1 + int(article.word_count) // 120

    def most_read(self) -> tuple[SampleArticle, ...]:
        """Return the articles of the box Most Read."""
        return tuple(article for postid in self.edition.most_read if (article := self.find(postid)))

    def read_next(self, current: SampleArticle | None) -> tuple[SampleArticle, ...]:
        """Return the articles of the box Read Next on the page of `current`."""
        return tuple(article for article in self.articles if article is not current)[:ITEMS_SIDE]

    def coverages(self) -> tuple[str, ...]:
        """Return the names of all coverages, the one with the newest article first."""
        return tuple(dict.fromkeys(article.coverage for article in self.articles if article.coverage))

    def authors(self) -> tuple[str, ...]:
        """Return the names of all authors with a page, the one with the newest article first."""
        return tuple(dict.fromkeys(article.author for article in self.articles if article.author_kind == "writer"))

    # Pages

    def page(self, path: str) -> Reply:
        """Answer a path in raw or percent-encoded form; what stands after a `?` does not matter."""
        path = unquote(urlsplit(path).path) or "/"
        if match := PICTURE.fullmatch(path):
            return Reply(200, "image/png", picture(match[1]), "picture")
        with self._lock:
            return self._text_page(path)

    def _text_page(self, path: str) -> Reply:
        fixed = self._fixed_pages().get(path)
        if fixed:
            return fixed()
        if match := MONTH_SITEMAP.fullmatch(path):
            return self._month_sitemap(int(match[1]), int(match[2]))
        members = self._members().get(path)
        if members:
            return self._listing(path, *members)
        article = next((row for row in self.articles if row.path == path), None)
        if article:
            return self._article(article)
        return self._draw("404.html", "missing", status=404)

    def _fixed_pages(self) -> dict[str, Callable[[], Reply]]:
        words = self.edition.words
        live = {item.path: fold(item.label) for item in self.edition.menu if not item.is_list}
        bare = {"/about": words["about"], "/privacy-policy": words["privacy"], **live}
        coverages = [(self.coverage_path(name), name) for name in self.coverages()]
        authors = [(self.author_path(name), name) for name in self.authors()]
        return {
            "/": self._home,
            "/images/blank.gif": partial(Reply, 200, "image/gif", BLANK_GIF, "picture"),
            "/robots.txt": partial(self._draw, "robots.txt", "robots", "text/plain; charset=utf-8"),
            "/feed.rss": self._rss,
            "/sitemaps/all.xml": self._sitemap_index,
            "/sitemaps/news.xml": self._news_sitemap,
            "/coverage": partial(self._draw, "plain.html", "plain", heading=words["coverage"], links=coverages),
            "/authors": partial(self._draw, "plain.html", "plain", heading=words["authors"], links=authors),
            **{path: partial(self._draw, "plain.html", "plain", heading=text, links=()) for path, text in bare.items()},
        }

    def _home(self) -> Reply:
        block = self._page_block("1", self.edition.words["home"], "/")
        return self._draw("home.html", "home", block=block, cards=self.articles[:CARDS_HOME])

    def _listing(self, path: str, label: str, articles: tuple[SampleArticle, ...]) -> Reply:
        block = self._page_block("2", label, path)
        return self._draw("listing.html", "listing", block=block, heading=label, cards=articles[:CARDS_LIST])

    def _page_block(self, postid: str, title: str, path: str) -> dict[str, Any] | None:
        if self.metadata_style != "tawsiyat":
            return None
        return tawsiyat_page(postid, title, self.origin + path, self.edition.lang)

    def _article(self, article: SampleArticle) -> Reply:
        thumbnail = self.media_url(article.thumbnail)
        makers = {"tawsiyat": tawsiyat, "json-ld": json_ld}
        maker = makers.get(self.metadata_style)
        block = maker(article, self.url(article), thumbnail, self.edition.lang) if maker else None
        return self._draw("article.html", "article", article=article, block=block, thumbnail=thumbnail)

    def _rss(self) -> Reply:
        items = [(article, format_datetime(article.published)) for article in self.articles[:ITEMS_RSS]]
        return self._draw("feed.rss", "feed", RSS, items=items)

    def _sitemap_index(self) -> Reply:
        months = sorted({(article.published.year, article.published.month) for article in self.articles})
        return self._draw("sitemap-index.xml", "sitemap", XML, months=months)

    def _month_sitemap(self, year: int, month: int) -> Reply:
        of_month = [row for row in self.articles if (row.published.year, row.published.month) == (year, month)]
        return self._draw("sitemap-month.xml", "sitemap", XML, articles=of_month)

    def _news_sitemap(self) -> Reply:
        recent = (row for row in self.articles if row.published > self._now - NEWS_SITEMAP_AGE)
        # The site writes these instants in another offset than its pages.
        items = [(article, article.published.astimezone(UTC).isoformat()) for article in recent]
        return self._draw("sitemap-news.xml", "sitemap", XML, items=items)

    def _draw(self, template: str, kind: str, content_type: str = HTML, status: int = 200, **values: Any) -> Reply:
        text = self._templates.get_template(template).render(values)
        return Reply(status, content_type, text.encode(), kind)

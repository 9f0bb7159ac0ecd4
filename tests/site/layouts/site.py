"""The sample site with the templates of a layout: the words, dates, pictures and neighbours that those need besides."""

import hashlib
import tomllib
from calendar import month_name
from collections.abc import Iterable
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape

from feedgen_mayadeen.sample import Edition, SampleArticle, SampleSite
from feedgen_mayadeen.sample.body import Block
from feedgen_mayadeen.sample.metadata import MetadataStyle

HERE = Path(__file__).parent
LAYOUTS = tuple(sorted(folder.name for folder in HERE.iterdir() if (folder / "base.html").is_file()))
MEDIA = "https://media.almayadeen.net"
_WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "ar": ("الإثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
}
_LONG = {
    "en": [month_name[number] for number in range(1, 13)],
    "ar": ["يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"],
}
_HALVES = {"en": ("AM", "PM"), "ar": ("ص", "م")}
DATES = {
    "plain": "{d} {m} {y} {H}:{M}",
    "comma": "{d} {m} {y}, {H}:{M}",
    "weekday": "{w}, {d} {m} {y} - {H}:{M}",
    "twelve": "{l} {d}, {y} {h}:{M} {half}",
    "double": "{d} {m}/{l} {y} {H}:{M}",
    "iso": "{y}-{n:02}-{d:02} {H}:{M}",
    "day": "{d} {l} {y}",
    "short": "{d} {m}",
    "clock": "{H}:{M}",
}
_IN_ARABIC = {
    "comma": "{d} {m} {y}، {H}:{M}",
    "weekday": "{w} {d} {m} {y} - {H}:{M}",
    "twelve": "{d} {l}، {y} {h}:{M} {half}",
}
"""How pages write an instant; `m` is the edition's own name of the month, `l` its long or other one."""


@cache
def words_of(edition: str) -> dict[str, Any]:
    """The words of an edition's layouts."""
    words: dict[str, Any] = tomllib.loads((HERE / "words.toml").read_text("utf-8"))[edition]
    return words


class LayoutSite(SampleSite):
    """The sample site of an edition ("en" or "ar") as the templates of a layout draw it."""

    def __init__(self, layout: str, edition: str = "en", metadata: MetadataStyle = "tawsiyat") -> None:
        super().__init__(edition, media=MEDIA, templates=HERE / layout)
        self.layout = layout
        self.metadata_style = metadata
        self._templates.filters.update(inline=self.inline)
        self._templates.globals.update(t=words_of(edition))

    def replace_records(self, edition: Edition, articles: Iterable[SampleArticle]) -> None:
        """Draw other articles, under another edition's words and menu."""
        self.edition = edition
        self._articles = {article.postid: article for article in articles}
        self._now = max(article.published for article in self._articles.values())
        self._ticker = edition.ticker
        self._templates.globals.update(edition=edition, words=edition.words)
        self._forget()

    # For the templates

    def date(self, article: SampleArticle, form: str) -> str:
        """When an article was published, in one of DATES."""
        when, lang = article.published, self.edition.lang
        pattern = DATES[form] if lang == "en" else _IN_ARABIC.get(form, DATES[form])
        month, half = when.month - 1, _HALVES[lang][when.hour >= 12]
        names = {"m": self.edition.months[month], "l": _LONG[lang][month], "w": _WEEKDAYS[lang][when.weekday()], "half": half}
        return pattern.format(
            d=when.day, y=when.year, n=when.month, H=f"{when:%H}", M=f"{when:%M}", h=when.hour % 12 or 12, **names
        )

    def img(self, path: str, width: int = 640, version: int = 1) -> str:
        """The address of a picture at a width in pixels."""
        whole = self.media_url(path) or ""
        return whole.replace("width=640", f"width={width}").replace("v=1", f"v={version}")

    def section(self, article: SampleArticle) -> str:
        """The label of an article's narrowest list."""
        return article.category or article.posttype

    def link(self, article: SampleArticle) -> str:
        """An article's whole address, percent-encoded."""
        return self.origin + quote(article.path, safe="/:")

    def cards(self, path: str) -> tuple[SampleArticle, ...]:
        """The articles of a list."""
        members = self.lists().get(path)
        return members[1] if members else ()

    def days(self, articles: Iterable[SampleArticle]) -> tuple[tuple[SampleArticle, ...], ...]:
        """Articles in their order, those of one day together."""
        return tuple(tuple(day) for _, day in groupby(articles, key=lambda article: article.published.date()))

    def near(self, article: SampleArticle, number: int, seed: str = "") -> tuple[SampleArticle, ...]:
        """Other articles, always the same for one article and seed, as a box "Related" would choose them."""
        others = (other for other in self.articles if other is not article)
        return tuple(sorted(others, key=lambda other: _mark(seed, article.postid, other.postid))[:number])

    def comments(self, article: SampleArticle) -> tuple[tuple[str, str], ...]:
        """A name and a text for each comment on an article: none, or up to four."""
        words = words_of(self.edition.lang)
        number = _mark("comments", article.postid) % 5
        marks = [_mark("comment", article.postid, str(place)) for place in range(number)]
        return tuple((words["people"][m % 6], words["remarks"][m // 7 % len(words["remarks"])]) for m in marks)

    def number(self, article: SampleArticle, most: int, seed: str = "") -> int:
        """Some number from 1 to `most` that belongs to an article: comments, views, hours."""
        return 1 + _mark("number", seed, article.postid) % most

    def inline(self, block: Block, style: str = "") -> Markup:
        """A paragraph's text with its links; a style puts some of its words into inline elements."""
        out = [self._span(span.text, span.article) for span in block.spans]
        text = Markup("").join(out)
        if style == "rich" and not block.spans[0].article:
            first, _, rest = block.spans[0].text.partition(" ")
            text = Markup("<strong>{}</strong> {}").format(first, rest) + Markup("").join(out[1:])
        if style == "spans":
            text = Markup('<span style="font-size:1rem"><span lang="{}">{}</span></span>').format(self.edition.lang, text)
        return text

    def _span(self, text: str, postid: str) -> Markup:
        target = self.find(postid) if postid else None
        if target is None:
            return escape(text)
        return Markup('<a href="{}">{}</a>').format(quote(target.path, safe="/:"), text)


def _mark(*parts: str) -> int:
    return int.from_bytes(hashlib.blake2b("/".join(parts).encode(), digest_size=6).digest(), "big")

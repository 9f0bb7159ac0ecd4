"""Whatever a text may be, an Atom document is well formed, says the same, and has the same bytes each time."""

from datetime import UTC, datetime, timedelta, timezone
from html import unescape

from hypothesis import given, settings
from hypothesis import strategies as st

from feedgen_mayadeen.clean import clean
from feedgen_mayadeen.generate.render.atom import atom
from feedgen_mayadeen.models import Article, Category, Entry, Feed, FeedInfo, Link, Picture
from feedgen_mayadeen.text import normalize_text
from feedgen_mayadeen.urls import canonical
from tests.feeds import ReadFeed, parse, read_feed

SELF = "https://example.org/feeds/news.xml"
INFO = FeedInfo(
    key="news",
    kind="section",
    title="News — Al Mayadeen English",
    subtitle="News",
    address="https://english.almayadeen.net/news",
    language="en",
    direction="ltr",
    site_name="Al Mayadeen English",
    rights="© Al Mayadeen",
    icon="https://english.almayadeen.net/favicon.ico",
    id="tag:english.almayadeen.net,2021:feed/news",
)
MARKUP = st.sampled_from(
    ["<b>", "</b>", "&amp;", "&", "<![CDATA[", "]]>", "<!--", "-->", "<script>", "&#0;", "&nbsp;", '"', "\0"]
)
ANY_TEXT = st.lists(st.text(max_size=20) | MARKUP, max_size=6).map("".join)
LINE = ANY_TEXT.map(normalize_text)
TITLE = LINE.filter(bool)
HTML = ANY_TEXT.map(lambda text: clean(f"<p>{text}</p>"))
OFFSETS = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=OFFSETS).map(
    lambda at: at.replace(microsecond=0)
)
ADDRESSES = ANY_TEXT.map(lambda text: canonical(f"https://english.almayadeen.net/news/{text.replace('/', '-')}"))


@st.composite
def entries(draw: st.DrawFn, number: int) -> Entry:
    published = draw(INSTANTS)
    tags = tuple(draw(st.lists(TITLE, max_size=3, unique=True)))
    article = Article(
        address=draw(ADDRESSES),
        title=draw(TITLE),
        post_id=str(number),
        lead=draw(LINE),
        body=draw(HTML),
        picture=draw(st.none() | st.builds(Picture, ADDRESSES, LINE)),
        author=draw(st.none() | st.builds(Link, TITLE, st.none() | ADDRESSES)),
        source=draw(LINE),
        tags=tuple(Link(tag) for tag in tags),
        video_seconds=draw(st.none() | st.integers(1, 10_000)),
        audio=draw(st.none() | ADDRESSES),
        related=tuple(draw(st.lists(st.builds(Link, TITLE, st.none() | ADDRESSES), max_size=2))),
    )
    categories = tuple(Category(tag, tag, "tag:english.almayadeen.net,2021:tag") for tag in tags)
    return Entry(f"tag:english.almayadeen.net,2021:{number}", published, published, article, categories)


FEEDS = st.builds(lambda first, second: Feed(INFO, (first, second)), entries(1), entries(2))


def as_feedparser_reads(text: str) -> str:
    """A text as feedparser gives it back: it repairs what looks like UTF-8 that was read as Latin-1, and C1 controls."""
    try:
        return text.encode("iso-8859-1").decode("utf-8")
    except UnicodeError:
        return text


def check(feed: Feed, read: ReadFeed) -> None:
    for entry, found in zip(feed.entries, read.entries, strict=True):
        article = entry.article
        assert found.id == entry.id
        assert found.title == article.title
        assert found.summary == (article.lead or (None if article.body or article.picture else article.title))
        assert datetime.fromisoformat(found.published) == entry.published
        assert datetime.fromisoformat(found.published).utcoffset() == entry.published.utcoffset()
        assert [term for term, _, _ in found.categories] == [category.term for category in entry.categories]
        assert found.link == article.address
        assert found.pictures == ((article.picture.address,) if article.picture else ())
        assert article.body in (found.content or "")
        assert found.author == (article.author.label if article.author else None)
        assert found.source == (article.source or None)


@settings(max_examples=40, deadline=None)
@given(FEEDS)
def test_any_text_is_written_and_read_back(feed: Feed) -> None:
    content = bytes(atom(feed, SELF, full=True))
    check(feed, read_feed(content))
    parsed = parse(content)
    titles = [as_feedparser_reads(entry.article.title) for entry in feed.entries]
    shown = [unescape(e.title) if e.title_detail.type == "text/html" else e.title for e in parsed.entries]
    assert shown == titles


@settings(max_examples=20, deadline=None)
@given(FEEDS)
def test_the_same_feed_gives_the_same_bytes(feed: Feed) -> None:
    assert bytes(atom(feed, SELF, full=True)) == bytes(atom(feed, SELF, full=True))


@settings(max_examples=20, deadline=None)
@given(FEEDS)
def test_a_summary_has_no_content(feed: Feed) -> None:
    read = read_feed(bytes(atom(feed, SELF, full=False)))
    assert {entry.content for entry in read.entries} == {None}
    assert [entry.title for entry in read.entries] == [entry.article.title for entry in feed.entries]


def test_a_feed_is_as_new_as_its_newest_entry() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    made = [
        Entry(str(n), at, at + timedelta(days=n), Article(f"https://english.almayadeen.net/a/{n}", "t"), ()) for n in (1, 3, 2)
    ]
    read = read_feed(bytes(atom(Feed(INFO, tuple(made)), SELF, full=True)))
    assert read.updated == "2026-01-04T00:00:00+00:00"
    assert ("self", SELF) in read.links

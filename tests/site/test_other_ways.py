"""feed.rss and the sitemaps: those of the sample site against its records, other forms, and what is neither."""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedgen_mayadeen.errors import NoFeedError, NoSitemapError, ReadError
from feedgen_mayadeen.models import Candidate, Page, Sitemap, SitemapPart
from feedgen_mayadeen.sample import SampleArticle, SampleSite
from feedgen_mayadeen.site.edition import load
from feedgen_mayadeen.site.rss import read_rss
from feedgen_mayadeen.site.sitemaps import read_sitemap
from feedgen_mayadeen.text import normalize_text
from feedgen_mayadeen.urls import canonical
from tests.saved import EN, patient

SITE = "https://english.almayadeen.net"
RSS = f"{SITE}/feed.rss"
MAP = f"{SITE}/sitemaps/all.xml"
BELL = f"{SITE}/news/politics/a-bell"
NOON = "2025-06-05T12:00:00+03:00"

READERS: tuple[Callable[[Page], object], ...] = (lambda page: read_rss(page, EN), lambda page: read_sitemap(page, EN))


def rss(text: str, *, origin: str | None = None) -> list[Candidate]:
    return list(read_rss(Page(RSS, text, origin=origin), EN))


def item(body: str, *, origin: str | None = None) -> list[Candidate]:
    return rss(f'<?xml version="1.0"?><rss version="2.0"><channel><item>{body}</item></channel></rss>', origin=origin)


def sitemap(text: str) -> Sitemap:
    return read_sitemap(Page(MAP, text), EN)


def urlset(body: str) -> list[Candidate]:
    return list(sitemap(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{body}</urlset>').found)


# The sample site


def page_of(site: SampleSite, path: str) -> Page:
    return Page(site.origin + path, site.page(path).body.decode())


def found_of(site: SampleSite, record: SampleArticle, at: datetime, *, told: bool = True) -> Candidate:
    category = normalize_text(record.category or record.posttype)
    return Candidate(
        canonical(site.url(record)),
        normalize_text(record.title).replace("\u200b", "") if told else "",
        category if told else "",
        at,
    )


@pytest.mark.parametrize("code", ["en", "ar", "es"])
def test_the_sample_site_s_feed(code: str) -> None:
    site = SampleSite(code)
    found = read_rss(page_of(site, "/feed.rss"), load(code))
    assert found == tuple(found_of(site, record, record.published) for record in site.articles[:30])
    assert [one.at and one.at.utcoffset() for one in found] == [record.published.utcoffset() for record in site.articles[:30]]


@pytest.mark.parametrize("code", ["en", "ar", "es"])
def test_the_sample_site_s_sitemaps_name_every_article(code: str) -> None:
    site, edition = SampleSite(code), load(code)
    index = read_sitemap(page_of(site, "/sitemaps/all.xml"), edition)
    assert index.found == ()
    months = sorted({f"{record.published:%Y-%m}" for record in site.articles})
    assert [part.month for part in index.parts] == months
    found = [
        one
        for part in index.parts
        for one in read_sitemap(page_of(site, part.address.removeprefix(site.origin)), edition).found
    ]
    want = [found_of(site, record, record.updated, told=False) for record in site.articles]
    assert sorted(found, key=lambda one: one.address) == sorted(want, key=lambda one: one.address)


@pytest.mark.parametrize("code", ["en", "ar", "es"])
def test_the_sample_site_s_news_sitemap(code: str) -> None:
    site = SampleSite(code)
    found = read_sitemap(page_of(site, "/sitemaps/news.xml"), load(code)).found
    assert found
    titles = {canonical(site.url(record)): (normalize_text(record.title), record.published) for record in site.articles}
    assert {one.address: (one.title, one.at) for one in found} == {one.address: titles[one.address] for one in found}
    assert {one.at and one.at.utcoffset() for one in found} == {UTC.utcoffset(None)}


# Feeds of other forms


@pytest.mark.parametrize(
    ("link", "path"),
    [
        (f"<link>{BELL}</link>", "/news/politics/a-bell"),
        (f"<link>\n  {BELL}/?utm_source=rss#top\n</link>", "/news/politics/a-bell"),
        (f"<link><![CDATA[{BELL}?a=1&b=2]]></link>", "/news/politics/a-bell?a=1&b=2"),
        (f"<link>{BELL}?a=1&b=2&lt=3</link>", "/news/politics/a-bell?a=1&b=2&lt=3"),
        (f"<link>{BELL}?a=1&amp;b=2</link>", "/news/politics/a-bell?a=1&b=2"),
        ("<link>/news/politics/a-bell</link>", "/news/politics/a-bell"),
        ("<link>https://next-en.almayadeen.net/news/politics/a-bell</link>", "/news/politics/a-bell"),
        ("<link>http://127.0.0.1:8080/news/politics/a-bell</link>", "/news/politics/a-bell"),
        (f'<link href="{BELL}"/>', "/news/politics/a-bell"),
        (
            f'<a:link xmlns:a="http://www.w3.org/2005/Atom" rel="self" href="{RSS}"/><link>{BELL}</link>',
            "/news/politics/a-bell",
        ),
        (f"<guid>{BELL}</guid>", "/news/politics/a-bell"),
        (f"<link></link><guid>{BELL}</guid>", "/news/politics/a-bell"),
        (f"<link>https://example.org/x/y</link><guid>{BELL}</guid>", "/news/politics/a-bell"),
        ("<link>/news/politics/جرس القرية</link>", "/news/politics/%D8%AC%D8%B1%D8%B3%20%D8%A7%D9%84%D9%82%D8%B1%D9%8A%D8%A9"),
        (f'<guid isPermaLink="false">{BELL}</guid>', None),
        (f'<link rel="replies" href="{BELL}"/>', None),
        ("<link>https://example.org/news/politics/a-bell</link>", None),
        ("<link>https://www.almayadeen.net/news/politics/a-bell</link>", None),
        ("<link>https://[broken/news/a-bell</link>", None),
        ("<link>javascript:alert(1)</link>", None),
        (f"<link>{SITE}</link>", None),
        (f"<link>{SITE}/live</link>", None),
        ("<title>An item without a link</title>", None),
    ],
)
def test_links_of_items(link: str, path: str | None) -> None:
    assert [one.address for one in item(link, origin="http://127.0.0.1:8080")] == ([SITE + path] if path else [])


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("Thu, 05 Jun 2025 12:00:00 +0300", NOON),
        ("5 Jun 2025 12:00:00 +0300", NOON),
        ("Thu, 05 Jun 2025 09:00:00 GMT", "2025-06-05T09:00:00+00:00"),
        ("Thu, 05 Jun 2025 09:00 UT", "2025-06-05T09:00:00+00:00"),
        ("Thu, 05 Jun 2025 09:00:00 -0000", "2025-06-05T09:00:00+00:00"),
        ("Thu, 05 Jun 2025 05:00:00 EDT", "2025-06-05T05:00:00-04:00"),
        ("Thu, 05 Jun 2025 12:00:00 +0347", "2025-06-05T12:00:00+03:47"),
        (NOON, NOON),
        ("", None),
        ("yesterday", None),
        ("Thu, 35 Jun 2025 12:00:00 +0300", None),
        ("Thu, 05 Jun 2025 12:00:00 +9900", None),
        ("Thu, 05 Jun 1025 12:00:00 +0300", None),
        ("Thu, 05 Jun 99999 12:00:00 +0300", None),
        (f"Thu, 05 Jun {'9' * 5000} 12:00:00 +0300", None),
    ],
)
def test_dates_of_items(written: str, at: str | None) -> None:
    (found,) = item(f"<link>{BELL}</link><pubDate>{written}</pubDate>")
    assert (found.at and found.at.isoformat()) == at


@pytest.mark.parametrize(
    ("written", "title"),
    [
        (" Line\n one\t and two ", "Line one and two"),
        ("<![CDATA[Salt & pepper <b>]]>", "Salt & pepper <b>"),
        ("Salt &amp; pepper &#8211; twice", "Salt & pepper – twice"),
        ("Salt & pepper&nbsp;&ndash; twice &unknown; &", "Salt & pepper – twice &unknown; &"),
        ("Salt & <![CDATA[pepper & all]]>", "Salt & pepper & all"),
        ("Zero\u200bwidth\x0b\x00marks", "Zerowidthmarks"),
        ("<b>Bold</b> words<!-- or not --><?or not?>", "Bold words"),
        ("", ""),
    ],
)
def test_titles_of_items(written: str, title: str) -> None:
    assert item(f"<title>{written}</title><link>{BELL}</link><category/><category> In\nPictures </category>") == [
        Candidate(BELL, title, "In Pictures")
    ]


ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>All</title><link href="{SITE}/"/>
<entry><title type="html">The mayor buys a bell</title><link rel="replies" href="{SITE}/c/1"/><link href="{BELL}"/>
<category term="politics" label="Politics"/><published>{NOON}</published><updated>2025-06-06T12:00:00Z</updated>
</entry></feed>"""
RDF = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>All</title><link>{SITE}</link></channel>
<item><title>The mayor buys a bell</title><link>{BELL}</link><dc:date>{NOON}</dc:date><category>Politics</category></item>
</rdf:RDF>"""


@pytest.mark.parametrize("text", [ATOM, RDF, f"\ufeff \n{ATOM}", f'<?xml version="1.0" encoding="windows-1256"?>{ATOM}'])
def test_feeds_of_other_kinds(text: str) -> None:
    assert rss(text) == [Candidate(BELL, "The mayor buys a bell", "Politics", datetime.fromisoformat(NOON))]


def test_an_article_stands_in_a_feed_once_and_in_its_order() -> None:
    links = "".join(f"<item><title>{n}</title><link>/n/p/{name}</link></item>" for n, name in enumerate("abac"))
    found = rss(f"<rss><channel>{links}</channel></rss>")
    assert [(one.address[-1], one.title) for one in found] == [("a", "0"), ("b", "1"), ("c", "3")]


@pytest.mark.parametrize("empty", ["<rss/>", "<rss><channel></channel></rss>", "<feed/>"])
def test_a_feed_may_be_empty(empty: str) -> None:
    assert rss(empty) == []


def test_of_a_feed_that_breaks_off_the_whole_items_are_read() -> None:
    whole = f"<item><title>A bell</title><link>{BELL}</link></item>"
    text = f"<rss><channel>{whole}<item><link>{SITE}/news/politics/cut-sho"
    assert [one.address for one in rss(text)] == [BELL]
    assert [one.address for one in rss(f"<rss><channel>{whole}")] == [BELL]


# Sitemaps


@pytest.mark.parametrize(
    ("path", "month"),
    [
        ("/sitemaps/all/sitemap-2023-8.xml", "2023-08"),
        ("/sitemaps/all/sitemap-2023-12.xml", "2023-12"),
        ("/sitemaps/all/sitemap-2023-08.xml", "2023-08"),
        ("/sitemaps/2025-06.xml", "2025-06"),
        ("/sitemaps/2025/06", "2025-06"),
        ("/sitemaps/2025/6/", "2025-06"),
        ("/sitemaps/2025/06/05.xml", "2025-06"),
        ("/sitemap_2025_06.xml", "2025-06"),
        ("/sitemap202506.xml", "2025-06"),
        ("/sitemap-20250605.xml", "2025-06"),
        ("/2019/archive/sitemap-2025-6.xml", "2025-06"),
        ("/sitemap.xml?month=2025-06", "2025-06"),
        ("/sitemaps/news.xml", None),
        ("/sitemaps/2025.xml", None),
        ("/sitemaps/sitemap-2025-13.xml", None),
        ("/sitemaps/sitemap-2025-0.xml", None),
        ("/sitemaps/posts-1773192.xml", None),
        ("/sitemaps/12025-06.xml", None),
        ("/sitemaps/2025-061.xml", None),
    ],
)
def test_months_of_further_sitemaps(path: str, month: str | None) -> None:
    index = sitemap(f"<sitemapindex><sitemap><loc>{SITE}{path}</loc></sitemap></sitemapindex>")
    assert index == Sitemap(parts=(SitemapPart(canonical(SITE + path), month),))


def test_further_sitemaps_are_the_site_s_own() -> None:
    hosts = (SITE, "https://next-en.almayadeen.net", "https://example.org", "https://www.almayadeen.net", "")
    rows = "".join(f"<s:sitemap><s:loc> {host}/m/2025-{n}.xml\n</s:loc></s:sitemap>" for n, host in enumerate(hosts, start=1))
    index = sitemap(
        f'<s:sitemapindex xmlns:s="http://www.google.com/schemas/sitemap/0.84">{rows}<s:sitemap/></s:sitemapindex>'
    )
    assert [(part.address.removeprefix(SITE), part.month) for part in index.parts] == [
        ("/m/2025-1.xml", "2025-01"),
        ("/m/2025-2.xml", "2025-02"),
        ("/m/2025-5.xml", "2025-05"),
    ]


NEWS = (
    '<n:news xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><n:publication><n:name>A</n:name></n:publication>'
    "<n:publication_date>{}</n:publication_date><n:title> The mayor\nbuys a bell </n:title>"
    "<n:keywords>x, y</n:keywords></n:news>"
)


@pytest.mark.parametrize(
    ("body", "title", "at"),
    [
        ("", "", None),
        (f"<lastmod>{NOON}</lastmod>", "", NOON),
        ("<lastmod>2025-06-05T09:00Z</lastmod>", "", "2025-06-05T09:00:00+00:00"),
        ("<lastmod>soon</lastmod>", "", None),
        (NEWS.format(NOON), "The mayor buys a bell", NOON),
        (f"<lastmod>2025-07-01T00:00:00Z</lastmod>{NEWS.format(NOON)}", "The mayor buys a bell", NOON),
        (f"<lastmod>{NOON}</lastmod>{NEWS.format('soon')}", "The mayor buys a bell", NOON),
        (
            f'<i:image xmlns:i="http://www.google.com/schemas/sitemap-image/1.1"><i:loc>{SITE}/media/x/y.png</i:loc>'
            f"<i:title>A bell</i:title></i:image><lastmod>{NOON}</lastmod>",
            "",
            NOON,
        ),
    ],
)
def test_rows_of_a_sitemap(body: str, title: str, at: str | None) -> None:
    (found,) = urlset(f"<url>{body}<loc>\n{BELL}</loc></url>")
    assert found == Candidate(BELL, title, at=datetime.fromisoformat(at) if at else None)


def test_rows_that_lead_to_no_article_of_the_edition_are_left_out() -> None:
    rows = "".join(
        f"<url><loc>{at}</loc></url>"
        for at in (
            SITE,
            f"{SITE}/live",
            BELL,
            "https://example.org/x/y",
            "https://www.almayadeen.net/x/y",
            "",
            "https://[x/y/z",
            BELL,
        )
    )
    assert urlset(f"{rows}<url/><url><lastmod>{NOON}</lastmod></url>") == [Candidate(BELL)]


# What is neither

HTML = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><p>Wait<br>a while &nbsp; <item></body></html>"


def laughs(root: str) -> str:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    row = "<item><title>&a11;</title></item>"
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{entities}]><{root} x="&a11;">{row}</{root}>'


def external(root: str, address: str) -> str:
    row = f"<item><title>&x;</title><link>{BELL}</link></item>"
    return f'<!DOCTYPE x [<!ENTITY x SYSTEM "{address}"><!ENTITY % y SYSTEM "{address}"> %y;]><{root}>{row}</{root}>'


@pytest.mark.parametrize(
    "text", ["", " \n", "\ufeff", "404 page not found", "{}", HTML, "<xml/>", "<", "\x00<rss>"[:1], "<!-- <rss/> -->"]
)
def test_anything_else_is_refused_with_its_address(text: str) -> None:
    with pytest.raises(NoFeedError) as feed:
        read_rss(Page(RSS, text), EN)
    assert feed.value.address == RSS
    with pytest.raises(NoSitemapError) as no_map:
        read_sitemap(Page(MAP, text), EN)
    assert no_map.value.address == MAP


def test_a_feed_is_no_sitemap_and_a_sitemap_no_feed() -> None:
    with pytest.raises(NoSitemapError):
        sitemap(ATOM)
    with pytest.raises(NoFeedError):
        rss("<urlset/>")


@pytest.mark.parametrize("reader", READERS, ids=["feed", "sitemap"])
@pytest.mark.parametrize("root", ["rss", "urlset"])
def test_entities_are_never_expanded(reader: Callable[[Page], object], root: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("a secret", "utf-8")
    start = time.process_time()
    for text in (
        laughs(root),
        external(root, secret.as_uri()),
        external(root, str(secret)),
        external(root, "http://127.0.0.1:9/x"),
    ):
        with pytest.raises(ReadError):
            reader(Page(RSS, text))
    assert time.process_time() - start < 1


def test_a_document_type_from_elsewhere_is_not_fetched(tmp_path: Path) -> None:
    (tmp_path / "rss.dtd").write_text('<!ENTITY x "a secret">', "utf-8")
    kind = f'<!DOCTYPE rss SYSTEM "{(tmp_path / "rss.dtd").as_uri()}">'
    (found,) = rss(f"{kind}<rss><item><title>&x; A bell</title><link>{BELL}</link></item></rss>")
    assert "secret" not in found.title
    assert found.title.endswith("A bell")


@pytest.mark.parametrize(
    "text",
    ["<rss>" + "<item>" * 5000, "<urlset>" + "<url><loc>" * 3000, "<rss><item><title>" + "<![CDATA[" * 50000,
     "<rss>" + "&" * 200000, "<rss><item><link>" + "x" * 11_000_000, "<!--" * 50000, "<rss " + "a='1' " * 20000],
    ids=["items", "rows", "plain sections", "signs", "a long address", "comments", "attributes"],
)  # fmt: skip
@pytest.mark.parametrize("reader", READERS, ids=["feed", "sitemap"])
def test_malicious_forms_are_read_or_refused_soon(reader: Callable[[Page], object], text: str) -> None:
    start = time.process_time()
    with suppress(NoFeedError, NoSitemapError):
        reader(Page(RSS, text))
    assert time.process_time() - start < 3


PIECES = st.sampled_from(
    ["<rss>", "<urlset>", "<sitemapindex>", "<item>", "</item>", "<url>", "</url>", "<link>", "</link>", "<loc>", "</loc>",
     BELL, "<title>", "</title>", "<pubDate>", "Thu, 05 Jun 2025", " 12:00:00 +0300", "</pubDate>", "&", "&amp;", "&nbsp;",
     "<![CDATA[", "]]>", "<!DOCTYPE rss>", "<?xml version='1.0' encoding='utf-16'?>", "<a:b>", "xmlns:a='", "\x00", "\ud800",
     "<!--", "-->"]
)  # fmt: skip


@patient
@given(st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join)))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(NoFeedError):
        assert all(one.address.startswith(SITE) for one in rss(text))
    with suppress(NoSitemapError):
        found = sitemap(text)
        addresses = [one.address for one in found.found] + [part.address for part in found.parts]
        assert all(address.startswith(SITE) for address in addresses)


@patient
@given(st.text(), st.text())
def test_any_date_and_title_is_read(date: str, title: str) -> None:
    date, title = (text.replace("]]>", "") for text in (date, title))
    (found,) = item(f"<link>{BELL}</link><pubDate><![CDATA[{date}]]></pubDate><title><![CDATA[{title}]]></title>")
    assert found.title == normalize_text(found.title)
    assert found.at is None or found.at.utcoffset() is not None

"""Texts with signs of markup, as every reader must show them; and the picture of a video's entry."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from feedgen_mayadeen.generate.render.atom import atom
from feedgen_mayadeen.generate.render.atom_reader import read_atom
from feedgen_mayadeen.models import Article, Entry, Feed, Link, Picture
from tests.feeds import ATOM, MEDIA, parse, read_feed
from tests.generate.test_atom import INFO, SELF
from tests.running import Place, Server

AT = datetime(2026, 11, 14, tzinfo=UTC)
MARKED = [
    "a <b> c &amp; d",
    "1 < 2",
    "<script>alert(1)</script>",
    "&#65;",
    "&nbsp;",
    "&#x41; & B",
    "a &amp;amp; b",
    "</title>",
]
PLAIN = ["a & b", "a > b", "R&D; or not", "100 %", '"a"', "AT&T & co"]


def written(title: str) -> bytes:
    article = Article("https://english.almayadeen.net/a", title, lead=title, body="<p>Text</p>")
    info = replace(INFO, title=title, subtitle=title, rights=title)
    return bytes(atom(Feed(info, (Entry("tag:english.almayadeen.net,2021:1", AT, AT, article, ()),)), SELF, full=True))


@pytest.mark.parametrize("text", MARKED + PLAIN)
def test_a_text_is_typed_by_what_it_holds_and_read_back(text: str) -> None:
    content = written(text)
    root = ElementTree.fromstring(content)  # noqa: S314  # our own file
    entry = root.find(f"{ATOM}entry")
    assert entry is not None
    is_marked = text in MARKED or text == "R&D; or not"
    for parent, names in ((root, ("title", "subtitle", "rights")), (entry, ("title", "summary"))):
        for name in names:
            found = parent.find(f"{ATOM}{name}")
            assert found is not None
            assert found.get("type", "text") == ("html" if is_marked else "text")
    ours = read_atom(content, "a.xml")
    assert (ours.info.title, ours.info.subtitle, ours.info.rights) == (text, text, text)
    assert (ours.entries[0].article.title, ours.entries[0].article.lead) == (text, text)
    # feedparser gives a text of the type HTML as HTML, with the signs escaped: what a browser shows is the text.
    shown = parse(content).entries[0]
    assert ElementTree.fromstring(f"<p>{shown.title}</p>").text == text if is_marked else shown.title == text  # noqa: S314


@pytest.mark.parametrize("text", MARKED + PLAIN)
def test_a_link_has_a_title_only_where_nobody_takes_it_for_markup(text: str) -> None:
    link = Link(text, "https://english.almayadeen.net/b")
    article = Article("https://english.almayadeen.net/a", "t", lead="t", related=(link,))
    content = bytes(atom(Feed(INFO, (Entry("x", AT, AT, article, ()),)), SELF, full=True))
    (found,) = (e for e in ElementTree.fromstring(content).iter(f"{ATOM}link") if e.get("rel") == "related")  # noqa: S314
    assert found.get("href") == link.address
    assert found.get("title") == (text if text in PLAIN and text != "R&D; or not" else None)


def test_a_marked_title_of_the_site_is_plain_in_json_and_on_pages(place: Place, server: Server) -> None:
    # No reference: those of metadata are decoded once.
    number = server.site.articles[0].postid
    server.site.edit(number, title="a <b> c &x1; d")
    place.build_at(server.site.now)
    assert place.feeds["es/all"].entry(number).title == "a <b> c &x1; d"
    assert '"title": "a <b> c &x1; d"' in (place.out / "es/all.json").read_text("utf-8")
    assert "a &lt;b&gt; c &amp;x1; d" in (place.out / "es/all.html").read_text("utf-8")
    (place.state / "memory.sqlite").unlink()
    place.build_at(server.site.now)
    assert place.feeds["es/all"].entry(number).title == "a <b> c &x1; d"


def test_the_first_media_of_a_video_is_its_picture() -> None:
    article = Article(
        "https://english.almayadeen.net/a", "t", picture=Picture("https://x.example/a.png", "c"), video_seconds=9
    )
    content = bytes(atom(Feed(INFO, (Entry("x", AT, AT, article, ()),)), SELF, full=True))
    first, second = ElementTree.fromstring(content).iter(f"{MEDIA}content")  # noqa: S314  # our own file
    assert (first.get("medium"), first.get("url")) == ("image", "https://x.example/a.png")
    assert (second.get("medium"), second.get("duration")) == ("video", "9")
    assert parse(content).entries[0].media_content[0]["url"] == "https://x.example/a.png"


def test_a_feed_of_the_sample_has_its_pictures_first(spanish_build: Place) -> None:
    for file in sorted(Path(spanish_build.out).rglob("*.xml")):
        for entry in ElementTree.parse(file).iter(f"{ATOM}entry"):  # noqa: S314  # our own file
            kinds = [str(media.get("medium")) for media in entry.iter(f"{MEDIA}content")]
            assert kinds == sorted(kinds, key=("image", "video").index)
    assert read_feed(spanish_build.out / "es/all.xml").entries

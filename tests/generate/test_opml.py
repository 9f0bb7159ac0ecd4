"""The subscription list: every feed once, in the order of the site's menu, and importable as it is."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from feedgen_mayadeen.generate.render.opml import opml
from feedgen_mayadeen.models import SiteIndex
from tests.generate.test_readers import installed
from tests.shown import BASE, FEEDS, FOLDER

ENGLISH = replace(FOLDER, feeds=tuple(feed for feed in FEEDS if feed.edition == "en"))
ADDRESSES = [f"{BASE}/{quote(feed.file)}" for feed in FEEDS]


def body_of(folder: SiteIndex) -> Element:
    root = ElementTree.fromstring(opml(folder))  # noqa: S314  # our own file
    assert (root.tag, root.get("version"), [part.tag for part in root]) == ("opml", "2.0", ["head", "body"])
    return root[1]


def tree(outline: Element) -> Iterator[Any]:
    """The outlines below one: a folder as its name with what is in it, a feed as its path."""
    for child in outline:
        address = child.get("xmlUrl")
        yield address.removeprefix(f"{BASE}/") if address else (child.get("text"), list(tree(child)))


def test_feeds_are_grouped_as_the_menu() -> None:
    assert list(tree(body_of(ENGLISH))) == [
        "all.xml",
        "breaking.xml",
        "most-read.xml",
        ("Sections", [
            ("News", ["news.xml", "news/sports.xml", "news/arts-culture.xml"]),
            "videos.xml",
            "articles/opinion.xml",
        ]),
        ("Regions", ["regions/europe.xml"]),
        ("Coverage", ["coverage/kites.xml"]),
        ("Tags", ["tags/%D8%BA%D8%B2%D8%A9.xml", "tags/chess.xml", "tags/mali.xml"]),
        ("Authors", ["authors/ada.xml", "authors/zoe.xml"]),
    ]  # fmt: skip


def test_several_editions_have_a_folder_each() -> None:
    first, second = tree(body_of(FOLDER))
    assert first == ("Al Mayadeen English", list(tree(body_of(ENGLISH))))
    assert second == ("الميادين نت", ["ar/all.xml", ("الأقسام", [f"ar/{quote('أخبار')}.xml"])])


def test_a_feed_is_told_as_the_specification_says() -> None:
    (found,) = (outline for outline in body_of(FOLDER).iter("outline") if outline.get("text") == "Mali — Al Mayadeen English")
    assert found.attrib == {
        "type": "rss",
        "text": "Mali — Al Mayadeen English",
        "title": "Mali — Al Mayadeen English",
        "xmlUrl": f"{BASE}/tags/mali.xml",
        "htmlUrl": "https://english.almayadeen.net/tags/mali",
        "description": "Mali: Al Mayadeen English",
        "language": "en",
    }


def test_the_list_does_not_change_when_nothing_but_the_build_is_new() -> None:
    later = replace(FOLDER, built=FOLDER.built.replace(year=2027), next_build=None)
    assert opml(FOLDER) == opml(later)
    assert opml(FOLDER) != opml(replace(FOLDER, feeds=FEEDS[1:]))


def test_names_with_signs_of_xml_are_told_whole() -> None:
    texts = {outline.get("text") for outline in body_of(FOLDER).iter("outline")}
    assert "Arts&Culture — Al Mayadeen English" in texts


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the library's own
def test_the_reader_library_imports_every_feed() -> None:
    library = pytest.importorskip("reader")
    reader = library.make_reader(":memory:")
    try:
        reader.import_feeds(BytesIO(opml(FOLDER)))
        assert sorted(feed.url for feed in reader.get_feeds()) == sorted(ADDRESSES)
    finally:
        reader.close()


def test_listparser_finds_every_feed_and_no_fault() -> None:
    library = pytest.importorskip("listparser")
    parsed = library.parse(opml(FOLDER))
    assert not parsed.bozo
    assert sorted(feed.url for feed in parsed.feeds) == sorted(ADDRESSES)
    assert {feed.title for feed in parsed.feeds} == {feed.info.title for feed in FEEDS}


def test_newsboat_imports_every_feed(tmp_path: Path) -> None:
    program = installed("newsboat")
    (tmp_path / "feeds.opml").write_bytes(opml(FOLDER))
    for file in ("config", "urls"):  # newer versions want a file to add to
        (tmp_path / file).touch()
    files = {"-u": "urls", "-c": "cache.db", "-C": "config", "-i": "feeds.opml"}
    options = [word for option, name in files.items() for word in (option, str(tmp_path / name))]
    environment = {"HOME": str(tmp_path), "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}
    done = subprocess.run([program, *options], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = (tmp_path / "urls").read_text("utf-8").splitlines()
    assert sorted(line.split(" ")[0] for line in lines if line) == sorted(ADDRESSES)
    (sports,) = [line for line in lines if line.startswith(f"{BASE}/news/sports.xml ")]
    assert sports.endswith(' "Al Mayadeen English/Sections/News"')  # newer versions put the title between them

"""What subscribers' programs make of the feeds: every entry of every feed of the sample, whole."""

import shutil
import sqlite3
import subprocess
from calendar import timegm
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.feeds import ReadFeed, parse
from tests.running import Place

Feeds = dict[str, ReadFeed]


def seconds(instant: str) -> int:
    return int(datetime.fromisoformat(instant).timestamp())


def installed(program: str) -> str:
    """The path of a program; the test is skipped where it is missing."""
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed: apt-get install {program}")
    return path


def test_feedparser_reads_every_field(whole: Place, feeds: Feeds) -> None:
    assert feeds
    for key, feed in feeds.items():
        parsed = parse((whole.out / f"{key}.xml").read_bytes())
        assert parsed.version == "atom10"
        assert parsed.feed.title == feed.title
        assert (parsed.feed.id, parsed.feed.language) == (feed.id, feed.language)
        for read, entry in zip(parsed.entries, feed.entries, strict=True):
            check_feedparser_entry(read, entry.id, feed)


def check_feedparser_entry(read: Any, entry_id: str, feed: ReadFeed) -> None:
    (entry,) = (one for one in feed.entries if one.id == entry_id)
    assert (read.id, read.title, read.link) == (entry.id, entry.title, entry.link)
    assert timegm(read.published_parsed) == seconds(entry.published)
    assert timegm(read.updated_parsed) == seconds(entry.updated)
    assert read.author == entry.author
    assert read.get("summary") == (entry.summary or (read.content[0].value if entry.content else None))
    assert [(tag.term, tag.label, tag.scheme) for tag in read.get("tags", ())] == list(entry.categories)
    assert bool(read.get("content")) == bool(entry.content)
    assert [thumbnail["url"] for thumbnail in read.get("media_thumbnail", [])] == list(entry.thumbnails)
    if entry.content:
        assert read.content[0].type == "text/html"
        assert all(picture.replace("&", "&amp;") in read.content[0].value for picture in entry.pictures)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the library's own
def test_the_reader_library_reads_every_entry(whole: Place, feeds: Feeds) -> None:
    library = pytest.importorskip("reader")
    reader = library.make_reader(":memory:", feed_root=str(whole.out))
    try:
        for key in feeds:
            reader.add_feed(f"{key}.xml")
        for result in reader.update_feeds_iter():
            assert not isinstance(result.value, Exception), result
        for key, feed in feeds.items():
            assert reader.get_feed(f"{key}.xml").title == feed.title
            read = {entry.id: entry for entry in reader.get_entries(feed=f"{key}.xml")}
            assert set(read) == {entry.id for entry in feed.entries}
            for entry in feed.entries:
                found = read[entry.id]
                assert (found.title, found.link, found.author) == (entry.title, entry.link, entry.author)
                assert int(found.published.timestamp()) == seconds(entry.published)
                assert int(found.updated.timestamp()) == seconds(entry.updated)
                assert bool(found.get_content()) == bool(entry.content or entry.summary)
    finally:
        reader.close()


@pytest.mark.parametrize("key", ["all", "news", "regions/europe", "ar/all", "es/all"])
def test_newsboat_reads_every_entry(whole: Place, feeds: Feeds, tmp_path: Path, key: str) -> None:
    """One feed at a time: newsboat keeps an entry of several feeds only once."""
    program = installed("newsboat")
    (tmp_path / "urls").write_text(f"file://{shutil.copy(whole.out / f'{key}.xml', tmp_path / 'feed.xml')}\n")
    (tmp_path / "config").write_text("")
    files = {"-u": "urls", "-c": "cache.db", "-C": "config"}
    options = [word for option, name in files.items() for word in (option, str(tmp_path / name))]
    environment = {"HOME": str(tmp_path), "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}
    done = subprocess.run([program, *options, "-x", "reload"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(tmp_path / "cache.db") as cache:
        rows = cache.execute("SELECT guid, title, url, pubDate, length(content) > 0 FROM rss_item").fetchall()
        titles = cache.execute("SELECT title FROM rss_feed").fetchall()
    cache.close()
    assert titles == [(feeds[key].title,)]
    wanted = {
        (entry.id, entry.title, entry.link, seconds(entry.published), bool(entry.content or entry.summary))
        for entry in feeds[key].entries
    }
    assert {(guid, title, link, at, bool(has)) for guid, title, link, at, has in rows} == wanted


def test_sfeed_reads_every_entry(whole: Place, feeds: Feeds) -> None:
    program = installed("sfeed")
    for key, feed in feeds.items():
        content = (whole.out / f"{key}.xml").read_bytes()
        done = subprocess.run([program], input=content, capture_output=True, check=True)
        rows = [line.split("\t") for line in done.stdout.decode().splitlines()]
        # Fields: time, title, link, content, its type, id, author, enclosure, categories (sfeed(5)).
        assert [(int(row[0]), row[1], row[2], row[5], row[6]) for row in rows] == [
            (seconds(entry.published), entry.title, entry.link, entry.id, entry.author) for entry in feed.entries
        ]
        for row, entry in zip(rows, feed.entries, strict=True):
            assert bool(row[3]) == bool(entry.content or entry.summary)
            assert row[8] == "|".join(term for term, _, _ in entry.categories)

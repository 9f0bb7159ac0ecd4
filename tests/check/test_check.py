"""The judge of built folders: nothing is wrong with what a build writes, and each single damage is found, by its rule."""

import json
import os
import re
import shutil
from base64 import b64encode
from collections.abc import Callable, Iterable
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape as xml_escape

import pytest

from feedgen_mayadeen.check import Finding, check_folder
from feedgen_mayadeen.errors import UsageError
from tests.feeds import ReadFeed, read_folder
from tests.running import Place

BASE = "https://feedgen-mayadeen.github.io/feedgen-mayadeen"
ALL, BREAKING, SPORTS, VIDEOS = "es/all.xml", "es/breaking.xml", "es/noticias/deportes.xml", "es/videos.xml"
"""The entries of BREAKING stand in no other file; those of SPORTS have content, categories and pictures."""
NEXT_ENTRY = r"(?s)(<entry>.*?</entry>)(\s*)(<entry>.*?</entry>)"
FIRST_ARCHIVE, SECOND_ARCHIVE = "es/noticias/deportes.archive-1.xml", "es/noticias/deportes.archive-2.xml"
HEAD = "<head><dateModified>Sun, 22 Nov 2026 12:00:00 GMT</dateModified></head>"
ARCHIVE_MARK = '<fh:archive xmlns:fh="http://purl.org/syndication/history/1.0"/>'

Change = tuple[str, str, str, str]
"""A file, a pattern in it, what comes in its place, and what the one finding must say."""


@pytest.fixture
def folder(tmp_path: Path, spanish_build: Place) -> Path:
    """The Atom files of a build, which may be damaged."""
    out = tmp_path / "feeds"
    shutil.copytree(spanish_build.out, out, ignore=lambda _, names: [n for n in names if Path(n).suffix not in ("", ".xml")])
    (out / "style.css").write_text("body { color: green }")
    return out


@pytest.fixture
def archived(folder: Path) -> Path:
    """The same with an archive of two pages."""
    newest = (folder / SPORTS).read_text("utf-8")
    self_link = re.search(r'<link [^>]*rel="self"[^>]*>', newest)
    assert self_link

    def link(relation: str, file: str) -> str:
        return self_link[0].replace('"self"', f'"{relation}"').replace(SPORTS, file)

    for file, relation, other in (
        (FIRST_ARCHIVE, "next-archive", SECOND_ARCHIVE),
        (SECOND_ARCHIVE, "prev-archive", FIRST_ARCHIVE),
    ):
        head = self_link[0].replace(SPORTS, file) + link("current", SPORTS) + link(relation, other) + ARCHIVE_MARK
        (folder / file).write_text(newest.replace(self_link[0], head), "utf-8")
    (folder / SPORTS).write_text(newest.replace(self_link[0], self_link[0] + link("prev-archive", SECOND_ARCHIVE)), "utf-8")
    return folder


@pytest.fixture
def site(folder: Path) -> Path:
    """The same with everything beside it: JSON Feeds, pages, an index, a subscription list, status.json."""
    files = [file.relative_to(folder).as_posix() for file in folder.rglob("*.xml")]
    mains = {f"{stem}.xml": feed for stem, feed in read_folder(folder).items() if stem != "health"}
    for file, feed in mains.items():
        stem = file.removesuffix(".xml")
        (folder / f"{stem}.json").write_text(json.dumps(json_of(stem, feed)), "utf-8")
        (folder / f"{stem}.html").write_text(page_of("../" * stem.count("/"), [f"{stem}.xml"]), "utf-8")
    (folder / "es" / "index.html").write_text(page_of("../", files), "utf-8")
    outlines = [
        f'<outline type="rss" text={quoted(feed.title)} xmlUrl="{BASE}/{quote(file)}"/>' for file, feed in mains.items()
    ]
    (folder / "feeds.opml").write_text(
        f'<opml version="2.0">{HEAD}<body><outline text="es">{"".join(outlines)}</outline></body></opml>', "utf-8"
    )
    (folder / "status.json").write_text(json.dumps(status_of(mains)), "utf-8")
    return folder


def quoted(text: str) -> str:
    return f'"{xml_escape(text)}"'


def json_of(stem: str, feed: ReadFeed) -> dict[str, Any]:
    items = [
        {
            "id": entry.id,
            "url": entry.link,
            "title": entry.title,
            "content_html": entry.content or f"<p>{escape(entry.title)}</p>",
            "date_published": entry.published,
            "date_modified": entry.updated,
            "authors": [{"name": "Ada Sample"}],
            "attachments": [{"url": "https://media.example/a.mp3", "mime_type": "audio/mpeg"}],
            "_sample": {"about": "an extension"},
        }
        for entry in feed.entries
    ]
    address = f"{BASE}/{quote(stem)}.json"
    head = {"version": "https://jsonfeed.org/version/1.1", "title": feed.title, "home_page_url": BASE, "feed_url": address}
    return {**head, "language": "es", "hubs": [{"type": "WebSub", "url": "https://hub.example/"}], "items": items}


def status_of(feeds: dict[str, ReadFeed]) -> dict[str, Any]:
    at = "2026-11-22T12:00:00+00:00"
    common = {"edition": "es", "key": "k", "kind": "sections", "last_success": at, "failures": 0, "reason": "", "state": "ok"}
    rows = [{**common, "title": f.title, "file": file, "entries": len(f.entries), "newest": at} for file, f in feeds.items()]
    return {"version": 1, "built": at, "exit_code": 0, "next_build": None, "feeds": rows, "more": True}


def page_of(up: str, files: Iterable[str], body: str = "") -> str:
    links = "".join(f'<a href="{up}{quote(file)}?a=1#b">{file}</a>' for file in files)
    head = f'<title>Muestra</title><link rel="stylesheet" href="{up}style.css">'
    return f'<!DOCTYPE html>\n<html lang="es"><head>{head}</head><body>{links}<!-- a -->{body}</body></html>'


def change(folder: Path, file: str, old: str, new: str | Callable[[re.Match[str]], str]) -> None:
    """Replaces the first place in a file that a pattern matches; there must be one."""
    text, count = re.subn(old, new, (folder / file).read_text("utf-8"), count=1)
    assert count == 1
    (folder / file).write_text(text, "utf-8")


def change_json(folder: Path, file: str, damage: Callable[[Any], object]) -> None:
    value = json.loads((folder / file).read_text("utf-8"))
    damage(value)
    (folder / file).write_text(json.dumps(value), "utf-8")


def the_one(folder: Path) -> Finding:
    (finding,) = check_folder(folder)
    return finding


def test_nothing_is_wrong_with_what_a_build_writes(whole: Place, spanish_build: Place) -> None:
    assert check_folder(whole.out) == ()
    assert check_folder(spanish_build.out) == ()


def test_nothing_is_wrong_with_an_archive(archived: Path) -> None:
    assert check_folder(archived) == ()


def test_nothing_is_wrong_with_a_whole_site(site: Path) -> None:
    assert check_folder(site) == ()


def test_what_is_no_folder_can_not_be_checked(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no folder"):
        check_folder(tmp_path / "none")


def test_a_folder_that_can_not_be_read_can_not_be_checked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = os.scandir

    def refuse(path: str) -> Any:
        if Path(path).name == "es":
            raise PermissionError(13, "Permission denied", path)
        return summary(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(UsageError, match=r"es: can't be read \(Permission denied\)"):
        check_folder(folder)


def test_a_finding_is_one_line_with_file_sentence_and_rule() -> None:
    finding = Finding("news.xml", "RFC 4287 §3.3", "a \x1b[31m\nb\u202e")
    assert str(finding) == r"news.xml: a \x1b[31m\nb\u202e (RFC 4287 §3.3)"


# Atom files, one by one

UPDATED = "2026-11-22T16:00:00+00:00"
DATED = r"(?s)(<entry>.*?<updated>)([^<]*)(.*?<published>)([^<]*)"
STYLESHEET = '<?xml-stylesheet type="text/css" href="../style.css"?>'
ATOM_CHANGES: dict[str, Change] = {
    "no UTF-8": (BREAKING, "UTF-8", "ISO-8859-1", "must be UTF-8"),
    "not well-formed": (BREAKING, "</feed>", "</fee>", "not well-formed"),
    "DOCTYPE": (BREAKING, "<feed", '<!DOCTYPE feed [<!ENTITY a "b">]><feed', "DOCTYPE"),
    "instruction": (BREAKING, "<feed", STYLESHEET.replace("css", "xsl") + "<feed", "processing instruction that is no CSS"),
    "instruction within": (BREAKING, "<entry>", f"<entry>{STYLESHEET}", "processing instruction that is no CSS"),
    "foreign style": (BREAKING, "<feed", STYLESHEET.replace("..", "//a.example") + "<feed", "style sheet is not in the"),
    "no feed": (BREAKING, r"(?s)<feed.*", "<rss/>", "is no Atom feed"),
    "no feed id": (BREAKING, "<id>[^<]*</id>", "", "Expecting an element id, got nothing"),
    "two titles": (BREAKING, "(<title>[^<]*</title>)", r"\1\1", "Did not expect element title there: “<title"),
    "two subtitles": (BREAKING, "(<subtitle>[^<]*</subtitle>)", r"\1\1", "Did not expect element subtitle there"),
    "two summaries": (BREAKING, "(<summary>[^<]*</summary>)", r"\1\1", "Did not expect element summary there"),
    "no name": (BREAKING, "<name>[^<]*</name>", "", "Expecting an element name, got nothing"),
    "empty name": (BREAKING, "<name>[^<]*</name>", "<name> </name>", "Element name failed to validate content: “<name"),
    "broken e-mail": (BREAKING, "(<name>[^<]*</name>)", r"\1<email>@</email>", "Element author has extra content: email"),
    "relative id": (BREAKING, "<id>[^<]*</id>", "<id>breaking</id>", "Element id failed to validate content: “<id"),
    "empty title": (BREAKING, "<title>[^<]*</title>", "<title> </title>", "Element title failed to validate content"),
    "kind of text": (BREAKING, "<subtitle>", '<subtitle type="CDATA">', "Invalid attribute type for element subtitle"),
    "lower-case T": (BREAKING, r"(<updated>[\d-]+)T", r"\1t", "Type dateTime doesn't allow value"),
    "no offset": (BREAKING, r"(<entry>(?s:.*?)<published>[\dT:-]+)[^<]*", r"\1", "Element published failed to validate"),
    "no such day": (BREAKING, r"<updated>....-..-..", "<updated>2026-02-30", "Type dateTime doesn't allow value '2026-02-30"),
    "relative icon": (BREAKING, "<icon>[^<]*</icon>", "<icon>/favicon.ico</icon>", "Did not expect element icon there"),
    "broken icon": (BREAKING, "<icon>[^<]*</icon>", "<icon>https://[a</icon>", "Did not expect element icon there"),
    "misplaced": (BREAKING, "<entry>", f"<entry><subtitle>{UPDATED}</subtitle>", "Did not expect element subtitle there"),
    "unknown element": (BREAKING, "<entry>", "<entry><star/>", "Did not expect element star there: “<star/>”"),
    "unknown namespace": (BREAKING, "<entry>", '<entry><x xmlns="urn:x"/>', "Did not expect element x there: “<x/>”"),
    "element in a text": (BREAKING, "</summary>", "<b/></summary>", "Datatype element summary has child elements"),
    "unknown attribute": (BREAKING, "<entry>", '<entry class="a">', "Invalid attribute class for element entry"),
    "broken language": (BREAKING, 'xml:lang="es"', 'xml:lang="es_ES"', "Element feed failed to validate attributes"),
    "no language": (BREAKING, ' xml:lang="es"', "", "Element feed failed to validate attributes"),
    "no term": (SPORTS, 'term="[^"]*" ', "", "Element category failed to validate attributes"),
    "relative scheme": (SPORTS, 'scheme="[^"]*"', 'scheme="tags"', "Invalid attribute scheme for element category"),
    "double category": (SPORTS, "(<category [^>]*>)", r"\1\1", "the category “Fútbol” stands in it 2 times"),
    "no href": (ALL, '(rel="related" .*?) href="[^"]*"', r"\1", "Element link failed to validate attributes"),
    "relative href": (ALL, '(rel="related" .*?) href="[^"]*"', r'\1 href="/a"', "Element link failed to validate attributes"),
    "mail href": (ALL, '(rel="related" .*?) href="[^"]*"', r'\1 href="mailto:a@a.example"', "Element link failed to validate"),
    "not encoded": (ALL, '(rel="related" .*?) href="[^"]*"', r'\1 href="https://a.example/ñ"', "Element link failed to"),
    "unknown relation": (ALL, 'rel="related"', 'rel="cousin"', "Invalid attribute rel for element link"),
    "media type": (ALL, '(rel="related" type)="[^"]*"', r'\1="html"', "Invalid attribute type for element link"),
    "two alternates": (BREAKING, '(?s)(<entry>.*?)(<link [^>]*>)', r"\1\2\2", "has 2 links rel=alternate of one type"),
    "two self links": (BREAKING, '(<link [^>]*rel="self"[^>]*>)', r"\1\1", "must have one link rel=self, to where it is"),
    "no self link": (BREAKING, '<link [^>]*rel="self"[^>]*>', "", "must have one link rel=self, to where it is served"),
    "foreign self link": (BREAKING, "/es/breaking.xml", "/breaking.xml", "must have one link rel=self, to where it is served"),
    "other base": (BREAKING, f'{BASE}/es', "https://other.example/es", "must have one link rel=self, to where it is"),
    "no page": (BREAKING, '<link [^>]*rel="alternate"[^>]*>', "", "lacks a link rel=alternate"),
    "content and no page": (SPORTS, '(?s)(<entry>.*?)<link [^>]*rel="alternate"[^>]*>', r"\1", "lacks a link rel=alternate"),
    "neither content nor page": (BREAKING, '(?s)(<entry>.*?)<link [^>]*>', r"\1", "lacks a link rel=alternate"),
    "empty content": (SPORTS, "(?s)(<content[^>]*>).*?<(.*?)<media.*?(</entry>)", r"\1<\2\3", "in its `content`, there is"),
    "content as text": (SPORTS, '<content type="html">', '<content type="text">', "Did not expect element content there"),
    "HTML title": (BREAKING, "<title>", '<title type="html">&lt;b&gt;', "in its `title`, there is markup"),
    "no icon": (BREAKING, "<icon>[^<]*</icon>", "", "lacks `icon`"),
    "no published": (BREAKING, "<published>[^<]*</published>", "", "Expecting an element published, got nothing"),
    "foreign id": (BREAKING, "(?s)(<entry>.*?<id>)[^<]*", r"\1https://a.example/1", "Element id failed to validate content"),
    "empty feed": (BREAKING, "(?s)<entry>.*</entry>", "", "holds no entry"),
    "double entry": (BREAKING, NEXT_ENTRY, r"\1\2\1", "stands in it 2 times"),
    "order": (BREAKING, NEXT_ENTRY, r"\3\2\1", "the newest comes first"),
    "updated too early": (BREAKING, DATED, r"\1\2\g<3>2026-11-23T16:00:00+00:00", "updated before it was published"),
    "feed's updated": (BREAKING, "<updated>[^<]*", f"<updated>{UPDATED}", "its `updated` is not its newest entry's"),
    "two lines": (BREAKING, "(?s)(<entry>.*?<title>)", "\\1A\nb ", "its title is not one line"),
    "bidi": (BREAKING, "<title>", "<title>\u202e", "its title is not one line"),
    "zero width": (BREAKING, "(?s)(<entry>.*?<title>)", "\\1\u200b", "its title is not one line"),
    "other picture": (SPORTS, r"(<media:thumbnail url=)[^>]*", r'\1"https://a.example/b.png"/', "its picture is not in"),
    "no thumbnail address": (SPORTS, r"<media:thumbnail[^>]*>", "<media:thumbnail/>", "Element thumbnail failed to validate"),
    "medium": (SPORTS, 'medium="image"', 'medium="picture"', "Invalid attribute medium for element content"),
    "no medium's address": (VIDEOS, "<media:player[^>]*>", "", "Element content failed to validate content"),
    "media group": (SPORTS, r"<media:thumbnail[^>]*>", "<media:group/>", "Did not expect element group there"),
    "archive mark": (BREAKING, "<entry>", f"{ARCHIVE_MARK}<entry>", "marked with `fh:archive` and not named"),
}  # fmt: skip


@pytest.mark.parametrize("damage", ATOM_CHANGES.values(), ids=ATOM_CHANGES)
def test_a_damaged_feed_is_one_finding(folder: Path, damage: Change) -> None:
    file, old, new, expected = damage
    change(folder, file, old, new)
    finding = the_one(folder)
    assert finding.file == file
    assert expected in str(finding)


def test_bytes_that_are_no_utf_8_are_a_finding(folder: Path) -> None:
    (folder / BREAKING).write_bytes((folder / BREAKING).read_bytes().replace(b"<title>", b"<title>\xe9", 1))
    assert "is not UTF-8" in str(the_one(folder))


def test_the_most_read_stand_in_an_order_of_their_own(folder: Path) -> None:
    change(folder, "es/most-read.xml", NEXT_ENTRY, r"\3\2\1")
    assert check_folder(folder) == ()


def test_ties_stand_in_the_order_of_ids(folder: Path) -> None:
    text = (folder / BREAKING).read_text("utf-8")
    text = re.sub("(<published>|<updated>)[^<]*", rf"\g<1>{UPDATED}", text)
    ids = iter(("b", "a", "c", "d"))
    (folder / BREAKING).write_text(re.sub("2021:breaking/[0-9a-f]+", lambda _: f"2021:breaking/{next(ids)}", text), "utf-8")
    assert "breaking/a stands after tag:espanol.almayadeen.net,2021:breaking/b" in str(the_one(folder))


def test_an_author_of_the_feed_or_of_each_entry_is_needed(folder: Path) -> None:
    text = (folder / BREAKING).read_text("utf-8")
    (folder / BREAKING).write_text(re.sub("(?s)<author>.*?</author>", "", text), "utf-8")
    assert "Expecting an element author, got nothing" in str(the_one(folder))


def test_content_from_elsewhere_is_found(folder: Path) -> None:
    change(folder, BREAKING, "<summary>[^<]*</summary>", '<content type="html" src="https://a.example/"/>')
    empty, elsewhere = check_folder(folder)
    assert "in its `content`, there is nothing" in str(empty)
    assert "Invalid attribute src for element content" in str(elsewhere)


# HTML in entries

DANGEROUS = {
    "script": ("<script>a()</script>", "the element `script` is not allowed"),
    "capitals": ("<SCRIPT>a()</SCRIPT>", "is no plain tag"),
    "no closing bracket": ("<img src=https://a.example/b.png onerror=a()", "is no plain tag"),
    "attribute without quotes": ("<p onclick=a()>b</p>", "is no plain tag"),
    "handler": ('<p onclick="a()">b</p>', "the attribute `onclick` of `p` is not allowed"),
    "handler after a slash": ('<img src="https://a.example/b.png"/onerror="a()">', "is no plain tag"),
    "language": ('<p lang="ar">b</p>', "the attribute `lang` of `p` is not allowed"),
    "style": ('<p style="color:red">b</p>', "the attribute `style` of `p` is not allowed"),
    "script in an address": ('<a href="javascript:a()">b</a>', "`href` of `a` is no absolute http address"),
    "hidden script": ('<a href="java&#10;script:a()">b</a>', "`href` of `a` is no absolute http address"),
    "data": ('<img src="data:image/png;base64,AAAA">', "`src` of `img` is no absolute http address"),
    "relative": ('<img src="/b.png">', "`src` of `img` is no absolute http address"),
    "no host": ('<img src="https:///b.png">', "`src` of `img` is no absolute http address"),
    "frame": ('<iframe src="https://a.example/"></iframe>', "the element `iframe` is not allowed"),
    "comment": ("<!-- a -->", "is no plain tag"),
    "CDATA": ("<![CDATA[a]]>", "is no plain tag"),
    "unknown": ("<video></video>", "the element `video` is not allowed"),
    "second div": ('<div dir="rtl"><p>a</p></div>', "the element `div` is not allowed"),
    "foster parent": ("<table><a href='https://a.example/'>b</a></table>", "browsers read it otherwise"),
    "foster text": ("<table>a<tbody><tr><td>b</td></tr></tbody></table>", "browsers read it otherwise"),
    "misnested": ("<b><p>a</b></p>", "browsers read it otherwise"),
    "open": ("<p>a<ul>", "browsers read it otherwise"),
    "link in a link": ('<a href="https://a.example/"><a href="https://b.example/">c</a></a>', "browsers read it otherwise"),
}


@pytest.mark.parametrize(("html", "expected"), DANGEROUS.values(), ids=DANGEROUS)
def test_dangerous_html_in_content_is_found(folder: Path, html: str, expected: str) -> None:
    change(folder, SPORTS, "</content>", lambda_safe(xml_escape(f"<p>a</p>{html}") + "</content>"))
    assert {finding.file for finding in check_folder(folder)} == {SPORTS}
    assert any(expected in str(finding) for finding in check_folder(folder))


def lambda_safe(text: str) -> str:
    """A text as `re.sub` puts it in unchanged."""
    return text.replace("\\", "\\\\")


HARMLESS = {
    "text that looks like markup": "<p>1 &lt; 2 &amp;&amp; javascript: onclick=a() &lt;script&gt;</p>",
    "quotes": """<p><a href='https://a.example/?b=1&amp;c=2' title='he said "d"'>e</a></p>""",
    "empty elements": '<p>a<br>b<br/>c</p><hr><img src="https://a.example/%20b.png" alt=""/>',
    "spaces and signs": "<p>a\xa0b&nbsp;c &quot;d&quot; 'e' > f</p>",
}


@pytest.mark.parametrize("html", HARMLESS.values(), ids=HARMLESS)
def test_harmless_html_is_no_finding(folder: Path, html: str) -> None:
    change(folder, SPORTS, "</content>", lambda_safe(xml_escape(html) + "</content>"))
    assert check_folder(folder) == ()


def test_one_div_may_stand_around_text_from_right_to_left(folder: Path) -> None:
    change(folder, SPORTS, r"(?s)(<content type=.html.>)(.*?)(</content>)", r'\1&lt;div dir="rtl"&gt;\2&lt;/div&gt;\3')
    assert check_folder(folder) == ()


def test_a_comment_hides_nothing_from_the_check(folder: Path) -> None:
    change(folder, SPORTS, "</content>", "<!-- a -->&lt;script&gt;b()&lt;/script&gt;</content>")
    assert "the element `script` is not allowed" in str(the_one(folder))


def test_dangerous_html_in_a_summary_is_found(folder: Path) -> None:
    change(folder, BREAKING, "<summary>", '<summary type="html">&lt;script&gt;a()&lt;/script&gt;')
    assert "in its `summary`, there is markup: “<script>a()</script>" in str(the_one(folder))


def test_titles_are_compared_as_people_read_them(site: Path) -> None:
    change(site, BREAKING, "<title>[^<]*", '<title type="html">1 &amp;lt; 2 &amp;amp; 3')
    change_json(site, JSON, lambda feed: feed.update(title="1 < 2 & 3"))
    change(site, SPORTS, "(?s)(<entry>.*?)<title>(.)", lambda m: f'{m[1]}<title type="html">&amp;#{ord(m[2])};')
    assert check_folder(site) == ()
    change_json(site, JSON, lambda feed: feed.update(title="1 &lt; 2 &amp; 3"))
    assert f"its title is not the one of {BREAKING}" in str(the_one(site))
    change_json(site, JSON, lambda feed: feed.update(title="1 < 2 & 3"))
    change(site, SPORTS, '<title type="html">&amp;#', "<title>&amp;#")
    atom, beside = sorted(finding.sentence for finding in check_folder(site))
    assert "its `title` is not the one in" in atom
    assert "its `title` is not the one in" in beside


# Between the files

FACTS = {
    "title": "(?s)(<entry>.*?<title>)[^<]*",
    "published": "(?s)(<entry>.*?<published>)[^<]*",
    "alternate": '(?s)(<entry>.*?<link href=")[^"]*',
}


@pytest.mark.parametrize(("name", "pattern"), FACTS.items())
def test_an_entry_that_differs_between_files_is_a_finding(folder: Path, name: str, pattern: str) -> None:
    new = {"title": "Otro", "published": "2026-11-13T22:20:00+03:00", "alternate": "https://a.example/"}[name]
    change(folder, SPORTS, pattern, rf"\g<1>{new}")
    finding = the_one(folder)
    assert (finding.file, f"its `{name}` is not the one in {ALL}" in finding.sentence) == (SPORTS, True)


def test_an_entry_updated_in_one_file_only_is_a_finding(folder: Path) -> None:
    change(folder, SPORTS, "(?s)(<updated>)[^<]*(.*?<entry>.*?<updated>)[^<]*", rf"\g<1>{UPDATED}\g<2>{UPDATED}")
    assert f"its `updated` is not the one in {ALL}" in str(the_one(folder))


def test_two_feeds_with_one_id_are_a_finding(folder: Path) -> None:
    change(folder, BREAKING, "2021:feed/breaking<", "2021:feed/all<")
    assert f"has the id of {ALL}" in str(the_one(folder))


ARCHIVES: dict[str, Change] = {
    "other id": (SECOND_ARCHIVE, "2021:feed/noticias/deportes<", "2021:feed/x<", f"has not the id of {SPORTS}"),
    "no mark": (SECOND_ARCHIVE, "<fh:archive [^>]*>", "", "lacks `fh:archive`"),
    "no current": (SECOND_ARCHIVE, '<link [^>]*rel="current"[^>]*>', "", "lacks a link rel=current"),
    "other current": (FIRST_ARCHIVE, '/deportes(.xml" rel="current")', r"\1", "rel=current leads to es/noticias.xml"),
    "nowhere": (FIRST_ARCHIVE, 'deportes(.xml" rel="current")', r"nada\1", "rel=current leads to no feed of the folder"),
    "other host": (FIRST_ARCHIVE, f'{BASE}([^"]*" rel="current")', r"https://a.example\1", "rel=current leads to no feed"),
    "no way back": (FIRST_ARCHIVE, '<link [^>]*rel="next-archive"[^>]*>', "", "which does not lead back"),
    "not led to": (SPORTS, '<link [^>]*rel="prev-archive"[^>]*>', "", "no link rel=prev-archive leads to"),
}  # fmt: skip


@pytest.mark.parametrize("damage", ARCHIVES.values(), ids=ARCHIVES)
def test_a_damaged_archive_is_one_finding(archived: Path, damage: Change) -> None:
    file, old, new, expected = damage
    change(archived, file, old, new)
    finding = the_one(archived)
    assert expected in str(finding)


def test_a_missing_archive_page_is_found_from_both_sides(archived: Path) -> None:
    (archived / SECOND_ARCHIVE).unlink()
    assert {finding.file for finding in check_folder(archived)} == {FIRST_ARCHIVE, SPORTS}


# Names of files


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (".hidden", "is no file that a build writes"),
        ("es/notes.txt", "is no file that a build writes"),
        (".feed-abc.part", "is what a killed build left"),
        ("memory.sqlite-wal", "belongs to the memory"),
        ("es/Noticias.xml", "has a name that is no feed's key"),
        ("es/a b.xml", "has a name that is no feed's key"),
        ("es/con.xml", "has a name that is no feed's key"),
        ("tags/index.xml", "has a name that is no feed's key"),
        (f"{'a' * 110}.xml", "has a name that is no feed's key"),
    ],
)
def test_a_file_that_does_not_belong_is_a_finding(folder: Path, name: str, expected: str) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("<no-feed/>")
    found = [str(finding) for finding in check_folder(folder) if "is no Atom feed" not in finding.sentence]
    assert len(found) == 1
    assert expected in found[0]


def test_what_is_no_ordinary_file_is_not_read(folder: Path) -> None:
    (folder / "linked.xml").symlink_to(folder / ALL)
    (folder / "aside").symlink_to(folder / "es")
    os.mkfifo(folder / "pipe.xml")
    found = {finding.file: finding.sentence for finding in check_folder(folder)}
    assert found == dict.fromkeys(("linked.xml", "aside", "pipe.xml"), "is no ordinary file or folder")


@pytest.mark.parametrize("file", [BREAKING, "style.css"])
def test_a_file_that_can_not_be_read_is_a_finding(folder: Path, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path == folder / file:
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert str(the_one(folder)) == f"{file}: can't be read (Permission denied) (rule of this project: the output folder)"


def test_a_folder_without_feeds_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "README.md").write_text("# feeds")
    assert str(the_one(tmp_path / "feeds")) == ".: holds no feed (rule of this project: the output folder)"


# JSON Feeds

JSON = BREAKING.replace(".xml", ".json")
Damage = Callable[[Any], object]
JSON_CHANGES: dict[str, tuple[Damage, str]] = {
    "no version": (lambda feed: feed.pop("version"), "missing required field `version`"),
    "other version": (lambda feed: feed.update(version="https://jsonfeed.org/version/1"), "Invalid enum value"),
    "no items": (lambda feed: feed.pop("items"), "missing required field `items`"),
    "other title": (lambda feed: feed.update(title="Otra"), "its title is not the one of es/breaking.xml"),
    "no home page": (lambda feed: feed.pop("home_page_url"), "Object missing required field `home_page_url`"),
    "relative home page": (lambda feed: feed.update(home_page_url="/"), "of its proper form - at `$.home_page_url`"),
    "foreign feed_url": (lambda feed: feed.update(feed_url=f"{BASE}/all.json"), "its `feed_url` leads elsewhere"),
    "endless": (lambda feed: feed.update(next_url=feed["feed_url"]), "Object contains unknown field `next_url`"),
    "language": (lambda feed: feed.update(language=""), "Expected `str` of its proper form - at `$.language`"),
    "expired": (lambda feed: feed.update(expired="no"), "Object contains unknown field `expired`"),
    "hub without type": (lambda feed: feed["hubs"][0].pop("type"), "missing required field `type`"),
    "author without facts": (lambda feed: feed.update(authors=[{}]), "missing required field `name` - at `$.authors[0]`"),
    "unknown name": (lambda feed: feed.update(generator="a"), "Object contains unknown field `generator`"),
    "dotted name": (lambda feed: feed["items"][0].update({"_a.b": 1}), "Object contains unknown field `_a.b`"),
    "number as id": (lambda feed: feed["items"][0].update(id=1), "Expected `str`, got `int` - at `$.id`"),
    "relative url": (lambda feed: feed["items"][0].update(url="/a"), "Expected `str` of its proper form - at `$.url`"),
    "other url": (lambda feed: feed["items"][0].update(url=BASE), "its `url` is not the one in es/breaking.xml"),
    "no content": (lambda feed: feed["items"][0].pop("content_html"), "has neither `content_html` nor `content_text`"),
    "dangerous": (lambda feed: feed["items"][0].update(content_html="<script>"), "the element `script` is not allowed"),
    "date": (lambda feed: feed["items"][0].update(date_published="2026-11-22"), "Invalid RFC3339 encoded datetime - at"),
    "other date": (lambda feed: feed["items"][0].update(date_modified=UPDATED), "its `date_modified` is not the one in"),
    "other item title": (lambda feed: feed["items"][0].update(title="Otra"), "its `title` is not the one in"),
    "tags": (lambda feed: feed["items"][0].update(tags="a"), "Expected `array`"),
    "item's author": (
        lambda feed: feed["items"][0].update(authors=[{"url": "a"}]),
        "of its proper form - at `$.authors[0].url`",
    ),
    "attachment": (lambda feed: feed["items"][0]["attachments"][0].update(mime_type="mp3"), "of its proper form - at"),
    "attachment's size": (
        lambda feed: feed["items"][0]["attachments"][0].update(size_in_bytes="1"),
        "Expected `int`, got `str`",
    ),
    "other order": (lambda feed: feed["items"].reverse(), "its items are not the entries of es/breaking.xml, in their order"),
    "item missing": (lambda feed: feed["items"].pop(), "its items are not the entries of es/breaking.xml, in their order"),
}


@pytest.mark.parametrize(("damage", "expected"), JSON_CHANGES.values(), ids=JSON_CHANGES)
def test_a_damaged_json_feed_is_one_finding(site: Path, damage: Damage, expected: str) -> None:
    change_json(site, JSON, damage)
    finding = the_one(site)
    assert finding.file == JSON
    assert expected in str(finding)


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 100_000, b'{"title": "\xff"}', b"[]"])
def test_what_is_no_json_feed_is_one_finding(site: Path, content: bytes) -> None:
    (site / JSON).write_bytes(content)
    assert "is no JSON Feed" in str(the_one(site))


def test_an_item_twice_in_a_json_feed_is_a_finding(site: Path) -> None:
    change_json(site, JSON, lambda feed: feed["items"].append(feed["items"][0]))
    assert "its items are not the entries" in str(the_one(site))


@pytest.mark.parametrize("suffix", [".json", ".html"])
def test_a_file_without_its_feed_is_a_finding(site: Path, suffix: str) -> None:
    shutil.copy(site / BREAKING.replace(".xml", suffix), site / f"es/lone{suffix}")
    found = [finding.sentence for finding in check_folder(site) if finding.file == f"es/lone{suffix}"]
    assert any("stands beside no Atom file" in sentence for sentence in found)


@pytest.mark.parametrize("suffix", [".json", ".html"])
def test_a_feed_without_its_other_files_is_a_finding(site: Path, suffix: str) -> None:
    (site / BREAKING).with_suffix(suffix).unlink()
    assert str(the_one(site)).startswith(f"{BREAKING}: has no {suffix} file beside it")


# The subscription list, pages, status.json

OPML_CHANGES = {
    "no OPML": ("(?s).*", "<opm/>", "Expecting element opml, got opm: “<opm/>”"),
    "not well-formed": ("</opml>", "", "is not well-formed"),
    "version": ("2.0", "1.0", 'Element opml failed to validate attributes: “<opml version="1.0"'),
    "instruction": ("<opml", f"{STYLESHEET.replace('css', 'xsl')}<opml", "processing instruction that is no CSS"),
    "head": (HEAD, "", 'Did not expect element body there: “<opml version="2.0"'),
    "date": ("Sun, ", "on ", "Element head failed to validate content: “<head"),
    "empty": ("(?s)<body>.*</body>", "<body/>", 'Expecting an element outline, got nothing: “<opml version="2.0"'),
    "text": ('type="rss" text="[^"]*"', 'type="rss"', "Element outline failed to validate attributes"),
    "no address": ("<outline type", '<outline type="rss" text="a"/><outline type', "Element outline failed to validate"),
    "relative": (
        "<outline type",
        '<outline type="rss" text="a" xmlUrl="a.xml"/><outline type',
        "Element outline failed to validate",
    ),
    "no type": ('type="rss" ', "", 'Element outline failed to validate attributes: “<outline text="es"'),
    "nowhere": ("<outline type", f'<outline type="rss" text="a" xmlUrl="{BASE}/a.xml"/><outline type', "which is no feed"),
    "elsewhere": (
        "<outline type",
        '<outline type="rss" text="a" xmlUrl="https://a.example/"/><outline type',
        "which is no feed",
    ),
    "missing": ("<outline type[^>]*breaking.xml[^>]*>", "", "names es/breaking.xml 0 times; once is right"),
    "twice": ("(<outline type[^>]*breaking.xml[^>]*>)", r"\1\1", "names es/breaking.xml 2 times; once is right"),
}


@pytest.mark.parametrize(("old", "new", "expected"), OPML_CHANGES.values(), ids=OPML_CHANGES)
def test_a_damaged_subscription_list_is_one_finding(site: Path, old: str, new: str, expected: str) -> None:
    change(site, "feeds.opml", old, new)
    finding = the_one(site)
    assert finding.file == "feeds.opml"
    assert expected in str(finding)


SCRIPT = "document.title = 'a < b'"
POLICY = f"script-src 'sha256-{b64encode(sha256(SCRIPT.encode()).digest()).decode()}'"
FINE_IN_PAGES = {
    "picture": '<img src="https://media.example/a.png" alt="" srcset="https://media.example/b.png 2x, all.xml">',
    "links": '<a href="https://a.example/">a</a><a href="mailto:a@a.example">b</a><a href="feed:https://a.example/">c</a>',
    "own": f'<a href="./">a</a><a href="#b">b</a><a href="">c</a><a href="{BASE}/es/all.xml">d</a>',
    "own, from the root": '<a href="/feedgen-mayadeen/es/">a</a><a href="/feedgen-mayadeen/es?b">c</a>',
    "icon": '<link rel="icon" href="data:,"><link rel="canonical" href="https://a.example/">',
    "its own script": f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><script>{SCRIPT}</script>',
    "data": '<script type="application/ld+json">{}</script>',
}  # fmt: skip
PAGE_DAMAGES = {
    "broken link": ('<a href="nada.xml">a</a>', "`href` of `a` leads to no file of the folder: “nada.xml”"),
    "link to a folder": ('<a href="../es/noticias/">a</a>', "`href` of `a` leads to no file of the folder"),
    "broken own address": (f'<a href="{BASE}/nada.xml">a</a>', "`href` of `a` leads to no file of the folder"),
    "out of the folder": ('<a href="../../a.xml">a</a>', "`href` of `a` leads where it must not: “../../a.xml”"),
    "root of the host": ('<a href="/es/all.xml">a</a>', "`href` of `a` leads where it must not: “/es/all.xml”"),
    "no address": ('<a href="http://[">a</a>', "`href` of `a` leads where it must not: “http://[”"),
    "script address": ('<a href=" java\tscript:a()">a</a>', "`href` of `a` leads where it must not"),
    "data address": ('<a href="data:text/html,a">a</a>', "`href` of `a` leads where it must not"),
    "script": ('<script src="https://a.example/a.js"></script>', "`src` of `script` leads where it must not"),
    "script without scheme": ('<script src="//a.example/a.js"></script>', "`src` of `script` leads where it must not"),
    "backslashes": (r'<script src="\\a.example/a.js"></script>', "`src` of `script` leads where it must not"),
    "foreign script": ("<script>a()</script>", "a script that its Content-Security-Policy does not name: “a()”"),
    "style sheet": ('<link rel="stylesheet" href="https://a.example/a.css">', "`href` of `link` leads where it must not"),
    "preloaded": ('<link rel="alternate preload" href="https://a.example/a">', "`href` of `link` leads where it must not"),
    "font": ('<style>@font-face { src: url("https://a.example/a.woff") }</style>', "holds the element `style`"),
    "import": ("<style>@import 'a.css';</style>", "holds the element `style`"),
    "style attribute": ('<p style="background: url(//a.example/b.png)">a</p>', "has a script or style in its attribute"),
    "handler": ('<p onclick="a()">b</p>', "`p` has a script or style in its attribute `onclick`"),
    "frame": ('<iframe src="all.html"></iframe>', "holds the element `iframe`"),
    "base": ('<base href="all.html">', "holds the element `base`"),
    "refresh": ('<meta http-equiv="Refresh" content="0;url=https://a.example/">', "leads readers away by itself"),
    "form": ('<form action="https://a.example/"></form>', "`action` of `form` leads where it must not"),
    "sound": ('<audio src="https://a.example/a.mp3"></audio>', "`src` of `audio` leads where it must not"),
}


@pytest.mark.parametrize("html", FINE_IN_PAGES.values(), ids=FINE_IN_PAGES)
def test_what_a_page_may_hold_is_no_finding(site: Path, html: str) -> None:
    change(site, "es/breaking.html", "</body>", lambda_safe(f"{html}</body>"))
    assert check_folder(site) == ()


@pytest.mark.parametrize(("html", "expected"), PAGE_DAMAGES.values(), ids=PAGE_DAMAGES)
def test_a_damaged_page_is_one_finding(site: Path, html: str, expected: str) -> None:
    change(site, "es/breaking.html", "</body>", lambda_safe(f"{html}</body>"))
    finding = the_one(site)
    assert finding.file == "es/breaking.html"
    assert expected in str(finding)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (page_of("../", [])[15:].encode(), "does not begin with <!doctype html>"),
        (page_of("../", []).replace("Muestra", "").encode(), "has no title"),
        (page_of("../", []).replace(' lang="es"', "").encode(), "does not say its language"),
        (page_of("../", []).encode().replace(b"Muestra", b"\xe9"), "is not UTF-8"),
        (page_of("../", [], "<div>" * 300 + '<p onclick="a()">').encode(), "can't be read to its end"),
        (b"<!doctype html>", "can't be read to its end"),
    ],
)
def test_a_page_that_is_none_is_one_finding(site: Path, content: bytes, expected: str) -> None:
    (site / "es" / "breaking.html").write_bytes(content)
    assert expected in str(the_one(site))


def test_a_feed_that_its_edition_s_index_does_not_link_is_a_finding(site: Path) -> None:
    change(site, "es/index.html", "breaking.xml", "all.xml")
    assert str(the_one(site)).startswith("es/index.html: does not link to es/breaking.xml")


def test_the_index_of_the_root_may_stand_in_for_an_edition_s(site: Path) -> None:
    text = (site / "es" / "index.html").read_text("utf-8").replace("../", "")
    (site / "es" / "index.html").rename(site / "index.html").write_text(text, "utf-8")
    assert check_folder(site) == ()


def test_an_edition_needs_an_index_when_another_has_one(site: Path) -> None:
    (site / "ar").mkdir()
    (site / "es" / "index.html").rename(site / "ar" / "index.html")
    found = {finding.sentence for finding in check_folder(site)}
    assert found == {"its edition has no index: es/index.html"}


def test_a_style_sheet_that_loads_something_is_a_finding(site: Path) -> None:
    (site / "style.css").write_text("@font-face { src: url( 'http://a.example/a.woff' ) }")
    assert "a style loads something from elsewhere" in str(the_one(site))


STATUS_CHANGES: dict[str, tuple[Damage, str]] = {
    "version": (lambda status: status.update(version=2), "Invalid enum value 2 - at `$.version`"),
    "instant": (lambda status: status.update(built="yesterday"), "Invalid RFC3339 encoded datetime - at `$.built`"),
    "exit code": (lambda status: status.update(exit_code="0"), "Expected `int`"),
    "no file": (lambda status: status["feeds"].append(status["feeds"][0] | {"file": "a.xml"}), "“a.xml”, which is no feed"),
    "no row": (lambda status: status["feeds"].pop(), "0 times; once is right"),
    "two rows": (lambda status: status["feeds"].append(status["feeds"][0]), "2 times; once is right"),
    "entries": (lambda status: status["feeds"][0].update(entries=1000), "has 1000 entries; it has"),
    "newest": (lambda status: status["feeds"][0].update(newest=""), "Invalid RFC3339 encoded datetime - at"),
}


@pytest.mark.parametrize(("damage", "expected"), STATUS_CHANGES.values(), ids=STATUS_CHANGES)
def test_a_damaged_status_is_one_finding(site: Path, damage: Damage, expected: str) -> None:
    change_json(site, "status.json", damage)
    finding = the_one(site)
    assert finding.file == "status.json"
    assert expected in str(finding)

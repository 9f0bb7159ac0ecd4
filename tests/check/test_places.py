"""Where a folder is: one without an address, the sample's with its pictures, and a published one, where neither belongs."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from feedgen_mayadeen.check import check_folder
from tests.running import Place, Server, page, run, serve

Source = tuple[Path, str]
"""A folder as it was built, and a name for it."""
DISK = "file:///tmp/a.png"
SELF = '<link rel="self" href="https://a.example/es/all.xml"/>'
FIRST_LINK = '(<link [^>]*rel="alternate"[^>]*>)'
IMAGE = r"(?s)(<content.*?&lt;img src=\")[^\"]*"
MEDIA = '(<media:thumbnail url=")[^"]*'
MEDIA_JSON = '("image": ")[^"]*'


@pytest.fixture(scope="module")
def nowhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with archive pages, built without an address."""
    with serve("es") as servers, pytest.MonkeyPatch.context() as environment:
        environment.delenv("FEEDGEN_MAYADEEN_BUILD_BASE_URL")
        environment.delenv("GITHUB_ACTIONS", raising=False)
        place = Place(tmp_path_factory.mktemp("no where ü"), *servers)
        assert run("build", *place.options, "--limit", "5").code == 0
    return place.out


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's folder with its pictures."""
    out = tmp_path_factory.mktemp("demo") / "fee ds"
    assert run("demo", "--out", out, "--json").code == 0
    return out


def copy_of(folder: Path, tmp_path: Path) -> Path:
    """A folder as if it had been built in another place."""
    copy = tmp_path / "a copy"
    shutil.copytree(folder, copy)
    for file in copy.rglob("*"):
        if file.suffix in (".xml", ".json", ".opml"):
            file.write_bytes(file.read_bytes().replace(folder.as_uri().encode(), copy.as_uri().encode()))
    return copy


def damage(folder: Path, file: str, old: str, new: str) -> set[str]:
    """What is found when the first place in a file that a pattern matches is changed; OWN is the folder's own address."""
    text, count = re.subn(old, new.replace("OWN", folder.as_uri()), (folder / file).read_text("utf-8"), count=1)
    assert count == 1
    (folder / file).write_text(text, "utf-8")
    return {str(finding) for finding in check_folder(folder)}


def assert_found(found: set[str], file: str, expected: str) -> None:
    assert any(line.startswith(f"{file}: ") and expected in line for line in found), found


def test_nothing_is_wrong_with_a_folder_that_has_no_address(nowhere: Path) -> None:
    assert any(nowhere.rglob("*.archive-*.xml"))
    assert check_folder(nowhere) == ()


def test_nothing_is_wrong_with_the_sample_s_folder_however_it_is_named(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert any(demo.rglob("*.png"))
    assert check_folder(demo) == ()
    monkeypatch.chdir(demo.parent)
    assert check_folder(Path("fee ds", "..", "fee ds")) == ()


WITHOUT_ADDRESS = {
    "own link": ("es/all.xml", FIRST_LINK, rf"\1{SELF}", "must have no link rel=self, for the folder has no address"),
    "feed_url": (
        "es/all.json",
        '"home_page_url"',
        '"feed_url": "https://a.example/es/all.json", "home_page_url"',
        "has a `feed_url`, and the folder has no address",
    ),
    "archive": (
        "es/noticias.xml",
        '"[^"]*"( rel="prev-archive")',
        r'"x.xml"\1',
        "rel=prev-archive leads to no feed of the folder",
    ),
    "served archive": (
        "es/noticias.xml",
        '"([^"]*" rel="prev-archive")',
        r'"https://a.example/es/\1',
        "leads to no feed of the",
    ),
    "health": ("health.xml", 'href="index.html"', 'href="no.html"', "rel=alternate leads to no file of the folder"),
    "health's entry": ("health.xml", 'href="status.json"', 'href="no.json"', "rel=alternate leads to no file of the folder"),
    "relative page": (
        "es/all.xml",
        'href="[^"]*"( rel="alternate")',
        r'href="all.html"\1',
        "is no absolute address: “all.html”",
    ),
    "entry's page": (
        "es/all.xml",
        '(?s)(<entry>.*?)href="[^"]*"( rel="alternate")',
        r'\1href="all.html"\2',
        "is no absolute address: “all.html”",
    ),
    "relative icon": ("es/all.xml", "<icon>[^<]*", "<icon>all.html", "element icon"),
    "list, elsewhere": (
        "feeds.opml",
        'xmlUrl="[^"]*all.xml"',
        'xmlUrl="file:///es/all.xml"',
        "which is no feed of the folder",
    ),
    "list, up": ("feeds.opml", 'xmlUrl="[^"]*all.xml"', 'xmlUrl="OWN/../es/all.xml"', "which is no feed of the folder"),
    "list, no path": ("feeds.opml", 'xmlUrl="[^"]*all.xml"', 'xmlUrl="OWN/%00"', "which is no feed of the folder"),
    "list, served": (
        "feeds.opml",
        'xmlUrl="[^"]*all.xml"',
        'xmlUrl="https://a.example/es/all.xml"',
        "which is no feed of the",
    ),
    "reader's link": ("es/all.html", 'href="feed:../es/all.xml"', 'href="feed:no.xml"', "leads to no file of the folder"),
    "reader's script": ("es/all.html", 'href="feed:../es/all.xml"', 'href="feed:javascript:a()"', "leads where it must not"),
    "root of the host": ("es/all.html", "</body>", '<a href="/es/all.xml">a</a></body>', "leads where it must not"),
    "disk on a page": ("es/all.html", "</body>", '<a href="OWN/es/all.xml">a</a></body>', "leads where it must not"),
    "not found": ("404.html", 'href="/es/index.html"', 'href="/no.html"', "leads to no file of the folder"),
    "content": ("es/all.xml", IMAGE, rf"\1{DISK}", "`src` of `img` is no absolute http address"),
    "medium": (
        "es/breaking.xml",
        "</entry>",
        f'<media:thumbnail url="{DISK}"/></entry>',
        "leads to the disk, and to no picture",
    ),
    "JSON picture": ("es/all.json", MEDIA_JSON, rf"\1{DISK}", "leads to the disk, and to no picture"),
}


@pytest.mark.parametrize(("file", "old", "new", "expected"), WITHOUT_ADDRESS.values(), ids=WITHOUT_ADDRESS)
def test_what_does_not_belong_without_an_address_is_found(
    nowhere: Path, tmp_path: Path, file: str, old: str, new: str, expected: str
) -> None:
    assert_found(damage(copy_of(nowhere, tmp_path), file, old, new), file, expected)


WITH_ADDRESS = {
    "base": ("status.json", '("base_url": ")[^"]*', r"\1https://a.example", "", "es/all.xml", "must have one link rel=self"),
    "no base": ("status.json", '("base_url": )"[^"]*"', r"\1null", "", "es/all.xml", "must have no link rel=self"),
    "broken base": ("status.json", '("base_url": ")[^"]*', r"\1feeds", "", "status.json", "at `$.base_url`"),
    "no feed_url": ("es/all.json", ' *"feed_url": [^,]*,', "", "", "es/all.json", "its `feed_url` leads elsewhere: “”"),
    "health": (
        "health.xml",
        'href="[^"]*"( rel="alternate")',
        r'href="index.html"\1',
        "",
        "health.xml",
        "is no absolute address",
    ),
    "list": (
        "feeds.opml",
        'xmlUrl="[^"]*all.xml"',
        'xmlUrl="OWN/es/all.xml"',
        "",
        "feeds.opml",
        "which is no feed of the folder",
    ),
    "reader's link": (
        "es/all.html",
        'href="feed:[^"]*"',
        'href="feed:../es/all.xml"',
        "",
        "es/all.html",
        "leads where it must not",
    ),
    "not found": ("404.html", 'href="[^"]*/index.html"', 'href="/index.html"', "", "404.html", "leads where it must not"),
    "content": ("es/all.xml", IMAGE, r"\1OWN/media/image/a.png", "a.png", "es/all.xml", "is no absolute http address"),
    "medium": ("es/all.xml", MEDIA, r"\1OWN/media/image/a.png", "a.png", "es/all.xml", "leads to the disk, and to no picture"),
    "JSON picture": ("es/all.json", MEDIA_JSON, r"\1OWN/media/image/a.png", "a.png", "es/all.json", "leads to the disk, and"),
    "picture": ("es/all.html", "$", "", "a.png", "media/image/a.png", "is no file that a build writes"),
}


@pytest.mark.parametrize(("changed", "old", "new", "picture", "file", "expected"), WITH_ADDRESS.values(), ids=WITH_ADDRESS)
def test_what_does_not_belong_in_a_published_folder_is_found(
    spanish_build: Place, tmp_path: Path, changed: str, old: str, new: str, picture: str, file: str, expected: str
) -> None:
    folder = copy_of(spanish_build.out, tmp_path)
    if picture:
        (folder / "media" / "image").mkdir(parents=True)
        (folder / "media" / "image" / picture).write_bytes(b"\x89PNG\r\n\x1a\n")
    assert_found(damage(folder, changed, old, new), file, expected)


def test_a_published_folder_needs_its_own_links_even_when_none_has_one(spanish_build: Place, tmp_path: Path) -> None:
    folder = copy_of(spanish_build.out, tmp_path)
    for file in folder.rglob("*.xml"):
        file.write_text(re.sub('<link [^>]*rel="self"[^>]*>', "", file.read_text("utf-8")), "utf-8")
    found = {finding.file for finding in check_folder(folder) if "must have one link rel=self" in finding.sentence}
    assert found == {file.relative_to(folder).as_posix() for file in folder.rglob("*.xml")}


SAMPLE = {
    "content, elsewhere": ("all.xml", IMAGE, rf"\1{DISK}", "`src` of `img` is no absolute http address"),
    "content, missing": ("all.xml", IMAGE, r"\1OWN/media/image/no.png", "`src` of `img` is no absolute http address"),
    "content, up": ("all.xml", IMAGE, r"\1OWN/media/image/../../all.xml", "`src` of `img` is no absolute http address"),
    "content, no picture": ("all.xml", IMAGE, r"\1OWN/all.xml", "`src` of `img` is no absolute http address"),
    "content, a host": ("all.xml", IMAGE, r"\1file://a.example/a.png", "`src` of `img` is no absolute http address"),
    "link": (
        "all.xml",
        r"(?s)(<content.*?&lt;)img src=(\"[^\"]*\")([^&]*)",
        r"\1a href=\2&gt;a&lt;/a",
        "`href` of `a` is no absolute http address",
    ),
    "medium, missing": ("all.xml", MEDIA, r"\1OWN/media/image/no.png", "leads to the disk, and to no picture"),
    "JSON picture, missing": ("all.json", MEDIA_JSON, r"\1OWN/media/image/no.png", "leads to the disk, and to no picture"),
    "not the sample": ("status.json", '"sample": true', '"sample": false', ""),
}


@pytest.mark.parametrize(("file", "old", "new", "expected"), SAMPLE.values(), ids=SAMPLE)
def test_an_address_of_the_disk_that_is_no_picture_of_the_sample_is_found(
    demo: Path, tmp_path: Path, file: str, old: str, new: str, expected: str
) -> None:
    found = damage(copy_of(demo, tmp_path), file, old, new)
    if expected:
        assert_found(found, file, expected)
    else:
        sentences = ("is no file that a build writes", "is no absolute http address", "leads to the disk")
        assert all(any(sentence in line for line in found) for sentence in sentences)


PICTURES: dict[str, tuple[Callable[[Path], object], str]] = {
    "gone": (lambda picture: picture.unlink(), "is no absolute http address"),
    "no picture": (lambda picture: picture.write_text("<svg/>"), "is no PNG"),
    "other kind": (lambda picture: picture.with_suffix(".svg").write_text("<svg/>"), "is no file that a build writes"),
    "hidden": (
        lambda picture: picture.with_name(".a.png").write_bytes(b"\x89PNG\r\n\x1a\n"),
        "is no file that a build writes",
    ),
}


@pytest.mark.parametrize(("change", "expected"), PICTURES.values(), ids=PICTURES)
def test_a_damaged_picture_of_the_sample_is_found(
    demo: Path, tmp_path: Path, change: Callable[[Path], object], expected: str
) -> None:
    folder = copy_of(demo, tmp_path)
    image = next(item["image"] for item in json.loads((folder / "all.json").read_bytes())["items"] if "image" in item)
    change(folder / image.removeprefix(f"{folder.as_uri()}/"))
    assert any(expected in finding.sentence for finding in check_folder(folder))


# Names of feeds


@pytest.mark.parametrize(
    "file",
    [
        "es/breaking-0494fa1e.xml",
        "es/noticias/breaking-0494fa1e.xml",
        "es/con-0494fa1e.xml",
        "0494fa1e.xml",
        "news/status.xml",
    ],
)
def test_a_name_with_a_mark_may_be(spanish_build: Place, tmp_path: Path, file: str) -> None:
    assert not [line for line in named(spanish_build, tmp_path, file) if "name" in line]


@pytest.mark.parametrize(
    "file", ["es/status.xml", "es/own.xml", "404.xml", "tags.xml", "es/com².xml", "es/noticias/index.xml"]
)
def test_a_name_that_others_keep_for_themselves_is_found(spanish_build: Place, tmp_path: Path, file: str) -> None:
    assert [line for line in named(spanish_build, tmp_path, file) if "has a name that" in line]


def named(build: Place, tmp_path: Path, file: str) -> list[str]:
    """What is found about a feed of this name."""
    target = tmp_path / "feeds" / file
    target.parent.mkdir(parents=True)
    shutil.copy(build.out / "es" / "breaking.xml", target)
    return [finding.sentence for finding in check_folder(tmp_path / "feeds") if finding.file == file]


def test_nothing_is_wrong_with_feeds_of_reserved_labels(tmp_path: Path, english: Server) -> None:
    labels = ("Breaking", "Status", "CON", "404", "Own", "😀")
    articles = english.site.lists()["/news/politics"][1]
    links = "".join(f'<li><a href="/x{n}">{label}</a></li>' for n, label in enumerate(labels))
    english.rewrites["home"] = lambda text: text.replace('<ul class="main-menu">', f'<ul class="main-menu">{links}')
    for number, label in enumerate(labels):
        english.faults[f"/x{number}"] = page(english.site._listing(f"/x{number}", label, articles).body.decode())
    place = Place(tmp_path, english)
    place.build_at(english.site.now)
    assert any(re.fullmatch(r"breaking-[0-9a-f]{8}\.xml", file.name) for file in place.out.iterdir())
    assert check_folder(place.out) == ()

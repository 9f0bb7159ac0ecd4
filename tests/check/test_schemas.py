"""The schemas of `check`: shipped as they are made from their sources, with room for what Atom entries may hold."""

import re
from pathlib import Path

import pytest
import rnc2rng

from feedgen_mayadeen import check
from feedgen_mayadeen.check import check_folder
from tests.running import Place

SCHEMAS = sorted(Path(check.__file__).parent.glob("*.rnc"))
ENTRY = "(?s)(<entry>.*?)(</entry>)"
TITLE = "(?s)(<entry>.*?)<title>[^<]*"
DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
VIDEO = '<media:content medium="video" duration="9"><media:player url="https://a.example/v"/></media:content>'
FINE: dict[str, tuple[str, str]] = {
    "source": (ENTRY, rf"\1<dc:source {DC}>Agencias</dc:source>\2"),
    "via": (ENTRY, r'\1<link rel="via" href="https://t.example/7"/>\2'),
    "video after the picture": (ENTRY, rf"\1{VIDEO}\2"),
    "escaped subtitle": ("<subtitle>[^<]*", '<subtitle type="html">1 &amp;lt; 2'),
    "escaped rights": ("<rights>[^<]*", '<rights type="html">&amp;amp;amp;'),
    "escaped summary": ("<summary>[^<]*", '<summary type="html">&amp;lt;b&amp;gt;'),
    "escaped title": (TITLE, r'\1<title type="html">1 &amp;lt; 2 &amp;amp; 3'),
}
WRONG: dict[str, tuple[str, str, str]] = {
    "empty source": (ENTRY, rf"\1<dc:source {DC}/>\2", "Did not expect element source there"),
    "two sources": (ENTRY, rf"\1<dc:source {DC}>a</dc:source><dc:source {DC}>b</dc:source>\2", "lement"),
    "markup in a title": (TITLE, r'\1<title type="html">1 &lt;b&gt;2&lt;/b&gt;', "in its `title`, there is markup"),
    "markup in a subtitle": ("<subtitle>[^<]*", '<subtitle type="html">&lt;b&gt;', "in its `subtitle`, there is markup"),
    "markup in rights": ("<rights>[^<]*", '<rights type="html">&lt;b&gt;', "in its `rights`, there is markup"),
    "nothing in a summary": ("<summary>[^<]*", '<summary type="html">&amp;nbsp;', "in its `summary`, there is nothing"),
    "lines in a title": (TITLE, '\\1<title type="html">1&amp;#10;2', "its title is not one line"),
}


def changed(place: Place, folder: Path, old: str, new: str) -> Path:
    """A folder with one feed of a build, in whose first entry something is changed."""
    text, count = re.subn(old, new, (place.out / "es" / "breaking.xml").read_text("utf-8"), count=1)
    assert count == 1
    (folder / "es").mkdir()
    (folder / "style.css").touch()
    (folder / "es" / "breaking.xml").write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("source", SCHEMAS, ids=lambda path: path.stem)
def test_a_shipped_schema_is_made_from_its_source(source: Path) -> None:
    with source.open(encoding="utf-8") as rnc:
        made = rnc2rng.dumps(rnc2rng.load(rnc))
    assert source.with_suffix(".rng").read_text("utf-8") == f"{made}\n"


def test_every_schema_has_a_source() -> None:
    assert [source.stem for source in SCHEMAS] == ["atom", "opml"]
    assert sorted(Path(check.__file__).parent.glob("*.rng")) == [source.with_suffix(".rng") for source in SCHEMAS]


@pytest.mark.parametrize(("old", "new"), FINE.values(), ids=FINE)
def test_what_an_entry_may_hold_is_no_finding(tmp_path: Path, spanish_build: Place, old: str, new: str) -> None:
    assert check_folder(changed(spanish_build, tmp_path, old, new)) == ()


@pytest.mark.parametrize(("old", "new", "expected"), WRONG.values(), ids=WRONG)
def test_what_it_may_not_hold_is_one_finding(tmp_path: Path, spanish_build: Place, old: str, new: str, expected: str) -> None:
    (finding,) = check_folder(changed(spanish_build, tmp_path, old, new))
    assert expected in finding.sentence


def test_a_folder_whose_feeds_name_no_address_needs_none(tmp_path: Path, spanish_build: Place) -> None:
    assert check_folder(changed(spanish_build, tmp_path, '<link [^>]*rel="self"[^>]*>', "")) == ()

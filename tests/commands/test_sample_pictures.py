"""The demo's folder by itself, when nothing of the sample site is served any more: its pictures are in it."""

import json
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

import pytest

from feedgen_mayadeen.deploy.pages import send
from feedgen_mayadeen.errors import UsageError
from feedgen_mayadeen.sample.pictures import SIGNATURE
from tests.feeds import read_folder
from tests.running import Place, run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the demo leaves."""
    out = tmp_path_factory.mktemp("demo") / "fee ds"
    run("demo", "--out", out, "--json")
    return out


def is_there(folder: Path, address: str) -> bool:
    path = Path(url2pathname(urlsplit(address).path))
    return address.startswith(f"{folder.as_uri()}/") and path.read_bytes().startswith(SIGNATURE)


def test_every_picture_of_a_feed_is_in_the_folder(folder: Path) -> None:
    entries = [entry for feed in read_folder(folder).values() for entry in feed.entries]
    pictures = {address for entry in entries for address in (*entry.pictures, *entry.thumbnails)}
    shown = {address for entry in entries for address in re.findall(r'<img src="([^"]*)"', entry.content or "")}
    assert len(shown) >= len(pictures) > 50
    assert all(is_there(folder, address) for address in pictures | shown)
    items = json.loads((folder / "all.json").read_bytes())["items"]
    assert all(is_there(folder, item["image"]) for item in items if "image" in item)


def test_every_picture_of_a_page_is_beside_it(folder: Path) -> None:
    for name in ("all.html", "news/politics.html", "regions/africa.html"):
        page = folder / name
        links = re.findall(r'<a href="([^"]*)" data-picture', page.read_text("utf-8"))
        assert links
        assert all((page.parent / unquote(link)).read_bytes().startswith(SIGNATURE) for link in links)


def test_nothing_in_the_folder_names_a_server_of_this_machine(folder: Path) -> None:
    for file in folder.rglob("*"):
        assert file.is_dir() or not re.search(rb"127\.0\.0\.1|localhost|\.invalid", file.read_bytes())


def test_the_demo_changes_nothing_the_second_time(folder: Path) -> None:
    def content() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in folder.rglob("*.*") if path.suffix in (".xml", ".json", ".png")}

    before = content()
    run("demo", "--out", folder, "--json")
    after = content()
    for files in (before, after):
        for name in ("status.json", "breaking.xml", "breaking.json", "most-read.xml", "most-read.json"):  # of this instant
            files.pop(folder / name)
    assert after == before


def test_the_sample_is_never_published_and_gives_way_to_real_feeds(folder: Path, place: Place, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="invented"):
        send(folder, str(tmp_path / "www"))
    run("demo", "--out", place.out, "--json")
    assert any(place.out.rglob("*.png"))
    assert place.build().code == 0
    assert not any(place.out.rglob("*.png"))

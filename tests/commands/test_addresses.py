"""Addresses that people give, in one form or refused; and a folder for which nobody gave one."""

import json
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname
from xml.etree import ElementTree

import pytest

from feedgen_mayadeen.deploy.pages import send
from feedgen_mayadeen.errors import UsageError
from feedgen_mayadeen.urls import given_address
from tests.feeds import read_feed
from tests.running import Place, Server, run, serve

BUCHER = "https://b\u00fccher.example/nachrichten/\u00fcber uns/".replace(" ", "%20")


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://example.org", "https://example.org/"),
        ("https://example.org/feeds", "https://example.org/feeds/"),
        ("HTTPS://Example.ORG:443/Feeds/", "https://example.org/Feeds/"),
        (BUCHER, "https://xn--bcher-kva.example/nachrichten/%C3%BCber%20uns/"),
        ("https://قناة.example/خلاصات", "https://xn--mgbe7eqa.example/%D8%AE%D9%84%D8%A7%D8%B5%D8%A7%D8%AA/"),
        ("https://stra\u00dfe.example/", "https://xn--strae-oqa.example/"),
        ("http://my_host:8080/", "http://my_host:8080/"),
        ("http://[::1]:8080/a", "http://[::1]:8080/a/"),
        ("https://example.org/a%2520b/100%", "https://example.org/a%2520b/100%25/"),
    ],
)
def test_an_address_has_one_form_and_every_feed_names_it(built: Place, given: str, used: str) -> None:
    result = built.build("--base-url", given)
    assert result.code == 0, result
    assert json.loads((built.out / "status.json").read_bytes())["base_url"] == used.rstrip("/")
    assert ("self", f"{used}es/all.xml") in read_feed(built.out / "es/all.xml").links
    assert json.loads((built.out / "es/all.json").read_bytes())["feed_url"] == f"{used}es/all.json"
    assert f'xmlUrl="{used}es/all.xml"' in (built.out / "feeds.opml").read_text("utf-8")
    assert given_address(given_address(given)) == given_address(given)


BAD = [
    "example.org", "//example.org/", "ftp://example.org/", "https://", "https:///feeds/", "https://example.org/?x=1",
    "https://example.org/?", "https://example.org/#top", "https://me:secret@example.org/", "https://me@example.org/",
    "https://example.org:99999/", "https://example.org:0/", "https://example.org/a b/", "https://example.org/a/../b/",
    "https://example.org//a/", "https://exa mple.org/", "https://example.org\\evil", "https://[::1/", "https://a..b/",
    "https://exam\u200bple.org.-/", 'https://example.org/"x"', "https://example.org/<x>", "file:///tmp/", "https://%41/",
]  # fmt: skip


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("option", ["--base-url", "--origin"])
def test_what_is_no_base_address_is_refused_before_anything_is_asked(
    place: Place, server: Server, option: str, bad: str
) -> None:
    options = [*place.folders, "--edition", "es", "--delay", "0"]
    if option != "--origin":
        options += ["--origin", server.url]
    result = run("build", *options, option, bad)
    assert result.code == 2
    assert bad.encode("unicode_escape").decode().split("\\")[0] in result.sentence
    assert server.requests == ()
    assert not place.out.exists()


@pytest.mark.parametrize("hub", [bad for bad in BAD if "?" not in bad])
def test_a_hub_follows_the_same_rule(place: Place, server: Server, tmp_path: Path, hub: str) -> None:
    settings = tmp_path / "feeds.toml"
    settings.write_text(f"[build]\nhub = {json.dumps(hub)}\n", "utf-8")
    result = run("build", *place.options, "--config", settings)
    assert (result.code, "build.hub" in result.sentence) == (2, True)
    assert server.requests == ()


@pytest.mark.parametrize("address", ["https://example.org/", "no address", "https://espanol.almayadeen.net.example.org/"])
def test_as_url_that_is_none_of_the_site_is_named(tmp_path: Path, address: str) -> None:
    page = tmp_path / "page.html"
    page.write_text("<h1>Título</h1>", "utf-8")
    assert "--as-url" in run("inspect", page, "--as-url", address).sentence


# No address


@pytest.fixture(scope="module")
def nowhere(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """All editions, built without an address."""
    with serve("en", "es") as servers, pytest.MonkeyPatch.context() as environment:
        environment.delenv("FEEDGEN_MAYADEEN_BUILD_BASE_URL")
        environment.delenv("GITHUB_ACTIONS", raising=False)
        place = Place(tmp_path_factory.mktemp("no where ü"), *servers)
        assert run("build", *place.options, "--changed", place.out.parent / "changed.txt", "--limit", "5").code == 0
    return place


def test_without_an_address_nothing_names_one(nowhere: Place) -> None:
    for file in sorted(nowhere.out.rglob("*.xml")):
        links = read_feed(file).links
        assert "self" not in {rel for rel, _ in links}
        assert {urlsplit(a).netloc for _, a in links} <= {"", "english.almayadeen.net", "espanol.almayadeen.net"}
    assert json.loads((nowhere.out / "status.json").read_bytes())["base_url"] is None
    assert "feed_url" not in json.loads((nowhere.out / "all.json").read_bytes())
    for file in nowhere.out.rglob("*"):
        assert file.is_dir() or b"feedgen-mayadeen.github.io" not in file.read_bytes()


def test_the_opml_leads_to_the_files_on_the_disk(nowhere: Place) -> None:
    outlines = ElementTree.parse(nowhere.out / "feeds.opml").iter("outline")  # noqa: S314  # our own file
    addresses = [address for outline in outlines if (address := outline.get("xmlUrl"))]
    assert all(address.startswith("file:///") and address.isascii() for address in addresses)
    files = [Path(url2pathname(urlsplit(address).path)) for address in addresses]
    main = {f for f in nowhere.out.rglob("*.xml") if ".archive-" not in f.name and f != nowhere.out / "health.xml"}
    assert set(files) == main


def test_archive_pages_lead_to_each_other_by_their_names(nowhere: Place) -> None:
    """RFC 4287 §4.2.7.1 lets a link be relative: it holds on the disk, and wherever the folder is served."""
    pages = sorted(nowhere.out.rglob("*.archive-*.xml"))
    assert pages
    for page in pages:
        links = dict(read_feed(page).links)
        for rel in {"current", "prev-archive", "next-archive"} & links.keys():
            assert (page.parent / unquote(links[rel])).is_file()
        assert links["current"] == page.name.partition(".archive-")[0] + ".xml"


def test_changed_feeds_are_files_and_no_hub_is_told(nowhere: Place, tmp_path: Path) -> None:
    changed = nowhere.out.parent / "changed.txt"
    assert all(line.startswith(nowhere.out.as_uri()) for line in changed.read_text("utf-8").splitlines())
    assert "--base-url" in run("ping", changed).sentence


def test_the_index_says_what_to_set_before_publishing(nowhere: Place, spanish_build: Place) -> None:
    assert "--base-url https://example.org/feeds/" in (nowhere.out / "index.html").read_text("utf-8")
    assert "--base-url" not in (spanish_build.out / "es/index.html").read_text("utf-8")
    with pytest.raises(UsageError, match="--base-url"):
        send(nowhere.out, str(nowhere.out.parent / "www"))


def test_every_link_of_a_page_leads_from_the_page(nowhere: Place) -> None:
    for page in ("index.html", "news/politics.html", "es/noticias.html"):
        links = re.findall(r'<a class="address" dir="ltr" href="([^"]*)"', (nowhere.out / page).read_text("utf-8"))
        assert links
        assert all(((nowhere.out / page).parent / unquote(link)).is_file() for link in links)


def test_a_hub_without_an_address_is_refused(
    place: Place, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FEEDGEN_MAYADEEN_BUILD_BASE_URL")
    settings = tmp_path / "feeds.toml"
    settings.write_text('[build]\nhub = "https://hub.example.org/?a=b"\n', "utf-8")
    result = run("build", *place.options, "--config", settings)
    assert (result.code, "base_url" in result.sentence, server.requests) == (2, True, ())


def test_on_github_the_address_is_that_of_the_pages(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FEEDGEN_MAYADEEN_BUILD_BASE_URL")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_REPOSITORY", "Me/feeds")
    assert run("build", *place.options).code == 0
    assert ("self", "https://me.github.io/feeds/es/all.xml") in place.feeds["es/all"].links


# Files that begin with a byte order mark

TOML = '[build]\neditions = ["es"]\nlimit = 3\n'


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xef\xbb\xbf" + TOML.encode(), ""),
        (b"\xef\xbb\xbf" + TOML.replace("\n", "\r\n").encode(), ""),
        (TOML.encode("utf-16"), "it is in UTF-16; save it as UTF-8"),
        (b"\xfe\xff" + TOML.encode("utf-16-be"), "it is in UTF-16; save it as UTF-8"),
        (b"# \xe9\n" + TOML.encode(), "it is not in UTF-8; save it as UTF-8"),
    ],
)
def test_settings_from_any_editor(place: Place, server: Server, tmp_path: Path, content: bytes, says: str) -> None:
    settings = tmp_path / "feeds.toml"
    settings.write_bytes(content)
    result = run("build", *place.options, "--config", settings)
    assert result.code == (2 if says else 0)
    assert says in result.err
    if not says:
        assert len(place.feeds["es/all"].entries) == 3


@pytest.mark.parametrize(("mark", "code"), [(b"\xef\xbb\xbf", 0), (b"\xff\xfe", 2), (b"\xfe\xff", 2)])
def test_a_list_of_changed_feeds_from_any_editor(tmp_path: Path, mark: bytes, code: int) -> None:
    changed = tmp_path / "changed.txt"
    changed.write_bytes(mark + b"https://example.org/a.xml\r\n")
    result = run("ping", changed)
    assert result.code == code
    assert code or result.out.startswith("1 feeds changed")


# Numbers


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "-1", "1e400", "1e9", "9" * 5000])
@pytest.mark.parametrize("option", ["--delay", "--timeout", "--deadline", "--limit", "--jobs"])
def test_a_number_without_bounds_is_refused(place: Place, server: Server, option: str, value: str) -> None:
    result = run("build", *place.options, option, value)
    assert result.code == 2
    assert "Traceback" not in result.err
    assert server.requests == ()


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "-1", "1e400", "9" * 5000, "0x" + "f" * 5000, "[" * 5000])
@pytest.mark.parametrize(
    "setting",
    ["build.limit", "build.deadline", "fetch.delay", "fetch.timeout", "fetch.retries", "fetch.max_bytes", "tags.window_days",
     "memory.keep_days", "health.every", "health.after", "history.pages"],
)  # fmt: skip
def test_a_setting_without_bounds_is_refused(place: Place, server: Server, tmp_path: Path, setting: str, value: str) -> None:
    table, _, name = setting.partition(".")
    settings = tmp_path / "feeds.toml"
    settings.write_text(f"[{table}]\n{name} = {value}\n", "utf-8")
    result = run("build", *place.folders, "--edition", "es", "--origin", server.url, "--config", settings)
    assert (result.code, server.requests) == (2, ())
    assert str(settings) in result.sentence


@pytest.mark.parametrize("value", ["nan", "inf", "-1", "65536", "1e3", "9" * 5000])
def test_a_port_that_is_none_is_refused(spanish_build: Place, value: str) -> None:
    result = run("serve", spanish_build.out, "--port", value)
    assert (result.code, "Traceback" in result.err) == (2, False)

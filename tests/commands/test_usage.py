"""Wrong use and the lesser commands: one sentence, the right exit code, and nothing created or changed."""

import json
import os
import re
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from feedgen_mayadeen import __version__
from feedgen_mayadeen.commands.serve import Preview
from feedgen_mayadeen.config import Config, read_config
from feedgen_mayadeen.sample import SampleSite
from tests.feeds import read_feed, read_folder
from tests.records import feed_keys
from tests.running import Place, Server, files_of, run, run_process, sample

ROOT = Path(__file__).parents[2]
COMMANDS = ("build", "demo", "list", "inspect", "doctor", "check", "serve", "publish", "memory", "ping")


# Wrong use of `build`


def tree(folder: Path) -> dict[str, tuple[bytes, int] | None]:
    """Every file and folder below a folder."""
    folders = {path.relative_to(folder).as_posix(): None for path in folder.rglob("*") if path.is_dir()}
    return {**folders, **files_of(folder)}


def check_refused(folder: Path, server: Server, arguments: list[str], says: str) -> None:
    before = tree(folder)
    result = run("build", *arguments)
    assert result.code == 2
    assert says in result.sentence
    assert not result.sentence.startswith("Traceback")
    assert server.requests == ()
    assert tree(folder) == before


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--edition", "es", "--origin", "english"], "--origin english"),
        (["--origin", "ftp://example.org"], "--origin ftp://example.org"),
        (["--origin", "http://127.0.0.1:0"], "base address"),
        (["--origin", "http://127.0.0.1:99999"], "base address"),
        (["--origin", "http://127.0.0.1/path"], "base address"),
        (["--origin", "fr=http://127.0.0.1:8080"], "--origin fr="),
        (["--delay", "-1"], "delay"),
        (["--jobs", "0"], "jobs"),
        (["--timeout", "0"], "timeout"),
        (["--limit", "0"], "limit"),
        (["--base-url", "example.org"], "base_url"),
        (["--user-agent", "\u0645"], "user_agent"),
        (["--cookies", "missing.txt"], "missing.txt"),
        (["--config", "missing.toml"], "missing.toml"),
        (["--config", "."], "."),
        (["--only", "xyzzy"], "xyzzy"),
    ],
)
def test_an_option_that_cannot_be_used(place: Place, server: Server, tmp_path: Path, options: list[str], says: str) -> None:
    given = list(place.options) if "--origin" not in options else list(place.folders)
    check_refused(tmp_path, server, [*given, *options], says)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ("[build]\nlimt = 3\n", "limt"),
        ("[biuld]\nlimit = 3\n", "biuld"),
        ("limit = 3\n", "limit"),
        ('[build]\nlimit = "three"\n', "build.limit"),
        ("[build]\nlimit = 0\n", "build.limit"),
        ("[build]\nlimit = 1.5\n", "build.limit"),
        ("[build]\neditions = []\n", "build.editions"),
        ('[build]\neditions = ["fr"]\n', "build.editions"),
        ('[build]\nonly = "news"\n', "build.only"),
        ('[build]\ncontent = "some"\n', "build.content"),
        ('[build]\nbase_url = "example.org"\n', "build.base_url"),
        ("build = 3\n", "build"),
        ('[fetch]\ndelay = "1 s"\n', "fetch.delay"),
        ("[fetch]\ndelay = -1\n", "fetch.delay"),
        ("[fetch]\ndelay = nan\n", "fetch.delay"),
        ("[fetch]\ntimeout = 0\n", "fetch.timeout"),
        ("[fetch]\nretries = 99\n", "fetch.retries"),
        ("[fetch]\nmax_bytes = 1\n", "fetch.max_bytes"),
        ('[fetch]\nuser_agent = ""\n', "fetch.user_agent"),
        ('[fetch]\nuser_agent = "a\\nb"\n', "fetch.user_agent"),
        ("[build\n", "TOML"),
        ("[build]\nlimit = 3\nlimit = 4\n", "TOML"),
        (b"\xff\xfe", "TOML"),
    ],
)
def test_settings_that_cannot_be_used(place: Place, server: Server, tmp_path: Path, settings: str | bytes, says: str) -> None:
    path = tmp_path / "broken.toml"
    path.write_bytes(settings if isinstance(settings, bytes) else settings.encode())
    # The options of the place leave out what a test breaks: they would go before the file.
    options = [*place.folders, "--origin", f"en={server.url}", "--config", str(path)]
    check_refused(tmp_path, server, options, says)
    assert str(path) in run("build", *options).sentence


def test_broken_settings_in_the_folder_are_found_without_being_named(place: Place, server: Server, tmp_path: Path) -> None:
    Path("feeds.toml").write_text("[build]\nlimt = 3\n")
    check_refused(tmp_path, server, list(place.options), "feeds.toml")


def a_file(path: Path) -> None:
    path.write_bytes(b"kept")


@pytest.mark.parametrize(
    ("name", "option", "at"),
    [
        ("out", "--out", "out"),
        ("out", "--out", "out/below"),
        ("state", "--state", "state"),
        ("state", "--state", "state/below"),
    ],
)
def test_a_folder_that_is_a_file(place: Place, server: Server, tmp_path: Path, name: str, option: str, at: str) -> None:
    a_file(tmp_path / name)
    check_refused(tmp_path, server, [*place.options, option, str(tmp_path / at)], str(tmp_path / name))


@pytest.mark.parametrize(
    "content",
    ["", "no cookies\n", "127.0.0.1\tFALSE\t/\tFALSE\t0\tname\tvalue\n", b"\xff\xfe\x00", "{}"],
    ids=["empty", "text", "no first line", "no text", "JSON"],
)
def test_a_file_that_is_no_cookies_file(place: Place, server: Server, tmp_path: Path, content: str | bytes) -> None:
    jar = tmp_path / "cookies.txt"
    jar.write_bytes(content if isinstance(content, bytes) else content.encode())
    check_refused(tmp_path, server, [*place.options, "--cookies", str(jar)], str(jar))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--nonsense"], "--nonsense"),
        (["--edition", "fr"], "fr"),
        (["--content", "some"], "some"),
        (["--limit", "three"], "three"),
        (["extra"], "extra"),
    ],
)
def test_what_the_command_line_itself_refuses(
    place: Place, server: Server, tmp_path: Path, options: list[str], says: str
) -> None:
    """These come from click, which shows the usage above its sentence."""
    before = tree(tmp_path)
    result = run("build", *place.options, *options)
    assert (result.code, result.out) == (2, "")
    assert says in result.err.splitlines()[-1]
    assert server.requests == ()
    assert tree(tmp_path) == before


def test_an_origin_that_refuses_connections(tmp_path: Path) -> None:
    gone = Server(sample())
    gone.server_close()
    place = Place(tmp_path, gone)
    before = tree(tmp_path)
    result = run("build", *place.options)
    assert (result.code, result.out) == (3, "")
    lines = result.err.splitlines()
    assert "no feed was changed" in lines[0]
    assert "no connection" in lines[1]
    assert len(lines) == 2
    assert tree(tmp_path) == before


@pytest.mark.parametrize("arguments", [("build", "--only", "xyzzy"), ("build", "--nonsense"), ("serve", "missing")])
def test_the_program_as_a_process_tells_without_a_traceback(arguments: tuple[str, ...]) -> None:
    result = run_process(*arguments)
    assert (result.code, result.out) == (2, "")
    assert "Traceback" not in result.err
    assert result.err.splitlines()


# Settings


def test_the_settings_file_shows_every_setting_with_its_default() -> None:
    text = (ROOT / "feeds.toml").read_text("utf-8")
    assert read_config(ROOT / "feeds.toml", required=True, options={}) == Config()
    shown = Path("shown.toml")
    shown.write_text(re.sub(r"^#(\w+ = )", r"\1", text, flags=re.MULTILINE), "utf-8")
    assert read_config(shown, required=True, options={}) == Config()
    names = {table: set(getattr(getattr(Config(), table), "__struct_fields__", ())) for table in Config.__struct_fields__}
    found: dict[str, set[str]] = {}
    for line in shown.read_text("utf-8").splitlines():
        if table := re.fullmatch(r"\[(\w+)\]", line):
            found[table[1]] = set()
        elif setting := re.match(r"(\w+) = ", line):
            found[list(found)[-1]].add(setting[1])
    assert found == names


def test_settings_are_kept_to_and_options_go_before_them(place: Place) -> None:
    Path("feeds.toml").write_text('[build]\nlimit = 2\nonly = ["videos"]\n')
    place.build()
    assert {key: len(feed.entries) for key, feed in place.feeds.items()} == {"es/videos": 2}
    place.build("--limit", "1", "--only", "all")
    assert {key: len(feed.entries) for key, feed in place.feeds.items()} == {"es/videos": 2, "es/all": 1}


# Help and version


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str) -> None:
    result = run(command, "--help")
    assert result.code == 0
    assert re.search(rf"Example:\s+feedgen-mayadeen {command}\b", " ".join(result.out.split()))
    assert run(command, "-h") == result


def test_every_command_is_known_to_these_tests() -> None:
    shown = run("--help").out.partition("Commands:")[2]
    assert set(re.findall(r"^  (\w+)", shown, re.MULTILINE)) == set(COMMANDS)


def test_the_version_is_told() -> None:
    result = run("--version")
    assert result.code == 0
    assert __version__ in result.out


def loaded_by(statement: str) -> set[str]:
    command = [sys.executable, "-c", f"{statement}; import sys; print(*sys.modules)"]
    return set(subprocess.check_output(command, text=True).split())


def test_what_a_command_needs_is_loaded_when_it_runs() -> None:
    more = loaded_by("import feedgen_mayadeen.cli") - loaded_by("import click")
    assert "feedgen_mayadeen.cli.building" in more
    slow = {"dataclasses", "feedgen", "jinja2", "json", "logging", "lxml", "msgspec", "requests", "signal", "sqlite3"}
    assert more & slow == set()


# What a build prints


def test_a_build_prints_a_table_and_a_last_line(place: Place, server: Server) -> None:
    result = run("build", *place.options)
    assert result.code == 0
    rows = {line.split()[0]: line.split()[1:] for line in result.out.splitlines() if line.startswith("es/")}
    assert set(rows) == {f"{key}.xml" for key in place.feeds}
    assert rows["es/all.xml"] == [str(len(server.site.articles))] * 2 + ["written"]
    assert f"{len(server.site.articles)} articles" in result.out.splitlines()[-1]


@pytest.mark.parametrize("option", ["-q", "--quiet"])
def test_a_quiet_build_that_goes_well_prints_nothing(place: Place, option: str) -> None:
    result = run("build", *place.options, option)
    assert (result.code, result.out, result.err) == (0, "", "")


def test_a_verbose_build_as_a_process_tells_of_every_request(place: Place, server: Server) -> None:
    result = run_process("build", *place.options, "--only", "videos", "-v")
    assert result.code == 0
    for request in server.requests:
        assert any(request.path.rpartition("/")[2][:10] in line for line in result.err.splitlines())
    assert len([line for line in result.err.splitlines() if server.url in line]) == len(server.requests)


# list


def test_list_without_a_memory_asks_and_creates_nothing(tmp_path: Path) -> None:
    result = run("list", "--state", tmp_path / "state", "--edition", "es", "--json")
    assert result.code == 0
    rows = json.loads(result.out)
    assert {row["key"] for row in rows} >= {"all", "noticias", "noticias/política"}
    assert {row["entries"] for row in rows} == {0}
    assert {row["last_success"] for row in rows} == {None}
    assert not (tmp_path / "state").exists()


def test_list_tells_what_was_built(spanish_build: Place) -> None:
    place = spanish_build
    rows = {row["key"]: row for row in json.loads(run("list", "--state", place.state, "--edition", "es", "--json").out)}
    for key, feed in place.feeds.items():
        row = rows[key.removeprefix("es/")]
        assert row["entries"] == len(feed.entries)
        assert row["title"] == feed.title
        assert ("alternate", row["address"]) in feed.links
        assert row["last_success"]
    text = run("list", "--state", place.state, "--edition", "es").out
    heading, *lines = text.splitlines()
    assert heading.split() == ["key", "entries", "last", "success", "title", "address"]
    assert [line.split()[0] for line in lines] == list(rows)
    assert len({line.index("https://") for line in lines}) == 1


# inspect


def inspect(*arguments: str | Path) -> dict[str, Any]:
    result = run("inspect", *arguments)
    assert result.code == 0, result.err
    value = json.loads(result.out)
    assert isinstance(value, dict)
    return value


def check_article(site: SampleSite, found: dict[str, Any]) -> None:
    article = site.articles[0]
    assert found["kind"] == "article"
    assert found["edition"] == "es"
    assert found["article"]["title"] == article.title
    assert found["article"]["post_id"] == article.postid
    assert found["article"]["published"] == article.published_time
    assert [tag["label"] for tag in found["article"]["tags"]] == list(article.tags)
    assert found["found_by"]["title"] == "metadata block"


def check_list(site: SampleSite, found: dict[str, Any]) -> None:
    assert found["kind"] == "list"
    assert [card["title"] for card in found["cards"]] == [a.title for a in site.lists()["/noticias/politica"][1]]


def check_home(site: SampleSite, found: dict[str, Any]) -> None:
    assert found["kind"] == "home"
    lists = {list_page["label"]: list_page["address"] for list_page in found["lists"]}
    assert lists["Política"] == f"{site.origin}/noticias/politica"
    assert len(lists) == len(list(site.edition.menu_lists()))


PAGES: dict[str, tuple[Callable[[SampleSite], str], Callable[[SampleSite, dict[str, Any]], None]]] = {
    "article": (lambda site: site.articles[0].path, check_article),
    "list": (lambda site: "/noticias/politica", check_list),
    "home": (lambda site: "/", check_home),
}
EVERY_PAGE = pytest.mark.parametrize(("path_of", "check"), PAGES.values(), ids=PAGES.keys())


@EVERY_PAGE
def test_inspect_an_address(
    server: Server,
    path_of: Callable[[SampleSite], str],
    check: Callable[[SampleSite, dict[str, Any]], None],
) -> None:
    path = path_of(server.site)
    for base in (server.site.origin, server.url):
        found = inspect(base + path, "--origin", f"es={server.url}", "--delay", "0")
        check(server.site, found)
    assert list(Path().iterdir()) == []


@EVERY_PAGE
def test_inspect_a_saved_file(
    server: Server,
    path_of: Callable[[SampleSite], str],
    check: Callable[[SampleSite, dict[str, Any]], None],
) -> None:
    path = path_of(server.site)
    file = Path("saved.html")
    file.write_bytes(server.site.page(path).body)
    check(server.site, inspect(file, "--as-url", server.site.origin + path))
    assert server.requests == ()


def test_inspect_knows_the_address_that_a_saved_file_names(server: Server) -> None:
    file = Path("saved.html")
    file.write_bytes(server.site.page(server.site.articles[0].path).body)
    check_article(server.site, inspect(file))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["missing.html"], "missing.html"),
        (["empty.html"], "--as-url"),
        (["empty.html", "--as-url", "https://example.org/a/b"], "--as-url"),
        (["https://example.org/a/b"], "no page of an edition"),
        (["https://english.almayadeen.net/", "--config", "missing.toml"], "missing.toml"),
    ],
)
def test_inspect_refuses_what_it_cannot_read(arguments: list[str], says: str) -> None:
    Path("empty.html").write_bytes(b"")
    result = run("inspect", *arguments)
    assert result.code == 2
    assert says in result.sentence


def test_inspect_tells_of_a_page_that_is_missing(server: Server) -> None:
    result = run("inspect", f"{server.url}/no/such", "--origin", f"es={server.url}", "--delay", "0")
    assert result.code != 0
    assert "there is no such page" in result.sentence


# serve


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("news.xml", "application/xml"),
        ("news/politics.xml", "application/xml"),
        ("news.json", "application/json; charset=utf-8"),
        ("index.html", "text/html; charset=utf-8"),
        ("", "text/html; charset=utf-8"),
        ("style.css", "text/css; charset=utf-8"),
        ("feeds.opml", "text/x-opml"),
        ("ar/%D8%A3.xml", "application/xml"),
    ],
)
def test_serve_sends_what_github_pages_sends(tmp_path: Path, name: str, content_type: str) -> None:
    path = tmp_path / "feeds" / urllib.request.url2pathname(name or "index.html")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"content")
    with (
        previewing(tmp_path / "feeds") as preview,
        urllib.request.urlopen(f"{preview.url}/{name}") as answer,  # noqa: S310  # loopback
    ):
        assert answer.read() == b"content"
        assert answer.headers["Content-Type"] == content_type


@contextmanager
def previewing(folder: Path) -> Iterator[Preview]:
    """A preview that runs meanwhile."""
    with Preview(folder) as preview:
        thread = threading.Thread(target=preview.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield preview
        finally:
            preview.shutdown()
            thread.join()


def asked(preview: Preview, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes, Message]:
    """Status, body and headers of an answer."""
    connection = HTTPConnection("127.0.0.1", preview.server_port)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    with closing(connection), connection.getresponse() as answer:
        return answer.status, answer.read(), answer.headers


@pytest.fixture
def site_folder(tmp_path: Path) -> Path:
    """A folder of pages as a build lays them out."""
    folder = tmp_path / "feeds"
    for name in ("index.html", "news.html", "news/politics.html", "ar/index.html", "404.html"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/", 200, b"index.html"),
        ("/news", 200, b"news.html"),
        ("/news/politics?x=1", 200, b"news/politics.html"),
        ("/ar/", 200, b"ar/index.html"),
        ("/ar", 301, b""),
        ("/news/", 404, b"404.html"),
        ("/no/such", 404, b"404.html"),
        ("/../news", 200, b"news.html"),
    ],
)
def test_serve_finds_pages_as_github_pages_does(site_folder: Path, path: str, status: int, body: bytes) -> None:
    with previewing(site_folder) as preview:
        got, content, headers = asked(preview, path)
        assert (got, content) == (status, body)
        assert status == 301 or headers["Content-Type"] == "text/html; charset=utf-8"
        assert headers["Location"] == ("/ar/" if status == 301 else None)
        assert asked(preview, path, "HEAD")[:2] == (status, b"")


def test_serve_sends_nothing_again_that_has_not_changed(site_folder: Path) -> None:
    with previewing(site_folder) as preview:
        _, _, headers = asked(preview, "/news.html")
        since = headers["Last-Modified"]
        assert asked(preview, "/news.html", If_Modified_Since=since)[:2] == (304, b"")
        os.utime(site_folder / "news.html", (2e9, 2e9))
        assert asked(preview, "/news.html", If_Modified_Since=since)[:2] == (200, b"news.html")


def test_serve_shows_no_folder_and_nothing_beside_it(site_folder: Path) -> None:
    for name in ("index.html", "404.html"):
        (site_folder / name).unlink()
    site_folder.with_name("feeds.html").write_text("not for you")
    with previewing(site_folder) as preview:
        for path in ("/", "/news/", "/../feeds", "/..%2Ffeeds", "/.."):
            status, content, _ = asked(preview, path)
            assert status != 200
            assert b"not for you" not in content
            assert b"politics" not in content


def test_serve_refuses_what_it_cannot_serve(tmp_path: Path, server: Server) -> None:
    missing = run("serve", tmp_path / "missing")
    assert (missing.code, "is no folder" in missing.sentence) == (2, True)
    taken = run("serve", tmp_path, "--port", str(server.server_port))
    assert (taken.code, "--port" in taken.sentence) == (2, True)


# demo


def test_demo_builds_and_checks_feeds_over_older_ones_of_the_sample(tmp_path: Path) -> None:
    out = tmp_path / "feeds"
    assert run("demo", "--out", out).code == 0
    result = run("demo", "--out", out)
    assert result.code == 0
    assert "checked" in result.out
    feeds = read_folder(out)
    assert {line.split()[0] for line in result.out.splitlines() if ".xml  " in line} == {f"{key}.xml" for key in feeds}
    assert len(feeds["all"].entries) == 50
    assert set(feeds) == feed_keys(SampleSite())
    assert list(Path().iterdir()) == []


def test_a_real_build_leaves_nothing_of_the_samples_feeds(tmp_path: Path, server: Server) -> None:
    place = Place(tmp_path, server)
    assert run("demo", "--out", place.out).code == 0
    result = place.build()
    assert result.code == 0
    assert result.report["warnings"] == []
    assert {key.partition("/")[0] for key in place.feeds} == {"es"}
    assert run("check", place.out).code == 0


def test_demo_leaves_real_feeds_alone(tmp_path: Path, server: Server) -> None:
    place = Place(tmp_path, server)
    place.build("--only", "videos")
    before = tree(tmp_path)
    result = run("demo", "--out", place.out)
    assert result.code == 2
    assert str(place.out) in result.sentence
    assert tree(tmp_path) == before
    assert read_feed(place.out / "es" / "videos.xml").entries

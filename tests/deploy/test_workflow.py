"""The publishing job, step by step as GitHub runs it: a scratch clone, a bare repository as origin, the sample site."""

import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote

import pytest

from feedgen_mayadeen.check import check_folder
from feedgen_mayadeen.deploy import github
from tests.feeds import ReadFeed, read_folder
from tests.repositories import Repository
from tests.running import Server, serve, status
from tests.workflow import ROOT, Ran, Runner, read, scratch_clone

pytestmark = pytest.mark.skipif(not (ROOT / ".venv" / "bin").is_dir(), reason="the steps use what make installs into .venv")

BASE = "https://me.github.io/feedgen-mayadeen"


class Hub(ThreadingHTTPServer):
    """A WebSub hub that notes what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        super().__init__(("127.0.0.1", 0), _HubHandler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class _HubHandler(BaseHTTPRequestHandler):
    server: Hub

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        assert form["hub.mode"] == ["publish"]
        self.server.told += form["hub.url"]
        self.send_response(204)
        self.end_headers()

    def log_message(self, *arguments: Any) -> None:
        """Stays silent."""


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as one:
        threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield one
        one.shutdown()


class Pages:
    """GitHub's side: the repository, what Pages serves, and a fresh machine for each run."""

    def __init__(self, folder: Path, server: Server, hub: Hub | None = None) -> None:
        self.folder, self.server, self.hub = folder, server, hub
        self.origin = Repository(folder / "origin.git")
        self.served: Path | None = None
        self.runs = 0
        self.workflow = read("publish.yml")
        self.last: Path = folder

    def machine(self, **inputs: str) -> Runner:
        """A fresh machine with a clone."""
        self.runs += 1
        self.last = self.folder / f"run-{self.runs}"
        scratch_clone(self.last, self.origin.path)
        if self.hub:
            text = (self.last / "feeds.toml").read_text().replace('#hub = ""', f'hub = "{self.hub.url}"')
            (self.last / "feeds.toml").write_text(text)
        context = {f"inputs.{name}": value for name, value in inputs.items()}
        environment = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": "me/feedgen-mayadeen",
            "FEEDGEN_MAYADEEN_BUILD_ORIGINS": f"es={self.server.url}",
            "FEEDGEN_MAYADEEN_BUILD_EDITIONS": "es",
            "FEEDGEN_MAYADEEN_BUILD_DELAY": "0",
        }
        self.server.reset()
        return Runner(self.last, context, self._actions(), environment)

    def _actions(self) -> dict[str, Any]:
        store = self.folder / "artifacts"

        def upload_pages(options: dict[str, Any]) -> dict[str, str]:
            shutil.rmtree(store / "pages", ignore_errors=True)
            shutil.copytree(self.last / options["path"], store / "pages")
            return {}

        def deploy(options: dict[str, Any]) -> dict[str, str]:
            self.served = self.folder / f"served-{self.runs}"
            shutil.copytree(store / "pages", self.served)
            return {"page_url": f"{BASE}/"}

        def upload(options: dict[str, Any]) -> dict[str, str]:
            store.mkdir(exist_ok=True)
            shutil.copy(self.last / options["path"], store / options["name"])
            return {}

        def download(options: dict[str, Any]) -> dict[str, str]:
            shutil.copy(store / options["name"], self.last / "changed.txt")
            return {}

        return {
            "actions/checkout": lambda options: {},
            "actions/configure-pages": lambda options: {"base_url": BASE},
            "actions/upload-pages-artifact": upload_pages,
            "actions/deploy-pages": deploy,
            "actions/upload-artifact": upload,
            "actions/download-artifact": download,
        }

    def run(self, runner: Runner | None = None) -> Ran:
        """A whole run of the workflow; gives what became of the building job."""
        runner = runner or self.machine()
        jobs = self.workflow["jobs"]
        ran = runner.run(jobs["build"])
        if ran.result != "cancelled" and ran.given["deploy"] == "true":
            assert runner.run(jobs["deploy"]).result == "success"
            if ran.given["ping"] == "true":
                assert runner.run(jobs["ping"]).result == "success"
        return ran

    @property
    def feeds(self) -> dict[str, ReadFeed]:
        assert self.served
        return read_folder(self.served)

    def check(self) -> None:
        """What Pages serves is whole and nothing but feeds; the memory is one commit."""
        assert self.served
        assert check_folder(self.served) == ()
        assert not [path for path in self.served.rglob("*") if path.name.startswith(".") or path.suffix == ".sqlite"]
        assert len(self.origin.commits("memory")) == 1


@pytest.fixture
def site() -> Iterator[Server]:
    with serve("es") as (one,):
        yield one


@pytest.fixture
def pages(tmp_path: Path, site: Server) -> Pages:
    return Pages(tmp_path, site)


def test_first_run_and_second_run(pages: Pages, site: Server) -> None:
    ran = pages.run()
    assert ran.result == "success", ran.printed
    pages.check()
    feeds = pages.feeds
    assert feeds["es/all"].numbers == [article.postid for article in site.site.articles]
    assert dict(feeds["es/all"].links)["self"] == f"{BASE}/es/all.xml"
    assert "| es/all.xml |" in ran.summary

    ran = pages.run()
    assert ran.result == "success", ran.printed
    pages.check()
    assert site.article_paths == []
    assert len(set(site.paths)) == len(site.paths)
    assert {request.status for request in site.requests} == {304}
    assert pages.feeds == feeds


def test_a_section_that_fails_makes_the_run_red_and_the_rest_is_published(pages: Pages, site: Server) -> None:
    newest, *others = site.site.articles
    site.site.now = others[0].published
    pages.run()
    site.site.now = newest.published
    site.faults["/noticias/deportes"] = status(500)
    ran = pages.run()
    assert (ran.result, ran.outcomes["build"], ran.outcomes["save"], ran.outcomes["upload"]) == (
        "failure", "failure", "success", "success",
    )  # fmt: skip
    assert "::error title=Server::https://espanol.almayadeen.net/noticias/deportes" in ran.printed["build"]
    pages.check()
    assert pages.feeds["es/all"].numbers[0] == newest.postid
    assert "es/noticias/deportes" in pages.feeds
    site.faults = {}
    assert pages.run().result == "success"


def test_a_site_that_cannot_be_read_is_told_of_and_keeps_its_feeds(pages: Pages, site: Server) -> None:
    pages.run()
    feeds = pages.feeds
    site.faults["*"] = status(403)
    ran = pages.run()
    assert ran.result == "failure"
    pages.check()
    assert pages.feeds == feeds
    assert pages.served is not None
    assert '"exit_code": 3' in (pages.served / "status.json").read_text()


def test_a_run_for_some_feeds_serves_all_of_them(pages: Pages, site: Server) -> None:
    pages.run()
    feeds = pages.feeds
    ran = pages.run(pages.machine(feeds="noticias/deportes"))
    assert ran.result == "success", ran.printed
    assert pages.feeds == feeds
    assert len(site.paths) < len(site.site.lists())


def test_a_dry_run_publishes_nothing(pages: Pages) -> None:
    ran = pages.run(pages.machine(**{"dry-run": "true"}))
    assert ran.result == "success", ran.printed
    assert pages.served is None
    assert pages.origin.commits("memory") == []


def test_a_run_that_another_one_overtook_is_red_and_loses_nothing(pages: Pages, site: Server) -> None:
    newest, *others = site.site.articles
    site.site.now = others[0].published
    pages.run()
    before = pages.feeds
    runner = pages.machine()
    site.site.now = newest.published
    slow = runner.folder

    def overtake() -> None:
        assert pages.run().result == "success"
        pages.last = slow

    runner.before["Save the memory"] = overtake
    ran = pages.run(runner)
    assert (ran.result, ran.outcomes["save"], ran.outcomes["upload"]) == ("failure", "failure", "skipped")
    assert "nothing is lost" in ran.printed["save"]
    assert len(ran.printed["save"].splitlines()) == 1
    pages.check()
    assert pages.feeds["es/all"].numbers == [newest.postid, *before["es/all"].numbers]
    assert pages.run().result == "success"
    assert site.article_paths == []


def test_a_run_that_is_killed_between_build_and_save_is_made_up_for(pages: Pages, site: Server) -> None:
    newest, *others = site.site.articles
    site.site.now = others[0].published
    pages.run()
    before = pages.feeds
    site.site.now = newest.published
    runner = pages.machine()
    runner.killed_before = "Save the memory"
    assert pages.run(runner).result == "cancelled"
    assert pages.feeds == before
    assert pages.run().result == "success"
    pages.check()
    assert pages.feeds["es/all"].numbers == [newest.postid, *before["es/all"].numbers]


def test_the_hub_is_told_of_the_changed_feeds_after_the_deployment(tmp_path: Path, site: Server, hub: Hub) -> None:
    pages = Pages(tmp_path, site, hub)
    newest, *others = site.site.articles
    site.site.now = others[0].published
    pages.run()
    before = pages.feeds
    assert set(hub.told) == {f"{BASE}/{file}" for file in quoted(before)}
    assert all(("hub", hub.url) in feed.links for feed in before.values())
    hub.told.clear()
    pages.run()
    assert hub.told == []
    site.site.now = newest.published
    pages.run()
    changed = {key: feed for key, feed in pages.feeds.items() if feed != before.get(key)}
    assert changed
    assert sorted(hub.told) == sorted(f"{BASE}/{file}" for file in quoted(changed))


def quoted(feeds: dict[str, ReadFeed]) -> list[str]:
    return [quote(f"{key}.xml") for key in feeds]


def test_a_hub_that_fails_leaves_the_run_green(tmp_path: Path, site: Server, hub: Hub) -> None:
    pages = Pages(tmp_path, site, hub)
    hub.shutdown()
    hub.server_close()
    assert pages.run().result == "success"
    pages.check()


@pytest.mark.parametrize(
    ("repository", "address"),
    [
        ("Me/feeds", "https://me.github.io/feeds/"),
        ("me/Me.github.io", "https://me.github.io/"),
        ("", None),
    ],
)
def test_the_address_of_the_pages_follows_from_the_repository(repository: str, address: str | None) -> None:
    assert github.pages_address({"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": repository}) == address
    assert github.pages_address({"GITHUB_REPOSITORY": repository}) is None


def test_workflows_hold_no_expression_in_a_command_and_pin_all_actions() -> None:
    for file in sorted((ROOT / ".github" / "workflows").glob("*.yml")):
        workflow = read(file.name)
        assert workflow["permissions"] == {}
        for job in workflow["jobs"].values():
            assert "timeout-minutes" in job
            for step in job["steps"]:
                assert "${{" not in step.get("run", "")

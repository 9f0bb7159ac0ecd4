"""`publish`: a finished folder goes to a branch or to a folder; nothing of anybody else's is lost on the way."""

from pathlib import Path

import pytest

from feedgen_mayadeen.deploy import git
from feedgen_mayadeen.deploy.pages import ForeignBranchError, Sending, Sent, is_repository, send
from feedgen_mayadeen.errors import OutputError, UsageError
from tests.repositories import Repository
from tests.running import files_of

NAMES = ("all.xml", "ar/أخبار/سياسة.xml", "feeds.opml", "index.html", "news/politics.json", "status.json", "style.css")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as a build writes it, into the place that the project has for it."""
    feeds = tmp_path / "feeds"
    for name in (*NAMES, "README.md", ".gitignore", "news/.feed-killed.part"):
        (feeds / name).parent.mkdir(parents=True, exist_ok=True)
        (feeds / name).write_bytes(f"the content\r\nof {name}\n".encode())
    return feeds


@pytest.fixture
def remote(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "pages.git")


def published(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in NAMES}


def contents(folder: Path) -> dict[str, bytes]:
    """The files of a folder that visitors see."""
    return {name: content for name, (content, _) in files_of(folder).items() if not name.startswith(".")}


# To a branch


def test_a_branch_gets_one_commit_with_the_files_of_a_build_and_nothing_else(folder: Path, remote: Repository) -> None:
    sent = send(folder, str(remote.path))
    assert sent == Sent(Sending.PUBLISHED, str(remote.path), len(NAMES), remote.commits("gh-pages")[0])
    files = remote.files("gh-pages")
    assert b"feedgen-mayadeen" in files.pop(".nojekyll")
    assert files == published(folder)


def test_an_unchanged_folder_makes_no_push(folder: Path, remote: Repository) -> None:
    first = send(folder, str(remote.path))
    remote.hook("pre-receive", "exit 1")
    assert send(folder, str(remote.path)) == Sent(Sending.UNCHANGED, first.place, first.files, first.commit)


def test_a_changed_folder_replaces_the_only_commit(folder: Path, remote: Repository) -> None:
    send(folder, str(remote.path))
    (folder / "all.xml").write_text("another one")
    (folder / "status.json").unlink()
    sent = send(folder, str(remote.path))
    assert remote.commits("gh-pages") == [sent.commit]
    assert remote.files("gh-pages")["all.xml"] == b"another one"
    assert "status.json" not in remote.files("gh-pages")


def test_another_branch_can_be_named(folder: Path, remote: Repository) -> None:
    send(folder, str(remote.path), branch="site/feeds")
    assert remote.commits("gh-pages") == []
    assert len(remote.commits("site/feeds")) == 1


def test_the_domain_that_github_wrote_into_the_branch_stays(folder: Path, remote: Repository) -> None:
    send(folder, str(remote.path))
    remote.change("gh-pages", {"CNAME": b"feeds.example.org\n"})
    assert send(folder, str(remote.path)).outcome is Sending.UNCHANGED
    (folder / "all.xml").write_text("another one")
    send(folder, str(remote.path))
    assert len(remote.commits("gh-pages")) == 1
    assert remote.files("gh-pages")["CNAME"] == b"feeds.example.org\n"


def test_a_branch_of_somebody_elses_is_not_replaced(folder: Path, remote: Repository) -> None:
    commit = remote.change("main", {"program.py": b"x = 1\n", ".nojekyll": b""})
    with pytest.raises(ForeignBranchError, match=r"branch main: .*not publish \(such as \.nojekyll\); give another --branch"):
        send(folder, str(remote.path), branch="main")
    assert remote.commits("main") == [commit]


def test_a_refused_push_is_one_sentence_with_the_servers_reason(folder: Path, remote: Repository) -> None:
    remote.hook("pre-receive", "echo 'GH006: this branch is protected' >&2; exit 1")
    with pytest.raises(git.RefusedRemoteError) as caught:
        send(folder, str(remote.path))
    assert str(caught.value) == (
        f"{remote.path}, branch gh-pages: the repository refuses this (GH006: this branch is protected; [remote rejected]"
        " (pre-receive hook declined)); check that this account, key or token may push to this branch, and that no rule"
        " protects it"
    )
    assert remote.commits("gh-pages") == []


def test_a_server_that_wants_no_replaced_commits_refuses(folder: Path, remote: Repository) -> None:
    send(folder, str(remote.path))
    remote.set("receive.denyNonFastForwards", "true")
    (folder / "all.xml").write_text("another one")
    with pytest.raises(git.RefusedRemoteError, match="non-fast-forward"):
        send(folder, str(remote.path))


def test_no_setting_of_a_persons_git_changes_the_files(
    folder: Path, remote: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks, config = tmp_path / "hooks", tmp_path / "gitconfig"
    hooks.mkdir()
    (hooks / "pre-push").write_text("#!/bin/sh\nexit 1\n")
    (hooks / "pre-push").chmod(0o755)
    for name, line in {"ignored": "*.xml\n*.json\n", "attributes": "* text eol=lf\n"}.items():
        (tmp_path / name).write_text(line)
    config.write_text(
        f"[core]\nhooksPath = {hooks}\nexcludesFile = {tmp_path / 'ignored'}\nattributesFile = {tmp_path / 'attributes'}\n"
        "autocrlf = true\nsafecrlf = true\n[commit]\ngpgSign = true\n[push]\ngpgSign = true\n[gpg]\nprogram = false\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    send(folder, str(remote.path))
    monkeypatch.undo()
    assert not (tmp_path / "index").exists()
    files = remote.files("gh-pages")
    assert {name: files[name] for name in NAMES} == published(folder)


# To a folder


def test_a_folder_gets_the_files_of_a_build(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "www"
    assert send(folder, str(target)) == Sent(Sending.PUBLISHED, str(target), len(NAMES))
    assert contents(target) == published(folder)


def test_unchanged_files_are_not_touched(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "www"
    send(folder, str(target))
    before = files_of(target)
    assert send(folder, str(target)).outcome is Sending.UNCHANGED
    assert files_of(target) == before


def test_what_is_no_more_is_taken_away_and_what_others_put_there_stays(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "www"
    send(folder, str(target))
    for name in ("about.html", "news/mine.xml"):
        (target / name).write_text("my own page")
    for name in ("news/politics.json", "ar/أخبار/سياسة.xml"):
        (folder / name).unlink()
    assert send(folder, str(target)).outcome is Sending.PUBLISHED
    left = contents(target)
    assert left.pop("about.html") == left.pop("news/mine.xml") == b"my own page"
    assert sorted(left) == ["all.xml", "feeds.opml", "index.html", "status.json", "style.css"]
    assert not (target / "ar").exists()


def test_a_folder_that_holds_other_files_is_refused(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "www"
    target.mkdir()
    (target / "thesis.xml").write_text("years of work")
    with pytest.raises(UsageError, match=r"thesis\.xml: was not published by this program; give an empty folder to --to"):
        send(folder, str(target))
    assert [path.name for path in target.iterdir()] == ["thesis.xml"]


def test_a_file_of_ones_own_is_not_overwritten(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "www"
    send(folder, str(target))
    (folder / "about.html").write_text("the build's")
    (target / "about.html").write_text("my own page")
    with pytest.raises(UsageError, match=r"about\.html: was not published by this program"):
        send(folder, str(target))
    assert (target / "about.html").read_text() == "my own page"


def test_a_publishing_that_was_killed_is_gone_on_with(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "www"
    send(folder, str(target))
    (folder / "about.html").write_text("new")
    (folder / "all.xml").write_text("another one")
    (folder / "status.json").unlink()
    (target / "news" / ".feed-half.part").write_text("ha")

    def killed(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes())
        if source.name == "about.html":
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("feedgen_mayadeen.deploy.pages._copy", killed)
        with pytest.raises(KeyboardInterrupt):
            send(folder, str(target))
    send(folder, str(target))
    assert sorted(contents(target)) == sorted({*NAMES, "about.html"} - {"status.json"})
    assert (target / "all.xml").read_text() == "another one"
    assert not (target / "news" / ".feed-half.part").exists()


def test_a_list_that_leads_out_of_the_folder_takes_nothing_away(folder: Path, tmp_path: Path) -> None:
    target, other = tmp_path / "www", tmp_path / "other.xml"
    send(folder, str(target))
    other.write_text("not in the folder")
    with (target / ".feedgen-mayadeen").open("a") as file:
        file.write(f"../other.xml\n{other}\n")
    send(folder, str(target))
    assert other.exists()


def test_a_folder_within_the_published_one_is_refused(folder: Path, tmp_path: Path) -> None:
    for place in (folder, folder / "www", tmp_path):
        with pytest.raises(UsageError, match="one lies in the other"):
            send(folder, str(place))


def test_a_file_as_the_place_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "www").write_text("")
    with pytest.raises(UsageError, match="www: is a file; give a folder or a repository to --to"):
        send(folder, str(tmp_path / "www"))


def test_a_place_that_can_not_be_written_is_one_sentence(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "www").write_text("")
    with pytest.raises(OutputError, match=r"can't be written \(Not a directory\)"):
        send(folder, str(tmp_path / "www" / "deeper"))


# What is sent


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("memory.sqlite", "is nothing that a build writes"),
        ("news/notes.txt", "is nothing that a build writes"),
        ("lock", "is nothing that a build writes"),
    ],
)
def test_a_folder_with_anything_else_in_it_is_not_published(
    folder: Path, remote: Repository, name: str, sentence: str
) -> None:
    (folder / name).write_text("private")
    with pytest.raises(UsageError, match=f"{name}: {sentence}"):
        send(folder, str(remote.path))
    assert remote.commits("gh-pages") == []


def test_links_are_not_followed_out_of_the_folder(folder: Path, remote: Repository, tmp_path: Path) -> None:
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "letters.xml").write_text("private")
    for name, target in {"letters.xml": "private/letters.xml", "more": "private"}.items():
        (folder / name).symlink_to(tmp_path / target)
        with pytest.raises(UsageError, match=f"{name}: is nothing that a build writes"):
            send(folder, str(remote.path))
        (folder / name).unlink()


@pytest.mark.parametrize("to", ["repository", "folder"])
def test_invented_articles_are_not_published(folder: Path, tmp_path: Path, remote: Repository, to: str) -> None:
    (folder / "status.json").write_text('{"version": 1, "sample": true}')
    with pytest.raises(UsageError, match="invented articles"):
        send(folder, str(remote.path if to == "repository" else tmp_path / "there"))
    assert not (tmp_path / "there").exists()
    (folder / "status.json").write_text('{"version": 1, "sample": false}')
    assert send(folder, str(remote.path)).outcome is Sending.PUBLISHED


def test_a_folder_without_feeds_is_not_published(tmp_path: Path, remote: Repository) -> None:
    with pytest.raises(UsageError, match="nothing: is no folder"):
        send(tmp_path / "nothing", str(remote.path))
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "index.html").write_text("")
    with pytest.raises(UsageError, match="empty: holds no feed; build first"):
        send(tmp_path / "empty", str(remote.path))


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("git@github.com:me/feeds", True),
        ("https://github.com/me/feeds", True),
        ("ssh://host/feeds", True),
        ("home:feeds", True),
        ("../feeds.git", True),
        ("bare", True),
        ("www", False),
        ("/srv/www/a:b", False),
        (r"C:\www", False),
    ],
)
def test_a_place_is_a_repository_or_a_folder(place: str, expected: bool) -> None:
    Repository(Path("bare"))
    assert is_repository(place) is expected

"""What is printed: in any encoding, to a full disk, to nobody; the work is done all the same."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.running import Place, command, dropped, run

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
ENCODINGS = ("cp1252", "ascii", "utf-8", "utf-16", "cp864")


def started(arguments: list[str], encoding: str = "utf-8", **streams: Any) -> subprocess.CompletedProcess[bytes]:
    """A command in a process of its own, whose streams have this encoding."""
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    given: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    return subprocess.run(arguments, env=environment, check=False, **given)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("option", ["--json", "-v"])
def test_a_build_prints_in_any_encoding(place: Place, encoding: str, option: str) -> None:
    done = started(command("build", *place.options, option), encoding)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
    if option == "--json":
        # click writes UTF-8 where ASCII alone is offered.
        keys = {feed["key"] for feed in json.loads(done.stdout.decode(encoding))["feeds"]}
        assert "noticias/pol\u00edtica" in keys


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("json_too", [False, True])
def test_a_list_in_arabic_prints_in_any_encoding(tmp_path: Path, encoding: str, json_too: bool) -> None:
    options = ["--json"] if json_too else []
    done = started(command("list", "--state", tmp_path, "--edition", "ar", *options), encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    if json_too:
        assert "أخبار/سياسة" in {row["key"] for row in json.loads(done.stdout.decode(encoding))}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_fault_prints_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    done = started(command("check", tmp_path / "خلاصات 😀"), encoding)
    assert (done.returncode, done.stdout) == (2, b"")
    assert len(done.stderr.decode("utf-8" if encoding == "ascii" else encoding).splitlines()) == 1


@pytest.mark.parametrize("name", [b"feeds-\xff", "خلاصات".encode()])
def test_a_folder_prints_whatever_its_name(spanish_build: Place, tmp_path: Path, name: bytes) -> None:
    folder = tmp_path / os.fsdecode(name)
    try:
        folder.symlink_to(spanish_build.out, target_is_directory=True)
    except OSError:
        pytest.skip("this file system does not take such a name")
    done = started([*command("list", "--state", spanish_build.state, "--edition", "es")])
    assert done.returncode == 0
    done = started([*command("check"), os.fsdecode(bytes(folder))])
    assert b"Traceback" not in done.stderr


@needs_full
@pytest.mark.parametrize("option", ["--json", "-v", "-q"])
@pytest.mark.parametrize("full", [("stdout",), ("stderr",), ("stdout", "stderr")])
def test_a_full_stream_stops_no_build(place: Place, tmp_path: Path, option: str, full: tuple[str, ...]) -> None:
    changed = tmp_path / "changed.txt"
    with FULL.open("wb") as nothing:
        streams: dict[str, Any] = dict.fromkeys(full, nothing)
        done = started(command("build", *place.options, option, "--changed", changed), **streams)
    assert (place.out / "es/all.xml").is_file()
    assert changed.read_text("utf-8").count("\n") == len(place.feeds)
    wrote = option != "-q" and ("stdout" in full or option == "-v")
    assert done.returncode == int(wrote)
    if wrote and "stderr" not in full:
        sentences = [line for line in done.stderr.decode().splitlines() if "could not be written" in line]
        assert sentences == [
            "feedgen-mayadeen: the output could not be written (No space left on device); what else was to be done was done"
        ]
        assert b"Traceback" not in done.stderr
        assert b"Exception" not in done.stderr


@needs_full
@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["build", "--help"], ["list"], ["list", "--json"], ["check", "."]]
)
def test_a_full_stream_is_one_sentence(arguments: list[str]) -> None:
    with FULL.open("wb") as nothing:
        done = started(command(*arguments), stdout=nothing)
    lines = done.stderr.decode().splitlines()
    assert done.returncode == 1
    assert [line for line in lines if "could not be written" in line] == lines[-1:]
    assert "Traceback" not in done.stderr.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="no shell that closes streams")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&-", "<&- >&- 2>&-"])
def test_closed_streams_stop_no_build(place: Place, closed: str) -> None:
    done = started(["sh", "-c", f'"$@" {closed}', "sh", *command("build", *place.options)])
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
    assert (place.out / "es/all.xml").is_file()
    assert run("build", *place.options, "-q").code == 0, "no stream was taken for the memory's file"


@pytest.mark.skipif(sys.platform == "win32", reason="no head")
def test_a_reader_that_has_enough_stops_no_build(place: Place) -> None:
    done = started(["sh", "-c", '"$@" | true', "sh", *command("build", *place.options)])
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr
    assert (place.out / "es/all.xml").is_file()


# Help, list, doctor


def test_help_cuts_no_sentence() -> None:
    for group in ([], ["memory"]):
        commands = run(*group, "--help").out.partition("Commands:")[2]
        assert commands
        assert "..." not in commands
    commands = run("--help").out.partition("Commands:")[2]
    assert "Validate everything in a built folder; one line per finding" in commands


def test_list_has_headings_above_its_columns(spanish_build: Place) -> None:
    heading, *lines = run("list", "--state", spanish_build.state, "--edition", "es").out.splitlines()
    for name in ("entries", "last success", "title", "address"):
        at = heading.index(name)
        assert {line[at - 1] for line in lines} == {" "}
        assert " " not in {line[at] for line in lines}


def test_doctor_gives_an_advice_once(place: Place) -> None:
    place.servers[0].faults["*"] = dropped
    options = place.options[place.options.index("--delay") :]
    told = run("doctor", "--state", place.state, *options)
    assert told.code == 1
    advice = [line.strip() for line in told.out.splitlines() if line.startswith(" ")]
    assert len(advice) == len(set(advice)) >= 1

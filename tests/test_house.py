"""The shape of the house: who may import whom, who may print, how long a module may be."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = "feedgen_mayadeen"
ROOT = Path(__file__).parents[1] / PACKAGE
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix("__init__").rstrip("."): path
    for path in sorted(ROOT.rglob("*.py"))
}
"""Every module by its name within the package; "" is the package itself."""

FLOORS: tuple[tuple[str, ...], ...] = (
    ("", "errors", "markup", "models", "stop", "text", "urls"),
    ("clean", "config", "files", "ids", "report"),
    ("fetch", "site"),
    ("store",),
    ("context",),
    ("crawl", "generate", "deploy", "check", "sample"),
    ("build",),
    ("commands",),
    ("cli",),
    ("__main__",),
)
"""The rooms of the house, from the ground: a room may import those below it, and no other on its own floor."""
ROOMS = {room: height for height, floor in enumerate(FLOORS) for room in floor}
GROUND = FLOORS[0]
APART: dict[str, tuple[str, ...]] = {
    "check": (*GROUND, "clean", "ids"),
    "sample": (),
    "fetch": GROUND,
    "clean": GROUND,
    "deploy": (*GROUND, "files", "report", "store", "fetch"),
}
"""Rooms that know less than their floor would let them: `check` nothing of how a folder was written."""

OWNERS = {
    "requests": ("fetch",),
    "urllib3": ("fetch",),
    "protego": ("fetch",),
    "feedgen": ("generate.render",),
    "lxml": ("site", "generate.render", "check"),
    "webencodings": ("fetch",),
    "nh3": ("clean", "check"),
    "bs4": ("markup", "clean", "site", "fetch", "check"),
    "click": ("cli", "commands"),
    "sqlite3": ("store",),
    "filelock": ("store",),
    "jinja2": ("sample", "generate.render"),
}
"""Libraries that only some modules may import."""
SPEAKERS = ("cli", "commands")


def is_in(module: str, names: tuple[str, ...]) -> bool:
    return any(module == name or (name != "" and module.startswith(f"{name}.")) for name in names)


@cache
def imported(module: str) -> frozenset[str]:
    """All that a module imports, anywhere in it, by full name; of `from x import y` both x and x.y."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(FILES[module].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            found |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


def own(module: str) -> Iterator[str]:
    """The modules of the package that a module needs; the package itself only for a name that is no module."""
    named = {name.removeprefix(PACKAGE).lstrip(".") for name in imported(module) if name.split(".")[0] == PACKAGE}
    modules = named & FILES.keys()
    yield from modules - {""}
    source = FILES[module].read_text("utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == PACKAGE and any(a.name not in FILES for a in node.names):
            yield ""


def test_there_is_a_house() -> None:
    assert {"cli", "build", "fetch", "generate.render.atom", "site.article"} <= FILES.keys()


def test_imports_have_no_cycle() -> None:
    graph = {module: {needed for needed in own(module) if needed != module} for module in FILES}
    assert len(list(TopologicalSorter(graph).static_order())) == len(FILES)


def room_of(module: str) -> str:
    """The room that a module is in: its folder, or the module itself at the root."""
    return module.partition(".")[0]


def forbidden(module: str, needed: str) -> bool:
    """Whether a module may not import another: not upward, not across to another room of its floor; values freely."""
    room, other = room_of(module), room_of(needed)
    if room == other or (room in GROUND and other in GROUND):
        return False
    if room in APART:
        return other not in APART[room]
    return ROOMS[other] > ROOMS[room] or (ROOMS[other] == ROOMS[room] and ROOMS[room] > 1)


def test_every_room_has_its_floor() -> None:
    assert {room_of(module) for module in FILES} == ROOMS.keys()


@pytest.mark.parametrize("module", FILES)
def test_no_import_runs_upward_or_to_another_wing(module: str) -> None:
    assert {needed for needed in own(module) if forbidden(module, needed)} == set()


@pytest.mark.parametrize(
    ("module", "needed"),
    [
        ("crawl.lists", "generate.feeds"),
        ("generate.writer", "crawl"),
        ("deploy.pages", "generate.output"),
        ("store.lists", "context"),
        ("site.menu", "store.lists"),
        ("fetch.pace", "site.edition"),
        ("check.atom", "generate.render.atom"),
        ("models", "config"),
        ("build", "commands.show"),
    ],
)
def test_the_rule_finds_what_it_forbids(module: str, needed: str) -> None:
    assert forbidden(module, needed)


@pytest.mark.parametrize(("library", "owners"), OWNERS.items())
def test_a_library_has_one_owner(library: str, owners: tuple[str, ...]) -> None:
    users = {module for module in FILES if library in {name.split(".")[0] for name in imported(module)}}
    assert users
    assert {module for module in users if not is_in(module, owners)} == set()


@pytest.mark.parametrize("library", ["requests", "feedgen", "filelock"])
def test_one_module_imports(library: str) -> None:
    users = [module for module in FILES if library in {name.split(".")[0] for name in imported(module)}]
    assert len(users) == 1


@pytest.mark.parametrize("module", FILES)
def test_only_the_commands_print(module: str) -> None:
    calls = [node.func for node in ast.walk(ast.parse(FILES[module].read_text("utf-8"))) if isinstance(node, ast.Call)]
    names = [ast.unparse(call) for call in calls]
    prints = [name for name in names if name in ("print", "click.echo", "sys.stdout.write", "sys.stderr.write")]
    assert prints == [] or is_in(module, SPEAKERS)


@pytest.mark.parametrize("module", FILES)
def test_no_sql_numbers_its_values(module: str) -> None:
    # Early 3.12 and 3.13 take `?1` for a name, and warn that values come in a sequence; tests take a warning for an error.
    nodes = ast.walk(ast.parse(FILES[module].read_text("utf-8")))
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    assert [text for text in texts if re.search(r"\?\d", text)] == []


@pytest.mark.parametrize("module", FILES)
def test_a_module_says_first_what_it_owns_and_is_not_long(module: str) -> None:
    text = FILES[module].read_text("utf-8")
    assert text.startswith('"""')
    assert ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) <= 400


def test_the_main_job_is_readable_on_one_screen() -> None:
    assert len(FILES["build"].read_text("utf-8").splitlines()) <= 65

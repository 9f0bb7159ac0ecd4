"""Runs the `run:` steps of a workflow as GitHub Actions does, as far as this project's workflows use it."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]

Steps = list[dict[str, Any]]


def read(name: str) -> dict[str, Any]:
    """A workflow of this project by its file's name."""
    found = YAML(typ="safe").load(ROOT / ".github" / "workflows" / name)
    assert isinstance(found, dict)
    return found


@dataclass
class Ran:
    """What became of one job: each step's outcome and outputs, what the run steps printed, and the job's own outputs."""

    outcomes: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)
    result: str = "success"
    summary: str = ""
    given: dict[str, str] = field(default_factory=dict)


class Runner:
    """A machine that runs one job of a workflow in a folder; `actions` stand in for the actions that `uses:` names."""

    def __init__(
        self,
        folder: Path,
        context: Mapping[str, str],
        actions: Mapping[str, Callable[[dict[str, Any]], dict[str, str]]],
        environment: Mapping[str, str],
    ) -> None:
        self.folder, self.context, self.actions, self.environment = folder, context, actions, environment
        self.before: dict[str, Callable[[], None]] = {}
        """What happens right before a step, by the step's name."""
        self.killed_before = ""

    def run(self, job: dict[str, Any]) -> Ran:
        """Runs a job's steps in order; a failed step ends those whose condition does not say otherwise."""
        ran = Ran()
        for step in job["steps"]:
            name, ident = step["name"], step.get("id", step["name"])
            if name == self.killed_before:
                ran.result = "cancelled"
                return ran
            if not self._holds(str(step.get("if", "success()")), ran):
                ran.outcomes[ident] = "skipped"
                continue
            self.before.get(name, lambda: None)()
            ran.outcomes[ident] = self._step(step, ident, ran)
            if ran.outcomes[ident] == "failure":
                ran.result = "failure"
        ran.given = {name: self._filled(str(value), ran) for name, value in job.get("outputs", {}).items()}
        return ran

    def _step(self, step: dict[str, Any], ident: str, ran: Ran) -> str:
        if "uses" in step:
            action = re.fullmatch(r"([\w.-]+/[\w.-]+)@[0-9a-f]{40}", step["uses"])
            assert action, step["uses"]
            options = {name: self._filled(str(value), ran) for name, value in step.get("with", {}).items()}
            ran.outputs[ident] = self.actions[action[1]](options)
            return "success"
        assert "${{" not in step["run"]
        files = {name: self.folder / f".{name.lower()}" for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.write_text("")
        own = {name: self._filled(str(value), ran) for name, value in step.get("env", {}).items()}
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "GIT_", "MAKE"))},
            **self.environment,
            **{name: str(file) for name, file in files.items()},
            **own,
        }
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)
        ran.printed[ident] = done.stdout + done.stderr
        lines = files["GITHUB_OUTPUT"].read_text().splitlines()
        ran.outputs[ident] = dict(line.split("=", 1) for line in lines)
        ran.summary += files["GITHUB_STEP_SUMMARY"].read_text()
        for file in files.values():
            file.unlink()
        return "failure" if done.returncode else "success"

    def _value(self, name: str, ran: Ran) -> str:
        """What a name in an expression stands for; "" for what is not there, as GitHub has it."""
        if name.startswith("'"):
            return name.strip("'")
        parts = name.split(".")
        if parts[0] == "steps":
            if parts[2] == "outcome":
                return ran.outcomes.get(parts[1], "skipped")
            return ran.outputs.get(parts[1], {}).get(parts[3], "")
        return self.context.get(name, "")

    def _filled(self, text: str, ran: Ran) -> str:
        """A text with its expressions worked out: a value, the first of several that is not empty, or a comparison."""

        def fill(found: re.Match[str]) -> str:
            if "==" in found[1]:
                return "true" if self._holds(found[1], ran) else "false"
            values = (self._value(choice.strip(), ran) for choice in found[1].split("||"))
            return next((value for value in values if value), "")

        return re.sub(r"\$\{\{(.*?)\}\}", fill, text)

    def _holds(self, condition: str, ran: Ran) -> bool:
        return all(self._part(part.strip(), ran) for part in condition.removeprefix("${{").removesuffix("}}").split("&&"))

    def _part(self, part: str, ran: Ran) -> bool:
        if part in ("success()", "!cancelled()"):
            return part == "!cancelled()" or ran.result == "success"
        left, sign, right = re.split(r"\s*(==|!=)\s*", part)
        return (self._value(left, ran) == self._value(right, ran)) == (sign == "==")


def scratch_clone(folder: Path, origin: Path) -> None:
    """A clone as a fresh machine has it, with this project's files as they are now and what is installed already."""
    summary = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(summary, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, files):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    subprocess.run(["git", "-C", str(folder), "remote", "add", "origin", str(origin)], check=True)
    installed = folder / ".venv"
    installed.mkdir()
    (installed / "bin").symlink_to(ROOT / ".venv" / "bin")
    for name in ("pyvenv.cfg", "run.stamp"):  # newer than all that make would install for
        (installed / name).touch()

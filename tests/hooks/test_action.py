"""The steps of `action.yml`, run by bash in the way in which a GitHub runner does."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

CHECKOUT = Path(__file__).parents[2]
ACTION = yaml.safe_load((CHECKOUT / "action.yml").read_text(encoding="utf-8"))
INSTALL, LINT = ACTION["runs"]["steps"]
EXPRESSION = re.compile(r"\${{ (.+?) }}")

Step = Callable[..., subprocess.CompletedProcess[str]]


def run(step: dict, context: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a step with its expressions replaced; GITHUB_OUTPUT is the file `output` in its folder."""
    values = {key: EXPRESSION.sub(lambda found: context[found[1]], value) for key, value in step["env"].items()}
    environment = {**os.environ, **values, "GITHUB_OUTPUT": str(folder.parent / "output")}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def installed(package_index, published: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The padlint that the first step installs when no version is asked for: that of the action's own checkout."""
    folder = tmp_path_factory.mktemp("runner") / "work"
    folder.mkdir()
    context = {"inputs.version": "", "github.action_path": str(published), "runner.temp": str(folder.parent)}
    done = run(INSTALL, context, folder)
    assert done.returncode == 0, done.stderr
    return (folder.parent / "output").read_text(encoding="utf-8").strip().removeprefix("padlint=")


@pytest.fixture
def lint(installed: str, project: Path) -> Step:
    """Run the second step in someone's repository."""

    def run_step(args: str = "", src: str = ".") -> subprocess.CompletedProcess[str]:
        context = {"steps.install.outputs.padlint": installed, "inputs.args": args, "inputs.src": src}
        return run(LINT, context, project)

    return run_step


def test_a_finding_becomes_an_annotation_and_fails_the_job(lint: Step):
    done = lint()
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("::error title=padlint (PAD502),file=recordings.py,line=4,col=5,")
    assert done.stdout.count("::error") == 1


def test_arguments_reach_padlint_and_quotes_keep_blanks_together(lint: Step, project: Path):
    (project / "a file.py").write_text("import keras\n", encoding="utf-8")
    done = lint(args="--output-format concise\n--exit-zero", src="'a file.py' recordings.py")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("recordings.py:4:5: PAD502 ")
    assert "in 2 files" in done.stderr


def test_nothing_in_an_argument_is_run(lint: Step, project: Path):
    done = lint(args="--exit-zero --statistics", src="$(touch${IFS}made) `touch${IFS}made`")
    assert done.returncode == 2
    assert "does not exist" in done.stderr
    assert not (project / "made").exists()


def test_every_input_is_used_and_none_within_a_script():
    given = {name for step in ACTION["runs"]["steps"] for value in step["env"].values() for name in inputs(value)}
    assert given == set(ACTION["inputs"])
    assert not any(EXPRESSION.search(step["run"]) for step in ACTION["runs"]["steps"])


def inputs(value: str) -> list[str]:
    return re.findall(r"\${{ inputs\.(\w+) }}", value)

"""What the pages promise is there: links, flags, configurations, workflows."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from padlint.cli import VERBS
from padlint.config import Configurations
from padlint.policy.pragmas import pragmas
from padlint.python.budget import MOST_CALL_DEPTH, MOST_RECURSION, MOST_UNROLLED
from padlint.sources.source import read

CHECKOUT = Path(__file__).parents[2]
PAGES = sorted(
    path.relative_to(CHECKOUT).as_posix()
    for pattern in ("*.md", "docs/**/*.md", "rules/*.md", "fixtures/*.md")
    for path in CHECKOUT.glob(pattern)
)
# Flags of other programs that the pages speak of.
FOREIGN = {"--check", "--keras", "--group", "--nightly"}


def text_of(page: str) -> str:
    return (CHECKOUT / page).read_text(encoding="utf-8")


def fences(page: str, language: str) -> list[tuple[str, str]]:
    """Return what stands behind the language of each fence, and the fence."""
    return re.findall(rf"^```{language}(?: (\S+))?\n(.*?)^```$", text_of(page), re.MULTILINE | re.DOTALL)


def anchors(page: str) -> set[str]:
    """Return the names that GitHub gives to a page's headings."""
    headings = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str):
    prose = re.sub(r"^```.*?^```$", "", text_of(page), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", prose):
        path, _, anchor = target.partition("#")
        found = (CHECKOUT / page).parent / path if path else CHECKOUT / page
        assert found.exists(), target
        if anchor:
            assert anchor in anchors(found.resolve().relative_to(CHECKOUT).as_posix()), target


@pytest.fixture(scope="module")
def flags() -> set[str]:
    """Every flag that some verb of padlint knows."""
    helps = [
        subprocess.run(
            [sys.executable, "-P", "-m", "padlint", verb, "--help"], capture_output=True, text=True, check=True
        )
        for verb in VERBS
    ]
    shown = {flag for each in helps for flag in re.findall(r"--[a-z][a-z-]+", each.stdout)}
    return shown | {"--version", "--install-completion", "--no-fix"}


@pytest.mark.parametrize("page", [page for page in PAGES if not page.startswith("docs/design/")])
def test_flags_are_ones_that_padlint_knows(page: str, flags: set[str]):
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text_of(page)))
    assert named - flags - FOREIGN == set()


COMMANDS = [
    command.partition("  # ")[0].strip()
    for page in PAGES
    for language, prompt in (("console", "$ "), ("yaml", "    - "))
    for _, fence in fences(page, language)
    for command in re.findall(rf"^{re.escape(prompt)}(padlint .*)$", fence, re.MULTILINE)
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that has what the commands of the pages name."""
    (tmp_path / "src").mkdir()
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "src/model.py").write_text("import keras\n", encoding="utf-8")
    shutil.copy(CHECKOUT / "fixtures/notebook.ipynb", tmp_path / "train.ipynb")
    shutil.copytree(CHECKOUT / "fixtures", tmp_path / "fixtures")
    (tmp_path / ".padlint-baseline.json").write_text('{"version": 1, "findings": []}\n', encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("command", dict.fromkeys(COMMANDS))
def test_commands_can_be_typed(command: str, project: Path):
    program = [sys.executable, "-P", "-m", *shlex.split(command)]
    done = subprocess.run(program, cwd=project, input="", capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    assert "error:" not in done.stderr


@pytest.mark.parametrize("page", PAGES)
def test_configurations_can_be_used(page: str, tmp_path: Path):
    for _, example in fences(page, "toml"):
        if "[tool.padlint]" in example:
            (tmp_path / "pyproject.toml").write_text(example, encoding="utf-8")
            settings = Configurations(working_folder=tmp_path).of(tmp_path)
            assert settings.file == tmp_path / "pyproject.toml"
            assert settings.origins


def test_hooks_and_inputs_that_the_pages_use_are_offered():
    hooks = {hook["id"] for hook in yaml.safe_load(text_of(".pre-commit-hooks.yaml"))}
    inputs = set(yaml.safe_load(text_of("action.yml"))["inputs"])
    examples = [yaml.safe_load(text) for page in PAGES for _, text in fences(page, "yaml")]
    repositories = [repository for example in examples for repository in example.get("repos", ())]
    jobs = [job for example in examples for job in example.get("jobs", {}).values()]
    ours = [
        step for job in jobs for step in job["steps"] if step.get("uses", "").startswith("your-organisation/padlint@")
    ]
    assert {hook["id"] for repository in repositories for hook in repository["hooks"]} == hooks
    assert {name for step in ours for name in step["with"]} <= inputs
    assert ours


def test_ignore_comments_are_read_as_the_page_says():
    ((_, program),) = [fence for fence in fences("README.md", "python") if fence[0] == "ignores"]
    first, second = pragmas(read("model.py", Path("model.py"), program.encode()))
    assert (first.selectors, first.reason, first.rows) == (("PAD102",), "every sequence has 80 steps", (1, 1))
    assert (second.selectors, second.rows) == (("unmasked-sequence", "PAD103"), (4, 6))


def test_the_limits_are_those_of_the_program():
    page = " ".join(text_of("docs/limits.md").split())
    assert MOST_RECURSION == 2
    assert (
        f"up to {MOST_UNROLLED} rounds and taken together beyond that; calls are followed {MOST_CALL_DEPTH} deep"
        in page
    )

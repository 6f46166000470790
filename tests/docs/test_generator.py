"""`python docs/generator` on a copy of the pages: what it writes, what it notices, what it leaves alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
PROSE = ("README.md", "# padlint\n", "# padlint\n\nA sentence that somebody wrote.\n")
STALE = (
    ("docs/rules/PAD101.md", "example.py:", "sample.py:"),
    ("docs/options.md", "\n## severity\n", "\n## weight\n"),
    ("docs/schema/config.json", '"min-confidence"', '"confidence"'),
    ("docs/cli.md", "`--exit-zero`", "`--exit-null`"),
    ("README.md", "| unmasked-embedding |", "| unmasked |"),
    ("docs/limits.md", "\nFound 1 error in 1 file, 1 model.", ""),
)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout's pages, brought up to date."""
    copy = tmp_path_factory.mktemp("checkout")
    for folder in ("docs", "fixtures"):
        shutil.copytree(CHECKOUT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "README.md", copy)
    assert generate(copy).returncode == 0
    return copy


def generate(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(checkout / "docs/generator"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def edit(page: Path, old: str, new: str) -> None:
    text = page.read_text(encoding="utf-8")
    assert old in text
    page.write_text(text.replace(old, new), encoding="utf-8")


def test_what_was_written_is_up_to_date_and_what_people_write_is_theirs(pages: Path):
    page, old, new = PROSE
    edit(pages / page, old, new)
    done = generate(pages, "--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_differs_from_the_program_is_named_and_then_mended(pages: Path):
    names = [page for page, _, _ in STALE]
    before = [(pages / page).read_text(encoding="utf-8") for page in names]
    for page, old, new in STALE:
        edit(pages / page, old, new)
    (pages / "docs/rules/PAD999.md").write_text("# the page of a rule that is gone\n", encoding="utf-8")

    checked = generate(pages, "--check")
    assert checked.returncode == 1
    *told, advice = checked.stdout.splitlines()
    assert told == [f"{page}: not up to date" for page in (*names, "docs/rules/PAD999.md")]
    assert advice == "`make docs` brings them up to date"

    mended = generate(pages).stdout.splitlines()
    assert mended == [*(f"{page}: written" for page in names), "docs/rules/PAD999.md: removed"]
    assert [(pages / page).read_text(encoding="utf-8") for page in names] == before
    assert not (pages / "docs/rules/PAD999.md").exists()

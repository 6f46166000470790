"""Neovim and Vim, without a screen, under the settings of docs/editors.md."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]

QUICKFIX = 'map(getqflist(), "[bufname(v:val.bufnr), v:val.lnum, v:val.col, v:val.text[:5]]")'


def test_nvim_lint_shows_findings_in_what_is_not_saved(edit, settings, project: Path):
    start = f'vim.opt.runtimepath:prepend("{(HERE / "nvim-lint").as_posix()}")\n'
    (project / "init.lua").write_text(start + settings("nvim-lint"), encoding="utf-8")
    script = f"luafile {(HERE / 'lint_twice.lua').as_posix()}"
    seen = edit("nvim", "--headless", "-i", "NONE", "-u", "init.lua", "model.py", "-c", script, "-c", "cquit")
    assert seen == {"opened": [[5, 10, 5, 36, "PAD101"]], "masked": []}


@pytest.mark.parametrize("editor", [("nvim", "--headless"), ("vim", "-Nes")], ids=lambda editor: editor[0])
def test_make_fills_the_quickfix_list(editor, edit, settings, project: Path):
    (project / "compiler").mkdir()
    (project / "compiler/padlint.vim").write_text(settings("compiler"), encoding="utf-8")
    shutil.copy(CHECKOUT / "fixtures/notebook.ipynb", project)
    steps = (
        f"set runtimepath^={project.as_posix()}",
        "compiler padlint",
        "silent make! .",
        f"call writefile([json_encode({QUICKFIX})], 'seen.json')",
        "cquit",
    )
    seen = edit(*editor, "-u", "NONE", "-i", "NONE", *(word for step in steps for word in ("-c", step)))
    assert ["model.py", 6, 11, "PAD101"] in seen
    assert ["notebook.ipynb", 2, 11, "PAD101"] in seen
    assert all(path for path, *_ in seen)

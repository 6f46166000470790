"""`--fix` and its kin: what is written, what is printed where, and how the run ends."""

from __future__ import annotations

import json
import os

import pytest

from padlint import session

KERAS = "from keras.layers import LSTM, Layer\n"
SAFE = KERAS + "model.add(LSTM(4))  # error certain safe\n"
UNSAFE = KERAS + "model.add(LSTM(4))  # error certain unsafe\n"
USELESS = KERAS + "model.add(LSTM(4))  # error certain safe useless\n"
FIXED = KERAS + "model.add(LSTM(4))\n"


@pytest.fixture
def file(folder):
    """A file with a finding that has a safe fix."""
    (folder / "a.py").write_text(SAFE)
    return folder / "a.py"


def test_safe_fixes_are_made_and_what_is_left_is_reported(folder, file, padlint):
    (folder / "b.py").write_text(UNSAFE)
    ended = padlint("--fix", "--output-format", "concise")
    assert (file.read_text(), (folder / "b.py").read_text()) == (FIXED, UNSAFE)
    assert ended.out == "b.py:2:1: PAD101 padding reaches `LSTM`\n"
    assert ended.err.startswith("Fixed 1 finding in 1 file.\nFound 1 error in 2 files")
    assert ended.code == 1


def test_when_all_is_fixed_the_run_is_clean(file, padlint):
    assert padlint("--fix").code == 0
    assert padlint("--fix").err.startswith("Fixed 0 findings in 0 files.\n")


def test_a_hook_fails_when_it_changed_a_file(file, padlint):
    assert padlint("--fix", "--exit-non-zero-on-fix").code == 1
    assert padlint("--fix", "--exit-non-zero-on-fix").code == 0


def test_unsafe_fixes_have_to_be_asked_for(file, padlint):
    file.write_text(UNSAFE)
    assert padlint("--fix").code == 1
    assert file.read_text() == UNSAFE
    assert padlint("--fix", "--unsafe-fixes").code == 0
    assert file.read_text() == FIXED


def test_without_fix_nothing_is_changed_and_it_is_told_what_could_be(folder, file, padlint):
    (folder / "b.py").write_text(UNSAFE)
    ended = padlint("--unsafe-fixes", "--no-fix")
    assert "1 fixable with --fix, 1 fixable with --fix --unsafe-fixes.\n" in ended.err
    assert file.read_text() == SAFE


def test_fix_only_reports_nothing(folder, file, padlint):
    (folder / "b.py").write_text(UNSAFE)
    ended = padlint("--fix-only")
    assert (ended.code, ended.out, ended.err) == (0, "", "Fixed 1 finding in 1 file.\n")
    assert file.read_text() == FIXED


def test_fixes_can_be_listed(file, padlint):
    assert "  a.py: 1 x PAD101 unmasked-embedding\n" in padlint("--fix", "--show-fixes").err


def test_a_diff_is_shown_and_nothing_written(file, padlint):
    ended = padlint("--diff")
    assert ended.out == (
        "--- a.py\n+++ a.py\n@@ -1,2 +1,2 @@\n from keras.layers import LSTM, Layer\n"
        "-model.add(LSTM(4))  # error certain safe\n+model.add(LSTM(4))\n"
    )
    assert (ended.code, ended.err) == (1, "Would fix 1 finding in 1 file.\n")
    assert file.read_text() == SAFE


def test_an_empty_diff_is_clean_whatever_is_found(file, padlint):
    file.write_text(UNSAFE)
    ended = padlint("--diff")
    assert (ended.code, ended.out) == (0, "")


def test_text_on_standard_input_comes_back_fixed_and_the_report_beside_it(padlint):
    two = SAFE + "model.add(LSTM(8))  # error certain\n"
    ended = padlint("--fix", "--output-format", "concise", "-", stdin=two.encode())
    assert ended.out == FIXED + "model.add(LSTM(8))  # error certain\n"
    assert ended.err.startswith("<stdin>:3:1: PAD101 padding reaches `LSTM`\nFixed 1 finding in 1 file.\n")
    assert ended.code == 1


def test_text_on_standard_input_comes_back_as_it_was_when_there_is_nothing_to_fix(padlint):
    text = b"# caf\xc3\xa9\r\nx = 1"
    assert padlint("--fix", "-", stdin=text).out.encode() == text


def test_a_fix_that_does_not_cure_is_not_made_and_verbose_says_why(file, padlint):
    file.write_text(USELESS)
    ended = padlint("--fix", "--verbose")
    assert file.read_text() == USELESS
    assert "no fix: a.py:2:1: PAD101: the finding would still be there\n" in ended.err
    assert "1 without a fix (--verbose says why).\n" in ended.err
    assert "  = note: no fix: the finding would still be there\n" in ended.out
    assert ended.code == 1


def test_a_fix_that_does_not_cure_leaves_the_others_alone(file, padlint):
    file.write_text(USELESS + SAFE)
    padlint("--fix")
    assert file.read_text() == USELESS + FIXED


def test_a_file_that_may_not_be_written_stays_and_is_named(file, padlint):
    file.chmod(0o444)
    ended = padlint("--fix")
    assert "error: a.py: permission denied; no fix was written to it\n" in ended.err
    assert "Fixed 0 findings in 0 files.\n" in ended.err
    assert (ended.code, file.read_text()) == (2, SAFE)


def test_a_full_disk_leaves_the_file_as_it_was(file, padlint, monkeypatch):
    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    ended = padlint("--fix")
    assert "error: a.py: no space left on device; no fix was written to it\n" in ended.err
    assert (ended.code, file.read_text()) == (2, SAFE)
    assert [each.name for each in file.parent.iterdir() if each.name.startswith(".a.py")] == []


def test_a_file_that_changed_meanwhile_is_left_alone(file, padlint, monkeypatch):
    def changed_then_written(mended):
        file.write_text("x = 1\n")
        return write(mended)

    write = session.write
    monkeypatch.setattr("padlint.cli.write", changed_then_written)
    ended = padlint("--fix")
    assert "error: a.py: it changed while padlint ran, so no fix was written to it\n" in ended.err
    assert (ended.code, file.read_text()) == (2, "x = 1\n")


@pytest.mark.parametrize("silencing", ["--add-ignore", "--write-baseline"])
def test_fixing_and_silencing_do_not_go_together(file, padlint, silencing):
    ended = padlint("--fix", silencing)
    assert (ended.code, file.read_text()) == (2, SAFE)
    assert "fix findings first" in ended.err


def notebook(*cells: str) -> str:
    written = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": text} for text in cells]
    return json.dumps({"cells": written, "metadata": {}, "nbformat": 4}, indent=1) + "\n"


def test_the_diff_of_a_notebook_is_one_of_its_cells_as_they_are_written(folder, padlint):
    (folder / "n.ipynb").write_text(notebook("%matplotlib inline\nx = 1", f"!ls\n{SAFE.rstrip()}"))
    assert padlint("--diff").out == (
        "--- n.ipynb:cell 2\n+++ n.ipynb:cell 2\n@@ -1,3 +1,3 @@\n !ls\n from keras.layers import LSTM, Layer\n"
        "-model.add(LSTM(4))  # error certain safe\n+model.add(LSTM(4))\n"
    )


def test_a_notebook_on_standard_input_comes_back_as_one(padlint):
    ended = padlint("--fix", "-q", "-", "--stdin-filename", "n.ipynb", stdin=notebook("x = 1", SAFE).encode())
    assert (ended.code, ended.out) == (0, notebook("x = 1", FIXED))


def test_the_diff_of_a_file_that_ends_without_a_line_end_says_so(folder, padlint):
    (folder / "a.py").write_text(SAFE.rstrip())
    assert padlint("--diff").out.endswith("+model.add(LSTM(4))\n\\ No newline at end of file\n")

"""0: nothing that fails. 1: findings that do. 2: padlint could not do what was asked; one line says why."""

from __future__ import annotations

import os

import pytest

from padlint import cli

KERAS = "from keras.layers import LSTM, Layer\n"
LEAK = KERAS + "model.add(LSTM(4))  # error certain\n"


@pytest.mark.parametrize(
    ("severity", "arguments", "code"),
    [
        ("error", (), 1),
        ("warning", (), 1),
        ("note", (), 0),
        ("note", ("--fail-on", "note"), 1),
        ("warning", ("--fail-on", "error"), 0),
        ("error", ("--fail-on", "error"), 1),
        ("error", ("--fail-on", "never"), 0),
        ("error", ("--exit-zero",), 0),
        ("error", ("--output-format", "sarif"), 1),
    ],
)
def test_findings_fail_from_a_severity_on(folder, padlint, severity, arguments, code):
    (folder / "a.py").write_text(KERAS + f"x()  # {severity} certain\n")
    assert padlint(*arguments).code == code


def test_what_is_hidden_does_not_fail(folder, padlint):
    (folder / "a.py").write_text(KERAS + "x()  # error possible\n")
    assert padlint().code == 0
    assert padlint("--min-confidence", "possible").code == 1


def test_an_empty_folder_is_a_warning(padlint):
    ended = padlint()
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == "warning: nothing to lint: no Python file or notebook there\n"
    assert padlint("--fail-on-no-files").code == 1


def test_a_wrong_rule_is_an_error_even_where_there_is_nothing_to_lint(padlint):
    ended = padlint("--select", "PAD10l")
    assert (ended.code, ended.err.splitlines()[0][:45]) == (2, "error: command line: `select`: unknown rule `")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("trian.py",), "error: trian.py does not exist, did you mean `train.py`?"),
        (("--select", "PAD10l"), "error: command line: `select`: unknown rule `PAD10l`, did you mean `PAD10"),
        (
            ("--ignore", "mask-droped"),
            "error: command line: `ignore`: unknown rule `mask-droped`, did you mean `mask-dropped`?",
        ),
        (("chekc", "src"), "error: chekc does not exist, and is no verb; did you mean `padlint check`?"),
        (("--output-format", "jsn"), "error: unknown output format `jsn`, did you mean `json`? (one of"),
        (("--output-format", "json", "--output-format", "sarif"), "error: two output formats for one place"),
        (("--config", "selekt = []"), "error: command line: unknown key `selekt`, did you mean `select`?"),
        (("--config", "nofile.toml"), "error: --config nofile.toml: not KEY=VALUE, nor a file that exists"),
        (("--keras", "4"), 'error: command line: `keras` must be "auto", 2 or 3, not "4"'),
        (("--per-file-ignores", "x"), "error: --per-file-ignores x: not GLOB:RULES"),
        (("--baseline", "no.json"), "no.json: No such file or directory; write one with --write-baseline"),
        (("-o", "no/such/folder.txt"), "error: no/such/folder.txt: No such file or directory"),
        (("-", "train.py"), "error: `-` is standard input, and cannot be linted along with files"),
        (("--stdin-filename", "m.py", "train.py"), "error: `-` is standard input, and cannot be linted along"),
        (("-", "--add-ignore"), "error: --add-ignore writes to files, and `-` is none"),
        (("rule", "PAD999"), "error: unknown rule `PAD999`"),
        (("config", "nowhere"), "error: nowhere: no such file or folder"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(folder, padlint, arguments, line):
    (folder / "train.py").write_text(KERAS)
    ended = padlint(*arguments)
    assert ended.code == 2
    assert line in ended.err
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize("arguments", [("--no-such-flag",), ("--min-confidence", "sure"), ("--select",)])
def test_wrong_usage_is_2(padlint, arguments):
    ended = padlint(*arguments)
    assert ended.code == 2
    assert "Error" in ended.err


def test_a_misspelt_word_is_answered_with_the_nearest(padlint):
    told = padlint("--fail-on", "eror").err
    assert "Error: Invalid value for '--fail-on': `eror` is none of error, warning, note, never" in told
    assert told.endswith(", did you mean `error`?\n")


def test_a_wrong_configuration_file_is_2(folder, padlint):
    (folder / "a.py").write_text(KERAS)
    (folder / "pyproject.toml").write_text("[tool.padlint]\nselct = []\n")
    ended = padlint()
    assert (ended.code, ended.err) == (2, "error: pyproject.toml: unknown key `selct`, did you mean `select`?\n")


def test_a_file_that_does_not_parse_is_a_finding(folder, padlint):
    (folder / "a.py").write_bytes(LEAK.encode() + b"\0")
    (folder / "b.py").write_text(LEAK)
    ended = padlint("--output-format", "concise")
    assert ended.code == 1
    assert [line.split(" ")[:2] for line in ended.out.splitlines()] == [
        ["a.py:3:1:", "PAD901"],
        ["b.py:2:1:", "PAD101"],
    ]


def test_a_file_that_cannot_be_opened_is_2_and_the_others_are_reported(folder, padlint):
    (folder / "gone.py").symlink_to(folder / "nowhere.py")
    (folder / "b.py").write_text(LEAK)
    ended = padlint("--output-format", "concise", "gone.py", "b.py")
    assert (ended.code, ended.out) == (2, "b.py:2:1: PAD101 padding reaches `LSTM`\n")
    assert "error: gone.py: a symbolic link that leads nowhere" in ended.err


def test_a_crash_of_the_analysis_is_2_and_the_rest_is_reported(folder, padlint):
    (folder / "a.py").write_text(KERAS + "x  # crash\n")
    (folder / "b.py").write_text(LEAK)
    ended = padlint("--output-format", "concise")
    assert (ended.code, ended.out) == (2, "b.py:2:1: PAD101 padding reaches `LSTM`\n")
    assert "Found 1 error in what could be read of 2 files" in ended.err
    assert "error: a.py: padlint failed on this file: RecursionError: too deep" in ended.err
    assert "Traceback" not in ended.err
    assert "Traceback" in padlint("--verbose").err


def test_a_crash_of_padlint_is_2_and_says_how_to_report_it(folder, padlint, monkeypatch):
    (folder / "a.py").write_text(LEAK)

    def crash(*_args, **_kwargs):
        raise KeyError("oh")

    monkeypatch.setattr(cli, "run", crash)
    ended = padlint()
    assert ended.code == 2
    assert ended.err.startswith(
        "error: padlint crashed (KeyError: 'oh'); run it with --verbose, and report what that prints"
    )
    assert ended.err.count("\n") == 1
    assert "Traceback" in padlint("--verbose").err


def test_an_interrupt_ends_a_run_at_once_and_is_no_finding(folder, padlint, monkeypatch):
    (folder / "a.py").write_text(LEAK)

    def interrupt(*_args, **_kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "run", interrupt)
    ended = padlint()
    assert (ended.code, ended.err) == (130, "interrupted\n")


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read every file")
def test_an_unreadable_file_is_2(folder, padlint):
    (folder / "a.py").write_text(LEAK)
    (folder / "a.py").chmod(0)
    assert padlint().code == 2

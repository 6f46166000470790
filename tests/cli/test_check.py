"""`padlint PATHS`: what is printed where."""

from __future__ import annotations

import json

import pytest
from inline_snapshot import snapshot

LEAK = "from keras.layers import LSTM, Layer\nmodel.add(LSTM(4))  # error certain\n"


def test_check_goes_without_saying(folder, padlint):
    (folder / "a.py").write_text(LEAK)
    runs = [padlint(), padlint("."), padlint("check"), padlint("check", "a.py"), padlint("--quiet", "a.py")]
    assert len({run.out for run in runs}) == 1
    assert runs[0].out.startswith("error[PAD101 unmasked-embedding]: padding reaches `LSTM`\n --> a.py:2:1\n")


def test_a_file_that_is_called_like_a_verb_is_reached_by_its_path(folder, padlint):
    (folder / "rule").write_text(LEAK)
    assert padlint("./rule", "--output-format", "concise").out == "rule:2:1: PAD101 padding reaches `LSTM`\n"


def test_the_summary_is_on_standard_error(folder, padlint):
    (folder / "a.py").write_text(LEAK + "x()  # warning likely\ny()  # note possible\n")
    assert padlint("--output-format", "concise").err == snapshot("""\
Found 1 error and 1 warning in 1 file, 1 model.
1 possible finding hidden; show with --min-confidence possible.
""")
    assert padlint("-q").err == ""


def test_a_clean_run_says_what_was_read(folder, padlint):
    (folder / "a.py").write_text("from keras.layers import LSTM, Layer\n")
    ended = padlint()
    assert (ended.code, ended.out, ended.err) == snapshot((0, "", "Nothing to report in 1 file, 1 model.\n"))


def test_help_says_what_to_write_behind_a_flag(padlint):
    told = padlint("check", "--help").out
    assert "--select RULES" in told
    assert "--exclude GLOBS" in told


def test_json_on_standard_output_is_only_json(folder, padlint):
    (folder / "a.py").write_text(LEAK)
    arguments = ("--select", "ALL", "--min-confidence", "possible", "--output-format", "json")
    ended = padlint(".", *arguments, "--no-cache", "--isolated", "--no-respect-gitignore")
    assert [entry["filename"] for entry in json.loads(ended.out)] == ["a.py"]


def test_several_reports_of_one_run(folder, padlint):
    (folder / "a.py").write_text(LEAK)
    ended = padlint(
        "--output-format", "concise", "--output-format", "sarif:out.sarif", "--output-format", "json:o.json"
    )
    assert ended.out == "a.py:2:1: PAD101 padding reaches `LSTM`\n"
    assert json.loads((folder / "out.sarif").read_text())["version"] == "2.1.0"
    assert len(json.loads((folder / "o.json").read_text())) == 1


def test_a_report_in_a_file(folder, padlint):
    (folder / "a.py").write_text(LEAK)
    assert padlint("-o", "report.txt", "--output-format", "pylint").out == ""
    assert (folder / "report.txt").read_text() == "a.py:2: [PAD101] padding reaches `LSTM`\n"


def test_the_environment_names_a_format_too(folder, padlint, monkeypatch):
    (folder / "a.py").write_text(LEAK)
    monkeypatch.setenv("PADLINT_OUTPUT_FORMAT", "pylint")
    assert padlint().out == "a.py:2: [PAD101] padding reaches `LSTM`\n"


def test_possible_findings_are_counted_and_shown_on_request(folder, padlint):
    (folder / "a.py").write_text("from keras.layers import LSTM, Layer\nx()  # error possible\n")
    assert "1 possible finding hidden; show with --min-confidence possible." in padlint().err
    assert "PAD101" in padlint("--min-confidence", "possible").out


def test_what_is_hidden_is_told_by_how_sure_it_is(folder, padlint):
    (folder / "a.py").write_text("from keras.layers import LSTM, Layer\nx()  # error likely\ny()  # error likely\n")
    told = "2 likely findings hidden; show with --min-confidence likely."
    assert told in padlint("--min-confidence", "certain").err


def test_colour_is_for_terminals_and_for_who_insists(folder, padlint, monkeypatch):
    (folder / "a.py").write_text(LEAK)
    assert "\x1b" not in padlint().out
    assert "\x1b" in padlint("--color", "always").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" in padlint().out
    assert "\x1b" not in padlint("--color", "never").out
    assert "\x1b" not in padlint("--output-format", "json").out


def test_statistics_count_by_rule(folder, padlint):
    (folder / "a.py").write_text(LEAK + "y()  # error certain\nz = 1  # padlint: ignore[PAD103]\nq()  # unread\n")
    assert padlint("--statistics").out == snapshot("""\
2  PAD101  unmasked-embedding
1  PAD902  unused-ignore

models        found  read whole  given up on
functional        1           0            1
sequential        1           1            0

not read whole because of
    1  too odd
""")


def test_statistics_as_json(folder, padlint):
    (folder / "a.py").write_text(LEAK + "q()  # unread\n")
    assert json.loads(padlint("--statistics", "--output-format", "json").out) == {
        "findings": [{"code": "PAD101", "name": "unmasked-embedding", "count": 1}],
        "models": [
            {"kind": "functional", "found": 1, "read_whole": 0},
            {"kind": "sequential", "found": 1, "read_whole": 1},
        ],
        "not_read_whole": [{"reason": "too odd", "count": 1}],
    }


def test_show_files_tells_what_was_looked_at(folder, padlint):
    (folder / "model.py").write_text(LEAK)
    (folder / "plot.py").write_text("import matplotlib\n")
    assert padlint("--show-files").out == snapshot("""\
model.py: analysed
plot.py: analysed: names no Keras layer that padding could reach
""")


def test_verbose_tells_what_could_not_be_read(folder, padlint):
    (folder / "a.py").write_text(LEAK)
    assert "not read: a.py:1:1: too odd" in padlint("--verbose").err


def test_selectors_are_separated_by_commas_or_given_again(folder, padlint):
    (folder / "a.py").write_text(LEAK)
    assert padlint("--select", "PAD103,PAD101").code == 1
    assert padlint("--select", "PAD103", "--select", "unmasked-embedding").code == 1
    assert padlint("--ignore", "PAD103, PAD101").code == 0
    assert padlint("--per-file-ignores", "a.*:PAD1").code == 0


def test_excludes(folder, padlint):
    (folder / "gen").mkdir()
    (folder / "gen" / "a.py").write_text(LEAK)
    assert padlint("--exclude", "gen").code == 0
    assert padlint("--extend-exclude", "gen").code == 0
    assert padlint("--extend-exclude", "gen", "gen/a.py").code == 1
    assert padlint("--extend-exclude", "gen", "--force-exclude", "gen/a.py").code == 0


def test_gitignore_is_respected_unless_told_otherwise(folder, padlint):
    (folder / ".gitignore").write_text("a.py\n")
    (folder / "a.py").write_text(LEAK)
    assert padlint().code == 0
    assert padlint("--no-respect-gitignore").code == 1


def test_configuration_is_read_overridden_and_left_aside(folder, padlint):
    (folder / "a.py").write_text(LEAK)
    (folder / "pyproject.toml").write_text('[tool.padlint]\nignore = ["PAD101"]\n')
    (folder / "other.toml").write_text('select = ["PAD101"]\n')
    assert padlint().code == 0
    assert padlint("--isolated").code == 1
    assert padlint("--config", "other.toml").code == 1
    assert padlint("--config", "ignore = []").code == 1


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        (("-",), "<stdin>:2:1"),
        (("-", "--stdin-filename", "src/m.py"), "src/m.py:2:1"),
        (("--stdin-filename", "src/m.py"), "src/m.py:2:1"),
    ],
)
def test_standard_input(padlint, arguments, place):
    ended = padlint(*arguments, "--output-format", "concise", stdin=LEAK.encode())
    assert (ended.code, ended.out) == (1, f"{place}: PAD101 padding reaches `LSTM`\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "--force-exclude", "--quiet", "--stdin-filename", "m.py", "--no-fix", "--output-format", "json", "-"),
        ("-q", "--no-fix", "--output-format", "json-lines", "--stdin-filename", "m.py", "-"),
        ("check", "--quiet", "--output-format", "github", "--stdin-filename", "m.py", "-"),
    ],
    ids=["nvim-lint", "ALE", "efmls-configs"],
)
def test_editors_may_call_padlint_as_they_call_ruff(padlint, arguments):
    ended = padlint(*arguments, stdin=LEAK.encode())
    assert (ended.code, ended.err) == (1, "")
    assert "m.py" in ended.out


def test_the_name_of_standard_input_brings_its_configuration(folder, padlint):
    (folder / "src").mkdir()
    (folder / "src" / "padlint.toml").write_text('ignore = ["PAD101"]\n')
    assert padlint("-", "--stdin-filename", "src/m.py", stdin=LEAK.encode()).code == 0


def test_a_baseline_is_written_and_used(folder, padlint):
    (folder / "a.py").write_text(LEAK)
    written = padlint("--write-baseline")
    assert (written.code, written.out) == (0, "")
    assert "wrote 1 finding to" in written.err
    known = padlint("--baseline", ".padlint-baseline.json")
    assert (known.code, known.out) == (0, "")
    assert "1 finding known to the baseline." in known.err
    (folder / "a.py").write_text("from keras.layers import LSTM, Layer\n")
    assert (
        "warning: stale baseline entry: a.py: PAD101 model.add(LSTM(4))"
        in padlint("--baseline", ".padlint-baseline.json").err
    )


def test_writing_a_baseline_does_not_look_at_the_old_one(folder, padlint):
    (folder / "a.py").write_text(LEAK)
    padlint("--write-baseline", "--baseline", "known.json")
    before = (folder / "known.json").read_text()
    padlint("--write-baseline", "--baseline", "known.json")
    assert (folder / "known.json").read_text() == before


def test_ignores_are_added_and_then_obeyed(folder, padlint):
    (folder / "a.py").write_text("from keras.layers import LSTM, Layer\nmodel.add(\n    LSTM(4)  # error certain\n)\n")
    assert padlint("--add-ignore=lengths are fixed").err == "Silenced 1 finding in 1 file.\n"
    assert (folder / "a.py").read_text().splitlines()[2] == snapshot(
        "    LSTM(4)  # error certain  # padlint: ignore[PAD101] lengths are fixed"
    )
    ended = padlint()
    assert (ended.code, ended.out) == (0, "")
    assert "1 finding ignored by comments." in ended.err


def test_add_ignore_needs_no_reason(folder, padlint):
    (folder / "a.py").write_text(LEAK)
    padlint("--add-ignore", "a.py")
    assert (folder / "a.py").read_text().endswith("# error certain  # padlint: ignore[PAD101]\n")


def test_a_layer_that_the_configuration_speaks_of_and_no_code_mentions_is_told(folder, padlint):
    (folder / "a.py").write_text(LEAK + "from nets import Gate\n")
    (folder / "padlint.toml").write_text(
        '[layers]\n"nets.Gate" = {mask = "passes"}\n"nets.Gatte" = {mask = "passes"}\n'
    )
    told = 'warning: padlint.toml: `layers."nets.Gatte"` is about nothing here: no file that names Keras mentions it\n'
    ended = padlint()
    assert (ended.code, ended.err.count("about nothing")) == (1, 1)
    assert told in ended.err
    assert "about nothing" not in padlint("a.py").err

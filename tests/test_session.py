"""One run from paths to report, with an analysis that says what the test wants it to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from padlint import outcomes
from padlint.analysis import Analysis
from padlint.catalogue import Catalogue, Rule
from padlint.config import ConfigError, Configurations
from padlint.coverage import Coverage, Tally
from padlint.finding import Confidence, Finding, Position, Severity, Span
from padlint.policy.baseline import dump, entries
from padlint.session import Buffer, Request, files, run
from padlint.sources.dependencies import Dependencies
from padlint.sources.discover import Found, MissingPath
from padlint.sources.source import read

KERAS = "from keras.layers import LSTM, Layer\n"


def rule(code: str, name: str, message: str = "") -> Rule:
    return Rule(code, name, name, Severity.WARNING, True, "0.1.0", (), message, "", "", Path())


CATALOGUE = Catalogue(
    (
        rule("PAD101", "unmasked-embedding"),
        rule("PAD102", "unmasked-sequence"),
        rule("PAD901", "syntax-error", "{reason}"),
        rule("PAD902", "unused-ignore", "{reason}"),
    )
)


def finding(path: str, row: int, code: str = "PAD101", confidence: Confidence = Confidence.CERTAIN) -> Finding:
    span = Span(path, 0, Position(row, 1), Position(row, 2))
    return Finding(code, CATALOGUE.find(code).name, "leaks", Severity.ERROR, confidence, span)


def found(*findings: Finding, read_whole: Sequence[str] = ()) -> Analysis:
    covered = Coverage(kinds=(Tally("sequential", 1, 1),))
    return Analysis(findings, dict.fromkeys(read_whole, covered), {}, Dependencies())


def every_leak(unit, _catalogue):
    """Find a leak in each row that says so, of the confidence that it says."""
    leaks = [
        finding(source.path, row, confidence=Confidence(words[words.index("leak:") + 1]))
        for source in unit.sources
        for cell in source.cells
        for row, line in enumerate(cell.text.splitlines(), start=1)
        if "leak:" in (words := line.split())
    ]
    return found(*reversed(leaks), read_whole=[source.path for source in unit.sources])


class Folder:
    """A folder to lint, and the report on it in short."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, **texts: str) -> None:
        for name, text in texts.items():
            path = self.root / name.replace("__", "/").replace("_py", ".py").replace("_toml", ".toml")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def request(self, *paths: str, buffer: Buffer | None = None, **overrides) -> Request:
        values = {key.replace("_", "-"): value for key, value in overrides.items()}
        return Request(paths or (".",), Configurations(values, working_folder=self.root), self.root, buffer)

    def run(self, *paths: str, analyse=every_leak, buffer: Buffer | None = None, **overrides):
        return run(self.request(*paths, buffer=buffer, **overrides), CATALOGUE, analyse)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / ".git").mkdir()
    return Folder(tmp_path)


def places(report) -> list[str]:
    return [f"{each.span.path}:{each.span.start.row} {each.code}" for each in report.findings]


def test_findings_are_sorted_by_place_whatever_order_they_come_in(folder):
    folder.write(b_py=KERAS + "# leak: certain\n# leak: certain\n", a_py=KERAS + "# leak: likely\n")
    assert places(folder.run()) == ["a.py:2 PAD101", "b.py:2 PAD101", "b.py:3 PAD101"]


def test_a_finding_that_two_routes_lead_to_is_reported_once(folder):
    folder.write(a_py=KERAS)
    report = folder.run(analyse=lambda *_: found(finding("a.py", 1), finding("a.py", 1)))
    assert places(report) == ["a.py:1 PAD101"]


def test_what_was_not_to_be_linted_is_not_reported_even_if_the_analysis_read_it(folder):
    folder.write(a_py=KERAS, lib_py=KERAS)
    assert places(folder.run("a.py", analyse=lambda *_: found(finding("lib.py", 1)))) == []


def test_files_without_keras_are_counted_but_never_handed_to_the_analysis(folder):
    folder.write(a_py="import numpy\n# leak: certain\n", b_py=KERAS)
    seen = []

    def spy(unit, *rest):
        seen.append([each.path for each in unit.sources])
        return every_leak(unit, *rest)

    report = folder.run(analyse=spy)
    assert seen == [["b.py"]]
    assert (report.coverage.files, report.coverage.models) == (2, 1)


def test_each_project_is_analysed_by_itself_under_its_own_settings(folder):
    folder.write(
        one__padlint_toml="keras = 2\n", one__src__a_py=KERAS, one__b_py=KERAS, two__setup_py="", two__a_py=KERAS
    )
    seen = []

    def spy(unit, *rest):
        seen.append((unit.keras, [each.path for each in unit.sources]))
        return every_leak(unit, *rest)

    folder.run(analyse=spy)
    assert seen == [(2, ["one/b.py"]), (2, ["one/src/a.py"]), (None, ["two/a.py"])]


def test_possible_findings_are_hidden_and_counted(folder):
    folder.write(a_py=KERAS + "# leak: possible\n# leak: likely\n")
    report = folder.run()
    assert (places(report), [each.span.start.row for each in report.hidden]) == (["a.py:3 PAD101"], [2])
    assert folder.run(min_confidence="possible").hidden == ()


def test_what_fails_is_decided_by_the_settings_of_the_file(folder):
    folder.write(
        a_py=KERAS + "# leak: likely\n", b__padlint_toml='fail-on = "never"\n', b__b_py=KERAS + "# leak: likely\n"
    )
    report = folder.run()
    assert (len(report.findings), report.failing) == (2, 1)
    assert folder.run(severity={"PAD101": "note"}).failing == 0


def test_selection_and_per_file_ignores(folder):
    folder.write(a_py=KERAS + "# leak: likely\n", tests__b_py=KERAS + "# leak: likely\n")
    assert places(folder.run(per_file_ignores={"tests/**": ["PAD1"]})) == ["a.py:2 PAD101"]
    assert places(folder.run(ignore=["PAD101"])) == []


def test_ignore_comments_are_obeyed_counted_and_judged(folder):
    folder.write(a_py=KERAS + "x = 1  # leak: certain # padlint: ignore[PAD101]\ny = 2  # padlint: ignore[PAD101]\n")
    report = folder.run()
    assert (places(report), report.ignored) == (["a.py:3 PAD902"], 1)


def test_an_ignore_comment_is_judged_in_a_file_that_needs_no_analysis(folder):
    folder.write(a_py="x = 1  # padlint: ignore[PAD101]\n")
    assert places(folder.run()) == ["a.py:1 PAD902"]


def test_a_baseline_takes_out_what_is_known(folder):
    folder.write(a_py=KERAS + "x = 1  # leak: certain\n")
    first = folder.run()
    (folder.root / "known.json").write_text(dump(entries(first.findings, first.lines, folder.root, first.files)))
    folder.write(a_py=KERAS + "\n\nx = 1  # leak: certain\ny = 2  # leak: certain\n")
    report = folder.run(baseline="known.json")
    assert (places(report), [each.span.start.row for each in report.baselined]) == (["a.py:5 PAD101"], [4])
    folder.write(a_py=KERAS)
    assert folder.run(baseline="known.json").stale == ("a.py: PAD101 x = 1 # leak: certain",)


@pytest.mark.parametrize(
    ("name", "data", "place"),
    [
        ("a.ipynb", b"not a notebook", "a.ipynb:1 PAD901"),
        ("a.py", b"import keras.layers.LSTM\nx = 1\0", "a.py:2 PAD901"),
        ("a.py", KERAS.encode() + b"x = '\xff'\n", "a.py:2 PAD901"),
    ],
)
def test_a_file_that_holds_no_python_is_a_finding(folder, name, data, place):
    (folder.root / name).write_bytes(data)
    report = folder.run()
    assert (places(report), report.troubles) == ([place], ())


def test_a_missing_path_is_an_error_that_names_the_nearest(folder):
    folder.write(train_py=KERAS)
    with pytest.raises(MissingPath, match=r"trian.py does not exist, did you mean `train.py`"):
        folder.run("trian.py")


def test_a_wrong_setting_is_said_before_anything_is_analysed(folder):
    folder.write(a_py=KERAS)
    with pytest.raises(ConfigError, match="unknown rule"):
        folder.run(select=["PAD77"], analyse=lambda *_: pytest.fail("analysed"))


def test_a_crash_costs_only_the_file_that_provokes_it(folder):
    folder.write(a_py=KERAS + "# leak: certain\n", b_py=KERAS + "# crash\n", c_py=KERAS + "# leak: certain\n")

    def crash(unit, *rest):
        if any("# crash" in cell.text for source in unit.sources for cell in source.cells):
            raise RecursionError("too deep\nsecond line")
        return every_leak(unit, *rest)

    report = folder.run(analyse=crash)
    assert places(report) == ["a.py:2 PAD101", "c.py:2 PAD101"]
    assert [trouble.line for trouble in report.troubles] == [
        "b.py: padlint failed on this file: RecursionError: too deep"
    ]
    assert report.troubles[0].detail.startswith("Traceback")


def test_a_crash_of_files_together_is_trouble_even_when_each_alone_is_fine(folder):
    folder.write(a_py=KERAS + "# leak: certain\n", b_py=KERAS + "import a\n")

    def crash(unit, *rest):
        if len(unit.sources) > 1:
            raise ValueError("no")
        return every_leak(unit, *rest)

    report = folder.run(analyse=crash)
    assert places(report) == ["a.py:2 PAD101"]
    assert [trouble.line.partition(": ")[2] for trouble in report.troubles] == [
        "padlint failed on these files together: ValueError: no"
    ]


def test_a_crash_before_the_analysis_costs_only_its_file_too(folder, monkeypatch):
    folder.write(a_py=KERAS + "# leak: certain\n", b_py=KERAS + "# leak: certain\n")

    def crash(path, *rest):
        if path == "b.py":
            raise RecursionError("too deep")
        return read(path, *rest)

    monkeypatch.setattr(outcomes, "read", crash)
    report = folder.run()
    assert places(report) == ["a.py:2 PAD101"]
    assert [trouble.line for trouble in report.troubles] == [
        "b.py: padlint failed on this file: RecursionError: too deep"
    ]


def test_a_crash_while_files_are_put_together_costs_only_their_project(folder, monkeypatch):
    folder.write(
        one__setup_py="", one__a_py=KERAS + "# leak: certain\n", two__setup_py="", two__a_py=KERAS + "# leak: no\n"
    )
    grouped = outcomes.grouped

    def crash(code, *rest, **named):
        if any("two" in file.parts for file in code):
            raise KeyError(17)
        return grouped(code, *rest, **named)

    monkeypatch.setattr(outcomes, "grouped", crash)
    report = folder.run()
    assert places(report) == ["one/a.py:2 PAD101"]
    assert [trouble.line.rpartition("/")[2] for trouble in report.troubles] == ["two: padlint failed: KeyError: 17"]


def test_progress_is_told_from_nothing_to_all(folder):
    folder.write(one__setup_py="", one__a_py=KERAS, two__setup_py="", two__a_py=KERAS)
    told = []
    run(folder.request(), CATALOGUE, every_leak, lambda done, total: told.append((done, total)))
    assert told == [(0, 4), (2, 4), (3, 4), (4, 4)]


# Standard input


def test_a_buffer_is_linted_in_place_of_its_file(folder):
    folder.write(a_py=KERAS)
    report = folder.run("-", buffer=Buffer("a.py", (KERAS + "# leak: certain\n").encode()))
    assert places(report) == ["a.py:2 PAD101"]
    assert report.lines("a.py", 0)[1] == "# leak: certain"


def test_a_buffer_without_a_name_is_called_stdin(folder):
    assert places(folder.run("-", buffer=Buffer("", (KERAS + "# leak: certain\n").encode()))) == ["<stdin>:2 PAD101"]


def test_the_name_of_a_buffer_decides_its_settings(folder):
    folder.write(src__padlint_toml='ignore = ["PAD101"]\nexclude = ["generated"]\n')
    data = (KERAS + "# leak: certain\n").encode()
    assert places(folder.run("-", buffer=Buffer("src/a.py", data))) == []
    assert folder.run("-", buffer=Buffer("src/generated/a.py", data), force_exclude=True).coverage.files == 0


def test_a_notebook_can_come_as_a_buffer(folder):
    cells = [{"cell_type": "code", "source": [KERAS], "metadata": {}, "outputs": [], "execution_count": None}]
    data = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode()
    assert folder.run("-", buffer=Buffer("n.ipynb", data)).coverage.models == 1


# --show-files


def test_files_are_listed_with_whether_they_must_be_parsed(folder):
    folder.write(a_py=KERAS, b_py="x = 1\n")
    listed = [(each.path, parsed) for each, parsed in files(folder.request(), CATALOGUE) if isinstance(each, Found)]
    assert listed == [("a.py", True), ("b.py", False)]


# What only pools

POOLS = "from keras.layers import Flatten, Layer\nx = numpy.zeros(3)\n"


@pytest.mark.parametrize(("select", "read"), [((), ["b.py"]), (("PAD301",), ["a.py", "b.py"])])
def test_what_only_pools_is_read_where_a_rule_is_on_that_speaks_of_it(folder, select, read):
    pooled = Rule("PAD301", "pooled-padding", "pooled", None, False, "0.1.0", (), "", "", "", Path(), pooling=True)
    catalogue = Catalogue((*CATALOGUE, pooled))
    folder.write(a_py=POOLS, b_py=KERAS)
    request = folder.request(**({"extend-select": list(select)} if select else {}))
    analysed = []

    def analyse(unit, _catalogue):
        analysed.extend(source.path for source in unit.sources)
        return found()

    run(request, catalogue, analyse)
    assert analysed == read
    assert [each.path for each, parsed in files(request, catalogue) if parsed] == read

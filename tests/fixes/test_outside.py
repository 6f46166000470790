"""What a fix does not name stays byte for byte, whatever stands there."""

from __future__ import annotations

import codecs
import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from padlint.catalogue import load_catalogue
from padlint.config import Configurations
from padlint.finding import Edit, Position
from padlint.session import Request, run
from padlint.sources.rewrite import rewritten

FIXTURES = Path(__file__).parents[2] / "fixtures"
ROW_END = re.compile("\r\n|\r|\n")
MARK = "§"

# Every row bears the mark, so that it can be told from those that a fix may change.
FILLERS = (
    "# § é 漢 🧪",
    "s = '§ é'",
    "t = (1,  2 , )   # §\t",
    "\f# §",
    "'''§\n  §  '''",
    "if True: pass; # §",
    "u = [ # §\n  1, # § ]\n  ] # §",
)
ROWS = (
    "from keras import layers, models",
    "from keras.utils import pad_sequences",
    "x = pad_sequences([[11, 42, 7], [5, 19]])",
    "y = pad_sequences([[[0.1, 0.9], [0.3, 0.2]], [[0.5, 0.4]]], dtype='float32')",
    "words = models.Sequential([layers.Embedding(100, 8), layers.LSTM(4)])",
    "words.compile('adam', 'mse')",
    "words.fit(x, [1, 0])",
    "steps = models.Sequential()",
    "steps.add(layers.LSTM(4, input_shape=(None, 2)))",
    "steps.compile('adam', 'mse')",
    "steps.fit(y, [1, 0])",
)
CURED = 2


def script(text: str) -> bytes:
    return text.encode()


def marked_script(text: str) -> bytes:
    return codecs.BOM_UTF8 + text.encode()


def notebook(text: str) -> bytes:
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": text.splitlines(keepends=True)}
    return json.dumps({"cells": [cell], "metadata": {MARK: MARK}, "nbformat": 4}, indent=1).encode()


@st.composite
def programs(draw):
    """Write a program that leaks in two places, with other rows between."""
    between = st.lists(st.sampled_from(FILLERS), max_size=2)
    rows = [row for each in ROWS for row in (*draw(between), each)]
    return "\n".join((*rows, *draw(between), ""))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(programs(), st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from([script, marked_script, notebook]))
def test_rows_that_no_fix_is_about_stay(folder, program, newline, written):
    before = written(program if written is notebook else program.replace("\n", newline))
    name = "program.ipynb" if written is notebook else "program.py"
    shutil.rmtree(folder.root)
    folder.root.mkdir()
    (folder.root / name).write_bytes(before)
    mended = folder.mend()
    assert len(mended.cured) == CURED
    (change,) = mended.changes
    assert marked(change.after) == marked(before)


def marked(data: bytes) -> list[bytes]:
    """Return the rows of a file that bear the mark, with their ends."""
    rows = re.split(rb"(?<=\n)|(?<=\r)(?!\n)", data)
    return [row for row in rows if MARK.encode() in row or rb"\u00a7" in row]


# Real files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [path.relative_to(FIXTURES) for path in FIXTURES.rglob("*.py")], ids=str)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_file_is_what_it_was_with_the_edits_between(tmp_path, name, newline):
    project = tmp_path / "project"
    shutil.copytree(FIXTURES, project)
    for file in project.rglob("*.py"):
        file.write_bytes(newline.join(file.read_text(encoding="utf-8").splitlines(keepends=False)).encode())
    configurations = Configurations({"select": ["ALL"]}, isolated=True, working_folder=project)
    report = run(Request((".",), configurations, project), load_catalogue())
    data = (project / name).read_bytes()
    for finding in report.findings:
        edits = [edit for edit in (finding.fix.edits if finding.fix else ()) if edit.span.path == str(name)]
        assert rewritten(project / name, data, edits).decode() == with_between(data.decode(), edits)


def with_between(text: str, edits: Sequence[Edit]) -> str:
    """Return a text with edits made one by one, the last first."""
    for edit in sorted(edits, key=lambda edit: edit.span.start, reverse=True):
        start, end = offset(text, edit.span.start), offset(text, edit.span.end)
        text = text[:start] + edit.content + text[end:]
    return text


def offset(text: str, position: Position) -> int:
    starts = [0, *(found.end() for found in ROW_END.finditer(text)), len(text)]
    return min(starts[position.row - 1] + position.column - 1, len(text))

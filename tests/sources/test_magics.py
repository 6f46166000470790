"""A cell as IPython takes it comes out as Python on the same rows and columns."""

from __future__ import annotations

import ast
import re
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padlint.sources.magics import Blanked, blanked

ROW_END = r"\r\n|\r|\n"


def python(cell: str) -> str:
    result = blanked(dedent(cell))
    assert result is not None
    ast.parse(result.text)
    return result.text


def test_a_cell_of_plain_python_is_left_as_it_is():
    cell = "x = {'a': 1}\nprint('100 %' % x,\n      x['a'] % 3)\n"
    assert blanked(cell) == Blanked(cell)


@pytest.mark.parametrize(
    "row", ["%matplotlib inline", "!ls -la", "!!ls", "?model.fit", "model.fit?", "model??", "/f x"]
)
def test_a_row_that_only_ipython_understands_becomes_a_statement(row: str):
    assert python(f"{row}\nx = 1\n") == "pass\nx = 1\n"


def test_a_magic_alone_in_a_block_leaves_the_block_a_body():
    assert python("if colab:\n    !pip install keras\nx = 1\n") == "if colab:\n    pass\nx = 1\n"


def test_a_shell_command_goes_on_after_a_backslash():
    assert python("!pip install \\\n    keras \\\n    numpy\nx = 1").split() == ["pass", "x", "=", "1"]


def test_a_row_that_continues_a_statement_is_no_magic():
    cell = "text = (template\n    % value)\ny = x \\\n    % 3\n"
    assert python(cell) == cell


def test_a_row_inside_a_string_is_no_magic():
    cell = 'help = """\n!ls\n%time\n# """\nx = "it\'s # no comment"\n'
    assert python(cell) == cell


def test_what_a_shell_command_gives_is_assigned():
    assert python("files = !ls *.txt\nhere = %pwd\n") == "files = get_ipython()\nhere = get_ipython()\n"


def test_an_equals_sign_in_a_string_assigns_nothing():
    cell = "print('loss = %f' % loss)\n"
    assert python(cell) == cell


def test_a_timed_statement_stays_on_its_columns():
    row = "%time history = model.fit(x, y)"
    text = python(row)
    assert text == "0;    history = model.fit(x, y)"
    assert text.index("history") == row.index("history")


def test_the_options_of_a_timed_statement_go_with_the_magic():
    assert python("%timeit -n 10 -r3 f(x)") == "0;                f(x)"


def test_a_timed_block_cannot_follow_on_its_row():
    assert python("%time for x in y: pass") == "pass"


def test_running_a_script_brings_its_names():
    assert python("%run ./lib/layers.py") == "from lib.layers import *"


def test_a_timed_cell_keeps_its_body():
    assert python("%%time\nx = 1\n") == "      \nx = 1\n"


@pytest.mark.parametrize("magic", ["%%bash", "%%html", "%%writefile model.py", "%%javascript"])
def test_a_cell_in_another_language_has_no_python(magic: str):
    assert blanked(f"\n{magic}\nx = 1\n") is None


def test_a_cell_magic_counts_only_at_the_start():
    assert python("x = 1\n%%bash\n") == "x = 1\npass\n"


def test_a_command_without_its_sign_is_recognised_where_it_is_no_python():
    assert python("pip install keras\nls = 3\nls -= 1\ncat in names\n") == "pass\nls = 3\nls -= 1\ncat in names\n"


def test_no_break_spaces_indent():
    assert python("if x:\n\u00a0\u00a0y = '\u00a0'\n") == "if x:\n  y = '\u00a0'\n"


def test_a_cell_indented_as_a_whole_says_by_how_much():
    assert blanked("    # build\n    x = 1\n    if x:\n        y = 2\n") == Blanked(
        "# build\nx = 1\nif x:\n    y = 2\n", 4
    )


def test_line_ends_are_kept():
    assert python("%time\r\nx = 1\r\n") == "pass\r\nx = 1\r\n"


@given(st.text(alphabet=st.sampled_from("ab =%!?#\\'\"()[]\n\r\u00a0,;")))
def test_rows_stay_where_they_are(cell: str):
    result = blanked(cell)
    if result is not None:
        assert len(re.findall(ROW_END, result.text)) == len(re.findall(ROW_END, cell))


@given(st.text(alphabet=st.sampled_from("ab(),\n \"'#=+")))
def test_text_without_ipython_syntax_is_python_already(cell: str):
    try:
        ast.parse(cell)
    except SyntaxError:
        return
    assert blanked(cell) == Blanked(cell)

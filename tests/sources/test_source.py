"""Bytes to text: encodings, line ends, and what cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padlint.sources.source import Cell, Source, Unreadable, as_written, lines, read

FILE = Path("model.py")
NOTEBOOK = Path("model.ipynb")


def script(data: bytes) -> Source | Unreadable:
    return read("model.py", FILE, data)


def text(data: bytes) -> str:
    source = script(data)
    assert isinstance(source, Source)
    return source.cells[0].text


def test_a_file_is_one_cell(tmp_path: Path):
    file = tmp_path / "model.py"
    file.write_bytes(b"x = 1\n")
    assert read("shown.py", file) == Source("shown.py", file, (Cell(0, "x = 1\n"),))


def test_an_empty_file_is_an_empty_cell():
    assert text(b"") == ""


def test_line_ends_are_kept():
    assert text(b"x = 1\r\ny = 2\r\n") == "x = 1\r\ny = 2\r\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'", "iso-8859-1"),
        (b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\xe9'", "cp1252"),
        ("x = 'é'".encode(), "utf-8"),
        (b"\xef\xbb\xbf" + "x = 'é'".encode(), "utf-8-sig"),
    ],
    ids=["latin-1", "second row", "utf-8", "byte order mark"],
)
def test_the_declared_encoding_counts(data: bytes, encoding: str):
    source = script(data)
    assert isinstance(source, Source)
    assert source.encoding == encoding
    assert source.cells[0].text.endswith("x = 'é'")
    assert source.cells[0].text.encode(encoding) == data


def unreadable(data: bytes, file: Path = FILE) -> tuple[str, int, int]:
    found = read(str(file), file, data)
    assert isinstance(found, Unreadable)
    assert found.opened
    return found.why, found.row, found.column


def test_undecodable_bytes_say_where_and_what_to_do():
    assert unreadable("x = 1\ny = 'ö".encode() + b"\xe9'") == (
        "byte 0xe9 is not utf-8; save the file as UTF-8 or declare its encoding",
        2,
        7,
    )


def test_rows_are_shown_of_an_encoding_that_replaces_nothing():
    data = "# coding: idna\nx = 'ö'\n".encode()
    _, row, column = unreadable(data)
    assert lines(FILE, 0, data)[row - 1][column - 1] == "ö"


def test_a_nul_byte_says_where():
    assert unreadable(b"x = 1\ny = \0") == ("the file holds a NUL byte, so it is not Python source", 2, 5)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("x = 1".encode("utf-16"), "the file is UTF-16, which Python does not read; save it as UTF-8"),
        (b"# coding: klingon\n", "the file's encoding cannot be read: unknown encoding: klingon"),
        (b"# coding: rot13\n", "the file's encoding cannot be read: 'rot13' is not a text encoding"),
        ("# coding: idna\nx.y = 'ö'\n".encode(), "the file's encoding cannot be read: "),
        (b"# coding: undefined\n", "the file's encoding cannot be read: "),
        (b"\xef\xbb\xbf# coding: latin-1\n", "the file's encoding cannot be read: encoding problem: utf-8"),
    ],
    ids=["utf-16", "unknown", "no text", "piece by piece", "undefined", "contradiction"],
)
def test_an_encoding_that_cannot_be_read_says_why(data: bytes, why: str):
    found, row, column = unreadable(data)
    assert found.startswith(why)
    assert (row, column) == (1, 1)


def test_a_notebook_that_is_not_json_says_where():
    assert unreadable(b'{"cells":\n oops}', NOTEBOOK) == ("the notebook is not JSON: Expecting value", 2, 2)


def test_a_file_that_cannot_be_opened_is_no_finding(tmp_path: Path):
    file = tmp_path / "model.py"
    assert read("model.py", file) == Unreadable("model.py", file, "no such file or directory", opened=False)


def notebook(*cells: str) -> bytes:
    return json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells]}).encode()


def test_the_cells_of_a_notebook_are_python():
    source = read("model.ipynb", NOTEBOOK, notebook("%%bash\nls", "!ls\nx = 1", "  y = 2"))
    assert source == Source("model.ipynb", NOTEBOOK, (Cell(2, "pass\nx = 1"), Cell(3, "y = 2", indent=2)))


def test_excerpts_show_what_the_user_wrote():
    data = notebook("%%bash\nls", "!ls\nx = 1")
    assert as_written(NOTEBOOK, data) == {1: ["%%bash", "ls"], 2: ["!ls", "x = 1"]}
    assert lines(NOTEBOOK, 2, data) == ["!ls", "x = 1"]
    assert lines(NOTEBOOK, 7, data) == []


def test_excerpts_split_rows_where_python_does():
    assert lines(FILE, 0, "a = '\u2028\f'\r\nb\rc\n".encode()) == ["a = '\u2028\f'", "b", "c", ""]


@pytest.mark.parametrize("encoding", ["undefined", "klingon", "rot13", "utf-16", "utf-32"])
def test_excerpts_of_a_file_whose_encoding_is_of_no_use_are_of_utf_8(encoding: str):
    assert lines(FILE, 0, f"# coding: {encoding}\nx = 'é'\n".encode())[:2] == [f"# coding: {encoding}", "x = 'é'"]


def test_a_file_does_not_declare_what_the_declaration_is_not_written_in():
    why, row, _ = unreadable(b"# coding: utf-16\nx = 1\n")
    assert (why, row) == ("the file's encoding cannot be read: utf-16 has other bytes for ASCII", 1)


def test_a_nul_byte_stands_where_the_rows_have_it():
    data = b"# coding: utf-16\nx = 1\ny = \0\n"
    assert unreadable(data)[1:] == (3, 5)
    assert lines(FILE, 0, data)[2] == "y = \0"


def test_excerpts_of_a_file_that_is_gone_are_empty(tmp_path: Path):
    assert lines(tmp_path / "gone.py", 0) == []


@given(st.binary() | st.binary().map(lambda noise: b"# coding: " + noise), st.sampled_from([FILE, NOTEBOOK]))
def test_any_bytes_are_read_or_refused(data: bytes, file: Path):
    assert isinstance(read(str(file), file, data), Source | Unreadable)
    assert all(rows for rows in as_written(file, data).values())

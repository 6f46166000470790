"""Edits change what they name and nothing else, and a file is never half written."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padlint.finding import Edit, Position, Span
from padlint.sources.rewrite import CannotRewrite, edited, replace_file, rewritten


def edit(row: int, start: int, end: int, content: str, cell: int = 0) -> Edit:
    return Edit(Span("m.py", cell, Position(row, start), Position(row, end)), content)


def test_edits_are_made_wherever_they_come_in_the_list():
    assert edited("a = 1\nb = 2\n", [edit(2, 1, 2, "c"), edit(1, 5, 6, "10")]) == "a = 10\nc = 2\n"


def test_an_edit_may_insert_and_may_end_behind_the_text():
    assert edited("x", [edit(1, 2, 2, "y")]) == "xy"
    assert edited("a\nb", [Edit(Span("m.py", 0, Position(2, 1), Position(3, 1)), "")]) == "a\n"


def test_rows_end_as_they_do_for_python():
    assert edited("a\r\nb\rc\fd\n", [edit(3, 3, 4, "e")]) == "a\r\nb\rc\fe\n"


def test_edits_that_overlap_are_refused():
    with pytest.raises(CannotRewrite, match="two edits overlap at row 1"):
        edited("abc", [edit(1, 1, 3, "x"), edit(1, 2, 3, "y")])


@given(st.text(alphabet="ab\n\r\f é🧪"))
def test_no_edit_is_no_change(text):
    assert edited(text, []) == text
    assert edited(text, [edit(1, 1, 1, "")]) == text


@pytest.mark.parametrize("head", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_newlines_and_byte_order_mark_stay(head, newline):
    data = head + newline.join(["é = 1", "b = 2", ""]).encode()
    after = rewritten(Path("m.py"), data, [edit(2, 5, 6, "3")])
    assert after == head + newline.join(["é = 1", "b = 3", ""]).encode()


def test_a_declared_encoding_stays():
    data = "# coding: latin-1\nx = 'é'\n".encode("latin-1")
    assert rewritten(Path("m.py"), data, [edit(2, 1, 2, "y")]) == "# coding: latin-1\ny = 'é'\n".encode("latin-1")


def notebook(*sources: str | list[str], **layout) -> bytes:
    cells = [{"cell_type": "code", "metadata": {}, "source": source, "outputs": []} for source in sources]
    return (json.dumps({"nbformat": 4, "cells": cells, "metadata": {"z": "é"}}, **layout) + "\n").encode()


@pytest.mark.parametrize(
    "layout",
    [{"indent": 1, "ensure_ascii": False}, {"indent": 2, "ensure_ascii": True}, {"indent": None, "ensure_ascii": True}],
)
def test_a_notebook_changes_in_its_cell_alone(layout):
    data = notebook(["a = 1\n", "b = 2"], "c = 3", **layout)
    after = rewritten(Path("n.ipynb"), data, [edit(2, 5, 6, "4", cell=1), edit(1, 1, 2, "d", cell=2)])
    assert after == notebook(["a = 1\n", "b = 4"], "d = 3", **layout)


LAYOUTS = st.fixed_dictionaries(
    {"indent": st.sampled_from([None, 1, 2, 7]), "ensure_ascii": st.booleans()},
    optional={"separators": st.sampled_from([(",", ":"), (" , ", " : ")])},
)
ROWS = st.lists(st.text(alphabet='ab é🧪<"\\', max_size=4).map(lambda row: f"{row}\n"), min_size=2, max_size=4)


@given(ROWS, ROWS, st.integers(1, 5), ROWS, LAYOUTS, st.booleans())
def test_a_row_put_into_a_cell_is_one_string_more_in_any_layout(before, other, row, added, layout, listed):
    place = min(row, len(before) + 1)
    after = [*before[: place - 1], *added, *before[place - 1 :]]
    insertion = Edit(Span("n.ipynb", 1, Position(place, 1), Position(place, 1)), "".join(added))
    written = lambda rows: rows if listed else "".join(rows)  # noqa: E731
    data = notebook(written(before), other, **layout)
    assert rewritten(Path("n.ipynb"), data, [insertion]) == notebook(written(after), other, **layout)


def test_a_notebook_by_hand_keeps_its_hand():
    data = b'{"cells": [ {"source" :["a = 1\\n",\n  "b = \\u003c2"], "outputs": [1e3, {"x": []}]} ],\n\n"nbformat":4 }'
    after = rewritten(Path("n.ipynb"), data, [edit(2, 1, 2, "c <", cell=1)])
    assert after == data.replace(b'"b = \\u003c2"', b'"c \\u003c = \\u003c2"')


def test_the_old_format_is_rewritten_too():
    data = json.dumps({"worksheets": [{"cells": [{"cell_type": "code", "input": ["a = 1"]}]}]}).encode()
    after = rewritten(Path("n.ipynb"), data, [edit(1, 5, 6, "2", cell=1)])
    assert after == data.replace(b"a = 1", b"a = 2")


def test_an_edit_of_a_cell_that_is_not_there_is_refused():
    with pytest.raises(CannotRewrite, match="cell 3 holds no text"):
        rewritten(Path("n.ipynb"), notebook("a = 1"), [edit(1, 1, 2, "d", cell=3)])


@pytest.mark.parametrize(
    "twice",
    [
        b'{"cells": [{"cell_type": "code", "source": "b"}], "cells": [{"cell_type": "code", "source": "a = 1"}]}',
        b'{"cells": [{"cell_type": "code", "source": "a = 1", "cell_type": "code", "source": "a = 2"}]}',
    ],
    ids=["cells", "source"],
)
def test_a_key_that_a_notebook_has_twice_leads_nobody_astray(twice):
    with suppress(CannotRewrite):
        after = json.loads(rewritten(Path("n.ipynb"), twice, [edit(1, 1, 2, "c", cell=1)]))
        assert [cell["source"][:1] for cell in after["cells"]] == ["c"]


# Encodings --------------------------------------------------------------------------------------------------------

ENCODINGS = {
    "utf-8-sig": "é 漢",
    "latin-1": "é",
    "cp1252": "é €",
    "koi8-r": "жук",
    "shift_jis": "漢字",
    "euc_jp": "漢字",
    "gbk": "汉字",
    "utf-7": "é",
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("declared", ["# -*- coding: {} -*-", "# vim: set fileencoding={} :", "\f# coding={}"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_encoding_that_python_reads_is_written_back(encoding, declared, newline):
    head = declared.format(encoding.removesuffix("-sig"))
    text = newline.join([head, f"x = '{ENCODINGS[encoding]}'\f", "y = 1", ""])
    after = rewritten(Path("m.py"), text.encode(encoding), [edit(3, 5, 6, "2")])
    assert after == text.replace("y = 1", "y = 2").encode(encoding)


def test_bytes_that_would_change_on_their_own_are_not_written():
    # In UTF-7, `+AGE-` is another way to write `a`.
    data = b"# coding: utf-7\nx = '+AGE-'\ny = 1\n"
    with pytest.raises(CannotRewrite, match="it cannot be written back as utf-7"):
        rewritten(Path("m.py"), data, [edit(3, 5, 6, "2")])


# Files ------------------------------------------------------------------------------------------------------------


def test_a_file_keeps_its_permissions_and_its_links(tmp_path):
    file = tmp_path / "m.py"
    file.write_text("before")
    file.chmod(0o750)
    link = tmp_path / "link.py"
    link.symlink_to(file)
    replace_file(link, b"before", b"after")
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode), link.is_symlink()) == ("after", 0o750, True)


def test_a_write_that_fails_leaves_the_file_and_nothing_beside_it(tmp_path, monkeypatch):
    file = tmp_path / "m.py"
    file.write_text("before")

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        replace_file(file, b"before", b"after")
    assert ([each.name for each in tmp_path.iterdir()], file.read_text()) == (["m.py"], "before")


def test_a_file_that_may_not_be_written_is_not_replaced_either(tmp_path):
    file = tmp_path / "m.py"
    file.write_text("before")
    file.chmod(0o444)
    with pytest.raises(PermissionError):
        replace_file(file, b"before", b"after")
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("before", 0o444)


def test_a_file_keeps_its_owner(tmp_path, monkeypatch):
    given = []
    monkeypatch.setattr(os, "chown", lambda _name, user, group: given.append((user, group)), raising=False)
    file = tmp_path / "m.py"
    file.write_text("before")
    replace_file(file, b"before", b"after")
    assert given == [(-1, file.stat().st_gid), (file.stat().st_uid, -1)]


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path):
    file = tmp_path / "m.py"
    file.write_text("something else")
    with pytest.raises(CannotRewrite, match="it changed while padlint ran"):
        replace_file(file, b"before", b"after")
    assert ([each.name for each in tmp_path.iterdir()], file.read_text()) == (["m.py"], "something else")


def test_a_file_that_another_run_has_fixed_is_as_it_should_be(tmp_path):
    file = tmp_path / "m.py"
    file.write_text("after")
    replace_file(file, b"before", b"after")
    assert file.read_text() == "after"


WRITING = """
import os, signal, sys
from pathlib import Path
from padlint.sources.rewrite import replace_file

def killed(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

setattr({owner}, "{step}", killed)
replace_file(Path(sys.argv[1]), b"before" * 9999, b"after" * 9999)
"""


@pytest.mark.parametrize(
    ("owner", "step"), [("os", "fdopen"), ("os", "fsync"), ("os", "utime"), ("Path", "read_bytes"), ("Path", "replace")]
)
def test_a_run_that_is_killed_while_it_writes_leaves_the_file_as_it_was(tmp_path, owner, step):
    file = tmp_path / "m.py"
    file.write_bytes(b"before" * 9999)
    program = WRITING.format(owner=owner, step=step)
    ended = subprocess.run([sys.executable, "-c", program, file], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert file.read_bytes() == b"before" * 9999
    # What it leaves beside the file is no Python file to anybody.
    assert [each.name for each in tmp_path.iterdir() if each.suffix == ".py"] == ["m.py"]

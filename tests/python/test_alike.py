"""A tree that says what is alike once is the same tree."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import libcst as cst
import pytest

from padlint.python.alike import share_alike
from padlint.python.children import children
from padlint.python.positions import Positions

PROGRAM = """\
# A model.
from keras import layers


class Net(layers.Layer):
    def call(self, x, mask = None):
        x = self.embed( x )  # ids

        return [self.lstm(each, mask=mask) for each in (x, x)], lambda a: a.x . y


net = Net () ; net.name = "net"
"""


def everything(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    yield node
    for part in children(node):
        yield from everything(part)


@pytest.mark.parametrize("text", [PROGRAM, PROGRAM.replace("\n", "\r\n"), Path(__file__).read_text(encoding="utf-8")])
def test_it_has_the_same_text_and_places(text):
    module = cst.parse_module(text)
    before = [Positions(module).of(node) for node in everything(module)]
    share_alike(module)
    assert module.code == text
    assert [Positions(module).of(node) for node in everything(module)] == before


def test_spaces_and_words_that_are_alike_are_one():
    module = cst.parse_module("first = add(first, second)\nsecond = add(second, first)\n")
    share_alike(module)
    names = [node for node in everything(module) if isinstance(node, cst.Name)]
    equals = [node for node in everything(module) if isinstance(node, cst.AssignTarget)]
    assert len({id(name.value) for name in names}) == len({name.value for name in names})
    assert len({id(each.whitespace_before_equal) for each in equals}) == 1


def test_brackets_and_the_breaks_in_them_that_are_alike_are_one():
    module = cst.parse_module("a.b(\n    x=(1),\n    y=(2),\n)\nc.d(\n    x=(3),\n)\n")
    share_alike(module)
    calls = [node for node in everything(module) if isinstance(node, cst.Call)]
    assert len({id(call.whitespace_before_args) for call in calls}) == 1
    assert len({id(call.func.dot) for call in calls}) == 1
    assert len({id(each.value.lpar[0]) for call in calls for each in call.args}) == 1
    assert len({id(each.equal) for call in calls for each in call.args}) == 1


def test_a_comment_stays_where_it_is():
    text = "x = 1  # one\ny = 2  # two\nz = 3\nw = 4\n"
    module = cst.parse_module(text)
    share_alike(module)
    assert module.code == text


def test_a_copy_with_a_change_changes_nothing_else():
    module = cst.parse_module("x = 1\ny = 1\n")
    share_alike(module)
    first = module.body[0]
    assert isinstance(first, cst.SimpleStatementLine)
    changed = module.deep_replace(first.body[0].targets[0].target, cst.Name("z"))
    assert (changed.code, module.code) == ("z = 1\ny = 1\n", "x = 1\ny = 1\n")

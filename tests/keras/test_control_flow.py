"""Functions that run functions of the program: on either branch, or on one row after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Drawer

IMPORTS = """
import tensorflow as tf
from keras import Input, Model, layers
x = Input((5, 4), name="x")
"""


def test_either_branch(drawn: Drawer) -> None:
    program = "Model(x, tf.cond(trained(), lambda: layers.Dense(3)(x), lambda: x))"
    assert drawn(IMPORTS + program) == ["either(Dense(x), x)"]


def test_one_row_after_the_other(drawn: Drawer) -> None:
    program = "Model(x, tf.map_fn(lambda row: tf.reduce_sum(row, axis=0), x))"
    assert drawn(IMPORTS + program) == ["all rows(tf.reduce_sum(each row(x)))"]


def test_rows_of_several_tensors(drawn: Drawer) -> None:
    program = "Model(x, tf.map_fn(lambda rows: rows[0] + rows[1], (x, tf.exp(x))))"
    assert drawn(IMPORTS + program) == ["all rows(+(each row(x), each row(tf.exp(x))))"]


def test_a_function_that_is_not_known(drawn: Drawer) -> None:
    assert drawn(IMPORTS + "Model(x, tf.map_fn(decode, x))") == ["tf.map_fn(x)"]

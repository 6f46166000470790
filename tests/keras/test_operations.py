"""Functions on tensors outside layers: what the table says of them, met in programs and measured in TensorFlow."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from padlint.graph import Effect, RawOp
from padlint.keras.operation_table import operation_rows, row_of

if TYPE_CHECKING:
    from conftest import Drawer, Reader

IMPORTS = """
import tensorflow as tf
from keras import Input, Model, layers
from keras import backend as K
x = Input((5, 4), name="x")
"""


def effects(graph_of: Reader, program: str) -> list[Effect]:
    operations = [node.operation for node in graph_of(IMPORTS + program).nodes]
    return [operation.effect for operation in operations if isinstance(operation, RawOp)]


def test_a_function_that_returns_two_tensors(drawn: Drawer) -> None:
    assert drawn(IMPORTS + "values, places = tf.nn.top_k(x, 2)\nModel(x, [values, places])") == [
        "tf.nn.top_k(x), tf.nn.top_k(x)"
    ]


def test_a_function_whose_first_output_is_a_list(drawn: Drawer) -> None:
    program = """
(found,), scores = tf.nn.ctc_greedy_decoder(x, lengths())
Model(x, [found.values, scores])
"""
    decoded = "tf.nn.ctc_greedy_decoder(x)"
    assert drawn(IMPORTS + program) == [f".values({decoded}), {decoded}"]


def test_a_longer_name_says_more(graph_of: Reader) -> None:
    assert effects(graph_of, "tf.repeat(x, 2, axis=1)") == [Effect.JOIN_STEPS]
    assert effects(graph_of, "K.repeat(x[:, 0], 5)") == [Effect.ONE_STEP, Effect.EXPAND]


def test_one_of_the_steps_that_a_tensor_was_taken_apart_into(drawn: Drawer) -> None:
    program = """
steps = layers.Lambda(lambda x: tf.unstack(x, axis=1))(x)
Model(x, [steps[2], steps[-1], steps[somewhere()]])
"""
    taken = "out of Lambda(tf.unstack(x), x)"
    assert drawn(IMPORTS + program) == [f"[:, 2](x), [:, -1](x), {taken}"]


def test_a_function_of_python_and_a_method(graph_of: Reader) -> None:
    assert effects(graph_of, "abs(x).sum(axis=1)") == [Effect.POINTWISE, Effect.REDUCE_STEPS]


def test_steps_are_added_up_and_cut_out(graph_of: Reader) -> None:
    program = "K.cumsum(tf.slice(x, [0, 1, 0], [-1, 3, -1]), 1)"
    assert effects(graph_of, program) == [Effect.CROP_STEPS, Effect.MIX_STEPS]


def test_a_function_that_the_table_lacks() -> None:
    assert row_of("tensorflow.scan").effect is Effect.UNKNOWN


def test_a_cell_gives_its_output_and_its_states(drawn: Drawer) -> None:
    program = """
output, (h, c) = layers.LSTMCell(3)(x[:, 0], [x[:, 1], x[:, 2]])
Model(x, [output, c])
"""
    assert drawn(IMPORTS + program) == ["LSTMCell([:, 0](x)), LSTMCell.2([:, 0](x))"]


# What TensorFlow says --------------------------------------------------------------------------------------------

# These scale by a norm: over everything when no axis is given, as they are called here, and over features in programs.
SCALED = {"clip_by_norm", "l2_normalize", "normalize"}


# These add what they are given besides, as they are not called here.
SHIFTED = {"layer_normalization"}


@pytest.fixture(scope="module")
def tensorflow() -> Any:
    return pytest.importorskip("tensorflow", reason="measuring needs TensorFlow")


def _functions(tensorflow: Any, name: str) -> Iterator[Callable[..., Any]]:
    for home in (tensorflow, tensorflow.nn, tensorflow.math, tensorflow.linalg):
        function = getattr(home, name, None)
        if callable(function) and not inspect.isclass(function):
            yield function


def _steps_read(tensorflow: Any, function: Callable[..., Any]) -> list[set[int]] | None:
    """Return, for each step of what a function makes of one or two sequences, the steps that it changes with."""
    x = tensorflow.random.uniform((2, 5, 4), 0.1, 0.9, seed=1)
    for arguments in ((x,), (x, x + 0.05)):
        try:
            with tensorflow.GradientTape() as tape:
                tape.watch(x)
                made = function(*arguments)
            slopes = tape.jacobian(made, x)
        except (TypeError, ValueError, AttributeError, LookupError, tensorflow.errors.OpError):
            continue
        if slopes is not None and made.shape[:2] == (2, 5):
            total = tensorflow.reduce_sum(tensorflow.abs(slopes), [*range(2, len(made.shape)), len(made.shape) + 2])
            return [{step for step in range(5) if total[0, made_at, 0, step] > 0} for made_at in range(5)]
    return None


def test_pointwise_functions_work_on_each_step_by_itself(tensorflow: Any) -> None:
    names = {name for name, row in operation_rows().items() if row.effect is Effect.POINTWISE} - SCALED
    tried = {
        name: steps
        for name in sorted(names)
        for function in _functions(tensorflow, name)
        if (steps := _steps_read(tensorflow, function)) is not None
    }
    assert len(tried) > 40
    assert {name for name, steps in tried.items() if any(read - {at} for at, read in enumerate(steps))} == set()


def _zeros_made(tensorflow: Any, name: str) -> set[bool]:
    """Say whether zeros stay zeros, by every function of a name that takes a single tensor of floats."""
    keras = pytest.importorskip("keras")
    zeros = tensorflow.zeros((2, 5, 4))
    found = set()
    own = (getattr(home, name, None) for home in (keras.ops, keras.activations))
    for function in (*_functions(tensorflow, name), *filter(callable, own)):
        try:
            made = function(zeros, "float32") if name == "cast" else function(zeros)
            if made.shape == zeros.shape:
                found.add(not tensorflow.math.count_nonzero(made))
        except (TypeError, ValueError, AttributeError, LookupError, tensorflow.errors.OpError):
            continue
    return found


def test_zeros_come_back_as_zeros_where_the_table_says_so(tensorflow: Any) -> None:
    rows = {
        name: row for name, row in operation_rows().items() if row.effect is Effect.POINTWISE and name not in SHIFTED
    }
    made = {name: _zeros_made(tensorflow, name) for name in rows}
    said = {name: {row.keeps_zero} for name, row in rows.items() if made[name]}
    assert len(said) > 50
    assert {name: made[name] for name in said} == said
    assert {name for name, row in rows.items() if row.keeps_zero} <= said.keys()


def test_reductions_end_the_steps(tensorflow: Any) -> None:
    names = [name for name, row in operation_rows().items() if row.effect is Effect.REDUCE_STEPS and "." not in name]
    x = tensorflow.random.uniform((2, 5, 4), 0.1, 0.9, seed=1)
    shapes = {
        name: tuple(function(x if not name.endswith(("any", "all")) else x > 0.5, axis=1).shape)
        for name in names
        for function in [next(_functions(tensorflow, name), None)]
        if function is not None and "axis" in inspect.signature(function).parameters
    }
    assert len(shapes) > 10
    assert set(shapes.values()) == {(2, 4)}

"""Functions on tensors outside layers: what `tf.`, `K.` and `keras.ops` functions do to timesteps."""

from __future__ import annotations

from padlint.graph import Effect, RawOp, Setting, TensorId
from padlint.keras.builder import GraphBuilder
from padlint.keras.layer_objects import flat_tensors
from padlint.keras.layers import same_object
from padlint.keras.names import last
from padlint.keras.operation_table import Row, row_of
from padlint.keras.settings import lengths_of, setting_of, shape_of
from padlint.keras.table import SameWhen
from padlint.keras.tensors import TensorValue, said_of_shape
from padlint.keras.weights import rank_of
from padlint.python.context import Context
from padlint.python.structures import parts_of
from padlint.python.values import (
    Call,
    Constant,
    LibraryName,
    TupleValue,
    Unknown,
    Value,
)

HOMES = ("tensorflow.", "keras.backend.", "keras.ops.", "keras.activations.", "keras.layers.", "numpy.")
# Functions of Python's that work on tensors as well, by what they are there.
PYTHONS = {"builtins.abs": "tensorflow.abs", "builtins.round": "tensorflow.round", "builtins.pow": "tensorflow.pow"}


CONTRACTIONS = frozenset({"matmul", "dot", "batch_dot", "einsum", "tensordot"})
CHOICES = frozenset({"where", "switch"})
SHAPE_FUNCTIONS = frozenset(
    {"shape", "int_shape", "ndim", "size", "rank", "dtype", "is_keras_tensor", "get_static_value"}
)


def operation(builder: GraphBuilder, dotted: str, call: Call, context: Context) -> Value | None:
    """Apply a function to tensors; None when it is no tensor function or none of its arguments is a tensor."""
    dotted = PYTHONS.get(dotted, dotted)
    if not dotted.startswith(HOMES):
        return None
    name = last(dotted)
    if name in SHAPE_FUNCTIONS:
        return said_of_shape(name, next(iter(call.arguments), None))
    inputs = [tensor for value in call.everything() for tensor in _tensors(builder, value, call)]
    if not inputs:
        return None
    if name == "split":
        return _split(builder, call, tuple(inputs))
    row = row_of(dotted)
    applied = _raw(builder, dotted, row, call, tuple(inputs))
    results: list[Value] = [
        TensorValue(builder, builder.add(applied, inputs, call.site.span)) for _ in range(row.outputs)
    ]
    if row.listed:
        results[0] = context.new_list(results[:1])
    return results[0] if row.outputs == 1 else TupleValue(tuple(results))


def method(tensor: TensorValue, name: str, call: Call, context: Context) -> Value | None:
    """Apply a function that is written as a tensor's method (`x.sum(axis=1)`), None when there is none of that name."""
    if row_of(name).effect is Effect.UNKNOWN:
        return None
    given = Call((tensor, *call.arguments), call.keywords, call.site)
    return operation(tensor.builder, f"tensorflow.{name}", given, context)


def _tensors(builder: GraphBuilder, value: Value, call: Call) -> list[TensorId]:
    return flat_tensors(builder, value, call.site) if _has_tensor(value) else []


def _has_tensor(value: Value) -> bool:
    return any(isinstance(part, TensorValue) for part in parts_of(value, unnumbered=True))


def _raw(builder: GraphBuilder, dotted: str, row: Row, call: Call, inputs: tuple[TensorId, ...]) -> RawOp:
    name, effect = last(dotted), row.effect
    axis = _axis(row, call)
    given = _shape_argument(row, call)
    shape = shape_of(given) or ()
    lengths = lengths_of(given) if effect is Effect.RESHAPE else ()
    if name in CONTRACTIONS:
        effect = _contraction(call, shape, inputs)
    if effect is Effect.POINTWISE and name in CONTRACTIONS:
        ranks = set(map(rank_of, call.everything()))
        if 1 in ranks:
            effect, axis = Effect.SQUEEZE, -1
        elif 3 in ranks and name == "dot":
            effect, axis = Effect.EXPAND, -1
    if effect is Effect.GATHER_STEPS and call.arguments and not _has_tensor(call.arguments[0]):
        effect = Effect.LOOKUP
    if effect is Effect.JOIN_FEATURES and axis == 1:
        effect = Effect.JOIN_STEPS
    if _gives_back(dotted, builder.keras, call):
        effect = Effect.SAME_OBJECT
    operand = _operand(name, call) if effect in (Effect.TEST, Effect.POINTWISE) else None
    return RawOp(_shown(dotted), effect, axis, operand, shape, lengths, row.keeps_zero)


def _operand(name: str, call: Call) -> Setting | None:
    """Return the operand that is no tensor: what was not read of a choice, else the constant."""
    unread = [value for value in call.arguments[:1] if isinstance(value, Unknown)] if name in CHOICES else []
    constants = [value for value in call.arguments if isinstance(value, Constant)]
    return next(map(setting_of, (*unread, *constants)), None)


def _shown(dotted: str) -> str:
    for home, short in (("tensorflow.", "tf."), ("keras.backend.", "K."), ("numpy.", "np.")):
        if dotted.startswith(home):
            return short + dotted[len(home) :]
    return dotted


def _axis(row: Row, call: Call) -> int | None:
    if row.axis is None:
        return None
    given = call.argument(*row.axis)
    if given is None and row.axis[1] == "axis":
        given = call.argument(None, "axes") or call.argument(None, "dim")
    found = shape_of(given)
    return found[0] if found else row.default


def _shape_argument(row: Row, call: Call) -> Value | None:
    if row.shape is None:
        return None
    given = call.argument(*row.shape)
    if given is None and row.effect is Effect.RESHAPE:
        given = call.argument(1, "newshape") or call.argument(1, "target_shape")
    return given


# The last axis of (batch, steps, features), or of (batch, heads, steps, features), in both operands.
_OVER_FEATURES = ({2}, {3}, {-1})


def _contraction(call: Call, axes: tuple[int | None, ...], inputs: tuple[TensorId, ...]) -> Effect:
    """Say whether a product weighs the steps of one tensor, pairs the steps of two, or only maps features."""
    if len(inputs) < 2:
        return Effect.POINTWISE
    flips = call.argument(None, "transpose_b") or call.argument(None, "adjoint_b")
    if flips is not None:
        return Effect.PAIR_STEPS if flips == Constant(True) else Effect.WEIGH_STEPS
    if axes:
        return Effect.PAIR_STEPS if set(axes) in _OVER_FEATURES else Effect.WEIGH_STEPS
    equation = call.arguments[0] if call.arguments else None
    if isinstance(equation, Constant) and isinstance(equation.value, str):
        return _einsum(equation.value)
    return Effect.WEIGH_STEPS


def _einsum(equation: str) -> Effect:
    """Say what an einsum contracts: the letters that its output does not have."""
    left, _, output = equation.replace(" ", "").partition("->")
    operands = left.split(",")
    gone = {letter for operand in operands for letter in operand if letter not in output}
    steps = {operand[1] for operand in operands if len(operand) > 2}
    return Effect.WEIGH_STEPS if gone & steps else Effect.PAIR_STEPS


def _gives_back(dotted: str, keras: int, call: Call) -> bool:
    """Say whether the function returns the very tensor that it was given, mask and all."""
    match same_object(dotted, keras):
        case SameWhen.ALWAYS:
            return True
        case SameWhen.SAME_DTYPE:
            return not _casts_away(call)
        case SameWhen.RATE_ZERO:
            return call.argument(1, "rate") in (Constant(0), Constant(0.0))
        case _:
            pass
    return False


def _casts_away(call: Call) -> bool:
    """Say whether a cast goes to integers or booleans, so that a tensor of floats cannot come back as it was."""
    target = call.argument(1, "dtype")
    match target:
        case Constant(str(name)) | LibraryName(name):
            return last(name).startswith(("int", "uint", "bool"))
        case _:
            pass
    return False


def _split(builder: GraphBuilder, call: Call, inputs: tuple[TensorId, ...]) -> Value:
    axis = shape_of(call.argument(2, "axis"))
    count = shape_of(call.argument(1, "num_or_size_splits"))
    effect = Effect.CROP_STEPS if axis == (1,) else Effect.FEATURES
    number = count[0] if count and len(count) == 1 and count[0] else len(count) if count else 1
    operation_ = RawOp("tf.split", effect, axis[0] if axis else 0)
    parts = [TensorValue(builder, builder.add(operation_, inputs, call.site.span)) for _ in range(min(number or 1, 16))]
    return TupleValue(tuple(parts))

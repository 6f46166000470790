"""Replay a raw operation: what its effect and its name allow it to have been, likeliest first."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import EllipsisType, ModuleType
from typing import TypeAlias

import numpy as np

from padlint.confirm.construct import VOCABULARY, Scale
from padlint.confirm.stand_ins import stand_ins
from padlint.confirm.tensors import Tensor, is_float, tensor_of
from padlint.graph import Effect, Known, RawOp

Replay: TypeAlias = Callable[[Sequence[Tensor]], Tensor]
Index: TypeAlias = tuple[int | slice | EllipsisType | None, ...]

MOVING = frozenset(
    {
        Effect.CROP_STEPS,
        Effect.EXPAND,
        Effect.JOIN_STEPS,
        Effect.RESHAPE,
        Effect.REVERSE_STEPS,
        Effect.SQUEEZE,
        Effect.STACK,
        Effect.TRANSPOSE,
    }
)


def replays(flow: ModuleType, operation: RawOp, scale: Scale, sizes: Sequence[int]) -> Iterator[Replay]:
    """Yield what an operation that is replayed may have been; which of them fits shows when it is run on tensors.

    Args:
        flow: the tensorflow module.
        sizes: numbers of features that a product with unread weights may have.
    """
    match operation.effect:
        case Effect.RESHAPE:
            yield from _reshapes(flow, operation, scale)
        case Effect.FEATURES | Effect.WEIGH_STEPS | Effect.PAIR_STEPS:
            yield from _on_features(flow, operation, sizes)
        case Effect.LOOKUP:
            yield _lookup(flow, sizes[0])
        case effect:
            yield from _WRITTEN[effect](flow, operation)


# Names ------------------------------------------------------------------------------------------------------------


@cache
def _names() -> Mapping[str, Mapping[str, str]]:
    text = Path(__file__).with_name("operations.toml").read_text(encoding="utf-8")
    groups = tomllib.loads(text)
    return {group: {str(name): str(path) for name, path in names.items()} for group, names in groups.items()}


def _function(flow: ModuleType, group: str, name: str) -> Callable[..., Tensor] | None:
    """Find TensorFlow's function for an operation by the last part of its name."""
    path = _names()[group].get(name if name in _names()[group] else name.rpartition(".")[2])
    if path is None:
        return None
    found: object = flow
    for part in path.split("."):
        found = getattr(found, part)
    return found if callable(found) else None


# Step by step -----------------------------------------------------------------------------------------------------


def _same_object(flow: ModuleType, operation: RawOp) -> Iterator[Replay]:
    yield lambda inputs: inputs[0]


def _one_hot(flow: ModuleType, operation: RawOp) -> Iterator[Replay]:
    yield lambda inputs: flow.one_hot(flow.cast(inputs[0], "int32"), VOCABULARY)


def _softmaxes(flow: ModuleType, operation: RawOp) -> Iterator[Replay]:
    axis = 1 if operation.axis is None else operation.axis
    yield lambda inputs: flow.nn.softmax(inputs[0], axis=_present(inputs[0], axis))


def _stepwise(flow: ModuleType, operation: RawOp) -> Iterator[Replay]:
    """Yield an operation that works on each step alone, or reads nothing but the shape."""
    if operation.name.rpartition(".")[2] in _names()["products"]:
        yield from _products(flow, operation, stand_ins().sizes)
    named = _function(flow, "pointwise", operation.name) or _function(flow, "test", operation.name)
    constant = operation.operand.value if isinstance(operation.operand, Known) else None
    tests = operation.effect is Effect.TEST
    other = constant if isinstance(constant, int | float) else 0 if tests else 0.7

    def run(inputs: Sequence[Tensor]) -> Tensor:
        tensors = _alike(flow, inputs, floats=isinstance(constant, float))
        if operation.effect is Effect.SHAPE and named is None:
            return tensor_of(flow.shape(tensors[0]))
        if named is not None and (found := _tried(named, tensors, other)) is not None:
            return found
        return tensor_of(flow.not_equal(tensors[0], 0)) if tests else _blend(flow, tensors, operation)

    yield run


def _tried(named: Callable[..., Tensor], tensors: Sequence[Tensor], other: float) -> Tensor | None:
    """Call a function on as many tensors as there are, with the constant as second operand where one is needed."""
    first = tensors[0]
    attempts: tuple[tuple[object, ...], ...] = (tuple(tensors),) if len(tensors) > 1 else ((first,), (first, other))
    for arguments in attempts:
        try:
            return named(*arguments)
        except TypeError:
            continue
    return None


def _blend(flow: ModuleType, tensors: Sequence[Tensor], operation: RawOp) -> Tensor:
    """Stand in for an operation on single steps: a new tensor that depends on each of the given ones."""
    total = flow.cast(tensors[0], "float32") * 0.9 + (0.0 if operation.keeps_zero else 0.1)
    for tensor in tensors[1:]:
        total = total + flow.cast(tensor, "float32") * 0.8
    return tensor_of(total)


def _alike(flow: ModuleType, inputs: Sequence[Tensor], *, floats: bool = False) -> list[Tensor]:
    """Turn truth values and whole numbers into floats where they meet floats."""
    if floats or any(is_float(tensor) for tensor in inputs):
        return [tensor if is_float(tensor) else flow.cast(tensor, "float32") for tensor in inputs]
    return list(inputs)


# Slices -----------------------------------------------------------------------------------------------------------


def _slices(flow: ModuleType, operation: RawOp) -> Iterator[Replay]:
    written = _index(operation.name)
    usual: Mapping[Effect, Index] = {
        Effect.CROP_STEPS: (slice(None), slice(1, None)),
        Effect.LAST_STEP: (slice(None), -1),
        Effect.ONE_STEP: (slice(None), 0),
    }
    for index in (written, usual[operation.effect]):
        if index is not None:
            yield _slicer(index)


def _slicer(index: Index) -> Replay:
    return lambda inputs: inputs[0][index]


def _index(name: str) -> Index | None:
    """Read a subscript as it was written; None where it holds anything but constants."""
    try:
        tree = ast.parse(f"x{name}", mode="eval").body
    except SyntaxError:
        return None
    if not isinstance(tree, ast.Subscript):
        return None
    parts = tree.slice.elts if isinstance(tree.slice, ast.Tuple) else [tree.slice]
    try:
        return tuple(_index_part(part) for part in parts)
    except ValueError:
        return None


def _index_part(part: ast.expr) -> int | slice | EllipsisType | None:
    if isinstance(part, ast.Slice):
        lower, upper, step = (_bound(bound) for bound in (part.lower, part.upper, part.step))
        return slice(lower, upper, step)
    if isinstance(part, ast.Constant) and part.value is ...:
        return ...
    return _bound(part)


def _bound(part: ast.expr | None) -> int | None:
    value = None if part is None else ast.literal_eval(part)
    if value is None or isinstance(value, int):
        return value
    raise ValueError(f"not a position: {value!r}")


# Features ---------------------------------------------------------------------------------------------------------


def _on_features(flow: ModuleType, operation: RawOp, sizes: Sequence[int]) -> Iterator[Replay]:
    """Yield slices and reductions of the features, then products with weights that were not read."""
    if operation.effect is not Effect.FEATURES:
        yield from _products(flow, operation, sizes)
        return
    if operation.name.startswith("["):
        written = _index(operation.name)
        for index in (written, (..., 0), (..., slice(0, 1))):
            if index is not None:
                yield _slicer(index)
        return
    if _function(flow, "reduce", operation.name) is not None:
        yield from _reductions(flow, operation)
        return
    yield from _products(flow, operation, sizes)


def _reductions(flow: ModuleType, operation: RawOp) -> Iterator[Replay]:
    named = _function(flow, "reduce", operation.name) or flow.reduce_sum
    usual = -1 if operation.effect is Effect.FEATURES else 1
    axis = usual if operation.axis is None else operation.axis
    for keepdims in (False, True):
        yield _reducer(flow, named, axis, keepdims=keepdims)


def _reducer(flow: ModuleType, named: Callable[..., Tensor], axis: int, *, keepdims: bool) -> Replay:
    def run(inputs: Sequence[Tensor]) -> Tensor:
        tensor = inputs[0]
        if getattr(tensor.dtype, "is_bool", False) and named not in {flow.reduce_any, flow.reduce_all}:
            tensor = flow.cast(tensor, "float32")
        return named(tensor, axis=_present(tensor, axis), keepdims=keepdims)

    return run


# Products ---------------------------------------------------------------------------------------------------------


def _products(flow: ModuleType, operation: RawOp, sizes: Sequence[int]) -> Iterator[Replay]:
    """Yield the products that two tensors, or one and weights that were not read, may have."""
    paired: tuple[Replay, ...] = (
        lambda inputs: flow.matmul(inputs[0], inputs[1], transpose_b=True),
        lambda inputs: flow.einsum("bqf,bf->bq", *inputs),
    )
    weighed: tuple[Replay, ...] = (
        lambda inputs: flow.matmul(inputs[0], inputs[1]),
        lambda inputs: flow.einsum("btx,bty->bxy", *inputs),
        lambda inputs: flow.einsum("bt,bty->by", *inputs),
        lambda inputs: flow.einsum("bty,bt->by", *inputs),
    )
    of_two = (*paired, *weighed) if operation.effect is Effect.PAIR_STEPS else (*weighed, *paired)
    for replay in of_two:
        yield _for_two(replay)
    for size in dict.fromkeys((0, 1, None, *sizes)):
        yield _for_one(flow, size)
    if operation.effect is Effect.WEIGH_STEPS:
        yield from _reductions(flow, operation)


def _for_two(replay: Replay) -> Replay:
    def run(inputs: Sequence[Tensor]) -> Tensor:
        if len(inputs) != 2:
            raise ValueError("a product of two tensors")
        return replay(inputs)

    return run


def _for_one(flow: ModuleType, size: int | None) -> Replay:
    """Multiply the features by fixed random weights; size 0 keeps their number, and None leaves one number of them."""

    def run(inputs: Sequence[Tensor]) -> Tensor:
        features = inputs[0].shape[-1]
        shape = (features,) if size is None else (features, size or features)
        weights = np.random.default_rng(0).normal(size=shape) / np.sqrt(features)
        return tensor_of(flow.tensordot(flow.cast(inputs[0], "float32"), weights.astype(np.float32), axes=1))

    return run


def _lookup(flow: ModuleType, size: int) -> Replay:
    def run(inputs: Sequence[Tensor]) -> Tensor:
        table = np.random.default_rng(0).normal(size=(VOCABULARY, size)).astype(np.float32)
        return tensor_of(flow.gather(table, flow.cast(inputs[-1], "int32")))

    return run


# Moves ------------------------------------------------------------------------------------------------------------


def _transposes(flow: ModuleType, operation: RawOp) -> Iterator[Replay]:
    order = operation.shape
    yield lambda inputs: flow.transpose(inputs[0], order or None)
    yield lambda inputs: flow.linalg.matrix_transpose(inputs[0])


def _expansions(flow: ModuleType, operation: RawOp) -> Iterator[Replay]:
    written = _index(operation.name)
    if written is not None:
        yield _slicer(written)
    yield lambda inputs: flow.expand_dims(inputs[0], -1 if operation.axis is None else operation.axis)


def _squeezes(flow: ModuleType, operation: RawOp) -> Iterator[Replay]:
    axis = operation.axis
    yield lambda inputs: flow.squeeze(inputs[0], _ones(inputs[0]) if axis is None else axis)


def _stacks(flow: ModuleType, operation: RawOp) -> Iterator[Replay]:
    yield lambda inputs: flow.stack(_alike(flow, inputs), 1 if operation.axis is None else operation.axis)


def _joins(flow: ModuleType, operation: RawOp) -> Iterator[Replay]:
    usual = 1 if operation.effect is Effect.JOIN_STEPS else -1
    yield lambda inputs: flow.concat(_alike(flow, inputs), usual if operation.axis is None else operation.axis)


def _reversals(flow: ModuleType, operation: RawOp) -> Iterator[Replay]:
    yield lambda inputs: flow.reverse(inputs[0], [1 if operation.axis is None else operation.axis])


def _gatherings(flow: ModuleType, operation: RawOp) -> Iterator[Replay]:
    yield lambda inputs: flow.gather(inputs[0], flow.cast(inputs[1], "int32"), batch_dims=1, axis=1)
    yield lambda inputs: flow.gather_nd(inputs[0], flow.cast(inputs[1], "int32"))


def _reshapes(flow: ModuleType, operation: RawOp, scale: Scale) -> Iterator[Replay]:
    """Yield the shape as written, with one open axis: the batch, unless another one is open too."""
    if not operation.shape:
        yield lambda inputs: flow.reshape(inputs[0], (inputs[0].shape[0], -1))
        return
    wanted = [-1 if size is None else scale.lengths.get(size, size) for size in operation.shape]
    open_axes = [axis for axis, size in enumerate(wanted) if size == -1]

    def run(inputs: Sequence[Tensor]) -> Tensor:
        shape = list(wanted)
        for axis, _ in pairwise(open_axes):
            shape[axis] = inputs[0].shape[axis]
        return tensor_of(flow.reshape(inputs[0], shape))

    yield run


def _ones(tensor: Tensor) -> list[int]:
    """Give the axes of length 1, the batch apart."""
    return [axis for axis, size in enumerate(tensor.shape) if axis and size == 1]


def _present(tensor: Tensor, axis: int) -> int:
    """Give an axis that the tensor has: a tensor of two axes has its steps last."""
    return axis if -len(tensor.shape) <= axis < len(tensor.shape) else -1


_Written: TypeAlias = Callable[[ModuleType, RawOp], Iterator[Replay]]

_WRITTEN: Mapping[Effect, _Written] = {
    Effect.CROP_STEPS: _slices,
    Effect.EXPAND: _expansions,
    Effect.GATHER_STEPS: _gatherings,
    Effect.JOIN_FEATURES: _joins,
    Effect.JOIN_STEPS: _joins,
    Effect.LAST_STEP: _slices,
    Effect.ONE_HOT: _one_hot,
    Effect.ONE_STEP: _slices,
    Effect.POINTWISE: _stepwise,
    Effect.REDUCE_STEPS: _reductions,
    Effect.REVERSE_STEPS: _reversals,
    Effect.SAME_OBJECT: _same_object,
    Effect.SHAPE: _stepwise,
    Effect.SOFTMAX_STEPS: _softmaxes,
    Effect.SQUEEZE: _squeezes,
    Effect.STACK: _stacks,
    Effect.TEST: _stepwise,
    Effect.TRANSPOSE: _transposes,
}

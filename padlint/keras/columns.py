"""Slices of rows of ids: which of several joined inputs they take, and whether that is one step."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Final

from padlint.dataclass import dataclass
from padlint.graph import ApplyOp, BoundaryOp, Effect, InputOp, Known, Layer, RawOp, TensorId
from padlint.keras.builder import GraphBuilder
from padlint.keras.data.lengths import Length, length_as_written
from padlint.keras.facts import Part
from padlint.keras.layers import layer_facts, parameters
from padlint.python.values import NONE, Constant, SliceValue, TupleValue, Value

_ONE: Final = Length(constant=1)


@dataclass(frozen=True, slots=True)
class Column:
    """One of the inputs that rows are joined of, and how long its rows are."""

    tensor: TensorId
    length: Length


def column_cut_out(builder: GraphBuilder, tensor: TensorId, index: Value) -> TensorId | None:
    """Return the one of several joined inputs that `x[:, lower:upper]` gives back, None when it gives anything else."""
    columns, bounds = _columns(builder, tensor), _bounds(index)
    if bounds is None or len(columns) < 2:
        return None
    start, whole = Length(), _whole(columns)
    for column in columns:
        end = start.plus(column.length)
        lower, upper = _place(bounds.lower, Length(), whole), _place(bounds.upper, whole, whole)
        if lower is not None and upper is not None and lower.same(start) and upper.same(end):
            return column.tensor
        start = end
    return None


def only_step(builder: GraphBuilder, tensor: TensorId, index: Value) -> Value | None:
    """Return which step `x[:, lower:upper]` gives where it gives just one, None for all that is known otherwise."""
    bounds = _bounds(index)
    if bounds is None:
        return None
    whole = _whole(_columns(builder, tensor))
    lower, upper = _place(bounds.lower, Length(), whole), _place(bounds.upper, whole, whole)
    if lower is None or upper is None or not upper.minus(lower).same(_ONE):
        return None
    return Constant(0) if bounds.lower == NONE else bounds.lower


def _bounds(index: Value) -> SliceValue | None:
    """Return the slice of the steps, None when the index is anything else than one."""
    match index:
        case TupleValue(items=(SliceValue() as rows, SliceValue(step=step) as steps), rest=None):
            every_row = (rows.lower, rows.upper, rows.step) == (NONE, NONE, NONE)
            return steps if every_row and step in (NONE, Constant(1)) else None
        case _:
            return None


def _place(bound: Value, missing: Length | None, whole: Length | None) -> Length | None:
    """Return how far from the start a bound is."""
    match bound:
        case Constant(None):
            return missing
        case Constant(int(number)) if number < 0:
            return None if whole is None else whole.plus(Length(constant=number))
        case _:
            return length_as_written(bound)


def _whole(columns: Sequence[Column]) -> Length | None:
    return reduce(Length.plus, (column.length for column in columns)) if columns else None


def _columns(builder: GraphBuilder, tensor: TensorId) -> tuple[Column, ...]:
    """Return the inputs that rows are joined of, each with its length; nothing when they are anything else."""
    builder.spend(1)
    node = builder.node(tensor)
    match node.operation:
        case InputOp():
            return tuple(Column(tensor, length_as_written(extent)) for extent in builder.extents.get(tensor, ()))
        case BoundaryOp():
            return _columns(builder, node.inputs[0])
        case ApplyOp(layer) if _joins(layer, builder.keras):
            parts = [_columns(builder, each) for each in node.inputs]
        case RawOp(effect=Effect.JOIN_FEATURES | Effect.JOIN_STEPS, axis=-1 | 1) if len(node.inputs) > 1:
            parts = [_columns(builder, each) for each in node.inputs]
        case _:
            return ()
    return tuple(column for part in parts for column in part) if all(parts) else ()


def _joins(layer: Layer, keras: int) -> bool:
    """Say whether a layer puts rows of ids one behind the other."""
    facts, known = layer_facts(layer, keras), parameters(layer.kind, keras)
    takes_axis = known is not None and "axis" in known.init
    along = layer.settings.get("axis", Known(-1)) in (Known(-1), Known(1))
    return facts is not None and facts.part is Part.MERGE and takes_axis and along

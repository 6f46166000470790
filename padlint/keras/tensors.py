"""Symbolic tensors as the program sees them: sliced, added, asked for their shape."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from padlint.dataclass import dataclass
from padlint.graph import (
    BoundaryOp,
    DataFacts,
    Effect,
    EitherOp,
    InputOp,
    MaskOp,
    Node,
    OpaqueOp,
    RawOp,
    TensorId,
)
from padlint.keras.builder import GraphBuilder
from padlint.keras.columns import column_cut_out, only_step
from padlint.keras.data.provenance import facts_of
from padlint.keras.data.values import DataValue, shape_of_data
from padlint.keras.settings import setting_of
from padlint.keras.weights import is_weight
from padlint.python.context import Context
from padlint.python.values import (
    NONE,
    Call,
    Choice,
    ClassValue,
    Constant,
    DictValue,
    FunctionValue,
    Instance,
    Items,
    LibraryName,
    LibraryObject,
    ListValue,
    Method,
    Site,
    SliceValue,
    TupleValue,
    Unknown,
    Value,
    alternatives,
)

COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
SPARSE_PARTS = frozenset({"indices", "values"})
SHAPE_ATTRIBUTES = frozenset({"shape", "dense_shape", "dtype", "_keras_shape", "ndim", "rank", "name", "_shape_val"})
SHAPES = frozenset({"shape", "get_shape", "int_shape", "_keras_shape"})
RANKS = frozenset({"ndim", "rank"})
_ALL = SliceValue(NONE, NONE, NONE)
MASK_ATTRIBUTES = frozenset({"_keras_mask"})
PUT_ON = RawOp("_keras_mask", Effect.MASKED, keeps_zero=True)


@dataclass(frozen=True, slots=True, eq=False)
class TensorValue(LibraryObject):
    """A tensor of the model graph: `made`, until the program puts another mask on it."""

    builder: GraphBuilder
    made: TensorId

    @property
    def id(self) -> TensorId:
        """The tensor as it is by now."""
        return self.builder.as_masked(self.made)

    @property
    def outranks(self) -> bool:
        return True

    def attribute(self, name: str, site: Site, context: Context) -> Value | None:
        if name in MASK_ATTRIBUTES:
            return TensorValue(self.builder, self.builder.add(MaskOp(), (self.id,), site.span))
        if name in SHAPE_ATTRIBUTES:
            return said_of_shape(name, self, (self,))
        if name in SPARSE_PARTS:
            return raw(self.builder, RawOp(f".{name}", Effect.POINTWISE), (self.id,), site)
        if name == "T":
            return raw(self.builder, RawOp(".T", Effect.TRANSPOSE), (self.id,), site)
        return None

    def set_attribute(self, name: str, value: Value, site: Site, context: Context) -> bool:
        if name not in MASK_ATTRIBUTES:
            return False
        mask = tensor_of(self.builder, value, site)
        masked = self.builder.add(PUT_ON, (self.id, *(() if mask is None else (mask,))), site.span)
        context.heap.write(self.builder.masked, self.made, Constant(masked))
        return True

    def is_none(self) -> bool:
        return self.builder.is_none(self.id)

    def method(self, name: str, call: Call, context: Context) -> Value | None:
        if name in ("get_shape", "numpy", "set_shape", "eval"):
            return said_of_shape(name, self, (self,))
        return None

    def subscript(self, index: Value, site: Site, context: Context) -> Value | None:
        if self.id in self.builder.members and isinstance(index, Constant) and isinstance(index.value, int | str):
            return TensorValue(self.builder, self.builder.member(self.id, index.value, site.span))
        unstacked = self._unstacked()
        if unstacked is not None:
            return self._one_of(unstacked, index, site)
        column = column_cut_out(self.builder, self.id, index)
        if column is not None:
            return raw(self.builder, slicing(_ALL), (column,), site)
        step = only_step(self.builder, self.id, index)
        if step is not None:
            taken = raw(self.builder, _step(TupleValue((_ALL, step)), context), (self.id,), site)
            return raw(self.builder, RawOp(slicing(index).name, Effect.EXPAND, axis=1), (taken.id,), site)
        return raw(self.builder, _step(index, context), (self.id,), site)

    def operate(self, operator: str, operands: tuple[Value, ...], site: Site, context: Context) -> Value | None:
        tensors = [self.builder_tensor(operand, site) for operand in operands]
        given = tuple(tensor for tensor in tensors if tensor is not None)
        others = [operand for operand in operands if not isinstance(operand, TensorValue | DataValue)]
        operand = setting_of(others[0]) if others else None
        effect = Effect.TEST if operator in COMPARISONS else Effect.WEIGH_STEPS if operator == "@" else Effect.POINTWISE
        turned = operator in {"unary -", "unary +"}
        return raw(self.builder, RawOp(operator, effect, operand=operand, keeps_zero=turned), given, site)

    def builder_tensor(self, value: Value, site: Site) -> TensorId | None:
        """Return the tensor that an operand is, None for a constant or something unresolved."""
        match value:
            case TensorValue(id=number):
                return number
            case DataValue():
                return data_tensor(self.builder, value, facts_of(value), site)
            case _:
                pass
        return None

    def iterate(self, site: Site, context: Context) -> Items | None:
        if self._unstacked() is not None:
            return Items((), self)
        return Items((), raw(self.builder, RawOp("for", Effect.UNKNOWN), (self.id,), site))

    def _unstacked(self) -> Node | None:
        """Return the node that took a tensor apart, where this one stands for each of the parts."""
        node = self.builder.node(self.id)
        while isinstance(node.operation, BoundaryOp):
            node = self.builder.node(node.inputs[0])
        match node.operation:
            case RawOp(effect=Effect.EACH_STEP, operand=None):
                return node
            case _:
                return None  # the step at a place that a loop counts has no parts that are steps

    def _one_of(self, unstacked: Node, index: Value, site: Site) -> Value:
        """Return one of the steps that a tensor was taken apart into, or what stands for those of a slice."""
        match unstacked.operation, index:
            case RawOp(axis=1), Constant(int()):
                return raw(self.builder, slicing(TupleValue((_ALL, index))), unstacked.inputs, site)
            case _:
                return self

    def same(self, other: Value) -> bool:
        return isinstance(other, TensorValue) and other.id == self.id

    def pooled(self, others: Sequence[Value]) -> Value | None:
        tensors = [self.id, *(other.id for other in others if isinstance(other, TensorValue))]
        if len(tensors) <= len(others):
            return None
        return TensorValue(self.builder, self.builder.add(EitherOp(), tensors, self.builder.node(self.id).span))

    def __repr__(self) -> str:
        return f"tensor {self.id}"


def raw(builder: GraphBuilder, operation: RawOp, inputs: tuple[TensorId, ...], site: Site) -> TensorValue:
    """Add a raw operation."""
    return TensorValue(builder, builder.add(operation, inputs, site.span))


def said_of_shape(name: str, of: Value | None, sources: tuple[Value, ...] = ()) -> Value:
    """Return what a function or attribute of a name says of an array or tensor: of an input its number of axes."""
    if isinstance(of, DataValue) and name in SHAPES:
        return shape_of_data(of)
    rank = _rank_of_input(of) if isinstance(of, TensorValue) else None
    if rank is not None and name in RANKS:
        return Constant(rank)
    return Unknown(f"`{name}` of a tensor", "shape", sources, count=rank if name in SHAPES else None)


def _rank_of_input(tensor: TensorValue) -> int | None:
    match tensor.builder.node(tensor.id).operation:
        case InputOp(shape=(*_, _) as shape):
            return len(shape) + 1
        case _:
            return None


def data_tensor(builder: GraphBuilder, value: Value, facts: DataFacts, site: Site) -> TensorId:
    """Return the input through which data enters the graph where it is used without a model: one for each value."""
    known = builder.entered.get(id(value))
    if known is not None:
        return known[1]
    tensor = builder.add(InputOp(), (), site.span)
    builder.feed(tensor, facts, "call", site.span)
    builder.entered[id(value)] = (value, tensor)
    return tensor


def tensor_of(builder: GraphBuilder, value: Value, site: Site) -> TensorId | None:
    """Return the tensor that a layer called on a value sees; None for what is no tensor at all (None, a flag)."""
    match value:
        case TensorValue(id=number):
            return number
        case DataValue():
            return data_tensor(builder, value, facts_of(value), site)
        case Unknown() if is_weight(value):
            return _weight_tensor(builder, value, site)
        case Choice():
            found = [tensor_of(builder, option, site) for option in alternatives(value)]
            return either(builder, [tensor for tensor in found if tensor is not None], site)
        case Unknown():
            return _unknown_tensor(builder, value, site)
        case Method(receiver, name):
            return _opaque(builder, value, f"`.{name}` of {_said(receiver)}", tuple(tensors_in(receiver)), site)
        case Constant():
            return None
        case ListValue() | TupleValue():
            return data_tensor(builder, value, facts_of(value), site)
        case _:
            pass
    return _opaque(builder, value, _named(value), (), site)


def _named(value: Value) -> str:
    """Name what stands in the place of a tensor."""
    match value:
        case Instance(cls=cls):
            return f"an object of `{cls.name}`"
        case ClassValue(name=name) | FunctionValue(name=name):
            return f"`{name}` itself"
        case LibraryName(dotted):
            return f"`{dotted}` itself"
        case DictValue():
            return "a dict"
        case _:
            return "what is no tensor"


def _said(receiver: Value) -> str:
    return receiver.why if isinstance(receiver, Unknown) else "something unresolved"


def either(builder: GraphBuilder, tensors: list[TensorId], site: Site) -> TensorId | None:
    """Return a tensor that is one of several."""
    distinct = list(dict.fromkeys(tensors))
    if len(distinct) < 2:
        return distinct[0] if distinct else None
    return builder.add(EitherOp(), distinct, site.span)


def _weight_tensor(builder: GraphBuilder, value: Unknown, site: Site) -> TensorId:
    """Return the tensor that a weight is: the same one each time, with no steps of the data in it."""
    known = builder.entered.get(id(value))
    if known is not None:
        return known[1]
    tensor = builder.add(RawOp(value.why, Effect.NO_STEPS), (), site.span)
    builder.entered[id(value)] = (value, tensor)
    return tensor


def _unknown_tensor(builder: GraphBuilder, value: Unknown, site: Site) -> TensorId:
    """Return the tensor for something unresolved: data that came through unread hops, or an opaque operation."""
    known = builder.entered.get(id(value))
    if known is not None:
        return known[1]
    sources = tuple(tensors_in(value))
    if sources:
        return _opaque(builder, value, value.why, sources, site)
    facts = facts_of(value)
    if facts.paddings or facts.unpadded:
        return data_tensor(builder, value, facts, site)
    return _opaque(builder, value, value.why, (), site)


def _opaque(builder: GraphBuilder, value: Value, why: str, sources: tuple[TensorId, ...], site: Site) -> TensorId:
    known = builder.entered.get(id(value))
    if known is not None:
        return known[1]
    tensor = builder.add(OpaqueOp(why), sources, site.span)
    builder.entered[id(value)] = (value, tensor)
    return tensor


def tensors_in(value: Value, depth: int = 4) -> list[TensorId]:
    """Return the tensors that a value was made from, through what could not be read; each once."""
    found: dict[TensorId, None] = {}
    _look_for_tensors(value, depth, found, {})
    return list(found)


def _look_for_tensors(value: Value, depth: int, found: dict[TensorId, None], looked: dict[int, int]) -> None:
    """Add the tensors that a value was made from; `looked` says how deep each container was looked into before."""
    parts: Iterable[Value]
    match value:
        case TensorValue(id=number):
            found[number] = None
            return
        case Unknown(sources=parts) | TupleValue(items=parts):
            pass
        case Choice():
            parts = alternatives(value)
        case ListValue():
            parts = value.items.known
        case _:
            return
    if looked.get(id(value), 0) < depth:
        looked[id(value)] = depth
        for part in parts:
            _look_for_tensors(part, depth - 1, found, looked)


# Slices ---------------------------------------------------------------------------------------------------------

_EVERYTHING = (None, None, None)


def slicing(index: Value) -> RawOp:
    """Return what `x[index]` does to the timesteps of x."""
    parts = index.items if isinstance(index, TupleValue) else (index,)
    name = f"[{', '.join(map(_written, parts))}]"
    if any(part == Constant(...) for part in parts):
        return RawOp(name, Effect.FEATURES, axis=-1, keeps_zero=True)
    new_axes = [position for position, part in enumerate(parts) if _is_new_axis(part)]
    if new_axes:
        return RawOp(name, Effect.EXPAND, axis=new_axes[0])
    if len(parts) < 2:
        sliced = all(isinstance(part, SliceValue) for part in parts)
        return RawOp(name, Effect.POINTWISE if sliced else Effect.UNKNOWN, keeps_zero=sliced)
    steps = parts[1]
    match steps:
        case SliceValue():
            return _sliced_steps(name, steps, parts[2:])
        case Constant(-1):
            return RawOp(name, Effect.LAST_STEP, axis=1)
        case Constant(int(position)):
            return RawOp(name, Effect.ONE_STEP, axis=1, operand=setting_of(Constant(position)))
        case _:
            pass
    return RawOp(name, Effect.ONE_STEP, axis=1, operand=setting_of(steps))


def _step(index: Value, context: Context) -> RawOp:
    """Return what `x[index]` does where a loop may count the steps, so that it takes each of them in turn."""
    taken = slicing(index)
    in_turn = taken.effect is Effect.ONE_STEP and _is_counted(index, context)
    return replace(taken, effect=Effect.EACH_STEP) if in_turn else taken


def _is_counted(index: Value, context: Context) -> bool:
    """Say whether `x[:, t]` is about the steps that a loop of unknown length counts: each of them in turn."""
    match index:
        case TupleValue(items=(_, Unknown(operation="counter" | "enumerate", sources=(_, *_)), *_)):
            return context.in_unknown_loop()
        case _:
            return False


def _sliced_steps(name: str, steps: SliceValue, features: tuple[Value, ...]) -> RawOp:
    bounds = tuple(part.value if isinstance(part, Constant) else ... for part in (steps.lower, steps.upper, steps.step))
    if bounds == (None, None, -1):
        return RawOp(name, Effect.REVERSE_STEPS, axis=1)
    if bounds == _EVERYTHING:
        if not features:
            return RawOp(name, Effect.POINTWISE, keeps_zero=True)
        inner = next((part for part in features if not isinstance(part, SliceValue)), None)
        return RawOp(name, Effect.FEATURES, axis=2 if inner is features[0] else -1, keeps_zero=True)
    return RawOp(name, Effect.CROP_STEPS, axis=1)


def _is_new_axis(part: Value) -> bool:
    return part == Constant(None) or (isinstance(part, LibraryName) and part.dotted.endswith("newaxis"))


def _written(part: Value) -> str:
    match part:
        case SliceValue(lower, upper, step):
            bounds = ":".join("" if bound == Constant(None) else _written(bound) for bound in (lower, upper))
            return bounds if step == Constant(None) else f"{bounds}:{_written(step)}"
        case Constant(literal):
            return "..." if literal is ... else str(literal)
        case Unknown(text=text) if text:
            return text
    return "?"

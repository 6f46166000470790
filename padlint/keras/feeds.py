"""Data bound to models: by fit, evaluate, predict, or by calling the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from padlint.graph import InputOp, TensorId, Training
from padlint.keras.builder import GraphBuilder
from padlint.keras.data.datasets import element_of
from padlint.keras.data.provenance import facts_of
from padlint.keras.data.values import DataValue
from padlint.keras.losses import leaves_out
from padlint.keras.settings import setting_of
from padlint.keras.versions import takes_keras_2
from padlint.python.context import Context
from padlint.python.heap import Store
from padlint.python.structures import parts_of
from padlint.python.values import (
    ABSENT,
    NONE,
    Call,
    Choice,
    Constant,
    DictValue,
    ListValue,
    Site,
    TupleValue,
    Unknown,
    Value,
    alternatives,
)

# Each method's parameters for inputs, targets and weights.
FEEDING_METHODS: dict[str, tuple[str, str, str]] = {
    "fit": ("x", "y", "sample_weight"),
    "evaluate": ("x", "y", "sample_weight"),
    "predict": ("x", "", ""),
    "predict_classes": ("x", "", ""),
    "predict_proba": ("x", "", ""),
    "train_on_batch": ("x", "y", "sample_weight"),
    "test_on_batch": ("x", "y", "sample_weight"),
    "predict_on_batch": ("x", "", ""),
    "fit_generator": ("generator", "", ""),
    "evaluate_generator": ("generator", "", ""),
    "predict_generator": ("generator", "", ""),
}
_LOSS = "compiled loss"
TRAINING_METHODS = frozenset({"fit", "fit_generator", "train_on_batch"})


def remember_loss(store: Store, call: Call, context: Context, *, adds_its_own: bool = True) -> Value:
    """Keep the loss that a model was compiled with.

    Args:
        adds_its_own: whether a model without one counts what its own graph adds, and nothing else.
    """
    loss = call.argument(1, "loss")
    if loss is None and adds_its_own and not call.open_ended:
        loss = NONE
    if loss is not None:
        context.heap.write(store, _LOSS, loss)
    return NONE


def feed_model(
    builder: GraphBuilder, inputs: Sequence[TensorId], model: int, store: Store, how: str, call: Call, context: Context
) -> None:
    """Bind what a training, evaluation or prediction call was given to the model's inputs."""
    if takes_keras_2(f"keras.Model.{how}", call.keywords):
        builder.versions[2] += 1
    data_name, target_name, weight_name = FEEDING_METHODS[how]
    source = call.argument(0, data_name) or call.argument(0, "x")
    if source is None:
        return
    target = call.argument(1, target_name) if target_name else None
    weight = call.argument(None, weight_name) if weight_name else None
    data, target, weight = split_batch(source, target, weight, call.site, context)
    bind(builder, inputs, data, how, call.site, model, context)
    if how in TRAINING_METHODS:
        losses = _losses(store)
        targets = tuple(facts_of(part) for part in leaves(target)) if target is not None else ()
        # What is compiled without a loss is trained on what it adds itself, and that is a part of its graph.
        weighted = weight not in (None, NONE) or store.read(_LOSS) == NONE
        weighted = weighted or (bool(losses) and all(leaves_out(loss, call.site, context) for loss in losses))
        builder.trainings.append(Training(model, tuple(map(setting_of, losses)), weighted, targets, call.site.span))


def split_batch(
    source: Value, target: Value | None, weight: Value | None, site: Site, context: Context
) -> tuple[Value, Value | None, Value | None]:
    """Take a dataset or generator apart into inputs, targets and weights; arrays are inputs as they are."""
    element = element_of(source, site, context)
    if element is None:
        return source, target, weight
    inputs, targets, weights = zip(*(_apart(each, target, weight) for each in alternatives(element)), strict=True)
    return context.join(inputs), _joined(targets, context), _joined(weights, context)


def _apart(element: Value, target: Value | None, weight: Value | None) -> tuple[Value, Value | None, Value | None]:
    """Take what a dataset yields apart; what it does not hold is as it was given beside it."""
    match element:
        case TupleValue(items=(data, second, *rest)):
            return data, second, rest[0] if rest else weight
        case TupleValue(items=(data,)):
            return data, target, weight
        case _:
            return element, target, weight


def _joined(parts: Iterable[Value | None], context: Context) -> Value | None:
    there = [part for part in parts if part is not None]
    return context.join(there) if there else None


def _losses(store: Store) -> list[Value]:
    loss = store.read(_LOSS)
    return leaves(loss) if loss is not ABSENT else []


def leaves(value: Value) -> list[Value]:
    """Return the parts of a structure of tuples, lists and dicts that are fed one by one."""
    return list(_leaves(value, set()))


def _leaves(value: Value, seen: set[int]) -> Iterator[Value]:
    """Yield the parts of a structure; what holds itself, or another one twice, is looked into once."""
    match value:
        case TupleValue(items, None):
            parts = items
        case ListValue() if value.items.rest is None and any(map(_is_array, value.items.known)):
            parts = value.items.known
        case DictValue():
            parts = tuple(entry for _, entry in value.entries())
        case Constant(None):
            return
        case _:
            yield value
            return
    if id(value) not in seen:
        seen.add(id(value))
        for part in parts:
            yield from _leaves(part, seen)


def _is_array(value: Value) -> bool:
    return any(
        isinstance(part, DataValue | Unknown | DictValue)
        or (isinstance(part, ListValue) and part.items.rest is not None)
        for part in parts_of(value)
    )


def bind(
    builder: GraphBuilder,
    inputs: Sequence[TensorId],
    data: Value,
    how: str,
    site: Site,
    model: int | None,
    context: Context,
) -> None:
    """Feed data to a model's inputs: by name where a dict and the inputs say it, else in order."""
    if isinstance(data, Choice):
        for option in alternatives(data):
            bind(builder, inputs, option, how, site, model, context)
        return
    standing_in = {other for tensor in inputs for other in builder.stand_ins.get(tensor, ())}
    for tensor, value in _paired(builder, [tensor for tensor in inputs if tensor not in standing_in], data):
        for each in (tensor, *builder.stand_ins.get(tensor, ())):
            builder.feed(each, facts_of(value), how, site.span, model)


def _paired(builder: GraphBuilder, inputs: Sequence[TensorId], data: Value) -> list[tuple[TensorId, Value]]:
    if isinstance(data, DictValue):
        named = {str(key.value): entry for key, entry in data.entries() if isinstance(key, Constant)}
        by_name = [(tensor, named[name]) for tensor in inputs if (name := _input_name(builder, tensor)) in named]
        if by_name:
            return by_name
    if len(inputs) == 1 and not isinstance(data, TupleValue | DictValue):
        parts = leaves(data)
        return [(inputs[0], parts[0] if len(parts) == 1 else data)]
    parts = leaves(data)
    if len(parts) == 1 and len(inputs) > 1 and isinstance(parts[0], Unknown):
        return [(tensor, parts[0]) for tensor in inputs]
    return list(zip(inputs, parts, strict=False))


def _input_name(builder: GraphBuilder, tensor: TensorId) -> str:
    operation = builder.node(tensor).operation
    return operation.name if isinstance(operation, InputOp) else ""

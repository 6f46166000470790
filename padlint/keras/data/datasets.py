"""tf.data and generators: datasets by the element that they yield."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from padlint.dataclass import dataclass
from padlint.graph import DataFacts, Padding, Side
from padlint.keras.data.padding import moved, padded_by
from padlint.keras.data.provenance import OF_ONE_LENGTH, WINDOWS, held_facts
from padlint.keras.data.stacking import array_of, as_array
from padlint.keras.data.texts import ONE_OR_MORE, ragged_ids
from padlint.keras.data.values import DataValue, Handler, MethodHandler, noted, row_of, setting_or, unpadded
from padlint.python.context import Context
from padlint.python.source_text import argument_text
from padlint.python.values import (
    NONE,
    TRUE,
    Call,
    Choice,
    Constant,
    DictValue,
    Instance,
    Items,
    LibraryObject,
    ListValue,
    Site,
    TupleValue,
    Unknown,
    Value,
    alternatives,
)

_BATCH_SIZE = Unknown("the batch size", "len")


@dataclass(frozen=True, slots=True, eq=False)
class DatasetValue(LibraryObject):
    """A `tf.data.Dataset`, or anything else that yields batches.

    Args:
        element: what it yields each time.
        windowed: whether it yields the steps of one window, so that a batch of them has one known length.
    """

    element: Value
    windowed: bool = False

    def method(self, name: str, call: Call, context: Context) -> Value | None:
        handler = DATASET_METHODS.get(name)
        return handler(self, call, context) if handler is not None else None

    def attribute(self, name: str, site: Site, context: Context) -> Value | None:
        return Unknown("what a dataset yields", "shape") if name == "element_spec" else None

    def iterate(self, site: Site, context: Context) -> Items | None:
        return Items((), self.element)

    def same(self, other: Value) -> bool:
        return isinstance(other, DatasetValue) and other.element is self.element

    def joined(self, other: Value) -> Value | None:
        return self if self.same(other) else None

    def __repr__(self) -> str:
        return f"dataset of {self.element!r}"


# What is fed to a model -----------------------------------------------------------------------------------------


def element_of(value: Value, site: Site, context: Context) -> Value | None:
    """Return the batch that a dataset, generator or `Sequence` yields; None for what is fed as a whole."""
    match value:
        case DatasetValue(element):
            return element
        case ListValue(kind="generator"):
            return any_of(value.items, context)
        case Instance():
            return _batch_of_instance(value, site, context)
        case Choice():
            elements = [element_of(option, site, context) for option in alternatives(value)]
            known = [element for element in elements if element is not None]
            return context.join(known) if known else None
        case _:
            return None


def any_of(items: Items, context: Context) -> Value | None:
    """Return what stands for any of the items, None when there are none."""
    options = (*items.known, *((items.rest,) if items.rest is not None else ()))
    return context.join(options) if options else None


def _batch_of_instance(instance: Instance, site: Site, context: Context) -> Value | None:
    getter = context.find_method(instance, "__getitem__")
    if getter is not None:
        return context.call(getter, Call((Unknown("the number of a batch", "counter"),), {}, site))
    for name in ("__iter__", "__next__", "next"):
        step = context.find_method(instance, name)
        if step is not None and name == "next":
            return context.call(step, Call((), {}, site))
        if step is not None:
            return any_of(context.iterate(instance, site), context)
    return None


# Structures -----------------------------------------------------------------------------------------------------


def on_leaves(element: Value, change: Callable[[Value], Value], context: Context) -> Value:
    """Change each array of a structure of tuples and dicts."""
    match element:
        case TupleValue(items, rest, fields):
            return TupleValue(tuple(on_leaves(item, change, context) for item in items), rest, fields)
        case DictValue() if element.store.slots:
            return context.new_dict(
                {str(_key(key)): on_leaves(item, change, context) for key, item in element.entries()}
            )
        case Choice():
            return context.join(on_leaves(option, change, context) for option in alternatives(element))
        case _:
            return change(element)


def _key(key: Value) -> object:
    return key.value if isinstance(key, Constant) else key


def _row(value: Value, context: Context) -> Value:
    match value:
        case DataValue():
            return row_of(value)
        case ListValue():
            return any_of(value.items, context) or Unknown("an item of an empty list")
        case _:
            return Unknown("an element of a dataset", "item", (value,))


def _batched(value: Value) -> Value:
    match value:
        case DataValue(shape=(count, *steps)) if count is ONE_OR_MORE:
            return DataValue(value.facts, (_BATCH_SIZE, *steps))
        case DataValue():
            shape = (_BATCH_SIZE, *value.shape) if value.shape is not None else None
            return DataValue(moved(value.facts, 1), shape)
        case _:
            return value


# Making datasets ------------------------------------------------------------------------------------------------


def _from_slices(call: Call, context: Context) -> Value | None:
    given = call.argument(0, "tensors")
    return DatasetValue(on_leaves(given, lambda leaf: _row(leaf, context), context)) if given is not None else None


def _from_tensors(call: Call, context: Context) -> Value | None:
    given = call.argument(0, "tensors")
    return DatasetValue(on_leaves(given, lambda leaf: array_of(leaf, context), context)) if given is not None else None


def _from_generator(call: Call, context: Context) -> Value | None:
    function = call.argument(0, "generator")
    if function is None:
        return None
    given = call.argument(None, "args")
    arguments = context.iterate(given, call.site).known if given is not None else ()
    made = context.call(function, Call(arguments, {}, call.site))
    element = any_of(context.iterate(made, call.site), context)
    return DatasetValue(element) if element is not None else None


def _zipped(call: Call, context: Context) -> Value | None:
    given = call.arguments[0] if len(call.arguments) == 1 else TupleValue(call.arguments)
    if isinstance(given, ListValue):
        given = TupleValue(given.items.known)
    return DatasetValue(on_leaves(given, lambda leaf: _element(leaf, call.site, context), context))


def _element(value: Value, site: Site, context: Context) -> Value:
    found = element_of(value, site, context)
    return found if found is not None else Unknown("an element of a dataset", "item", (value,))


def _unresolved_dataset(call: Call, context: Context) -> Value | None:
    return DatasetValue(Unknown("an element of a dataset", "item"))


def _texts_with_labels(call: Call, context: Context) -> Value | None:
    return DatasetValue(TupleValue((Unknown("texts"), unpadded("labels"))))


def _images_with_labels(call: Call, context: Context) -> Value | None:
    return DatasetValue(TupleValue((unpadded("images of one size"), unpadded("labels"))))


def _windows_with_targets(call: Call, context: Context) -> Value | None:
    """Cut a series into windows: `TimeseriesGenerator`, `timeseries_dataset_from_array`."""
    return DatasetValue(TupleValue((unpadded(WINDOWS), unpadded("targets"))))


def _mixed(call: Call, context: Context) -> Value | None:
    given = call.argument(0, "datasets")
    items = context.iterate(given, call.site) if given is not None else Items(())
    elements = [_element(item, call.site, context) for item in (*items.known, *((items.rest,) if items.rest else ()))]
    return DatasetValue(context.join(elements)) if elements else None


def _loaded(call: Call, context: Context) -> Value | None:
    """Load from tensorflow_datasets: texts or whatever it is, one example at a time."""
    split = call.argument(1, "split")
    supervised = call.argument(None, "as_supervised") == TRUE
    example: Value = (
        TupleValue((Unknown("an example's input"), unpadded("labels"))) if supervised else Unknown("an example")
    )
    dataset = DatasetValue(example)
    match split:
        case ListValue() | TupleValue():
            known = context.iterate(split, call.site).known
            found: Value = TupleValue(tuple(dataset for _ in known))
        case None:
            found = context.new_dict(
                {"train": dataset, "test": dataset, "validation": dataset, "unsupervised": dataset}
            )
        case _:
            found = dataset
    with_info = call.argument(None, "with_info") == TRUE
    return TupleValue((found, Unknown("what tensorflow_datasets knows of the data"))) if with_info else found


# Methods --------------------------------------------------------------------------------------------------------


def _unchanged(receiver: Value, call: Call, context: Context) -> Value | None:
    return receiver


def dataset_of(receiver: Value, context: Context) -> DatasetValue:
    """Return a value as a dataset; of one that is not known, only that its elements come from it."""
    match receiver:
        case DatasetValue():
            return receiver
        case DataValue():
            return DatasetValue(row_of(receiver))
        case _:
            return DatasetValue(Unknown("an element of a dataset", "item", (receiver,)))


def _batch(receiver: Value, call: Call, context: Context) -> Value | None:
    dataset = dataset_of(receiver, context)
    if dataset.windowed:
        return DatasetValue(on_leaves(dataset.element, lambda _: unpadded(WINDOWS), context))
    return DatasetValue(on_leaves(dataset.element, _batched, context))


def _unbatch(receiver: Value, call: Call, context: Context) -> Value | None:
    dataset = dataset_of(receiver, context)
    return DatasetValue(on_leaves(dataset.element, lambda leaf: _row(leaf, context), context))


def _ragged_batch(receiver: Value, call: Call, context: Context) -> Value | None:
    def ragged(leaf: Value) -> Value:
        return leaf if isinstance(leaf, DataValue) and leaf.facts.unpadded else ragged_ids()

    return DatasetValue(on_leaves(dataset_of(receiver, context).element, ragged, context))


def call_on(function: Value, element: Value, call: Call, context: Context) -> Value:
    """Call a mapped function on an element; a tuple is its arguments."""
    arguments = element.items if isinstance(element, TupleValue) and not element.fields else (element,)
    return context.call(function, Call(arguments, {}, call.site))


def _map(receiver: Value, call: Call, context: Context) -> Value | None:
    function = call.argument(0, "map_func")
    if function is None:
        return None
    dataset = dataset_of(receiver, context)
    return DatasetValue(call_on(function, dataset.element, call, context))


def _flat_map(receiver: Value, call: Call, context: Context) -> Value | None:
    function = call.argument(0, "map_func")
    if function is None:
        return None
    inner = call_on(function, dataset_of(receiver, context).element, call, context)
    return dataset_of(inner, context)


def _apply(receiver: Value, call: Call, context: Context) -> Value | None:
    function = call.argument(0, "transformation_func")
    return context.call(function, Call((receiver,), {}, call.site)) if function is not None else None


def _window(receiver: Value, call: Call, context: Context) -> Value | None:
    dataset = dataset_of(receiver, context)
    equal = call.argument(3, "drop_remainder") == TRUE
    return DatasetValue(on_leaves(dataset.element, lambda leaf: DatasetValue(leaf, windowed=equal), context))


def _single_element(receiver: Value, call: Call, context: Context) -> Value | None:
    return dataset_of(receiver, context).element


def _enumerated(receiver: Value, call: Call, context: Context) -> Value | None:
    return DatasetValue(TupleValue((Unknown("a counter", "counter"), dataset_of(receiver, context).element)))


def _joined(receiver: Value, call: Call, context: Context) -> Value | None:
    others = [_element(other, call.site, context) for other in call.arguments]
    return DatasetValue(context.join((dataset_of(receiver, context).element, *others)))


# What pads ------------------------------------------------------------------------------------------------------


def _padded_batch(receiver: Value, call: Call, context: Context) -> Value | None:
    return _padded(dataset_of(receiver, context), "padded_batch", call, context)


def _bucketed(receiver: Value, call: Call, context: Context) -> Value | None:
    return _padded(dataset_of(receiver, context), "bucket_by_sequence_length", call, context)


def _padded(dataset: DatasetValue, how: str, call: Call, context: Context) -> DatasetValue:
    """Batch elements of unequal lengths: each axis of unknown length is padded at its end."""
    if call.argument(None, "no_padding") == TRUE:
        return DatasetValue(dataset.element)
    position = 1 if how == "padded_batch" else 4
    padding = noted(
        Padding(
            how=how,
            span=call.site.span,
            value=setting_or(_first_leaf(call.argument(position + 1, "padding_values")), 0),
            side=Side.POST,
            length=argument_text(call.site, position, "padded_shapes"),
            scope=context.scope_name(),
        ),
        context,
    )
    return DatasetValue(_padded_leaf(dataset.element, call.argument(position, "padded_shapes"), padding, context))


def _first_leaf(value: Value | None) -> Value | None:
    match value:
        case TupleValue(items=(first, *_)):
            return _first_leaf(first)
        case Constant(None):
            return None
        case _:
            return value


def _padded_leaf(element: Value, shapes: Value | None, padding: Padding, context: Context) -> Value:
    """Pad each array of an element by its part of `padded_shapes`."""
    if isinstance(element, TupleValue):
        parts = shapes.items if isinstance(shapes, TupleValue) and len(shapes.items) == len(element.items) else ()
        given = parts or (None,) * len(element.items)
        pairs = zip(element.items, given, strict=True)
        return TupleValue(tuple(_padded_leaf(item, shape, padding, context) for item, shape in pairs))
    if isinstance(element, DictValue) and element.store.slots:
        return context.new_dict(
            {str(_key(k)): _padded_leaf(item, None, padding, context) for k, item in element.entries()}
        )
    if isinstance(shapes, TupleValue) and isinstance(element, Unknown) and any(map(_is_shape, shapes.items)):
        return TupleValue(tuple(_padded_leaf(element, shape, padding, context) for shape in shapes.items))
    axes = _padded_axes(element, shapes)
    known = held_facts(element) if isinstance(element, DataValue) else DataFacts()
    if known.unpadded in OF_ONE_LENGTH and not known.paddings:
        return _batched(element)
    facts = moved(known, 1)
    if not axes:
        return DataValue(replace(facts, unpadded=facts.unpadded or "one number for each example"))
    return DataValue(padded_by((replace(padding, axes=axes),), facts))


def _is_shape(value: Value) -> bool:
    return isinstance(value, ListValue | TupleValue)


def _padded_axes(element: Value, shape: Value | None) -> tuple[int, ...]:
    """Return the axes of a batch that are padded, from the shape that was asked for."""
    match shape:
        case ListValue() | TupleValue():
            extents = shape.items.known if isinstance(shape, ListValue) else shape.items
        case Unknown() | None:
            scalar = isinstance(element, DataValue) and (
                element.facts.unpadded in ("labels", "targets") or element.shape == ()
            )
            return () if scalar else (1,)
        case _:
            return (1,)
    open_axes = tuple(i + 1 for i, extent in enumerate(extents) if extent in (NONE, Constant(-1)))
    return open_axes or ((1,) if extents else ())


@dataclass(frozen=True, slots=True, eq=False)
class Transformation(LibraryObject):
    """What `dataset.apply` takes: a method of datasets with its arguments given beforehand."""

    transform: MethodHandler
    given: Call

    def call(self, call: Call, context: Context) -> Value | None:
        return self.transform(call.arguments[0], self.given, context) if call.arguments else None


def _transformation(transform: MethodHandler) -> Handler:
    def make(call: Call, context: Context) -> Value | None:
        return Transformation(transform, call)

    return make


def to_tensor(receiver: Value, call: Call, context: Context) -> Value | None:
    """Make a ragged or sparse tensor dense: short rows are filled up at the end."""
    array = as_array(receiver, context)
    if array is not None and array.facts.unpadded:
        return array
    if call.argument(None, "shape") is None and _is_of_one_row(receiver):
        return array
    padding = noted(
        Padding(
            how="to_tensor",
            span=call.site.span,
            value=setting_or(call.argument(0, "default_value"), 0),
            side=Side.POST,
            length=argument_text(call.site, None, "shape"),
            scope=context.scope_name(),
        ),
        context,
    )
    known = array.facts if array is not None else DataFacts()
    return DataValue(padded_by((padding,), known))


def _is_of_one_row(value: Value) -> bool:
    """Say whether all that an array is made of is a batch of one row, which is as long as the longest."""
    batches = list(_arrays_in(value))
    return bool(batches) and all(array.shape is not None and array.shape[:1] == (Constant(1),) for array in batches)


def _arrays_in(value: Value) -> Iterator[DataValue]:
    match value:
        case DataValue():
            yield value
        case Unknown(operation=operation, sources=sources) if operation.startswith("call"):
            for source in sources:
                yield from _arrays_in(source)
        case _:
            pass


def _to_dense(call: Call, context: Context) -> Value | None:
    return (
        to_tensor(call.arguments[0], Call(call.arguments[1:], call.keywords, call.site), context)
        if call.arguments
        else None
    )


def _ragged(call: Call, context: Context) -> Value | None:
    rows = as_array(call.arguments[0], context) if call.arguments else None
    return rows if rows is not None and rows.facts.unpadded else ragged_ids()


def _ragged_of_rows(call: Call, context: Context) -> Value | None:
    """Take the rows of a tensor for ragged: they are all as long, unless something says where each of them ends."""
    given = call.argument(0, "tensor")
    if given is None or len(call.arguments) > 1 or not call.keywords.keys().isdisjoint(("lengths", "padding")):
        return ragged_ids()
    rows = as_array(given, context)
    return rows if rows is not None and rows.facts.paddings else unpadded("rows of one length")


def _called_on(call: Call, context: Context) -> Value | None:
    """Call a Python function from inside a dataset: `tf.py_function(function, inputs, dtypes)`."""
    function, given = call.argument(0, "func"), call.argument(1, "inp")
    if function is None or given is None:
        return None
    return context.call(function, Call(context.iterate(given, call.site).known, {}, call.site))


DATASET_METHODS: Mapping[str, MethodHandler] = {
    **dict.fromkeys(
        [
            "shuffle",
            "prefetch",
            "cache",
            "repeat",
            "take",
            "skip",
            "filter",
            "shard",
            "as_numpy_iterator",
            "with_options",
            "take_while",
            "unique",
            "make_one_shot_iterator",
            "get_next",
            "rebatch_",
            "snapshot",
            "ignore_errors",
            "assert_cardinality",
            "reset",
            "__iter__",
        ],
        _unchanged,
    ),
    "map": _map,
    "flat_map": _flat_map,
    "interleave": _flat_map,
    "apply": _apply,
    "batch": _batch,
    "unbatch": _unbatch,
    "rebatch": _unchanged,
    "ragged_batch": _ragged_batch,
    "padded_batch": _padded_batch,
    "bucket_by_sequence_length": _bucketed,
    "window": _window,
    "get_single_element": _single_element,
    "next": _single_element,
    "__next__": _single_element,
    "enumerate": _enumerated,
    "concatenate": _joined,
}
# Methods whose names alone say that the receiver is a dataset, or a ragged tensor.
METHODS: Mapping[str, MethodHandler] = {
    "padded_batch": _padded_batch,
    "ragged_batch": _ragged_batch,
    "bucket_by_sequence_length": _bucketed,
    "prefetch": _unchanged,
    "flat_map": _flat_map,
    "to_tensor": to_tensor,
}

_DATASET = "tensorflow.data.Dataset"
FUNCTIONS: Mapping[str, Handler] = {
    f"{_DATASET}.from_tensor_slices": _from_slices,
    f"{_DATASET}.from_tensors": _from_tensors,
    f"{_DATASET}.from_generator": _from_generator,
    f"{_DATASET}.zip": _zipped,
    **{f"{_DATASET}.{name}": _unresolved_dataset for name in ("list_files", "range")},
    f"{_DATASET}.sample_from_datasets": _mixed,
    "tensorflow.data.experimental.sample_from_datasets": _mixed,
    "tensorflow.data.TextLineDataset": _unresolved_dataset,
    "tensorflow.data.TFRecordDataset": _unresolved_dataset,
    "tensorflow.data.experimental.bucket_by_sequence_length": _transformation(_bucketed),
    "tensorflow.data.experimental.dense_to_ragged_batch": _transformation(_ragged_batch),
    "tensorflow_datasets.load": _loaded,
    "keras.preprocessing.text_dataset_from_directory": _texts_with_labels,
    "keras.utils.text_dataset_from_directory": _texts_with_labels,
    "keras.preprocessing.image_dataset_from_directory": _images_with_labels,
    "keras.utils.image_dataset_from_directory": _images_with_labels,
    "keras.preprocessing.timeseries_dataset_from_array": _windows_with_targets,
    "keras.utils.timeseries_dataset_from_array": _windows_with_targets,
    "keras.preprocessing.sequence.TimeseriesGenerator": _windows_with_targets,
    "tensorflow.sparse.to_dense": _to_dense,
    "tensorflow.sparse_tensor_to_dense": _to_dense,
    **{f"tensorflow.ragged.{name}": _ragged for name in ("constant", "stack", "range")},
    **{
        f"tensorflow.RaggedTensor.{name}": _ragged
        for name in ("from_row_lengths", "from_row_splits", "from_value_rowids")
    },
    "tensorflow.RaggedTensor.from_tensor": _ragged_of_rows,
    **{f"tensorflow.{name}": _called_on for name in ("py_function", "numpy_function", "py_func")},
}

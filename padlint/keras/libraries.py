"""All that is known of the libraries that make and move data, in one look-up."""

from __future__ import annotations

from collections.abc import Mapping

from padlint.keras import defaults, distribution, losses, saved_models, searches
from padlint.keras.data import (
    arrays,
    audio,
    datasets,
    files,
    handmade,
    progress,
    scikit,
    sequences,
    stacking,
    tables,
    texts,
)
from padlint.keras.data.buffers import BufferValue
from padlint.keras.data.provenance import held_facts
from padlint.keras.data.stacking import on_each
from padlint.keras.data.values import DataValue, Handler, MethodHandler
from padlint.keras.names import canonical, last
from padlint.python.context import Context
from padlint.python.overlay import GIVING, GROWING
from padlint.python.source_text import function_text
from padlint.python.values import (
    BoundMethod,
    Call,
    Constant,
    DictValue,
    FunctionValue,
    LibraryName,
    ListValue,
    Method,
    PartialValue,
    Site,
    TupleValue,
    Unknown,
    Value,
)

_MODULES = (
    arrays,
    audio,
    sequences,
    datasets,
    texts,
    tables,
    scikit,
    files,
    saved_models,
    searches,
    handmade,
    losses,
    progress,
    defaults,
)
FUNCTIONS: Mapping[str, Handler] = {
    canonical(name): handler for module in _MODULES for name, handler in module.FUNCTIONS.items()
}
# Methods whose names say enough, whatever the receiver turns out to be.
METHODS: Mapping[str, MethodHandler] = {
    **datasets.METHODS,
    **texts.TOKENIZER_METHODS,
    **handmade.METHODS,
    **distribution.METHODS,
}
ATTRIBUTES: Mapping[str, Value] = stacking.ATTRIBUTES
MAPPING = frozenset({"map", "apply", "progress_apply", "applymap"})


def method(method_: Method, call: Call, context: Context) -> Value | None:
    """Call a method of an array, or of a plain or unknown value by its name alone where that is distinctive."""
    receiver, name = method_.receiver, method_.name
    match receiver:
        case ListValue() | DataValue() | Unknown() if name == GIVING or name in GROWING:
            return handmade.grow(receiver, name, call, context)
        case DataValue():
            return _array_method(receiver, name, call, context)
        case Constant(str()) if name in handmade.METHODS:
            return handmade.METHODS[name](receiver, call, context)
        case Method(receiver=owner, name="str") if name in tables.TEXT_METHODS:
            return tables.each_text(owner, name, call, context)
        case Method(name="str") if name == "split":
            return tables.split_apart(call, context)
        case Unknown() | Method() | LibraryName() if name in METHODS:
            return METHODS[name](receiver, call, context)
        case Method(receiver=tables.TableValue()) if name in MAPPING:
            return _array_method(tables.column(), name, call, context)
        case Unknown() | Method() if name in MAPPING and call.arguments and _is_function(call.arguments[0]):
            return _mapped(receiver, name, call, context)
        case Unknown() | Method() | LibraryName():
            return texts.padding_call(name, call, context)
        case _:
            return None


def _is_function(value: Value) -> bool:
    """Say whether a value can be called and what it does is known."""
    return isinstance(value, FunctionValue | BoundMethod | PartialValue | datasets.Transformation)


def _mapped(receiver: Value, name: str, call: Call, context: Context) -> Value | None:
    """Map a function over something unread: a dataset when it gives pairs or a dataset, else a column or a list."""
    element = datasets.dataset_of(receiver, context).element
    result = context.call(call.arguments[0], Call((element,), {}, call.site))
    if isinstance(result, datasets.DatasetValue):
        return result
    if isinstance(result, TupleValue | DictValue) or "num_parallel_calls" in call.keywords:
        return datasets.DatasetValue(result)
    return tables.column(result) if held_facts(result).paddings else None


def _array_method(receiver: DataValue, name: str, call: Call, context: Context) -> Value | None:
    if isinstance(receiver, BufferValue) and receiver.is_untouched and name in arrays.KEEPING:
        return receiver
    if name in tables.APPLYING and (receiver.row is not None or name == "apply"):
        return tables.applied(receiver, call, context)
    if name in datasets.METHODS or (name in datasets.DATASET_METHODS and (receiver.row is not None or name == "batch")):
        return {**datasets.DATASET_METHODS, **datasets.METHODS}[name](receiver, call, context)
    return on_each(receiver, lambda array: arrays.method(array, name, call, context), context)


def unresolved_call(call: Call, context: Context) -> Value | None:
    """Call something that nothing resolved: it pads when an argument says so."""
    return texts.padding_call(function_text(call.site), call, context)


def function(dotted: str, call: Call, context: Context) -> Value | None:
    """Call a function by its canonical name; one that no table lists, by its last part or by what an argument says."""
    if dotted in FUNCTIONS:
        return FUNCTIONS[dotted](call, context)
    if last(dotted) == "pad_sequences":
        return sequences.pad_sequences(call, context)
    return texts.padding_call(last(dotted), call, context)


def iterate(value: Value, site: Site, context: Context) -> Value | None:
    """Give what iterating a plain or unknown value yields."""
    return None

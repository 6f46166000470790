"""`tf.distribute`: a strategy runs steps on the data that it hands out, and both stay what they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from padlint.keras.data.values import MethodHandler
from padlint.python.context import Context
from padlint.python.values import (
    BoundMethod,
    Call,
    Constant,
    DictValue,
    FunctionValue,
    ListValue,
    PartialValue,
    TupleValue,
    Value,
)


def _handed_out(receiver: Value, call: Call, context: Context) -> Value | None:
    """Return a dataset as each replica sees it: in smaller batches."""
    return call.argument(0, "dataset")


def _made_by(receiver: Value, call: Call, context: Context) -> Value | None:
    """Return the dataset that a function makes for each worker."""
    make = call.argument(0, "dataset_fn")
    return context.call(make, Call((), {}, call.site, open_ended=True)) if make is not None else None


def _run(receiver: Value, call: Call, context: Context) -> Value | None:
    """Call a step on the arguments that are given for it."""
    match call.argument(0, "fn"), call.argument(1, "args"):
        case (FunctionValue() | BoundMethod() | PartialValue()) as step, (TupleValue() | ListValue()) as given:
            items = context.iterate(given, call.site)
            named = dict(_named(call.argument(2, "kwargs")))
            return context.call(step, Call(items.known, named, call.site, open_ended=items.rest is not None))
        case _:
            return None


def _named(arguments: Value | None) -> Iterator[tuple[str, Value]]:
    for key, value in arguments.entries() if isinstance(arguments, DictValue) else ():
        if isinstance(key, Constant) and isinstance(key.value, str):
            yield key.value, value


METHODS: Mapping[str, MethodHandler] = {
    "run": _run,
    "experimental_run_v2": _run,
    "experimental_distribute_dataset": _handed_out,
    "distribute_datasets_from_function": _made_by,
    "experimental_distribute_datasets_from_function": _made_by,
}

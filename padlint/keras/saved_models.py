"""Models that a program saves and loads again: the one that is loaded is the one that was saved under that name."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Final

from padlint.keras.data import Handler, record
from padlint.keras.files import file_name
from padlint.python.context import Context
from padlint.python.values import ABSENT, NONE, Call, TupleValue, Value

_SUFFIXES: Final = (".keras", ".hdf5", ".h5")


def save(model: Value, path: Value | None, call: Call, context: Context) -> Value:
    """Remember that a model was saved; the same file finds it by its name, another one where no other has that name."""
    kept, name = record(context), _model_name(path)
    if kept is not None and name:
        everywhere = kept.files.read(_key(name))
        known = everywhere.items if isinstance(everywhere, TupleValue) else ()
        context.heap.write(kept.files, _key(name, call), model)
        context.heap.write(kept.files, _key(name), TupleValue(known if model in known else (*known, model)))
    return NONE


def load(call: Call, context: Context) -> Value | None:
    """Return the model that was saved under a name, None when none is known or several are."""
    kept, name = record(context), _model_name(call.argument(0, "filepath"))
    if kept is None or not name:
        return None
    here = kept.files.read(_key(name, call))
    if here is not ABSENT:
        return here
    match kept.files.read(_key(name)):
        case TupleValue(items=(model,)):
            return model
        case _:
            return None


def _save_function(call: Call, context: Context) -> Value | None:
    model = call.argument(0, "model")
    return None if model is None else save(model, call.argument(1, "filepath"), call, context)


def _model_name(path: Value | None) -> str:
    name = file_name(path)
    return next((name.removesuffix(suffix) for suffix in _SUFFIXES if name.endswith(suffix)), name)


def _key(name: str, call: Call | None = None) -> Hashable:
    """Return the slot for a saved model: that of a file of the program, or that of all of them."""
    return ("model", name) if call is None else ("model", name, call.site.unit.path)


FUNCTIONS: Mapping[str, Handler] = {
    "keras.models.load_model": load,
    "keras.saving.load_model": load,
    "keras.models.save_model": _save_function,
    "keras.saving.save_model": _save_function,
}

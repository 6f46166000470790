"""Models that a program saves and loads again in one run: what is loaded is what was saved under that name."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Final

from padlint.keras.data.values import Handler, record
from padlint.python.context import Context
from padlint.python.values import ABSENT, NONE, Call, Constant, Value

_SUFFIXES: Final = (".keras", ".hdf5", ".h5")


def save(model: Value, path: Value | None, context: Context) -> Value:
    """Remember under which name a model was saved in a run of the program."""
    kept, name = record(context), _model_name(path)
    if kept is not None and name:
        context.heap.write(kept.files, _key(name, context), model)
    return NONE


def load(call: Call, context: Context) -> Value | None:
    """Return the model that the same run saved last under a name, None when there is none."""
    kept, name = record(context), _model_name(call.argument(0, "filepath"))
    found = ABSENT if kept is None or not name else kept.files.read(_key(name, context))
    return None if found is ABSENT else found


def _save_function(call: Call, context: Context) -> Value | None:
    model = call.argument(0, "model")
    return None if model is None else save(model, call.argument(1, "filepath"), context)


def _model_name(path: Value | None) -> str:
    """Return the path of a model where all of it is known: many models are `model.h5`, each in a folder of its own."""
    match path:
        case Constant(str(text)):
            return next((text.removesuffix(suffix) for suffix in _SUFFIXES if text.endswith(suffix)), text)
        case _:
            return ""


def _key(name: str, context: Context) -> Hashable:
    """Return the slot of a saved model: each file that is run on its own saves for itself."""
    return "model", name, context.entry()


FUNCTIONS: Mapping[str, Handler] = {
    "keras.models.load_model": load,
    "keras.saving.load_model": load,
    "keras.models.save_model": _save_function,
    "keras.saving.save_model": _save_function,
}

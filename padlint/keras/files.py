"""Data that a program saves and loads again under one name: numpy, pickle, joblib."""

from __future__ import annotations

from collections.abc import Mapping

from padlint.keras.data import Handler, record
from padlint.python.context import Context
from padlint.python.values import ABSENT, NONE, Call, Constant, Unknown, Value

MOST_DEPTH = 4


def file_name(value: Value | None, depth: int = MOST_DEPTH) -> str:
    """Return the last constant part of a path, or of the path that a file was opened with; "" when there is none."""
    match value:
        case Constant(str(text)):
            return text.rsplit("/", 1)[-1]
        case Unknown(operation="+" | "format" | "/", sources=sources) if depth:
            return next((name for part in reversed(sources) if (name := file_name(part, depth - 1))), "")
        case Unknown(operation="call:builtins.open" | "call:gzip.open" | "call:io.open", sources=(path, *_)) if depth:
            return file_name(path, depth - 1)
        case Unknown(operation=operation, sources=sources) if depth and operation.startswith("call:os.path"):
            return next((name for part in reversed(sources) if (name := file_name(part, depth - 1))), "")
        case _:
            return ""


def _saved(path: Value | None, data: Value | None, context: Context) -> Value:
    kept, name = record(context), file_name(path)
    if kept is not None and name and data is not None:
        context.heap.write(kept.files, _without_suffix(name), data)
    return NONE


def _without_suffix(name: str) -> str:
    return name.removesuffix(".npy").removesuffix(".npz")


def _loaded(path: Value | None, context: Context) -> Value | None:
    kept, name = record(context), file_name(path)
    found = kept.files.read(_without_suffix(name)) if kept is not None and name else ABSENT
    return None if found is ABSENT else found


def _save(call: Call, context: Context) -> Value | None:
    return _saved(call.argument(0, "file"), call.argument(1, "arr"), context)


def _save_several(call: Call, context: Context) -> Value | None:
    entries = {f"arr_{i}": value for i, value in enumerate(call.arguments[1:])}
    return _saved(call.argument(0, "file"), context.new_dict({**entries, **call.keywords}), context)


def _dump(call: Call, context: Context) -> Value | None:
    return _saved(call.argument(1, "file") or call.argument(None, "filename"), call.argument(0, "obj"), context)


def _load(call: Call, context: Context) -> Value | None:
    return _loaded(call.arguments[0] if call.arguments else None, context)


_PICKLES = (
    "pickle", "cPickle", "dill", "joblib", "six.moves.cPickle", "_pickle", "sklearn.externals.joblib", "hickle",
)  # fmt: skip

FUNCTIONS: Mapping[str, Handler] = {
    "numpy.save": _save,
    "numpy.savez": _save_several,
    "numpy.savez_compressed": _save_several,
    "numpy.load": _load,
    **{f"{module}.dump": _dump for module in _PICKLES},
    **{f"{module}.load": _load for module in _PICKLES},
}

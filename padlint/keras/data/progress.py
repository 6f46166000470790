"""Progress bars: what a loop goes over behind one is what the bar was given."""

from __future__ import annotations

from collections.abc import Mapping

from padlint.keras.data.values import Handler
from padlint.python.context import Context
from padlint.python.values import Call, LibraryName, Value

_BARS = (
    *(f"tqdm{module}.{name}" for module in ("", ".auto", ".notebook", ".std") for name in ("tqdm", "tqdm_notebook")),
    "rich.progress.track",
    "progressbar.progressbar",
    "fastprogress.progress_bar",
)
_RANGES = tuple(f"tqdm{module}.{name}" for module in ("", ".auto", ".notebook") for name in ("trange", "tnrange"))


def _shown(call: Call, context: Context) -> Value | None:
    return call.argument(0, "iterable")


def _counted(call: Call, context: Context) -> Value:
    return context.call(LibraryName("builtins.range"), Call(call.arguments, {}, call.site))


FUNCTIONS: Mapping[str, Handler] = {**dict.fromkeys(_BARS, _shown), **dict.fromkeys(_RANGES, _counted)}

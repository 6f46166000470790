"""numpy: what makes arrays, and what keeps, moves or ends their padding."""

from __future__ import annotations

from collections.abc import Mapping

from padlint.keras.data import DataValue, Handler, facts_of
from padlint.python.context import Context
from padlint.python.values import Call, ListValue, TupleValue, Value


def array_of(value: Value) -> Value:
    """Return a value as an array: rows are stacked, anything else is left as it is."""
    match value:
        case ListValue() | TupleValue():
            return DataValue(facts_of(value))
    return value


def _array(call: Call, context: Context) -> Value | None:
    value = call.argument(0, "object") or call.argument(0, "a")
    return array_of(value) if value is not None else None


def _train_test_split(call: Call, context: Context) -> Value | None:
    """Split arrays: each comes back twice, with fewer rows."""
    return TupleValue(tuple(part for array in call.arguments for part in (array_of(array), array_of(array))))


FUNCTIONS: Mapping[str, Handler] = {
    **{f"numpy.{name}": _array for name in ("array", "asarray", "asanyarray", "ascontiguousarray", "copy", "vstack")},
    "sklearn.model_selection.train_test_split": _train_test_split,
    "sklearn.cross_validation.train_test_split": _train_test_split,
}

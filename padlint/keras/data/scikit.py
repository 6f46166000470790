"""scikit-learn: splits keep padding, scalers change what it holds, bags of words have none."""

from __future__ import annotations

from collections.abc import Mapping

from padlint.dataclass import dataclass
from padlint.keras.data.padding import altered
from padlint.keras.data.stacking import array_of, as_array
from padlint.keras.data.values import DataValue, Handler, unpadded
from padlint.python.context import Context
from padlint.python.values import (
    NONE,
    Call,
    Items,
    LibraryObject,
    Site,
    TupleValue,
    Unknown,
    Value,
)


def _train_test_split(call: Call, context: Context) -> Value | None:
    """Split arrays: each comes back twice, with fewer rows."""
    if call.open_ended:
        return None
    return TupleValue(tuple(part for array in call.arguments for part in (_rows(array, context),) * 2))


def _rows(value: Value, context: Context) -> Value:
    """Return a part of an array's rows, as a value of its own."""
    array = array_of(value, context)
    return array if isinstance(array, DataValue) else Unknown("part of the rows", "rows", (array,))


def _shuffled(call: Call, context: Context) -> Value | None:
    arrays = tuple(array_of(array, context) for array in call.arguments)
    return arrays[0] if len(arrays) == 1 else TupleValue(arrays)


@dataclass(frozen=True, slots=True, eq=False)
class SplitterValue(LibraryObject):
    """`KFold` and its like: `split` yields row numbers."""

    def method(self, name: str, call: Call, context: Context) -> Value | None:
        if name != "split":
            return None
        rows = unpadded("row numbers", (Unknown("the number of rows", "len"),))
        return context.new_list((), TupleValue((rows, rows)))

    def same(self, other: Value) -> bool:
        return isinstance(other, SplitterValue)


@dataclass(frozen=True, slots=True, eq=False)
class TransformerValue(LibraryObject):
    """A scaler, encoder or vectorizer: what its `transform` makes of data."""

    becomes: str

    def method(self, name: str, call: Call, context: Context) -> Value | None:
        if name in ("fit", "partial_fit"):
            return self
        if name not in ("transform", "fit_transform", "inverse_transform"):
            return None
        array = as_array(call.arguments[0], context) if call.arguments else None
        match self.becomes:
            case "scaled" | "one_hot":
                if array is None:
                    return None
                return DataValue(
                    altered(array.facts, self.becomes, "what an encoder makes of the padding"), array.shape
                )
            case why:
                return unpadded(why)

    def iterate(self, site: Site, context: Context) -> Items | None:
        return None

    def same(self, other: Value) -> bool:
        return isinstance(other, TransformerValue) and other.becomes == self.becomes


def _transformer(becomes: str) -> Handler:
    def make(call: Call, context: Context) -> Value | None:
        return TransformerValue(becomes)

    return make


def _splitter(call: Call, context: Context) -> Value | None:
    return SplitterValue()


def _nothing(call: Call, context: Context) -> Value | None:
    return NONE


_SCALERS = [
    "MinMaxScaler",
    "StandardScaler",
    "RobustScaler",
    "MaxAbsScaler",
    "Normalizer",
    "PowerTransformer",
    "QuantileTransformer",
]
_VECTORIZERS = ("CountVectorizer", "TfidfVectorizer", "HashingVectorizer", "TfidfTransformer")
_SPLITTERS = [
    "KFold",
    "StratifiedKFold",
    "ShuffleSplit",
    "StratifiedShuffleSplit",
    "TimeSeriesSplit",
    "GroupKFold",
    "RepeatedKFold",
]

FUNCTIONS: Mapping[str, Handler] = {
    **{f"sklearn.{home}.train_test_split": _train_test_split for home in ("model_selection", "cross_validation")},
    **{f"sklearn.{home}.{name}": _splitter for home in ("model_selection", "cross_validation") for name in _SPLITTERS},
    "sklearn.utils.shuffle": _shuffled,
    **{f"sklearn.preprocessing.{name}": _transformer("scaled") for name in _SCALERS},
    "sklearn.preprocessing.OneHotEncoder": _transformer("one_hot"),
    "sklearn.preprocessing.LabelEncoder": _transformer("labels"),
    "sklearn.preprocessing.LabelBinarizer": _transformer("labels"),
    "sklearn.preprocessing.MultiLabelBinarizer": _transformer("labels"),
    **{
        f"sklearn.feature_extraction.text.{name}": _transformer("bag-of-words rows of one width")
        for name in _VECTORIZERS
    },
    "random.shuffle": _nothing,
}

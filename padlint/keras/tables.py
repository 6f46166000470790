"""pandas: tables and their columns, which hold no timesteps unless the program puts some there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from padlint.dataclass import dataclass
from padlint.graph import DataFacts
from padlint.keras.data import DataValue, Handler, is_position, taken, unpadded
from padlint.keras.padding import moved
from padlint.keras.provenance import held_facts
from padlint.keras.stacking import array_of
from padlint.python.context import Context
from padlint.python.heap import Store
from padlint.python.values import (
    ABSENT,
    Call,
    Constant,
    DictValue,
    Items,
    ListValue,
    Site,
    SliceValue,
    TupleValue,
    Unknown,
    Value,
)

TABLE = DataFacts(unpadded="a table")
COLUMN = DataFacts(unpadded="a column of a table")
INDEXERS = frozenset({"iloc", "loc", "ix", "at", "iat"})
NOT_COLUMNS = frozenset({"columns", "index", "dtypes", "size", "empty", "str", "dt", "plot"})
APPLYING = frozenset({"apply", "map", "progress_apply", "applymap", "transform"})


@dataclass(frozen=True, slots=True, eq=False)
class TableValue(DataValue):
    """A DataFrame; the store holds the columns that the program itself wrote."""

    columns: Store = field(default_factory=Store)

    def attribute(self, name: str, site: Site, context: Context) -> Value | None:
        if name in INDEXERS or name in ("values", "T"):
            return self
        if name in NOT_COLUMNS:
            return Unknown(f"`{name}` of a table", "shape")
        if name == "shape":
            return TupleValue((Unknown("the number of rows", "len", (self,)), Unknown("the number of columns", "len")))
        written = self.columns.read(name)
        return None if written is ABSENT else written

    def subscript(self, index: Value, site: Site, context: Context) -> Value | None:
        match index:
            case Constant(str(name)):
                written = self.columns.read(name)
                return column() if written is ABSENT else written
            case TupleValue(items=(_, Constant(str(name)))):
                return self.subscript(Constant(name), site, context)
            case TupleValue(items=(rows, SliceValue() | ListValue())) if not is_position(rows):
                return self if not isinstance(rows, SliceValue) else taken(DataValue(TABLE, _two_axes(self)), rows)
            case SliceValue() | TupleValue():
                return taken(DataValue(TABLE, _two_axes(self)), index)
            case _:
                return self

    def set_subscript(self, index: Value, value: Value, site: Site, context: Context) -> bool:
        if isinstance(index, Constant) and isinstance(index.value, str):
            context.heap.write(self.columns, index.value, as_column(value, context))
        return True

    def method(self, name: str, call: Call, context: Context) -> Value | None:
        if name in ("iterrows", "itertuples"):
            row = Unknown("a row of a table", "item", (self,))
            return context.new_list(
                (), TupleValue((Unknown("a counter", "counter"), row)) if name == "iterrows" else row
            )
        if name in ("apply", "groupby", "info", "describe", "count", "to_csv", "value_counts", "tolist"):
            return None
        return self

    def iterate(self, site: Site, context: Context) -> Items | None:
        return Items((), Unknown("the name of a column"))

    def same(self, other: Value) -> bool:
        return self is other


def _two_axes(table: TableValue) -> tuple[Value, ...]:
    return (Unknown("the number of rows", "len", (table,)), Unknown("the number of columns", "len"))


def column(row: Value | None = None) -> DataValue:
    """Make a column: of cells that are not known, or each as the row given."""
    cell = row if row is not None else Unknown("a cell of a table", "item")
    facts = moved(held_facts(row), 1) if row is not None else COLUMN
    return DataValue(facts, None, cell)


def as_column(value: Value, context: Context) -> Value:
    """Return what a column holds that was given a value."""
    return array_of(value, context) if isinstance(value, ListValue) else value


def applied(receiver: DataValue, call: Call, context: Context) -> Value | None:
    """Apply a function to each cell of a column."""
    function = call.argument(0, "func") or call.argument(0, "arg")
    if function is None or isinstance(function, DictValue | Constant):
        return None
    items = receiver.iterate(call.site, context)
    cell = items.rest if items is not None and items.rest is not None else Unknown("a cell of a table", "item")
    given = call.argument(None, "args")
    more = context.iterate(given, call.site).known if given is not None else ()
    return column(context.call(function, Call((cell, *more), {}, call.site)))


def _table(call: Call, context: Context) -> Value | None:
    return TableValue(TABLE)


def _table_of(call: Call, context: Context) -> Value | None:
    """Make a table of a dict of columns, or of an array, whose padding it holds."""
    given = call.argument(0, "data")
    held = held_facts(given) if isinstance(given, DataValue | ListValue) else TABLE
    table = TableValue(held if held.paddings else TABLE)
    if isinstance(given, DictValue):
        for key, value in given.entries():
            if isinstance(key, Constant) and isinstance(key.value, str):
                context.heap.write(table.columns, key.value, as_column(value, context))
    return table


def _series(call: Call, context: Context) -> Value | None:
    given = call.argument(0, "data")
    return as_column(given, context) if given is not None else column()


def _labels(call: Call, context: Context) -> Value | None:
    return unpadded("labels")


def _joined(call: Call, context: Context) -> Value | None:
    """Put tables together; columns that the program wrote stay."""
    given = call.argument(0, "objs")
    items = context.iterate(given, call.site).known if given is not None else ()
    table = TableValue(TABLE)
    for item in items:
        if isinstance(item, TableValue):
            for key, value in item.columns.slots.items():
                context.heap.write(table.columns, key, value)
    return table if any(isinstance(item, TableValue) for item in items) else None


FUNCTIONS: Mapping[str, Handler] = {
    **{
        f"pandas.{name}": _table
        for name in [
            "read_csv",
            "read_table",
            "read_excel",
            "read_json",
            "read_parquet",
            "read_sql",
            "read_sql_query",
            "read_hdf",
            "read_pickle",
            "read_feather",
        ]
    },
    "pandas.DataFrame": _table_of,
    "pandas.Series": _series,
    "pandas.get_dummies": _labels,
    "pandas.concat": _joined,
}

"""pandas: tables and their columns, which hold no timesteps unless the program puts some there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace

from padlint.dataclass import dataclass
from padlint.graph import DataFacts, Idiom, Known, Padding, Side
from padlint.keras.data import files
from padlint.keras.data.buffers import BufferValue, new_buffer
from padlint.keras.data.handmade import with_filler
from padlint.keras.data.lengths import length_as_written
from padlint.keras.data.padding import moved, remapped
from padlint.keras.data.provenance import held_facts
from padlint.keras.data.stacking import array_of
from padlint.keras.data.values import (
    DataValue,
    Handler,
    count_of_rows,
    is_position,
    noted,
    setting_or,
    taken,
    transposed,
    unpadded,
)
from padlint.keras.names import last
from padlint.python.context import Context
from padlint.python.heap import Store
from padlint.python.source_text import function_text
from padlint.python.values import (
    ABSENT,
    NONE,
    TRUE,
    Call,
    Choice,
    Constant,
    DictValue,
    Items,
    LibraryName,
    ListValue,
    Method,
    Site,
    SliceValue,
    TupleValue,
    Unknown,
    Value,
    alternatives,
)

TABLE = DataFacts(unpadded="a table")
COLUMN = DataFacts(unpadded="a column of a table")
INDEXERS = frozenset({"iloc", "loc", "ix", "at", "iat"})
NOT_COLUMNS = frozenset({"columns", "index", "dtypes", "size", "empty", "str", "dt", "plot"})
APPLYING = frozenset({"apply", "map", "progress_apply", "applymap", "transform"})


TESTING = frozenset({"isnull", "isna", "notnull", "notna"})
PIVOTING = frozenset({"pivot", "pivot_table"})
NO_NUMBER = Known("nan")
"""What cells of nothing hold, as numpy sees them."""

PICKLING = "to_pickle"
# What saves a table, and its parameter for the file.
SAVING: Mapping[str, str] = {PICKLING: "path", "to_csv": "path_or_buf"}


@dataclass(frozen=True, slots=True, eq=False)
class TableValue(DataValue):
    """A DataFrame; the store holds the columns that the program itself wrote.

    Args:
        is_ragged: whether it was made of rows of several lengths, so that the short ones end in cells of nothing.
    """

    columns: Store = field(default_factory=Store)
    is_ragged: bool = False

    def attribute(self, name: str, site: Site, context: Context) -> Value | None:
        if name == "T" and self.known.paddings:
            return transposed(DataValue(self.known, _two_axes(self)), None)
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
            case Constant(int()) if self.is_ragged:
                return column()
            case TupleValue(items=(_, Constant(str(name)))):
                return self.subscript(Constant(name), site, context)
            case TupleValue(items=(rows, SliceValue() | ListValue())) if not is_position(rows):
                return self if not isinstance(rows, SliceValue) else taken(DataValue(self.known, _two_axes(self)), rows)
            case SliceValue() | TupleValue():
                return taken(DataValue(self.known, _two_axes(self)), index)
            case _:
                return self

    def set_subscript(self, index: Value, value: Value, site: Site, context: Context) -> bool:
        if isinstance(index, Constant) and isinstance(index.value, str):
            context.heap.write(self.columns, index.value, as_column(value, context))
        return True

    def rewritten(self, index: Value, value: Value) -> Value:
        if self.is_ragged and isinstance(value, TableValue) and value.known.paddings:
            return value  # one column after the other
        return DataValue.rewritten(self, index, value)

    def method(self, name: str, call: Call, context: Context) -> Value | None:
        if name in ("iterrows", "itertuples"):
            row = Unknown("a row of a table", "item", (self,))
            return context.new_list(
                (), TupleValue((Unknown("a counter", "counter"), row)) if name == "iterrows" else row
            )
        if name in SAVING:
            file = call.argument(0, SAVING[name])
            return files.saved(file, self._as_saved(name), context) if file is not None else None
        if name in TESTING:
            return DataValue(replace(self.known, mask=True))
        if name in PIVOTING:
            return self._pivoted(call, context)
        if name == "append":
            return _joined(Call((context.new_list((self, *call.arguments[:1])),), {}, call.site), context)
        changed = self._filled(name, call, context) if self.is_ragged else None
        if changed is not None:
            return changed
        if name in ("apply", "groupby", "info", "describe", "count", "value_counts", "tolist"):
            return None
        return self

    def _filled(self, name: str, call: Call, context: Context) -> Value | None:
        """Fill the cells of nothing that short rows end in: they are padding then."""
        match name:
            case "fillna":
                value = call.argument(0, "value")
            case "replace" if call.argument(0, "to_replace") == LibraryName("numpy.nan"):
                value = call.argument(1, "value")
            case "where" | "mask":
                value = call.argument(1, "other")
            case "dropna":
                return TableValue(TABLE)
            case _:
                return None
        if value is None or value == NONE:
            return None
        table = TableValue(DataFacts((noted(_padding(name, value, call.site, context), context),), rank=2))
        if call.argument(None, "inplace") != TRUE:
            return table
        context.change(self, table)
        return NONE

    def _pivoted(self, call: Call, context: Context) -> Value:
        """Make a column of each step that rows are numbered by: a short sequence ends in cells of nothing."""
        match call.argument(None, "columns"):
            case Constant(str(name)) if _numbers_rows(self.columns.read(name)):
                pass
            case _:
                return self
        value = call.argument(None, "fill_value")
        if value is None or value == NONE:
            return _ragged_table(call.site, context)
        padding = noted(_padding(last(function_text(call.site)), value, call.site, context), context)
        return TableValue(DataFacts((padding,), rank=2))

    def _as_saved(self, how: str) -> TableValue:
        """Return what is left of it in a file: in one of text, a cell that holds a sequence is text."""
        return self if how == PICKLING else TableValue(self.known)

    def iterate(self, site: Site, context: Context) -> Items | None:
        return Items((), Unknown("the name of a column"))

    def same(self, other: Value) -> bool:
        return self is other


def _padding(how: str, value: Value, site: Site, context: Context) -> Padding:
    setting = NO_NUMBER if value == LibraryName("numpy.nan") else setting_or(value, 0)
    return Padding(how=how, span=site.span, value=setting, side=Side.POST, scope=context.scope_name())


def _ragged_table(site: Site, context: Context) -> TableValue:
    """Make a table of rows of several lengths: the short ones end in cells of nothing, which are no numbers."""
    nothing = _padding(function_text(site), LibraryName("numpy.nan"), site, context)
    padding = replace(nothing, idiom=Idiom.CELLS_OF_NOTHING)
    return TableValue(DataFacts((padding,), rank=2), is_ragged=True)


def _numbers_rows(value: Value) -> bool:
    """Say whether a column numbers the rows of each group: `df.groupby("user").cumcount()`."""
    match value:
        case Unknown(operation="method:cumcount"):
            return True
        case Unknown(operation="+", sources=(counted, Constant(int()))):
            return _numbers_rows(counted)
        case _:
            return False


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


TEXT_METHODS = frozenset({"ljust", "rjust", "center", "zfill", "pad"})
SIDES_OF_PAD: Mapping[Value, str] = {Constant("right"): "ljust", Constant("both"): "center"}


def split_apart(call: Call, context: Context) -> Value | None:
    """Make a column of each part of a text, `texts.str.split(expand=True)`: a short one ends in cells of nothing."""
    is_limited = call.argument(1, "n") not in (None, NONE, Constant(-1))
    return _ragged_table(call.site, context) if call.argument(2, "expand") == TRUE and not is_limited else None


def each_text(texts: Value, name: str, call: Call, context: Context) -> Value:
    """Call a method of texts on each cell of a column: `names.str.ljust(n)`."""
    cell = Unknown("a cell of a table", "item", (texts,))
    if name == "pad":
        name = SIDES_OF_PAD.get(call.argument(1, "side") or NONE, "rjust")
        width, fill = call.argument(0, "width"), call.argument(2, "fillchar")
        given = Call(tuple(each for each in (width, fill) if each is not None), {}, call.site)
    else:
        given = call
    return column(context.call(Method(cell, name), given))


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
    found = files.loaded(call.arguments[0] if call.arguments else None, context)
    return found if isinstance(found, TableValue) else TableValue(TABLE)


def _table_of(call: Call, context: Context) -> Value | None:
    """Make a table of a dict of columns, of rows of cells, or of an array, whose padding it holds."""
    given = call.argument(0, "data")
    filler = _filler_rows(given, call, context)
    if filler is not None:
        return filler
    match given:
        case DictValue():
            columns = tuple(given.entries())
        case ListValue() if all(map(_is_row_of_cells, given.items.everything())):
            columns = tuple(_columns_of(given.items, call, context))
        case _:
            columns = ()
    held = held_facts(given) if isinstance(given, DataValue | ListValue) and not columns else TABLE
    if "columns" not in call.keywords and not held.paddings and _holds_ragged_rows(given):
        return _ragged_table(call.site, context)
    table = TableValue(held if held.paddings else TABLE)
    for key, value in columns:
        if isinstance(key, Constant) and isinstance(key.value, str):
            context.heap.write(table.columns, key.value, as_column(value, context))
    return table


def _filler_rows(given: Value | None, call: Call, context: Context) -> Value | None:
    """Return a table that is one constant, in as many rows as are missing of a length; None for any other."""
    match given, count_of_rows(call.argument(1, "index")):
        case BufferValue(), _ if given.is_filler:
            return given
        case Constant(int() | float()), Value() as count if length_as_written(count).falls_short:
            shape = (count, Unknown("the number of columns", "len"))
            return new_buffer(shape, given, last(function_text(call.site)), call.site, context)
        case _:
            return None


def _holds_ragged_rows(value: Value | None) -> bool:
    """Say whether rows are sequences that are as long as each text; measurements are as many in each row."""
    match value:
        case DataValue(row=Value() as row) | ListValue(items=Items((), Value() as row)):
            return all(map(_is_sequence_of_codes, alternatives(row)))
        case _:
            return False


def _is_sequence_of_codes(row: Value) -> bool:
    match row:
        case ListValue(items=Items((), Value() as item, count)):
            varies = count is not None and not length_as_written(count).is_steady
            return varies and not any(map(_is_measured, alternatives(item)))
        case DataValue(shape=(Unknown(operation="len"),)):
            return True
        case _:
            return False


def _is_measured(item: Value) -> bool:
    return isinstance(item, Unknown) and item.operation in ("float", "int")


def _is_row_of_cells(row: Value) -> bool:
    match row:
        case DictValue() | TupleValue(rest=None):
            return True
        case ListValue():
            return row.items.rest is None
        case Choice():
            return all(map(_is_row_of_cells, alternatives(row)))
        case _:
            return False


def _columns_of(rows: Items, call: Call, context: Context) -> Iterator[tuple[Value, Value]]:
    """Yield the columns of a table that is made of rows, by their names."""
    taken_apart = [[_cells(option, context, call.site) for option in alternatives(row)] for row in rows.everything()]
    given = call.argument(2, "columns")
    named = context.iterate(given, call.site).known if given is not None else ()
    written = dict.fromkeys(key for row in taken_apart for cells in row for key in cells if isinstance(key, str))
    places: list[tuple[int | str, Value]] = [*enumerate(named), *((key, Constant(key)) for key in written)]
    for place, name in places:
        held = [context.join(cells.get(place, NONE) for cells in row) for row in taken_apart]
        rest = held.pop() if rows.rest is not None else None
        yield name, context.new_list(held, rest)


def _cells(row: Value, context: Context, site: Site) -> Mapping[int | str, Value]:
    """Return the cells of a row by their places, or by the names that it gives them."""
    if isinstance(row, DictValue):
        named = ((key.value, cell) for key, cell in row.entries() if isinstance(key, Constant))
        return {name: cell for name, cell in named if isinstance(name, str)}
    return dict(enumerate(context.iterate(row, site).known))


def _table_of_dict(call: Call, context: Context) -> Value | None:
    """Make a table of a dict of columns, or of rows."""
    match call.argument(0, "data"), call.argument(1, "orient"):
        case DictValue() as rows, Constant("index"):
            return _table_of(
                Call((context.new_list((), context.join(rows.store.slots.values())),), {}, call.site), context
            )
        case _:
            return _table_of(call, context)


def _series(call: Call, context: Context) -> Value | None:
    given = call.argument(0, "data")
    return as_column(given, context) if given is not None else column()


def _labels(call: Call, context: Context) -> Value | None:
    return unpadded("labels")


def _joined(call: Call, context: Context) -> Value | None:
    """Put tables together; columns that the program wrote stay."""
    given = call.argument(0, "objs")
    if call.argument(1, "axis") == Constant(1) and _holds_ragged_rows(given):
        columns = _ragged_table(call.site, context)
        return replace(columns, known=remapped(columns.known, lambda axis: 1 - axis, 2))
    items = context.iterate(given, call.site).known if given is not None else ()
    padded = with_filler(items, call.site, context) if call.argument(1, "axis") in (None, Constant(0)) else None
    if isinstance(padded, DataValue):
        return TableValue(replace(padded.known, rank=2))
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
    "pandas.DataFrame.from_records": _table_of,
    "pandas.DataFrame.from_dict": _table_of_dict,
    "pandas.Series": _series,
    "pandas.get_dummies": _labels,
    "pandas.concat": _joined,
}

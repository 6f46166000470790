"""`np.pad` and `tf.pad`: padding where the widths are computed; a constant shift or frame is none."""

from __future__ import annotations

from dataclasses import replace

from padlint.graph import Padding, Side
from padlint.keras.data.lengths import length_as_written, name_of_length
from padlint.keras.data.padding import NOTHING_KNOWN, padded_by
from padlint.keras.data.stacking import as_array
from padlint.keras.data.values import REPEATED, DataValue, noted, setting_or
from padlint.keras.data.windows import is_made_up
from padlint.python.context import Context
from padlint.python.source_text import function_text
from padlint.python.values import Call, Constant, Items, ListValue, TupleValue, Unknown, Value

IMAGE_RANK = 4
NOT_ANY = (Constant(0), Constant(0))


def pad(call: Call, context: Context) -> Value | None:
    """Pad an array where the widths are computed; a constant shift, or what frames an image, pads no steps."""
    source = call.argument(0, "array") or call.argument(0, "tensor")
    widths = call.argument(1, "pad_width") or call.argument(1, "paddings")
    if source is None or widths is None:
        return None
    array = as_array(source, context)
    pairs = [_needed(pair, context) for pair in _width_pairs(widths, array)]
    if array is not None and pairs and all(pair == NOT_ANY for pair in pairs):
        return array
    sides = {axis: side for axis, pair in enumerate(pairs) if (side := _padded_end(pair)) is not None}
    facts = array.facts if array is not None else NOTHING_KNOWN
    if not sides or (len(sides) > 1 and (facts.rank or 0) >= IMAGE_RANK):
        return DataValue(replace(facts, unpadded=""), None) if array is not None else None
    paddings = tuple(
        noted(_np_padding(call, axis, side, pairs[axis], context), context) for axis, side in sides.items()
    )
    is_each_axis = len(pairs) > 1 and not _may_go_on(widths)
    rank = len(pairs) if facts.rank is None and is_each_axis else facts.rank
    return DataValue(replace(padded_by(paddings, facts), rank=rank))


def _needed(pair: tuple[Value, Value], context: Context) -> tuple[Value, Value]:
    """Return how much is added before and after an axis: nothing to what is known to be long enough."""
    before, after = (Constant(0) if is_made_up(width, context.tests()) else width for width in pair)
    return before, after


def _np_padding(call: Call, axis: int, side: Side, pair: tuple[Value, Value], context: Context) -> Padding:
    mode = call.argument(2, "mode")
    repeated = isinstance(mode, Constant) and str(mode.value).lower() not in ("constant", "none")
    value = call.argument(3, "constant_values")
    return Padding(
        how=function_text(call.site),
        span=call.site.span,
        axes=(axis,),
        value=REPEATED if repeated else setting_or(value, 0),
        side=side,
        length=next(filter(None, map(_filled_up_to, pair)), ""),
        scope=context.scope_name(),
    )


def _filled_up_to(width: Value) -> str:
    """Return what the program calls the length that so many steps are missing to: `longest` of `longest - len(row)`."""
    match width:
        case Unknown(operation="-"):
            return name_of_length(width)
        case _:
            return ""


def _width_pairs(widths: Value, array: DataValue | None) -> list[tuple[Value, Value]]:
    """Return how much is added before and after each axis, the first ones where there may be more."""
    rank = array.facts.rank if array is not None else None
    match widths:
        case TupleValue(parts) | ListValue(items=Items(parts)):
            pass
        case Constant() | Unknown():
            return [(widths, widths)] * (rank or 1)
        case _:
            return []
    pairs = [_pair(part) for part in parts]
    if pairs and all(pair is not None for pair in pairs):
        found = [pair for pair in pairs if pair is not None]
        return found * (rank or 1) if len(found) == 1 and not _may_go_on(widths) else found
    return [(parts[0], parts[1])] * (rank or 1) if len(parts) == 2 else []


def _may_go_on(widths: Value) -> bool:
    """Say whether there are widths of an unknown number of further axes."""
    match widths:
        case TupleValue(rest=rest) | ListValue(items=Items(rest=rest)):
            return rest is not None
        case _:
            return False


def _pair(value: Value) -> tuple[Value, Value] | None:
    match value:
        case TupleValue(items=(before, after)):
            return before, after
        case ListValue() if len(value.items.known) == 2:
            return value.items.known[0], value.items.known[1]
        case _:
            return None


def _padded_end(pair: tuple[Value, Value]) -> Side | None:
    """Return the end at which a computed number of steps is added, None when the number is the same for every row."""
    before, after = (not length_as_written(width).is_steady for width in pair)
    if before and after:
        return Side.UNKNOWN
    return Side.PRE if before else Side.POST if after else None

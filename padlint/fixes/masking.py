"""Put a `Masking` layer where the padded steps still hold what they were padded with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import isnan
from typing import Final

import libcst as cst

from padlint.dataclass import dataclass
from padlint.finding import Edit, Span
from padlint.fixes import edits
from padlint.fixes.imports import spelling
from padlint.fixes.tree import CannotFix, SyntaxTree, Trees
from padlint.fixes.way import applied, hands_on_masks, is_in_a_row, turns_steps, way_between
from padlint.flow.lattice import Evidence, Holds, Settled
from padlint.flow.route import name_of
from padlint.flow.solve import Solution
from padlint.graph import InputOp, Known, Layer, LayerId, Node, Plain, TensorId, Within
from padlint.keras.layers import Fill

MASKING: Final = "Masking"
MASK_VALUE: Final = "mask_value"
_SHAPES: Final = ("input_shape", "batch_input_shape")
_ADD: Final = "add"
_USUAL_RANK: Final = 3


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a `Masking` layer goes: in front of a layer, hiding what the padded steps hold there.

    Args:
        around: the model that begins with the layer, to go in front of that instead.
    """

    node: Node
    value: str
    around: Within | None = None

    @property
    def layer(self) -> Layer:
        """The `Masking` layer."""
        return masking_layer(self.value, self.node.span)


def masking_layer(value: str, place: Span) -> Layer:
    """Return the `Masking` layer of a value, given as it is written, that a fix puts in at a place."""
    return Layer(LayerId(-1), MASKING, {MASK_VALUE: Known(float(value))}, place)


def spots(
    readers: Sequence[Node], evidence: Evidence, solution: Solution
) -> tuple[Sequence[Spot], Sequence[tuple[Node, str]]]:
    """Return where `Masking` would protect readers; layers that share a beginning share a spot.

    Returns:
        The spots, and the readers for which there is no such place, each with the reason.

    Raises:
        CannotFix: there is no such place for any of them.
    """
    found: dict[Span, Spot] = {}
    beyond: list[tuple[Node, str]] = []
    # A model inside another reads the same padding once more, at the same places in the program.
    each_once = {reader.span: reader for reader in reversed(readers)}.values()
    for reader in each_once:
        try:
            own = [_spot(reader, each, solution) for each in evidence_at(reader, evidence, solution)]
        except CannotFix as reason:
            beyond.append((reader, str(reason)))
        else:
            found |= {spot.node.span: spot for spot in own}
    if len(beyond) == len(each_once):
        raise CannotFix(beyond[0][1])
    return tuple(found.values()), beyond


def spots_outside(
    readers: Sequence[Node], evidence: Evidence, solution: Solution
) -> tuple[Sequence[Spot], Sequence[tuple[Node, str]]]:
    """Return the same in front of models: of a function that makes several, the lines are those of them all."""
    found: dict[TensorId, Spot] = {}
    beyond: list[tuple[Node, str]] = []
    for reader in readers:
        try:
            own, _ = spots([reader], evidence, solution)
        except CannotFix as reason:
            beyond.append((reader, str(reason)))
        else:
            found |= {spot.node.id: _outside(spot, solution) for spot in own}
    if not any(spot.around for spot in found.values()):
        raise CannotFix("there is no model to put it in front of")
    return tuple(found.values()), beyond


def _outside(spot: Spot, solution: Solution) -> Spot:
    """Return the spot in front of the model that begins there, if one does."""
    within = spot.node.within
    before = solution.program.nodes[spot.node.inputs[0]]
    return replace(spot, around=within[-1]) if within and len(before.within) < len(within) else spot


def evidence_at(reader: Node, evidence: Evidence, solution: Solution) -> Sequence[Evidence]:
    """Return why the steps of a reader are taken to be padding, once for each tensor that brings padding to it."""
    padded = (padded for tensor in reader.inputs for padded in solution.states[tensor].padded)
    own = {each.evidence.tensor: each.evidence for each in padded if each.evidence.padding is not None}
    if evidence.tensor in own or not own:
        own[evidence.tensor] = evidence
    return tuple(own[tensor] for tensor in sorted(own))


def _spot(reader: Node, evidence: Evidence, solution: Solution) -> Spot:
    """Go back from a reader as long as masks would come through: the first place is where the pad value surely is.

    Through a layer that joins tensors they only come when all of these are masked, so behind it is better if it can be.
    """
    way = way_between(evidence.tensor, reader, solution)
    first = len(way) - 1
    while first and hands_on_masks(way[first - 1], solution.program):
        if len(way[first - 1].inputs) > 1 and _is_held(way[first - 1].id, evidence, solution):
            break
        first -= 1
    before = way[first - 1].id if first else evidence.tensor
    if solution.program.ranks[before] not in {_USUAL_RANK, None}:
        raise CannotFix("`Masking` masks steps of (batch, steps, features) alone, and the input has other axes")
    try:
        value = value_in_code(before, evidence, solution)
        _check_all_hold(value, way[:first], solution)
        return Spot(way[first], value)
    except CannotFix as reason:
        if not first:
            raise
        last = way[first - 1]
        does = "turns the steps round" if turns_steps(last, solution.program) else "hands on no mask"
        raise CannotFix(f"`{name_of(last)}` {does}, and behind it {reason}") from reason


def _check_all_hold(value: str, way: Sequence[Node], solution: Solution) -> None:
    """Make sure that what is joined with padded steps on a way holds the same there, for steps are hidden whole."""
    for node in way:
        for tensor in node.inputs if len(node.inputs) > 1 else ():
            padded = solution.states[tensor].padded
            if not any(_is_held(tensor, each.evidence, solution, value) for each in padded):
                raise CannotFix("what is joined with the padded steps is not known to hold the same")


def _is_held(tensor: TensorId, evidence: Evidence, solution: Solution, value: str = "") -> bool:
    """Say whether the padded steps of a tensor hold one known value: this one, if it is given."""
    try:
        held = value_in_code(tensor, evidence, solution)
    except CannotFix:
        return False
    return not value or held == value


def value_in_code(tensor: TensorId, evidence: Evidence, solution: Solution) -> str:
    """Return the one value that the padded steps of a tensor hold, as `Masking` takes it.

    Raises:
        CannotFix: there is no such value, or no mask can be made of it.
    """
    value = _held(tensor, evidence, solution)
    if not isinstance(value, int | float) or isnan(value):
        raise CannotFix(f"no `{MASKING}` can hide {value}")
    return repr(float(value))


def _held(tensor: TensorId, evidence: Evidence, solution: Solution) -> Plain:
    contents = {padded.content for padded in solution.states[tensor].padded if padded.evidence == evidence}
    match list(contents):
        case [Holds(value)]:
            return value
        case [Settled(Fill.ZEROS)]:
            return 0.0
        case _:
            raise CannotFix("what the padded steps hold is not one known value")


# Edits ------------------------------------------------------------------------------------------------------------


def masked_at(spot: Spot, trees: Trees, solution: Solution) -> Iterator[Edit]:
    """Yield the edits that put `Masking` at a spot."""
    if spot.around is not None:
        yield from _in_front_of(spot.around, f"{MASK_VALUE}={spot.value}", trees)
        return
    layer = applied(spot.node)
    check_not_numbered(trees.of(layer.span.path).values())
    tree = trees.at(layer.span)
    made = tree.at(layer.span, cst.Call)
    value = f"{MASK_VALUE}={spot.value}"
    if is_in_a_row(spot.node):
        name = spelling(trees, layer.span, made, MASKING)
        begins = isinstance(solution.program.nodes[spot.node.inputs[0]].operation, InputOp)
        shape, moved = _shape(tree, made) if begins else ("", ())
        yield from (*moved, *in_a_row(tree, made, f"{name.name}({value}{shape})"))
    else:
        calling = trees.at(spot.node.span)
        called = calling.at(spot.node.span, cst.Call)
        attribute = _attribute(tree, made)
        if attribute is not None and called.func is not made:
            name = spelling(trees, layer.span, made, MASKING)
            owner = tree.text(attribute.value)
            masking = f"{owner}.{trees.new_name(MASKING.lower(), layer.span)}"
            yield edits.line_before(tree, tree.statement(attribute), f"{masking} = {name.name}({value})")
            yield from edits.wrapped(calling, _source(called), masking)
        else:
            name = spelling(trees, spot.node.span, made if calling is tree else called, MASKING)
            yield from _in_a_call(calling, called, f"{name.name}({value})")
    yield from name.edits


def _in_front_of(model: Within, value: str, trees: Trees) -> Iterator[Edit]:
    """Put the layer in front of a model that another one takes in."""
    tree = trees.at(model.span)
    check_not_numbered(trees.of(model.span.path).values())
    added = tree.at(model.span, cst.Call)
    name = spelling(trees, model.span, added, MASKING)
    match added.func:
        case cst.Attribute(attr=cst.Name(value=method)) as function if method == _ADD:
            yield edits.line_before(tree, tree.statement(added), f"{tree.text(function)}({name.name}({value}))")
        case _:
            raise CannotFix("where another model takes the model in was not found")
    yield from name.edits


# A layer that a Sequential applies ---------------------------------------------------------------------------------


def check_not_numbered(trees: Iterable[SyntaxTree]) -> None:
    """Make sure that no layer of a model is picked by a number, which one more layer may change: `model.layers[2]`."""
    for tree in trees:
        for picked in tree.every(cst.Subscript):
            match picked:
                case cst.Subscript(
                    value=cst.Attribute(attr=cst.Name(value="layers")),
                    slice=[cst.SubscriptElement(slice=cst.Index(value=cst.Integer()))],
                ):
                    raise CannotFix(f"`{tree.text(picked)}` counts layers, and may be another one when more are put in")
                case _:
                    pass


def in_a_row(tree: SyntaxTree, made: cst.Call, masking: str, *, behind: bool = False) -> Iterator[Edit]:
    """Put the layer before one, or behind it, that stands in a list, or that is added to a model."""
    holder = tree.parent(made)
    match holder, tree.parent(holder) if holder is not None else None:
        case cst.Element(), (cst.List() | cst.Tuple()) as layers:
            index = layers.elements.index(holder) + behind
            yield from edits.item_added(tree, layers.elements, index, masking, tree.span(layers).end)
        case cst.Arg(), cst.Call(func=cst.Attribute(attr=cst.Name(value=method)) as function) if method == _ADD:
            line, written = tree.statement(made), f"{tree.text(function)}({masking})"
            if behind:
                yield edits.line_after(tree, line, written)
                return
            loop = loop_around(tree, line)
            is_one_model = loop is not None and not _assignments(tree, loop, tree.text(function.value))
            yield edits.line_before(tree, loop if loop is not None and is_one_model else line, written)
        case _:
            raise CannotFix("where its model takes the layer in was not found")


def _shape(tree: SyntaxTree, made: cst.Call) -> tuple[str, tuple[Edit, ...]]:
    """Return the argument about the input's shape as text to append, and the edit that takes it out."""
    for shape in _SHAPES:
        given = edits.argument(made, shape)
        if given is not None:
            return f", {shape}={tree.text(given.value)}", (edits.without_argument(tree, made, given),)
    return "", ()


# A layer that is called -------------------------------------------------------------------------------------------


def _in_a_call(tree: SyntaxTree, called: cst.Call, masking: str) -> Iterator[Edit]:
    """Mask what a layer is called on: in a line before it, where the name of its result can be used for that."""
    source = _source(called)
    name = _result_name(tree, called)
    if not name or not _is_read_only_in(tree, called, name, source):
        yield from edits.wrapped(tree, source, masking)
        return
    place: cst.CSTNode = tree.statement(called)
    if name == tree.text(source):
        place = _ahead(tree, place, name)
    yield edits.line_before(tree, place, f"{name} = {masking}({tree.text(source)})")
    if name != tree.text(source):
        yield edits.replaced(tree, source, name)


def _source(called: cst.Call) -> cst.BaseExpression:
    """Return what a layer is called on."""
    first = next(iter(called.args), None)
    if first is None or first.star:
        raise CannotFix("what it is called on is not written there")
    return first.value


def _result_name(tree: SyntaxTree, called: cst.Call) -> str:
    """Return the name that the result of a call gets in a line of its own, or ""."""
    assigned = tree.parent(called)
    match assigned, tree.parent(assigned) if assigned is not None else None:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))]), cst.SimpleStatementLine(body=[_]):
            return name
        case _:
            return ""


def _is_read_only_in(tree: SyntaxTree, called: cst.Call, name: str, source: cst.BaseExpression) -> bool:
    """Say whether a call reads a name nowhere but in what it is called on, so that the name may be set just before."""
    names = [node for node in tree.within(called) if isinstance(node, cst.Name) and node.value == name]
    return all(node is source or source in tree.ancestors(node) for node in names)


def loop_around(tree: SyntaxTree, line: cst.CSTNode) -> cst.For | cst.While | None:
    """Return the loop that a line is repeated by, None outside of loops."""
    around = (above for above in tree.ancestors(line) if isinstance(above, cst.FunctionDef | cst.For | cst.While))
    closest = next(around, None)
    return None if isinstance(closest, cst.FunctionDef) else closest


def _ahead(tree: SyntaxTree, line: cst.CSTNode, name: str) -> cst.CSTNode:
    """Return the statement that a name has to be masked ahead of, for a line that sets it anew from what it was.

    A branch may not be taken, and what comes behind it reads the name all the same. A loop would mask its own results.
    """
    place = line
    while True:
        around = tree.compound(place)
        match around:
            case cst.If() if not any(_assignments(tree, earlier, name) for earlier in tree.earlier(place)):
                place = around
            case cst.For() | cst.While() if _assignments(tree, around, name) == 1:
                place = around
            case _:
                return place


def _assignments(tree: SyntaxTree, block: cst.CSTNode, name: str) -> int:
    """Count how often a block gives a name a value."""
    return sum(isinstance(node, cst.AssignTarget) and tree.text(node.target) == name for node in tree.within(block))


def _attribute(tree: SyntaxTree, made: cst.Call) -> cst.Attribute | None:
    """Return what a constructor's result is kept as, when that is an attribute: `self.lstm`."""
    match tree.parent(made):
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Attribute() as target)]):
            return target
        case _:
            return None

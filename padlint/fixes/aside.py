"""Make a mask of an input whose padded steps show, beside the model, and hand it over where none comes through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import libcst as cst

from padlint.dataclass import dataclass
from padlint.finding import Edit, Fix
from padlint.fixes import edits
from padlint.fixes.handing import check_fit, given, parameter_for_mask
from padlint.fixes.imports import spelling
from padlint.fixes.masking import MASK_VALUE, MASKING, masking_layer, value_in_code
from padlint.fixes.scene import Scene, out_of_reach, together, unsafe
from padlint.fixes.suppose import reached, with_masks_given
from padlint.fixes.taking import taken
from padlint.fixes.tree import CannotFix, SyntaxTree
from padlint.fixes.way import STEPS_OF_FEATURES, applied, is_in_a_row
from padlint.flow.lattice import Evidence
from padlint.flow.layers import layer_name
from padlint.graph import InputOp, Node, TensorId

_MASK: Final = "mask"
_STEPS: Final = 1


@dataclass(frozen=True, slots=True)
class _Source:
    """An input to make a mask of, and what its padded steps hold."""

    input: TensorId
    value: str


def made_aside(scene: Scene) -> Fix:
    """Return the fix that masks the steps of inputs, in the layers that read what is made of these step by step.

    Raises:
        CannotFix: no input shows its padding, or its mask does not fit or get to any of the layers.
    """
    sources, beyond = _sources(scene)
    if not sources:
        raise CannotFix(beyond[0][1])
    # A layer may be read in many models, at one and the same place.
    readers = {reader.span: reader for reader in scene.readers if reader.id in sources}.values()
    return together(
        *(
            _handed(scene, source, [reader for reader in readers if sources[reader.id] == source])
            for source in dict.fromkeys(sources.values())
        ),
        *_taken(scene, sources),
        *out_of_reach(beyond),
    )


def _sources(scene: Scene) -> tuple[Mapping[TensorId, _Source], Sequence[tuple[Node, str]]]:
    """Return what masks are made of for the layers that these can be handed to, and the others, each with the reason.

    A mask is handed past a layer that gets one as well. So where that one cannot get it, it fits none behind.
    """
    found: dict[TensorId, _Source] = {}
    beyond: dict[TensorId, str] = {}
    for reader in scene.readers:
        try:
            found[reader.id] = _source(scene, reader)
        except CannotFix as reason:
            beyond[reader.id] = str(reason)
    while True:
        reasons = dict(_reasons(scene, found))
        if not reasons:
            return found, [(reader, beyond[reader.id]) for reader in scene.readers if reader.id in beyond]
        beyond |= reasons
        found = {reader: source for reader, source in found.items() if reader not in reasons}


def _reasons(scene: Scene, sources: Mapping[TensorId, _Source]) -> Iterator[tuple[TensorId, str]]:
    """Yield the layers that a mask cannot be handed to after all, and why."""
    masked = [reader for reader in scene.readers if reader.id in sources]
    for reader in masked:
        if any(sources.get(each.id) != sources[reader.id] for each in scene.readers if each.span == reader.span):
            yield reader.id, "what it reads elsewhere is padded in another way"
            continue
        try:
            _check(scene, reader, sources[reader.id], masked)
        except CannotFix as reason:
            yield reader.id, str(reason)


def _source(scene: Scene, reader: Node) -> _Source:
    """Return the input to make a mask of for a layer."""
    program = scene.solution.program
    for each in _evidence(scene, reader):
        node = program.nodes[each.tensor]
        if isinstance(node.operation, InputOp) and program.ranks[node.id] == STEPS_OF_FEATURES:
            return _Source(node.id, _whole(value_in_code(node.id, each, scene.solution)))
    raise CannotFix("no input of (batch, steps, features) shows its padding")


def _whole(value: str) -> str:
    """Return a value without its fraction if that is 0: ids cannot be compared with fractions in Keras 2."""
    return value.removesuffix(".0")


def _evidence(scene: Scene, reader: Node) -> Iterator[Evidence]:
    """Yield why the steps that a layer reads are taken to be padding."""
    padded = [each for tensor in reader.inputs for each in scene.solution.states[tensor].padded if each.axis == _STEPS]
    yield from sorted(
        {each.evidence for each in padded if each.evidence.padding is not None},
        key=lambda evidence: (evidence != scene.evidence, evidence.tensor),
    )


def _check(scene: Scene, reader: Node, source: _Source, masked: Sequence[Node]) -> None:
    """Make sure that a mask of an input can be handed to a layer, and is about the steps that it reads.

    Args:
        masked: the layers that get one.
    """
    start = scene.solution.program.nodes[source.input]
    check_fit(start, reader, masked, scene.solution)
    if is_in_a_row(reader):
        raise CannotFix("a `Sequential` has no place to hand a mask over")
    tree = scene.trees.at(start.span)
    line = tree.statement(tree.at(start.span, cst.Call))
    tuple(given(tree, scene.trees, line, reader, _MASK, scene.solution))


def _taken(scene: Scene, sources: Mapping[TensorId, _Source]) -> Iterator[Fix]:
    """Yield what has to be done for layers that the masks get to from those that are given them.

    Raises:
        CannotFix: they do harm there.
    """
    nodes = scene.solution.program.nodes
    made = {reader: (source.input, masking_layer(source.value, nodes[reader])) for reader, source in sources.items()}
    parameters = {reader: parameter_for_mask(nodes[reader], scene.solution) for reader in sources}
    supposed, masks = with_masks_given(scene.solution, made, parameters)
    for node in reached(masks, supposed):
        yield from taken(nodes[node.id], scene.trees, scene.solution, supposed)


def _handed(scene: Scene, source: _Source, readers: Sequence[Node]) -> Fix:
    names = " and ".join(dict.fromkeys(f"`{layer_name(applied(reader))}`" for reader in readers))
    return unsafe(
        f"hand {names} a mask of the steps that hold {source.value} in every feature of the input; "
        "they are then skipped, real ones as well",
        *_edits(scene, source, readers),
    )


def _edits(scene: Scene, source: _Source, readers: Sequence[Node]) -> Iterator[Edit]:
    span = scene.solution.program.nodes[source.input].span
    tree = scene.trees.at(span)
    made = tree.at(span, cst.Call)
    line = tree.statement(made)
    masking = spelling(scene.trees, span, made, MASKING)
    name = scene.trees.new_name(_MASK, span)
    yield edits.line_after(
        tree, line, f"{name} = {masking.name}({MASK_VALUE}={source.value}).compute_mask({_name(tree, made)})"
    )
    yield from masking.edits
    for reader in readers:
        yield from given(tree, scene.trees, line, reader, name, scene.solution)


def _name(tree: SyntaxTree, made: cst.Call) -> str:
    match tree.parent(made):
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))]):
            return name
        case _:
            raise CannotFix("the input has no name to make a mask of")

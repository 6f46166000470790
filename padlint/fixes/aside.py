"""Make a mask of inputs whose padded steps show, beside the model, and hand it over where none comes through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from itertools import chain, repeat
from typing import Final, TypeAlias

import libcst as cst

from padlint.dataclass import dataclass
from padlint.finding import Edit, Fix, Span
from padlint.fixes import edits
from padlint.fixes.handing import check_fit, given, parameter_for_mask
from padlint.fixes.imports import spelling
from padlint.fixes.masking import MASK_VALUE, check_not_numbered, masking_layer, value_in_code
from padlint.fixes.scene import Scene, out_of_reach, together, unsafe
from padlint.fixes.suppose import with_masks_given
from padlint.fixes.taking import taken_by_all
from padlint.fixes.tree import CannotFix, SyntaxTree
from padlint.fixes.way import STEPS, STEPS_OF_FEATURES, applied, is_in_a_row
from padlint.flow.lattice import PaddedAxis
from padlint.flow.layers import layer_name
from padlint.graph import InputOp, Known, Layer, LayerId, Node, TensorId
from padlint.keras.facts import MASK

_EMBEDDING: Final = "Embedding"
_MASK_ZERO: Final = "mask_zero"
_STEPS_OF_IDS: Final = 2


@dataclass(frozen=True, slots=True)
class _Source:
    """An input to make a mask of: where it is written, and what its padded steps hold.

    Args:
        input: the input itself; a function that is called again makes another one at the same place.
    """

    place: Span
    value: str
    input: TensorId = field(compare=False)
    of_ids: bool = False

    @property
    def mask(self) -> Layer:
        """The layer that makes a mask of it."""
        if self.of_ids:
            return Layer(LayerId(-1), _EMBEDDING, {_MASK_ZERO: Known(value=True)}, self.place)
        return masking_layer(self.value, self.place)


_Sources: TypeAlias = tuple[_Source, ...]
"""What a mask is made of that hides the steps at which each of some inputs is padding."""


def made_aside(scene: Scene) -> Fix:
    """Return the fix that masks the steps of inputs, in the layers that read what is made of these step by step.

    Raises:
        CannotFix: an input does not show its padding, or its mask does not fit or get to any of the layers.
    """
    sources, beyond = _sources(scene)
    if not sources:
        raise CannotFix(beyond[0][1])
    # A layer may be read in many models, at one and the same place.
    readers = {reader.span: reader for reader in scene.readers if reader.id in sources}.values()
    return together(
        *(
            _handed(scene, each, [reader for reader in readers if sources[reader.id] == each])
            for each in dict.fromkeys(sources.values())
        ),
        *_taken(scene, sources),
        *out_of_reach(beyond),
    )


def _sources(scene: Scene) -> tuple[Mapping[TensorId, _Sources], Sequence[tuple[Node, str]]]:
    """Return what masks are made of for the layers that these can be handed to, and the others, each with the reason.

    A mask is handed past a layer that gets one as well. So where that one cannot get it, it fits none behind.
    """
    found: dict[TensorId, _Sources] = {}
    beyond: dict[TensorId, str] = {}
    for reader in scene.readers:
        try:
            found[reader.id] = _sources_of(scene, reader)
        except CannotFix as reason:
            beyond[reader.id] = str(reason)
    while True:
        reasons = dict(_reasons(scene, found))
        if not reasons:
            return found, [(reader, beyond[reader.id]) for reader in scene.readers if reader.id in beyond]
        beyond |= reasons
        found = {reader: sources for reader, sources in found.items() if reader not in reasons}


def _reasons(scene: Scene, sources: Mapping[TensorId, _Sources]) -> Iterator[tuple[TensorId, str]]:
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


def _sources_of(scene: Scene, reader: Node) -> _Sources:
    """Return the inputs to make a mask of for a layer.

    These are all that bring it padding: words of which no vector is known have letters all the same.
    """
    program = scene.solution.program
    inputs = {padded.evidence.tensor for padded in _padded(scene, reader)}
    if any(feed.facts.zero_is_a_token for feed in program.feeds_behind(reader)):
        raise CannotFix("id 0 is a real token")
    nodes = sorted((program.nodes[tensor] for tensor in inputs), key=lambda node: node.span)
    if not nodes or not all(isinstance(node.operation, InputOp) for node in nodes):
        raise CannotFix("what the padded steps were is no input of the model")
    return tuple(
        _Source(node.span, _value(scene, reader, node), node.id, _is_of_ids(program.ranks[node.id])) for node in nodes
    )


def _is_of_ids(rank: int | None) -> bool:
    """Say whether an input is one of (batch, steps), and not of (batch, steps, features).

    Raises:
        CannotFix: it is neither.
    """
    if rank not in {_STEPS_OF_IDS, STEPS_OF_FEATURES}:
        raise CannotFix("no mask can be made of an input that is not (batch, steps, features)")
    return rank == _STEPS_OF_IDS


def _padded(scene: Scene, reader: Node) -> Iterator[PaddedAxis]:
    """Yield what is known of the padding among the steps that a layer reads."""
    for tensor in reader.inputs:
        for padded in scene.solution.states[tensor].padded:
            if padded.axis == STEPS and padded.evidence.padding is not None:
                yield padded


def _value(scene: Scene, reader: Node, start: Node) -> str:
    """Return what the padded steps of an input hold, as far as that was read: the one value for all that pads them.

    Without a fraction if that is 0: ids cannot be compared with fractions in Keras 2.
    """
    values: set[str] = set()
    reason = "what the padded steps hold is not one known value"
    for each in _padded(scene, reader):
        if each.evidence.tensor == start.id:
            try:
                values.add(value_in_code(start.id, each.evidence, scene.solution).removesuffix(".0"))
            except CannotFix as unknown:
                reason = str(unknown)
    if len(values) != 1 or (scene.solution.program.ranks[start.id] == _STEPS_OF_IDS and values != {"0"}):
        raise CannotFix(reason)
    return values.pop()


def _check(scene: Scene, reader: Node, sources: _Sources, masked: Sequence[Node]) -> None:
    """Make sure that a mask of inputs can be handed to a layer, and is about the steps that it reads.

    Args:
        masked: the layers that get one.
    """
    for source in sources:
        check_fit(scene.solution.program.nodes[source.input], reader, masked, scene.solution)
    if is_in_a_row(reader):
        raise CannotFix("a `Sequential` has no place to hand a mask over")
    tree, line = _line(scene, sources)
    tuple(given(tree, scene.trees, line, reader, MASK, scene.solution))


def _line(scene: Scene, sources: _Sources) -> tuple[SyntaxTree, cst.SimpleStatementLine]:
    """Return the line that makes the last of some inputs: behind it, there are all."""
    trees = [scene.trees.at(source.place) for source in sources]
    lines = [tree.statement(tree.at(source.place, cst.Call)) for tree, source in zip(trees, sources, strict=True)]
    blocks = {id(tree.block(line)) for tree, line in zip(trees, lines, strict=True)}
    if len(blocks) > 1:
        raise CannotFix("the inputs are made in different places")
    return trees[-1], lines[-1]


def _taken(scene: Scene, sources: Mapping[TensorId, _Sources]) -> Iterator[Fix]:
    """Yield what has to be done for layers that the masks get to from those that are given them.

    Raises:
        CannotFix: they do harm there.
    """
    nodes = scene.solution.program.nodes
    made = {reader: (own[0].input, own[0].mask) for reader, own in sources.items()}
    parameters = {reader: parameter_for_mask(nodes[reader], scene.solution) for reader in sources}
    supposed, masks = with_masks_given(scene.solution, made, parameters)
    yield from taken_by_all(masks, scene.trees, scene.solution, supposed)


def _handed(scene: Scene, sources: _Sources, readers: Sequence[Node]) -> Fix:
    names = " and ".join(dict.fromkeys(f"`{layer_name(applied(reader))}`" for reader in readers))
    values = " and ".join(dict.fromkeys(source.value for source in sources))
    inputs = "the input" if len(sources) == 1 else "the inputs"
    return unsafe(
        f"hand {names} a mask of the steps that hold {values} in every feature of {inputs}; "
        "they are then skipped, real ones as well",
        *_edits(scene, sources, readers),
    )


def _edits(scene: Scene, sources: _Sources, readers: Sequence[Node]) -> Iterator[Edit]:
    tree, line = _line(scene, sources)
    last = sources[-1].place
    # In Keras 2, each operation on an input is a layer of the model.
    check_not_numbered(scene.trees.of(last.path).values())
    made = [(spelling(scene.trees, last, tree.at(last, cst.Call), each.mask.kind), each) for each in sources]
    masks = [f"{layer.name}({_arguments(each)}).compute_mask({_name(scene, each.place, line)})" for layer, each in made]
    name = scene.trees.new_name(MASK, last)
    signs = chain("=", repeat("|="))
    yield edits.line_after(tree, line, *(f"{name} {sign} {mask}" for sign, mask in zip(signs, masks, strict=False)))
    for layer, _ in made:
        yield from layer.edits
    for reader in readers:
        yield from given(tree, scene.trees, line, reader, name, scene.solution)


def _arguments(source: _Source) -> str:
    """Return what the layer is made with: an embedding is never built, and its size does not matter."""
    return f"1, 1, {_MASK_ZERO}=True" if source.of_ids else f"{MASK_VALUE}={source.value}"


def _name(scene: Scene, place: Span, line: cst.CSTNode) -> str:
    """Return the name of an input that is made at a place, as long as it has it in a line further down."""
    tree = scene.trees.at(place)
    match tree.parent(tree.at(place, cst.Call)):
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))]) if not _is_set_between(
            tree, name, place, tree.span(line)
        ):
            return name
        case _:
            raise CannotFix("the input has no name to make a mask of")


def _is_set_between(tree: SyntaxTree, name: str, place: Span, line: Span) -> bool:
    """Say whether a name is given something else between a place and the end of a line."""
    return any(
        isinstance(node, cst.Name) and node.value == name
        for target in tree.every(cst.AssignTarget)
        if place.end < tree.span(target).start <= line.end
        for node in (target.target, *tree.within(target.target))
    )

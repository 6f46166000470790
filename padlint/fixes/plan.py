"""From what the flow saw to the edits that cure it. Whether they do is for the proof to say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import libcst as cst

from padlint.finding import Applicability, Confidence, Edit, Fix
from padlint.fixes import edits
from padlint.fixes.handing import handed_over
from padlint.fixes.imports import spelling
from padlint.fixes.masking import MASK_VALUE, MASKING, masked_at, spots, value_in_code
from padlint.fixes.switch import switched_on
from padlint.fixes.tree import CannotFix, Trees
from padlint.fixes.way import applied, is_in_a_row, makers
from padlint.flow.lattice import Covers, Evidence
from padlint.flow.layers import layer_name
from padlint.flow.observation import Kind, Observation
from padlint.flow.solve import Solution
from padlint.graph import Node, RawOp, Side
from padlint.keras.layers import Reads

_MERGES: Final = {"+": "Add", "-": "Subtract", "*": "Multiply"}


@dataclass(frozen=True, slots=True)
class Planned:
    """An observation with the fix for it, or with why there is none; "" when none was sought."""

    seen: Observation
    fix: Fix | None = None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class _Scene:
    """What a fix is planned from."""

    seen: Observation
    solution: Solution
    trees: Trees

    @property
    def cure(self) -> Node:
        """The node where the cure goes."""
        if self.seen.cure is None:
            raise CannotFix("there is no layer to change")
        return self.solution.program.nodes[self.seen.cure]

    @property
    def readers(self) -> Sequence[Node]:
        """The nodes that read the padding."""
        return [self.solution.program.nodes[reader] for reader in self.seen.readers]

    @property
    def evidence(self) -> Evidence:
        """Why steps are taken to be padding."""
        if self.seen.evidence is None or self.seen.evidence.padding is None:
            raise CannotFix("what the padding holds is not known")
        return self.seen.evidence


_Planner: TypeAlias = Callable[[_Scene], Fix]


def plan(observations: Iterable[Observation], solution: Solution, trees: Trees) -> Iterator[Planned]:
    """Yield each observation with the fix that would cure it.

    Observations about the same reader are cured together: a mask on one of two merged inputs would help nobody.
    """
    planned = [_planned(_Scene(seen, solution, trees)) for seen in observations]
    yield from (_with_others(each, planned) for each in planned)


def _planned(scene: _Scene) -> Planned:
    seen = scene.seen
    planner = _PLANNERS.get(seen.kind)
    if planner is None or seen.confidence is Confidence.POSSIBLE:
        # A cure for a leak that nobody saw would be a guess.
        return Planned(seen)
    try:
        return Planned(seen, planner(scene))
    except CannotFix as reason:
        return Planned(seen, why_not=str(reason))


def _with_others(own: Planned, planned: Iterable[Planned]) -> Planned:
    """Add the edits for everything else that the same nodes read."""
    if own.fix is None:
        return own
    together = [each.fix for each in planned if each.fix is not None and _share_readers(own.seen, each.seen)]
    edits_of_all = tuple(dict.fromkeys(edit for fix in (own.fix, *together) for edit in fix.edits))
    return replace(own, fix=replace(own.fix, edits=edits_of_all))


def _share_readers(one: Observation, other: Observation) -> bool:
    return one is other or not set(one.readers).isdisjoint(other.readers)


# Kind by kind -----------------------------------------------------------------------------------------------------


def _mask_zero(scene: _Scene) -> Fix:
    """Let the embedding make a mask."""
    return _switched(scene, scene.cure)


def _switched(scene: _Scene, node: Node, *more: Edit) -> Fix:
    layer = applied(node)
    program = scene.solution.program
    switches = {facts.switch for facts in program.facts(layer)} - {""}
    if len(switches) != 1:
        raise CannotFix(f"`{layer_name(layer)}` can make no mask by itself")
    (switch,) = switches
    found = switched_on(layer, switch, program.keras, scene.trees)
    side = _about_side(scene)
    return _unsafe(f"set `{switch}=True` on `{layer_name(layer)}`; id 0 is then for padding alone{side}", *found, *more)


def _about_side(scene: _Scene) -> str:
    evidence = scene.seen.evidence
    if evidence is None or evidence.padding is None or evidence.padding.side is not Side.PRE:
        return ""
    return ', and `padding="post"` goes better with a mask on a GPU'


def _masking(scene: _Scene) -> Fix:
    """Put `Masking` in front of whatever reads padded features."""
    found = spots(scene.readers, scene.evidence, scene.solution)
    edited = [edit for spot in found for edit in masked_at(spot, scene.trees, scene.solution)]
    layers = " and ".join(dict.fromkeys(f"`{layer_name(applied(spot.node))}`" for spot in found))
    value = found[0].value
    return _unsafe(
        f"put `{MASKING}({MASK_VALUE}={value})` in front of {layers}; steps that hold {value} in every feature are "
        "then skipped, real ones as well",
        *edited,
    )


def _matching(scene: _Scene) -> Fix:
    """Make the mask where it matches: for the right value, or in the embedding."""
    node, program = scene.cure, scene.solution.program
    layer = applied(node)
    if any(facts.reads is Reads.IDS for facts in program.facts(layer)):
        raise CannotFix("the ids are padded with another id than 0")
    embedding = _embedding_around(scene)
    if embedding is not None:
        return _switched(scene, embedding, *_without_layer(scene, node))
    tree = scene.trees.at(layer.span)
    made = tree.at(layer.span, cst.Call)
    value = value_in_code(node.inputs[0], scene.evidence, scene.solution)
    given = edits.argument(made, MASK_VALUE, 0)
    found = (
        [edits.replaced(tree, given.value, value)]
        if given is not None
        else edits.with_argument(tree, made, MASK_VALUE, value)
    )
    return _unsafe(f"let `{layer_name(layer)}` hide {value}, which is what the padded steps hold", *found)


def _embedding_around(scene: _Scene) -> Node | None:
    """Return the embedding that looked the padded ids up, in front of the mask or behind it; None for features."""
    states, nodes = scene.solution.states, scene.solution.program.nodes
    read = [tensor for node in (scene.cure, *scene.readers) for tensor in node.inputs]
    sources = {padded.source for tensor in read for padded in states[tensor].padded if padded.source is not None}
    return nodes[sources.pop()] if len(sources) == 1 else None


def _without_layer(scene: _Scene, node: Node) -> Iterator[Edit]:
    """Yield the edits that take a layer out of its model."""
    layer = applied(node)
    tree = scene.trees.at(layer.span)
    made = tree.at(layer.span, cst.Call)
    if not is_in_a_row(node):
        yield from _without_call(scene, node)
        return
    holder = tree.parent(made)
    match holder, tree.parent(holder) if holder is not None else None:
        case cst.Element(), (cst.List() | cst.Tuple()) as layers:
            yield edits.without_item(tree, layers.elements, layers.elements.index(holder))
        case cst.Arg(), cst.Call() as added if isinstance(tree.parent(added), cst.Expr):
            yield edits.without_line(tree, tree.statement(added))
        case _:
            raise CannotFix("where its model takes the layer in was not found")


def _without_call(scene: _Scene, node: Node) -> Iterator[Edit]:
    """Yield the edit that puts in the place of a call what it is called on."""
    tree = scene.trees.at(node.span)
    called = tree.at(node.span, cst.Call)
    if not called.args or called.args[0].star:
        raise CannotFix("what it is called on is not written there")
    source = tree.text(called.args[0].value)
    match tree.parent(called):
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))]) if name == source:
            yield edits.without_line(tree, tree.statement(called))
        case _:
            yield edits.replaced(tree, called, source)


def _keeping(scene: _Scene) -> Fix:
    """Keep the mask that something drops, or hand it over."""
    node = scene.cure
    match node.operation:
        case RawOp(name=name) if name in _MERGES and _are_masked(scene, node):
            return _merged(scene, node, _MERGES[name])
        case _:
            return _handing(scene)


def _are_masked(scene: _Scene, node: Node) -> bool:
    states = [scene.solution.states[tensor] for tensor in node.inputs]
    return len(states) == 2 and all(isinstance(mask, Covers) for state in states for mask in state.masks)


def _merged(scene: _Scene, node: Node, merge: str) -> Fix:
    """Write a merge layer in the place of an operator."""
    tree = scene.trees.at(node.span)
    operation = tree.at(node.span, cst.BinaryOperation)
    reader = scene.trees.at(scene.readers[0].span).at(scene.readers[0].span, cst.Call)
    beside = reader.func if isinstance(reader.func, cst.Call) else reader
    name = spelling(scene.trees, node.span, beside, merge)
    both = f"[{tree.text(operation.left)}, {tree.text(operation.right)}]"
    return _unsafe(
        f"write `{merge}` for the operator, which drops the mask of both its sides",
        edits.replaced(tree, operation, f"{name.name}()({both})"),
        *name.edits,
    )


def _handing(scene: _Scene) -> Fix:
    """Hand the mask that gets lost to the layers that read the padding."""
    origins = makers(scene.cure, scene.solution)
    if len(origins) != 1:
        raise CannotFix("which of several masks belongs there cannot be told")
    (origin,) = origins
    found = tuple(handed_over(origin, scene.readers, scene.trees, scene.solution))
    maker = layer_name(applied(scene.solution.program.nodes[origin]))
    readers = " and ".join(dict.fromkeys(f"`{layer_name(applied(reader))}`" for reader in scene.readers))
    return _unsafe(f"hand the mask of `{maker}` to {readers}", *found)


def _floats(scene: _Scene) -> Fix:
    """Keep the fractions that the default dtype cuts off."""
    tree = scene.trees.at(scene.seen.span)
    padded = tree.at(scene.seen.span, cst.Call)
    found = tuple(edits.with_argument(tree, padded, "dtype", '"float32"'))
    return Fix(Applicability.SAFE, 'keep the fractions with `dtype="float32"`', found)


def _unsafe(message: str, *found: Edit) -> Fix:
    return Fix(Applicability.UNSAFE, message, found)


_PLANNERS: Final[Mapping[Kind, _Planner]] = {
    Kind.UNMASKED_EMBEDDING: _mask_zero,
    Kind.UNMASKED_SEQUENCE: _masking,
    Kind.MASK_DROPPED: _keeping,
    Kind.MASK_NEVER_MATCHES: _matching,
    Kind.MASK_IGNORED: _handing,
    Kind.UNMASKED_ATTENTION: _mask_zero,
    Kind.POOLED_PADDING: _mask_zero,
    Kind.PADDED_LOSS: _mask_zero,
    Kind.TRUNCATED_FLOATS: _floats,
}

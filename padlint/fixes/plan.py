"""From what the flow saw to the edits that cure it. Whether they do is for the proof to say."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

import libcst as cst

from padlint.dataclass import dataclass
from padlint.finding import Applicability, Confidence, Fix, Span
from padlint.fixes import edits
from padlint.fixes.aside import made_aside
from padlint.fixes.keeping import handing, keeping
from padlint.fixes.masking import MASK_VALUE, MASKING, Spot, masked_at, spots, spots_outside
from padlint.fixes.matching import matching
from padlint.fixes.scene import Scene, out_of_reach, together, unsafe
from padlint.fixes.sides import Sides
from padlint.fixes.suppose import with_layers_before, with_switches_on
from padlint.fixes.switch import switched, switches_of
from padlint.fixes.taking import taken_by_all
from padlint.fixes.tree import CannotFix, Trees
from padlint.fixes.turning import Remade, masked_anew
from padlint.fixes.way import applied
from padlint.flow.lattice import Covers, NoMask
from padlint.flow.layers import layer_name
from padlint.flow.observation import Kind, Observation
from padlint.flow.observe import observations as observe
from padlint.flow.solve import Solution
from padlint.graph import Layer, Node, Side, TensorId

_Planner: TypeAlias = Callable[[Scene], Fix]


@dataclass(frozen=True, slots=True)
class Planned:
    """An observation with the fix for it, or with why there is none; "" when none was sought."""

    seen: Observation
    fix: Fix | None = None
    why_not: str = ""


def plan(observations: Iterable[Observation], solution: Solution, trees: Trees) -> Iterator[Planned]:
    """Yield each observation with the fix that would cure it."""
    seen = tuple(observations)
    others = tuple(filter(_may_be_fixed, seen))[:_MOST_PLANNED]
    supposed = _supposed(others, solution)
    left = observe(supposed) if supposed is not None else ()
    sides = Sides(supposed or solution, left if supposed is not None else seen, trees)
    planned = set(map(id, others))
    for each in seen:
        if id(each) in planned:
            yield _planned(Scene(each, solution, trees, others, supposed, left, sides))
        else:
            yield Planned(each, why_not=_TOO_MANY if _may_be_fixed(each) else "")


def _may_be_fixed(seen: Observation) -> bool:
    """Say whether a fix is looked for. A cure for a leak that nobody saw would be a guess."""
    return seen.kind in _PLANNERS and seen.confidence is not Confidence.POSSIBLE


def _planned(scene: Scene) -> Planned:
    try:
        return Planned(scene.seen, _PLANNERS[scene.seen.kind](scene))
    except CannotFix as reason:
        return Planned(scene.seen, why_not=str(reason))


def _supposed(
    fixable: Iterable[Observation], solution: Solution, *, only: Collection[TensorId] = ()
) -> Solution | None:
    """Suppose that every layer which should make a mask does.

    Args:
        only: nodes, where no more of the program is wanted than the parts that these are in.
    """
    cures = [solution.program.nodes[each.cure] for each in fixable if each.cure is not None and each.kind in _SWITCHED]
    switches = {applied(node).span: switch for node in cures for switch in switches_of(node, solution)}
    return with_switches_on(solution, switches, only=only) if switches else None


# Kind by kind -----------------------------------------------------------------------------------------------------


def _mask_zero(scene: Scene) -> Fix:
    """Let the embedding make a mask, and others that share a reader with it."""
    return _masks_made(scene, _switched_along(scene))


def _switched_along(scene: Scene) -> Sequence[Scene]:
    """Return what else is seen of the same readers and cured by switching a mask on."""
    return [other for other in scene.together(scene.others) if other.seen.kind in _SWITCHED]


def _mask_zero_alone(scene: Scene) -> Fix:
    """Let an embedding make a mask and no other: of words, say, whose letters go through a layer that refuses one.

    Raises:
        CannotFix: it does not do either, or there is no other.
    """
    own = applied(scene.cure).span
    if all(applied(other.cure).span == own for other in _switched_along(scene)):
        raise CannotFix("there is no other mask to do without")
    supposed = _supposed([scene.seen], scene.solution, only=scene.seen.readers)
    left = observe(supposed) if supposed is not None else ()
    sides = replace(scene.sides, supposed=supposed or scene.solution, seen=left)
    return _masks_made(replace(scene, supposed=supposed, left=left, sides=sides), [scene])


def _masks_made(scene: Scene, along: Sequence[Scene]) -> Fix:
    """Let the embedding make a mask, and see it through to those that read the padding.

    Args:
        along: what else is seen of these and mended by the same kind of change.
    """
    own = switched(scene.cure, scene.solution, scene.trees)
    useless = {left.span for left in scene.left if left.kind in _USELESS}
    others = [switched(other.cure, scene.solution, scene.trees) for other in along if other.seen.span not in useless]
    seen_through = tuple(_seen_through(scene, along))
    cured = unsafe(own.message, *own.edits, *(edit for fix in others for edit in fix.edits))
    return together(cured, *seen_through, *scene.sides.behind(scene.seen.readers))


def _seen_through(scene: Scene, along: Sequence[Scene]) -> Iterator[Fix]:
    """Yield the fixes for what would lose the new mask on its way, and what to say of readers that it cannot reach.

    Args:
        along: what else is seen of these readers and mended by the same kind of change.

    Raises:
        CannotFix: it reaches none, is no mask of the padding, or is one that a layer refuses.
    """
    if scene.supposed is None:
        return
    spans = {applied(each.cure).span for each in (scene, *along)}
    # A layer may be in many models.
    made = frozenset(tensor for span in spans for tensor in scene.solution.program.applied.get(span, ()))
    remade = masked_anew(made, scene.supposed, scene.trees)
    yield from remade.fixes
    yield from taken_by_all(remade.made, scene.trees, scene.solution, remade.supposed)
    beyond: dict[Span, str] = {}
    for left in replace(scene, solution=remade.supposed).together(
        observe(remade.supposed) if remade.fixes else scene.left
    ):
        if left.seen.kind in _USELESS:
            raise CannotFix(_USELESS[left.seen.kind].format(**left.seen.words))
        try:
            yield from _kept(left, scene.seen.kind)
        except CannotFix as reason:
            beyond |= {reader.span: str(reason) for reader in left.readers}
    unhelped = [(reader, beyond[reader.span]) for reader in scene.readers if reader.span in beyond]
    if unhelped and len(unhelped) == len(scene.readers):
        raise CannotFix(unhelped[0][1])
    yield from out_of_reach(unhelped)
    yield from _counted(made, remade.supposed)


def _counted(made: Collection[TensorId], supposed: Solution) -> Iterator[Fix]:
    """Yield what a fix has to say where Keras takes the new mask for one of the labels, too.

    Args:
        made: the nodes that make the mask.
    """
    graph = supposed.program.graph
    ends = {model.id: model.outputs for model in graph.models}
    for training in graph.trainings:
        masks = (mask for end in ends.get(training.model, ()) for mask in supposed.states[end].masks)
        is_masked = any(isinstance(mask, Covers) and mask.origin in made for mask in masks)
        if is_masked and any(facts.paddings for facts in training.targets):
            yield unsafe("the loss then counts no step that is padding in the input, whatever its label")
            return


def _kept(left: Scene, cured: Kind) -> Iterator[Fix]:
    """Yield the fix that keeps a new mask where something would lose it.

    Raises:
        CannotFix: nothing can.
    """
    if left.seen.kind is cured:
        raise CannotFix(_UNUSED.format(**left.seen.words))
    if left.seen.kind in _ON_THE_WAY and left.seen.confidence is not Confidence.POSSIBLE:
        yield _PLANNERS[left.seen.kind](left)


def _masking(scene: Scene) -> Fix:
    """Put `Masking` in front of whatever reads padded features."""
    return _masked(scene, *spots(scene.readers, scene.evidence, scene.solution))


def _masking_outside(scene: Scene) -> Fix:
    """Put `Masking` in front of models, where others are made by the same lines."""
    return _masked(scene, *spots_outside(scene.readers, scene.evidence, scene.solution))


def _masked(scene: Scene, found: Sequence[Spot], beyond: Sequence[tuple[Node, str]]) -> Fix:
    """Put `Masking` into some spots.

    Args:
        beyond: the readers that have none, each with the reason.
    """
    _check_alone(scene, found)
    edited = [edit for spot in found for edit in masked_at(spot, scene.trees, scene.solution)]
    put_in = {spot.node.id: spot.layer for spot in found}
    masked, masks = with_layers_before(scene.solution, put_in)
    remade = masked_anew(masks, masked, scene.trees)
    along = (*remade.fixes, *taken_by_all(remade.made, scene.trees, scene.solution, remade.supposed))
    layers = " and ".join(dict.fromkeys(f"`{layer_name(applied(spot.node))}`" for spot in found))
    value = found[0].value
    message = (
        f"put `{MASKING}({MASK_VALUE}={value})` in front of {layers}; steps that hold {value} in every feature are "
        "then skipped, real ones as well"
    )
    unhelped = [(reader, why) for reader, why in beyond if not _is_masked(reader, remade)]
    return together(unsafe(message, *edited), *along, *out_of_reach(unhelped), *_behind(scene, put_in))


def _check_alone(scene: Scene, found: Iterable[Spot]) -> None:
    """Make sure that no layer which is made by the same lines has a mask, or is to get one: `Masking` replaces it."""
    supposed = scene.supposed or scene.solution
    put_in = {spot.node.id for spot in found}
    for place in {applied(spot.node).span for spot in found if spot.around is None}:
        for tensor in set(scene.solution.program.applied[place]) - put_in:
            read = scene.solution.program.nodes[tensor].inputs
            if any(not isinstance(mask, NoMask) for each in read for mask in supposed.states[each].masks):
                raise CannotFix(f"`{MASKING}` would replace the mask of another layer that the same lines make")


def _is_masked(reader: Node, remade: Remade) -> bool:
    """Say whether a layer gets one of the new masks, and no other."""
    read = remade.supposed.program.nodes[reader.id].inputs if reader.id in remade.supposed.program.nodes else ()
    masks = [mask for tensor in read for mask in remade.supposed.states[tensor].masks]
    return bool(masks) and all(isinstance(mask, Covers) and mask.origin in remade.made for mask in masks)


def _behind(scene: Scene, put_in: Mapping[TensorId, Layer]) -> Iterator[Fix]:
    """Yield the fix that pads behind to suit the masks of layers that are put in."""
    if scene.evidence.padding is not None and scene.evidence.padding.side is Side.PRE:
        supposed, _ = with_layers_before(scene.solution, put_in, everywhere=True)
        yield from Sides(supposed, observe(supposed), scene.trees).behind(scene.seen.readers)


def _floats(scene: Scene) -> Fix:
    """Keep the fractions that the default dtype cuts off."""
    tree = scene.trees.at(scene.seen.span)
    padded = tree.at(scene.seen.span, cst.Call)
    found = tuple(edits.with_argument(tree, padded, "dtype", '"float32"'))
    return Fix(Applicability.SAFE, 'keep the fractions with `dtype="float32"`', found)


_MOST_PLANNED: Final = 100
"""How many fixes are planned at once: each is looked at along with all the others."""

_TOO_MANY: Final = f"there are more than {_MOST_PLANNED} of them; run padlint again when those are fixed"

_SWITCHED: Final = frozenset({Kind.UNMASKED_EMBEDDING, Kind.UNMASKED_ATTENTION, Kind.POOLED_PADDING, Kind.PADDED_LOSS})
"""What a mask from the embedding cures."""

_ON_THE_WAY: Final = frozenset({Kind.MASK_DROPPED, Kind.MASK_IGNORED})
"""What may become of a mask on its way, and can be mended together with making it."""

_USELESS: Final[Mapping[Kind, str]] = {
    Kind.ZERO_IS_A_TOKEN: "id 0 is a real token: {reason}",
    Kind.MASK_NEVER_MATCHES: "a mask would hide nothing: {reason}",
}
"""What would be wrong with a mask from the embedding, however far it came."""

_UNUSED: Final = "`{consumer}` would read the padding all the same"


def _first_of(*planners: _Planner) -> _Planner:
    """Return a planner that asks others in turn, until one finds a fix; where none does, the first says why."""

    def planned(scene: Scene) -> Fix:
        reasons: list[CannotFix] = []
        for planner in planners:
            try:
                return planner(scene)
            except CannotFix as reason:
                reasons.append(reason)
        raise reasons[0]

    return planned


_MASKED_BY_SWITCH: Final = _first_of(_mask_zero, _mask_zero_alone)

_PLANNERS: Final[Mapping[Kind, _Planner]] = {
    Kind.UNMASKED_EMBEDDING: _first_of(_mask_zero, _mask_zero_alone, made_aside),
    Kind.UNMASKED_SEQUENCE: _first_of(_masking, _masking_outside, made_aside),
    Kind.MASK_DROPPED: _first_of(keeping, made_aside),
    Kind.MASK_NEVER_MATCHES: matching,
    Kind.MASK_IGNORED: handing,
    Kind.UNMASKED_ATTENTION: _MASKED_BY_SWITCH,
    Kind.POOLED_PADDING: _MASKED_BY_SWITCH,
    Kind.PADDED_LOSS: _MASKED_BY_SWITCH,
    Kind.TRUNCATED_FLOATS: _floats,
}

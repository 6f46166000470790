"""What a Keras layer makes of padding and masks, from the facts that were measured of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import Final, assert_never

from padlint.dataclass import dataclass
from padlint.flow import masks
from padlint.flow.axes import USUAL_RANK, counted_from_front, dotted_axis, joined, turned
from padlint.flow.contents import Passage, content_after, dealt_out, hidden_by, multiplied, partners_of, zeros_of
from padlint.flow.evidence import padding_made_at
from padlint.flow.lattice import (
    CLEAN,
    NEVER_MASKED,
    ROWS,
    Content,
    Covers,
    Fault,
    Mask,
    Misses,
    NoMask,
    PaddedAxis,
    TensorState,
    UnknownMask,
    join,
)
from padlint.flow.program import ROW_RANK, Program, target_shape
from padlint.graph import ApplyOp, CustomCode, Known, Layer, MaskOp, Node, Side, TensorId
from padlint.keras.facts import MASK
from padlint.keras.layers import Keeps, LayerFacts, MaskOut, Part, Reads, Steps
from padlint.keras.softmax import softmax_axis

_RANK_OF_IDS = 2

UNITS: Final = "units"
AXES: Final = "axes"
PAIRS: Final = "attention_mask"
"""The argument for a mask of (queries, keys)."""


@dataclass(frozen=True, slots=True)
class Application:
    """A layer applied to tensors, with the facts of one variant of it.

    Args:
        inputs: the states of the tensors that it was called on.
        ranks: their ranks.
        given: what the tensor given as `mask=` hides; None when none was given.
        has_states: whether `initial_state=` was given.
        single: which of the inputs have one feature a step.
        rows: which of the inputs are one row a sample, whatever their rank.
        causal: whether no step looks at a later one.
        direct: whether its `call` is called, past the layer itself, which would bring the masks of its inputs.
        goes_by_none: whether a mask that is given and is None is one to go by.
    """

    node: Node
    layer: Layer
    facts: LayerFacts
    inputs: tuple[TensorState, ...]
    ranks: tuple[int | None, ...]
    given: frozenset[Mask] | None = None
    has_states: bool = False
    single: frozenset[int] = frozenset()
    rows: frozenset[int] = frozenset()
    causal: bool = False
    direct: bool = False
    goes_by_none: bool = False

    @property
    def rank(self) -> int | None:
        """The rank of the first input."""
        return self.ranks[0] if self.ranks else None

    @property
    def weighs(self) -> int | None:
        """The axis over which the layer's own softmax deals out weight, None when it has none.

        Of a layer that first mixes the features there must be more axes than (batch, features), or it is a classifier.
        """
        axis = counted_from_front(softmax_axis(self.layer), self.rank)
        step_by_step = self.facts.part in {Part.POINTWISE, Part.MIXING}
        mixes_first = self.facts.keeps is Keeps.NOTHING and UNITS in self.layer.settings
        return axis if step_by_step and self.rank and self.rank > (2 if mixes_first else 1) else None

    @property
    def contracted(self) -> tuple[int, int] | None:
        """The axis of each of two inputs that the layer sums their products over, None when it does no such thing."""
        if self.facts.part is not Part.MERGE or len(self.inputs) != 2:
            return None
        match self.layer.settings.get(AXES):
            case Known(int(axis)) | Known((int(axis),)):
                pair = (axis, axis)
            case Known((int(first), int(second))):
                pair = (first, second)
            case _:
                return None
        found = [counted_from_front(axis, rank) for axis, rank in zip(pair, self.ranks, strict=True)]
        return (found[0] or 0, found[1] or 0)

    @property
    def name(self) -> str:
        """The layer as the user knows it: `LSTM`, `Bidirectional(LSTM)`."""
        return layer_name(self.layer)

    def arriving(self) -> frozenset[Mask]:
        """Return the alternatives for the mask that the layer goes by."""
        automatic = self._automatic()
        if self.given is None:
            return automatic
        return frozenset(
            self._without(own, other) if isinstance(own, NoMask) else own for own in self.given for other in automatic
        )

    def _without(self, given: NoMask, automatic: Mask) -> Mask:
        """Return the mask by which the layer goes where None is given, and one may be on its input."""
        if self.goes_by_none:
            why = f"`{self.name}` is given `mask=None`, by which it goes in Keras 2"
            automatic = masks.spoilt(automatic, self.node.id, Fault.IGNORED, why)
        if isinstance(automatic, NoMask):
            return masks.lost_before((given, automatic))
        return masks.best_of((given, automatic))

    def filling(self) -> frozenset[Mask]:
        """Return the alternatives for the mask by which padded steps are filled.

        In attention that is the mask of what asks; a merge fills them where none of its inputs is without a mask.
        """
        match self.facts.part:
            case Part.ATTENTION if self.given is None:
                return self.inputs[0].masks
            case Part.MERGE:
                return frozenset(
                    NoMask() if _is_partial(found) else masks.best_of(found)
                    for found in masks.alternatives(self.inputs)
                )
            case _:
                return self.arriving()

    def _automatic(self) -> frozenset[Mask]:
        guarding = [self.inputs[index] for index in self.facts.guards if index < len(self.inputs)]
        found = frozenset(map(masks.best_of, masks.alternatives(guarding or self.inputs[:1])))
        if self.direct:
            why = f"`{self.name}` is not called itself but its `call`, which gets no mask but the one in `mask=`"
        elif self.has_states and self.facts.states_hide_mask:
            why = f"`{self.name}` does not look at the mask when it is called with `initial_state=`"
        else:
            return found
        return frozenset(masks.spoilt(mask, self.node.id, Fault.IGNORED, why) for mask in found)


def layer_name(layer: Layer) -> str:
    """Return a layer's name as the user writes it, wrapped layers in parentheses."""
    return f"{layer.kind}({layer_name(layer.inner)})" if layer.inner else layer.kind


def applications(
    node: Node, op: ApplyOp, states: Mapping[TensorId, TensorState], program: Program
) -> Iterator[Application]:
    """Yield the application of a layer once for each variant that its settings leave open; none for unknown layers."""
    # A layer called on nothing that was read is called on something of which nothing is known.
    inputs = tuple(states[tensor] for tensor in node.inputs) or (CLEAN,)
    ranks = tuple(program.ranks[tensor] for tensor in node.inputs) or (None,)
    single = frozenset(index for index, tensor in enumerate(node.inputs) if tensor in program.single)
    rows = frozenset(index for index, tensor in enumerate(node.inputs) if tensor in program.rows)
    for facts in program.facts(op.layer):
        app = Application(
            node,
            op.layer,
            facts.output(op.output),
            inputs,
            ranks,
            has_states=bool(op.states),
            single=single,
            rows=rows,
            causal=op.causal,
            direct=op.direct,
            goes_by_none=program.keras == 2 and (op.none_given or op.mask_argument == MASK),
        )
        if op.mask is not None:
            app = replace(app, given=_given(app, op, states[op.mask], program.ranks[op.mask]))
        elif op.none_given:
            app = replace(app, given=frozenset({NoMask()}))
        yield app


def _given(app: Application, op: ApplyOp, mask: TensorState, rank: int | None) -> frozenset[Mask]:
    """Return what a tensor given as mask hides; of the keys of attention nothing, where it is a mask of the queries."""
    given = mask.hides or frozenset({UnknownMask("the mask given was not followed")})
    axis = _key_axis(app, op, rank)
    why = "the mask that it is given hides queries, not keys"
    return frozenset(
        masks.spoilt(each, app.node.id, Fault.ACROSS, why)
        if isinstance(each, Covers) and axis is not None and each.axes and axis not in each.axes
        else each
        for each in given
    )


def _key_axis(app: Application, op: ApplyOp, rank: int | None) -> int | None:
    """Return the axis of a given mask along which the keys lie: from the last on, its axes are those of the scores."""
    if rank is None:
        return None
    if op.mask_argument == PAIRS:
        return rank - 1
    if app.weighs is None or app.rank is None:
        return None
    axis = app.weighs - app.rank + rank
    return axis if axis > 0 else None


def stepwise(outer: Application, program: Program) -> Iterator[Application]:
    """Yield what `TimeDistributed` does to each step: its inner layer, applied to one step of the outer axis."""
    if outer.layer.inner is None:
        return
    inputs = tuple(enter_step(state) for state in outer.inputs)
    ranks = tuple(rank - 1 if rank else None for rank in outer.ranks)
    rows = frozenset(index for index, rank in enumerate(ranks) if rank == ROW_RANK)
    for facts in program.facts(outer.layer.inner):
        yield Application(outer.node, outer.layer.inner, facts, inputs, ranks, rows=rows)


# The state after a layer ------------------------------------------------------------------------------------------


def after_layer(node: Node, op: ApplyOp, states: Mapping[TensorId, TensorState], program: Program) -> TensorState:
    """Return the state of a layer's output."""
    variants = tuple(applications(node, op, states, program))
    if not variants:
        return _after_unknown(node, op.layer, tuple(states[tensor] for tensor in node.inputs), program)
    after = join(_after(variant, program) for variant in variants)
    return replace(after, padded=after.padded | padding_made_at(node, op.layer, program))


def _after(app: Application, program: Program) -> TensorState:
    if app.facts.part is Part.WRAPPER and app.layer.inner is not None:
        return _after_each_step(app, program)
    found = tuple(_padded_after(app))
    padded = app.inputs[0].padded_again(found) if len(app.inputs) == 1 else frozenset(found)
    return TensorState(padded, _masks_after(app))


def _after_each_step(app: Application, program: Program) -> TensorState:
    """Return the state after a layer that works on each step of the outer time axis on its own."""
    inner = join(_after(step, program) for step in stepwise(app, program))
    outer = app.inputs[0]
    if app.facts.mask_out is MaskOut.CREATED:
        return leave_step(inner).each_mask(masks.outside_of_a_step)
    return replace(leave_step(inner), masks=frozenset(_mask_behind_wrapper(mask, app) for mask in outer.masks))


def _mask_behind_wrapper(mask: Mask, app: Application) -> Mask:
    if isinstance(mask, NoMask):
        return _still_none((mask,), app.facts, app.node.id)
    spans_inner = isinstance(mask, Covers) and len(mask.axes) > 1
    return masks.combined(
        (mask,), app.facts.inner_mask_out if spans_inner else app.facts.mask_out, app.node.id, app.name
    )


def enter_step(state: TensorState) -> TensorState:
    """Return what one step of the outer time axis looks like from inside: outer padding is whole rows there."""
    inner = state.each_padded(lambda padded: [padded.at(_inward(padded.axis))])
    return inner.each_mask(masks.inside_a_step)


def leave_step(state: TensorState) -> TensorState:
    """Return the steps put together again; masks are left to the caller."""
    return state.each_padded(lambda padded: [padded.at(_outward(padded.axis))])


def _inward(axis: int) -> int:
    """Return where an axis is seen from inside a step: the outer steps become rows, rows go one further down."""
    return {1: ROWS, 0: 0}.get(axis, axis - 1)


def _outward(axis: int) -> int:
    return {ROWS: 1, 0: 0}.get(axis, axis + 1)


def _after_unknown(node: Node, layer: Layer, inputs: tuple[TensorState, ...], program: Program) -> TensorState:
    """Return the state after a layer that is neither Keras' own nor was read."""
    gap = f"what `{layer.kind}` does to the steps"
    padded = frozenset(
        one.after(gap).holding(content_after(one.content, Passage(layer.kind, sure=False)))
        for state in inputs
        for one in state.padded
    )
    found = inputs[0].masks if inputs else NEVER_MASKED
    makes_masks = reads_ids(node, program)
    return TensorState(
        padded, frozenset(_mask_after_unread(mask, node, layer, makes_masks=makes_masks) for mask in found)
    )


def reads_ids(node: Node, program: Program) -> bool:
    """Say whether a node has an input of (batch, steps): what makes vectors of ids can make a mask of them, too."""
    return any(program.ranks[tensor] == _RANK_OF_IDS for tensor in node.inputs)


def _mask_after_unread(mask: Mask, node: Node, layer: Layer, *, makes_masks: bool) -> Mask:
    """Return the mask after a layer whose `call` was not read, by what its class says.

    Args:
        makes_masks: whether it may make one where none is.
    """
    if isinstance(mask, NoMask):
        return UnknownMask(f"whether `{layer.kind}` makes one") if makes_masks else mask
    match layer.custom:
        case CustomCode(computes_mask=True) | CustomCode(supports_masking=None) | None:
            return UnknownMask(f"what `{layer.kind}` does to it")
        case CustomCode(supports_masking=True):
            return mask
        case CustomCode():
            return masks.dropped(mask, node.id)


# Masks ------------------------------------------------------------------------------------------------------------


def _masks_after(app: Application) -> frozenset[Mask]:
    facts, node = app.facts, app.node.id
    if facts.steps in {Steps.GONE, Steps.MADE}:
        return NEVER_MASKED
    if facts.mask_out is MaskOut.CREATED:
        return created_mask(app)
    if app.given is not None and facts.explicit and facts.explicit_out is not MaskOut.NONE:
        # A mask that is handed on as it was given is the wrong way round behind steps that were turned round.
        out = facts.mask_out if facts.steps is Steps.REVERSED else facts.explicit_out
        return frozenset(masks.combined((mask,), out, node, app.name) for mask in app.given)
    return frozenset(
        masks.combined(found, _rule(found, app), node, app.name)
        if any(not isinstance(mask, NoMask) for mask in found)
        else _still_none(found, facts, node)
        for found in masks.alternatives(app.inputs)
    )


def _rule(found: tuple[Mask, ...], app: Application) -> MaskOut:
    """Return what the layer does with masks when just these of its inputs have one."""
    if not _is_partial(found):
        return app.facts.mask_out
    rule = app.facts.one_unmasked
    shows = any(isinstance(mask, NoMask) and state.padded for mask, state in zip(found, app.inputs, strict=True))
    return MaskOut.ALL_TRUE if rule is MaskOut.JOINED and shows else rule


def _is_partial(found: tuple[Mask, ...]) -> bool:
    return len(found) > 1 and any(isinstance(mask, NoMask) for mask in found)


def _still_none(found: tuple[Mask, ...], facts: LayerFacts, node: TensorId) -> Mask:
    """Return that there is no mask, noting the first layer that would not have passed one on."""
    if facts.reads is not Reads.FEATURES:
        return NoMask()
    absent = masks.combined(found, MaskOut.NONE, node, "")
    return masks.dropped(absent, node) if facts.mask_out is MaskOut.NONE else absent


def created_mask(app: Application) -> frozenset[Mask]:
    """Return the masks that a source of masks makes from the content of its input."""
    hidden = app.facts.hides or Known(0)
    if app.facts.reads is Reads.IDS:
        deepest = max((padded.axis for padded in app.inputs[0].padded), default=1)
        return masks.made_by(app.node.id, hidden, app.inputs[0], frozenset(range(1, max(app.rank or 2, deepest + 1))))
    if app.rank == 2:
        why = "on an input of two axes it masks whole samples, not steps"
        return frozenset({Misses(app.node.id, app.node.id, Fault.NEVER_MATCHES, why)})
    return masks.made_by(app.node.id, hidden, app.inputs[0], frozenset(range(1, (app.rank or 3) - 1)))


def made_as_mask(node: Node, op: MaskOp, states: Mapping[TensorId, TensorState], program: Program) -> frozenset[Mask]:
    """Return what `layer.compute_mask(x)` gives, or the mask that sits on `x`."""
    state = states[node.inputs[0]] if node.inputs else CLEAN
    if op.layer is None:
        return state.masks
    found = tuple(applications(node, ApplyOp(op.layer), states, program))
    made = frozenset(mask for app in found for mask in _masks_after(app))
    return made or frozenset({UnknownMask(f"what `{op.layer.kind}` computes")})


# Padding ----------------------------------------------------------------------------------------------------------


def _padded_after(app: Application) -> Iterator[PaddedAxis]:
    """Yield the padded axes of a layer's output, each once for every mask that may have arrived."""
    own_steps = app.facts.part in {Part.ATTENTION, Part.RECURRENT}
    filling = app.filling()
    for index, state in enumerate(app.inputs[:1] if own_steps else app.inputs):
        partners = _partners(app, index)
        hiding = cache(partial(partners_of, partners, zeroing=app.facts.zero_wins))
        zeros = zeros_of(other for other, lines_up in partners if lines_up and _zeros_win(other, app))
        # Of many alternatives most come from the same operation before, and hold the very same.
        contents: dict[tuple[int, Side, int], frozenset[Content]] = {}
        for padded in state.padded:
            axis = _axis_behind(padded.axis, index, app)
            if axis is None:
                continue
            held = padded.axis, padded.side, id(padded.content)
            if held not in contents:
                refilled = (_refilled(padded, app, index, mask) for mask in filling)
                contents[held] = frozenset(one for each in refilled for one in hidden_by(hiding(padded.axis), each))
            source = app.node.id if app.facts.reads is Reads.IDS and axis >= 0 else padded.source
            for side in _sides_behind(padded.side, index, app):
                for content in contents[held]:
                    yield padded.moved(axis, side, multiplied(padded, content, zeros), source)


def _zeros_win(factor: TensorState, app: Application) -> bool:
    """Say whether zeros at the padded steps of one input are sure to be in the output."""
    masked = any(map(_may_hide, factor.masks))
    yields = app.facts.masked_yields and masked and any(map(_is_partial, masks.alternatives(app.inputs)))
    return app.facts.zero_wins and not yields


def _may_hide(mask: Mask) -> bool:
    """Say whether a mask may hide padded steps; one that looks for another value than they hold does not."""
    match mask:
        case NoMask() | Misses(fault=Fault.NEVER_MATCHES):
            return False
        case Covers() | Misses() | UnknownMask():
            return True
    assert_never(mask)


def _partners(app: Application, index: int) -> list[tuple[TensorState, bool]]:
    """Return what an input is merged with, step by step, and whether that is known to line up with it."""
    if app.facts.part is not Part.MERGE or app.facts.keeps is Keeps.VALUE:
        return []
    return [(state, app.ranks[other] == app.ranks[index]) for other, state in enumerate(app.inputs) if other != index]


def _axis_behind(axis: int, index: int, app: Application) -> int | None:
    """Return where an axis of one input is behind a layer, None when it is gone."""
    if app.contracted is not None and axis > 0:
        return dotted_axis(axis, index, app.contracted, app.rank)
    if axis > 0 and is_flat_already(app, index):
        return _axis_of_row(app.layer)
    return axis if axis == app.weighs else _axis_after(axis, app.facts, app.ranks[index])


def _axis_of_row(layer: Layer) -> int:
    """Return the axis along which the only row of a sample is, behind a layer that flattens it."""
    shape = target_shape(layer) or ()
    return next((axis for axis, length in enumerate(shape, 1) if length != 1), 1)


def _refilled(padded: PaddedAxis, app: Application, index: int, mask: Mask) -> Content:
    """Return what padded steps hold behind a layer that a mask arrived at."""
    passage = Passage(
        app.name, sure=not _is_frozen(app.layer), facts=app.facts, mask=mask, axis=padded.axis, side=padded.side
    )
    content = padded.content if is_flat_already(app, index) else content_after(padded.content, passage)
    if padded.axis == app.weighs:
        content = dealt_out(content)
    return content


def _is_frozen(layer: Layer) -> bool:
    """Say whether a layer's weights are the user's own and stay so: its row for the pad id may be zero on purpose."""
    return layer.settings.get("trainable") == Known(False)


def _sides_behind(side: Side, index: int, app: Application) -> tuple[Side, ...]:
    """Return on which sides of real steps the padding of one input is behind a layer."""
    match app.facts.steps:
        case Steps.REVERSED:
            return (turned(side),)
        case Steps.JOINED:
            return joined(side, index, len(app.inputs))
        case _:
            return (side,)


def _axis_after(axis: int, facts: LayerFacts, rank: int | None) -> int | None:
    """Return where an axis is behind a layer, None when it is gone."""
    if axis < 1:
        return axis
    match facts.steps:
        case Steps.GONE:
            return None
        case Steps.MADE:
            # The words of a text are new steps; a vector that is repeated keeps its axes behind the new one.
            return None if facts.reads is Reads.TEXT else axis + 1
        case Steps.TRANSPOSED:
            return {1: 2, 2: 1}.get(axis, axis)
        case Steps.KEPT | Steps.REVERSED | Steps.RESAMPLED | Steps.JOINED:
            return None if _mixes_as_features(axis, facts, rank) else axis
    assert_never(facts.steps)


def is_flat_already(app: Application, index: int) -> bool:
    """Say whether a layer that flattens has nothing to flatten: `Flatten` on ids, or on one score a step."""
    flattens = app.facts.part is Part.SHAPE and app.facts.steps is Steps.GONE
    return flattens and (index in app.rows or (app.ranks[index] == USUAL_RANK and index in app.single))


def _mixes_as_features(axis: int, facts: LayerFacts, rank: int | None) -> bool:
    """Say whether the layer takes this axis for features: `Dense` on padded ids."""
    return rank is not None and axis == rank - 1 and facts.reads is Reads.FEATURES and facts.keeps is Keeps.NOTHING

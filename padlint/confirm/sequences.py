"""Plan the inputs of a rebuilt model, and draw padded batches for them, and each of their sequences alone."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from padlint.confirm.construct import VOCABULARY, Scale, find_class
from padlint.confirm.frameworks import Framework
from padlint.confirm.operations import MOVING
from padlint.confirm.part import Part
from padlint.confirm.stand_ins import stand_ins
from padlint.confirm.tensors import Array, Truth
from padlint.dataclass import dataclass
from padlint.finding import Span
from padlint.graph import (
    ApplyOp,
    BoundaryOp,
    DataFacts,
    Effect,
    EitherOp,
    InputOp,
    Known,
    Layer,
    ModelGraph,
    Node,
    Padding,
    RawOp,
    Side,
    TensorId,
    Unresolved,
)
from padlint.keras.facts import Steps
from padlint.keras.layers import Keeps, LayerFacts, MaskOut, layer_facts
from padlint.keras.layers import Part as LayerPart

FEATURES = 5
IMAGE = (8, 8, 3)
MOST_JOINED = 4

_SHORTEST = (7, 17, 65, 257, 1025)
_LONGEST_KEPT = 1025
_WIDEST = 64
_BOTH = (Side.POST, Side.PRE)


# What is known of the inputs --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InputPlan:
    """One input: what it is read as, and how its data is padded.

    Args:
        shape: as written, without the batch; None when unknown.
        ids: whether it holds ids for an embedding, rather than features.
        mask: whether it is itself a 0/1 mask.
        reads_one: whether that mask is known to be 1 at real steps, as a layer takes it, and not at padded ones.
        supposed: whether no padding of it was seen.
        reshaped: the shape, without the batch, that the program gives it while it has as many steps, None for none.
        axes: the padded axes, the batch being axis 0; empty when the data is not padded.
        side: the side of the padding, None when both are to be tried.
    """

    tensor: TensorId
    shape: tuple[int | None, ...] | None
    ids: bool
    mask: bool
    rank: int | None
    axes: tuple[int, ...] = ()
    side: Side | None = None
    value: float = 0
    one_hot: bool = False
    reads_one: bool = False
    supposed: bool = False
    reshaped: tuple[int, ...] | None = None


def plan_inputs(framework: Framework, graph: ModelGraph, part: Part) -> tuple[InputPlan, ...]:
    """Say of each input of a part what it is and how it is padded, by the data that the graph feeds to it.

    A sequence of which nothing is known is taken to be padded, on both sides.
    """
    plans = []
    for node in part.inputs:
        facts = _together([feed.facts for feed in graph.feeds if feed.tensor == node.id])
        plan = _plan(framework, part, node, facts)
        hidden = _hidden_value(framework, part, node.id)
        plans.append(_padded(plan, facts, node.span, hidden))
    return tuple(_alike(plans))


def _alike(plans: Sequence[InputPlan]) -> Iterator[InputPlan]:
    """Take inputs of which nothing is known to be padded on the side on which the others are.

    What is added to a padded sequence, or stands beside it, would else have its padding at the sequence's real steps.
    """
    sides = {plan.side for plan in plans if plan.side is not None}
    for plan in plans:
        yield replace(plan, side=next(iter(sides))) if plan.axes and plan.supposed and len(sides) == 1 else plan


def _together(feeds: Sequence[DataFacts]) -> DataFacts:
    """Put together what is known of all data that one input gets: padded if any of it is."""
    return DataFacts(
        paddings=tuple(dict.fromkeys(padding for facts in feeds for padding in facts.paddings)),
        unpadded=next((facts.unpadded for facts in feeds if all(other.unpadded for other in feeds)), ""),
        rank=next((facts.rank for facts in feeds if facts.rank is not None), None),
        mask=any(facts.mask for facts in feeds),
    )


def _plan(framework: Framework, part: Part, node: Node, facts: DataFacts) -> InputPlan:
    """Say what an input is, its padding apart."""
    shape = node.operation.shape if isinstance(node.operation, InputOp) else None
    if shape is not None and not all(size is None or size > 0 for size in shape):
        shape = None
    ids = _reaches_embedding(framework, part, node.id)
    for_layer = _is_mask(part, node.id)
    return InputPlan(
        node.id,
        shape or None,
        ids,
        facts.mask or for_layer,
        facts.rank,
        reads_one=for_layer,
        reshaped=_reshaped(framework, part, node.id),
    )


def _padded(plan: InputPlan, facts: DataFacts, span: Span, hidden: float) -> InputPlan:
    """Add how an input is padded.

    Args:
        hidden: what it is padded with where that was not read.
    """
    if facts.unpadded and not facts.paddings:
        return plan
    paddings = facts.paddings or (Padding("", span, side=Side.UNKNOWN),)
    sides, first = {padding.side for padding in paddings}, paddings[0]
    held = _held(first, hidden) if facts.paddings else hidden
    return replace(
        plan,
        axes=first.axes,
        side=next(iter(sides)) if len(sides) == 1 and Side.UNKNOWN not in sides else None,
        value=held,
        one_hot="hot" in first.altered,
        supposed=not facts.paddings,
    )


def _held(padding: Padding, hidden: float) -> float:
    """Return a value that padded steps may hold: that which a mask hides where nothing is known of it."""
    match padding.value:
        case Known(int() | float() as value):
            return value
        case Unresolved(counted=True):
            return hidden + 1
        case _:
            return hidden


def _behind(part: Part, tensor: TensorId, carries: Callable[[Node], bool]) -> Iterator[Node]:
    """Yield what reads a tensor, in order, and what reads that in its turn where it carries on."""
    frontier = {tensor}
    for node in part.nodes:
        # What a custom layer was called on stands behind what it returned.
        read = node.inputs[:1] if isinstance(node.operation, BoundaryOp) else node.inputs
        if not frontier.isdisjoint(read):
            yield node
            if carries(node):
                frontier.add(node.id)


def _reaches_embedding(framework: Framework, part: Part, tensor: TensorId) -> bool:
    """Say whether an input is looked up, before any layer but one that moves values."""

    def carries(node: Node) -> bool:
        facts = _facts_at(node, framework)
        return not isinstance(node.operation, ApplyOp) or (
            facts is not None and facts.part in {LayerPart.SHAPE, LayerPart.INPUT}
        )

    return any(_is_lookup(node, framework) for node in _behind(part, tensor, carries))


def _facts_at(node: Node, framework: Framework) -> LayerFacts | None:
    return layer_facts(node.operation.layer, framework.version) if isinstance(node.operation, ApplyOp) else None


def _is_lookup(node: Node, framework: Framework) -> bool:
    match node.operation:
        case RawOp(effect=Effect.LOOKUP | Effect.ONE_HOT):
            return True
        case ApplyOp(layer=layer):
            return _looks_up(framework, layer)
        case _:
            return False


def _reshaped(framework: Framework, part: Part, tensor: TensorId) -> tuple[int, ...] | None:
    """Give the shape, without the batch, that the program gives an input while it still has as many steps."""

    def carries(node: Node) -> bool:
        match node.operation:
            case EitherOp() | BoundaryOp():
                return True
            case RawOp(effect=effect):
                return effect in {Effect.POINTWISE, Effect.SAME_OBJECT, Effect.FEATURES}
            case _:
                facts = _facts_at(node, framework)
                return facts is not None and facts.steps in {Steps.KEPT, Steps.REVERSED}

    for node in _behind(part, tensor, carries):
        match node.operation:
            case RawOp(effect=Effect.RESHAPE, shape=(_, *sizes)) if sizes:
                return _known_sizes(sizes)
            case ApplyOp(layer=layer) if isinstance(target := layer.settings.get("target_shape"), Known):
                return _known_sizes(target.value if isinstance(target.value, tuple) else ())
            case _:
                pass
    return None


def _known_sizes(sizes: Sequence[object]) -> tuple[int, ...] | None:
    known = tuple(size for size in sizes if isinstance(size, int) and size > 0)
    return known if known and len(known) == len(sizes) else None


def _hidden_value(framework: Framework, part: Part, tensor: TensorId) -> float:
    """Give the value that a layer takes for padding, as `Masking` does, before any that changes the values; else 0."""

    def carries(node: Node) -> bool:
        match node.operation:
            case RawOp(effect=effect):
                return effect in MOVING
            case operation:
                facts = _facts_at(node, framework)
                return isinstance(operation, EitherOp) or (facts is not None and facts.keeps is Keeps.VALUE)

    for node in _behind(part, tensor, carries):
        facts = _facts_at(node, framework)
        if facts is not None and facts.mask_out is MaskOut.CREATED and isinstance(facts.hides, Known):
            return float(facts.hides.value) if isinstance(facts.hides.value, int | float) else 0
    return 0


def _looks_up(framework: Framework, layer: Layer) -> bool:
    kind = find_class(framework, layer.inner or layer)
    parameters = inspect.signature(kind.__init__).parameters if kind else {}
    return not stand_ins().vocabulary.isdisjoint(parameters)


def _is_mask(part: Part, tensor: TensorId) -> bool:
    return any(isinstance(node.operation, ApplyOp) and node.operation.mask == tensor for node in part.nodes)


# Shapes -----------------------------------------------------------------------------------------------------------


def scales(part: Part, plans: Sequence[InputPlan]) -> Iterator[Scale]:
    """Yield lengths for the sequences, short ones first, the hard-coded ones last."""
    written = dict.fromkeys(size for plan in plans for size in _written_lengths(plan))
    taken = set(_sizes_in(part))
    for shortest in _SHORTEST:
        free = (length for length in range(shortest, 2 * shortest + 400, 2) if length not in taken)
        steps, inner = next(free), next(free)
        yield Scale(steps, inner, {size: next(free) if index else steps for index, size in enumerate(written)})
    if written and max(written) <= _LONGEST_KEPT:
        yield Scale(next(iter(written)), _SHORTEST[0], {})


def shapes(plan: InputPlan, scale: Scale, sizes: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield the shapes, without the batch, that an input may have, likeliest first.

    Args:
        sizes: numbers of features that the model has elsewhere.
    """
    if plan.shape is not None:
        narrow = tuple(_size(plan, axis, size, scale, _WIDEST) for axis, size in enumerate(plan.shape, 1))
        yield narrow
        whole = tuple(_size(plan, axis, size, scale, None) for axis, size in enumerate(plan.shape, 1))
        if whole != narrow:
            yield whole
        return
    steps = (scale.steps, scale.inner_steps) if 2 in plan.axes else (scale.steps,)
    features = [(*steps, size) for size in sizes]
    # What is reshaped to the program's own length was as long before, whatever each step was.
    given = list(_given(plan.reshaped)) if plan.reshaped else []
    guesses: list[tuple[int, ...]] = [*given, (*steps, FEATURES), (FEATURES,), *features, (*steps, *IMAGE), steps]
    if plan.ids or plan.mask:
        given = [plan.reshaped[:1]] if plan.reshaped else []
        guesses = [*given, steps, (scale.steps, scale.inner_steps), (scale.steps, 1)]
    if plan.mask and plan.rank is not None:
        guesses = [tuple(scale.steps if axis in plan.axes else 1 for axis in range(1, plan.rank)), *guesses]
    yield from (guess for guess in guesses if plan.rank in {None, len(guess) + 1})


def _given(reshaped: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield shapes that an input may have had before it was reshaped; what is joined has several times its features."""
    steps, *features = reshaped
    yield reshaped
    total = math.prod(features)
    yield from ((steps, total // times) for times in range(2, MOST_JOINED + 1) if features and total % times == 0)
    yield from ((steps, *one) for one in ((FEATURES,), IMAGE))


def _size(plan: InputPlan, axis: int, size: int | None, scale: Scale, widest: int | None) -> int:
    if size is not None:
        return scale.lengths.get(size, size if widest is None else min(size, widest))
    if axis == 1:
        return scale.steps
    return scale.inner_steps if axis in plan.axes or plan.ids else FEATURES


def _written_lengths(plan: InputPlan) -> Iterator[int]:
    """Yield the hard-coded lengths of a sequence that are too long to be kept."""
    shape = plan.shape or ()
    time_axes = {*plan.axes, *((1,) if plan.ids or len(shape) > 1 else ())}
    for axis, size in enumerate(shape, 1):
        if axis in time_axes and size is not None and size > _SHORTEST[0] + 3:
            yield size


def _sizes_in(part: Part) -> Iterator[int]:
    """Yield the sizes that a model is written with, so that no length of a sequence looks like one of them."""
    yield from (*stand_ins().sizes, FEATURES, VOCABULARY, stand_ins().cap)
    for node in part.nodes:
        if isinstance(node.operation, ApplyOp):
            for setting in node.operation.layer.settings.values():
                if isinstance(setting, Known) and isinstance(setting.value, int):
                    yield from (setting.value, 2 * setting.value)
        if isinstance(node.operation, InputOp):
            yield from (size for size in node.operation.shape or () if size is not None)


# Batches ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Batch:
    """Sequences of several lengths, padded to one; `real` says which values are about real steps."""

    arrays: Mapping[TensorId, Array]
    real: Mapping[TensorId, Truth]
    rows: int

    def alone(self, row: int) -> Mapping[TensorId, Array] | None:
        """Give one row's sequences without their padding, as often as the batch has rows; None if that has no shape.

        A batch of the same size keeps what depends on that size the same.
        """
        arrays = {}
        for tensor, array in self.arrays.items():
            real = self.real[tensor][row]
            box = np.ix_(*(_positions(real, axis) for axis in range(real.ndim))) if real.ndim else ()
            if not real[box].all():
                return None
            arrays[tensor] = np.repeat(array[row][box][None], self.rows, axis=0)
        return arrays


@dataclass(frozen=True, slots=True)
class Sampler:
    """Draws batches for the inputs of a model, whose shapes are settled.

    Args:
        vocabulary: what ids are below.
        inverted: whether masks of unknown meaning are 1 at padded steps.
    """

    plans: tuple[InputPlan, ...]
    shapes: Mapping[TensorId, tuple[int, ...]]
    vocabulary: int = VOCABULARY
    rows: int = 3
    inverted: bool = False

    @property
    def meanings(self) -> tuple[bool, ...]:
        """Give what masks among the inputs may mean: inverted or not, unless a layer takes them."""
        unsure = any(plan.mask and not plan.reads_one for plan in self.plans)
        return (False, True) if unsure else (False,)

    @property
    def sides(self) -> tuple[Side, ...]:
        """Give the sides that have to be tried."""
        sides = {plan.side for plan in self.plans if self._padded_axes(plan)}
        return _BOTH if None in sides or len(sides) != 1 else tuple(side for side in sides if side is not None)

    @property
    def pads(self) -> bool:
        """Say whether any input is padded at all."""
        return any(self._padded_axes(plan) for plan in self.plans)

    @property
    def most_added(self) -> int:
        """Give how many steps of padding the shortest sequence of a batch gets."""
        sizes = [
            (self.rows, *self.shapes[plan.tensor])[axis] for plan in self.plans for axis in self._padded_axes(plan)
        ]
        return max((size - min(row_lengths(size)) for size in sizes), default=0)

    def batch(self, side: Side, seed: int, *, zero_tokens: bool = False) -> Batch:
        """Draw a padded batch; inputs whose own side is known keep it.

        Args:
            zero_tokens: whether id 0 is among the real tokens.
        """
        random = np.random.default_rng(seed)
        arrays, truths = {}, {}
        for plan in self.plans:
            real = self._real(plan, plan.side or side)
            drawn = self._drawn(plan, real, random)
            if zero_tokens and plan.ids:
                # The second real token of each sequence.
                drawn = np.where(real & (np.cumsum(real, axis=-1) == 2), 0, drawn)
            arrays[plan.tensor] = drawn
            truths[plan.tensor] = real
        return Batch(arrays, truths, self.rows)

    def _real(self, plan: InputPlan, side: Side) -> Truth:
        shape = (self.rows, *self.shapes[plan.tensor])
        real = np.ones(shape, dtype=np.bool_)
        for axis in self._padded_axes(plan):
            size = shape[axis]
            lengths = row_lengths(size)
            for row in range(self.rows):
                position = np.arange(size)
                length = lengths[(row + axis - 1) % len(lengths)]
                inside = position < length if side is Side.POST else position >= size - length
                real[row] &= inside.reshape(-1, *[1] * (len(shape) - axis - 1))
        return real

    def _padded_axes(self, plan: InputPlan) -> tuple[int, ...]:
        shape = (self.rows, *self.shapes[plan.tensor])
        last = len(shape) if plan.ids or plan.mask or len(shape) == 2 else len(shape) - 1
        return tuple(axis for axis in plan.axes if 0 < axis < last and shape[axis] > 1)

    def _drawn(self, plan: InputPlan, real: Truth, random: np.random.Generator) -> Array:
        if plan.mask:
            return np.asarray(real != (self.inverted and not plan.reads_one), dtype=np.int32)
        if plan.ids:
            ids = random.integers(min(2, self.vocabulary - 1), self.vocabulary, real.shape)
            return np.where(real, ids, int(plan.value) % self.vocabulary).astype(np.int32)
        content = random.normal(size=real.shape)
        padding = np.full(real.shape, plan.value)
        if plan.one_hot:
            padding = np.broadcast_to(np.eye(1, real.shape[-1])[0], real.shape)
        return np.where(real, content, padding).astype(np.float32)


def row_lengths(steps: int) -> tuple[int, int, int]:
    """Give three lengths of sequences that leave each row of a batch some padding.

    They are short, however many steps there are: behind 100 real steps an LSTM has forgotten the padding before them.
    Not all are even: the windows of a pooling by 2 would then never lie across the end of a sequence.
    """
    return max(1, min(2, steps // 3)), max(1, min(4, steps // 2)), max(1, min(5, steps - max(1, steps // 3)))


def _positions(real: Truth, axis: int) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
    others = tuple(other for other in range(real.ndim) if other != axis)
    return np.flatnonzero(real.any(axis=others))

"""Witness whether padding leaks through a layer: which outputs are about real steps, and whether padding moves them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from padlint.confirm.frameworks import Tensor
from padlint.confirm.probes import STEPS
from padlint.confirm.subject import LENGTHS, Array, Masks, Refused, Subject, Truth
from padlint.dataclass import dataclass
from padlint.graph import Side
from padlint.keras.facts import Steps

SIDES = (Side.PRE, Side.POST)
TOLERANCE = 1e-5


def validity(side: Side, steps: int = STEPS, lengths: Sequence[int] = LENGTHS) -> Truth:
    """Say which steps of each row are real, the others being padding on one side."""
    positions, counts = np.arange(steps)[None, :], np.array(lengths)[:, None]
    return positions < counts if side is Side.POST else positions >= steps - counts


# Which output is about which step -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TimeAxes:
    """What becomes of time in one output: how its steps relate to the input's, and the axes that run over them.

    `reads[j, t]` says whether step j of the output's first time axis reads step t of the input.
    """

    steps: Steps
    axes: tuple[int, ...]
    reads: Truth

    def real(self, shape: Sequence[int], valid: Truth, inputs: int) -> Truth:
        """Say which elements of an output of this shape are about real steps.

        Raises:
            Refused: the output has another number of steps, as the layer was built for one.
        """
        along = self._along_time(valid, inputs)
        if any(shape[axis] != along.shape[1] for axis in self.axes):
            raise Refused("built for one number of steps")
        chosen = np.ones(tuple(shape), dtype=np.bool_)
        for axis in self.axes:
            chosen &= along.reshape(
                [len(valid), *(along.shape[1] if one == axis else 1 for one in range(1, len(shape)))]
            )
        return chosen

    def padded_only(self, valid: Truth) -> Truth:
        """Say which output steps read at least one padded step and no real one, by row: none where steps are gone."""
        if not self.axes:
            return np.zeros((len(valid), 1), dtype=np.bool_)
        return np.asarray(~self._reads_real(valid) & np.any(self.reads, axis=1)[None], dtype=np.bool_)

    def spread(self, chosen: Truth, dimensions: int) -> Truth:
        """Give a choice of steps the shape of an output with this many axes."""
        first = min(self.axes)
        return chosen.reshape([len(chosen), *(chosen.shape[1] if one == first else 1 for one in range(1, dimensions))])

    def _along_time(self, valid: Truth, inputs: int) -> Truth:
        match self.steps:
            case Steps.REVERSED:
                return valid[:, ::-1]
            case Steps.JOINED:
                return np.concatenate([valid] * inputs, axis=1)
            case Steps.RESAMPLED:
                return self._reads_real(valid)
            case _:
                return valid

    def _reads_real(self, valid: Truth) -> Truth:
        return np.asarray(np.any(self.reads[None] & valid[:, None, :], axis=2), dtype=np.bool_)


def time_axes(subject: Subject) -> list[TimeAxes]:
    """Find, for each output, where the time axis went, by changing one input step after the other.

    Raises:
        Refused: the layer cannot be called.
    """
    random = np.random.default_rng(1)
    draws = 4
    base = [subject.draw(random, 1) for _ in range(subject.inputs)]
    batches = [np.repeat(one, 1 + STEPS * draws, axis=0) for one in base]
    for batch in batches:
        for row in range(STEPS * draws):
            batch[1 + row, row // draws] = subject.draw(random, 1, scale=4.0)[0, 0]
    outcome = subject.run(batches)
    if any(len(value) != len(batches[0]) for value in outcome.values):
        raise Refused("its output has no batch axis")
    return [_time_axes(_changes(value, draws), subject) for value in outcome.values]


def _changes(value: Array, draws: int) -> Truth:
    """Say for each element of an output whether it moved when a step changed: shape (*output, step)."""
    moved = _differs(value[1:], value[:1])
    return np.moveaxis(np.any(moved.reshape(STEPS, draws, *value.shape[1:]), axis=1), 0, -1)


def _time_axes(moved: Truth, subject: Subject) -> TimeAxes:
    """Classify from `moved`, whose last axis is the input step and the others those of an output without its batch."""
    if not moved.any():
        raise Refused("its output does not depend on its input")
    dimensions = moved.ndim - 1
    along = {axis: _along(moved, axis - 1) for axis in range(1, dimensions + 1)}
    nowhere = TimeAxes(Steps.GONE, (), np.ones((1, STEPS), dtype=np.bool_))
    if dimensions < _least_dimensions(subject):
        return nowhere
    first = along[1]
    if len(first) == STEPS and first.diagonal().all():
        return TimeAxes(Steps.KEPT, (1, 2) if _pairs_steps(moved) else (1,), first)
    if len(first) == STEPS and first[:, ::-1].diagonal().all():
        return TimeAxes(Steps.REVERSED, (1,), first)
    if subject.inputs > 1 and len(first) == STEPS * subject.inputs:
        return TimeAxes(Steps.JOINED, (1,), first)
    if not first.all() and len(first) > 1:
        return TimeAxes(Steps.RESAMPLED, (1,), first)
    second = along.get(2)
    if second is not None and len(second) == STEPS and np.array_equal(second, np.eye(STEPS, dtype=np.bool_)):
        return TimeAxes(Steps.TRANSPOSED, (2,), second)
    return nowhere


def _pairs_steps(moved: Truth) -> bool:
    """Say whether element (i, j) of the first two axes is about the steps i and j alone, as in a matrix of scores."""
    if moved.ndim < 3 or moved.shape[:2] != (STEPS, STEPS):
        return False
    found = moved.reshape(STEPS, STEPS, -1, STEPS).any(axis=2)
    one = np.eye(STEPS, dtype=np.bool_)
    return np.array_equal(found, one[:, None, :] | one[None, :, :])


def _along(moved: Truth, axis: int) -> Truth:
    others = tuple(one for one in range(moved.ndim - 1) if one != axis)
    return np.asarray(np.any(moved, axis=others), dtype=np.bool_)


def _least_dimensions(subject: Subject) -> int:
    """Count the axes after the batch that an output needs to have steps: a row of features alone is no sequence."""
    content = subject.draw(np.random.default_rng(0), 1)
    return min(content.ndim - 1, 2)


def _differs(left: Array, right: Array) -> Truth:
    if left.dtype.kind in "fc":
        return ~np.isclose(left, right, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)
    return np.asarray(left != right, dtype=np.bool_)


# Whether padding moves what is real ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Question:
    """One way of calling a layer: which inputs carry their right mask, and the further arguments of the call.

    `explicit` names an argument of `call` that is given the mask, in the form that `form` makes of it.
    """

    masked: tuple[bool, ...]
    extra: tuple[tuple[str, object], ...] = ()
    explicit: str = ""
    form: str = ""

    def masks(self, valid: Truth) -> Masks:
        """Give the mask of each input, or None."""
        return [valid if masked else None for masked in self.masked]

    def arguments(self, valid: Truth, rows: slice) -> dict[str, object]:
        """Give the call's further arguments for some rows of the batch."""
        extra = {
            name: [state[rows] for state in value] if isinstance(value, tuple) else value for name, value in self.extra
        }
        if not self.explicit:
            return extra
        return {**extra, self.explicit: explicit_mask(valid, self.form, len(self.masked))}


def explicit_mask(valid: Truth, form: str, inputs: int) -> object:
    """Shape a mask for an argument of `call`: as it is, one for each input, or over (query, key) steps."""
    match form:
        case "each":
            return [valid] * inputs
        case "pairs":
            return np.repeat(valid[:, None, :], valid.shape[1], axis=1)
        case _:
            return valid


def leaking_sides(subject: Subject, times: Sequence[TimeAxes], question: Question, output: int = 0) -> frozenset[Side]:
    """Name the sides of padding on which an output about real steps depends on the padding.

    Raises:
        Refused: Keras does not take the call.
    """
    return frozenset(side for side in SIDES if any(_leaks(subject, times, question, output, side)))


def _leaks(subject: Subject, times: Sequence[TimeAxes], question: Question, output: int, side: Side) -> Iterator[bool]:
    """Yield what each witness says: other content, the gradient, more padding, and none at all."""
    random = np.random.default_rng(2)
    valid = validity(side)
    values = [subject.draw(random, len(LENGTHS)) for _ in range(subject.inputs)]
    kept = _real_output(subject, times, question, output, values, valid)
    for scale in (1.0, 4.0):
        replaced = [_with_padding(one, subject.draw(random, len(LENGTHS), scale=scale), valid) for one in values]
        yield _moved(kept, _real_output(subject, times, question, output, replaced, valid))
    if values[0].dtype.kind == "f":
        yield _gradient_at_padding(subject, times, question, output, values, valid)
    if times[output].steps in (Steps.KEPT, Steps.GONE, Steps.REVERSED):
        yield from _other_lengths(subject, times, question, output, values, side, kept)


def _other_lengths(
    subject: Subject,
    times: Sequence[TimeAxes],
    question: Question,
    output: int,
    values: Sequence[Array],
    side: Side,
    kept: Array,
) -> Iterator[bool]:
    """Compare with three more padded steps, and with each row alone; a layer built for one length is let off."""
    random = np.random.default_rng(3)
    valid, longer = validity(side), validity(side, STEPS + 3)
    more = [subject.draw(random, len(LENGTHS), STEPS + 3) for _ in values]
    for wide, one in zip(more, values, strict=True):
        wide[:, :STEPS] = one if side is Side.POST else wide[:, :STEPS]
        wide[:, 3:] = one if side is Side.PRE else wide[:, 3:]
    try:
        yield _moved(kept, _real_output(subject, times, question, output, more, longer))
        alone = [
            _real_output(
                subject,
                times,
                question,
                output,
                [one[[row]][:, valid[row]] for one in values],
                valid[[row]][:, valid[row]],
                row,
            )
            for row in range(len(LENGTHS))
        ]
    except Refused:
        return
    yield _moved(kept, np.concatenate(alone))


def _real_output(
    subject: Subject,
    times: Sequence[TimeAxes],
    question: Question,
    output: int,
    values: Sequence[Array],
    valid: Truth,
    row: int | None = None,
) -> Array:
    """Run, and keep what an output says about real steps, flat and in order."""
    rows = slice(None) if row is None else slice(row, row + 1)
    outcome = subject.run(values, question.masks(valid), **question.arguments(valid, rows))
    found = outcome.values[output]
    return found[times[output].real(found.shape, valid, subject.inputs)]


def _with_padding(values: Array, padding: Array, valid: Truth) -> Array:
    spread = valid.reshape(*valid.shape, *([1] * (values.ndim - valid.ndim)))
    return np.where(spread, values, padding)


def _moved(before: Array, after: Array) -> bool:
    return before.shape != after.shape or bool(_differs(before, after).any())


def _gradient_at_padding(
    subject: Subject, times: Sequence[TimeAxes], question: Question, output: int, values: Sequence[Array], valid: Truth
) -> bool:
    """Say whether a random projection of the real outputs has any gradient at padded steps: a right mask makes it 0."""
    random = np.random.default_rng(4)
    flow = subject.framework.tensorflow

    def total(outputs: list[Tensor]) -> Tensor:
        shape = tuple(outputs[output].numpy().shape)
        weights = random.normal(size=shape) * times[output].real(shape, valid, subject.inputs)
        scalar: Tensor = flow.reduce_sum(outputs[output] * flow.constant(weights.astype(np.float32)))
        return scalar

    found = subject.gradients(values, question.masks(valid), total, **question.arguments(valid, slice(None)))
    return any(bool(np.any(one[~valid] != 0.0)) for one in found)

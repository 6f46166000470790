"""Measure one layer with one set of settings: everything that a row of layers.toml says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from padlint.confirm.frameworks import Framework
from padlint.confirm.probes import PART_BY_FOLDER, PART_BY_KIND, STEPS, Feed, Plan, Settings
from padlint.confirm.subject import LENGTHS, Array, Outcome, Refused, Subject, Truth, prepare, randomise, refusals
from padlint.confirm.witnesses import (
    SIDES,
    TOLERANCE,
    Question,
    TimeAxes,
    explicit_mask,
    leaking_sides,
    time_axes,
    validity,
)
from padlint.dataclass import dataclass
from padlint.graph import Known, Side
from padlint.keras.facts import EmptyRow, Fill, Keeps, LayerFacts, MaskOut, OutputFacts, Part, Reads, Steps

CONSTANTS = (0.0, -10.0, 0.37)  # zero first: what passes it is worth knowing by itself
DRAWS = 4  # of what a layer does at random in training
LENGTHS_BY_INPUT = (LENGTHS, (5, 3, 4), (4, 6, 2))
MASK_FORMS = ("", "each", "pairs")


class Unsettled(Exception):
    """Keras did something that `padlint.keras.facts` cannot say."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A prepared layer, and where time went in each of its outputs."""

    subject: Subject
    times: tuple[TimeAxes, ...]

    @property
    def everywhere(self) -> tuple[bool, ...]:
        """Put a mask on every input."""
        return (True,) * self.subject.inputs

    @property
    def nowhere(self) -> tuple[bool, ...]:
        """Put no mask on any input."""
        return (False,) * self.subject.inputs

    def only(self, index: int) -> tuple[bool, ...]:
        """Put a mask on one input."""
        return tuple(one == index for one in range(self.subject.inputs))

    def leaks(self, question: Question, output: int = 0) -> frozenset[Side]:
        """Name the sides that leak in this way of calling the layer."""
        return leaking_sides(self.subject, self.times, question, output)

    def values(self, seed: int = 5, scale: float = 1.0) -> list[Array]:
        """Draw a batch for each input."""
        random = np.random.default_rng(seed)
        return [self.subject.draw(random, len(LENGTHS), scale=scale) for _ in range(self.subject.inputs)]

    def run(self, masked: Sequence[bool], side: Side = Side.POST, /, **arguments: object) -> Outcome:
        """Run once, with the same right mask on the inputs that are to have one."""
        return self.subject.run(self.values(), [validity(side) if one else None for one in masked], **arguments)


def measure_example(framework: Framework, plan: Plan, settings: Settings, inputs: int) -> LayerFacts:
    """Measure a layer with these settings on the first feed that it takes.

    Raises:
        Refused: it takes none.
        Unsettled: what it does fits no word.
    """
    subject = first_that_takes(framework, plan, settings, inputs)
    if subject.feed is Feed.VECTOR:
        return _without_time(subject, plan.kind)
    return measure_subject(subject, plan.kind, settings.get(plan.hides_setting, 0.0) if plan.hides_setting else None)


def first_that_takes(framework: Framework, plan: Plan, settings: Settings, inputs: int) -> Subject:
    """Prepare the layer on the first of the plan's feeds that it takes."""
    reasons: list[str] = []
    for feed in plan.feeds:
        try:
            return prepare(framework, plan.kind, settings, feed, plan.arrangement, inputs)
        except Refused as refusal:
            reasons.append(str(refusal))
    raise Refused(reasons[0] if reasons else "no data to call it on")


def measure_subject(subject: Subject, kind: str, hides: object = None) -> LayerFacts:
    """Measure a prepared layer whose input has a time axis; `hides` is the value that its settings say it masks."""
    probe = Probe(subject, tuple(time_axes(subject)))
    unmasked = probe.leaks(Question(probe.nowhere))
    facts = LayerFacts(
        kind=kind,
        part=_part_by_place(subject, kind),
        steps=probe.times[0].steps,
        leaks_unmasked=unmasked,
        leaks_masked=unmasked,
        reads=Reads.IDS if subject.feed is Feed.IDS else Reads.FEATURES,
        keeps=_keeps(probe, hides),
        zero_wins=_zero_wins(probe),
        counts_repeats=_counts_repeats(probe),
    )
    facts = _explicitly(probe, _with_masks(probe, facts))
    if facts.mask_out is MaskOut.CREATED:
        facts = _with_created_mask(probe, facts, hides)
    return replace(facts, part=_settled_part(facts))


def _without_time(subject: Subject, kind: str) -> LayerFacts:
    """Measure a layer that makes a time axis: every step of its output must be its input."""
    value = subject.draw(np.random.default_rng(0), len(LENGTHS))
    outcome = subject.run([value])
    if outcome.masks[0] is not None or not np.array_equal(outcome.values[0], np.repeat(value[:, None], STEPS, axis=1)):
        raise Unsettled(f"{kind} on vectors does not repeat them")
    return LayerFacts(kind=kind, part=_part_by_place(subject, kind), steps=Steps.MADE, keeps=Keeps.VALUE)


# Masks --------------------------------------------------------------------------------------------------------------


def _with_masks(probe: Probe, facts: LayerFacts) -> LayerFacts:
    """Add what the layer does when masks arrive."""
    try:
        masked = probe.leaks(Question(probe.everywhere))
    except Refused as refusal:
        return replace(facts, raises=str(refusal), mask_out=MaskOut.RAISES)
    facts = replace(facts, leaks_masked=masked, uses_mask=_uses_mask(probe))
    return replace(
        facts,
        mask_out=_mask_out(probe, 0),
        one_unmasked=_one_unmasked(probe) if probe.subject.inputs > 1 else MaskOut.NONE,
        guards=tuple(_guards(probe, facts)),
        states_hide_mask=_states_hide_mask(probe, facts),
        masked_yields=facts.zero_wins and _masked_yields(probe),
        fill=dict(_fills(probe)) if facts.steps in {Steps.KEPT, Steps.REVERSED} else {},
        empty_row=_empty_row(probe) if facts.uses_mask else EmptyRow.OTHER,
        warns=probe.run(probe.everywhere).warned,
        also=tuple(_further_output(probe, index) for index in range(1, len(probe.times))),
    )


def _uses_mask(probe: Probe) -> bool:
    """Say whether the outputs about real steps differ with masks and without."""
    for side in SIDES:
        with_masks, without = probe.run(probe.everywhere, side).values[0], probe.run(probe.nowhere, side).values[0]
        real = probe.times[0].real(without.shape, validity(side), probe.subject.inputs)
        if not np.allclose(with_masks[real], without[real], rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True):
            return True
    return False


def _mask_out(probe: Probe, output: int) -> MaskOut:
    """Name the mask of an output when each input has a mask of its own."""
    created = probe.run(probe.nowhere).masks[output]
    given = [validity(Side.POST, lengths=lengths) for lengths in LENGTHS_BY_INPUT[: probe.subject.inputs]]
    found = probe.subject.run(probe.values(), given).masks[output]
    if created is not None:
        if found is None or not np.array_equal(found, created):
            raise Unsettled("it creates a mask, and another one when a mask comes in")
        return MaskOut.CREATED
    if len(given) == 1 and probe.times[output].steps is Steps.REVERSED and found is not None:
        return MaskOut.MISALIGNED
    return _named(found, _words_for_masks(given), output)


def _words_for_masks(given: Sequence[Truth]) -> Iterator[tuple[MaskOut, Truth]]:
    if len(given) == 1:
        yield MaskOut.SAME, given[0]
        return
    yield MaskOut.AND, np.all(given, axis=0)
    yield MaskOut.OR, np.any(given, axis=0)
    yield MaskOut.QUERY, given[0]
    yield MaskOut.JOINED, np.concatenate(given, axis=1)


def _named(found: Truth | None, words: Iterator[tuple[MaskOut, Truth]], output: int) -> MaskOut:
    if found is None:
        return MaskOut.NONE
    for word, mask in words:
        if np.array_equal(found, mask):
            return word
    if found.all():
        return MaskOut.ALL_TRUE
    raise Unsettled(f"output {output} has a mask that fits no word: {found.astype(int).tolist()}")


def _one_unmasked(probe: Probe) -> MaskOut:
    """Name the mask of the output when only one of several inputs has one."""
    found = [_with_one_mask(probe, index) for index in range(probe.subject.inputs)]
    if len(set(found)) == 1:
        return found[0]
    if found[0] is MaskOut.SAME and set(found[1:]) == {MaskOut.NONE}:
        return MaskOut.QUERY
    raise Unsettled(f"with one input masked, the mask of the output is {found}")


def _with_one_mask(probe: Probe, index: int) -> MaskOut:
    mask, full = validity(Side.POST), np.ones_like(validity(Side.POST))
    joined = np.concatenate([mask if one == index else full for one in range(probe.subject.inputs)], axis=1)
    try:
        found = probe.run(probe.only(index)).masks[0]
    except Refused:
        return MaskOut.RAISES
    return _named(found, iter([(MaskOut.SAME, mask), (MaskOut.JOINED, joined)]), 0)


def _guards(probe: Probe, facts: LayerFacts) -> Iterator[int]:
    """Yield the inputs whose mask alone does all that masks do."""
    if not facts.leaks_masked < facts.leaks_unmasked:
        return
    for index in range(probe.subject.inputs):
        alone = probe.only(index)
        if alone == probe.everywhere or probe.leaks(Question(alone)) == facts.leaks_masked:
            yield index


def _with_created_mask(probe: Probe, facts: LayerFacts, hides: object) -> LayerFacts:
    """Add which value of the padded steps the created mask hides, and what the output holds there."""
    wanted = hides if isinstance(hides, int | float) else 0
    fill: dict[Side, Fill] = {}
    for side in SIDES:
        valid = validity(side)
        values = [np.where(_spread(valid, one), one, np.asarray(wanted, dtype=one.dtype)) for one in probe.values()]
        outcome = probe.subject.run(values)
        made = outcome.masks[0]
        if made is None or not np.array_equal(made, np.broadcast_to(_spread(valid, made), made.shape)):
            raise Unsettled(f"the created mask does not hide steps of {wanted}")
        if not outcome.values[0][~valid].any():
            fill[side] = Fill.ZEROS
    return replace(facts, hides=Known(wanted), fill=fill)


# Calls with more than the inputs --------------------------------------------------------------------------------------


def _states_hide_mask(probe: Probe, facts: LayerFacts) -> bool:
    """Say whether a mask on the input is not used once `initial_state` is given."""
    if facts.part is not Part.RECURRENT or not facts.uses_mask:
        return False
    try:
        states = _states(probe.subject)
        return facts.leaks_masked < probe.leaks(Question(probe.everywhere, (("initial_state", states),)))
    except Refused:
        return False


def _states(subject: Subject) -> tuple[Array, ...]:
    """Draw initial states of the shapes that the layer has."""
    random, layer = np.random.default_rng(6), subject.layer
    holders = [getattr(layer, name) for name in ("forward_layer", "backward_layer") if hasattr(layer, name)] or [layer]
    example: object = len(LENGTHS)
    if subject.framework.version == 2:
        example = subject.tensor(subject.draw(random, len(LENGTHS)))
    with refusals(subject.framework):
        empty = [state for holder in holders for state in subject.flat(holder.get_initial_state(example))]
    return tuple(random.normal(size=tuple(state.numpy().shape)).astype(np.float32) for state in empty)


def _explicitly(probe: Probe, facts: LayerFacts) -> LayerFacts:
    """Add the arguments of `call` that protect when a mask is given in them."""
    if not facts.leaks_unmasked:
        return facts
    forms = {argument: _protecting_form(probe, argument) for argument in _mask_arguments(probe.subject)}
    found = {argument: form for argument, form in forms.items() if form is not None}
    if not found:
        return facts
    argument, form = next(iter(found.items()))
    valid = validity(Side.POST)
    outcome = probe.run(probe.nowhere, **{argument: explicit_mask(valid, form, probe.subject.inputs)})
    words = iter([(MaskOut.SAME, valid)])
    return replace(facts, explicit=tuple(found), explicit_out=_named(outcome.masks[0], words, 0))


def _protecting_form(probe: Probe, argument: str) -> str | None:
    """Find the form in which a mask given as this argument protects; None when it does in none."""
    for form in MASK_FORMS:
        try:
            if not probe.leaks(Question(probe.nowhere, explicit=argument, form=form)):
                return form
        except Refused:
            continue
    return None


def _mask_arguments(subject: Subject) -> list[str]:
    return [name for name in subject.call_parameters if name.endswith("mask") and not name.startswith("use_")]


# Values -------------------------------------------------------------------------------------------------------------


def _fills(probe: Probe) -> Iterator[tuple[Side, Fill]]:
    """Yield what a masked output holds at padded steps, where that is not a function of their content."""
    last_side = Side.PRE if probe.times[0].steps is Steps.REVERSED else Side.POST
    for side in SIDES:
        valid = validity(side)
        other = [
            np.where(_spread(valid, one), one, more)
            for one, more in zip(probe.values(), probe.values(7, 4.0), strict=True)
        ]
        before = probe.run(probe.everywhere, side).values[0]
        after = probe.subject.run(other, [valid] * probe.subject.inputs).values[0]
        padded = ~probe.times[0].real(before.shape, valid, probe.subject.inputs)
        if not np.allclose(before[padded], after[padded], rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True):
            continue
        last = np.stack([row[length - 1] for row, length in zip(before, LENGTHS, strict=True)])
        repeated = np.broadcast_to(last[:, None], before.shape)
        if not before[padded].any():
            yield side, Fill.ZEROS
        elif side is last_side and np.allclose(before[padded], repeated[padded], rtol=TOLERANCE, atol=TOLERANCE):
            yield side, Fill.LAST
        else:
            yield side, Fill.OTHER


def _empty_row(probe: Probe) -> EmptyRow:
    """Name the output of a row that is masked whole."""
    valid = validity(Side.POST)
    valid[0] = False
    found = probe.subject.run(probe.values(), [valid] * probe.subject.inputs).values[0][0]
    other = probe.subject.run(probe.values(8), [valid] * probe.subject.inputs).values[0][0]
    if np.isnan(found).any():
        return EmptyRow.NAN
    if not found.any():
        return EmptyRow.ZEROS
    return EmptyRow.OTHER if np.allclose(found, other, rtol=TOLERANCE, atol=TOLERANCE) else EmptyRow.CONTENT


def _keeps(probe: Probe, hides: object) -> Keeps:
    """Say which constants pass through the steps that read nothing but padding, at inference and in training."""
    if probe.subject.feed is Feed.IDS or not probe.times[0].padded_only(validity(Side.POST)).any():
        return Keeps.NOTHING
    kept = dict.fromkeys((constant for constant in CONSTANTS if constant == CONSTANTS[0] or constant != hides), True)
    for seed in (1, 2, 0):
        randomise(probe.subject.layer, seed)
        kept = {constant: so_far and _passes(probe, constant) for constant, so_far in kept.items()}
    if all(kept.values()):
        return Keeps.VALUE
    return Keeps.ZERO if kept[CONSTANTS[0]] else Keeps.NOTHING


def _passes(probe: Probe, constant: float) -> bool:
    valid, time = validity(Side.POST), probe.times[0]
    values = [np.where(_spread(valid, one), one, np.float32(constant)) for one in probe.values()]
    modes: list[Mapping[str, object]] = [{}]
    if "training" in probe.subject.call_parameters:
        modes += [{"training": True}] * DRAWS
    for mode in modes:
        found = probe.subject.run(values, **mode).values[0]
        alone = time.padded_only(valid)
        if found.shape[min(time.axes)] != alone.shape[1]:
            return False
        padded = np.broadcast_to(time.spread(alone, found.ndim), found.shape)
        if not np.allclose(found[padded], constant, rtol=0.0, atol=1e-6):
            return False
    return True


def _zero_wins(probe: Probe) -> bool:
    """Say whether zeros at the padded steps of any one of several inputs are all that the output holds there."""
    if probe.subject.inputs < 2 or probe.times[0].steps is not Steps.KEPT:
        return False
    return not any(_with_zeros(probe, index, masked=False).any() for index in range(probe.subject.inputs))


def _masked_yields(probe: Probe) -> bool:
    """Say whether zeros at the padded steps of one input are not in the output where a mask hides them there alone."""
    return any(_with_zeros(probe, index, masked=True).any() for index in range(probe.subject.inputs))


def _with_zeros(probe: Probe, index: int, *, masked: bool) -> Array:
    """Return what the output holds at padded steps when one input holds zeros there, with a mask on it or without."""
    valid = validity(Side.POST)
    values = probe.values()
    values[index] = np.where(_spread(valid, values[index]), values[index], np.float32(0))
    found = probe.subject.run(values, [valid if masked and one == index else None for one in range(len(values))])
    return found.values[0][~probe.times[0].real(found.values[0].shape, valid, probe.subject.inputs)]


def _counts_repeats(probe: Probe) -> bool:
    """Say whether a pooling that leaves no steps gives something else when the last step is repeated."""
    if probe.times[0].steps is not Steps.GONE or _part_by_place(probe.subject, "") is not Part.POOLING:
        return False
    values = probe.values()
    longer = [np.concatenate([one, *[one[:, -1:]] * 3], axis=1) for one in values]
    before, after = (probe.subject.run(each).values[0] for each in (values, longer))
    return not np.allclose(before, after, rtol=TOLERANCE, atol=TOLERANCE)


def _spread(valid: Truth, values: Array) -> Truth:
    return valid.reshape(*valid.shape, *([1] * (values.ndim - valid.ndim)))


def _further_output(probe: Probe, index: int) -> OutputFacts:
    return OutputFacts(
        steps=probe.times[index].steps,
        mask_out=_mask_out(probe, index),
        leaks_unmasked=probe.leaks(Question(probe.nowhere), index),
        leaks_masked=probe.leaks(Question(probe.everywhere), index),
    )


# What the layer is --------------------------------------------------------------------------------------------------


def _part_by_place(subject: Subject, kind: str) -> Part:
    """Classify by the folder of Keras that the class is in."""
    folders = type(subject.layer).__module__.split(".")
    return PART_BY_KIND.get(kind) or next(
        (PART_BY_FOLDER[name] for name in folders if name in PART_BY_FOLDER), Part.POINTWISE
    )


def _settled_part(facts: LayerFacts) -> Part:
    """Correct what looks pointwise by its place, but was measured to mix steps or to move them."""
    if facts.part is not Part.POINTWISE:
        return facts.part
    if facts.steps is not Steps.KEPT:
        return Part.SHAPE
    return Part.MIXING if facts.leaks_unmasked else Part.POINTWISE

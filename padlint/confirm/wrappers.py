"""Measure layers that wrap another one, around every layer that they take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from padlint.confirm.frameworks import Framework
from padlint.confirm.probes import Arrangement, Feed, Nested, Plan, Variant, When
from padlint.confirm.probing import Unsettled, measure_subject
from padlint.confirm.subject import LENGTHS, Refused, Subject, Truth, prepare
from padlint.confirm.witnesses import validity
from padlint.graph import Side
from padlint.keras.facts import LayerFacts, MaskOut, Part
from padlint.keras.table import Row

Around: TypeAlias = tuple[When, LayerFacts]

# Whether the wrapper applies its layer to each step of a further time axis.
WRAPPERS: Mapping[str, bool] = {"TimeDistributed": True, "SpectralNormalization": False}
_ONE_INPUT = frozenset(Part) - {
    Part.MERGE,
    Part.ATTENTION,
    Part.INPUT,
    Part.LOOKUP,
    Part.WRAPPER,
    Part.LAMBDA,
    Part.CUSTOM,
}
_INNER_STEPS = 3


def measure_around(
    framework: Framework, wrapper: str, measured: Mapping[str, tuple[Row, ...]], plans: Mapping[str, Plan]
) -> Iterator[Around]:
    """Yield what a wrapper does by the layer inside, one entry for all layers around which it does the same.

    The last entry has no condition: it is the wrapper around a class of the user's own.
    """
    groups: list[tuple[When, LayerFacts, list[str]]] = []
    for kind, rows in measured.items():
        if kind in plans and kind not in WRAPPERS and rows[0].facts.part in _ONE_INPUT:
            for when, facts in _by_variant(framework, wrapper, plans[kind]):
                same = next((kinds for *one, kinds in groups if one == [when, facts]), None)
                if same is None:
                    groups.append((when, facts, [kind]))
                else:
                    same.append(kind)
    for when, facts, kinds in sorted(groups, key=lambda group: -len(group[0])):
        yield {"inner": " ".join(sorted(kinds)), **when}, facts
    try:
        # Keras 2 holds the padded steps of a user's layer only in an eager batch, which a model has none of.
        yield {}, replace(_measure(framework, wrapper, Nested("Layer"), (Feed.VECTOR,)), fill={})
    except Refused:
        return


def _by_variant(framework: Framework, wrapper: str, plan: Plan) -> Iterator[Around]:
    """Yield what the wrapper does around each variant of a layer; one entry when it is the same for all."""
    feeds = (Feed.VECTOR, *plan.feeds) if Feed.SEQUENCE in plan.feeds else plan.feeds
    found = [
        (variant, facts)
        for variant in plan.variants
        if (facts := _try(framework, wrapper, plan, variant, feeds)) is not None
    ]
    if found and all(facts == found[0][1] for _, facts in found):
        yield {}, found[0][1]
        return
    for variant, facts in found:
        yield {f"inner.{setting}": wanted for setting, wanted in variant.when.items()}, facts


def _try(
    framework: Framework, wrapper: str, plan: Plan, variant: Variant, feeds: tuple[Feed, ...]
) -> LayerFacts | None:
    try:
        return _measure(framework, wrapper, Nested(plan.kind, variant.examples[0]), feeds)
    except Refused:
        return None


def _measure(framework: Framework, wrapper: str, inner: Nested, feeds: tuple[Feed, ...]) -> LayerFacts:
    stepwise = WRAPPERS[wrapper]
    subjects = _subjects(framework, wrapper, inner, feeds)
    first = next(subjects, None)
    if first is None:
        raise Refused(f"{wrapper} takes no {inner.kind}")
    facts = measure_subject(first, wrapper)
    with_inner_steps = next((one for one in (first, *subjects) if one.feed is not Feed.VECTOR), None)
    return _with_inner_mask(with_inner_steps, facts) if stepwise and with_inner_steps else facts


def _subjects(framework: Framework, wrapper: str, inner: Nested, feeds: tuple[Feed, ...]) -> Iterator[Subject]:
    """Yield the wrapped layer prepared on each feed that it takes."""
    for feed in feeds:
        if feed is Feed.VECTOR and not WRAPPERS[wrapper]:
            continue
        try:
            yield prepare(framework, wrapper, {"layer": inner}, feed, Arrangement.SINGLE, 1, outer=WRAPPERS[wrapper])
        except Refused:
            continue


def _with_inner_mask(subject: Subject, facts: LayerFacts) -> LayerFacts:
    """Add what becomes of a mask over (outer, inner) steps."""
    values = [subject.draw(np.random.default_rng(9), len(LENGTHS))]
    outer = validity(Side.POST)
    mask: Truth = outer[:, :, None] & (np.arange(_INNER_STEPS) < _INNER_STEPS - 1)
    try:
        created, found = subject.run(values).masks[0], subject.run(values, [mask]).masks[0]
    except Refused as refusal:
        return replace(facts, inner_raises=str(refusal), inner_mask_out=MaskOut.RAISES)
    if created is not None:
        return replace(facts, inner_mask_out=MaskOut.CREATED)
    named = {MaskOut.SAME: mask, MaskOut.ANY_INNER: outer}
    if found is None:
        return facts
    for name, expected in named.items():
        if np.array_equal(found, expected):
            return replace(facts, inner_mask_out=name)
    raise Unsettled(f"a mask over inner steps becomes one that fits no word, of shape {found.shape}")

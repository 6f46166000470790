"""Survey every layer of one Keras: a row of the table for each thing that it does, or why it could not be probed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from padlint.confirm.frameworks import Framework, LayerObject
from padlint.confirm.lookups import measure_input, measure_lookups
from padlint.confirm.probes import FEEDS_BY_RANK, NOT_PROBED, REQUIRED, Feed, Plan, Settings, Variant, When, plans
from padlint.confirm.probing import Unsettled, measure_example
from padlint.confirm.raw_functions import measure_same_object
from padlint.confirm.subject import Refused, prepare
from padlint.confirm.wrappers import WRAPPERS, measure_around
from padlint.dataclass import dataclass
from padlint.keras.facts import LayerFacts, MaskOut, Parameters
from padlint.keras.table import Equals, Row, SameWhen, Signature, Wraps, read_conditions

Progress: TypeAlias = Callable[[str], None]
Rows: TypeAlias = Mapping[str, tuple[Row, ...]]


@dataclass(frozen=True, slots=True)
class Survey:
    """What was measured of one Keras, in the shape of one version's part of the table."""

    measured_with: str
    rows: Rows
    signatures: Mapping[str, Signature]
    unprobed: Mapping[str, str]
    aliases: Mapping[str, str]
    functions: Mapping[str, str]
    same_object: Mapping[str, SameWhen]


def survey(framework: Framework, progress: Progress) -> Survey:
    """Measure every layer class.

    Raises:
        Unsettled: examples of one variant were measured differently, or something fits no word.
    """
    classes = layer_classes(framework)
    measured: dict[str, tuple[Row, ...]] = {
        kind: (_row(framework, facts, {}),) for kind, facts in measure_lookups(framework).items()
    }
    measured["InputLayer"] = (_row(framework, measure_input(framework), {}),)
    unprobed: dict[str, str] = {}
    own = _one_name_each(classes)
    own_plans = {plan.kind: plan for plan in plans()}
    all_plans = {kind: own_plans.get(kind) or default_plan(kind, made) for kind, made in own.items()}
    for kind, plan in all_plans.items():
        if kind in measured or kind in WRAPPERS:
            continue
        if kind in NOT_PROBED:
            unprobed[kind] = NOT_PROBED[kind]
            continue
        progress(kind)
        try:
            measured[kind] = measure_rows(framework, plan)
        except Refused as refusal:
            unprobed[kind] = str(refusal)
    for kind in WRAPPERS:
        progress(kind)
        measured[kind] = tuple(
            _row(framework, facts, when) for when, facts in measure_around(framework, kind, measured, all_plans)
        )
    names = {made: kind for kind, made in own.items()}
    return Survey(
        measured_with=framework.measured_with,
        rows=measured,
        signatures={kind: _signature(framework, own[kind], measured, all_plans[kind]) for kind in measured},
        unprobed=unprobed,
        aliases={name: names[made] for name, made in classes.items() if names[made] != name},
        functions=dict(_functions(framework, classes)),
        same_object=measure_same_object(framework),
    )


def layer_classes(framework: Framework) -> dict[str, type[LayerObject]]:
    """List the layer classes of `keras.layers` by every name that they have there."""
    names = dir(framework.keras.layers)
    return {name: made for name in names if (made := framework.layer_class(name)) is not None}


def _one_name_each(classes: Mapping[str, type[LayerObject]]) -> dict[str, type[LayerObject]]:
    """Give each class one name: its own where `keras.layers` has that, else the first under which it is there."""
    return {name: made for name, made in classes.items() if name == made.__name__ or made.__name__ not in classes}


def _functions(framework: Framework, classes: Mapping[str, type[LayerObject]]) -> Iterator[tuple[str, str]]:
    """Yield the functions of `keras.layers` that apply a layer of the same name (`add`, `Add`)."""
    kinds = {kind.lower(): kind for kind in classes}
    for name in dir(framework.keras.layers):
        if name.islower() and name in kinds and callable(getattr(framework.keras.layers, name)):
            yield name, kinds[name]


# Rows ---------------------------------------------------------------------------------------------------------------


def default_plan(kind: str, made: type[LayerObject]) -> Plan:
    """Plan a layer that nobody planned: its defaults, and a plain value for what its constructor needs."""
    needed = [
        name
        for name, parameter in inspect.signature(made).parameters.items()
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
    variants = (Variant({}, ({name: REQUIRED[name] for name in needed if name in REQUIRED},)),)
    is_for_images = "image_preprocessing" in made.__module__.split(".")
    return Plan(kind, variants, (Feed.FRAMES,)) if is_for_images else Plan(kind, variants)


def measure_rows(framework: Framework, plan: Plan) -> tuple[Row, ...]:
    """Measure each variant of a plan that this Keras has.

    Raises:
        Refused: it has none of them.
    """
    rows: list[Row] = []
    refusals: list[Refused] = []
    for variant in plan.variants:
        try:
            facts = measure_variant(framework, plan, variant)
        except Refused as refusal:
            refusals.append(refusal)
        else:
            rows.append(_row(framework, facts, variant.when, plan.hides_setting))
    if not rows:
        raise refusals[0]
    return _with_switch(rows)


def measure_variant(framework: Framework, plan: Plan, variant: Variant) -> LayerFacts:
    """Measure every example of a variant; they must agree.

    Raises:
        Refused: this Keras takes none of the examples.
        Unsettled: they do not agree.
    """
    measured: list[LayerFacts] = []
    refusals: list[Refused] = []
    for settings in variant.examples:
        for inputs in plan.inputs:
            try:
                measured.append(measure_example(framework, plan, settings, inputs))
            except Refused as refusal:
                refusals.append(refusal)
            except Unsettled as unsettled:
                raise Unsettled(f"{plan.kind}({settings}): {unsettled}") from unsettled
    if not measured:
        raise refusals[0]
    return _agreed(measured, plan)


def _agreed(measured: list[LayerFacts], plan: Plan) -> LayerFacts:
    """Join examples: with more inputs, more of them can guard; the hidden value may be the example's own setting."""
    fullest = max(measured, key=lambda facts: len(facts.guards))
    hides = None if plan.hides_setting else fullest.hides
    agreed = replace(fullest, hides=hides)
    for facts in measured:
        if replace(facts, guards=agreed.guards, hides=hides) != agreed:
            raise Unsettled(f"{plan.kind}: two examples of one variant differ:\n{facts}\n{fullest}")
    return agreed


def accepted_ranks(framework: Framework, plan: Plan) -> tuple[int, ...]:
    """List the ranks of input that the layer takes, with the settings of the plan's last example."""
    settings, inputs = plan.variants[-1].examples[0], plan.inputs[0]
    return tuple(
        rank
        for rank, feeds in FEEDS_BY_RANK.items()
        if any(_takes(framework, plan, settings, feed, inputs) for feed in feeds)
    )


def _takes(framework: Framework, plan: Plan, settings: Settings, feed: Feed, inputs: int) -> bool:
    try:
        prepare(framework, plan.kind, settings, feed, plan.arrangement, inputs)
    except Refused:
        return False
    return True


def _row(framework: Framework, facts: LayerFacts, when: When, hides_setting: str = "") -> Row:
    this, none = frozenset({framework.version}), frozenset[int]()
    return Row(
        facts=replace(facts, states_hide_mask=False, warns=False),
        when=tuple(read_conditions(when)),
        keras=this,
        hides_setting=hides_setting,
        states_hide_mask=this if facts.states_hide_mask else none,
        warns=this if facts.warns else none,
    )


def _with_switch(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Name, on rows that create no mask, the setting that would make the layer create one."""
    listed = tuple(rows)
    switches = [
        condition.setting
        for row in listed
        if row.facts.mask_out is MaskOut.CREATED
        for condition in row.when
        if isinstance(condition, Equals) and condition.value is True
    ]
    if not switches:
        return listed
    return tuple(
        row if row.facts.mask_out is MaskOut.CREATED else replace(row, facts=replace(row.facts, switch=switches[0]))
        for row in listed
    )


# Signatures ---------------------------------------------------------------------------------------------------------


def _signature(framework: Framework, made: type[LayerObject], rows: Rows, plan: Plan) -> Signature:
    """Read the order of the parameters, and Keras' defaults of the settings that some row asks for; try the ranks."""
    constructor = inspect.signature(made).parameters
    call = tuple(_positional(inspect.signature(made.call).parameters.values()))[1:]
    asked = {setting for group in rows.values() for row in group for setting in _settings_asked(row, plan.kind)}
    defaults = {
        name: constructor[name].default
        for name in sorted(asked & constructor.keys())
        if isinstance(constructor[name].default, bool | int | float | str | tuple)
    }
    parameters = Parameters(tuple(_positional(constructor.values())), call, plan.names or call[:1])
    return Signature(parameters, defaults, accepted_ranks(framework, plan))


def _positional(parameters: Iterable[inspect.Parameter]) -> Iterator[str]:
    for parameter in parameters:
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD:
            yield parameter.name


def _settings_asked(row: Row, kind: str) -> Iterator[str]:
    """Yield the settings of a kind that a row looks at: its own row, or that of a wrapper which may be around it."""
    own = row.facts.kind == kind
    if row.hides_setting and own:
        yield row.hides_setting
    wrapped = [condition.kinds for condition in row.when if isinstance(condition, Wraps)]
    may_be_inside = all(kind in kinds for kinds in wrapped)
    for condition in row.when:
        if not isinstance(condition, Wraps):
            holder, _, name = condition.setting.rpartition(".")
            if may_be_inside if holder else own:
                yield name

"""Layer objects: made from constructor calls, applied to tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from padlint.dataclass import dataclass
from padlint.declared import Declared
from padlint.graph import (
    ApplyOp,
    BoundaryOp,
    CustomCode,
    EnterStepOp,
    ExitStepOp,
    Layer,
    MaskOp,
    Operation,
    Setting,
    TensorId,
    Unresolved,
    Within,
)
from padlint.keras.builder import GraphBuilder
from padlint.keras.data.lengths import shaped_like
from padlint.keras.data.texts import layer_on_data
from padlint.keras.data.values import DataValue
from padlint.keras.declared import kind_of
from padlint.keras.facts import MASK, LayerFacts, Parameters, Part
from padlint.keras.layers import canonical_kind, layer_facts, parameters, settings_left, states_beside
from padlint.keras.names import last
from padlint.keras.settings import bind, setting_of
from padlint.keras.tensors import TensorValue, tensor_of, tensors_in
from padlint.python.context import Context
from padlint.python.heap import Store
from padlint.python.structures import parts_of
from padlint.python.values import (
    ABSENT,
    NONE,
    BoundMethod,
    Call,
    Choice,
    Constant,
    DictValue,
    FunctionValue,
    Instance,
    LibraryObject,
    ListValue,
    Method,
    Site,
    TupleValue,
    Unknown,
    Value,
    alternatives,
)

OTHER_VERSION = {2: 3, 3: 2}
# How deep in lists and dicts tensors are looked for: what holds itself has no end.
MOST_NESTED = 16
MASK_ARGUMENTS = (MASK, "attention_mask", "query_mask", "key_mask", "value_mask", "input_mask")
STATE_ARGUMENTS = ("initial_state", "initial_states", "constants")
CAUSAL = "use_causal_mask"
FLAG_ARGUMENTS = frozenset({"training", "return_attention_scores", CAUSAL, "name"})
# The slots, of an instance of a project class, that hold what it was named, and the layer of Keras that it extends. No
# program can name the slots themselves.
NAME = ("keras", "name")
LAYER = ("keras", "layer")


# Those whose masks do not come of the one that their `compute_mask` is given.
_MASKING_THEMSELVES = frozenset({None, Part.SOURCE, Part.LAMBDA})


@dataclass(frozen=True, slots=True, eq=False)
class LayerValue(LibraryObject):
    """A layer object of Keras, or of a foreign package.

    `inner` is what a wrapper wraps, as the program's value. The store keeps the layer's last `input` and `output`.
    """

    builder: GraphBuilder
    layer: Layer
    store: Store
    arguments: Mapping[str, Value]
    inner: Value | None = None
    layer_site: Site | None = None

    @property
    def as_set(self) -> Layer:
        """The layer as the attributes make it that the program has set since: most are settings, read at each call."""
        known = parameters(self.layer.kind, self.builder.keras)
        names = known.init if known is not None else ()
        settings = {name: setting_of(self.store.slots[name]) for name in names if name in self.store.slots}
        return replace(self.layer, settings={**self.layer.settings, **settings}) if settings else self.layer

    @property
    def part(self) -> Part | None:
        """What the layer is to the analysis, None for one that the table lacks."""
        facts = _facts(self)
        return facts.part if facts is not None else None

    def truth(self) -> bool | None:
        return True

    def call(self, call: Call, context: Context) -> Value | None:
        if self.layer_site is not None and not any(tensors_in(value) for value in call.everything()):
            data = layer_on_data(self.layer.kind, self.arguments, self.layer_site, call, context)
            if data is not None:
                return data
        return apply(self, call, context)

    def attribute(self, name: str, site: Site, context: Context) -> Value | None:
        found = self.store.read(name)
        if found is not ABSENT:
            return found
        if name in self.arguments:
            return self.arguments[name]
        if name == "name":
            return Constant(self.layer.name) if self.layer.name else Unknown("a layer's generated name")
        return None

    def set_attribute(self, name: str, value: Value, site: Site, context: Context) -> bool:
        context.heap.write(self.store, name, value)
        return True

    def method(self, name: str, call: Call, context: Context) -> Value | None:
        if name in ("call", "__call__"):
            return apply(self, call, context, direct=name == "call" and not call.open_ended)
        if name == "compute_mask":
            return self._computed_mask(call)
        if name in ("get_output_at", "get_input_at"):
            return self._applied(name.split("_")[1], call)
        return None

    def _computed_mask(self, call: Call) -> Value:
        """Return the mask that the layer makes, or makes of the one that it is given; most give that back as it is."""
        given = call.argument(1, "mask") or call.argument(None, "previous_mask")
        if isinstance(given, TensorValue) and self.part not in _MASKING_THEMSELVES:
            return given
        source = tensor_of(self.builder, call.arguments[0], call.site) if call.arguments else None
        inputs = () if source is None else (source,)
        return TensorValue(self.builder, self.builder.add(MaskOp(self.as_set), inputs, call.site.span))

    def _applied(self, end: str, call: Call) -> Value | None:
        """Return the input or output of one of the layer's applications, by number."""
        index = call.arguments[0].value if call.arguments and isinstance(call.arguments[0], Constant) else -1
        nodes = [node for node in self.builder.nodes if _applies(node.operation, self.layer)]
        if not isinstance(index, int) or not -len(nodes) <= index < len(nodes):
            return None
        node = nodes[index]
        tensors = node.inputs[:1] if end == "input" else (node.id,)
        return TensorValue(self.builder, tensors[0]) if tensors else None

    def __repr__(self) -> str:
        return f"layer {self.layer.kind}"


def _applies(operation: Operation, layer: Layer) -> bool:
    match operation:
        case ApplyOp(layer=applied) | BoundaryOp(layer=applied) | ExitStepOp(layer=applied):
            return applied.id == layer.id
        case _:
            pass
    return False


def declared_layer(builder: GraphBuilder, dotted: str, said: Declared, call: Call) -> Value:
    """Make an object of a foreign layer of which the configuration says something, from its constructor call."""
    name = last(dotted)
    made = make_layer(builder, said.like or name, call, dotted)
    variants = tuple(_named(option, name, said) for option in alternatives(made))
    return Choice(variants) if len(variants) > 1 else variants[0]


def _named(value: Value, name: str, said: Declared) -> Value:
    if not isinstance(value, LayerValue):
        return value
    layer = replace(value.layer, kind=name, declared=said)
    made = replace(value, layer=layer)
    made.builder.objects[layer.id] = made
    return made


def make_layer(builder: GraphBuilder, kind: str, call: Call, origin: str = "keras") -> Value:
    """Make a layer object from a constructor call; a wrapper of one of several layers is one of several wrappers."""
    known = parameters(kind, builder.keras) or parameters(kind, 2)
    arguments = bind(call, known.init if known is not None else ())
    for name, value in arguments.items():
        if isinstance(value, Choice) and all(_is_layer(option) for option in alternatives(value)):
            variants = [
                _layer(builder, kind, {**arguments, name: option}, call, origin) for option in alternatives(value)
            ]
            return Choice(tuple(variants)) if len(variants) > 1 else variants[0]
    return _layer(builder, kind, arguments, call, origin)


def _layer(builder: GraphBuilder, kind: str, arguments: Mapping[str, Value], call: Call, origin: str) -> LayerValue:
    inner = next((value for value in arguments.values() if _is_layer(value)), None)
    settings: dict[str, Setting] = {name: setting_of(value) for name, value in arguments.items() if value is not inner}
    if call.open_ended and not _is_length(call.extra):
        # Any of the arguments that were not read may set them.
        left = settings_left(kind, settings, builder.keras)
        settings |= {each: Unresolved(f"`{each}` may be among arguments that were not read") for each in left}
    name = arguments.get("name")
    layer = Layer(
        id=builder.layer_id(),
        kind=canonical_kind(kind),
        settings=settings,
        span=call.site.span,
        name=name.value if isinstance(name, Constant) and isinstance(name.value, str) else "",
        inner=inner.layer if isinstance(inner, LayerValue) else None,
        origin=origin,
    )
    made = LayerValue(builder, layer, Store(), arguments, inner, call.site)
    builder.objects[layer.id] = made
    return made


def _is_length(argument: Value | None) -> bool:
    """Say whether an argument is the length of some axis, as each of `*matrix.shape` is."""
    match argument:
        case Unknown(operation="item", sources=(shape, *_)):
            return shaped_like(shape) is not None
        case _:
            return False


def own_name(layer: Instance) -> str:
    """Return the name that a layer of the project was given, "" for none."""
    name = layer.attributes.read(NAME)
    return name.value if isinstance(name, Constant) and isinstance(name.value, str) else ""


def _is_layer(value: Value) -> bool:
    """Say whether a wrapper may wrap the value: a layer, a model or an instance of a project class."""
    return isinstance(value, LayerValue | Instance) or bool(getattr(value, "is_model", False))


# Applying -------------------------------------------------------------------------------------------------------


def apply(value: LayerValue, call: Call, context: Context, *, direct: bool = False) -> Value:
    """Call a layer on its arguments, or its `call` directly; the result has the structure that the layer returns."""
    if value.part is Part.LAMBDA:
        return _apply_lambda(value, call, context)
    if value.part is Part.WRAPPER and value.inner is not None and not isinstance(value.inner, LayerValue):
        return _apply_each_step(value, value.inner, call, context)
    known = parameters(kind_of(value.layer), value.builder.keras) or Parameters((), ("inputs",), ("inputs",))
    given = bind(call, known.call)
    inputs, states, mask, mask_argument = _tensor_arguments(value, given, known, call)
    causal = given.get(CAUSAL) == Constant(True)
    unmasked = all(argument == NONE for name, argument in given.items() if name in MASK_ARGUMENTS)
    operation = ApplyOp(
        value.as_set,
        mask,
        mask_argument,
        states,
        causal=causal,
        direct=direct and unmasked,
        none_given=given.get(MASK) == NONE,
    )
    beside = states_beside(value.layer.kind)
    outputs = [
        TensorValue(value.builder, value.builder.add(replace(operation, output=number), inputs, call.site.span))
        for number in range(_output_count(value) + beside)
    ]
    is_bare = beside == 1 and _is_bare(next((given[name] for name in STATE_ARGUMENTS if name in given), NONE))
    result = TupleValue(tuple(outputs)) if is_bare else _returned(outputs, beside, context)
    context.heap.write(value.store, "output", result)
    if call.arguments:
        context.heap.write(value.store, "input", call.arguments[0])
    return result


def _is_bare(state: Value) -> bool:
    """Say whether a cell is given its state by itself, and so gives it back, and not in a list."""
    return all(isinstance(option, TensorValue | DataValue) for option in alternatives(state))


def _returned(outputs: Sequence[Value], beside: int, context: Context) -> Value:
    """Return a layer's outputs as the layer does: alone, as several, or with the last of them, states, in a list."""
    if beside:
        return TupleValue((*outputs[:-beside], context.new_list(outputs[-beside:])))
    return outputs[0] if len(outputs) == 1 else TupleValue(tuple(outputs))


def _tensor_arguments(
    value: LayerValue, given: Mapping[str, Value], known: Parameters, call: Call
) -> tuple[tuple[TensorId, ...], tuple[TensorId, ...], TensorId | None, str]:
    """Sort a call's arguments into inputs, states and the mask."""
    inputs: list[TensorId] = []
    states: list[TensorId] = []
    mask, mask_argument = None, ""
    first = known.inputs[0] if known.inputs else "inputs"
    for name, argument in given.items():
        if name in MASK_ARGUMENTS:
            found = flat_tensors(value.builder, argument, call.site)
            mask, mask_argument = (found[0], name) if found else (mask, mask_argument)
        elif name in STATE_ARGUMENTS:
            states.extend(flat_tensors(value.builder, argument, call.site))
        elif name not in FLAG_ARGUMENTS:
            inputs.extend(flat_tensors(value.builder, argument, call.site))
    if not given and call.arguments:
        inputs.extend(flat_tensors(value.builder, call.arguments[0], call.site))
    if value.part is Part.RECURRENT and len(inputs) > 1 and first in given:
        inputs, states = inputs[:1], [*states, *inputs[1:]]
    return tuple(inputs), tuple(states), mask, mask_argument


def flat_tensors(builder: GraphBuilder, value: Value, site: Site, depth: int = MOST_NESTED) -> list[TensorId]:
    """Return the tensors of a structure of lists, tuples and dicts, in order.

    A list that holds another one twice, which holds another one twice, and so on, soon holds more than there are steps.
    """
    builder.spend(1)
    match value:
        case _ if not depth:
            return []
        case TupleValue(items, rest):
            parts = (*items, *((rest,) if rest is not None else ()))
        case ListValue():
            known = value.items
            parts = (*known.known, *((known.rest,) if known.rest is not None else ()))
        case DictValue():
            parts = tuple(entry for _, entry in value.entries())
        case _:
            tensor = tensor_of(builder, value, site)
            return [] if tensor is None else [tensor]
    if not any(_holds_tensor(builder, part) for part in parts):
        tensor = tensor_of(builder, value, site)
        return [] if tensor is None else [tensor]
    return [tensor for part in parts for tensor in flat_tensors(builder, part, site, depth - 1)]


def _holds_tensor(builder: GraphBuilder, value: Value) -> bool:
    for part in parts_of(value):
        builder.spend(1)
        if isinstance(part, TensorValue | DataValue | Unknown):
            return True
    return False


def _output_count(value: LayerValue) -> int:
    facts = _facts(value)
    return 1 + len(facts.also) if facts is not None else 1


def _facts(value: LayerValue) -> LayerFacts | None:
    """Return what the table says of a layer; one that only the other Keras has is read as that one's."""
    layer, keras = value.as_set, value.builder.keras
    return layer_facts(layer, keras) or layer_facts(layer, OTHER_VERSION[keras])


# Code inside layers ---------------------------------------------------------------------------------------------


def _apply_lambda(value: LayerValue, call: Call, context: Context) -> Value:
    """Follow the function of a `Lambda` layer; its result leaves through the layer's boundary."""
    function = value.arguments.get("function")
    source = call.argument(0, "inputs")
    if function is None or source is None:
        return Unknown("a Lambda layer without its function", "call", call.everything())
    given = as_tensors(value.builder, source, call.site)
    extra = value.arguments.get("arguments")
    keywords = {str(key): entry for key, entry in _entries(extra)}
    read = not isinstance(function, Unknown)
    mask = value.arguments.get("mask", NONE)
    code = CustomCode("Lambda", value.layer.span, None, mask != NONE, False, read)
    layer = replace(value.layer, custom=code)
    with value.builder.inside(Within(layer.kind, call.site.span, layer.span)):
        result = context.call(function, Call((given,), keywords, call.site))
    outer = flat_tensors(value.builder, given, call.site)
    computed = _mask_of_lambda(value, mask, given, outer, call.site, context) if mask != NONE else None
    out = leave(value.builder, layer, result, outer, call.site, computed)
    context.heap.write(value.store, "output", out)
    return out


def _mask_of_lambda(
    value: LayerValue, mask: Value, given: Value, outer: Sequence[TensorId], site: Site, context: Context
) -> Value | None:
    """Return the mask that a `Lambda` was given, or what the function for it makes of the one that came."""
    match mask:
        case FunctionValue() | BoundMethod() if len(outer) == 1:
            arrived = TensorValue(value.builder, value.builder.add(MaskOp(), outer, site.span))
            return context.call(mask, Call((given, arrived), {}, site))
        case TensorValue():
            return mask
        case _:
            return None


def _entries(value: Value | None) -> list[tuple[object, Value]]:
    if not isinstance(value, DictValue):
        return []
    return [(key.value, entry) for key, entry in value.entries() if isinstance(key, Constant)]


def _apply_each_step(value: LayerValue, inner: Value, call: Call, context: Context) -> Value:
    """Call a model or custom layer on each step of the outer time axis."""
    builder = value.builder
    source = call.argument(0, "inputs")
    outer = flat_tensors(builder, source, call.site) if source is not None else []
    steps = [TensorValue(builder, builder.add(EnterStepOp(value.layer), (tensor,), call.site.span)) for tensor in outer]
    given: Value = steps[0] if len(steps) == 1 else context.new_list(steps)
    result = context.call(inner, Call((given,), {}, call.site))
    found = flat_tensors(builder, result, call.site)
    outputs = [
        TensorValue(builder, builder.add(ExitStepOp(value.layer), (tensor, *outer[:1]), call.site.span))
        for tensor in found
    ]
    out: Value = outputs[0] if len(outputs) == 1 else TupleValue(tuple(outputs))
    context.heap.write(value.store, "output", out)
    return out


def as_tensors(builder: GraphBuilder, value: Value, site: Site, depth: int = MOST_NESTED) -> Value:
    """Return a structure with everything in it that can be a tensor made one."""
    builder.spend(1)
    inner = partial(as_tensors, builder, site=site, depth=depth - 1)
    match value:
        case _ if not depth:
            return value
        case TupleValue(items, rest, fields):
            return TupleValue(tuple(map(inner, items)), _each(inner, rest), fields)
        case ListValue() if any(_holds_tensor(builder, item) for item in value.items.known) or _is_of_tensors(value):
            known, rest = tuple(map(inner, value.items.known)), _each(inner, value.items.rest)
            return ListValue(Store({"items": replace(value.items, known=known, rest=rest)}), value.kind)
        case DictValue(store) if any(_holds_tensor(builder, entry) for _, entry in value.entries()):
            return DictValue(Store({key: inner(entry) for key, entry in store.slots.items()}))
        case _:
            pass
    tensor = tensor_of(builder, value, site) if any(map(_may_be_tensor, alternatives(value))) else None
    return value if tensor is None or isinstance(value, TensorValue) else TensorValue(builder, tensor)


def _may_be_tensor(value: Value) -> bool:
    """Say whether a value may be a tensor; a layer or an object of the project that is handed on is none."""
    return isinstance(value, TensorValue | DataValue | Unknown | Method | ListValue | TupleValue | DictValue)


def _is_of_tensors(value: ListValue) -> bool:
    """Say whether a list goes on with an unknown number of tensors."""
    rest = value.items.rest
    return rest is not None and any(isinstance(part, TensorValue) for part in parts_of(rest, unnumbered=True))


def _each(inner: Callable[[Value], Value], rest: Value | None) -> Value | None:
    """Do to what stands for the further items of a sequence what is done to each."""
    return None if rest is None else inner(rest)


def leave(
    builder: GraphBuilder,
    layer: Layer,
    result: Value,
    outer: list[TensorId],
    site: Site,
    mask: Value | None = None,
    depth: int = MOST_NESTED,
) -> Value:
    """Return what a custom layer's `call` gave, each tensor having crossed the layer's boundary.

    Args:
        mask: what its own `compute_mask` returned, None where that was not followed.
    """
    builder.spend(1)
    inner = partial(leave, builder, layer, outer=outer, site=site, mask=mask, depth=depth - 1)
    match result:
        case TupleValue() | ListValue() | DictValue() if not depth:
            return Unknown("what a layer returns is nested too deeply")
        case TupleValue(items, rest, fields):
            return TupleValue(tuple(map(inner, items)), _each(inner, rest), fields)
        case ListValue():
            known, rest = tuple(map(inner, result.items.known)), _each(inner, result.items.rest)
            return ListValue(Store({"items": replace(result.items, known=known, rest=rest)}), result.kind)
        case DictValue(store):
            return DictValue(Store({key: inner(entry) for key, entry in store.slots.items()}))
        case _:
            pass
    tensor = tensor_of(builder, result, site) if result != NONE else None
    if tensor is None:
        return result
    drops = mask == NONE
    made = tensor_of(builder, mask, site) if mask is not None and not drops else None
    return TensorValue(builder, builder.add(BoundaryOp(layer, made, drops), (tensor, *outer), site.span))

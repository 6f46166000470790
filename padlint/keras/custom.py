"""Layers and models that the project defines as classes: their own code is followed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import libcst as cst

from padlint.declared import Declared
from padlint.graph import CustomCode, InputOp, Layer, Style, TensorId, Within
from padlint.keras import feeds
from padlint.keras.class_masks import computed_mask, computes_mask, says_of_masks, supports_masking
from padlint.keras.data.values import DataValue
from padlint.keras.layer_objects import (
    FLAG_ARGUMENTS,
    LAYER,
    MASK_ARGUMENTS,
    NAME,
    LayerValue,
    as_tensors,
    declared_layer,
    flat_tensors,
    leave,
    make_layer,
    own_name,
)
from padlint.keras.layers import kinds
from padlint.keras.models import ModelValue, find_layer
from padlint.keras.names import MODELS, canonical, is_layer_or_model, last
from padlint.keras.own_layers import LAYERS, NOTHING, own_layers
from padlint.keras.passed_masks import passed_masks
from padlint.keras.step_functions import STEPPED_BASE, run_own_steps
from padlint.keras.tensors import TensorValue
from padlint.keras.weights import weight
from padlint.python.context import Context
from padlint.python.heap import Store
from padlint.python.values import (
    ABSENT,
    NONE,
    BoundMethod,
    Call,
    Constant,
    DictValue,
    Instance,
    Items,
    LibraryName,
    ListValue,
    Site,
    TupleValue,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from padlint.keras.overlay import KerasOverlay

# Slots of an instance that no program can name.
MODEL = ("keras", "model")
BUILT = ("keras", "built")
REFUSED = ("keras", "refused")
ENDS = {"input": ("keras", "input"), "output": ("keras", "output")}

WRAPPER_BASE = "keras.layers.Wrapper"
CODELESS_BASES = frozenset({"keras.layers.Layer", WRAPPER_BASE, *MODELS})


def is_keras(base: LibraryName) -> bool:
    """Say whether a base class is a layer or model of Keras."""
    return is_layer_or_model(base.dotted)


def is_model(instance: Instance) -> bool:
    """Say whether an instance is a model rather than a layer."""
    return any(canonical(base.dotted) in MODELS for base in instance.cls.library_bases())


def call_instance(overlay: KerasOverlay, instance: Instance, call: Call, context: Context) -> Value | None:
    """Call a layer or model of the project."""
    model = instance.attributes.read(MODEL)
    if isinstance(model, ModelValue):
        return model.call(call, context)
    said = _declared(overlay, instance)
    if said is not None:
        return _call_declared(overlay, instance, said, call, context)
    method = context.find_method(instance, "call")
    if isinstance(method, BoundMethod):
        lacking = _lacking(method, call)
        if lacking:
            context.heap.write(instance.attributes, REFUSED, Constant(True))
            why = f"`{instance.cls.name}` is called without {', '.join(f'`{name}`' for name in lacking)}"
            return Unknown(why, "call", call.everything())
        if is_model(instance):
            return _call_model(overlay, instance, method, call, context)
        return _call_layer(overlay, instance, method, call, context)
    layer = instance.attributes.read(LAYER)
    return _call_inherited(overlay, instance, layer, call, context) if isinstance(layer, LayerValue) else None


def _call_inherited(
    overlay: KerasOverlay, instance: Instance, inherited: LayerValue, call: Call, context: Context
) -> Value | None:
    """Call a layer whose `call` is that of one of Keras, and whose class may say itself what becomes of masks."""
    result = inherited.call(call, context)
    if result is None or not call.arguments or not says_of_masks(instance, inherited.layer, context):
        return result
    outer = flat_tensors(overlay.builder, call.arguments[0], call.site)
    return _leave(overlay, instance, describe(overlay, instance, context, None), result, outer, call, context)


def _leave(
    overlay: KerasOverlay,
    instance: Instance,
    layer: Layer,
    result: Value,
    outer: list[TensorId],
    call: Call,
    context: Context,
) -> Value:
    """Return what a `call` gave on its way out of the layer, which does with the masks what its class says."""
    mask = computed_mask(overlay.builder, instance, outer, call, context)
    overlay.builder.objects[layer.id] = instance
    return leave(overlay.builder, layer, result, outer, call.site, mask)


def is_declared(overlay: KerasOverlay, instance: Instance) -> bool:
    """Say whether the configuration says something of an instance's class."""
    return _declared(overlay, instance) is not None


def _declared(overlay: KerasOverlay, instance: Instance) -> Declared | None:
    """Return what the configuration says of an instance's class, or of one that it inherits from."""
    own = ((Path(cls.site.unit.path).with_suffix("").parts, cls.name) for cls in instance.cls.lineage())
    foreign = ((tuple(base.dotted.split(".")[:-1]), last(base.dotted)) for base in instance.cls.library_bases())
    found = (overlay.declared(module, name) for module, name in (*own, *foreign))
    return next((said for said in found if said is not None), None)


def _call_declared(
    overlay: KerasOverlay, instance: Instance, said: Declared, call: Call, context: Context
) -> Value | None:
    """Apply a layer of the project as the configuration says; attributes stand for the arguments that it is made of."""
    known = instance.attributes.read(LAYER)
    if not isinstance(known, LayerValue):
        arguments = {name: value for name, value in instance.attributes.slots.items() if isinstance(name, str)}
        made = Call((), arguments, instance.site)
        known = declared_layer(overlay.builder, instance.cls.name, said, made)
        context.heap.write(instance.attributes, LAYER, known)
    return context.call(known, call)


def _call_model(
    overlay: KerasOverlay, instance: Instance, method: BoundMethod, call: Call, context: Context
) -> Value | None:
    code = describe(overlay, instance, context, method)
    with overlay.builder.inside(Within(code.kind, call.site.span, code.span, code.custom)):
        result, outer = _follow(overlay, instance, method, call, context)
    _remember_eager(overlay, instance, outer, result, call.site, context)
    return result


def _remember_eager(
    overlay: KerasOverlay, instance: Instance, outer: list[TensorId], result: Value, site: Site, context: Context
) -> None:
    """Keep a record of a subclassed model that the program calls on data itself."""
    fed = {feed.tensor for feed in overlay.builder.feeds}
    if not any(tensor in fed for tensor in outer):
        return
    model = overlay.new_model(Style.SUBCLASSED, instance.site, context)
    model.fed = True
    _set_ends(overlay, model, outer, result, site, context)


def _set_ends(
    overlay: KerasOverlay, model: ModelValue, inputs: list[TensorId], result: Value, site: Site, context: Context
) -> None:
    outputs = flat_tensors(overlay.builder, result, site)
    for name, tensors in (("input", inputs), ("output", outputs)):
        values = [TensorValue(overlay.builder, tensor) for tensor in tensors]
        context.heap.write(model.store, name, context.new_list(values))


def _call_layer(
    overlay: KerasOverlay, instance: Instance, method: BoundMethod, call: Call, context: Context
) -> Value | None:
    _build(instance, call.site, context)
    layer = describe(overlay, instance, context, method)
    with overlay.builder.inside(Within(layer.kind, call.site.span, layer.span, layer.custom)):
        result, outer = _follow(overlay, instance, method, call, context)
    left = _leave(overlay, instance, layer, result, outer, call, context)
    for end, value in (("input", call.argument(0, _first_parameter(method))), ("output", left)):
        context.heap.write(instance.attributes, ENDS[end], ABSENT if value is None else value)
    return left


def _follow(
    overlay: KerasOverlay, instance: Instance, method: BoundMethod, call: Call, context: Context
) -> tuple[Value, list[TensorId]]:
    """Run the `call` of a layer or model on tensors."""
    _build(instance, call.site, context)
    builder = overlay.builder
    arguments = tuple(as_tensors(builder, value, call.site) for value in call.arguments)
    keywords = {name: as_tensors(builder, value, call.site) for name, value in call.keywords.items()}
    first = arguments[0] if arguments else keywords.get(_first_parameter(method), NONE)
    outer = flat_tensors(builder, first, call.site)
    if _is_given_masks(method) and "mask" not in keywords and len(arguments) < 2 and outer:
        keywords["mask"] = passed_masks(builder, first, outer, call.site, context)
    return context.call(method, Call(arguments, keywords, call.site, call.open_ended)), outer


def _build(instance: Instance, site: Site, context: Context) -> None:
    if instance.attributes.read(BUILT) is not ABSENT:
        return
    context.heap.write(instance.attributes, BUILT, Constant(True))
    method = context.find_method(instance, "build")
    if method is not None:
        context.call(method, Call((Unknown("the shape of the input", "shape"),), {}, site))


def _parameter_names(method: BoundMethod) -> list[str]:
    node = method.function.node
    parameters = node.params
    every = (*parameters.posonly_params, *parameters.params, *parameters.kwonly_params)
    names = [parameter.name.value for parameter in every]
    return names[1:] if isinstance(node, cst.FunctionDef) and method.function.kind != "static" else names


def _first_parameter(method: BoundMethod) -> str:
    return next(iter(_parameter_names(method)), "inputs")


def _is_given_masks(method: BoundMethod) -> bool:
    """Say whether Keras may give a method the mask of its input: by that name, in Keras 2 also among `**kwargs`.

    What runs under Keras 3 is not known for sure until all of a program is read.
    """
    return "mask" in _parameter_names(method) or method.function.node.params.star_kwarg is not None


def describe(overlay: KerasOverlay, instance: Instance, context: Context, method: BoundMethod | None) -> Layer:
    """Return the layer that an instance is, with what its class says about masks."""
    known = instance.attributes.read(LAYER)
    if isinstance(known, LayerValue) and known.layer.custom is not None:
        return known.layer
    code = CustomCode(
        name=instance.cls.name,
        span=instance.cls.site.span,
        supports_masking=supports_masking(instance),
        computes_mask=computes_mask(instance, context),
        takes_mask=method is not None and "mask" in _parameter_names(method),
        read=True,
        model=is_model(instance),
    )
    return Layer(
        overlay.builder.layer_id(),
        instance.cls.name,
        {},
        instance.site.span,
        name=own_name(instance),
        custom=code,
        origin="project",
    )


# What a project class inherits ----------------------------------------------------------------------------------


def inherited_method(
    overlay: KerasOverlay, instance: Instance, base: LibraryName, name: str, call: Call, context: Context
) -> Value | None:
    """Call a method that an instance inherits from a class of Keras."""
    if not is_keras(base):
        return None
    if name == "__init__":
        return _initialise(overlay, instance, canonical(base.dotted), call, context)
    own = _own_layers(instance, context) if name == "get_layer" else None
    if own is not None:
        return find_layer(overlay.builder, own, call, context)
    model = instance.attributes.read(MODEL)
    if isinstance(model, ModelValue):
        return model.method(name, call, context)
    layer = instance.attributes.read(LAYER)
    answer = layer.method(name, call, context) if isinstance(layer, LayerValue) else None
    if answer is None and name == "call" and canonical(base.dotted) == STEPPED_BASE:
        answer = run_own_steps(overlay.builder, instance, call, context)
    return answer or _inherited_of_any(overlay, instance, name, call, context)


def _inherited_of_any(
    overlay: KerasOverlay, instance: Instance, name: str, call: Call, context: Context
) -> Value | None:
    """Call a method that all layers and models have."""
    if name == "__call__":
        return call_instance(overlay, instance, call, context)
    if name == "compile":
        trains_itself = context.find_method(instance, "train_step") is not None
        return feeds.remember_loss(instance.attributes, call, context, adds_its_own=not trains_itself)
    if name in feeds.FEEDING_METHODS and is_model(instance):
        return _feed_subclassed(overlay, instance, name, call, context)
    if name == "add_weight":
        return weight(call)
    return None


def _initialise(overlay: KerasOverlay, instance: Instance, base: str, call: Call, context: Context) -> Value:
    inputs, outputs = call.argument(0, "inputs"), call.argument(1, "outputs")
    inputs, outputs = inputs or call.argument(0, "input"), outputs or call.argument(1, "output")
    if "name" in call.keywords:
        context.heap.write(instance.attributes, NAME, call.keywords["name"])
    if base == "keras.Sequential":
        model = overlay.new_model(Style.SEQUENTIAL, instance.site, context)
        overlay.fill_sequential(model, call, context)
        context.heap.write(instance.attributes, MODEL, model)
    elif base == "keras.Model" and inputs is not None and outputs is not None:
        model = overlay.functional(inputs, outputs, call.site, context)
        context.heap.write(instance.attributes, MODEL, model)
    elif base == WRAPPER_BASE and (wrapped := call.argument(0, "layer")) is not None:
        context.heap.write(instance.attributes, "layer", wrapped)
    elif base not in CODELESS_BASES and last(base) in kinds():
        context.heap.write(instance.attributes, LAYER, make_layer(overlay.builder, last(base), call))
    return NONE


def _own_layers(instance: Instance, context: Context) -> Items | None:
    """Return the layers that an instance has by its attributes; None for none, or where it has those of its graph."""
    model = instance.attributes.read(MODEL)
    has_graph = isinstance(model, ModelValue) and model.style is not Style.SUBCLASSED
    found = NOTHING if has_graph else own_layers(instance, context)
    return None if found is NOTHING else found


def inherited_attribute(instance: Instance, name: str, site: Site, context: Context) -> Value | None:
    """Read an attribute that an instance inherits from a class of Keras."""
    own = _own_layers(instance, context) if name in LAYERS else None
    if own is not None:
        return context.new_list(own.known, own.rest)
    for slot in (MODEL, LAYER):
        held = instance.attributes.read(slot)
        if isinstance(held, ModelValue | LayerValue):
            found = held.attribute(name, site, context)
            if found is not None:
                return found
    if name in ENDS and (end := instance.attributes.read(ENDS[name])) is not ABSENT:
        return end
    return Constant(False) if name == "supports_masking" else None


def _feed_subclassed(overlay: KerasOverlay, instance: Instance, how: str, call: Call, context: Context) -> Value | None:
    """Train, evaluate or run a subclassed model: its inputs have the structure of the data."""
    data_name, _, _ = feeds.FEEDING_METHODS[how]
    source = call.argument(0, data_name) or call.argument(0, "x")
    method = context.find_method(instance, "call")
    if source is None:
        return None
    if not isinstance(method, BoundMethod):
        return _train_by_step(instance, how, source, call, context)
    data, _, _ = feeds.split_batch(source, None, None, call.site, context)
    model = overlay.new_model(Style.SUBCLASSED, instance.site, context)
    structure = _like(overlay, data, call.site)
    result, entrances = _follow(overlay, instance, method, Call((structure,), {}, call.site), context)
    outer = _taken_apart(overlay, entrances)
    _set_ends(overlay, model, outer, result, call.site, context)
    model.fed = True
    feeds.feed_model(overlay.builder, outer, model.number, instance.attributes, how, call, context)
    context.heap.write(instance.attributes, MODEL, model)
    return Unknown(f"the result of `{how}`")


def _train_by_step(instance: Instance, how: str, source: Value, call: Call, context: Context) -> Value | None:
    """Give what a model is trained with to a `train_step` of its own, which gives it to other models."""
    step = context.find_method(instance, "train_step")
    if how != "fit" or not isinstance(step, BoundMethod):
        return None
    given = call.argument(1, "y"), call.keywords.get("sample_weight")
    batch = feeds.split_batch(source, *given, call.site, context)
    parts = tuple(part for part in batch if part is not None)
    context.call(step, Call((TupleValue(parts) if len(parts) > 1 else parts[0],), {}, call.site))
    return Unknown(f"the result of `{how}`")


def _like(overlay: KerasOverlay, data: Value, site: Site) -> Value:
    """Return inputs in the structure of the data."""
    match data:
        case TupleValue(items, None):
            return TupleValue(tuple(_like(overlay, item, site) for item in items))
        case ListValue() if len(feeds.leaves(data)) > 1:
            return TupleValue(tuple(_like(overlay, item, site) for item in data.items.known))
        case DictValue(store):
            return DictValue(Store({key: _like(overlay, entry, site) for key, entry in store.slots.items()}))
        case DataValue():
            return TensorValue(overlay.builder, overlay.builder.add(InputOp(), (), site.span))
        case _:
            return _entrance(overlay, site)


def _entrance(overlay: KerasOverlay, site: Site) -> TensorValue:
    return TensorValue(overlay.builder, overlay.builder.entrance(site.span))


def _taken_apart(overlay: KerasOverlay, entrances: list[TensorId]) -> list[TensorId]:
    return [tensor for entrance in entrances for tensor in overlay.builder.inputs_of(entrance)]


def _required(method: BoundMethod) -> list[str]:
    """Return the parameters that `call` has to be given: those without a default that Keras does not fill in."""
    filled_in = {*method.function.defaults, *FLAG_ARGUMENTS, *MASK_ARGUMENTS}
    return [name for name in _parameter_names(method) if name not in filled_in]


def _is_given_its_mask(method: BoundMethod) -> bool:
    """Say whether a mask stands behind something else that has to be given, so that whoever calls gives it, too."""
    required = [name for name in _parameter_names(method)[1:] if name not in method.function.defaults]
    return "mask" in required[1:]


def _lacking(method: BoundMethod, call: Call) -> list[str]:
    """Return what has to be given and is not, so that Python refuses the call."""
    given = {*_parameter_names(method)[: len(call.arguments)], *call.keywords}
    return [] if call.open_ended else [name for name in _required(method) if name not in given]


def _inputs_taken(method: BoundMethod) -> int:
    """Return how many tensors `call` is given: one at least."""
    return max(len(_required(method)), 1)


def explore(overlay: KerasOverlay, instance: Instance, context: Context) -> None:
    """Call a layer or model that nothing in the program called, on an input of which nothing is known."""
    method = context.find_method(instance, "call")
    if not isinstance(method, BoundMethod) or not any(map(is_keras, instance.cls.library_bases())):
        return
    if context.was_entered(method) or instance.attributes.read(REFUSED) is not ABSENT:
        return
    site = Site(method.function.unit, method.function.node)
    entrances = tuple(_entrance(overlay, site) for _ in range(_inputs_taken(method)))
    call = Call(entrances, {"mask": _entrance(overlay, site)} if _is_given_its_mask(method) else {}, site)
    if not is_model(instance):
        overlay.builder.handed_in.update(entrance.id for entrance in entrances)
        call_instance(overlay, instance, call, context)
        return
    model = overlay.new_model(Style.SUBCLASSED, instance.site, context)
    result, _ = _follow(overlay, instance, method, call, context)
    outer = _taken_apart(overlay, [entrance.id for entrance in entrances])
    _set_ends(overlay, model, outer, result, site, context)

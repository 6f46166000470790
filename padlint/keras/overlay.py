"""Keras and the libraries around it, as the interpreter sees them: every call of a library arrives here."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from padlint.declared import Declared, find_declared
from padlint.graph import ApplyOp, InputOp, Layer, ModelGraph, Narrowing, OpaqueOp, Padding, Style, TensorId
from padlint.keras import applications, checkpoints, control_flow, custom, libraries, operations
from padlint.keras.applications import ReadyMade
from padlint.keras.builder import GraphBuilder
from padlint.keras.data import handmade, texts
from padlint.keras.data.values import DataRecord, FileOf
from padlint.keras.decoders import decoder
from padlint.keras.encoders import encoder
from padlint.keras.foreign import foreign_layer
from padlint.keras.layer_objects import LayerValue, declared_layer, flat_tensors, make_layer
from padlint.keras.layers import canonical_kind, kinds, layer_function
from padlint.keras.models import ModelValue, axis_texts, shape_texts
from padlint.keras.names import LIBRARIES, canonical, implied_version, last
from padlint.keras.settings import shape_of
from padlint.keras.tensors import TensorValue, tensors_in
from padlint.keras.versions import KERAS_2_SHAPES, takes_keras_2
from padlint.keras.weights import VARIABLES, weight
from padlint.python.context import Context
from padlint.python.heap import Store
from padlint.python.values import (
    Call,
    Constant,
    FunctionValue,
    Instance,
    Items,
    LibraryName,
    LibraryObject,
    ListValue,
    Method,
    Site,
    SliceValue,
    TupleValue,
    Unknown,
    Value,
    alternatives,
)

# Functions that give back their first argument, or something that acts like it.
TRANSPARENT = frozenset(
    {
        "tensorflow.function",
        "tensorflow.identity",
        "tensorflow.stop_gradient",
        "keras.utils.multi_gpu_model",
        "keras.models.clone_model",
        "tensorflow.keras.models.clone_model",
        "keras.saving.register_keras_serializable",
        "keras.utils.register_keras_serializable",
        "keras.layers.deserialize",
    }
)
ACTIVATION_BY_NAME = "keras.activations.get"
SCIKIT_WRAPPERS = frozenset({"KerasClassifier", "KerasRegressor"})


class KerasOverlay(DataRecord):
    """Builds the model graph while a program is evaluated."""

    def __init__(
        self,
        keras: int | None = None,
        layers: Mapping[str, Declared] | None = None,
        own: Collection[FileOf] = (),
    ) -> None:
        """Begin with nothing built.

        Args:
            layers: what the configuration says of classes, by dotted name.
            own: files that programs load before they save them themselves, as an earlier evaluation has shown.
        """
        self.layers = layers or {}
        self.own = own
        self.borrowed: set[FileOf] = set()
        self.own_later: set[FileOf] = set()
        self.builder = GraphBuilder(keras or 3)
        self.models: list[ModelValue] = []
        self.files = Store()

    # The result -----------------------------------------------------------------------------------------------

    def graph(self) -> ModelGraph:
        """Return what was built."""
        builder = self.builder
        return ModelGraph(
            nodes=tuple(builder.nodes),
            models=tuple(model.record() for model in self.models),
            feeds=tuple(builder.feeds),
            trainings=tuple(builder.trainings),
            paddings=tuple(builder.paddings.values()),
            picked=frozenset(builder.picked),
            narrowings=tuple(builder.narrowings.values()),
            keras=self.implied_version(),
        )

    def implied_version(self) -> int | None:
        """Return the version of Keras that the names seen so far imply."""
        versions = self.builder.versions
        return max(versions, key=lambda version: versions[version], default=None)

    def record_padding(self, padding: Padding) -> None:
        """Keep evidence that the program pads, whether or not it reaches a model."""
        self.builder.paddings.setdefault(padding.span, padding)

    def record_picked(self, padding: Padding) -> None:
        """Keep that steps are picked by their place from what is padded."""
        self.builder.picked.add(padding.span)

    def record_narrowing(self, narrowing: Narrowing) -> None:
        """Keep a place where floats become integers."""
        self.builder.narrowings.setdefault(narrowing.span, narrowing)

    # Names ----------------------------------------------------------------------------------------------------

    def knows(self, package: str) -> bool:
        return package in LIBRARIES

    def exports(self, module: LibraryName, name: str) -> bool:
        dotted = canonical(f"{module.dotted}.{name}")
        home = dotted.rpartition(".")[0]
        if home == "keras.layers":
            return name in kinds() or name == "Input" or layer_function(name) is not None
        if home in ("keras.models", "keras"):
            return name in ("Sequential", "Model", "load_model", "Input")
        return dotted in libraries.FUNCTIONS

    def meaning(self, name: LibraryName) -> str:
        return canonical(name.dotted)

    def attribute(self, name: LibraryName, site: Site, context: Context) -> Value | None:
        return libraries.ATTRIBUTES.get(canonical(name.dotted))

    # Calls ----------------------------------------------------------------------------------------------------

    def call(self, name: LibraryName, call: Call, context: Context) -> Value | None:
        version = implied_version(name.dotted)
        if version is not None:
            self.builder.versions[version] += 1
        elif takes_keras_2(canonical(name.dotted), call.keywords) or _is_shaped_by_number(canonical(name.dotted), call):
            self.builder.versions[2] += 1
        said = self.declared(tuple(name.dotted.split(".")[:-1]), last(name.dotted))
        if said is not None:
            return declared_layer(self.builder, name.dotted, said, call)
        dotted = canonical(name.dotted)
        if dotted in VARIABLES:
            return weight(call)
        if dotted == ACTIVATION_BY_NAME:
            return _activation(call.argument(0, "identifier"))
        if dotted in TRANSPARENT:
            return call.arguments[0] if call.arguments else name
        answer = self._call_keras(dotted, call, context)
        answer = answer or encoder(self.builder, dotted, call) or decoder(self.builder, dotted, call)
        if answer is None and dotted in control_flow.FUNCTIONS:
            answer = control_flow.FUNCTIONS[dotted](self.builder, call, context)
        if answer is None:
            answer = operations.operation(self.builder, dotted, call, context)
        if answer is None:
            answer = libraries.function(dotted, call, context)
        return answer

    def declared(self, module: tuple[str, ...], name: str) -> Declared | None:
        """Return what the configuration says of a class, None when it says nothing."""
        return find_declared(self.layers, module, name) if self.layers else None

    def _call_keras(self, dotted: str, call: Call, context: Context) -> Value | None:
        if dotted == "keras.layers.Input":
            return self._input(call)
        if dotted.startswith("keras.layers."):
            return self._call_layer(dotted, call, context)
        if dotted == "keras.Sequential":
            model = self.new_model(Style.SEQUENTIAL, call.site, context)
            model.name = _name_in(call)
            self.fill_sequential(model, call, context)
            return model
        if dotted == "keras.Model":
            inputs = call.argument(0, "inputs") or call.argument(None, "input")
            outputs = call.argument(1, "outputs") or call.argument(None, "output")
            if inputs is None:
                return None
            model = self.functional(inputs, outputs, call.site, context)
            model.name = _name_in(call)
            return model
        found = applications.ready_made(self.builder, dotted, call) or checkpoints.loaded(self.builder, dotted, call)
        if found is not None:
            return self._ready_made(found, call, context)
        if last(dotted) in SCIKIT_WRAPPERS:
            return self._scikit_wrapper(call, context)
        return None

    def _call_layer(self, dotted: str, call: Call, context: Context) -> Value | None:
        kind = last(dotted)
        applied = layer_function(kind)
        if applied is not None:
            return self._functional_form(applied, call, context)
        if kind == "merge":
            return self._old_merge(call, context)
        if canonical_kind(kind) in kinds() or kind[:1].isupper():
            made = make_layer(self.builder, kind, call)
            if isinstance(made, LayerValue):
                texts.note_layer(made.layer.kind, made.arguments, call.site, context)
            return made
        return None

    def _input(self, call: Call) -> Value:
        shape = shape_of(call.argument(0, "shape"))
        batch_shape = shape_of(call.argument(None, "batch_shape") or call.argument(None, "batch_input_shape"))
        if batch_shape is not None:
            shape = batch_shape[1:]
        tensor = self.builder.add(InputOp(shape, _name_in(call), axis_texts(call.site)), (), call.site.span)
        self.builder.lengths[tensor] = shape_texts(call.site, 0)
        match call.argument(0, "shape"):
            case TupleValue(items=(extent,), rest=None):
                self.builder.extents[tensor] = (extent,)
            case _:
                pass
        return TensorValue(self.builder, tensor)

    def _functional_form(self, kind: str, call: Call, context: Context) -> Value | None:
        """Call `concatenate([a, b])` as `Concatenate()([a, b])`."""
        layer = make_layer(self.builder, kind, Call((), {**call.keywords}, call.site))
        return context.call(layer, Call(call.arguments[:1], {}, call.site))

    def _old_merge(self, call: Call, context: Context) -> Value | None:
        """Call Keras 1's `merge([a, b], mode="concat")`."""
        layer = make_layer(self.builder, "Merge", call)
        return context.call(layer, Call(call.arguments[:1], {}, call.site))

    def _scikit_wrapper(self, call: Call, context: Context) -> Value | None:
        builder = call.argument(0, "build_fn") or call.argument(None, "model")
        return context.call(builder, Call((), {}, call.site)) if builder is not None else None

    # Models ---------------------------------------------------------------------------------------------------

    def new_model(self, style: Style, site: Site, context: Context) -> ModelValue:
        """Make a model object and remember it."""
        model = ModelValue(self.builder, len(self.models), style, site, context.scope_name())
        self.models.append(model)
        return model

    def fill_sequential(self, model: ModelValue, call: Call, context: Context) -> None:
        """Add the layers that a Sequential was made with."""
        layers = call.argument(0, "layers")
        if layers is None or layers == Constant(None):
            return
        # Keras 2 takes a single layer for a list of one.
        alone = isinstance(layers, LayerValue | ModelValue | Instance)
        items = Items((layers,), None) if alone else context.iterate(layers, call.site)
        for item in items.known:
            model.append(item, call.site, context)
        if items.rest is not None:
            model.append(items.rest, call.site, context)

    def functional(self, inputs: Value, outputs: Value | None, site: Site, context: Context) -> ModelValue:
        """Make a functional model of its inputs and outputs."""
        model = self.new_model(Style.FUNCTIONAL, site, context)
        for name, value in (("input", inputs), ("output", outputs)):
            if value is None:
                continue
            tensors = self._inputs(value, site) if name == "input" else flat_tensors(self.builder, value, site)
            found = context.new_list([TensorValue(self.builder, tensor) for tensor in tensors])
            context.heap.write(model.store, name, found)
        for tensor in model.input_tensors():
            if isinstance(self.builder.node(tensor).operation, OpaqueOp):
                model.unresolved.append("an input")
        model.lengths.extend(text for tensor in model.input_tensors() for text in self.builder.lengths.get(tensor, ()))
        return model

    def _inputs(self, value: Value, site: Site) -> list[TensorId]:
        """Return the inputs of a model, those that only stand in for another among them."""
        ways = [flat_tensors(self.builder, option, site) for option in alternatives(value)]
        places: list[list[TensorId]] = []
        for way in ways:
            places.extend([] for _ in way[len(places) :])
            for place, tensor in zip(places, way, strict=False):
                place += [one for one in self.builder.either_of(tensor) if one not in place]
        self.builder.stand_ins |= {first: tuple(others) for first, *others in places if others}
        return [tensor for place in places for tensor in place]

    def _ready_made(self, found: ReadyMade, call: Call, context: Context) -> ModelValue:
        """Make a model that somebody else has built; it is no model of the program's own."""
        model = self.functional(found.inputs, found.outputs, call.site, context)
        model.nested = True
        context.heap.write(model.store, "layers", found.layers)
        return model

    # Calls that nothing resolved ------------------------------------------------------------------------------

    def unresolved_call(self, function: Value, call: Call, context: Context) -> Value | None:
        """Apply something unresolved to tensors: a layer of a foreign package, or an unread function."""
        tensors = [tensor for value in call.everything() for tensor in tensors_in(value)]
        if not tensors:
            return libraries.unresolved_call(call, context)
        origin = _foreign_class(function)
        if origin is None:
            why = function.why if isinstance(function, Unknown) else "a call of something unresolved"
            return TensorValue(self.builder, self.builder.add(OpaqueOp(why), tensors, call.site.span))
        known = foreign_layer(origin)
        layer = Layer(self.builder.layer_id(), last(origin), {}, call.site.span, origin=origin, declared=known)
        return TensorValue(self.builder, self.builder.add(ApplyOp(layer), tensors, call.site.span))

    def method(self, method: Method, call: Call, context: Context) -> Value | None:
        receiver = method.receiver
        if isinstance(receiver, Instance) and method.base is not None:
            return custom.inherited_method(self, receiver, method.base, method.name, call, context)
        applied = operations.method(receiver, method.name, call, context) if isinstance(receiver, TensorValue) else None
        if applied is not None:
            return applied
        tensors = [tensor for value in call.everything() for tensor in tensors_in(value)]
        if tensors and not isinstance(receiver, LayerValue | ListValue):
            why = f"the result of `.{method.name}()`"
            return TensorValue(self.builder, self.builder.add(OpaqueOp(why), tensors, call.site.span))
        return libraries.method(method, call, context)

    # Project classes ------------------------------------------------------------------------------------------

    def instance_attribute(
        self, instance: Instance, base: LibraryName, name: str, site: Site, context: Context
    ) -> Value | None:
        return custom.inherited_attribute(instance, name, site, context)

    def instance_call(self, instance: Instance, base: LibraryName, call: Call, context: Context) -> Value | None:
        if custom.is_keras(base) or custom.is_declared(self, instance):
            return custom.call_instance(self, instance, call, context)
        return None

    def explore(self, instance: Instance, context: Context) -> None:
        custom.explore(self, instance, context)

    def set_attribute(self, instance: Instance, name: str, value: Value, site: Site, context: Context) -> None:
        return None

    # Data on plain values -------------------------------------------------------------------------------------

    def operate(self, operator: str, operands: tuple[Value, ...], site: Site, context: Context) -> Value | None:
        return handmade.operate(operator, operands, site, context)

    def choose(self, test: Value, held: Value, otherwise: Value, site: Site, context: Context) -> Value | None:
        return handmade.choose(test, held, otherwise, site, context)

    def cut(self, value: Value, bounds: SliceValue, site: Site, context: Context) -> Value | None:
        return handmade.cut(value, bounds, site, context)

    def chain(self, parts: tuple[Value, ...], site: Site, context: Context) -> Value | None:
        return handmade.with_filler(parts, site, context)

    def set_subscript(self, target: Value, index: Value, value: Value, site: Site, context: Context) -> None:
        handmade.set_subscript(target, index, value, site, context)

    def iterate(self, value: Value, site: Site, context: Context) -> Value | None:
        return libraries.iterate(value, site, context)


def _is_shaped_by_number(dotted: str, call: Call) -> bool:
    """Say whether an input is made with a number for its shape, `Input(shape=(8))`, which Keras 3 refuses."""
    named = KERAS_2_SHAPES.get(dotted, ())
    given = (call.argument(index, name) for index, name in enumerate(named))
    return any(isinstance(shape, Constant) and type(shape.value) is int for shape in given)


def _name_in(call: Call) -> str:
    """Return the name that a call gives what it makes, "" for none."""
    match call.argument(None, "name"):
        case Constant(str(name)):
            return name
        case _:
            return ""


def _activation(identifier: Value | None) -> Value:
    """Return the activation that an identifier means; whichever one it is, it works on each step by itself."""
    match identifier:
        case Constant(str(name)):
            return LibraryName(f"keras.activations.{name}")
        case FunctionValue() | LibraryName() | LibraryObject():
            return identifier
        case _:
            return LibraryName("keras.activations.linear")


def _foreign_class(function: Value) -> str | None:
    """Return the dotted name of the foreign class that a callable is an instance of, None when that is not known."""
    for option in alternatives(function):
        if isinstance(option, Unknown) and option.operation.startswith("call:"):
            dotted = option.operation.removeprefix("call:")
            if last(dotted)[:1].isupper():
                return dotted
    return None

"""Model objects, Sequential and functional: built, nested, trained."""

from __future__ import annotations

import re
from dataclasses import field

from padlint.dataclass import dataclass
from padlint.graph import InputOp, Model, Style, TensorId, Within
from padlint.keras import feeds, saved_models
from padlint.keras.builder import GraphBuilder
from padlint.keras.data.values import DataValue
from padlint.keras.facts import Part
from padlint.keras.layer_objects import MOST_NESTED, LayerValue, as_tensors, flat_tensors, own_name
from padlint.keras.settings import shape_of
from padlint.keras.tensors import TensorValue
from padlint.keras.versions import ENDING_OF_WEIGHTS, takes_keras_2
from padlint.python.context import Context
from padlint.python.heap import Store
from padlint.python.source_text import item_texts
from padlint.python.structures import parts_of
from padlint.python.values import (
    ABSENT,
    NONE,
    Call,
    Choice,
    Constant,
    Instance,
    Items,
    LibraryObject,
    ListValue,
    Site,
    TupleValue,
    Unknown,
    Value,
    alternatives,
)

KNOWN_AS = {Style.SEQUENTIAL: "Sequential"} | dict.fromkeys((Style.FUNCTIONAL, Style.SUBCLASSED, Style.EAGER), "Model")
# How Keras splits the name of a class into words.
_FIRST_WORDS = re.compile(r"(.)([A-Z][a-z]+)")
_LATER_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NUMBERED = re.compile(r"_\d+$")
SHAPE_ARGUMENTS = ("shape", "input_shape", "batch_shape", "batch_input_shape", "input_length", "maxlen")


@dataclass(slots=True, eq=False)
class ModelValue(LibraryObject):
    """A Sequential or functional model.

    The store holds `input` and `output` (tensors, or lists of them), `layers` (an `Items`) and what compiling set.
    """

    builder: GraphBuilder
    number: int
    style: Style
    site: Site
    scope: str
    store: Store = field(default_factory=Store)
    lengths: list[str] = field(default_factory=list)
    unresolved: list[str] = field(default_factory=list)
    nested: bool = False
    fed: bool = False
    name: str = ""
    is_model = True

    # The model as a value -------------------------------------------------------------------------------------

    def truth(self) -> bool | None:
        return True

    def attribute(self, name: str, site: Site, context: Context) -> Value | None:
        match name:
            case "layers":
                items = self._layers()
                return context.new_list(items.known, items.rest)
            case "input" | "output":
                return _single(self.store.read(name), context)
            case "inputs" | "outputs":
                found = self.store.read(name[:-1])
                return found if isinstance(found, ListValue | TupleValue) else context.new_list([found])
            case "name":
                return Constant(self.name) if self.name else Unknown("the name of a model")
            case _:
                pass
        found = self.store.read(name)
        return None if found is ABSENT else found

    def set_attribute(self, name: str, value: Value, site: Site, context: Context) -> bool:
        context.heap.write(self.store, name, value)
        return True

    def method(self, name: str, call: Call, context: Context) -> Value | None:
        match name:
            case "add":
                return self._add(call, context)
            case "pop":
                return self._pop(context)
            case "get_layer":
                return find_layer(self.builder, self._layers(), call, context)
            case "call" | "__call__":
                return self.call(call, context)
            case "save":
                return saved_models.save(self, call.argument(0, "filepath"), context)
            case "save_weights" if _is_refused(call.argument(0, "filepath")):
                self.builder.versions[2] += 1
            case "compile":
                if takes_keras_2("keras.Model.compile", call.keywords):
                    self.builder.versions[2] += 1
                return feeds.remember_loss(self.store, call, context)
            case _:
                pass
        if name in feeds.FEEDING_METHODS:
            self.fed = True
            feeds.feed_model(self.builder, self.input_tensors(), self.number, self.store, name, call, context)
            return self._result(name)
        return None

    def _result(self, name: str) -> Value | None:
        return Unknown(f"the result of `{name}`", f"model:{name}")

    def same(self, other: Value) -> bool:
        return self is other

    def __repr__(self) -> str:
        return f"{self.style} model {self.number}"

    # Calling it -----------------------------------------------------------------------------------------------

    def call(self, call: Call, context: Context) -> Value | None:
        source = call.argument(0, "inputs")
        if source is None:
            return None
        if _is_data(source):
            feeds.bind(self.builder, self.input_tensors(), source, "call", call.site, self.number, context)
            self.fed = True
            return self.store.read("output")
        self.nested = True
        if self.name:
            self.builder.named[self.name] = self
        given = flat_tensors(self.builder, source, call.site)
        inputs = self.input_tensors()
        outputs = self.output_tensors()
        if not inputs or not outputs:
            return as_tensors(self.builder, source, call.site)
        with self.builder.inside(Within(KNOWN_AS[self.style], call.site.span, self.site.span)):
            replayed = self.builder.replay(outputs, dict(zip(inputs, given, strict=False)))
        tensors = [TensorValue(self.builder, tensor) for tensor in replayed]
        return tensors[0] if len(tensors) == 1 else context.new_list(tensors)

    def input_tensors(self) -> list[TensorId]:
        """Return the model's input tensors, in order."""
        return _tensors(self.store.read("input"))

    def output_tensors(self) -> list[TensorId]:
        """Return the model's output tensors, in order."""
        return _tensors(self.store.read("output"))

    # Sequential -----------------------------------------------------------------------------------------------

    def _layers(self) -> Items:
        found = self.store.read("layers")
        if isinstance(found, Items):
            return found
        return Items(tuple(self.builder.layers_of(self.output_tensors())))

    def _add(self, call: Call, context: Context) -> Value:
        layer = call.argument(0, "layer")
        if layer is not None:
            self.append(layer, call.site, context)
        return NONE

    def append(self, layer: Value, site: Site, context: Context) -> None:
        """Put a layer, or one of several by the branch taken, on top of a Sequential."""
        if isinstance(layer, Choice):
            self._append_either(layer, site, context)
            return
        if not isinstance(layer, TensorValue):
            # An `Input` is no layer of the model.
            known = self._layers()
            context.heap.write(self.store, "layers", Items((*known.known, layer), known.rest))
        if self._starts_with(layer, context):
            return
        current = self.store.read("output")
        if current is ABSENT:
            current = self._start(self._input_for(layer, site), context)
        self._note_length(layer)
        place = layer.layer_site if isinstance(layer, LayerValue) and layer.layer_site is not None else site
        result = context.call(layer, Call((current,), {}, place))
        if not isinstance(layer, LayerValue | ModelValue | Instance):
            self.unresolved.append(layer.why if isinstance(layer, Unknown) else "one of its layers")
        context.heap.write(self.store, "output", result)

    def _append_either(self, choice: Choice, site: Site, context: Context) -> None:
        before = {name: self.store.read(name) for name in ("layers", "output", "input")}
        ends: list[dict[str, Value]] = []
        for option in choice.alternatives:
            if option is not ABSENT and option != NONE:
                self.append(option, site, context)
            ends.append({name: self.store.read(name) for name in before})
            for name, value in before.items():
                context.heap.write(self.store, name, value)
        for name in before:
            context.heap.write(self.store, name, context.join(end[name] for end in ends if end[name] is not ABSENT))

    def _starts_with(self, layer: Value, context: Context) -> bool:
        """Take an Input, an InputLayer or a Keras 1 `Merge` of models as the model's beginning."""
        if self.store.read("output") is not ABSENT:
            return False
        if isinstance(layer, TensorValue):
            self._start(layer.id, context)
            return True
        if isinstance(layer, LayerValue) and layer.part is Part.INPUT:
            self._start(self._input_for(layer, layer.layer_site), context)
            self._note_length(layer)
            return True
        if isinstance(layer, LayerValue) and layer.part is Part.MERGE:
            return self._start_merged(layer, context)
        return False

    def _start_merged(self, layer: LayerValue, context: Context) -> bool:
        branches = next(
            (value for value in layer.arguments.values() if isinstance(value, ListValue | TupleValue)), None
        )
        models = [model for model in _members(branches) if isinstance(model, ModelValue)]
        if not models:
            return False
        for model in models:
            model.nested = True
        inputs = [TensorValue(self.builder, tensor) for model in models for tensor in model.input_tensors()]
        outputs = [TensorValue(self.builder, tensor) for model in models for tensor in model.output_tensors()]
        context.heap.write(self.store, "input", context.new_list(inputs))
        site = layer.layer_site or self.site
        result = context.call(layer, Call((context.new_list(outputs),), {}, site))
        context.heap.write(self.store, "output", result)
        return True

    def _start(self, tensor: TensorId, context: Context) -> TensorValue:
        start = TensorValue(self.builder, tensor)
        context.heap.write(self.store, "input", start)
        context.heap.write(self.store, "output", start)
        return start

    def _input_for(self, layer: Value, site: Site | None) -> TensorId:
        shape: tuple[int | None, ...] | None = None
        if isinstance(layer, LayerValue):
            shape = _first_shape(layer)
        return self.builder.add(InputOp(shape), (), (site or self.site).span)

    def _note_length(self, layer: Value) -> None:
        if isinstance(layer, LayerValue) and layer.layer_site is not None:
            self.lengths.extend(shape_texts(layer.layer_site))

    def _pop(self, context: Context) -> Value:
        known = self._layers()
        context.heap.write(self.store, "layers", Items(known.known[:-1], known.rest))
        current = self.output_tensors()
        if current:
            inputs = self.builder.node(current[0]).inputs
            if inputs:
                context.heap.write(self.store, "output", TensorValue(self.builder, inputs[0]))
        return NONE

    # The record -----------------------------------------------------------------------------------------------

    def record(self) -> Model:
        """Return the model as plain data."""
        inputs, outputs = self.input_tensors(), self.output_tensors()
        unresolved = list(dict.fromkeys(self.unresolved))
        if not outputs and not self._is_left_empty():
            unresolved.append("its layers were not found")
        elif outputs and not inputs:
            unresolved.append("its inputs were not found")
        return Model(
            id=self.number,
            style=self.style,
            inputs=tuple(inputs),
            outputs=tuple(outputs),
            span=self.site.span,
            scope=self.scope,
            unresolved=tuple(unresolved),
            lengths=tuple(dict.fromkeys(self.lengths)),
            nested=self.nested and not self.fed,
        )

    def _is_left_empty(self) -> bool:
        """Say whether it is a Sequential that was made, and that nothing was ever added to or done with."""
        return self.style is Style.SEQUENTIAL and not (self.fed or self.nested or self.unresolved)


def find_layer(builder: GraphBuilder, layers: Items, call: Call, context: Context) -> Value | None:
    """Return the layer that `get_layer` gives, by its place or by its name."""
    match call.argument(0, "name"), call.argument(1, "index"):
        case _, Constant(int(index)) if -len(layers.known) <= index < len(layers.known):
            return context.subscript(context.new_list(layers.known, layers.rest), Constant(index), call.site)
        case Constant(str(wanted)), _:
            return _layer_named(wanted, layers, builder)
        case _:
            return None


def _layer_named(wanted: str, layers: Items, builder: GraphBuilder) -> Value | None:
    """Return the layer of a name: one that it was given, or the one that Keras makes of its class."""
    kind = _NUMBERED.sub("", wanted)
    named = [layer for layer in layers.known if _naming(layer)[0] == wanted]
    found = named or [layer for layer in layers.known if generated_name(_naming(layer)[1]) == kind]
    if found:
        return Choice(tuple(found)) if len(found) > 1 else found[0]
    return builder.named.get(wanted, layers.rest)


def _naming(layer: Value) -> tuple[str, str]:
    """Return the name that a layer was given and that of its class, "" for none."""
    match layer:
        case LayerValue(layer=known):
            return known.name, known.kind
        case Instance(cls=cls):
            return own_name(layer), cls.name
        case _:
            return "", ""


def generated_name(kind: str) -> str:
    """Return the name, without its number, that Keras gives a layer of a class: `max_pooling1d` for `MaxPooling1D`."""
    return _LATER_WORDS.sub("_", _FIRST_WORDS.sub(r"\1_\2", kind)).lower()


def shape_texts(site: Site, position: int | None = None) -> list[str]:
    """Return the source texts of the lengths in a call's shape arguments (`MAX_LEN`).

    `position` is where the first of them may stand without its name.
    """
    arguments = (item_texts(site, position if name == "shape" else None, name) for name in SHAPE_ARGUMENTS)
    return [text for texts in arguments for text in texts if text not in {"", "None"}]


def axis_texts(site: Site) -> tuple[str, ...]:
    """Return the source text of the length of each axis of an input, batch not counted."""
    return item_texts(site, 0, "shape")


def _first_shape(layer: LayerValue) -> tuple[int | None, ...] | None:
    arguments = layer.arguments
    for name in ("batch_input_shape", "batch_shape"):
        shape = shape_of(arguments.get(name))
        if shape is not None:
            return shape[1:]
    for name in ("input_shape", "shape"):
        shape = shape_of(arguments.get(name))
        if shape is not None:
            return shape
    return shape_of(arguments.get("input_length"))


def _members(value: Value | None) -> tuple[Value, ...]:
    match value:
        case TupleValue(items):
            return items
        case ListValue():
            return value.items.known
        case _:
            pass
    return ()


def _tensors(value: Value, depth: int = MOST_NESTED) -> list[TensorId]:
    match value:
        case TensorValue(id=number):
            return [number]
        case ListValue() | TupleValue() if depth:
            return [tensor for item in _members(value) for tensor in _tensors(item, depth - 1)]
        case Choice() if depth:
            found = [_tensors(option, depth - 1) for option in alternatives(value)]
            return next((tensors for tensors in found if tensors), [])
        case _:
            pass
    return []


def _single(value: Value, context: Context) -> Value | None:
    if isinstance(value, ListValue) and len(value.items.known) == 1:
        return value.items.known[0]
    return None if value is ABSENT else value


def _is_refused(path: Value | None) -> bool:
    """Say whether Keras 3 saves no weights under a name."""
    match path:
        case Constant(str(name)):
            return not name.endswith(ENDING_OF_WEIGHTS)
        case _:
            return False


def _is_data(value: Value) -> bool:
    return any(isinstance(part, DataValue) for part in parts_of(value))

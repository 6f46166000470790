"""Model graphs written like Keras code: `x = k.Embedding(100, 8)(k.ids())`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest

from padlint.finding import Confidence, Position, Span
from padlint.flow.observation import Kind, Observation
from padlint.flow.observe import observe
from padlint.flow.solve import Solution, solve
from padlint.graph import (
    ApplyOp,
    BoundaryOp,
    CustomCode,
    DataFacts,
    Effect,
    EitherOp,
    EnterStepOp,
    ExitStepOp,
    Feed,
    InputOp,
    Known,
    Layer,
    LayerId,
    MaskOp,
    Model,
    ModelGraph,
    Narrowing,
    Node,
    OneOf,
    OpaqueOp,
    Operation,
    Padding,
    Plain,
    RawOp,
    Setting,
    Side,
    Style,
    TensorId,
    Training,
    Unresolved,
)
from padlint.keras.layers import canonical_kind, parameters

PRE, POST = Side.PRE, Side.POST
SCRIPT = "script.py"
ADVICE = frozenset({Kind.LEFT_PADDED_MASK, Kind.UNRESOLVED_MODEL})


@dataclass(frozen=True)
class Tensor:
    """A tensor of the program, with the operators of Python."""

    program: KerasProgram
    id: TensorId

    def __add__(self, other):
        return self.program.raw("+", Effect.POINTWISE, self, other)

    def __mul__(self, other):
        return self.program.raw("*", Effect.POINTWISE, self, other)

    def __ne__(self, value):
        return self.program.raw("!=", Effect.TEST, self, operand=Known(value))

    def __hash__(self):
        return self.id

    def __getitem__(self, index):
        effects = {-1: Effect.LAST_STEP, 0: Effect.ONE_STEP}
        match index:
            case (slice(start=None, stop=None), int() as step):
                return self.program.raw(f"[:, {step}]", effects.get(step, Effect.ONE_STEP), self, axis=1)
            case (slice(), slice()):
                return self.program.raw("[:, a:b]", Effect.CROP_STEPS, self, axis=1)
        raise NotImplementedError(index)


@dataclass(frozen=True)
class LayerObject:
    """A layer of the program; calling it applies it."""

    program: KerasProgram
    layer: Layer

    def __call__(self, *inputs, mask=None, attention_mask=None, states=(), output=0):
        flat = [tensor for given in inputs for tensor in (given if isinstance(given, list) else [given])]
        argument = "mask" if mask is not None else "attention_mask" if attention_mask is not None else ""
        given = mask if mask is not None else attention_mask
        operation = ApplyOp(
            self.layer,
            mask=None if given is None else given.id,
            mask_argument=argument,
            states=tuple(state.id for state in states),
            output=output,
        )
        return self.program.add(operation, flat, self.layer.kind)

    def compute_mask(self, tensor):
        return self.program.add(MaskOp(self.layer), [tensor], "compute_mask")

    def steps(self, tensor):
        """Enter the steps of a `TimeDistributed` around a model; `leave` puts them together again."""
        return self.program.add(EnterStepOp(self.layer), [tensor], self.layer.kind)

    def leave(self, inner, outer):
        return self.program.add(ExitStepOp(self.layer), [inner, outer], self.layer.kind)


@dataclass
class KerasProgram:
    """A program being written, one line a statement."""

    keras: int
    nodes: list[Node] = field(default_factory=list)
    feeds: list[Feed] = field(default_factory=list)
    models: list[Model] = field(default_factory=list)
    trainings: list[Training] = field(default_factory=list)
    paddings: list[Padding] = field(default_factory=list)
    narrowings: list[Narrowing] = field(default_factory=list)
    imports: dict[str, frozenset[str]] = field(default_factory=dict)
    lines: dict[int, str] = field(default_factory=dict)

    def line(self, text: str, path: str = SCRIPT) -> Span:
        row = len(self.lines) + 1
        repeated = sum(earlier.partition("#")[0] == text for earlier in self.lines.values())
        self.lines[row] = f"{text}#{repeated + 1}" if repeated else text
        return Span(path, 0, Position(row, 1), Position(row, 9))

    def add(self, operation: Operation, inputs: Iterable[Tensor], text: str) -> Tensor:
        known = isinstance(operation, ApplyOp)
        span = operation.layer.span if known else self.line(text)
        number = TensorId(len(self.nodes))
        self.nodes.append(Node(number, operation, tuple(tensor.id for tensor in inputs), span))
        return Tensor(self, number)

    # Data -----------------------------------------------------------------------------------------------------

    def padding(self, side=POST, value=0, axes=(1,), how="pad_sequences", **more) -> Padding:
        path = more.pop("path", SCRIPT)
        return Padding(how, self.line(how, path), axes=axes, value=setting(value), side=side, **more)

    def fed(self, tensor: Tensor, *paddings: Padding, model: int | None = None, **facts) -> Tensor:
        self.paddings.extend(paddings)
        how = facts.pop("how", "fit")
        self.feeds.append(Feed(tensor.id, DataFacts(paddings, **facts), how, self.line(how), model))
        return tensor

    def input(self, *shape, name="") -> Tensor:
        return self.add(InputOp(shape or None, name), [], "Input")

    def ids(self, side=POST, value=0, **more) -> Tensor:
        """An input of ids that `pad_sequences` padded."""
        return self.fed(self.input(None), self.padding(side, value, **more))

    def documents(self, side=POST) -> Tensor:
        """An input of (sentences, words), padded along both."""
        return self.fed(self.input(None, None), self.padding(side, axes=(1, 2), how="np.zeros"))

    def features(self, side=POST, value=0, **more) -> Tensor:
        """An input of padded feature vectors."""
        return self.fed(self.input(None, 8), self.padding(side, value, **more))

    # Layers and operations ------------------------------------------------------------------------------------

    def __getattr__(self, kind: str):
        if not kind[0].isupper():
            raise AttributeError(kind)
        return lambda *given, **settings: self.layer(kind, *given, **settings)

    def layer(self, kind: str, *given, inner: LayerObject | None = None, custom=None, origin="keras", **settings):
        if given and isinstance(given[0], LayerObject):
            inner, *given = given
        kind = canonical_kind(kind)
        known = parameters(kind, self.keras)
        names = known.init if known else ()
        read = {**dict(zip(names, given, strict=False)), **settings}
        name = f"{kind}({inner.layer.kind})" if inner else kind
        layer = Layer(
            LayerId(len(self.lines)),
            kind,
            {key: setting(value) for key, value in read.items()},
            self.line(name),
            inner=inner.layer if inner else None,
            custom=custom,
            origin=origin,
        )
        return LayerObject(self, layer)

    def custom(self, name="MyLayer", *, supports_masking=False, computes_mask=False, takes_mask=False, read=True):
        """A layer class of the project; `leave` is the way out of its `call`."""
        code = CustomCode(name, self.line(f"class {name}"), supports_masking, computes_mask, takes_mask, read)
        return self.layer(name, custom=code, origin="project")

    def leave(self, layer: LayerObject, returned: Tensor, *called_on: Tensor, mask: Tensor | None = None) -> Tensor:
        operation = BoundaryOp(layer.layer, None if mask is None else mask.id)
        return self.add(operation, [returned, *called_on], layer.layer.kind)

    def raw(self, name: str, effect: Effect, *inputs, axis=None, operand=None, shape=()) -> Tensor:
        tensors = [given for given in inputs if isinstance(given, Tensor)]
        return self.add(RawOp(name, effect, axis, operand, shape), tensors, name)

    def reduce(self, x: Tensor, axis=1) -> Tensor:
        return self.raw("tf.reduce_mean", Effect.REDUCE_STEPS, x, axis=axis)

    def softmax(self, x: Tensor, axis=1) -> Tensor:
        return self.raw("tf.nn.softmax", Effect.SOFTMAX_STEPS, x, axis=axis)

    def expand(self, x: Tensor, axis=-1) -> Tensor:
        return self.raw("tf.expand_dims", Effect.EXPAND, x, axis=axis)

    def mask_of(self, x: Tensor) -> Tensor:
        """What a `call` gets as its `mask`."""
        return self.add(MaskOp(), [x], "mask")

    def either(self, *branches: Tensor) -> Tensor:
        return self.add(EitherOp(), branches, "if")

    def opaque(self, *inputs: Tensor, why="a call that was not read") -> Tensor:
        return self.add(OpaqueOp(why), inputs, "opaque")

    # The whole ------------------------------------------------------------------------------------------------

    def model(self, inputs, outputs, *, scope="script", path=SCRIPT, **more) -> int:
        number = len(self.models)
        ends = [tuple(tensor.id for tensor in tensors) for tensors in (inputs, outputs)]
        span = self.line("Model", path)
        self.models.append(Model(number, Style.FUNCTIONAL, *ends, span, scope=scope, **more))
        return number

    def trained(self, inputs, outputs, *, loss="sparse_categorical_crossentropy", weighted=False, targets=()) -> None:
        """Train a model on the data that was fed to its inputs, or on any when that was not seen."""
        number = self.model(inputs, outputs)
        fed = {tensor.id for tensor in inputs}
        spans = [feed.span for feed in self.feeds if feed.tensor in fed and feed.how == "fit"] or [self.line("fit")]
        self.trainings.append(Training(number, (setting(loss),), weighted, targets, spans[0]))

    def graph(self) -> ModelGraph:
        return ModelGraph(
            nodes=tuple(self.nodes),
            models=tuple(self.models),
            feeds=tuple(self.feeds),
            trainings=tuple(self.trainings),
            paddings=tuple(dict.fromkeys(self.paddings)),
            narrowings=tuple(self.narrowings),
            imports=self.imports,
            keras=self.keras,
        )

    def solution(self) -> Solution:
        return solve(self.graph())

    def observations(self, at_least=Confidence.LIKELY) -> list[Observation]:
        shown = list(Confidence)[: list(Confidence).index(at_least) + 1]
        return [seen for seen in observe(self.graph()) if seen.confidence in shown]

    def leaks(self, at_least=Confidence.LIKELY) -> list[str]:
        """Every observation in one line: kind, where the cure goes, who reads. Advice is left out."""
        seen = (seen for seen in self.observations(at_least) if seen.kind not in ADVICE)
        return [self.told(one) for one in seen]

    def told(self, seen: Observation) -> str:
        readers = [self.named(self.nodes[reader].span) for reader in sorted(seen.readers)]
        readers = readers or ([seen.consumer.layer] if seen.consumer else [])
        return f"{seen.kind} at {self.named(seen.span)}" + (f" -> {', '.join(readers)}" if readers else "")

    def named(self, span: Span) -> str:
        return self.lines[span.start.row]

    def masks(self, tensor: Tensor) -> set[str]:
        """The alternatives for the mask on a tensor, by the names of their classes."""
        return {type(mask).__name__ for mask in self.solution().states[tensor.id].masks}


def setting(value) -> Setting:
    """A value that was read, unless it says itself that it was not."""
    return value if isinstance(value, Known | OneOf | Unresolved) else Known(as_plain(value))


def as_plain(value) -> Plain:
    return tuple(map(as_plain, value)) if isinstance(value, list | tuple) else value


@pytest.fixture
def k2() -> KerasProgram:
    return KerasProgram(2)


@pytest.fixture
def k3() -> KerasProgram:
    return KerasProgram(3)


@pytest.fixture(params=[2, 3], ids=["keras2", "keras3"])
def k(request) -> KerasProgram:
    return KerasProgram(request.param)

"""A small way to write model graphs by hand, and the Keras that they are rebuilt in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from padlint.finding import Position, Span
from padlint.graph import (
    ApplyOp,
    DataFacts,
    Feed,
    InputOp,
    Known,
    Layer,
    LayerId,
    Model,
    ModelGraph,
    Node,
    Operation,
    Padding,
    Plain,
    RawOp,
    Setting,
    Side,
    Style,
    TensorId,
)


@dataclass
class Draft:
    """A model graph in the making: each method adds a tensor and returns it."""

    nodes: list[Node] = field(default_factory=list)
    feeds: list[Feed] = field(default_factory=list)
    layers: int = 0
    row: int = 0

    def here(self) -> Span:
        self.row += 1
        return Span("model.py", 0, Position(self.row, 1), Position(self.row, 9))

    def add(self, operation: Operation, *inputs: TensorId) -> TensorId:
        tensor = TensorId(len(self.nodes))
        self.nodes.append(Node(tensor, operation, inputs, self.here()))
        return tensor

    def input(self, *shape: int | None, side: Side = Side.UNKNOWN, value: float = 0, **facts: object) -> TensorId:
        tensor = self.add(InputOp(shape))
        padding = Padding("pad_sequences", self.here(), side=side, value=Known(value))
        known = DataFacts(paddings=() if facts else (padding,), **facts)
        self.feeds.append(Feed(tensor, known, "fit", self.here()))
        return tensor

    def input_op(self, *shape: int | None) -> InputOp:
        return InputOp(shape)

    def input_op_of_any_shape(self) -> InputOp:
        return InputOp(None)

    def feed(self, tensor: TensorId, padding: Padding, **facts: object) -> None:
        self.feeds.append(Feed(tensor, DataFacts(paddings=(padding,), **facts), "fit", self.here()))

    def layer(self, kind: str, inner: Layer | None = None, **settings: Plain | Setting) -> Layer:
        self.layers += 1
        kept = {name: Known(value) if isinstance(value, Plain_) else value for name, value in settings.items()}
        return Layer(LayerId(self.layers), kind, kept, self.here(), inner=inner)

    def apply(self, layer: str | Layer, *inputs: TensorId, inner: Layer | None = None, **settings) -> TensorId:
        calls = {
            name: settings.pop(name)
            for name in ("mask", "mask_argument", "states", "output", "direct", "none_given")
            if name in settings
        }
        made = self.layer(layer, inner, **settings) if isinstance(layer, str) else layer
        return self.add(ApplyOp(made, **calls), *inputs)

    def raw(self, name: str, effect, *inputs: TensorId, **known) -> TensorId:
        return self.add(RawOp(name, effect, **known), *inputs)

    def graph(self, *outputs: TensorId, **more) -> ModelGraph:
        inputs = tuple(node.id for node in self.nodes if isinstance(node.operation, InputOp))
        model = Model(0, Style.FUNCTIONAL, inputs, outputs, self.here())
        feeds = tuple(replace(feed, model=0) for feed in self.feeds)
        return ModelGraph(tuple(self.nodes), (model,), feeds, **more)


Plain_ = (bool, int, float, str, tuple, type(None))


@pytest.fixture
def draft() -> Draft:
    return Draft()


@pytest.fixture(scope="session", params=[3, 2], ids=["keras3", "keras2"])
def framework(request):
    pytest.importorskip("tensorflow")
    from padlint.confirm.frameworks import open_framework

    return open_framework(request.param)

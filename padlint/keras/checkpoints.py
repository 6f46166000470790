"""Models that the package keras-bert loads from a checkpoint (`keras_bert.load_trained_model_from_checkpoint`).

As the source of keras-bert says, in bert.py and layers/: the ids of tokens are looked up with `mask_zero=True`, and
those of segments are added; every step attends to all steps that this mask leaves, and hands the mask on. That is the
model. With `training=True` it goes on to guess hidden tokens, and from the first step how sentences follow.
"""

from __future__ import annotations

from typing import Final

from padlint.dataclass import dataclass
from padlint.declared import Declared
from padlint.graph import ApplyOp, Effect, InputOp, Known, Layer, Operation, RawOp, TensorId
from padlint.keras.applications import ReadyMade
from padlint.keras.builder import GraphBuilder
from padlint.keras.layer_objects import LayerValue
from padlint.keras.settings import shape_of
from padlint.keras.tensors import TensorValue
from padlint.python.heap import Store
from padlint.python.values import Call, Constant, Items, TupleValue, Value

LOADER: Final = "keras_bert.load_trained_model_from_checkpoint"
TOKENS, SEGMENTS, HIDDEN = "Input-Token", "Input-Segment", "Input-Masked"


def loaded(builder: GraphBuilder, dotted: str, call: Call) -> ReadyMade | None:
    """Draw the model that a call loads, None for a call of anything else or where it is not known which one."""
    training = call.argument(2, "training") or Constant(False)
    if dotted != LOADER or training not in (Constant(False), Constant(True)):
        return None
    drawing = _Drawing(builder, call)
    tokens, segments = drawing.input(TOKENS), drawing.input(SEGMENTS)
    words = drawing.layer("TokenEmbedding", "Embedding", (tokens, segments), mask_zero=True)
    states = drawing.layer("BERT", "MultiHeadAttention", (words, words))
    if training == Constant(False):
        return ReadyMade(drawing.tensors(tokens, segments), drawing.tensors(states), Items(()))
    hidden = drawing.input(HIDDEN)
    guessed = drawing.add(RawOp("MLM", Effect.UNKNOWN), states, hidden)
    first = drawing.add(RawOp("Extract", Effect.ONE_STEP, 1, Known(0)), states)
    dense = drawing.add(RawOp("NSP-Dense", Effect.FEATURES, -1), first)
    follows = drawing.add(RawOp("NSP", Effect.FEATURES, -1), dense)
    return ReadyMade(
        drawing.tensors(tokens, segments, hidden),
        drawing.tensors(guessed, follows),
        Items(tuple(drawing.named(name, tensor) for name, tensor in (("NSP-Dense", dense), ("NSP", follows)))),
    )


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What is drawn stands where the model is loaded."""

    builder: GraphBuilder
    call: Call

    def input(self, name: str) -> TensorId:
        length = self.call.argument(5, "seq_len")
        return self.add(InputOp((None,) if length is None else shape_of(TupleValue((length,))), name))

    def layer(self, kind: str, like: str, inputs: tuple[TensorId, ...], **settings: bool) -> TensorId:
        known = {name: Known(value) for name, value in settings.items()}
        place, declared = self.call.site.span, Declared(like)
        layer = Layer(self.builder.layer_id(), kind, known, place, origin=LOADER, declared=declared)
        return self.add(ApplyOp(layer), *inputs)

    def add(self, operation: Operation, *inputs: TensorId) -> TensorId:
        return self.builder.add(operation, inputs, self.call.site.span)

    def tensors(self, *tensors: TensorId) -> TupleValue:
        return TupleValue(tuple(TensorValue(self.builder, tensor) for tensor in tensors))

    def named(self, name: str, output: TensorId) -> Value:
        """Return a layer of the model, with its output."""
        layer = Layer(self.builder.layer_id(), "Dense", {}, self.call.site.span, name, origin=LOADER)
        output_of_it = Store({"output": TensorValue(self.builder, output)})
        return LayerValue(self.builder, layer, output_of_it, {}, None, self.call.site)

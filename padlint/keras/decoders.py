"""Decoders of tensorflow-addons (`tfa.seq2seq.BasicDecoder`): a cell run over steps, or over what it says itself.

As the source of tensorflow-addons says, in basic_decoder.py and sampler.py: with a sampler for training, the cell reads
the steps of the input as far as `sequence_length` or a mask says; with any other, it reads what it gave out the step
before. The layer for the output works on each step, and no mask is handed on. The loop runs until all sequences of a
batch have ended, and takes the state along.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from padlint.dataclass import dataclass
from padlint.declared import Declared
from padlint.graph import ApplyOp, Effect, Known, Layer, RawOp, TensorId
from padlint.keras.builder import GraphBuilder
from padlint.keras.layer_objects import flat_tensors
from padlint.keras.names import last
from padlint.keras.tensors import TensorValue, raw
from padlint.python.context import Context
from padlint.python.values import NONE, Call, LibraryObject, TupleValue, Unknown, Value

DECODERS: Final = frozenset(
    {"tensorflow_addons.seq2seq.BasicDecoder", "tensorflow_addons.seq2seq.basic_decoder.BasicDecoder"}
)
READING: Final = frozenset({"TrainingSampler", "ScheduledEmbeddingTrainingSampler", "ScheduledOutputTrainingSampler"})
SAYING: Final = frozenset({"GreedyEmbeddingSampler", "SampleEmbeddingSampler"})
OUTPUTS: Final = ("rnn_output", "sample_id")


@dataclass(frozen=True, slots=True, eq=False)
class DecoderValue(LibraryObject):
    """A decoder: whether it reads the steps that it is called on, and the layer for what it gives out."""

    builder: GraphBuilder
    layer: Layer
    reads: bool
    output_layer: Value

    def call(self, call: Call, context: Context) -> Value | None:
        """Run the cell; what comes back are the outputs of all steps, the last state and the lengths."""
        steps, states = self._tensors("inputs", call, 0), self._tensors("initial_state", call, 1)
        if self.reads and not steps:
            return None
        given, state = self._read(steps[:1], states, call) if self.reads else self._spoken(states, call)
        said = given if self.output_layer == NONE else context.call(self.output_layer, Call((given,), {}, call.site))
        picked = RawOp("argmax", Effect.FEATURES, -1)
        ids = raw(self.builder, picked, tuple(flat_tensors(self.builder, said, call.site)), call.site)
        return TupleValue((TupleValue((said, ids), fields=OUTPUTS), state, Unknown("the lengths of what was decoded")))

    def _read(self, steps: list[TensorId], states: list[TensorId], call: Call) -> tuple[TensorValue, TensorValue]:
        """Return the outputs, with no mask on them, and the last state, which goes on past the end of a sequence."""
        lengths = [*self._tensors("sequence_length", call), *self._tensors("mask", call)]
        read = ApplyOp(self.layer, next(iter(lengths), None), "mask" if lengths else "", tuple(states))
        outputs = self.builder.add(read, steps, call.site.span)
        on_and_on = replace(read, mask=None, mask_argument="", output=1)
        unmasked = raw(self.builder, RawOp(f"the loop of {self.layer.kind}", Effect.POINTWISE), tuple(steps), call.site)
        last_state = TensorValue(self.builder, self.builder.add(on_and_on, (unmasked.id,), call.site.span))
        return raw(self.builder, RawOp(self.layer.kind, Effect.POINTWISE), (outputs,), call.site), last_state

    def _spoken(self, states: list[TensorId], call: Call) -> tuple[TensorValue, TensorValue]:
        """Return what the cell says by itself, and its last state: there is no padding among its steps."""
        spoken = RawOp(self.layer.kind, Effect.NO_STEPS)
        return raw(self.builder, spoken, tuple(states), call.site), raw(self.builder, spoken, (), call.site)

    def _tensors(self, name: str, call: Call, position: int | None = None) -> list[TensorId]:
        value = call.argument(position, name)
        return [] if value is None else flat_tensors(self.builder, value, call.site)


def decoder(builder: GraphBuilder, dotted: str, call: Call) -> DecoderValue | None:
    """Make the decoder that a call makes, None for a call of anything else or a sampler that is not known."""
    sampler = call.argument(1, "sampler")
    if dotted not in DECODERS or not isinstance(sampler, Unknown):
        return None
    kind = last(sampler.operation)
    if kind not in READING | SAYING:
        return None
    settings = {"return_sequences": Known(True), "return_state": Known(True)}
    declared = Declared(like="RNN")
    layer = Layer(builder.layer_id(), last(dotted), settings, call.site.span, origin=dotted, declared=declared)
    return DecoderValue(builder, layer, kind in READING, call.argument(2, "output_layer") or NONE)

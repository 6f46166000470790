"""Encoders of the package transformers (`TFBertModel.from_pretrained(...)`): what they make of padded ids.

As the source of `TFBertModel` says, in modeling_tf_bert.py: ids are looked up without a mask; every step attends to all
steps that `attention_mask` does not sink, to all there are when none is given; what comes back are the states of all
steps, and then what is pooled of the first one. Which encoder `TFAutoModel` is, its checkpoint says; it is read as one
of these.
"""

from __future__ import annotations

from typing import Final

from padlint.dataclass import dataclass
from padlint.declared import Declared
from padlint.graph import ApplyOp, Effect, Known, Layer, RawOp, TensorId
from padlint.keras.builder import GraphBuilder
from padlint.keras.layer_objects import flat_tensors
from padlint.keras.tensors import TensorValue
from padlint.python.context import Context
from padlint.python.values import (
    Call,
    Constant,
    DictValue,
    LibraryObject,
    ListValue,
    TupleValue,
    Value,
)

PACKAGE: Final = "transformers."
ENCODERS: Final = frozenset({"TFAutoModel", "TFBertModel"})
MAKERS: Final = frozenset({"from_pretrained", "from_config"})
IDS, EMBEDDED, MASK = "input_ids", "inputs_embeds", "attention_mask"
OUTPUTS: Final = ("last_hidden_state", "pooler_output")


@dataclass(frozen=True, slots=True, eq=False)
class EncoderValue(LibraryObject):
    """An encoder that was loaded."""

    builder: GraphBuilder
    layer: Layer

    def call(self, call: Call, context: Context) -> Value | None:
        """Encode ids, or what they were looked up as."""
        given = _given(call)
        steps = self._looked_up(given, call)
        if steps is None:
            return None
        masks = self._tensors(given.get(MASK), call)
        attended = ApplyOp(self.layer, *((masks[0], MASK) if masks else ()))
        states = TensorValue(self.builder, self.builder.add(attended, (steps, steps), call.site.span))
        first = RawOp(f"{self.layer.kind}'s pooling", Effect.ONE_STEP, 1, Known(0))
        pooled = TensorValue(self.builder, self.builder.add(first, (states.id,), call.site.span))
        return TupleValue((states, pooled), fields=OUTPUTS)

    def _looked_up(self, given: dict[str, Value], call: Call) -> TensorId | None:
        """Return the steps that the encoder reads, None when it is called on nothing that is known."""
        embedded = self._tensors(given.get(EMBEDDED), call)
        if embedded:
            return embedded[0]
        ids = self._tensors(given.get(IDS), call)
        lookup = RawOp(f"{self.layer.kind}'s embeddings", Effect.LOOKUP)
        return self.builder.add(lookup, ids[:1], call.site.span) if ids else None

    def _tensors(self, value: Value | None, call: Call) -> list[TensorId]:
        return [] if value is None else flat_tensors(self.builder, value, call.site)


def encoder(builder: GraphBuilder, dotted: str, call: Call) -> EncoderValue | None:
    """Make the encoder that a call loads, None for a call of anything else."""
    if not dotted.startswith(PACKAGE):
        return None
    *_, kind, maker = dotted.split(".")
    if kind not in ENCODERS or maker not in MAKERS:
        return None
    like = Declared(like="MultiHeadAttention")
    return EncoderValue(builder, Layer(builder.layer_id(), kind, {}, call.site.span, origin=dotted, declared=like))


def _given(call: Call) -> dict[str, Value]:
    """Return a call's arguments by name: each apart, or all in the first as a list or dict."""
    first = call.arguments[0] if call.arguments else call.keywords.get("inputs")
    match first:
        case DictValue():
            held = {str(key.value): value for key, value in first.entries() if isinstance(key, Constant)}
        case ListValue():
            held = dict(zip((IDS, MASK), first.items.known, strict=False))
        case TupleValue(items):
            held = dict(zip((IDS, MASK), items, strict=False))
        case _:
            held = dict(zip((IDS, MASK), call.arguments, strict=False))
    return held | dict(call.keywords)

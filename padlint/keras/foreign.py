"""Attention layers of other packages that go by the mask of their input: the Keras layer that each is like.

As their source says: keras-self-attention 0.51.0 multiplies the weights by the `mask` of `call`; the mechanisms of
tensorflow-addons 0.23.0 mask their memory, or keep to the lengths that are given beside it.
"""

from __future__ import annotations

from typing import Final

from padlint.declared import Declared, find_declared

_LIKE_ATTENTION: Final = Declared(like="Attention")
_KNOWN: Final = {
    "keras_self_attention.SeqSelfAttention": _LIKE_ATTENTION,
    "tensorflow_addons.seq2seq.BahdanauAttention": _LIKE_ATTENTION,
    "tensorflow_addons.seq2seq.LuongAttention": _LIKE_ATTENTION,
}


def foreign_layer(dotted: str) -> Declared | None:
    """Return what is known of a layer class of another package, None when nothing is."""
    *module, name = dotted.split(".")
    return find_declared(_KNOWN, module, name)

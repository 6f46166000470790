"""Layers of other packages that are known: the Keras layer that each is like, or what it does to a mask.

As their source says. keras-self-attention 0.31.0 and 0.41.0 multiply the weights by the `mask` of `call`; 0.46.0 to
0.51.0 lower only those of a masked step in the eyes of another, which hides nothing from real steps. Which is installed
is not known, so that nothing is said of a layer with a mask. The mechanisms of tensorflow-addons 0.23.0 mask their
memory, or keep to the lengths that are given beside it. The others hand the mask of their input on: `CRF` of
keras-contrib 2.0.8, keras-layer-normalization 0.16.0, keras-pos-embd 0.13.0 and keras-position-wise-feed-forward 0.8.0.
"""

from __future__ import annotations

from typing import Final

from padlint.declared import Declared, DeclaredMask, find_declared

_LIKE_ATTENTION: Final = Declared(like="Attention")
_PASSES: Final = Declared(mask=DeclaredMask.PASSES)
_KNOWN: Final = {
    "keras_contrib.layers.CRF": _PASSES,
    "keras_layer_normalization.LayerNormalization": _PASSES,
    "keras_pos_embd.TrigPosEmbedding": _PASSES,
    "keras_position_wise_feed_forward.FeedForward": _PASSES,
    "keras_self_attention.SeqSelfAttention": _LIKE_ATTENTION,
    "tensorflow_addons.seq2seq.BahdanauAttention": _LIKE_ATTENTION,
    "tensorflow_addons.seq2seq.LuongAttention": _LIKE_ATTENTION,
}


def foreign_layer(dotted: str) -> Declared | None:
    """Return what is known of a layer class of another package, None when nothing is."""
    *module, name = dotted.split(".")
    return find_declared(_KNOWN, module, name)

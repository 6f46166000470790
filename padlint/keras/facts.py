"""The words in which padlint knows a Keras layer: what it does to a mask, to the time axis and to padded steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from enum import StrEnum

from padlint.dataclass import dataclass
from padlint.graph import Setting, Side

# The vocabulary ---------------------------------------------------------------------------------------------------

MASK = "mask"
"""The argument by which Keras itself hands masks on."""


class Part(StrEnum):
    """What a layer is to the analysis."""

    INPUT = "input"
    SOURCE = "source"  # may create a mask from what it reads: Embedding, Masking
    LOOKUP = "lookup"  # turns text or values into ids and makes no mask
    RECURRENT = "recurrent"
    ATTENTION = "attention"
    CONVOLUTION = "convolution"
    POOLING = "pooling"
    MERGE = "merge"
    SHAPE = "shape"  # moves values about: Reshape, Permute, Cropping1D
    POINTWISE = "pointwise"  # each step on its own
    MIXING = "mixing"  # mixes timesteps although it looks pointwise: GroupNormalization, LayerNormalization(axis=1)
    WRAPPER = "wrapper"  # does what its inner layer does, to each step: TimeDistributed
    LAMBDA = "lambda"
    CUSTOM = "custom"  # the base class of custom layers


class MaskOut(StrEnum):
    """The mask of a layer's output, all inputs being masked unless said otherwise."""

    NONE = "none"
    SAME = "same"
    CREATED = "created"  # from the content of the input, whatever mask that had
    AND = "and"  # hidden where any input's mask hides
    OR = "or"  # hidden only where every input's mask hides
    JOINED = "joined"  # the inputs' masks one after the other along time
    ALL_TRUE = "all-true"  # a mask that hides nothing
    QUERY = "query"  # the first input's, and none without
    MISALIGNED = "misaligned"  # the input's, although the steps are now in another order
    ANY_INNER = "any-inner"  # of a mask over (outer, inner) steps: hidden where all inner steps are
    RAISES = "raises"  # there is no output: Keras refuses the mask


class Steps(StrEnum):
    """What becomes of the time axis (axis 1)."""

    KEPT = "kept"  # output step i is about input step i
    REVERSED = "reversed"
    RESAMPLED = "resampled"  # still steps in order, but not one to one: strides, pooling, cropping, upsampling
    JOINED = "joined"  # the inputs' steps one after the other
    TRANSPOSED = "transposed"  # time is now axis 2
    GONE = "gone"  # summarised, selected or flattened
    MADE = "made"  # there was no time axis; the output repeats its input along a new one


class Fill(StrEnum):
    """What a masked layer's output holds at the padded steps, where steps are kept."""

    CONTENT = "content"  # it depends on what the padded steps hold
    ZEROS = "zeros"
    LAST = "last"  # the output of the last real step, repeated
    OTHER = "other"  # it does not depend on the padded steps


class Keeps(StrEnum):
    """What a layer's output is at a step where its input is one constant, in training as well."""

    VALUE = "value"  # any constant passes unchanged: `Masking` after it still matches
    ZERO = "zero"  # only zero does
    NOTHING = "nothing"


class Reads(StrEnum):
    """What a layer takes its input for."""

    FEATURES = "features"
    IDS = "ids"
    TEXT = "text"


class EmptyRow(StrEnum):
    """What becomes of a row in which every step is masked."""

    ZEROS = "zeros"
    NAN = "nan"
    CONTENT = "content"  # the padding after all
    OTHER = "other"


# The facts --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OutputFacts:
    """What is true of one further output of a layer (the states of `LSTM(return_state=True)`)."""

    steps: Steps
    mask_out: MaskOut
    leaks_unmasked: frozenset[Side]
    leaks_masked: frozenset[Side]


@dataclass(frozen=True, slots=True)
class LayerFacts:
    """What one layer, with its settings, does to masks and padded steps.

    A *leak* here: an output about real steps depends on the content, number or presence of padded ones. Where steps
    are kept, the outputs about real steps are those at the same positions; where they are resampled, those that read a
    real step; where they are gone, all.

    Args:
        kind: Keras' own name of the class; never an alias.
        mask_out: the mask of the output; for several inputs, when each has one.
        one_unmasked: the same for a layer of several inputs when one has no mask. Of attention see `guards`.
        uses_mask: whether the outputs about real steps differ with the mask and without.
        leaks_unmasked: the sides of padding that leak when no mask arrives.
        leaks_masked: the sides that leak although every input arrives with its right mask.
        guards: the inputs any one of whose masks protects, in the order of `Parameters.inputs`: (0,) for an RNN,
            (1,) for Attention. Empty when no mask protects or nothing leaks.
        raises: what Keras says when a mask over the steps arrives, "" when it takes it.
        states_hide_mask: with `initial_state=`, the mask on the input is not used (Keras 3).
        explicit: arguments of `call` that protect when the right mask is given in them (`mask`, `attention_mask`).
        explicit_out: the mask of the output when the mask came by the first of `explicit` alone.
        fill: what the output holds at masked steps, by side of the padding; CONTENT for a side that is not listed.
        empty_row: what the output is for a row that is masked whole.
        keeps: what survives of a constant that padded steps hold.
        zero_wins: whether zeros at a step of any one of several inputs make zeros of the output there: a product.
        masked_yields: whether the masked steps of one input leave to the others, unmasked, what the output holds there.
        counts_repeats: whether a summary of the steps changes when the last of them is repeated: a mean, no maximum.
        ranks: the ranks of input it was measured to take, batch included.
        reads: what it takes its input for.
        hides: the value whose steps the created mask hides; None when the layer creates no mask.
        switch: the setting that would make it create a mask (`mask_zero`), "" when there is none.
        inner_mask_out: wrappers: the output's mask when the input's mask covers (outer, inner) steps.
        inner_raises: wrappers: what Keras says to such a mask.
        warns: whether Keras itself warns that the mask is destroyed.
        also: the further outputs, from the second on.
        certain: whether every setting that matters was read; when not, this is what Keras' defaults imply.
        unmeasured: why the row is not measured but kept by hand, "" for measured rows.
        history: which released versions behave otherwise, for messages.
    """

    kind: str
    part: Part
    steps: Steps = Steps.KEPT
    mask_out: MaskOut = MaskOut.NONE
    one_unmasked: MaskOut = MaskOut.NONE
    uses_mask: bool = False
    leaks_unmasked: frozenset[Side] = frozenset()
    leaks_masked: frozenset[Side] = frozenset()
    guards: tuple[int, ...] = ()
    raises: str = ""
    states_hide_mask: bool = False
    explicit: tuple[str, ...] = ()
    explicit_out: MaskOut = MaskOut.NONE
    fill: Mapping[Side, Fill] = field(default_factory=dict)
    empty_row: EmptyRow = EmptyRow.OTHER
    keeps: Keeps = Keeps.NOTHING
    zero_wins: bool = False
    masked_yields: bool = False
    counts_repeats: bool = False
    ranks: tuple[int, ...] = ()
    reads: Reads = Reads.FEATURES
    hides: Setting | None = None
    switch: str = ""
    inner_mask_out: MaskOut = MaskOut.NONE
    inner_raises: str = ""
    warns: bool = False
    also: tuple[OutputFacts, ...] = ()
    certain: bool = True
    unmeasured: str = ""
    history: tuple[str, ...] = ()

    @property
    def mixes_steps(self) -> bool:
        """Say whether a real output can depend on another step at all."""
        return bool(self.leaks_unmasked)

    def output(self, index: int) -> LayerFacts:
        """Give the facts of one of several outputs, counted from 0."""
        if index == 0 or not self.also:
            return self
        one = self.also[min(index, len(self.also)) - 1]
        return replace(
            self,
            steps=one.steps,
            mask_out=one.mask_out,
            leaks_unmasked=one.leaks_unmasked,
            leaks_masked=one.leaks_masked,
        )


@dataclass(frozen=True, slots=True)
class Parameters:
    """The order in which a layer class takes positional arguments.

    Args:
        init: the constructor's parameters, without self.
        call: those of `call`.
        inputs: the tensor parameters of `call`, in the order in which `Node.inputs` holds them.
    """

    init: tuple[str, ...]
    call: tuple[str, ...]
    inputs: tuple[str, ...]

"""What the analysis saw, before a rule page puts it into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Final

from padlint.dataclass import dataclass
from padlint.finding import Confidence, Consumer, Severity, Span, TraceStep
from padlint.flow.lattice import Evidence
from padlint.graph import TensorId


class Kind(StrEnum):
    """Everything that can be observed; the page of a rule names the kind that it reports."""

    UNMASKED_EMBEDDING = "unmasked-embedding"
    UNMASKED_SEQUENCE = "unmasked-sequence"
    MASK_DROPPED = "mask-dropped"
    MASK_NEVER_MATCHES = "mask-never-matches"
    ZERO_IS_A_TOKEN = "zero-is-a-token"  # noqa: S105  # a token of a vocabulary
    MASK_IGNORED = "mask-ignored"
    UNMASKED_ATTENTION = "unmasked-attention"
    POOLED_PADDING = "pooled-padding"
    LAST_STEP_IS_PADDING = "last-step-is-padding"
    CONVOLVED_PADDING = "convolved-padding"
    PADDED_LOSS = "padded-loss"
    LEFT_PADDED_MASK = "left-padded-mask"
    TRUNCATED_FLOATS = "truncated-floats"
    SYNTAX_ERROR = "syntax-error"  # seen by the parser
    UNUSED_IGNORE = "unused-ignore"  # seen where ignores are applied
    UNRESOLVED_MODEL = "unresolved-model"


PLACEHOLDERS: Final = frozenset({"padding", "value", "consumer", "source", "masking", "lost", "reason", "but", "part"})
"""The words that a page's `message` and `help` may use.

padding: the padded steps and who added them; value: what they hold; consumer: who reads them; source: what makes the
mask, or should; masking: what to write so that it does; lost: where it goes wrong; reason: why, as a clause; but: why
the obvious cure is not enough, or ""; part: what of the program was not read whole.
"""


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that was seen, and where its cure goes.

    Args:
        span: where the cure goes: the embedding, else the layer that should have had a mask, else the one that lost it.
        route: from the padding to the last of its readers.
        words: what the page's placeholders stand for; every one of `PLACEHOLDERS` is there.
        cure: the node at `span`; None for what is no node.
        readers: the nodes that read the padding, the first one first.
        evidence: why steps are taken to be padding; None where no padding is needed.
    """

    kind: Kind
    span: Span
    severity: Severity
    confidence: Confidence
    route: tuple[TraceStep, ...] = ()
    consumer: Consumer | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    cure: TensorId | None = None
    readers: tuple[TensorId, ...] = ()
    evidence: Evidence | None = None


def worded(**words: str) -> Mapping[str, str]:
    """Return words for every placeholder, "" for those not given."""
    return {**dict.fromkeys(PLACEHOLDERS, ""), **words}

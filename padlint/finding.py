"""What padlint says: a finding, where it is, and the route that the padding took to it."""

from __future__ import annotations

from enum import StrEnum

from padlint.dataclass import dataclass


class Severity(StrEnum):
    """What a finding costs: chance accuracy (error), results that depend on the batch (warning), advice (note)."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Confidence(StrEnum):
    """How sure the route is: every step resolved, one hop assumed, or no padding seen at all."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


class Role(StrEnum):
    """What a step of a trace shows."""

    PADDING = "padding"
    FEED = "feed"
    SOURCE = "source"
    LOST = "lost"
    CONSUMER = "consumer"


class Family(StrEnum):
    """What kind of layer reads the padded timesteps."""

    RECURRENT = "recurrent"
    ATTENTION = "attention"
    POOLING = "pooling"
    LOSS = "loss"


class Applicability(StrEnum):
    """Whether a fix may be applied unasked (safe), on request (unsafe), or only shown (display)."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a text: 1-based row, 1-based column in code points."""

    row: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a file, or of one notebook cell; `end` is exclusive.

    `path` is as the user will see it. `cell` is the 1-based index over all cells of a notebook, 0 for a plain file.
    """

    path: str
    cell: int
    start: Position
    end: Position


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One labelled place on the route from the padding to the layer that reads it."""

    role: Role
    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Consumer:
    """The layer that reads padded timesteps."""

    layer: str
    family: Family


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text of `span` by `content`."""

    span: Span
    content: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that cure a finding, how safe they are and what they imply."""

    applicability: Applicability
    message: str
    edits: tuple[Edit, ...]


class Verdict(StrEnum):
    """What the dynamic proof said of a finding."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    NOT_REBUILT = "not-rebuilt"


class ArrivedMask(StrEnum):
    """Which mask a consumer was seen to get when it ran."""

    NONE = "none"
    COVERS = "covers"  # it hides the padding, and nothing else
    ALL_TRUE = "all-true"  # there is one, and it hides nothing
    OTHER = "other"  # it hides some padding, or real steps


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The measured verdict on a finding.

    All but the status are `None` where they do not apply.

    Args:
        reason: why it could not be rebuilt, or what else was seen, as a clause.
        leak: the share of the output's gradient that sits on padded timesteps.
        shift: how far the output moves when padding is added.
        token_share: the pad token's share of the embedding's gradient.
        mask: the mask that arrived at the consumer.
        steps: how many steps of padding were added at most.
    """

    status: Verdict
    reason: str | None = None
    leak: float | None = None
    shift: float | None = None
    token_share: float | None = None
    mask: ArrivedMask | None = None
    steps: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where padding leaks, or one thing that padlint could not read.

    `unfixed` says why there is no fix, as a clause, where one was looked for.
    """

    code: str
    name: str
    message: str
    severity: Severity
    confidence: Confidence
    span: Span
    trace: tuple[TraceStep, ...] = ()
    consumer: Consumer | None = None
    help: str | None = None
    fix: Fix | None = None
    unfixed: str = ""
    confirmation: Confirmation | None = None

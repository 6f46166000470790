"""Measure the claims about a model: several seeds, the side that was found or both, and a verdict for each consumer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from typing import assert_never

from padlint.confirm.claim import Claim, Question
from padlint.confirm.frameworks import Framework
from padlint.confirm.losses import loss_share, loss_share_read
from padlint.confirm.part import Part, alone, cut
from padlint.confirm.rebuild import NotRebuilt, rebuild
from padlint.confirm.rebuilt_trial import try_rebuilt
from padlint.confirm.replay import Misfit, RebuiltModel
from padlint.confirm.sequences import plan_inputs
from padlint.confirm.tensors import Truth
from padlint.confirm.trial import SEEDS, SEEDS_FOR_FIGURES, Showing, Trial
from padlint.confirm.weights import randomise
from padlint.dataclass import dataclass
from padlint.finding import ArrivedMask, Confirmation, Verdict
from padlint.graph import ModelGraph, Side, TensorId

_REASONS = {Question.REAL_STEP: "the mask hides real steps that hold token 0"}
_IN_THE_LOSS = "the loss learns from what is said of padded steps"


@dataclass(frozen=True, slots=True)
class Effort:
    """How much to run for a verdict.

    Args:
        seeds: how many weights are drawn before a leak that none of them showed is refuted.
        seeds_for_figures: how many are run at least, for figures; 0 leaves out what only figures need.
    """

    seeds: int = SEEDS
    seeds_for_figures: int = SEEDS_FOR_FIGURES


THOROUGH = Effort()


@dataclass(slots=True)
class Record:
    """What the trials showed of one claim; the figures are of those that showed a leak, if any did.

    Args:
        added: how many steps of padding were added at most.
        reason: what a leak is, where it shows in no figure.
    """

    added: int
    reason: str | None = None
    leaking: list[Figures] = field(default_factory=list)
    silent: list[Figures] = field(default_factory=list)
    mask: ArrivedMask | None = None

    def add(self, showing: Showing, shift: float | None, token_share: float | None) -> None:
        """Add one trial."""
        figures = Figures(showing.leak, shift, token_share)
        self.reason = self.reason or showing.reason
        (self.leaking if showing.leaks else self.silent).append(figures)
        self.mask = self.mask or showing.mask

    def verdict(self) -> Confirmation:
        """Give the verdict: a leak is confirmed by any seed and side."""
        telling = self.leaking or self.silent
        return Confirmation(
            status=Verdict.CONFIRMED if self.leaking else Verdict.REFUTED,
            reason=self.reason if self.leaking else None,
            leak=_mean(figures.leak for figures in telling),
            shift=_mean(figures.shift for figures in telling),
            token_share=_mean(figures.token_share for figures in telling),
            mask=self.mask,
            steps=self.added,
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one trial."""

    leak: float | None
    shift: float | None
    token_share: float | None


def measure(
    framework: Framework, graph: ModelGraph, claims: Sequence[Claim], effort: Effort = THOROUGH
) -> tuple[Confirmation, ...]:
    """Give the verdict on each claim about one model of a graph, in their order.

    Where the program may take several branches, a leak in any that can be rebuilt counts.
    """
    verdicts = [Confirmation(Verdict.NOT_REBUILT, "nothing to measure")] * len(claims)
    for part in cut(graph, _consumers(claims), framework.version):
        undecided = [index for index, verdict in enumerate(verdicts) if verdict.status is not Verdict.CONFIRMED]
        found = _measure_part(framework, graph, part, [claims[index] for index in undecided], effort)
        for index, verdict in zip(undecided, found, strict=True):
            verdicts[index] = max(verdict, verdicts[index], key=_weight)
    return tuple(verdicts)


def _weight(verdict: Confirmation) -> int:
    return (Verdict.NOT_REBUILT, Verdict.REFUTED, Verdict.CONFIRMED).index(verdict.status)


def _consumers(claims: Sequence[Claim]) -> tuple[TensorId, ...]:
    return tuple(consumer for claim in claims for consumer in claim.consumers)


def _measure_part(
    framework: Framework, graph: ModelGraph, part: Part, claims: Sequence[Claim], effort: Effort
) -> tuple[Confirmation, ...]:
    """Measure in one world; when that cannot be rebuilt as a whole, claim by claim without the model's outputs.

    Raises:
        MemoryError: there is not even enough for that.
    """
    if not claims:
        return ()
    try:
        model = rebuild(framework, part, plan_inputs(framework, graph, part))
        return _verdicts(model, graph, claims, effort)
    except (NotRebuilt, Misfit, MemoryError) as why:
        if len(claims) == 1 and not part.outputs:
            if isinstance(why, MemoryError):
                raise
            return (Confirmation(Verdict.NOT_REBUILT, str(why)),)
    return tuple(
        verdict
        for claim in claims
        for verdict in _measure_part(framework, graph, alone(part, claim.consumers), (claim,), effort)
    )


def _verdicts(
    model: RebuiltModel, graph: ModelGraph, claims: Sequence[Claim], effort: Effort
) -> tuple[Confirmation, ...]:
    """Run the trials; a leak has to show whatever masks of unknown meaning mean.

    Raises:
        Misfit: the model cannot run on padded batches.
    """
    if not model.sampler.pads:
        raise Misfit("none of its inputs has steps that could be padded")
    found = [_trials(replace(model, inverted=inverted), graph, claims, effort) for inverted in model.sampler.meanings]
    return tuple(min(verdicts, key=_weight) for verdicts in zip(*found, strict=True))


def _trials(
    model: RebuiltModel, graph: ModelGraph, claims: Sequence[Claim], effort: Effort
) -> tuple[Confirmation, ...]:
    added = model.sampler.most_added
    records = [Record(added, _REASONS.get(claim.question)) for claim in claims]
    zero_tokens = any(claim.question is Question.REAL_STEP for claim in claims)
    real: dict[Side, Mapping[TensorId, Truth]] = {}
    for seed in range(effort.seeds):
        randomise(model.layers, seed)
        for side in model.sampler.sides:
            trial = try_rebuilt(model, side, seed, real.get(side), zero_tokens=zero_tokens)
            real[side] = trial.real
            shift = trial.shift() if seed < effort.seeds_for_figures else None
            for claim, record in zip(claims, records, strict=True):
                showing = _shown(trial, graph, claim)
                moved = shift if trial.outputs else showing.moved
                record.add(showing, None if claim.question is Question.REAL_STEP else moved, trial.token_share())
        if seed + 1 >= effort.seeds_for_figures and all(record.leaking for record in records):
            break
    return tuple(record.verdict() for record in records)


def _shown(trial: Trial, graph: ModelGraph, claim: Claim) -> Showing:
    """Ask at each consumer until one shows a leak."""
    showings = (_shown_at(trial, graph, claim.question, consumer) for consumer in claim.consumers)
    quiet = Showing(leaks=False, leak=0.0)
    for showing in showings:
        if showing.leaks:
            return showing
        quiet = quiet if quiet.mask else showing
    return quiet


def _shown_at(trial: Trial, graph: ModelGraph, question: Question, consumer: TensorId) -> Showing:
    match question:
        case Question.PADDING:
            showing = trial.at(consumer)
            share = 0.0 if showing.leaks else loss_share_read(trial, graph, consumer)
            return replace(showing, leaks=True, leak=share, reason=_IN_THE_LOSS) if share else showing
        case Question.LOSS:
            share = loss_share(trial, graph, consumer)
            return Showing(leaks=share > 0, leak=share)
        case Question.REAL_STEP:
            return Showing(leaks=trial.hides_real_steps(consumer), leak=None)
    assert_never(question)


def _mean(figures: Iterable[float | None]) -> float | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) / len(known) if known else None

"""Measure a model that is there, saved or made by the user's code: each consumer in it that padding may reach."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from padlint.confirm.built_trial import BuiltModel, TappedTrial, try_built
from padlint.confirm.construct import VOCABULARY
from padlint.confirm.frameworks import Framework, LayerObject
from padlint.confirm.measure import Record
from padlint.confirm.messages import Measured
from padlint.confirm.replay import Misfit, misfits, quiet
from padlint.confirm.sequences import FEATURES, InputPlan, Sampler
from padlint.confirm.trial import LEAST_GRADIENT, LEAST_MOVE, SEEDS, SEEDS_FOR_FIGURES, Showing
from padlint.confirm.weights import randomise
from padlint.finding import Position, Span
from padlint.graph import Layer, LayerId, Side, TensorId
from padlint.keras.facts import LayerFacts, Reads
from padlint.keras.layers import Part, layer_facts

STEPS = 9
_SAVED = ".keras"
_READERS = frozenset({Part.RECURRENT, Part.ATTENTION, Part.POOLING})
_OUTPUT = "output"


class Model(LayerObject, Protocol):
    """A Keras model."""

    layers: Sequence[LayerObject]


def loaded(framework: Framework, path: Path) -> Model:
    """Load a saved model in Keras' safe mode, in which no code that the file brings along is run.

    Raises:
        Misfit: it is no `.keras` file, or holds layers that Keras does not know.
    """
    if path.suffix != _SAVED:
        raise Misfit(f"only {_SAVED} files are loaded: Keras has a safe mode for no other format")
    with misfits(framework), quiet():
        model: Model = framework.keras.saving.load_model(path, compile=False, safe_mode=True)
    return model


def made_by(framework: Framework, target: str, folder: Path) -> Model:
    """Import `package.module` and call `function` of `package.module:function` for a model. Runs the user's code.

    Raises:
        Misfit: there is no such function, or it returns no model of this Keras.
    """
    module, _, name = target.partition(":")
    sys.path.insert(0, str(folder))
    with misfits(framework), quiet():
        made = getattr(importlib.import_module(module), name or "build_model")()
    if not isinstance(made, framework.keras.Model):
        raise Misfit(f"{target} returns {type(made).__name__}, which is no model of Keras {framework.version}")
    model: Model = made
    return model


def measure_built(framework: Framework, model: Model, side: Side, value: float | None) -> tuple[Measured, ...]:
    """Measure every consumer, and the model's output, with the model's own weights and then with random ones.

    The figures are of its own weights where those show a leak.

    Args:
        value: what padded features hold; None for what a Masking layer hides, or else 0.

    Raises:
        Misfit: the model cannot run on sequences that were made up for it.
    """
    consumers = tuple({id(layer): layer for layer in _consumers(framework, model)}.values())
    recurrent = frozenset(
        number for number, layer in enumerate(consumers) if _reads_steps(framework, layer, frozenset({Part.RECURRENT}))
    )
    sampler, sources = _sampler(framework, model, side, value), _sources(framework, model)
    built = BuiltModel(framework, model, sampler, consumers, sources, recurrent)
    if not built.sampler.pads:
        raise Misfit("none of its inputs has steps that could be padded")
    added = built.sampler.most_added
    records = {name: (Record(added), Record(added)) for name in (*(each.name for each in consumers), _OUTPUT)}
    for seed in range(SEEDS):
        if seed:
            randomise((model,), seed)
        for one in built.sampler.sides:
            tapped = try_built(built, one, seed)
            shift, token_share = tapped.trial.shift(), tapped.trial.token_share()
            for name, showing in _shown(tapped, consumers):
                records[name][bool(seed)].add(showing, shift, token_share)
        if seed + 1 >= SEEDS_FOR_FIGURES and all(own.leaking or drawn.leaking for own, drawn in records.values()):
            break
    kinds = {consumer.name: type(consumer).__name__ for consumer in consumers}
    return tuple(
        Measured(name, kinds.get(name, type(model).__name__), (own if own.leaking else drawn).verdict())
        for name, (own, drawn) in records.items()
        if own.silent or own.leaking
    )


def _shown(tapped: TappedTrial, consumers: Sequence[LayerObject]) -> Iterator[tuple[str, Showing]]:
    """Yield what a trial showed at each call of a consumer, and at the output."""
    for consumer, number in tapped.layers.items():
        yield consumers[number].name, tapped.trial.at(consumer)
    leak, moved = tapped.trial.share(tapped.trial.outputs), tapped.trial.shift()
    yield _OUTPUT, Showing(leak > LEAST_GRADIENT or (moved or 0) > LEAST_MOVE, leak, moved)


# What is in a model -----------------------------------------------------------------------------------------------


def _consumers(framework: Framework, holder: LayerObject) -> Iterator[LayerObject]:
    """Yield the layers that read steps, each as a whole: not the LSTM inside of a Bidirectional."""
    for layer in _inside(framework, holder):
        if _reads_steps(framework, layer):
            yield layer
        else:
            yield from _consumers(framework, layer)


def _sources(framework: Framework, holder: LayerObject) -> tuple[LayerObject, ...]:
    """Give the embeddings and Masking layers."""
    found = []
    for layer in _inside(framework, holder):
        facts = _facts(framework, layer)
        if facts is not None and facts.part is Part.SOURCE:
            found.append(layer)
        found.extend(_sources(framework, layer))
    return tuple(found)


def _reads_steps(framework: Framework, layer: LayerObject, parts: frozenset[Part] = _READERS) -> bool:
    facts = _facts(framework, layer)
    if facts is not None and facts.part is Part.WRAPPER:
        return any(_reads_steps(framework, inner, parts) for inner in _inside(framework, layer))
    return facts is not None and facts.part in parts


def _inside(framework: Framework, holder: LayerObject) -> Iterator[LayerObject]:
    """Yield the layers directly inside of a layer or model, each once."""
    found = holder._flatten_layers(recursive=False, include_self=False)  # type: ignore[attr-defined]  # noqa: SLF001  # Keras has no public way
    yield from {id(layer): layer for layer in found}.values()


def _facts(framework: Framework, layer: LayerObject) -> LayerFacts | None:
    """Look a layer object up by its class, when that is Keras' own."""
    kind = type(layer).__name__
    if framework.layer_class(kind) is not type(layer):
        return None
    nowhere = Span("", 0, Position(1, 1), Position(1, 1))
    return layer_facts(Layer(LayerId(0), kind, {}, nowhere), framework.version)


# Its inputs -------------------------------------------------------------------------------------------------------


def _sampler(framework: Framework, model: Model, side: Side, value: float | None) -> Sampler:
    """Plan batches for the model's inputs."""
    sources = _sources(framework, model)
    facts = [_facts(framework, layer) for layer in sources]
    looks_up = any(fact is not None and fact.reads is Reads.IDS for fact in facts)
    hidden = [layer.mask_value for layer in sources if hasattr(layer, "mask_value")]
    padding = value if value is not None else float(hidden[0]) if hidden else 0.0
    plans, shapes = [], {}
    for number, shape in enumerate(_input_shapes(model)):
        tensor = TensorId(number)
        ids = looks_up and len(shape) == 1
        plans.append(
            InputPlan(
                tensor=tensor,
                shape=shape,
                ids=ids,
                mask=False,
                rank=len(shape) + 1,
                axes=(1,) if ids or len(shape) > 1 else (),
                side=None if side is Side.UNKNOWN else side,
                value=0 if ids else padding,
            )
        )
        shapes[tensor] = tuple(
            size if size is not None else STEPS if axis == 0 else FEATURES for axis, size in enumerate(shape)
        )
    sizes = [layer.input_dim for layer in sources if hasattr(layer, "input_dim")]
    return Sampler(tuple(plans), shapes, vocabulary=min([VOCABULARY, *sizes]))


def _input_shapes(model: Model) -> tuple[tuple[int | None, ...], ...]:
    """Give the inputs' shapes without the batch; of a subclassed model, those of its first call.

    Raises:
        Misfit: it was never called, so that it has none.
    """
    inputs = getattr(model, "inputs", None)
    if inputs:
        return tuple(tuple(one.shape)[1:] for one in inputs)
    config = model.get_build_config() if hasattr(model, "get_build_config") else None
    match config:
        case {"input_shape": list() | tuple() as shape} if shape and isinstance(shape[0], int | None):
            return ((None, *shape[2:]),)
        case _:
            raise Misfit("it was never called, so its input has no shape yet: call it once before you return it")

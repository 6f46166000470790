"""What the analysis of one graph looks things up in: its nodes, the Keras version, and the rank of every tensor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Final, assert_never

from padlint.dataclass import dataclass
from padlint.finding import Span
from padlint.flow.axes import USUAL_RANK, rank_after
from padlint.flow.lattice import Evidence
from padlint.graph import (
    ApplyOp,
    BoundaryOp,
    Effect,
    EitherOp,
    EnterStepOp,
    ExitStepOp,
    Feed,
    InputOp,
    Known,
    Layer,
    MaskOp,
    Model,
    ModelGraph,
    Node,
    OpaqueOp,
    Padding,
    Plain,
    RawOp,
    TensorId,
    Unresolved,
)
from padlint.keras.layers import LayerFacts, Part, Reads, Steps, layer_variants
from padlint.keras.names import last
from padlint.keras.operations import CONTRACTIONS

DEFAULT_KERAS: Final = 3
PRODUCTS: Final = frozenset({"*", "tf.multiply", "tf.math.multiply", "keras.ops.multiply"})
DIVISIONS: Final = frozenset({"/", "tf.divide", "tf.math.divide", "tf.math.divide_no_nan", "keras.ops.divide"})
SUBTRACTIONS: Final = frozenset({"-", "tf.subtract", "tf.math.subtract", "keras.ops.subtract"})
SUMS: Final = SUBTRACTIONS | {"+", "tf.add", "tf.math.add", "keras.ops.add"}
ADDITIONS: Final = SUMS | {"tf.where", "tf.compat.v1.where", "K.switch", "keras.ops.where"}
TOTALS: Final = frozenset({"sum", "reduce_sum"})
"""What adds up, in whichever library."""
EXPONENTIALS: Final = frozenset({"K.exp", "tf.exp", "tf.math.exp", "keras.ops.exp"})
KERAS: Final = "keras"
ROW_RANK: Final = 2
FEATURES_MADE: Final = ("units", "filters")
"""The settings that say how many features a layer makes of each step."""
_VALUE_BY_VALUE: Final = frozenset(
    {Effect.POINTWISE, Effect.SAME_OBJECT, Effect.EXPAND, Effect.SQUEEZE, Effect.RESHAPE, Effect.TRANSPOSE}
)


@dataclass(frozen=True)
class Program:
    """A model graph and the major version of Keras to judge it by."""

    graph: ModelGraph
    keras: int = DEFAULT_KERAS

    @cached_property
    def nodes(self) -> Mapping[TensorId, Node]:
        """Every node by its tensor."""
        return {node.id: node for node in self.graph.nodes}

    @cached_property
    def readers(self) -> Mapping[TensorId, tuple[Node, ...]]:
        """The nodes that a tensor is an input of, its use as a mask or initial state not counted."""
        found: dict[TensorId, list[Node]] = {}
        for node in self.graph.nodes:
            for tensor in dict.fromkeys(node.inputs):
                found.setdefault(tensor, []).append(node)
        return {tensor: tuple(nodes) for tensor, nodes in found.items()}

    @cached_property
    def applied(self) -> Mapping[Span, tuple[TensorId, ...]]:
        """What each layer makes, by where it is written."""
        found: dict[Span, list[TensorId]] = {}
        for node in self.graph.nodes:
            if isinstance(node.operation, ApplyOp):
                found.setdefault(node.operation.layer.span, []).append(node.id)
        return {span: tuple(tensors) for span, tensors in found.items()}

    def part_with(self, tensors: Iterable[TensorId]) -> ModelGraph:
        """Return those parts of the graph that tensors are in: nothing else in it can have to do with them."""
        parts = {self._parts[tensor] for tensor in tensors}
        graph = self.graph
        models = tuple(model for model in graph.models if any(self._parts[each] in parts for each in tensors_of(model)))
        kept = {model.id for model in models}
        return replace(
            graph,
            nodes=tuple(node for node in graph.nodes if self._parts[node.id] in parts),
            models=models,
            feeds=tuple(feed for feed in graph.feeds if self._parts[feed.tensor] in parts),
            trainings=tuple(training for training in graph.trainings if training.model in kept),
        )

    @cached_property
    def _parts(self) -> Mapping[TensorId, TensorId]:
        """A tensor of the part of the graph that each is in, the same one for all of that part."""
        found: dict[TensorId, TensorId] = {}
        members: dict[TensorId, list[TensorId]] = {}
        for node in self.graph.nodes:
            found[node.id], members[node.id] = node.id, [node.id]
            _unite(found, members, (node.id, *node.reads))
        for model in self.graph.models:
            _unite(found, members, tensors_of(model))
        return found

    def gives(self, evidence: Evidence, tensor: TensorId) -> bool:
        """Say whether padding gets to a tensor by the data that it came with.

        A model that is made of another one, such as what takes its last step to predict from, computes nothing of what
        that one is trained with: it has data of its own, or none was seen.
        """
        feed, owners = evidence.feed, self._owners.get(tensor, frozenset())
        if feed is None or feed.model is None or not owners or feed.model in owners:
            return True
        own = [each.facts for each in self.feeds.get(evidence.tensor, ()) if each.model in owners]
        if not own and feed.span not in self.trainings:
            return True
        return any(evidence.padding in facts.paddings for facts in own)

    @cached_property
    def _owners(self) -> Mapping[TensorId, frozenset[int]]:
        """The models that compute each tensor."""
        found: dict[TensorId, set[int]] = {}
        for model in self.graph.models:
            for tensor in model.outputs:
                found.setdefault(tensor, set()).add(model.id)
        for node in reversed(self.graph.nodes):
            for tensor in node.reads if node.id in found else ():
                found.setdefault(tensor, set()).update(found[node.id])
        return {tensor: frozenset(models) for tensor, models in found.items()}

    @cached_property
    def used(self) -> frozenset[TensorId]:
        """The tensors that anything is made of, masks and initial states counted, and the outputs of models.

        Of a model that is only called, and whose calls were followed, an output that nobody reads is given up.
        """
        read = {tensor for node in self.graph.nodes for tensor in node.reads}
        outputs = (
            model.outputs for model in self.graph.models if model.id in self.run or read.isdisjoint(model.outputs)
        )
        return frozenset(read.union(*outputs))

    @cached_property
    def run(self) -> frozenset[int | None]:
        """The models that are trained or asked as a whole, and not only called."""
        trained = {training.model for training in self.graph.trainings}
        return frozenset(trained | {feed.model for feed in self.graph.feeds if feed.how != "call"})

    @cached_property
    def scores(self) -> frozenset[TensorId]:
        """The tensors that go straight into a softmax over steps, whichever branch is taken."""
        return self._before_softmax(lambda node: isinstance(node.operation, EitherOp))

    @cached_property
    def raw_scores(self) -> frozenset[TensorId]:
        """The tensors of which a softmax over steps is made value by value."""
        return self._before_softmax(self._is_value_by_value)

    def _before_softmax(self, hands_on: Callable[[Node], bool]) -> frozenset[TensorId]:
        found: set[TensorId] = set()
        waiting = [node for node in self.graph.nodes if _is_softmax(node)]
        while waiting:
            for tensor in waiting.pop().inputs:
                if tensor not in found:
                    found.add(tensor)
                    waiting.extend([node] if hands_on(node := self.nodes[tensor]) else [])
        return frozenset(found)

    def _is_value_by_value(self, node: Node) -> bool:
        """Say whether each value of a tensor is made of one value of each input."""
        match node.operation:
            case EitherOp() | BoundaryOp():
                return True
            case RawOp(name=name, effect=effect):
                return effect in _VALUE_BY_VALUE and last(name) not in CONTRACTIONS
            case ApplyOp(layer):
                variants = self.facts(layer)
                is_pointwise = bool(variants) and all(facts.part is Part.POINTWISE for facts in variants)
                return is_pointwise and not any(name in layer.settings for name in FEATURES_MADE)
            case _:
                return False

    @cached_property
    def fixed(self) -> frozenset[TensorId]:
        """The tensors that hold the same for any data of one shape, such as the triangle of a causal mask."""
        found: set[TensorId] = set()
        for node in self.graph.nodes:
            match node.operation:
                case RawOp(effect=Effect.SHAPE):
                    found.add(node.id)
                case RawOp() | EitherOp() if node.inputs and found.issuperset(node.inputs):
                    found.add(node.id)
                case _:
                    pass
        return frozenset(found)

    @cached_property
    def softmaxes(self) -> Mapping[TensorId, TensorId]:
        """Softmaxes written out, `e / sum(e)`: the division by the sum."""
        found: dict[TensorId, TensorId] = {}
        for node in self.graph.nodes:
            match node.operation:
                case RawOp(name) if name in DIVISIONS and len(node.inputs) == 2:
                    total = self._reduced(node.inputs[1])
                    if total is not None and total.inputs[:1] == node.inputs[:1] and _is_total(total):
                        found[total.id] = node.id
                case _:
                    pass
        return found

    @cached_property
    def normalised(self) -> frozenset[TensorId]:
        """The tensors that are divided by their sum over steps."""
        return frozenset(self.nodes[total].inputs[0] for total in self.softmaxes)

    @cached_property
    def cancelled(self) -> frozenset[TensorId]:
        """What is taken from all scores of a softmax that is written out: the division takes it out again."""
        taken = (self._subtracted(exponential) for tensor in self.normalised for exponential in self._powers(tensor))
        return frozenset(node.id for node in taken if node is not None)

    def _powers(self, tensor: TensorId) -> Iterator[Node]:
        """Yield the exponentials that weights are, whatever they were multiplied with since."""
        waiting, seen = [tensor], {tensor}
        while waiting:
            node = self.nodes[waiting.pop()]
            match node.operation:
                case RawOp(name) if name in EXPONENTIALS:
                    yield node
                case RawOp(effect=Effect.POINTWISE | Effect.SAME_OBJECT) | EitherOp():
                    waiting.extend(each for each in node.inputs if each not in seen)
                    seen.update(node.inputs)
                case _:
                    pass

    def _subtracted(self, exponential: Node) -> Node | None:
        """Return what was worked out over all steps and is taken away in an exponent."""
        for exponent in map(self.nodes.__getitem__, exponential.inputs[:1]):
            match exponent.operation:
                case RawOp(name) if name in SUBTRACTIONS and len(exponent.inputs) == 2:
                    return self._reduced(exponent.inputs[1])
                case _:
                    pass
        return None

    def _reduced(self, tensor: TensorId) -> Node | None:
        """Return what was worked out over all steps, behind what only shapes it and keeps it from zero."""
        node = self.nodes[tensor]
        if len(node.inputs) != 1:
            return None
        match node.operation:
            case RawOp(effect=Effect.REDUCE_STEPS):
                return node
            case RawOp(effect=Effect.POINTWISE | Effect.EXPAND | Effect.RESHAPE | Effect.SAME_OBJECT):
                return self._reduced(node.inputs[0])
            case ApplyOp(layer) if all(facts.part is Part.SHAPE for facts in self.facts(layer)):
                return self._reduced(node.inputs[0])
            case _:
                return None

    @cached_property
    def feeds(self) -> Mapping[TensorId, tuple[Feed, ...]]:
        """The data bound to each tensor."""
        found: dict[TensorId, list[Feed]] = {}
        for feed in self.graph.feeds:
            found.setdefault(feed.tensor, []).append(feed)
        return {tensor: tuple(feeds) for tensor, feeds in found.items()}

    @cached_property
    def trainings(self) -> frozenset[Span]:
        """Where the calls are written that train a model."""
        return frozenset(training.span for training in self.graph.trainings)

    def feeds_behind(self, node: Node) -> tuple[Feed, ...]:
        """Return the data that a node's inputs are computed from, whatever was done to it."""
        places = {place for tensor in node.inputs for place in self._behind.get(tensor, ())}
        return tuple(self.graph.feeds[place] for place in sorted(places))

    @cached_property
    def _behind(self) -> Mapping[TensorId, frozenset[int]]:
        """The feeds that each tensor is computed from, by their places; a tensor comes before what uses it."""
        found: dict[TensorId, frozenset[int]] = {}
        bound: dict[TensorId, set[int]] = {}
        for place, feed in enumerate(self.graph.feeds):
            bound.setdefault(feed.tensor, set()).add(place)
        for node in self.graph.nodes:
            inherited = (place for each in node.inputs for place in found.get(each, ()))
            found[node.id] = frozenset((*bound.get(node.id, ()), *inherited))
        return found

    @cached_property
    def followed(self) -> frozenset[Span]:
        """Where the padding is written that was followed to some model, and that model was read."""
        unread = {model.id for model in self.graph.models if model.unresolved}
        feeds = [feed for feed in self.graph.feeds if feed.model not in unread and feed.tensor in self.readers]
        return frozenset(padding.span for feed in feeds for padding in feed.facts.paddings)

    def import_distances(self, path: str) -> Mapping[str, int]:
        """Return over how many imports each file is linked with one, in either direction."""
        known = self._distances.get(path)
        if known is None:
            known = self._distances[path] = _distances_from(path, self._imports)
        return known

    @cached_property
    def _distances(self) -> dict[str, Mapping[str, int]]:
        return {}

    @cached_property
    def _imports(self) -> Mapping[str, set[str]]:
        """The files that each file imports or is imported by."""
        linked: dict[str, set[str]] = {}
        for importer, targets in self.graph.imports.items():
            for target in targets:
                linked.setdefault(importer, set()).add(target)
                linked.setdefault(target, set()).add(importer)
        return linked

    @cached_property
    def paddings(self) -> Mapping[Span, Padding]:
        """Every padding by where it is written: so a layer that pads (`TextVectorization`) is known."""
        return {padding.span: padding for padding in self.graph.paddings}

    def facts(self, layer: Layer) -> tuple[LayerFacts, ...]:
        """Return all that a layer of Keras may do, the usual first; nothing for the project's own and foreign ones.

        A class of the project may have the name of one of Keras' own, and a wrapper does what it wraps does.
        """
        if id(layer) not in self._facts:
            self._facts[id(layer)] = layer, _facts(layer, self.keras)
        return self._facts[id(layer)][1]

    @cached_property
    def _facts(self) -> dict[int, tuple[Layer, tuple[LayerFacts, ...]]]:
        """What was asked before, by identity; the layer is kept, so that its identity stays its own."""
        return {}

    @cached_property
    def single(self) -> frozenset[TensorId]:
        """The tensors with one feature a step: scores, which may be flattened without mixing steps."""
        found: set[TensorId] = set()
        for node in self.graph.nodes:
            if _has_one_feature(node, found, self):
                found.add(node.id)
        return frozenset(found)

    @cached_property
    def rows(self) -> frozenset[TensorId]:
        """The tensors that are one row a sample: every axis between the batch and the last is one entry long."""
        found: set[TensorId] = set()
        for node in self.graph.nodes:
            if self.ranks[node.id] == ROW_RANK or _is_one_row(node, found, self):
                found.add(node.id)
        return frozenset(found)

    @cached_property
    def ranks(self) -> Mapping[TensorId, int | None]:
        """The number of axes of every tensor with the batch, None where it could not be read."""
        ranks: dict[TensorId, int | None] = {}
        for node in self.graph.nodes:
            ranks[node.id] = _rank(node, ranks, self)
        return ranks


def _unite(
    part: dict[TensorId, TensorId], members: dict[TensorId, list[TensorId]], tensors: Iterable[TensorId]
) -> None:
    """Make one part of those that tensors are in."""
    smaller = sorted({part[tensor] for tensor in tensors}, key=lambda each: len(members[each]))
    for each in smaller[:-1]:
        moved = members.pop(each)
        part.update(dict.fromkeys(moved, smaller[-1]))
        members[smaller[-1]] += moved


def tensors_of(model: Model) -> tuple[TensorId, ...]:
    """Return the tensors that go into a model and come out of it."""
    return (*model.inputs, *model.outputs)


def _is_softmax(node: Node) -> bool:
    match node.operation:
        case RawOp(effect=Effect.SOFTMAX_STEPS):
            return True
        case _:
            return False


def _is_total(node: Node) -> bool:
    return isinstance(node.operation, RawOp) and last(node.operation.name) in TOTALS


def _facts(layer: Layer, keras: int) -> tuple[LayerFacts, ...]:
    if layer.origin != KERAS and layer.declared is None:
        return ()
    variants = layer_variants(layer, keras)
    unread = layer.inner is None and any(facts.part is Part.WRAPPER for facts in variants)
    return () if unread else variants


def _distances_from(path: str, linked: Mapping[str, set[str]]) -> Mapping[str, int]:
    distances = {path: 0}
    waiting = [path]
    for here in waiting:
        for there in sorted(linked.get(here, ())):
            if there not in distances:
                distances[there] = distances[here] + 1
                waiting.append(there)
    return distances


def _rank(node: Node, ranks: Mapping[TensorId, int | None], program: Program) -> int | None:
    """Work out the rank of one tensor from those before it."""
    inputs = [ranks[tensor] for tensor in node.inputs]
    first = inputs[0] if inputs else None
    match node.operation:
        case InputOp(shape):
            fed = {feed.facts.rank for feed in program.feeds.get(node.id, ())} - {None}
            return len(shape) + 1 if shape else fed.pop() if len(fed) == 1 else None
        case ApplyOp(layer) if len(inputs) == 2 and "axes" in layer.settings and None not in inputs:
            return max(sum(rank for rank in inputs if rank) - 3, 2)
        case ApplyOp(layer, output=output):
            return _rank_after_layer(layer, output, first, program)
        case RawOp() as op:
            return rank_after(op, tuple(inputs))
        case EitherOp():
            known = set(inputs) - {None}
            return known.pop() if len(known) == 1 else None
        case BoundaryOp():
            return first
        case EnterStepOp():
            return first - 1 if first else None
        case ExitStepOp():
            return first + 1 if first else None
        case MaskOp() | OpaqueOp():
            return None
    assert_never(node.operation)


def _has_one_feature(node: Node, single: set[TensorId], program: Program) -> bool:
    """Say whether the last axis of a tensor is one entry long."""
    match node.operation:
        case ApplyOp(layer):
            inner = layer
            while inner.inner is not None:
                inner = inner.inner
            made = {inner.settings.get(name) for name in FEATURES_MADE} - {None}
            kept = all(facts.part in {Part.POINTWISE, Part.MERGE} for facts in program.facts(inner))
            return made == {Known(1)} if made else kept and bool(node.inputs) and single.issuperset(node.inputs)
        case RawOp(effect=Effect.POINTWISE | Effect.SAME_OBJECT) | EitherOp():
            return bool(node.inputs) and single.issuperset(node.inputs)
        case RawOp(effect=Effect.EXPAND, axis=-1):
            return True
        case _:
            return False


def _is_one_row(node: Node, rows: set[TensorId], program: Program) -> bool:
    """Say whether all but the last axis of a tensor of more than two are one entry long."""
    match node.operation:
        case InputOp(shape=(*outer, _)):
            return set(outer) == {1}
        case ApplyOp(layer) if (shape := target_shape(layer)) is not None:
            return set(shape[:-1]) == {1}
        case ApplyOp(layer):
            kept = all(facts.part is Part.POINTWISE for facts in program.facts(layer))
            return kept and bool(node.inputs) and rows.issuperset(node.inputs)
        case RawOp(effect=Effect.POINTWISE | Effect.SAME_OBJECT) | EitherOp():
            return bool(node.inputs) and rows.issuperset(node.inputs)
        case _:
            return False


def _rank_after_layer(layer: Layer, output: int, rank: int | None, program: Program) -> int | None:
    shape = target_shape(layer)
    if shape is not None:
        return len(shape) + 1
    variants = program.facts(layer)
    if not variants:
        return None
    facts = variants[0]
    match facts.output(output).steps, facts.reads:
        case Steps.GONE, _:
            return 2
        case Steps.MADE, Reads.TEXT:
            return 2
        case Steps.MADE, _:
            return rank + 1 if rank else USUAL_RANK
        case _, Reads.IDS:
            return rank + 1 if rank else None
        case _:
            return rank


def target_shape(layer: Layer) -> tuple[Plain, ...] | None:
    """Return what `Reshape` reshapes to, without the batch; None for a length that was not read, and for no shape."""
    match layer.settings.get("target_shape"):
        case Known(tuple() as shape):
            return shape
        case Unresolved(entries=(_, *_) as entries):
            return entries
        case _:
            return None

"""The model graph while it is being built: nodes are only ever added, in the order in which the program runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field, replace

from padlint.dataclass import dataclass
from padlint.finding import Span
from padlint.graph import (
    ApplyOp,
    BoundaryOp,
    DataFacts,
    Effect,
    EitherOp,
    EnterStepOp,
    ExitStepOp,
    Feed,
    InputOp,
    Layer,
    LayerId,
    MaskOp,
    Narrowing,
    Node,
    OpaqueOp,
    Operation,
    Padding,
    RawOp,
    TensorId,
    Training,
    Within,
)
from padlint.keras.layers import MaskOut, masks_made
from padlint.python.heap import Store
from padlint.python.values import Constant, Value, alternatives

# What a node costs of the steps of a file, for padding is followed through it later, and each of its inputs is then
# compared with all the others. Models in models can double with each level: the deeper a node, the more it costs.
NODE_STEPS = 24
PAIRS_A_STEP = 16
CUBED_LEVELS_A_STEP = 16


def _free(steps: int) -> None:
    """Take no steps: of a graph that no program makes there is no end to fear."""


@dataclass(slots=True)
class GraphBuilder:
    """Collects nodes, feeds and evidence of padding.

    `keras` is the major version for which layers are read, and `spend` takes the steps that a node costs. `objects`
    holds the program's object for each layer, `lengths` the source texts of an input's lengths, and `extents` how long
    the rows of an input are that has no other axis. `entered` holds, for each value that came in as a tensor without
    being one, the value itself (so that its identity lasts) and its tensor. `within` holds the calls of the project's
    own layers that are being followed. `members` holds, for each input that may be a list or dict of tensors for all
    that is known, those that it was taken apart into. `stand_ins` holds, for an input of a model, those that are in its
    place where the program takes another branch. `handed_in` holds the inputs of layers that nothing in the program
    calls, and `unmasked` the tensors that code went by having no mask, by the call that it was run in. `named` holds
    the models with a name of their own that are parts of others. `versions` counts what speaks for each major version.
    `masked` holds, for each tensor that the program itself has put a mask on, the tensor that has it; `eithers`
    holds what is one of several of these.
    """

    keras: int = 3
    nodes: list[Node] = field(default_factory=list)
    feeds: list[Feed] = field(default_factory=list)
    trainings: list[Training] = field(default_factory=list)
    paddings: dict[Span, Padding] = field(default_factory=dict)
    picked: set[Span] = field(default_factory=set)
    narrowings: dict[Span, Narrowing] = field(default_factory=dict)
    layers: int = 0
    spend: Callable[[int], None] = _free
    objects: dict[LayerId, Value] = field(default_factory=dict)
    lengths: dict[TensorId, list[str]] = field(default_factory=dict)
    extents: dict[TensorId, tuple[Value, ...]] = field(default_factory=dict)
    entered: dict[int, tuple[Value, TensorId]] = field(default_factory=dict)
    within: tuple[Within, ...] = ()
    members: dict[TensorId, dict[int | str, TensorId]] = field(default_factory=dict)
    stand_ins: dict[TensorId, tuple[TensorId, ...]] = field(default_factory=dict)
    handed_in: set[TensorId] = field(default_factory=set)
    unmasked: dict[Within, set[TensorId]] = field(default_factory=dict)
    named: dict[str, Value] = field(default_factory=dict)
    versions: Counter[int] = field(default_factory=Counter)
    masked: Store = field(default_factory=Store)
    eithers: dict[tuple[TensorId, ...], TensorId] = field(default_factory=dict)

    def layer_id(self) -> LayerId:
        """Return a number for a new layer object."""
        self.layers += 1
        return LayerId(self.layers)

    def add(
        self, operation: Operation, inputs: Iterable[TensorId], span: Span, within: tuple[Within, ...] = ()
    ) -> TensorId:
        """Add a node; its inputs are there already."""
        number, read = TensorId(len(self.nodes)), tuple(inputs)
        around = (*self.within, *within)
        self.spend(NODE_STEPS + len(read) ** 2 // PAIRS_A_STEP + len(around) ** 3 // CUBED_LEVELS_A_STEP)
        self.nodes.append(Node(number, operation, read, span, around))
        return number

    @contextmanager
    def inside(self, code: Within) -> Iterator[None]:
        """Say of all nodes added meanwhile what code they are written in."""
        outside = self.within
        self.within = (*outside, code)
        try:
            yield
        finally:
            self.within = outside

    def node(self, tensor: TensorId) -> Node:
        """Return how a tensor came to be."""
        return self.nodes[tensor]

    def feed(self, tensor: TensorId, facts: DataFacts, how: str, span: Span, model: int | None = None) -> None:
        """Bind data to an input."""
        found = Feed(tensor, facts, how, span, model)
        if found not in self.feeds[-64:]:
            self.feeds.append(found)

    def entrance(self, span: Span) -> TensorId:
        """Add an input whose structure is found out by how the program takes it apart."""
        tensor = self.add(InputOp(), (), span)
        self.members[tensor] = {}
        return tensor

    def member(self, entrance: TensorId, key: int | str, span: Span) -> TensorId:
        """Return one of the tensors that an entrance is a list or dict of."""
        members = self.members[entrance]
        if key not in members:
            members[key] = self.add(InputOp(name=key if isinstance(key, str) else ""), (), span)
        return members[key]

    def inputs_of(self, entrance: TensorId) -> list[TensorId]:
        """Return the inputs that an entrance turned out to be: its members in order, or itself."""
        members = self.members.get(entrance, {})
        return [members[key] for key in sorted(members, key=_by_position)] or [entrance]

    def as_masked(self, tensor: TensorId) -> TensorId:
        """Return a tensor with the mask that the program has put on it; itself where it has put on none."""
        if tensor not in self.masked.slots:
            return tensor
        return self._either(_masked_as(each, tensor) for each in alternatives(self.masked.read(tensor)))

    def is_none(self, mask: TensorId) -> bool:
        """Say whether a mask that was asked for is None, since no mask can be where it was asked for."""
        match self.nodes[mask]:
            case Node(operation=MaskOp(layer=None), inputs=(masked, *_)) if self.is_unmasked(masked):
                self.decide_unmasked(masked)
                return True
            case Node(operation=MaskOp(layer=Layer() as layer)):
                return self.nodes[mask].inputs != () and masks_made(layer) == {MaskOut.NONE}
            case _:
                return False

    def is_unmasked(self, tensor: TensorId) -> bool:
        """Say whether no mask can be on a tensor: an input of a model has none, nor has what is computed of it alone.

        A layer may make one, or else has none for what has none; some have none whatever they are called on.
        """
        waiting, seen = [tensor], {tensor}
        while waiting:
            node = self.nodes[waiting.pop()]
            match node.operation:
                case InputOp() if node.id not in self.handed_in:
                    pass
                case RawOp(effect=Effect.MASKED) if len(node.inputs) == 1:
                    pass
                case ApplyOp(layer=layer, mask=None, output=output) if masks_made(layer, output) == {MaskOut.NONE}:
                    pass
                case operation if node.inputs and _has_masks_of_inputs(operation):
                    waiting.extend(each for each in node.inputs if each not in seen)
                    seen.update(node.inputs)
                case _:
                    return False
        return True

    def _either(self, tensors: Iterable[TensorId]) -> TensorId:
        """Return the tensor that is one of several, the same one each time."""
        options = tuple(dict.fromkeys(tensors))
        if len(options) > 1 and options not in self.eithers:
            self.eithers[options] = self.add(EitherOp(), options, self.nodes[options[0]].span)
        return self.eithers.get(options, options[0])

    def decide_unmasked(self, tensor: TensorId) -> None:
        """Note that the code that is being followed went by a tensor having no mask."""
        for code in self.within[-1:]:
            self.unmasked.setdefault(code, set()).add(tensor)

    def either_of(self, tensor: TensorId) -> list[TensorId]:
        """Return the tensors one of which a tensor is: itself, unless the branch that the program takes decides."""
        node = self.nodes[tensor]
        match node.operation:
            case EitherOp():
                return list(dict.fromkeys(one for option in node.inputs for one in self.either_of(option)))
            case RawOp(effect=Effect.MASKED):
                return self.either_of(node.inputs[0])
            case _:
                return [tensor]

    def layers_of(self, outputs: Iterable[TensorId]) -> list[Value]:
        """Return the layer objects that outputs are computed by, in the order in which they were applied."""
        found: dict[LayerId, Value] = {}
        for tensor in sorted(self.ancestors(outputs)):
            match self.nodes[tensor].operation:
                case ApplyOp(layer=layer) | BoundaryOp(layer=layer) | ExitStepOp(layer=layer) if (
                    layer.id in self.objects
                ):
                    found[layer.id] = self.objects[layer.id]
                case _:
                    pass
        return list(found.values())

    def ancestors(self, outputs: Iterable[TensorId]) -> set[TensorId]:
        """Return the tensors that outputs are computed from, themselves included."""
        found: set[TensorId] = set()
        waiting = list(outputs)
        while waiting:
            tensor = waiting.pop()
            if tensor not in found:
                found.add(tensor)
                waiting.extend(self.nodes[tensor].reads)
        return found

    def replay(self, outputs: Sequence[TensorId], given: Mapping[TensorId, TensorId]) -> list[TensorId]:
        """Apply what leads from some tensors to outputs once more, to other tensors: a model called on new inputs."""
        copies: dict[TensorId, TensorId] = dict(given)
        for tensor in sorted(self.ancestors(outputs)):
            node = self.nodes[tensor]
            if tensor in copies or not any(copies.get(source, source) != source for source in node.reads):
                continue
            inputs = [copies.get(source, source) for source in node.inputs]
            copies[tensor] = self.add(self._again(node, copies), inputs, node.span, node.within)
        for tensors in self.unmasked.values():
            tensors.update([copies[tensor] for tensor in tensors if tensor in copies])
        return [copies.get(output, output) for output in outputs]

    def _again(self, node: Node, copies: Mapping[TensorId, TensorId]) -> Operation:
        """Return what a node does to other tensors: nobody knows, where its code would not have run with a mask."""
        without = {tensor for code in node.within for tensor in self.unmasked.get(code, ())} if self.unmasked else ()
        if all(self.is_unmasked(copies.get(tensor, tensor)) for tensor in without):
            return _redirected(node.operation, copies)
        return OpaqueOp(f"`{node.within[-1].name}` goes by whether a mask is there")


def _masked_as(held: Value, tensor: TensorId) -> TensorId:
    """Return a tensor with the mask that was put on it in one branch, itself where none was."""
    match held:
        case Constant(int(masked)):
            return TensorId(masked)
        case _:
            return tensor


def _has_masks_of_inputs(operation: Operation) -> bool:
    """Say whether an operation has no mask for inputs without one."""
    match operation:
        case ApplyOp(layer=layer, mask=None, output=output):
            made = masks_made(layer, output)
            return bool(made) and MaskOut.CREATED not in made
        case RawOp(effect=effect):
            return effect is not Effect.MASKED
        case _:
            return isinstance(operation, EitherOp | EnterStepOp)


def _by_position(key: int | str) -> int:
    return key if isinstance(key, int) else 0


def _redirected(operation: Operation, copies: Mapping[TensorId, TensorId]) -> Operation:
    match operation:
        case ApplyOp(mask=mask, states=states):
            moved = tuple(copies.get(state, state) for state in states)
            return replace(operation, mask=copies.get(mask, mask) if mask is not None else None, states=moved)
        case BoundaryOp(mask=mask) if mask is not None:
            return replace(operation, mask=copies.get(mask, mask))
    return operation

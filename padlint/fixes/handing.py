"""Hand a mask over by hand: take it where it is made, and pass it with `mask=` to the layers that it does not reach."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import libcst as cst

from padlint.finding import Edit
from padlint.fixes import edits
from padlint.fixes.tree import CannotFix, SyntaxTree, Trees
from padlint.fixes.way import (
    STEPS_OF_FEATURES,
    applied,
    is_given_mask,
    is_in_a_row,
    keeps_steps,
    nodes_between,
    outer_nodes_between,
    turns_steps,
    works_within_steps,
)
from padlint.flow.route import name_of
from padlint.flow.solve import Solution
from padlint.graph import InputOp, Node, TensorId
from padlint.keras.facts import MASK

_ELSEWHERE: Final = (
    "`{}` moves or mixes the steps, so no mask from before it fits behind it; "
    "batches in which all sequences are of one length need none"
)


def handed_over(origin: TensorId, readers: Sequence[Node], trees: Trees, solution: Solution) -> Iterator[Edit]:
    """Yield the edits that give the mask made at `origin` to layers behind it.

    Raises:
        CannotFix: the mask does not fit there, or the layers are out of reach.
    """
    source = solution.program.nodes[origin]
    for reader in readers:
        check_fit(source, reader, readers, solution)
    if is_in_a_row(source) or any(is_in_a_row(reader) for reader in readers):
        raise CannotFix("a `Sequential` has no place to hand a mask over")
    tree = trees.at(source.span)
    made = tree.at(source.span, cst.Call)
    name = trees.new_name(MASK, source.span)
    yield from _taken(trees, source, name)
    for reader in readers:
        yield from given(tree, trees, tree.statement(made), reader, name, solution)


def is_passed_to_class(origin: TensorId, lost: Node, readers: Sequence[Node], solution: Solution) -> bool:
    """Say whether a mask made at `origin` gets to a layer of the project, in whose own code it is then lost."""
    around = lost.within
    own = bool(around) and around[-1].custom is not None and not around[-1].custom.model
    return own and solution.program.nodes[origin].within != around and all(each.within == around for each in readers)


def handed_on(origin: TensorId, readers: Sequence[Node], trees: Trees, solution: Solution) -> Iterator[Edit]:
    """Yield the edits that hand on, in the `call` of a class, the mask that Keras passes to it.

    Raises:
        CannotFix: the `call` does not take it, or it does not fit there.
    """
    for reader in readers:
        check_fit(solution.program.nodes[origin], reader, readers, solution)
        tree = trees.at(reader.span)
        called = tree.at(reader.span, cst.Call)
        method = tree.closest(called, cst.FunctionDef)
        names = {each.name.value for each in tree.parameters(method)} if method is not None else set()
        if MASK not in names:
            name = reader.within[-1].name
            raise CannotFix(f"`call` of `{name}` has to take the mask, `{MASK}=None`, and hand it on: `{MASK}={MASK}`")
        written = edits.argument(called, MASK)
        if written is not None:
            yield edits.replaced(tree, written.value, MASK)
        else:
            yield from edits.with_argument(tree, called, MASK, MASK)


def check_fit(source: Node, reader: Node, masked: Sequence[Node], solution: Solution) -> None:
    """Make sure that the steps which a layer reads are those that the mask is about, each made of no other."""
    program = solution.program
    # A mask of (batch, steps) is one of the outer steps, and what is done within these cannot change which they are.
    of_outer_steps = isinstance(source.operation, InputOp) or program.ranks[source.id] == STEPS_OF_FEATURES
    between = outer_nodes_between if of_outer_steps else nodes_between
    for node in between(source.id, reader, solution).values():
        is_kept = (
            node in masked
            or keeps_steps(node, program)
            or is_given_mask(node, program)
            or (of_outer_steps and works_within_steps(node, program))
        )
        if turns_steps(node, program) or not is_kept:
            raise CannotFix(_ELSEWHERE.format(name_of(node)))


def _taken(trees: Trees, source: Node, name: str) -> Iterator[Edit]:
    """Give the mask a name, in a line before the one that makes it."""
    tree = trees.at(source.span)
    called = tree.at(source.span, cst.Call)
    read = called.args[0].value if called.args else None
    if read is None or not _is_plain(read):
        raise CannotFix("what the mask is made from has no name there")
    line = tree.statement(called)
    if isinstance(called.func, cst.Call):
        layer = trees.new_name(applied(source).kind.lower(), applied(source).span)
        yield from edits.named_before(
            tree, line, called.func, layer, f"{name} = {layer}.compute_mask({tree.text(read)})"
        )
    else:
        yield edits.line_before(tree, line, f"{name} = {tree.text(called.func)}.compute_mask({tree.text(read)})")


def _is_plain(expression: cst.BaseExpression) -> bool:
    """Say whether an expression can be written twice."""
    match expression:
        case cst.Name():
            return True
        case cst.Attribute(value=value):
            return _is_plain(value)
        case _:
            return False


def given(
    tree: SyntaxTree, trees: Trees, line: cst.CSTNode, reader: Node, name: str, solution: Solution
) -> Iterator[Edit]:
    """Pass the mask in the call of one layer."""
    calling = trees.at(reader.span)
    called = calling.at(reader.span, cst.Call)
    parameter = parameter_for_mask(reader, solution)
    if edits.argument(called, parameter) is not None:
        raise CannotFix(f"the call has a `{parameter}` already")
    if not _sees(calling, called, tree, line):
        raise CannotFix("the mask is made where the call of the layer cannot see it")
    yield from edits.with_argument(tree, called, parameter, name)


def parameter_for_mask(reader: Node, solution: Solution) -> str:
    """Return the parameter of a layer's call that takes a mask.

    Raises:
        CannotFix: it has none.
    """
    parameters = {facts.explicit[:1] for facts in solution.program.facts(applied(reader))}
    if len(parameters) != 1 or parameters == {()}:
        raise CannotFix("the layer takes no mask in its call")
    ((parameter,),) = parameters
    return parameter


def _sees(calling: SyntaxTree, called: cst.Call, tree: SyntaxTree, line: cst.CSTNode) -> bool:
    """Say whether a name that is set just before a line is known, and still the same, where a call is."""
    if calling is tree:
        is_later = line in tree.ancestors(called) or tree.stands_after(called, line)
        return is_later and tree.scope(called) is tree.scope(line)
    at_top = all(isinstance(scope, cst.Module) for scope in (tree.block(line), calling.scope(called)))
    return at_top and calling.path == tree.path and calling.cell > tree.cell

"""Turn on a layer's switch that makes it create a mask, wherever the program sets it."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from padlint.finding import Edit, Fix
from padlint.fixes import edits
from padlint.fixes.scene import unsafe
from padlint.fixes.tree import CannotFix, SyntaxTree, Trees
from padlint.fixes.way import applied
from padlint.flow.layers import layer_name
from padlint.flow.solve import Solution
from padlint.graph import ApplyOp, Layer, Node
from padlint.keras.declared import kind_of
from padlint.keras.layers import parameters

_ON = "True"
_OFF = frozenset({"False", "None", "0"})


def switches_of(node: Node, solution: Solution) -> frozenset[str]:
    """Name the switches that make the layer of a node create a mask."""
    match node.operation:
        case ApplyOp(layer):
            return frozenset(facts.switch for facts in solution.program.facts(layer) if facts.switch)
        case _:
            return frozenset()


def switched(node: Node, solution: Solution, trees: Trees) -> Fix:
    """Return the fix that turns the switch of a node's layer on.

    Raises:
        CannotFix: it has none, or what that is set to comes from where it cannot be told.
    """
    layer = applied(node)
    switches = switches_of(node, solution)
    if len(switches) != 1:
        raise CannotFix(f"`{layer_name(layer)}` can make no mask by itself")
    (switch,) = switches
    found = _switched_on(layer, switch, solution.program.keras, trees)
    return unsafe(f"set `{switch}=True` on `{layer_name(layer)}`; id 0 is then for padding alone", *found)


def _switched_on(layer: Layer, switch: str, keras: int, trees: Trees) -> Iterator[Edit]:
    tree = trees.at(layer.span)
    made = tree.at(layer.span, cst.Call)
    known = parameters(kind_of(layer), keras)
    position = known.init.index(switch) if known is not None and switch in known.init else None
    given = edits.argument(made, switch, position)
    if given is not None:
        yield edits.replaced(tree, _origin(tree, given.value), _ON)
    elif switch in layer.settings:
        yield edits.replaced(tree, _entry(tree, switch), _ON)
    else:
        yield from edits.with_argument(tree, made, switch, _ON)


def _origin(tree: SyntaxTree, value: cst.BaseExpression) -> cst.BaseExpression:
    """Return the literal that a switch is set to, through the one name that it may go by."""
    if tree.text(value) in _OFF:
        return value
    match value:
        case cst.Name(value=name):
            found = [*_values_of(tree, value, name)]
            if len(found) == 1 and tree.text(found[0]) in _OFF:
                return found[0]
        case _:
            pass
    raise CannotFix(f"it is `{tree.text(value)}` that decides")


def _values_of(tree: SyntaxTree, read: cst.Name, name: str) -> Iterator[cst.BaseExpression]:
    """Yield what a name is given where it is read: the default of a parameter, or what is assigned to it."""
    scope = tree.scope(read)
    while isinstance(scope, cst.FunctionDef):
        own = [each for each in tree.parameters(scope) if each.name.value == name]
        if own:
            yield from (each.default for each in own if each.default is not None)
            return
        scope = tree.scope(scope)
    for node in tree.every(cst.Assign):
        match node:
            case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=target))], value=value) if target == name:
                yield value
            case _:
                pass


def _entry(tree: SyntaxTree, name: str) -> cst.BaseExpression:
    """Return the literal in the one dict of the file that sets a name, for a call that gets it with `**`."""
    found = [*_entries(tree, name)]
    if len(found) == 1 and tree.text(found[0]) in _OFF:
        return found[0]
    raise CannotFix("its arguments are put together in a way that was not followed")


def _entries(tree: SyntaxTree, name: str) -> Iterator[cst.BaseExpression]:
    for entry in tree.every(cst.DictElement):
        if isinstance(entry.key, cst.SimpleString) and entry.key.evaluated_value == name:
            yield entry.value
    for argument in tree.every(cst.Arg):
        if argument.keyword is not None and argument.keyword.value == name:
            yield argument.value

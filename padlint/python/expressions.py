"""Expressions to abstract values."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar, cast

import libcst as cst

from padlint.dataclass import dataclass
from padlint.python import entries, formats, functions, iteration, lookup, targets
from padlint.python.arithmetic import arithmetic, compare
from padlint.python.budget import MOST_NESTING, MOST_TEXT
from padlint.python.heap import Store
from padlint.python.joins import join, join_all
from padlint.python.narrowing import holding, learn, remembered
from padlint.python.overlay import GIVING
from padlint.python.scope import Scope, ScopeKind
from padlint.python.truth import truth
from padlint.python.values import (
    ABSENT,
    NONE,
    Call,
    Choice,
    Constant,
    DictValue,
    FunctionValue,
    Instance,
    Items,
    Junction,
    LibraryName,
    LibraryObject,
    Method,
    Site,
    SliceValue,
    TupleValue,
    Unknown,
    Value,
    alternatives,
    present,
)

if TYPE_CHECKING:
    from padlint.python.interpreter import Interpreter

BINARY_OPERATORS: dict[type[cst.CSTNode], str] = {
    cst.Add: "+",
    cst.Subtract: "-",
    cst.Multiply: "*",
    cst.Divide: "/",
    cst.FloorDivide: "//",
    cst.Modulo: "%",
    cst.Power: "**",
    cst.MatrixMultiply: "@",
    cst.BitAnd: "&",
    cst.BitOr: "|",
    cst.BitXor: "^",
    cst.LeftShift: "<<",
    cst.RightShift: ">>",
}
AUGMENTED_OPERATORS: dict[type[cst.CSTNode], str] = {
    cst.AddAssign: "+",
    cst.SubtractAssign: "-",
    cst.MultiplyAssign: "*",
    cst.DivideAssign: "/",
    cst.FloorDivideAssign: "//",
    cst.ModuloAssign: "%",
    cst.PowerAssign: "**",
    cst.MatrixMultiplyAssign: "@",
    cst.BitAndAssign: "&",
    cst.BitOrAssign: "|",
    cst.BitXorAssign: "^",
    cst.LeftShiftAssign: "<<",
    cst.RightShiftAssign: ">>",
}
COMPARISONS: dict[type[cst.CSTNode], str] = {
    cst.Equal: "==",
    cst.NotEqual: "!=",
    cst.LessThan: "<",
    cst.LessThanEqual: "<=",
    cst.GreaterThan: ">",
    cst.GreaterThanEqual: ">=",
    cst.Is: "is",
    cst.IsNot: "is not",
    cst.In: "in",
    cst.NotIn: "not in",
}
_OPERATOR_METHODS: Mapping[str, str] = {
    "+": "__add__",
    "-": "__sub__",
    "*": "__mul__",
    "/": "__truediv__",
    "@": "__matmul__",
    "|": "__or__",
    ">>": "__rshift__",
    "==": "__eq__",
}
UNARY_OPERATORS: dict[type[cst.CSTNode], str] = {cst.Minus: "-", cst.Plus: "+", cst.BitInvert: "~"}


def evaluate(run: Interpreter, node: cst.CSTNode) -> Value:
    """Evaluate an expression; what cannot be evaluated is Unknown, with its reason."""
    run.budget.spend()
    handler = _HANDLERS.get(type(node))
    if handler is None:
        return Unknown(f"{type(node).__name__} is not read")
    if run.depth > MOST_NESTING:
        return Unknown("this is nested too deeply")
    run.depth += 1
    value = handler(run, node)
    run.depth -= 1
    return value


def operate(run: Interpreter, operator_: str, operands: tuple[Value, ...], node: cst.CSTNode) -> Value:
    """Apply an operator, alternative by alternative where an operand is a choice."""
    run.budget.spend()
    for position, operand in enumerate(operands):
        if isinstance(operand, Choice):
            return join_all(
                operate(run, operator_, (*operands[:position], option, *operands[position + 1 :]), node)
                for option in alternatives(operand)
            )
    decided = compare(operator_, *operands) if len(operands) == 2 else None
    if decided is not None:
        return Constant(decided)
    site = run.site(node)
    if operator_ == "%" and (text := _filled_in(run, operands, site)) is not None:
        return text
    asked = [operand for operand in operands if isinstance(operand, LibraryObject)]
    for operand in sorted(asked, key=lambda each: not each.outranks) if len(asked) > 1 else asked:
        answer = operand.operate(operator_, operands, site, run)
        if answer is not None:
            return answer
    answer = run.overlay.operate(operator_, operands, site, run)
    if answer is None:
        answer = arithmetic(run, operator_, operands) or _own_operator(run, operator_, operands, site)
    return answer or Unknown(f"`{operator_}` of unresolved values", operator_, operands)


def _own_operator(run: Interpreter, operator_: str, operands: tuple[Value, ...], site: Site) -> Value | None:
    """Apply an operator that a class of the project defines for its instances."""
    match operands:
        case (Instance() as left, right) if operator_ in _OPERATOR_METHODS:
            method = run.find_method(left, _OPERATOR_METHODS[operator_])
            return run.call(method, Call((right,), {}, site)) if method is not None else None
        case _:
            return None


def _filled_in(run: Interpreter, operands: tuple[Value, ...], site: Site) -> Value | None:
    match operands:
        case (Constant(str(template)), operand):
            return formats.filled_in(run, template, operand, site)
        case _:
            return None


@dataclass(slots=True)
class _Comprehension:
    """The loops of a comprehension, being run: what its element gave each time."""

    run: Interpreter
    element: Callable[[], Value]
    known: list[Value] = field(default_factory=list)
    rests: list[Value] = field(default_factory=list)

    def loop(self, node: cst.CompFor, iterable: Value, *, certain: bool) -> None:
        """Run one `for`, and all that are inside it."""
        items = self.run.iterate(iterable, self.run.site(node.iter))
        unrolled = iteration.unrollable(self.run, items)
        rest = items.rest if unrolled else iteration.any_item(items)
        with iteration.looping(self.run, len(items.known) if unrolled else 1, iterable):
            for item in items.known if unrolled else ():
                targets.assign(self.run, node.target, present(item))
                self._step(node, certain=certain and present(item) is item)
            if rest is not None:
                with self.run.repeated():
                    targets.assign(self.run, node.target, rest)
                    self._step(node, certain=certain)

    def _step(self, node: cst.CompFor, *, certain: bool) -> None:
        tests = self.run.frame.tests
        before = len(tests)
        answers = list(self._tested(node))
        if False not in answers:
            self._collect(node, certain=certain and None not in answers)
        del tests[before:]

    def _tested(self, node: cst.CompFor) -> Iterator[bool | None]:
        """Yield whether each condition of a loop holds, up to one that does not."""
        for condition in node.ifs:
            test = self.run.evaluate(condition.test)
            yield truth(test)
            if truth(test) is False:
                return
            learn(self.run, ((test, True),))

    def _collect(self, node: cst.CompFor, *, certain: bool) -> None:
        if node.inner_for_in is not None:
            self.loop(node.inner_for_in, self.run.evaluate(node.inner_for_in.iter), certain=certain)
        elif self.run.in_unknown_loop():
            self.rests.append(self.element())
        else:
            self.known.append(self.element() if certain else join(self.element(), ABSENT))


def comprehension_items(run: Interpreter, loop: cst.CompFor, element: Callable[[], Value]) -> Items:
    """Run a comprehension's loops in a scope of its own, collecting what `element` gives each time."""
    frame, outer = run.frame, run.frame.scope
    # What is looped over first is evaluated outside, so that a class body can loop over its own variables.
    iterable = run.evaluate(loop.iter)
    comprehension = _Comprehension(run, element)
    frame.scope = Scope(ScopeKind.COMPREHENSION, outer.name, outer)
    repetitions, frame.repetitions = frame.repetitions, len(run.repetitions)
    try:
        comprehension.loop(loop, iterable, certain=True)
    finally:
        frame.scope, frame.repetitions = outer, repetitions
    known, rests = tuple(comprehension.known), comprehension.rests
    every = not known and not loop.ifs and loop.inner_for_in is None
    count = run.call(LibraryName("builtins.len"), Call((iterable,), {}, run.site(loop))) if every else None
    return Items(known, join_all(rests) if rests else None, count)


# One handler for each kind of expression ------------------------------------------------------------------------

_Node = TypeVar("_Node", bound=cst.CSTNode)


def _name(run: Interpreter, node: cst.Name) -> Value:
    return lookup.name(run, node.value)


def _number(run: Interpreter, node: cst.Integer | cst.Float | cst.Imaginary) -> Value:
    if node.value.isdecimal() and node.value.isascii() and len(node.value) < 10 and node.value[0] != "0":
        return Constant(int(node.value))
    try:
        return Constant(_literal(node.value))
    except (ValueError, SyntaxError):
        return Unknown(f"the number {node.value[:20]} is not read")


def _string(run: Interpreter, node: cst.SimpleString) -> Value:
    if not node.prefix and "\\" not in node.value:
        return Constant(node.raw_value)
    try:
        return Constant(_literal(node.value))
    except (ValueError, SyntaxError):
        return Unknown("a string that Python 3 does not read")


@lru_cache(maxsize=256)
def _literal(text: str) -> str | bytes | complex:
    """Return what a text or a number in the program is; the functions that it is in may be run many times."""
    value: str | bytes | complex = ast.literal_eval(text)
    return value


def _concatenated(run: Interpreter, node: cst.ConcatenatedString) -> Value:
    parts: list[cst.BaseExpression] = []
    rest: cst.BaseExpression = node
    while isinstance(rest, cst.ConcatenatedString):
        parts.append(rest.left)
        rest = rest.right
    values = [run.evaluate(part) for part in (*parts, rest)]
    texts = [value.value for value in values if isinstance(value, Constant) and isinstance(value.value, str)]
    if len(texts) < len(values) or sum(map(len, texts)) > MOST_TEXT:
        return Unknown("a text in several parts", "format")
    return Constant("".join(texts))


def _formatted(run: Interpreter, node: cst.FormattedString) -> Value:
    return formats.put_together(run, [_piece(run, part) for part in node.parts], run.site(node))


def _piece(run: Interpreter, part: cst.BaseFormattedStringContent) -> formats.Piece:
    match part:
        case cst.FormattedStringText(value=text):
            return Constant(text)
        case cst.FormattedStringExpression(expression=expression, format_spec=spec, equal=equal, conversion=conversion):
            value = formats.converted(run.evaluate(expression), conversion)
            return formats.Field(value, tuple(_how_wide(run, each) for each in spec or ()), named=equal is not None)
        case _:
            return formats.Field(Unknown("a part of a text that is not read"))


def _how_wide(run: Interpreter, part: cst.BaseFormattedStringContent) -> Value:
    """Evaluate a part of a format specification: a text, or what is nested in it."""
    match part:
        case cst.FormattedStringText(value=text):
            return Constant(text)
        case cst.FormattedStringExpression(expression=expression):
            return run.evaluate(expression)
        case _:
            return Unknown("a part of a text that is not read")


def _ellipsis(run: Interpreter, node: cst.Ellipsis) -> Value:
    return Constant(...)


def _attribute(run: Interpreter, node: cst.Attribute) -> Value:
    owner = run.evaluate(node.value)
    if isinstance(owner, Constant) and owner.value is None and isinstance(node.value, cst.Attribute):
        owner = lookup.set_elsewhere(run, run.evaluate(node.value.value), node.value.attr.value)
    return run.attribute(owner, node.attr.value, run.site(node))


def _call(run: Interpreter, node: cst.Call) -> Value:
    return remembered(run, run.evaluate_call(node))


def _subscript(run: Interpreter, node: cst.Subscript) -> Value:
    value, index = run.evaluate(node.value), index_of(run, node)
    if run.frame.lookups is not None:
        run.frame.lookups.append((value, index))
    return remembered(run, run.subscript(value, index, run.site(node)))


def index_of(run: Interpreter, node: cst.Subscript) -> Value:
    """Evaluate what stands between a subscript's brackets."""
    parts = [_index(run, element.slice) for element in node.slice]
    single = len(parts) == 1 and node.slice[0].comma is cst.MaybeSentinel.DEFAULT
    return parts[0] if single else TupleValue(tuple(parts))


def _index(run: Interpreter, node: cst.BaseSlice) -> Value:
    match node:
        case cst.Index(value=value):
            return run.evaluate(value)
        case cst.Slice(lower=lower, upper=upper, step=step):
            bounds = [run.evaluate(bound) if bound is not None else NONE for bound in (lower, upper, step)]
            return SliceValue(*bounds)
        case _:
            return Unknown("an index that is not read")


def _binary(run: Interpreter, node: cst.BinaryOperation) -> Value:
    left, right = run.evaluate(node.left), run.evaluate(node.right)
    return operate(run, BINARY_OPERATORS[type(node.operator)], (left, right), node)


def _boolean(run: Interpreter, node: cst.BooleanOperation) -> Value:
    left = run.evaluate(node.left)
    decided = truth(left)
    stops = isinstance(node.operator, cst.Or)
    if decided is stops:
        return left
    right = run.evaluate(node.right)
    kept = [option for option in alternatives(left) if truth(option) is not (not stops)]
    return _joined_tests("or" if stops else "and", join_all((*kept, right)), (left, right))


def _joined_tests(operator: str, either: Value, operands: tuple[Value, ...]) -> Value:
    """Return one of several tests as what all of them say together."""
    return Junction(either.alternatives, operator, operands) if isinstance(either, Choice) else either


def _counted(run: Interpreter, value: Value) -> Value:
    """Return where a counter starts while it counts the first round of a loop, any other value as it is."""
    if not isinstance(value, Unknown) or all(loop.counter is not value for loop in run.frame.loops):
        return value
    match value:
        case Unknown(operation="counter", sources=(_,)):
            return Constant(0)
        case Unknown(operation="counter", sources=(start, *_)) | Unknown(operation="enumerate", sources=(_, start)):
            return start
        case _:
            return value


def _comparison(run: Interpreter, node: cst.Comparison) -> Value:
    left = _counted(run, run.evaluate(node.left))
    open_steps: list[Value] = []
    for comparison in node.comparisons:
        right = _counted(run, run.evaluate(comparison.comparator))
        step = operate(run, COMPARISONS[type(comparison.operator)], (left, right), node)
        decided = truth(step)
        if decided is False:
            return step
        if decided is None:
            open_steps.append(step)
        left = right
    if not open_steps:
        return step
    return _joined_tests("and", join_all(open_steps), tuple(open_steps)) if len(open_steps) > 1 else open_steps[0]


def _unary(run: Interpreter, node: cst.UnaryOperation) -> Value:
    operand = run.evaluate(node.expression)
    if isinstance(node.operator, cst.Not):
        decided = truth(operand)
        return (
            Constant(not decided) if decided is not None else Unknown("`not` of an unresolved value", "not", (operand,))
        )
    return operate(run, "unary " + UNARY_OPERATORS[type(node.operator)], (operand,), node)


def _conditional(run: Interpreter, node: cst.IfExp) -> Value:
    test = run.evaluate(node.test)
    decided = truth(test)
    if decided is not None:
        return run.evaluate(node.body if decided else node.orelse)
    values: list[Value] = []
    deltas = []
    for branch, holds in ((node.body, True), (node.orelse, False)):
        with run.attempt() as delta, holding(run, ((test, holds),)):
            values.append(run.evaluate(branch))
        deltas.append(delta)
    run.heap.merge(deltas)
    held, otherwise = values
    return run.overlay.choose(test, held, otherwise, run.site(node), run) or join_all(values)


def _lambda(run: Interpreter, node: cst.Lambda) -> Value:
    frame = run.frame
    return FunctionValue("<lambda>", node, frame.unit, frame.scope, functions.evaluate_defaults(run, node.params))


def _elements(run: Interpreter, elements: Sequence[cst.BaseElement]) -> Items:
    return _together(run, elements, [run.evaluate(element.value) for element in elements])


def _together(run: Interpreter, elements: Sequence[cst.BaseElement], values: Sequence[Value]) -> Items:
    """Return the contents of a display: values, and those of sequences with a star."""
    parts: list[Items] = []
    for element, value in zip(elements, values, strict=True):
        starred = isinstance(element, cst.StarredElement)
        parts.append(run.iterate(value, run.site(element)) if starred else Items((value,)))
    return iteration.concatenated(parts)


def _list(run: Interpreter, node: cst.List) -> Value:
    values = tuple(run.evaluate(element.value) for element in node.elements)
    found = _chained(run, node, values)
    if found is not None:
        return found
    items = _together(run, node.elements, values)
    return run.new_list(items.known, items.rest, count=items.count)


def _set(run: Interpreter, node: cst.Set) -> Value:
    items = iteration.distinct(_elements(run, node.elements))
    return run.new_list(items.known, items.rest, "set")


def _tuple(run: Interpreter, node: cst.Tuple) -> Value:
    values = tuple(run.evaluate(element.value) for element in node.elements)
    return _chained(run, node, values) or iteration.tuple_of(_together(run, node.elements, values))


def _chained(run: Interpreter, node: cst.List | cst.Tuple, values: tuple[Value, ...]) -> Value | None:
    """Return what an overlay makes of sequences that are put one behind the other, each with a star."""
    if len(values) < 2 or not all(isinstance(element, cst.StarredElement) for element in node.elements):
        return None
    return run.overlay.chain(values, run.site(node), run)


def _dict(run: Interpreter, node: cst.Dict) -> Value:
    store = Store()
    for element in node.elements:
        value = run.evaluate(element.value)
        if isinstance(element, cst.DictElement):
            lookup.store_entry(store.slots, run.evaluate(element.key), value)
            continue
        store.slots = entries.updated(run, store.slots, value, run.site(element))
    return DictValue(store)


def _list_comprehension(run: Interpreter, node: cst.ListComp | cst.GeneratorExp) -> Value:
    items = comprehension_items(run, node.for_in, lambda: run.evaluate(node.elt))
    kind = "generator" if isinstance(node, cst.GeneratorExp) else "list"
    return run.new_list(items.known, items.rest, kind, items.count)


def _set_comprehension(run: Interpreter, node: cst.SetComp) -> Value:
    items = iteration.distinct(comprehension_items(run, node.for_in, lambda: run.evaluate(node.elt)))
    return run.new_list(items.known, items.rest, "set")


def _dict_comprehension(run: Interpreter, node: cst.DictComp) -> Value:
    store = Store()

    def entry() -> Value:
        value = run.evaluate(node.value)
        lookup.store_entry(store.slots, run.evaluate(node.key), value)
        return value

    comprehension_items(run, node.for_in, entry)
    return DictValue(store)


def _named(run: Interpreter, node: cst.NamedExpr) -> Value:
    value = run.evaluate(node.value)
    if isinstance(node.target, cst.Name):
        name = node.target.value
        run.heap.write(run.frame.scope.statement().home(name).store, name, value)
    return value


def _await(run: Interpreter, node: cst.Await) -> Value:
    return run.evaluate(node.expression)


def _yield(run: Interpreter, node: cst.Yield) -> Value:
    frame = run.frame
    match node.value:
        case cst.From(item=item):
            how, value = "extend", run.evaluate(item)
            given = run.iterate(value, run.site(item))
        case expression:
            how, value = GIVING, NONE if expression is None else run.evaluate(expression)
            given = Items((value,))
    known_to_overlay = _given_by_overlay(run, how, value, node)
    if known_to_overlay is not None:
        frame.yields_rest.append(known_to_overlay)
    elif run.in_unknown_loop() or frame.branches:
        frame.yields_rest.extend(map(present, given.known))
    else:
        frame.yields.extend(given.known)
    if known_to_overlay is None and given.rest is not None:
        frame.yields_rest.append(given.rest)
    return Unknown("what a generator is sent")


def _given_by_overlay(run: Interpreter, how: str, value: Value, node: cst.Yield) -> Value | None:
    """Return what a generator gives besides what it gave, as an overlay sees it; None where it sees nothing in it."""
    frame = run.frame
    given = run.new_list(frame.yields, join_all(frame.yields_rest) if frame.yields_rest else None, "generator")
    answer = run.overlay.method(Method(given, how), Call((value,), {}, run.site(node)), run)
    return given.items.rest if answer is not None else None


def _handler(
    kind: type[_Node], function: Callable[[Interpreter, _Node], Value]
) -> Callable[[Interpreter, cst.CSTNode], Value]:
    return cast("Callable[[Interpreter, cst.CSTNode], Value]", function)


_HANDLERS: dict[type[cst.CSTNode], Callable[[Interpreter, cst.CSTNode], Value]] = {
    cst.Name: _handler(cst.Name, _name),
    cst.Attribute: _handler(cst.Attribute, _attribute),
    cst.Call: _handler(cst.Call, _call),
    cst.Subscript: _handler(cst.Subscript, _subscript),
    cst.Integer: _handler(cst.Integer, _number),
    cst.Float: _handler(cst.Float, _number),
    cst.Imaginary: _handler(cst.Imaginary, _number),
    cst.SimpleString: _handler(cst.SimpleString, _string),
    cst.ConcatenatedString: _handler(cst.ConcatenatedString, _concatenated),
    cst.FormattedString: _handler(cst.FormattedString, _formatted),
    cst.Ellipsis: _handler(cst.Ellipsis, _ellipsis),
    cst.BinaryOperation: _handler(cst.BinaryOperation, _binary),
    cst.BooleanOperation: _handler(cst.BooleanOperation, _boolean),
    cst.Comparison: _handler(cst.Comparison, _comparison),
    cst.UnaryOperation: _handler(cst.UnaryOperation, _unary),
    cst.IfExp: _handler(cst.IfExp, _conditional),
    cst.Lambda: _handler(cst.Lambda, _lambda),
    cst.List: _handler(cst.List, _list),
    cst.Set: _handler(cst.Set, _set),
    cst.Tuple: _handler(cst.Tuple, _tuple),
    cst.Dict: _handler(cst.Dict, _dict),
    cst.ListComp: _handler(cst.ListComp, _list_comprehension),
    cst.SetComp: _handler(cst.SetComp, _set_comprehension),
    cst.GeneratorExp: _handler(cst.GeneratorExp, _list_comprehension),
    cst.DictComp: _handler(cst.DictComp, _dict_comprehension),
    cst.NamedExpr: _handler(cst.NamedExpr, _named),
    cst.Await: _handler(cst.Await, _await),
    cst.Yield: _handler(cst.Yield, _yield),
}

"""Laws of the join, on generated values, and what it makes of some that matter."""

from __future__ import annotations

from functools import reduce
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from padlint.python.heap import Store
from padlint.python.joins import TOO_MANY, join, join_all, join_items
from padlint.python.values import (
    ABSENT,
    MOST_ALTERNATIVES,
    NONE,
    Choice,
    Constant,
    DictValue,
    Items,
    LibraryName,
    ListValue,
    Method,
    TupleValue,
    Unknown,
    Value,
)

# Containers are values of their own: few of them, so that the same ones meet.
CONTAINERS = [ListValue(Store()), ListValue(Store()), DictValue(Store()), Unknown("why", "len", (Constant(1),))]
PLAIN = st.one_of(
    st.builds(Constant, st.sampled_from([None, True, 1, 1.0, "a", "b", ...])),
    st.sampled_from(CONTAINERS),
    st.builds(LibraryName, st.sampled_from(["os", "numpy.array"])),
    st.builds(Unknown, st.sampled_from(["this", "that"]), text=st.sampled_from(["", "MAXLEN"])),
    st.builds(Method, st.sampled_from(CONTAINERS), st.sampled_from(["fit", "add"])),
)
TUPLES = st.recursive(
    PLAIN,
    lambda inner: st.builds(
        TupleValue, st.lists(inner, max_size=2).map(tuple), st.one_of(st.none(), inner), st.sampled_from([(), ("n",)])
    ),
    max_leaves=4,
)
VALUES = st.lists(TUPLES | st.just(ABSENT), min_size=1, max_size=4).map(join_all)
ITEMS = st.builds(Items, st.lists(VALUES, max_size=3).map(tuple), st.one_of(st.none(), TUPLES))


def alike(first: object, second: object) -> bool:
    """Say whether two values are the same up to the order of alternatives and the wording of reasons."""
    match first, second:
        case Choice(), Choice():
            others = second.alternatives
            counted = len(first.alternatives) == len(others)
            return counted and all(any(alike(one, other) for other in others) for one in first.alternatives)
        case TupleValue(), TupleValue():
            named = first.fields == second.fields and len(first.items) == len(second.items)
            return named and all(map(alike, first.items, second.items)) and alike(first.rest, second.rest)
        case Items(), Items():
            counted = len(first.known) == len(second.known)
            return counted and all(map(alike, first.known, second.known)) and alike(first.rest, second.rest)
        case Unknown(operation=operation), Unknown():
            return operation == second.operation and (operation == TOO_MANY or first.text == second.text)
        case Constant(), Constant():
            return type(first.value) is type(second.value) and first.value == second.value
        case Method(), Method():
            return first.name == second.name and first.receiver is second.receiver
        case LibraryName(), LibraryName():
            return first == second
    return first is second


@given(VALUES)
def test_joining_a_value_with_itself_gives_itself(value: Value):
    assert join(value, value) is value


@given(VALUES, VALUES)
def test_join_is_commutative(first: Value, second: Value):
    assert alike(join(first, second), join(second, first))


@given(VALUES, VALUES, VALUES)
def test_join_is_associative(first: Value, second: Value, third: Value):
    assert alike(join(join(first, second), third), join(first, join(second, third)))


@given(VALUES, VALUES)
def test_what_was_joined_adds_nothing_the_second_time(first: Value, second: Value):
    joined = join(first, second)
    assert alike(join(joined, second), joined)
    assert alike(join(first, joined), joined)


@given(ITEMS, ITEMS, ITEMS)
def test_contents_of_lists_obey_the_same_laws(first: Items, second: Items, third: Items):
    assert alike(join_items(first, first), first)
    assert alike(join_items(first, second), join_items(second, first))
    assert alike(join_items(join_items(first, second), third), join_items(first, join_items(second, third)))


@given(st.lists(VALUES, min_size=1, max_size=12))
def test_a_choice_is_small_and_flat(values: list[Value]):
    match join_all(values):
        case Choice(alternatives):
            assert 2 <= len(alternatives) <= MOST_ALTERNATIVES
            assert not any(isinstance(option, Choice | Items) for option in alternatives)
        case single:
            assert isinstance(single, Value)


def test_the_order_of_many_alternatives_does_not_matter():
    numbers = [Constant(n) for n in range(4)]
    results = [reduce(join, order) for order in permutations(numbers)]
    assert all(alike(result, results[0]) for result in results)


def test_more_than_a_few_alternatives_are_unknown_for_good():
    many = join_all(Constant(n) for n in range(MOST_ALTERNATIVES + 1))
    assert isinstance(many, Unknown)
    assert join(many, Constant(0)) is many
    assert join(Constant("new"), many) is many


def test_many_constants_are_one_beside_what_is_something_else():
    numbers = [Constant(n) for n in range(MOST_ALTERNATIVES + 1)]
    name = LibraryName("keras.layers.LSTM")
    for order in ([name, *numbers], [*numbers, name], [*numbers[:4], name, *numbers[4:]]):
        joined = join_all((*order, NONE))
        assert isinstance(joined, Choice)
        assert {name, NONE} < set(joined.alternatives)
        assert len(joined.alternatives) == 3
        assert join(joined, Constant(3)) is joined


def test_many_unknown_alternatives_are_one_beside_what_is_known():
    unknown = [Unknown("an item", "item", (Constant(n),)) for n in range(MOST_ALTERNATIVES + 1)]
    known = Constant("known")
    for order in ([known, *unknown], [*unknown, known], [*unknown[:4], known, *unknown[4:]]):
        joined = join_all(order)
        assert isinstance(joined, Choice)
        assert known in joined.alternatives
        assert len(joined.alternatives) == 2
        assert join(joined, Unknown("another")) is joined


def test_texts_that_name_unknowns_keep_them_apart():
    first, second = Unknown("a parameter", text="MAXLEN"), Unknown("a parameter", text="length")
    joined = join(first, second)
    assert isinstance(joined, Choice)
    assert joined.alternatives == (first, second)


def test_tuples_that_share_their_parts_are_joined_once():
    first: Value = Constant(1)
    second: Value = Constant(2)
    for _ in range(200):
        first, second = TupleValue((first,) * 10), TupleValue((second,) * 10)
    assert isinstance(join(first, second), TupleValue)

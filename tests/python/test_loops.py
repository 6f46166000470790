from __future__ import annotations

import pytest


def test_a_loop_over_known_items_is_run_item_by_item(variables):
    assert variables("""
        x = []
        for n, name in enumerate(["a", "b"]):
            x.append(name * (n + 1))
    """) == {"x": "['a', 'bb']", "n": "1", "name": "'b'"}


def test_break_continue_and_else(variables):
    assert variables("""
        x = []
        for n in range(6):
            if n == 1: continue
            if n == 4: break
            x.append(n)
        else:
            x.append("else")
        for m in range(2):
            pass
        else:
            y = "else"
    """) == {"x": "[0, 2, 3]", "n": "4", "m": "1", "y": "'else'"}


def test_a_break_that_may_happen(variables):
    assert variables(
        """
        import somewhere
        x = 0
        for n in range(3):
            if somewhere.enough(n):
                break
            x = n
    """,
        "x",
        "n",
    ) == {"x": "2 | 0 | 1", "n": "2 | 0 | 1"}


def test_a_loop_of_unknown_count_adds_any_number_of_items(variables):
    assert variables(
        """
        import somewhere
        x, last = [1], None
        for row in somewhere.rows:
            x.append(2)
            last = row
    """,
        "x",
        "last",
    ) == {"x": "[1, 2...]", "last": "?"}


def test_a_list_made_inside_such_a_loop_is_known(variables):
    assert variables(
        """
        import somewhere
        rows = []
        for text in somewhere.texts:
            row = [0]
            row.append(1)
            for word in text:
                row.append(2)
            row.append(3)
            rows.append(row)
    """,
        "row",
        "rows",
    ) == {"row": "[0, 1, 2 | 3...]", "rows": "[[0, 1, 2 | 3...]...]"}


def test_a_function_that_appends_does_so_in_the_loop_of_its_caller(value):
    assert (
        value("""
        import somewhere
        x = []
        def add(n):
            x.append(n)
        def build():
            layers = []
            layers.append("lstm")
            return layers
        for row in somewhere.rows:
            add(build())
    """)
        == "[['lstm']...]"
    )


def test_a_number_that_each_round_of_such_a_loop_changes_is_not_known(value):
    assert (
        value("""
        import somewhere
        x = 0
        for row in somewhere.rows:
            x = x * 3 + 1
    """)
        == "?"
    )


def test_what_such_a_loop_settles_on_after_a_round_is_known(value):
    assert (
        value("""
        import somewhere
        x, first = "", True
        for row in somewhere.rows:
            x = "first" if first else "other"
            first = False
    """)
        == "'first' | 'other'"
    )


@pytest.mark.parametrize(
    ("longer", "left"),
    [
        ("x = x + [2]", "[1, 2...]"),
        ("x = [2] + x", "[1 | 2...]"),
        ("x = [*x, 2]", "[1, 2...]"),
        ("x = x + [2] if row else x", "[1, 2...]"),
    ],
)
def test_a_list_that_each_round_of_such_a_loop_makes_longer_has_any_number_of_items(value, longer, left):
    assert value(f"import somewhere\nx = [1]\nfor row in somewhere.rows:\n    {longer}") == left


def test_so_does_one_inside_of_several_others(variables):
    program = """
        import somewhere
        for a in somewhere.books:
            for b in a:
                x, n = [], 1
                for c in b:
                    x = x + [c]
                    n = n * 2
    """
    assert variables(program, "x", "n") == {"x": "[?...]", "n": "?"}


def test_such_a_loop_may_take_any_number_of_items_away(variables):
    program = """
        import somewhere
        x, y = [1, 2], iter([3, 4])
        for row in somewhere.rows:
            a, b = x.pop(), next(y)
        first, count = x[0], len(x)
    """
    assert variables(program, "x", "a", "b", "first", "count") == {
        "x": "[1 | nothing, 2 | nothing]",
        "a": "1 | 2",
        "b": "3 | 4",
        "first": "1 | 2",
        "count": "?",
    }


def test_a_while_loop_that_counts_is_run_round_by_round(variables):
    assert variables("""
        x, n = [], 0
        while n < 3:
            x.append(n)
            n += 1
        else:
            y = "done"
    """) == {"x": "[0, 1, 2]", "n": "3", "y": "'done'"}


def test_a_while_loop_that_is_false_from_the_start(variables):
    assert variables("x = 1\nwhile x > 1:\n    x = 2\nelse:\n    x = 3") == {"x": "3"}


def test_while_true_ends_by_break(variables):
    assert variables(
        """
        import somewhere
        x = []
        while True:
            x.append(1)
            if somewhere.done():
                y = 2
                break
    """,
        "x",
        "y",
    ) == {"x": "[1...]", "y": "2"}


def test_long_loops_are_not_run_item_by_item(value):
    assert (
        value("""
        x = []
        for n in range(1000):
            x.append(n)
    """)
        == "[?...]"
    )


def test_nested_loops(variables):
    assert variables(
        """
        x = []
        for i in range(2):
            for j in range(3):
                if j == 1:
                    break
                x.append((i, j))
    """,
        "x",
    ) == {"x": "[(0, 0), (1, 0)]"}


def test_loops_over_dicts_texts_and_ranges(variables):
    assert variables(
        """
        units = {"a": 1, "b": 2}
        x = [name for name in units]
        y = [value for _, value in units.items()]
        z = [c for c in "ab"], [n for n in range(4, 0, -2)], list(range(2, 4))
    """,
        "x",
        "y",
        "z",
    ) == {"x": "['a', 'b']", "y": "[1, 2]", "z": "(['a', 'b'], [4, 2], [2, 3])"}


def test_generators(variables):
    assert variables(
        """
        import somewhere
        def numbers():
            yield 1
            yield from [2, 3]
        def batches():
            while True:
                yield "batch"
        def some():
            if somewhere.flag:
                yield 1
        def delegating():
            yield from batches()
        w = list(numbers())
        x = batches()
        y = list(some())
        z = next(delegating())
    """,
        "w",
        "x",
        "y",
        "z",
    ) == {"w": "[1, 2, 3]", "x": "('batch'...)", "y": "[1...]", "z": "'batch'"}


def test_next_takes_one_after_the_other(variables):
    assert variables(
        """
        def numbers():
            yield 1
            yield 2
        g = numbers()
        x = next(g), next(g)
        i = iter([5, 6])
        y = next(i), next(i), next(iter([]), None)
    """,
        "x",
        "y",
    ) == {"x": "(1, 2)", "y": "(5, 6, ?)"}


def test_a_generator_that_is_never_reached_is_one_all_the_same(value):
    assert (
        value("""
        def nothing():
            return
            yield
        x = nothing()
    """)
        == "()"
    )


def test_itertools(variables):
    assert variables(
        """
        import itertools
        from functools import reduce
        a = list(itertools.chain([1], (2, 3)))
        b = list(itertools.chain.from_iterable([[1], [2]]))
        c = list(itertools.product([1, 2], "a"))
        d = list(itertools.islice(itertools.repeat(7), 2))
        e = reduce(lambda p, q: p + q, [1, 2, 3])
        f = sum([[1], [2]], [])
    """,
        *"abcdef",
    ) == {
        "a": "[1, 2, 3]",
        "b": "[1, 2]",
        "c": "[(1, 'a'), (2, 'a')]",
        "d": "[7...]",
        "e": "6",
        "f": "[1, 2]",
    }


def test_the_first_round_of_an_unknown_number_is_known_to_be_the_first(variables):
    assert variables(
        """
        import somewhere
        x, y = "input", []
        for i in range(somewhere.depth):
            below = x if i == 0 else y[-1]
            y.append(("layer", below))
        for n, row in enumerate(somewhere.rows, 1):
            if n > 1:
                break
            z = "first"
    """,
        "y",
        "z",
    ) == {"y": "[('layer', 'input' | ('layer', 'input'))...]", "z": "'first'"}


def test_what_a_loop_counts_by_hand_may_be_any_number_in_its_later_rounds(variables):
    assert variables(
        """
        import somewhere
        n, full = 0, []
        for row in somewhere.rows:
            n += 1
            if n == 32:
                full.append("batch")
                n = 0
            if n < 0:
                full.append("never in the first round")
        """,
        "full",
    ) == {"full": "['batch' | 'never in the first round'...]"}

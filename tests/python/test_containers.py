from __future__ import annotations

import pytest


def test_lists_change_in_place(variables):
    assert variables("""
        x = [1, 2]
        y = x
        y.append(3)
        y.extend([4, 5])
        y.insert(0, 0)
        y.remove(2)
        last = y.pop()
        first = y.pop(0)
        y += (9,)
    """) == {"x": "[1, 3, 4, 9]", "y": "[1, 3, 4, 9]", "last": "5", "first": "0"}


def test_what_items_are_taken_of_is_not_none(variables):
    found = variables("""
        pair = (1, 2) if flag else None
        first = pair[0]
        one, other = pair
        nothing = None[0]
    """)
    assert (found["first"], found["one"], found["other"], found["nothing"]) == ("1", "1", "2", "?")


def test_plus_makes_a_new_list(variables):
    assert variables("x = [1]\ny = x\ny = y + [2]") == {"x": "[1]", "y": "[1, 2]"}


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("[1, 2, 3][0]", "1"),
        ("[1, 2, 3][-1]", "3"),
        ("[1, 2, 3][1:]", "[2, 3]"),
        ("[1, 2, 3][::-1]", "[3, 2, 1]"),
        ("(1, 2, 3)[:2]", "(1, 2)"),
        ("'padding'[3:]", "'ding'"),
        ("'padding'[0]", "'p'"),
        ("[1] + [2] * 2", "[1, 2, 2]"),
        ("(0,) * 3", "(0, 0, 0)"),
        ("[*range(3), 9]", "[0, 1, 2, 9]"),
        ("(*[1], 2)", "(1, 2)"),
        ("[1, 2] + unknown", "?"),
        ("len([1, 2]), len('abc'), len((1,)), len({'a': 1})", "(2, 3, 1, 1)"),
        ("2 in [1, 2], 3 in (1, 2), 'a' in {'a': 1}, 'x' not in 'padding'", "(True, False, True, True)"),
        ("sorted([3, 1, 2]), sorted('ba'), sorted([1, 2], reverse=True)", "([1, 2, 3], ['a', 'b'], [2, 1])"),
        ("list(reversed([1, 2]))", "[2, 1]"),
        ("list(zip([1, 2], 'ab'))", "[(1, 'a'), (2, 'b')]"),
        ("list(enumerate('ab', 1))", "[(1, 'a'), (2, 'b')]"),
        ("list(map(str, [1, 2]))", "['1', '2']"),
        ("list(filter(None, [0, 1]))", "[1]"),
        ("max(3, 4), min([3, 4]), sum([1, 2]), abs(-2), round(2.6)", "(4, 3, 3, 2, 3)"),
        ("any([0, 1]), all([0, 1]), all([])", "(True, False, True)"),
        ("{1, 2, 2}", "{1, 2}"),
        ("len(set([1, 1, 2]))", "2"),
        ("int('7'), float('0.5'), str(3), bool([])", "(7, 0.5, '3', False)"),
        ("'a-b'.split('-'), '-'.join(['a', 'b']), 'A'.lower()", "(['a', 'b'], 'a-b', 'a')"),
        ("'{}_{}'.format('a', 1), 'a%d' % 3, '%s_%s' % ('a', 'b')", "('a_1', 'a3', 'a_b')"),
        ("f'{1 + 1}-{\"a\"!r}', f'{unknown}', f'{1.5:.2f}'", "(\"2-'a'\", ?, '1.50')"),
        ("'%(a)s_%(b)d' % {'a': 1, 'b': 2}, '{n:>{w}}'.format(n=unknown, w=3), '5'.zfill(3)", "('1_2', ?, '005')"),
        ("'a' 'b' f'{1}'", "'ab1'"),
        ("7 // 2, 7 % 2, 2 ** 5, -3, ~0, 1 << 4", "(3, 1, 32, -3, -1, 16)"),
        ("1 < 2 < 3, 1 < 2 > 3, 1 == 1.0, 'a' != 'b'", "(True, False, True, True)"),
        ("1 < unknown < 3", "?"),
        ("1 and 2, 0 or 3, None or unknown, 0 and unknown", "(2, 3, ?, 0)"),
        ("not [], not 1, not unknown", "(True, False, ?)"),
        ("1 if unknown else 2", "1 | 2"),
        ("b'ab' + b'c', 1e3, 0x10, 1_000, ...", "(b'abc', 1000.0, 16, 1000, Ellipsis)"),
        ("1 / 0", "?"),
    ],
)
def test_expressions(value, expression, result):
    assert value(f"import somewhere\nunknown = somewhere.thing()\nx = {expression}") == result


def test_an_index_that_is_not_known_is_any_item(value):
    assert value("import somewhere\nx = [1, 2, 3][somewhere.i]") == "1 | 2 | 3"


def test_an_item_set_at_a_place_that_is_not_known(value):
    assert value("import somewhere\nx = [1, 2]\nx[somewhere.i] = 3") == "[1 | 3, 2 | 3]"


def test_an_item_set_at_a_known_place_of_a_list_whose_length_is_not_known(variables):
    found = variables("""
        x = [0] * n
        x[2] = 9
        y = [0] * n
        y[-1] = 9
        first, third = x[0], x[2]
    """)
    assert found == {"x": "[0, 0, 9, 0...]", "y": "[0 | 9...]", "first": "0", "third": "9"}


def test_setting_and_deleting_items(value):
    assert value("x = [1, 2, 3]\nx[0] = 9\nx[-1] += 1\ndel x[1]") == "[9, 4]"


def test_dicts(variables):
    assert variables("""
        x = {"a": 1, **{"b": 2}, "c": 3}
        x["d"] = 4
        x.update({"a": 10}, e=5)
        gone = x.pop("c")
        del x["b"]
        y = x["a"], x.get("zz"), x.get("zz", 7), x.setdefault("d", 0), x.setdefault("f", 6)
        keys, values, items = list(x), list(x.values()), list(x.items())[0]
    """) == {
        "x": "{'a': 10, 'd': 4, 'e': 5, 'f': 6}",
        "gone": "3",
        "y": "(10, None, 7, 4, 6)",
        "keys": "['a', 'd', 'e', 'f']",
        "values": "[10, 4, 5, 6]",
        "items": "('a', 10)",
    }


def test_dicts_of_unknown_keys(variables):
    assert variables(
        """
        import somewhere
        x = {somewhere.key: 1, "a": 2}
        x[somewhere.other] = 3
        y = x["a"], x["b"]
        z = dict(somewhere.pairs())
    """,
        "x",
        "y",
        "z",
    ) == {"x": "{...: 1 | 3, 'a': 2}", "y": "(2, 1 | 3)", "z": "{...: ?}"}


def test_what_was_not_read_may_replace_what_a_dict_holds(variables):
    assert variables(
        """
        import somewhere
        x = {"a": 1}
        x.update(somewhere.settings())
        x["b"] = 2
        y = {"a": 1, **somewhere.settings(), "b": 2}
        z = dict({"a": 1}, **somewhere.settings(), b=2)
        def keep(**options):
            defaults = {"a": 1, "b": 2}
            defaults.update(options)
            return defaults
        u = keep(b=3, **somewhere.settings())
    """,
        *"xyzu",
    ) == {
        "x": "{'a': 1 | ?, ...: ?, 'b': 2}",
        "y": "{...: ?, 'a': 1 | ?, 'b': 2}",
        "z": "{...: ?, 'a': 1 | ?, 'b': 2}",
        "u": "{'a': 1 | ?, 'b': 3, ...: ?}",
    }


def test_updating_a_dict_by_one_of_several_and_by_pairs(variables):
    assert variables(
        """
        import somewhere
        x = {"a": 1, **({"a": 5, "b": 6} if somewhere.condition else {"a": 7})}
        y = {"a": 1, **({"a": 2} if somewhere.condition else {})}
        z = {"a": 1}
        z.update([("a", 2), ("b", 3)])
        u = {"a": 1}
        u.update(zip(["a", "b"], [2, 3]), c=4)
    """,
        *"xyzu",
    ) == {
        "x": "{'a': 5 | 7, 'b': 6 | nothing}",
        "y": "{'a': 2 | 1}",
        "z": "{'a': 2, 'b': 3}",
        "u": "{'a': 2, 'b': 3, 'c': 4}",
    }


def test_making_dicts(variables):
    assert variables("""
        x = dict(a=1, **{"b": 2})
        y = dict([("a", 1), ("b", 2)])
        z = {k: v + 1 for k, v in x.items()}
        u = dict(zip("ab", [1, 2]))
        v = {"a": 1} | {"b": 2}
        w = {**x, "a": 5}
    """) == {
        "x": "{'a': 1, 'b': 2}",
        "y": "{'a': 1, 'b': 2}",
        "z": "{'a': 2, 'b': 3}",
        "u": "{'a': 1, 'b': 2}",
        "v": "{'a': 1, 'b': 2}",
        "w": "{'a': 5, 'b': 2}",
    }


def test_nested_settings(value):
    assert (
        value("""
        config = {"model": {"layers": [{"units": 8}, {"units": 4}]}}
        config["model"]["layers"][1]["units"] = 16
        x = [layer["units"] for layer in config["model"]["layers"]]
    """)
        == "[8, 16]"
    )


def test_comprehensions(variables):
    assert variables("""
        import somewhere
        a = [n * n for n in range(4) if n % 2]
        b = [(i, j) for i in range(2) for j in "ab"]
        c = {n: [n] * n for n in (1, 2)}
        d = {n % 2 for n in range(4)}
        e = [row[0] for row in somewhere.rows]
        f = [n for n in (1, 2) if somewhere.wanted(n)]
        g = [0 for row in somewhere.rows]
        h = [[0 for j in range(2)] for i in range(2)]
    """) == {
        "somewhere": "somewhere",
        "a": "[1, 9]",
        "b": "[(0, 'a'), (0, 'b'), (1, 'a'), (1, 'b')]",
        "c": "{1: [1], 2: [2, 2]}",
        "d": "{0, 1}",
        "e": "[?...]",
        "f": "[1 | nothing, 2 | nothing]",
        "g": "[0...]",
        "h": "[[0, 0], [0, 0]]",
    }


def test_a_list_that_only_some_branch_appended_to(variables):
    assert variables(
        """
        import somewhere
        x = [1]
        if somewhere.flag:
            x.append(2)
        x.append(3)
        n = len(x)
        y = [item for item in x]
    """,
        "x",
        "n",
        "y",
    ) == {"x": "[1, 2 | nothing, 3]", "n": "?", "y": "[1, 2 | nothing, 3]"}


def test_where_an_item_may_be_absent_the_one_behind_it_may_be_in_its_place(variables):
    assert variables(
        """
        import somewhere
        x = [1]
        if somewhere.option():
            x.append(2)
        x += [3, 4]
        before, place, behind, last = x[0], x[1], x[2], x[-1]
        first, queue = x.pop(0), x.pop(0)
    """,
        "before",
        "place",
        "behind",
        "last",
        "first",
        "queue",
    ) == {"before": "1", "place": "2 | 3", "behind": "3 | 4", "last": "4", "first": "1", "queue": "2 | 3 | 4"}


def test_a_queue(variables):
    assert variables("from collections import deque\nx = deque([1, 2])\ny = x.popleft()", "x", "y") == {
        "x": "[2]",
        "y": "1",
    }


def test_unpacking_what_is_not_known(variables):
    assert variables("import somewhere\na, (b, *c) = somewhere.thing()", "a", "b", "c") == {
        "a": "?",
        "b": "?",
        "c": "[?...]",
    }


def test_unpacking_a_choice(variables):
    assert variables("import somewhere\na, b = (1, 2) if somewhere.flag else [3, 4]", "a", "b") == {
        "a": "1 | 3",
        "b": "2 | 4",
    }


def test_tuples_of_branches_are_joined_item_by_item(value):
    assert value("import somewhere\nx = (1, 2) if somewhere.flag else (1, 3)") == "(1, 2 | 3)"


def test_of_several_lists_only_those_that_are_long_enough_have_the_item(value):
    assert (
        value("""
        import somewhere
        parts = [1, 2] if somewhere.asked() else [3]
        x = parts[0], parts[1], [3][1]
    """)
        == "(1 | 3, 2, ?)"
    )


def test_all_of_a_list_can_be_put_in_place_of_others(value):
    assert (
        value("""
        x = [1, 2, 3]
        x[:] = [4, 5]
    """)
        == "[4, 5]"
    )

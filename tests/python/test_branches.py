from __future__ import annotations


def test_a_condition_that_is_known_takes_one_branch(variables):
    assert variables("""
        n = 3
        if n > 5: x = "large"
        elif n > 2: x = "middle"
        else: x = "small"
    """) == {"n": "3", "x": "'middle'"}


def test_a_condition_that_is_not_known_takes_both(variables):
    assert variables(
        """
        import somewhere
        if somewhere.flag:
            x = 1
            y = 1
        else:
            x = 2
            y = 1
        if somewhere.flag:
            z = 1
    """,
        "x",
        "y",
        "z",
    ) == {"x": "1 | 2", "y": "1", "z": "1 | nothing"}


def test_an_elif_among_unknown_conditions(value):
    assert (
        value("""
        import somewhere
        if somewhere.a: x = 1
        elif False: x = 2
        elif somewhere.b: x = 3
        elif True: x = 4
        else: x = 5
    """)
        == "1 | 3 | 4"
    )


def test_a_variable_that_one_branch_set_is_read_as_set(value):
    assert (
        value("""
        import somewhere
        if somewhere.flag:
            y = 1
        x = y
    """)
        == "1"
    )


def test_branches_that_end_do_not_reach_what_follows(value):
    assert (
        value("""
        import somewhere, sys
        def f(kind):
            if kind == "a":
                n = 1
            elif somewhere.flag:
                n = 2
            elif somewhere.other:
                raise ValueError
            else:
                sys.exit(1)
            return n
        x = f(somewhere.kind)
    """)
        == "1 | 2"
    )


def test_early_returns_keep_what_was_done_before_them(variables):
    assert variables(
        """
        import somewhere
        log = []
        def f():
            log.append("start")
            if somewhere.flag:
                log.append("early")
                return 1
            log.append("late")
            return 2
        x = f()
    """,
        "log",
        "x",
    ) == {"log": "['start', 'early' | 'late']", "x": "1 | 2"}


def test_none_or_a_default(value):
    assert (
        value("""
        def f(units=None):
            if units is None:
                units = 8
            return units, units or 3
        x = f(), f(5)
    """)
        == "((8, 8), (5, 5))"
    )


def test_a_test_of_a_choice(value):
    assert (
        value("""
        import somewhere
        mode = "train" if somewhere.flag else "test"
        x = "known" if mode in ("train", "test") else "unknown"
    """)
        == "'known'"
    )


def test_try_takes_the_body_and_the_handlers(variables):
    assert variables(
        """
        import somewhere
        try:
            x = somewhere.load()
            y = 1
        except ValueError as error:
            x = None
            y = 2
        else:
            y = 3
        finally:
            z = 4
    """,
        "x",
        "y",
        "z",
    ) == {"x": "? | None", "y": "3 | 2", "z": "4"}


def test_a_handler_is_run_for_each_lookup_that_may_have_led_there(seen):
    assert seen("""
        from watch import seen
        for row in open("a"):
            for i in range(9):
                for j in range(9):
                    try:
                        x = row[i][j]
                    except TypeError:
                        seen(1)
                    except IndexError:
                        seen(2)
                    except Exception:
                        seen(3)
                    break
                break
            break
    """) == ["1", "2", "2", "3"]


def test_a_body_that_raises_leaves_it_to_the_handlers(value):
    assert (
        value("""
        try:
            raise KeyError
        except KeyError:
            x = 1
    """)
        == "1"
    )


def test_return_inside_try(variables):
    assert variables(
        """
        import somewhere
        done = []
        def f():
            try:
                return somewhere.read()
            except OSError:
                return None
            finally:
                done.append(1)
        x = f()
    """,
        "x",
    ) == {"x": "? | None"}


def test_with_binds_what_is_entered(value):
    assert (
        value("""
        from contextlib import contextmanager
        class A:
            def __enter__(self): return 1
            def __exit__(self, *args): pass
        @contextmanager
        def b():
            yield 2
        with A() as first, b() as second, open("f") as third:
            x = first, second, third
    """)
        == "(1, 2, ?)"
    )


def test_match_on_values(value):
    assert (
        value("""
        def f(kind):
            match kind:
                case "lstm" | "gru": return 1
                case 2: return 2
                case None: return 3
                case _: return 4
        x = f("gru"), f(2), f(None), f("cnn")
    """)
        == "(1, 2, 3, 4)"
    )


def test_match_takes_things_apart(value):
    assert (
        value("""
        from dataclasses import dataclass
        @dataclass
        class Point:
            a: int
            b: int
        def f(thing):
            match thing:
                case []: return "empty"
                case [one]: return one
                case (first, *others): return first, others
                case {"units": units, **rest}: return units
                case Point(0, b=b): return b
                case Point() as p if p.a > 5: return p.a
                case str(): return "text"
            return "nothing"
        x = f([]), f([1]), f((1, 2, 3)), f({"units": 8}), f(Point(0, 4)), f(Point(7, 1)), f("a"), f(1.5)
    """)
        == "('empty', 1, (1, [2, 3]), 8, 4, 7, 'text', 'nothing')"
    )


def test_match_on_what_is_not_known_tries_every_case(value):
    assert (
        value("""
        import somewhere
        match somewhere.kind:
            case "a": x = 1
            case ("b", n): x = n
            case other: x = 3
    """)
        == "1 | ? | 3"
    )


def test_assert_and_pass_change_nothing(value):
    assert value("x = 1\nassert x == 2\npass") == "1"


def test_what_one_branch_made_is_as_that_branch_left_it(variables):
    assert variables(
        """
        import somewhere
        class A:
            def __init__(self):
                self.items = [1]
                self.items.append(2)
        def make():
            if somewhere.flag:
                made = [1]
                made.append(2)
                return made
            if somewhere.other:
                return A().items
            return [3]
        x = make()
        if somewhere.flag:
            y = []
            y.append(4)
    """,
        "x",
        "y",
    ) == {"x": "[1, 2] | [3]", "y": "[4] | nothing"}


def test_what_came_out_of_an_early_return_is_known_from_then_on(value):
    assert (
        value("""
        import somewhere
        def make():
            if somewhere.flag:
                return [1]
            raise ValueError
        def change():
            made = make()
            if somewhere.flag:
                made.append(2)
                return made
            return made
        x = change()
    """)
        == "[1, 2 | nothing]"
    )

from __future__ import annotations


def test_arguments_by_position_name_and_default(value):
    assert (
        value("""
        def f(a, b=2, *, c, d=4):
            return a, b, c, d
        x = f(1, c=3)
    """)
        == "(1, 2, 3, 4)"
    )


def test_more_arguments(variables):
    assert variables(
        """
        def f(a, *b, **c):
            return a, b, c
        x = f(1, 2, 3, k=4)
        y = f(*[1, 2], **{"k": 5})
        z = f(1)
    """,
        "x",
        "y",
        "z",
    ) == {"x": "(1, (2, 3), {'k': 4})", "y": "(1, (2,), {'k': 5})", "z": "(1, (), {})"}


def test_positional_only_parameters(value):
    assert value("def f(a, /, b):\n    return a, b\nx = f(1, b=2)") == "(1, 2)"


def test_arguments_from_a_settings_dict(value):
    assert (
        value("""
        config = {"lstm": {"units": 8, "dropout": 0.5}}
        def lstm(units, dropout=0.0, name="lstm"):
            return units, dropout, name
        x = lstm(**config["lstm"])
    """)
        == "(8, 0.5, 'lstm')"
    )


def test_arguments_that_are_not_known(variables):
    assert variables(
        """
        import somewhere
        def f(a, b=2, *more, **options):
            return a, b, more, options
        x = f(*somewhere.arguments(), **somewhere.options())
    """,
        "x",
    ) == {"x": "(?, 2 | ?, (?...), {...: ?})"}


def test_arguments_that_are_not_known_may_replace_a_default(variables):
    assert variables(
        """
        import functools
        import somewhere
        from dataclasses import dataclass
        def f(a=1, b=2):
            return a, b
        @dataclass
        class Settings:
            units: int = 8
            maxlen: int = 40
        x = f(b=3, **somewhere.options()), f(**{"b": 3})
        y = functools.partial(f, **somewhere.options())(b=3)
        settings = Settings(maxlen=50, **somewhere.options())
        z = settings.units, settings.maxlen
    """,
        *"xyz",
    ) == {"x": "((1 | ?, 3), (1, 3))", "y": "(1 | ?, 3)", "z": "(8 | ?, 50)"}


def test_defaults_are_evaluated_once_where_the_function_is_defined(value):
    assert (
        value("""
        size = 1
        def f(a=size, seen=[]):
            seen.append(a)
            return seen
        size = 2
        f()
        x = f(5)
    """)
        == "[1, 5]"
    )


def test_what_is_passed_is_the_object_itself(value):
    assert (
        value("""
        def fill(layers):
            layers.append("lstm")
        x = []
        fill(x)
    """)
        == "['lstm']"
    )


def test_a_closure_keeps_the_variables_of_its_call(variables):
    assert variables(
        """
        def adder(n):
            return lambda m: n + m
        one, ten = adder(1), adder(10)
        x = one(5)
        y = ten(5)
    """,
        "x",
        "y",
    ) == {"x": "6", "y": "15"}


def test_lambdas_in_a_loop_share_its_variable(value):
    assert (
        value("""
        made = []
        for n in range(3):
            made.append(lambda: n)
        x = [f() for f in made]
    """)
        == "[2, 2, 2]"
    )


def test_a_function_without_return_gives_none(value):
    assert value("def f():\n    pass\nx = f()") == "None"


def test_returns_join(value):
    assert (
        value("""
        import somewhere
        def f():
            if somewhere.flag:
                return 1
            return 2
        x = f()
    """)
        == "1 | 2"
    )


def test_a_function_that_only_raises_gives_nothing_known(value):
    assert value("def f():\n    raise NotImplementedError\nx = f()") == "?"


def test_recursion_is_followed_a_little(value):
    assert (
        value("""
        def fact(n):
            return 1 if n == 0 else n * fact(n - 1)
        x = fact(2)
    """)
        == "2"
    )
    assert value("def f(n):\n    return f(n + 1)\nx = f(0)") == "?"


def test_functools_partial(value):
    assert (
        value("""
        from functools import partial
        def layer(units, name, act="tanh"):
            return units, name, act
        relu = partial(layer, 8, act="relu")
        x = relu("a")
    """)
        == "(8, 'a', 'relu')"
    )


def test_a_decorator_of_the_project_is_applied(variables):
    assert variables(
        """
        import functools
        def doubled(function):
            @functools.wraps(function)
            def wrapper(*args, **kwargs):
                return 2 * function(*args, **kwargs)
            return wrapper
        def times(n):
            def decorate(function):
                return lambda *args: n * function(*args)
            return decorate
        @doubled
        def f(a):
            return a
        @times(3)
        @doubled
        def g(a):
            return a
        x, y = f(5), g(5)
    """,
        "x",
        "y",
    ) == {"x": "10", "y": "30"}


def test_a_decorator_that_is_a_class(value):
    assert (
        value("""
        class Traced:
            def __init__(self, function):
                self.function = function
            def __call__(self, *args):
                return self.function(*args) + 1
        @Traced
        def f(a):
            return a
        x = f(1)
    """)
        == "2"
    )


def test_a_decorator_that_keeps_functions_in_a_table(value):
    assert (
        value("""
        BUILDERS = {}
        def register(name):
            def keep(function):
                BUILDERS[name] = function
                return function
            return keep
        @register("lstm")
        def build():
            return 3
        x = BUILDERS["lstm"]()
    """)
        == "3"
    )


def test_a_decorator_of_a_library_leaves_the_function_as_it_is(value):
    assert (
        value("""
        import tensorflow as tf, functools
        @functools.lru_cache(maxsize=None)
        @tf.function
        def f(a):
            return a + 1
        x = f(1)
    """)
        == "2"
    )


def test_functions_in_a_dict(variables):
    assert variables(
        """
        import somewhere
        def lstm(): return "lstm"
        def gru(): return "gru"
        builders = {"lstm": lstm, "gru": gru}
        x = builders["gru"]()
        y = builders[somewhere.name]()
        z = builders.get("cnn", lstm)()
    """,
        "x",
        "y",
        "z",
    ) == {"x": "'gru'", "y": "'lstm' | 'gru'", "z": "'lstm'"}


def test_what_several_alternatives_write_is_joined(value):
    assert (
        value("""
        import somewhere
        x = []
        def one(): x.append(1)
        def two(): x.append(2)
        (one if somewhere.flag else two)()
    """)
        == "[1 | 2]"
    )


def test_an_async_function_is_called_like_any_other(value):
    assert value("async def f():\n    return 1\nasync def g():\n    return await f()\nx = await g()") == "1"


def test_a_name_of_a_function(value):
    assert value("def f(): pass\nx = f.__name__") == "'f'"


def test_a_function_that_would_only_raise_is_read_as_if_its_tests_came_out_otherwise(value):
    assert (
        value("""
        task = None
        def units():
            if task == "ranking":
                return 1
            elif task == "tagging":
                return 9
            else:
                raise ValueError(task)
        x = units()
    """)
        == "1 | 9"
    )


def test_what_was_written_on_the_way_to_a_raise_is_taken_back(value):
    assert (
        value("""
        seen = []
        def check(kind=None):
            seen.append(kind)
            if kind is None:
                raise ValueError
            return seen
        x = check()
    """)
        == "[None]"
    )


def test_a_function_that_can_only_raise(value):
    assert value("def build():\n    raise NotImplementedError\nx = build()") == "?"


def test_what_may_be_none_is_called_where_it_is_not(value):
    assert (
        value("""
        import somewhere
        def double(n): return 2 * n
        change = double if somewhere.asked() else None
        x = change(4)
    """)
        == "8"
    )

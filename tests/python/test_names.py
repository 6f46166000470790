from __future__ import annotations


def test_a_variable_is_what_was_assigned_last(variables):
    assert variables("a = 1\nb = a\na = 2") == {"a": "2", "b": "1"}


def test_several_targets_and_patterns(variables):
    assert variables("""
        a = b = 1
        c, (d, *e) = 2, (3, 4, 5)
        [f, g] = "xy"
        *h, i = [6, 7, 8]
    """) == {"a": "1", "b": "1", "c": "2", "d": "3", "e": "[4, 5]", "f": "'x'", "g": "'y'", "h": "[6, 7]", "i": "8"}


def test_swapping(variables):
    assert variables("a, b = 1, 2\na, b = b, a") == {"a": "2", "b": "1"}


def test_a_name_that_nothing_binds_is_unknown(value):
    assert value("x = nowhere") == "?"


def test_a_deleted_name_is_gone(variables):
    assert variables("a = b = c = 1\ndel a, b") == {"c": "1"}


def test_annotations_bind_only_with_a_value(variables):
    assert variables("a: int = 1\nb: int") == {"a": "1"}


def test_a_function_reads_the_variables_around_it_when_it_is_called(value):
    assert (
        value("""
        def f():
            return size
        size = 1
        size = 2
        x = f()
    """)
        == "2"
    )


def test_a_local_variable_hides_the_global_one(variables):
    assert variables(
        """
        size = 1
        def f():
            size = 2
            return size
        x = f()
    """,
        "size",
        "x",
    ) == {"size": "1", "x": "2"}


def test_global_writes_to_the_module(variables):
    assert variables(
        """
        model = None
        def build():
            global model, history
            model = 1
            history = 2
        build()
    """,
        "model",
        "history",
    ) == {"model": "1", "history": "2"}


def test_nonlocal_writes_to_the_function_around(value):
    assert (
        value("""
        def counter():
            n = 0
            def step():
                nonlocal n
                n += 1
                return n
            return step
        step = counter()
        step()
        x = step()
    """)
        == "2"
    )


def test_nonlocal_before_the_variable_is_set(value):
    assert (
        value("""
        def f():
            def fill():
                nonlocal result
                result = 3
            fill()
            result = result + 1
            return result
        x = f()
    """)
        == "4"
    )


def test_methods_do_not_see_the_names_of_their_class(value):
    assert (
        value("""
        size = 1
        class A:
            size = 2
            def f(self):
                return size
        x = A().f()
    """)
        == "1"
    )


def test_a_class_body_sees_its_own_names(value):
    assert (
        value("""
        class A:
            size = 2
            doubled = size * 2
            each = [size for _ in range(1)]
            first = [n for n in (size, doubled)]
        x = A.first
    """)
        == "[2, 4]"
    )


def test_the_variable_of_a_comprehension_stays_inside(variables):
    assert variables("n = 1\nx = [n for n in (7, 8)]") == {"n": "1", "x": "[7, 8]"}


def test_a_walrus_binds_outside_the_comprehension(variables):
    assert variables("x = [last := n for n in (1, 2)]\nif (y := 3) > 2:\n    z = y") == {
        "last": "2",
        "x": "[1, 2]",
        "y": "3",
        "z": "3",
    }


def test_builtins_can_be_hidden(value):
    assert value("def len(a):\n    return 7\nx = len([])") == "7"


def test_globals_by_name(variables):
    assert variables(
        """
        def build_lstm():
            return "lstm"
        x = globals()["build_lstm"]()
        globals()["y"] = 2
    """,
        "x",
        "y",
    ) == {"x": "'lstm'", "y": "2"}


def test_the_module_is_run_as_the_main_one(value):
    assert (
        value("""
        def main():
            return 1
        if __name__ == "__main__":
            x = main()
    """)
        == "1"
    )


def test_libraries_are_names(variables):
    assert variables("import os.path as p, json\nfrom numpy import array as a\nb = json.loads") == {
        "p": "os.path",
        "json": "json",
        "a": "numpy.array",
        "b": "json.loads",
    }


def test_aliases_of_names_of_libraries(value):
    assert (
        value("import tensorflow as tf\nL = tf.keras.layers\nmake = L.LSTM\nx = make") == "tensorflow.keras.layers.LSTM"
    )


def test_a_star_import_brings_what_the_library_exports(variables):
    assert variables("from starry import *\na = Sun\nb = Pluto", "a", "b") == {"a": "starry.Sun", "b": "?"}


def test_the_package_that_a_program_prefers_is_the_one_it_uses(variables):
    assert variables("""
        try:
            import cPickle as pickle
        except ImportError:
            import pickle
        try:
            from keras import layers
        except (ImportError, AttributeError):
            layers = None
        try:
            import json5 as json
        except:
            import json
    """) == {"pickle": "cPickle", "layers": "keras.layers", "json": "json5"}


def test_an_attribute_set_on_something_outside_the_project_is_read_back(variables):
    assert variables(
        """
        import wandb
        config = wandb.config
        config.maxlen = 300
        x = config.maxlen
        """,
        "x",
    ) == {"x": "300"}

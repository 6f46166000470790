"""Functions and methods that nothing calls, and objects that methods share."""

from __future__ import annotations


def test_a_function_that_nobody_calls_is_run_once_with_unknown_arguments(seen):
    assert seen("""
        from watch import seen
        def train(data, epochs=3, *more, **options):
            seen(data, epochs, more, options)
    """) == ["?, 3, (), {}"]


def test_a_function_that_was_called_is_not_run_again(seen):
    assert seen("""
        from watch import seen
        def train(data):
            seen(data)
        train(1)
    """) == ["1"]


def test_functions_inside_functions_are_run_as_well(seen):
    assert seen("""
        from watch import seen
        def outer(n=1):
            def inner(m):
                seen(n, m)
    """) == ["1, ?"]


def test_the_methods_of_a_class_share_one_object(seen):
    assert seen("""
        from watch import seen
        class Tagger:
            def __init__(self, units=8):
                self.units = units
            def create(self):
                self.model = "model", self.units
            def fit(self, data):
                seen(self.model)
    """) == ["('model', 8)"]


def test_a_method_that_read_an_attribute_too_early_is_run_again(seen):
    assert (
        seen("""
        from watch import seen
        class Tagger:
            def fit(self, data):
                seen(self.model)
            def create(self):
                self.model = "model"
    """)[-1]
        == "'model'"
    )


def test_static_and_class_methods_that_nobody_calls(seen):
    assert seen("""
        from watch import seen
        class A:
            n = 1
            @staticmethod
            def f(a): seen(a)
            @classmethod
            def g(cls): seen(cls.n)
            @property
            def h(self): seen("h")
    """) == ["?", "1", "'h'"]


def test_methods_of_a_base_are_run_for_each_class(seen):
    assert seen("""
        from watch import seen
        class Base:
            def run(self):
                seen(self.name())
            def name(self):
                return "base"
        class One(Base):
            def name(self):
                return "one"
    """) == ["'base'", "'one'"]


def test_objects_that_the_program_made_are_the_ones_that_are_explored(seen):
    assert seen("""
        from watch import seen
        class A:
            def __init__(self, n): self.n = n
            def use(self): seen(self.n)
        a = A(5)
    """) == ["5"]


def test_a_function_that_only_a_library_calls(seen):
    assert seen("""
        from watch import seen
        import somewhere
        rate = 3
        @somewhere.route("/train")
        def handler(request):
            seen(rate)
    """) == ["3"]


def test_what_an_uncalled_function_does_is_seen_by_the_next(seen):
    assert seen("""
        from watch import seen
        state = {}
        def first():
            state["n"] = 1
        def second():
            seen(state["n"])
    """) == ["1"]


def test_what_a_method_sets_on_another_object_of_the_class(seen):
    program = """
        from watch import seen
        class Vectors:
            def __init__(self):
                {declared}
            def build(self):
                self.table = Table()
        class Table:
            output = "rows"
        class Tagger:
            def __init__(self):
                self.vectors = Vectors()
            def create(self):
                seen(self.vectors.table.output)
        class Parser(Tagger):
            pass
    """
    assert seen(program.format(declared="self.table = None"))[-1] == "'rows'"
    assert seen(program.format(declared="pass"))[-1] == "'rows'"


def test_none_that_a_method_replaces_later(seen):
    assert (
        seen("""
        from watch import seen
        class Tagger:
            def __init__(self):
                self.model = None
            def fit(self, data):
                seen(self.model.name)
            def create(self):
                self.model = Model()
        class Model:
            name = "model"
    """)[-1]
        == "'model'"
    )

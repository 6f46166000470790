from __future__ import annotations


def test_attributes_and_methods(value):
    assert (
        value("""
        class A:
            size = 3
            def __init__(self, n):
                self.n = n
            def total(self):
                return self.n + self.size
        x = A(4).total()
    """)
        == "7"
    )


def test_objects_are_shared(value):
    assert (
        value("""
        class A:
            pass
        a = A()
        b = a
        b.n = 1
        x = a.n
    """)
        == "1"
    )


def test_each_object_has_its_own_attributes(variables):
    assert variables(
        """
        class A:
            def __init__(self, n): self.n = n
        a, b = A(1), A(2)
        x, y = a.n, b.n
    """,
        "x",
        "y",
    ) == {"x": "1", "y": "2"}


def test_inheritance_and_super(value):
    assert (
        value("""
        class A:
            def __init__(self, n): self.n = n
            def name(self): return "a"
            def describe(self): return self.name(), self.n
        class B(A):
            def __init__(self):
                super().__init__(10)
            def name(self): return super(B, self).name() + "b"
        x = B().describe()
    """)
        == "('ab', 10)"
    )


def test_super_goes_to_the_next_class_of_a_diamond(value):
    assert (
        value("""
        class A:
            def path(self): return "A"
        class B(A):
            def path(self): return "B" + super().path()
        class C(A):
            def path(self): return "C" + super().path()
        class D(B, C):
            def path(self): return "D" + super().path()
        x = D().path()
    """)
        == "'DBCA'"
    )


def test_the_first_base_goes_before_the_second_all_the_way_up(value):
    assert (
        value("""
        class A:
            def f(self): return "A"
        class B(A): pass
        class C:
            def f(self): return "C"
        class D(B, C): pass
        x = D().f()
    """)
        == "'A'"
    )


def test_properties_with_setters(variables):
    assert variables(
        """
        class A:
            def __init__(self): self._n = 1
            @property
            def n(self): return self._n
            @n.setter
            def n(self, value): self._n = value * 10
        a = A()
        x = a.n
        a.n = 5
        y = a.n
    """,
        "x",
        "y",
    ) == {"x": "1", "y": "50"}


def test_properties_by_call(value):
    assert (
        value("""
        class A:
            def _get(self): return 1
            n = property(_get)
        x = A().n
    """)
        == "1"
    )


def test_static_and_class_methods(variables):
    assert variables(
        """
        class A:
            units = 1
            @staticmethod
            def twice(n): return 2 * n
            @classmethod
            def default(cls, extra=0): return cls.units + extra
            @classmethod
            def make(cls): return cls()
        class B(A):
            units = 5
        x = A.twice(4), A().twice(5)
        y = A.default(), B.default(1), B().default()
        z = type(B.make()) is B
    """,
        "x",
        "y",
        "z",
    ) == {"x": "(8, 10)", "y": "(1, 6, 5)", "z": "True"}


def test_class_attributes_through_cls_and_self(value):
    assert (
        value("""
        class A:
            count = 0
            @classmethod
            def up(cls):
                cls.count = 5
        A.up()
        x = A.count, A().count, A().__class__.count
    """)
        == "(5, 5, 5)"
    )


def test_methods_as_values(value):
    assert (
        value("""
        class A:
            def __init__(self, n): self.n = n
            def get(self, m): return self.n, m
        bound = A(1).get
        x = bound(2), A.get(A(3), 4)
    """)
        == "((1, 2), (3, 4))"
    )


def test_calling_indexing_and_measuring_an_object(value):
    assert (
        value("""
        class A:
            def __init__(self): self.kept = {}
            def __call__(self, n): return n + 1
            def __getitem__(self, key): return self.kept[key]
            def __setitem__(self, key, value): self.kept[key] = value
            def __len__(self): return 7
            def __add__(self, other): return "sum", other
            def __getattr__(self, name): return "no " + name
        a = A()
        a["k"] = 3
        x = a(1), a["k"], len(a), a + 1, a.colour
    """)
        == "(2, 3, 7, ('sum', 1), 'no colour')"
    )


def test_iterating_over_an_object(value):
    assert (
        value("""
        class A:
            def __iter__(self):
                yield 1
                yield 2
        x = [n for n in A()]
    """)
        == "[1, 2]"
    )


def test_setting_attributes_by_name(value):
    assert (
        value("""
        class Config:
            def __init__(self, **options):
                for name, value in options.items():
                    setattr(self, name, value)
        config = Config(units=3, maxlen=9)
        x = config.units, config.maxlen, getattr(config, "dropout", 0.5), hasattr(config, "units")
    """)
        == "(3, 9, 0.5, True)"
    )


def test_attributes_from_a_dict(value):
    assert (
        value("""
        class Config:
            def __init__(self, options):
                self.__dict__.update(options)
        x = Config({"units": 3}).units, vars(Config({"n": 1}))["n"]
    """)
        == "(3, 1)"
    )


def test_attributes_that_may_be_set_under_names_that_were_not_read(variables):
    assert variables(
        """
        import somewhere
        class Config:
            units = 8
            def __init__(self):
                self.maxlen = 40
            def size(self):
                return 3
        a, b, c = Config(), Config(), Config()
        for name, value in somewhere.settings().items():
            setattr(a, name, value)
        b.__dict__.update(somewhere.settings())
        x, y, z = ((config.units, config.maxlen, config.size()) for config in (a, b, c))
    """,
        *"xyz",
    ) == {"x": "(8 | ?, 40 | ?, 3)", "y": "(8 | ?, 40 | ?, 3)", "z": "(8, 40, 3)"}


def test_what_a_program_makes_leaves_the_attributes_that_it_names_alone(value):
    assert (
        value("""
        import somewhere
        class Stack:
            def __init__(self):
                self.units = 8
                for number in range(somewhere.depth):
                    setattr(self, f"layer_{number}", object)
        x = Stack().units
    """)
        == "8"
    )


def test_dataclasses(variables):
    assert variables(
        """
        from dataclasses import dataclass, field, replace, asdict
        @dataclass
        class Base:
            units: int = 8
        @dataclass(frozen=True)
        class Config(Base):
            maxlen: int = 100
            layers: list = field(default_factory=list)
            rate: float = field(default=0.5)
            def __post_init__(self):
                self.twice = 2 * self.units
        a, b = Config(3), Config(maxlen=5)
        a.layers.append("lstm")
        x = a.units, a.maxlen, a.layers, a.rate, a.twice
        y = b.units, b.maxlen, b.layers
        z = replace(b, units=1).units, asdict(b)["maxlen"], Config.maxlen
    """,
        "x",
        "y",
        "z",
    ) == {"x": "(3, 100, ['lstm'], 0.5, 6)", "y": "(8, 5, [])", "z": "(1, 5, 100)"}


def test_attrs_classes(value):
    assert (
        value("""
        import attr
        @attr.s
        class Config:
            units = attr.ib(default=4)
            names = attr.ib(factory=list)
        x = Config().units, Config(7).units, Config().names
    """)
        == "(4, 7, [])"
    )


def test_named_tuples(variables):
    assert variables(
        """
        from collections import namedtuple
        from typing import NamedTuple
        Batch = namedtuple("Batch", "inputs targets", defaults=(0,))
        class Pair(NamedTuple):
            first: int
            second: int = 2
        class Box(NamedTuple):
            width: int = 3
            def area(self): return self.width ** 2
        batch = Batch(1)
        inputs, targets = batch
        x = batch.inputs, batch[1], inputs, targets, batch._replace(targets=5)
        first, second = Pair(1)
        y = first, second, Pair(5).second
        z = Box().area(), Box(4)[0]
    """,
        "x",
        "y",
        "z",
    ) == {"x": "(1, 0, 1, 0, (inputs=1, targets=5))", "y": "(1, 2, 2)", "z": "(9, 4)"}


def test_enumerations(variables):
    assert variables(
        """
        from enum import Enum, IntEnum, auto
        class Cell(Enum):
            LSTM = "lstm"
            GRU = "gru"
            def build(self): return self.value + "!"
        class Size(IntEnum):
            SMALL = 8
        class Kind(Enum):
            A = auto()
            B = auto()
        x = Cell.LSTM.value, Cell.GRU.name, Cell("gru").value, Cell["LSTM"].build(), Size.SMALL + 1, Size.SMALL.value
        y = [cell.value for cell in Cell]
        z = Cell.LSTM == Cell.LSTM, Cell.LSTM is Cell.GRU, Kind.B.value
    """,
        "x",
        "y",
        "z",
    ) == {
        "x": "('lstm', 'GRU', 'gru', 'lstm!', 9, 8)",
        "y": "['lstm', 'gru']",
        "z": "(True, False, 2)",
    }


def test_class_decorators(value):
    assert (
        value("""
        MODELS = {}
        def register(cls):
            MODELS[cls.__name__] = cls
            return cls
        @register
        class Tagger:
            def size(self): return 3
        x = MODELS["Tagger"]().size()
    """)
        == "3"
    )


def test_classes_made_by_calls(value):
    assert (
        value("""
        class Base:
            def f(self): return self.n
        Made = type("Made", (Base,), {"n": 4})
        x = Made().f()
    """)
        == "4"
    )


def test_isinstance_decides_where_it_can(variables):
    assert variables(
        """
        import somewhere
        class A: pass
        class B(A): pass
        x = isinstance(B(), A), isinstance(A(), B), isinstance([], list), isinstance("a", (int, str))
        y = isinstance(somewhere.thing(), A)
        z = isinstance(1, A), isinstance((), list), isinstance({}, dict)
    """,
        "x",
        "y",
        "z",
    ) == {"x": "(True, False, True, True)", "y": "?", "z": "(False, False, True)"}


def test_a_dict_that_is_read_with_a_dot(value):
    assert (
        value("""
        class Settings(dict):
            __getattr__ = dict.get
        class Options(dict):
            def __getattr__(self, name): return self[name]
        x = Options(maxlen=9).maxlen
    """)
        == "9"
    )


def test_an_attribute_that_nothing_sets_has_no_known_value(value):
    assert value("class A: pass\nx = A().missing() + 1") == "?"


def test_a_method_of_a_base_in_a_library_is_left_to_the_library(value):
    assert (
        value("""
        import keras
        class A(keras.Model):
            def call(self, inputs): return inputs
        x = A().call(1)
    """)
        == "1"
    )


def test_a_named_tuple_says_in_new_what_its_fields_are_by_default(variables):
    assert variables(
        """
        from collections import namedtuple
        class Column(namedtuple("Column", ["name", "length", "scale"])):
            __slots__ = ()
            def __new__(cls, name, length=1, scale=None):
                if length == "auto":
                    length = 9
                return super(Column, cls).__new__(cls, name, length, scale)
            def __hash__(self): return hash(self.name)
        x = Column("price").length, Column("words", "auto").length, Column("words").scale is None
        y = Column("price")._replace(length=3).length
    """,
        "x",
        "y",
    ) == {"x": "(1, 9, True)", "y": "3"}

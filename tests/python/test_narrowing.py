"""What a test that holds says of a value that nobody gives."""

from __future__ import annotations

COLUMNS = """
        from collections import namedtuple
        class Sparse(namedtuple("Sparse", ["name", "size"])):
            def __new__(cls, name, size=4): return super(Sparse, cls).__new__(cls, name, size)
        class Dense(namedtuple("Dense", ["name", "change"])):
            def __new__(cls, name, change=None): return super(Dense, cls).__new__(cls, name, change)
"""


def test_behind_isinstance_a_value_is_of_the_class(variables):
    assert variables(
        COLUMNS
        + """
        import somewhere
        column = somewhere.column()
        if isinstance(column, Sparse):
            x = column.size
        elif isinstance(column, Dense):
            x = column.change is None
        y = column.size if isinstance(column, Sparse) else 0
        z = column
    """,
        "x",
        "y",
        "z",
    ) == {"x": "4 | True | nothing", "y": "4 | 0", "z": "?"}


def test_a_filter_by_class_leaves_objects_of_the_class(variables):
    assert variables(
        COLUMNS
        + """
        import somewhere
        columns = somewhere.columns()
        sparse = list(filter(lambda column: isinstance(column, Sparse), columns))
        dense = [column for column in columns if isinstance(column, Dense)]
        x = [column.size for column in sparse]
        y = [column.change for column in dense]
    """,
        "x",
        "y",
    ) == {"x": "[4...]", "y": "[None...]"}


def test_one_of_several_objects_is_one_of_those_that_pass_the_test(value):
    assert (
        value("""
        import somewhere
        class A: n = 1
        class B: n = 2
        either = A() if somewhere.asked() else B()
        x = either.n if isinstance(either, B) else 0
    """)
        == "2 | 0"
    )


def test_a_record_that_the_program_made_is_what_a_test_finds(value):
    assert (
        value("""
        import dataclasses
        import somewhere
        @dataclasses.dataclass
        class Settings:
            length: int
        Settings(30)
        given = somewhere.settings()
        x = given.length if isinstance(given, Settings) else 0
    """)
        == "30 | 0"
    )


def test_of_a_class_that_is_no_record_no_object_is_made_up(value):
    assert (
        value("""
        import somewhere
        class Reader:
            def __init__(self): self.length = 30
        Reader()
        given = somewhere.reader()
        x = given.length + 1 if isinstance(given, Reader) else 0
    """)
        == "? | 0"
    )

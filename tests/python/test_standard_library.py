from __future__ import annotations


def test_default_dicts(value):
    assert (
        value("""
        from collections import defaultdict
        counts = defaultdict(list)
        counts["a"].append(1)
        counts["a"].append(2)
        x = counts["a"], counts["b"], defaultdict(int)["z"]
    """)
        == "([1, 2], [], 0)"
    )


def test_ordered_dicts_and_deques(value):
    assert (
        value("""
        from collections import OrderedDict, deque
        d = OrderedDict([("a", 1)])
        q = deque([1, 2])
        q.appendleft(0)
        x = d["a"], q
    """)
        == "(1, [0, 1, 2])"
    )


def test_copies_are_their_own(value):
    assert (
        value("""
        import copy
        a = [1]
        b, c = copy.copy(a), a.copy()
        d = {"k": 1}
        e = copy.deepcopy(d)
        a.append(2)
        d["k"] = 2
        x = a, b, c, e
    """)
        == "([1, 2], [1], [1], {'k': 1})"
    )


def test_paths(value):
    assert (
        value("import os\nx = os.path.join('data', 'train.txt'), os.path.join('a', '/b')") == "('data/train.txt', '/b')"
    )


def test_typing_is_transparent(value):
    assert (
        value("""
        from typing import Generic, List, TypeVar, cast
        T = TypeVar("T")
        class Box(Generic[T]):
            def get(self) -> List[T]: return 1
        class IntBox(Box[int]): pass
        x = cast(int, IntBox().get())
    """)
        == "1"
    )


def test_metaclasses_of_python_2_and_3(value):
    assert (
        value("""
        import abc, six
        class Base(six.with_metaclass(abc.ABCMeta, object)):
            n = 1
        class Other(Base, metaclass=abc.ABCMeta):
            @abc.abstractmethod
            def f(self): pass
        x = Other.n
    """)
        == "1"
    )


def test_exit_ends_a_branch(value):
    assert (
        value("""
        import sys, somewhere
        if somewhere.flag:
            x = 1
        else:
            x = 2
            sys.exit("usage")
    """)
        == "1"
    )


def test_combinations(variables):
    assert variables(
        """
        import itertools
        import somewhere
        x = list(itertools.combinations([1, 2, 3], 2))
        y = list(itertools.combinations(somewhere.columns(), 2))
    """,
        "x",
        "y",
    ) == {"x": "[(1, 2), (1, 3), (2, 3)]", "y": "[(?, ?)...]"}

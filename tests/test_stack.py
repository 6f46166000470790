"""Room for Python's own frames: no call is made where the system is asked for more, however deep it is."""

import resource

from padlint.stack import with_room

DEPTHS = 400
CALLS = 2_000


def test_calls_at_any_depth_take_no_memory_anew() -> None:
    assert with_room(_taken_by_calls_at_each_depth) < CALLS / 4


def test_what_the_work_returns_comes_through() -> None:
    assert with_room(lambda: 3) == 3


def _taken_by_calls_at_each_depth() -> int:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    _call_at_each_depth(DEPTHS)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def _call_at_each_depth(left: int) -> None:
    for _ in range(CALLS):
        _do_nothing()
    if left:
        _call_at_each_depth(left - 1)


def _do_nothing() -> None:
    pass

"""Generated programs, run by TensorFlow, read and rebuilt by padlint: all three say the same of every layer."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings

pytest.importorskip("tensorflow")
pytest.importorskip("tf_keras")

from comparison import compare
from frameworks import both
from programs import PROGRAMS, Program
from truth import Unusable

PROGRAMS_IN_A_RUN = 300


@settings(
    max_examples=PROGRAMS_IN_A_RUN,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(PROGRAMS)
def test_the_program_and_both_halves_agree(program: Program):
    try:
        found = compare(program, both()[program.keras])
    except Unusable:
        assume(condition=False)
    assert not found, str(found[0])

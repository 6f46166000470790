"""padlint's dataclasses do as the standard library's frozen ones do, in all but the guard."""

from __future__ import annotations

import dataclasses

import pytest

from padlint.dataclass import dataclass as lean


def _made(decorate):
    @decorate
    class Step:
        """A padded timestep."""

        row: int
        side: str = "post"

    return Step


@pytest.mark.parametrize(
    ("eq", "slots"), [(True, True), (True, False), (False, True)], ids=["compared", "open", "by identity"]
)
def test_they_compare_hash_and_show_alike(eq, slots):
    step, usual = (_made(each(frozen=True, eq=eq, slots=slots))(3, "pre") for each in (lean, dataclasses.dataclass))
    assert repr(step) == repr(usual)
    assert (step == type(step)(3, "pre")) is eq
    assert (hash(step) == hash(usual)) is eq
    assert step.__match_args__ == usual.__match_args__
    assert dataclasses.replace(step, row=4).row == 4
    assert hasattr(step, "__dict__") is not slots


def test_a_hash_of_its_own_is_kept():
    @lean(frozen=True, slots=True)
    class Text:
        """A text that is the same in capitals."""

        text: str

        def __hash__(self):
            return hash(self.text.lower())

    assert hash(Text("A")) == hash("a")


def test_what_can_change_has_no_hash():
    with pytest.raises(TypeError, match="unhashable"):
        hash(_made(lean(slots=True))(3))

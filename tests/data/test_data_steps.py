"""Steps of padded sequences that loops copy, encode or collect one by one."""

from __future__ import annotations

import pytest

PAD = "import numpy as np\nfrom keras.utils import pad_sequences\nids = pad_sequences(rows, 50)\n"


@pytest.mark.parametrize(
    ("loops", "known"),
    [
        ("for i in range(len(ids)):\n    for t in range(50):\n        x[i, t] = ids[i, t]", "pre 0 axis 1"),
        ("for i in range(len(ids)):\n    for t in range(50):\n        x[i][t] = ids[i][t]", "pre 0 axis 1"),
        ("for i, row in enumerate(ids):\n    for t, k in enumerate(row):\n        x[i, t] = k", "pre 0 axis 1"),
        ("for i in range(len(ids)):\n    for t in range(9):\n        x[i, t] = ids[i, t]", "pre 0 axis 1"),
        ("for i in range(len(ids)):\n    for t in range(50):\n        x[i, t] = ids[i, t] / 9", "pre 0 axis 1"),
        ("for t in range(50):\n    x[:, t] = ids[:, t]", "pre 0 axis 1"),
        ("for i in range(len(ids)):\n    for t in range(50):\n        x[i, t] = table[ids[i, t]]", "pre ? axis 1"),
        ("for i in range(len(ids)):\n    for t in range(50):\n        x[i, t, ids[i, t]] = 1", "pre ? axis 1 one_hot"),
        (
            "for i, row in enumerate(ids):\n    for t, k in enumerate(row):\n        x[i, t, k] = 1",
            "pre ? axis 1 one_hot",
        ),
        (
            "for i in range(len(ids)):\n  for t in range(50):\n    for k in range(3):\n      x[i, t, k] = ids[i, t, k]",
            "pre 0 axis 1",
        ),
    ],
)
def test_steps_that_are_copied_into_another_array(known_of, loops, known):
    program = f"{PAD}x = np.zeros((len(ids), 50, 9))\n{loops}"
    assert f" {known}" in known_of(program)


@pytest.mark.parametrize(
    "loops",
    [
        # Which words there are in a text, whatever place they are at.
        "for i in range(len(ids)):\n    for t in range(50):\n        x[i, ids[i, t]] = 1",
        "for i, row in enumerate(ids):\n    for k in row:\n        x[i, k] += 1",
        # Which steps are real.
        "for i in range(len(ids)):\n    for t in range(50):\n        x[i, t] = ids[i, t] != 0",
        # Of something else.
        "for i in range(len(ids)):\n    for t in range(50):\n        x[i, t] = series[i + t]",
        "for i in range(len(ids)):\n    x[i] = series[i : i + 50]",
    ],
)
def test_what_else_is_written_step_by_step(known_of, loops):
    assert "axis" not in known_of(f"{PAD}x = np.zeros((len(ids), 50))\n{loops}")


@pytest.mark.parametrize(
    "steps",
    [
        "[[table[ids[i][t]] for t in range(50)] for i in range(len(ids))]",
        "[[[value / 2 for value in step] for step in row] for row in ids]",
        "[[k for k in row] for row in ids]",
    ],
)
def test_steps_that_are_collected(known_of, steps):
    assert " axis 1" in known_of(f"{PAD}x = np.array({steps})")


def test_one_step_of_each_sequence_is_none_that_is_padded(known_of):
    assert known_of(f"{PAD}for t in range(50):\n    x = ids[:, t]") == "nothing"


@pytest.mark.parametrize(
    ("write", "known"),
    [
        ("x[i, np.arange(len(s)), s] = 1", "filling np.zeros in part post 0 axis 1"),
        ("x[i, range(len(s))] = s", "filling np.zeros in part post 0 axis 1"),
        (
            "row = np.zeros(50)\n    np.put(row, range(len(s)), s)\n    x[i, :, 0] = row",
            "filling np.zeros in part post 0 axis 1",
        ),
        ("x[i, np.arange(50), series[i : i + 50]] = 1", "not padded: an array written in full"),
    ],
)
def test_all_places_up_to_a_length(known_of, write, known):
    program = f"import numpy as np\nx = np.zeros((len(rows), 50, 9))\nfor i, s in enumerate(rows):\n    {write}"
    assert known_of(program) == known


def test_the_codes_of_labels_are_no_steps(known_of):
    program = "import numpy as np\nx = np.zeros((count, 9))\nx[np.arange(len(labels)), labels] = 1"
    assert "axis" not in known_of(program)

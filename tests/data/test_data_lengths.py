"""Rows that all have one length, so that nothing pads them."""

from __future__ import annotations

import pytest

PROGRAM = """
import tensorflow as tf

def ids_of(texts, chars="0123456789-"):
    rows = [[chars.index(c) for c in text] for text in texts]
    return (tf.ragged.constant(rows) + 1).to_tensor()

dates = days()
x = ids_of([TEXT for date in dates])
"""


def test_dates_in_iso_format_are_never_padded(known_of):
    assert known_of(PROGRAM.replace("TEXT", "date.isoformat()")) == "not padded: rows of one length"


@pytest.mark.parametrize("text", ["date.strftime('%B %d')", "date.name", "str(date)"])
def test_other_texts_are(known_of, text):
    assert known_of(PROGRAM.replace("TEXT", text)) == "to_tensor post 0 axis 1"

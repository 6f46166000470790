"""pandas and scikit-learn."""

from __future__ import annotations

import pytest

START = """
import numpy as np
import pandas as pd
from keras.utils import pad_sequences
df = pd.read_csv("data.csv")
"""


@pytest.mark.parametrize(
    "program",
    [
        "x = df.values",
        "x = df[['a', 'b']].to_numpy().astype('float32')",
        "x = df['a'].values.reshape(-1, 1)",
        "x = df.drop(columns=['y']).fillna(0).values",
        "x = df.iloc[:, 1:].values",
        "x = np.array([df['a'].values[i - 9 : i] for i in range(9, len(df))])",
        "x = np.reshape(df.values, (df.shape[0], 1, df.shape[1]))",
    ],
)
def test_tables_hold_no_padding(known_of, program):
    assert known_of(START + program).startswith("not padded: ")


@pytest.mark.parametrize(
    "program",
    [
        "x = pad_sequences(df['text'].apply(encode), maxlen=9)",
        "x = pad_sequences(df['ids'], maxlen=9)",
        "table = pd.DataFrame(pad_sequences(rows, maxlen=9))\ntable['y'] = labels\nx = table.drop('y', axis=1).values",
        "both = {'left': df['ids']}\nboth['left'] = pad_sequences(both['left'], maxlen=9)\nx = both['left']",
        "df['ids'] = list(pad_sequences(tokenizer.texts_to_sequences(df.text), maxlen=9))\nx = np.stack(df['ids'].values)",
        "df['ids'] = df['text'].apply(lambda text: pad_sequences([encode(text)], maxlen=9)[0])\nx = np.array(df['ids'].tolist())",
        "texts = df['text'].values\nx = pad_sequences([encode(text) for text in texts], maxlen=9)",
        "frame = pd.DataFrame({'ids': list(pad_sequences(rows, maxlen=9))})\nx = np.array(frame['ids'].tolist())",
    ],
)
def test_columns_that_the_program_padded(known_of, program):
    assert known_of(START + program) == "pad_sequences to 9 pre 0 axis 1"


@pytest.mark.parametrize(
    "table",
    [
        "pd.DataFrame(rows, columns=['ids', 'label'])",
        "pd.DataFrame([tuple(row) for row in rows], columns=['ids', 'label'])",
        "pd.DataFrame([{'ids': ids, 'label': label} for ids, label in rows])",
        "pd.DataFrame([[ids[0], 1], [ids[1], 0]], columns=['ids', 'label'])",
    ],
)
def test_columns_of_a_table_that_is_made_of_rows(known_of, table):
    program = f"""
ids = pad_sequences(texts, maxlen=9)
rows = []
for row, label in zip(ids, labels):
    rows.append([row, label])
frame = {table}
x = np.array(frame.ids.tolist())
"""
    assert known_of(START + program) == "pad_sequences to 9 pre 0 axis 1"


def test_a_bag_of_words(known_of):
    program = "from sklearn.feature_extraction.text import TfidfVectorizer\nx = TfidfVectorizer().fit_transform(texts).toarray()"
    assert known_of(program) == "not padded: bag-of-words rows of one width"

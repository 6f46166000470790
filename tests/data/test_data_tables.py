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


PADDED = "ids = pad_sequences(rows, maxlen=9)\n"


@pytest.mark.parametrize(
    "program",
    [
        "pd.DataFrame(ids).to_csv('ids.csv', index=False)\nx = pd.read_csv('ids.csv').values",
        "pd.DataFrame(ids).to_pickle('ids.pkl')\nx = pd.read_pickle('ids.pkl').values[:, :, None]",
        "pd.DataFrame({'ids': list(ids)}).to_pickle('ids.pkl')\nx = np.stack(pd.read_pickle('ids.pkl')['ids'])",
        "np.savetxt('ids.csv', ids, delimiter=',')\nx = np.loadtxt('ids.csv', delimiter=',')",
        "np.savetxt('ids.csv', ids)\nx = np.genfromtxt('ids.csv')",
    ],
)
def test_tables_that_the_program_saves_and_loads(known_of, program):
    assert known_of(START + PADDED + program) == "pad_sequences to 9 pre 0 axis 1"


@pytest.mark.parametrize(
    "program",
    [
        "pd.DataFrame(ids).to_csv('ids.csv')\nx = pd.read_csv('labels.csv').values",
        "np.savetxt('ids.csv', ids)\nx = np.loadtxt('labels.csv')",
        "np.savetxt('ids.csv', ids)\nnp.savetxt('ids.csv', df.values)\nx = np.loadtxt('ids.csv')",
        "pd.DataFrame({'ids': list(ids)}).to_csv('ids.csv')\nx = pd.read_csv('ids.csv')['ids'].values",
    ],
)
def test_other_tables_that_a_program_loads(known_of, program):
    assert known_of(START + PADDED + program).startswith("not padded: ")


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


RAGGED = pytest.mark.parametrize(
    "rows",
    [
        "[[index.get(word, 1) for word in text.split()] for text in texts]",
        "Tokenizer().texts_to_sequences(texts)",
    ],
)


@RAGGED
@pytest.mark.parametrize(
    ("filled", "how"),
    [
        ("x = pd.DataFrame(rows).fillna(0).values", "fillna"),
        ("x = pd.DataFrame(rows).fillna(value=0).astype(int).to_numpy()", "fillna"),
        ("x = pd.DataFrame(rows)\nx.fillna(0, inplace=True)", "fillna"),
        ("x = pd.DataFrame(rows).replace(np.nan, 0)", "replace"),
    ],
)
def test_rows_of_several_lengths_end_in_what_a_table_is_filled_with(known_of, rows, filled, how):
    program = f"{START}from keras.preprocessing.text import Tokenizer\nrows = {rows}\n{filled}"
    assert known_of(program) == f"{how} post 0 axis 1"


@pytest.mark.parametrize(
    "program",
    [
        "x = pd.DataFrame([[float(cell) for cell in line.split(',')] for line in lines]).fillna(0).values",
        "x = pd.DataFrame([[row[i] for i in range(9)] for row in rows]).fillna(0).values",
        "x = pd.DataFrame([[code(word) for word in text.split()] for text in texts], columns=names).fillna(0).values",
        "x = pd.DataFrame([[code(word) for word in text.split()] for text in texts]).dropna().values",
        "x = pd.DataFrame(rows).fillna(0).values",
    ],
)
def test_tables_of_as_many_cells_in_each_row_are_not_padded_by_what_they_are_filled_with(known_of, program):
    assert known_of(START + program).startswith("not padded: ")


@RAGGED
@pytest.mark.parametrize(
    ("filled", "padding"),
    [
        ("x = np.nan_to_num(pd.DataFrame(rows).values)", "filling the short rows of pd.DataFrame post 0 axis 1"),
        ("x = np.nan_to_num(pd.DataFrame(rows), nan=-1)", "filling the short rows of pd.DataFrame post -1 axis 1"),
        ("x = pd.DataFrame(rows)\nx[x.isnull()] = 0", "filling the short rows of pd.DataFrame post ? axis 1"),
        (
            "x = pd.DataFrame(rows).to_numpy()\nx[np.isnan(x)] = 0",
            "filling the short rows of pd.DataFrame post ? axis 1",
        ),
        (
            "x = pd.DataFrame(rows).values\nx = np.where(np.isnan(x), 0, x)",
            "filling the short rows of pd.DataFrame post ? axis 1",
        ),
        ("x = pd.DataFrame(rows)\nx = x.where(x.notnull(), 0).values", "where post 0 axis 1"),
        ("x = pd.DataFrame(rows)\nx = x.mask(x.isna(), -1).values", "mask post -1 axis 1"),
        ("x = pd.DataFrame.from_dict(dict(enumerate(rows)), orient='index').fillna(0)", "fillna post 0 axis 1"),
        ("x = pd.DataFrame(rows).reindex(columns=range(50), fill_value=0).fillna(0)", "fillna post 0 axis 1"),
        ("x = pd.DataFrame(rows).fillna(0).T", "fillna post 0 axis 0"),
        (
            "x = pd.DataFrame(rows)\nfor name in x.columns:\n    x[name] = x[name].fillna(0)",
            "fillna post 0 axis 1",
        ),
    ],
)
def test_ways_to_fill_the_cells_of_nothing_that_short_rows_end_in(known_of, rows, filled, padding):
    program = f"{START}from keras.preprocessing.text import Tokenizer\nrows = {rows}\n{filled}"
    assert known_of(program) == padding


@pytest.mark.parametrize(
    "program",
    [
        "x = pd.DataFrame([[cell for cell in line.split(';')] for line in lines]).values.reshape(-1, 10, 3).astype(float)",
        "x = np.nan_to_num(df.values)",
        "df[df.isnull()] = 0\nx = df.values",
        "x = np.where(np.isnan(df.values), 0, df.values)",
        "x = pd.concat([df.shift(i) for i in range(3)], axis=1).fillna(0).values",
    ],
)
def test_cells_that_are_missing_here_and_there_are_no_padding(known_of, program):
    assert "axis" not in known_of(START + program)


@pytest.mark.parametrize(
    ("steps", "pivoted", "known"),
    [
        (
            "cumcount()",
            "pivot_table(index='user', columns='step', values='item', fill_value=0)",
            "pivot_table post 0 axis 1",
        ),
        ("cumcount() + 1", "pivot(index='user', columns='step', values='item').fillna(0)", "fillna post 0 axis 1"),
        (
            "cumcount()",
            "pivot_table(index='user', columns='month', values='sold', fill_value=0)",
            "not padded: a table",
        ),
        ("rank()", "pivot_table(index='user', columns='step', values='item', fill_value=0)", "not padded: a table"),
    ],
)
def test_a_table_with_a_column_for_each_step_of_sequences(known_of, steps, pivoted, known):
    program = f"df['step'] = df.groupby('user').{steps}\nx = df.{pivoted}.values"
    assert known_of(START + program) == known


@pytest.mark.parametrize("texts", ["df.text", "df['text']"])
def test_a_column_of_codes_that_is_made_a_table_of_its_own(known_of, texts):
    program = f"""
df['ids'] = {texts}.apply(lambda text: [index.get(word, 1) for word in text.split()])
x = pd.DataFrame(df['ids'].tolist()).fillna(0).values
"""
    assert known_of(START + program) == "fillna post 0 axis 1"


@pytest.mark.parametrize(
    ("program", "known"),
    [
        ("x = df['ids'].str.split(' ', expand=True).fillna('0').astype(int).values", "fillna post '0' axis 1"),
        ("x = df['ids'].str.split(expand=True).fillna(0)", "fillna post 0 axis 1"),
        ("x = df['ids'].str.split(' ', n=3, expand=True).fillna(0)", "nothing"),
        ("x = df['ids'].str.split(' ', expand=True).astype(int).values", "nothing"),
        ("parts = df['day'].str.split('-', expand=True)\nx = parts[0].fillna(0)", "nothing"),
    ],
)
def test_a_column_for_each_word_of_texts(known_of, program, known):
    assert known_of(START + program) == known


@pytest.mark.parametrize(
    ("missing", "known"),
    [
        ("pd.DataFrame(np.zeros((100 - len(v), 2)), columns=v.columns)", "filler of np.zeros post 0 axis 1"),
        ("pd.DataFrame(0, index=range(100 - len(v)), columns=v.columns)", "filler of DataFrame post 0 axis 1"),
        ("pd.DataFrame(-1, np.arange(100 - len(v)), v.columns)", "filler of DataFrame post -1 axis 1"),
        ("pd.DataFrame(0, index=range(100), columns=v.columns)", "not padded: a table"),
        ("other[v.columns]", "nothing"),
    ],
)
@pytest.mark.parametrize("put_together", ["pd.concat([v, {}])", "pd.concat([v, {}], ignore_index=True)[:100]"])
def test_tables_that_are_made_up_to_a_length_by_one_of_filler(known_of, put_together, missing, known):
    program = f"""
rows = []
for user, group in df.groupby("user"):
    v = group[["speed", "way"]]
    rows.append({put_together.format(missing)}.values)
x = np.array(rows)
"""
    assert known_of(START + program) == known


def test_a_table_with_filler_appended(known_of):
    program = """
def padded(name):
    table = pd.read_csv(name)
    if len(table) < 100:
        table = table.append(pd.DataFrame(0, index=range(100 - len(table)), columns=table.columns))
    return table.values[:100]
x = np.array([padded(name) for name in names])
"""
    assert known_of(START + program) == "filler of DataFrame post 0 axis 1"


@pytest.mark.parametrize(
    "fitted",
    [
        "GridSearchCV(estimator=model, param_grid={'units': [4]}).fit(x, y)",
        "search = RandomizedSearchCV(model, {'units': [4]}, n_iter=3)\nfound = search.fit(x, y)",
        "scores = cross_val_score(model, x, y, cv=5)",
        "scores = cross_validate(estimator=model, X=x, y=y)['test_score']",
    ],
)
@pytest.mark.parametrize(
    ("data", "known"),
    [
        ("pad_sequences(rows, 50)", "pad_sequences to 50 pre 0 axis 1"),
        ("np.random.randint(1, 90, (30, 50))", "not padded: random numbers"),
    ],
)
def test_what_scikit_learn_fits_a_model_to(fed, fitted, data, known):
    program = f"""
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, cross_val_score, cross_validate
from scikeras.wrappers import KerasClassifier
from tensorflow.keras import Sequential, layers
def create(units=8):
    return Sequential([layers.Embedding(90, 8), layers.LSTM(units), layers.Dense(1)])
x = {data}
model = KerasClassifier(create)
{fitted}
"""
    assert fed(START + program) == [known]


def test_a_search_over_what_is_no_model_feeds_none(fed):
    program = """
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV
GridSearchCV(RandomForestClassifier(), {}).fit(pad_sequences(rows, 50), y)
"""
    assert fed(START + program) == []

"""What padding holds, and whose it is where the program does not say: of a model's inputs, or of its labels."""

from __future__ import annotations

from textwrap import dedent

import pytest
from linted_programs import observed, said

from padlint.finding import Role
from padlint.flow.observation import Kind

HEAD = """
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.preprocessing.sequence import pad_sequences
"""


def told(program: str) -> list[str]:
    """Lint a program, and name what it is told."""
    return [line.partition(":")[0] for line in said(HEAD + dedent(program))]


# What it holds ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "kinds"),
    [
        ("len(words)", ["mask-never-matches"]),
        ("len(words) - 1", ["mask-never-matches"]),
        ("n_words - 1", ["mask-never-matches"]),
        ("0", []),
        ("len(words) - len(words)", []),
        ("index['PAD']", []),  # it may be 0
        ("pad_id", []),
    ],
)
def test_a_mask_of_0_hides_no_padding_that_counts_items(value, kinds):
    program = f"""
    n_words = len(words)
    x = pad_sequences(ids, 50, value={value})
    model = keras.Sequential([layers.Embedding(n_words, 8, mask_zero=True), layers.LSTM(4), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, y)
    """
    assert told(program) == kinds


@pytest.mark.parametrize(
    ("setting", "kinds"),
    [("True", []), ("1", []), ("'True'", []), ("False", ["unmasked-embedding"]), ("None", ["unmasked-embedding"])],
)
def test_a_flag_is_what_python_takes_it_for(setting, kinds):
    program = f"""
    model = keras.Sequential([layers.Embedding(90, 8, mask_zero={setting}), layers.LSTM(4), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(pad_sequences(ids, 50), y)
    """
    assert told(program) == kinds


@pytest.mark.parametrize(
    ("arguments", "kinds"),
    [
        ("90, 8, **settings", []),  # one of them may be `mask_zero`
        ("*settings", []),
        ("90, 8, **(settings or {})", []),
        ("**{'input_dim': 90, 'output_dim': 8, **settings}", []),
        ("90, 8, **{'name': 'words'}", ["unmasked-embedding"]),
        ("*matrix.shape, weights=[matrix]", ["unmasked-embedding"]),  # lengths say nothing of masks
        ("90, 8, mask_zero=False, **settings", ["unmasked-embedding"]),
    ],
)
def test_what_is_among_arguments_that_were_not_read_is_not_taken_for_keras_default(arguments, kinds):
    program = f"""
    import json
    settings = json.load(open("settings.json"))
    model = keras.Sequential([layers.Embedding({arguments}), layers.LSTM(4, **settings), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(pad_sequences(ids, 50), y)
    """
    assert told(program) == kinds


@pytest.mark.parametrize(
    ("option", "kinds"),
    [
        ("action='store_true'", []),
        ("type=bool, default=False", []),
        ("type=int, default=0", ["unmasked-embedding"]),
    ],
)
def test_a_switch_of_the_command_line_may_turn_the_mask_on(option, kinds):
    program = f"""
    import argparse
    parser = argparse.ArgumentParser()
    parser.add_argument("--mask", {option})
    args = parser.parse_args()
    model = keras.Sequential(
        [layers.Embedding(90, 8, mask_zero=bool(args.mask)), layers.LSTM(4), layers.Dense(1)]
    )
    model.compile("adam", "mse")
    model.fit(pad_sequences(ids, 50), y)
    """
    assert told(program) == kinds


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ("json.load(open('settings.json'))", []),
        ("{'units': 8}", ["unmasked-embedding"]),
        ("{'masked': True}", []),
    ],
)
def test_a_default_that_a_file_of_settings_may_replace(source, kinds):
    program = f"""
    import json
    settings = {{"masked": False}}
    settings.update({source})
    model = keras.Sequential(
        [layers.Embedding(90, 8, mask_zero=settings["masked"]), layers.LSTM(4), layers.Dense(1)]
    )
    model.compile("adam", "mse")
    model.fit(pad_sequences(ids, 50), y)
    """
    assert told(program) == kinds


@pytest.mark.parametrize(
    ("value", "kinds"),
    [("-1", []), ("(-1, -1, -1)", []), ("[-1] * 3", []), ("(-1, 0, -1)", ["mask-never-matches"])],
)
def test_a_mask_that_says_what_each_feature_holds(value, kinds):
    program = f"""
    x = pad_sequences(rows, 50, value=-1)
    model = keras.Sequential([layers.Masking({value}, input_shape=(50, 3)), layers.LSTM(4), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, y)
    """
    assert told(program) == kinds


@pytest.mark.parametrize("row", ["np.zeros(len(index))", "[0] * len(index)"])
def test_a_row_with_a_one_where_a_letter_has_its_number(row):
    """It holds no steps; those that it becomes one of are padded later."""
    program = f"""
    index = {{letter: number for number, letter in enumerate(sorted(set(text)))}}

    def coded(word):
        rows = []
        for letter in word:
            row = {row}
            row[index[letter]] = 1
            rows.append(row)
        return rows

    x = pad_sequences([coded(word) for word in text.split()], padding="post")
    model = keras.Sequential([layers.LSTM(50, input_shape=(None, len(index))), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, y)
    """
    assert told(program) == ["unmasked-sequence"]


# Whose it is ------------------------------------------------------------------------------------------------------


def test_padding_of_the_labels_is_not_of_the_inputs():
    program = """
    class Tagger:
        def fit(self, x, tags):
            y = pad_sequences(tags, padding="post", maxlen=10)
            model = keras.Sequential([layers.LSTM(64, input_shape=(None, 5)), layers.Dense(10)])
            model.compile("adam", "mse")
            model.fit(x, LABELS)
    """
    assert told(program.replace("LABELS", "y")) == []
    assert told(program.replace("LABELS", "other")) == ["unmasked-sequence"]


@pytest.mark.parametrize(("steps", "kinds"), [(80, []), (10, ["unmasked-sequence"]), (9, ["unmasked-sequence"])])
def test_padding_up_to_another_length_is_not_of_an_input(steps, kinds):
    program = f"""
    class Captions:
        def train(self):
            captions = pad_sequences(self.captions, padding="post", maxlen=10)
            model = keras.Sequential([layers.LSTM(64, input_shape=({steps}, 5)), layers.Dense(10)])
            model.compile("adam", "mse")
            model.fit(self.features, self.labels)
    """
    assert told(program) == kinds


def test_the_padding_that_a_model_is_trained_with_is_told_before_all_that_it_is_asked_about():
    program = """
    trained = pad_sequences(rows)
    others = [pad_sequences(rows, 9), pad_sequences(rows, 8), pad_sequences(rows, 7)]
    model = keras.Sequential([layers.Embedding(100, 8), layers.LSTM(4), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(trained, y)
    model.predict(np.concatenate([trained, *others]))
    """
    text = HEAD + dedent(program)
    (leak,) = observed(text)
    told = [text.split("\n")[step.span.start.row - 1] for step in leak.route if step.role is Role.PADDING]
    assert told == ["trained = pad_sequences(rows)"]


@pytest.mark.parametrize(
    ("layer", "value", "advice"),
    [
        ("layers.Embedding(100, 8, mask_zero=True)", "5", "`Embedding` can hide 0 alone, so pad with 0 instead"),
        (
            "layers.Embedding(100, 8, mask_zero=True)",
            "len(words)",
            "`Embedding` can hide 0 alone, so pad with 0 instead",
        ),
        ("layers.Masking(input_shape=(None, 3))", "-1.0", ""),  # it can be told which value to hide
    ],
)
def test_a_layer_that_looks_ids_up_cannot_be_told_which_one_to_hide(layer, value, advice):
    program = f"""
    model = keras.Sequential([{layer}, layers.LSTM(4), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(pad_sequences(rows, value={value}), y)
    """
    (leak,) = observed(HEAD + dedent(program))
    assert leak.kind is Kind.MASK_NEVER_MATCHES
    assert advice in leak.words["but"]
    assert bool(leak.words["but"]) is bool(advice)


# What it passes through -------------------------------------------------------------------------------------------

READ = "model = keras.Model(ids, layers.Dense(1)(layers.LSTM(8)(x)))"
TRAINED = f"""
{READ}
model.compile("adam", "mse")
model.fit(pad_sequences(rows, 25), labels)
"""


@pytest.mark.parametrize(
    "sum_",
    ["np.arange(25.0)[None, :, None] + x", "np.random.rand(25, 8) * x", "table + x", "x + np.arange(25.0)[:, None]"],
)
def test_a_tensor_goes_through_an_operator_on_either_side_of_an_array(sum_):
    program = f"table = np.load('table.npy')\nids = keras.Input((25,))\nx = layers.Embedding(100, 8)(ids)\nx = {sum_}"
    assert told(program + TRAINED) == ["unmasked-embedding"]


def test_one_layer_may_use_those_of_another_that_is_handed_to_it():
    program = """
    class Step(layers.Layer):
        def call(self, x, owner):
            return owner.reads(x)

    class Encoder(layers.Layer):
        def __init__(self):
            super().__init__()
            self.reads = layers.LSTM(8, return_sequences=True)
            self.step = Step()

        def call(self, x):
            return self.step(x, owner=self)

    ids = keras.Input((25,))
    x = Encoder()(layers.Embedding(100, 8)(ids))
    """
    trained = TRAINED.replace(READ, "model = keras.Model(ids, layers.Dense(1)(layers.GlobalMaxPooling1D()(x)))")
    assert told(dedent(program) + trained) == ["unmasked-embedding", "pooled-padding"]


def test_rows_of_which_some_are_padded_may_be_put_side_by_side():
    program = """
    def filled(row):
        if len(row) < 25:
            row = np.vstack((np.zeros((25 - len(row), 4)), row))
        return row

    both = np.array([np.hstack((filled(row), filled(row[::-1]))) for row in rows])
    model = keras.Sequential([keras.Input((25, 8)), layers.LSTM(8), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(both, labels)
    """
    assert told(program) == ["unmasked-sequence"]


SCALED = """
from sklearn.preprocessing import StandardScaler

x = pad_sequences(rows, dtype="float32", padding="post", value=-1.0)
padded = np.all(x == -1.0, axis=-1)
x = StandardScaler().fit_transform(x.reshape(-1, 13)).reshape(x.shape)
WRITTEN
model = keras.Sequential([keras.Input((None, 13)), layers.Masking(-1.0), layers.LSTM(8), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, labels)
"""


@pytest.mark.parametrize(
    "written",
    [
        "x[padded] = -1.0",
        "x[padded, :] = -1",
        "x = np.where(padded[..., None], -1.0, x)",
        "for i, row in enumerate(rows):\n    x[i, len(row):] = -1.0",
        "x[padded_steps(rows)] = -1.0",
    ],
)
def test_a_value_that_is_written_back_to_padded_steps_may_be_the_masks(written):
    assert told(SCALED.replace("WRITTEN", written)) == []


@pytest.mark.parametrize("written", ["", "x[0] = -1.0", "x[0, 3] = -1.0", "x[padded] = x[padded]"])
def test_padded_steps_that_were_scaled_and_not_written_to_match_no_mask(written):
    assert told(SCALED.replace("WRITTEN", written)) == ["mask-never-matches"]


def test_what_a_mask_of_steps_multiplies_is_zero_at_padded_ones():
    program = SCALED.replace("WRITTEN", "x = x * np.any(x != -1.0, axis=-1, keepdims=True)")
    assert told(program) == ["mask-never-matches"]
    assert told(program.replace("layers.Masking(-1.0)", "layers.Masking(0.0)")) == []


@pytest.mark.parametrize(
    ("written", "kinds"),
    [
        ("x[np.isnan(x)] = -1.0", []),
        ("x = np.where(np.isnan(x), -1.0, x)", []),
        ("x = np.nan_to_num(x, nan=-1.0)", []),
        ("x = np.nan_to_num((x - x.mean()) / x.std(), nan=-1.0)", []),
        ("x = np.nan_to_num(x)", ["mask-never-matches"]),
        ("x = x - 1.0", ["mask-never-matches"]),
    ],
)
def test_a_number_in_the_place_of_what_is_none(written, kinds):
    program = f"""
x = np.full((9, 100, 13), np.nan)
for i, row in enumerate(rows):
    x[i, : len(row)] = row
{written}
model = keras.Sequential([keras.Input((None, 13)), layers.Masking(-1.0), layers.LSTM(8), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, labels)
"""
    assert told(program) == kinds


@pytest.mark.parametrize("place", ["19 - i", "-1 - i", "i"])
def test_rows_and_steps_that_are_left_at_different_ends(place):
    program = f"""
    x = np.zeros((1000, 20))
    for row, word in enumerate(open("words")):
        for i, letter in enumerate(word):
            x[row, {place}] = ord(letter)
    model = keras.Sequential([layers.Embedding(256, 64), layers.LSTM(8), layers.Dense(9)])
    model.compile("adam", "mse")
    model.fit(x, y)
    """
    assert told(program) == ["unmasked-embedding"]


def test_the_length_of_one_input_is_not_that_of_another():
    program = """
    longest = max(len(line.split()) for line in open("captions"))

    def caption(ids, frames):
        return model.predict([frames, pad_sequences([ids], maxlen=longest)])

    frames = keras.Input((20, 2048))
    ids = keras.Input((longest,))
    words = layers.LSTM(256)(layers.Embedding(500, 256, mask_zero=True)(ids))
    model = keras.Model([frames, ids], layers.Dense(500)(layers.add([layers.LSTM(256)(frames), words])))
    model.compile("adam", "mse")
    """
    assert told(program) == []
    assert told(program.replace(", mask_zero=True", "")) == ["unmasked-embedding"]


# What is counted by hand --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("full", ["n == 32", "n >= size", "n % 32 == 0", "not n % size"])
def test_batches_that_are_given_when_a_count_is_reached(full):
    program = f"""
    def batches(texts, size=32):
        rows, n = [], 0
        for text in texts:
            n += 1
            rows.append(pad_sequences([text], maxlen=30, dtype="float32")[0])
            if {full}:
                yield np.array(rows)[..., None], np.zeros(size)
                rows, n = [], 0

    model = keras.Sequential([keras.Input((30, 1)), layers.LSTM(8), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(batches(open("texts")))
    """
    assert told(program) == ["unmasked-sequence"]


@pytest.mark.parametrize(("place", "kinds"), [("count % 10", []), ("count", ["unmasked-sequence"])])
def test_rows_that_are_filled_one_after_the_other(place, kinds):
    program = f"""
    x = np.zeros((len(files) // 10, 10, 64))
    row = count = 0
    for name in files:
        x[row, {place}] = np.load(name)
        if (count + 1) % 10 == 0:
            row += 1
        count += 1
    model = keras.Sequential([layers.LSTM(8, input_shape=(10, 64)), layers.Dense(9)])
    model.compile("adam", "mse")
    model.fit(x, y)
    """
    assert told(program) == kinds


# Models that train others ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", ["x, y", "tf.data.Dataset.from_tensor_slices((x, y)).batch(32)"])
@pytest.mark.parametrize(("masked", "kinds"), [("False", ["unmasked-embedding"]), ("True", [])])
def test_a_model_that_only_trains_is_given_the_data(data, masked, kinds):
    program = f"""
    import tensorflow as tf

    class Encoder(keras.Model):
        def __init__(self):
            super().__init__()
            self.words = layers.Embedding(5000, 50, mask_zero={masked})
            self.reader = layers.LSTM(64)

        def call(self, ids):
            return self.reader(self.words(ids))

    class Trainer(keras.Model):
        def __init__(self, encoder):
            super().__init__()
            self.encoder = encoder

        def train_step(self, batch):
            ids, target = batch
            with tf.GradientTape() as tape:
                loss = self.loss(target, self.encoder(ids, training=True))
            self.optimizer.apply_gradients(zip(tape.gradient(loss, self.weights), self.weights))
            return {{"loss": loss}}

    Encoder()(np.random.randint(1, 17, (1, 6)))
    x = pad_sequences(texts, maxlen=80, padding="post")
    trainer = Trainer(Encoder())
    trainer.compile("adam", "mse")
    trainer.fit({data})
    """
    assert told(program) == kinds


# What is written as far as a test lets it -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "if i < len(words): x[row, i] = int(words[i])",
        "if len(words) > i: x[row, i] = int(words[i])",
        "if i >= len(words): break\n        x[row, i] = int(words[i])",
        "if i < len(words): x[row, i] = int(words[i])\n        else: break",
        "if i >= len(words): x[row, i] = 0\n        else: x[row, i] = int(words[i])",
    ],
)
def test_places_up_to_the_last_word(body):
    program = f"""
x = np.zeros((100, 20))
for row, line in enumerate(open("questions")):
    words = line.split()
    for i in range(20):
        {body}
model = keras.Sequential([layers.Embedding(999, 64), layers.LSTM(8), layers.Dense(9)])
model.compile("adam", "mse")
model.fit(x, y)
"""
    assert told(program) == ["unmasked-embedding"]


@pytest.mark.parametrize("marked", ["1", "[1] * len(entity)", "np.ones(len(entity))"])
def test_marks_from_one_place_to_another_are_no_sequence(marked):
    program = f"""
    def marks(lines):
        for line in lines:
            ids, entity = line.split(), some.entity(line)
            mask = [0] * len(ids)
            at = ids.index(entity[0])
            mask[at : at + len(entity)] = {marked}
            yield np.array(mask)[None], 1

    model = keras.Sequential([layers.Embedding(2, 64), layers.LSTM(8), layers.Dense(9)])
    model.compile("adam", "mse")
    model.fit(marks(open("lines")))
    """
    assert told(program) == []


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("WordEmbedding(1000, 20)(ids)", []),
        ("bert([ids, keras.Input((None,))])", []),
        ("bert([ids, keras.Input((None,))])[0]", []),
        ("WordEmbedding(1000, 20, mask_zero=True)(ids)[0]", []),
        ("Highway(20)(layers.Embedding(1000, 20)(ids))", ["unmasked-embedding"]),
    ],
)
def test_what_was_not_read_and_reads_ids_may_make_a_mask(words, kinds):
    program = f"""
from somewhere import Highway, WordEmbedding, bert
x = pad_sequences(rows)
ids = keras.Input((None,))
model = keras.Model(ids, layers.Dense(9)(layers.LSTM(8)({words})))
model.compile("adam", "mse")
model.fit(x, y)
"""
    assert told(program) == kinds


@pytest.mark.parametrize(
    ("set_later", "kinds"),
    [
        ("words.mask_zero = words.supports_masking = True", []),
        ("words.mask_zero = words.supports_masking = unread()", []),
        ("words.trainable = False", ["unmasked-embedding"]),
        ("words.mask_zero = False", ["unmasked-embedding"]),
    ],
)
def test_a_layer_is_as_its_attributes_make_it(set_later, kinds):
    program = f"""
    words = layers.Embedding(90, 8)
    {set_later}
    model = keras.Sequential([words, layers.LSTM(4), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(pad_sequences(ids, 50), y)
    """
    assert told(program) == kinds


@pytest.mark.parametrize(
    ("handed_on", "kinds"),
    [
        ("sequences", ["mask-ignored"]),
        ("sequences, mask=None", ["mask-ignored"]),
        ("sequences, training=training", ["mask-ignored"]),
        ("sequences, mask=mask", []),
        ("sequences, **others", []),
        ("sequences, **unread()", []),
    ],
)
def test_a_class_that_calls_the_call_of_its_base_hands_the_mask_on_itself(handed_on, kinds):
    program = f"""
    class Halved(layers.LSTM):
        def call(self, sequences, initial_state=None, mask=None, training=False):
            others = {{"mask": mask}}
            return super().call({handed_on}) / 2

    model = keras.Sequential([layers.Embedding(90, 8, mask_zero=True), Halved(4), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(pad_sequences(ids, 50), y)
    """
    assert told(program) == kinds


def test_a_mask_may_be_among_the_arguments_that_a_class_does_not_name():
    program = """
    class Halved(layers.LSTM):
        def call(self, sequences, **kwargs):
            return super().call(sequences, **kwargs) / 2

    model = keras.Sequential([layers.Embedding(90, 8, mask_zero=True), Halved(4), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(pad_sequences(ids, 50), y)
    """
    assert told(program) == []


@pytest.mark.parametrize(
    "loop",
    [
        "for ids, labels in handed_out:\n    strategy.run(step, args=(ids, labels))",
        "for batch in handed_out:\n    strategy.run(lambda ids, labels: step(ids, labels), args=batch)",
        "strategy.experimental_run_v2(step, args=next(iter(handed_out)))",
        "for ids, labels in handed_out:\n    strategy.run(step, args=(ids,), kwargs={'labels': labels})",
        "for ids, labels in handed_out:\n    step(ids, labels)",
    ],
)
@pytest.mark.parametrize(("masked", "kinds"), [("False", ["unmasked-embedding"]), ("True", [])])
def test_a_strategy_runs_a_step_on_the_data_that_it_hands_out(loop, masked, kinds):
    program = f"""
import tensorflow as tf
strategy = tf.distribute.MirroredStrategy()
with strategy.scope():
    model = keras.Sequential([layers.Embedding(90, 8, mask_zero={masked}), layers.LSTM(4), layers.Dense(1)])

def step(ids, labels):
    return model(ids, training=True) - labels

data = tf.data.Dataset.from_tensor_slices((pad_sequences(texts), y)).batch(8)
handed_out = strategy.experimental_distribute_dataset(data)
{loop}
"""
    assert told(program) == kinds


@pytest.mark.parametrize(
    ("optimizer", "kinds"),
    [("Adam(lr=0.1)", ["mask-ignored"]), ("Adam(learning_rate=0.1)", [])],
    ids=["Keras 2", "Keras 3"],
)
@pytest.mark.parametrize("given", ["None", "mask", "words.compute_mask(ids) if use_masks else None"])
def test_keras_2_goes_by_none_where_it_is_given_as_the_mask(given, optimizer, kinds):
    program = f"""
    use_masks = False
    words = layers.Embedding(90, 8, mask_zero=True)

    class Reader(keras.Model):
        def __init__(self):
            super().__init__()
            self.reader = layers.LSTM(4)

        def call(self, ids, training=None, mask=None):
            return self.reader(words(ids), mask={given})

    model = Reader()
    model.compile(keras.optimizers.{optimizer}, "mse")
    model.fit(pad_sequences(rows, 50), y)
    """
    assert told(program) == kinds


def test_attention_takes_the_masks_of_its_inputs_whatever_other_mask_it_is_given():
    program = """
    ids = keras.Input((50,))
    x = layers.Embedding(90, 8, mask_zero=True)(ids)
    x = layers.MultiHeadAttention(2, 4)(x, x, attention_mask=None)
    model = keras.Model(ids, layers.LSTM(4)(x))
    model.compile(keras.optimizers.Adam(lr=0.1), "mse")
    model.fit(pad_sequences(rows, 50), y)
    """
    assert told(program) == []


@pytest.mark.parametrize(
    ("shape", "kinds"),
    [("shape=(50)", []), ("shape=50", []), ("shape=(50,)", ["mask-dropped"]), ("(50,)", ["mask-dropped"])],
)
def test_a_number_for_the_shape_of_an_input_is_keras_2(shape, kinds):
    program = f"""
    ids = layers.Input({shape})
    h = layers.Add()([layers.Embedding(90, 8, mask_zero=True)(ids), layers.Embedding(90, 8)(ids)])
    model = keras.Model(ids, layers.LSTM(4)(h))
    model.compile("adam", "mse")
    model.fit(pad_sequences(rows, 50), y)
    """
    assert told(program) == kinds

"""Programs that leak, and the lines that their fixes change. A fix that did not cure would not have been made."""

from __future__ import annotations

import pytest

HEAD = """
from keras import layers, models
from keras.utils import pad_sequences

x = pad_sequences([[11, 42, 7], [5, 19]], padding="post")
"""
FIT = """
model.compile("adam", "mse")
model.fit(x, [1, 0])
"""
FEATURES = HEAD.replace('padding="post"', 'padding="post", dtype="float32"').replace(
    "[[11, 42, 7], [5, 19]]", "[[[0.1, 0.9], [0.3, 0.2]], [[0.5, 0.4]]]"
)

# mask_zero --------------------------------------------------------------------------------------------------------


def test_an_embedding_makes_the_mask(folder):
    program = f"{HEAD}model = models.Sequential([layers.Embedding(100, 8), layers.LSTM(4)]){FIT}"
    assert folder.fixed(program) == (
        "model = models.Sequential([layers.Embedding(100, 8, mask_zero=True), layers.LSTM(4)])"
    )


def test_a_switch_that_is_off_is_turned_on(folder):
    program = f"{HEAD}model = models.Sequential([layers.Embedding(100, 8, mask_zero=False), layers.LSTM(4)]){FIT}"
    assert folder.fixed(program) == (
        "model = models.Sequential([layers.Embedding(100, 8, mask_zero=True), layers.LSTM(4)])"
    )


def test_in_a_helper(folder):
    program = f"""{HEAD}
def embedding(size, width=8):
    return layers.Embedding(size, width)

model = models.Sequential()
model.add(embedding(100))
model.add(layers.LSTM(4)){FIT}"""
    assert folder.fixed(program) == "    return layers.Embedding(size, width, mask_zero=True)"


def test_in_a_helper_that_has_the_switch_as_a_parameter(folder):
    program = f"""{HEAD}
def embedding(size, masked=False):
    return layers.Embedding(size, 8, mask_zero=masked)

model = models.Sequential([embedding(100), layers.LSTM(4)]){FIT}"""
    assert folder.fixed(program) == "def embedding(size, masked=True):"


def test_in_a_loop(folder):
    program = f"""{HEAD}
ids = layers.Input((None,))
branches = []
for width in (4, 8):
    embedded = layers.Embedding(100, width)(ids)
    branches.append(layers.LSTM(4)(embedded))
model = models.Model(ids, layers.Concatenate()(branches)){FIT}"""
    assert folder.fixed(program) == "    embedded = layers.Embedding(100, width, mask_zero=True)(ids)"


@pytest.mark.parametrize("options", ['{"output_dim": 8, "mask_zero": False}', "dict(output_dim=8, mask_zero=False)"])
def test_in_a_dict_of_arguments(folder, options):
    program = f"""{HEAD}
options = {options}
model = models.Sequential([layers.Embedding(100, **options), layers.LSTM(4)]){FIT}"""
    assert folder.fixed(program) == f"options = {options}".replace("False", "True")


def test_beside_a_dict_of_arguments_that_does_not_say(folder):
    program = f"""{HEAD}
options = dict(output_dim=8)
model = models.Sequential([layers.Embedding(100, **options), layers.LSTM(4)]){FIT}"""
    assert folder.fixed(program) == (
        "model = models.Sequential([layers.Embedding(100, **options, mask_zero=True), layers.LSTM(4)])"
    )


def test_in_another_module(folder):
    (folder.root / "network.py").write_text(
        "from keras import layers, models\n\n\n"
        "def build():\n"
        "    return models.Sequential([layers.Embedding(100, 8), layers.LSTM(4)])\n"
    )
    assert folder.fixed(f"{HEAD}from network import build\n\nmodel = build(){FIT}") == (
        "    return models.Sequential([layers.Embedding(100, 8, mask_zero=True), layers.LSTM(4)])"
    )


def test_in_a_subclass(folder):
    program = f"""{HEAD}
class Net(models.Model):
    def __init__(self):
        super().__init__()
        self.embedding = layers.Embedding(
            100,
            8,
        )
        self.lstm = layers.LSTM(4)

    def call(self, ids):
        return self.lstm(self.embedding(ids))

model = Net(){FIT}"""
    assert folder.fixed(program) == "            mask_zero=True,"


def test_two_embeddings_of_one_reader_are_cured_together(folder):
    program = f"""{HEAD}
one, two = layers.Input((None,)), layers.Input((None,))
h = layers.Concatenate()([layers.Embedding(100, 8)(one), layers.Embedding(50, 8)(two)])
model = models.Model([one, two], layers.LSTM(4)(h))
model.compile("adam", "mse")
model.fit([x, x], [1, 0])
"""
    assert folder.fixed(program) == (
        "h = layers.Concatenate()"
        "([layers.Embedding(100, 8, mask_zero=True)(one), layers.Embedding(50, 8, mask_zero=True)(two)])"
    )


def test_attention_gets_its_mask_from_the_embedding_of_the_keys(folder):
    program = f"""{HEAD}
ids = layers.Input((None,))
h = layers.Embedding(100, 8)(ids)
h = layers.MultiHeadAttention(2, 4)(h, h)
model = models.Model(ids, layers.Dense(1)(h)){FIT}"""
    assert folder.fixed(program) == "h = layers.Embedding(100, 8, mask_zero=True)(ids)"


def test_a_decoder_with_a_state_gets_the_new_mask_by_hand(folder):
    program = f"""{HEAD}
source, target = layers.Input((None,)), layers.Input((None,))
_, h, c = layers.LSTM(4, return_state=True)(layers.Embedding(100, 8)(source))
decoded = layers.Embedding(100, 8)(target)
decoded = layers.LSTM(4)(decoded, initial_state=[h, c])
model = models.Model([source, target], layers.Dense(1)(decoded))
model.compile("adam", "mse")
model.fit([x, x], [1, 0])
"""
    assert folder.fixed(program).splitlines() == [
        "_, h, c = layers.LSTM(4, return_state=True)(layers.Embedding(100, 8, mask_zero=True)(source))",
        "embedding = layers.Embedding(100, 8, mask_zero=True)",
        "mask = embedding.compute_mask(target)",
        "decoded = embedding(target)",
        "decoded = layers.LSTM(4)(decoded, initial_state=[h, c], mask=mask)",
    ]


@pytest.mark.parametrize(("picked", "why"), [("layers[1]", "counts layers"), ("layers[-1]", ""), ("layers[:1]", "")])
def test_no_layer_is_put_in_where_others_are_picked_by_number(folder, picked, why):
    program = f"""{FEATURES}
model = models.Sequential([layers.LSTM(4), layers.Dense(1)]){FIT}
weights = model.{picked}
"""
    assert why in folder.why_not(program) if why else "layers.Masking(mask_value=0.0)" in folder.fixed(program)


@pytest.mark.parametrize(("steps", "counts"), [("True", True), ("False", False)])
def test_a_mask_that_gets_to_the_loss_is_told(folder, steps, counts):
    program = f"""{HEAD}
tags = pad_sequences([[1, 2, 1], [2, 1]], padding="post")
model = models.Sequential([layers.Embedding(100, 8), layers.LSTM(4, return_sequences={steps}), layers.Dense(3)])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, tags)
"""
    (finding,) = folder.cured(program)
    assert ("the loss then counts no step that is padding" in finding.fix.message) is counts


# The side of the padding -----------------------------------------------------------------------------------------

IN_FRONT = HEAD.replace(', padding="post"', "")


def test_what_is_padded_in_front_is_padded_behind_where_a_fused_kernel_wants_that(folder):
    program = f"""{IN_FRONT}
test = pad_sequences([[8, 7, 6], [9]], maxlen=3, padding='pre')
model = models.Sequential([layers.Embedding(100, 8), layers.LSTM(4)]){FIT}
model.evaluate(test, [1, 0])
"""
    assert folder.fixed(program).splitlines() == [
        'x = pad_sequences([[11, 42, 7], [5, 19]], padding="post")',
        "test = pad_sequences([[8, 7, 6], [9]], maxlen=3, padding='post')",
        "model = models.Sequential([layers.Embedding(100, 8, mask_zero=True), layers.LSTM(4)])",
    ]


def test_a_masking_layer_wants_that_as_well(folder):
    program = f"""{FEATURES.replace('padding="post", ', "")}
model = models.Sequential([layers.LSTM(4)]){FIT}"""
    assert folder.fixed(program).splitlines()[0].endswith('dtype="float32", padding="post")')


def test_the_side_stays_where_another_model_reads_the_same_padding(folder):
    program = f"""{FEATURES.replace('padding="post", ', "")}
flat = models.Sequential([layers.Flatten(), layers.Dense(1)])
flat.fit(x, [1, 0])
model = models.Sequential([layers.LSTM(4)]){FIT}"""
    assert folder.fixed(program) == "model = models.Sequential([layers.Masking(mask_value=0.0), layers.LSTM(4)])"


@pytest.mark.parametrize(
    "layer",
    ["layers.LSTM(4, recurrent_dropout=0.1)", "layers.SimpleRNN(4)", "layers.LSTM(4, use_cudnn=False)"],
)
def test_the_side_stays_where_no_fused_kernel_runs(folder, layer):
    program = f"{IN_FRONT}model = models.Sequential([layers.Embedding(100, 8), {layer}]){FIT}"
    assert folder.fixed(program) == (f"model = models.Sequential([layers.Embedding(100, 8, mask_zero=True), {layer}])")


@pytest.mark.parametrize(
    "reading",
    [
        "model.add(layers.LSTM(4))\nmodels.Sequential([layers.Embedding(100, 8), layers.Flatten()]).fit(x, x)",
        "model.add(layers.LSTM(4, return_sequences=True))\nmodel.add(layers.Flatten())",
    ],
)
def test_the_side_stays_where_something_reads_the_padding_without_a_mask(folder, reading):
    program = f"{IN_FRONT}model = models.Sequential([layers.Embedding(100, 8)])\n{reading}{FIT}"
    assert folder.fixed(program) == "model = models.Sequential([layers.Embedding(100, 8, mask_zero=True)])"


def test_the_side_stays_where_it_is_decided_elsewhere(folder):
    program = f"""{HEAD.replace('"post"', "side").replace("x =", 'side = "pre"' + chr(10) + "x =")}
model = models.Sequential([layers.Embedding(100, 8), layers.LSTM(4)]){FIT}"""
    assert folder.fixed(program) == (
        "model = models.Sequential([layers.Embedding(100, 8, mask_zero=True), layers.LSTM(4)])"
    )


@pytest.mark.parametrize(
    "labels",
    ["x, y = x[:, :-1], x[:, -1]", "x, y = x[:, 1:], x[:, :1]", "y = [row[-1] for row in x]", "x = x[:, ::-1]"],
)
def test_the_side_stays_where_steps_are_picked_by_their_place(folder, labels):
    """A step that comes next is the last of its row; where rows are padded behind, it would be padding."""
    program = f"""{IN_FRONT}
{labels}
model = models.Sequential([layers.Embedding(100, 8), layers.LSTM(4)]){FIT}"""
    assert folder.fixed(program) == (
        "model = models.Sequential([layers.Embedding(100, 8, mask_zero=True), layers.LSTM(4)])"
    )


def test_rows_are_picked_whatever_their_side(folder):
    program = f"""{IN_FRONT}
model = models.Sequential([layers.Embedding(100, 8), layers.LSTM(4)])
x = x[:1]{FIT}"""
    assert 'padding="post"' in folder.fixed(program)


# Layers that refuse masks -----------------------------------------------------------------------------------------

FUSED = HEAD.replace("from keras import layers, models", "from tensorflow.keras import layers, models")


@pytest.mark.parametrize(
    ("refusing", "taking"),
    [
        ("layers.CuDNNGRU(4)", "layers.GRU(4)"),
        ("layers.Bidirectional(layers.CuDNNLSTM(4))", "layers.Bidirectional(layers.LSTM(4))"),
    ],
)
def test_a_layer_that_refuses_masks_is_written_as_its_twin(folder, refusing, taking):
    program = f"{FUSED}model = models.Sequential([layers.Embedding(100, 8), {refusing}]){FIT}"
    assert folder.fixed(program) == (f"model = models.Sequential([layers.Embedding(100, 8, mask_zero=True), {taking}])")


def test_a_twin_is_written_in_every_model_that_the_mask_gets_to(folder):
    program = f"""{FUSED}
def embedding():
    return layers.Embedding(100, 8)

first = models.Sequential([embedding(), layers.LSTM(4)])
model = models.Sequential([embedding(), layers.CuDNNLSTM(4)])
first.fit(x, [1, 0]){FIT}"""
    assert folder.fixed(program).splitlines() == [
        "    return layers.Embedding(100, 8, mask_zero=True)",
        "model = models.Sequential([embedding(), layers.LSTM(4)])",
    ]


def test_no_twin_is_written_where_the_class_is_chosen_elsewhere(folder):
    program = f"""{FUSED}
kind = layers.GRU if small else layers.CuDNNLSTM
model = models.Sequential([layers.Embedding(100, 8), kind(4)]){FIT}"""
    assert folder.why_not(program) == "`kind` need not be `CuDNNLSTM`, which refuses masks"


def test_a_name_that_may_stand_for_a_layer_that_refuses_masks_is_left_and_told(folder):
    program = f"""{FUSED}
from tensorflow.keras.layers import LSTM, CuDNNLSTM
if fast:
    LSTM = CuDNNLSTM
model = models.Sequential([layers.Embedding(100, 8), LSTM(4)]){FIT}"""
    (finding,) = folder.cured(program)
    assert "where `LSTM` stands for `CuDNNLSTM`, Keras refuses the mask" in finding.fix.message
    assert folder.fixed(program) == ("model = models.Sequential([layers.Embedding(100, 8, mask_zero=True), LSTM(4)])")


def test_a_merge_that_refuses_masks_of_some_inputs(folder):
    program = f"""{HEAD}
import keras
ids, before = keras.Input((None,)), keras.Input((None, 8))
joined = layers.concatenate([before, layers.Embedding(100, 8)(ids)], axis=1)
model = keras.Model([ids, before], layers.LSTM(4)(joined))
model.compile("adam", "mse")
model.fit([x, other], [1, 0])
"""
    assert folder.why_not(program, keras="2") == "`Concatenate` refuses masks of some of its inputs alone"


TURNED = """
import keras
ids = keras.Input((None,))
h = layers.Embedding(100, 8)(ids)
h = layers.LSTM(4, return_sequences=True, go_backwards=True)(h)
"""


def test_a_mask_is_made_anew_behind_steps_that_were_turned_round(folder):
    """Keras hands it on as it was: what is behind would read nothing but padding."""
    assert folder.fixed(f"{HEAD}{TURNED}model = keras.Model(ids, layers.LSTM(4)(h)){FIT}").splitlines() == [
        "h = layers.Embedding(100, 8, mask_zero=True)(ids)",
        "h = layers.Masking(mask_value=0.0)(layers.LSTM(4, return_sequences=True, go_backwards=True)(h))",
    ]


def test_a_mask_of_features_is_made_anew_as_well(folder):
    program = f"""{FEATURES}
model = models.Sequential([
    layers.LSTM(4, return_sequences=True, go_backwards=True),
    layers.LSTM(4),
]){FIT}"""
    assert folder.fixed(program).splitlines() == [
        "    layers.Masking(mask_value=0.0),",
        "    layers.Masking(mask_value=0.0),",
    ]
    assert "go_backwards=True),\n    layers.Masking(" in folder.text


def test_in_a_loop_each_layer_that_turns_steps_leaves_zeros(folder):
    """A second one would read the padding last, and repeat its last output."""
    program = f"""{HEAD}
model = models.Sequential([layers.Embedding(100, 8)])
for _ in range(1):
    model.add(layers.LSTM(4, return_sequences=True, go_backwards=True))
model.add(layers.LSTM(4)){FIT}"""
    assert folder.fixed(program).splitlines() == [
        "model = models.Sequential([layers.Embedding(100, 8, mask_zero=True)])",
        "    model.add(layers.LSTM(4, return_sequences=True, go_backwards=True, zero_output_for_mask=True))",
        "    model.add(layers.Masking(mask_value=0.0))",
    ]


def test_no_mask_is_made_anew_of_what_is_not_zeros(folder):
    """Padding in front is read last: the last output is repeated there."""
    program = f"{IN_FRONT}{TURNED}model = keras.Model(ids, layers.LSTM(4)(h)){FIT}"
    assert folder.why_not(program) == "`LSTM` would hand on a mask the wrong way round, which hides real steps"


def test_no_mask_is_made_anew_of_what_is_zeros_for_real_steps_as_well(folder):
    turned = TURNED.replace("go_backwards", 'activation="relu", go_backwards')
    program = f"{HEAD}{turned}model = keras.Model(ids, layers.LSTM(4)(h)){FIT}"
    assert folder.why_not(program) == "`LSTM` may leave zeros of real steps as well, by its activation"


def test_no_mask_is_made_anew_for_labels_that_are_not_turned_round(folder):
    program = f"""{HEAD}{TURNED}model = keras.Model(ids, layers.LSTM(4, return_sequences=True)(h))
tags = pad_sequences([[1, 2, 1], [2, 1]], padding="post")
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, tags)
"""
    assert folder.fixed(program, select=["PAD101"]) == ""


FACTORY = """
def stack(size):
    layered = models.Sequential()
    layered.add(layers.GRU(size, return_sequences=True))
    layered.add(layers.GRU(size))
    return layered

words = models.Sequential([layers.Input((None,)), layers.Embedding(100, 8, mask_zero=True)])
words.add(stack(4))
words.compile("adam", "mse")
words.fit(x, [1, 0])

features = pad_sequences([[[0.1, 0.9], [0.3, 0.2]], [[0.5, 0.4]]], padding="post", dtype="float32")
model = models.Sequential([layers.Input((None, 2))])
model.add(stack(4))
model.compile("adam", "mse")
model.fit(features, [1, 0])
"""


def test_masking_goes_before_a_model_whose_lines_make_another_one_that_has_a_mask(folder):
    assert folder.fixed(f"{HEAD}{FACTORY}") == "model.add(layers.Masking(mask_value=0.0))"


def test_a_twin_is_imported(folder):
    program = f"""{FEATURES}
from keras.layers import CuDNNLSTM

model = models.Sequential([CuDNNLSTM(4, return_sequences=True), CuDNNLSTM(4)]){FIT}"""
    assert folder.fixed(program).splitlines() == [
        "from keras.layers import CuDNNLSTM, Masking, LSTM",
        "model = models.Sequential([Masking(mask_value=0.0), LSTM(4, return_sequences=True), LSTM(4)])",
    ]


def test_a_twin_is_imported_under_the_name_that_the_layer_had(folder):
    program = f"""{FEATURES}
from keras.layers import LSTM, Masking
if gpus:
    from keras.layers import CuDNNLSTM as LSTM

model = models.Sequential([LSTM(4)]){FIT}"""
    assert folder.fixed(program).splitlines() == [
        "    from keras.layers import LSTM",
        "model = models.Sequential([Masking(mask_value=0.0), LSTM(4)])",
    ]


def test_no_layer_is_imported_under_a_name_that_stands_for_something_else(folder):
    program = f"""{FEATURES.replace("from keras import layers, models", "from keras import models")}
from keras.layers import CuDNNLSTM
from own import LSTM

model = models.Sequential([CuDNNLSTM(4)]){FIT}"""
    assert folder.why_not(program) == "no import in the file leads to Keras' `LSTM`"


# No fix -----------------------------------------------------------------------------------------------------------


def test_no_fix_where_a_convolution_drops_the_mask(folder):
    program = f"""{HEAD}
model = models.Sequential([layers.Embedding(100, 8), layers.Conv1D(8, 3, padding="same"), layers.LSTM(4)]){FIT}"""
    assert folder.why_not(program) == (
        "`Conv1D` moves or mixes the steps, so no mask from before it fits behind it; "
        "batches in which all sequences are of one length need none"
    )


def test_no_layer_for_an_operator_where_a_convolution_behind_drops_its_mask(folder):
    program = f"""{HEAD}
ids = layers.Input((None,))
embedded = layers.Embedding(100, 8, mask_zero=True)(ids)
gated = embedded * layers.Dense(8)(embedded)
model = models.Model(ids, layers.Dense(1)(layers.LSTM(4)(layers.Conv1D(8, 3)(gated)))){FIT}"""
    assert folder.why_not(program).startswith("`Conv1D` moves or mixes the steps")


BRANCHES = f"""{HEAD}
ids = layers.Input((None,))
embedded = layers.Embedding(100, 8)(ids)
read = layers.LSTM(4)(embedded)
convolved = layers.LSTM(4)(layers.Conv1D(8, 3, padding="same")(embedded))
model = models.Model(ids, layers.Dense(1)(layers.Concatenate()([read, convolved]))){FIT}"""


def test_a_mask_is_made_although_it_gets_to_only_some_of_the_layers(folder):
    assert folder.fixed(BRANCHES) == "embedded = layers.Embedding(100, 8, mask_zero=True)(ids)"
    (left,) = folder.mend().report.findings
    assert (left.code, left.span.start.row) == ("PAD103", 9)


def test_a_fix_names_the_layers_that_it_does_not_help(folder):
    (cured,) = folder.cured(BRANCHES)
    assert "the mask does not get to program.py:9: " in cured.fix.message


def test_no_fix_where_the_padding_is_another_id(folder):
    program = f"""{HEAD.replace('padding="post"', 'padding="post", value=99')}
model = models.Sequential([layers.Embedding(100, 8), layers.LSTM(4)]){FIT}"""
    assert folder.why_not(program) == "a mask would hide nothing: the padding holds 99, the mask hides 0"


def test_no_fix_where_the_switch_comes_from_elsewhere(folder):
    program = f"""{HEAD}
import sys

masked = len(sys.argv) > 7
model = models.Sequential([layers.Embedding(100, 8, mask_zero=masked), layers.LSTM(4)]){FIT}"""
    assert folder.mend().changes == ()
    assert folder.fixed(program) == ""


def test_no_fix_is_made_for_a_leak_that_nobody_saw(folder):
    program = "from keras import layers, models\nmodels.Sequential([layers.Embedding(100, 8), layers.LSTM(4)])\n"
    assert folder.fixed(program, min_confidence="possible") == ""


# Masking ----------------------------------------------------------------------------------------------------------


def test_masking_goes_before_the_first_layer_of_a_list(folder):
    program = f"{FEATURES}model = models.Sequential([layers.LSTM(4), layers.Dense(1)]){FIT}"
    assert folder.fixed(program) == (
        "model = models.Sequential([layers.Masking(mask_value=0.0), layers.LSTM(4), layers.Dense(1)])"
    )


def test_masking_in_one_of_several_models_of_a_file(folder):
    program = f"""{FEATURES}
steps = layers.Input((None, 2))
left = models.Model(steps, layers.LSTM(4)(steps))
right = layers.Input((3,))
other = models.Model(right, layers.Dense(4)(right))
left.compile("adam", "mse")
left.fit(x, [1, 0])
other.compile("adam", "mse")
"""
    assert folder.fixed(program) == "left = models.Model(steps, layers.LSTM(4)(layers.Masking(mask_value=0.0)(steps)))"


def test_masking_takes_the_shape_of_the_input_along(folder):
    program = f"{FEATURES}model = models.Sequential()\nmodel.add(layers.LSTM(4, input_shape=(None, 2))){FIT}"
    assert folder.fixed(program) == (
        "model.add(layers.Masking(mask_value=0.0, input_shape=(None, 2)))\nmodel.add(layers.LSTM(4))"
    )


def test_masking_goes_before_a_loop_that_stacks_layers(folder):
    program = f"""{FEATURES}
model = models.Sequential()
for units in (8, 4):
    model.add(layers.LSTM(units, return_sequences=True))
model.add(layers.LSTM(2)){FIT}"""
    assert folder.fixed(program) == "model.add(layers.Masking(mask_value=0.0))"


def test_masking_goes_before_a_dense_layer_that_changes_the_padding(folder):
    program = f"{FEATURES}model = models.Sequential([layers.Dense(8), layers.LSTM(4)]){FIT}"
    assert folder.fixed(program) == (
        "model = models.Sequential([layers.Masking(mask_value=0.0), layers.Dense(8), layers.LSTM(4)])"
    )


def test_masking_in_functional_code(folder):
    program = f"""{FEATURES}
steps = layers.Input((None, 2))
h = layers.LSTM(4, return_sequences=True)(steps)
h = layers.LSTM(4)(h)
model = models.Model(steps, h){FIT}"""
    assert folder.fixed(program) == (
        "h = layers.Masking(mask_value=0.0)(steps)\nh = layers.LSTM(4, return_sequences=True)(h)"
    )


def test_masking_inside_an_expression(folder):
    program = f"""{FEATURES}
steps = layers.Input((None, 2))
model = models.Model(steps, layers.Dense(1)(layers.LSTM(4)(steps))){FIT}"""
    assert folder.fixed(program) == (
        "model = models.Model(steps, layers.Dense(1)(layers.LSTM(4)(layers.Masking(mask_value=0.0)(steps))))"
    )


def test_masking_in_a_subclass(folder):
    program = f"""{FEATURES}
class Net(models.Model):
    def __init__(self):
        super().__init__()
        self.lstm = layers.LSTM(4)

    def call(self, steps):
        return self.lstm(steps)

model = Net(){FIT}"""
    assert folder.fixed(program) == (
        "        self.masking = layers.Masking(mask_value=0.0)\n        return self.lstm(self.masking(steps))"
    )


def test_masking_goes_before_a_branch_that_may_not_be_taken(folder):
    program = f"""{FEATURES}
import sys

def build(noisy):
    start = h = layers.Input((None, 2))
    if noisy:
        h = layers.GaussianNoise(0.1)(h)
    h = layers.LSTM(4)(h)
    return models.Model(start, h)

model = build(len(sys.argv) > 1){FIT}"""
    assert folder.fixed(program).splitlines() == ["    h = layers.Masking(mask_value=0.0)(h)"]
    assert "    h = layers.Masking(mask_value=0.0)(h)\n    if noisy:\n" in folder.text


@pytest.mark.parametrize("otherwise", ["else:", "elif size:"])
def test_masking_goes_before_the_branches_that_stack_layers(folder, otherwise):
    program = f"""{FEATURES}
import sys

def build(size):
    start = h = layers.Input((None, 2))
    if size > 1:
        h = layers.LSTM(4, return_sequences=True)(h)
        h = layers.LSTM(4)(h)
    {otherwise}
        h = layers.GRU(4)(h)
    return models.Model(start, h)

model = build(len(sys.argv)){FIT}"""
    assert folder.fixed(program).splitlines() == ["    h = layers.Masking(mask_value=0.0)(h)"]
    assert "    h = layers.Masking(mask_value=0.0)(h)\n    if size > 1:\n" in folder.text


def test_masking_stays_in_a_branch_that_makes_what_it_masks(folder):
    program = f"""{FEATURES}
import sys

def build(wide):
    start = layers.Input((None, 2))
    if wide:
        h = start
        h = layers.LSTM(4)(h)
    else:
        h = layers.Dense(4)(start[:, 0])
    return models.Model(start, h)

model = build(True){FIT}"""
    folder.fixed(program)
    assert "        h = layers.Masking(mask_value=0.0)(h)\n        h = layers.LSTM(4)(h)" in folder.text


def test_masking_goes_through_a_layer_whose_settings_were_not_read(folder):
    program = f"""{FEATURES}
import json

stacked = json.load(open("settings.json"))
steps = layers.Input((None, 2))
h = layers.Dense(8)(steps)
h = layers.LSTM(4, return_sequences=stacked)(h)
h = layers.LSTM(4)(h)
model = models.Model(steps, h){FIT}"""
    assert folder.fixed(program).splitlines() == [
        "h = layers.Masking(mask_value=0.0)(steps)",
        "h = layers.Dense(8)(h)",
    ]


def test_masking_of_two_inputs_that_are_joined(folder):
    program = f"""{FEATURES}
one, two = layers.Input((None, 2)), layers.Input((None, 2))
h = layers.Concatenate()([layers.Dense(4)(one), layers.Dense(4)(two)])
model = models.Model([one, two], layers.LSTM(4)(h))
model.compile("adam", "mse")
model.fit([x, x], [1, 0])
"""
    masked = "layers.Dense(4)(layers.Masking(mask_value=0.0)({}))"
    assert folder.fixed(program) == f"h = layers.Concatenate()([{masked.format('one')}, {masked.format('two')}])"


def test_masking_hides_what_the_padding_holds(folder):
    program = f"""{FEATURES.replace('padding="post"', 'padding="post", value=-1')}
model = models.Sequential([layers.LSTM(4)]){FIT}"""
    assert folder.fixed(program) == "model = models.Sequential([layers.Masking(mask_value=-1.0), layers.LSTM(4)])"


def test_masking_helps_those_that_it_gets_to(folder):
    program = f"""{FEATURES}
features = layers.Input((None, 2))
read = layers.LSTM(4)(features)
convolved = layers.LSTM(4)(layers.Conv1D(8, 3, padding="same")(features))
model = models.Model(features, layers.Dense(1)(layers.Concatenate()([read, convolved]))){FIT}"""
    assert folder.fixed(program).splitlines() == [
        "read = layers.Masking(mask_value=0.0)(features)",
        "read = layers.LSTM(4)(read)",
    ]


WORDS_AND_LETTERS = """
from keras import layers, models
from keras.utils import pad_sequences

vectors = pad_sequences([[[0.1, 0.9], [0.3, 0.2]], [[0.5, 0.4]]], padding="post", dtype="float32")
letters = pad_sequences([[[5, 3, 9], [7, 1, 2]], [[4, 8, 6]]], padding="post")
words = layers.Input((None, 2))
spelt = layers.Input((None, 3))
embedded = layers.TimeDistributed(layers.Embedding(100, 8))(spelt)
convolved = layers.TimeDistributed(layers.Conv1D(8, 3))(embedded)
shaped = layers.TimeDistributed(layers.GlobalMaxPooling1D())(convolved)
both = layers.Concatenate()([words, shaped])
read = layers.LSTM(4)(layers.Dropout(0.5)(both))
model = models.Model([words, spelt], layers.Dense(1)(read))
model.compile("adam", "mse")
model.fit([vectors, letters], [1, 0])
"""


def test_a_mask_is_made_of_all_inputs_where_one_has_none_to_give(folder):
    """A word may have letters and no vector."""
    assert folder.fixed(WORDS_AND_LETTERS, select=["PAD102"]).splitlines() == [
        "mask = layers.Masking(mask_value=0).compute_mask(words)",
        "mask |= layers.Masking(mask_value=0).compute_mask(spelt)",
        "read = layers.LSTM(4)(layers.Dropout(0.5)(both), mask=mask)",
    ]


def test_no_mask_is_made_of_a_name_that_stands_for_something_else_by_then(folder):
    program = WORDS_AND_LETTERS.replace(
        "spelt = layers", "given = words\nwords = layers.Dense(4)(words)\nspelt = layers"
    ).replace("[words, spelt], layers", "[given, spelt], layers")
    assert folder.fixed(program, select=["PAD102"]) == ""


def test_no_mask_is_handed_over_where_layers_are_picked_by_number(folder):
    assert folder.fixed(f"{WORDS_AND_LETTERS}weights = model.layers[2]\n", select=["PAD102"]) == ""


# A mask that never matched ----------------------------------------------------------------------------------------


def test_a_mask_for_another_value(folder):
    program = f"""{FEATURES.replace('padding="post"', 'padding="post", value=-1.0')}
model = models.Sequential([layers.Masking(), layers.LSTM(4)]){FIT}"""
    assert folder.fixed(program) == "model = models.Sequential([layers.Masking(mask_value=-1.0), layers.LSTM(4)])"
    program = program.replace("layers.Masking()", "layers.Masking(0.0)")
    assert folder.fixed(program) == "model = models.Sequential([layers.Masking(-1.0), layers.LSTM(4)])"


def test_masking_behind_an_embedding(folder):
    program = f"""{HEAD}
ids = layers.Input((None,))
h = layers.Embedding(100, 8)(ids)
h = layers.Masking()(h)
h = layers.LSTM(4)(h)
model = models.Model(ids, h){FIT}"""
    assert folder.fixed(program) == "h = layers.Embedding(100, 8, mask_zero=True)(ids)"


def test_masking_of_ids(folder):
    program = f"""{HEAD}
model = models.Sequential()
model.add(layers.Masking(mask_value=0, input_shape=(None,)))
model.add(layers.Embedding(100, 8))
model.add(layers.LSTM(4)){FIT}"""
    assert folder.fixed(program) == "model.add(layers.Embedding(100, 8, mask_zero=True))"


# A mask that is dropped -------------------------------------------------------------------------------------------


def test_a_sum_of_two_masked_tensors_becomes_a_layer(folder):
    program = f"""{HEAD}
ids = layers.Input((None,))
h = layers.Embedding(100, 8, mask_zero=True)(ids)
h = layers.Dense(8)(h) + h
h = layers.LSTM(4)(h)
model = models.Model(ids, h){FIT}"""
    assert folder.fixed(program) == "h = layers.Add()([layers.Dense(8)(h), h])"


def test_the_mask_is_handed_over_past_an_operation(folder):
    program = f"""{HEAD}
class Net(models.Model):
    def __init__(self):
        super().__init__()
        self.embedding = layers.Embedding(100, 8, mask_zero=True)
        self.lstm = layers.LSTM(4)

    def call(self, ids):
        h = self.embedding(ids)
        h = h * 8.0
        return self.lstm(h)

model = Net(){FIT}"""
    assert folder.fixed(program) == (
        "        mask = self.embedding.compute_mask(ids)\n        return self.lstm(h, mask=mask)"
    )


def test_the_mask_is_handed_over_past_a_merge_with_something_unmasked(folder):
    program = f"""{HEAD}
ids, places = layers.Input((3,)), layers.Input((3,))
words = layers.Embedding(100, 8, mask_zero=True)(ids)
h = layers.Add()([words, layers.Embedding(3, 8)(places)])
h = layers.LSTM(4)(h)
model = models.Model([ids, places], h)
model.compile("adam", "mse")
model.fit([x, [[0, 1, 2], [0, 1, 2]]], [1, 0])
"""
    assert folder.fixed(program).splitlines() == [
        "embedding = layers.Embedding(100, 8, mask_zero=True)",
        "mask = embedding.compute_mask(ids)",
        "words = embedding(ids)",
        "h = layers.LSTM(4)(h, mask=mask)",
    ]


# Floats -----------------------------------------------------------------------------------------------------------


def test_floats_keep_their_fractions_and_that_is_safe(folder):
    program = "from keras.utils import pad_sequences\nx = pad_sequences([[0.1, 0.9], [0.4]])\n"
    assert folder.fixed(program, unsafe=False) == 'x = pad_sequences([[0.1, 0.9], [0.4]], dtype="float32")'


def test_what_changes_a_model_is_not_done_unasked(folder):
    program = f"{HEAD}model = models.Sequential([layers.Embedding(100, 8), layers.LSTM(4)]){FIT}"
    assert folder.fixed(program, unsafe=False) == ""


@pytest.mark.parametrize("layer", ["layers.Softmax()", "layers.TimeDistributed(layers.LSTM(4, return_sequences=True))"])
def test_no_mask_is_put_on_what_a_layer_reads_that_stops_at_it(folder, layer):
    program = f"""{HEAD}
ids = layers.Input((None,))
h = layers.Embedding(100, 8)(ids)
model = models.Model(ids, [layers.LSTM(4)(h), {layer}(h)]){FIT}"""
    assert folder.fixed(program).splitlines() == [
        "mask = layers.Embedding(1, 1, mask_zero=True).compute_mask(ids)",
        f"model = models.Model(ids, [layers.LSTM(4)(h, mask=mask), {layer}(h)])",
    ]
    assert "refuses masks" in folder.why_not(program.replace("ids =", "ids, _ =").replace("(None,))", "(None,)), 1"))


SENTENCES = """
import numpy as np
from keras import layers, models

documents = [[[1, 2], [3]], [[4, 5, 6]]]
x = np.zeros((2, 4, 3), dtype="int32")
for i, document in enumerate(documents):
    for j, sentence in enumerate(document):
        for k, word in enumerate(sentence):
            x[i, j, k] = word
text = layers.Input((4, 3))
"""


def test_a_mask_is_made_of_sentences_of_which_each_was_summed_up(folder):
    program = f"""{SENTENCES}
words = layers.Input((3,))
encoded = layers.Conv1D(8, 3, padding="same")(layers.Embedding(100, 8)(words))
sentence = models.Model(words, layers.GlobalMaxPooling1D()(encoded))
model = models.Model(text, layers.GRU(4)(layers.TimeDistributed(sentence)(text))){FIT}"""
    assert folder.fixed(program).splitlines() == [
        "mask = layers.Masking(mask_value=0).compute_mask(text)",
        "model = models.Model(text, layers.GRU(4)(layers.TimeDistributed(sentence)(text), mask=mask))",
    ]


@pytest.mark.parametrize("inner", ["layers.GRU(5)", "models.Sequential([layers.GRU(5)])"])
def test_no_mask_of_words_is_left_on_sentences(folder, inner):
    """Keras 3 hands on all its axes behind `TimeDistributed`, and the next layer stops at it."""
    program = f"""{SENTENCES}
h = layers.TimeDistributed({inner})(layers.Embedding(100, 8)(text))
model = models.Model(text, layers.GRU(4)(h)){FIT}"""
    assert "mask_zero" not in folder.fixed(program)
    assert "mask_zero=True" in folder.fixed(program, keras="2")


def test_an_embedding_makes_a_mask_alone_where_that_of_letters_is_refused(folder):
    program = f"""{HEAD}
letters = pad_sequences([[[5, 3, 9], [7, 1, 2], [3, 3, 1]], [[4, 8, 6], [1, 9, 9]]], padding="post")
words, spelt = layers.Input((None,)), layers.Input((None, 3))
shaped = layers.TimeDistributed(layers.Conv1D(8, 3))(layers.Embedding(100, 8)(spelt))
shaped = layers.TimeDistributed(layers.GlobalMaxPooling1D())(shaped)
h = layers.Concatenate()([layers.Embedding(100, 8)(words), shaped])
model = models.Model([words, spelt], layers.LSTM(4)(h))
model.compile("adam", "mse")
model.fit([x, letters], [1, 0])
"""
    assert folder.fixed(program, keras="2") == (
        "h = layers.Concatenate()([layers.Embedding(100, 8, mask_zero=True)(words), shaped])"
    )


def test_no_mask_is_made_of_ids_of_which_0_is_real(folder):
    program = f"""{HEAD}
words = open("words.txt").read().split()
index = {{character: i for i, character in enumerate(sorted(set("".join(words))))}}
x = pad_sequences([[index[each] for each in word] for word in words], padding="post")
ids = layers.Input((None,))
h = layers.Embedding(len(index), 8)(ids)
model = models.Model(ids, layers.LSTM(4)(h)){FIT}"""
    assert folder.why_not(program).startswith("id 0 is a real token")


def test_a_layer_that_refuses_masks_is_written_anew_in_a_branch_that_was_not_taken(folder):
    program = f"""{FUSED}
def reader(fast=False):
    if fast:
        return layers.CuDNNLSTM(4)
    return layers.LSTM(4)

model = models.Sequential([layers.Embedding(100, 8), reader()]){FIT}"""
    assert folder.fixed(program).splitlines() == [
        "        return layers.LSTM(4)",
        "model = models.Sequential([layers.Embedding(100, 8, mask_zero=True), reader()])",
    ]


def test_a_mask_that_the_program_takes_off_is_handed_over(folder):
    program = f"""{HEAD}
ids = layers.Input((None,))
h = layers.Embedding(100, 8, mask_zero=True)(ids)
h._keras_mask = None
model = models.Model(ids, layers.LSTM(4)(h)){FIT}"""
    assert "layers.LSTM(4)(h, mask=mask)" in folder.fixed(program)


# In a class --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "fixed"),
    [
        ("super().call(sequences)", "super().call(sequences, mask=mask)"),
        ("super().call(sequences, mask=None)", "super().call(sequences, mask=mask)"),
        ("super().call(sequences * 2)", "super().call(sequences * 2, mask=mask)"),
    ],
)
def test_a_class_hands_on_the_mask_that_its_call_is_given(folder, call, fixed):
    program = f"""{HEAD}
class Halved(layers.LSTM):
    def call(self, sequences, initial_state=None, mask=None, training=False):
        return {call} / 2

model = models.Sequential([layers.Embedding(100, 8, mask_zero=True), Halved(4)]){FIT}"""
    assert folder.fixed(program) == f"        return {fixed} / 2"


def test_a_layer_of_the_project_hands_on_the_mask_to_one_that_it_holds(folder):
    program = f"""{HEAD}
class Reader(layers.Layer):
    def __init__(self):
        super().__init__()
        self.lstm = layers.LSTM(4)

    def call(self, sequences, mask=None):
        return self.lstm(sequences * 2)

model = models.Sequential([layers.Embedding(100, 8, mask_zero=True), Reader()]){FIT}"""
    assert folder.fixed(program) == "        return self.lstm(sequences * 2, mask=mask)"


def test_a_class_that_is_given_no_mask_has_to_take_it(folder):
    program = f"""{HEAD}
class Halved(layers.LSTM):
    def call(self, sequences):
        return super().call(sequences) / 2

model = models.Sequential([layers.Embedding(100, 8, mask_zero=True), Halved(4)]){FIT}"""
    assert folder.why_not(program) == (
        "`call` of `Halved` has to take the mask, `mask=None`, and hand it on: `mask=mask`"
    )


def test_a_mask_that_is_lost_before_a_class_is_not_there_to_be_handed_on(folder):
    program = f"""{HEAD}
class Halved(layers.LSTM):
    def call(self, sequences, mask=None):
        return super().call(sequences) / 2

model = models.Sequential([layers.Embedding(100, 8, mask_zero=True), layers.Conv1D(8, 1), Halved(4)]){FIT}"""
    assert folder.why_not(program) == "a `Sequential` has no place to hand a mask over"


def test_a_layer_that_turns_the_steps_round_is_said_to(folder):
    program = """
import numpy as np
from keras import layers, models, utils
padded = np.zeros((len(rows), 30, 8))
for i, row in enumerate(rows):
    padded[i, : len(row)] = row
ids, seen = layers.Input((30,)), layers.Input((30, 8))
h = layers.Concatenate()([layers.Embedding(9, 4)(ids), layers.TimeDistributed(layers.Dense(4))(seen)])
h = layers.GRU(4, return_sequences=True, go_backwards=True)(h)
model = models.Model([ids, seen], layers.GRU(4)(h))
model.compile("adam", "mse")
model.fit([utils.pad_sequences(texts, 30, padding="post"), padded], labels)
"""
    assert folder.fixed(program) == ""
    reasons = [finding.unfixed for finding in folder.mend().report.findings]
    assert any(reason.startswith("`GRU` turns the steps round, and behind it") for reason in reasons), reasons

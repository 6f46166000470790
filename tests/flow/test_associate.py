"""Padding and models that belong together although no data was seen to flow between them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from padlint.finding import Confidence, Role
from padlint.graph import DataFacts, Feed, InputOp, Padding, Side


def unfed_model(k, scope="model.build", path="model.py", lengths=(), *, ids=True, steps=None):
    """A model that no data was seen to reach; returns the number of the model."""
    inputs = k.input(steps) if ids else k.input(40, 8)
    x = k.Embedding(100, 8)(inputs) if ids else inputs
    return k.model([inputs], [k.LSTM(4)(x)], scope=scope, path=path, lengths=lengths)


def pads(k, **where):
    k.paddings.append(k.padding(**{"scope": "train.load", "path": "train.py", **where}))


def confidences(k):
    return [seen.confidence for seen in k.observations(Confidence.POSSIBLE)]


def reasons(k):
    return [step.message for seen in k.observations() for step in seen.route if step.role is Role.FEED]


def test_without_any_padding_a_leak_is_only_possible(k):
    unfed_model(k)
    assert confidences(k) == [Confidence.POSSIBLE]


def test_the_same_length_by_name_in_files_that_import_each_other(k):
    unfed_model(k, lengths=("MAX_LEN",))
    pads(k, length="MAX_LEN")
    k.imports = {"train.py": frozenset({"model.py"})}
    assert reasons(k) == ["the model is built for `MAX_LEN` steps, and `pad_sequences` fills up to them"]


def test_a_length_is_known_by_its_last_name(k):
    unfed_model(k, lengths=("self.config['maxlen']",))
    pads(k, length="args.maxlen")
    pads(k, how="np.pad")
    k.imports = {"train.py": frozenset({"model.py"})}
    assert reasons(k) == [
        "the model is built for `self.config['maxlen']` steps, and `pad_sequences` fills up to `args.maxlen`"
    ]


@pytest.mark.parametrize(("followed", "seen", "bound"), [(True, True, False), (True, False, True), (False, True, True)])
def test_the_same_length_is_no_bond_to_the_padding_of_another_model_where_data_was_seen(k, followed, seen, bound):
    number = unfed_model(k, lengths=("MAX_LEN",))
    padding = k.padding(length="MAX_LEN", scope="train.load", path="train.py")
    k.paddings.append(padding)
    if followed:
        other = k.input(None)
        k.fed(other, padding, model=k.model([other], [k.Dense(2)(other)], scope="train", path="train.py"))
    if seen:
        k.feeds.append(Feed(k.models[0].inputs[0], DataFacts(), "fit", k.line("fit"), number))
    k.imports = {"train.py": frozenset({"model.py"})}
    assert confidences(k) == [Confidence.LIKELY if bound else Confidence.POSSIBLE]


def test_the_same_number_is_no_bond(k):
    unfed_model(k, lengths=("100",))
    pads(k, length="100", path="other.py")
    assert confidences(k) == [Confidence.POSSIBLE]


def test_the_shapes_of_two_arrays_are_no_bond(k):
    unfed_model(k, lengths=("train.shape[1:]",))
    pads(k, length="batch.shape", path="other.py")
    k.imports = {"other.py": frozenset({"model.py"})}
    pads(k, length="batch.shape", path="other.py", value=5)
    assert not any("steps" in reason for reason in reasons(k))


def test_a_method_of_the_class_that_builds_the_model(k):
    unfed_model(k, scope="model.Tagger.build")
    pads(k, scope="model.Tagger.transform", path="model.py")
    pads(k, scope="model.Other.transform", path="model.py", how="np.pad")
    assert reasons(k) == ["`Tagger` builds the model, and `pad_sequences` pads in it"]


@pytest.mark.parametrize(
    ("scope", "path"),
    [("src.model", "src/model.py"), ("src.4_2-model", "src/4.2-model.ipynb"), ("src", "src/__init__.py")],
)
def test_a_folder_is_no_class(k, scope, path):
    unfed_model(k, scope=scope, path=path)
    pads(k, scope=scope, path=path)
    assert reasons(k) == [
        "`pad_sequences` is the only padding of the file, and no other data was seen for this model",
    ]


def test_features_that_were_seen_are_not_the_only_padding_of_the_file(k):
    features = k.fed(k.input(None, 8), unresolved=("float of an unresolved value",), rank=3)
    k.trained([features], [k.LSTM(4)(features)])
    pads(k, scope="model.load", path="model.py")
    assert confidences(k) == [Confidence.POSSIBLE]


def test_the_only_padding_of_the_file(k):
    unfed_model(k)
    pads(k, scope="model.load", path="model.py")
    assert reasons(k) == ["`pad_sequences` is the only padding of the file, and no other data was seen for this model"]


def test_two_ways_to_pad_in_one_file_are_no_bond(k):
    unfed_model(k)
    pads(k, scope="model.load", path="model.py")
    pads(k, scope="model.load_other", path="model.py", how="np.pad")
    assert confidences(k) == [Confidence.POSSIBLE]


def test_the_only_padding_of_a_script_that_imports_the_model(k):
    unfed_model(k)
    pads(k)
    k.imports = {"train.py": frozenset({"model.py"})}
    assert reasons(k) == ["`pad_sequences` pads in train.py, and one of the two files imports the other"]


def test_the_nearest_padding_counts(k):
    unfed_model(k)
    pads(k)
    pads(k, path="far.py", how="np.pad")
    k.imports = {"train.py": frozenset({"model.py"}), "far.py": frozenset({"train.py"})}
    assert reasons(k) == ["`pad_sequences` pads in train.py, and one of the two files imports the other"]


def test_a_script_that_imports_both_links_them(k):
    unfed_model(k)
    pads(k, path="data.py")
    k.imports = {"train.py": frozenset({"model.py", "data.py"})}
    assert reasons(k) == ["`pad_sequences` pads in data.py, and the files import each other over others"]


def test_a_mask_is_not_called_wrong_for_the_value_of_padding_that_was_not_followed(k):
    inputs = k.input(None)
    x = k.Embedding(100, 8, mask_zero=True)(inputs)
    k.model([inputs], [k.LSTM(4)(x)], path="model.py")
    pads(k, value=5)
    k.imports = {"train.py": frozenset({"model.py"})}
    assert confidences(k) == [Confidence.POSSIBLE]


def test_padding_in_a_file_that_has_nothing_to_do_with_the_model(k):
    unfed_model(k)
    pads(k)
    assert confidences(k) == [Confidence.POSSIBLE]


def test_a_model_whose_neighbour_is_trained_is_just_not_used(k):
    number = unfed_model(k, scope="script", path="script.py")
    used = k.input(None)
    trained = k.model([used], [k.Dense(2)(used)], scope="script", path="script.py")
    k.fed(used, k.padding(path="script.py", scope="script"), model=trained)
    assert number != trained
    assert confidences(k) == [Confidence.POSSIBLE]


def test_features_need_more_than_a_common_import(k):
    unfed_model(k, ids=False)
    pads(k, path="tools/train.py")
    k.imports = {"tools/train.py": frozenset({"model.py"})}
    assert confidences(k) == [Confidence.POSSIBLE]


def test_features_padded_in_the_folder_of_the_model(k):
    unfed_model(k, ids=False, path="speech/model.py")
    pads(k, path="speech/batches.py")
    k.imports = {"speech/batches.py": frozenset({"speech/model.py"})}
    assert confidences(k) == [Confidence.LIKELY]


def test_padding_that_was_followed_to_another_model_is_no_sign(k):
    unfed_model(k)
    padding = k.padding(path="train.py")
    other = k.input(None)
    trained = k.model([other], [k.Dense(2)(other)], scope="train", path="train.py")
    k.fed(other, padding, model=trained)
    k.imports = {"train.py": frozenset({"model.py"})}
    assert confidences(k) == [Confidence.POSSIBLE]


def test_padding_of_the_labels_of_another_model_is_no_sign(k):
    unfed_model(k)
    padding = k.padding(path="train.py")
    k.paddings.append(padding)
    other = k.input(None)
    k.trained([other], [k.Dense(2)(other)], targets=(DataFacts((padding,)),))
    k.imports = {"train.py": frozenset({"model.py"})}
    assert confidences(k) == [Confidence.POSSIBLE]


def test_blanks_that_fill_up_a_line_are_no_padding(k):
    unfed_model(k)
    pads(k, value=" ", how="' ' * n added")
    k.imports = {"train.py": frozenset({"model.py"})}
    assert confidences(k) == [Confidence.POSSIBLE]


def test_features_of_the_same_length_by_name(k):
    unfed_model(k, ids=False, lengths=("MAX_STEPS",))
    pads(k, length="MAX_STEPS")
    k.imports = {"train.py": frozenset({"model.py"})}
    assert confidences(k) == [Confidence.LIKELY]


def test_an_input_of_open_length_is_bound_over_more_imports(k):
    for length in (None, 40):
        inputs = k.input(length, 8)
        k.model([inputs], [k.LSTM(4)(inputs)], scope=f"model.build_{length}", path="core/model.py")
    pads(k, path="datasets/batches.py")
    k.imports = {"train.py": frozenset({"datasets/batches.py", "load.py"}), "load.py": frozenset({"core/model.py"})}
    assert confidences(k) == [Confidence.LIKELY, Confidence.POSSIBLE]


def test_data_that_the_program_gives_but_does_not_pad_is_not_bound_across_files(k):
    inputs = k.fed(k.input(None), unresolved=("an item of something unresolved",))
    k.model([inputs], [k.LSTM(4)(k.Embedding(100, 8)(inputs))], path="model.py")
    pads(k)
    k.imports = {"train.py": frozenset({"model.py"})}
    assert confidences(k) == [Confidence.POSSIBLE]


def test_data_that_comes_by_a_parameter_is(k):
    inputs = k.fed(k.input(None), unresolved=("parameter `x` of `fit`",), outside=True)
    k.model([inputs], [k.LSTM(4)(k.Embedding(100, 8)(inputs))], path="model.py")
    pads(k)
    k.imports = {"train.py": frozenset({"model.py"})}
    assert confidences(k) == [Confidence.LIKELY]


def test_training_data_from_outside_is_not_settled_by_what_is_predicted_from(k):
    inputs = k.fed(k.input(None), unresolved=("parameter `x` of `fit`",), outside=True)
    k.fed(inputs, how="predict", unpadded="one text at a time")
    pads(k)
    k.imports = {"train.py": frozenset({"script.py"})}
    k.trained([inputs], [k.LSTM(4)(k.Embedding(100, 8)(inputs))])
    assert confidences(k) == [Confidence.LIKELY]


def test_data_known_to_hold_no_padding_settles_it(k):
    ids = k.fed(k.input(None), unpadded="windows of equal length")
    k.LSTM(4)(k.Embedding(100, 8)(ids))
    assert confidences(k) == []


def test_one_padded_feed_of_several_counts(k):
    ids = k.fed(k.input(None), unpadded="one text at a time")
    k.fed(ids, k.padding())
    k.LSTM(4)(k.Embedding(100, 8)(ids))
    assert confidences(k) == [Confidence.CERTAIN]


def test_a_hop_that_was_not_read_costs_certainty(k):
    ids = k.fed(k.input(None), k.padding(), unresolved=("a call of `transform`",))
    k.LSTM(4)(k.Embedding(100, 8)(ids))
    assert confidences(k) == [Confidence.LIKELY]


def test_a_model_that_only_lives_inside_another_is_judged_there(k):
    inner = k.input(None)
    k.model([inner], [k.LSTM(4)(k.Embedding(100, 8)(inner))], nested=True)
    assert confidences(k) == []


def test_a_layer_that_pads_needs_no_data_at_all(k):
    vectorize = k.TextVectorization()
    k.paddings.append(Padding("TextVectorization", vectorize.layer.span, side=Side.POST))
    k.LSTM(4)(k.Embedding(100, 8)(vectorize(k.input(1))))
    assert k.leaks() == ["unmasked-embedding at Embedding -> LSTM"]


def vectorized(k, how, length=""):
    text = k.fed(k.input(1), how=how)
    vectorize = k.TextVectorization()
    k.paddings.append(Padding("TextVectorization", vectorize.layer.span, side=Side.POST, length=length))
    x = k.LSTM(4)(k.Embedding(100, 8)(vectorize(text)))
    if how == "fit":
        k.trained([text], [x])


def test_a_layer_that_fills_up_batches_of_training_data_pads(k):
    vectorized(k, "fit")
    assert confidences(k) == [Confidence.CERTAIN]


def test_a_layer_that_is_only_asked_for_predictions_may_see_one_text_at_a_time(k):
    vectorized(k, "predict")
    assert confidences(k) == [Confidence.POSSIBLE]


def test_a_layer_that_fills_up_to_a_length_pads_any_text(k):
    vectorized(k, "predict", length="max_length")
    assert confidences(k) == [Confidence.CERTAIN]


def test_padding_that_is_trained_on_comes_before_what_is_predicted_from(k):
    ids = k.fed(k.input(None), k.padding(how="tf.pad"), how="predict")
    k.fed(ids, k.padding())
    k.trained([ids], [k.LSTM(4)(k.Embedding(100, 8)(ids))])
    (seen,) = k.observations()
    assert seen.evidence.padding.how == "pad_sequences"


def test_what_is_predicted_from_says_nothing_of_what_is_trained_on(k):
    ids = k.fed(k.input(None), unpadded="rows that are written out", how="predict")
    k.fed(ids, unresolved=("what `load` returns",), how="fit")
    k.trained([ids], [k.LSTM(4)(k.Embedding(100, 8)(ids))])
    assert confidences(k) == [Confidence.POSSIBLE]


def test_a_layer_called_on_nothing_that_was_read_is_no_trouble(k):
    k.LSTM(4)()
    k.Embedding(100, 8, mask_zero=True)()
    k.Concatenate()()
    assert k.leaks(Confidence.POSSIBLE) == []


IN_PACKAGE = {"scope": "tagging.models.tagger.build", "path": "tagging/models/tagger.py"}
ITS_LOADER = {"scope": "tagging.data.loader.batch", "path": "tagging/data/loader.py"}


def test_a_package_that_leaves_it_to_its_users_to_feed_its_models(k):
    unfed_model(k, **IN_PACKAGE)
    pads(k, **ITS_LOADER)
    assert reasons(k) == [
        "`pad_sequences` pads in tagging/data/loader.py, and `tagging` leaves it to others to feed its models"
    ]


@pytest.mark.parametrize("name", ["test_loader", "loader_test"])
def test_what_a_test_pads_is_for_no_model_of_another_file(k, name):
    unfed_model(k, **IN_PACKAGE)
    pads(k, scope=f"tagging.data.{name}.batch", path=f"tagging/data/{name}.py")
    assert confidences(k) == [Confidence.POSSIBLE]


def test_a_model_of_a_test_is_not_left_to_others_to_feed(k):
    unfed_model(k, scope="tagging.models.tagger_test.build", path="tagging/models/tagger_test.py")
    pads(k, **ITS_LOADER)
    assert confidences(k) == [Confidence.POSSIBLE]


def test_the_padding_of_another_package_is_no_bond(k):
    unfed_model(k, **IN_PACKAGE)
    pads(k, scope="parsing.data.loader.batch", path="parsing/data/loader.py")
    assert confidences(k) == [Confidence.POSSIBLE]


def test_a_package_may_pad_for_several_models_when_they_take_data_from_outside(k):
    fed = k.fed(k.input(None), k.padding(**ITS_LOADER), model=0)
    k.model([fed], [k.Dense(2)(fed)], scope="tagging.models.parser.build", path="tagging/models/parser.py")
    inputs = k.input(None)
    k.model([inputs], [k.LSTM(4)(k.Embedding(100, 8)(inputs))], **IN_PACKAGE)
    assert confidences(k) == [Confidence.POSSIBLE]
    k.fed(inputs, unresolved=("parameter `x` of `fit`",), outside=True, model=1)
    assert confidences(k) == [Confidence.LIKELY]


def test_a_model_that_was_read_twice_is_no_neighbour_of_itself(k):
    fed, unfed = k.input(None), k.input(None)
    for inputs in (fed, unfed):
        k.model([inputs], [k.LSTM(4)(k.Embedding(100, 8)(inputs))], scope="model.build", path="model.py")
    k.models[1] = replace(k.models[1], span=k.models[0].span)
    k.fed(fed, unresolved=("parameter `x` of `fit`",), outside=True, model=0)
    pads(k, path="model.py")
    assert confidences(k) == [Confidence.LIKELY, Confidence.LIKELY]


# Length by length -------------------------------------------------------------------------------------------------


def built_for(k, *lengths, path="models/net.py"):
    """A model whose input of ids is built for lengths with names."""
    inputs = k.add(InputOp(tuple(None for _ in lengths), lengths=lengths), [], "Input")
    x = k.Embedding(100, 8)(inputs)
    return k.model([inputs], [k.LSTM(4)(x)], path=path, lengths=lengths)


def test_a_telling_length_is_a_bond_between_folders_side_by_side(k):
    built_for(k, "config.title_words")
    pads(k, length="self.title_words", path="data/reader.py")
    assert reasons(k) == [
        "the input is built for `config.title_words` steps, and `pad_sequences` fills up to `self.title_words`"
    ]


@pytest.mark.parametrize("length", ["max_len", "MAX_SEQUENCE_LENGTH", "maxlen", "n_steps"])
def test_a_length_that_does_not_say_what_is_counted_is_none(k, length):
    built_for(k, length)
    pads(k, length=length, path="data/reader.py")
    assert confidences(k) == [Confidence.POSSIBLE]


def test_a_telling_length_is_no_bond_between_distant_folders(k):
    built_for(k, "title_words")
    pads(k, length="title_words", path="other/project/data/reader.py")
    assert confidences(k) == [Confidence.POSSIBLE]


def test_a_length_that_is_computed_is_not_the_one_that_is_filled_up_to(k):
    built_for(k, "negatives_drawn + 1")
    pads(k, length="negatives_drawn", path="data/reader.py")
    assert confidences(k) == [Confidence.POSSIBLE]


def test_each_axis_of_an_input_has_its_own_padding(k):
    built_for(k, "clicked_titles", "title_words")
    pads(k, length="title_words", path="data/reader.py", axes=(1,))
    pads(k, length="clicked_titles", path="data/reader.py", how="np.pad", axes=(0,))
    padded = k.solution().states[0].padded
    assert {(one.axis, one.evidence.padding.how) for one in padded} == {(1, "np.pad"), (2, "pad_sequences")}


@pytest.mark.parametrize(("steps", "axes"), [(1, (1,)), (None, (2,))])
def test_an_input_that_has_no_steps_to_pad(k, steps, axes):
    unfed_model(k, steps=steps)
    pads(k, axes=axes)
    k.imports = {"train.py": frozenset({"model.py"})}
    assert Confidence.LIKELY not in confidences(k)

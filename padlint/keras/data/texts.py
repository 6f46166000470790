"""Tokenizers and vectorizers: texts to ids, padded or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from padlint.dataclass import dataclass
from padlint.graph import DataFacts, Padding, Side
from padlint.keras.data.lengths import length_as_written
from padlint.keras.data.padding import NOTHING_KNOWN, altered
from padlint.keras.data.values import (
    DataValue,
    Handler,
    MethodHandler,
    count_of_rows,
    noted,
    setting_or,
    side_of,
    unpadded,
)
from padlint.keras.data.windows import shared_length
from padlint.python.context import Context
from padlint.python.source_text import argument_text
from padlint.python.values import (
    NONE,
    TRUE,
    Call,
    Constant,
    LibraryObject,
    ListValue,
    Site,
    Unknown,
    Value,
)

RAGGED = "lengths that differ"
ANY_COUNT = Unknown("the number of texts", "len")
ONE_OR_MORE = Unknown("the number of texts, if there are several", "len")
"""The first axis of what is made of a text, or of a batch of texts: which of them it was is not known."""


def ragged_ids(count: Value = ANY_COUNT) -> DataValue:
    """Make ids or parts of so many texts, as many in a row as the text has words."""
    row = DataValue(NOTHING_KNOWN, (Unknown("the length of a text", "len"),))
    return DataValue(NOTHING_KNOWN, (count, Unknown(RAGGED, "len")), row)


# Keras' Tokenizer -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class TokenizerValue(LibraryObject):
    """`keras.preprocessing.text.Tokenizer`: its ids begin at 1."""

    words: Value | None = None

    def method(self, name: str, call: Call, context: Context) -> Value | None:
        if name in ("texts_to_matrix", "sequences_to_matrix"):
            return unpadded(
                "bag-of-words rows of one width", (ANY_COUNT, self.words or Unknown("the vocabulary's size"))
            )
        handler = TOKENIZER_METHODS.get(name)
        return handler(self, call, context) if handler is not None else None

    def attribute(self, name: str, site: Site, context: Context) -> Value | None:
        if name == "num_words" and self.words is not None:
            return self.words
        return None

    def same(self, other: Value) -> bool:
        return isinstance(other, TokenizerValue)


def _fitted(receiver: Value, call: Call, context: Context) -> Value | None:
    return NONE


def _to_sequences(receiver: Value, call: Call, context: Context) -> Value | None:
    return ragged_ids(count_of_rows(call.argument(0, "texts")) or ANY_COUNT)


def _to_matrix(receiver: Value, call: Call, context: Context) -> Value | None:
    return unpadded("bag-of-words rows of one width")


TOKENIZER_METHODS: Mapping[str, MethodHandler] = {
    "fit_on_texts": _fitted,
    "fit_on_sequences": _fitted,
    "texts_to_sequences": _to_sequences,
    "texts_to_matrix": _to_matrix,
    "sequences_to_matrix": _to_matrix,
}


def _tokenizer(call: Call, context: Context) -> Value:
    words = call.argument(0, "num_words") or call.argument(None, "nb_words")
    return TokenizerValue(words if words != NONE else None)


def _word_list(call: Call, context: Context) -> Value | None:
    """Hash or split one text into as many items as it has words."""
    return DataValue(NOTHING_KNOWN, (Unknown("the length of a text", "len"),))


def _split(call: Call, context: Context) -> Value | None:
    """Take each text apart, into letters or words."""
    match call.argument(0, "input"):
        case DataValue(shape=(count,)):
            return ragged_ids(count)
        case _:
            return None


# Preprocessing layers -------------------------------------------------------------------------------------------


def vectorized(arguments: Mapping[str, Value], site: Site, context: Context, given: Value | None = None) -> DataValue:
    """Return what a `TextVectorization` layer with these arguments makes of texts.

    It pads each batch at the end with 0, to its longest text or to `output_sequence_length`; with `ragged=True`, and in
    every output mode but "int", it does not.

    Args:
        given: the texts, or one of them, as far as they are known.
    """
    mode = arguments.get("output_mode")
    if mode is not None and mode not in (Constant("int"), NONE):
        return unpadded("one row of one width for each text")
    if arguments.get("ragged") == TRUE:
        return ragged_ids()
    if given is not None and _is_as_long_as_wanted(given, arguments):
        return unpadded("texts of one length")
    length = arguments.get("output_sequence_length")
    padding = Padding(
        how="TextVectorization",
        span=site.span,
        side=Side.POST,
        length=argument_text(site, None, "output_sequence_length"),
        scope=context.scope_name(),
    )
    steps = length if length is not None and length != NONE else Unknown("the longest text of the batch", "max")
    count = ANY_COUNT if given is None or _is_batch(given) else ONE_OR_MORE
    return DataValue(DataFacts((noted(padding, context),)), (count, steps))


def layer_on_data(kind: str, arguments: Mapping[str, Value], site: Site, call: Call, context: Context) -> Value | None:
    """Call a preprocessing layer on data rather than on a tensor; None for every other layer."""
    given = call.arguments[0] if call.arguments else None
    if kind == "TextVectorization":
        return vectorized(arguments, site, context, given)
    if kind in LOOKUPS and isinstance(given, DataValue):
        return DataValue(altered(given.facts, "", "the id of the padding token"), given.shape)
    return None


def _is_batch(value: Value) -> bool:
    return isinstance(value, ListValue) or (isinstance(value, DataValue) and bool(value.shape))


def _is_as_long_as_wanted(text: Value, arguments: Mapping[str, Value]) -> bool:
    """Say whether a text has as many letters as a layer that takes it apart by letters gives."""
    letters = shared_length(text) if arguments.get("split") == Constant("character") else None
    wanted = arguments.get("output_sequence_length", NONE)
    return letters is not None and (wanted == NONE or length_as_written(wanted).same(letters))


def note_layer(kind: str, arguments: Mapping[str, Value], site: Site, context: Context) -> None:
    """Notice a layer that pads wherever it is put: inside a model as much as in front of it."""
    if kind == "TextVectorization":
        vectorized(arguments, site, context)


LOOKUPS = frozenset({"StringLookup", "IntegerLookup"})


# Hub packers and Hugging Face tokenizers ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class PackerValue(LibraryObject):
    """A preprocessing object that packs ragged rows into one length: keras_hub's packers and tokenizers."""

    padding: Padding

    def call(self, call: Call, context: Context) -> Value | None:
        return DataValue(DataFacts((noted(self.padding, context),)))

    def same(self, other: Value) -> bool:
        return isinstance(other, PackerValue) and other.padding == self.padding


def _packer(kind: str) -> Handler:
    def make(call: Call, context: Context) -> Value | None:
        length = call.argument(None if "Tokenizer" in kind else 0, "sequence_length")
        if length is None or length == NONE:
            return None
        return PackerValue(
            Padding(
                how=kind,
                span=call.site.span,
                value=setting_or(call.argument(None, "pad_value"), 0),
                side=side_of(call.argument(None, "padding_side"), Side.POST),
                length=argument_text(call.site, 0, "sequence_length"),
                scope=context.scope_name(),
            )
        )

    return make


@dataclass(frozen=True, slots=True, eq=False)
class EncodedValue(LibraryObject):
    """What a Hugging Face tokenizer gives: ids, their attention mask and more, by name.

    Args:
        ids: the ids of a text, of a batch of texts, or of either where it is not known which was given.
    """

    ids: tuple[DataValue, ...]

    def subscript(self, index: Value, site: Site, context: Context) -> Value | None:
        name = index.value if isinstance(index, Constant) and isinstance(index.value, str) else "input_ids"
        return self._entry(name, context)

    def attribute(self, name: str, site: Site, context: Context) -> Value | None:
        known = name in ("input_ids", "attention_mask", "token_type_ids", "data")
        return self._entry(name, context) if known else None

    def _entry(self, name: str, context: Context) -> Value:
        is_mask = name == "attention_mask"
        return context.join(DataValue(replace(ids.known, mask=True)) if is_mask else ids for ids in self.ids)


PADDING_KEYWORDS = ("padding", "pad_to_length", "pad_to_max_length", "pad_to")
RANK_OF_LISTS = {"encode": 1, "encode_plus": 1, "batch_encode_plus": 2}
"""How deep the lists are that methods of a Hugging Face tokenizer give; calling it takes one text or several."""


def padding_call(how: str, call: Call, context: Context) -> Value | None:
    """Call a function that was not read with an argument that says that it pads; None when it has none.

    Hugging Face tokenizers take `padding=True`, "longest" or "max_length"; others `pad_to_length=` and the like.
    """
    given = next(((name, call.keywords[name]) for name in PADDING_KEYWORDS if name in call.keywords), None)
    if given is None or not _asks_for_padding(*given):
        return None
    padding = Padding(
        how=how,
        span=call.site.span,
        side=side_of(call.argument(None, "padding_side"), Side.POST),
        length=argument_text(call.site, None, "max_length") or argument_text(call.site, None, given[0]),
        scope=context.scope_name(),
    )
    noted(padding, context)
    if given[0] not in ("padding", "pad_to_max_length"):
        return DataValue(DataFacts((padding,)))
    ranks = _ranks(how, call)
    doubts = ("whether a tokenizer is given one text or several",) if len(ranks) > 1 else ()
    ids = tuple(DataValue(DataFacts((replace(padding, axes=(rank - 1,)),), "", doubts, rank)) for rank in ranks)
    return context.join(ids) if how == "encode" else EncodedValue(ids)


def _ranks(how: str, call: Call) -> tuple[int, ...]:
    """Return how many axes the ids may have: tensors have one for the batch, the list of a single text has not."""
    match call.keywords.get("return_tensors", NONE):
        case Constant(str()):
            return (2,)
        case _:
            pass
    if how in RANK_OF_LISTS:
        return (RANK_OF_LISTS[how],)
    match call.argument(0, "text"):
        case Constant(str()):
            return (1,)
        case ListValue() | DataValue() | None:
            return (2,)
        case _:
            return (2, 1)


def _asks_for_padding(name: str, value: Value) -> bool:
    match value:
        case Constant(bool(asked)):
            return asked
        case Constant(str(text)):
            return text in ("longest", "max_length")
        case Constant(None):
            return False
        case _:
            return name != "padding"


FUNCTIONS: Mapping[str, Handler] = {
    "keras.preprocessing.text.Tokenizer": _tokenizer,
    "keras.preprocessing.text.text_to_word_sequence": _word_list,
    "keras.preprocessing.text.one_hot": _word_list,
    "keras.preprocessing.text.hashing_trick": _word_list,
    "keras.preprocessing.text.tokenizer_from_json": _tokenizer,
    **{f"tensorflow.strings.{name}": _split for name in ("split", "bytes_split", "unicode_decode", "unicode_split")},
    **{
        f"keras_hub.{folder}.{kind}": _packer(kind)
        for folder in ("layers", "tokenizers", "models")
        for kind in (
            "StartEndPacker",
            "MultiSegmentPacker",
            "WordPieceTokenizer",
            "SentencePieceTokenizer",
            "BytePairTokenizer",
            "UnicodeCodepointTokenizer",
            "ByteTokenizer",
        )
    },
}

"""Generated programs in which layers, models, padding and Python meet in ways that nobody would write."""

from __future__ import annotations

import re
from itertools import chain
from typing import TypeAlias

from hypothesis import strategies as st

from padlint.keras import libraries
from padlint.keras.data import datasets
from padlint.keras.feeds import FEEDING_METHODS
from padlint.keras.layers import kinds
from padlint.keras.operation_table import operation_rows
from padlint.python import builtins, standard_library

Rows: TypeAlias = tuple[str, ...]
Text: TypeAlias = st.SearchStrategy[str]
Block: TypeAlias = st.SearchStrategy[Rows]

HEADER = """\
import collections, copy, functools, itertools, keras, numpy, os, pandas, sklearn, tensorflow, typing
import numpy as np, tensorflow as tf
from keras import backend as K, layers, models, ops
from keras.layers import *
from keras.models import Model, Sequential
from keras.utils import pad_sequences
a, b, c, n, maxlen = 1, "text", None, somewhere.n, 20
data = [[1, 2], [3]]
x = keras.Input((None,))
model = Sequential()
"""

# What padlint knows of libraries, by the names that its own tables have.
FUNCTIONS = tuple(
    sorted(
        {
            *libraries.FUNCTIONS,
            *(name.removeprefix("builtins.") for name in (*builtins.FUNCTIONS, *standard_library.FUNCTIONS)),
            *(f"{home}.{name}" for name in operation_rows() for home in ("tf", "ops", "K", "np")),
        }
    )
)
METHODS = tuple(
    sorted(
        {*libraries.METHODS, *datasets.DATASET_METHODS, *FEEDING_METHODS}
        | {"add", "append", "extend", "insert", "pop", "get", "items", "keys", "values", "update", "setdefault"}
        | {"format", "join", "split", "compile", "get_layer", "call", "astype", "reshape", "tolist", "apply", "copy"}
    )
)
SETTINGS = ("mask_zero", "return_sequences", "return_state", "stateful", "go_backwards", "supports_masking")
KEYWORDS = ("mask", "axis", "units", "input_shape", "mask_value", "padding", "maxlen", "initial_state", "shape", "name")
OPERATORS = ("+", "-", "*", "/", "//", "%", "**", "<<", "@", "|", "==", "<", "!=", "in", "not in", "is", "and", "or")

_KEYWORD = re.compile(r"(\w+)=")

NAMES = st.sampled_from(("a", "b", "c", "n", "x", "f", "A", "data", "maxlen", "model", "self"))
LAYERS = st.sampled_from(tuple(sorted(kinds())))
USUAL_LAYERS = st.sampled_from(
    (
        "Embedding",
        "Masking",
        "LSTM",
        "GRU",
        "Bidirectional",
        "TimeDistributed",
        "Dense",
        "Conv1D",
        "Lambda",
        "Attention",
    )
)
NUMBERS = st.sampled_from(("0", "1", "2", "-1", "3.5", "1e400", "2j", "0x1F", "1_000", "10**9", str(2**70)))
LITERALS = st.one_of(
    NUMBERS,
    st.sampled_from(("None", "True", "False", "...", "'post'", '"pre"', "'same'", "b'\\xff'", "''", "'%s %d'", "'ñ'")),
)
ATOMS = st.one_of(NAMES, NAMES, LITERALS, st.sampled_from(("[]", "()", "{}", "data[0]", "x[:, -1]", "self.layer")))


def _listed(inner: Text, most: int = 3) -> Text:
    return st.lists(inner, max_size=most).map(", ".join)


def _arguments(inner: Text) -> Text:
    one = st.one_of(
        inner,
        inner,
        st.builds("{}={}".format, st.sampled_from(KEYWORDS), inner),
        st.builds("{}={}".format, st.sampled_from(SETTINGS), st.sampled_from(("True", "False", "a"))),
        st.builds("*{}".format, inner),
        st.builds("**{}".format, inner),
    )
    return st.lists(one, max_size=3).map(_in_order)


def _in_order(arguments: list[str]) -> str:
    """Return arguments as Python wants them: by position, then by name, no name twice."""
    named = {name[1]: each for each in arguments if (name := _KEYWORD.match(each))}
    places = [each for each in arguments if not _KEYWORD.match(each) and not each.startswith("**")]
    return ", ".join((*places, *named.values(), *(each for each in arguments if each.startswith("**"))))


def _layer(inner: Text) -> Text:
    made = st.builds("{}({})".format, st.one_of(USUAL_LAYERS, LAYERS), _arguments(inner))
    wrapped = st.builds("{}({})".format, st.sampled_from(("Bidirectional", "TimeDistributed", "RNN")), made)
    return st.one_of(made, wrapped)


def _indices(inner: Text) -> Text:
    one = st.one_of(inner, st.builds("{}:{}".format, st.just("") | inner, inner), st.sampled_from((":", "...", "::-1")))
    return st.lists(one, min_size=1, max_size=3).map(", ".join)


def _expression(inner: Text) -> Text:
    call = _arguments(inner)
    return st.one_of(
        _layer(inner),
        st.builds("{}({})".format, _layer(inner), inner),
        st.builds(
            "{}({})".format, _layer(inner), st.lists(inner, min_size=1, max_size=3).map(", ".join).map("[{}]".format)
        ),
        st.builds("{}({})".format, st.sampled_from(FUNCTIONS), call),
        st.builds("({}).{}({})".format, inner, st.sampled_from(METHODS), call),
        st.builds("{}({})".format, NAMES, call),
        st.builds("({} {} {})".format, inner, st.sampled_from(OPERATORS), inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("{}[{}]".format, inner, _indices(inner)),
        st.builds("({}).{}".format, inner, st.sampled_from(("shape", "T", "layer", "output", "_keras_mask", "layers"))),
        st.builds("[{}]".format, _listed(inner)),
        st.builds("({},)".format, inner),
        st.builds("{{{}: {}}}".format, inner, inner),
        st.builds("{{**{}, {}: {}}}".format, inner, inner, inner),
        st.builds("[{} for {} in {}]".format, inner, NAMES, inner),
        st.builds("{{{}: {} for a, b in {} if {}}}".format, inner, inner, inner, inner),
        st.builds("({} for {}, *{} in {})".format, inner, NAMES, NAMES, inner),
        st.builds("(lambda {}, *a, **k: {})".format, st.sampled_from(("n", "x", "self")), inner),
        st.builds("({} := {})".format, NAMES, inner),
        st.builds('f"{{{}!r:>{{{}}}}}"'.format, NAMES, NAMES),
        st.builds("Model({}, {})".format, inner, inner),
        st.builds("Sequential([{}])".format, _listed(_layer(inner))),
        st.builds("pad_sequences({}, {})".format, inner, call),
        st.builds("super().{}({})".format, st.sampled_from(("__init__", "call", "build", "fit")), call),
        st.builds("(await {})".format, inner),
        st.builds("(yield {})".format, inner),
    )


EXPRESSIONS = st.recursive(ATOMS, _expression, max_leaves=5)
TARGETS = st.one_of(
    NAMES,
    NAMES,
    st.builds("{}.{}".format, NAMES, st.sampled_from(("layer", "shape", "mask", "x"))),
    st.builds("{}[{}]".format, NAMES, _indices(ATOMS)),
    st.builds("{}, *{}".format, NAMES, NAMES),
    st.builds("({}, [{}, {}])".format, NAMES, NAMES, NAMES),
)
SIMPLE: Block = st.one_of(
    st.builds("{} = {}".format, TARGETS, EXPRESSIONS),
    st.builds("{} = {}".format, TARGETS, EXPRESSIONS),
    st.builds("{} = {} = {}".format, TARGETS, TARGETS, EXPRESSIONS),
    st.builds("x = {}(x)".format, _layer(ATOMS)),
    st.builds("x = {}(x)".format, _layer(ATOMS)),
    st.builds("model.add({})".format, _layer(ATOMS)),
    st.builds("model.{}({})".format, st.sampled_from((*FEEDING_METHODS, "compile")), _arguments(EXPRESSIONS)),
    st.builds("{} {}= {}".format, NAMES, st.sampled_from(("+", "-", "*", "|", "//", "**")), EXPRESSIONS),
    st.builds("{}: {} = {}".format, NAMES, ATOMS, EXPRESSIONS),
    st.builds("assert {}, {}".format, EXPRESSIONS, ATOMS),
    st.builds("return {}".format, EXPRESSIONS),
    st.builds("raise {}".format, EXPRESSIONS),
    st.builds("del {}, {}[{}]".format, NAMES, NAMES, ATOMS),
    st.builds("global {}".format, NAMES),
    st.builds(
        "from {} import {} as {}".format, st.sampled_from(("keras.layers", ".", "main", ".other")), LAYERS, NAMES
    ),
    st.sampled_from(
        ("import main", "from main import *", "from other import *", "import other as f", "break", "continue")
    ),
    EXPRESSIONS,
).map(lambda row: (row,))


def _body(*blocks: Rows) -> Rows:
    return tuple(f"    {row}" for row in chain.from_iterable(blocks)) or ("    pass",)


def _headed(head: Text, inner: Block) -> Block:
    return st.builds(lambda row, *blocks: (row, *_body(*blocks)), head, inner, inner)


def _compound(inner: Block) -> Block:
    test = EXPRESSIONS
    return st.one_of(
        _headed(st.builds("if {}:".format, test), inner),
        st.builds(
            lambda row, one, two: (row, *_body(one), "else:", *_body(two)), test.map("if {}:".format), inner, inner
        ),
        _headed(st.builds("for {} in {}:".format, TARGETS, EXPRESSIONS), inner),
        _headed(st.builds("for {} in range({}):".format, NAMES, _listed(ATOMS)), inner),
        _headed(st.builds("while {}:".format, test), inner),
        _headed(st.builds("with {} as {}:".format, EXPRESSIONS, NAMES), inner),
        _headed(st.builds("def {}({}, x=None, *c, **kwargs):".format, NAMES, st.sampled_from(("self", "n"))), inner),
        _headed(st.builds("async def {}(self, inputs, mask=None):".format, st.sampled_from(("call", "f"))), inner),
        st.builds(lambda row, block: (f"@{row}", *block), EXPRESSIONS, st.deferred(lambda: DEFINITIONS)),
        st.builds(
            lambda one, two, three: (
                "try:",
                *_body(one),
                "except (A, b) as c:",
                *_body(two),
                "finally:",
                *_body(three),
            ),
            inner,
            inner,
            inner,
        ),
        st.builds(
            lambda value, pattern, block: (f"match {value}:", f"    case {pattern}:", *_body(_body(block))),
            EXPRESSIONS,
            st.sampled_from(
                ("[a, *b]", "{'k': a, **c}", "A(x=1)", "1 | None", "_ if a", "str() as b", "'x'", "(a, b)")
            ),
            inner,
        ),
        st.deferred(lambda: DEFINITIONS),
    )


METHOD_NAMES = st.sampled_from(
    ("__init__", "call", "build", "compute_mask", "compute_output_shape", "get_config", "__call__", "fit", "__iter__")
)
BASES = st.sampled_from(
    (
        "Layer",
        "Model",
        "A",
        "keras.Model",
        "LSTM",
        "layers.Wrapper",
        "keras.utils.Sequence",
        "a",
        "object, Layer",
        "dict",
    )
)
BODIES = st.lists(SIMPLE, min_size=1, max_size=3).map(lambda blocks: tuple(chain.from_iterable(blocks)))
METHODS_OF_CLASSES = st.builds(
    lambda name, block: (f"def {name}(self, x=None, mask=None):", *_body(block)), METHOD_NAMES, BODIES
)
DEFINITIONS: Block = st.builds(
    lambda base, blocks: (f"class A({base}):", *_body(*blocks)),
    BASES,
    st.lists(st.one_of(METHODS_OF_CLASSES, METHODS_OF_CLASSES, SIMPLE), min_size=1, max_size=3),
)
BLOCKS = st.recursive(SIMPLE, _compound, max_leaves=5)
PROGRAMS: Text = st.lists(BLOCKS, min_size=1, max_size=8).map(
    lambda blocks: HEADER + "\n".join(chain.from_iterable(blocks)) + "\n"
)

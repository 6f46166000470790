"""What becomes of the padding of a sound when its features are computed, frame by frame.

As the documentation of librosa says of each: features come as (features, frames), `fix_length` fills the last axis with
zeros. Those of python_speech_features come as (frames, features).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from padlint.graph import DataFacts, Known, Padding, Side, Unresolved
from padlint.keras.data.lengths import items_of, length_as_written
from padlint.keras.data.padding import altered, padded_by, remapped
from padlint.keras.data.provenance import held_facts
from padlint.keras.data.values import DataValue, Handler, noted
from padlint.keras.data.windows import is_as_many
from padlint.python.context import Context
from padlint.python.source_text import argument_text
from padlint.python.values import NONE, Call, Constant, SliceValue, Value

_FEATURES = (
    "chroma_cens",
    "chroma_cqt",
    "chroma_stft",
    "melspectrogram",
    "mfcc",
    "poly_features",
    "rms",
    "rmse",
    "spectral_bandwidth",
    "spectral_centroid",
    "spectral_contrast",
    "spectral_flatness",
    "spectral_rolloff",
    "tonnetz",
    "zero_crossing_rate",
)
_TRANSFORMS = ("cqt", "stft")
_FRAMES = 1
_SILENCE = "the features of silence"


def _features(call: Call, context: Context) -> Value | None:
    """Turn a sound into frames: the features are the first axis, and what was padded is silence along the second."""
    facts = held_facts(call.argument(0, "y") or call.argument(None, "S") or Constant(None))
    if not facts.paddings:
        return None
    silent = altered(facts, "librosa", _SILENCE)
    return DataValue(remapped(silent, lambda axis: max(axis, _FRAMES), 2))


def _rows_of_features(call: Call, context: Context) -> Value | None:
    """Turn a sound into frames, each a row; of however many axes the sound is, it is read as one."""
    facts = held_facts(call.argument(0, "signal") or Constant(None))
    if not facts.paddings:
        return None
    return DataValue(remapped(altered(facts, "python_speech_features", _SILENCE), lambda _: 0, 2))


def _fixed_length(call: Call, context: Context) -> Value | None:
    """Fill up at the end, with zeros unless a mode of `np.pad` says otherwise, along the last axis or the given one."""
    data, size = call.argument(0, "data"), call.argument(1, "size")
    if data is None:
        return None
    given = held_facts(data)
    own = items_of(data)
    if size is not None and "axis" not in call.keywords and is_as_many(own, length_as_written(size), context.tests()):
        return context.subscript(data, SliceValue(NONE, size, NONE), call.site)
    zeros = "mode" not in call.keywords and not call.open_ended
    padding = Padding(
        how="fix_length",
        span=call.site.span,
        axes=(_axis(call, given),),
        value=Known(0) if zeros else Unresolved("what the mode fills in"),
        side=Side.POST,
        length=argument_text(call.site, 1, "size"),
        scope=context.scope_name(),
    )
    return DataValue(padded_by((noted(padding, context),), given))


def _axis(call: Call, facts: DataFacts) -> int:
    match call.argument(None, "axis"):
        case Constant(int(axis)) if axis >= 0:
            return axis
        case _:
            return (facts.rank or 1) - 1


def _named(names: Iterable[str], folder: str) -> Mapping[str, Handler]:
    return {f"librosa.{folder}{name}": _features for name in names}


FUNCTIONS: Mapping[str, Handler] = {
    **_named(_FEATURES, "feature."),
    **_named(_TRANSFORMS, ""),
    "librosa.util.fix_length": _fixed_length,
    **{f"python_speech_features.{name}": _rows_of_features for name in ("logfbank", "mfcc", "ssc")},
}

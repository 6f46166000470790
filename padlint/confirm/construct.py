"""Make Keras layers from the settings that were read, small, with stand-ins for those that were not."""

from __future__ import annotations

import inspect
from collections.abc import Container, Iterator, Mapping
from itertools import islice, product
from typing import TypeAlias

from padlint.confirm.frameworks import Framework, LayerObject
from padlint.confirm.stand_ins import stand_ins
from padlint.dataclass import dataclass
from padlint.graph import Known, Layer, OneOf, Plain, Setting, Unresolved
from padlint.keras.layers import canonical_kind
from padlint.keras.table import shipped_table

VOCABULARY = 32

_MOST_VARIANTS = 12
_HOLDERS = ("layer", "cell")
_ABSENT = inspect.Parameter.empty

Arguments: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class Scale:
    """How long sequences are in the rebuilt model.

    Args:
        steps: the length of a sequence.
        inner_steps: the length along a second padded axis.
        lengths: hard-coded lengths, and what each becomes wherever that number stands.
    """

    steps: int
    inner_steps: int
    lengths: Mapping[int, int]

    def of(self, value: Plain) -> Plain:
        """Rescale the hard-coded lengths in a setting."""
        if isinstance(value, tuple):
            return tuple(self.of(entry) for entry in value)
        return self.lengths.get(value, value) if isinstance(value, int) and not isinstance(value, bool) else value


def find_class(framework: Framework, layer: Layer) -> type[LayerObject] | None:
    """Find a layer's Keras class: by its name, an alias, or the relative that computes the same as one that is gone.

    `CuDNNLSTM` is rebuilt as an `LSTM`, `Merge(mode="sum")` as an `Add`.
    """
    if layer.declared is not None:
        return None
    kind = canonical_kind(layer.kind)
    relative = shipped_table().relatives.get(kind)
    alike: tuple[str, ...] = ()
    if relative is not None:
        chosen = layer.settings.get(relative.by)
        mode = str(chosen.value) if isinstance(chosen, Known) else ""
        alike = (relative.like.get(mode, next(iter(relative.like.values()))),)
    names = (layer.kind, kind, *alike)
    return next((found for name in names if (found := framework.layer_class(name)) is not None), None)


def lacks_inner(framework: Framework, layer: Layer) -> bool:
    """Say whether a layer goes around another one that was not read."""
    kind = find_class(framework, layer)
    needed = inspect.signature(kind.__init__).parameters if kind is not None else {}
    return layer.inner is None and any(name in needed for name in _HOLDERS)


def layer_variants(framework: Framework, layer: Layer, scale: Scale, sizes: tuple[int, ...]) -> Iterator[LayerObject]:
    """Yield the layer as it may have been written, likeliest first; a variant that Keras refuses is left out.

    Args:
        sizes: further sizes to try where one was not read, such as those that the model has so far.
    """
    kind = find_class(framework, layer)
    if kind is None:
        return
    for arguments in islice(_arguments(framework, kind, layer, scale, sizes), _MOST_VARIANTS):
        try:
            yield kind(**arguments)
        except (TypeError, ValueError):
            continue


def _arguments(
    framework: Framework, kind: type[LayerObject], layer: Layer, scale: Scale, sizes: tuple[int, ...]
) -> Iterator[Arguments]:
    """Yield the constructor's arguments, combination by combination."""
    parameters = inspect.signature(kind.__init__).parameters
    wanted = _settings(layer, parameters)
    for name, parameter in parameters.items():
        needed = parameter.default is _ABSENT and parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        if needed and name not in _HOLDERS and name != "self":
            wanted.setdefault(name, Unresolved("not given"))
    optional = {name for name, parameter in parameters.items() if parameter.default is not _ABSENT}
    candidates = {name: tuple(_candidates(name, setting, scale, sizes)) for name, setting in wanted.items()}
    candidates = {name: values for name, values in candidates.items() if values or name not in optional}
    undrawn = {name: value for name, value in stand_ins().undrawn.items() if name in parameters}
    inner: tuple[LayerObject | None, ...] = (None,)
    holder = next((name for name in _HOLDERS if name in parameters), "")
    if holder and layer.inner is not None:
        inner = tuple(islice(layer_variants(framework, layer.inner, scale, sizes), _MOST_VARIANTS))
    for inside in inner:
        for values in product(*candidates.values()):
            arguments: Arguments = {**undrawn, **dict(zip(candidates, values, strict=True))}
            yield arguments if inside is None else {holder: inside, **arguments}


def _settings(layer: Layer, parameters: Container[str]) -> dict[str, Setting]:
    """Give the settings that the class has, those under a name of Keras 1 under their present one."""
    present = {old: new for new, olds in shipped_table().renamed.items() for old in olds}
    found = {}
    for name, setting in layer.settings.items():
        now = name if name in parameters else present.get(name, name)
        if now in parameters and now not in stand_ins().ignored:
            found[now] = setting
    return found


def _candidates(name: str, setting: Setting, scale: Scale, sizes: tuple[int, ...]) -> Iterator[Plain]:
    """Yield what a setting may be, likeliest first; nothing where Keras' default is to stay."""
    known = stand_ins()
    if name in known.vocabulary:
        yield max(VOCABULARY, scale.steps + 1)
        return
    match setting:
        case Known(value):
            yield from _shrunk(name, scale.of(value))
        case OneOf(values):
            yield from (scale.of(value) for value in values)
        case Unresolved() if name in known.size_names:
            yield from dict.fromkeys((*known.sizes, *sizes))
        case Unresolved():
            yield from known.unread.get(name, ())


def _shrunk(name: str, value: Plain) -> Iterator[Plain]:
    """Yield a read value, shrunk first, and last what stands in should Keras not know it or the model not fit it.

    Sizes are divided where they can be: 128 and 128 still make 256.
    """
    known = stand_ins()
    whole = int(value) if isinstance(value, float) and value.is_integer() and name in known.size_names else value
    if name in known.size_names and isinstance(whole, int) and whole > known.cap:
        yield whole // known.cap if whole % known.cap == 0 else known.cap
    yield whole
    match value:
        case str():
            yield from known.refused.get(name, ())
        case (int(), *features) if features and name in known.lengths and -1 not in value:
            yield (-1, *features)

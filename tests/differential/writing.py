"""Write a wired model down as Python, in one of the styles in which people write Keras."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from textwrap import indent

from wiring import INPUTS, Step


class Style(StrEnum):
    """How a model is written."""

    LISTED = "listed"  # Sequential([...])
    ADDED = "added"  # model.add(...)
    FUNCTIONAL = "functional"  # x = LSTM(3)(x)
    NAMED_LAYERS = "named-layers"  # layer = LSTM(3); x = layer(x)
    BUILDER = "builder"  # a function that returns the model
    HELPER = "helper"  # a function for the first half of the tensors
    LAYER_LIST = "layer-list"  # for layer in [...]: x = layer(x)
    SUBCLASSED = "subclassed"  # class Net(keras.Model)
    NESTED = "nested"  # a Sequential inside of a functional model


def fitting_styles(steps: Sequence[Step]) -> tuple[Style, ...]:
    """Give the styles in which these steps can be written."""
    always = (Style.FUNCTIONAL, Style.NAMED_LAYERS, Style.BUILDER, Style.HELPER, Style.LAYER_LIST, Style.SUBCLASSED)
    return (*always, Style.LISTED, Style.ADDED, Style.NESTED) if all(map(_is_plain, steps)) else always


def write_model(style: Style, steps: Sequence[Step], shape: str) -> str:
    """Write the statements that leave a model in `model`, for inputs of a shape."""
    writers: dict[Style, Callable[[Sequence[Step], str], Iterator[str]]] = {
        Style.LISTED: _listed,
        Style.ADDED: _added,
        Style.FUNCTIONAL: _functional,
        Style.NAMED_LAYERS: _named_layers,
        Style.BUILDER: _builder,
        Style.HELPER: _helper,
        Style.LAYER_LIST: _layer_list,
        Style.SUBCLASSED: _subclassed,
        Style.NESTED: _nested,
    }
    return "\n".join(writers[style](steps, shape))


def _is_plain(step: Step) -> bool:
    """Say whether a step hands one tensor on to the next."""
    return bool(step.made) and not step.handle and step.call in {"x", INPUTS} and step.target in {"x", "outputs"}


# Sequential -------------------------------------------------------------------------------------------------------


def _listed(steps: Sequence[Step], shape: str) -> Iterator[str]:
    yield "model = keras.Sequential(["
    yield f"    keras.Input({shape}),"
    yield from (f"    {step.made}," for step in steps for _ in range(step.repeat))
    yield "])"


def _added(steps: Sequence[Step], shape: str) -> Iterator[str]:
    yield "model = keras.Sequential()"
    yield f"model.add(keras.Input({shape}))"
    for step in steps:
        if step.repeat > 1:
            yield f"for _ in range({step.repeat}):"
            yield f"    model.add({step.made})"
        else:
            yield f"model.add({step.made})"


def _nested(steps: Sequence[Step], shape: str) -> Iterator[str]:
    """Put all steps but the first and the last into a Sequential of their own."""
    yield "body = keras.Sequential()"
    for step in steps[1:-1]:
        yield from [f"body.add({step.made})"] * step.repeat
    yield f"{INPUTS} = keras.Input({shape})"
    yield f"x = {steps[0].made}({INPUTS})"
    yield f"outputs = {steps[-1].made}(body(x))"
    yield f"model = keras.Model({INPUTS}, outputs)"


# Functional -------------------------------------------------------------------------------------------------------


def _functional(steps: Sequence[Step], shape: str) -> Iterator[str]:
    yield f"{INPUTS} = keras.Input({shape})"
    yield from _statements(steps)
    yield f"model = keras.Model({INPUTS}, outputs)"


def _named_layers(steps: Sequence[Step], shape: str) -> Iterator[str]:
    yield f"{INPUTS} = keras.Input({shape})"
    for number, step in enumerate(steps):
        name = step.handle or f"layer_{number}"
        yield from _kept(step, name) if step.made and step.repeat == 1 else _statements([step])
    yield f"model = keras.Model(inputs={INPUTS}, outputs=outputs)"


def _builder(steps: Sequence[Step], shape: str) -> Iterator[str]:
    yield "def build_model(rate=0.1):"
    yield indent("\n".join(_functional(steps, shape)), "    ")
    yield "    return model"
    yield ""
    yield "model = build_model()"


def _helper(steps: Sequence[Step], shape: str) -> Iterator[str]:
    """Move the steps before the first point at which `x` alone is alive into a function."""
    cut = next((place for place in range(2, len(steps)) if _alive(steps[place:]) == {"x"}), len(steps))
    yield f"def encode({INPUTS}):"
    yield indent("\n".join(_statements(steps[:cut])), "    ")
    yield f"    return {'x' if cut < len(steps) else 'outputs'}"
    yield ""
    yield f"{INPUTS} = keras.Input({shape})"
    yield f"{'x' if cut < len(steps) else 'outputs'} = encode({INPUTS})"
    yield from _statements(steps[cut:])
    yield f"model = keras.Model({INPUTS}, outputs)"


def _layer_list(steps: Sequence[Step], shape: str) -> Iterator[str]:
    """Apply stretches of plain steps in a loop over a list of their layers."""
    yield f"{INPUTS} = keras.Input({shape})"
    waiting: list[Step] = []
    for step in steps:
        if _is_plain(step) and step.call == "x" and step.target == "x":
            waiting.append(step)
            continue
        yield from _looped(waiting)
        waiting = []
        yield from _statements([step])
    yield from _looped(waiting)
    yield f"model = keras.Model({INPUTS}, outputs)"


def _looped(steps: Sequence[Step]) -> Iterator[str]:
    if not steps:
        return
    yield "stack = ["
    yield from (f"    {step.made}," for step in steps for _ in range(step.repeat))
    yield "]"
    yield "for layer in stack:"
    yield "    x = layer(x)"


def _statements(steps: Sequence[Step]) -> Iterator[str]:
    for step in steps:
        if not step.made:
            yield f"{step.target} = {step.call.replace('@', '')}"
        elif step.handle:
            yield from _kept(step, step.handle)
        elif step.repeat > 1:
            yield f"for _ in range({step.repeat}):"
            yield f"    {step.target} = {step.made}({step.call})"
        else:
            yield f"{step.target} = {step.made}({step.call})"


def _kept(step: Step, name: str) -> Iterator[str]:
    yield f"{name} = {step.made}"
    yield f"{step.target} = {name}({step.call})"


def _alive(steps: Sequence[Step]) -> set[str]:
    """Give the variables that steps read before they assign them."""
    read: set[str] = set()
    assigned: set[str] = set()
    for step in steps:
        names = set(re.findall(r"@?[a-z_]+[0-9]*", re.sub(r"\w+=|\.\w+", "", step.call)))
        read |= names - assigned
        assigned.add(step.target)
    return read & {name for name in read if name in {"x", INPUTS} or not name.startswith(("keras", "tf", "none"))}


# Subclassed -------------------------------------------------------------------------------------------------------


def _subclassed(steps: Sequence[Step], shape: str) -> Iterator[str]:
    yield "class Net(keras.Model):"
    yield "    def __init__(self):"
    yield "        super().__init__()"
    names = {number: step.handle or f"layer_{number}" for number, step in enumerate(steps) if step.made}
    for number, name in names.items():
        step = steps[number]
        made = step.made if step.repeat == 1 else f"[{step.made} for _ in range({step.repeat})]"
        yield f"        self.{name} = {made}"
    yield ""
    yield f"    def call(self, {INPUTS}):"
    for number, step in enumerate(steps):
        call = step.call.replace("@", "self.")
        if not step.made:
            yield f"        {step.target} = {call}"
        elif step.repeat > 1:
            yield f"        for layer in self.{names[number]}:"
            yield f"            {step.target} = layer({call})"
        else:
            yield f"        {step.target} = self.{names[number]}({call})"
    yield "        return outputs"
    yield ""
    yield "model = Net()"

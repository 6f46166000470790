"""Reads a few lines of Python as padlint does, and draws the model graph that comes of them."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Protocol

import pytest

from padlint.graph import (
    ApplyOp,
    BoundaryOp,
    EitherOp,
    EnterStepOp,
    ExitStepOp,
    InputOp,
    MaskOp,
    Model,
    ModelGraph,
    Node,
    OpaqueOp,
    RawOp,
    TensorId,
)
from padlint.keras.overlay import KerasOverlay
from padlint.python.interpreter import Interpreter
from padlint.python.modules import ProjectModules
from padlint.python.program import Program
from padlint.sources.source import Cell, Source


class Reader(Protocol):
    """Reads a program as Keras 3, or 2."""

    def __call__(self, text: str, keras: int = 3) -> ModelGraph: ...


class Drawer(Protocol):
    """Draws what each model of a program computes."""

    def __call__(self, text: str, keras: int = 3) -> list[str]: ...


@pytest.fixture
def graph_of() -> Reader:
    """Read a program of one file."""
    return _graph_of


@pytest.fixture
def drawn() -> Drawer:
    """Draw what each model of a program computes: `LSTM(Embedding(input))`."""
    return _drawn


def _graph_of(text: str, keras: int = 3) -> ModelGraph:
    file = Path("/nowhere/program.py")
    source = Source("program.py", file, (Cell(0, dedent(text)),))
    overlay = KerasOverlay(keras)
    modules = ProjectModules(file.parent, lambda _: None)
    Program(Interpreter(overlay, modules), modules, [source]).evaluate()
    return overlay.graph()


def _drawn(text: str, keras: int = 3) -> list[str]:
    graph = _graph_of(text, keras)
    return [_drawn_model(graph, model) for model in graph.models]


def _drawn_model(graph: ModelGraph, model: Model) -> str:
    return ", ".join(_expression(graph, output) for output in model.outputs) or "nothing"


def _expression(graph: ModelGraph, tensor: TensorId) -> str:
    node = graph.nodes[tensor]
    inputs = ", ".join(_expression(graph, source) for source in node.inputs)
    name = _name(node)
    mask = getattr(node.operation, "mask", None)
    masked = f" mask={_expression(graph, mask)}" if mask is not None else ""
    return f"{name}({inputs}{masked})" if inputs or masked else name


def _name(node: Node) -> str:
    match node.operation:
        case InputOp(name=name):
            return name or "input"
        case ApplyOp(layer=layer, output=output):
            inner = f"[{layer.inner.kind}]" if layer.inner is not None else ""
            return f"{layer.kind}{inner}" + (f".{output}" if output else "")
        case RawOp(name=name):
            return name
        case EitherOp():
            return "either"
        case MaskOp():
            return "mask"
        case BoundaryOp(layer=layer):
            return f"out of {layer.custom.name if layer.custom else layer.kind}"
        case EnterStepOp():
            return "each step"
        case ExitStepOp():
            return "all steps"
        case OpaqueOp(why=why):
            return f"<{why}>"

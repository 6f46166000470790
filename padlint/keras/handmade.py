"""Padding made by hand: buffers filled in part, and lists with filler added."""

from __future__ import annotations

from padlint.python.context import Context
from padlint.python.values import Site, Value


def operate(operator: str, operands: tuple[Value, ...], site: Site, context: Context) -> Value | None:
    """Notice filler in an operator on plain values."""
    return None


def set_subscript(target: Value, index: Value, value: Value, site: Site, context: Context) -> None:
    """Notice an item written into a plain value."""

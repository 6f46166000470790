"""Decorators of Python itself, and what kind of function each makes."""

from __future__ import annotations

DECORATED_KINDS = {
    "builtins.staticmethod": "static",
    "builtins.classmethod": "class",
    "builtins.property": "property",
    "abc.abstractproperty": "property",
    "functools.cached_property": "property",
}

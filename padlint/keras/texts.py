"""Tokenizers and vectorizers: texts to ids."""

from __future__ import annotations

from collections.abc import Mapping

from padlint.keras.data import Handler

FUNCTIONS: Mapping[str, Handler] = {}

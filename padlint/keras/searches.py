"""scikit-learn on models: searches for settings, and validations, which feed a model what they are given."""

from __future__ import annotations

from collections.abc import Mapping

from padlint.keras.data.values import Handler, unpadded
from padlint.keras.models import ModelValue
from padlint.python.context import Context
from padlint.python.values import Call, Method, Value, alternatives


def _searched(call: Call, context: Context) -> Value | None:
    """Take a search for settings (`GridSearchCV(model, ...)`) for the model that it fits."""
    estimator = call.argument(0, "estimator")
    return estimator if estimator is not None and _is_model(estimator) else None


def _validated(call: Call, context: Context) -> Value | None:
    """Fit a model to parts of the data and ask it about the others: `cross_val_score(model, x, y)`."""
    estimator = call.argument(0, "estimator")
    data = [value for value in (call.argument(1, "X"), call.argument(2, "y")) if value is not None]
    if estimator is None or not data or not _is_model(estimator):
        return None
    context.call(Method(estimator, "fit"), Call(tuple(data), {}, call.site))
    return unpadded("scores")


def _is_model(value: Value) -> bool:
    return all(isinstance(option, ModelValue) for option in alternatives(value))


_SEARCHES = ("GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV")
_VALIDATING = ("cross_val_score", "cross_val_predict", "cross_validate", "learning_curve")

FUNCTIONS: Mapping[str, Handler] = {
    **{f"sklearn.model_selection.{name}": _searched for name in _SEARCHES},
    **{f"sklearn.model_selection.{name}": _validated for name in _VALIDATING},
}

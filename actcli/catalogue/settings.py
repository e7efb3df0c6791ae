"""What is said of a function's parameters: those that differ from their defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from actcli.arithmetic.reals import written

if TYPE_CHECKING:
    from actcli.catalogue.activation import Number


def changed(parameters: Mapping[str, Number], defaults: Mapping[str, Number]) -> dict[str, Number]:
    """The parameters that differ from their defaults."""
    return {name: value for name, value in parameters.items() if value != defaults[name]}


def specification(name: str, settings: Mapping[str, Number]) -> str:
    """The shortest specification of a function with some settings.

    >>> specification("elu", {"alpha": 0.5}), specification("tanh", {})
    ('elu:alpha=0.5', 'tanh')
    """
    words = ",".join(
        f"{parameter}={written(value) or repr(float(value))}"
        for parameter, value in settings.items()
    )
    return f"{name}:{words}" if words else name

"""How a TensorFlow session would compute each column: the headings of TensorFlow-style output."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from actcli.catalogue.activation import Number, Symbol
    from actcli.catalogue.bound import BoundActivation
    from actcli.catalogue.vector import BoundVector


def assignments(bound: BoundActivation | BoundVector) -> dict[str, str]:
    """The assignment that gives each column but x, where `a` is the tensor of x."""
    return {
        "y": f"y = {call(bound)}",
        "dy": "grads = tape.gradient(y, [a])",
        "d2y": "grads2 = tape.gradient(grads, [a])",
    }


def call(bound: BoundActivation | BoundVector) -> str:
    """The activation called on `a`: as TensorFlow's function if that can have these parameters."""
    for symbol in bound.activation.symbols:
        if symbol.framework == "tensorflow":
            written = _tensorflow_call(symbol, bound)
            if written:
                return written
    return _written(bound.name, bound.changed)


def _tensorflow_call(symbol: Symbol, bound: BoundActivation | BoundVector) -> str:
    """The call of a TensorFlow function, or "" if it cannot have these parameters."""
    if symbol.call:
        return _filled(symbol.call, bound.parameters)
    keywords: dict[str, Number] = {}
    free = dict(bound.changed)
    for argument in symbol.arguments:
        free.pop(argument.parameter, None)
        value = bound.parameters[argument.parameter]
        if value != argument.default:
            if argument.fixed:
                return ""
            keywords[argument.keyword] = value
    return "" if free else _written(symbol.name, keywords)


def _filled(template: str, parameters: Mapping[str, Number]) -> str:
    """A call that was written with x and parameters' names, with what stands for each of them."""
    values = {"x": "a", **{name: repr(float(value)) for name, value in parameters.items()}}
    names = "|".join(map(re.escape, values))
    # Not a keyword (`alpha=`), and not a part of a dotted name.
    return re.sub(rf"(?<![\w.])(?:{names})(?![\w.]|\s*=)", lambda m: values[m[0]], template)


def _written(function: str, keywords: Mapping[str, Number]) -> str:
    settings = "".join(f", {name}={float(value)!r}" for name, value in keywords.items())
    return f"{function}(a{settings})"

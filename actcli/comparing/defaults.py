"""Frameworks whose defaults make a name mean another function."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np

from actcli.catalogue.activation import Symbol
from actcli.catalogue.bound import BoundActivation
from actcli.catalogue.specification import parse
from actcli.errors import UsageError
from actcli.evaluating.evaluate import evaluate
from actcli.numerics.dtypes import get_dtype
from actcli.reference.numerals import exact

#: The number of points at which the largest difference is looked for.
POINTS = 4001


class Default(NamedTuple):
    """A framework's function with its own defaults, if that is another function."""

    symbol: Symbol
    bound: BoundActivation
    words: str


class Largest(NamedTuple):
    """The largest difference in a range: its place, the default's value there, and its size."""

    x: float
    y: float
    difference: float


def other_defaults(bound: BoundActivation, frameworks: Collection[str]) -> list[Default]:
    """The functions of some frameworks that by default are not this activation.

    >>> [d.words for d in other_defaults(parse("leaky_relu"), ["torch"])]
    ['negative_slope=0.01']
    >>> [d.words for d in other_defaults(parse("gelu"), ["torch", "jax"])]
    ['gelu_tanh']
    """
    found = []
    for symbol in bound.activation.symbols:
        if symbol.framework not in frameworks:
            continue
        try:
            default = parse(symbol.name)
        except UsageError:  # it needs arguments: tf.clip_by_value
            continue
        words = _difference(default, bound)
        if words:
            found.append(Default(symbol, default, words))
    return found


def _difference(default: BoundActivation, bound: BoundActivation) -> str:
    """What differs in a default; "" if nothing does."""
    if default.name != bound.name:
        return default.specification
    symbol = default.symbol
    arguments = {a.parameter: a for a in symbol.arguments} if symbol else {}
    differing = []
    for name, value in default.parameters.items():
        argument = arguments.get(name)
        # what is compared has the guard too
        if value != bound.parameters[name] and not (argument and argument.guard):
            differing.append(f"{argument.keyword if argument else name}={exact(value)}")
    return ", ".join(differing)


def largest_difference(
    default: BoundActivation, bound: BoundActivation, low: float, high: float
) -> Largest:
    """Where the values of two activations differ most in an interval.

    >>> largest_difference(parse("leaky_relu:0.01"), parse("leaky_relu"), -6, 6)
    Largest(x=-6.0, y=-0.06, difference=1.1400000000000001)
    """
    dtype = get_dtype("float64")
    marks = [float(p.x) for one in (default, bound) for p in one.breakpoints]
    inside = [mark for mark in marks if low <= mark <= high]
    x = np.concatenate([np.linspace(low, high, POINTS if high > low else 1), inside])
    (theirs,), (ours,) = (evaluate(one, x, (0,), dtype) for one in (default, bound))
    with np.errstate(all="ignore"):
        difference = np.abs(theirs - ours)
    difference[~np.isfinite(difference)] = 0.0
    at = int(difference.argmax())
    # of several, the nearest to 0
    level = np.flatnonzero(difference == difference[at])
    at = int(level[np.abs(x[level]).argmin()])
    return Largest(float(x[at]), float(theirs[at]), float(difference[at]))

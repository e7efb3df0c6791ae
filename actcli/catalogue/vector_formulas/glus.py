"""Gated linear units."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actcli.arithmetic import double_double, plain
from actcli.arithmetic.pair import Pair
from actcli.catalogue.activation import INF, Activation, Formulas
from actcli.catalogue.bound import with_defaults

Array = NDArray[np.float64]

#: A gate's derivative below SMALL at an input below NEAR is close to a root, not in a tail.
SMALL, NEAR = 2.0**-16, 4.0
#: Near a root, float64 gets the sign of larger values right.
DOUBTFUL = 2.0**-40
#: An input well inside both tails, and a slope whose product with any float32 underflows.
FAR, GONE = 1e4, 2.0**-700


def gated(gate: Activation, gate_last: bool, m: Any, x: Array) -> Formulas:
    """gate(g) * v, where g is the last half of x (or the first) and v the other."""
    halves = np.split(x, 2, axis=-1)
    g, v = halves[::-1] if gate_last else halves
    finite = np.isfinite(g) & np.isfinite(v)
    inner = m.lift(np.where(np.isfinite(g), g, 0.0))
    orders = with_defaults(gate).formulas(m, inner)
    factor = m.lift(np.where(np.isfinite(v), v, 0.0))

    def slope() -> Any:
        """gate'(g); in float64, made precise near a root and given its sign where it underflows."""
        number = orders[1]()
        if m is not plain:
            return number
        near = (np.abs(number) < SMALL) & (np.abs(inner) < NEAR) & (number != 0)
        if near.any():
            number[near] = _precisely(gate, 1, inner[near]).collapsed()[0]
        gone = np.abs(number) < GONE
        if gone.any():
            left, right = np.sign(_precisely(gate, 1, np.array([-FAR, FAR])).high)
            tails = np.where(inner < 0, left, right)
            number = np.where(gone, np.where(number == 0, tails, np.sign(number)) * GONE, number)
        return number

    def limited(number: Any, inside: Any, limit: Callable[[Array, Array], Array]) -> Any:
        """The number where it is inside, the limit elsewhere."""
        if inside.all():
            return number
        limits = np.zeros(g.shape)
        limits[~inside] = limit(g[~inside], v[~inside])
        return m.where(inside, number, m.lift(limits))

    def product(order: int) -> Any:
        """gate(g) v, or gate'(g) v."""

        def limit(g: Array, v: Array) -> Array:
            signs = _signs(gate, order, g)
            shut = (signs == 0) & np.isfinite(g) & ~np.isnan(v)
            # A gate that is 0 around g stays shut even for an infinite v.
            shut[shut] = _signs(gate, 1 - order, g[shut]) == 0
            return np.where(shut, 0.0, signs * v)

        # + 0.0 makes every zero a positive one
        number = slope() * factor + 0.0 if order else orders[0]() * factor
        return limited(number, finite, limit)

    def opening() -> Any:
        """gate(g), the derivative in v."""
        return limited(orders[0](), np.isfinite(g), lambda g, _: _at_infinity(gate, 0, g))

    def derivative() -> Any:
        parts = (opening(), product(1)) if gate_last else (product(1), opening())
        return m.joined(*parts)

    return lambda: product(0), derivative


def _precisely(gate: Activation, order: int, g: Array) -> Pair:
    """The gate or its derivative in double-double, whose sign survives underflow."""
    number: Pair = with_defaults(gate).formulas(double_double, double_double.lift(g))[order]()
    return number


def _at_infinity(gate: Activation, order: int, g: Array) -> Array:
    """The limit of the gate or its derivative at infinite g, nan elsewhere."""
    left, right = with_defaults(gate).limits
    return np.where(g == INF, right[order], np.where(g == -INF, left[order], np.nan))


def _signs(gate: Activation, order: int, g: Array) -> Array:
    """The sign of the gate or its derivative; at infinite g, its limit."""
    values = _at_infinity(gate, order, g)
    finite = np.isfinite(g)
    if finite.any():
        inner = g[finite]
        number = with_defaults(gate).formulas(plain, inner)[order]()
        doubtful = np.abs(number) < np.where(np.abs(inner) < NEAR, DOUBTFUL, GONE)
        if doubtful.any():
            number = np.where(doubtful, 0.0, number)
            number[doubtful] = _precisely(gate, order, inner[doubtful]).high
        values[finite] = np.sign(number)
    return values

"""Gated linear units."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from actcli.catalogue.bound import BoundActivation
from actcli.catalogue.activation import INF, Activation
from actcli.catalogue.vector import VectorFormulas

Array = NDArray[np.float64]

#: The smallest and the largest number that a sign is kept with.
TINY, HUGE = 5e-324, 1.7976931348623157e308


def gated(gate: Activation, gate_last: bool, m: Any, x: Array) -> VectorFormulas:
    """gate(g) * v, where g is the last half of x (or the first), v the other."""
    halves = np.split(x, 2, axis=-1)
    g, v = halves[::-1] if gate_last else halves
    finite = np.isfinite(g) & np.isfinite(v)
    inner = m.lift(np.where(np.isfinite(g), g, 0.0))
    orders = BoundActivation(gate, gate.defaults).formulas(m, inner)
    factor = m.lift(np.where(np.isfinite(v), v, 0.0))

    def product(order: int) -> Any:
        """gate(g) v, or gate'(g) v; where one of them is infinite, the limit."""
        number = orders[order]() * factor
        if finite.all():
            return number
        # A gate that is shut around g lets nothing through, however large.
        shut = (_limits(gate, 0, m, g) == 0) & (_limits(gate, 1, m, g) == 0) & np.isfinite(g)
        limit = np.where(shut & ~np.isnan(v), 0.0, _limits(gate, order, m, g) * v)
        return m.where(finite, number, m.lift(limit))

    def opening() -> Any:
        """gate(g), the derivative by v."""
        return m.where(np.isfinite(g), orders[0](), m.lift(_limits(gate, 0, m, g)))

    def derivative() -> Any:
        parts = (opening(), product(1)) if gate_last else (product(1), opening())
        return m.joined(*parts)

    return lambda: product(0), derivative


def _limits(gate: Activation, order: int, m: Any, g: Array) -> Array:
    """The gate or its derivative in float64, at infinite g too; no sign underflows."""
    inner = m.lift(np.where(np.isfinite(g), g, 0.0))
    number = BoundActivation(gate, gate.defaults).formulas(m, inner)[order]()
    mantissa = np.asarray(getattr(number, "high", number))
    high = np.asarray(number.collapsed()[0] if hasattr(number, "collapsed") else number)
    kept = np.where(mantissa == 0, 0.0, np.clip(np.abs(high), TINY, HUGE))
    left, right = gate.limits(**gate.defaults)
    values = np.where(g == INF, right[order], np.where(g == -INF, left[order], 0.0))
    finite = np.where(np.isfinite(g), np.copysign(kept, mantissa), values)
    return np.where(np.isnan(g), np.nan, finite)

"""Round numbers for an axis, and their text."""

from __future__ import annotations

import math
from collections.abc import Sequence


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers from low to high, at most `most` and as many as fit: steps of 1, 2 or 5.

    >>> ticks(-0.28, 6.0, 5)
    [0.0, 2.0, 4.0, 6.0]
    """
    power = math.floor(math.log10((high - low) / most))
    for exponent in (power, power + 1):
        for factor in (1, 2, 5):
            step = factor * 10.0**exponent
            first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
            if last - first < most:
                # Rounding takes off what the product of step and number adds to a decimal.
                return [round(n * step, max(0, -exponent)) + 0.0 for n in range(first, last + 1)]
    return []


def tick_labels(values: Sequence[float]) -> list[str]:
    """Ticks as text, all with the same number of decimals.

    >>> tick_labels([-0.5, 0.0, 0.5])
    ['-0.5', '0.0', '0.5']
    """
    if any(value and not 1e-4 <= abs(value) < 1e6 for value in values):
        return [f"{value:g}" for value in values]
    decimals = max((len(f"{value:.10g}".partition(".")[2]) for value in values), default=0)
    return [f"{value:.{decimals}f}" for value in values]

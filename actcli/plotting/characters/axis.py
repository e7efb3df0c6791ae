"""The ends of an axis, round numbers for it, and their text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from actcli.analysis.curves import Floats

#: Smaller steps have too few digits for round numbers.
SMALLEST = 1e-300


def limits(columns: Sequence[Floats]) -> tuple[float, float]:
    """The least and the greatest finite value, moved apart if they are equal.

    >>> limits([np.array([0.0, 3.0, np.inf])])
    (0.0, 3.0)
    """
    values = np.concatenate([np.ravel(column) for column in columns])
    values = values[np.isfinite(values)]
    if not values.size:
        return -1.0, 1.0
    return apart(float(values.min()), float(values.max()))


def apart(low: float, high: float) -> tuple[float, float]:
    """The ends of an axis, moved apart if they are equal.

    >>> apart(5.0, 5.0)
    (0.0, 10.0)
    """
    if high - low <= 1e-12 * max(abs(low), abs(high), 1e-300):
        around = abs(low) or 1.0
        return low - around, high + around
    return low, high


def ticks(low: float, high: float, most: int) -> list[float]:
    """As many round numbers from low to high as fit, at most `most`, in steps of 1, 2 or 5.

    >>> ticks(-0.28, 6.0, 5)
    [0.0, 2.0, 4.0, 6.0]
    """
    if (high - low) / most < SMALLEST:
        return [low, high]
    power = math.floor(math.log10((high - low) / most))
    for exponent in (power, power + 1):
        for factor in (1, 2, 5):
            step = factor * 10.0**exponent
            first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
            if last - first < most:
                # The product of step and number may not be exactly a short decimal.
                return [round(n * step, max(0, -exponent)) + 0.0 for n in range(first, last + 1)]
    return []


def tick_labels(values: Sequence[float]) -> list[str]:
    """Ticks as text, all with the same number of decimals, enough to tell them apart.

    >>> tick_labels([-0.5, 0.0, 0.5])
    ['-0.5', '0.0', '0.5']
    >>> tick_labels([1e6, 1000000.5]), tick_labels([0.0, 1e7])
    (['1000000.0', '1000000.5'], ['0', '1e7'])
    """
    digits = _digits(values)
    short = [f"{value:.{digits}g}" for value in values]
    if any("e" in label for label in short):
        return [_with_exponent(value, digits) for value in values]
    decimals = max((len(label.partition(".")[2]) for label in short), default=0)
    return [f"{value:.{decimals}f}" for value in values]


def _with_exponent(value: float, digits: int) -> str:
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}e{int(exponent)}" if value else "0"


def _digits(values: Sequence[float]) -> int:
    """The significant digits that show every value to a small part of their distance."""
    step = min((right - left for left, right in pairwise(values)), default=math.inf)
    for digits in range(6, 17):
        wrong = max((abs(float(f"{value:.{digits}g}") - value) for value in values), default=0.0)
        if wrong <= 1e-3 * step:
            return digits
    return 17

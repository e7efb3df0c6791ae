"""The support of sparsemax, decided exactly."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from actcli.arithmetic.exact_sums import expansion

Array = NDArray[np.float64]


def support_and_sum(high: Array, low: Array) -> tuple[int, list[float]]:
    """The number k of survivors of d = high + low (at most 0), and 1 - (their sum) as an expansion.

    k is the largest number with 1 + k d_(k) > d_(1) + ... + d_(k), d sorted downwards (Martins and
    Astudillo, 2016, proposition 1). The difference falls as k grows, so bisection finds k.
    """
    candidates = np.flatnonzero(high >= -1)
    order = candidates[np.lexsort((-low[candidates], -high[candidates]))]
    highs, lows = high[order].tolist(), low[order].tolist()

    def survives(k: int) -> bool:
        # k d_(k) - sum is a sum of differences: the last number k times, the others once, negated.
        doubled = _multiple(highs[k - 1], k) + _multiple(lows[k - 1], k)
        return math.fsum((1.0, *doubled, *(-h for h in highs[:k]), *(-r for r in lows[:k]))) > 0

    first, last = 1, len(highs)
    while first < last:
        middle = (first + last + 1) // 2
        first, last = (middle, last) if survives(middle) else (first, middle - 1)
    rest = expansion((1.0, *(-h for h in highs[:first]), *(-r for r in lows[:first])))
    return first, rest


def _multiple(number: float, times: int) -> list[float]:
    """times * number as a sum of exact products: by the bits of `times`."""
    return [math.ldexp(number, bit) for bit in range(times.bit_length()) if times >> bit & 1]

"""Reduction of angles of any size by quarter turns, for sine and cosine."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from actcli.arithmetic.constants import PI
from actcli.arithmetic.pair import Pair, fast_two_sum, two_sum, where
from actcli.arithmetic.tables import TWO_OVER_PI, TWO_OVER_PI_BITS

#: pi/2 in three parts; multiples of the first two by up to 2^21 are exact (Cody and Waite)
QUARTER_HIGH = 1.5707963267341256
QUARTER_MIDDLE = 6.077100509014471e-11
QUARTER_LOW = -2.508278806334166e-20
LARGE = 2.0**20
#: bits kept of the fraction of a turn: 106 more than the closest float64 to a root needs
DIGITS = 170


def quarter_turns(x: Pair) -> tuple[Pair, Any]:
    """(r, n) with x = r + n pi/2 and |r| at most about pi/4; n is exact modulo 4."""
    high, low = x.collapsed()
    large = np.abs(high) >= LARGE
    moderate = np.where(large, 0.0, high)
    n = np.rint(moderate * (2 / float(PI)))
    r, error = two_sum(moderate - n * QUARTER_HIGH, -(n * QUARTER_MIDDLE))
    r, error = fast_two_sum(r, error + (np.where(large, 0.0, low) - n * QUARTER_LOW))
    turns = n.astype(np.int64)
    if large.any():
        _reduce_large(x, large, r, error, turns)
    return where((turns == 0) & ~large, x, Pair(r, error)), turns


def half_turns(x: Pair) -> tuple[Pair, Any]:
    """(r, n) with pi x = r + n pi/2, the turns taken out of x itself, which must have low 0."""
    high = x.collapsed()[0]
    turn = np.fmod(high, 2.0)
    quarters = np.rint(2 * turn)
    rest = Pair.exactly(turn - quarters / 2)
    return where(np.abs(high) < 0.25, x, rest) * PI, quarters.astype(np.int64)


def _reduce_large(x: Pair, large: Any, r: Any, error: Any, turns: Any) -> None:
    """Multiply by 2/pi in integers (Payne and Hanek), an element at a time."""
    shape = r.shape
    exponent = np.broadcast_to(0 if x.exponent is None else x.exponent, shape)
    for index in zip(*np.nonzero(large), strict=True):
        if not np.isfinite(x.high[index]):
            continue
        exact = Fraction(float(x.high[index])) + Fraction(float(x.low[index]))
        exact *= Fraction(2) ** int(exponent[index])
        product = exact.numerator * TWO_OVER_PI
        shift = TWO_OVER_PI_BITS + exact.denominator.bit_length() - 1
        whole = (product + (1 << (shift - 1))) >> shift
        fraction = (product - (whole << shift)) >> (shift - DIGITS)
        first = float(fraction)
        rest = float(fraction - int(first))
        scale = 2.0**-DIGITS
        part = Pair(np.array([first * scale]), np.array([rest * scale])) * PI * 0.5
        r[index], error[index], turns[index] = part.high[0], part.low[0], whole & 3

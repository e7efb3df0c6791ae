"""Constants that no float64 holds: exact ratios and numbers carried to 106 bits.

Both read as a float where float64 is enough, and keep what the float loses for double-double work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction


class Real(float):
    """A real constant: the nearest float64 and, in `low`, the float64 nearest to what it leaves.

    >>> Real(0.1) == 0.1, Real(0.1).low
    (True, 0.0)
    """

    __slots__ = ("low",)

    low: float

    def __new__(cls, high: float, low: float = 0.0) -> Real:
        number = super().__new__(cls, high)
        number.low = low
        return number


class Ratio(float):
    """A quotient of two whole numbers, exactly; as a float, the nearest float64.

    >>> third = Ratio(1, 3)
    >>> third == 1 / 3, third.numerator_over
    (True, (1.0, 3.0))
    """

    __slots__ = ("numerator_over",)

    numerator_over: tuple[float, float]

    def __new__(cls, numerator: int, denominator: int) -> Ratio:
        number = super().__new__(cls, numerator / denominator)
        number.numerator_over = (float(numerator), float(denominator))
        return number


Number = float | Ratio | Real


def as_fraction(number: Number) -> Fraction:
    """The number exactly, as far as it is carried."""
    from fractions import Fraction

    if isinstance(number, Ratio):
        numerator, denominator = number.numerator_over
        return Fraction(numerator) / Fraction(denominator)
    if isinstance(number, Real):
        return Fraction(float(number)) + Fraction(number.low)
    return Fraction(number)


def from_fraction(value: Fraction) -> Number:
    """The number of the narrowest kind that holds `value`: a float, a short ratio, or 106 bits."""
    from fractions import Fraction

    high = float(value)
    if Fraction(high) == value:
        return high
    if value.denominator < 2**20 and abs(value.numerator) < 2**20:
        return Ratio(value.numerator, value.denominator)
    return Real(high, float(value - Fraction(high)))


def numerator_over(number: Number) -> tuple[Number, float]:
    """Numerator and denominator, so that a product can be divided once and exactly.

    >>> numerator_over(Ratio(11, 48)), numerator_over(0.25)
    ((11.0, 48.0), (0.25, 1.0))
    """
    return number.numerator_over if isinstance(number, Ratio) else (number, 1.0)


def nearest_float(value: Fraction) -> float:
    """The nearest float64, infinite where the largest one is exceeded.

    >>> from fractions import Fraction
    >>> nearest_float(Fraction(10) ** 400)
    inf
    """
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")

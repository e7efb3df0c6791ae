"""Arrays of double-double numbers with exponents: about 106 bits, at any magnitude.

A `Pair` stands for (high + low) * 2**exponent, where low is at most half an ulp of high. Sums and
products follow Dekker (1971) and Knuth (TAOCP 2, 4.2.2), from rounded float64 operations alone, so
every processor gives the same bits. The exponent covers what float64 cannot hold: exp(-x^2) at 10^5
or x^5 at 10^300 lose nothing on the way to a final result that float64 can hold. It is None for an
array that does not need one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

from actcli.arithmetic.numbers import Number, Ratio, Real

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Exponent = NDArray[np.int64]


SPLITTER = 134217729.0  # 2^27 + 1 (Dekker): halves of 26 bits
NEGLIGIBLE = -900  # an operand this much smaller (in bits) only nudges the other
ZERO_EXPONENT = -(1 << 40)  # zero is smaller than anything


def two_sum(a: Array, b: Array) -> tuple[Array, Array]:
    """The rounded sum and its error, exactly (Knuth)."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def fast_two_sum(a: Array, b: Array) -> tuple[Array, Array]:
    """As `two_sum`, if the first operand is the larger in magnitude (Dekker)."""
    total = a + b
    return total, b - (total - a)


def two_product(a: Array, b: Array) -> tuple[Array, Array]:
    """The rounded product and its error, exactly (Dekker, Veltkamp)."""
    product = a * b
    wide = a * SPLITTER
    a_high = wide - (wide - a)
    a_low = a - a_high
    wide = b * SPLITTER
    b_high = wide - (wide - b)
    b_low = b - b_high
    error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    return product, error


def power_of_two(exponent: Exponent) -> Array:
    """2**exponent as float64, where that is a normal number."""
    return ((exponent + 1023) << 52).view(np.float64)


class Pair:
    """(high + low) * 2**exponent, elementwise."""

    __slots__ = ("exponent", "high", "low")
    __array_ufunc__ = None  # numpy leaves mixed operations to this class

    def __init__(self, high: Array, low: Array, exponent: Exponent | None = None) -> None:
        self.high = high
        self.low = low
        self.exponent = exponent

    @classmethod
    def exactly(cls, x: Array, low: Array | None = None) -> Pair:
        """The float64 numbers x + low, with exponents where powers could leave the range."""
        low = np.zeros_like(x) if low is None else low
        magnitude = np.abs(x)
        if not x.size or (magnitude.max() < 2.0**50 and magnitude.min() > 2.0**-50):
            return cls(x, low)
        mantissa, exponent = np.frexp(x)
        shift = exponent.astype(np.int64)
        if low.any():
            low = np.ldexp(low, -exponent)
        return cls(mantissa, low, np.where(mantissa == 0, ZERO_EXPONENT, shift))

    @classmethod
    def number(cls, value: Number) -> Pair:
        """One real number, as an array of shape (1,)."""
        if isinstance(value, Ratio):
            numerator, denominator = value.numerator_over
            return cls.number(numerator) / cls.number(denominator)
        low = value.low if isinstance(value, Real) else 0.0
        return cls.exactly(np.array([float(value)]), np.array([low]))

    # --- magnitude -------------------------------------------------------------------------------

    def collapsed(self) -> tuple[Array, Array]:
        """High and low as float64, times 2**exponent; they may under- or overflow."""
        if self.exponent is None:
            return self.high, self.low
        exponent = np.clip(self.exponent, -5000, 5000).astype(np.int32)
        return np.ldexp(self.high, exponent), np.ldexp(self.low, exponent)

    # --- operations ------------------------------------------------------------------------------

    def __neg__(self) -> Pair:
        return Pair(-self.high, -self.low, self.exponent)

    def __add__(self, other: Pair | Number) -> Pair:
        a, b, exponent = _aligned(self, _lift(other))
        total, error = two_sum(a.high, b.high)
        low, rest = two_sum(a.low, b.low)
        total, error = fast_two_sum(total, error + low)
        total, error = fast_two_sum(total, error + rest)
        return Pair(total, error, exponent)

    __radd__ = __add__

    def __sub__(self, other: Pair | Number) -> Pair:
        return self + -_lift(other)

    def __rsub__(self, other: Number) -> Pair:
        return _lift(other) + -self

    def __mul__(self, other: Pair | Number) -> Pair:
        if isinstance(other, Ratio):  # one rounding instead of two
            numerator, denominator = other.numerator_over
            return self * numerator / denominator
        if _is_power(other):
            return Pair(self.high * other, self.low * other, self.exponent)
        b = _lift(other)
        product, error = two_product(self.high, b.high)
        # low * low is below the last digit, unless the two other products cancel
        error = error + ((self.high * b.low + self.low * b.high) + self.low * b.low)
        product, error = fast_two_sum(product, error)
        return Pair(product, error, _sum_of_exponents(self, b))

    __rmul__ = __mul__

    def __truediv__(self, other: Pair | Number) -> Pair:
        if isinstance(other, Ratio):
            numerator, denominator = other.numerator_over
            return self * denominator / numerator
        if _is_power(other):
            return self * (1.0 / other)
        b = _lift(other)
        # Long division, each digit corrected by the remainder.
        first = self.high / b.high
        remainder = self._mantissa() - b._mantissa() * Pair(first, np.zeros_like(first))
        second = remainder.high / b.high
        remainder = remainder - b._mantissa() * Pair(second, np.zeros_like(second))
        third = remainder.high / b.high
        high, low = fast_two_sum(first, second)
        high, low = fast_two_sum(high, low + third)
        exponent: Any = self.exponent
        if b.exponent is not None:
            exponent = -b.exponent if exponent is None else exponent - b.exponent
        return Pair(high, low, exponent)

    def __rtruediv__(self, other: Number) -> Pair:
        return _lift(other) / self

    def _mantissa(self) -> Pair:
        return Pair(self.high, self.low)

    # --- comparisons with plain numbers, exact ---------------------------------------------------

    def __gt__(self, other: Pair | Number) -> NDArray[np.bool_]:
        return (self - other).high > 0

    def __ge__(self, other: Pair | Number) -> NDArray[np.bool_]:
        return (self - other).high >= 0

    def __lt__(self, other: Pair | Number) -> NDArray[np.bool_]:
        return (self - other).high < 0

    def __le__(self, other: Pair | Number) -> NDArray[np.bool_]:
        return (self - other).high <= 0


def where(condition: Any, a: Pair, b: Pair) -> Pair:
    """a where the condition holds, b elsewhere."""
    exponent = None
    if a.exponent is not None or b.exponent is not None:
        a_exponent = 0 if a.exponent is None else a.exponent
        b_exponent = 0 if b.exponent is None else b.exponent
        exponent = np.where(condition, a_exponent, b_exponent)
    return Pair(np.where(condition, a.high, b.high), np.where(condition, a.low, b.low), exponent)


def _is_power(value: object) -> TypeGuard[float]:
    """Whether a factor is a small power of two, which only moves the exponent."""
    if isinstance(value, Pair | Real):
        return False
    return value in (0.0625, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, -0.5, -1.0, -2.0, -4.0)


def _lift(value: Pair | Number) -> Pair:
    return value if isinstance(value, Pair) else Pair.number(value)


def _sum_of_exponents(a: Pair, b: Pair) -> Exponent | None:
    if a.exponent is None:
        return b.exponent
    return a.exponent if b.exponent is None else a.exponent + b.exponent


def _own_exponent(number: Pair) -> Exponent:
    """The exponent for the alignment of a sum, in which zero counts as smallest."""
    exponent = 0 if number.exponent is None else number.exponent
    return np.where(number.high == 0, ZERO_EXPONENT, exponent)


def _aligned(a: Pair, b: Pair) -> tuple[Pair, Pair, Exponent | None]:
    """Both operands of a sum, scaled to the larger of their exponents."""
    if a.exponent is None and b.exponent is None:
        return a, b, None
    a_exponent, b_exponent = _own_exponent(a), _own_exponent(b)
    exponent = np.maximum(a_exponent, b_exponent)

    def shifted(number: Pair, own: Any) -> Pair:
        factor = power_of_two(np.maximum(own - exponent, NEGLIGIBLE))
        return Pair(number.high * factor, number.low * factor)

    return shifted(a, a_exponent), shifted(b, b_exponent), exponent

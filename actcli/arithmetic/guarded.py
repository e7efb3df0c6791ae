"""The operations of formulas in plain float64, each result with a bound on its error.

A number is a value and an absolute error: the true result lies within value +- error. Exact results
have error 0. Where no bound is known (after an overflow, or a comparison that the errors leave
open) the error is infinite. Ziv's test then decides which results may be rounded. Each function
computes what its namesake in `plain` does.

numpy's elementary functions are assumed to have a relative error of at most 2^-50; the largest
measured on any of its code paths is 4 ulp, which is 2^-50.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from actcli.arithmetic import plain
from actcli.arithmetic.constants import PI
from actcli.arithmetic.numbers import Number, Ratio, numerator_over, written

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


#: Errors: of one rounding, of one elementary function (both relative), and of an underflow.
ROUNDING = 2.0**-53
FUNCTION = 2.0**-50
LEAST = 5e-324
FAINT = 1e-300
#: Beyond this e^-x is below FAINT.
SETTLED = 750.0
#: Above this error of an argument, first-order bounds do not hold.
WIDE = 2.0**-10
SPLIT = 2.0**27 + 1


class Condition:
    """Truth values, and whether each is in doubt."""

    def __init__(self, value: NDArray[np.bool_], doubt: NDArray[np.bool_]) -> None:
        self.value = value
        self.doubt = doubt

    def __and__(self, other: Condition) -> Condition:
        return Condition(self.value & other.value, self.doubt | other.doubt)

    def __or__(self, other: Condition) -> Condition:
        return Condition(self.value | other.value, self.doubt | other.doubt)

    def __invert__(self) -> Condition:
        return Condition(~self.value, self.doubt)


class Guarded:
    """Values with bounds on their errors, elementwise."""

    __slots__ = ("error", "value")
    __array_ufunc__ = None  # numpy's scalars leave mixed operations to this class

    def __init__(self, value: Any, error: Any = 0.0) -> None:
        self.value = value
        self.error = error

    def __add__(self, other: Any) -> Guarded:
        b = guard(other)
        value = self.value + b.value
        return Guarded(value, self.error + b.error + _lost_in_sum(self.value, b.value, value))

    __radd__ = __add__

    def __neg__(self) -> Guarded:
        return Guarded(-self.value, self.error)

    def __sub__(self, other: Any) -> Guarded:
        return self + -guard(other)

    def __rsub__(self, other: Any) -> Guarded:
        return guard(other) + -self

    def __mul__(self, other: Any) -> Guarded:
        if isinstance(other, Ratio):  # one inexact operation instead of two
            numerator, denominator = numerator_over(other)
            return self * numerator / denominator
        b = guard(other)
        value = self.value * b.value
        error = np.abs(self.value) * b.error + np.abs(b.value) * self.error
        error = error + self.error * b.error + _lost_in_product(self.value, b.value, value)
        return Guarded(value, error)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Guarded:
        b = guard(other)
        value = self.value / b.value
        product = value * b.value
        exact = (product == self.value) & (_lost_in_product(value, b.value, product) == 0)
        error = np.where(exact, 0.0, np.abs(value) * ROUNDING + LEAST)
        spread = self.error + np.abs(value) * b.error
        room = np.abs(b.value) - b.error
        error = error + np.where(spread == 0, 0.0, spread / np.where(room > 0, room, 0.0))
        return Guarded(value, error)

    def __rtruediv__(self, other: Any) -> Guarded:
        return guard(other) / self

    def _compared(self, other: Any, holds: Callable[[Any, Any], Any]) -> Condition:
        b = guard(other)
        slack = self.error + b.error
        doubt = (slack > 0) & ~(np.abs(self.value - b.value) > slack)
        return Condition(holds(self.value, b.value), doubt)

    def __gt__(self, other: Any) -> Condition:
        return self._compared(other, np.greater)

    def __ge__(self, other: Any) -> Condition:
        return self._compared(other, np.greater_equal)

    def __lt__(self, other: Any) -> Condition:
        return self._compared(other, np.less)

    def __le__(self, other: Any) -> Condition:
        return self._compared(other, np.less_equal)

    __hash__ = None  # type: ignore[assignment]


def guard(number: Any) -> Guarded:
    """A number or parameter with the error of its float64."""
    if isinstance(number, Guarded):
        return number
    value = float(number)
    inexact = written(number) is not None or getattr(number, "low", 0.0) != 0
    return Guarded(np.float64(value), abs(value) * ROUNDING if inexact else 0.0)


def _lost_in_sum(a: Any, b: Any, value: Any) -> Any:
    """The magnitude of a sum's rounding error, exactly (Knuth's two-sum); nan on overflow."""
    part = value - a
    return np.abs((a - (value - part)) + (b - part))


def _lost_in_product(a: Any, b: Any, value: Any) -> Any:
    """The magnitude of a product's rounding error, exactly (Dekker), or a bound near the limits."""
    a_high = a * SPLIT
    a_high = a_high - (a_high - a)
    b_high = b * SPLIT
    b_high = b_high - (b_high - b)
    a_low, b_low = a - a_high, b - b_high
    lost = np.abs(((a_high * b_high - value) + a_high * b_low + a_low * b_high) + a_low * b_low)
    size = np.abs(value)
    safe = (size > 1e-280) & (size < 1e300) & np.isfinite(lost)
    return np.where(safe | (a == 0) | (b == 0), np.where(safe, lost, 0.0), size * ROUNDING + LEAST)


def _relative(value: Array, rate: Any = FUNCTION) -> Array:
    result: Array = np.abs(value) * rate + LEAST
    return result


def _above_zero(value: Array, error: Any, faint: float = FAINT) -> Guarded:
    """A result known to be above 0: what underflows is replaced, so that its sign stays known.

    Rounding to 32 bits or fewer does not depend on where below 1e-300 a value lies.
    """
    lost = value < faint
    value = np.where(lost, faint, value)
    return Guarded(value, np.where(lost, faint * (1 - 2.0**-8), error))


def _small(error: Any) -> Any:
    """An argument's error, plus a tenth for terms of higher order; infinite if above WIDE."""
    return np.where(error < WIDE, 1.1 * error, np.inf) if np.any(error) else 0.0


def _settled(x: Guarded) -> Any:
    """Where e^-|x| is below 1e-300, whatever the error of x."""
    return np.abs(x.value) - x.error > SETTLED


def _times(rate: Any, error: Any) -> Any:
    """rate * error, but 0 where the error is 0 and the rate infinite."""
    return np.where(np.equal(error, 0), 0.0, rate * error) if np.any(error) else 0.0


def constant(x: Guarded, value: Number) -> Guarded:
    number = guard(value)
    return Guarded(np.full_like(x.value, number.value), number.error)


def where(condition: Condition, a: Any, b: Any) -> Guarded:
    """a where the condition holds, b elsewhere."""
    first, second = guard(a), guard(b)
    error = np.where(condition.value, first.error, second.error)
    return Guarded(
        np.where(condition.value, first.value, second.value),
        np.where(condition.doubt, np.inf, error),
    )


def indicator(condition: Condition, x: Guarded) -> Guarded:
    return Guarded(condition.value.astype(np.float64), np.where(condition.doubt, np.inf, 0.0))


def choice(condition: Condition, x: Guarded, one: Number, other: Number) -> Guarded:
    return where(condition, one, other)


def masked(x: Guarded, condition: Condition) -> Guarded:
    return where(condition, x, 0.0)


def absolute(x: Guarded) -> Guarded:
    return Guarded(np.abs(x.value), x.error)


def sign(x: Guarded) -> Guarded:
    doubt = np.greater(x.error, 0) & ~(np.abs(x.value) > x.error)
    return Guarded(np.sign(x.value), np.where(doubt, np.inf, 0.0))


def positive_part(x: Guarded) -> Guarded:
    return Guarded(np.maximum(x.value, 0.0), x.error)


def negative_part(x: Guarded) -> Guarded:
    return Guarded(np.minimum(x.value, 0.0), x.error)


def clip(x: Guarded, low: Number, high: Number) -> Guarded:
    bottom, top = guard(low), guard(high)
    value = np.minimum(np.maximum(x.value, bottom.value), top.value)
    # A clip never increases an error; well beyond an end only the error of that end remains.
    beyond = (x.value - x.error > top.value) | (x.value + x.error < bottom.value)
    error = np.where(beyond, 0.0, x.error) + max(bottom.error, top.error)
    return Guarded(value, error)


def exp(x: Guarded) -> Guarded:
    value = np.exp(x.value)
    exact = (x.value == 0) & np.equal(x.error, 0)
    spread = np.where(_settled(x) & (x.value < 0), 0.0, _times(value, _small(x.error)))
    error = _relative(value) + spread
    return _above_zero(value, np.where(exact, 0.0, error))


def bounded_exp(x: Guarded) -> Guarded:
    """e^x, capped at e^350, where the functions that use it have long reached their limits."""
    value = np.exp(np.minimum(x.value, plain.LARGEST_EXPONENT / 2))
    return _above_zero(value, _relative(value) + _times(value, _small(x.error)))


def expm1(x: Guarded) -> Guarded:
    value = np.expm1(x.value)
    exact = (x.value == 0) & np.equal(x.error, 0)
    error = _relative(value) + _times(value + 1, _small(x.error))
    return Guarded(value, np.where(exact, 0.0, error))


def log1p(x: Guarded) -> Guarded:
    value = np.log1p(x.value)
    return Guarded(value, _relative(value) + x.error)


def sqrt(x: Guarded) -> Guarded:
    """The square root."""
    value = np.sqrt(x.value)
    square = value * value
    exact = (square == x.value) & (_lost_in_product(value, value, square) == 0)
    error = np.where(exact, 0.0, np.abs(value) * ROUNDING)
    return Guarded(value, error + _times(1 / value, x.error))


def arctan(x: Guarded) -> Guarded:
    value = np.arctan(x.value)
    return Guarded(value, _relative(value) + x.error)


def tanh(x: Guarded) -> Guarded:
    value = np.tanh(x.value)
    return Guarded(value, _relative(value) + np.where(_settled(x), 0.0, x.error))


def logistic(x: Guarded) -> tuple[Guarded, Guarded]:
    """1/(1 + e^-x) and 1/(1 + e^x); their relative error is at most the absolute error of x."""
    first, second = plain.logistic(x.value)
    rate = np.where(_settled(x), 2 * FUNCTION, 2 * FUNCTION + _small(x.error))
    return _above_zero(first, _relative(first, rate)), _above_zero(second, _relative(second, rate))


def softplus(x: Guarded) -> Guarded:
    """ln(1 + e^x), whose slope is at most 1 and at most 1.5 times the value."""
    value = np.maximum(x.value, 0) + np.log1p(np.exp(-np.abs(x.value)))
    slope = np.minimum(1.0, 1.5 * value)
    return _above_zero(value, _relative(value) + _times(slope, _small(x.error)))


def tanh_and_rest(x: Guarded) -> tuple[Guarded, Guarded]:
    """tanh x and 1 - tanh^2 x, whose logarithm has a slope of at most 2."""
    rest = plain.tanh_and_rest(x.value)[1]
    rate = 6 * FUNCTION + np.where(_settled(x), 0.0, 2 * _small(x.error))
    return tanh(x), _above_zero(rest, _relative(rest, rate))


def tanh_shrink(x: Guarded) -> Guarded:
    """x - tanh x, whose slope is at most 1."""
    value = plain.tanh_shrink(x.value)
    size = np.abs(x.value)
    difference = np.where(size >= 0.03125, FUNCTION * np.minimum(size, 1.0), 0.0)  # x - tanh x
    error = _relative(value, 2.0**-46) + difference + x.error
    # |x| - 1 plus less than any bit: the next float64 stands for it, far below 32 bits
    far = (size > SETTLED) & np.equal(x.error, 0)
    beyond = np.copysign(np.nextafter(size - 1, np.inf), x.value)
    return Guarded(np.where(far, beyond, value), np.where(far, 0.0, error))


def erf(x: Guarded) -> Guarded:
    """The error function, whose slope is at most 1.13."""
    value = plain.erf(x.value)
    return Guarded(value, _relative(value, 2.0**-47) + 1.2 * x.error)


def normal_cdf(x: Guarded) -> Guarded:
    """Phi: a tail with a small relative error on the left, 1 minus a tail on the right."""
    value = plain.normal_cdf(x.value)
    tail = np.where(x.value > 0, 1 - value, value)
    slack = 2.0**-47 + x.value * x.value * 2.0**-51
    error = np.minimum(tail, 1.0) * slack + np.where(x.value > 0, ROUNDING, 0.0) + LEAST
    # The tail is less than density/|x|, and must stay so when it underflows.
    return _above_zero(value, error + x.error, FAINT * 2.0**-22)


def normal_density(x: Guarded) -> Guarded:
    """exp(-x^2/2)/sqrt(2 pi), whose slope is at most 1/4."""
    value = plain.normal_density(x.value)
    rate = 2.0**-48 + x.value * x.value * 2.0**-51
    return _above_zero(value, _relative(value, rate) + x.error)


def sine_cosine(x: Guarded, frequency: Number = 1.0) -> tuple[Guarded, Guarded]:
    """sin and cos of frequency * x, for an exact x of 24 bits."""
    sine, cosine = plain.sine_cosine(x.value, frequency)
    moved = _moved(x, frequency)
    return Guarded(sine, _relative(sine) + moved), Guarded(cosine, _relative(cosine) + moved)


def _moved(x: Guarded, frequency: Number) -> Any:
    """The error of the angle in `plain.sine_cosine`: 0 where x itself is reduced."""
    if frequency == PI or frequency == 1:
        return np.where(np.equal(x.error, 0), 0.0, np.inf)
    high = float(np.float32(frequency))
    first, second = x.value * high, x.value * (float(frequency) - high)
    rest = np.abs(second - ((first + second) - first))
    inexact = written(frequency) is not None
    error = np.abs(first) * ROUNDING if inexact else 0.0
    # both products are exact where x has 24 bits
    lost = _lost_in_product(x.value, high, first)
    lost = lost + _lost_in_product(x.value, float(frequency) - high, second)
    error = error + lost + rest * rest + rest * FUNCTION
    trusted = np.isfinite(first) & (np.abs(first) >= np.abs(second)) & np.equal(x.error, 0)
    return np.where(trusted & (rest < WIDE), error, np.inf)


def sinc(
    x: Guarded, frequency: Number
) -> tuple[Callable[[], Guarded], Callable[[], Guarded], Callable[[], Guarded]]:
    parts = plain.sinc(x.value, frequency)
    size = np.maximum(np.abs(x.value * float(frequency)), 1.0)
    far = size > 1
    error = np.where(far, 2.0**-46 + 4 * _moved(x, frequency), 0.0) / size + LEAST

    def guarded(order: int) -> Callable[[], Guarded]:
        def part() -> Guarded:
            value = parts[order]()
            return Guarded(value, error + np.abs(value) * 2.0**-45)

        return part

    return guarded(0), guarded(1), guarded(2)

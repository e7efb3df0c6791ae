"""The operations of formulas in plain float64, to about 2^-50: enough for float32 results.

Inputs are float32 numbers held as float64, so nothing over- or underflows on the way to a float32
result, and squares are exact.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from actcli.arithmetic import tables
from actcli.arithmetic.constants import ONE_OVER_SQRT_TWO_PI, PI, SQRT_HALF
from actcli.arithmetic.numbers import Number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Condition = Any

exp = np.exp
sqrt = np.sqrt
where = np.where
sign = np.sign
absolute = np.abs
arctan = np.arctan
tanh = np.tanh

#: Below this, differences of numbers near 1 cancel too much, and a short series is enough.
SMALL = 2.0**-13
#: e to this power is still below the largest float64.
LARGEST_EXPONENT = 700.0


def constant(x: Array, value: Number) -> Array:
    """One number, shaped like x."""
    return np.full_like(x, value)


def lift(high: Array, low: Array | None = None) -> Array:
    """The numbers high + low, where low is the rounding error of high."""
    return high if low is None else high + low


def total(x: Array) -> Array:
    """The sums along the last axis, which is kept with length 1."""
    return np.add.reduce(x, axis=-1, keepdims=True)


def joined(first: Array, second: Array) -> Array:
    """Two arrays one after the other along the last axis."""
    return np.concatenate([first, second], axis=-1)


def expm1(x: Array) -> Array:
    """e^x - 1, by its series where that cancels."""
    value = np.exp(x)
    value -= 1
    return np.where(np.abs(x) < SMALL, x + x * x * (1 / 2 + x / 6), value)


def log1p(x: Array) -> Array:
    """ln(1 + x) for x >= 0, by its series where 1 + x loses digits."""
    return np.where(x < SMALL, x - x * x * (1 / 2 - x / 3), np.log(1 + x))


def positive_part(x: Array) -> Array:
    """x where it is above 0, 0 elsewhere."""
    return np.maximum(x, 0.0)


def negative_part(x: Array) -> Array:
    """x where it is below 0, 0 elsewhere."""
    return np.minimum(x, 0.0)


def clip(x: Array, low: Number, high: Number) -> Array:
    """x limited to [low, high]."""
    return np.minimum(np.maximum(x, float(low)), float(high))


def indicator(condition: Condition, x: Array) -> Array:
    """1 where the condition holds, 0 elsewhere."""
    return np.asarray(condition, dtype=x.dtype)


def choice(condition: Condition, x: Array, one: Number, other: Number) -> Array:
    """One number where the condition holds, the other elsewhere."""
    step = float(one) - float(other)
    if step + float(other) != one:
        return np.where(condition, float(one), float(other))
    value: Array = condition * step
    value += float(other)
    return value


def masked(x: Array, condition: Condition) -> Array:
    """x where the condition holds, 0 elsewhere."""
    value: Array = x * condition
    value += 0.0  # turns -0 into 0
    return value


def bounded_exp(x: Array) -> Array:
    """e^x, capped so that its square is finite."""
    return np.exp(np.minimum(x, LARGEST_EXPONENT / 2))


def logistic(x: Array) -> tuple[Array, Array]:
    """1/(1 + e^-x) and 1/(1 + e^x), as 1/(1 + e) and e/(1 + e), without subtraction."""
    e = np.exp(np.minimum(-x, LARGEST_EXPONENT))
    near = 1 / (1 + e)
    e *= near
    return near, e


def softplus(x: Array) -> Array:
    """ln(1 + e^x) = max(x, 0) + log1p(e^-|x|)."""
    return np.maximum(x, 0) + log1p(np.exp(-np.abs(x)))


def tanh_and_rest(x: Array) -> tuple[Array, Array]:
    """tanh x and 1 - tanh^2 x = 4 e q^2 with e = e^2x and q = 1/(1 + e)."""
    e = np.exp(np.minimum(2 * x, LARGEST_EXPONENT))
    q = 2 / (1 + e)
    value = 1 - q
    e *= q
    e *= q
    return np.where(np.abs(x) < SMALL, x - x * x * x / 3, value), e


def tanh_shrink(x: Array) -> Array:
    """x - tanh x, near 0 by its series (DLMF 4.33.3), since the difference would cancel."""
    square = x * x
    series = 929569 / 638512875 * square - 21844 / 6081075
    for coefficient in (1382 / 155925, -62 / 2835, 17 / 315, -2 / 15, 1 / 3):
        series = series * square + coefficient
    return np.where(np.abs(x) < 0.25, x * square * series, x - np.tanh(x))


def _horner(coefficients: tuple[float, ...], t: Array) -> Array:
    total = t * coefficients[-1]
    for coefficient in coefficients[-2:0:-1]:
        total += coefficient
        total *= t
    total += coefficients[0]
    return total


@functools.cache
def _erfc_table() -> Array:
    """The leading coefficients of the tabulated polynomials, enough for float64."""
    table = np.array(tables.ERFC).T
    pairs = 2 * tables.ERFC_PAIRS
    return np.ascontiguousarray(np.concatenate([table[:pairs:2], table[pairs : pairs + 3]]))


def _scaled_erfc(z: Array) -> Array:
    """exp(z^2) erfc(z) for z >= 0, tabulated in t = 3/(3 + z), to about 2^-51.

    float32 needs that near the roots of the derivatives of gelu and its kin, where terms cancel.
    """
    t = 3 / (z + 3)
    index = np.minimum((t * 64).astype(np.int64), 63)
    table = _erfc_table()
    d = t - (index + 0.5) / 64
    total: Array = table[-1].take(index)
    for row in table[-2::-1]:
        total *= d
        total += row.take(index)
    total *= t
    return total


def erf(x: Array) -> Array:
    """The error function: x times a polynomial in x^2 below 1, 1 - erfc(|x|) above."""
    z = np.abs(x)
    square = z * z
    near = z * _horner(tables.PLAIN_ERF, np.minimum(square, 1.0))
    far = 1 - np.exp(-square) * _scaled_erfc(z)
    return np.copysign(np.where(z < 1, near, far), x)


def normal_cdf(x: Array) -> Array:
    """Phi(x) = erfc(-x/sqrt 2)/2."""
    tail = np.exp(-0.5 * (x * x)) * _scaled_erfc(np.abs(x) * float(SQRT_HALF)) * 0.5
    return np.where(x > 0, 1 - tail, tail)


def normal_density(x: Array) -> Array:
    """phi(x) = exp(-x^2/2)/sqrt(2 pi)."""
    return np.exp(-0.5 * (x * x)) * float(ONE_OVER_SQRT_TWO_PI)


def sine_cosine(x: Array, frequency: Number = 1.0) -> tuple[Array, Array]:
    """sin and cos of frequency * x, corrected for the rounding of that product."""
    if frequency == PI:
        return _sine_cosine_of_half_turns(x)
    if frequency == 1:
        return np.sin(x), np.cos(x)
    # x has 24 bits, so both products are exact, and so is angle + rest
    high = float(np.float32(frequency))
    first, second = x * high, x * (float(frequency) - high)
    angle = first + second
    rest = second - (angle - first)
    sine, cosine = np.sin(angle), np.cos(angle)
    return sine + rest * cosine, cosine - rest * sine


def _sine_cosine_of_half_turns(x: Array) -> tuple[Array, Array]:
    """sin and cos of pi x, with quarter turns taken out of x itself: exact where they are 0."""
    turn = np.fmod(x, 2.0)
    quarters = np.rint(2 * turn)
    angle = (turn - quarters / 2) * float(PI)
    sine, cosine = np.sin(angle), np.cos(angle)
    return turned(sine, cosine, quarters.astype(np.int64))


def turned(sine: Any, cosine: Any, quarters: Any, where: Any = np.where) -> tuple[Any, Any]:
    """sin and cos of an angle after so many quarter turns, in any arithmetic."""
    n = quarters & 3
    swapped = (n & 1) == 1
    s, c = where(swapped, cosine, sine), where(swapped, sine, cosine)
    return where(n >= 2, -s, s), where((n == 1) | (n == 2), -c, c)


def sinc(
    x: Array, frequency: Number
) -> tuple[Callable[[], Array], Callable[[], Array], Callable[[], Array]]:
    """sin u / u for u = frequency * x, and its derivatives in u; series where these cancel."""
    u = x * float(frequency)
    small = np.abs(u) < 1
    safe = np.where(small, 1.0, u)
    square = np.where(small, u * u, 0.0)
    series = functools.partial(_sinc_series, square)
    return sinc_orders(u, small, safe, sine_cosine(x, frequency), series, np.where)


def sinc_orders(
    u: Any,
    small: Any,
    safe: Any,
    circular: tuple[Any, Any],
    series: Callable[[int], Any],
    where: Any,
) -> tuple[Callable[[], Any], Callable[[], Any], Callable[[], Any]]:
    """The orders of sin u / u in any arithmetic, by series where u is small; u is then `safe`."""
    sine, cosine = circular

    def value() -> Any:
        return where(small, series(0), sine / safe)

    def derivative() -> Any:
        return where(small, u * series(1), (cosine - sine / safe) / safe)

    def second_derivative() -> Any:
        far = -(sine / safe) - 2 * ((cosine - sine / safe) / (safe * safe))
        return where(small, series(2), far)

    return value, derivative, second_derivative


def _sinc_series(square: Array, order: int) -> Array:
    """sum (-1)^k x^2k/(2k+1)!, differentiated `order` times; the first derivative divided by x."""
    coefficients = []
    factorial = 1.0
    for k in range(9):
        n = 2 * k + 2 if order else 2 * k
        if order or k:
            factorial *= n * (n + 1)
        factor = 1 if order == 0 else n if order == 1 else n * (n - 1)
        coefficients.append((-factor if (n // 2) % 2 else factor) / factorial)
    return _horner(tuple(coefficients), square)

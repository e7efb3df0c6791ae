"""The operations of formulas in double-double: results to about 2^-70, at any magnitude.

Each function takes and returns `Pair`s and computes what its namesake in `plain` does. The results
rest on tables and on rounded sums, products, quotients and square roots alone. numpy's functions
only give first guesses that are then corrected, so neither their errors nor the differences between
processors show.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from actcli.arithmetic import tables
from actcli.arithmetic.constants import LN_2, ONE_OVER_SQRT_TWO_PI, PI, SQRT_HALF
from actcli.arithmetic.numbers import Number
from actcli.arithmetic.pair import Pair, fast_two_sum, power_of_two, two_product, two_sum
from actcli.arithmetic.pair import where as where
from actcli.arithmetic.plain import sinc_orders, turned
from actcli.arithmetic.reduction import half_turns, quarter_turns

if TYPE_CHECKING:
    from actcli.arithmetic.pair import Array


@functools.cache
def _table(name: str) -> Array:
    return np.array(getattr(tables, name)).T.copy()


# --- building blocks -----------------------------------------------------------------------------


def constant(x: Pair, value: Number) -> Pair:
    one = Pair.number(value)
    exponent = None if one.exponent is None else np.broadcast_to(one.exponent, x.high.shape)
    return Pair(np.full_like(x.high, one.high[0]), np.full_like(x.high, one.low[0]), exponent)


#: The numbers high + low, where low is the rounding error of high.
lift = Pair.exactly


def total(x: Pair) -> Pair:
    """The sums along the last axis, which is kept with length 1, by adding halves pairwise.

    Each of the log2(n) levels adds at most 2^-104 times the sum of the magnitudes to the error.
    """
    while (length := x.high.shape[-1]) > 1:
        half = length // 2
        rest = _along_last(x, slice(2 * half, None))
        x = _along_last(x, slice(half)) + _along_last(x, slice(half, 2 * half))
        x = joined(x, rest) if length % 2 else x
    return x


def joined(first: Pair, second: Pair) -> Pair:
    exponent = None
    if first.exponent is not None or second.exponent is not None:
        exponent = np.concatenate([_exponents(first), _exponents(second)], axis=-1)
    return Pair(
        np.concatenate([first.high, second.high], axis=-1),
        np.concatenate([first.low, second.low], axis=-1),
        exponent,
    )


def _exponents(x: Pair) -> Any:
    exponent = 0 if x.exponent is None else x.exponent
    return np.broadcast_to(np.asarray(exponent, np.int64), x.high.shape)


def _along_last(x: Pair, part: slice) -> Pair:
    exponent = None if x.exponent is None else _exponents(x)[..., part]
    return Pair(x.high[..., part], x.low[..., part], exponent)


def sign(x: Pair) -> Pair:
    """-1, 0 or 1."""
    return Pair(np.sign(x.high), np.zeros_like(x.high))


def absolute(x: Pair) -> Pair:
    """|x|."""
    turn = np.where(np.signbit(x.high), -1.0, 1.0)
    return Pair(x.high * turn, x.low * turn, x.exponent)


def positive_part(x: Pair) -> Pair:
    return where(x.high > 0, x, constant(x, 0.0))


def negative_part(x: Pair) -> Pair:
    return where(x.high < 0, x, constant(x, 0.0))


def clip(x: Pair, low: Number, high: Number) -> Pair:
    return where(x > low, where(x < high, x, constant(x, high)), constant(x, low))


def indicator(condition: Any, x: Pair) -> Pair:
    return where(condition, constant(x, 1.0), constant(x, 0.0))


def choice(condition: Any, x: Pair, one: Number, other: Number) -> Pair:
    return where(condition, constant(x, one), constant(x, other))


def masked(x: Pair, condition: Any) -> Pair:
    return where(condition, x, constant(x, 0.0))


def sqrt(x: Pair) -> Pair:
    """The square root, for x >= 0."""
    high, low, exponent = x.high, x.low, x.exponent
    if exponent is not None:
        last_bit = exponent & 1
        high, low = np.where(last_bit, 2 * high, high), np.where(last_bit, 2 * low, low)
        exponent = (exponent - last_bit) >> 1
    root = np.sqrt(high)
    square, error = two_product(root, root)
    # one Newton step from the rounded root; 0 stays 0
    with np.errstate(divide="ignore", invalid="ignore"):
        rest = np.where(root > 0, ((high - square) - error + low) / (2 * root), 0.0)
    return Pair(*fast_two_sum(root, rest), exponent)


# --- exponentials --------------------------------------------------------------------------------

STEPS = 64
#: ln 2 / 64 in three parts, the first two of 26 bits, so that their multiples are exact
STEP_HIGH = 0.010830424726009369
STEP_MIDDLE = -2.976022379919119e-11
STEP_LOW = 3.623510646634843e-19


def _reduced(x: Pair) -> tuple[Pair, Any]:
    """(e^r - 1, n) with x = n ln 2/64 + r, |r| <= ln 2/128."""
    high, low = x.collapsed()
    # Beyond 2^20 every result is 0 or inf, whatever it is multiplied by.
    inside = np.abs(high) < 2.0**20
    high = np.where(inside, high, np.copysign(2.0**20, high))
    low = np.where(inside, low, 0.0)
    n = np.rint(high * (STEPS / float(LN_2)))
    r, error = two_sum(high - n * STEP_HIGH, -(n * STEP_MIDDLE))
    r, rest = fast_two_sum(r, error + (low - n * STEP_LOW))
    # e^r - 1 = r + r^2/2 + r^3 q(r); the first two terms keep their low parts.
    square, square_error = two_product(r, r)
    q = 1 / 40320 + r * (1 / 362880)
    for factor in (1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6):
        q = factor + r * q
    total, error = fast_two_sum(r, square / 2)
    total, error = fast_two_sum(total, error + (square_error / 2 + rest * (1 + r) + square * r * q))
    return Pair(total, error), n.astype(np.int64)


def exp(x: Pair) -> Pair:
    """e^x, with an exponent where it is very large or very small."""
    rest, n = _reduced(x)
    return _power(n) * (rest + 1)


#: e^x; it needs no cap, since the exponent of a `Pair` has room for any square.
bounded_exp = exp


def _power(n: Any) -> Pair:
    """2^(n/64)."""
    table = _table("EXP")
    step = n & (STEPS - 1)
    exponent = n >> 6
    high, low = table[0].take(step), table[1].take(step)
    if exponent.size and (exponent.max() > 50 or exponent.min() < -50):
        return Pair(high, low, exponent)
    factor = power_of_two(exponent)
    return Pair(high * factor, low * factor)


def expm1(x: Pair) -> Pair:
    """e^x - 1, with full relative accuracy at 0."""
    rest, n = _reduced(x)
    tiny = _is_tiny(x)
    whole = _power(n) * (rest + 1) - 1
    result = where(n == 0, rest, whole)
    return where(tiny, x + x * x * 0.5, result) if tiny.any() else result


def _is_tiny(x: Pair) -> Any:
    """Where |x| < 2^-50, so that terms of third order are below all digits."""
    if x.exponent is None:
        return np.abs(x.high) < 2.0**-50
    return (x.exponent < -60) & (np.abs(x.high) < 2.0**10)


def log1p(x: Pair) -> Pair:
    """ln(1 + x) for x >= 0: one Newton step on expm1 from numpy's value."""
    high = x.collapsed()[0]
    guess = Pair.exactly(np.log1p(high))
    correction = (x - expm1(guess)) / (1 + x)
    result = guess + correction
    tiny = _is_tiny(x)
    return where(tiny, x - x * x * 0.5, result) if tiny.any() else result


def logistic(x: Pair) -> tuple[Pair, Pair]:
    """1/(1 + e^-x) and 1/(1 + e^x), the smaller one computed without subtraction."""
    e = exp(-absolute(x))
    near = 1 / (1 + e)
    far = e * near
    positive = x.high > 0
    return where(positive, near, far), where(positive, far, near)


def softplus(x: Pair) -> Pair:
    rest = log1p(exp(-absolute(x)))
    return where(x.high > 0, x + rest, rest)


def tanh(x: Pair) -> Pair:
    """tanh x = e/(e + 2) with e = expm1(2x)."""
    e = expm1(absolute(x) * -2)
    value = -e / (e + 2)
    return where(x.high > 0, value, -value)


def tanh_and_rest(x: Pair) -> tuple[Pair, Pair]:
    """tanh x and 1 - tanh^2 x = 4w/(1 + w)^2 with w = e^(-2|x|)."""
    w = exp(absolute(x) * -2)
    d = 1 + w
    return tanh(x), 4 * (w / (d * d))


def tanh_shrink(x: Pair) -> Pair:
    square = x * x
    # x^3/3 - 2x^5/15 + 17x^7/315 - 62x^9/2835 + 1382x^11/155925 - 21844x^13/6081075 + ...
    series = square * 929569 / 638512875 - constant(x, 1.0) * 21844 / 6081075
    for numerator, denominator in ((1382, 155925), (-62, 2835), (17, 315), (-2, 15), (1, 3)):
        series = series * square + Pair.number(numerator) / denominator
    small = absolute(x) < 0.03125
    return where(small, x * square * series, x - tanh(x))


# --- the error function and the normal distribution ----------------------------------------------


def _polynomial(name: str, wide: int, t: Pair, width: float) -> Pair:
    """The tabulated piecewise polynomial at t, its first `wide` terms in double-double."""
    table = _table(name)
    index = np.clip((t.high / width).astype(np.int64), 0, table.shape[1] - 1)
    d = t - Pair((index + 0.5) * np.float64(width), np.zeros_like(t.high))
    row = len(table) - 1
    narrow = table[row].take(index)
    while row > 2 * wide:
        row -= 1
        narrow = narrow * d.high + table[row].take(index)
    total = Pair(narrow, np.zeros_like(narrow))
    for power in range(wide - 1, -1, -1):
        term = Pair(table[2 * power].take(index), table[2 * power + 1].take(index))
        total = total * d + term
    return total


def _scaled_erfc(z: Pair) -> Pair:
    """exp(z^2) erfc(z) for z >= 0, tabulated in t = 3/(3 + z), in which it is smooth up to inf."""
    t = 3 / (z + 3)
    high, low = t.collapsed()
    return t * _polynomial("ERFC", tables.ERFC_PAIRS, Pair(high, low), 1 / 64)


def erf(x: Pair) -> Pair:
    """The error function, from its own table below 1/2 and as 1 - erfc(|x|) above."""
    z = absolute(x)
    small = z.collapsed()[0] < 0.5
    square = z * z
    inner = where(small, square, constant(x, 0.0))
    near = z * _polynomial("ERF", 3, Pair(*inner.collapsed()), 1 / 64)
    result = near if small.all() else where(small, near, 1 - exp(-square) * _scaled_erfc(z))
    return where(x.high > 0, result, -result)


def normal_cdf(x: Pair) -> Pair:
    """Phi(x) = erfc(-x/sqrt 2)/2; -x^2/2, the exponent of the tail, is taken in double-double."""
    z = absolute(x) * SQRT_HALF
    tail = exp(-(x * x * 0.5)) * _scaled_erfc(z) * 0.5
    return where(x.high > 0, 1 - tail, tail)


def normal_density(x: Pair) -> Pair:
    return exp(-(x * x * 0.5)) * ONE_OVER_SQRT_TWO_PI


# --- circular functions --------------------------------------------------------------------------


def sine_cosine(x: Pair, frequency: Number = 1.0) -> tuple[Pair, Pair]:
    """sin and cos of frequency * x, with quarter turns taken out exactly."""
    r, turns = half_turns(x) if frequency == PI else quarter_turns(x * frequency)
    return turned(*_sine_cosine_near_zero(r), turns, where)


def _sine_cosine_near_zero(r: Pair) -> tuple[Pair, Pair]:
    """sin and cos for |r| <= pi/4, by their Taylor series."""
    square = r * r
    sine = _alternating(square, 3, 12)
    cosine = _alternating(square, 2, 12)
    return r + r * square * sine, 1 + square * cosine


def _alternating(square: Pair, first: int, count: int) -> Pair:
    """-1/first! + square/(first + 2)! - ..., of `count` terms."""
    total = constant(square, 0.0)
    for k in reversed(range(count)):
        total = total * square + Pair.number(1.0 if k % 2 else -1.0) / _factorial(first + 2 * k)
    return total


@functools.cache
def _factorial(n: int) -> Pair:
    product = Pair.number(1.0)
    for k in range(2, n + 1):
        product = product * float(k)
    return product


def sinc(
    x: Pair, frequency: Number
) -> tuple[Callable[[], Pair], Callable[[], Pair], Callable[[], Pair]]:
    u = x * frequency
    small = absolute(u) < 1.0
    safe = where(small, constant(u, 1.0), u)
    square = where(small, u * u, constant(u, 0.0))
    inner = where(small, u, constant(u, 0.0))
    series = functools.partial(_sinc_series, square)
    return sinc_orders(inner, small, safe, sine_cosine(x, frequency), series, where)


def _sinc_series(square: Pair, order: int) -> Pair:
    total = constant(square, 0.0)
    for k in range(14, -1, -1):
        n = 2 * k + 2 if order else 2 * k  # the power of x that is differentiated
        factor = 1.0 if order == 0 else float(n) if order == 1 else float(n * (n - 1))
        negative = (n // 2) % 2 == 1
        coefficient = Pair.number(-factor if negative else factor) / _factorial(n + 1)
        total = total * square + coefficient
    return total


def arctan(x: Pair) -> Pair:
    """The arc tangent: one Newton step on the tangent from numpy's value."""
    high = x.collapsed()[0]
    guess = np.arctan(high)
    sine, cosine = _half_turn(guess)
    # tan(a - g) = (x cos g - sin g)/(cos g + x sin g), and atan of something tiny is itself
    correction = (x * cosine - sine) / (x * sine + cosine)
    result = Pair.exactly(guess) + correction
    tiny = _is_tiny(x)
    return where(tiny, x - x * x * x / 3, result) if tiny.any() else result


def _half_turn(angle: Array) -> tuple[Pair, Pair]:
    """sin and cos of an angle within +-pi/2, by the double angle of half of it."""
    sine, cosine = _sine_cosine_near_zero(Pair.exactly(angle / 2))
    return 2 * (sine * cosine), (cosine - sine) * (cosine + sine)

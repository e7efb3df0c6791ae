"""Correctly rounded values of any program, by ball arithmetic.

A value is evaluated with ever more bits until both ends of its ball round to the same number. What
no number of bits decides, a tie or a zero, is settled in rational numbers where the program is
rational there; at the last precision what cannot be told from a tie or from 0 is one.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actcli.language import balls, exact, extended
from actcli.language.balls import LAST, LOCK, TINY, Trouble
from actcli.language.program import Program
from actcli.language.straight import straight
from actcli.numerics import limits
from actcli.numerics.dtypes import DType
from actcli.numerics.rounding import round_to

Floats = NDArray[np.float64]

#: Bits to begin with: a few more than the dtype has, and guards.
FIRST = {64: 100}
FIRST_BITS = 72
#: Then these; beyond the last only for so many seconds.
MORE = (256, 1024, LAST)
MOST_BITS = 1 << 17
PATIENCE = 1.0
#: Numbers evaluated while the lock is held.
LOCKED = 1024
#: Terms of a series that removable singularities may use up.
SPARE_TERMS = 12


class Undecided:
    """Counts the values that no precision decided, to be reported once."""

    def __init__(self) -> None:
        self.count = 0
        self.first = 0.0

    def note(self, x: float) -> None:
        if not self.count:
            self.first = x
        self.count += 1


UNDECIDED = Undecided()


def certified(
    program: Program, x: Floats, orders: Sequence[int], dtype: DType, saturate: bool = False
) -> list[NDArray[Any]]:
    """The orders at x, numbers of any kind: correctly rounded to the dtype, each shaped like x."""
    flat = x.reshape(-1)
    results = [np.empty(flat.size, np.float64) for _ in orders]
    done = np.zeros((len(orders), flat.size), bool)
    finite = np.isfinite(flat)
    for row, order in enumerate(orders):
        results[row][np.isnan(flat)] = np.nan
        done[row, ~finite] = True
        for end in (-np.inf, np.inf):
            there = flat == end
            if there.any():
                limit = limits.at_infinity(program, 1 if end > 0 else -1, order)
                results[row][there] = _nearest_of_ball(limit, dtype)
    places = np.flatnonzero(finite)
    if places.size:
        _first_pass(program, flat, places, orders, dtype, results, done)
        for place in np.flatnonzero(~done.all(axis=0)).tolist():
            _settle(program, float(flat[place]), place, orders, dtype, results, done)
    rounded = [round_to(result, dtype, saturate=saturate) for result in results]
    return [result.reshape(x.shape) for result in rounded]


def _first_pass(
    program: Program,
    x: Floats,
    places: NDArray[np.intp],
    orders: Sequence[int],
    dtype: DType,
    results: list[Floats],
    done: NDArray[np.bool_],
) -> None:
    """All values at the first precision, their ends compared as arrays."""
    bits = FIRST.get(dtype.bits, FIRST_BITS)
    low = np.full((len(orders), places.size), np.nan)
    high = np.full((len(orders), places.size), np.nan)
    numbers = x[places].tolist()
    for start in range(0, len(numbers), LOCKED):
        with LOCK:
            _fill_ends(program, numbers, start, orders, bits, low, high)
    known = ~np.isnan(low) & np.isfinite(low) & np.isfinite(high) & (low != 0) & (high != 0)
    if dtype.bits < 64:
        # the ends themselves were rounded
        low, high = np.nextafter(low, -np.inf), np.nextafter(high, np.inf)
    first, second = round_to(low, dtype), round_to(high, dtype)
    with np.errstate(all="ignore"):
        alike = known & (first == second) & (np.signbit(low) == np.signbit(high))
    for row in range(len(orders)):
        chosen = places[alike[row]]
        results[row][chosen] = low[row][alike[row]] if dtype.bits < 64 else high[row][alike[row]]
        done[row, chosen] = True


def _fill_ends(
    program: Program,
    numbers: list[float],
    start: int,
    orders: Sequence[int],
    bits: int,
    low: Floats,
    high: Floats,
) -> None:
    """The ends of the balls of some numbers, from `start` on. The lock must be held."""
    evaluate = straight(program, max(orders) + 1, bits)
    if evaluate is None:
        return
    balls.flint.ctx.prec = bits
    arb = balls.arb
    for column in range(start, min(start + LOCKED, len(numbers))):
        found = evaluate(arb(numbers[column]))
        if found is None:
            continue
        for row, order in enumerate(orders):
            ball = found[order] * 2 if order == 2 else found[order]
            low[row, column] = float(ball.lower())
            high[row, column] = float(ball.upper())


def _settle(
    program: Program,
    x: float,
    place: int,
    orders: Sequence[int],
    dtype: DType,
    results: list[Floats],
    done: NDArray[np.bool_],
) -> None:
    """The orders of one number that are still open, with as many bits as they take."""
    for row, order in enumerate(orders):
        if not done[row, place]:
            results[row][place] = settle(program, x, order, dtype)
            done[row, place] = True


def settle(program: Program, x: float, order: int, dtype: DType) -> float:
    """One order at one finite number, correctly rounded; infinite beyond the dtype's numbers."""
    with LOCK:
        found = _settled(program, x, order, dtype)
    if found is None:
        UNDECIDED.note(x)
        return math.nan
    return found


def _settled(program: Program, x: float, order: int, dtype: DType) -> float | None:
    point = balls.arb(x)
    trouble: Trouble | None = None
    begun = 0.0
    for bits in _precisions(dtype):
        if bits > LAST:
            begun = begun or time.monotonic()
            if time.monotonic() - begun > PATIENCE:
                break
        found = _coefficient(program, point, order, bits)
        if isinstance(found, Trouble):
            trouble = found
            if found is Trouble.UNDECIDED:
                continue
            if found is Trouble.NAN and order == 0:
                return math.nan
            return _at_edge(program, x, order, dtype)
        value = _decided(found, dtype, bits)
        if value is not None:
            if value == 0 and found.is_zero():
                return _signed_zero(program, x, order)
            return value
        if bits >= LAST:
            rational = exact.evaluate(program, Fraction(x))
            if rational is not None:
                number = nearest_fraction(rational[order], dtype)
                return number if rational[order] else _signed_zero(program, x, order)
            value = _as_tie(found, dtype)
            if value is not None:
                return value if value else _signed_zero(program, x, order)
    if trouble is Trouble.UNDECIDED:
        rational = exact.evaluate(program, Fraction(x))
        if rational is not None:
            number = nearest_fraction(rational[order], dtype)
            return number if rational[order] else _signed_zero(program, x, order)
    return None


def _precisions(dtype: DType) -> list[int]:
    first = FIRST.get(dtype.bits, FIRST_BITS)
    bits, more = LAST, []
    while bits < MOST_BITS:
        bits *= 2
        more.append(bits)
    return [first, *MORE, *more]


def _coefficient(program: Program, x: Any, order: int, bits: int) -> Any:
    """One derivative as a ball, the series as long as removable singularities need it."""
    for spare in range(SPARE_TERMS + 1):
        found = balls.evaluate(program, x, order + 1 + spare, bits)
        if isinstance(found, Trouble):
            # a removable singularity shows once the series is longer than its zeros
            if found is Trouble.SINGULAR:
                continue
            return found
        if len(found) > order:
            ball = found[order] * math.factorial(order)
            return ball if ball.is_finite() else Trouble.UNDECIDED
    return Trouble.SINGULAR


def _at_edge(program: Program, x: float, order: int, dtype: DType) -> float:
    """Where no series is: a pole, the end of a domain, a value without a derivative."""
    found = extended.evaluate(program, x, order + 1)[order]
    if isinstance(found, float) and math.isnan(found):
        found = limits.one_sided(program, x, order)
    return _nearest_of_ball(found, dtype)


def _nearest_of_ball(found: Any, dtype: DType) -> float:
    if isinstance(found, float):
        return found
    value = _decided(found, dtype, LAST)
    return value if value is not None else float(found.mid())


def _signed_zero(program: Program, x: float, order: int) -> float:
    """An exact zero with the sign that the formula's own operations give it."""
    found = extended.evaluate(program, x, order + 1)[order]
    return found if isinstance(found, float) and found == 0 else 0.0


def _decided(ball: Any, dtype: DType, bits: int) -> float | None:
    """The number of the dtype that every number of the ball rounds to; None if there are two."""
    if ball.is_zero():
        return 0.0
    low, high = (nearest(*_parts(end), dtype) for end in (ball.lower(), ball.upper()))
    if low != high:
        return None
    if low == 0:
        if ball > 0:
            return 0.0
        if ball < 0:
            return -0.0
        nonnegative, nonpositive = ball.lower() >= 0, ball.upper() <= 0
        if nonnegative or nonpositive:
            return 0.0 if nonnegative else -0.0
        return None
    return low


def _as_tie(ball: Any, dtype: DType) -> float | None:
    """At the last precision: what is within a relative 2^-TINY around a tie, or 0, is that."""
    tiny = balls.arb((1, -TINY))
    if ball.contains(0):
        return 0.0 if abs(ball) < tiny else None
    mantissa, exponent = _parts(ball.mid())
    low, high = (nearest(*_parts(end), dtype) for end in (ball.lower(), ball.upper()))
    if not (math.isfinite(low) and math.isfinite(high)):
        low, high = (math.copysign(min(abs(v), dtype.largest * 2), v) for v in (low, high))
    middle = (Fraction(low) + Fraction(high)) / 2
    tie = balls.arb(balls.flint.fmpq(middle.numerator, middle.denominator))
    if abs(ball - tie) < abs(tie) * tiny:
        return nearest_fraction(middle, dtype)
    return None


def _parts(end: Any) -> tuple[int, int]:
    mantissa, exponent = end.man_exp()
    return int(mantissa), int(exponent)


def nearest(mantissa: int, exponent: int, dtype: DType) -> float:
    """mantissa * 2**exponent rounded to the dtype, ties to even; infinite beyond its numbers.

    >>> from actcli.numerics.dtypes import DTYPES
    >>> nearest(2049, 0, DTYPES["float16"]), nearest(-1, -2000, DTYPES["float64"])
    (2048.0, -0.0)
    """
    if mantissa == 0:
        return 0.0
    sign = -1 if mantissa < 0 else 1
    size = abs(mantissa)
    top = exponent + size.bit_length() - 1
    if top > 2000:
        return sign * math.inf
    unit = max(top - dtype.mantissa_bits, dtype.smallest_normal_exponent - dtype.mantissa_bits)
    shift = unit - exponent
    if shift <= 0:
        whole = size << -shift
    elif shift > size.bit_length() + 1:
        return math.copysign(0.0, sign)
    else:
        whole, rest = size >> shift, size & ((1 << shift) - 1)
        half = 1 << (shift - 1)
        whole += rest > half or (rest == half and whole & 1)
    value = math.ldexp(whole, unit) if whole.bit_length() + unit <= 1024 else math.inf
    if value > dtype.largest:
        value = math.inf
    return math.copysign(value, sign)


def nearest_fraction(value: Fraction, dtype: DType) -> float:
    """A rational number rounded to the dtype, ties to even."""
    if not value:
        return 0.0
    # as many bits as decide, the rest in a last sticky one
    wanted = 2 * dtype.precision + 1200
    shift = max(0, wanted - value.numerator.bit_length() + value.denominator.bit_length())
    whole, rest = divmod(abs(value.numerator) << shift, value.denominator)
    sticky = (whole << 1) | bool(rest)
    return nearest(sticky if value > 0 else -sticky, -shift - 1, dtype)

"""Correctly rounded values of any program, by ball arithmetic.

A value is evaluated with ever more bits until both ends of its ball round to the same number. No
number of bits decides a tie or a zero, and few decide a value next to one. Such a value is settled
as a rational number plus a remainder if it has that form; else, at the last precision, a value that
cannot be told from a tie or from 0 counts as that.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import flint
import numpy as np
from flint import arb, fmpq
from numpy.typing import NDArray

from actcli.language import balls, exact, extended
from actcli.language.balls import LAST, LOCK, TINY, Trouble
from actcli.language.exact import Near
from actcli.language.program import Program
from actcli.language.rational import rational
from actcli.language.straight import straight
from actcli.numerics import limits
from actcli.numerics.dtypes import Array, DType
from actcli.numerics.rounding import round_to
from actcli.numerics.tails import NOTHING

Floats = NDArray[np.float64]

#: Bits to begin with, by the bits of the dtype, and for all others.
FIRST = {64: 100}
FIRST_BITS = 72
#: The next precisions; beyond the last the bits double, up to MOST_BITS or PATIENCE in seconds.
MORE = (256, 1024, LAST)
MOST_BITS = 1 << 17
PATIENCE = 1.0
#: Numbers evaluated while the lock is held.
LOCKED = 1024
#: Bits that are kept of an unrounded value: as many as two float64 hold.
KEPT = 106
#: Bits to which unrounded values are known, in general and for float64, unless they are so small
#: that they round to 0 in all dtypes.
KNOWN, KNOWN_WELL = 38, 64
#: Numbers between these are sums of two float64 without underflow or overflow.
SPLIT = (1e-290, 1e290)
#: The number of terms of a series that removable singularities may use up.
SPARE_TERMS = 12


class Undecided:
    """Counts the values that no precision decided, to be reported once."""

    count = 0
    first = 0.0

    def reset(self) -> None:
        """Start counting again."""
        self.count, self.first = 0, 0.0

    def note(self, x: float) -> None:
        if not self.count:
            self.first = x
        self.count += 1


UNDECIDED = Undecided()


def certified(
    program: Program, x: Floats, orders: Sequence[int], dtype: DType, saturate: bool = False
) -> list[Array]:
    """The orders at any numbers x, correctly rounded to the dtype, each shaped like x."""
    flat = x.reshape(-1)
    results = np.empty((len(orders), flat.size))
    low, high, decided = _ends(program, flat, orders, dtype)
    results[decided] = low[decided] if dtype.bits < 64 else high[decided]
    for row, place in np.argwhere(~decided).tolist():
        value = true_value(program, float(flat[place]), orders[row], dtype)
        results[row, place] = nearest_number(value, dtype)
    return [round_to(row.reshape(x.shape), dtype, saturate=saturate) for row in results]


class Pairs(NamedTuple):
    """Unrounded values (high + low) * 2**exponent that round as the true values do.

    If low is inexact, its last bit says so: a value is a tie only if the true value is one.
    """

    high: Floats
    low: Floats
    exponent: NDArray[np.int64]


def certified_pairs(
    program: Program, x: Floats, order: int, dtype: DType, factor: float = 1.0
) -> Pairs:
    """One order at x times a factor, unrounded, known well enough to be rounded to the dtype."""
    high, low = np.zeros(x.size), np.zeros(x.size)
    exponent = np.zeros(x.size, np.int64)
    done = np.zeros(x.size, np.bool_)
    exactly = rational(program, order)
    if exactly is not None and dtype.bits == 64:
        for place, number in enumerate(x.tolist()):
            parts = _parts_of(exactly(number), math.factorial(order) * factor)
            if parts is not None:
                high[place], low[place] = parts
                done[place] = True
    elif factor == 1:
        (ends,), (others,), (done,) = _ends(program, x, (order,), dtype, low)
        with np.errstate(all="ignore"):
            done &= others - ends <= np.abs(ends) * 2.0**-KNOWN
            if dtype.bits == 64:  # a smaller rest would be rounded itself
                done &= (np.abs(ends) > SPLIT[0]) & (np.abs(ends) < SPLIT[1]) | (ends == 0)
        middles = ends if dtype.bits == 64 else ends / 2 + others / 2
        high[done], low[~done] = middles[done], 0.0
    for place in np.flatnonzero(~done).tolist():
        value = true_value(program, float(x[place]), order, dtype, factor)
        high[place], low[place], exponent[place] = _pair(value)
    return Pairs(high, low, exponent)


def _ends(
    program: Program, x: Floats, orders: Sequence[int], dtype: DType, rest: Floats | None = None
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Lower and upper ends of the values at the first precision, and where both round alike.

    `rest` is filled with the differences between the values and the lower ends of the last order.
    """
    low = np.full((len(orders), x.size), np.nan)
    high = np.full((len(orders), x.size), np.nan)
    places = np.flatnonzero(np.isfinite(x)).tolist()
    numbers = x.tolist()
    if dtype.bits < 64:
        rest = None  # not needed: the ends are precise enough
    for start in range(0, len(places), LOCKED):
        with LOCK:
            some = places[start : start + LOCKED]
            _fill_ends(program, numbers, some, orders, dtype, low, high, rest)
    zero = (low == 0) & (high == 0)  # of a known sign, the same at both ends
    known = np.isfinite(low) & np.isfinite(high) & ((low != 0) & (high != 0) | zero)
    if dtype.bits < 64:
        # the ends themselves were rounded
        low = np.where(zero, low, np.nextafter(low, -np.inf))
        high = np.where(zero, high, np.nextafter(high, np.inf))
    first, second = round_to(low, dtype), round_to(high, dtype)
    with np.errstate(all="ignore"):
        alike = known & (first == second) & (np.signbit(low) == np.signbit(high))
    return low, high, np.asarray(alike)


def _fill_ends(
    program: Program,
    numbers: list[float],
    places: list[int],
    orders: Sequence[int],
    dtype: DType,
    low: Floats,
    high: Floats,
    rest: Floats | None,
) -> None:
    """The ends of the balls at some places. The lock must be held."""
    bits = FIRST.get(dtype.bits, FIRST_BITS)
    evaluate = straight(program, max(orders) + 1, bits)
    if evaluate is None:
        return
    flint.ctx.prec = bits
    for place in places:
        found = evaluate(arb(numbers[place]))
        if found is None:
            continue
        for row, order in enumerate(orders):
            ball = found[order] * 2 if order == 2 else found[order]
            if abs(ball) < NOTHING:
                if ball > 0 or ball < 0:
                    low[row, place] = high[row, place] = 0.0 if ball > 0 else -0.0
                continue
            low[row, place] = end = float(ball.lower())
            high[row, place] = float(ball.upper())
            if rest is not None and math.isfinite(end):
                rest[place] = float((ball - end).mid())
                if ball.rel_accuracy_bits() < KNOWN_WELL or end == 0:
                    low[row, place] = math.nan


def true_value(program: Program, x: float, order: int, dtype: DType, factor: float = 1.0) -> Any:
    """One order at x times a factor: a ball, or exactly as a fraction, ±0, ±inf or nan.

    All numbers of the ball round alike to the dtype. A value that stays undecided is nan and is
    counted.
    """
    if math.isnan(x):
        return math.nan
    if math.isinf(x):
        found = limits.at_infinity(program, 1 if x > 0 else -1, order)
    else:
        with LOCK:
            found = _found(program, x, order, dtype, factor)
        if found is None:
            UNDECIDED.note(x)
            return math.nan
    return found * factor if isinstance(found, float) and factor != 1 else found


def nearest_number(value: Any, dtype: DType) -> float:
    """A true value rounded to the dtype; infinite if it overflows."""
    if isinstance(value, float):
        return value
    if isinstance(value, Fraction):
        return nearest(*_bits_of(value), dtype)
    with LOCK:
        flint.ctx.prec = MOST_BITS  # with fewer, the ends of the ball would be rounded
        nearest_to_all = _decided(value, dtype)
    return float(value.mid()) if nearest_to_all is None else nearest_to_all


def _parts_of(number: Any, factor: float) -> tuple[float, float] | None:
    """A rational number as two float64, the second moved by an ulp towards it if inexact.

    None if there is no number, or none that two float64 hold without underflow or overflow.
    """
    if number is None:
        return None
    number *= fmpq(*factor.as_integer_ratio())
    numerator, denominator = int(number.p), int(number.q)
    try:
        high = numerator / denominator
    except OverflowError:
        return None
    if not SPLIT[0] < abs(high) < SPLIT[1]:
        return None
    rest = number - fmpq(*high.as_integer_ratio())
    low = int(rest.p) / int(rest.q)
    beyond = rest - fmpq(*low.as_integer_ratio())
    if beyond != 0:
        low = math.nextafter(low, math.inf if beyond > 0 else -math.inf)
    return high, low


def _pair(value: Any) -> tuple[float, float, int]:
    if isinstance(value, float):
        return value, 0.0, 0
    if isinstance(value, Fraction):
        mantissa, exponent = _bits_of(value)
    else:
        mantissa, exponent = _parts(value.mid())
        if mantissa == 0:  # a ball around 0 that rounds to it
            return (0.0, 0.0, 0) if value.lower() >= 0 else (-0.0, 0.0, 0)
    size = abs(mantissa)
    spare = size.bit_length() - KEPT
    if spare > 0:  # the last bit says whether the rest is 0
        size = (size >> spare) | bool(size & ((1 << spare) - 1))
        exponent += spare
    top = size.bit_length()
    high = math.ldexp(float(size), -top)
    low = math.ldexp(float(size - int(math.ldexp(high, top))), -top)
    sign = -1 if mantissa < 0 else 1
    exponent += top
    if abs(exponent) < 900:
        return sign * math.ldexp(high, exponent), sign * math.ldexp(low, exponent), 0
    return sign * high, sign * low, max(-(1 << 40), min(1 << 40, exponent))


def _found(program: Program, x: float, order: int, dtype: DType, factor: float) -> Any:
    """What `true_value` returns for a finite x; None if undecided. The lock must be held."""
    exactly = rational(program, order)
    number = None if exactly is None else exactly(x)
    if number is not None:
        value = Fraction(int(number.p), int(number.q)) * math.factorial(order) * Fraction(factor)
        return value or _signed_zero(program, x, order)
    point = arb(x)
    begun = 0.0
    nothing = False  # whether it rounds to 0, so that only its sign is unknown
    near = None
    for bits in _precisions(dtype):
        if nothing and bits < LAST:
            continue
        if bits > LAST:
            begun = begun or time.monotonic()
            # the next step has twice the bits, and takes at least twice as long
            if time.monotonic() - begun > PATIENCE / 3:
                break
        found = _coefficient(program, point, order, bits)
        if isinstance(found, Trouble):
            if found is Trouble.NAN:
                return math.nan
            if found is Trouble.SINGULAR:
                return _at_edge(program, x, order, dtype)
        else:
            if factor != 1:
                found = found * arb(factor)
            if found.is_zero():
                return _signed_zero(program, x, order)
            if _decided(found, dtype) is not None and _is_known(found, dtype):
                return found
            nothing = bits >= MORE[0] and bool(abs(found) < arb((1, -TINY)))
        if bits >= LAST:
            if bits == LAST:
                near = exact.evaluate(program, Fraction(x), order)
            settled = _settled(program, x, order, found, dtype, factor, bits, near)
            if settled is not None:
                return settled
    return None


def _settled(
    program: Program,
    x: float,
    order: int,
    found: Any,
    dtype: DType,
    factor: float,
    bits: int,
    near: Near | None,
) -> Any:
    """A value that this precision leaves undecided: at or near a rational number, a tie or 0."""
    side = near.settled() if near is not None and bits == LAST else None
    if isinstance(side, Fraction):
        return side * Fraction(factor) or _signed_zero(program, x, order)
    if side is not None and _decided(side * arb(factor), dtype) is not None:
        return side * arb(factor)
    flint.ctx.prec = bits
    if isinstance(found, Trouble):
        return extended.beyond(program, x, order, bits)
    if found.contains(0):
        tiny = bool(abs(found) < arb((1, -TINY)))
        return _signed_zero(program, x, order) if tiny else None
    tie = _as_tie(found, dtype)
    if near is not None and near.is_beside() and near.center * Fraction(factor) == tie:
        return None  # more bits decide
    return tie


def _precisions(dtype: DType) -> list[int]:
    doubled = [1 << n for n in range(LAST.bit_length(), MOST_BITS.bit_length())]
    return [FIRST.get(dtype.bits, FIRST_BITS), *MORE, *doubled]


def _coefficient(program: Program, x: Any, order: int, bits: int) -> Any:
    """One derivative as a ball, from a series long enough for removable singularities."""
    for spare in range(SPARE_TERMS + 1):
        found = balls.evaluate(program, x, order + 1 + spare, bits)
        if isinstance(found, Trouble):
            # a removable singularity vanishes once the series is longer than the order of its zeros
            if found is Trouble.SINGULAR:
                continue
            return found
        if len(found) > order:
            ball = found[order] * math.factorial(order)
            return ball if ball.is_finite() else Trouble.UNDECIDED
    return Trouble.SINGULAR


def _at_edge(program: Program, x: float, order: int, dtype: DType) -> Any:
    """The value where there is no series: at a pole, the end of a domain, a kink."""
    found = extended.evaluate(program, x, order + 1)[order]
    if isinstance(found, float) and math.isnan(found):
        found = limits.one_sided(program, x, order)
        if order and not (isinstance(found, float) and math.isnan(found)):
            value = _found(program, x, 0, dtype, 1.0)  # no slope without a value
            return value if isinstance(value, float) and math.isnan(value) else found
    return found


def _signed_zero(program: Program, x: float, order: int) -> float:
    """An exact zero with the sign that the formula's own operations give it."""
    found = extended.evaluate(program, x, order + 1)[order]
    return found if isinstance(found, float) and found == 0 else 0.0


def _decided(ball: Any, dtype: DType) -> float | None:
    """The number of the dtype that every number of the ball rounds to; None if there are two."""
    if ball.is_zero():
        return 0.0
    low, high = (nearest(*_parts(end), dtype) for end in (ball.lower(), ball.upper()))
    if low != high:
        return None
    if low == 0:
        if ball.lower() >= 0:
            return 0.0
        return -0.0 if ball.upper() <= 0 else None
    return low


def _is_known(ball: Any, dtype: DType) -> bool:
    """Whether errors in ulp can be measured from a ball."""
    bits = KNOWN_WELL if dtype.bits == 64 else KNOWN
    return bool(ball.rel_accuracy_bits() >= bits or abs(ball) < NOTHING)


def _as_tie(ball: Any, dtype: DType) -> Fraction | None:
    """The tie that the ball is within a relative 2^-TINY of, if there is one."""
    low, high = (nearest(*_parts(end), dtype) for end in (ball.lower(), ball.upper()))
    if not (math.isfinite(low) and math.isfinite(high)):
        return None
    middle = (Fraction(low) + Fraction(high)) / 2
    tie = arb(flint.fmpq(middle.numerator, middle.denominator))
    return middle if abs(ball - tie) < abs(tie) * arb((1, -TINY)) else None


def _parts(end: Any) -> tuple[int, int]:
    mantissa, exponent = end.man_exp()
    return int(mantissa), int(exponent)


def nearest(mantissa: int, exponent: int, dtype: DType) -> float:
    """mantissa * 2**exponent rounded to the dtype, ties to even; infinite if it overflows.

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


def _bits_of(value: Fraction) -> tuple[int, int]:
    """Mantissa and exponent of a rational number; the last bit is set if they are inexact."""
    shift = max(0, KEPT - value.numerator.bit_length() + value.denominator.bit_length())
    whole, rest = divmod(abs(value.numerator) << shift, value.denominator)
    sticky = (whole << 1) | bool(rest)
    return (sticky if value > 0 else -sticky), -shift - 1

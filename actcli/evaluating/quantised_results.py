"""True values with quantised numbers on either side, rounded once.

The function and the scales are composed to one program, exactly: f(scale * (code - zero_point)),
divided by the scale of the result. So there is one rounding, of the true value.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import flint
import numpy as np
from flint import arb
from numpy.typing import NDArray

from actcli.catalogue.bound import BoundActivation
from actcli.catalogue.definitions import Definition
from actcli.errors import UsageError
from actcli.evaluating import evaluate as core
from actcli.language import elementary, exact
from actcli.language.balls import LAST, LOCK
from actcli.language.parser import as_tree
from actcli.language.program import Program, build
from actcli.language.straight import straight
from actcli.language.tree import Apply, Call, Node, Number, Variable
from actcli.numerics.certified import FIRST_BITS, LOCKED, certified, nearest_number, true_value
from actcli.numerics.dtypes import DTYPES, Array, DType
from actcli.numerics.quantised import ROUNDINGS, AnyDType, Quantised, round_fraction

Floats = NDArray[np.float64]
#: Beyond this many quanta every code is saturated.
FAR = 1 << 20
FLOAT64 = DTYPES["float64"]


class WholeNumbers(DType):
    """Whole numbers as a format, so that ball arithmetic rounds to them: every ulp is 1."""

    @property
    def smallest_normal_exponent(self) -> int:
        return self.mantissa_bits

    @property
    def largest(self) -> float:
        return 2.0**self.mantissa_bits


WHOLE = WholeNumbers("whole", 8, 40)


class Key:
    """What a composed program depends on."""

    def __init__(self, bound: BoundActivation, given: AnyDType, out: AnyDType, order: int) -> None:
        self.bound, self.given, self.out, self.order = bound, given, out, order
        self.known = (
            *(id(bound.activation), bound.specification, bound.key),
            *(given.name, out.name, order),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and self.known == other.known

    def __hash__(self) -> int:
        return hash(self.known)


@lru_cache(maxsize=256)
def composed(key: Key) -> Program:
    """The program of one order as a function of codes, in units of the result's scale."""
    bound, given, out, order = key.bound, key.given, key.out, key.order
    x: Node = Variable("x")
    divisor: Node = Number(1.0)
    if isinstance(given, Quantised):
        scale = as_tree(given.scale)
        shifted = Call(elementary.SUBTRACT, (x, Number(float(given.zero_point))))
        x = Call(elementary.MULTIPLY, (scale, shifted))
        for _ in range(order):  # the derivative is that by the real number, not by the code
            divisor = Call(elementary.MULTIPLY, (divisor, scale))
    if isinstance(out, Quantised):
        divisor = Call(elementary.MULTIPLY, (divisor, as_tree(out.scale)))
    parameters = tuple((name, as_tree(value)) for name, value in bound.parameters.items())
    value: Node = Apply(Definition(bound.activation), parameters, x, bound.name)
    return build(Call(elementary.DIVIDE, (value, divisor)), {})


def results(
    bound: BoundActivation,
    x: Array,
    orders: Sequence[int],
    given: AnyDType,
    out: AnyDType,
    rounding: str = "half-even",
    saturate: bool = False,
) -> list[Array]:
    """The orders at x, shaped like x: codes if `out` is quantised, else numbers of that dtype.

    x: codes if `given` is quantised, else numbers of that dtype; never changed.
    rounding: one of `actcli.numerics.quantised.ROUNDINGS`, for codes; numbers of a floating-point
    dtype are rounded to nearest, ties to even, with `saturate` to the largest instead of infinity.
    Each is the true value, rounded once; codes saturate, and what is nan has the zero point.

    >>> from actcli.catalogue.specification import parse
    >>> from actcli.numerics.quantised import BASES
    >>> eighths = Quantised(BASES["int8"], 0.125)
    >>> results(parse("silu"), np.int8([-8, 0, 8]), (0, 1), eighths, eighths)
    [array([-2,  0,  6], dtype=int8), array([1, 4, 7], dtype=int8)]
    """
    if bound.activation.vector:
        raise UsageError(f"{bound.name} works on vectors; quantised dtypes are for single numbers")
    if isinstance(given, DType) and given == out:
        return core.evaluate(bound, x, orders, given, saturate)
    flat = np.ascontiguousarray(x).reshape(-1)
    if given.bits <= 16 and flat.size > 1 << given.bits:
        patterns = flat.view(given.unsigned)
        columns = [
            _all_inputs(Key(bound, given, out, order), rounding, saturate)[patterns]
            for order in orders
        ]
    else:
        columns = [
            _column(Key(bound, given, out, order), flat, rounding, saturate) for order in orders
        ]
    if isinstance(out, Quantised):
        columns = [out.saturated(column) for column in columns]
    return [column.reshape(x.shape) for column in columns]


def floors(
    bound: BoundActivation, x: Array, order: int, given: AnyDType, out: Quantised
) -> tuple[Floats, Floats]:
    """Quanta of one order at x, rounded down and rounded towards zero, not saturated; or nan.

    For what others may have computed: a value next to a whole number, which float64 cannot tell
    from it, counts as that number.
    """
    points = np.ascontiguousarray(x).reshape(-1).astype(np.float64)
    program = composed(Key(bound, given, out, order))
    low, high = np.full(points.size, np.nan), np.full(points.size, np.nan)
    _fill(program, points, order, low, high)
    left = np.isnan(low)
    if left.any():
        (low[left],) = (high[left],) = certified(program, points[left], (order,), FLOAT64)
    near = np.rint(low)
    value = np.where(np.floor(low) != np.floor(high), near, low)
    value = np.clip(value, -FAR, FAR)
    return np.floor(value), np.trunc(value)


@lru_cache(maxsize=16)
def _all_inputs(key: Key, rounding: str, saturate: bool) -> Array:
    """The column at every bit pattern, indexed by the pattern."""
    patterns = np.arange(1 << key.given.bits, dtype=key.given.unsigned)
    return _column(key, patterns.view(key.given.numpy), rounding, saturate)


def _column(key: Key, x: Array, rounding: str, saturate: bool) -> Array:
    """One order at x: whole numbers of quanta that are yet to saturate, or floats."""
    program, order, out = composed(key), key.order, key.out
    points = x.astype(np.float64)
    if isinstance(out, DType):
        return certified(program, points, (order,), out, saturate)[0]
    return quanta(program, points, order, rounding)


def quanta(program: Program, x: Floats, order: int, rounding: str) -> Floats:
    """One order of a program at any numbers, rounded to whole numbers, or nan.

    Values beyond ±FAR are ±FAR.
    """
    low = np.full(x.size, np.nan)
    high = low.copy()
    _fill(program, x, order, low, high)
    with np.errstate(all="ignore"):
        first, second = ROUNDINGS[rounding](low), ROUNDINGS[rounding](high)
        done = first == second
    for place in np.flatnonzero(~done).tolist():
        first[place] = _exactly(program, float(x[place]), order, rounding)
    found: Floats = np.clip(first, -FAR, FAR)
    return found


def _fill(program: Program, x: Floats, order: int, low: Floats, high: Floats) -> None:
    """The ends of balls around the values, where there are any."""
    places = np.flatnonzero(np.isfinite(x)).tolist()
    factor = math.factorial(order)
    for start in range(0, len(places), LOCKED):
        with LOCK:
            evaluate = straight(program, order + 1, FIRST_BITS)
            if evaluate is None:
                return
            flint.ctx.prec = FIRST_BITS
            for place in places[start : start + LOCKED]:
                found = evaluate(arb(float(x[place])))
                if found is None:
                    continue
                ball = found[order] * factor
                low[place] = math.nextafter(float(ball.lower()), -math.inf)
                high[place] = math.nextafter(float(ball.upper()), math.inf)


def _exactly(program: Program, x: float, order: int, rounding: str) -> float:
    """One value rounded: a ball has all its numbers on one side of a tie, a fraction may be one."""
    near = exact.evaluate(program, Fraction(x), order) if math.isfinite(x) else None
    value: Any
    if near is not None and near.rest is None and near.center:
        value = near.center
    else:
        value = _exact_if_a_point(true_value(program, x, order, WHOLE))
    if isinstance(value, Fraction):
        return float(round_fraction(max(min(value, Fraction(FAR)), Fraction(-FAR)), rounding))
    number = float(value) if isinstance(value, float) else float(value.mid())
    if math.isnan(number):
        return math.nan
    if not isinstance(value, float) and abs(number) < FAR:
        return nearest_number(value, WHOLE)
    return float(ROUNDINGS[rounding](np.float64(max(min(number, FAR), -FAR))))


def _exact_if_a_point(value: Any) -> Any:
    """A ball of a single number, which may be a tie, as a fraction."""
    if isinstance(value, float | Fraction) or not value.is_exact():
        return value
    mantissa, exponent = map(int, value.man_exp())
    if mantissa.bit_length() + exponent > FAR.bit_length():
        return math.copysign(math.inf, mantissa)
    return Fraction(mantissa) * Fraction(2) ** max(exponent, -LAST)

"""True values of many inputs at once, good to 100 bits and more, and their one correct rounding."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import repeat
from math import isfinite, isnan
from typing import Any

import mpmath
import numpy as np

from tests.oracle.arithmetics import ARITHMETICS, PI
from tests.support.formats import Format, round_fraction

Formula = Callable[..., tuple[Any, Any, Any]]
Array = np.ndarray[Any, Any]

#: Relative accuracy that a true value must have: twice the 53 bits of float64, and some.
GOOD_BITS = 110
FIRST_BITS = 160
LAST_BITS = 1 << 17
#: Below 2**-TINY every dtype rounds to 0, whatever the digits.
TINY = 1300
#: Bits enough for the digits of what is not quite 0 at any float64 input (5 times its exponent).
CANCELLED_BITS = 5 * 1074


@dataclass(frozen=True)
class Truth:
    """True values (high + low) * 2**scale; `high` is the float64 nearest to the scaled value."""

    high: Array
    low: Array
    scale: Array

    def __len__(self) -> int:
        return len(self.high)

    def __getitem__(self, chosen: Any) -> Truth:
        return Truth(self.high[chosen], self.low[chosen], self.scale[chosen])

    def fraction(self, index: int) -> Fraction:
        """One value as a fraction, as far as it is carried."""
        return (Fraction(self.high[index]) + Fraction(self.low[index])) * Fraction(2) ** int(
            self.scale[index]
        )


def parameters_for(m: Any, formula: Formula, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Every parameter of a formula as the arithmetic takes it (pi and infinities as they are)."""
    signature = list(inspect.signature(formula).parameters.values())[2:]
    found = {parameter.name: parameter.default for parameter in signature}
    unknown = set(settings) - set(found)
    if unknown:
        raise TypeError(f"{formula.__name__} has no parameter {sorted(unknown)}")
    found.update(settings)
    return {
        name: value if value is PI or value in (np.inf, -np.inf) else m.exact(value)
        for name, value in found.items()
    }


def is_rational(value: Any) -> bool:
    return not hasattr(value, "exp") and type(value) is not mpmath.mpf


def as_fraction(value: Any) -> Fraction:
    """An exact result (int, Fraction or flint's rational) as a Fraction."""
    if isinstance(value, (int, Fraction)):
        return Fraction(value)
    return Fraction(int(value.p), int(value.q))


class Evaluator:
    """One formula with its parameters, evaluated with as many bits as the input at hand needs."""

    def __init__(
        self, formula: Formula, settings: Mapping[str, Any], arithmetic: str | None = None
    ) -> None:
        self.m = ARITHMETICS[arithmetic or next(iter(ARITHMETICS))]
        self.formula = formula
        self.parameters = parameters_for(self.m, formula, settings)

    def __call__(self, x: Any, bits: int) -> tuple[Any, Any, Any]:
        with self.m.precision(bits):
            return self.formula(self.m, x, **self.parameters)

    def bounds(self, x: Any, order: int, bits: int) -> tuple[Fraction, Fraction]:
        """Two numbers that the true value lies between."""
        value = self(x, bits)[order]
        if is_rational(value):
            return as_fraction(value), as_fraction(value)
        if self.m.name == "arb":
            with self.m.precision(bits):  # the ends are rounded to it, too
                return exactly(value.lower()), exactly(value.upper())
        if value == 0 and bits < CANCELLED_BITS:
            return Fraction(-1), Fraction(1)
        rough = self(x, bits // 2)[order]
        exact = exactly(value)
        width = max(abs(exact - exactly(rough)), abs(exact) / 2 ** (bits - 16))
        return exact - width, exact + width

    def rounded(self, x: Any, order: int, form: Format) -> float:
        """The correct rounding, with as many bits as it takes to be sure of it."""
        bits = 2 * FIRST_BITS
        while bits <= LAST_BITS:
            ends = self.bounds(x, order, bits)
            low, high = (round_fraction(end, form) for end in ends)
            if low == high or (isnan(low) and isnan(high)):
                return high
            if 2 * bits > LAST_BITS and isfinite(low + high):
                tie = (Fraction(low) + Fraction(high)) / 2
                if ends[0] <= tie <= ends[1]:  # no chance brings a number that near to one
                    return round_fraction(tie, form)
            bits *= 2
        raise ArithmeticError(f"{self.formula.__name__}({x}) is in doubt with {LAST_BITS} bits")

    def pairs(self, x: Any) -> list[tuple[float, float, int]]:
        """The three orders as (high, low, scale)."""
        rigorous = self.m.name == "arb"
        bits, rough = FIRST_BITS, (None, None, None)
        while bits <= LAST_BITS:
            with self.m.precision(bits):
                values = self.formula(self.m, x, **self.parameters)
                if rigorous:
                    good = all(map(_ball_is_good, values))
                else:
                    good = all(map(_points_agree, values, rough, repeat(bits)))
                if good:
                    return [_pair(self.m.real(value)) for value in values]
            bits, rough = 2 * bits, values
        raise ArithmeticError(f"{self.formula.__name__}({x}) does not converge in {LAST_BITS} bits")

    def truths(self, xs: Sequence[float]) -> tuple[Truth, Truth, Truth]:
        """The three orders at many finite inputs."""
        rows = np.array([self.pairs(self.m.exact(x)) for x in xs], dtype=np.float64)
        rows = rows.reshape(len(xs), 3, 3)
        first, second, third = (
            Truth(rows[:, order, 0], rows[:, order, 1], rows[:, order, 2].astype(np.int32))
            for order in range(3)
        )
        return first, second, third


def _ball_is_good(value: Any) -> bool:
    if is_rational(value) or value.rel_accuracy_bits() >= GOOD_BITS:
        return True
    return bool(value.abs_upper() < ARITHMETICS["arb"].real(2) ** -TINY)


def _points_agree(value: Any, rough: Any, bits: int) -> bool:
    if is_rational(value):
        return True
    if rough is None:
        return False
    if value == 0 or rough == 0:  # all digits may have cancelled, twice
        return bool(value == rough and bits >= CANCELLED_BITS)
    tiny = mpmath.ldexp(1, -TINY)
    if abs(value) < tiny and abs(rough) < tiny:
        return True
    return bool(abs(value - rough) <= mpmath.ldexp(abs(value), -GOOD_BITS))


def _parts(value: Any) -> tuple[int, int]:
    """The midpoint of a number of either arithmetic as mantissa, exponent."""
    if hasattr(value, "mid"):
        mantissa, exponent = value.mid().man_exp()
        return int(mantissa), int(exponent)
    mantissa, exponent = value.man_exp  # without its sign
    return int(mantissa) if value > 0 else -int(mantissa), int(exponent)


def exactly(value: Any) -> Fraction:
    """A number of either arithmetic, or the middle of a ball, as the fraction that it is."""
    mantissa, exponent = _parts(value)
    return mantissa * Fraction(2) ** exponent


def _pair(value: Any) -> tuple[float, float, int]:
    """A number of either arithmetic as (high, low, scale)."""
    high = float(value)
    if 1e-250 < abs(high) < 1e300:
        return high, float(value - high), 0
    mantissa, exponent = _parts(value)
    if mantissa == 0:
        return 0.0, 0.0, 0
    size = mantissa.bit_length()
    if size > 200:
        mantissa, exponent = mantissa >> (size - 200), exponent + size - 200
    high = float(mantissa)
    return high, float(mantissa - int(high)), max(-20_000, min(20_000, exponent))

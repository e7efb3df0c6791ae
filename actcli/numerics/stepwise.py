"""A program computed literally: each operation on numbers of a dtype, rounded once to that dtype.

These are the results of a kernel that follows the formula: nothing is rearranged, an elementary
function is one operation, derivatives are those of forward differentiation. The numbers are held in
float64, which holds the numbers of every dtype, so no processor needs arithmetic that it may lack.

Sums, products, quotients and square roots of numbers of up to 24 bits are rounded twice, to float64
and to the dtype, with the same result as one rounding: float64 has more than 2 * 24 + 2 bits (S. A.
Figueroa, When is double rounding innocuous?, 1995). That holds for subnormal results too: products
and sums are exact there, and a quotient of such numbers differs from any tie by at least 2^-49 of
itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actcli.language import elementary
from actcli.language.elementary import Elementary
from actcli.language.jets import ONE, Jets
from actcli.language.program import Program, Step
from actcli.numerics.dtypes import Array, DType
from actcli.numerics.rounding import round_to

Floats = NDArray[np.float64]

#: Numbers held at once by all steps together.
HELD = 1 << 23
LEAST_BLOCK, MOST_BLOCK = 1 << 8, 1 << 16
#: Generous bounds on the errors of elementary functions in float64: the relative error and, for
#: sine and its kin, the error of the reduced argument.
RELATIVE = 2.0**-40
REDUCED = 2.0**-46
#: Beyond this erf and its kin are at their limits in float64.
SETTLED = 100.0
#: The precision in bits of powers in float64, and how many are computed while the lock is held.
BITS, LOCKED = 100, 1024
CONSTANTS = {"pi": math.pi, "e": math.e, "inf": math.inf, "true": True, "false": False}
BASIC = (elementary.ADD, elementary.SUBTRACT, elementary.MULTIPLY, elementary.DIVIDE)


def evaluate(
    program: Program,
    x: Array,
    orders: Sequence[int],
    dtype: DType,
    between: DType,
    saturate: bool = False,
    upstream: float = 1.0,
) -> list[Array]:
    """The orders at x, each shaped like x and of the dtype; steps are rounded to `between`.

    As a last step the derivative is multiplied by `upstream`.
    """
    arithmetic = Stepwise(between, saturate)
    flat = x.reshape(-1)
    count = max(orders) + 1
    columns = [np.empty(flat.shape, dtype.numpy) for _ in orders]
    size = min(MOST_BLOCK, max(LEAST_BLOCK, HELD // (count * len(program.steps))))
    with np.errstate(all="ignore"):
        for start in range(0, flat.size, size):
            part = slice(start, start + size)
            found = arithmetic.evaluate(program, arithmetic.rounded(flat[part]), count)
            for column, order in zip(columns, orders, strict=True):
                last = found[order]
                if order == 1 and upstream != 1:
                    last = arithmetic.rounded(last * arithmetic.rounded(upstream))
                column[part] = round_to(last, dtype, saturate=saturate)
    return [column.reshape(x.shape) for column in columns]


class Stepwise:
    """The arithmetic of one dtype; with `saturate` nothing overflows."""

    def __init__(self, dtype: DType, saturate: bool = False) -> None:
        self.dtype = dtype
        self.saturate = saturate

    def evaluate(self, program: Program, x: Floats, count: int) -> list[Floats]:
        """Value and derivatives at x, numbers of the dtype as float64."""
        found = Jets(self.leaf, self.apply).evaluate(program, {"x": (x, ONE, None)[:count]}, count)
        return [
            np.broadcast_to(np.float64(0.0 if part is None else part), x.shape) for part in found
        ]

    def steps(self, program: Program, x: Floats) -> list[Floats]:
        """The results of all steps at x; truth values are 1 and 0."""
        results: list[Any] = []
        for step in program.steps:
            if step.function is None:
                results.append(x if step.name == "x" else self.leaf(step))
            else:
                results.append(self.apply(step.function, [results[p] for p in step.places]))
        return [np.broadcast_to(np.asarray(result, np.float64), x.shape) for result in results]

    def rounded(self, values: Any) -> Floats:
        """The nearest numbers of the dtype."""
        wide = np.asarray(values).astype(np.float64)
        return round_to(wide, self.dtype, saturate=self.saturate).astype(np.float64)

    def leaf(self, step: Step) -> Any:
        """A number or constant, rounded to the dtype; infinity stays infinity in every dtype."""
        value = CONSTANTS[step.name] if step.name else step.value
        if isinstance(value, bool) or math.isinf(value):
            return np.asarray(value)
        return self.rounded(value)

    def apply(self, function: Elementary, arguments: Sequence[Any]) -> Any:
        """One operation."""
        if function is elementary.POWER_OF:
            return self._power(*np.broadcast_arrays(*map(np.atleast_1d, arguments)))
        if function in CHOICES:
            return CHOICES[function](*arguments)
        if function.smooth and function.name != "sqrt":
            return self._elementary(function, np.atleast_1d(arguments[0]))
        found = function.numpy(np, *arguments)
        return self.rounded(found) if function in BASIC or function.smooth else found

    def _elementary(self, function: Elementary, a: Floats) -> Floats:
        """An elementary function, correctly rounded."""
        if function.name == "erfinv":  # numpy lacks it
            rough = np.where(np.abs(a) < 1, a, np.where(np.abs(a) == 1, a * np.inf, np.nan))
            open_ = np.isfinite(rough) & (a != 0)
        else:
            rough = _rough(function, a)
            open_ = self._open(rough, _errors(function, a, rough)) & np.isfinite(a) & (a != 0)
        return self._decided(rough, open_, a, _alone(function))

    def _power(self, a: Floats, b: Floats) -> Floats:
        """a**b, correctly rounded."""
        rough = np.power(a, b)
        for exponent, known in ((1.0, a), (2.0, a * a), (-1.0, 1 / a)):
            rough = np.where(b == exponent, known, rough)
        open_ = self._open(rough, np.abs(rough) * RELATIVE)
        open_ &= np.isfinite(a) & np.isfinite(b) & (a != 0) & (b != 0) & (np.abs(a) != 1)
        open_ &= (np.abs(b) != 1) & (b != 2)
        if self.dtype.bits == 64:
            rough[open_], decided = _powers(a[open_], b[open_])
            open_[open_] = ~decided
        found = self.rounded(rough)
        for exponent in np.unique(b[open_]).tolist():
            here = open_ & (b == exponent)
            found[here] = self._decided(rough[here], here[here], a[here], _raised(exponent))
        return found

    def _open(self, rough: Floats, error: Floats) -> NDArray[np.bool_]:
        """Where an error leaves the rounding open: in float64 everywhere."""
        if self.dtype.bits == 64:
            return np.isfinite(rough)
        first, second = self.rounded(rough - error), self.rounded(rough + error)
        alike = (first == second) | (np.isnan(first) & np.isnan(second))
        return np.asarray(np.isfinite(rough) & ~alike)

    def _decided(
        self, rough: Floats, open_: NDArray[np.bool_], a: Floats, program: Program
    ) -> Floats:
        """The rounded results, those that are open from ball arithmetic."""
        found = self.rounded(rough)
        if open_.any():
            from actcli.numerics.certified import certified

            (exact,) = certified(program, a[open_], (0,), self.dtype, self.saturate)
            found[open_] = exact.astype(np.float64)
        return found


def _rough(function: Elementary, a: Floats) -> Floats:
    if function.name in ("erf", "erfc", "normal_cdf"):  # tabulated for moderate numbers only
        inside = np.clip(np.where(np.isnan(a), 0.0, a), -SETTLED, SETTLED)
        return np.where(np.isnan(a), a, function.numpy(np, inside))
    return np.asarray(function.numpy(np, a))


def _errors(function: Elementary, a: Floats, rough: Floats) -> Floats:
    errors = np.abs(rough) * RELATIVE
    if function.name in ("sin", "cos", "tan"):
        slope = 1 + rough * rough if function.name == "tan" else 1.0
        errors += np.where(np.abs(a) > 1, REDUCED * slope, 0.0)
    return np.asarray(errors)


def _powers(a: Floats, b: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """a**b in float64, and where it is correctly rounded."""
    import flint

    from actcli.language.balls import LOCK

    ends = np.empty((a.size, 2))
    pairs = list(zip(a.tolist(), b.tolist(), strict=True))
    for start in range(0, a.size, LOCKED):
        with LOCK:
            flint.ctx.prec = BITS
            for place, (base, exponent) in enumerate(pairs[start : start + LOCKED], start):
                ball = flint.arb(base) ** flint.arb(exponent)
                ends[place] = float(ball.lower()), float(ball.upper())
    return ends[:, 0], ends[:, 0] == ends[:, 1]


X = Step(None, name="x")


@lru_cache(maxsize=64)
def _alone(function: Elementary) -> Program:
    """The program that applies one function."""
    return Program((X, Step(function, (0,))))


@lru_cache(maxsize=64)
def _raised(exponent: float) -> Program:
    """The program that raises x to a power."""
    return Program((X, Step(None, value=exponent), Step(elementary.POWER_OF, (0, 1))))


def _maximum(a: Any, b: Any) -> Any:
    """maximum of IEEE 754-2019: nan if either is nan, and 0 is greater than -0."""
    return np.where(a > b, a, np.where(b > a, b, np.where((a == b) & (a != 0), a, a + b)))


def _minimum(a: Any, b: Any) -> Any:
    return -_maximum(-a, -b)


def _clip(a: Any, low: Any, high: Any) -> Any:
    return _minimum(_maximum(a, low), high)


#: Operations that choose among numbers; numpy leaves open which of two zeros it returns.
CHOICES: dict[Elementary, Callable[..., Any]] = {
    elementary.WHERE: np.where,
    elementary.MAXIMUM: _maximum,
    elementary.MINIMUM: _minimum,
    elementary.CLIP: _clip,
}

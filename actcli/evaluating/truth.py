"""True values before the final rounding, from which results are rounded and errors measured.

A fast path bounds its own error; what that leaves undecided comes from ball arithmetic (Ziv, 1991:
a result is used only if both ends of its error round alike). So the choice of method never changes
a value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from actcli.arithmetic import guarded, plain
from actcli.arithmetic.guarded import Guarded
from actcli.catalogue.bound import BoundActivation
from actcli.numerics.dtypes import DType
from actcli.numerics.rounding import round_to

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]


#: Double-double numbers processed at once, so that intermediate arrays stay in the cache.
PAIR_BLOCK = 1 << 13
#: The ratio of the errors in double-double and in float64: where the formulas lose digits to
#: cancellation in float64, they lose as many in double-double. The relative error of elementary
#: functions is below 2^-68 in double-double (2^-69 measured) and assumed to be 2^-50 in float64.
IN_TWO_PARTS = 2.0**-18
AT_LEAST = 2.0**-90
#: The relative error of unrounded values.
KNOWN = 2.0**-38
#: Beyond this, functions approach their limits monotonically.
FAR_OUT = 1024.0
#: With this many undecided values, the tails of zeros are looked for.
MANY = 64
#: Values outside these limits are left to ball arithmetic.
NORMAL = (1e-290, 1e290)


class Truth:
    """Values (high + low) * 2**exponent, elementwise; a low or exponent of None is all 0.

    low is at most half an ulp of high, and 0 for limits at infinities and nan.
    """

    __slots__ = ("exponent", "high", "low")

    def __init__(
        self, high: Array, low: Array | None = None, exponent: NDArray[np.int64] | None = None
    ) -> None:
        self.high = high
        self.low = low
        self.exponent = exponent

    def at(self, chosen: Any) -> Truth:
        """The values at some places."""
        low = None if self.low is None else self.low[chosen]
        exponent = None if self.exponent is None else self.exponent[chosen]
        return Truth(self.high[chosen], low, exponent)

    def size(self) -> Array:
        """The magnitudes in float64, where they may be 0 or infinite."""
        size: Array = np.abs(self.high)
        if self.exponent is None:
            return size
        # beyond the limits of ldexp every number is 0 or infinite anyway
        return np.ldexp(size, np.clip(self.exponent, -5000, 5000).astype(np.int32))

    def replaced(self, chosen: Any, others: Truth) -> Truth:
        """The values with others instead at some places."""

        def put(mine: NDArray[Any] | None, theirs: NDArray[Any] | None) -> NDArray[Any] | None:
            if mine is None and theirs is None:
                return None
            part = np.zeros(self.high.shape, theirs.dtype) if mine is None else mine.copy()  # type: ignore[union-attr]
            part[chosen] = 0 if theirs is None else theirs
            return part

        high = self.high.copy()
        high[chosen] = others.high
        return Truth(high, put(self.low, others.low), put(self.exponent, others.exponent))

    def units(self, step: NDArray[np.int64]) -> tuple[Array, Array]:
        """High and low parts as multiples of 2**step."""
        shift = -step if self.exponent is None else self.exponent - step
        # beyond the limits of ldexp every number is 0 or infinite anyway
        shift = np.clip(shift, -5000, 5000).astype(np.int32)
        low = np.zeros_like(self.high) if self.low is None else np.ldexp(self.low, shift)
        return np.ldexp(self.high, shift), low


class TrueValues:
    """The columns of an activation at numbers of a dtype, unrounded.

    The derivative is multiplied by `upstream`, the incoming gradient of a backward pass.
    """

    def __init__(
        self,
        bound: BoundActivation,
        orders: Sequence[int],
        dtype: DType,
        upstream: float | None = None,
    ) -> None:
        self.bound = bound
        self.orders = tuple(orders)
        self.dtype = dtype
        self.upstream = upstream

    def __call__(self, x: NDArray[Any]) -> list[Truth]:
        """The truth of each order at x, in one dimension."""
        with np.errstate(all="ignore"):
            wide = x.astype(np.float64)
            finite = np.isfinite(wide)
            every = bool(finite.all())
            inside = wide if every else np.where(finite, wide, 0.0)
            return [
                truth if every else self._with_limits(truth, order, wide, finite)
                for order, truth in zip(self.orders, self._finite(inside), strict=True)
            ]

    def _factor(self, order: int) -> float:
        return 1.0 if self.upstream is None or order != 1 else self.upstream

    def _with_limits(self, truth: Truth, order: int, wide: Array, finite: Mask) -> Truth:
        left, right = (end[order] * self._factor(order) for end in self.bound.limits)
        x = wide[~finite]
        limits = np.where(np.isnan(x), np.nan, np.where(x < 0, left, right))
        return truth.replaced(~finite, Truth(limits))

    def _finite(self, x: Array) -> list[Truth]:
        if self.bound.activation.formulas is None:
            return [self._certified(x, order) for order in self.orders]
        columns = self._in_float64(x) if self.dtype.bits < 64 else self._in_two_parts(x)
        return [
            self._patched(truth, decided, x, order)
            for order, (truth, decided) in zip(self.orders, columns, strict=True)
        ]

    def _certified(self, x: Array, order: int) -> Truth:
        from actcli.numerics.certified import certified_pairs

        pairs = certified_pairs(self.bound.program, x, order, self.dtype, self._factor(order))
        return Truth(pairs.high, pairs.low, pairs.exponent if pairs.exponent.any() else None)

    def _patched(self, truth: Truth, decided: Mask, x: Array, order: int) -> Truth:
        """The truth, with undecided values from ball arithmetic."""
        left = np.flatnonzero(~decided)
        if left.size > MANY:
            truth, decided = self._without_tails(truth, decided, x, order)
            left = np.flatnonzero(~decided)
        if not left.size:
            return truth
        better = self._signed_far_out(self._certified(x[left], order), x[left], order)
        truth = truth.replaced(left, better)
        return Truth(self._signed(truth.high, x, order), truth.low, truth.exponent)

    def _without_tails(
        self, truth: Truth, decided: Mask, x: Array, order: int
    ) -> tuple[Truth, Mask]:
        """The truth with the zeros of both tails filled in, and what is decided after that."""
        from actcli.numerics.tails import tails

        if self._factor(order) != 1:
            return truth, decided
        left, right = tails(self.bound.program, order)
        for end, beyond in ((left, x < left), (right, x > right)):
            beyond &= ~decided
            if not beyond.any():
                continue
            there = np.array([end])
            sign = self._signed_far_out(self._certified(there, order), there, order).high[0]
            truth = truth.replaced(beyond, Truth(np.copysign(0.0, sign)))
            decided = decided | beyond
        return truth, decided

    def _signed_far_out(self, truth: Truth, x: Array, order: int) -> Truth:
        """Zeros far out whose sign no precision decides get the sign of the result at FAR_OUT."""
        zero = (truth.high == 0) & (np.abs(x) > FAR_OUT)
        if not zero.any():
            return truth
        near = self._certified(np.copysign(FAR_OUT, x[zero]), order)
        high = truth.high.copy()
        high[zero] = np.copysign(0.0, near.high)
        return Truth(high, truth.low, truth.exponent)

    def _guarded(self, x: Array) -> list[tuple[Array, Array]]:
        formulas = self.bound.formulas(guarded, Guarded(x, np.zeros_like(x)))
        columns = []
        for order in self.orders:
            found = formulas[order]() * self._factor(order)
            high = self._signed(np.broadcast_to(found.value, x.shape), x, order)
            # the bounds were themselves rounded
            error = np.broadcast_to(found.error * (1 + 2.0**-20), x.shape)
            columns.append((high, error))
        return columns

    def _in_float64(self, x: Array) -> list[tuple[Truth, Mask]]:
        """Values without low parts, and where they decide."""
        return [(Truth(high), self._decides(high, error)) for high, error in self._guarded(x)]

    def _decides(self, high: Array, error: Array) -> Mask:
        exact = error == 0
        low, up = (
            np.where(exact, high, np.nextafter(end, towards))
            for end, towards in ((high - error, -np.inf), (high + error, np.inf))
        )
        first, second = round_to(low, self.dtype), round_to(up, self.dtype)
        least = self.dtype.smallest * 2.0**-10
        precise = (error <= np.abs(high) * KNOWN) | (np.abs(high) + error < least)
        # a result of 0 needs its sign
        precise &= exact | (np.abs(high) > error)
        decided: Mask = np.isfinite(error) & (first == second) & precise
        return decided

    def _in_two_parts(self, x: Array) -> list[tuple[Truth, Mask]]:
        """Values of about 106 bits, and where they decide."""
        blocks = range(0, x.size, PAIR_BLOCK) or [0]
        parts = [self._pairs(x[first : first + PAIR_BLOCK]) for first in blocks]
        columns = []
        for place, (order, (value, error)) in enumerate(
            zip(self.orders, self._guarded(x), strict=True)
        ):
            high, low, exponent = map(
                np.concatenate, zip(*(part[place] for part in parts), strict=True)
            )
            size = np.abs(value)
            lost = np.maximum(error / size * IN_TWO_PARTS, AT_LEAST)
            high = self._signed(high, x, order)
            exact = (error == 0) & (high == value)
            slack = np.abs(high) * lost
            decided = high + (low - slack) == high + (low + slack)
            decided &= (size > NORMAL[0]) & (size < NORMAL[1])
            truth = Truth(
                np.where(exact, value, high),
                np.where(exact, 0.0, low),
                np.where(exact, 0, exponent),
            )
            columns.append((truth, exact | decided))
        return columns

    def _pairs(self, x: Array) -> list[tuple[NDArray[Any], ...]]:
        """High, low and exponent of each order."""
        from actcli.arithmetic import double_double
        from actcli.arithmetic.pair import Pair

        formulas = self.bound.formulas(double_double, Pair.exactly(x))
        found = []
        for order in self.orders:
            pair = formulas[order]() * self._factor(order)
            exponent = np.zeros(x.shape, np.int64) if pair.exponent is None else pair.exponent
            found.append(np.broadcast_arrays(pair.high, pair.low, exponent, x)[:3])
        return found

    def _signed(self, high: Array, x: Array, order: int) -> Array:
        """Zeros at x = 0 get the sign that the formula gives them."""
        zero = (x == 0) & (high == 0)
        if not zero.any():
            return high
        if order == 0 and self.bound.facts.symmetry == "odd":
            signed = x[zero]
        else:
            formulas = self.bound.formulas(plain, x[zero])
            signed = np.asarray(formulas[order]()) * self._factor(order)
        high = high.copy()
        high[zero] = np.where(signed == 0, signed, high[zero])
        return high


def rounded(truth: Truth, dtype: DType, saturate: bool = False) -> NDArray[Any]:
    """True values rounded once to the dtype."""
    with np.errstate(all="ignore"):
        if truth.exponent is None:
            return round_to(truth.high, dtype, truth.low, saturate)
        # Subnormal numbers have fewer digits than high, so a multiple of one ulp is chosen.
        step = ulp_exponents(truth, dtype)
        high, low = truth.units(step)
        nearest = np.rint(high)
        rest = high - nearest  # exactly
        nearest += ((rest == 0.5) & (low > 0)) * 1.0 - ((rest == -0.5) & (low < 0)) * 1.0
        nearest = np.copysign(nearest, truth.high)
        result = np.ldexp(nearest, step.astype(np.int32))
        result = np.where(np.isfinite(truth.high), result, truth.high)
        return round_to(result, dtype, saturate=saturate)


def ulp_exponents(truth: Truth, dtype: DType) -> NDArray[np.int64]:
    """log2 of one ulp of the dtype at each true value; see `actcli.evaluating.distances`."""
    mantissa, exponent = np.frexp(truth.high)
    top = exponent.astype(np.int64) - 1
    if truth.low is not None:  # a value just below a power of two belongs to the binade below
        top -= (
            (np.abs(mantissa) == 0.5)
            & (np.signbit(truth.low) != np.signbit(mantissa))
            & (truth.low != 0)
        )
    if truth.exponent is not None:
        top = top + truth.exponent
    least = dtype.smallest_normal_exponent
    largest = int(np.frexp(dtype.largest)[1]) - 1
    top = np.where(mantissa == 0, least, np.clip(top, least, largest))
    return np.asarray(top - dtype.mantissa_bits)

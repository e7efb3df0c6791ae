"""True values before the final rounding: what results are judged by.

They are this package's own, which its tests prove against a reference in ball arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.arithmetic import double_double, plain
from actcli.arithmetic.pair import Pair
from actcli.catalogue.bound import BoundActivation
from actcli.numerics.dtypes import DType
from actcli.numerics.evaluate import PAIR_BLOCK
from actcli.numerics.landmarks import Landmarks
from actcli.numerics.rounding import round_to

Array = NDArray[np.float64]

#: How near to a tie of float32, in its ulp, float64 does not say on which side a value lies.
DOUBT = 2.0**-20
#: float64 has so many digits more than float32.
SPARE = 29
#: How near to a root, relatively, cancellation shows: that in float64 could in float32, and that
#: in double-double does in float64, whose terms of about 1 are good to this.
NEAR_ROOT = 2.0**-10
CANCELLED = 2.0**-76


class Truth(NamedTuple):
    """Values (high + low) * 2**exponent, elementwise; no low or no exponent is one of zeros.

    low is at most half an ulp of high. Limits at infinities and nan have no low. `doubt` is how
    far a value may be off, absolutely; without it, by no more than a thousandth of an ulp.
    """

    high: Array
    low: Array | None = None
    exponent: NDArray[np.int64] | None = None
    doubt: Array | None = None

    def at(self, chosen: Any) -> Truth:
        """The values at some places."""
        return Truth(*(None if part is None else part[chosen] for part in self))  # type: ignore[arg-type]

    def units(self, step: NDArray[np.int64]) -> tuple[Array, Array]:
        """High and low parts as multiples of 2**step."""
        shift = -step if self.exponent is None else self.exponent - step
        # beyond what ldexp takes every number is 0 or infinite already
        shift = np.clip(shift, -5000, 5000).astype(np.int32)
        low = np.zeros_like(self.high) if self.low is None else np.ldexp(self.low, shift)
        return np.ldexp(self.high, shift), low


class TrueValues:
    """The columns of an activation at numbers of a dtype, unrounded.

    `upstream` is the gradient that comes from above in a backward pass: the derivative is
    multiplied by it. 8, 16 and 64 bits are computed in double-double; float32 in float64, but in
    double-double next to roots and to ties, where float64 would leave a doubt. Next to roots
    float64 results are known to CANCELLED absolutely, and in doubt by that.
    """

    def __init__(
        self,
        bound: BoundActivation,
        orders: Sequence[int],
        dtype: DType,
        landmarks: Landmarks,
        upstream: float | None = None,
    ) -> None:
        self.bound = bound
        self.orders = tuple(orders)
        self.dtype = dtype
        self.roots = landmarks.roots
        self.upstream = upstream

    def __call__(self, x: NDArray[Any]) -> list[Truth]:
        """The truth of each order at x, in one dimension."""
        with np.errstate(all="ignore"):
            wide = x.astype(np.float64)
            finite = np.isfinite(wide)
            every = bool(finite.all())
            inside = wide if every else np.where(finite, wide, 0.0)
            found = self._plain(inside) if self.dtype.name == "float32" else self._wide(inside)
            return [
                truth if every else self._with_limits(truth, order, wide, finite)
                for order, truth in zip(self.orders, found, strict=True)
            ]

    def _factor(self, order: int) -> float:
        return 1.0 if self.upstream is None or order != 1 else self.upstream

    def _with_limits(self, truth: Truth, order: int, wide: Array, finite: NDArray[Any]) -> Truth:
        left, right = (end[order] * self._factor(order) for end in self.bound.limits)
        high = np.where(finite, truth.high, np.where(wide < 0, left, right))
        high[np.isnan(wide)] = np.nan
        low = None if truth.low is None else np.where(finite, truth.low, 0.0)
        exponent = None if truth.exponent is None else np.where(finite, truth.exponent, 0)
        return Truth(high, low, exponent, truth.doubt)

    def _plain(self, x: Array) -> list[Truth]:
        formulas = self.bound.formulas(plain, x)
        found = []
        for order in self.orders:
            high = self._signed(np.asarray(formulas[order]()), x, order) * self._factor(order)
            doubtful = np.flatnonzero(self._doubtful(high) | self._near_roots(x, order))
            if not doubtful.size:
                found.append(Truth(high))
                continue
            (better,) = self._double_double(x[doubtful], (order,))
            high, low = high.copy(), np.zeros_like(high)
            high[doubtful], low[doubtful] = better.high, better.low
            found.append(Truth(high, low))
        return found

    def _doubtful(self, high: Array) -> NDArray[np.bool_]:
        """Where high is too near to the middle between two float32 numbers."""
        # the digits beyond float32, moved to the top of a word: the first alone is set in a tie
        spare = high.view(np.uint64).astype(np.uint32) * np.uint32(1 << (32 - SPARE))
        near = np.uint32(DOUBT * 2**32)
        doubtful: NDArray[np.bool_] = (spare - np.uint32(1 << 31)) + near < 2 * near
        small = np.abs(high) < 2.0**self.dtype.smallest_normal_exponent
        if small.any():  # subnormal numbers have fewer digits
            units = np.abs(high[small]) / self.dtype.smallest
            doubtful[small] = np.abs(units - np.floor(units) - 0.5) < DOUBT
        return doubtful

    def _near_roots(self, x: Array, order: int) -> NDArray[np.bool_]:
        near = np.zeros(x.shape, bool)
        for root in self.roots[order]:
            near |= np.abs(x - root) <= NEAR_ROOT * abs(root)
        found: NDArray[np.bool_] = near & (x != 0)
        return found

    def _wide(self, x: Array) -> list[Truth]:
        found = self._double_double(x, self.orders)
        if self.dtype.name != "float64":
            return found
        return [
            truth._replace(doubt=self._doubt(x, order))
            for order, truth in zip(self.orders, found, strict=True)
        ]

    def _doubt(self, x: Array, order: int) -> Array | None:
        near = self._near_roots(x, order)
        if not near.any():
            return None
        scale = CANCELLED * abs(self._factor(order))
        return np.where(near, scale * np.maximum(1.0, np.abs(x)), 0.0)

    def _double_double(self, x: Array, orders: Sequence[int]) -> list[Truth]:
        blocks = range(0, x.size, PAIR_BLOCK) or [0]
        parts = [self._pairs(x[first : first + PAIR_BLOCK], orders) for first in blocks]
        return [_joined([part[i] for part in parts]) for i in range(len(orders))]

    def _pairs(self, x: Array, orders: Sequence[int]) -> list[Truth]:
        formulas = self.bound.formulas(double_double, Pair.exactly(x))
        found = []
        for order in orders:
            pair = formulas[order]()
            factor = self._factor(order)
            if factor != 1.0:
                scaled = pair * factor
                scaled.high = np.where(pair.high == 0, pair.high * factor, scaled.high)
                pair = scaled
            if self.dtype.name == "float64":
                exponent = np.zeros(x.shape, np.int64) if pair.exponent is None else pair.exponent
                truth = Truth(pair.high, pair.low, np.broadcast_to(exponent, x.shape))
            else:
                high, low = pair.collapsed()
                truth = Truth(high, np.where(np.isfinite(high), low, 0.0))
            found.append(truth._replace(high=self._signed(truth.high, x, order, factor)))
        return found

    def _signed(self, high: Array, x: Array, order: int, factor: float = 1.0) -> Array:
        """Zeros at x = 0 with the sign that they should have."""
        zero = (x == 0) & (high == 0)
        if not zero.any():
            return high
        if order == 0 and self.bound.activation.symmetry == "odd":
            signed = x[zero]
        else:
            signed = np.asarray(self.bound.formulas(plain, x[zero])[order]()) * factor
        high = high.copy()
        high[zero] = np.where(signed == 0, signed, high[zero])
        return high


def rounded(truth: Truth, dtype: DType, saturate: bool = False) -> NDArray[Any]:
    """True values rounded once to the dtype."""
    with np.errstate(all="ignore"):
        if truth.exponent is None:
            return round_to(truth.high, dtype, truth.low, saturate)
        # Subnormal numbers have fewer digits than high: a multiple of the least is chosen.
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
    """log2 of one ulp of the dtype at each true value; see `actcli.numerics.distances`."""
    mantissa, exponent = np.frexp(truth.high)
    top = exponent.astype(np.int64) - 1
    if truth.low is not None:  # just below a power of two is its lower binade
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


def _joined(parts: Sequence[Truth]) -> Truth:
    if len(parts) == 1:
        return parts[0]
    low = [part.low for part in parts if part.low is not None]
    exponent = [part.exponent for part in parts if part.exponent is not None]
    return Truth(
        np.concatenate([part.high for part in parts]),
        np.concatenate(low) if low else None,
        np.concatenate(exponent) if exponent else None,
    )

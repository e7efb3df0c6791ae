"""One correct rounding from double-double to any of the formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from actcli.numerics.dtypes import Array, DType

if TYPE_CHECKING:
    from numpy.typing import NDArray


def round_to(
    high: NDArray[np.float64],
    dtype: DType,
    low: NDArray[np.float64] | None = None,
    saturate: bool = False,
) -> Array:
    """high + low, rounded once (to nearest, ties to even) to a dtype, in the shape of high.

    `low` is at most half an ulp of high. What overflows is inf, or nan in a dtype without infinity;
    with `saturate` it is the largest finite number.
    """
    with np.errstate(all="ignore"):
        if dtype.name == "float64":
            result: Array = high
        elif dtype.in_numpy:
            exact = high if low is None else _to_odd(high, low)
            result = exact.astype(dtype.numpy)
        else:
            # ml_dtypes rounds float64 twice, by way of float32. So we round to float32 by round to
            # odd, after which a second rounding does no harm (Boldo and Melquiond, 2008).
            exact = high if low is None else _to_odd(high, low)
            single = exact.astype(np.float32)
            single = _to_odd(single, exact - single.astype(np.float64))
            result = single.astype(dtype.numpy)
        if saturate:
            wide = result.astype(np.float64)
            lost = ~np.isfinite(wide) & ~np.isnan(high)
            if lost.any():
                limit = np.copysign(dtype.largest, high[lost])
                result = result.copy()
                result[lost] = limit.astype(dtype.numpy)
    return result


def _to_odd(nearest: Array, rest: NDArray[np.float64]) -> Array:
    """nearest + rest rounded to odd: towards zero, with the last bit set if inexact."""
    unsigned = np.dtype(f"uint{8 * nearest.dtype.itemsize}")
    bits = nearest.view(unsigned)
    inexact = np.isfinite(nearest) & np.isfinite(rest) & (rest != 0)
    beyond = inexact & (np.signbit(nearest) != np.signbit(rest)) & (nearest != 0)
    overflow = np.isinf(nearest) & np.isinf(rest)
    odd = (bits - beyond.astype(unsigned)) | inexact.astype(unsigned)
    # what overflowed by rounding becomes the largest finite number, which is odd
    odd = np.where(overflow, bits - np.asarray(1, unsigned), odd)
    result: Array = odd.view(nearest.dtype)
    return result

"""One correct rounding from double-double to any of the formats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from actcli.numerics.dtypes import DType

if TYPE_CHECKING:
    from numpy.typing import NDArray


def round_to(
    high: NDArray[np.float64],
    dtype: DType,
    low: NDArray[np.float64] | None = None,
    saturate: bool = False,
) -> NDArray[Any]:
    """high + low, rounded once (to nearest, ties to even) to a dtype; the shape stays.

    `low` is what high leaves of the true value, at most half an ulp of it. What overflows is inf,
    or nan where the dtype has no infinity; with `saturate` it is the largest finite number.
    """
    with np.errstate(all="ignore"):
        if dtype.name == "float64":
            result: NDArray[Any] = high
        elif dtype.in_numpy:
            exact = high if low is None else _to_odd(high, low)
            result = exact.astype(dtype.numpy)
        else:
            # ml_dtypes rounds float64 by way of float32, which is once too often: float32 is
            # therefore rounded to odd, from where a second rounding does no harm (Boldo and
            # Melquiond, 2008).
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


def _to_odd(nearest: NDArray[Any], rest: NDArray[np.float64]) -> NDArray[Any]:
    """The nearest number or its neighbour: truncated towards zero, its last bit set if inexact."""
    unsigned = np.dtype(f"uint{8 * nearest.dtype.itemsize}")
    bits = nearest.view(unsigned)
    inexact = np.isfinite(nearest) & np.isfinite(rest) & (rest != 0)
    beyond = inexact & (np.signbit(nearest) != np.signbit(rest)) & (nearest != 0)
    overflow = np.isinf(nearest) & np.isinf(rest)
    odd = (bits - beyond.astype(unsigned)) | inexact.astype(unsigned)
    # an overflow by rounding is the largest finite number and more
    odd = np.where(overflow, bits - np.asarray(1, unsigned), odd)
    result: NDArray[Any] = odd.view(nearest.dtype)
    return result

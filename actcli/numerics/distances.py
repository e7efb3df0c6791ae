"""The error of a result in units in the last place (ulp).

The error is |got - true| / ulp(true): true is the unrounded value, and its ulp is the distance
between neighbouring numbers of the format in the binade of true, 2^floor(log2 |true|) and its
double. Below the least normal number it is the least subnormal one, beyond the largest number that
of the last binade. A correct rounding is at most 0.5 ulp off; the other neighbour at most 1 ulp.

What cannot be told in ulp is counted apart: a nan or an infinity where none is right, and none
where one is. Infinity is right (nan in a format without it) from half an ulp beyond the largest
number on, where rounding to nearest overflows. There the largest number is wrong, as is infinity
below.

Where the true value itself is known only to some absolute error (float64 next to a root: about
2^-76 max(1, |x|)), what lies within that is no error.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from actcli.numerics.dtypes import DType
from actcli.numerics.truth import Truth, ulp_exponents
from actcli.numerics.ulp import ulp

#: The bits of a float64 that are all 0 in a power of two.
FRACTION = (1 << 52) - 1


def ulp_distances(got: NDArray[Any], truth: Truth, dtype: DType) -> NDArray[np.float64]:
    """The error of finite results (numbers of the dtype, or such as float64); nan for others.

    An error of more than the largest float64 is inf.

    >>> from actcli.numerics.dtypes import DTYPES
    >>> truth = Truth(np.array([1.0, 0.1, 0.0]))
    >>> got = np.float32([1 + 2**-23, 0.1, 1e-45])
    >>> ulp_distances(got, truth, DTYPES["float32"]).round(6).tolist()
    [1.0, 0.2, 1.0]
    """
    with np.errstate(all="ignore"):
        values = got.astype(np.float64)
        if truth.exponent is None:
            low = 0.0 if truth.low is None else truth.low
            error = np.abs((values - truth.high) - low) / _ulp(truth, dtype)
        else:
            step = ulp_exponents(truth, dtype)
            shift = np.clip(-step, -5000, 5000).astype(np.int32)
            high, low = truth.units(step)
            error = np.abs((np.ldexp(values, shift) - high) - low)
            if truth.doubt is not None:
                error = np.maximum(error - np.ldexp(truth.doubt, shift), 0.0)
        finite = np.isfinite(values) & np.isfinite(truth.high)
    return error if finite.all() else np.where(finite, error, np.nan)


def _ulp(truth: Truth, dtype: DType) -> NDArray[np.float64]:
    """One ulp at each true value, where both are well inside of float64."""
    unit = ulp(truth.high, dtype)
    if truth.low is None:
        return unit
    # just below a power of two is its lower binade
    power = (truth.high.view(np.int64) & FRACTION) == 0
    lower = power & (truth.high * truth.low < 0)
    if not lower.any():
        return unit
    inside = np.abs(truth.high) < 2 * dtype.largest
    return np.where(lower & inside, np.maximum(unit / 2, dtype.smallest), unit)

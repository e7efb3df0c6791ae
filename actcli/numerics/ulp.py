"""Distances from true values in units in the last place (ulp) of a number format."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from actcli.numerics.dtypes import DType

Floats = NDArray[np.float64]

#: The bits of the exponent of a float64.
EXPONENT = 2047 << 52


def ulp(values: Floats, dtype: DType) -> Floats:
    """The gap between neighbours of the dtype at each value: that of the subnormals next to 0.

    >>> from actcli.numerics.dtypes import DTYPES
    >>> ulp(np.array([0.0, 1.0, 448.0]), DTYPES["float8_e4m3fn"]).tolist()
    [0.001953125, 0.125, 32.0]
    """
    # the exponent's bits alone are the power of two below; of inf and nan they are infinity
    powers = (np.asarray(values).view(np.int64) & EXPONENT).view(np.float64)
    top = 2.0 ** (int(np.frexp(dtype.largest)[1]) - 1)
    powers = np.clip(powers, 2.0**dtype.smallest_normal_exponent, top)
    units: Floats = powers * 2.0**-dtype.mantissa_bits
    return units


def ulp_errors(got: Floats, true: Floats, dtype: DType) -> Floats:
    """How far results of a dtype are above the true values, in ulp of the dtype there.

    Beyond the largest number a result of inf (of nan, where the dtype has no infinity) is right; a
    finite one is held against the first number that is missing. Otherwise inf is infinitely wrong,
    and nan is wrong without a direction: nan, but where the true value is nan as well.

    >>> from actcli.numerics.dtypes import DTYPES
    >>> got, true = np.array([1.125, 0.0, np.inf, np.nan]), np.array([1.1, 0.0, 3.0, 3.0])
    >>> ulp_errors(got, true, DTYPES["float8_e5m2"]).tolist()
    [0.09999999999999964, 0.0, inf, nan]
    """
    unit = ulp(true, dtype)
    with np.errstate(all="ignore"):
        first_missing = dtype.largest + ulp(np.array(dtype.largest), dtype)  # inf for float64
        limited = np.clip(true, -first_missing, first_missing)
        errors: Floats = (got - limited) / unit
        overflowing = np.abs(true) >= (dtype.largest + first_missing) / 2
    overflowed = got == np.copysign(np.inf, true) if dtype.has_infinity else np.isnan(got)
    right = (overflowing & overflowed) | (np.isnan(got) & np.isnan(true)) | (got == true)
    return np.where(right, 0.0, errors)

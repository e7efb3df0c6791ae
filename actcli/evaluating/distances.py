"""The error of a result in units in the last place (ulp).

The error is |got - true| / ulp(true), where true is the unrounded value and its ulp the distance
between neighbouring numbers of the format in the binade of true, from 2^floor(log2 |true|) to twice
that. Below the least normal number it is the least subnormal number, above the largest number the
ulp of the last binade. A correct rounding is off by at most 0.5 ulp, the other neighbour by at most
1 ulp.

Wrong results without an error in ulp are counted separately: a nan or infinity that is not right,
and a number where one is. Infinity (nan in a format without it) is right from half an ulp above the
largest number on, where rounding to nearest overflows; there the largest number is wrong, and
infinity is wrong below.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from actcli.evaluating.truth import Truth, rounded, ulp_exponents
from actcli.numerics.dtypes import Array, DType
from actcli.numerics.ulp import ulp

Floats = NDArray[np.float64]

#: The bits of a float64 that are 0 in a power of two.
FRACTION = (1 << 52) - 1


def ulp_distances(got: Array, truth: Truth, dtype: DType) -> Floats:
    """The error of finite results (of the dtype, or its numbers as float64); nan for others.

    An error beyond the largest float64 is inf.

    >>> from actcli.numerics.dtypes import DTYPES
    >>> truth = Truth(np.array([1.0, 0.1, 0.0]))
    >>> got = np.float32([1 + 2**-23, 0.1, 1e-45])
    >>> ulp_distances(got, truth, DTYPES["float32"]).round(6).tolist()
    [1.0, 0.2, 1.0]
    """
    with np.errstate(all="ignore"):
        values = got.astype(np.float64)
        error = np.abs(_above(values, truth, dtype))
        finite = np.isfinite(values) & np.isfinite(truth.high)
    return error if finite.all() else np.where(finite, error, np.nan)


def ulp_errors(got: Array, truth: Truth, dtype: DType) -> Floats:
    """The signed error of any result: positive where it is above the true value.

    The error of a right result is 0, also for infinity and nan. A finite result where infinity (or
    nan, in a format without it) is right is compared with the first number beyond the largest. The
    error of a wrong infinity is infinite, that of a wrong nan is nan.

    >>> from actcli.numerics.dtypes import DTYPES
    >>> got, true = np.array([1.125, 0.0, np.inf, np.nan]), np.array([1.1, 0.0, 3.0, 3.0])
    >>> ulp_errors(got, Truth(true), DTYPES["float8_e5m2"]).round(6).tolist()
    [0.1, 0.0, inf, nan]
    """
    with np.errstate(all="ignore"):
        values = got.astype(np.float64)
        right = rounded(truth, dtype).astype(np.float64)
        told = np.isfinite(values) & np.isfinite(right)
        errors = np.where(told, _above(values, truth, dtype), values - right)
        unit = ulp(np.array(dtype.largest), dtype)
        missing = np.copysign(dtype.largest + unit, truth.high)  # infinity for float64
        overflows = ~np.isfinite(right) & ~np.isnan(truth.high)
        errors = np.where(overflows & np.isfinite(values), (values - missing) / unit, errors)
        alike = (values == right) | (np.isnan(values) & np.isnan(right))
    return np.where(alike & ~told, 0.0, errors)


def absolute_distances(errors: Floats, truth: Truth, dtype: DType) -> Floats:
    """|got - true| of errors in ulp.

    >>> from actcli.numerics.dtypes import DTYPES
    >>> truth = Truth(np.array([1.0, 0.3]))
    >>> absolute_distances(np.array([2.0, 0.5]), truth, DTYPES["float16"]).tolist()
    [0.001953125, 0.0001220703125]
    """
    with np.errstate(all="ignore"):
        if truth.exponent is None:
            return np.asarray(errors * _ulp(truth, dtype))
        return np.asarray(np.ldexp(errors, -_shift(truth, dtype)))


def _above(values: Floats, truth: Truth, dtype: DType) -> Floats:
    """How many ulp the values are above the true ones."""
    if truth.exponent is None:
        low = 0.0 if truth.low is None else truth.low
        return np.asarray(((values - truth.high) - low) / _ulp(truth, dtype))
    high, lower = truth.units(ulp_exponents(truth, dtype))
    return np.asarray((np.ldexp(values, _shift(truth, dtype)) - high) - lower)


def _shift(truth: Truth, dtype: DType) -> NDArray[np.int32]:
    """The power of two that scales one ulp to 1, limited to what ldexp takes."""
    return np.clip(-ulp_exponents(truth, dtype), -5000, 5000).astype(np.int32)


def _ulp(truth: Truth, dtype: DType) -> Floats:
    """One ulp at each true value, if both are well within float64."""
    unit = ulp(truth.high, dtype)
    if truth.low is None:
        return unit
    # a value just below a power of two belongs to the binade below
    power = (truth.high.view(np.int64) & FRACTION) == 0
    lower = power & (truth.high * truth.low < 0)
    if not lower.any():
        return unit
    inside = np.abs(truth.high) < 2 * dtype.largest
    return np.where(lower & inside, np.maximum(unit / 2, dtype.smallest), unit)

"""The error of a result in units in the last place (ulp).

The error is |got - true| / ulp(true): true is the unrounded value, and its ulp is the distance
between neighbouring numbers of the format in the binade of true, 2^floor(log2 |true|) and its
double. Below the least normal number it is the least subnormal one, beyond the largest number that
of the last binade. A correct rounding is at most 0.5 ulp off; the other neighbour at most 1 ulp.

What cannot be told in ulp is counted apart: a nan or an infinity where none is right, and none
where one is. Infinity is right (nan in a format without it) from half an ulp beyond the largest
number on, where rounding to nearest overflows. There the largest number is wrong, as is infinity
below.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from actcli.evaluating.truth import Truth, rounded, ulp_exponents
from actcli.numerics.dtypes import DType
from actcli.numerics.ulp import ulp

Floats = NDArray[np.float64]

#: The bits of a float64 that are all 0 in a power of two.
FRACTION = (1 << 52) - 1


def ulp_distances(got: NDArray[Any], truth: Truth, dtype: DType) -> Floats:
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
        error = np.abs(_above(values, truth, dtype))
        finite = np.isfinite(values) & np.isfinite(truth.high)
    return error if finite.all() else np.where(finite, error, np.nan)


def ulp_errors(got: NDArray[Any], truth: Truth, dtype: DType) -> Floats:
    """How far results are above the true values: the error with a sign, for any result.

    What is right is 0 off, infinities and nan too. A finite result where infinity (or nan, in a
    format without it) is right is held against the first number that is missing. An infinity is
    infinitely wrong elsewhere, and nan has no direction: nan.

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


def _above(values: Floats, truth: Truth, dtype: DType) -> Floats:
    """How many ulp the values are above the true ones."""
    if truth.exponent is None:
        low = 0.0 if truth.low is None else truth.low
        return np.asarray(((values - truth.high) - low) / _ulp(truth, dtype))
    high, lower = truth.units(ulp_exponents(truth, dtype))
    return np.asarray((np.ldexp(values, _shift(truth, dtype)) - high) - lower)


def _shift(truth: Truth, dtype: DType) -> NDArray[np.int32]:
    """The power of two that makes one ulp 1, as far as ldexp takes it."""
    return np.clip(-ulp_exponents(truth, dtype), -5000, 5000).astype(np.int32)


def _ulp(truth: Truth, dtype: DType) -> Floats:
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

"""The regions in which errors are reported, by the input and the true result."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from actcli.numerics.dtypes import DType

#: The names of the regions by code, from left to right.
NAMES = (
    "near overflow, x < 0",
    "saturated, x < 0",
    "subnormal results, x < 0",
    "negative tail",
    "around zero",
    "subnormal inputs",
    "positive tail",
    "subnormal results, x > 0",
    "saturated, x > 0",
    "near overflow, x > 0",
    "infinities and nan",
)
LEFT_OVERFLOW, LEFT_SATURATED, LEFT_SUBNORMAL, LEFT_TAIL, AROUND, SUBNORMAL_INPUTS = range(6)
RIGHT_TAIL, RIGHT_SUBNORMAL, RIGHT_SATURATED, RIGHT_OVERFLOW, NOT_FINITE = range(6, 11)


def codes(
    x: NDArray[np.float64],
    size: NDArray[np.float64],
    wanted: NDArray[np.float64],
    ends: tuple[float, float],
    middle: tuple[float, float],
    dtype: DType,
    x_dtype: DType,
) -> NDArray[np.intp]:
    """The region of each input.

    `size` is the magnitude of the true value, `wanted` that value rounded, `ends` the rounded
    limits of the column and `middle` the interval between the tails. Results are of the `dtype`,
    inputs of `x_dtype`.
    """
    least = 2.0**dtype.smallest_normal_exponent
    left, right = x < middle[0], x > middle[1]
    found = np.full(x.shape, AROUND, np.intp)

    def mark(where: Any, negative: int, positive: int) -> None:
        found[where & (x < 0)] = negative
        found[where & (x > 0)] = positive

    mark(left | right, LEFT_TAIL, RIGHT_TAIL)
    small = (size < least) & (size > 0)
    if small.any():
        mark(small, LEFT_SUBNORMAL, RIGHT_SUBNORMAL)
    for side, end, code in ((left, ends[0], LEFT_SATURATED), (right, ends[1], RIGHT_SATURATED)):
        if np.isfinite(end):
            found[side & (wanted == end)] = code
    large = size >= dtype.largest / 2
    if large.any():
        mark(large, LEFT_OVERFLOW, RIGHT_OVERFLOW)
    magnitude = np.abs(x)
    normal = 2.0**x_dtype.smallest_normal_exponent
    found[(magnitude < normal) & (magnitude > 0)] = SUBNORMAL_INPUTS
    found[~np.isfinite(magnitude)] = NOT_FINITE
    return found

"""The inputs at which backends are compared: those asked for, and where they often differ."""

from __future__ import annotations

import numpy as np

from actcli.catalogue.bound import BoundActivation
from actcli.numerics.dtypes import Array, DType
from actcli.numerics.rounding import round_to

#: Possible distances between points, the smallest first, and the largest number of points.
STEPS = (0.5, 1.0, 2.0)
MODEST = 13


def modest_count(width: float) -> int:
    """The number of points for an interval around 0 that makes them round numbers.

    >>> modest_count(6.0), modest_count(10.0), modest_count(18.0)
    (13, 11, 13)
    """
    for step in STEPS:
        count = width / step
        if count < MODEST and count % 2 == 0:
            return int(count) + 1
    return MODEST


def with_landmarks(asked: Array, bound: BoundActivation, dtype: DType) -> Array:
    """The given numbers, breakpoints, infinities and largest finite numbers, sorted, nan last.

    >>> from actcli.catalogue.specification import parse
    >>> from actcli.numerics.dtypes import DTYPES
    >>> with_landmarks(np.float16([2, 1]), parse("relu"), DTYPES["float16"]).tolist()
    [-inf, -65504.0, 0.0, 1.0, 2.0, 65504.0, inf]
    """
    marks = [float(point.x) for point in bound.breakpoints if np.isfinite(float(point.x))]
    marks += [-dtype.largest, dtype.largest]
    if dtype.has_infinity:
        marks += [-np.inf, np.inf]
    every = np.concatenate([asked, round_to(np.array(marks), dtype)])
    _, first = np.unique(every.astype(np.float64), return_index=True)
    chosen: Array = every[first]
    return chosen

"""Points of a range: the true points, rounded once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from actcli.arithmetic.pair import Pair
from actcli.numerics.dtypes import Array, DType
from actcli.numerics.rounding import round_to

if TYPE_CHECKING:
    pass


def points(start: float, stop: float, num: int, first: int, last: int, dtype: DType) -> Array:
    """Points first to last - 1 of `num` evenly spaced ones from start to stop, as a 1-D array.

    Each is the true point rounded once to the dtype, so a symmetric range has symmetric points and
    both ends are hit exactly. Any part of a range costs only its own length.

    >>> from actcli.numerics.dtypes import DTYPES
    >>> points(-1.0, 1.0, 5, 0, 5, DTYPES["float32"]).tolist()
    [-1.0, -0.5, 0.0, 0.5, 1.0]
    """
    index = np.arange(first, last, dtype=np.float64)
    if num == 1:
        return round_to(np.full_like(index, start), dtype)
    # (start (n - 1 - i) + stop i)/(n - 1): products and sum are exact in double-double
    steps = float(num - 1)
    total = Pair.exactly(steps - index) * start + Pair.exactly(index) * stop
    high, low = (total / steps).collapsed()
    ends = (index == 0) | (index == steps)
    high = np.where(index == 0, start, np.where(index == steps, stop, high))
    return round_to(high, dtype, np.where(ends, 0.0, low))

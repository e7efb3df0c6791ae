"""A point, or a range of any number of evenly spaced points, computed when they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from actcli.arithmetic.pair import Pair
from actcli.errors import UsageError
from actcli.numerics.dtypes import Array, DType
from actcli.numerics.rounding import round_to
from actcli.sources.arrays import ArraySource
from actcli.sources.base import Held

if TYPE_CHECKING:
    #: Points first to last - 1 of a range, given start, stop, number, first, last and dtype.
    Points = Callable[[float, float, int, int, int, DType], Array]


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


#: Points computed at a time: few enough for the processor's cache, many enough that the work per
#: block does not count.
AT_ONCE = 8192


class RangeSource(Held):
    """`count` numbers from start to stop; UsageError if the dtype cannot hold these ends."""

    def __init__(self, start: float, stop: float, count: int, dtype: DType, points: Points) -> None:
        self.start = start
        self.stop = stop
        self.count = count
        self.dtype = dtype
        self.points = points
        self.origin = (start, stop, count)
        for end, place in ((start, 0), (stop, count - 1)):
            if not np.isfinite(self.part(place, place + 1)[0]):
                raise UsageError(
                    f"{end!r} is beyond {dtype.name}, which ends at {dtype.largest:.8g}"
                )

    def between(self, first: int, last: int, size: int) -> Iterator[Array]:
        return super().between(first, last, min(size, AT_ONCE))

    def part(self, first: int, last: int) -> Array:
        return self.points(self.start, self.stop, self.count, first, last, self.dtype)


def point_source(value: float, dtype: DType) -> ArraySource:
    """One number, rounded to the dtype; it may be infinite or nan."""
    return ArraySource(round_to(np.array([value]), dtype), value, scalar=True)

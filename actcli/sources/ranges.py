"""A point, or a range of any number of evenly spaced ones, computed where they are looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from actcli.errors import UsageError
from actcli.numerics.rounding import round_to
from actcli.sources.base import BLOCK

if TYPE_CHECKING:
    from actcli.backends.base import Backend
    from actcli.columns import Array, Origin
    from actcli.numerics.dtypes import DType


def range_source(
    start: float, stop: float, count: int, dtype: DType, backend: Backend
) -> RangeSource:
    """A range whose ends the dtype can hold; UsageError if it cannot."""
    source = RangeSource(start, stop, count, dtype, backend)
    for end, position in ((start, 0), (stop, count - 1)):
        if not np.isfinite(source.part(position, position + 1)[0]):
            raise UsageError(f"{end!r} is beyond {dtype.name}, which ends at {dtype.largest:.8g}")
    return source


class RangeSource:
    """`count` points from start to stop, both included, as the backend rounds them to the dtype."""

    scalar = False

    def __init__(
        self, start: float, stop: float, count: int, dtype: DType, backend: Backend
    ) -> None:
        self.start = start
        self.stop = stop
        self.count = count
        self.dtype = dtype
        self.backend = backend

    @property
    def origin(self) -> Origin:
        return self.start, self.stop, self.count

    def blocks(self) -> Iterator[Array]:
        return self.between(0, self.count)

    def between(self, first: int, last: int) -> Iterator[Array]:
        for start in range(first, last, BLOCK):
            yield self.part(start, min(start + BLOCK, last))

    def part(self, first: int, last: int) -> Array:
        return self.backend.points(self.start, self.stop, self.count, first, last, self.dtype)

    def held(self) -> RangeSource:
        return self


class PointSource:
    """One number, rounded to the dtype; it may be infinite or nan."""

    scalar = True
    count = 1

    def __init__(self, value: float, dtype: DType) -> None:
        self.value = value
        self.dtype = dtype

    @property
    def origin(self) -> Origin:
        return self.value

    def blocks(self) -> Iterator[Array]:
        yield self.part(0, 1)

    def part(self, first: int, last: int) -> Array:
        return round_to(np.array([self.value]), self.dtype)[first:last]

    def held(self) -> PointSource:
        return self

"""Values in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from actcli.sources.base import Held

if TYPE_CHECKING:
    from actcli.columns import Origin
    from actcli.numerics.dtypes import Array, DType


class ArraySource(Held):
    """The values of a one-dimensional array."""

    def __init__(self, values: Array, origin: Origin = None, scalar: bool = False) -> None:
        self.values = values
        self.count = len(values)
        self.origin = origin
        self.scalar = scalar

    def part(self, first: int, last: int) -> Array:
        return self.values[first:last]


class VectorsSource(ArraySource):
    """The rows of a two-dimensional array, as if each had been read from a line."""

    def __init__(self, rows: Array) -> None:
        super().__init__(rows.reshape(-1))
        self.rows = rows

    def vectors(self) -> Iterator[tuple[int, Array]]:
        yield 1, self.rows


def read_all(blocks: Iterable[Array], dtype: DType, origin: Origin = None) -> ArraySource:
    """Copy blocks, each of which is valid only until the next, into one array."""
    copies = [block.copy() for block in blocks]
    return ArraySource(np.concatenate([np.zeros(0, dtype.numpy), *copies]), origin)

"""Values that are in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from actcli.sources.base import BLOCK

if TYPE_CHECKING:
    from actcli.columns import Array, Origin


class ArraySource:
    """The values of a one-dimensional array."""

    def __init__(self, values: Array, origin: Origin = None, scalar: bool = False) -> None:
        self.values = values
        self.origin = origin
        self.scalar = scalar

    @property
    def count(self) -> int:
        return len(self.values)

    def blocks(self) -> Iterator[Array]:
        return self.blocks_of(BLOCK)

    def blocks_of(self, size: int) -> Iterator[Array]:
        """The same, so many in each block but the last."""
        for first in range(0, self.count, size):
            yield self.values[first : first + size]

    def part(self, first: int, last: int) -> Array:
        return self.values[first:last]

    def held(self) -> ArraySource:
        return self

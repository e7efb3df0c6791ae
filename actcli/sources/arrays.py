"""Values that are in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from actcli.columns import EDGE, THRESHOLD
from actcli.sources.base import BLOCK

if TYPE_CHECKING:
    from actcli.columns import Array


class ArraySource:
    """The values of a one-dimensional array, with an expression of their own or a list of them."""

    def __init__(self, values: Array, expression: str | None = None, scalar: bool = False) -> None:
        self.values = values
        self.known_as = expression
        self.scalar = scalar

    @property
    def count(self) -> int:
        return len(self.values)

    @property
    def expression(self) -> str:
        if self.known_as is not None:
            return self.known_as
        if self.count <= THRESHOLD:
            return f"tf.constant([{_listed(self.values)}])"
        head, tail = _listed(self.values[:EDGE]), _listed(self.values[-EDGE:])
        return f"tf.constant([{head}, ..., {tail}])"

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


def _listed(values: Array) -> str:
    return ", ".join(repr(float(value)) for value in values)

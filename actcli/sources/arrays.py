"""Values that are in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from actcli.columns import EDGE, THRESHOLD
from actcli.sources.base import BLOCK

if TYPE_CHECKING:
    from actcli.columns import Array


class ArraySource:
    """The values of a one-dimensional array."""

    scalar = False

    def __init__(self, values: Array) -> None:
        self.values = values

    @property
    def count(self) -> int:
        return len(self.values)

    @property
    def expression(self) -> str:
        if self.count <= THRESHOLD:
            return f"tf.constant([{_listed(self.values)}])"
        head, tail = _listed(self.values[:EDGE]), _listed(self.values[-EDGE:])
        return f"tf.constant([{head}, ..., {tail}])"

    def blocks(self) -> Iterator[Array]:
        for first in range(0, self.count, BLOCK):
            yield self.values[first : first + BLOCK]

    def part(self, first: int, last: int) -> Array:
        return self.values[first:last]

    def held(self) -> ArraySource:
        return self


def _listed(values: Array) -> str:
    return ", ".join(repr(float(value)) for value in values)

"""What flows from a backend to a format: named columns of equal length, block by block."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from actcli.catalogue.bound import BoundActivation
    from actcli.numerics.dtypes import DType

    Array = NDArray[np.generic[Any]]
    #: Where x is from: the start, the stop and the number of points of a range; a point as it was
    #: given; the Python expression that reads an array; or nothing but its numbers.
    Origin = tuple[float, float, int] | float | str | None
    #: Writes rows of a two-dimensional array to a column: told the place of the first number, and
    #: how many places further each next row begins.
    WriteRows = Callable[[Array, int, int], None]

#: The columns that are computed, and the order of the derivative that each is.
ORDERS = {"y": 0, "dy": 1, "d2y": 2}
#: Every column.
COLUMNS = ("x", *ORDERS)

#: Past this many values only the ends are printed by formats that print arrays, as numpy has it...
THRESHOLD = 1000
#: ... which is this many values at each end.
EDGE = 3


class Columns:
    """Columns that are computed when they are asked for, so that any number of rows fits."""

    #: The columns, in the order in which they are shown.
    names: tuple[str, ...]
    #: The dtype of all of them.
    dtype: DType
    #: What y is of x.
    function: BoundActivation
    #: Where x is from.
    origin: Origin = None
    #: The number of rows; None while it is not known because the input is being read.
    count: int | None
    #: Whether the one row is a number, not an array of one.
    scalar = False
    #: Whether the rows are in Fortran's order of their shape: the first index runs fastest.
    fortran = False

    def shape_of(self, name: str) -> tuple[int, ...]:
        """The shape that a column of a known count has as an array."""
        assert self.count is not None, "columns are made whole before they have a shape"
        return () if self.scalar else (self.count,)

    def large_blocks(self, names: Sequence[str]) -> Iterator[list[Array]]:
        """The rows of the named columns in order, as one-dimensional arrays as large as they are
        best computed. A block is good until the next one is asked for.
        """
        raise NotImplementedError

    def blocks(self, names: Sequence[str] | None = None) -> Iterator[list[Array]]:
        """The same, of all columns if none are named, small enough to be written as text."""
        return self.large_blocks(names or self.names)

    def scatter(self, name: str, write: WriteRows) -> bool:
        """Compute a column in another order, or in several processes, and write all of it.

        False, with nothing written, if its own order is as good.
        """
        return False

    def column(self, name: str) -> Array:
        """All of one column whose count is known."""
        import numpy as np

        values = np.empty(math.prod(self.shape_of(name)), self.dtype.numpy)
        first = 0
        for (block,) in self.large_blocks((name,)):
            values[first : first + len(block)] = block
            first += len(block)
        return values

    def shown(self) -> list[Array]:
        """Every value of each column or, past THRESHOLD, the EDGE first and last ones."""
        return [ends(self.column(name)) for name in self.names]

    def whole(self) -> Columns:
        """The same columns with a known count, and blocks that can be had more than once."""
        return self


def with_x(
    x: Array, names: Sequence[str], compute: Callable[[list[int]], list[Array]]
) -> list[Array]:
    """The named columns at x; `compute` gives those that are orders of a function."""
    computed = [name for name in names if name in ORDERS]
    columns = {"x": x}
    if computed:
        values = compute([ORDERS[name] for name in computed])
        columns.update(zip(computed, values, strict=True))
    return [columns[name] for name in names]


def ends(column: Array) -> Array:
    """All of a column or, past THRESHOLD, the EDGE first and last values."""
    import numpy as np

    if len(column) <= THRESHOLD:
        return column
    return np.concatenate((column[:EDGE], column[-EDGE:]))

"""What goes from a backend to a format: named columns of equal length, block by block."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from actcli.catalogue.bound import BoundActivation
    from actcli.numerics.dtypes import Array, DType
    from actcli.numerics.quantised import AnyDType

    #: Where x is from: start, stop and number of points of a range; a point as given; the Python
    #: expression that reads an array; or None for bare numbers.
    Origin = tuple[float, float, int] | float | str | None
    #: Writes the rows of a two-dimensional array to a column, given the place of the first number
    #: and the distance between the beginnings of rows.
    WriteRows = Callable[[Array, int, int], None]

#: The columns that are computed, and the order of derivative of each.
ORDERS = {"y": 0, "dy": 1, "d2y": 2}
COLUMNS = ("x", *ORDERS)

#: Longer arrays are printed as numpy does, only with their ends...
THRESHOLD = 1000
#: ... of this many values each.
EDGE = 3


class Columns:
    """Columns that are computed when they are needed, so that any number of rows is possible."""

    #: The columns, in the order in which they are shown.
    names: tuple[str, ...]
    dtype: DType
    function: BoundActivation
    origin: Origin = None
    #: The number of rows; None until a stream has been read.
    count: int | None
    #: Whether the only row is a number rather than an array of one.
    scalar = False
    #: Whether the rows are in Fortran's order of their shape, the first index running fastest.
    fortran = False

    def dtype_of(self, name: str) -> AnyDType:
        """The dtype of a column, which is another than `dtype` only where some are quantised."""
        return self.dtype

    @property
    def dtypes(self) -> list[AnyDType]:
        """The dtypes of all columns."""
        return [self.dtype_of(name) for name in self.names]

    def shape_of(self, name: str) -> tuple[int, ...]:
        """The shape of a column, of known count, as an array."""
        raise NotImplementedError

    def large_blocks(self, names: Sequence[str]) -> Iterator[list[Array]]:
        """The rows of the named columns in order, as one-dimensional arrays of the size that is
        best to compute. A block is valid until the next one is asked for.
        """
        raise NotImplementedError

    def blocks(self, names: Sequence[str] | None = None) -> Iterator[list[Array]]:
        """The same, small enough to be written as text; of all columns if none are named."""
        return self.large_blocks(names or self.names)

    def scatter(self, name: str, write: WriteRows) -> bool:
        """Compute a column out of order, or in several processes, and write all of it.

        False, with nothing written, if that has no advantage.
        """
        return False

    def column(self, name: str) -> Array:
        """All of one column of known count."""
        import numpy as np

        values = np.empty(math.prod(self.shape_of(name)), self.dtype_of(name).numpy)
        first = 0
        for (block,) in self.large_blocks((name,)):
            values[first : first + len(block)] = block
            first += len(block)
        return values

    def shown(self) -> list[Array]:
        """All values of each column or, beyond THRESHOLD, the EDGE first and last ones."""
        return [ends(self.column(name)) for name in self.names]

    def whole(self) -> Columns:
        """The same columns with a known count, and blocks that can be computed again."""
        return self


def ends(column: Array) -> Array:
    """All of a column or, beyond THRESHOLD, the EDGE first and last values."""
    import numpy as np

    if len(column) <= THRESHOLD:
        return column
    return np.concatenate((column[:EDGE], column[-EDGE:]))

"""What flows from a backend to a format: named columns of equal length, block by block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from actcli.numerics.dtypes import DType

    Array = NDArray[np.generic[Any]]
    #: Rows of a two-dimensional array, the place of the first in a column, and how many places
    #: further each next one begins.
    Strip = tuple[int, int, Array]

#: The columns that are computed, and the order of the derivative that each is.
ORDERS = {"y": 0, "dy": 1, "d2y": 2}
#: Every column.
COLUMNS = ("x", *ORDERS)

#: Past this many values only the ends are printed by formats that print arrays, as numpy has it...
THRESHOLD = 1000
#: ... which is this many values at each end.
EDGE = 3


class Columns(Protocol):
    """Columns that are computed when they are asked for, so that any number of rows fits."""

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, in the order in which they are shown."""

    @property
    def dtype(self) -> DType:
        """The dtype of all of them."""

    @property
    def count(self) -> int | None:
        """The number of rows; None while it is not known because the input is being read."""

    @property
    def scalar(self) -> bool:
        """Whether the one row is a number, not an array of one."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape that a column of a known count has as an array."""

    @property
    def fortran(self) -> bool:
        """Whether the rows are in Fortran's order of that shape: the first index runs fastest."""

    @property
    def divisible(self) -> bool:
        """Whether rows can be had from anywhere, by `between`."""

    @property
    def headings(self) -> Mapping[str, str]:
        """For each column, the assignment in TensorFlow's terms that would give it."""

    @property
    def first_id(self) -> int | None:
        """The id of the tensor of x, where tensors are numbered."""

    def blocks(self, names: Sequence[str] | None = None) -> Iterator[list[Array]]:
        """The rows in order, as one-dimensional arrays; of the named columns only, if any are.

        A block is good until the next one is asked for, and small enough to be written as text.
        """

    def large_blocks(self, names: Sequence[str]) -> Iterator[list[Array]]:
        """The same, in blocks as large as they are best computed."""

    def between(self, first: int, last: int, names: Sequence[str]) -> Iterator[list[Array]]:
        """Blocks of the rows first, ..., last - 1; say when they are done with by `advance`."""

    def advance(self, rows: int) -> None:
        """Tell whoever waits that so many rows of one column are done."""

    def shown(self) -> list[Array]:
        """Every value of each column or, past THRESHOLD, the EDGE first and last ones."""

    def whole(self) -> Columns:
        """The same columns with a known count, and blocks that can be had more than once."""


@runtime_checkable
class Scattered(Protocol):
    """Columns that are better computed in another order than that of their rows."""

    def strips(self, name: str) -> Iterator[Strip] | None:
        """One column, each number of it once, in any order; None if its own order is as good."""

"""The interface of sources of x, and what is known about an open one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from actcli.columns import Origin
    from actcli.numerics.dtypes import Array, DType
    from actcli.sources.invalid import Invalid


#: Default number of values in a block: enough work for two threads.
BLOCK = 1 << 19


class Source:
    """Values of x, in order, in blocks."""

    #: The name in errors.
    name = ""
    #: The number of values; None if it is known only at the end.
    count: int | None = None
    #: Whether the only value is a number rather than an array of one.
    scalar = False
    origin: Origin = None
    #: The size of the text in bytes, if known, and how much of it any process has read.
    size: int | None = None
    position: Callable[[], int] = int
    #: Where more arrives after an empty block.
    descriptor: int | None = None
    #: After this many values a second process should take over the reading; None for never.
    worth_a_process: int | None = None
    #: What was not a number so far.
    invalid: Invalid | None = None

    def blocks(self, size: int = BLOCK) -> Iterator[Array]:
        """All values in order, as one-dimensional arrays, each valid only until the next.

        All but the last have `size` values; blocks of a range are smaller, and those of text are
        what has arrived: an empty one where more must be waited for, which `descriptor` tells.
        """
        raise NotImplementedError

    def vectors(self) -> Iterator[tuple[int, Array]]:
        """Consecutive vectors of equal length as the rows of an array, with the line of the first.

        Only text has any. DataError after those before a bad one.
        """
        raise NotImplementedError

    def held(self) -> Held:
        """The same values, read into memory if necessary."""
        raise NotImplementedError

    @property
    def parts(self) -> Held | None:
        """The same values, if any part can be read without reading all of them into memory."""
        return None


class Held(Source):
    """A source of known count, any part of which can be read at any time."""

    count: int

    def part(self, first: int, last: int) -> Array:
        """The values first, ..., last - 1."""
        raise NotImplementedError

    def between(self, first: int, last: int, size: int) -> Iterator[Array]:
        """The same values in blocks."""
        for start in range(first, last, size):
            yield self.part(start, min(start + size, last))

    def blocks(self, size: int = BLOCK) -> Iterator[Array]:
        return self.between(0, self.count, size)

    def strip(self, numbers: Array, first: int, stride: int) -> None:
        """Fill each row with consecutive values; each row starts `stride` after the one before."""
        for row in numbers:
            row[:] = self.part(first, first + len(row))
            first += stride

    def held(self) -> Held:
        return self

    @property
    def parts(self) -> Held:
        return self


class Layout(NamedTuple):
    """The shape of an array, and whether its first index runs fastest."""

    shape: tuple[int, ...]
    fortran: bool


class Input(NamedTuple):
    """An open source and the dtype of its numbers.

    `kind` is numbers, text, table, npy or raw; only an array has a layout.
    """

    source: Source
    dtype: DType
    kind: str
    layout: Layout | None = None

    @property
    def bytes(self) -> int | None:
        """The size of all numbers or, of text, of the file, if known."""
        if self.source.count is None:
            return self.source.size
        return self.source.count * self.dtype.bits // 8

"""What every source of x offers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from actcli.columns import Array, Origin
    from actcli.sources.invalid import Invalid


#: How many values are handed on together if nobody says: enough for two threads to compute.
BLOCK = 1 << 19


class Source:
    """Values of x, in order, in blocks."""

    #: What errors call it.
    name = ""
    #: How many there are; None if only reading to the end would tell.
    count: int | None = None
    #: Whether the one value is a number, not an array of one.
    scalar = False
    #: Where the values are from.
    origin: Origin = None
    #: How many bytes of text there are, if they are known, and how many of them have been read, by
    #: whatever process.
    size: int | None = None
    position: Callable[[], int] = int
    #: After so many values another process had better read on; None if none had.
    worth_a_process: int | None = None
    #: What was met that is not a number.
    invalid: Invalid | None = None

    def blocks(self, size: int = BLOCK) -> Iterator[Array]:
        """One-dimensional arrays of all values in turn, each good until the next is asked for: of
        so many values but for the last. Those of a range are smaller; those of text are what has
        arrived.
        """
        raise NotImplementedError

    def vectors(self) -> Iterator[tuple[int, Array]]:
        """Vectors that follow each other and are equally long, as rows, and the line of the first.

        Text alone has any. DataError after those before a bad one.
        """
        raise NotImplementedError

    def held(self) -> Held:
        """The same values, read into memory if need be."""
        raise NotImplementedError

    @property
    def parts(self) -> Held | None:
        """The same values, if any part of them can be had without reading all into memory."""
        return None


class Held(Source):
    """A source of a known count, of which any part can be had, and more than once."""

    count: int

    def part(self, first: int, last: int) -> Array:
        """The values first, ..., last - 1."""
        raise NotImplementedError

    def between(self, first: int, last: int, size: int) -> Iterator[Array]:
        """The same in blocks, as above."""
        for start in range(first, last, size):
            yield self.part(start, min(start + size, last))

    def blocks(self, size: int = BLOCK) -> Iterator[Array]:
        return self.between(0, self.count, size)

    def strip(self, numbers: Array, first: int, stride: int) -> None:
        """Fill rows with numbers, each row with those from `stride` after the one before on."""
        for row in numbers:
            row[:] = self.part(first, first + len(row))
            first += stride

    def held(self) -> Held:
        return self

    @property
    def parts(self) -> Held:
        return self

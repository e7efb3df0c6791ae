"""What every source of x offers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from actcli.columns import Array, Origin

#: How many values are handled at a time: few enough to stay in the processor's cache, many enough
#: that what is done once a block costs nothing.
BLOCK = 8192


class Source(Protocol):
    """Values of x, in order, in blocks: of BLOCK values but for the last, if the count is known."""

    @property
    def count(self) -> int | None:
        """How many there are; None if only reading to the end would tell."""

    @property
    def scalar(self) -> bool:
        """Whether the one value is a number, not an array of one."""

    @property
    def origin(self) -> Origin:
        """Where the values are from."""

    def blocks(self) -> Iterator[Array]:
        """One-dimensional arrays of all values in turn."""

    def part(self, first: int, last: int) -> Array:
        """The values first, ..., last - 1 of a known count."""

    def held(self) -> Source:
        """The same values with a known count, read into memory if need be."""


@runtime_checkable
class Relaying(Protocol):
    """A source that has another process work on a long input."""

    def relay(self, blocks: Iterator[list[Array]]) -> Iterator[list[Array]]:
        """Blocks that are computed from this source's, wherever they are."""


@runtime_checkable
class Stored(Protocol):
    """A source of the elements of an array, in blocks of any size."""

    @property
    def count(self) -> int | None:
        """How many there are, if that is known."""

    def blocks_of(self, size: int) -> Iterator[Array]:
        """All values in turn, so many in each block but the last, good until the next one."""


@runtime_checkable
class Divisible(Protocol):
    """A source of a known count whose values can be had from anywhere."""

    @property
    def count(self) -> int:
        """How many there are."""

    def between(self, first: int, last: int) -> Iterator[Array]:
        """The values first, ..., last - 1 in blocks, each good until the next is asked for."""


@runtime_checkable
class Striped(Protocol):
    """A source of which what stands in columns can be had without what is between them."""

    def strip(self, numbers: Array, first: int, stride: int) -> None:
        """Fill rows with numbers, each row with those from `stride` after the one before on."""


@runtime_checkable
class Measured(Protocol):
    """A source whose length in bytes may be known where the number of its values is not."""

    @property
    def size(self) -> int | None:
        """How many bytes it has, if that is known."""

    def position(self) -> int:
        """How many of the known bytes have been read, by whatever process."""

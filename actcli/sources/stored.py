"""Binary numbers, read block by block: in order, or at any place of a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from actcli.errors import DataError
from actcli.sources.arrays import ArraySource, read_all
from actcli.sources.base import BLOCK, Held, Source

if TYPE_CHECKING:
    from actcli.numerics.dtypes import Array
    from actcli.sources.elements import Elements
    from actcli.sources.npz import Member
    from actcli.sources.opened_file import OpenedFile

    #: A stream of bytes in order.
    Readable = OpenedFile | Member

#: How many bytes are read at a time for a strip: of at least two whole rows, or of parts of rows.
ROWS_BYTES = 1 << 16
PARTS_BYTES = 1 << 18


class FileSource(Held):
    """`count` elements of a regular file from a position to its end."""

    def __init__(
        self,
        file: OpenedFile,
        begin: int,
        count: int,
        elements: Elements,
        origin: str | None = None,
        scalar: bool = False,
    ) -> None:
        self.file = file
        self.begin = begin
        self.count = count
        self.elements = elements
        self.origin = origin
        self.scalar = scalar
        assert file.size is not None
        width = elements.storage.itemsize
        stored = file.size - begin
        if stored != count * width:
            word = "shorter" if stored < count * width else "longer"
            raise DataError(
                f"{file.name} is {word} than it says: {count:,} elements of {width} bytes are "
                f"{count * width:,} bytes, not {stored:,}"
            )

    def between(self, first: int, last: int, size: int) -> Iterator[Array]:
        buffer = np.empty(min(size, last - first), self.elements.storage)
        for start in range(first, last, size):
            part = buffer[: min(size, last - start)]
            self._read(start, part)
            yield self.elements.numbers(part)

    def part(self, first: int, last: int) -> Array:
        part = np.empty(last - first, self.elements.storage)
        self._read(first, part)
        return self.elements.numbers(part)

    def strip(self, numbers: Array, first: int, stride: int) -> None:
        rows, width = numbers.shape
        at_once = min(rows, max(1, ROWS_BYTES // (stride * self.elements.storage.itemsize)))
        whole = at_once > 1  # reading the gaps between short rows is faster than skipping them
        if not whole:
            at_once = min(rows, max(1, PARTS_BYTES // (width * numbers.itemsize)))
        part = np.empty((at_once, stride if whole else width), self.elements.storage)
        for row in range(0, rows, at_once):
            count = min(at_once, rows - row)
            begin = first + row * stride
            if whole:
                self._read(begin, part.reshape(-1)[: (count - 1) * stride + width])
            else:
                for number, values in enumerate(part[:count]):
                    self._read(begin + number * stride, values)
            taken = np.ascontiguousarray(part[:count, :width]).reshape(-1)
            numbers[row : row + count] = self.elements.numbers(taken).reshape(count, width)

    def _read(self, first: int, part: Array) -> None:
        width = self.elements.storage.itemsize
        got = self.file.fill_from(self.begin + first * width, _bytes(part))
        if got < part.nbytes:
            raise DataError(
                f"{self.file.name} became shorter while it was read: it ends after "
                f"{first + got // width:,} of {self.count:,} elements"
            )


class StreamSource(Source):
    """Elements of a stream, which can be read once: `count` of them, or all if it is None."""

    def __init__(
        self,
        stream: Readable,
        count: int | None,
        elements: Elements,
        origin: str | None = None,
        scalar: bool = False,
    ) -> None:
        self.stream = stream
        self.count = count
        self.elements = elements
        self.origin = origin
        self.scalar = scalar
        self.taken = 0

    def blocks(self, size: int = BLOCK) -> Iterator[Array]:
        width = self.elements.storage.itemsize
        step = size if self.count is None else min(size, self.count)
        buffer = np.empty(step, self.elements.storage)
        done = 0
        while self.count is None or done < self.count:
            part = buffer if self.count is None else buffer[: min(step, self.count - done)]
            got = self.stream.fill(_bytes(part))
            whole, over = divmod(got, width)
            if whole:
                yield self.elements.numbers(part[:whole])
            done += whole
            if got < part.nbytes:
                self._ended(done, over)
                return
        self.check_end()

    def take(self, count: int) -> Array:
        """The next numbers of a stream of known count."""
        part = np.empty(count, self.elements.storage)
        got = self.stream.fill(_bytes(part))
        self.taken += got // part.itemsize
        if got < part.nbytes:
            self._ended(self.taken, 0)
        return self.elements.numbers(part)

    def check_end(self) -> None:
        """Raise DataError if the stream has more than it says."""
        if self.stream.fill(memoryview(bytearray(1))):
            raise DataError(f"{self.stream.name} goes on after the {self.count:,} elements it says")

    def held(self) -> ArraySource:
        if self.count is None:
            return read_all(self.blocks(), self.elements.dtype, self.origin)
        try:  # allocated once, or everything would be held twice
            values = np.empty(self.count, self.elements.held)
        except MemoryError as error:
            raise DataError(
                f"{self.stream.name} says it has {self.count:,} elements, "
                "which is more than fits into memory"
            ) from error
        done = 0
        for block in self.blocks():
            values[done : done + len(block)] = block
            done += len(block)
        return ArraySource(values, self.origin, self.scalar)

    def _ended(self, done: int, over: int) -> None:
        if self.count is not None:
            raise DataError(
                f"{self.stream.name} ends after {done:,} of the {self.count:,} elements it says"
            )
        if over:
            raise partial(self.stream.name, done, over, self.elements.storage.itemsize)


def partial(name: str, whole: int, over: int, width: int) -> DataError:
    """The error for bytes that end inside an element."""
    return DataError(
        f"{name} ends inside an element: it has {whole:,} of {width} bytes and {over} more bytes"
    )


def _bytes(values: Array) -> memoryview:
    return values.view(np.uint8).data

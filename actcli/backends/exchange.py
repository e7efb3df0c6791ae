"""How numbers go to a program and come back: raw, as .npy, or as text."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from actcli.errors import DataError
from actcli.numerics.dtypes import DTYPES, DType

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from actcli.numerics.dtypes import Array

#: So many values more than a program was given it may write, for them to be counted.
MOST_BEYOND = 1 << 20
#: The magic, the version and the length of a header of version 1.
HEADER_START = 10


class Exchange:
    """Raw little-endian numbers, one after the other; the other forms differ in parts of it.

    They are of the `dtype` and, what comes back, of the dtype of the `results`.

    `count` values can be taken; `arrived` also counts those that were taken or are too many.
    """

    #: Whether the number of values must be known before the first.
    counted = False

    def __init__(
        self, dtype: DType, total: int | None, name: str, results: DType | None = None
    ) -> None:
        self.dtype = dtype
        self.results = results or dtype
        #: How the results are stored.
        self.stored: np.dtype[Any] = self.results.numpy.newbyteorder("<")
        self.total = total
        self.name = name
        self.buffer = bytearray()
        self.count = 0
        self.arrived = 0
        self.bytes = 0

    @property
    def width(self) -> int:
        return self.results.bits // 8

    def encoded(self, block: Array) -> memoryview:
        """A block as it is written."""
        data: NDArray[np.uint8] = np.ascontiguousarray(
            block.astype(self.dtype.numpy.newbyteorder("<"), copy=False)
        )
        return data.view(np.uint8).data

    def receive(self, data: bytes) -> None:
        """Take what the program wrote."""
        self.bytes += len(data)
        self.buffer += data
        self.arrived = self.bytes // self.width
        self.count = len(self.buffer) // self.width

    def taken(self, count: int) -> Array:
        """The next values."""
        values = np.frombuffer(self.buffer, self.stored, count).astype(self.results.numpy)
        del self.buffer[: count * self.width]
        self.count -= count
        return values

    def end(self) -> None:
        """Nothing more comes."""

    def overflows(self, given: int) -> bool:
        """Whether there is no use in counting on."""
        return self.arrived > given + MOST_BEYOND

    def complaint(self, given: int) -> str:
        """What is wrong with all that came for so many values; "" if nothing is."""
        if self.bytes % self.width:
            return (
                f"wrote {self.bytes:,} bytes for {given:,} {self.results.name} values, which take "
                f"{given * self.width:,}"
            )
        return counts(self.arrived, given)


class Text(Exchange):
    """Numbers in decimal digits, one a line; what comes back may stand in any lines."""

    def __init__(
        self, dtype: DType, total: int | None, name: str, results: DType | None = None
    ) -> None:
        super().__init__(dtype, total, name, results)
        self.values: list[Array] = []
        self.lines = 1

    def encoded(self, block: Array) -> memoryview:
        from actcli.numerics.digits import shortest

        text = "".join(f"{word}\n" for word in shortest(block, self.dtype))
        return memoryview(text.encode())

    def receive(self, data: bytes) -> None:
        self.buffer += data
        end = max(self.buffer.rfind(b"\n"), self.buffer.rfind(b" "))
        if end >= 0:
            self._read(bytes(self.buffer[:end]))
            del self.buffer[:end]

    def end(self) -> None:
        self._read(bytes(self.buffer))
        self.buffer.clear()

    def _read(self, text: bytes) -> None:
        from actcli.sources.chunks import TextPiece
        from actcli.sources.invalid import Invalid
        from actcli.sources.parsing import read_piece

        results = self.results if isinstance(self.results, DType) else DTYPES["float64"]
        values, complaint = read_piece(TextPiece(text, self.lines), Invalid(), results)
        if complaint:
            raise DataError(f"{self.name} wrote in {complaint}")
        if results != self.results:
            codes = values.astype(self.results.numpy)
            for value in values[codes != values][:1]:
                raise DataError(f"{self.name} wrote {value:.17g}, no code of {self.results.name}")
            values = codes
        self.lines += text.count(b"\n")
        self.values.append(values)
        self.count += len(values)
        self.arrived += len(values)

    def taken(self, count: int) -> Array:
        values = np.concatenate(self.values)
        self.values = [values[count:]]
        self.count -= count
        return values[:count]

    def complaint(self, given: int) -> str:
        return counts(self.arrived, given)


class Npy(Exchange):
    """One array in numpy's file format, both ways."""

    counted = True

    def __init__(
        self, dtype: DType, total: int | None, name: str, results: DType | None = None
    ) -> None:
        super().__init__(dtype, total, name, results)
        self.begun = False
        self.header = b""

    def encoded(self, block: Array) -> memoryview:
        data = super().encoded(block)
        if self.begun:
            return data
        self.begun = True
        head = io.BytesIO()
        little = self.dtype.numpy.newbyteorder("<")
        descr = little.str if self.dtype.in_numpy else f"<V{little.itemsize}"
        said = {"descr": descr, "fortran_order": False, "shape": (self.total,)}
        np.lib.format.write_array_header_1_0(head, said)
        return memoryview(head.getvalue() + bytes(data))

    def receive(self, data: bytes) -> None:
        if self.header:
            super().receive(data)
            return
        self.buffer += data
        start = bytes(self.buffer[:HEADER_START])
        wide = start[6:7] > b"\x01"  # versions 2 and 3 have four bytes for the header's length
        size = 12 if wide else HEADER_START
        length = int.from_bytes(self.buffer[8:size], "little")
        if start.startswith(b"\x93NUMPY"[: len(start)]) and len(self.buffer) < size + length:
            return
        from actcli.sources.elements import elements
        from actcli.sources.npy import read_header

        label = f"what {self.name} wrote"
        header = read_header(io.BytesIO(self.buffer).read, label)
        found = elements(header.descr, label, self.results)
        codes = found.stored is None and found.storage.name == self.results.numpy.name
        if found.stored != self.results and not codes:
            got = found.stored.name if found.stored else found.storage.name
            raise DataError(f"{self.name} wrote an array of {got} for one of {self.results.name}")
        if self.results.in_numpy:  # in either order of bytes
            self.stored = found.storage
        if header.size != self.total:
            raise DataError(
                f"{self.name} wrote an array of shape {header.shape} for {self.total:,} values"
            )
        self.header = bytes(self.buffer[: header.length])
        del self.buffer[: header.length]
        rest = bytes(self.buffer)
        self.buffer.clear()
        super().receive(rest)

    def complaint(self, given: int) -> str:
        if not self.header:
            return "wrote no whole .npy header" if self.buffer or given else ""
        return super().complaint(given)


def counts(arrived: int, given: int) -> str:
    if arrived == given:
        return ""
    more = "and more " if arrived > given + MOST_BEYOND else ""
    return f"wrote {arrived:,} values {more}for {given:,}"


#: The forms by name.
EXCHANGES = {"raw": Exchange, "npy": Npy, "text": Text}

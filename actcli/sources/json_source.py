"""The numbers of one key of JSON as x: a number or a list in each object, as objects arrive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, groupby
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import numpy as np

from actcli.errors import DataError, UsageError, unknown
from actcli.numerics.rounding import decided, off_ties, round_to
from actcli.sources.arrays import ArraySource, read_all
from actcli.sources.base import BLOCK, Source
from actcli.sources.chunks import BYTE_ORDER_MARK, whole_lines
from actcli.sources.invalid import shortened
from actcli.sources.json_text import are_literals, read_cell, shown, values, wrong_cell

if TYPE_CHECKING:
    from actcli.numerics.dtypes import Array, DType
    from actcli.sources.invalid import Invalid

#: The key that is x by default.
X = "x"
#: The longest line in bytes; it may be the whole file.
LONGEST = 1 << 30
#: The number of values in a block.
TOGETHER = 1 << 16


class ObjectCells(NamedTuple):
    """The values of x in an object, their place, and whether they are a list."""

    cells: list[Any]
    place: str
    is_list: bool


class JsonSource(Source):
    """The numbers of the key `column`, else x, else the only key; they can be read once.

    Objects on their own lines are read as they arrive, others when everything has arrived.
    """

    def __init__(
        self,
        stream: BinaryIO,
        name: str,
        column: str | None,
        dtype: DType,
        invalid: Invalid,
        size: int | None = None,
        position: Callable[[], int] = int,
    ) -> None:
        self.name = name
        self.dtype = dtype
        self.invalid: Invalid = invalid
        self.size = size
        self.position = position
        self._parts = self._read(stream)
        part: Iterator[tuple[int, Any]] = next(self._parts, iter(()))
        first = next(part, None)
        if first is None:
            raise DataError(f"{name} is empty: it has no numbers")
        self.key = self._chosen(*first, column)
        self._parts = chain([chain([first], part)], self._parts)

    def blocks(self, size: int = BLOCK) -> Iterator[Array]:
        """The numbers of the objects that arrive; DataError after those before a bad one."""
        held: list[float] = []
        try:
            for part in self._parts:
                for line, value in part:
                    found = self._cells(line, value)
                    for first in range(0, len(found.cells), TOGETHER):
                        self._read_cells(found, first, held)
                        if len(held) >= TOGETHER:
                            yield self._rounded(held)
                            held = []
                if held:
                    yield self._rounded(held)
                    held = []
        except DataError:
            if held:
                yield self._rounded(held)
            raise

    def vectors(self) -> Iterator[tuple[int, Array]]:
        """Lists of numbers as vectors; a number outside a list is a vector of one."""
        for part in self._parts:
            rows: list[tuple[int, Array]] = []
            ended: DataError | None = None
            try:
                for line, value in part:
                    rows += [(line, row) for row in self._rows(line, value)]
            except DataError as error:
                ended = error
            for _, group in groupby(rows, key=lambda row: len(row[1])):
                alike = list(group)
                yield alike[0][0], np.array([row for _, row in alike])
            if ended is not None:
                raise ended

    def held(self) -> ArraySource:
        return read_all(self.blocks(), self.dtype)

    def _read(self, stream: BinaryIO) -> Iterator[Iterator[tuple[int, Any]]]:
        """The values that have arrived; all of them if the first one spans several lines."""
        pieces = whole_lines(stream, self.name, LONGEST)
        begun = False
        for piece in pieces:
            data = piece.data.removeprefix(BYTE_ORDER_MARK) if piece.line == 1 else piece.data
            text = data.decode("utf-8", "replace")
            if begun or not text.strip():
                yield values(text, self.name, piece.line)
                continue
            begun = True
            line = piece.line + text[: len(text) - len(text.lstrip())].count("\n")
            text = text.lstrip()
            first, _, others = text.partition("\n")
            try:
                found = list(values(first, self.name, line))
            except DataError:
                text += b"".join(piece.data for piece in pieces).decode("utf-8", "replace")
                yield values(text, self.name, line)
            else:
                yield chain(found, values(others, self.name, line + 1))

    def _chosen(self, line: int, first: Any, column: str | None) -> str:
        """The key that is x, chosen from those of the first object."""
        keys = list(self._object(line, first))
        if column is not None:
            if column not in keys:
                raise unknown("column", column, keys, f"{self.name} has {len(keys)} others")
            return column
        if X in keys:
            return X
        if not keys:
            raise DataError(f"{self.name}, line {line}: an object without numbers")
        if len(keys) > 1:
            said = shortened(", ".join(keys))
            raise UsageError(f"{self.name} has {said} and no x; --column NAME says which is x")
        return keys[0]

    def _object(self, line: int, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise DataError(
                f"{self.name}, line {line}: not an object; JSON must be an object of columns, "
                "or an object a line"
            )
        return value

    def _cells(self, line: int, value: Any) -> ObjectCells:
        cell = self._object(line, value).get(self.key)
        place = f"line {line}, {shortened(self.key)}"
        return (
            ObjectCells(cell, place, True)
            if isinstance(cell, list)
            else ObjectCells([cell], place, False)
        )

    def _rows(self, line: int, value: Any) -> Iterator[Array]:
        found = self._cells(line, value)
        nested = [cell for cell in found.cells if isinstance(cell, list)]
        for cells in nested if nested and len(nested) == len(found.cells) else [found.cells]:
            row: list[float] = []
            self._read_cells(found._replace(cells=cells), 0, row, len(cells))
            if row:
                yield self._rounded(row)

    def _read_cells(
        self, found: ObjectCells, first: int, held: list[float], count: int = TOGETHER
    ) -> None:
        """Append up to `count` numbers to `held`, as float64 that round like the written ones."""
        cells = found.cells[first : first + count]
        if are_literals(cells):
            held += off_ties(np.array(list(map(float, cells))), lambda: cells, self.dtype).tolist()
            return
        for index, cell in enumerate(cells, start=first + 1):
            value = read_cell(cell, self.dtype)
            if value is not None:
                held.append(decided(cell, value, self.dtype))
                continue
            place = found.place + (f", element {index}" if found.is_list else "") + ": "
            if not self.invalid.admits(held, place + shortened(shown(cell))):
                raise DataError(f"{self.name}, {place}{wrong_cell(cell, self.dtype)}")

    def _rounded(self, numbers: list[float]) -> Array:
        return round_to(np.array(numbers), self.dtype)

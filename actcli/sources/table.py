"""One column of a csv or tsv table as x; the rows are kept as they are, to be written on."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise, repeat
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import numpy as np

from actcli.errors import DataError, UsageError, unknown
from actcli.number_text import read_number
from actcli.numerics.rounding import round_to
from actcli.sources import npy
from actcli.sources.arrays import ArraySource
from actcli.sources.chunks import BYTE_ORDER_MARK, whole_lines
from actcli.sources.invalid import not_a_number, shortened
from actcli.sources.opened_file import label_of, open_file

if TYPE_CHECKING:
    from actcli.columns import Array
    from actcli.numerics.dtypes import DType
    from actcli.sources.invalid import Invalid

#: Every byte is a character of it, and becomes the same byte again.
ENCODING = "latin-1"
#: A line that shows whether the one before it has ended.
SENTINEL = "\x1e"
#: No table has a column whose number has more digits; int() takes but some thousand.
LONGEST_PLACE = 18
LINE = re.compile(r"[^\n]*\n|[^\n]+")


class Batch(NamedTuple):
    """Rows as they stand in the file, their cells, and the lines that they begin on."""

    raw: list[str]
    cells: list[list[str]]
    lines: list[int]

    def without(self, count: int) -> Batch:
        """All rows but so many first ones."""
        return Batch(self.raw[count:], self.cells[count:], self.lines[count:])


@contextmanager
def open_table_source(
    path: str, column: str, separator: str | None, dtype: DType, invalid: Invalid
) -> Iterator[TableSource]:
    """A column of a file, or of standard input for `-`; the separator is seen if it is not said."""
    with open_file(path) as file:
        if file.first_bytes().startswith((npy.MAGIC, npy.FILLED_ARCHIVE_MAGIC)):
            raise UsageError(f"{file.name} holds arrays and is no table; leave out --column")
        yield TableSource(
            file.stream, label_of(path), column, separator, dtype, invalid, file.size, file.position
        )


class TableSource:
    """The numbers of a column, once through; `rows` holds the rows of those that were given out."""

    scalar = False
    count = None
    encoding = ENCODING

    def __init__(
        self,
        stream: BinaryIO,
        name: str,
        column: str,
        separator: str | None,
        dtype: DType,
        invalid: Invalid,
        size: int | None = None,
        position: Callable[[], int] = int,
    ) -> None:
        self.name = name
        self.dtype = dtype
        self.invalid = invalid
        self.size = size
        self.position = position
        self.separator = separator or ","
        #: Each row and the end of its line.
        self.rows: list[tuple[str, str]] = []
        #: Lines without cells that no row has followed yet.
        self.rest = ""
        self.header: tuple[str, str] | None = None
        #: The names of the columns, if the table has a header.
        self.names: list[str] = []
        self._batches = self._read(stream, separator is None)
        self._first = self._first_rows()
        self._label = f"column {shortened(column)}"
        self._index = 0
        #: How many cells a row has, for results to stand below their names.
        self._width = len(self._first.cells[0]) if self._first.cells else 0
        self._find(column)

    @property
    def expression(self) -> str:
        return self.name

    def blocks(self) -> Iterator[Array]:
        """The numbers of the rows that arrive; DataError after those before a bad cell."""
        yield from self._numbers(self._first)
        for batch in self._batches:
            yield from self._numbers(batch)

    def part(self, first: int, last: int) -> Array:
        raise TypeError("the parts of a stream are known when it is held")

    def held(self) -> ArraySource:
        return ArraySource(np.concatenate([np.zeros(0, self.dtype.numpy), *self.blocks()]))

    def _first_rows(self) -> Batch:
        """The first rows of which one has cells; empty lines before it become part of it."""
        before = ""
        for batch in self._batches:
            for position, cells in enumerate(batch.cells):
                if cells:
                    first = before + batch.raw[position]
                    rows = batch.without(position)
                    return rows._replace(raw=[first, *rows.raw[1:]])
                before += batch.raw[position]
        self.rest = before
        return Batch([], [], [])

    def _find(self, column: str) -> None:
        """Find the column by its number, or by its name in the first row."""
        if not self._first.cells:
            if column.isdecimal():
                return
            raise DataError(f"{self.name} is empty: it has no {self._label}")
        names = [_decoded(cell) for cell in self._first.cells[0]]
        if names:
            names[0] = names[0].removeprefix(BYTE_ORDER_MARK.decode())
        if column not in names:  # ", " between cells is common
            names = [name.strip() for name in names]
        place = int(column) if column.isdecimal() and len(column) <= LONGEST_PLACE else 0
        if 1 <= place <= len(names):
            self._index = place - 1
            if read_number(names[self._index]) is not None:
                return
        elif column in names:
            self._index = names.index(column)
            places = [str(place) for place, name in enumerate(names, start=1) if name == column]
            if len(places) > 1:
                raise UsageError(
                    f"{self.name} has {len(places)} columns {column!r}; "
                    f"choose one by its number, --column {' or --column '.join(places)}"
                )
        elif column.isdecimal():
            raise UsageError(f"{self.name} has no column {column}: it has {len(names)}")
        else:
            raise unknown("column", column, names, f"{self.name} has {len(names)} others")
        self.header = _split_end(self._first.raw[0])
        self.names = names
        self._first = self._first.without(1)

    def _read(self, stream: BinaryIO, look: bool) -> Iterator[Batch]:
        """The rows of the lines that arrive."""
        line, text = 1, ""
        for piece in whole_lines(stream, self.name):
            text += piece.data.decode(ENCODING)
            if look and (begun := text.lstrip("\r\n")):
                self.separator = _likelier_separator(begun)
                look = False
            batch, rest, complaint = self._rows([*_lines(text), SENTINEL], line)
            if batch.cells:
                yield batch
            if complaint:
                raise DataError(complaint)
            line += text.count("\n") - rest.count("\n")
            text = rest
        if text:
            # The end of the file ends an open quotation.
            yield Batch([text], list(csv.reader(_lines(text), delimiter=self.separator)), [line])

    def _rows(self, lines: list[str], line: int) -> tuple[Batch, str, str]:
        """The rows of all lines but the last, what that would have continued, and a complaint."""
        reader = csv.reader(lines, delimiter=self.separator)
        cells: list[list[str]] = []
        ends = [0]
        complaint = ""
        try:
            for row in reader:
                cells.append(row)
                ends.append(reader.line_num)
            del cells[-1], ends[-1]
        except csv.Error as error:
            reason = str(error).partition(" - ")[0]
            complaint = f"{self.name}, line {line + ends[-1]}: no row of a table: {reason}"
        if ends[-1] == len(cells):  # a row a line
            raw = lines[: len(cells)]
        else:
            raw = ["".join(lines[begin:end]) for begin, end in pairwise(ends)]
        begins = [line + end for end in ends[:-1]]
        return Batch(raw, cells, begins), "".join(lines[ends[-1] : -1]), complaint

    def _numbers(self, batch: Batch) -> Iterator[Array]:
        """The numbers of some rows; float() reads them where all are plain."""
        try:
            cells = [cells[self._index] for cells in batch.cells]
            values = list(map(float, cells))
            plain = not any(map(str.__contains__, cells, repeat("_")))
            plain = plain and min(map(len, batch.cells)) >= self._width
        except (IndexError, ValueError):
            plain = False
        if not plain:
            yield from self._numbers_one_by_one(batch)
        elif values:
            self.rows += map(_split_end, [self.rest + batch.raw[0], *batch.raw[1:]])
            self.rest = ""
            yield round_to(np.array(values), self.dtype)

    def _numbers_one_by_one(self, batch: Batch) -> Iterator[Array]:
        values: list[float] = []
        complaint = ""
        for raw, cells, line in zip(*batch, strict=True):
            if not cells:
                self.rest += raw
                continue
            count = len(values)
            cell = _decoded(cells[self._index]) if self._index < len(cells) else ""
            value = read_number(cell)
            if value is not None:
                values.append(value)
            else:
                place = f"line {line}, {self._label}: "
                if not self.invalid.admits(values, place + shortened(cell)):
                    complaint = f"{self.name}, {place}{not_a_number(cell)}"
                    break
            if len(values) > count:
                row, end = _split_end(self.rest + raw)
                self.rows.append((row + self.separator * (self._width - len(cells)), end))
                self.rest = ""
        if values:
            yield round_to(np.array(values), self.dtype)
        if complaint:
            raise DataError(complaint)


def _lines(text: str) -> list[str]:
    """Lines with their ends; a line ends at a line feed alone."""
    lines: list[str] = LINE.findall(text)
    return lines


def _split_end(raw: str) -> tuple[str, str]:
    """A row without the end of its line, and that end; what ends without one is given one."""
    row = raw.rstrip("\r\n")
    return row, raw[len(row) :] or "\n"


def _decoded(cell: str) -> str:
    return cell if cell.isascii() else cell.encode(ENCODING).decode("utf-8", "replace")


def _likelier_separator(text: str) -> str:
    """What stands between the cells of the first line: names with commas in them are common."""
    tabs, commas = map(text.partition("\n")[0].count, "\t,")
    return "\t" if tabs and tabs >= commas else ","

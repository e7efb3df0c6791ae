"""One column of a csv or tsv table as x; the rows are kept as they are, to be written on."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import numpy as np

from actcli.errors import DataError, UsageError, unknown
from actcli.number_text import read_number
from actcli.numerics.rounding import round_to
from actcli.sources.arrays import ArraySource
from actcli.sources.chunks import BYTE_ORDER_MARK, open_input, whole_lines
from actcli.sources.invalid import not_a_number, shortened

if TYPE_CHECKING:
    from actcli.columns import Array
    from actcli.numerics.dtypes import DType
    from actcli.sources.invalid import Invalid

#: Every byte is a character of it, and becomes the same byte again.
ENCODING = "latin-1"
#: A line that shows whether the one before it has ended.
SENTINEL = "\x1e"
LINE = re.compile(r"[^\n]*\n|[^\n]+")


class Record(NamedTuple):
    """A row as it stands in the file, its cells, and the line that it begins on."""

    raw: str
    cells: list[str]
    line: int


@contextmanager
def open_table_source(
    path: str, column: str, separator: str | None, dtype: DType, invalid: Invalid
) -> Iterator[TableSource]:
    """A column of a file, or of standard input for `-`; the separator is seen if it is not said."""
    with open_input(path) as (stream, name):
        yield TableSource(stream, name, column, separator, dtype, invalid)


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
    ) -> None:
        self.name = name
        self.dtype = dtype
        self.invalid = invalid
        self.separator = separator or ","
        #: Each row and the end of its line.
        self.rows: list[tuple[str, str]] = []
        #: Lines without cells that no row has followed yet.
        self.rest = ""
        self.header: tuple[str, str] | None = None
        self._batches = self._read(stream, separator is None)
        self._first = next(self._batches, [])
        self._label = f"column {shortened(column)}"
        self._index = 0
        self._find(column)

    @property
    def expression(self) -> str:
        return self.name

    def blocks(self) -> Iterator[Array]:
        """The numbers of the rows that arrive; DataError after those before a bad cell."""
        yield from self._numbers(self._first)
        self._first = []
        for batch in self._batches:
            yield from self._numbers(batch)

    def part(self, first: int, last: int) -> Array:
        raise TypeError("the parts of a stream are known when it is held")

    def held(self) -> ArraySource:
        return ArraySource(np.concatenate([np.zeros(0, self.dtype.numpy), *self.blocks()]))

    def _find(self, column: str) -> None:
        """Find the column by its number, or by its name in the first row."""
        if not self._first:
            if column.isdecimal():
                return
            raise DataError(f"{self.name} is empty: it has no {self._label}")
        names = [_decoded(cell) for cell in self._first[0].cells]
        if names:
            names[0] = names[0].removeprefix(BYTE_ORDER_MARK.decode())
        if column.isdecimal() and 1 <= int(column) <= len(names):
            self._index = int(column) - 1
            if read_number(names[self._index]) is not None:
                return
        elif column in names:
            self._index = names.index(column)
        elif column.isdecimal():
            raise UsageError(f"{self.name} has no column {column}: it has {len(names)}")
        else:
            raise unknown("column", column, names, f"{self.name} has {len(names)} others")
        self.header = _split_end(self._first.pop(0).raw)

    def _read(self, stream: BinaryIO, look: bool) -> Iterator[list[Record]]:
        """The records of the lines that arrive."""
        line, text = 1, ""
        for piece in whole_lines(stream, self.name):
            text += piece.data.decode(ENCODING)
            if look and piece.line == 1:
                self.separator = _likelier_separator(text)
            records, rest = self._records([*_lines(text), SENTINEL], line)
            if records:
                yield records
            line += text.count("\n") - rest.count("\n")
            text = rest
        if text:
            # The end of the file ends an open quotation.
            yield [Record(text, next(csv.reader(_lines(text), delimiter=self.separator)), line)]

    def _records(self, lines: list[str], line: int) -> tuple[list[Record], str]:
        """The records of all lines but the last, and what the last one would have continued."""
        reader = csv.reader(lines, delimiter=self.separator)
        records: list[Record] = []
        begin = 0
        try:
            for cells in reader:
                if reader.line_num == len(lines):
                    break
                raw = "".join(lines[begin : reader.line_num])
                records.append(Record(raw, cells, line + begin))
                begin = reader.line_num
        except csv.Error as error:
            reason = str(error).partition(" - ")[0]
            raise DataError(f"{self.name}, line {line + begin}: not csv: {reason}") from error
        return records, "".join(lines[begin:-1])

    def _numbers(self, batch: list[Record]) -> Iterator[Array]:
        values: list[float] = []
        complaint = ""
        for record in batch:
            if not record.cells:
                self.rest += record.raw
                continue
            count = len(values)
            cell = _decoded(record.cells[self._index]) if self._index < len(record.cells) else ""
            value = read_number(cell)
            if value is not None:
                values.append(value)
            else:
                place = f"line {record.line}, {self._label}: "
                if not self.invalid.admits(values, place + shortened(cell)):
                    complaint = f"{self.name}, {place}{not_a_number(cell)}"
                    break
            if len(values) > count:
                row, end = _split_end(record.raw)
                self.rows.append((self.rest + row, end))
                self.rest = ""
        if values:
            yield round_to(np.array(values), self.dtype)
        if complaint:
            raise DataError(complaint)


def _lines(text: str) -> list[str]:
    """Lines with their ends; a line ends at a line feed alone."""
    return LINE.findall(text)


def _split_end(raw: str) -> tuple[str, str]:
    """A row without the end of its line, and that end; what ends without one is given one."""
    for end in ("\r\n", "\n"):
        if raw.endswith(end):
            return raw[: -len(end)], end
    return raw, "\n"


def _decoded(cell: str) -> str:
    return cell if cell.isascii() else cell.encode(ENCODING).decode("utf-8", "replace")


def _likelier_separator(text: str) -> str:
    """What stands between the cells of the first line: names with commas in them are common."""
    tabs, commas = map(text.partition("\n")[0].count, "\t,")
    return "\t" if tabs and tabs >= commas else ","

"""One column of a csv or tsv table as x; the rows are kept as they are, to be written again."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from itertools import pairwise, repeat
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import numpy as np

from actcli.errors import DataError, UsageError, unknown
from actcli.numerics.rounding import round_decimals
from actcli.sources.arrays import ArraySource, read_all
from actcli.sources.base import BLOCK, Source
from actcli.sources.chunks import BYTE_ORDER_MARK, whole_lines
from actcli.sources.invalid import OPEN_QUOTATION, SEMICOLONS, reason_of, shortened
from actcli.sources.spellings import misspelling, read_spelling

if TYPE_CHECKING:
    from actcli.numerics.dtypes import Array, DType
    from actcli.sources.invalid import Invalid

#: Every byte is one character, which is written back as the same byte.
ENCODING = "latin-1"
#: A line that shows whether the row before it has ended.
SENTINEL = "\x1e"
#: A line with its end; only a line feed ends a line.
LINE = re.compile(r"[^\n]*\n|[^\n]+")
#: A row of cells that are separated by `;`, with commas for points.
DECIMAL_COMMAS = re.compile(r"(?=[^,]*,)(?:\s*[+-]?[0-9]+(?:,[0-9]+)?\s*(?:;|$)){2,}")
#: What may also be a name: a year, or the number of a column without a name.
WHOLE_NUMBER = re.compile(r"[0-9]+")
#: More digits than the number of any column.
LONGEST_PLACE = 9


class Batch(NamedTuple):
    """Rows as they are in the file, their cells, and the lines they begin on."""

    raw: list[str]
    cells: list[list[str]]
    lines: list[int]

    def without(self, count: int) -> Batch:
        """All rows after the first `count`."""
        return Batch(self.raw[count:], self.cells[count:], self.lines[count:])


class TableSource(Source):
    """The numbers of a column, which can be read once; `rows` holds the rows of those yielded."""

    encoding = ENCODING

    def __init__(
        self,
        stream: BinaryIO,
        name: str,
        column: str,
        header: bool | None,
        separator: str | None,
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
        self.separator = separator or ","
        #: Each row and the end of its line.
        self.rows: list[tuple[str, str]] = []
        #: Empty lines that no row has followed yet.
        self.rest = ""
        self.header: tuple[str, str] | None = None
        #: The names of the columns, if the table has a header.
        self.names: list[str] = []
        #: How the table is read where that is a guess, else "".
        self.remark = ""
        self._batches = self._read(stream, separator is None)
        self._first = self._first_rows()
        self._label = f"column {shortened(column)}"
        self._index = 0
        #: How many cells a row has, which keeps results below their names.
        self._width = len(self._first.cells[0]) if self._first.cells else 0
        self._has_semicolons = bool(self._first.raw) and ";" in self._first.raw[0]
        self._find(column, header)

    def blocks(self, size: int = BLOCK) -> Iterator[Array]:
        """The numbers of the rows that arrive; DataError after those before a bad cell."""
        yield from self._numbers(self._first)
        for batch in self._batches:
            yield from self._numbers(batch)

    def held(self) -> ArraySource:
        return read_all(self.blocks(), self.dtype)

    def _first_rows(self) -> Batch:
        """The first batch with cells; empty lines before the first row become part of it."""
        before = ""
        for batch in self._batches:
            before, self.rest = self.rest + before, ""
            for position, cells in enumerate(batch.cells):
                if cells:
                    first = before + batch.raw[position]
                    rows = batch.without(position)
                    return rows._replace(raw=[first, *rows.raw[1:]])
                before += batch.raw[position]
        self.rest += before
        return Batch([], [], [])

    def _find(self, column: str, header: bool | None) -> None:
        """Find the column by its number, or by its name in the first row."""
        place = _place(column)
        if not self._first.cells:
            if place is not None:
                return
            raise DataError(f"{self.name} is empty: it has no {self._label}")
        names = [_decoded(cell) for cell in self._first.cells[0]]
        if column not in names:  # ", " between cells is common
            names = [name.strip() for name in names]
        if place is not None and 1 <= place <= len(names):
            self._index = place - 1
            if header is None:
                header = self._guess_header(names)
            if header and column in names and names[self._index] != column:
                self.remark = (
                    f"column {column} is taken by number and named {shortened(names[self._index])};"
                    f" the one named '{column}' is --column {names.index(column) + 1}"
                )
        elif column in names and header is not False:
            header = True
            self._index = names.index(column)
            places = [str(place) for place, name in enumerate(names, start=1) if name == column]
            if len(places) > 1:
                raise UsageError(
                    f"{self.name} has {len(places)} columns {column!r}; "
                    f"choose one by number, --column {' or --column '.join(places)}"
                )
        elif place is not None:
            raise UsageError(f"{self.name} has no {self._label}: it has {len(names)}")
        elif header is False:
            raise UsageError(
                f"with --no-header columns have no names: --column takes a number, not "
                f"{shortened(column)}"
            )
        elif self._has_semicolons:
            said = shortened(self.separator.join(names))
            raise UsageError(f"{self.name} has no {self._label} but {said}; {SEMICOLONS}")
        else:
            raise unknown("column", column, names, f"{self.name} has {len(names)} others")
        if header:
            self.header = _split_end(self._first.raw[0])
            self.names = names
            self._first = self._first.without(1)
        elif DECIMAL_COMMAS.fullmatch(self._first.raw[0].strip()):
            row = shortened(self._first.raw[0].strip())
            raise DataError(f"{self.name}, line {self._first.lines[0]}: {row}; {SEMICOLONS}")

    def _guess_header(self, names: list[str]) -> bool:
        """Whether the first row is a header; `remark` says so if that is a guess."""
        cell = names[self._index]
        number = next((name for name in names if self._is_number(name)), None)
        if number is None:
            self.remark = (
                f"the first row is taken for a header, since its {self._label} is "
                f"{shortened(cell)}; say --header or --no-header"
            )
            return True
        if not self._is_number(cell) or WHOLE_NUMBER.fullmatch(cell):
            self.remark = (
                f"the first row is taken for numbers, since {shortened(number)} is one; "
                "say --header or --no-header"
            )
        return False

    def _is_number(self, cell: str) -> bool:
        return read_spelling(cell, self.dtype) is not None

    def _read(self, stream: BinaryIO, look: bool) -> Iterator[Batch]:
        line, text = 1, ""
        for piece in whole_lines(stream, self.name):
            data = piece.data
            if piece.line == 1 and data.startswith(BYTE_ORDER_MARK):
                data = data.removeprefix(BYTE_ORDER_MARK)
                self.rest = BYTE_ORDER_MARK.decode(ENCODING)
            text += data.decode(ENCODING)
            if look and (begun := text.lstrip("\r\n")):
                self.separator = _likelier_separator(begun)
                look = False
            batch, rest, complaint = self._rows([*LINE.findall(text), SENTINEL], line)
            if batch.cells:
                yield batch
            if complaint:
                raise DataError(complaint)
            line += text.count("\n") - rest.count("\n")
            text = rest
        if text:
            raise DataError(f"{self.name}, line {line}: {OPEN_QUOTATION}")

    def _rows(self, lines: list[str], line: int) -> tuple[Batch, str, str]:
        """The rows of all lines but the last, the text of a row not yet ended, and a complaint."""
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
            complaint = f"{self.name}, line {line + ends[-1]}: not a row: {reason_of(error)}"
        if ends[-1] == len(cells):  # a row a line
            raw = lines[: len(cells)]
        else:
            raw = ["".join(lines[begin:end]) for begin, end in pairwise(ends)]
        begins = [line + end for end in ends[:-1]]
        return Batch(raw, cells, begins), "".join(lines[ends[-1] : -1]), complaint

    def _numbers(self, batch: Batch) -> Iterator[Array]:
        """The numbers of a batch; float() reads them if all are plain."""
        try:
            cells = [cells[self._index] for cells in batch.cells]
            values = list(map(float, cells))
            plain = {*map(len, batch.cells)} == {self._width} and all(map(str.isascii, cells))
            plain = plain and not any(map(str.__contains__, cells, repeat("_")))
        except (IndexError, ValueError):
            plain = False
        if not plain:
            yield from self._numbers_one_by_one(batch)
        elif values:
            self.rows += map(_split_end, [self.rest + batch.raw[0], *batch.raw[1:]])
            self.rest = ""
            yield round_decimals(np.array(values), lambda: cells, self.dtype)

    def _numbers_one_by_one(self, batch: Batch) -> Iterator[Array]:
        values: list[float] = []
        words: list[str] = []
        complaint = ""
        for raw, cells, line in zip(*batch, strict=True):
            if not cells:
                self.rest += raw
                continue
            if len(cells) > self._width:
                complaint = f"{self.name}, line {line}: {self._too_long(len(cells))}"
                break
            count = len(values)
            cell = _decoded(cells[self._index]) if self._index < len(cells) else ""
            value = read_spelling(cell, self.dtype)
            if value is not None:
                values.append(value)
            else:
                place = f"line {line}, {self._label}: "
                if not self.invalid.admits(values, place + shortened(cell)):
                    complaint = f"{self.name}, {place}{misspelling(cell, self.dtype)}"
                    break
            if len(values) > count:
                words.append(cell)
                row, end = _split_end(self.rest + raw)
                self.rows.append((row + self.separator * (self._width - len(cells)), end))
                self.rest = ""
        if values:
            yield round_decimals(np.array(values), lambda: words, self.dtype)
        if complaint:
            raise DataError(complaint)

    def _too_long(self, count: int) -> str:
        """What to say of a row whose result would not stand below its name."""
        first = "the header" if self.header else "the first row"
        said = f"{count} cells, and {first} has {self._width}"
        if self._has_semicolons:
            return f"{said}; {SEMICOLONS}"
        if self.separator == "\t":
            return f"{said}; quote a cell with a tab in it"
        return f"{said}; write decimals with a point, and quote a cell with a comma in it"


def _place(column: str) -> int | None:
    """The number that names a column; None for any other name."""
    if not (column.isascii() and column.isdecimal()):
        return None
    return int(column.lstrip("0")[:LONGEST_PLACE] or "0")


def _split_end(raw: str) -> tuple[str, str]:
    """A row without its line end, and that end, a line feed if it lacks one."""
    row = raw.rstrip("\r\n")
    return row, raw[len(row) :] or "\n"


def _decoded(cell: str) -> str:
    return cell if cell.isascii() else cell.encode(ENCODING).decode("utf-8", "replace")


def _likelier_separator(text: str) -> str:
    """The separator of the first line: a tab, unless there are more commas."""
    tabs, commas = map(text.partition("\n")[0].count, "\t,")
    return "\t" if tabs and tabs >= commas else ","

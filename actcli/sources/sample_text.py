"""Samples as text: tables with any separator, JSON; decimal, hexadecimal or bit patterns."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from actcli.columns import COLUMNS
from actcli.errors import DataError, UsageError
from actcli.numerics.rounding import off_ties
from actcli.sources import json_text
from actcli.sources.invalid import OPEN_QUOTATION, SEMICOLONS, reason_of, shortened
from actcli.sources.sample_columns import Wanted
from actcli.sources.spellings import is_other_pattern, misspelling, read_patterns, read_spelling

if TYPE_CHECKING:
    from actcli.numerics.dtypes import DType

Floats = NDArray[np.float64]
Cell = TypeVar("Cell")
#: A line that shows whether the row before it has ended.
SENTINEL = "\x1e"
#: A number without a point or an exponent.
INTEGER = re.compile(r"[+-]?[0-9]+")


class SampleTable(NamedTuple):
    """Columns as float64, and the place of each row: the number of its line, or its own."""

    columns: dict[str, Floats]
    unit: str
    places: Sequence[int]
    #: The columns of which every number is written as an integer.
    whole: frozenset[str] = frozenset()


class DTypes(NamedTuple):
    """The dtype of x and that of the results."""

    x: DType
    results: DType

    def of(self, column: str) -> DType:
        return self.x if column == "x" else self.results


class Rows(NamedTuple):
    """Cells, the line that each row begins on, and the comment before the first row."""

    cells: list[list[str]]
    lines: list[int]
    comment: str


def read_table(text: str, name: str, dtypes: DTypes, wanted: Wanted) -> SampleTable:
    """Rows of cells separated by tabs, commas or blanks, with or without a header."""
    cells, lines, comment = _rows(text, name)
    if not cells:
        raise DataError(f"{name} is empty: x and results are needed")
    width = len(cells[0])
    header = [cell.strip() for cell in cells[0]]
    known, has_header = _places(header, comment, wanted, dtypes.results, name)
    if has_header:
        cells, lines = cells[1:], lines[1:]
    said = f"{name} has the columns {shortened(','.join(header))}"
    if width == 1 and ";" in header[0]:
        raise DataError(f"{said}; {SEMICOLONS}")
    columns = wanted.needed(known, said)
    if not cells:
        raise DataError(f"{name} has a header and no rows")
    last = max(known[column] for column in columns)
    for row, line in zip(cells, lines, strict=True):
        if len(row) <= last:
            raise DataError(f"{name}, line {line}: {len(row)} columns, where {last + 1} are needed")
        if len(row) > width:
            cause = f"; {SEMICOLONS}" if any(";" in cell for cell in (*header, *row)) else ""
            raise DataError(f"{name}, line {line}: {len(row)} cells, and the first row has {width}"
                            f"{cause}")  # fmt: skip
    numbers = {
        column: _numbers(
            [row[known[column]] for row in cells],
            dtypes.of(column),
            lambda i, column=column: f"{name}, line {lines[i]}, {column}: ",  # type: ignore[misc]
        )
        for column in columns
    }
    whole = (
        column
        for column in columns
        if all(INTEGER.fullmatch(row[known[column]].strip()) for row in cells)
    )
    return SampleTable(numbers, "line", lines, frozenset(whole))


def _places(
    header: Sequence[str], comment: str, wanted: Wanted, dtype: DType, name: str
) -> tuple[dict[str, int], bool]:
    """The places of the columns, and whether the first row is a header."""
    if wanted.names is None:
        known = wanted.by_name(zip(header, range(len(header)), strict=True), name)
        return known or _without_header(header, comment, wanted, dtype, name), bool(known)
    labels = [(label, place) for place, label in enumerate(header)]
    numbers = [(str(place + 1), place) for place in range(len(header))]
    is_named = any(label in wanted.names for label in header)
    known = wanted.by_name(
        [*labels, *((n, place) for n, place in numbers if n not in header)], name
    )
    chosen = [header[place] for place in known.values()]
    return known, is_named or all(read_spelling(cell, dtype) is None for cell in chosen)


def _without_header(
    first: Sequence[str], comment: str, wanted: Wanted, dtype: DType, name: str
) -> dict[str, int]:
    """The columns by the names in a comment, as numpy.savetxt writes them, or by their order."""
    said = [word.lower() for word in re.split(r"[\s,;]+", comment.strip("# \t")) if word]
    if len(said) == len(first) and len({*said} & {*COLUMNS}) == len(said):
        return {column: place for place, column in enumerate(said)}
    if len(first) > 1 and all(read_spelling(cell, dtype) is None for cell in first):
        cells = shortened(",".join(first))
        if not any(is_other_pattern(cell) for cell in first):
            raise DataError(
                f"{name} begins with {cells}; name the columns {', '.join(COLUMNS)}, or give them "
                "in this order without names; or say which they are: --columns X,Y"
            )
    return {column: place for place, column in enumerate(wanted.by_order(len(first), name))}


def _rows(text: str, name: str) -> Rows:
    """All lines but comments and empty ones, cut into cells at the separator of the first."""
    every = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = [
        (number, line)
        for number, line in enumerate(every, start=1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    if not kept:
        return Rows([], [], "")
    number, first = kept[0]
    comment = next((line for line in reversed(every[: number - 1]) if line.strip()), "")
    separator = "\t" if "\t" in first else "," if "," in first else None
    if separator is None:
        return Rows([line.split() for _, line in kept], [number for number, _ in kept], comment)
    lines: list[int] = []
    cells: list[list[str]] = []
    for line, row in _separated(every, separator, name):
        lines.append(line)
        cells.append(row)
    return Rows(cells, lines, comment)


def _separated(every: Sequence[str], separator: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Rows and the line that each begins on; quoted cells may span several lines."""
    begin, in_row = 0, False

    def lines() -> Iterator[str]:
        nonlocal begin, in_row
        for number, line in enumerate((*every, SENTINEL), start=1):
            if not in_row:
                if not line.strip() or line.lstrip().startswith("#"):
                    continue
                begin, in_row = number, True
            yield line + "\n"

    try:
        for row in csv.reader(lines(), delimiter=separator):
            if begin > len(every):
                return
            if row[-1].endswith(f"{SENTINEL}\n"):
                raise DataError(f"{name}, line {begin}: {OPEN_QUOTATION}")
            in_row = False
            yield begin, row
    except csv.Error as error:
        raise DataError(f"{name}, line {begin}: not a row: {reason_of(error)}") from error


def read_json(text: str, name: str, dtypes: DTypes, wanted: Wanted) -> SampleTable:
    """Objects one after the other or in a list, each of whole columns or of one row."""
    found = [value for _, value in json_text.values(text, name)]
    rows = found[0] if len(found) == 1 and isinstance(found[0], list) else found
    if not all(isinstance(row, dict) for row in rows):
        raise DataError(f"{name} is JSON, but neither an object of columns nor an object a row")
    labels = [*rows[0]] if rows else []
    known = wanted.by_name(zip(labels, labels, strict=True), name)
    said = f"{name} has {shortened(', '.join(labels)) or 'no columns'}"
    columns = wanted.needed(known, said)
    cells: dict[str, list[Any]] = {column: [] for column in columns}
    for row in rows:
        values = [row.get(known[column]) for column in columns]
        lists = [value if isinstance(value, list) else [value] for value in values]
        if len({len(one) for one in lists}) > 1:
            raise DataError(f"{name}: the columns differ in length")
        for column, more in zip(columns, lists, strict=True):
            cells[column] += more
    count = len(cells[columns[0]])
    if not count:
        raise DataError(f"{name} has no rows")
    numbers = {
        column: _json_numbers(
            cells[column],
            dtypes.of(column),
            lambda i, column=column: f"{name}, row {i + 1}, {column}: ",  # type: ignore[misc]
        )
        for column in columns
    }
    whole = (
        column for column in columns if all(INTEGER.fullmatch(str(cell)) for cell in cells[column])
    )
    return SampleTable(numbers, "row", range(1, count + 1), frozenset(whole))


def _json_numbers(cells: list[Any], dtype: DType, place: Callable[[int], str]) -> Floats:
    if json_text.are_literals(cells):
        return _numbers(cells, dtype, place)
    return _one_by_one(cells, dtype, place, json_text.read_cell, json_text.wrong_cell)


def _numbers(cells: list[str], dtype: DType, place: Callable[[int], str]) -> Floats:
    """The numbers that cells spell; DataError, with the place, for a cell that spells none."""
    try:
        # float() ignores underscores and takes digits of any script
        if all(map(str.isascii, cells)) and not any("_" in cell for cell in cells):
            return off_ties(np.array(list(map(float, cells)), np.float64), lambda: cells, dtype)
    except ValueError:
        if (values := read_patterns([cell.strip() for cell in cells], dtype)) is not None:
            return values
    return _one_by_one(cells, dtype, place, read_spelling, misspelling)


def _one_by_one(
    cells: Sequence[Cell],
    dtype: DType,
    place: Callable[[int], str],
    read: Callable[[Cell, DType], float | None],
    complaint: Callable[[Cell, DType], str],
) -> Floats:
    values = np.empty(len(cells))
    for index, cell in enumerate(cells):
        value = read(cell, dtype)
        if value is None:
            kind = UsageError if isinstance(cell, str) and is_other_pattern(cell) else DataError
            raise kind(place(index) + complaint(cell, dtype))
        values[index] = value
    return off_ties(values, lambda: list(map(str, cells)), dtype)

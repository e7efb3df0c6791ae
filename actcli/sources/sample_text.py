"""Samples as text: tables of any separator, JSON; decimal, hexadecimal and as bit patterns."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.columns import COLUMNS
from actcli.errors import DataError, UsageError
from actcli.number_text import HEXADECIMAL, read_number
from actcli.numerics.decimals import off_ties
from actcli.sources.invalid import not_a_number, shortened

if TYPE_CHECKING:
    from actcli.numerics.dtypes import DType

Floats = NDArray[np.float64]

PATTERN = re.compile(r"0x([0-9a-f]+)", re.I)


class Table(NamedTuple):
    """Columns as float64, and the line that each row stands on."""

    columns: dict[str, Floats]
    lines: list[int]


def read_table(text: str, name: str, dtype: DType, show: Sequence[str] | None) -> Table:
    """Rows of cells: separated by tabs, commas or blanks, with a header or without."""
    rows, lines = _rows(text, name)
    if not rows:
        raise DataError(f"{name} is empty: x and results are needed")
    header = [cell.strip() for cell in rows[0]]
    if any(cell in COLUMNS for cell in header):
        rows, lines = rows[1:], lines[1:]
        known = {cell: i for i, cell in reversed(list(enumerate(header))) if cell in COLUMNS}
    else:
        names = ("x", *(show or COLUMNS[1:]))
        known = {column: i for i, column in enumerate(names[: len(header)])}
    wanted = _needed(known, show, f"{name} has the columns {shortened(','.join(header))}")
    if not rows:
        raise DataError(f"{name} has a header and no rows")
    last = max(known[column] for column in wanted)
    for row, line in zip(rows, lines, strict=True):
        if len(row) <= last:
            raise DataError(f"{name}, line {line}: {len(row)} columns, where {last + 1} are needed")
    columns = {
        column: _numbers(
            [row[known[column]] for row in rows],
            dtype,
            lambda i, column=column: f"{name}, line {lines[i]}, {column}: ",  # type: ignore[misc]
        )
        for column in wanted
    }
    return Table(columns, lines)


def _rows(text: str, name: str) -> tuple[list[list[str]], list[int]]:
    every = text.split("\n")
    kept = [
        (number, line)
        for number, line in enumerate(every, start=1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    if not kept:
        return [], []
    first = kept[0][1]
    lines = [number for number, _ in kept]
    separator = "\t" if "\t" in first else "," if "," in first else None
    if separator is None:
        return [line.split() for _, line in kept], lines
    try:
        return list(csv.reader((line for _, line in kept), delimiter=separator)), lines
    except csv.Error as error:
        raise DataError(f"{name} is no table: {error}") from error


def read_json(text: str, name: str, dtype: DType, show: Sequence[str] | None) -> Table:
    """One object of columns, or an object a line (or in a list) with a value of each."""
    try:
        said: Any = _json(text)
    except ValueError:
        said = _json_lines(text, name)
    if isinstance(said, dict) and all(isinstance(values, list) for values in said.values()):
        said = {column: values for column, values in said.items() if column in COLUMNS}
        if len({len(values) for values in said.values()}) > 1:
            raise DataError(f"{name}: the columns are not equally long")
        known: dict[str, list[Any]] = said
    else:
        rows = said if isinstance(said, list) else [said]
        if not all(isinstance(row, dict) for row in rows):
            raise DataError(f"{name} is JSON, but neither an object of columns nor objects a row")
        names = [column for column in COLUMNS if rows and column in rows[0]]
        known = {column: [row.get(column) for row in rows] for column in names}
    wanted = _needed(known, show, f"{name} has {', '.join(known) or 'no column of these'}")
    if not known["x"]:
        raise DataError(f"{name} has no rows")
    columns = {
        column: _numbers(
            list(map(_json_cell, known[column])),
            dtype,
            lambda i, column=column: f"{name}, row {i + 1}, {column}: ",  # type: ignore[misc]
        )
        for column in wanted
    }
    return Table(columns, list(range(1, len(known["x"]) + 1)))


def _json_lines(text: str, name: str) -> list[Any]:
    found = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                found.append(_json(line))
            except ValueError as error:
                raise DataError(f"{name}, line {number}: no JSON: {error}") from error
    return found


def _json(text: str) -> Any:
    """What JSON says, its numbers as they are written, to be rounded once."""
    return json.loads(text, parse_float=str, parse_int=str)


def _json_cell(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    return str(value)


def _needed(known: Iterable[str], show: Sequence[str] | None, said: str) -> list[str]:
    from actcli.sources.samples import needed

    return needed(dict.fromkeys(known), show, said)


def _numbers(cells: list[str], dtype: DType, place: Callable[[int], str]) -> Floats:
    """Float64 numbers that round to the dtype as the cells do; DataError for what is no number."""
    try:
        if not any("_" in cell for cell in cells):
            return off_ties(np.array(list(map(float, cells)), np.float64), lambda: cells, dtype)
    except ValueError:
        pass
    values = np.empty(len(cells))
    for index, cell in enumerate(cells):
        values[index] = _number(cell.strip(), dtype, index, place)
    return off_ties(values, lambda: cells, dtype)


def _number(cell: str, dtype: DType, index: int, place: Callable[[int], str]) -> float:
    value = read_number(cell)
    if value is not None:
        return value
    if re.fullmatch(HEXADECIMAL, cell):
        try:
            return float.fromhex(cell)
        except OverflowError:
            return float("-inf" if cell.startswith("-") else "inf")
    if pattern := PATTERN.fullmatch(cell):
        digits = dtype.bits // 4
        if len(pattern[1]) != digits:
            raise UsageError(
                f"{place(index)}the bit pattern {cell} has {len(pattern[1])} hexadecimal digits, "
                f"and one of {dtype.name} has {digits}; --dtype says what they are"
            )
        bits = np.array([int(pattern[1], 16)]).astype(dtype.unsigned)
        with np.errstate(all="ignore"):
            return float(bits.view(dtype.numpy)[0])
    raise DataError(f"{place(index)}{not_a_number(cell)}")

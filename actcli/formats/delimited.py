"""Rows as lines, with a comma or a tab between values."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from actcli.numerics.digits import Spelling, bits, hexadecimal, shortest
from actcli.numerics.quick_digits import rows

if TYPE_CHECKING:
    from actcli.columns import Columns
    from actcli.numerics.dtypes import Array, DType


def write_text(columns: Columns, out: TextIO) -> None:
    """Write only values, for other programs of a pipeline."""
    _write(columns, out, "\t")


def write_csv(columns: Columns, out: TextIO) -> None:
    """Write a header and comma-separated values."""
    _write(columns, out, ",", header=True)


def write_tsv(columns: Columns, out: TextIO) -> None:
    """Write a header and tab-separated values."""
    _write(columns, out, "\t", header=True)


def write_hex(columns: Columns, out: TextIO) -> None:
    """Write hexadecimal floats, separated by tabs."""
    _write(columns, out, "\t", hexadecimal)


def write_bits(columns: Columns, out: TextIO) -> None:
    """Write bit patterns, separated by tabs."""
    _write(columns, out, "\t", bits)


def _write(
    columns: Columns,
    out: TextIO,
    separator: str,
    spelling: Spelling | None = None,
    header: bool = False,
) -> None:
    plain = out.buffer  # names and numbers are ASCII
    if header:
        plain.write(separator.join(columns.names).encode() + b"\n")
    for block in columns.blocks():
        if spelling is None and block[0].ndim == 1:
            plain.write(rows(block, columns.dtype, separator))
        else:
            texts = [_cells(column, columns.dtype, spelling or shortest) for column in block]
            plain.write("\n".join(map(separator.join, zip(*texts, strict=True))).encode())
        plain.write(b"\n")
        if columns.count is None:
            out.flush()  # each line that arrives is answered at once


def _cells(column: Array, dtype: DType, spelling: Spelling) -> list[str]:
    """The text of each cell: a number, or the numbers of a vector with blanks between them."""
    if column.ndim == 1:
        return spelling(column, dtype)
    return [" ".join(spelling(row, dtype)) for row in column]

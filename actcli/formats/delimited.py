"""Rows as lines, with a comma or a tab between values."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TextIO

from actcli.numerics.digits import Spelling, bits, hexadecimal, shortest
from actcli.numerics.quick_digits import rows_of

if TYPE_CHECKING:
    from actcli.columns import Columns
    from actcli.numerics.dtypes import Array
    from actcli.numerics.quantised import AnyDType


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
            plain.write(rows_of(block, columns.dtypes, separator))
        else:
            texts = [
                _cells(column, dtype, spelling or shortest)
                for column, dtype in zip(block, columns.dtypes, strict=True)
            ]
            plain.write("\n".join(map(separator.join, zip(*texts, strict=True))).encode())
        plain.write(b"\n")
        if columns.count is None:
            out.flush()  # each line that arrives is answered at once


def _cells(column: Array, dtype: AnyDType, spelling: Spelling) -> list[str]:
    """The text of each cell: a number, or the numbers of a vector with blanks between them."""
    if column.ndim == 1:
        return spelling(column, dtype)
    return [" ".join(spelling(row, dtype)) for row in column]


write_text = partial(_write, separator="\t")
write_csv = partial(_write, separator=",", header=True)
write_tsv = partial(_write, separator="\t", header=True)
write_hex = partial(_write, separator="\t", spelling=hexadecimal)
write_bits = partial(_write, separator="\t", spelling=bits)

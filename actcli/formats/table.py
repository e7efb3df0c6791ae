"""A table to look at; a long one streams, in columns wide enough for any number of the dtype."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from actcli.numerics.digits import shortest

if TYPE_CHECKING:
    from actcli.columns import Columns
    from actcli.numerics.quantised import AnyDType

STYLES = {"x": "cyan", "y": "bold", "dy": "green", "d2y": "magenta"}
#: Rows printed at a time; larger blocks would only appear later.
ROWS = 256


def write(columns: Columns, out: TextIO) -> None:
    """Write a header, a rule and a line for each row."""
    from rich import box
    from rich.table import Table

    from actcli.console import UNLIMITED, make_console

    console = make_console(out, width=UNLIMITED)
    # A table printed at once is no wider than its own numbers.
    at_once = columns.count is not None and columns.count <= ROWS
    width = 0 if at_once else max(map(_width, columns.dtypes))
    header = True
    for block in columns.blocks():
        for first in range(0, len(block[0]), ROWS):
            table = Table(box=box.SIMPLE_HEAD, show_edge=False, show_header=header, pad_edge=False)
            for name in columns.names:
                table.add_column(name, style=STYLES[name], justify="right", min_width=width)
            part = [
                shortest(column[first : first + ROWS], dtype)
                for column, dtype in zip(block, columns.dtypes, strict=True)
            ]
            for row in zip(*part, strict=True):
                table.add_row(*row)
            console.print(table)
            header = False


def _width(dtype: AnyDType) -> int:
    """The longest text of a number: sign, digits, point and exponent."""
    from actcli.numerics.dtypes import DType

    if not isinstance(dtype, DType):
        return max(len(str(code)) for code in (dtype.lowest, dtype.highest))
    digits = 2 + int((dtype.mantissa_bits + 1) * 0.30103)
    exponent = 5 if dtype.exponent_bits > 8 else 4
    return digits + len("-.") + exponent

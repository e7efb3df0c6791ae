"""A table to look at; a long one streams, its columns as wide as the dtype's numbers can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from actcli.formats.digits import shortest

if TYPE_CHECKING:
    from actcli.columns import Columns
    from actcli.numerics.dtypes import DType

STYLES = {"x": "cyan", "y": "bold", "dy": "green", "d2y": "magenta"}
#: What a person reads at once; larger blocks would only be slower to appear.
ROWS = 256


def write(columns: Columns, out: TextIO) -> None:
    """Write a header, a rule and a line a row."""
    from rich import box
    from rich.table import Table

    from actcli.console import UNLIMITED, make_console

    console = make_console(out, width=UNLIMITED)
    # What is printed in one piece needs no more room than its own numbers take.
    at_once = columns.count is not None and columns.count <= ROWS
    width = 0 if at_once else _width(columns.dtype)
    header = True
    for block in columns.blocks():
        for first in range(0, len(block[0]), ROWS):
            table = Table(box=box.SIMPLE_HEAD, show_edge=False, show_header=header, pad_edge=False)
            for name in columns.names:
                table.add_column(name, style=STYLES[name], justify="right", min_width=width)
            part = [shortest(column[first : first + ROWS], columns.dtype) for column in block]
            for row in zip(*part, strict=True):
                table.add_row(*row)
            console.print(table)
            header = False


def _width(dtype: DType) -> int:
    """How long the longest shortest text of a dtype is: sign, digits, point and exponent."""
    digits = 2 + int((dtype.mantissa_bits + 1) * 0.30103)
    exponent = 5 if dtype.exponent_bits > 8 else 4
    return digits + len("-.") + exponent

"""JSON: one object of columns, or one object a row. Numbers that are not finite are strings."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

import numpy as np

from actcli.numerics.quick_digits import shortest_of_many

if TYPE_CHECKING:
    from actcli.columns import Columns
    from actcli.numerics.dtypes import Array
    from actcli.numerics.quantised import AnyDType


def write(columns: Columns, out: TextIO) -> None:
    """Write `{"x": [...], "y": [...]}`, a column a line."""
    columns = columns.whole()
    opening = "{"
    for name in columns.names:
        out.write(f'{opening}"{name}": [')
        between = ""
        for (block,) in columns.blocks((name,)):
            out.write(between + ", ".join(number_literals(block, columns.dtype_of(name))))
            between = ", "
        out.write("]")
        opening = ",\n "
    out.write("}\n")


def write_lines(columns: Columns, out: TextIO) -> None:
    """Write `{"x": ..., "y": ...}` for each row."""
    row = ", ".join(f'"{name}": %s' for name in columns.names)
    template = f"{{{row}}}\n"
    for block in columns.blocks():
        literals = [
            number_literals(column, dtype)
            for column, dtype in zip(block, columns.dtypes, strict=True)
        ]
        out.write("".join(map(template.__mod__, zip(*literals, strict=True))))
        if columns.count is None:
            out.flush()


def number_literals(values: Array, dtype: AnyDType) -> list[str]:
    """Each number, or row of numbers, in JSON."""
    if values.ndim == 2:
        return [f"[{', '.join(number_literals(row, dtype))}]" for row in values]
    texts = shortest_of_many(values, dtype)
    for position in np.flatnonzero(~np.isfinite(values)).tolist():
        texts[position] = f'"{texts[position]}"'
    return texts

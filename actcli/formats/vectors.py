"""Several vectors, a row each, whose cells hold all numbers of a vector.

In text a blank separates the numbers in a cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TextIO

from actcli.formats.digits import Spelling, bits, hexadecimal, shortest
from actcli.formats.json import number_literals

if TYPE_CHECKING:
    from actcli.columns import Array
    from actcli.numerics.dtypes import DType

#: Columns of vectors of equal length, the rows of each array.
Block = Mapping[str, "Array"]
#: Each format's separator of cells, spelling of numbers, and whether it has a header.
DELIMITED: dict[str, tuple[str, Spelling, bool]] = {
    "text": ("\t", shortest, False),
    "csv": (",", shortest, True),
    "tsv": ("\t", shortest, True),
    "hex": ("\t", hexadecimal, False),
    "bits": ("\t", bits, False),
}
FORMATS = (*DELIMITED, "json", "jsonl")


def write(
    blocks: Iterator[Block], names: Sequence[str], dtype: DType, format_name: str, out: TextIO
) -> None:
    """Write the vectors of all blocks in one of FORMATS, each block at once."""
    if format_name == "json":
        _write_json(blocks, names, dtype, out)
        return
    separator, spelling, header = DELIMITED.get(format_name, ("", shortest, False))
    if header:
        out.write(separator.join(names) + "\n")
    for block in blocks:
        if format_name == "jsonl":
            cells = [[_list(row, dtype) for row in block[name]] for name in names]
            lines = [
                "{" + ", ".join(map('"{}": {}'.format, names, row)) + "}"
                for row in zip(*cells, strict=True)
            ]
        else:
            cells = [[" ".join(spelling(row, dtype)) for row in block[name]] for name in names]
            lines = list(map(separator.join, zip(*cells, strict=True)))
        out.write("".join(f"{line}\n" for line in lines))
        out.flush()  # each line that arrives is answered at once


def _write_json(blocks: Iterator[Block], names: Sequence[str], dtype: DType, out: TextIO) -> None:
    held = list(blocks)
    columns = [
        f'"{name}": [' + ", ".join(_list(row, dtype) for block in held for row in block[name]) + "]"
        for name in names
    ]
    out.write("{" + ",\n ".join(columns) + "}\n")


def _list(row: Array, dtype: DType) -> str:
    return "[" + ", ".join(number_literals(row, dtype)) + "]"

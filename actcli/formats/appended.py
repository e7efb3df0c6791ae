"""Rows of a table as they were, each with the numbers that belong to it at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Protocol

from actcli.formats.many import rows

if TYPE_CHECKING:
    from actcli.columns import Columns


class Table(Protocol):
    """Rows that are there when the columns of their numbers have been computed."""

    encoding: str
    separator: str
    #: Each is a row without, and with, the end of its line.
    header: tuple[str, str] | None
    rows: list[tuple[str, str]]
    #: What comes after the last row.
    rest: str


def write(columns: Columns, table: Table, out: BinaryIO) -> None:
    """Write the rows of a table with the columns appended."""
    separator = table.separator
    if table.header:
        row, end = table.header
        out.write(separator.join((row, *columns.names)).encode(table.encoding) + end.encode())
    for block in columns.blocks():
        count = len(block[0])
        texts = rows(block, columns.dtype, separator).decode().split("\n")
        lines = [
            f"{row}{separator}{text}{end}"
            for (row, end), text in zip(table.rows[:count], texts, strict=True)
        ]
        del table.rows[:count]
        out.write("".join(lines).encode(table.encoding))
        out.flush()
    out.write(table.rest.encode(table.encoding))

"""Rows of a table as they were, each with the numbers that belong to it at its end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, BinaryIO, Protocol

from actcli.console import is_terminal
from actcli.errors import escaped
from actcli.formats.many import rows

if TYPE_CHECKING:
    from actcli.columns import Columns


class Table(Protocol):
    """Rows that are there when the columns of their numbers have been computed."""

    encoding: str
    separator: str
    #: Each is a row without, and with, the end of its line.
    header: tuple[str, str] | None
    #: The names of the columns that the header gives.
    names: list[str]
    rows: list[tuple[str, str]]
    #: What comes after the last row.
    rest: str


def write(columns: Columns, table: Table, out: BinaryIO) -> None:
    """Write the rows of a table with the columns appended; byte for byte, but on a terminal."""
    separator = table.separator
    # what a person watches is no file: what a cell would have the terminal do is spelt out
    shown = partial(escaped, kept="\t\n") if is_terminal(out) else str
    if table.header:
        row, end = table.header
        row = shown(row)
        names = unique(columns.names, table.names)
        out.write(separator.join((row, *names)).encode(table.encoding) + end.encode())
    for block in columns.blocks():
        length = len(block[0])
        texts = rows(block, columns.dtype, separator).decode().split("\n")
        lines = [
            f"{shown(row)}{separator}{text}{end}"
            for (row, end), text in zip(table.rows[:length], texts, strict=True)
        ]
        del table.rows[:length]
        out.write("".join(lines).encode(table.encoding))
        out.flush()
    out.write(table.rest.encode(table.encoding))


def unique(names: Iterable[str], taken: Iterable[str]) -> list[str]:
    """The names, numbered as Miller does it where they are taken.

    >>> unique(["y", "dy"], ["x", "y", "y_2"])
    ['y_3', 'dy']
    """
    used = set(taken)
    return [next(name for name in _numbered(name) if name not in used) for name in names]


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}_{number}" for number in count(2))

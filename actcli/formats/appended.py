"""The unchanged rows of a table, each with its results appended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, BinaryIO, Protocol

from actcli.console import is_terminal
from actcli.errors import escaped
from actcli.numerics.quick_digits import rows_of

if TYPE_CHECKING:
    from actcli.columns import Columns


class ReadTable(Protocol):
    """Rows that have been read by the time their results are computed."""

    encoding: str
    separator: str
    #: A row and its line end.
    header: tuple[str, str] | None
    #: The names in the header.
    names: list[str]
    rows: list[tuple[str, str]]
    #: What comes after the last row.
    rest: str


def write(columns: Columns, table: ReadTable, out: BinaryIO) -> None:
    """Write the rows of a table with the columns appended, byte for byte except on a terminal."""
    separator = table.separator
    # a terminal must not obey what is in a cell
    shown = partial(escaped, kept="\t\n") if is_terminal(out) else str
    if table.header:
        row, end = table.header
        row = shown(row)
        names = unique(columns.names, table.names)
        out.write(separator.join((row, *names)).encode(table.encoding) + end.encode())
    for block in columns.blocks():
        length = len(block[0])
        texts = rows_of(block, columns.dtypes, separator).decode().split("\n")
        lines = [
            f"{shown(row)}{separator}{text}{end}"
            for (row, end), text in zip(table.rows[:length], texts, strict=True)
        ]
        del table.rows[:length]
        out.write("".join(lines).encode(table.encoding))
        out.flush()
    out.write(table.rest.encode(table.encoding))


def unique(names: Iterable[str], taken: Iterable[str]) -> list[str]:
    """The names, numbered like Miller's where they are taken.

    >>> unique(["y", "dy"], ["x", "y", "y_2"])
    ['y_3', 'dy']
    """
    used = set(taken)
    return [next(name for name in _numbered(name) if name not in used) for name in names]


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}_{number}" for number in count(2))

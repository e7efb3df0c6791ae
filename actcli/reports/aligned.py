"""Rows of cells as aligned lines, without a frame or trailing blanks."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence, Sized
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

Cell = TypeVar("Cell", bound=Sized)
GAP = 2


def placed(
    rows: Sequence[Sequence[Cell]], left: Container[int]
) -> Iterator[list[tuple[int, Cell, int]]]:
    """Each cell with the spaces before and after it; the columns in `left` are aligned left."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        spare = [width - len(cell) for cell, width in zip(row, widths, strict=True)]
        yield [
            (0, cell, space + GAP) if place in left else (space, cell, GAP)
            for place, (cell, space) in enumerate(zip(row, spare, strict=True))
        ]


def aligned_words(rows: Sequence[Sequence[str]], left: Container[int]) -> list[str]:
    """The rows, with the columns in `left` aligned left, others right.

    >>> aligned_words([("gelu", "1"), ("elu", "10")], left={0})
    ['gelu   1', 'elu   10']
    """
    return [
        "".join(" " * before + word + " " * behind for before, word, behind in line).rstrip()
        for line in placed(rows, left)
    ]


def aligned(rows: Sequence[Sequence[Text]], left: Container[int], indent: int = 2) -> list[Text]:
    """The rows, with the columns in `left` aligned left, others right."""
    from rich.text import Text

    lines = []
    for cells in placed(rows, left):
        line = Text(" " * indent)
        for before, cell, behind in cells:
            line.append(" " * before).append_text(cell).append(" " * behind)
        line.rstrip()
        lines.append(line)
    return lines


def width_of(lines: Sequence[Text]) -> int:
    """The width of the widest line."""
    return max(map(len, lines), default=0)


def fitting(
    tables: Sequence[Sequence[Sequence[Text]]], left: Container[int], width: int | None
) -> list[Text]:
    """The lines of the first table that fits a width, or of the last."""
    lines: list[Text] = []
    for rows in tables:
        lines = aligned(rows, left)
        if width is None or width_of(lines) <= width:
            break
    return lines


def ruled_table(unicode: bool) -> Table:
    """A table without a frame, with a rule under its header, for columns that wrap."""
    from rich import box
    from rich.table import Table

    return Table(
        box=box.SIMPLE_HEAD if unicode else box.ASCII2,
        show_edge=False,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        header_style="bold",
        border_style="dim",
    )

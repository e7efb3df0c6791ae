"""Rows of cells as aligned lines, with nothing at the end of a line and no frame."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

GAP = 2


def aligned(rows: Sequence[Sequence[Text]], left: int, indent: int = 2) -> list[Text]:
    """The rows, of equally many cells; the first `left` columns stand at the left, others right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        line = Text(" " * indent)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
            space = Text(" " * (width - len(cell)))
            line.append_text(cell + space if place < left else space + cell)
            line.append(" " * GAP)
        line.rstrip()
        lines.append(line)
    return lines


def width_of(lines: Sequence[Text]) -> int:
    """The width of the widest line."""
    return max(map(len, lines), default=0)


def fitting(tables: Sequence[Sequence[Sequence[Text]]], left: int, width: int | None) -> list[Text]:
    """The lines of the first of some tables that fits a width, or of the last."""
    lines: list[Text] = []
    for rows in tables:
        lines = aligned(rows, left)
        if width is None or width_of(lines) <= width:
            break
    return lines

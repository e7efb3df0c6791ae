"""Axes in characters: frame, ticks and zero lines, with curves in braille or ASCII."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from actcli.analysis.curves import Floats
from actcli.plotting.characters.axis import tick_labels, ticks
from actcli.plotting.characters.canvas import SOLID, Canvas, Dash, Frame
from actcli.plotting.characters.runs import Run

AXIS_STYLE = "dim"
ROWS_PER_TICK = 3
CELLS_PER_TICK = 7
#: The least width of a canvas; labels that would leave less are omitted.
LEAST_WIDTH = 4
#: Cells between a label of the y axis and the canvas: a blank and the frame.
SIDE = 2


@dataclass(frozen=True, slots=True)
class Curve:
    """A named column over sorted x; nan breaks the line. In ASCII, `mark` replaces the dash."""

    name: str
    x: Floats
    y: Floats
    style: str = ""
    dash: Dash = SOLID
    mark: str = "*"


class Glyphs(NamedTuple):
    """The characters of axes: the side of the frame, its corner and foot, and the zero lines."""

    side: str
    side_tick: str
    corner: str
    foot: str
    foot_tick: str
    zero: str
    zero_side: str


LINES = Glyphs("│", "┤", "└", "─", "┬", "╌", "┊")
ASCII = Glyphs("|", "+", "+", "-", "+", "-", ":")


class Limits(NamedTuple):
    """The part of the plane that a panel shows."""

    x_low: float
    x_high: float
    y_low: float
    y_high: float


def margin(limits: Limits, width: int, height: int) -> int:
    """The cells left of the canvas, in a panel of that width and canvas height."""
    labels = tick_labels(_y_ticks(limits, height))
    wide = max(map(len, labels), default=0) + SIDE
    return wide if width - wide >= LEAST_WIDTH else 1


def panel(
    curves: Sequence[Curve],
    limits: Limits,
    *,
    width: int,
    height: int,
    left: int | None = None,
    numbered: bool = True,
    unicode: bool = True,
) -> list[list[Run]]:
    """Draw curves in `height` rows of canvas, the x axis and, if `numbered`, its labels.

    `width` is that of the whole panel, of which `left` cells are the margin. A nan is a gap, so a
    jump is left limit, nan, right limit. There should be a few points for each cell.

    >>> import numpy as np
    >>> x = np.linspace(-1, 1, 101)
    >>> lines = panel([Curve("x", x, x)], Limits(-1, 1, -1, 1), width=20, height=5, unicode=False)
    >>> for line in lines:
    ...     print("".join(run.text for run in line).rstrip())
     1 +        :     **
       |        : ****
     0 +------****------
       |  ****  :
    -1 +**      :
       ++-------+------+
       -1       0      1
    """
    left = margin(limits, width, height) if left is None else left
    canvas = Canvas(max(1, width - left), height, braille=unicode)
    frame = canvas.frame(*limits)
    for number, curve in enumerate(curves):
        canvas.draw(frame, curve.x, curve.y, number, curve.dash if unicode else SOLID)
    glyphs = LINES if unicode else ASCII
    values = _y_ticks(limits, height)
    rows = {
        _cell(canvas, frame, frame.x_low, y)[1]: label
        for y, label in zip(values, tick_labels(values), strict=True)
    }
    lines = []
    for row, cells in enumerate(_grid(canvas, frame, curves, glyphs)):
        label = f"{rows.get(row, ''):>{left - SIDE}} " if left >= SIDE else ""
        side = glyphs.side_tick if row in rows else glyphs.side
        lines.append([Run(label + side, AXIS_STYLE), *cells])
    foot = _foot(canvas, frame, glyphs, left)
    return lines + (foot if numbered else foot[:1])


def _y_ticks(limits: Limits, height: int) -> list[float]:
    return ticks(limits.y_low, limits.y_high, max(3, height // ROWS_PER_TICK))


def _cell(canvas: Canvas, frame: Frame, x: float, y: float) -> tuple[int, int]:
    """The cell (column, row) of a point, the nearest one for a point outside."""
    across, down = canvas.cell_size
    column, row = frame.dot(x, y)
    return (
        min(canvas.width - 1, max(0, column // across)),
        min(canvas.height - 1, max(0, row // down)),
    )


def _grid(canvas: Canvas, frame: Frame, curves: Sequence[Curve], glyphs: Glyphs) -> list[list[Run]]:
    """The canvas as runs, with the zero lines where cells are empty."""
    zero_column, zero_row = _cell(canvas, frame, 0.0, 0.0)
    if not frame.y_low <= 0 <= frame.y_high:
        zero_row = -1
    if not frame.x_low < 0 < frame.x_high:
        zero_column = -1
    grid = []
    for row in range(canvas.height):
        line = []
        for column in range(canvas.width):
            owner = canvas.owner((row, column))
            if owner is not None:
                text = canvas.character((row, column), curves[owner].mark)
                line.append(Run(text, curves[owner].style))
            elif (row, column) in canvas.passed:  # a gap between dashes stays empty
                line.append(Run(" "))
            elif row == zero_row:
                line.append(Run(glyphs.zero, AXIS_STYLE))
            elif column == zero_column:
                line.append(Run(glyphs.zero_side, AXIS_STYLE))
            else:
                line.append(Run(" "))
        grid.append(line)
    return grid


def _foot(canvas: Canvas, frame: Frame, glyphs: Glyphs, left: int) -> list[list[Run]]:
    axis = [glyphs.foot] * canvas.width
    numbers = ""
    for column, start, label in _x_labels(canvas, frame, left):
        axis[column] = glyphs.foot_tick
        numbers += " " * (start - len(numbers)) + label
    line = " " * (left - 1) + glyphs.corner + "".join(axis)
    return [[Run(line, AXIS_STYLE)], [Run(numbers, AXIS_STYLE)]]


def _x_labels(canvas: Canvas, frame: Frame, left: int) -> list[tuple[int, int, str]]:
    """The cell of each tick, the start of its label, and the label, as many as fit."""
    for most in range(max(3, canvas.width // CELLS_PER_TICK), 0, -1):
        values = ticks(frame.x_low, frame.x_high, most)
        placed = []
        free_from = 0
        for value, label in zip(values, tick_labels(values), strict=True):
            column = _cell(canvas, frame, value, frame.y_low)[0]
            # Centred without its minus, but within the picture.
            middle = left + column - (len(label.lstrip("-")) - 1) // 2 - label.startswith("-")
            start = min(max(0, middle), left + canvas.width - len(label))
            if start < free_from:
                break
            placed.append((column, start, label))
            free_from = start + len(label) + 1
        else:
            return placed
    return []

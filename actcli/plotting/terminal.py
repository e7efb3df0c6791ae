"""Pictures in characters: curves in braille (or plain ASCII) with axes, ticks and a legend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from actcli.plotting.canvas import Canvas, Floats, Frame
from actcli.plotting.ticks import tick_labels, ticks

if TYPE_CHECKING:
    from rich.text import Text

AXIS_STYLE = "dim"
LEGEND_LENGTH = 4  # cells
LEGEND_GAP = "   "
ROWS_PER_TICK = 3
CELLS_PER_TICK = 7


class Run(NamedTuple):
    """A stretch of characters in one style."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Curve:
    """A named column to draw; nan breaks the line. `mark` is its character in plain ASCII."""

    name: str
    y: Floats
    style: str = ""
    dashed: bool = False
    mark: str = "*"


@dataclass(frozen=True, slots=True)
class Picture:
    """Lines of runs: equal neighbours are merged and no line ends in blanks."""

    lines: tuple[tuple[Run, ...], ...]

    def plain(self) -> list[str]:
        """The lines as text alone."""
        return ["".join(run.text for run in line) for line in self.lines]

    def rich(self) -> list[Text]:
        """The lines for a Rich console."""
        from rich.text import Text

        return [Text.assemble(*line) for line in self.lines]


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


def draw(
    x: Floats,
    curves: Sequence[Curve],
    *,
    width: int = 72,
    height: int = 16,
    y_limits: tuple[float, float] | None = None,
    unicode: bool = True,
) -> Picture:
    """Draw columns over x (sorted): a legend, then `height` rows of canvas, then the x axis.

    `width` is that of the whole picture. A nan in a column is a gap, so a jump is written as left
    limit, nan, right limit. A column should be sampled at a few points a cell; its breakpoints are
    where the caller put them.

    >>> x = np.linspace(-1, 1, 101)
    >>> print("\\n".join(draw(x, [Curve("x", x)], width=20, height=5, unicode=False).plain()))
        **** x
     1 +        :     **
       |        : ****
     0 +------****------
       |  ****  :
    -1 +**      :
       ++-------+------+
       -1       0      1
    """
    y_low, y_high = y_limits or limits([curve.y for curve in curves])
    y_ticks = ticks(y_low, y_high, max(3, height // ROWS_PER_TICK))
    labels = tick_labels(y_ticks)
    margin = max(map(len, labels), default=0) + 2
    canvas = Canvas(max(2, width - margin), height, braille=unicode)
    frame = canvas.frame(float(x[0]), float(x[-1]), y_low, y_high)
    for number in reversed(range(len(curves))):  # the first named lies on top
        curve = curves[number]
        canvas.draw(frame, x, curve.y, number, curve.dashed and unicode)
    glyphs = LINES if unicode else ASCII
    rows = {
        _cell(canvas, frame, frame.x_low, y)[1]: label
        for y, label in zip(y_ticks, labels, strict=True)
    }
    grid = _grid(canvas, frame, curves, glyphs)
    lines = list(_legend(curves, margin, width, unicode))
    for row in range(height):
        side = glyphs.side_tick if row in rows else glyphs.side
        lines.append([Run(f"{rows.get(row, ''):>{margin - 2}} {side}", AXIS_STYLE), *grid[row]])
    lines += _foot(canvas, frame, glyphs, margin)
    return Picture(tuple(merged(line) for line in lines))


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
            owner = canvas.owner.get((row, column))
            if owner is not None:
                text = canvas.character((row, column), curves[owner].mark)
                line.append(Run(text, curves[owner].style))
            elif row == zero_row:
                line.append(Run(glyphs.zero, AXIS_STYLE))
            elif column == zero_column:
                line.append(Run(glyphs.zero_side, AXIS_STYLE))
            else:
                line.append(Run(" "))
        grid.append(line)
    return grid


def _legend(curves: Sequence[Curve], margin: int, width: int, unicode: bool) -> Iterator[list[Run]]:
    """A sample and the name of each curve, in as many lines as they need."""
    line = [Run(" " * margin)]
    room = width - margin
    for curve in curves:
        sample = Canvas(LEGEND_LENGTH, 1, braille=unicode)
        ends = np.array([0.0, 1.0])
        sample.draw(sample.frame(0, 1, -0.9, 1), ends, ends * 0, 0, curve.dashed and unicode)
        cells = [sample.character((0, i), curve.mark) or " " for i in range(LEGEND_LENGTH)]
        entry = Run(f"{''.join(cells)} {curve.name}", curve.style)
        gap = LEGEND_GAP if len(line) > 1 else ""
        if gap and len(gap) + len(entry.text) > room:
            yield line
            line, room, gap = line[:1], width - margin, ""
        line += [Run(gap), entry]
        room -= len(gap) + len(entry.text)
    yield line


def _foot(canvas: Canvas, frame: Frame, glyphs: Glyphs, margin: int) -> list[list[Run]]:
    values = ticks(frame.x_low, frame.x_high, max(3, canvas.width // CELLS_PER_TICK))
    axis = [glyphs.foot] * canvas.width
    text = " " * (margin + canvas.width)
    free_from = 0
    for value, label in zip(values, tick_labels(values), strict=True):
        column = _cell(canvas, frame, value, frame.y_low)[0]
        axis[column] = glyphs.foot_tick
        start = margin + column - (len(label.lstrip("-")) - 1) // 2 - label.startswith("-")
        start = min(start, len(text) - len(label))
        if start >= free_from:
            text = text[:start] + label + text[start + len(label) :]
            free_from = start + len(label) + 1
    line = " " * (margin - 1) + glyphs.corner + "".join(axis)
    return [[Run(line, AXIS_STYLE)], [Run(text, AXIS_STYLE)]]


def merged(line: Sequence[Run]) -> tuple[Run, ...]:
    """Neighbours of one style as one run, blanks joined to the run before, none at the end."""
    runs: list[Run] = []
    for run in line:
        blank = not run.text.strip()
        if runs and (blank or run.style == runs[-1].style):
            runs[-1] = Run(runs[-1].text + run.text, runs[-1].style)
        elif run.text:
            runs.append(run)
    while runs and not runs[-1].text.rstrip():
        runs.pop()
    if runs:
        runs[-1] = Run(runs[-1].text.rstrip(), runs[-1].style)
    return tuple(runs)


def limits(columns: Sequence[Floats]) -> tuple[float, float]:
    """The least and the greatest finite value, a little apart at least.

    >>> limits([np.array([0.0, 3.0, np.inf])])
    (0.0, 3.0)
    """
    values = np.concatenate([np.ravel(column) for column in columns])
    values = values[np.isfinite(values)]
    if not values.size:
        return -1.0, 1.0
    low, high = float(values.min()), float(values.max())
    if high - low <= 1e-12 * max(abs(low), abs(high), 1e-300):
        apart = abs(low) or 1.0
        return low - apart, high + apart
    return low, high

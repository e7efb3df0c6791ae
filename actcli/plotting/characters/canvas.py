"""A grid of dots in character cells, and curves as paths of dots over it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, pairwise

import numpy as np

from actcli.analysis.curves import Floats

BRAILLE_BLANK = 0x2800
#: The bit of each dot of a braille cell, by row and column of the dot.
BRAILLE_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
#: The numbers of dots drawn and left out, alternately.
Dash = tuple[int, ...]
SOLID: Dash = (1,)
DASHED: Dash = (3, 2)
#: Consecutive cells for each of several curves that coincide.
TURN = 4


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of the plane that is drawn, and its size in dots."""

    x_low: float
    x_high: float
    y_low: float
    y_high: float
    columns: int
    rows: int

    def column(self, x: Floats) -> Floats:
        """The dot columns of x, not rounded."""
        scaled: Floats = (x - self.x_low) / (self.x_high - self.x_low) * (self.columns - 1)
        return scaled

    def row(self, y: Floats) -> Floats:
        """The dot rows of y, not rounded, from the top; those far outside are moved closer."""
        scaled = (self.y_high - y) / (self.y_high - self.y_low) * (self.rows - 1)
        return np.clip(scaled, -float(self.rows), 2.0 * self.rows)

    def dot(self, x: float, y: float) -> tuple[int, int]:
        """The dot (column, row) nearest to a point."""
        point = np.array([[x], [y]])
        return _nearest(self.column(point[0]))[0], _nearest(self.row(point[1]))[0]


@dataclass(slots=True)
class Canvas:
    """Cells of dots: braille cells of 2 x 4 dots, or plain characters, a dot each.

    Curves are numbered. `claims` are the curves with dots in a cell, `passed` the cells that any
    curve goes through, also in the gaps of its dashes.
    """

    width: int
    height: int
    braille: bool = True
    dots: dict[tuple[int, int], int] = field(default_factory=dict)
    claims: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    passed: set[tuple[int, int]] = field(default_factory=set)

    @property
    def cell_size(self) -> tuple[int, int]:
        """The size of a cell in dots."""
        return (2, 4) if self.braille else (1, 1)

    def frame(self, x_low: float, x_high: float, y_low: float, y_high: float) -> Frame:
        """The frame that fills the canvas."""
        across, down = self.cell_size
        return Frame(x_low, x_high, y_low, y_high, self.width * across, self.height * down)

    def cell(self, column: int, row: int) -> tuple[int, int]:
        """The cell (row, column) of a dot."""
        across, down = self.cell_size
        return row // down, column // across

    def set(self, column: int, row: int, curve: int) -> None:
        """Set a dot, unless it is outside the canvas."""
        across, down = self.cell_size
        cell = self.cell(column, row)
        if 0 <= cell[0] < self.height and 0 <= cell[1] < self.width:
            bit = BRAILLE_BITS[row % down][column % across]
            self.dots[cell] = self.dots.get(cell, 0) | bit
            claims = self.claims.setdefault(cell, [])
            if curve not in claims:
                claims.append(curve)

    def draw(self, frame: Frame, x: Floats, y: Floats, curve: int, dash: Dash = SOLID) -> None:
        """Draw y over x, sorted by x; nan in y breaks the line."""
        drawn = [on for place, dots in enumerate(dash) for on in [place % 2 == 0] * dots]
        for piece in pieces(y):
            for (column, row), on in zip(path(frame, x[piece], y[piece]), cycle(drawn)):
                self.passed.add(self.cell(column, row))
                if on:
                    self.set(column, row, curve)

    def owner(self, cell: tuple[int, int]) -> int | None:
        """The curve that a cell belongs to; curves that coincide take turns, so that all are seen.

        >>> canvas = Canvas(12, 1, braille=False)
        >>> for column in range(12):
        ...     canvas.set(column, 0, 0)
        ...     canvas.set(column, 0, 1)
        >>> [canvas.owner((0, column)) for column in range(12)]
        [0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0]
        """
        claims = self.claims.get(cell)
        return claims[cell[1] // TURN % len(claims)] if claims else None

    def character(self, cell: tuple[int, int], mark: str) -> str:
        """The character of a cell, `mark` without braille, "" if it is empty."""
        bits = self.dots.get(cell, 0)
        if not bits:
            return ""
        return chr(BRAILLE_BLANK + bits) if self.braille else mark


def pieces(y: Floats) -> list[slice]:
    """The stretches of y between its nans.

    >>> pieces(np.array([1.0, 2.0, np.nan, np.nan, 3.0]))
    [slice(0, 2, None), slice(4, 5, None)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate(([False], ~np.isnan(y), [False]))))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def path(frame: Frame, x: Floats, y: Floats) -> Iterator[tuple[int, int]]:
    """The dots (column, row) of one unbroken piece, from left to right.

    There is a dot for each column; steep parts are filled half in each of two columns, and a column
    reaches up to a turn between two columns.
    """
    across, down = frame.column(x), frame.row(y)
    columns, turns = _nearest(across), _nearest(down)
    first, last = columns[0], columns[-1]
    rows = _nearest(np.interp(np.arange(first, last + 1), across, down))
    reached = _joined(rows)
    top, bottom = np.array(rows), np.array(rows)
    np.minimum.at(top, np.array(columns) - first, turns)
    np.maximum.at(bottom, np.array(columns) - first, turns)
    for offset, column in enumerate(reached):
        # One row further is due to the slope within the column, more to a turn.
        high, low = min(column), max(column)
        if top[offset] < high - 1:
            column.extend(range(high - 1, int(top[offset]) - 1, -1))
        if bottom[offset] > low + 1:
            column.extend(range(low + 1, int(bottom[offset]) + 1))
        for row in column:
            yield first + offset, row


def _nearest(scaled: Floats) -> list[int]:
    whole: list[int] = np.floor(scaled + 0.5).astype(int).tolist()
    return whole


def _joined(rows: list[int]) -> list[list[int]]:
    """The rows of each column: its own, and those that join it to its neighbours."""
    columns = [[row] for row in rows]
    for left, (here, there) in enumerate(pairwise(rows)):
        step = 1 if there > here else -1
        between = list(range(here + step, there, step))
        half = len(between) // 2
        columns[left].extend(between[:half])
        columns[left + 1][:0] = between[half:]
    return columns

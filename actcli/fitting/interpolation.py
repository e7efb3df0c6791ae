"""Tables of values between which a line or a parabola is drawn."""

from __future__ import annotations

import math

import numpy as np

from actcli.fitting.approximation import Piece
from actcli.fitting.goal import Goal, Points, true_values
from actcli.fitting.number_format import Floats, rounded
from actcli.fitting.piece_fit import errors_of
from actcli.fitting.search import MOST_PIECES, Report, TooManyError

#: The steps between nodes, and how many a piece has.
DEGREES = {"linear": 1, "quadratic": 2}


class Table:
    """Nodes 2**-width apart, and the pieces that the target makes of them."""

    def __init__(self, goal: Goal, points: Points, interpolation: str, width: int) -> None:
        self.goal, self.width, self.degree = goal, width, DEGREES[interpolation]
        self.first = math.floor(math.ldexp(goal.start, width))
        last = math.ceil(math.ldexp(goal.stop, width))
        self.count = max(1, last - self.first)
        if self.count > MOST_PIECES:
            raise TooManyError
        places = np.arange(self.count * self.degree + 1) / self.degree
        x = np.ldexp(self.first + places, -width)
        f = true_values(goal, x)
        f = np.where(np.isfinite(f), f, 0.0)
        self.nodes = rounded(f, goal.stored)
        self.error = self._error(points)
        if self.degree == 1:  # nodes between the curve and the chords halve the error
            bend = np.zeros_like(f)
            bend[1:-1] = (f[:-2] - 2 * f[1:-1] + f[2:]) / 16
            plain, least = self.nodes, self.error
            self.nodes = rounded(f - bend, goal.stored)
            self.error = self._error(points)
            if self.error > least:
                self.nodes, self.error = plain, least

    def pieces(self) -> tuple[Piece, ...]:
        """A polynomial for each step, its coefficients computed as the target computes them."""
        arithmetic, goal = self.goal.arithmetic, self.goal
        steps = np.ldexp(np.arange(self.first, self.first + self.count), -self.width)
        low, high = self.nodes[: -1 : self.degree], self.nodes[self.degree :: self.degree]
        scale = 2.0**self.width
        if self.degree == 1:
            slope = _wide(arithmetic.subtract(high, low)) * scale
            centres, rows = steps, np.stack([low, slope], axis=1)
        else:
            middle = self.nodes[1::2]
            rise = _wide(arithmetic.subtract(high, low))
            left, right = (
                _wide(arithmetic.subtract(*pair)) for pair in ((middle, low), (high, middle))
            )
            bend = _wide(arithmetic.subtract(right, left))
            centres = steps + 2.0 ** -(self.width + 1)
            rows = np.stack([middle, rise * scale, bend * 2 * scale * scale], axis=1)
        starts = np.maximum(steps, goal.start)
        return tuple(
            Piece(float(start), float(centre), tuple(row.tolist()))
            for start, centre, row in zip(starts, centres, rows, strict=True)
        )

    def _error(self, points: Points) -> float:
        """The largest error at the points."""
        largest = 0.0
        for piece, end in zip(
            made := self.pieces(), [*(piece.start for piece in made[1:]), math.inf], strict=True
        ):
            first, last = np.searchsorted(points.x, [piece.start, end])
            if first < last:
                part = points.part(int(first), int(last) - 1)
                rows = np.array(piece.coefficients)[None]
                largest = max(largest, float(errors_of(self.goal, rows, piece.centre, part).max()))
        return largest


def _wide(a: Floats) -> Floats:
    return np.asarray(a, np.float64)


def table_within(
    goal: Goal, points: Points, interpolation: str, target: float, report: Report | None = None
) -> Table:
    """The table with the fewest nodes whose error is within the target; else TooManyError."""
    for width in _widths(goal):
        table = Table(goal, points, interpolation, width)
        if table.error <= target:
            return table
        if report is not None:
            report(min(1.0, table.count / MOST_PIECES))
    raise TooManyError


def table_of(goal: Goal, points: Points, interpolation: str, count: int) -> Table:
    """The finest table of at most so many steps."""
    best = None
    for width in _widths(goal):
        try:
            table = Table(goal, points, interpolation, width)
        except TooManyError:
            break
        if table.count > count:
            break
        best = table
    if best is None:
        raise TooManyError
    return best


def _widths(goal: Goal) -> range:
    return range(-math.floor(math.log2(goal.stop - goal.start)) - 1, 60)

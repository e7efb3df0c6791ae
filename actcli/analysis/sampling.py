"""The points at which a function is drawn, and its columns there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from actcli.analysis.curves import Curves, Floats, jumps, sides
from actcli.analysis.interval import LARGEST, AxisRange
from actcli.catalogue.activation import Breakpoint
from actcli.catalogue.bound import BoundActivation
from actcli.errors import UsageError
from actcli.numerics.dtypes import get_dtype

if TYPE_CHECKING:
    from actcli.backends.base import Backend

#: Even points of a range; an odd number, so that a symmetric range includes its middle.
POINTS = 1501
MOST_POINTS = 1_000_000
#: The line ends before larger values next to a pole.
HUGE = 1e9


def points(interval: AxisRange, breakpoints: Sequence[float], number: int = POINTS) -> Floats:
    """`number` even points of the interval, and every breakpoint with its two neighbours.

    Kinks are then sharp, however far apart the points are.

    >>> points(AxisRange(-1.0, 1.0), [0.25], 3).tolist()
    [-1.0, 0.0, 0.24999999999999997, 0.25, 0.25000000000000006, 1.0]
    """
    if not 2 <= number <= MOST_POINTS:
        raise UsageError(f"a plot takes from 2 to {MOST_POINTS} points, not {number}")
    exact = np.array([x for x in breakpoints if interval.holds(x)], dtype=np.float64)
    with np.errstate(over="ignore"):  # beyond the largest number
        around = np.concatenate([np.nextafter(exact, -np.inf), exact, np.nextafter(exact, np.inf)])
    around = around[(around >= interval.start) & (around <= interval.stop)]
    even = np.linspace(interval.start, interval.stop, number)
    # np.unique would do, but its first call imports numpy.ma.
    ordered: Floats = np.sort(np.concatenate([even, around]))
    distinct: Floats = ordered[np.concatenate([[True], np.diff(ordered) > 0])]
    return distinct


def sample(
    bound: BoundActivation,
    interval: AxisRange,
    backend: Backend,
    number: int = POINTS,
    orders: tuple[int, ...] = (0, 1),
) -> Curves:
    """The columns of a function, each with a break where it jumps."""
    poles = bound.facts.poles
    x = points(interval, [*(point.x for point in bound.breakpoints), *poles], number)
    evaluated = backend.evaluate(bound, x, orders, get_dtype("float64"))
    columns: dict[int, Floats] = dict(zip(orders, evaluated, strict=True))
    for order, column in columns.items():
        for point in bound.breakpoints:
            if jumps(point, order):
                _break(x, column, point, order)
        column[~(np.abs(column) <= LARGEST)] = np.nan
        column[np.isin(x, poles) & (np.abs(column) > HUGE)] = np.nan
    return Curves(bound, x, columns)


def _break(x: Floats, column: Floats, point: Breakpoint, order: int) -> None:
    _, left, right = sides(point, order)
    column[x == point.x] = np.nan
    if math.isfinite(left) and math.isfinite(right):
        column[x == math.nextafter(point.x, -math.inf)] = left
        column[x == math.nextafter(point.x, math.inf)] = right

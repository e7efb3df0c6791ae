"""Where a picture looks at a function, and the columns that it draws."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from actcli.catalogue.activation import Breakpoint
from actcli.catalogue.bound import BoundActivation
from actcli.errors import UsageError
from actcli.numerics.dtypes import get_dtype

if TYPE_CHECKING:
    from actcli.analysis.measured import Measured
    from actcli.analysis.saturation import Saturation
    from actcli.backends.base import Backend

Floats = NDArray[np.float64]

#: Even points of a range; odd, so that a symmetric range has its middle.
POINTS = 1501
MOST_POINTS = 1_000_000
#: How far right and left of the outermost breakpoint a picture looks, at least.
BEYOND = 3.0
#: A breakpoint out here is as good as none.
FAR = 1e4
#: Past this an axis leaves what float64 can scale.
LARGEST = 1e300
#: What a float next to a pole has; the line ends before it.
HUGE = 1e9


@dataclass(frozen=True, slots=True)
class Interval:
    """The range of x that is drawn, from left to right."""

    start: float
    stop: float

    def holds(self, x: float) -> bool:
        return self.start <= x <= self.stop


@dataclass(frozen=True, slots=True)
class Curves:
    """One function ready to be drawn: x, a column for each order, nan where its line is broken.

    `saturation` is marked if it was looked for; `measured` is what an implementation gives, drawn
    over the true columns.
    """

    bound: BoundActivation
    x: Floats
    columns: Mapping[int, Floats]
    saturation: Saturation | None = None
    measured: Measured | None = None

    @property
    def interval(self) -> Interval:
        return Interval(float(self.x[0]), float(self.x[-1]))

    @property
    def breakpoints(self) -> list[Breakpoint]:
        """Those within sight."""
        return [point for point in self.bound.breakpoints if self.interval.holds(point.x)]


def between(start: float, stop: float) -> Interval:
    """The interval between two numbers, whichever is the larger.

    Raises UsageError where there is nothing to see between them.

    >>> between(5.0, -5.0)
    Interval(start=-5.0, stop=5.0)
    """
    for end in (start, stop):
        if not abs(end) <= LARGEST:
            raise UsageError(
                f"a plot cannot reach to {end!r}; its ends must lie within ±{LARGEST:g}"
            )
    low, high = min(start, stop), max(start, stop)
    if not distinct(low, high):
        raise UsageError(
            f"from {start!r} to {stop!r} is no range to draw; set its ends further apart"
        )
    return Interval(low, high)


def distinct(low: float, high: float) -> bool:
    """Whether an axis can tell its ends apart."""
    return high - low >= 1e-290 and high - low >= 1e-12 * max(abs(low), abs(high))


def default_interval(bounds: Iterable[BoundActivation]) -> Interval:
    """A symmetric range that shows all that happens, as the declarations have it."""
    reach = 0.0
    for bound in bounds:
        reach = max(reach, bound.activation.view)
        if bound.changed:  # `view` knows the breakpoints of default parameters alone
            ends = [abs(point.x) for point in bound.breakpoints if abs(point.x) < FAR]
            reach = max([reach, *(float(math.ceil(end + BEYOND)) for end in ends)])
    return Interval(-reach, reach)


def points(interval: Interval, breakpoints: Sequence[float], number: int = POINTS) -> Floats:
    """`number` even points of the interval, with every breakpoint exactly and its two neighbours.

    A kink is then drawn as one, however far apart the points are.

    >>> points(Interval(-1.0, 1.0), [0.25], 3).tolist()
    [-1.0, 0.0, 0.24999999999999997, 0.25, 0.25000000000000006, 1.0]
    """
    if not 2 <= number <= MOST_POINTS:
        raise UsageError(f"a plot takes from 2 to {MOST_POINTS} points, not {number}")
    exact = np.array([x for x in breakpoints if interval.holds(x)], dtype=np.float64)
    with np.errstate(over="ignore"):  # of the largest number of all
        around = np.concatenate([np.nextafter(exact, -np.inf), exact, np.nextafter(exact, np.inf)])
    around = around[(around >= interval.start) & (around <= interval.stop)]
    even = np.linspace(interval.start, interval.stop, number)
    # np.unique would do, but its first call imports numpy.ma.
    ordered: Floats = np.sort(np.concatenate([even, around]))
    distinct: Floats = ordered[np.concatenate([[True], np.diff(ordered) > 0])]
    return distinct


def sample(
    bound: BoundActivation,
    interval: Interval,
    backend: Backend,
    number: int = POINTS,
    orders: tuple[int, ...] = (0, 1),
) -> Curves:
    """The columns of one function, each line broken where its own column jumps."""
    poles = bound.activation.poles
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
    """Interrupt a column at a jump, and let each piece end exactly at its own limit."""
    _, left, right = sides(point, order)
    column[x == point.x] = np.nan
    if math.isfinite(left) and math.isfinite(right):
        column[x == math.nextafter(point.x, -math.inf)] = left
        column[x == math.nextafter(point.x, math.inf)] = right


def jumps(point: Breakpoint, order: int) -> bool:
    """Whether the column of that order jumps at the breakpoint.

    A value apart from equal limits (step's second side, a single point) is a jump too.
    """
    at, left, right = sides(point, order)
    return not at == left == right


def sides(point: Breakpoint, order: int) -> tuple[float, float, float]:
    """What a column is at a breakpoint and what it tends to from the left and from the right."""
    if order == 0:
        return point.value, point.left_value, point.right_value
    if order == 1:
        return point.derivative, point.left_derivative, point.right_derivative
    return math.nan, math.nan, math.nan

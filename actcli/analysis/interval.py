"""The range of x that is looked at, and what can be one."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from actcli.catalogue.bound import BoundActivation
from actcli.errors import UsageError

#: How far right and left of the outermost breakpoint a picture looks, at least.
BEYOND = 3.0
#: A breakpoint out here is as good as none.
FAR = 1e4
#: Past this an axis leaves what float64 can scale.
LARGEST = 1e300


@dataclass(frozen=True, slots=True)
class Interval:
    """The range of x that is drawn, from left to right."""

    start: float
    stop: float

    def holds(self, x: float) -> bool:
        return self.start <= x <= self.stop


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


def axis_limits(name: str, ends: tuple[float, float]) -> Interval:
    """The two ends of an axis, the lower one first; UsageError, which names them, for others.

    >>> axis_limits("--ylim", (-1.0, 2.0))
    Interval(start=-1.0, stop=2.0)
    """
    low, high = ends
    for end in ends:
        if not math.isfinite(end) or abs(end) > LARGEST:
            raise UsageError(f"{name} takes two numbers within ±{LARGEST:g}, not {end!r}")
    if low > high:
        raise UsageError(f"{name} takes the lower end first, so not {low!r} {high!r}")
    if not distinct(low, high):
        raise UsageError(f"{name} {low!r} {high!r} leaves no room; set its ends further apart")
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

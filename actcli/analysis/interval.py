"""The range of x that is drawn."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from actcli.catalogue.bound import BoundActivation
from actcli.errors import UsageError

#: The largest number that an axis in float64 can scale.
LARGEST = 1e300


@dataclass(frozen=True, slots=True)
class AxisRange:
    """The range of x that is drawn, from left to right."""

    start: float
    stop: float

    def holds(self, x: float) -> bool:
        return self.start <= x <= self.stop


def between(start: float, stop: float) -> AxisRange:
    """The interval between two numbers, whichever is the larger.

    Raises UsageError if they are too large or too close.

    >>> between(5.0, -5.0)
    AxisRange(start=-5.0, stop=5.0)
    """
    for end in (start, stop):
        if not abs(end) <= LARGEST:
            raise UsageError(f"a plot cannot reach {end!r}; its ends must be within ±{LARGEST:g}")
    low, high = min(start, stop), max(start, stop)
    if not distinct(low, high):
        raise UsageError(
            f"the range from {start!r} to {stop!r} is too narrow; set its ends further apart"
        )
    return AxisRange(low, high)


def axis_limits(name: str, ends: tuple[float, float]) -> AxisRange:
    """The ends of an axis, the lower one first; UsageError, with the option's name, for others.

    >>> axis_limits("--ylim", (-1.0, 2.0))
    AxisRange(start=-1.0, stop=2.0)
    """
    low, high = ends
    for end in ends:
        if not math.isfinite(end) or abs(end) > LARGEST:
            raise UsageError(f"{name} takes two numbers within ±{LARGEST:g}, not {end!r}")
    if low > high:
        raise UsageError(f"{name} takes the lower end first, not {low!r} {high!r}")
    if not distinct(low, high):
        raise UsageError(f"{name} {low!r} {high!r} leaves no room; set its ends further apart")
    return AxisRange(low, high)


def distinct(low: float, high: float) -> bool:
    """Whether an axis can tell its ends apart."""
    return high - low >= 1e-290 and high - low >= 1e-12 * max(abs(low), abs(high))


def default_interval(bounds: Iterable[BoundActivation]) -> AxisRange:
    """A symmetric range that shows everything of interest in all functions."""
    reach = max(bound.facts.view for bound in bounds)
    return AxisRange(-reach, reach)

"""The columns of a function as lines, and where they are broken."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from actcli.analysis.interval import AxisRange
from actcli.catalogue.activation import Breakpoint
from actcli.catalogue.bound import BoundActivation

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curves:
    """A function ready to be drawn: x, and a column for each order, nan where its line breaks."""

    bound: BoundActivation
    x: Floats
    columns: Mapping[int, Floats]

    @property
    def interval(self) -> AxisRange:
        return AxisRange(float(self.x[0]), float(self.x[-1]))

    @property
    def breakpoints(self) -> list[Breakpoint]:
        """The breakpoints in the interval."""
        return [point for point in self.bound.breakpoints if self.interval.holds(point.x)]


def jumps(point: Breakpoint, order: int) -> bool:
    """Whether the column of that order jumps at the breakpoint.

    A single value that differs from equal limits is a jump too.
    """
    at, left, right = sides(point, order)
    return not at == left == right


def sides(point: Breakpoint, order: int) -> tuple[float, float, float]:
    """The value of a column at a breakpoint, and its limits from the left and the right."""
    if order == 0:
        return point.value, point.left_value, point.right_value
    if order == 1:
        return point.derivative, point.left_derivative, point.right_derivative
    return math.nan, math.nan, math.nan

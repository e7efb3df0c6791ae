"""What an approximation is beyond its ends: the function's asymptotes."""

from __future__ import annotations

import math

import numpy as np

from actcli.fitting.approximation import Tail
from actcli.fitting.goal import Goal, true_values

#: Where an asymptote's offset is read off, and how near it must be at both.
FAR = (2.0**20, 2.0**24)
NEAR = 2.0**-20


def tail(goal: Goal, sign: int) -> Tail:
    """The asymptote at -inf or +inf: a constant, a line, or where there is none the value there."""
    if goal.order == 0:
        ends = goal.bound.limits[sign > 0]
        value, slope = float(ends[0]), float(ends[1])
        if math.isfinite(value):
            return Tail(0.0, value)
        if math.isfinite(slope) and slope != 0:
            x = np.array(FAR) * sign
            offsets = true_values(goal, x) - slope * x
            if np.ptp(offsets) <= NEAR:
                nearest = round(float(offsets[1]) * 2**16) / 2**16
                return Tail(slope, nearest + 0.0)
    else:
        value = float(goal.bound.limits[sign > 0][goal.order])
        if math.isfinite(value):
            return Tail(0.0, value + 0.0)
    end = goal.stop if sign > 0 else goal.start
    return Tail(0.0, float(true_values(goal, np.array([end]))[0]))

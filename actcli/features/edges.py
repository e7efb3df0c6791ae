"""Edges of smooth pieces: poles, ends of the domain, vertical slopes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from flint import arb

from actcli.features.breakpoints import as_float, nearest_value
from actcli.features.turns import Scan
from actcli.language import balls
from actcli.language.program import Program

#: Places closer than this, relatively, count as one; at most MOST of them are examined.
TOGETHER, MOST = 2.0**-12, 16
#: The least growth of values at a pole when x is eight times nearer.
GROWTH = 4.0


class Edge(NamedTuple):
    """A place without a series: the value there and the limits on both sides (or nan).

    `slope` is the steeper limit of the derivative. There are values on both sides if `inside`, and
    they are unbounded if `pole`.
    """

    x: float
    value: float
    left: float
    right: float
    slope: float
    inside: bool
    pole: bool

    @property
    def upright(self) -> bool:
        """Whether the value is continuous and the slope unbounded."""
        return self.inside and not self.pole and math.isinf(self.slope)


def find_edges(program: Program, found: Scan, ends: tuple[float, float]) -> Iterator[Edge]:
    """The edges within a piece, in order."""
    low, high = found.places.low, found.places.high
    if not len(low):
        return
    slope = found.orders[1]
    wild = ~(np.isfinite(slope.low) & np.isfinite(slope.high))
    short = high - low <= np.maximum(abs(low), abs(high)) * TOGETHER
    suspects = [
        (float(low[k]), float(high[k])) for k in np.flatnonzero(wild & (short | (low * high <= 0)))
    ]
    gaps = np.flatnonzero(low[1:] > high[:-1])
    suspects += [(float(high[k]), float(low[k + 1])) for k in gaps.tolist()]
    if low[0] > ends[0]:
        suspects.append((float(low[0]), float(high[0])))
    if high[-1] < ends[1]:
        suspects.append((float(low[-1]), float(high[-1])))
    nearest = sorted(_joined(sorted(suspects)), key=lambda pair: min(map(abs, pair)))[:MOST]
    for a, b in sorted(nearest):
        at_numbers = (_edge(program, x) for x in _candidates(a, b))
        edge = next(filter(None, at_numbers), None) or _irrational_pole(program, a, b)
        if edge is not None:
            yield edge


def _joined(suspects: list[tuple[float, float]]) -> list[tuple[float, float]]:
    joined: list[tuple[float, float]] = []
    for a, b in suspects:
        if joined and a - joined[-1][1] <= max(abs(a), abs(b)) * TOGETHER + 2.0**-38:
            joined[-1] = (joined[-1][0], max(b, joined[-1][1]))
        else:
            joined.append((a, b))
    return joined


def _candidates(low: float, high: float) -> list[float]:
    """Numbers that an edge may be at, the simplest first."""
    room = max(abs(low), abs(high)) * TOGETHER + 2.0**-38
    found = []
    for digits in range(8):
        x = round(low / 2 + high / 2, digits)
        if low - room <= x <= high + room and x not in found:
            found.append(x)
    return [*found, low / 2 + high / 2]


def _edge(program: Program, x: float) -> Edge | None:
    """The edge at x, if the program has no series there."""
    with balls.LOCK:
        series = balls.evaluate(program, arb(x), 2, 1024)
    if not isinstance(series, balls.Trouble):
        return None
    from actcli.numerics import limits

    sides, slopes = [], []
    with balls.LOCK:
        for side in (-1, 1):
            sides.append(as_float(limits.followed(program, x, side, 0)))
            slopes.append(abs(as_float(limits.followed(program, x, side, 1))))
    value = nearest_value(program, x, 0)
    left, right = sides
    if math.isnan(left) and math.isnan(right):
        return None
    known = [slope for slope in slopes if not math.isnan(slope)]
    pole = math.isinf(left) or math.isinf(right)
    inside = not (math.isnan(left) or math.isnan(right))
    if inside and not pole and left == right == value and all(map(math.isfinite, known)):
        return None  # a removable singularity
    return Edge(x + 0.0, value, left, right, max(known, default=math.nan), inside, pole)


def _irrational_pole(program: Program, low: float, high: float) -> Edge | None:
    """A pole between two numbers, if the values grow like those at one."""
    x = low / 2 + high / 2
    width = max(high - low, abs(x) * TOGETHER)
    far, near = (
        [nearest_value(program, x + side * step, 0) for side in (-1, 1)]
        for step in (8 * width, width)
    )
    if not all(map(math.isfinite, [*far, *near])):
        return None
    if any(abs(n) < GROWTH * abs(f) or n * f <= 0 for n, f in zip(near, far, strict=True)):
        return None
    left, right = (math.copysign(math.inf, value) for value in near)
    return Edge(x, nearest_value(program, x, 0), left, right, math.inf, True, True)

"""How far from 0 a plot of a formula should reach to show its features."""

from __future__ import annotations

import math

import numpy as np

from actcli.features.features import Features

USUAL = 6.0
#: More turning points or inflections than this count as endless.
MANY = 6
#: A ratio of gaps that a periodic function does not have.
CROWDED = 100.0
STEPS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
#: A slope has settled if its distance from the limit is this part of the largest.
SETTLED = 0.03
#: How far a plot reaches beyond the last mark, and beyond where the slope has settled.
BEYOND, ROOM = 2.0, 1.2
#: Marks nearer or further out than this are ignored.
NEAREST, FURTHEST = 1e-6, 1e4


def half_width(features: Features) -> float:
    """The half-width of a plot, with few digits."""
    turning = [point.x for point in features.extrema]
    bending = [turn.x for piece in features.pieces for turn in piece.scan.second.turns]
    for some, gaps in ((turning, 2), (bending, 4)):
        points = [x for x in some if abs(x) > NEAREST or not x]
        if len(points) > MANY:  # it oscillates
            between = np.diff(sorted(points))
            width = gaps * float(np.median(between)) * 0.8
            if between.max() > CROWDED * width:  # ever faster towards a point
                return _round(1.2 * max(map(abs, points)))
            return _round(max([width, *(1.1 * abs(point.x) for point in features.stationary)]))
    breaks = sorted((p.x for p in features.breakpoints), key=abs)[:MANY]
    marks = [abs(x) for x in [*turning, *bending, *breaks]]
    marks += [abs(edge.x) for edge in features.edges]
    seen = [mark for mark in marks if NEAREST < mark < FURTHEST]
    furthest = max(seen, default=0.0)
    width = max(1.5 * furthest, min(furthest + BEYOND, 4 * furthest))
    steep = not math.isfinite(features.steepest.derivative)
    settled = 0.0 if steep else ROOM * _settled(features)
    width = max(width, min(settled, 8 * width or settled))
    if not width:
        width = USUAL / 2 if features.breakpoints or steep else USUAL
    return _round(width)


def _settled(features: Features) -> float:
    """How far out the slope settles at its limits, if those are finite."""
    furthest = 0.0
    for sign, end in zip((-1, 1), features.limits, strict=True):
        limit = end.derivative
        if not math.isfinite(limit):
            continue
        sizes, offs = [], []
        for piece in features.pieces:
            places, slope = piece.scan.places, piece.scan.orders[1]
            at = places.low if sign > 0 else places.high
            mine = (at * sign >= 0) & np.isfinite(slope.low) & np.isfinite(slope.high)
            middle = slope.low[mine] / 2 + slope.high[mine] / 2
            sizes.append(abs(at[mine]))
            offs.append(abs(middle - limit))
        size, off = np.concatenate(sizes), np.concatenate(offs)
        near = size < FURTHEST
        if not near.any():
            continue
        size, off = size[near], off[near]
        moving = size[off > SETTLED * max(off.max(), 1e-300)]
        if len(moving) and off.max() > 1e-9:
            furthest = max(furthest, float(moving.max()))
    return furthest


def _round(width: float) -> float:
    """The next larger number with few digits.

    >>> _round(2.83), _round(0.21), _round(6.28)
    (3.0, 0.25, 8.0)
    """
    power = 10.0 ** math.floor(math.log10(width))
    step = next(step for step in STEPS if step >= width / power * (1 - 1e-9))
    return step * power

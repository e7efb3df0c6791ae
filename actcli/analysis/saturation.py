"""Where a function saturates: the stretches of x on which its derivative is almost 0."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from actcli.analysis.curves import Curves, Floats
from actcli.analysis.sampling import POINTS, sample
from actcli.catalogue.bound import BoundActivation
from actcli.numerics.dtypes import get_dtype

if TYPE_CHECKING:
    from actcli.backends.base import Backend

#: The default threshold for the derivative.
EPSILON = 0.01
#: The relative accuracy of roots, and the largest number of steps to find them.
CLOSE = 1e-13
STEPS = 60
#: The points used to examine a dip of the derivative, and how often it is refined; a dip may be
#: this many times deeper than three points show.
DIP_POINTS, DIP_LEVELS = 17, 3
DEEPER = 2.0
#: With more turns of the derivative, stretches are narrower than a line.
MOST_TURNS = 400
#: Where an unbounded piece is probed, to tell whether it is flat or only becomes flat.
PROBES = (1e-3, 0.1, 1.0, 3.0)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of x, and whether the derivative is exactly 0 all along it."""

    start: float
    stop: float
    flat: bool


@dataclass(frozen=True, slots=True)
class Saturation:
    """The stretches on which |f'| is below epsilon, left to right."""

    epsilon: float
    stretches: tuple[Stretch, ...]


def saturation(curves: Curves, backend: Backend, epsilon: float = EPSILON) -> Saturation:
    """Find the stretches of x within which |f'| is below epsilon.

    Their ends are roots of f' = ±epsilon between neighbours of the sample. A dip of |f'| between
    neighbours that are both above epsilon is examined. There are no stretches if the derivative
    turns hundreds of times, since no picture could show them.
    """
    bound, interval = curves.bound, curves.interval

    def slope(x: Floats) -> Floats:
        (values,) = backend.evaluate(bound, x, (1,), get_dtype("float64"))
        return np.asarray(values, dtype=np.float64)

    if 1 not in curves.columns or len(curves.x) < POINTS:
        curves = sample(bound, interval, backend, orders=(1,))
    edges = sorted({interval.start, *(point.x for point in curves.breakpoints), interval.stop})
    stretches: list[Stretch] = []
    for start, stop in pairwise(edges):
        if _is_flat(bound, slope, start, stop):
            stretches.append(Stretch(start, stop, flat=True))
            continue
        # At a breakpoint itself the derivative is a convention.
        inside = (curves.x > start) & (curves.x < stop) & np.isfinite(curves.columns[1])
        x, dy = curves.x[inside], curves.columns[1][inside]
        if not len(x):
            continue
        steps = np.diff(dy)
        if np.count_nonzero(np.diff(np.sign(steps[steps != 0]))) > MOST_TURNS:
            return Saturation(epsilon, ())
        cuts = np.unique([start, *_crossings(slope, x, dy, epsilon), stop])
        middles = slope(cuts[:-1] / 2 + cuts[1:] / 2)
        stretches += [
            Stretch(float(left), float(right), flat=False)
            for left, right, value in zip(cuts[:-1], cuts[1:], middles, strict=True)
            if abs(value) < epsilon
        ]
    return Saturation(epsilon, tuple(_joined(stretches)))


def _is_flat(
    bound: BoundActivation, slope: Callable[[Floats], Floats], start: float, stop: float
) -> bool:
    """Whether the derivative is 0 on the whole piece around a stretch, not just too small there."""
    ends = [-math.inf, *(point.x for point in bound.breakpoints), math.inf]
    middle = start / 2 + stop / 2
    low = max(end for end in ends if end <= middle)
    high = min(end for end in ends if end > middle)
    if math.isinf(low) and math.isinf(high):
        probes = [-PROBES[-1], *PROBES]
    elif math.isinf(low):
        probes = [high - step * max(1.0, abs(high)) for step in PROBES]
    elif math.isinf(high):
        probes = [low + step * max(1.0, abs(low)) for step in PROBES]
    else:
        probes = [low + (high - low) * part for part in (0.1, 0.35, 0.6, 0.9)]
    return not slope(np.array([*probes, middle])).any()


def _crossings(slope: Callable[[Floats], Floats], x: Floats, dy: Floats, epsilon: float) -> Floats:
    """The roots of |f'| = epsilon in a smooth piece, of which x and f' are a sample."""
    x, dy = _with_dips(slope, x, dy, epsilon)
    places, levels = [], []
    for level in (epsilon, -epsilon):
        apart = np.flatnonzero((dy[:-1] < level) != (dy[1:] < level))
        places.append(apart)
        levels.append(np.full(len(apart), level))
    left, wanted = np.concatenate(places), np.concatenate(levels)
    return _closed_in(
        lambda at, which: slope(at) - wanted[which],
        x[left],
        x[left + 1],
        dy[left] - wanted,
        dy[left + 1] - wanted,
    )


def _with_dips(
    slope: Callable[[Floats], Floats], x: Floats, dy: Floats, epsilon: float
) -> tuple[Floats, Floats]:
    """The sample with more points in dips of |f'| that may reach below epsilon unseen."""
    size = np.abs(dy)
    before, at, after = size[:-2], size[1:-1], size[2:]
    # A parabola through three points estimates the depth; the true dip may be deeper.
    with np.errstate(all="ignore"):
        depth = (after - before) ** 2 / (before - 2 * at + after) / 8
        deep = at - DEEPER * (depth + (before - at) + (after - at)) < epsilon
    dips = np.flatnonzero((at <= before) & (at <= after) & (at >= epsilon) & deep)
    low, high = x[dips], x[dips + 2]
    every = np.arange(len(dips))
    parts = np.linspace(0.0, 1.0, DIP_POINTS)[:, None]
    for _ in range(DIP_LEVELS if len(dips) else 0):
        finer = low + parts * (high - low)
        values = slope(finer.ravel())
        x, order = np.unique(np.concatenate([x, finer.ravel()]), return_index=True)
        dy = np.concatenate([dy, values])[order]
        lowest = np.argmin(np.abs(values.reshape(finer.shape)), axis=0).clip(1, DIP_POINTS - 2)
        low, high = finer[lowest - 1, every], finer[lowest + 1, every]
    return x, dy


def _closed_in(
    function: Callable[[Floats, NDArray[np.intp]], Floats],
    a: Floats,
    b: Floats,
    at_a: Floats,
    at_b: Floats,
) -> Floats:
    """A root between every a and b, by false position (the Illinois variant, which cannot stall).

    `function` is told which roots its numbers belong to.
    """
    found = b.copy()
    left = np.arange(len(a))
    for _ in range(STEPS):
        if not len(left):
            break
        with np.errstate(all="ignore"):
            step = at_b * (b - a) / (at_b - at_a)
        c = np.where(np.isfinite(step), b - step, b)
        at_c = function(c, left)
        crossed = at_c * at_b < 0
        a, at_a = np.where(crossed, b, a), np.where(crossed, at_b, at_a / 2)
        found[left] = c
        more = np.abs(c - b) > CLOSE * np.maximum(np.abs(c), 1e-290)
        left, a, at_a, b, at_b = left[more], a[more], at_a[more], c[more], at_c[more]
    return found


def _joined(stretches: Sequence[Stretch]) -> list[Stretch]:
    """The stretches with adjacent ones of the same kind joined."""
    joined: list[Stretch] = []
    for stretch in stretches:
        if joined and joined[-1].stop == stretch.start and joined[-1].flat == stretch.flat:
            joined[-1] = Stretch(joined[-1].start, stretch.stop, stretch.flat)
        else:
            joined.append(stretch)
    return joined

"""Periodic turning points: their period, and a formula for their places."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

#: The least number of equally spaced points of a kind that count as periodic.
FEWEST = 4
SAME = 1e-9


class Extremum(NamedTuple):
    """A strict turning point; `proven` if it was isolated."""

    x: float
    value: float
    kind: str
    proven: bool


def of(extrema: Sequence[Extremum]) -> float | None:
    """The period of turning points; None if there is none."""
    found = []
    for kind in ("minimum", "maximum"):
        points = [point for point in extrema if point.kind == kind]
        first = points[0].value if points else 0.0
        if any(abs(point.value - first) > SAME * (1 + abs(first)) for point in points):
            return None
        found.append(spacing([point.x for point in points]))
    low, high = found
    return low if low and high and abs(low - high) <= SAME * low else None


def spacing(points: Sequence[float]) -> float | None:
    """The distance between successive numbers; None if it is not constant.

    >>> spacing([1.0, 2.0, 3.0, 4.0]), spacing([1.0, 2.0, 3.0, 5.0])
    (1.0, None)
    """
    steps = [b - a for a, b in pairwise(points)]
    if len(points) < FEWEST or max(steps) - min(steps) > SAME * max(steps):
        return None
    return sum(steps) / len(steps)


def written(x: float, period: float) -> str:
    """A formula for points x + k*period.

    >>> written(math.pi / 2, 2 * math.pi), written(0.25, 1.0)
    ('pi/2 + 2*k*pi', '0.25 + 1*k')
    """
    first, step = _in_pi(x), _in_pi(period)
    if first is None or step is None:
        return f"{x:.6g} + {period:.6g}*k"
    head = "" if first == 0 else f"{_turns(first)} + "
    return head + _turns(step, "k*")


def _in_pi(x: float) -> Fraction | None:
    """x as a simple multiple of pi."""
    turns = Fraction(x / math.pi).limit_denominator(360)
    return turns if abs(float(turns) * math.pi - x) <= 1e-12 * max(1.0, abs(x)) else None


def _turns(turns: Fraction, factor: str = "") -> str:
    size, below = abs(turns.numerator), turns.denominator
    number = "" if size == 1 else f"{size}*"
    text = f"{number}{factor}pi" + (f"/{below}" if below > 1 else "")
    return f"-{text}" if turns < 0 else text

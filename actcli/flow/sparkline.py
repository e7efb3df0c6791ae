"""A row of numbers as a row of characters."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

BLOCKS = "▁▂▃▄▅▆▇█"
ASCII = ".:-=+*#@"
#: The character for nan.
MISSING = " "


def shared_range(rows: Iterable[Sequence[float]], least: float) -> tuple[float, float]:
    """The common range of several rows, at least `least` wide.

    >>> shared_range([[0.0, 4.0], [math.inf, 1.0]], 8.0)
    (-2.0, 6.0)
    """
    finite = [value for row in rows for value in row if math.isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    missing = max(0.0, least - (high - low)) / 2
    return low - missing, high + missing


def sparkline(
    values: Sequence[float], low: float, high: float, width: int, unicode: bool = True
) -> str:
    """Values between low and high in at most `width` characters, evenly chosen.

    >>> sparkline([0.0, 1.0, 2.0, math.nan, -math.inf], 0.0, 2.0, 5, unicode=False)
    '.+@ .'
    """
    marks = BLOCKS if unicode else ASCII
    count = min(width, len(values))
    chosen = [values[round(n * (len(values) - 1) / max(1, count - 1))] for n in range(count)]
    return "".join(_mark(value, low, high, marks) for value in chosen)


def _mark(value: float, low: float, high: float, marks: str) -> str:
    if math.isnan(value):
        return MISSING
    share = min(1.0, max(0.0, (value - low) / (high - low)))
    return marks[min(len(marks) - 1, int(share * len(marks)))]

"""One function and its derivative in characters: where to look, how far up, and the picture."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from actcli.plotting.ranges import reach
from actcli.plotting.sampling import Curves, Floats, Interval, default_interval, sample
from actcli.plotting.terminal import Curve, Picture, draw, limits

if TYPE_CHECKING:
    from actcli.backends.base import Backend
    from actcli.catalogue.bound import BoundActivation

VALUE_STYLE = "blue"
DERIVATIVE_STYLE = "red"
#: Points of x that are looked at for each cell.
POINTS_PER_CELL = 8
#: How many cells a wave needs at least from one turn to the next.
CELLS_PER_TURN = 5
#: How often the view of a fast wave may be halved.
MOST_HALVINGS = 1000


def portrait(
    bound: BoundActivation, backend: Backend, *, width: int, height: int, unicode: bool
) -> Picture:
    """Draw f and f' over the range that shows what happens, a fast wave closer than others."""
    curves = _readable(bound, backend, width)
    value, slope = curves.columns[0], curves.columns[1]
    # No air above and below: in characters every row counts.
    low, high = limits([value, slope])
    far = reach(curves)
    name = "f(x), cut off" if far.cut else "f(x)"
    return draw(
        curves.x,
        [
            Curve(name, value, VALUE_STYLE),
            Curve("f'(x)", slope, DERIVATIVE_STYLE, dashed=True, mark="."),
        ],
        width=width,
        height=height,
        y_limits=(max(low, far.low), min(high, far.high)),
        unicode=unicode,
    )


def _readable(bound: BoundActivation, backend: Backend, width: int) -> Curves:
    """The function over its usual range, halved as often as it takes to tell its waves apart."""
    usual = default_interval([bound])

    def closer(halvings: int) -> Curves:
        part = Interval(usual.start * 0.5**halvings, usual.stop * 0.5**halvings)
        return sample(bound, part, backend, POINTS_PER_CELL * width + 1)

    def readable(curves: Curves) -> bool:
        return turns(curves.columns.values(), width) * CELLS_PER_TURN <= width

    curves = closer(0)
    if readable(curves):
        return curves
    too_few, enough = 0, 1
    while enough < MOST_HALVINGS and not readable(curves := closer(enough)):
        too_few, enough = enough, min(2 * enough, MOST_HALVINGS)
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        if readable(closer(middle)):
            enough = middle
        else:
            too_few = middle
    return closer(enough)


def turns(columns: Iterable[Floats], levels: int) -> int:
    """How often a column turns between rising and falling, told apart by so many levels.

    >>> turns([np.array([0.0, 1.0, 0.0, 1.0]), np.array([1.0, 1.0, 1.0, 1.0])], 10)
    2
    """
    most = 0
    for column in columns:
        low, high = limits([column])
        steps = np.sign(np.diff(np.round((column - low) / (high - low) * levels)))
        steps = steps[np.abs(steps) == 1]
        most = max(most, int(np.count_nonzero(np.diff(steps))))
    return most

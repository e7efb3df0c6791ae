"""A function and its derivative in characters, over a range that suits them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from actcli.analysis.curves import Curves, Floats
from actcli.analysis.exhibit import Exhibit
from actcli.analysis.interval import AxisRange, default_interval
from actcli.analysis.sampling import sample
from actcli.plotting.characters.axis import limits
from actcli.plotting.characters.runs import Drawing
from actcli.plotting.characters.screen import Screen, single

if TYPE_CHECKING:
    from actcli.backends.base import Backend
    from actcli.catalogue.bound import BoundActivation

#: Points of x in each cell.
POINTS_PER_CELL = 8
#: The fewest cells from one turn of a wave to the next.
CELLS_PER_TURN = 5
#: How often the range of a fast wave may be halved.
MOST_HALVINGS = 1000


def portrait(bound: BoundActivation, backend: Backend, screen: Screen) -> Drawing:
    """Draw f and f' over the usual range, or a smaller one for fast waves."""
    return single(Exhibit(_readable(bound, backend, screen.width)), screen)


def _readable(bound: BoundActivation, backend: Backend, width: int) -> Curves:
    """The function over its usual range, halved until its waves can be distinguished."""
    usual = default_interval([bound])

    def closer(halvings: int) -> Curves:
        part = AxisRange(usual.start * 0.5**halvings, usual.stop * 0.5**halvings)
        return sample(bound, part, backend, POINTS_PER_CELL * width + 1)

    def readable(curves: Curves) -> bool:
        return turns(curves.columns.values(), width) * CELLS_PER_TURN <= width

    curves = closer(0)
    if readable(curves):
        return curves
    too_few, enough = 0, 1
    while enough < MOST_HALVINGS and not readable(curves := closer(enough)):
        too_few, enough = enough, min(2 * enough, MOST_HALVINGS)
    if not readable(curves):  # ever faster towards 0
        return closer(0)
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        if readable(closer(middle)):
            enough = middle
        else:
            too_few = middle
    return closer(enough)


def turns(columns: Iterable[Floats], levels: int) -> int:
    """How often a column changes between rising and falling, at a resolution of `levels`.

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

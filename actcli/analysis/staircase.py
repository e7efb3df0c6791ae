"""Results in a dtype as a function of all real numbers."""

from __future__ import annotations

import numpy as np

from actcli.analysis.curves import Floats


def steps(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The corners of a staircase, in which each value reaches halfway to its neighbours.

    This is the function of a real number that is rounded to the nearest x. Values that are not
    finite leave gaps.

    >>> steps(np.array([0.0, 1.0]), np.array([5.0, 6.0]))
    (array([0. , 0.5, 0.5, 1. ]), array([5., 5., 6., 6.]))
    """
    middles = x[:-1] / 2 + x[1:] / 2
    corners = np.empty(2 * len(x))
    corners[0], corners[-1] = x[0], x[-1]
    corners[1:-1:2] = corners[2:-1:2] = middles
    heights = np.repeat(np.where(np.isfinite(y), y, np.nan), 2)
    return corners, heights

"""The numbers of a format as the function of all real numbers that rounding to it makes."""

from __future__ import annotations

import numpy as np

from actcli.analysis.curves import Floats


def steps(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The corners of a staircase: each value holds from midway to midway between its neighbours.

    That is the function of all real x that are rounded to the nearest of these. What is not finite
    leaves a gap.

    >>> steps(np.array([0.0, 1.0]), np.array([5.0, 6.0]))
    (array([0. , 0.5, 0.5, 1. ]), array([5., 5., 6., 6.]))
    """
    middles = x[:-1] / 2 + x[1:] / 2
    corners = np.empty(2 * len(x))
    corners[0], corners[-1] = x[0], x[-1]
    corners[1:-1:2] = corners[2:-1:2] = middles
    heights = np.repeat(np.where(np.isfinite(y), y, np.nan), 2)
    return corners, heights

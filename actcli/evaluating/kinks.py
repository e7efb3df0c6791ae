"""Kinks: where a derivative jumps, any number between its one-sided limits is right.

Frameworks choose different ones. The error of a number outside is its distance to the nearer limit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from actcli.catalogue.bound import BoundActivation
from actcli.evaluating.truth import TrueValues, Truth, rounded
from actcli.numerics.dtypes import DTYPES

Floats = NDArray[np.float64]


class Kinks:
    """The kinks of one column, multiplied by `factor`."""

    def __init__(self, bound: BoundActivation, order: int, factor: float = 1.0) -> None:
        self.sides = [
            (x, *sorted((left * factor, right * factor)))
            for x, left, right in _sides(bound, order)
            if left != right and math.isfinite(left) and math.isfinite(right)
        ]

    def nearest(self, x: Floats, got: Floats, truth: Truth) -> Truth:
        """The truth, at a kink replaced by the right number nearest to the result.

        >>> from actcli.catalogue.specification import parse
        >>> truth = Truth(np.array([0.0, 0.0, 0.0]))
        >>> Kinks(parse("relu"), 1).nearest(np.zeros(3), np.array([0.5, 2.0, np.nan]), truth).high
        array([0.5, 1. , 0. ])
        """
        for place, low, high in self.sides:
            here = (x == place) & ~np.isnan(got)
            if here.any():
                truth = truth.replaced(here, Truth(np.clip(got[here], low, high)))
        return truth


def _sides(bound: BoundActivation, order: int) -> Iterator[tuple[float, float, float]]:
    """Each breakpoint with the limits of a derivative from the left and the right."""
    if order == 0:
        return
    for point in bound.breakpoints:
        x = float(point.x)
        if order == 1:
            yield x, float(point.left_derivative), float(point.right_derivative)
            continue
        beside = np.nextafter(x, [-np.inf, np.inf])
        (truth,) = TrueValues(bound, (order,), DTYPES["float64"])(beside)
        left, right = rounded(truth, DTYPES["float64"]).tolist()
        yield x, left, right

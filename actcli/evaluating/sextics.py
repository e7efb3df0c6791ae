"""Large float64 arrays by polynomials of degree 6 on a fine grid: the same numbers, faster.

The value in the middle of each interval is held in two parts, and the polynomial gives the small
difference to x, so that the sum is good to about 2^-61. The sum is rounded with the error of its
interval added and subtracted; if both round alike (Ziv, 1991), so do the double-double formulas.
The rest is returned to be computed otherwise, so the choice of method never changes a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.arithmetic import double_double
from actcli.arithmetic.pair import Pair
from actcli.catalogue.bound import BoundActivation

Array = NDArray[np.float64]

#: intervals per unit, and on each side of 0; interval k has its middle at k / PER_UNIT
PER_UNIT = 256
HALF = 4096
#: adding it to a float64 leaves the nearest integer in the last bits
ROUNDER = 1.5 * 2.0**52
FIRST = int(np.float64(ROUNDER).view(np.int64)) - HALF
#: the largest relative error of a usable sum, and that of the double-double formulas
ERROR = 2.0**-56
OF_FORMULAS = 2.0**-66
#: the nodes right of the middle, near those of Chebyshev; those on the left mirror them
NODES = np.array([32, 25, 14]) / 64
#: points between them to measure the error at
BETWEEN = np.array([29, -29, 20, -20, 7, -7]) / 64
#: double-double numbers processed at once
BLOCK = 1 << 12


class Column(NamedTuple):
    """The coefficients of one column by interval, in r = x PER_UNIT - k from -1/2 to 1/2.

    `high` + `low` is the value in the middle, `powers` holds the coefficients of r, r^2, ... r^6,
    and `error` is relative. An interval whose polynomial is too inexact has nan in `high`.
    """

    high: Array
    low: Array
    powers: Array
    error: Array


class Workspace:
    """The intermediate arrays of one thread, reused for every block."""

    def __init__(self, size: int) -> None:
        self.nearest, self.offset, self.high, self.low, self.slack = np.empty((5, size))
        self.coefficient, self.below = np.empty((2, size))
        self.index = np.empty(size, np.int64)
        self.differs = np.empty(size, bool)


class Sextics:
    """Columns of an activation, tabulated from -16 to 16."""

    workspace = Workspace

    def __init__(self, bound: BoundActivation, orders: Sequence[int]) -> None:
        k = np.arange(-HALF, HALF + 1)
        steps = np.concatenate([[0.0], NODES, -NODES, BETWEEN])
        x = (k + steps[:, None]) / PER_UNIT
        highs, lows = _double_double(bound, orders, x.reshape(-1))
        self.columns = [
            _fit(np.reshape(high, x.shape), np.reshape(low, x.shape), steps)
            for high, low in zip(highs, lows, strict=True)
        ]
        for breakpoint in bound.breakpoints:
            around = np.abs(k - breakpoint.x * PER_UNIT) <= 1
            for column in self.columns:
                column.high[around] = np.nan

    def evaluate(
        self, x: Array, results: Sequence[Array], work: Workspace
    ) -> list[NDArray[np.intp]]:
        """Fill the results at x; for each, the places where it must be computed otherwise."""
        n = x.size
        nearest, offset, index = work.nearest[:n], work.offset[:n], work.index[:n]
        high, low, slack = work.high[:n], work.low[:n], work.slack[:n]
        coefficient, below, differs = work.coefficient[:n], work.below[:n], work.differs[:n]

        np.multiply(x, PER_UNIT, out=offset)
        np.add(offset, ROUNDER, out=nearest)
        # beyond the grid, at infinities and nan, this wraps or is clipped to one of the ends
        np.subtract(nearest.view(np.int64), FIRST, out=index)
        np.subtract(nearest, ROUNDER, out=nearest)
        np.subtract(offset, nearest, out=offset)
        left = []
        for column, result in zip(self.columns, results, strict=True):
            np.take(column.powers[-1], index, out=low, mode="clip")
            for row in (*column.powers[-2::-1], column.low):
                np.multiply(low, offset, out=low)
                np.take(row, index, out=coefficient, mode="clip")
                np.add(low, coefficient, out=low)
            np.take(column.high, index, out=high, mode="clip")
            np.take(column.error, index, out=slack, mode="clip")
            np.multiply(high, slack, out=slack)
            np.subtract(low, slack, out=below)
            np.add(high, below, out=below)
            np.add(low, slack, out=low)
            np.add(high, low, out=result)
            np.not_equal(result, below, out=differs)
            left.append(np.flatnonzero(differs))
        return left


def _double_double(
    bound: BoundActivation, orders: Sequence[int], x: Array
) -> tuple[list[Array], list[Array]]:
    highs, lows = np.empty((2, len(orders), x.size))
    with np.errstate(all="ignore"):
        for start in range(0, x.size, BLOCK):
            part = slice(start, start + BLOCK)
            formulas = bound.formulas(double_double, Pair.exactly(x[part]))
            for row, order in enumerate(orders):
                highs[row, part], lows[row, part] = formulas[order]().collapsed()
    return list(highs), list(lows)


def _fit(high: Array, low: Array, steps: Array) -> Column:
    with np.errstate(all="ignore"):
        # the values are of similar size, so the difference of the high parts is exact
        rest = (high - high[0]) + (low - low[0])
        count = NODES.size
        powers = np.zeros((2 * count, high.shape[1]))
        # solved twice, the second time for the residual of the first
        for _ in range(2):
            missed = rest - _polynomial(powers, steps)
            right, left = missed[1 : count + 1], missed[count + 1 : 2 * count + 1]
            powers[0::2] += _solve(NODES[:, None] ** (1, 3, 5), (right - left) / 2)
            powers[1::2] += _solve(NODES[:, None] ** (2, 4, 6), (right + left) / 2)
        missed = np.abs(rest - _polynomial(powers, steps)).max(axis=0)
        # the roundings of products and sums with |r| <= 1/2, and of the coefficients
        lost = 2.0**-53 * (3 * np.abs(powers[0]) + 2 * np.abs(powers[1]))
        size = np.abs(high)
        # near a root no relative error holds
        swing = (np.abs(powers) * 0.5 ** np.arange(1, 2 * count + 1)[:, None]).sum(axis=0)
        least = np.minimum(size.min(axis=0), size[0] - swing)
        error = 1.25 * (4 * missed + lost) / least + OF_FORMULAS
        good = (least > 2.0**-900) & (size.max(axis=0) < 2.0**900) & (error <= ERROR)
        nothing = ((high == 0) & ~np.signbit(high)).all(axis=0)
        good |= nothing
    # numbers beyond the grid fall into the ends, and zeros of both signs into the middle
    good[[0, HALF, -1]] = False
    return Column(
        np.where(good, high[0], np.nan), low[0].copy(), powers, np.where(nothing, 0.0, error)
    )


def _solve(matrix: Array, values: Array) -> Array:
    return np.asarray(np.linalg.solve(matrix, values), np.float64)


def _polynomial(powers: Array, r: Array) -> Array:
    """The sum of coefficients times powers of r, without a constant: a row for each r."""
    total = np.zeros((r.size, powers.shape[1]))
    for row in powers[::-1]:
        total += row
        total *= r[:, None]
    return total

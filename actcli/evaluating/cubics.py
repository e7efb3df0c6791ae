"""Large float32 arrays by cubics on a fine grid: the same numbers, faster.

Every column is tabulated once as a cubic on each of 16,384 intervals: for a function of the
catalogue from its float64 formulas, for a typed formula from the polynomials of its pieces. A
result is taken from the cubic only if it cannot round differently from theirs (Ziv, 1991: the
distance to the nearest tie exceeds both errors); the rest, one value in a thousand, is returned to
be computed otherwise. So the choice of method never changes a number, only the speed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.arithmetic import plain
from actcli.catalogue.bound import BoundActivation

if TYPE_CHECKING:
    from actcli.evaluating.pieces import Pieces

Floats = NDArray[np.float32]
Wide = NDArray[np.float64]

#: intervals per unit, and on each side of 0; interval k has its middle at k / PER_UNIT
PER_UNIT = 512
HALF = 8192
#: adding it to a float32 leaves the nearest integer in the last bits
ROUNDER = np.float32(1.5 * 2**23)
FIRST = int(ROUNDER.view(np.int32)) - HALF
#: upper bound on the relative errors of a usable cubic and of the formulas
ERROR = 2.0**-34
#: float64 has 29 bits more than float32; in a tie only the first of them is set
SPARE = 29
ABOVE = 1 << (32 - SPARE)
TIE = 1 << (SPARE - 1)
#: a result this near to a tie, in ulp of float64, is not used
NEAR = int(2 * ERROR * 2**53)


class Column(NamedTuple):
    """The coefficients of one column by interval, in r = x PER_UNIT - k from -1/2 to 1/2.

    Those of r^2 and r^3 need fewer digits. An interval whose cubic is too inexact has nan.
    """

    constant: Wide
    linear: Wide
    square: Floats
    cube: Floats


class Workspace:
    """The intermediate arrays of one thread, reused for every block."""

    def __init__(self, size: int) -> None:
        self.scaled, self.nearest, self.first, self.second = np.empty((4, size), np.float32)
        self.offset, self.total, self.coefficient = np.empty((3, size))
        self.integer = np.empty(size, np.int32)
        self.index = np.empty(size, np.intp)
        self.spare = np.empty(size, np.uint32)
        self.close, self.absent = np.empty((2, size), bool)


class Cubics:
    """Columns tabulated from -16 to 16."""

    workspace = Workspace

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns

    def evaluate(
        self, x: Floats, results: Sequence[Floats], work: Workspace
    ) -> list[NDArray[np.intp]]:
        """Fill the results at x; for each, the places where it must be computed otherwise."""
        n = x.size
        scaled, nearest, offset = work.scaled[:n], work.nearest[:n], work.offset[:n]
        integer, index = work.integer[:n], work.index[:n]
        first, second = work.first[:n], work.second[:n]
        total, coefficient = work.total[:n], work.coefficient[:n]

        np.multiply(x, np.float32(PER_UNIT), out=scaled)
        np.add(scaled, ROUNDER, out=nearest)
        # beyond the grid, at infinities and nan, this wraps or is clipped to one of the ends
        np.subtract(nearest.view(np.int32), np.int32(FIRST), out=integer)
        np.copyto(index, integer)
        np.subtract(nearest, ROUNDER, out=nearest)
        np.subtract(scaled, nearest, out=scaled)
        np.copyto(offset, scaled)
        left = []
        for column, result in zip(self.columns, results, strict=True):
            np.take(column.cube, index, out=first, mode="clip")
            np.multiply(first, scaled, out=first)
            np.take(column.square, index, out=second, mode="clip")
            np.add(first, second, out=first)
            np.multiply(first, scaled, out=first)
            np.copyto(total, first)
            np.take(column.linear, index, out=coefficient, mode="clip")
            np.add(total, coefficient, out=total)
            np.multiply(total, offset, out=total)
            np.take(column.constant, index, out=coefficient, mode="clip")
            np.add(total, coefficient, out=total)
            np.copyto(result, total, casting="unsafe")
            left.append(_undecided(total, result, work))
        return left


def of_formulas(bound: BoundActivation, orders: Sequence[int]) -> Cubics:
    """Cubics through points of an activation's float64 formulas."""
    k = np.arange(-HALF, HALF + 1)
    # the middle, the four nodes in pairs, and points between them to measure the error at
    steps = np.array([0, 4, -4, 2, -2, 3, -3, 3.5, -3.5, 1, -1]) / 8
    x = (k + steps[:, None]) / PER_UNIT
    with np.errstate(all="ignore"):
        formulas = bound.formulas(plain, x.reshape(-1))
        columns = [_fit(np.reshape(formulas[order](), x.shape), steps) for order in orders]
    for breakpoint in bound.breakpoints:
        around = np.abs(k - breakpoint.x * PER_UNIT) <= 1
        for column in columns:
            column.constant[around] = np.nan
    return Cubics(columns)


def of_pieces(pieces: Pieces) -> Cubics:
    """The polynomials of float32 pieces about the middles of the intervals that lie in them."""
    k = np.arange(-HALF, HALF + 1, dtype=np.float32)
    middle = k / PER_UNIT
    low, high = (np.nextafter((k + half) / PER_UNIT, middle) for half in (-0.5, 0.5))
    first, last = (pieces.rows[end.view(np.uint32) >> pieces.shift] for end in (low, high))
    row = np.where(first == last, first, 0)
    offset = middle - pieces.middles[row]
    with np.errstate(all="ignore"):
        return Cubics(
            [_shifted(made.highs[:, row], made.error[row], offset) for made in pieces.columns]
        )


def _shifted(coefficients: Wide, error: Wide, offset: Wide) -> Column:
    """The first four terms of polynomials expanded about another point, if the rest is small."""
    moved, sizes = coefficients.copy(), np.abs(coefficients)
    for start in range(len(moved) - 1):  # Horner's shift
        for j in range(len(moved) - 2, start - 1, -1):
            moved[j] += offset * moved[j + 1]
            sizes[j] += np.abs(offset) * sizes[j + 1]
    scale = PER_UNIT ** -np.arange(len(moved), dtype=float)[:, None]
    terms = np.abs(moved * scale) * 0.5 ** np.arange(len(moved))[:, None]
    constant, linear, square, cube = moved[:4] * scale[:4]
    least, largest = terms[0] - terms[1:].sum(axis=0), terms.sum(axis=0)
    missed = error * largest + terms[4:].sum(axis=0) + _lost(square, cube)
    # each coefficient has at most 2 len(moved) roundings, each relative to its sum in `sizes`
    missed += 2.0**-47 * (sizes * scale).sum(axis=0)
    good = (1.01 * missed <= ERROR * least) & (least > 2.0**-120) & (largest < 2.0**126)
    # in pieces, values that are or round to 0 are a constant without error
    good |= (error == 0) & (largest == terms[0]) & (largest < 2.0**-151)
    constant[~good] = np.nan
    return Column(constant, linear, square.astype(np.float32), cube.astype(np.float32))


def _lost(square: Wide, cube: Wide) -> Wide:
    """The error of the two last terms in float32: the sum of their roundings at r = 1/2."""
    return np.asarray(2.0**-24 * (3 * np.abs(square) / 4 + 5 * np.abs(cube) / 8))


def _fit(y: Wide, steps: Wide) -> Column:
    """The cubic through the nodes of each interval, its even and odd parts through two each."""
    outer_even, outer_odd = (y[1] + y[2]) / 2, (y[1] - y[2]) / 2
    inner_even, inner_odd = (y[3] + y[4]) / 2, (y[3] - y[4]) / 2
    square = (outer_even - inner_even) * (16 / 3)
    constant = inner_even - square / 16
    cube = (outer_odd - 2 * inner_odd) * (32 / 3)
    linear = 4 * inner_odd - cube / 16
    r = steps[:, None]
    missed = np.abs(((cube * r + square) * r + linear) * r + constant - y).max(axis=0)
    lost = _lost(square, cube)
    size = np.abs(y)
    # near a root no relative error holds
    swing = np.abs(linear) / 2 + np.abs(square) / 4 + np.abs(cube) / 8
    least = np.minimum(size.min(axis=0), size[0] - swing)
    # the cubic is furthest from a smooth function at the middle, so a quarter more is ample
    good = 1.25 * missed + lost <= ERROR * least
    good &= (least > 2.0**-120) & (size.max(axis=0) < 2.0**126)
    # values that round to 0 count as 0
    nothing = ((size < 2.0**-151) & ~np.signbit(y)).all(axis=0)
    constant[nothing], linear[nothing], square[nothing], cube[nothing] = 0, 0, 0, 0
    good |= nothing
    # numbers beyond the grid fall into the ends, and zeros of both signs into the middle
    good[[0, HALF, -1]] = False
    constant[~good] = np.nan
    return Column(constant, linear, square.astype(np.float32), cube.astype(np.float32))


def _undecided(total: Wide, result: Floats, work: Workspace) -> NDArray[np.intp]:
    """Where a result is nan or near a tie between two float32 numbers."""
    spare, close, absent = work.spare[: total.size], work.close[: total.size], work.absent
    # the digits beyond float32, moved to the top of a word, where they wrap around as intended
    np.copyto(spare, total.view(np.uint64), casting="unsafe")
    np.multiply(spare, np.uint32(ABOVE), out=spare)
    np.add(spare, np.uint32((NEAR - TIE) * ABOVE % 2**32), out=spare)
    np.less(spare, np.uint32(2 * NEAR * ABOVE), out=close)
    np.isnan(result, out=absent[: total.size])
    np.logical_or(close, absent[: total.size], out=close)
    return np.flatnonzero(close)
